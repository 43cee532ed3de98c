//! `utime.h`: file times in whole seconds.

use crate::errno::CResult;
use crate::fcntl::AT_FDCWD;
use crate::platform::calls::fs;
use crate::types::*;
use core::ptr;

/// Access and modification time.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct utimbuf {
    /// Last access, seconds since the Epoch.
    pub actime: time_t,
    /// Last change of the data, seconds since the Epoch.
    pub modtime: time_t,
}
check_layout!(utimbuf = libc::utimbuf { actime, modtime });

/// Sets access and modification time; null is now. POSIX.1-2008 `utime`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `times` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn utime(path: *const c_char, times: *const utimbuf) -> c_int {
    // SAFETY: the caller's string, and its times where they are given.
    unsafe {
        let pair = times.as_ref().map(|t| {
            [
                timespec {
                    tv_sec: t.actime,
                    tv_nsec: 0,
                },
                timespec {
                    tv_sec: t.modtime,
                    tv_nsec: 0,
                },
            ]
        });
        fs::utimensat(
            AT_FDCWD,
            path,
            pair.as_ref().map_or(ptr::null(), |p| p.as_ptr().cast()),
            0,
        )
        .or_minus_one()
    }
}
