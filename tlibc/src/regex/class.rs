//! Sets of characters: bracket expressions, `\w` and `\s`.

use crate::errno::Errno;
use crate::types::{wctype_t, wint_t};
use crate::vec::Vec;
use crate::wctype::case::{towlower, towupper};
use crate::wctype::named::{iswctype, wctype};
use core::ffi::CStr;

/// How characters are compared.
#[derive(Clone, Copy)]
pub struct Mode {
    pub utf8: bool,
    pub fold: bool,
    pub newline: bool,
}

/// The named class, if there is one.
pub fn class_named(name: &[u8]) -> Option<wctype_t> {
    let mut text = [0_u8; 16];
    if name.len() >= text.len() {
        return None;
    }
    text[..name.len()].copy_from_slice(name);
    let name = CStr::from_bytes_until_nul(&text).ok()?;
    // SAFETY: a C string.
    let class = unsafe { wctype(name.as_ptr()) };
    (class != 0).then_some(class)
}

fn is_in_class(c: u32, class: wctype_t, utf8: bool) -> bool {
    (utf8 || c < 0x80) && iswctype(c as wint_t, class) != 0
}

/// Letters, digits and the underscore.
pub fn is_word(c: u32, utf8: bool) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte < 0x80 => byte.is_ascii_alphanumeric() || byte == b'_',
        _ => utf8 && crate::wctype::classes::iswalnum(c as wint_t) != 0,
    }
}

/// Lower and upper case of a character; itself where case does not apply.
pub fn cases(c: u32, utf8: bool) -> (u32, u32) {
    if utf8 && c < super::text::BAD_BYTE || c < 0x80 {
        (towlower(c as wint_t), towupper(c as wint_t))
    } else {
        (c, c)
    }
}

/// A set while it is read. A finished set is a [`Set`] over shared tables.
#[derive(Clone, Copy)]
pub struct Set {
    /// The answer for each character below 128.
    low: [u64; 2],
    /// Ranges in [`Sets::ranges`].
    ranges: (usize, usize),
    /// Classes in [`Sets::classes`].
    classes: (usize, usize),
    negated: bool,
}

/// All sets of an expression.
#[derive(Default)]
pub struct Sets {
    sets: Vec<Set>,
    ranges: Vec<(u32, u32)>,
    classes: Vec<wctype_t>,
    open: (usize, usize),
}

impl Sets {
    /// Starts a new set.
    pub fn begin(&mut self) {
        self.open = (self.ranges.len(), self.classes.len());
    }

    /// Adds the characters from `low` to `high`.
    pub fn range(&mut self, low: u32, high: u32) -> Result<(), Errno> {
        self.ranges.push((low, high))
    }

    /// Adds a class.
    pub fn class(&mut self, class: wctype_t) -> Result<(), Errno> {
        self.classes.push(class)
    }

    /// Ends the set that was begun and returns its number.
    pub fn end(&mut self, negated: bool, mode: Mode) -> Result<usize, Errno> {
        let mut set = Set {
            low: [0; 2],
            ranges: (self.open.0, self.ranges.len()),
            classes: (self.open.1, self.classes.len()),
            negated,
        };
        for c in 0..128 {
            if self.decide(&set, c, mode) {
                set.low[c as usize / 64] |= 1 << (c % 64);
            }
        }
        self.sets.push(set)?;
        Ok(self.sets.len() - 1)
    }

    fn decide(&self, set: &Set, c: u32, mode: Mode) -> bool {
        let has = |c: u32| {
            self.ranges[set.ranges.0..set.ranges.1]
                .iter()
                .any(|&(low, high)| (low..=high).contains(&c))
                || self.classes[set.classes.0..set.classes.1]
                    .iter()
                    .any(|&class| is_in_class(c, class, mode.utf8))
        };
        let mut found = has(c);
        if mode.fold && !found {
            let (lower, upper) = cases(c, mode.utf8);
            found = has(lower) || has(upper);
        }
        if set.negated {
            // A complement matches characters only.
            !(found || mode.newline && c == u32::from(b'\n')) && c < super::text::BAD_BYTE
        } else {
            found
        }
    }

    /// Whether the set has the character.
    #[inline]
    pub fn contains(&self, set: usize, c: u32, mode: Mode) -> bool {
        let set = &self.sets[set];
        if c < 128 {
            set.low[c as usize / 64] >> (c % 64) & 1 != 0
        } else {
            self.decide(set, c, mode)
        }
    }

    /// Whether some character that is not ASCII might be in the set.
    pub fn may_hold_high(&self, set: usize) -> bool {
        let set = &self.sets[set];
        set.negated
            || set.classes.0 != set.classes.1
            || self.ranges[set.ranges.0..set.ranges.1]
                .iter()
                .any(|&(_, high)| high >= 128)
    }
}
