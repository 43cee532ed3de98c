//! strptime (POSIX.1 XSI).

use core::ffi::CStr;

use super::calendar::{break_down, days_from_date};
use super::tm;
use crate::langinfo::time_text;
use crate::locale::locale_t;
use crate::types::{c_char, c_int};

/// What has been read that no single field of `tm` holds.
#[derive(Default)]
struct Pending {
    century: Option<c_int>,
    year_of_century: Option<c_int>,
    afternoon: Option<bool>,
    hour_12: Option<c_int>,
    have_month_day: bool,
    have_year_day: bool,
    have_weekday: bool,
    /// Week of the year and whether weeks start on Monday.
    week: Option<(c_int, bool)>,
}

/// The input and the state.
struct Parser<'a> {
    input: &'a [u8],
    time: &'a mut tm,
    pending: Pending,
}

impl Parser<'_> {
    fn skip_spaces(&mut self) {
        let spaces = self
            .input
            .iter()
            .take_while(|byte| is_space(**byte))
            .count();
        self.input = &self.input[spaces..];
    }

    /// A number of at most `digits` digits in a range, after spaces. A digit that can only lead out of the range is left.
    fn number(&mut self, digits: usize, range: core::ops::RangeInclusive<c_int>) -> Option<c_int> {
        self.skip_spaces();
        let mut value = 0_i64;
        let mut count = 0;
        while count < digits
            && (count == 0 || value * 10 <= i64::from(*range.end()))
            && self.input.get(count).is_some_and(u8::is_ascii_digit)
        {
            value = value * 10 + i64::from(self.input[count] - b'0');
            count += 1;
        }
        if count == 0 {
            return None;
        }
        self.input = &self.input[count..];
        c_int::try_from(value)
            .ok()
            .filter(|value| range.contains(value))
    }

    /// One of `count` names, in full or short, without regard to case.
    fn name(&mut self, count: usize, short: usize, full: usize) -> Option<c_int> {
        for index in 0..count {
            for first in [full, short] {
                let name = time_text(first + index);
                if self.input.len() >= name.len()
                    && self.input[..name.len()].eq_ignore_ascii_case(name)
                {
                    self.input = &self.input[name.len()..];
                    return Some(index as c_int);
                }
            }
        }
        None
    }

    fn run(&mut self, format: &[u8]) -> Option<()> {
        let mut format = format.iter().copied();
        while let Some(byte) = format.next() {
            if is_space(byte) {
                self.skip_spaces();
                continue;
            }
            if byte != b'%' {
                let (&first, rest) = self.input.split_first()?;
                if first != byte {
                    return None;
                }
                self.input = rest;
                continue;
            }
            let mut conversion = format.next()?;
            while matches!(
                conversion,
                b'_' | b'-' | b'0' | b'+' | b'^' | b'#' | b'E' | b'O'
            ) || conversion.is_ascii_digit()
            {
                conversion = format.next()?;
            }
            self.convert(conversion)?;
        }
        Some(())
    }

    fn convert(&mut self, conversion: u8) -> Option<()> {
        match conversion {
            b'a' | b'A' => {
                self.time.tm_wday = self.name(7, 0, 7)?;
                self.pending.have_weekday = true;
            }
            b'b' | b'B' | b'h' => {
                self.time.tm_mon = self.name(12, 14, 26)?;
                self.pending.have_month_day = true;
            }
            b'c' => self.run(b"%a %b %e %H:%M:%S %Y")?,
            b'C' => self.pending.century = Some(self.number(2, 0..=99)?),
            b'd' | b'e' => {
                self.time.tm_mday = self.number(2, 1..=31)?;
                self.pending.have_month_day = true;
            }
            b'D' | b'x' => self.run(b"%m/%d/%y")?,
            b'F' => self.run(b"%Y-%m-%d")?,
            b'H' | b'k' => {
                self.time.tm_hour = self.number(2, 0..=23)?;
                self.pending.hour_12 = None;
            }
            b'I' | b'l' => self.pending.hour_12 = Some(self.number(2, 1..=12)?),
            b'j' => {
                self.time.tm_yday = self.number(3, 1..=366)? - 1;
                self.pending.have_year_day = true;
            }
            b'm' => {
                self.time.tm_mon = self.number(2, 1..=12)? - 1;
                self.pending.have_month_day = true;
            }
            b'M' => self.time.tm_min = self.number(2, 0..=59)?,
            b'n' | b't' => self.skip_spaces(),
            b'p' | b'P' => {
                let afternoon = [(b"AM", false), (b"PM", true)]
                    .into_iter()
                    .find(|(text, _)| {
                        self.input.len() >= 2 && self.input[..2].eq_ignore_ascii_case(*text)
                    })?
                    .1;
                self.input = &self.input[2..];
                self.pending.afternoon = Some(afternoon);
            }
            b'r' => self.run(b"%I:%M:%S %p")?,
            b'R' => self.run(b"%H:%M")?,
            b's' => {
                let negative = self.input.first() == Some(&b'-');
                if negative {
                    self.input = &self.input[1..];
                }
                let digits = self
                    .input
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                let mut value = 0_i64;
                for &digit in &self.input[..digits] {
                    value = value
                        .checked_mul(10)?
                        .checked_add(i64::from(digit - b'0'))?;
                }
                if digits == 0 {
                    return None;
                }
                self.input = &self.input[digits..];
                *self.time = super::zone::local(if negative { -value } else { value })?;
            }
            b'S' => self.time.tm_sec = self.number(2, 0..=61)?,
            b'T' | b'X' => self.run(b"%H:%M:%S")?,
            b'u' => {
                self.time.tm_wday = self.number(1, 1..=7)? % 7;
                self.pending.have_weekday = true;
            }
            b'w' => {
                self.time.tm_wday = self.number(1, 0..=6)?;
                self.pending.have_weekday = true;
            }
            b'U' => self.pending.week = Some((self.number(2, 0..=53)?, false)),
            b'W' => self.pending.week = Some((self.number(2, 0..=53)?, true)),
            // Read and checked, but not used, as in the GNU library.
            b'V' => drop(self.number(2, 0..=53)?),
            b'g' => drop(self.number(2, 0..=99)?),
            b'G' => drop(self.number(4, 0..=9999)?),
            b'y' => self.pending.year_of_century = Some(self.number(2, 0..=99)?),
            b'Y' => {
                let negative = self.input.first() == Some(&b'-');
                if negative {
                    self.input = &self.input[1..];
                }
                let year = self.number(4, 0..=9999)?;
                self.time.tm_year = if negative { -year } else { year } - 1900;
                self.pending.century = None;
                self.pending.year_of_century = None;
                self.pending.have_month_day |= self.time.tm_mday > 0;
            }
            b'z' => self.offset()?,
            b'Z' => {
                let letters = self
                    .input
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphabetic())
                    .count();
                self.input = &self.input[letters..];
            }
            b'%' => {
                self.skip_spaces();
                self.input = self.input.strip_prefix(b"%")?;
            }
            _ => return None,
        }
        Some(())
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`.
    fn offset(&mut self) -> Option<()> {
        self.skip_spaces();
        let (&sign, rest) = self.input.split_first()?;
        self.input = rest;
        if sign == b'Z' {
            self.time.tm_gmtoff = 0;
            return Some(());
        }
        if sign != b'+' && sign != b'-' {
            return None;
        }
        let two_digits = |parser: &mut Self| {
            let digits = parser.input.get(..2)?;
            if !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let value = i64::from(digits[0] - b'0') * 10 + i64::from(digits[1] - b'0');
            parser.input = &parser.input[2..];
            Some(value)
        };
        let hours = two_digits(self)?;
        if let Some(rest) = self.input.strip_prefix(b":") {
            self.input = rest;
        }
        let minutes = two_digits(self).unwrap_or(0);
        if hours > 14 || minutes > 59 {
            return None;
        }
        let seconds = hours * 3_600 + minutes * 60;
        self.time.tm_gmtoff = if sign == b'-' { -seconds } else { seconds };
        Some(())
    }

    /// Fields that follow from several conversions together.
    fn finish(&mut self) {
        let pending = &self.pending;
        if let Some(hour) = pending.hour_12 {
            self.time.tm_hour = hour % 12
                + if pending.afternoon == Some(true) {
                    12
                } else {
                    0
                };
        }
        match (pending.century, pending.year_of_century) {
            (Some(century), year) => {
                self.time.tm_year =
                    century * 100 + year.unwrap_or(self.time.tm_year.rem_euclid(100)) - 1900;
            }
            // POSIX: 69 to 99 are of the twentieth century.
            (None, Some(year)) => self.time.tm_year = if year < 69 { year + 100 } else { year },
            (None, None) => {}
        }
        let year = i64::from(self.time.tm_year) + 1900;
        if let Some((week, monday)) = pending.week
            && pending.have_weekday
            && !pending.have_year_day
            && !pending.have_month_day
        {
            let first = (days_from_date(year, 0, 1) + 4).rem_euclid(7) as c_int;
            let shift = c_int::from(monday);
            let first = (first - shift).rem_euclid(7);
            let weekday = (self.time.tm_wday - shift).rem_euclid(7);
            self.time.tm_yday = (7 - first) % 7 + (week - 1) * 7 + weekday;
            self.pending.have_year_day = true;
        }
        if self.pending.have_year_day && !self.pending.have_month_day {
            let day = days_from_date(year, 0, 1 + i64::from(self.time.tm_yday));
            if let Some(date) = break_down(day * super::calendar::DAY, 0) {
                self.time.tm_mon = date.tm_mon;
                self.time.tm_mday = date.tm_mday;
                if !self.pending.have_weekday {
                    self.time.tm_wday = date.tm_wday;
                }
            }
        } else if self.pending.have_month_day && self.time.tm_mday > 0 {
            let day = days_from_date(year, self.time.tm_mon.into(), self.time.tm_mday.into());
            if !self.pending.have_weekday {
                self.time.tm_wday = (day + 4).rem_euclid(7) as c_int;
            }
            if !self.pending.have_year_day {
                self.time.tm_yday = (day - days_from_date(year, 0, 1)) as c_int;
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || (9..14).contains(&byte)
}

/// Reads a broken-down time; returns where reading stopped, or null when the text does not follow the format.
///
/// # Safety
/// Both strings are C strings, `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strptime(
    text: *const c_char,
    format: *const c_char,
    time: *mut tm,
) -> *mut c_char {
    // SAFETY: the caller's strings and structure.
    unsafe {
        let input = CStr::from_ptr(text).to_bytes();
        let format = CStr::from_ptr(format).to_bytes();
        let mut parser = Parser {
            input,
            time: &mut *time,
            pending: Pending::default(),
        };
        if parser.run(format).is_none() {
            return core::ptr::null_mut();
        }
        parser.finish();
        parser.input.as_ptr().cast_mut().cast()
    }
}

/// [`strptime`] in the locale given (GNU).
///
/// # Safety
/// As for [`strptime`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strptime_l(
    text: *const c_char,
    format: *const c_char,
    time: *mut tm,
    _locale: locale_t,
) -> *mut c_char {
    // SAFETY: the caller's arguments.
    unsafe { strptime(text, format, time) }
}
