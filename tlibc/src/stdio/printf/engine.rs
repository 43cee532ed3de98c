//! The formatting loop, one for narrow and wide output.
//!
//! A [`Target`] says what the two differ in: the format's unit and how strings and characters of the other width are
//! converted. Numbers are characters of the basic set and go through [`Out`] in both.

use super::args::{Args, Kind, Numbered, Value};
use super::float::{self, Float};
use super::spec::{Length, Spec, flag, number};
use crate::errno::Errno;
use crate::numconv::{Out, decimal_backwards};
use crate::stdarg::VaList;
use crate::types::*;

/// A kind of output.
pub trait Target: Out {
    /// A unit of the format and of the output: a byte or a `wchar_t`.
    type Unit: Copy + Into<i64>;

    /// Characters so far.
    fn total(&self) -> usize;
    /// Passes on a piece of the format.
    fn literal(&mut self, text: &[Self::Unit]);
    /// `%c`
    fn narrow_char(&mut self, c: u8) -> Result<(), Errno>;
    /// `%lc`
    fn wide_char(&mut self, c: wint_t, spec: &Spec) -> Result<(), Errno>;
    /// `%s`
    ///
    /// # Safety
    /// `s` is a string, or readable up to the precision.
    unsafe fn narrow_string(&mut self, s: *const u8, spec: &Spec) -> Result<(), Errno>;
    /// `%ls`
    ///
    /// # Safety
    /// `s` is a wide string, or readable up to the precision.
    unsafe fn wide_string(&mut self, s: *const wchar_t, spec: &Spec) -> Result<(), Errno>;
}

/// The padding of a field of `length` characters, to be written before (`.0`) and after (`.1`).
pub fn padding(spec: &Spec, length: usize) -> (usize, usize) {
    let pad = spec.width.saturating_sub(length);
    if spec.has(flag::LEFT) {
        (0, pad)
    } else {
        (pad, 0)
    }
}

/// Reads a format: its position and the units there.
struct Cursor<U> {
    at: *const U,
}

impl<U: Copy + Into<i64>> Cursor<U> {
    /// The unit here, as a code; anything outside ASCII reads as 0x80.
    #[inline]
    fn peek(&self) -> u32 {
        // SAFETY: the cursor never passes the terminator.
        let c: i64 = unsafe { *self.at }.into();
        if (0..0x80).contains(&c) {
            c as u32
        } else {
            0x80
        }
    }

    #[inline]
    fn bump(&mut self) {
        // SAFETY: called only where the unit here is not the terminator.
        self.at = unsafe { self.at.add(1) };
    }

    fn accept(&mut self, c: u8) -> bool {
        let found = self.peek() == u32::from(c);
        if found {
            self.bump();
        }
        found
    }

    /// A run of digits; `None` on overflow of `int`.
    fn number(&mut self) -> Option<c_int> {
        number(|| {
            let c = self.peek();
            if c.wrapping_sub(0x30) < 10 {
                self.bump();
            }
            c
        })
    }

    /// `n$`, if it is there; the cursor stays otherwise.
    fn argument_number(&mut self) -> Result<usize, Errno> {
        let start = self.at;
        if matches!(self.peek(), 0x31..=0x39) {
            let n = self.number().ok_or(Errno::EOVERFLOW)?;
            if self.accept(b'$') {
                return Ok(n as usize);
            }
        }
        self.at = start;
        Ok(0)
    }
}

/// Width or precision as the format gives it.
#[derive(Clone, Copy)]
enum Amount {
    Absent,
    Given(c_int),
    /// `*`, or `*n$` (0: the next argument).
    Argument(usize),
}

/// A specification as written.
struct Parsed {
    argument: usize,
    flags: u8,
    width: Amount,
    precision: Amount,
    length: Length,
    conversion: u8,
}

/// Reads what follows `%`.
fn parse<U: Copy + Into<i64>>(cursor: &mut Cursor<U>) -> Result<Parsed, Errno> {
    let argument = cursor.argument_number()?;
    let mut flags = 0;
    loop {
        flags |= match cursor.peek() as u8 {
            b'-' => flag::LEFT,
            b'+' => flag::PLUS,
            b' ' => flag::SPACE,
            b'#' => flag::ALT,
            b'0' => flag::ZERO,
            b'\'' | b'I' => 0, // no grouping and no other digits in the supported locales
            _ => break,
        };
        cursor.bump();
    }
    let width = match cursor.peek() as u8 {
        b'*' => {
            cursor.bump();
            Amount::Argument(cursor.argument_number()?)
        }
        b'0'..=b'9' => Amount::Given(cursor.number().ok_or(Errno::EOVERFLOW)?),
        _ => Amount::Absent,
    };
    let precision = if cursor.accept(b'.') {
        if cursor.accept(b'*') {
            Amount::Argument(cursor.argument_number()?)
        } else if cursor.accept(b'-') {
            cursor.number().ok_or(Errno::EOVERFLOW)?;
            Amount::Absent
        } else {
            Amount::Given(cursor.number().ok_or(Errno::EOVERFLOW)?)
        }
    } else {
        Amount::Absent
    };
    let mut length = Length::Int;
    loop {
        length = match (cursor.peek() as u8, length) {
            (b'h', Length::Short) => Length::Char,
            (b'h', _) => Length::Short,
            (b'l' | b'q' | b'j' | b'z' | b'Z' | b't', _) => Length::Long,
            (b'L', _) => Length::LongDouble,
            _ => break,
        };
        cursor.bump();
    }
    let conversion = cursor.peek() as u8;
    if conversion == 0 {
        return Err(Errno::EINVAL);
    }
    cursor.bump();
    Ok(Parsed {
        argument,
        flags,
        width,
        precision,
        length,
        conversion,
    })
}

/// How the argument of a conversion travels; `None` when it takes none.
fn kind_of(parsed: &Parsed) -> Option<Kind> {
    match parsed.conversion {
        b'%' | b'm' => None,
        b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G'
            if parsed.length == Length::LongDouble =>
        {
            Some(Kind::LongDouble)
        }
        b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => Some(Kind::Double),
        _ => Some(Kind::Integer),
    }
}

/// Reports the numbered arguments of a format to `visit`; returns the greatest number.
fn scan_numbered<U: Copy + Into<i64>>(
    format: *const U,
    visit: &mut dyn FnMut(usize, Kind),
) -> Result<usize, Errno> {
    let mut cursor = Cursor { at: format };
    let mut greatest = 0;
    let mut see = |number: usize, kind| {
        if number != 0 {
            greatest = greatest.max(number);
            visit(number, kind);
        }
    };
    loop {
        match cursor.peek() {
            0 => return Ok(greatest),
            0x25 => {
                cursor.bump();
                let parsed = parse(&mut cursor)?;
                for amount in [parsed.width, parsed.precision] {
                    if let Amount::Argument(number) = amount {
                        see(number, Kind::Integer);
                    }
                }
                if let Some(kind) = kind_of(&parsed) {
                    see(parsed.argument, kind);
                }
            }
            _ => cursor.bump(),
        }
    }
}

/// Formats; the number of characters produced, also those a truncating target dropped.
///
/// # Errors
/// `EOVERFLOW` when the count, a width or a precision exceeds `INT_MAX`; `EILSEQ` for a character that cannot be
/// converted; `EINVAL` for an incomplete specification; `ENOMEM`.
///
/// # Safety
/// `format` is a string; the arguments in `ap` are what it asks for.
pub unsafe fn format<T: Target>(
    out: &mut T,
    format: *const T::Unit,
    ap: &mut VaList,
) -> Result<c_int, Errno> {
    // What `%m` prints is the errno of the call, whatever happens on the way.
    let error = crate::errno::errno();
    let mut cursor = Cursor { at: format };
    let mut args = Args::Sequential(ap);
    loop {
        let start = cursor.at;
        loop {
            match cursor.peek() {
                0 | 0x25 => break,
                _ => cursor.bump(),
            }
        }
        if cursor.at != start {
            // SAFETY: both lie in the format string.
            let run = unsafe {
                core::slice::from_raw_parts(start, cursor.at.offset_from_unsigned(start))
            };
            out.literal(run);
        }
        if cursor.peek() == 0 {
            return c_int::try_from(out.total()).map_err(|_| Errno::EOVERFLOW);
        }
        let percent = cursor.at;
        cursor.bump();
        // The two commonest specifications, without options.
        if let Args::Sequential(ap) = &mut args {
            match cursor.peek() as u8 {
                b'd' => {
                    cursor.bump();
                    // SAFETY: the caller passed an int.
                    let value = unsafe { ap.arg_i32() };
                    plain_decimal(out, value);
                    continue;
                }
                b's' => {
                    cursor.bump();
                    let spec = Spec {
                        flags: 0,
                        width: 0,
                        precision: None,
                    };
                    // SAFETY: the caller passed a string.
                    unsafe { string(out, &spec, ap.arg_ptr::<u8>())? };
                    continue;
                }
                _ => {}
            }
        }
        let parsed = parse(&mut cursor)?;
        let numbered = parsed.argument != 0
            || matches!(parsed.width, Amount::Argument(1..))
            || matches!(parsed.precision, Amount::Argument(1..));
        if numbered && let Args::Sequential(ap) = args {
            // SAFETY: the caller's duty.
            args = Args::Numbered(unsafe {
                Numbered::load(ap, &|visit| scan_numbered(format, visit))?
            });
        }
        // SAFETY: the arguments are what the format asks for.
        unsafe {
            let spec = amounts(&parsed, &mut args)?;
            if c_int::try_from(out.total() + spec.width.max(spec.precision.unwrap_or(0))).is_err()
                && !matches!(parsed.conversion, b's' | b'S')
            {
                return Err(Errno::EOVERFLOW);
            }
            if !convert(out, &spec, &parsed, &mut args, error)? {
                // Not a conversion: what stands there goes out as it is.
                out.literal(core::slice::from_raw_parts(
                    percent,
                    cursor.at.offset_from_unsigned(percent),
                ));
            }
        }
        if out.total() > c_int::MAX as usize {
            return Err(Errno::EOVERFLOW);
        }
    }
}

/// Fetches `*` arguments and settles how flags, width and precision act together.
///
/// # Safety
/// As [`format`].
unsafe fn amounts(parsed: &Parsed, args: &mut Args<'_>) -> Result<Spec, Errno> {
    let mut flags = parsed.flags;
    let width = match parsed.width {
        Amount::Absent => 0,
        Amount::Given(n) => n as usize,
        Amount::Argument(number) => {
            // SAFETY: the caller passed an int.
            let n = unsafe { args.int(number) };
            if n < 0 {
                flags |= flag::LEFT;
            }
            n.unsigned_abs() as usize
        }
    };
    if width > c_int::MAX as usize {
        return Err(Errno::EOVERFLOW);
    }
    let precision = match parsed.precision {
        Amount::Absent => None,
        Amount::Given(n) => Some(n as usize),
        // SAFETY: the caller passed an int.
        Amount::Argument(number) => usize::try_from(unsafe { args.int(number) }).ok(),
    };
    if flags & flag::LEFT != 0 {
        flags &= !flag::ZERO;
    }
    Ok(Spec {
        flags,
        width,
        precision,
    })
}

/// Performs one conversion; false when the character is none.
///
/// # Safety
/// As [`format`].
unsafe fn convert<T: Target>(
    out: &mut T,
    spec: &Spec,
    parsed: &Parsed,
    args: &mut Args<'_>,
    error: Errno,
) -> Result<bool, Errno> {
    let number = parsed.argument;
    // SAFETY: each arm fetches what its conversion is documented to take.
    unsafe {
        match parsed.conversion {
            b'd' | b'i' => {
                let value = match parsed.length {
                    Length::Char => i64::from(args.integer(number) as i8),
                    Length::Short => i64::from(args.integer(number) as i16),
                    Length::Int => i64::from(args.integer(number) as i32),
                    Length::Long | Length::LongDouble => args.integer(number),
                };
                integer(out, spec, b'd', value.unsigned_abs(), spec.sign(value < 0));
            }
            conversion @ (b'u' | b'o' | b'x' | b'X' | b'b' | b'B') => {
                let value = match parsed.length {
                    Length::Char => u64::from(args.integer(number) as u8),
                    Length::Short => u64::from(args.integer(number) as u16),
                    Length::Int => u64::from(args.integer(number) as u32),
                    Length::Long | Length::LongDouble => args.integer(number) as u64,
                };
                integer(out, spec, conversion, value, b"");
            }
            b'p' => {
                let value = args.integer(number) as u64;
                if value == 0 {
                    let spec = Spec {
                        precision: None,
                        ..*spec
                    };
                    string(out, &spec, c"(nil)".as_ptr().cast())?;
                } else {
                    let spec = Spec {
                        flags: spec.flags | flag::ALT,
                        ..*spec
                    };
                    integer(out, &spec, b'x', value, spec.sign(false));
                }
            }
            b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let kind = if parsed.length == Length::LongDouble {
                    Kind::LongDouble
                } else {
                    Kind::Double
                };
                let x = match args.get(number, kind) {
                    Value::Double(x) => Float::from(x),
                    Value::LongDouble(x) => Float::from(x),
                    Value::Integer(_) => return Err(Errno::EINVAL), // one number used with two kinds
                };
                float::format(out, spec, parsed.conversion, x);
            }
            b'c' if parsed.length != Length::Long => {
                let c = args.integer(number) as u8;
                let (before, after) = padding(spec, 1);
                out.fill(b' ', before);
                out.narrow_char(c)?;
                out.fill(b' ', after);
            }
            b'c' | b'C' => out.wide_char(args.integer(number) as wint_t, spec)?,
            b's' if parsed.length != Length::Long => {
                string(out, spec, args.integer(number) as *const u8)?
            }
            b's' | b'S' => {
                let s = args.integer(number) as *const wchar_t;
                if s.is_null() {
                    string(out, spec, core::ptr::null())?;
                } else {
                    out.wide_string(s, spec)?;
                }
            }
            b'n' => {
                let total = out.total();
                let to = args.integer(number) as *mut c_void;
                match parsed.length {
                    Length::Char => to.cast::<i8>().write(total as i8),
                    Length::Short => to.cast::<i16>().write(total as i16),
                    Length::Int => to.cast::<i32>().write(total as i32),
                    Length::Long | Length::LongDouble => to.cast::<i64>().write(total as i64),
                }
            }
            b'm' => string(out, spec, strerror(error.0).cast())?,
            b'%' => out.bytes(b"%"),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

unsafe extern "C" {
    safe fn strerror(error: c_int) -> *const c_char;
}

/// `%s`, with what is printed for a null pointer.
///
/// # Safety
/// As [`Target::narrow_string`].
unsafe fn string<T: Target>(out: &mut T, spec: &Spec, s: *const u8) -> Result<(), Errno> {
    let s = if !s.is_null() {
        s
    } else if spec.precision.is_none_or(|p| p >= 6) {
        c"(null)".as_ptr().cast()
    } else {
        c"".as_ptr().cast()
    };
    // SAFETY: the caller's duty, or one of the literals.
    unsafe { out.narrow_string(s, spec) }
}

/// `%d` without options.
fn plain_decimal(out: &mut dyn Out, value: i32) {
    let mut buf = [0u8; 11];
    let end = buf.len();
    let mut at = decimal_backwards(u64::from(value.unsigned_abs()), &mut buf, end);
    if value == 0 {
        at -= 1;
        buf[at] = b'0';
    }
    if value < 0 {
        at -= 1;
        buf[at] = b'-';
    }
    out.bytes(&buf[at..]);
}

/// An integer conversion of magnitude `value` after `sign`.
fn integer(out: &mut dyn Out, spec: &Spec, conversion: u8, value: u64, sign: &[u8]) {
    let mut buf = [0u8; 66];
    let end = buf.len();
    let mut at = end;
    match conversion {
        b'd' | b'u' => at = decimal_backwards(value, &mut buf, end),
        _ => {
            let (shift, letters): (u32, &[u8; 16]) = match conversion {
                b'o' => (3, b"0123456789abcdef"),
                b'x' => (4, b"0123456789abcdef"),
                b'X' => (4, b"0123456789ABCDEF"),
                _ => (1, b"0123456789abcdef"),
            };
            let mut rest = value;
            while rest != 0 {
                at -= 1;
                buf[at] = letters[(rest & ((1 << shift) - 1)) as usize];
                rest >>= shift;
            }
        }
    }
    let digits = &buf[at..];
    let mut least = spec.precision.unwrap_or(1);
    let mut prefix = [0u8; 3];
    let mut prefix_len = sign.len();
    prefix[..sign.len()].copy_from_slice(sign);
    if spec.has(flag::ALT) {
        match conversion {
            b'o' => least = least.max(digits.len() + 1),
            b'x' | b'X' | b'b' | b'B' if value != 0 => {
                prefix[prefix_len] = b'0';
                prefix[prefix_len + 1] = conversion;
                prefix_len += 2;
            }
            _ => {}
        }
    }
    let mut zeros = least.saturating_sub(digits.len());
    let mut pad = spec.width.saturating_sub(prefix_len + zeros + digits.len());
    if spec.has(flag::ZERO) && spec.precision.is_none() {
        zeros += pad;
        pad = 0;
    }
    let left = spec.has(flag::LEFT);
    if pad != 0 && !left {
        out.fill(b' ', pad);
    }
    if prefix_len != 0 {
        out.bytes(&prefix[..prefix_len]);
    }
    if zeros != 0 {
        out.fill(b'0', zeros);
    }
    out.bytes(digits);
    if pad != 0 && left {
        out.fill(b' ', pad);
    }
}
