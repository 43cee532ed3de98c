//! Byte output: what [`Sink`] does with characters and strings, wide ones through the locale's encoding.

use super::engine::{Target, padding};
use super::sink::Sink;
use super::spec::Spec;
use crate::errno::Errno;
use crate::numconv::Out;
use crate::stdio::multibyte::{MB_LEN_MAX, State, encode};
use crate::types::*;

impl Target for Sink {
    type Unit = u8;

    fn total(&self) -> usize {
        self.total
    }

    #[inline]
    fn literal(&mut self, text: &[u8]) {
        self.bytes(text);
    }

    fn narrow_char(&mut self, c: u8) -> Result<(), Errno> {
        self.bytes(&[c]);
        Ok(())
    }

    fn wide_char(&mut self, c: wint_t, spec: &Spec) -> Result<(), Errno> {
        let mut buf = [0; MB_LEN_MAX];
        let length = encode(c as wchar_t, &mut buf, &mut State::new())?;
        let (before, after) = padding(spec, length);
        self.fill(b' ', before);
        self.bytes(&buf[..length]);
        self.fill(b' ', after);
        Ok(())
    }

    #[inline]
    unsafe fn narrow_string(&mut self, s: *const u8, spec: &Spec) -> Result<(), Errno> {
        // SAFETY: a string, or readable up to the precision.
        let text = unsafe {
            let length = match spec.precision {
                None => strlen(s.cast()),
                Some(most) => strnlen(s.cast(), most),
            };
            core::slice::from_raw_parts(s, length)
        };
        if text.len() > c_int::MAX as usize - self.total.min(c_int::MAX as usize) {
            return Err(Errno::EOVERFLOW);
        }
        let (before, after) = padding(spec, text.len());
        if before != 0 {
            self.fill(b' ', before);
        }
        self.bytes(text);
        if after != 0 {
            self.fill(b' ', after);
        }
        Ok(())
    }

    unsafe fn wide_string(&mut self, s: *const wchar_t, spec: &Spec) -> Result<(), Errno> {
        // Twice over the string: the length decides the padding that comes first.
        let most = spec.precision.unwrap_or(usize::MAX);
        let mut length = 0;
        // SAFETY: the caller's duty.
        unsafe {
            for_each_encoded(s, most, |bytes| length += bytes.len())?;
        }
        if length > c_int::MAX as usize {
            return Err(Errno::EOVERFLOW);
        }
        let (before, after) = padding(spec, length);
        self.fill(b' ', before);
        // SAFETY: the caller's duty.
        unsafe {
            for_each_encoded(s, most, |bytes| self.bytes(bytes))?;
        }
        self.fill(b' ', after);
        Ok(())
    }
}

/// Encodes the characters of `s` while they fit in `most` bytes.
///
/// # Safety
/// `s` is a wide string, or readable for as many characters as `most` bytes can hold.
unsafe fn for_each_encoded(
    mut s: *const wchar_t,
    most: usize,
    mut each: impl FnMut(&[u8]),
) -> Result<(), Errno> {
    let mut state = State::new();
    let mut buf = [0; MB_LEN_MAX];
    let mut used = 0;
    while used < most {
        // SAFETY: not past the terminator.
        let c = unsafe { *s };
        if c == 0 {
            break;
        }
        let length = encode(c, &mut buf, &mut state)?;
        if length > most - used {
            break;
        }
        each(&buf[..length]);
        used += length;
        // SAFETY: `c` was not the terminator.
        s = unsafe { s.add(1) };
    }
    Ok(())
}

unsafe extern "C" {
    fn strlen(s: *const c_char) -> size_t;
    fn strnlen(s: *const c_char, most: size_t) -> size_t;
}
