//! `<monetary.h>`: amounts of money as text (POSIX strfmon()). The locales there are have no currency, no grouping and
//! the decimal point of numbers; a minus sign goes in front.

use crate::errno::{CResult as _, Errno};
use crate::locale::locale_t;
use crate::stdarg::VaList;
use crate::stdio::printf::string::vsnprintf;
use crate::types::{c_char, size_t, ssize_t};
use crate::variadic;

/// A conversion specification.
struct Spec {
    fill: u8,
    parentheses: bool,
    signs: bool,
    left: bool,
    width: usize,
    /// Digits before the decimal point to leave room for.
    before: Option<usize>,
    after: Option<usize>,
}

/// A decimal number at the start of the text, and what follows it.
fn number(text: &[u8]) -> (Option<usize>, &[u8]) {
    let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(count);
    let value = digits.iter().fold(0_usize, |n, digit| {
        n.saturating_mul(10).saturating_add((digit - b'0').into())
    });
    ((count > 0).then_some(value), rest)
}

fn parse(mut text: &[u8]) -> Option<(Spec, bool, &[u8])> {
    let whole = text;
    let mut spec = Spec {
        fill: b' ',
        parentheses: false,
        signs: false,
        left: false,
        width: 0,
        before: None,
        after: None,
    };
    loop {
        match text {
            [b'=', fill, rest @ ..] => {
                spec.fill = *fill;
                text = rest;
            }
            // No grouping and no currency symbol is what there is.
            [b'^' | b'!', rest @ ..] => text = rest,
            // One of the two.
            [b'+', rest @ ..] if !spec.parentheses => {
                spec.signs = true;
                text = rest;
            }
            [b'(', rest @ ..] if !spec.signs => {
                spec.parentheses = true;
                text = rest;
            }
            [b'-', rest @ ..] => {
                spec.left = true;
                text = rest;
            }
            _ => break,
        }
    }
    let (width, rest) = number(text);
    spec.width = width.unwrap_or(0);
    text = rest;
    if let [b'#', rest @ ..] = text {
        (spec.before, text) = number(rest);
    }
    if let [b'.', rest @ ..] = text {
        (spec.after, text) = number(rest);
    }
    match text {
        // Nothing may stand between the two.
        [b'%', rest @ ..] if text.len() == whole.len() => Some((spec, true, rest)),
        [b'i' | b'n', rest @ ..] => Some((spec, false, rest)),
        _ => None,
    }
}

/// The text being written; the last byte is kept for the terminator.
struct Target {
    at: *mut u8,
    left: usize,
}

impl Target {
    fn push(&mut self, byte: u8) -> Result<(), Errno> {
        if self.left <= 1 {
            return Err(Errno::E2BIG);
        }
        // SAFETY: there is room.
        unsafe {
            *self.at = byte;
            self.at = self.at.add(1);
        }
        self.left -= 1;
        Ok(())
    }

    fn repeat(&mut self, byte: u8, count: usize) -> Result<(), Errno> {
        (0..count).try_for_each(|_| self.push(byte))
    }
}

fn amount(out: &mut Target, spec: &Spec, value: f64) -> Result<(), Errno> {
    // The greatest double has 309 digits before the point.
    let mut digits = [0_u8; 1400];
    // All digits of a double after its point; more are zeros.
    const MOST: usize = 1074;
    let after = spec.after.unwrap_or(2);
    let mut arguments = [after.min(MOST) as u64, libm::fabs(value).to_bits()];
    let zeros = if value.is_finite() {
        after.saturating_sub(MOST)
    } else {
        0
    };
    // SAFETY: the list has what the format asks for, and the buffer's size is given.
    let length = unsafe {
        let mut list = VaList::from_memory(arguments.as_mut_ptr().cast());
        vsnprintf(
            digits.as_mut_ptr().cast(),
            digits.len(),
            c"%.*f".as_ptr(),
            &raw mut list,
        )
    };
    let digits = &digits[..usize::try_from(length).map_err(|_| Errno::E2BIG)?];
    let whole = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let padding = spec.before.unwrap_or(0).saturating_sub(whole);
    let negative = value.is_sign_negative() && !value.is_nan();
    // With a left precision, positive amounts keep the place of the sign free, so that columns line up.
    let (start, end): (&[u8], &[u8]) = match (negative, spec.parentheses, spec.before.is_some()) {
        (true, true, _) => (b"(", b")"),
        (true, false, _) => (b"-", b""),
        (false, true, true) => (b" ", b" "),
        (false, false, true) => (b" ", b""),
        (false, _, false) => (b"", b""),
    };
    let used = (start.len() + digits.len() + end.len())
        .saturating_add(padding)
        .saturating_add(zeros);
    let space = spec.width.saturating_sub(used);
    out.repeat(b' ', if spec.left { 0 } else { space })?;
    start.iter().try_for_each(|&b| out.push(b))?;
    out.repeat(spec.fill, padding)?;
    digits.iter().try_for_each(|&b| out.push(b))?;
    out.repeat(b'0', zeros)?;
    end.iter().try_for_each(|&b| out.push(b))?;
    out.repeat(b' ', if spec.left { space } else { 0 })
}

/// # Safety
/// As for [`strfmon`].
unsafe extern "C" fn format(
    to: *mut c_char,
    size: size_t,
    format: *const c_char,
    arguments: *mut VaList,
) -> ssize_t {
    // SAFETY: the caller's string, buffer and arguments.
    unsafe {
        let mut text = core::ffi::CStr::from_ptr(format).to_bytes();
        let mut out = Target {
            at: to.cast(),
            left: size,
        };
        let mut run = || {
            while let [byte, rest @ ..] = text {
                text = rest;
                if *byte != b'%' {
                    out.push(*byte)?;
                    continue;
                }
                let (spec, percent, rest) = parse(rest).ok_or(Errno::EINVAL)?;
                text = rest;
                if percent {
                    out.push(b'%')?;
                } else {
                    amount(&mut out, &spec, (*arguments).arg_f64())?;
                }
            }
            if size == 0 {
                return Err(Errno::E2BIG);
            }
            *out.at = 0;
            Ok((size - out.left) as ssize_t)
        };
        run().or_errno(-1)
    }
}

/// # Safety
/// As for [`strfmon`].
unsafe extern "C" fn format_in(
    to: *mut c_char,
    size: size_t,
    _locale: locale_t,
    fmt: *const c_char,
    arguments: *mut VaList,
) -> ssize_t {
    // SAFETY: the caller's duty.
    unsafe { format(to, size, fmt, arguments) }
}

variadic! {
    /// Writes amounts of money (`double`) by the specifications `%i` and `%n`; the length without the terminator, or −1 with
    /// `E2BIG` or `EINVAL`.
    pub fn strfmon(to: *mut c_char, size: size_t, fmt: *const c_char, ...) -> ssize_t => format
}
variadic! {
    /// [`strfmon`] in a locale.
    pub fn strfmon_l(to: *mut c_char, size: size_t, locale: locale_t, fmt: *const c_char, ...) -> ssize_t => format_in
}
