//! The text of a search as characters: bytes, or UTF-8 where the expression was compiled for it.

use super::Execution;
use super::program::{Assertion, Program};
use crate::wchar::multibyte::{Step, feed_utf8, mbstate_t};

/// A byte that is no part of a character, as a number above all characters.
pub const BAD_BYTE: u32 = 0x11_0000;

/// The character at the start of `text`, which is not empty, and its length.
#[inline]
pub fn decode(text: &[u8], utf8: bool) -> (u32, usize) {
    let first = text[0];
    if first < 0x80 || !utf8 {
        return (first.into(), 1);
    }
    let mut state = mbstate_t::new();
    for (at, &byte) in text.iter().take(4).enumerate() {
        match feed_utf8(&mut state, byte) {
            Step::Character(value) => return (value, at + 1),
            Step::More => {}
            Step::Invalid => break,
        }
    }
    (BAD_BYTE + u32::from(first), 1)
}

/// The character that ends at the end of `text`, which is not empty, and its length.
#[inline]
pub fn decode_last(text: &[u8], utf8: bool) -> (u32, usize) {
    let last = text[text.len() - 1];
    if last >= 0x80 && utf8 {
        for length in 2..=text.len().min(4) {
            let (c, used) = decode(&text[text.len() - length..], true);
            if used == length {
                return (c, used);
            }
        }
        return (BAD_BYTE + u32::from(last), 1);
    }
    (last.into(), 1)
}

/// A text with what the assertions need to know of it.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub bytes: &'a [u8],
    pub utf8: bool,
    newline: bool,
    execution: Execution,
}

impl<'a> Text<'a> {
    pub fn new(bytes: &'a [u8], program: &Program, execution: Execution) -> Self {
        Text {
            bytes,
            utf8: program.utf8,
            newline: program.newline,
            execution,
        }
    }

    /// The character at `at` and its length.
    #[inline]
    pub fn next(&self, at: usize) -> Option<(u32, usize)> {
        (at < self.bytes.len()).then(|| decode(&self.bytes[at..], self.utf8))
    }

    /// The character before `at` and its length.
    #[inline]
    pub fn previous(&self, at: usize) -> Option<(u32, usize)> {
        (at > 0).then(|| decode_last(&self.bytes[..at], self.utf8))
    }

    fn is_word(&self, character: Option<(u32, usize)>) -> bool {
        character.is_some_and(|(c, _)| super::class::is_word(c, self.utf8))
    }

    /// Whether an assertion holds at `at`.
    pub fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let is_end = at == self.bytes.len();
        match assertion {
            Assertion::LineStart => {
                at == 0 && !self.execution.not_bol
                    || self.newline && at > 0 && self.bytes[at - 1] == b'\n'
            }
            Assertion::LineEnd => {
                is_end && !self.execution.not_eol
                    || self.newline && !is_end && self.bytes[at] == b'\n'
            }
            Assertion::TextStart => at == 0,
            Assertion::TextEnd => is_end,
            word => {
                let before = self.is_word(self.previous(at));
                let after = self.is_word(self.next(at));
                match word {
                    Assertion::WordStart => !before && after,
                    Assertion::WordEnd => before && !after,
                    Assertion::WordEdge => before != after,
                    _ => before == after,
                }
            }
        }
    }
}
