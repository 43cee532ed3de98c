//! `sys/time.h`: interval timers and file times in microseconds. The clock functions of this header are in `time`.

use crate::errno::{CResult, Errno};
use crate::fcntl::{AT_FDCWD, AT_SYMLINK_NOFOLLOW};
use crate::platform::calls::{fs, process};
use crate::types::*;
use core::ptr;

/// An interval timer's setting.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types)]
pub struct itimerval {
    /// Time between expiries; zero is once.
    pub it_interval: timeval,
    /// Time to the next expiry; zero is off.
    pub it_value: timeval,
}
check_layout!(
    itimerval = libc::itimerval {
        it_interval,
        it_value
    }
);

/// Reads an interval timer. getitimer(2).
///
/// # Safety
/// `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getitimer(which: c_int, value: *mut itimerval) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getitimer(which, value.cast()) }.or_minus_one()
}

/// Sets an interval timer. setitimer(2).
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setitimer(
    which: c_int,
    new: *const itimerval,
    old: *mut itimerval,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::setitimer(which, new.cast(), old.cast()) }.or_minus_one()
}

/// Sets both times of a file.
///
/// # Safety
/// `path` is a string or null, `times` two times or null.
unsafe fn set_times(
    dir: c_int,
    path: *const c_char,
    times: *const timeval,
    flags: c_int,
) -> Result<c_int, Errno> {
    let mut pair = [timespec {
        tv_sec: 0,
        tv_nsec: 0,
    }; 2];
    if !times.is_null() {
        for (i, to) in pair.iter_mut().enumerate() {
            // SAFETY: the caller's two times.
            let from = unsafe { *times.add(i) };
            if !(0..1_000_000).contains(&from.tv_usec) {
                return Err(Errno::EINVAL);
            }
            *to = timespec {
                tv_sec: from.tv_sec,
                tv_nsec: from.tv_usec * 1000,
            };
        }
    }
    let pair = if times.is_null() {
        ptr::null()
    } else {
        pair.as_ptr().cast()
    };
    // SAFETY: the caller's string; our times or null.
    unsafe { fs::utimensat(dir, path, pair, flags) }
}

/// Sets access and modification time (two of them in `times`); null is now. POSIX `utimes`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `times` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn utimes(path: *const c_char, times: *const timeval) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { set_times(AT_FDCWD, path, times, 0) }.or_minus_one()
}

/// `utimes` of a symbolic link itself. lutimes(3).
///
/// # Safety
/// `path` points to a NUL-terminated string; `times` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lutimes(path: *const c_char, times: *const timeval) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { set_times(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) }.or_minus_one()
}

/// `utimes` of an open file. futimes(3).
///
/// # Safety
/// `times` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn futimes(fd: c_int, times: *const timeval) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { set_times(fd, ptr::null(), times, 0) }.or_minus_one()
}

/// `utimes` relative to an open directory. futimesat(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `times` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn futimesat(
    dir: c_int,
    path: *const c_char,
    times: *const timeval,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { set_times(dir, path, times, 0) }.or_minus_one()
}
