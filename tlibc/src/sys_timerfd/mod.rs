//! `sys/timerfd.h`: timers behind descriptors.

use crate::errno::CResult;
use crate::platform::calls::event;
use crate::types::*;

/// A timer that can be waited for. timerfd_create(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timerfd_create(clock: clockid_t, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::timerfd_create(clock, flags) }.or_minus_one()
}

/// Starts or stops the timer. timerfd_settime(2).
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timerfd_settime(
    fd: c_int,
    flags: c_int,
    new: *const itimerspec,
    old: *mut itimerspec,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { event::timerfd_settime(fd, flags, new.cast(), old.cast()) }.or_minus_one()
}

/// The time to the next expiry. timerfd_gettime(2).
///
/// # Safety
/// `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timerfd_gettime(fd: c_int, value: *mut itimerspec) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { event::timerfd_gettime(fd, value.cast()) }.or_minus_one()
}
