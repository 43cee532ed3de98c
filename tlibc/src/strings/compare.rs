//! strcasecmp, strncasecmp: the case of ASCII letters does not count, in every locale the library has.

use crate::locale::locale_t;
use crate::types::{c_char, c_int, size_t};

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
    for at in 0..n {
        // SAFETY: no null was met before `at`.
        let (x, y) = unsafe { (*a.add(at) as u8, *b.add(at) as u8) };
        let difference = c_int::from(x.to_ascii_lowercase()) - c_int::from(y.to_ascii_lowercase());
        if difference != 0 || x == 0 {
            return difference;
        }
    }
    0
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
