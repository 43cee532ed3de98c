//! Where the characters of a number come from.

use crate::types::wchar_t;

/// A sequence of characters with a way back. Codes outside ASCII never belong to a number.
pub trait Source {
    /// The next character's code; negative at the end of the input.
    fn get(&mut self) -> i32;
    /// Whether a code is white space: by `isspace`, or `iswspace`.
    fn is_space(&self, c: i32) -> bool {
        is_space(c)
    }
    /// Undoes the last [`Self::get`], also one that met the end. One step is always possible.
    fn unget(&mut self);
    /// The position, where any number of steps back is possible; `None` otherwise.
    fn mark(&self) -> Option<usize>;
    /// Goes back to a position from [`Self::mark`].
    fn reset(&mut self, mark: usize);
}

/// A terminated string of bytes.
pub struct Bytes {
    at: *const u8,
}

impl Bytes {
    /// # Safety
    /// `at` points into a terminated string that outlives the source.
    pub unsafe fn new(at: *const u8) -> Self {
        Self { at }
    }

    /// The position in the string.
    pub fn position(&self) -> *const u8 {
        self.at
    }
}

impl Source for Bytes {
    #[inline]
    fn get(&mut self) -> i32 {
        // SAFETY: nobody reads on after the terminator without ungetting it.
        unsafe {
            let c = *self.at;
            self.at = self.at.add(1);
            i32::from(c)
        }
    }

    #[inline]
    fn unget(&mut self) {
        self.at = self.at.wrapping_sub(1);
    }

    #[inline]
    fn mark(&self) -> Option<usize> {
        Some(self.at as usize)
    }

    #[inline]
    fn reset(&mut self, mark: usize) {
        self.at = self.at.with_addr(mark);
    }
}

/// A terminated wide string.
pub struct Wides {
    at: *const wchar_t,
}

impl Wides {
    /// # Safety
    /// `at` points into a terminated wide string that outlives the source.
    pub unsafe fn new(at: *const wchar_t) -> Self {
        Self { at }
    }

    /// The position in the string.
    pub fn position(&self) -> *const wchar_t {
        self.at
    }
}

impl Source for Wides {
    fn is_space(&self, c: i32) -> bool {
        // The null, and what is no character, are none.
        crate::wctype::classes::iswspace(c.cast_unsigned()) != 0
    }

    fn get(&mut self) -> i32 {
        // SAFETY: as for `Bytes`.
        unsafe {
            let c = *self.at;
            self.at = self.at.add(1);
            c & i32::MAX
        }
    }

    fn unget(&mut self) {
        self.at = self.at.wrapping_sub(1);
    }

    fn mark(&self) -> Option<usize> {
        Some(self.at as usize)
    }

    fn reset(&mut self, mark: usize) {
        self.at = self.at.with_addr(mark);
    }
}

/// Whether a code is white space in the C locale.
#[inline]
pub fn is_space(c: i32) -> bool {
    c == 0x20 || (9..=13).contains(&c)
}

/// The value of a digit in bases up to 36; 255 for anything else.
#[inline]
pub fn digit_value(c: i32) -> u8 {
    match c {
        0x30..=0x39 => (c - 0x30) as u8,
        0x41..=0x5a => (c - 0x41 + 10) as u8,
        0x61..=0x7a => (c - 0x61 + 10) as u8,
        _ => 255,
    }
}
