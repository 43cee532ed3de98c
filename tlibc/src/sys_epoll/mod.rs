//! `sys/epoll.h`: waiting for many descriptors.

use crate::errno::{CResult, Errno};
use crate::platform::calls::event;
use crate::pthread::points;
use crate::types::*;
use core::ptr;

/// An event, packed as the kernel has it on x86-64.
#[repr(C, packed)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct epoll_event {
    /// `EPOLL*` bits.
    pub events: u32,
    /// The program's own word.
    pub data: u64,
}
check_layout!(epoll_event = libc::epoll_event);

/// An epoll descriptor. epoll_create1(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_create1(flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::epoll_create1(flags) }.or_minus_one()
}

/// An epoll descriptor; the size only has to be positive. epoll_create(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_create(size: c_int) -> c_int {
    if size <= 0 {
        Err(Errno::EINVAL)
    } else {
        // SAFETY: numbers only, no memory of ours.
        unsafe { event::epoll_create1(0) }
    }
    .or_minus_one()
}

/// Adds, changes or removes a descriptor. epoll_ctl(2).
///
/// # Safety
/// `event` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_ctl(
    epfd: c_int,
    op: c_int,
    fd: c_int,
    event: *mut epoll_event,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { event::epoll_ctl(epfd, op, fd, event.cast()) }.or_minus_one()
}

/// Waits for events, at most `timeout_ms` milliseconds (-1: for ever). epoll_wait(2).
///
/// # Safety
/// `events` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_wait(
    epfd: c_int,
    events: *mut epoll_event,
    max: c_int,
    timeout_ms: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::epoll_pwait(epfd, events.cast(), max, timeout_ms, ptr::null(), 8) }
        .or_minus_one()
}

/// `epoll_wait` with a signal mask. epoll_pwait(2).
///
/// # Safety
/// `mask` is readable; `events` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_pwait(
    epfd: c_int,
    events: *mut epoll_event,
    max: c_int,
    timeout_ms: c_int,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::epoll_pwait(epfd, events.cast(), max, timeout_ms, mask.cast(), 8) }
        .or_minus_one()
}

/// `epoll_pwait` with a timeout in nanoseconds. epoll_pwait2(2).
///
/// # Safety
/// `timeout` and `mask` are readable; `events` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn epoll_pwait2(
    epfd: c_int,
    events: *mut epoll_event,
    max: c_int,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::epoll_pwait2(epfd, events.cast(), max, timeout.cast(), mask.cast(), 8) }
        .or_minus_one()
}
