//! The checked variants that `_FORTIFY_SOURCE` headers call: each gets the size of the target object and ends the
//! process when the operation would write past it.

use super::{concat, copy, length, set};
use crate::types::{c_char, c_int, c_void, size_t};

unsafe extern "C" {
    /// Ends the process with a message (in `start`).
    safe fn __chk_fail() -> !;
}

/// Ends the process when an operation needs more bytes than its target has.
#[inline]
pub fn require(needed: usize, room: usize) {
    if needed > room {
        __chk_fail();
    }
}

/// `memcpy` into an object of `room` bytes.
///
/// # Safety
/// As for `memcpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __memcpy_chk(
    to: *mut c_void,
    from: *const c_void,
    n: size_t,
    room: size_t,
) -> *mut c_void {
    require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { copy::memcpy(to, from, n) }
}

/// `mempcpy` into an object of `room` bytes.
///
/// # Safety
/// As for `mempcpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __mempcpy_chk(
    to: *mut c_void,
    from: *const c_void,
    n: size_t,
    room: size_t,
) -> *mut c_void {
    require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { copy::mempcpy(to, from, n) }
}

/// `memmove` into an object of `room` bytes.
///
/// # Safety
/// As for `memmove`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __memmove_chk(
    to: *mut c_void,
    from: *const c_void,
    n: size_t,
    room: size_t,
) -> *mut c_void {
    require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { copy::memmove(to, from, n) }
}

/// `memset` of an object of `room` bytes.
///
/// # Safety
/// As for `memset`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __memset_chk(
    to: *mut c_void,
    c: c_int,
    n: size_t,
    room: size_t,
) -> *mut c_void {
    require(n, room);
    // SAFETY: the caller's range.
    unsafe { set::memset(to, c, n) }
}

/// `explicit_bzero` of an object of `room` bytes.
///
/// # Safety
/// As for `explicit_bzero`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __explicit_bzero_chk(to: *mut c_void, n: size_t, room: size_t) {
    require(n, room);
    // SAFETY: the caller's range.
    unsafe { set::explicit_bzero(to, n) }
}

/// `strcpy` into an object of `room` bytes.
///
/// # Safety
/// As for `strcpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __strcpy_chk(
    to: *mut c_char,
    from: *const c_char,
    room: size_t,
) -> *mut c_char {
    // SAFETY: the caller's strings.
    unsafe {
        require(length::strlen(from) + 1, room);
        concat::strcpy(to, from)
    }
}

/// `stpcpy` into an object of `room` bytes.
///
/// # Safety
/// As for `stpcpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __stpcpy_chk(
    to: *mut c_char,
    from: *const c_char,
    room: size_t,
) -> *mut c_char {
    // SAFETY: the caller's strings.
    unsafe {
        require(length::strlen(from) + 1, room);
        concat::stpcpy(to, from)
    }
}

/// `strncpy` into an object of `room` bytes.
///
/// # Safety
/// As for `strncpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __strncpy_chk(
    to: *mut c_char,
    from: *const c_char,
    n: size_t,
    room: size_t,
) -> *mut c_char {
    require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { concat::strncpy(to, from, n) }
}

/// `stpncpy` into an object of `room` bytes.
///
/// # Safety
/// As for `stpncpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __stpncpy_chk(
    to: *mut c_char,
    from: *const c_char,
    n: size_t,
    room: size_t,
) -> *mut c_char {
    require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { concat::stpncpy(to, from, n) }
}

/// `strcat` within an object of `room` bytes.
///
/// # Safety
/// As for `strcat`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __strcat_chk(
    to: *mut c_char,
    from: *const c_char,
    room: size_t,
) -> *mut c_char {
    // SAFETY: the caller's strings.
    unsafe {
        require(length::strlen(to) + length::strlen(from) + 1, room);
        concat::strcat(to, from)
    }
}

/// `strncat` within an object of `room` bytes.
///
/// # Safety
/// As for `strncat`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __strncat_chk(
    to: *mut c_char,
    from: *const c_char,
    n: size_t,
    room: size_t,
) -> *mut c_char {
    // SAFETY: the caller's ranges.
    unsafe {
        require(length::strlen(to) + length::strnlen(from, n) + 1, room);
        concat::strncat(to, from, n)
    }
}
