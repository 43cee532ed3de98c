//! `<time.h>`: clocks, calendar time and its text forms (ISO C 7.27, POSIX.1).
//!
//! [`calendar`] converts between seconds and broken-down time, [`zone`] knows the local time's rules (the `TZ` variable:
//! POSIX rules or a TZif file), [`format`] and [`parse`] are strftime and strptime, [`clocks`] are thin wrappers.

#![allow(non_camel_case_types, reason = "the names are C's")]

pub mod calendar;
pub mod clocks;
pub mod convert;
pub mod format;
pub mod getdate;
mod names;
pub mod of_day;
pub mod parse;
pub mod rules;
#[cfg(test)]
mod tests;
pub mod text;
pub mod timers;
mod tzfile;
pub mod wide;
pub mod zone;

use crate::types::{c_char, c_int, c_long};

/// Broken-down time.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tm {
    /// Seconds, 0 to 60.
    pub tm_sec: c_int,
    /// Minutes, 0 to 59.
    pub tm_min: c_int,
    /// Hours, 0 to 23.
    pub tm_hour: c_int,
    /// Day of the month, 1 to 31.
    pub tm_mday: c_int,
    /// Months since January.
    pub tm_mon: c_int,
    /// Years since 1900.
    pub tm_year: c_int,
    /// Days since Sunday.
    pub tm_wday: c_int,
    /// Days since January 1.
    pub tm_yday: c_int,
    /// Positive for summer time, negative for "not known".
    pub tm_isdst: c_int,
    /// Seconds east of UTC.
    pub tm_gmtoff: c_long,
    /// Abbreviation of the zone.
    pub tm_zone: *const c_char,
}

crate::check_layout!(
    tm = libc::tm {
        tm_sec,
        tm_year,
        tm_isdst,
        tm_gmtoff,
        tm_zone
    }
);

impl tm {
    /// All fields zero, the zone null.
    pub const fn zero() -> Self {
        tm {
            tm_sec: 0,
            tm_min: 0,
            tm_hour: 0,
            tm_mday: 0,
            tm_mon: 0,
            tm_year: 0,
            tm_wday: 0,
            tm_yday: 0,
            tm_isdst: 0,
            tm_gmtoff: 0,
            tm_zone: core::ptr::null(),
        }
    }
}
