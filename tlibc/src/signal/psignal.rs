//! `psignal` and `psiginfo`: what a signal means, on standard error.

use super::siginfo_t;
use crate::platform;
use crate::types::*;
use core::ffi::CStr;

/// Writes "prefix: description\n" to standard error.
///
/// # Safety
/// `prefix` is null or a string.
unsafe fn describe(sig: c_int, prefix: *const c_char) {
    let put = |text: &[u8]| {
        // Diagnostics have nowhere to report their own failure.
        let _ = platform::write(2, text);
    };
    // SAFETY: the caller's string; strsignal returns a string for every number.
    unsafe {
        if !prefix.is_null() && *prefix != 0 {
            put(CStr::from_ptr(prefix).to_bytes());
            put(b": ");
        }
        put(CStr::from_ptr(crate::string::signal_names::strsignal(sig)).to_bytes());
    }
    put(b"\n");
}

/// Writes what a signal means to standard error. POSIX `psignal`.
///
/// # Safety
/// `prefix` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn psignal(sig: c_int, prefix: *const c_char) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { describe(sig, prefix) }
}

/// Writes what a signal means to standard error. POSIX `psiginfo`.
///
/// # Safety
/// `prefix` points to a NUL-terminated string; `info` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn psiginfo(info: *const siginfo_t, prefix: *const c_char) {
    // SAFETY: the caller's structure and string.
    unsafe { describe((*info).si_signo, prefix) }
}
