//! getdate: a date by the templates of a file that the user names (POSIX.1 XSI).

use core::ffi::CStr;

use super::convert::{localtime_r, mktime};
use super::parse::read;
use super::tm;
use crate::stdlib::environment::getenv;
use crate::textfile::Lines;
use crate::types::{c_char, c_int, time_t};

/// Why [`getdate`] failed: 1 to 8, as POSIX numbers the reasons.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut getdate_err: c_int = 0;

const NO_DATEMSK: c_int = 1;
const CANNOT_OPEN: c_int = 2;
const CANNOT_READ: c_int = 5;
const NO_MEMORY_OR_ERROR: c_int = 6;
const NO_MATCH: c_int = 7;
const INVALID: c_int = 8;

/// A field that no template has set.
const UNSET: c_int = c_int::MIN;

/// What the standard fills in for fields that the text does not say: today, or the next day of the name given, the first
/// of a month, and now if there is no time of day (POSIX.1 getdate()). For what it leaves open, a year or a day alone,
/// the rest of the date is today's too, as in the GNU library.
pub(super) fn complete(time: &mut tm, now: &tm) -> Result<(), c_int> {
    let said = |field: c_int| field != UNSET;
    if !said(time.tm_hour) && !said(time.tm_min) && !said(time.tm_sec) {
        (time.tm_hour, time.tm_min, time.tm_sec) = (now.tm_hour, now.tm_min, now.tm_sec);
    }
    for field in [&mut time.tm_hour, &mut time.tm_min, &mut time.tm_sec] {
        if *field == UNSET {
            *field = 0;
        }
    }
    let weekday = time.tm_wday;
    let (year, month, day) = (said(time.tm_year), said(time.tm_mon), said(time.tm_mday));
    if !year {
        // A month that is past means next year's, if it stands alone.
        let past = month && !day && time.tm_mon < now.tm_mon;
        time.tm_year = now.tm_year + c_int::from(past);
    }
    match (month, day) {
        (_, true) if !(1..=31).contains(&time.tm_mday) => return Err(INVALID),
        (false, true) => time.tm_mon = now.tm_mon,
        (true, true) => {}
        (false, false) if !said(weekday) => {
            (time.tm_mon, time.tm_mday) = (now.tm_mon, now.tm_mday);
            // An hour that is past means tomorrow's.
            time.tm_mday += c_int::from(time.tm_hour < now.tm_hour);
        }
        (false, false) if !year => {
            time.tm_mon = now.tm_mon;
            time.tm_mday = now.tm_mday + (weekday - now.tm_wday + 7) % 7;
        }
        (_, false) => {
            if !month {
                time.tm_mon = 0;
            }
            time.tm_mday = 1;
            if said(weekday) {
                let mut first = *time;
                first.tm_isdst = -1;
                // SAFETY: a structure of our own; only its weekday is of interest.
                unsafe { mktime(&raw mut first) };
                time.tm_mday += (weekday - first.tm_wday + 7) % 7;
            }
        }
    }
    time.tm_isdst = -1;
    let asked = (time.tm_mon, time.tm_mday);
    // SAFETY: a structure of our own.
    let seconds = unsafe { mktime(time) };
    if seconds == -1 && time.tm_year != 69 {
        return Err(INVALID);
    }
    if day && (time.tm_mon, time.tm_mday) != asked {
        // 30 February.
        return Err(INVALID);
    }
    Ok(())
}

/// What `text` says, if it follows `template` to its end; the rest is [`UNSET`].
pub(super) fn said_by(text: &[u8], template: &[u8]) -> Option<tm> {
    let mut time = tm {
        tm_sec: UNSET,
        tm_min: UNSET,
        tm_hour: UNSET,
        tm_mday: UNSET,
        tm_mon: UNSET,
        tm_year: UNSET,
        tm_wday: UNSET,
        ..tm::zero()
    };
    let found = read(text, template, &mut time)?;
    if template.is_empty() || !found.rest.is_empty() {
        return None;
    }
    // One that was computed from fields nobody gave means nothing.
    if !found.weekday {
        time.tm_wday = UNSET;
    }
    Some(time)
}

/// Reads a date by the first template of the file `$DATEMSK` that matches it; null, with [`getdate_err`], if
/// none does. The result is overwritten by the next call.
///
/// # Safety
/// `text` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdate(text: *const c_char) -> *mut tm {
    static mut RESULT: tm = tm::zero();
    // SAFETY: POSIX lets getdate be unsafe between threads.
    unsafe {
        match parse(text) {
            Ok(time) => {
                RESULT = time;
                &raw mut RESULT
            }
            Err(reason) => {
                getdate_err = reason;
                core::ptr::null_mut()
            }
        }
    }
}

/// [`getdate`] into the caller's structure: 0, or what `getdate_err` would be. getdate_r(3).
///
/// # Safety
/// `text` is a C string, `place` writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdate_r(text: *const c_char, place: *mut tm) -> c_int {
    // SAFETY: the caller's string and place.
    unsafe {
        match parse(text) {
            Ok(time) => {
                place.write(time);
                0
            }
            Err(reason) => reason,
        }
    }
}

/// # Safety
/// As for [`getdate`].
unsafe fn parse(text: *const c_char) -> Result<tm, c_int> {
    // SAFETY: C strings; the name is used before the environment can change.
    unsafe {
        let name = getenv(c"DATEMSK".as_ptr());
        if name.is_null() || *name == 0 {
            return Err(NO_DATEMSK);
        }
        let mut lines = Lines::open(CStr::from_ptr(name)).map_err(|_| CANNOT_OPEN)?;
        let text = CStr::from_ptr(text).to_bytes();
        while let Some(line) = lines.next_line().map_err(|_| CANNOT_READ)? {
            let Some(mut time) = said_by(text, line) else {
                continue;
            };
            let seconds: time_t = super::clocks::time(core::ptr::null_mut());
            let mut now = tm::zero();
            if localtime_r(&raw const seconds, &raw mut now).is_null() {
                return Err(NO_MEMORY_OR_ERROR);
            }
            complete(&mut time, &now)?;
            return Ok(time);
        }
        Err(NO_MATCH)
    }
}
