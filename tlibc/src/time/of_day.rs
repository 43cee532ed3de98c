//! gettimeofday, settimeofday: the realtime clock in microseconds (`<sys/time.h>`).

use super::clocks::clock_settime;
use crate::errno::{CResult as _, Errno, set_errno};
use crate::platform;
use crate::types::{c_int, c_long, timespec, timeval};

/// The kernel's notion of a time zone, which is always 0 here.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct timezone {
    /// Minutes west of UTC.
    pub tz_minuteswest: c_int,
    /// Kind of summer time.
    pub tz_dsttime: c_int,
}

/// The time now; the zone, if asked for, is all zero (POSIX.1).
///
/// # Safety
/// Both pointers are null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gettimeofday(place: *mut timeval, zone: *mut timezone) -> c_int {
    // SAFETY: the caller's places.
    unsafe {
        if !zone.is_null() {
            *zone = timezone::default();
        }
        if place.is_null() {
            return 0;
        }
        platform::clock_gettime(0)
            .map(|now| {
                *place = timeval {
                    tv_sec: now.tv_sec,
                    tv_usec: now.tv_nsec / 1_000,
                }
            })
            .or_minus_one()
    }
}

/// Sets the time; a zone is refused with `EINVAL` (BSD).
///
/// # Safety
/// Both pointers are null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn settimeofday(time: *const timeval, zone: *const timezone) -> c_int {
    // SAFETY: the caller's time.
    unsafe {
        if time.is_null() || !zone.is_null() || !(0..1_000_000).contains(&(*time).tv_usec) {
            set_errno(Errno::EINVAL);
            return -1;
        }
        let tv_nsec: c_long = (*time).tv_usec * 1_000;
        clock_settime(
            0,
            &timespec {
                tv_sec: (*time).tv_sec,
                tv_nsec,
            },
        )
    }
}
