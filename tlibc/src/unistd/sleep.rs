//! Waiting for time or a signal. `sleep` and `usleep` go through nanosleep(2).

use crate::errno::{CResult, Errno};
use crate::platform::calls::process;
use crate::pthread::points;
use crate::sys_time::itimerval;
use crate::types::{timespec, timeval};
use core::ffi::{c_int, c_uint};
use core::ptr;

/// Waits `seconds`, or until a handler ran; returns the seconds left over. POSIX `sleep`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sleep(seconds: c_uint) -> c_uint {
    let mut left = timespec {
        tv_sec: seconds.into(),
        tv_nsec: 0,
    };
    let at = &raw mut left;
    // SAFETY: both pointers are to one live timespec, which the kernel reads before it writes.
    match unsafe { points::nanosleep(at.cast(), at.cast()) } {
        Ok(_) => 0,
        Err(_) => left.tv_sec as c_uint,
    }
}

/// Waits that many microseconds. usleep(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn usleep(microseconds: c_uint) -> c_int {
    let pause = timespec {
        tv_sec: (microseconds / 1_000_000).into(),
        tv_nsec: (microseconds % 1_000_000 * 1000).into(),
    };
    // SAFETY: the pointer is to a live timespec.
    unsafe { points::nanosleep((&raw const pause).cast(), ptr::null_mut()) }.or_minus_one()
}

/// Waits until a signal handler has run: always -1 with `EINTR`. POSIX `pause`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pause() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::pause() }.or_minus_one()
}

/// Has `SIGALRM` sent in `seconds` (0: never) and returns what was left of the alarm before. Cannot fail.
/// POSIX `alarm`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn alarm(seconds: c_uint) -> c_uint {
    // SAFETY: numbers only, no memory of ours.
    unsafe { process::alarm(seconds) }.unwrap_or(0)
}

/// Has `SIGALRM` sent in `value` microseconds and then each `interval`; returns the microseconds left
/// before. ualarm(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ualarm(value: c_uint, interval: c_uint) -> c_uint {
    let split = |us: c_uint| timeval {
        tv_sec: (us / 1_000_000).into(),
        tv_usec: (us % 1_000_000).into(),
    };
    let new = itimerval {
        it_interval: split(interval),
        it_value: split(value),
    };
    let mut old = new;
    // SAFETY: two live timers of the kernel's layout.
    match unsafe { process::setitimer(0, (&raw const new).cast(), (&raw mut old).cast()) } {
        Ok(_) => (old.it_value.tv_sec * 1_000_000 + old.it_value.tv_usec) as c_uint,
        Err(e) => Err::<c_int, Errno>(e).or_minus_one() as c_uint,
    }
}
