//! memfrob, strfry, basename: GNU odds and ends.

use super::search::strrchr;
use crate::types::{c_char, c_void, size_t};

/// Inverts bits 1, 3 and 5 of each byte; again restores them (GNU).
///
/// # Safety
/// `n` bytes are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memfrob(s: *mut c_void, n: size_t) -> *mut c_void {
    for at in 0..n {
        // SAFETY: below `n`.
        unsafe { *s.cast::<u8>().add(at) ^= 42 };
    }
    s
}

/// Shuffles the bytes of a string (GNU).
///
/// # Safety
/// `s` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strfry(s: *mut c_char) -> *mut c_char {
    // SAFETY: both positions are inside the string.
    unsafe {
        let length = super::length::strlen(s);
        for at in (1..length).rev() {
            let other = crate::stdlib::arc4random::arc4random_uniform(at as u32 + 1) as usize;
            core::ptr::swap(s.add(at), s.add(other));
        }
    }
    s
}

/// What follows the last slash; the string is left as it is (the GNU one; `libgen` has POSIX's).
///
/// # Safety
/// `path` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn basename(path: *const c_char) -> *mut c_char {
    // SAFETY: the slash is in the string, so one after it is at most the null.
    unsafe {
        let slash = strrchr(path, c_char::from(b'/'.cast_signed()).into());
        if slash.is_null() {
            path.cast_mut()
        } else {
            slash.add(1)
        }
    }
}
