//! `<locale.h>`: the locales "C" (also called "POSIX") and "C.UTF-8", which differ in the encoding of `LC_CTYPE` only.
//! A language's or a country's locale with UTF-8, `de_DE.UTF-8`, is "C.UTF-8" under that name (see [`names`]): the encoding
//! and the message catalogues are its own, dates, numbers and the order of texts those of "C".
//!
//! [`current_encoding`] tells the multibyte functions what the running thread uses: the locale of
//! [`uselocale`], which the thread control block holds, else the global one of [`setlocale`], which is "C" at start.

pub mod conventions;
mod names;
pub mod objects;
pub mod setlocale;

use core::sync::atomic::{AtomicU32, Ordering};

use crate::types::c_int;

pub(crate) use names::Name;
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

/// The categories that are UTF-8, as bits by category number; all others are "C".
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
}

/// The locale of each category, by number; that of `LC_ALL` means nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names([Name; CATEGORIES]);

impl Names {
    /// One locale in all categories.
    pub(crate) const fn all(name: Name) -> Self {
        Names([name; CATEGORIES])
    }

    /// The locale of a category.
    pub(crate) fn of(&self, category: usize) -> Name {
        self.0[category]
    }

    /// Sets the locale of a category.
    pub(crate) fn set(&mut self, category: usize, name: Name) {
        self.0[category] = name;
    }

    /// The one locale of all categories, if it is one.
    pub(crate) fn single(&self) -> Option<Name> {
        let first = self.0[0];
        categories()
            .all(|category| self.0[category] == first)
            .then_some(first)
    }

    /// Which categories are UTF-8.
    pub(crate) fn categories(&self) -> Categories {
        Categories(
            categories()
                .filter(|&category| self.0[category] != Name::C)
                .fold(0, |bits, category| bits | 1 << category),
        )
    }
}

/// The numbers of the categories, without `LC_ALL`.
pub(crate) fn categories() -> impl Iterator<Item = usize> {
    (0..CATEGORIES).filter(|&category| category != LC_ALL as usize)
}

/// The global locale's categories, so that nobody who asks for the encoding takes a lock.
static GLOBAL: AtomicU32 = AtomicU32::new(0);

/// The global locale's categories.
pub fn global() -> Categories {
    Categories(GLOBAL.load(Ordering::Relaxed))
}

/// The encoding the running thread uses.
#[inline]
pub fn current_encoding() -> Encoding {
    objects::thread_locale().encoding()
}
