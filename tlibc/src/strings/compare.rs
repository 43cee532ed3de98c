//! strcasecmp, strncasecmp: the case of ASCII letters does not count, in every locale the library has.

use crate::locale::locale_t;
use crate::string::compare::compare_strings;
use crate::string::vector::{Vector, dispatch};
use crate::types::{c_char, c_int, size_t};

#[inline(always)]
unsafe fn generic<V: Vector>(a: *const u8, b: *const u8, n: usize) -> c_int {
    // SAFETY: the caller's strings; the vectors are used where they exist.
    unsafe { compare_strings::<V, true>(a, b, n) }
}

/// `strcmp` of the strings in lower case (POSIX.1).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcasecmp(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: no string is longer.
    unsafe { strncasecmp(a, b, usize::MAX) }
}

/// [`strcasecmp`] over at most `n` bytes (POSIX.1).
///
/// # Safety
/// Both are C strings or have `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncasecmp(a: *const c_char, b: *const c_char, n: size_t) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    dispatch!(generic(a: *const u8, b: *const u8, n: usize) -> c_int)
}

/// [`strcasecmp`] in the locale given (POSIX.1).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcasecmp_l(
    a: *const c_char,
    b: *const c_char,
    _locale: locale_t,
) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { strcasecmp(a, b) }
}

/// [`strncasecmp`] in the locale given (POSIX.1).
///
/// # Safety
/// As for [`strncasecmp`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncasecmp_l(
    a: *const c_char,
    b: *const c_char,
    n: size_t,
    _locale: locale_t,
) -> c_int {
    // SAFETY: the caller's ranges.
    unsafe { strncasecmp(a, b, n) }
}
