//! `<locale.h>`: the locales "C" (also called "POSIX") and "C.UTF-8", which differ in the encoding of `LC_CTYPE` only.
//!
//! [`current_encoding`] tells the multibyte functions what the running thread uses: the locale of
//! [`uselocale`], which the thread control block holds, else the global one of [`setlocale`], which is "C" at start.

pub mod conventions;
pub mod objects;
pub mod setlocale;

use core::sync::atomic::{AtomicU32, Ordering};

use crate::types::c_int;

pub use objects::{LocaleObject, locale_t};

/// Number of categories, `LC_ALL` (6) not counted but leaving its gap.
pub const CATEGORIES: usize = 13;
/// The category of characters.
pub const LC_CTYPE: c_int = 0;
/// All categories at once.
pub const LC_ALL: c_int = 6;

/// Category names, by number; `LC_ALL` is empty.
pub(crate) const CATEGORY_NAMES: [&str; CATEGORIES] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];

/// How characters are stored in `char` strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// One byte each, of which those below 128 are ASCII (the "C" locale).
    Bytes,
    /// UTF-8.
    Utf8,
}

/// The categories that are "C.UTF-8", as bits by category number; all others are "C".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Categories(pub u32);

impl Categories {
    /// The encoding of `LC_CTYPE`.
    pub fn encoding(self) -> Encoding {
        if self.0 & 1 << LC_CTYPE != 0 {
            Encoding::Utf8
        } else {
            Encoding::Bytes
        }
    }

    /// With the categories of `mask` taken from the locale `utf8` or from "C".
    #[must_use]
    pub fn with(self, mask: u32, utf8: bool) -> Self {
        Categories(if utf8 { self.0 | mask } else { self.0 & !mask })
    }
}

/// The global locale.
static GLOBAL: AtomicU32 = AtomicU32::new(0);

/// The global locale's categories.
pub fn global() -> Categories {
    Categories(GLOBAL.load(Ordering::Relaxed))
}

pub(crate) fn set_global(categories: Categories) {
    GLOBAL.store(categories.0, Ordering::Relaxed);
}

/// The encoding the running thread uses.
#[inline]
pub fn current_encoding() -> Encoding {
    objects::thread_locale().encoding()
}

/// Whether a locale of this name exists: `Some(true)` for UTF-8, `Some(false)` for "C".
pub(crate) fn lookup(name: &[u8]) -> Option<bool> {
    match name {
        b"C" | b"POSIX" => Some(false),
        b"C.UTF-8" | b"C.utf8" => Some(true),
        _ => None,
    }
}
