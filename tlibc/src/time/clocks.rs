//! time, clock, clock_gettime and its relatives, nanosleep, timespec_get.

use crate::errno::{CResult as _, Errno, set_errno};
use crate::platform;
use crate::platform::calls::time as calls;
use crate::pthread::points;
use crate::types::{c_int, c_long, clock_t, clockid_t, pid_t, time_t, timespec};

const CLOCK_REALTIME: clockid_t = 0;
const CLOCK_PROCESS_CPUTIME_ID: clockid_t = 2;
const CLOCK_THREAD_CPUTIME_ID: clockid_t = 3;
const TIME_UTC: c_int = 1;
/// `CLOCKS_PER_SEC` is a million.
const NANOSECONDS_PER_TICK: c_long = 1_000;

/// Seconds since the Epoch, also stored at `place` (ISO C 7.27.2.4).
///
/// # Safety
/// `place` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn time(place: *mut time_t) -> time_t {
    let now = platform::clock_gettime(CLOCK_REALTIME).map_or(-1, |now| now.tv_sec);
    if !place.is_null() {
        // SAFETY: the caller's place.
        unsafe { *place = now };
    }
    now
}

/// Processor time of the process in microseconds (ISO C 7.27.2.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn clock() -> clock_t {
    platform::clock_gettime(CLOCK_PROCESS_CPUTIME_ID).map_or(-1, |used| {
        used.tv_sec * 1_000_000 + used.tv_nsec / NANOSECONDS_PER_TICK
    })
}

/// The time of a clock (POSIX.1).
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_gettime(clock: clockid_t, place: *mut timespec) -> c_int {
    // SAFETY: the caller's place.
    match unsafe { platform::clock_gettime_into(clock, place) } {
        Ok(()) => 0,
        failed => failed.or_minus_one(),
    }
}

crate::alias!(__clock_gettime = clock_gettime);

/// The resolution of a clock (POSIX.1).
///
/// # Safety
/// `place` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_getres(clock: clockid_t, place: *mut timespec) -> c_int {
    // SAFETY: the kernel writes one timespec, or nothing for null.
    unsafe { calls::clock_getres(clock, place) }
        .map(drop)
        .or_minus_one()
}

/// Sets a clock (POSIX.1).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_settime(clock: clockid_t, time: *const timespec) -> c_int {
    // SAFETY: the kernel reads one timespec.
    unsafe { calls::clock_settime(clock, time) }
        .map(drop)
        .or_minus_one()
}

/// Sleeps on a clock; returns 0 or an error number, and after `EINTR` what was left (POSIX.1).
///
/// # Safety
/// `request` is valid; `left` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    request: *const timespec,
    left: *mut timespec,
) -> c_int {
    if clock == CLOCK_THREAD_CPUTIME_ID {
        return Errno::EINVAL.0;
    }
    // SAFETY: the kernel reads one timespec and writes one.
    unsafe { points::clock_nanosleep(clock, flags, request.cast(), left.cast()) }.error_number()
}

/// Sleeps; −1 and `EINTR` with what was left, or `EINVAL` (POSIX.1).
///
/// # Safety
/// `request` is valid; `left` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nanosleep(request: *const timespec, left: *mut timespec) -> c_int {
    // SAFETY: the kernel reads one timespec and writes one.
    unsafe { points::nanosleep(request.cast(), left.cast()) }
        .map(drop)
        .or_minus_one()
}

/// The clock of a process's processor time; returns an error number (POSIX.1).
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_getcpuclockid(process: pid_t, place: *mut clockid_t) -> c_int {
    // The kernel's encoding: the inverted process id, and 2 for "as the scheduler counts".
    let clock = !process << 3 | 2;
    // SAFETY: null asks only whether the clock exists.
    match unsafe { calls::clock_getres(clock, core::ptr::null_mut()) } {
        Ok(_) => {
            // SAFETY: the caller's place.
            unsafe { *place = clock };
            0
        }
        Err(Errno::EINVAL) => Errno::ESRCH.0,
        Err(errno) => errno.0,
    }
}

/// The time now in a time base, of which `TIME_UTC` is the only one: the base, or 0 (ISO C11 7.27.2.5).
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timespec_get(place: *mut timespec, base: c_int) -> c_int {
    // SAFETY: the caller's place.
    if base == TIME_UTC && unsafe { clock_gettime(CLOCK_REALTIME, place) } == 0 {
        base
    } else {
        0
    }
}

/// The resolution of a time base: the base, or 0 (ISO C23).
///
/// # Safety
/// `place` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timespec_getres(place: *mut timespec, base: c_int) -> c_int {
    // SAFETY: the caller's place.
    if base == TIME_UTC && unsafe { clock_getres(CLOCK_REALTIME, place) } == 0 {
        base
    } else {
        0
    }
}

/// Sets the time of day (SVID).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn stime(time: *const time_t) -> c_int {
    if time.is_null() {
        set_errno(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's time.
    unsafe {
        clock_settime(
            CLOCK_REALTIME,
            &timespec {
                tv_sec: *time,
                tv_nsec: 0,
            },
        )
    }
}
