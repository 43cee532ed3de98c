//! A conversion specification (`%…`), parsed.

use core::ffi::c_int;

/// Flag bits.
pub mod flag {
    /// `-`
    pub const LEFT: u8 = 1;
    /// `+`
    pub const PLUS: u8 = 2;
    /// space
    pub const SPACE: u8 = 4;
    /// `#`
    pub const ALT: u8 = 8;
    /// `0`
    pub const ZERO: u8 = 16;
}

/// The length modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// `hh`
    Char,
    /// `h`
    Short,
    /// none
    Int,
    /// `l`, `ll`, `j`, `z`, `t`: all 64 bits wide
    Long,
    /// `L`; 64 bits wide with an integer conversion
    LongDouble,
}

/// Flags, field width and precision of one conversion.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// [`flag`] bits.
    pub flags: u8,
    /// Minimum field width.
    pub width: usize,
    /// Precision; `None` when omitted or negative.
    pub precision: Option<usize>,
}

impl Spec {
    /// Whether a flag is given.
    pub fn has(&self, bit: u8) -> bool {
        self.flags & bit != 0
    }

    /// The sign character of a signed conversion.
    pub fn sign(&self, negative: bool) -> &'static [u8] {
        if negative {
            b"-"
        } else if self.has(flag::PLUS) {
            b"+"
        } else if self.has(flag::SPACE) {
            b" "
        } else {
            b""
        }
    }
}

/// Reads decimal digits; `None` when the number exceeds `int`.
pub fn number(mut next: impl FnMut() -> u32) -> Option<c_int> {
    let mut value: c_int = 0;
    loop {
        let c = next();
        let Some(digit) = char::from_u32(c).and_then(|c| c.to_digit(10)) else {
            return Some(value);
        };
        value = value.checked_mul(10)?.checked_add(digit as c_int)?;
    }
}
