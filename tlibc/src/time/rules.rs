//! The POSIX form of `TZ` (POSIX.1 §8.3): `std offset dst [offset],start[/time],end[/time]`.

use super::calendar::{DAY, date_from_days, days_to_year, is_leap};
use super::names::{Name, lasting};

/// A date in every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Date {
    /// `Jn`: day 1 to 365, February 29 never counted.
    JulianWithoutLeap(i64),
    /// `n`: day 0 to 365, February 29 counted.
    DayOfYear(i64),
    /// `Mm.w.d`: the w-th weekday d of month m; the fifth is the last.
    Weekday { month: i64, week: i64, weekday: i64 },
}

/// A change from one offset to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    date: Date,
    /// Seconds after midnight, local time before the change.
    time: i64,
}

impl Change {
    /// Seconds since the Epoch, as if local time were UTC.
    fn in_year(&self, year: i64) -> i64 {
        let first = days_to_year(year);
        let day = match self.date {
            Date::JulianWithoutLeap(n) => first + n - 1 + i64::from(is_leap(year) && n >= 60),
            Date::DayOfYear(n) => first + n,
            Date::Weekday {
                month,
                week,
                weekday,
            } => {
                let month_start = super::calendar::days_from_date(year, month - 1, 1);
                let month_end = super::calendar::days_from_date(year, month, 1);
                let first_weekday = (month_start + 4).rem_euclid(7);
                let day = month_start + (weekday - first_weekday).rem_euclid(7) + (week - 1) * 7;
                if day < month_end { day } else { day - 7 }
            }
        };
        day * DAY + self.time
    }
}

/// Offset and abbreviation that hold at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Seconds east of UTC.
    pub offset: i64,
    /// Whether it is summer time.
    pub summer: bool,
    /// Abbreviation.
    pub name: Name,
}

/// The rules of a zone.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Standard time.
    pub standard: Period,
    /// Summer time with its start and end, if there is any.
    summer: Option<(Period, Change, Change)>,
}

/// "UTC", offset 0.
pub const UTC: Rules = Rules {
    standard: Period {
        offset: 0,
        summer: false,
        name: c"UTC",
    },
    summer: None,
};

impl Rules {
    /// The summer time, if the zone has one.
    pub fn summer_period(&self) -> Option<Period> {
        self.summer.map(|(period, ..)| period)
    }

    /// What holds at a time.
    pub fn at(&self, time: i64) -> Period {
        let Some((summer, start, end)) = self.summer else {
            return self.standard;
        };
        // The year in standard time; a change within a day of the turn of the year is the same either way.
        let days = time.saturating_add(self.standard.offset).div_euclid(DAY);
        let (year, ..) = date_from_days(days);
        let start = start.in_year(year) - self.standard.offset;
        let end = end.in_year(year) - summer.offset;
        // A summer that ends as it starts is none, as in glibc.
        let in_summer = if start <= end {
            (start..end).contains(&time)
        } else {
            !(end..start).contains(&time)
        };
        if in_summer { summer } else { self.standard }
    }

    /// Reads a POSIX `TZ` value.
    pub fn parse(text: &[u8]) -> Option<Rules> {
        let mut cursor = Cursor(text);
        let name = cursor.name()?;
        let offset = -cursor.time(24)?;
        let standard = Period {
            offset,
            summer: false,
            name,
        };
        if cursor.0.is_empty() {
            return Some(Rules {
                standard,
                summer: None,
            });
        }
        let name = cursor.name()?;
        let offset = match cursor.0.first() {
            None | Some(b',') => offset + 3_600,
            Some(_) => -cursor.time(24)?,
        };
        let summer = Period {
            offset,
            summer: true,
            name,
        };
        // Without rules: those of the United States, as everyone does.
        let american = |month, week| Change {
            date: Date::Weekday {
                month,
                week,
                weekday: 0,
            },
            time: 7_200,
        };
        let (start, end) = if cursor.0.is_empty() {
            (american(3, 2), american(11, 1))
        } else {
            (cursor.change()?, cursor.change()?)
        };
        cursor.0.is_empty().then_some(Rules {
            standard,
            summer: Some((summer, start, end)),
        })
    }
}

/// What is left of the text.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((&first, rest)) if first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// `CET` or `<+03>`, three letters or more.
    fn name(&mut self) -> Option<Name> {
        let quoted = self.take(b'<');
        let allowed = |byte: u8| {
            byte.is_ascii_alphabetic()
                || quoted && (byte.is_ascii_digit() || byte == b'+' || byte == b'-')
        };
        let length = self
            .0
            .iter()
            .position(|&byte| !allowed(byte))
            .unwrap_or(self.0.len());
        if length < 3 {
            return None;
        }
        let (name, rest) = self.0.split_at(length);
        self.0 = rest;
        if quoted && !self.take(b'>') {
            return None;
        }
        lasting(name).ok()
    }

    fn number(&mut self, limit: i64) -> Option<i64> {
        let mut value = None;
        while let Some((&digit, rest)) = self.0.split_first()
            && digit.is_ascii_digit()
        {
            let next = value.unwrap_or(0) * 10 + i64::from(digit - b'0');
            if next > limit {
                return None;
            }
            value = Some(next);
            self.0 = rest;
        }
        value
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    fn time(&mut self, hours: i64) -> Option<i64> {
        let negative = self.take(b'-');
        if !negative {
            self.take(b'+');
        }
        let mut seconds = self.number(hours)? * 3_600;
        if self.take(b':') {
            seconds += self.number(59)? * 60;
            if self.take(b':') {
                seconds += self.number(59)?;
            }
        }
        Some(if negative { -seconds } else { seconds })
    }

    /// `,date[/time]`.
    fn change(&mut self) -> Option<Change> {
        if !self.take(b',') {
            return None;
        }
        let date = if self.take(b'M') {
            let month = self.number(12).filter(|&month| month > 0)?;
            let week = self
                .take(b'.')
                .then(|| self.number(5))?
                .filter(|&week| week > 0)?;
            let weekday = self.take(b'.').then(|| self.number(6))??;
            Date::Weekday {
                month,
                week,
                weekday,
            }
        } else if self.take(b'J') {
            Date::JulianWithoutLeap(self.number(365).filter(|&day| day > 0)?)
        } else {
            Date::DayOfYear(self.number(365)?)
        };
        let time = if self.take(b'/') {
            self.time(167)?
        } else {
            7_200
        };
        Some(Change { date, time })
    }
}
