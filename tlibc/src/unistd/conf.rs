//! `confstr`: configuration strings.

use crate::errno::{Errno, set_errno};
use crate::types::*;
use core::ffi::{c_char, c_int};
use core::ptr;

/// The string for one `_CS_*` number, with its NUL.
fn value(name: c_int) -> Option<&'static [u8]> {
    Some(match name {
        0 => b"/bin:/usr/bin\0",
        1 => b"POSIX_V6_LP64_OFF64\0",
        2 => b"glibc 2.36\0",
        3 => b"NPTL 2.36\0",
        4 => b"XBS5_LP64_OFF64\0",
        5 => b"POSIX_V7_LP64_OFF64\0",
        1004 | 1007 => b"-D_LARGEFILE64_SOURCE\0",
        1108 | 1109 | 1124 | 1125 | 1140 | 1141 => b"-m64\0",
        1148 | 1149 => b"POSIXLY_CORRECT=1\0",
        1000..=1007 | 1100..=1147 => b"\0",
        _ => return None,
    })
}

/// Writes a configuration string, cut to `size` bytes with its NUL, and returns the bytes it needs; 0 with
/// `EINVAL` for an unknown name. POSIX `confstr`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn confstr(name: c_int, buf: *mut c_char, size: size_t) -> size_t {
    let Some(text) = value(name) else {
        set_errno(Errno::EINVAL);
        return 0;
    };
    if size > 0 && !buf.is_null() {
        let n = text.len().min(size);
        // SAFETY: the caller's buffer has `size` bytes, of which the last written becomes the NUL.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr().cast(), buf, n);
            *buf.add(n - 1) = 0;
        }
    }
    text.len()
}
