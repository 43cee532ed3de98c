//! `poll.h`: waiting for descriptors.

use crate::errno::CResult;
use crate::platform;
use crate::pthread::points;
use crate::types::*;
use core::ptr;

/// A descriptor and what is wanted of it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct pollfd {
    /// The descriptor; negative entries are skipped.
    pub fd: c_int,
    /// `POLL*` bits asked for.
    pub events: c_short,
    /// `POLL*` bits that hold.
    pub revents: c_short,
}
check_layout!(
    pollfd = libc::pollfd {
        fd,
        events,
        revents
    }
);

/// Waits until one of `n` descriptors is ready, at most `timeout_ms` milliseconds (-1: for ever). POSIX
/// `poll`.
///
/// # Safety
/// `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn poll(fds: *mut pollfd, n: nfds_t, timeout_ms: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::poll(fds.cast(), n as usize, timeout_ms) }.or_minus_one()
}

/// `poll` with a signal mask for the wait and a timeout in nanoseconds, which is not written. POSIX.1-2024
/// `ppoll`.
///
/// # Safety
/// `timeout` and `mask` are readable; `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ppoll(
    fds: *mut pollfd,
    n: nfds_t,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's arrays; the kernel writes the rest of the time to our copy.
    unsafe {
        let mut time = timeout.as_ref().copied();
        let time = time.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
        points::ppoll(fds.cast(), n as usize, time.cast(), mask.cast(), 8).or_minus_one()
    }
}

/// `poll` of a fortified program: an array too small for `n` ends the process.
///
/// # Safety
/// `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __poll_chk(
    fds: *mut pollfd,
    n: nfds_t,
    timeout_ms: c_int,
    size: size_t,
) -> c_int {
    if size / size_of::<pollfd>() < n as usize {
        platform::abort();
    }
    // SAFETY: the caller's array.
    unsafe { poll(fds, n, timeout_ms) }
}

crate::alias!(__poll = poll);
