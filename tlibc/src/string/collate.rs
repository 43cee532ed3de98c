//! strcoll, strxfrm: collation is by byte value in every locale the library has (C, POSIX, C.UTF-8).

use super::compare::strcmp;
use super::concat::strlcpy;
use crate::locale::locale_t;
use crate::types::{c_char, c_int, size_t};

/// [`strcmp`] by the locale's order (ISO C 7.24.4.3).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcoll(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { strcmp(a, b) }
}

/// A string whose [`strcmp`] order is the collation order; returns its length (ISO C 7.24.4.5).
///
/// # Safety
/// `from` is a C string, `to` has `n` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strxfrm(to: *mut c_char, from: *const c_char, n: size_t) -> size_t {
    // SAFETY: the caller's ranges.
    unsafe { strlcpy(to, from, n) }
}

/// [`strcoll`] in the locale given (POSIX.1).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcoll_l(a: *const c_char, b: *const c_char, _locale: locale_t) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { strcmp(a, b) }
}

/// [`strxfrm`] in the locale given (POSIX.1).
///
/// # Safety
/// As for [`strxfrm`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strxfrm_l(
    to: *mut c_char,
    from: *const c_char,
    n: size_t,
    _locale: locale_t,
) -> size_t {
    // SAFETY: the caller's ranges.
    unsafe { strlcpy(to, from, n) }
}

crate::alias!(__strcoll_l = strcoll_l);
crate::alias!(__strxfrm_l = strxfrm_l);
