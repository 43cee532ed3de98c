//! strdup, strndup.

use super::copy::memcpy;
use super::length::{strlen, strnlen};
use crate::types::{c_char, size_t};

/// A copy of the string in memory from malloc, or null and `ENOMEM` (POSIX.1).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strdup(s: *const c_char) -> *mut c_char {
    // SAFETY: the length is the string's.
    unsafe { copy_of(s, strlen(s)) }
}

crate::alias!(__strdup = strdup);

/// A copy of at most `n` bytes of the string (POSIX.1).
///
/// # Safety
/// `s` is a C string or has `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strndup(s: *const c_char, n: size_t) -> *mut c_char {
    // SAFETY: the length is within the caller's range.
    unsafe { copy_of(s, strnlen(s, n)) }
}

crate::alias!(__strndup = strndup);

unsafe fn copy_of(s: *const c_char, length: usize) -> *mut c_char {
    // SAFETY: the block holds the bytes and the null; malloc sets errno itself.
    unsafe {
        let copy = crate::malloc::malloc(length + 1).cast::<c_char>();
        if !copy.is_null() {
            memcpy(copy.cast(), s.cast(), length);
            *copy.add(length) = 0;
        }
        copy
    }
}
