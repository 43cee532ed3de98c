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
    afternoon: bool,
    hour_12: Option<c_int>,
    /// A year, month or day of the month was read: the fields that follow from the date are wanted.
    wants_date: bool,
    have_month: bool,
    have_month_day: bool,
    have_year_day: bool,
    have_weekday: bool,
    /// Week of the year and the weekday that weeks start on.
    week: Option<(c_int, c_int)>,
}

/// The input and the state.
struct Parser<'a, 't> {
    input: &'a [u8],
    time: &'t mut tm,
    pending: Pending,
}

impl Parser<'_, '_> {
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

    /// A year or century: POSIX.1-2024 permits a sign, which counts to the field's width if one was given.
    fn signed_number(&mut self, digits: usize, width: Option<usize>) -> Option<c_int> {
        self.skip_spaces();
        let negative = self.sign();
        let signs = usize::from(negative.is_some());
        let digits = width.map_or(digits, |width| width.saturating_sub(signs).min(9));
        let value = self.number(digits, 0..=c_int::MAX)?;
        Some(if negative == Some(true) {
            -value
        } else {
            value
        })
    }

    /// Takes a sign: whether it is a minus.
    fn sign(&mut self) -> Option<bool> {
        let (&first, rest) = self.input.split_first()?;
        if first != b'-' && first != b'+' {
            return None;
        }
        self.input = rest;
        Some(first == b'-')
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
            while matches!(conversion, b'_' | b'-' | b'0' | b'+' | b'^' | b'#') {
                conversion = format.next()?;
            }
            let mut width = None;
            while conversion.is_ascii_digit() {
                let digit = usize::from(conversion - b'0');
                width = Some(
                    width
                        .unwrap_or(0_usize)
                        .saturating_mul(10)
                        .saturating_add(digit),
                );
                conversion = format.next()?;
            }
            // The alternative forms of the C locale are the usual ones.
            let of_modifier: Option<&[u8]> = match conversion {
                b'E' => Some(b"cCxXyY"),
                b'O' => Some(b"bBdehHImMSUVWwy"),
                _ => None,
            };
            if let Some(conversions) = of_modifier {
                conversion = format.next()?;
                if !conversions.contains(&conversion) {
                    return None;
                }
            }
            self.convert(conversion, width)?;
        }
        Some(())
    }

    /// One conversion. A width is the most characters that `%C`, `%F` and `%Y` take; others ignore it.
    fn convert(&mut self, conversion: u8, width: Option<usize>) -> Option<()> {
        match conversion {
            b'a' | b'A' => {
                self.time.tm_wday = self.name(7, 0, 7)?;
                self.pending.have_weekday = true;
            }
            b'b' | b'B' | b'h' => {
                self.time.tm_mon = self.name(12, 14, 26)?;
                self.pending.have_month = true;
                self.pending.wants_date = true;
            }
            b'c' => self.run(b"%a %b %e %H:%M:%S %Y")?,
            b'C' => {
                self.pending.century = Some(self.signed_number(2, width)?);
                self.pending.wants_date = true;
            }
            b'd' | b'e' => {
                self.time.tm_mday = self.number(2, 1..=31)?;
                self.pending.have_month_day = true;
                self.pending.wants_date = true;
            }
            b'D' | b'x' => self.run(b"%m/%d/%y")?,
            b'F' => {
                // The width is the whole date's, of which "-mm-dd" takes six.
                self.convert(b'Y', width.map(|width| width.saturating_sub(6).max(1)))?;
                self.run(b"-%m-%d")?;
            }
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
                self.pending.have_month = true;
                self.pending.wants_date = true;
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
                self.pending.afternoon = afternoon;
            }
            b'r' => self.run(b"%I:%M:%S %p")?,
            b'R' => self.run(b"%H:%M")?,
            b's' => {
                let negative = self.sign() == Some(true);
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
                self.pending = Pending::default();
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
            b'U' => self.pending.week = Some((self.number(2, 0..=53)?, 0)),
            b'W' => self.pending.week = Some((self.number(2, 0..=53)?, 1)),
            // Read and checked, but not used, as in the GNU library.
            b'V' => drop(self.number(2, 0..=53)?),
            b'g' => drop(self.number(2, 0..=99)?),
            b'G' => {
                self.sign();
                self.input.first().filter(|byte| byte.is_ascii_digit())?;
                let digits = self.input.iter().take_while(|byte| byte.is_ascii_digit());
                self.input = &self.input[digits.count()..];
            }
            b'y' => {
                self.pending.year_of_century = Some(self.number(2, 0..=99)?);
                self.pending.wants_date = true;
            }
            b'Y' => {
                self.time.tm_year = self.signed_number(4, width)?.checked_sub(1900)?;
                self.pending.century = None;
                self.pending.year_of_century = None;
                self.pending.wants_date = true;
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
            b'%' => self.input = self.input.strip_prefix(b"%")?,
            _ => return None,
        }
        Some(())
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`. The hours are any of two digits: zones are not, but that is no matter of reading.
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
        let hours = self.two_digits()?;
        if let [b':', b'0'..=b'9', ..] = self.input {
            self.input = &self.input[1..];
        }
        let minutes = match self.input.first() {
            Some(b'0'..=b'9') => self.two_digits()?,
            _ => 0,
        };
        if minutes > 59 {
            return None;
        }
        let seconds = hours * 3_600 + minutes * 60;
        self.time.tm_gmtoff = if sign == b'-' { -seconds } else { seconds };
        Some(())
    }

    fn two_digits(&mut self) -> Option<i64> {
        let (&[tens @ b'0'..=b'9', ones @ b'0'..=b'9'], rest) = self.input.split_first_chunk()?
        else {
            return None;
        };
        self.input = rest;
        Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    }

    /// Fields that follow from several conversions together. POSIX leaves it open which are set; this is what the GNU
    /// library sets, since programs rely on it.
    fn finish(&mut self) {
        let pending = &self.pending;
        if let Some(hour) = pending.hour_12 {
            self.time.tm_hour = hour % 12 + if pending.afternoon { 12 } else { 0 };
        }
        match (pending.century, pending.year_of_century) {
            (Some(century), year) => {
                let first = century.saturating_mul(100).saturating_sub(1900);
                self.time.tm_year = first.saturating_add(year.unwrap_or(0));
            }
            // POSIX: 69 to 99 are of the twentieth century.
            (None, Some(year)) => self.time.tm_year = if year < 69 { year + 100 } else { year },
            (None, None) => {}
        }
        let pending = &self.pending;
        let year = i64::from(self.time.tm_year) + 1900;
        let new_year = days_from_date(year, 0, 1);
        if let Some((week, starts)) = pending.week
            && pending.have_weekday
        {
            if !pending.have_year_day {
                let first = (weekday_of(new_year) - starts).rem_euclid(7);
                let weekday = (self.time.tm_wday - starts).rem_euclid(7);
                self.time.tm_yday = (7 - first) % 7 + (week - 1) * 7 + weekday;
            }
            self.set_date_from_day(new_year);
            return;
        }
        if !pending.wants_date {
            return;
        }
        if pending.have_year_day {
            self.set_date_from_day(new_year);
        }
        // A month that no conversion has set is the caller's.
        if !(0..12).contains(&self.time.tm_mon) {
            return;
        }
        let day = days_from_date(year, self.time.tm_mon.into(), self.time.tm_mday.into());
        if !self.pending.have_weekday {
            self.time.tm_wday = weekday_of(day);
        }
        if !self.pending.have_year_day {
            self.time.tm_yday = (day - new_year) as c_int;
        }
    }

    /// The month and its day from the day of the year that starts on `new_year`, as far as they were not read.
    fn set_date_from_day(&mut self, new_year: i64) {
        let day = new_year + i64::from(self.time.tm_yday);
        if let Some(date) = break_down(day * super::calendar::DAY, 0) {
            if !self.pending.have_month {
                self.time.tm_mon = date.tm_mon;
            }
            if !self.pending.have_month_day {
                self.time.tm_mday = date.tm_mday;
            }
        }
    }
}

/// The weekday of a day counted from 1970-01-01, a Thursday.
fn weekday_of(day: i64) -> c_int {
    (day + 4).rem_euclid(7) as c_int
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
        match read(input, format, &mut *time) {
            Some(found) => found.rest.as_ptr().cast_mut().cast(),
            None => core::ptr::null_mut(),
        }
    }
}

/// Where reading stopped, and what the structure does not tell.
pub(super) struct Found<'a> {
    /// The rest of the text.
    pub rest: &'a [u8],
    /// Whether the day of the week was read, not computed.
    pub weekday: bool,
}

/// [`strptime`] for callers here.
pub(super) fn read<'a>(input: &'a [u8], format: &[u8], time: &mut tm) -> Option<Found<'a>> {
    let mut parser = Parser {
        input,
        time,
        pending: Pending::default(),
    };
    parser.run(format)?;
    parser.finish();
    Some(Found {
        rest: parser.input,
        weekday: parser.pending.have_weekday,
    })
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
