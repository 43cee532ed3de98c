//! The proleptic Gregorian calendar: days since 1970-01-01 and back. The algorithms count from March 1 of year 0, so that
//! the leap day is the last of its year.

use super::tm;
use crate::types::{c_int, time_t};

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// Whether a year has a February 29.
pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days before each month of a common year.
pub const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Days from 1970-01-01 to January 1 of a year.
pub fn days_to_year(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

/// Days from 1970-01-01 to a date; the month counts from 0 and may be any, as may the day.
pub fn days_from_date(year: i64, month: i64, day: i64) -> i64 {
    let year = year + month.div_euclid(12);
    let month = month.rem_euclid(12) as usize;
    let leap = i64::from(month > 1 && is_leap(year));
    days_to_year(year) + DAYS_BEFORE[month] + leap + day - 1
}

/// Year, month (from 0), day (from 1) and day of the year (from 0) of a day number.
pub fn date_from_days(days: i64) -> (i64, c_int, c_int, c_int) {
    // Eras of 400 years, from 0000-03-01.
    let shifted = days + 719_468;
    let (era, day_of_era) = (
        shifted.div_euclid(146_097),
        shifted.rem_euclid(146_097) as u32,
    );
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let year = i64::from(year_of_era) + era * 400;
    // The last two months belong to the next year.
    let (year, month, day_of_year) = if march_month < 10 {
        let leap = u32::from(is_leap(year));
        (year, march_month + 2, day_of_year + 59 + leap)
    } else {
        (year + 1, march_month - 10, day_of_year - 306)
    };
    (year, month as c_int, day as c_int, day_of_year as c_int)
}

/// Seconds since the Epoch plus an offset from UTC, broken down; `None` when the year does not fit an int.
pub fn break_down(time: time_t, offset: i64) -> Option<tm> {
    let days = time.div_euclid(DAY);
    let seconds = time.rem_euclid(DAY) + offset;
    let days = days + seconds.div_euclid(DAY);
    let seconds = seconds.rem_euclid(DAY) as u32;
    let (year, month, day, day_of_year) = date_from_days(days);
    Some(tm {
        tm_sec: (seconds % 60) as c_int,
        tm_min: (seconds / 60 % 60) as c_int,
        tm_hour: (seconds / 3_600) as c_int,
        tm_mday: day,
        tm_mon: month,
        tm_year: c_int::try_from(year - 1900).ok()?,
        tm_wday: (days + 4).rem_euclid(7) as c_int,
        tm_yday: day_of_year,
        tm_isdst: 0,
        tm_gmtoff: offset,
        tm_zone: core::ptr::null(),
    })
}

/// Seconds since the Epoch of a broken-down time in UTC, whose fields may be out of their ranges.
pub fn seconds(time: &tm) -> i64 {
    let days = days_from_date(
        i64::from(time.tm_year) + 1900,
        time.tm_mon.into(),
        time.tm_mday.into(),
    );
    days * DAY
        + i64::from(time.tm_hour) * 3_600
        + i64::from(time.tm_min) * 60
        + i64::from(time.tm_sec)
}
