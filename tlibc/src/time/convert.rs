//! gmtime, localtime, mktime, timegm, difftime.

use super::calendar::{break_down, seconds};
use super::tm;
use super::zone::{from_local, local, tzset};
use crate::errno::{Errno, set_errno};
use crate::types::{c_double, c_int, time_t};

/// Shared by gmtime and localtime, as ISO C allows.
static mut RESULT: tm = tm::zero();

fn store(broken: Option<tm>, place: *mut tm) -> *mut tm {
    match broken {
        Some(broken) => {
            // SAFETY: the place is the caller's or the static one.
            unsafe { *place = broken };
            place
        }
        None => {
            set_errno(Errno::EOVERFLOW);
            core::ptr::null_mut()
        }
    }
}

/// UTC of a time, or null and `EOVERFLOW` (POSIX.1).
///
/// # Safety
/// Both pointers are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gmtime_r(time: *const time_t, place: *mut tm) -> *mut tm {
    // SAFETY: the caller's time.
    let broken = break_down(unsafe { *time }, 0);
    store(
        broken.map(|broken| tm {
            tm_zone: c"GMT".as_ptr(),
            ..broken
        }),
        place,
    )
}

/// [`gmtime_r`] into storage that the next call overwrites (ISO C 7.27.3.3).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gmtime(time: *const time_t) -> *mut tm {
    // SAFETY: the caller's time.
    unsafe { gmtime_r(time, &raw mut RESULT) }
}

/// Local time of a time, or null and `EOVERFLOW` (POSIX.1).
///
/// # Safety
/// Both pointers are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn localtime_r(time: *const time_t, place: *mut tm) -> *mut tm {
    // SAFETY: the caller's time.
    store(local(unsafe { *time }), place)
}

/// [`localtime_r`] into storage that the next call overwrites (ISO C 7.27.3.4).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn localtime(time: *const time_t) -> *mut tm {
    // SAFETY: the caller's time.
    unsafe { localtime_r(time, &raw mut RESULT) }
}

/// The time of a local broken-down time, whose fields are brought into range; −1 and `EOVERFLOW` (ISO C 7.27.2.3).
/// Seconds beyond a minute pass after the minute that the other fields name, over a change of the clocks too, as with
/// glibc; the other fields are what a clock on the wall shows.
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mktime(place: *mut tm) -> time_t {
    tzset();
    // SAFETY: the caller's structure.
    unsafe {
        let broken = &*place;
        let shown = broken.tm_sec.clamp(0, 59);
        let passing = i64::from(broken.tm_sec) - i64::from(shown);
        let time = from_local(seconds(broken) - passing, broken.tm_isdst) + passing;
        if store(local(time), place).is_null() {
            -1
        } else {
            time
        }
    }
}

crate::alias!(timelocal = mktime);

/// [`mktime`] for UTC (POSIX.1-2024).
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timegm(place: *mut tm) -> time_t {
    // SAFETY: the caller's structure.
    unsafe {
        let time = seconds(&*place);
        if gmtime_r(&time, place).is_null() {
            -1
        } else {
            time
        }
    }
}

/// The difference of two times in seconds (ISO C 7.27.2.2).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn difftime(end: time_t, start: time_t) -> c_double {
    match end.checked_sub(start) {
        Some(difference) => difference as c_double,
        None => end as c_double - start as c_double,
    }
}

/// Days in a year (SVID).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn dysize(year: c_int) -> c_int {
    365 + c_int::from(super::calendar::is_leap(year.into()))
}
