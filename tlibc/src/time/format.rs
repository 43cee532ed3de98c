//! strftime (ISO C 7.27.3.5, POSIX.1), with the flags and widths of POSIX.1-2024 and GNU (`%_5d`, `%-d`, `%+4Y`, `%^a`).

use core::ffi::CStr;

use super::calendar::seconds;
use super::tm;
use super::zone::from_local;
use crate::langinfo::time_text;
use crate::locale::locale_t;
use crate::types::{c_char, c_int, size_t};

/// A decimal number of at least `width` characters; the sign counts. Zeros go after the sign, spaces before.
pub(super) fn decimal(value: i64, width: usize, fill: u8, buffer: &mut [u8; 20]) -> &[u8] {
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let negative = value < 0;
    let sign_inside = usize::from(negative);
    if fill == b' ' && negative {
        at -= 1;
        buffer[at] = b'-';
    }
    let reserved = if fill == b'0' { sign_inside } else { 0 };
    while buffer.len() - at + reserved < width.min(buffer.len()) {
        at -= 1;
        buffer[at] = fill;
    }
    if fill != b' ' && negative {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

/// Where the text goes; counts what does not fit as a failure.
struct Output<'a> {
    buffer: &'a mut [u8],
    length: usize,
    full: bool,
}

impl Output<'_> {
    fn put(&mut self, byte: u8) {
        match self.buffer.get_mut(self.length) {
            Some(place) => *place = byte,
            None => self.full = true,
        }
        self.length += usize::from(!self.full);
    }
}

/// Flags and width of a conversion.
#[derive(Clone, Copy, Default)]
struct Spec {
    /// `_`, `-`, `0` or `+`; 0 for none.
    pad: u8,
    upper: bool,
    swap: bool,
    width: Option<usize>,
}

impl Spec {
    fn text(self, out: &mut Output<'_>, text: &[u8]) {
        let fill = if self.pad == b'0' || self.pad == b'+' {
            b'0'
        } else {
            b' '
        };
        for _ in text.len()..self.width.unwrap_or(0) {
            out.put(fill);
        }
        for &byte in text {
            out.put(if self.upper {
                byte.to_ascii_uppercase()
            } else if self.swap {
                byte.to_ascii_lowercase()
            } else {
                byte
            });
        }
    }

    /// A number that is `digits` wide unless the conversion says otherwise.
    fn number(self, out: &mut Output<'_>, value: i64, digits: usize, fill: u8) {
        let fill = match self.pad {
            b'_' => b' ',
            b'0' | b'+' => b'0',
            _ => fill,
        };
        let (fill, digits) = if self.pad == b'-' {
            (b' ', 1)
        } else {
            (fill, digits)
        };
        let width = self.width.unwrap_or(0).max(digits);
        let mut buffer = [0; 20];
        let text = decimal(value, width.min(20), fill, &mut buffer);
        for _ in text.len()..width {
            out.put(fill);
        }
        text.iter().for_each(|&byte| out.put(byte));
    }
}

/// ISO 8601 week number and its year.
fn iso_week(time: &tm) -> (i64, i64) {
    let year = i64::from(time.tm_year) + 1900;
    let weekday = i64::from(time.tm_wday + 6).rem_euclid(7);
    let week = (i64::from(time.tm_yday) - weekday + 10).div_euclid(7);
    let weeks_in = |year: i64| {
        let last = |year: i64| {
            (year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)).rem_euclid(7)
        };
        52 + i64::from(last(year) == 4 || last(year - 1) == 3)
    };
    if week < 1 {
        (weeks_in(year - 1), year - 1)
    } else if week > weeks_in(year) {
        (1, year + 1)
    } else {
        (week, year)
    }
}

fn name(index: c_int, count: c_int, first: usize) -> &'static [u8] {
    if (0..count).contains(&index) {
        time_text(first + index as usize)
    } else {
        b"?"
    }
}

/// Expands one conversion.
fn convert(out: &mut Output<'_>, time: &tm, conversion: u8, mut spec: Spec) {
    let year = i64::from(time.tm_year) + 1900;
    let hour_12 = match time.tm_hour.rem_euclid(12) {
        0 => 12,
        hour => hour,
    };
    let mut number = |value: i64, digits| spec.number(out, value, digits, b'0');
    match conversion {
        b'C' => number(year.div_euclid(100), 2),
        b'd' => number(time.tm_mday.into(), 2),
        b'e' => spec.number(out, time.tm_mday.into(), 2, b' '),
        b'g' => number(iso_week(time).1.rem_euclid(100), 2),
        b'G' => year_number(out, spec, iso_week(time).1),
        b'H' => number(time.tm_hour.into(), 2),
        b'I' => number(hour_12.into(), 2),
        b'j' => number(i64::from(time.tm_yday) + 1, 3),
        b'k' => spec.number(out, time.tm_hour.into(), 2, b' '),
        b'l' => spec.number(out, hour_12.into(), 2, b' '),
        b'm' => number(i64::from(time.tm_mon) + 1, 2),
        b'M' => number(time.tm_min.into(), 2),
        b's' => spec.number(out, from_local(seconds(time), time.tm_isdst), 1, b' '),
        b'S' => number(time.tm_sec.into(), 2),
        b'u' => number(i64::from(time.tm_wday + 6).rem_euclid(7) + 1, 1),
        b'U' => number(
            (i64::from(time.tm_yday) - i64::from(time.tm_wday) + 7).div_euclid(7),
            2,
        ),
        b'V' => number(iso_week(time).0, 2),
        b'w' => number(time.tm_wday.into(), 1),
        b'W' => {
            let since_monday = i64::from(time.tm_wday + 6).rem_euclid(7);
            number(
                (i64::from(time.tm_yday) - since_monday + 7).div_euclid(7),
                2,
            );
        }
        b'y' => number(year.rem_euclid(100), 2),
        b'Y' => year_number(out, spec, year),
        b'a' => spec.upper_if_swapped().text(out, name(time.tm_wday, 7, 0)),
        b'A' => spec.upper_if_swapped().text(out, name(time.tm_wday, 7, 7)),
        b'b' | b'h' => spec.upper_if_swapped().text(out, name(time.tm_mon, 12, 14)),
        b'B' => spec.upper_if_swapped().text(out, name(time.tm_mon, 12, 26)),
        b'p' => spec.text(out, time_text(if time.tm_hour >= 12 { 39 } else { 38 })),
        b'P' => {
            spec.swap = !spec.upper;
            spec.text(out, time_text(if time.tm_hour >= 12 { 39 } else { 38 }));
        }
        b'n' => spec.text(out, b"\n"),
        b't' => spec.text(out, b"\t"),
        b'%' => spec.text(out, b"%"),
        b'z' => {
            if time.tm_isdst >= 0 {
                let minutes = time.tm_gmtoff / 60;
                let text = minutes.abs() / 60 * 100 + minutes.abs() % 60;
                out_sign_number(out, spec, time.tm_gmtoff < 0, text);
            }
        }
        b'Z' => {
            if time.tm_isdst >= 0 && !time.tm_zone.is_null() {
                // SAFETY: a C string of the zone or of the program.
                let zone = unsafe { CStr::from_ptr(time.tm_zone) };
                spec.text(out, zone.to_bytes());
            }
        }
        b'c' => nested(out, time, time_text(40), spec),
        b'x' | b'D' => nested(out, time, b"%m/%d/%y", spec),
        b'X' | b'T' => nested(out, time, b"%H:%M:%S", spec),
        b'r' => nested(out, time, b"%I:%M:%S %p", spec),
        b'R' => nested(out, time, b"%H:%M", spec),
        b'F' => {
            // The width is that of the whole date.
            let width = spec.width.unwrap_or(10).saturating_sub(6);
            let pad = if spec.width.is_some() || spec.pad == b'+' {
                spec.pad
            } else {
                0
            };
            year_number(
                out,
                Spec {
                    width: Some(width),
                    pad,
                    ..spec
                },
                year,
            );
            expand(out, time, b"-%m-%d");
        }
        other => {
            // Not a conversion: shown as it is.
            out.put(b'%');
            out.put(other);
        }
    }
}

impl Spec {
    /// `#` makes names upper case.
    fn upper_if_swapped(self) -> Spec {
        Spec {
            upper: self.upper || self.swap,
            ..self
        }
    }
}

/// A year: `+` puts a sign before one of more than four digits (POSIX.1-2024).
fn year_number(out: &mut Output<'_>, spec: Spec, year: i64) {
    if spec.pad == b'+' && (year > 9999 || spec.width.is_some_and(|width| width > 4)) && year >= 0 {
        out.put(b'+');
        let width = spec.width.unwrap_or(5).saturating_sub(1);
        return Spec {
            width: Some(width),
            ..spec
        }
        .number(out, year, 1, b'0');
    }
    spec.number(out, year, 1, b'0');
}

/// `+hhmm`, the sign counted in the width.
fn out_sign_number(out: &mut Output<'_>, spec: Spec, negative: bool, value: i64) {
    let sign = if negative { b'-' } else { b'+' };
    let width = spec.width.unwrap_or(0).max(5);
    let mut buffer = [0; 20];
    let digits = if spec.pad == b'-' { 1 } else { 4 };
    let text = decimal(
        value,
        if spec.pad == b'_' { 1 } else { digits },
        b'0',
        &mut buffer,
    );
    let fill = width.saturating_sub(text.len() + 1);
    if spec.pad == b'_' {
        (0..fill).for_each(|_| out.put(b' '));
        out.put(sign);
    } else {
        out.put(sign);
        if spec.pad != b'-' {
            (0..fill).for_each(|_| out.put(b'0'));
        }
    }
    text.iter().for_each(|&byte| out.put(byte));
}

/// A conversion made of others, padded as a whole. `#` is for single names: it changes nothing here.
fn nested(out: &mut Output<'_>, time: &tm, format: &[u8], spec: Spec) {
    let mut buffer = [0; 128];
    let mut inner = Output {
        buffer: &mut buffer,
        length: 0,
        full: false,
    };
    expand(&mut inner, time, format);
    let length = inner.length;
    Spec {
        swap: false,
        ..spec
    }
    .text(out, &buffer[..length]);
}

fn expand(out: &mut Output<'_>, time: &tm, format: &[u8]) {
    let mut bytes = format.iter().copied();
    while let Some(byte) = bytes.next() {
        if out.full {
            return;
        }
        if byte != b'%' {
            out.put(byte);
            continue;
        }
        let start = bytes.clone();
        let mut spec = Spec::default();
        let mut next = bytes.next();
        while let Some(flag @ (b'_' | b'-' | b'0' | b'+' | b'^' | b'#')) = next {
            match flag {
                b'^' => spec.upper = true,
                b'#' => spec.swap = true,
                pad => spec.pad = pad,
            }
            next = bytes.next();
        }
        while let Some(digit @ b'0'..=b'9') = next {
            let width = spec.width.unwrap_or(0) * 10 + usize::from(digit - b'0');
            spec.width = Some(width.min(1 << 20));
            next = bytes.next();
        }
        if let Some(b'E' | b'O') = next {
            next = bytes.next();
        }
        match next {
            Some(conversion) => convert(out, time, conversion, spec),
            None => {
                // A lone percent sign at the end is shown.
                out.put(b'%');
                start.for_each(|byte| out.put(byte));
            }
        }
    }
}

/// Writes the text of a broken-down time into `size` bytes; returns its length, or 0 when it does not fit.
///
/// # Safety
/// `buffer` has `size` bytes, `format` is a C string, `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strftime(
    buffer: *mut c_char,
    size: size_t,
    format: *const c_char,
    time: *const tm,
) -> size_t {
    if size == 0 {
        return 0;
    }
    // SAFETY: the caller's buffer, string and structure.
    unsafe {
        let bytes = core::slice::from_raw_parts_mut(buffer.cast::<u8>(), size);
        let mut out = Output {
            buffer: bytes,
            length: 0,
            full: false,
        };
        expand(&mut out, &*time, CStr::from_ptr(format).to_bytes());
        out.put(0);
        if out.full { 0 } else { out.length - 1 }
    }
}

/// [`strftime`] in the locale given.
///
/// # Safety
/// As for [`strftime`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strftime_l(
    buffer: *mut c_char,
    size: size_t,
    format: *const c_char,
    time: *const tm,
    _locale: locale_t,
) -> size_t {
    // SAFETY: the caller's arguments.
    unsafe { strftime(buffer, size, format, time) }
}

crate::alias!(__strftime_l = strftime_l);
