//! The calling thread's mask, and what is pending.

use super::{KERNEL_SET, RESERVED, SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK};
use crate::errno::{CResult, Errno};
use crate::platform::{self, calls};
use crate::types::*;

/// Changes the mask; the library's own signals stay unblocked. `None` only reads.
pub(crate) fn change(how: c_int, set: Option<&sigset_t>) -> Result<sigset_t, Errno> {
    if set.is_some() && ![SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK].contains(&how) {
        return Err(Errno::EINVAL);
    }
    let old = platform::sigprocmask(how, set.map(|s| s.bits[0] & !RESERVED))?;
    let mut bits = [0; 16];
    bits[0] = old;
    Ok(sigset_t { bits })
}

/// The body of both functions below.
///
/// # Safety
/// `set` is null or readable, `old` null or writable.
unsafe fn exchange(how: c_int, set: *const sigset_t, old: *mut sigset_t) -> Result<(), Errno> {
    // SAFETY: the caller's sets, where they are given.
    unsafe {
        let was = change(how, set.as_ref())?;
        if !old.is_null() {
            old.write(was);
        }
    }
    Ok(())
}

/// Changes the signals that are blocked and reads those that were; either set may be null. POSIX
/// `sigprocmask`.
///
/// # Safety
/// `set` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigprocmask(
    how: c_int,
    set: *const sigset_t,
    old: *mut sigset_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { exchange(how, set, old) }.or_minus_one()
}

/// `sigprocmask` for one thread; returns an error number. POSIX `pthread_sigmask`.
///
/// # Safety
/// `set` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_sigmask(
    how: c_int,
    set: *const sigset_t,
    old: *mut sigset_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { exchange(how, set, old).error_number() }
}

/// The signals that are blocked and waiting. POSIX `sigpending`.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigpending(set: *mut sigset_t) -> c_int {
    let mut word = 0_u64;
    // SAFETY: the kernel writes eight bytes; the caller's set.
    unsafe {
        calls::signal::rt_sigpending(&raw mut word, KERNEL_SET)
            .map(|_| {
                let mut bits = [0; 16];
                bits[0] = word;
                set.write(sigset_t { bits });
            })
            .or_minus_one()
    }
}
