//! Waiting for signals.

use super::{KERNEL_SET, RESERVED, siginfo_t};
use crate::errno::{CResult, Errno};
use crate::pthread::points;
use crate::types::*;
use core::ptr;

/// `si_code`: sent by kill.
const SI_USER: c_int = 0;
/// `si_code`: sent to one thread.
const SI_TKILL: c_int = -6;

/// Waits for one of `set`; the result is its number.
///
/// # Safety
/// `set` is readable, `info` null or writable, `timeout` null or readable.
unsafe fn wait_for(
    set: *const sigset_t,
    info: *mut siginfo_t,
    timeout: *const timespec,
) -> Result<c_int, Errno> {
    // SAFETY: the caller's pointers.
    unsafe {
        let word = (*set).bits[0] & !RESERVED;
        let number =
            points::rt_sigtimedwait(&raw const word, info.cast(), timeout.cast(), KERNEL_SET)?;
        // POSIX knows one code for kill, raise and pthread_kill.
        if let Some(info) = info.as_mut()
            && info.si_code == SI_TKILL
        {
            info.si_code = SI_USER;
        }
        Ok(number)
    }
}

/// Takes a signal of `set`, waiting at most `timeout`; returns its number. POSIX `sigtimedwait`.
///
/// # Safety
/// `set` and `timeout` are readable; `info` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigtimedwait(
    set: *const sigset_t,
    info: *mut siginfo_t,
    timeout: *const timespec,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { wait_for(set, info, timeout) }.or_minus_one()
}

/// Takes a signal of `set`; returns its number. POSIX `sigwaitinfo`.
///
/// # Safety
/// `set` is readable; `info` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigwaitinfo(set: *const sigset_t, info: *mut siginfo_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { wait_for(set, info, ptr::null()) }.or_minus_one()
}

/// Takes a signal of `set`, also after a handler ran meanwhile; returns an error number. POSIX `sigwait`.
///
/// # Safety
/// `set` is readable; `sig` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigwait(set: *const sigset_t, sig: *mut c_int) -> c_int {
    loop {
        // SAFETY: the caller's set and number.
        match unsafe { wait_for(set, ptr::null_mut(), ptr::null()) } {
            Err(Errno::EINTR) => {}
            Err(e) => return e.0,
            Ok(number) => {
                // SAFETY: the caller's number.
                unsafe { sig.write(number) };
                return 0;
            }
        }
    }
}

/// Waits with `mask` in force until a handler has run: always -1 with `EINTR`. POSIX `sigsuspend`.
///
/// # Safety
/// `mask` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigsuspend(mask: *const sigset_t) -> c_int {
    // SAFETY: the caller's set.
    unsafe {
        let word = (*mask).bits[0] & !RESERVED;
        points::rt_sigsuspend(&raw const word, KERNEL_SET).or_minus_one()
    }
}
