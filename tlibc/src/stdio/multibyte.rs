//! The locale's multibyte encoding, as the streams and conversions need it: one character at a time.

use crate::errno::Errno;
use crate::types::*;
pub use crate::wchar::multibyte::mbstate_t as State;
use crate::wchar::multibyte::{mbrtowc, wcrtomb};

/// Longest multibyte character in bytes (`MB_LEN_MAX`).
pub const MB_LEN_MAX: usize = 16;

/// What [`decode`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A character and the bytes it took (1 for the null character).
    Character(wchar_t, usize),
    /// All bytes taken, more are needed.
    Incomplete,
}

/// Decodes the next character of `bytes`.
pub fn decode(bytes: &[u8], state: &mut State) -> Result<Decoded, Errno> {
    let mut wide = 0;
    // SAFETY: the pointers are to live objects and `length` is the slice's.
    let n = unsafe { mbrtowc(&mut wide, bytes.as_ptr().cast(), bytes.len(), state) };
    match n {
        usize::MAX => Err(Errno::EILSEQ),
        n if n == usize::MAX - 1 => Ok(Decoded::Incomplete),
        n => Ok(Decoded::Character(wide, n.max(1))),
    }
}

/// Encodes a character; returns its length in `buf`.
pub fn encode(
    wide: wchar_t,
    buf: &mut [u8; MB_LEN_MAX],
    state: &mut State,
) -> Result<usize, Errno> {
    // SAFETY: `buf` has MB_LEN_MAX bytes, which suffices for a character of every encoding.
    let n = unsafe { wcrtomb(buf.as_mut_ptr().cast(), wide, state) };
    if n == usize::MAX {
        Err(Errno::EILSEQ)
    } else {
        Ok(n)
    }
}
