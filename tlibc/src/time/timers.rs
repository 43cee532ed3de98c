//! Timers of a process: timer_create and its relatives (POSIX.1). Expiry by a signal, to the process or to a thread, or not
//! at all; expiry by a new thread (`SIGEV_THREAD`) is refused with `EINVAL`.

use crate::errno::{CResult as _, Errno, set_errno};
use crate::platform::calls::time as calls;
use crate::types::{c_int, c_void, clockid_t, itimerspec, timer_t};

const SIGEV_THREAD: c_int = 2;

/// The number by which the kernel knows a timer.
fn number(timer: timer_t) -> usize {
    timer.addr()
}

/// Makes a timer on a clock; null for `event` means SIGALRM.
///
/// # Safety
/// `event` is null or a `struct sigevent`; `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_create(
    clock: clockid_t,
    event: *mut c_void,
    place: *mut timer_t,
) -> c_int {
    // struct sigevent: the value, the signal, the kind of notice.
    // SAFETY: the caller's structure.
    if !event.is_null() && unsafe { *event.cast::<c_int>().add(3) } == SIGEV_THREAD {
        set_errno(Errno::EINVAL);
        return -1;
    }
    let mut id: c_int = 0;
    // SAFETY: the kernel reads the event and writes the number.
    unsafe {
        calls::timer_create(clock, event, &raw mut id)
            .map(|_| *place = core::ptr::without_provenance_mut(id as usize))
            .or_minus_one()
    }
}

/// Deletes a timer.
///
/// # Safety
/// `timer` comes from [`timer_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_delete(timer: timer_t) -> c_int {
    // SAFETY: no memory is involved.
    unsafe { calls::timer_delete(number(timer)) }
        .map(drop)
        .or_minus_one()
}

/// The time until a timer expires.
///
/// # Safety
/// `timer` comes from [`timer_create`]; `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_gettime(timer: timer_t, place: *mut itimerspec) -> c_int {
    // SAFETY: the kernel writes one itimerspec.
    unsafe { calls::timer_gettime(number(timer), place) }
        .map(drop)
        .or_minus_one()
}

/// Starts or stops a timer.
///
/// # Safety
/// `timer` comes from [`timer_create`]; `new` is valid, `old` null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_settime(
    timer: timer_t,
    flags: c_int,
    new: *const itimerspec,
    old: *mut itimerspec,
) -> c_int {
    // SAFETY: the kernel reads one itimerspec and writes one.
    unsafe { calls::timer_settime(number(timer), flags, new, old) }
        .map(drop)
        .or_minus_one()
}

/// How many expiries the last signal stood for besides its own.
///
/// # Safety
/// `timer` comes from [`timer_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_getoverrun(timer: timer_t) -> c_int {
    // SAFETY: no memory is involved.
    unsafe { calls::timer_getoverrun(number(timer)) }.or_minus_one()
}
