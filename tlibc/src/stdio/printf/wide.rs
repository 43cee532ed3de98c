//! `wprintf` and its family (ISO C 7.29.2).

use super::engine::{Target, format, padding};
use super::spec::Spec;
use crate::errno::{CResult, Errno, set_errno};
use crate::numconv::Out;
use crate::stdarg::VaList;
use crate::stdio::file::{Buffering, FILE, flag};
use crate::stdio::multibyte::{Decoded, State, decode};
use crate::stdio::standard::standard_output;
use crate::types::*;
use crate::variadic;

/// Where wide characters go.
enum Destination<'a> {
    /// A wide string: the room between two addresses.
    Text { at: *mut wchar_t, end: *mut wchar_t },
    /// A stream.
    Stream(&'a mut FILE),
}

/// A sink of wide characters.
struct WideSink<'a> {
    to: Destination<'a>,
    total: usize,
    /// Something did not fit or was not written.
    failed: bool,
}

impl WideSink<'_> {
    fn put(&mut self, wide: wchar_t) {
        self.total += 1;
        match &mut self.to {
            Destination::Text { at, end } => {
                if at == end {
                    self.failed = true;
                } else {
                    // SAFETY: room is left.
                    unsafe {
                        at.write(wide);
                        *at = at.add(1);
                    }
                }
            }
            Destination::Stream(file) => {
                self.failed |= file.put_wide(wide) == crate::wchar::multibyte::WEOF;
            }
        }
    }

    fn field(&mut self, spec: &Spec, length: usize, body: impl FnOnce(&mut Self)) {
        let (before, after) = padding(spec, length);
        self.fill(b' ', before);
        body(self);
        self.fill(b' ', after);
    }
}

impl Out for WideSink<'_> {
    fn bytes(&mut self, text: &[u8]) {
        text.iter().for_each(|&b| self.put(wchar_t::from(b)));
    }

    fn fill(&mut self, byte: u8, count: usize) {
        (0..count).for_each(|_| self.put(wchar_t::from(byte)));
    }
}

/// Decodes a string, at most `most` characters.
///
/// # Safety
/// `s` is a string, or readable for the bytes of `most` characters.
unsafe fn for_each_decoded(
    mut s: *const u8,
    most: usize,
    mut each: impl FnMut(wchar_t),
) -> Result<(), Errno> {
    let mut state = State::new();
    let mut count = 0;
    while count < most {
        // SAFETY: not past the terminator.
        let byte = unsafe { *s };
        if byte == 0 && state.is_initial() {
            break;
        }
        if let Decoded::Character(wide, _) = decode(&[byte], &mut state)? {
            each(wide);
            count += 1;
        }
        // SAFETY: an incomplete character at the terminator is an error of `decode`.
        s = unsafe { s.add(1) };
    }
    Ok(())
}

impl Target for WideSink<'_> {
    type Unit = wchar_t;

    fn total(&self) -> usize {
        self.total
    }

    fn literal(&mut self, text: &[wchar_t]) {
        text.iter().for_each(|&wide| self.put(wide));
    }

    fn narrow_char(&mut self, c: u8) -> Result<(), Errno> {
        match decode(&[c], &mut State::new())? {
            Decoded::Character(wide, _) => {
                self.put(wide);
                Ok(())
            }
            Decoded::Incomplete => Err(Errno::EILSEQ),
        }
    }

    fn wide_char(&mut self, c: wint_t, spec: &Spec) -> Result<(), Errno> {
        self.field(spec, 1, |this| this.put(c as wchar_t));
        Ok(())
    }

    unsafe fn narrow_string(&mut self, s: *const u8, spec: &Spec) -> Result<(), Errno> {
        let most = spec.precision.unwrap_or(usize::MAX);
        let mut length = 0;
        // SAFETY: the caller's duty, twice: the length decides the padding that comes first.
        unsafe {
            for_each_decoded(s, most, |_| length += 1)?;
            let mut result = Ok(());
            self.field(spec, length, |this| {
                result = for_each_decoded(s, most, |wide| this.put(wide))
            });
            result
        }
    }

    unsafe fn wide_string(&mut self, s: *const wchar_t, spec: &Spec) -> Result<(), Errno> {
        let most = spec.precision.unwrap_or(usize::MAX);
        let mut length = 0;
        // SAFETY: the caller's duty; the count stops at the terminator.
        let text = unsafe {
            while length < most && *s.add(length) != 0 {
                length += 1;
            }
            core::slice::from_raw_parts(s, length)
        };
        self.field(spec, length, |this| this.literal(text));
        Ok(())
    }
}

/// Formats to a wide stream; the number of characters, or −1.
///
/// # Errors
/// Those of the format and of fputwc.
///
/// # Safety
/// `file` is an open stream, `fmt` a wide string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vfwprintf(file: *mut FILE, fmt: *const wchar_t, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        if !file.be_wide() || !file.start_writing() {
            return -1;
        }
        let unbuffered = file.buffering == Buffering::None;
        let mut room = [0u8; 512];
        let own = (file.buf, file.buf_size, file.buffering);
        if unbuffered {
            // Gathered, so that a message is not one write for each character.
            (file.buf, file.buf_size, file.buffering) =
                (room.as_mut_ptr(), room.len(), Buffering::Full);
            file.become_idle();
            file.start_writing();
        }
        let mut sink = WideSink {
            to: Destination::Stream(&mut file),
            total: 0,
            failed: false,
        };
        let result = format(&mut sink, fmt, &mut *ap);
        let mut failed = sink.failed;
        if unbuffered {
            failed |= file.flush().is_err();
            (file.buf, file.buf_size, file.buffering) = own;
            file.become_idle();
        }
        match result {
            Ok(_) if failed => -1,
            Ok(count) => count,
            Err(errno) => {
                file.flags |= flag::ERROR;
                set_errno(errno);
                -1
            }
        }
    }
}

/// [`vfwprintf`] to `stdout`.
///
/// # Safety
/// As [`vfwprintf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vwprintf(fmt: *const wchar_t, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vfwprintf(standard_output(), fmt, ap) }
}

/// Formats into `size` wide characters at `s`, terminator included; the number without it, or −1 when that is too few.
///
/// # Errors
/// `EOVERFLOW`, those of the format.
///
/// # Safety
/// `s` is writable for `size` characters, `fmt` a wide string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vswprintf(
    s: *mut wchar_t,
    size: size_t,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    let Some(room) = size.checked_sub(1) else {
        set_errno(Errno::EOVERFLOW);
        return -1;
    };
    let to = Destination::Text {
        at: s,
        end: s.wrapping_add(room),
    };
    let mut sink = WideSink {
        to,
        total: 0,
        failed: false,
    };
    // SAFETY: the caller's duty; a place for the terminator is left.
    unsafe {
        let mut result = format(&mut sink, fmt, &mut *ap);
        if let Destination::Text { at, .. } = sink.to {
            at.write(0);
        }
        if sink.failed && result.is_ok() {
            result = Err(Errno::EOVERFLOW);
        }
        result.or_errno(-1)
    }
}

variadic! {
    /// See [`vfwprintf`].
    pub fn fwprintf(file: *mut FILE, fmt: *const wchar_t, ...) -> c_int => vfwprintf
}
variadic! {
    /// See [`vwprintf`].
    pub fn wprintf(fmt: *const wchar_t, ...) -> c_int => vwprintf
}
variadic! {
    /// See [`vswprintf`].
    pub fn swprintf(s: *mut wchar_t, size: size_t, fmt: *const wchar_t, ...) -> c_int => vswprintf
}
