//! Copies, lengths and comparisons of wide strings and arrays: wcscpy, wcscmp, wmemcpy, … (ISO C 7.29.4, POSIX.1).

use core::marker::PhantomData;

use crate::locale::locale_t;
use crate::locale::objects::with_locale;
use crate::string::vector::{Vector, Wide, dispatch, find};
use crate::types::{c_int, size_t, wchar_t};

/// Characters before the terminating null.
///
/// # Safety
/// `s` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcslen(s: *const wchar_t) -> size_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8) -> usize {
        // SAFETY: the caller's string; its null ends the search.
        unsafe {
            let end = find::<V>(s, Wide(V::splat32(0), PhantomData));
            (end.addr() - s.addr()) / size_of::<wchar_t>()
        }
    }
    let s = s.cast::<u8>();
    dispatch!(generic(s: *const u8) -> usize)
}

/// [`wcslen`] that looks at no more than `limit` characters.
///
/// # Safety
/// `s` is a wide string or has `limit` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsnlen(s: *const wchar_t, limit: size_t) -> size_t {
    // SAFETY: wmemchr stops at the first null, so it reads the string or `limit` characters.
    let end = unsafe { super::search::wmemchr(s, 0, limit) };
    if end.is_null() {
        limit
    } else {
        (end.addr() - s.addr()) / size_of::<wchar_t>()
    }
}

/// Copies `n` characters between arrays that are apart.
///
/// # Safety
/// Both arrays are valid and apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmemcpy(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's arrays.
    unsafe { crate::string::copy::memcpy(to.cast(), from.cast(), n * 4) };
    to
}

/// Copies `n` characters between arrays that may overlap.
///
/// # Safety
/// Both arrays are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmemmove(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's arrays.
    unsafe { crate::string::copy::memmove(to.cast(), from.cast(), n * 4) };
    to
}

/// [`wmemcpy`] that returns the end of the copy (GNU).
///
/// # Safety
/// As for [`wmemcpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmempcpy(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's arrays.
    unsafe { wmemcpy(to, from, n).add(n) }
}

/// Sets `n` characters to `c`.
///
/// # Safety
/// `n` characters are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmemset(s: *mut wchar_t, c: wchar_t, n: size_t) -> *mut wchar_t {
    for at in 0..n {
        // SAFETY: below `n`.
        unsafe { *s.add(at) = c };
    }
    s
}

/// Order of the first unequal characters of two arrays.
///
/// # Safety
/// `n` characters are readable at both.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmemcmp(a: *const wchar_t, b: *const wchar_t, n: size_t) -> c_int {
    for at in 0..n {
        // SAFETY: below `n`.
        let (x, y) = unsafe { (*a.add(at), *b.add(at)) };
        if x != y {
            return if x < y { -1 } else { 1 };
        }
    }
    0
}

/// Copies a wide string with its null; returns the copy's null.
///
/// # Safety
/// `from` is a wide string, `to` has room for it, and they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcpcpy(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the caller's strings.
    unsafe {
        let length = wcslen(from);
        wmemcpy(to, from, length + 1).add(length)
    }
}

/// Copies a wide string with its null; returns `to`.
///
/// # Safety
/// As for [`wcpcpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscpy(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the caller's strings.
    unsafe { wcpcpy(to, from) };
    to
}

/// Copies at most `n` characters and fills up with nulls; returns the first of these, or the end.
///
/// # Safety
/// `to` has room for `n`; `from` is a wide string or has `n` characters; they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcpncpy(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's arrays.
    unsafe {
        let length = wcsnlen(from, n);
        let end = wmempcpy(to, from, length);
        wmemset(end, 0, n - length)
    }
}

/// [`wcpncpy`] that returns `to`.
///
/// # Safety
/// As for [`wcpncpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsncpy(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's arrays.
    unsafe { wcpncpy(to, from, n) };
    to
}

/// Appends `from` to `to`.
///
/// # Safety
/// Both are wide strings, `to` has room for both, and they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscat(to: *mut wchar_t, from: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the caller's strings.
    unsafe { wcpcpy(to.add(wcslen(to)), from) };
    to
}

/// Appends at most `n` characters of `from`, then a null.
///
/// # Safety
/// As for [`wcscat`], except that `from` may have `n` characters and no null.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsncat(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
) -> *mut wchar_t {
    // SAFETY: the caller's strings.
    unsafe {
        let end = wmempcpy(to.add(wcslen(to)), from, wcsnlen(from, n));
        *end = 0;
    }
    to
}

/// Copies what fits `size` characters with the null; returns the length of `from` (POSIX.1-2024).
///
/// # Safety
/// `from` is a wide string, `to` has `size` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcslcpy(to: *mut wchar_t, from: *const wchar_t, size: size_t) -> size_t {
    // SAFETY: at most size - 1 characters and the null are written.
    unsafe {
        let length = wcslen(from);
        if let Some(room) = size.checked_sub(1) {
            *wmempcpy(to, from, length.min(room)) = 0;
        }
        length
    }
}

/// Appends what fits `size` characters in all; returns the length it tried to make (POSIX.1-2024).
///
/// # Safety
/// `from` is a wide string, `to` has `size` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcslcat(to: *mut wchar_t, from: *const wchar_t, size: size_t) -> size_t {
    // SAFETY: the caller's arrays.
    unsafe {
        let used = wcsnlen(to, size);
        used + wcslcpy(to.add(used), from, size - used)
    }
}

/// A copy of the string in memory from malloc, or null and `ENOMEM`.
///
/// # Safety
/// `s` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsdup(s: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the block holds the string and its null.
    unsafe {
        let length = wcslen(s) + 1;
        let copy = crate::malloc::malloc(length * 4).cast::<wchar_t>();
        if copy.is_null() {
            copy
        } else {
            wmemcpy(copy, s, length)
        }
    }
}

/// Order of two strings by character number.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscmp(a: *const wchar_t, b: *const wchar_t) -> c_int {
    // SAFETY: no string is longer.
    unsafe { wcsncmp(a, b, usize::MAX) }
}

/// [`wcscmp`] over at most `n` characters.
///
/// # Safety
/// Both are wide strings or have `n` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsncmp(a: *const wchar_t, b: *const wchar_t, n: size_t) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { compare(a, b, n, |c| c) }
}

/// The comparison all others are made of.
#[inline(always)]
unsafe fn compare(
    a: *const wchar_t,
    b: *const wchar_t,
    n: usize,
    fold: impl Fn(wchar_t) -> wchar_t,
) -> c_int {
    for at in 0..n {
        // SAFETY: no null was met before `at`.
        let (x, y) = unsafe { (fold(*a.add(at)), fold(*b.add(at))) };
        if x != y {
            return if x < y { -1 } else { 1 };
        }
        if x == 0 {
            break;
        }
    }
    0
}

/// [`wcscmp`] of the strings in lower case.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscasecmp(a: *const wchar_t, b: *const wchar_t) -> c_int {
    // SAFETY: no string is longer.
    unsafe { wcsncasecmp(a, b, usize::MAX) }
}

/// [`wcscasecmp`] over at most `n` characters.
///
/// # Safety
/// Both are wide strings or have `n` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsncasecmp(a: *const wchar_t, b: *const wchar_t, n: size_t) -> c_int {
    let fold = |c: wchar_t| crate::wctype::case::towlower(c.cast_unsigned()).cast_signed();
    // SAFETY: the caller's strings.
    unsafe { compare(a, b, n, fold) }
}

/// [`wcscasecmp`] in the locale given.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscasecmp_l(
    a: *const wchar_t,
    b: *const wchar_t,
    locale: locale_t,
) -> c_int {
    // SAFETY: the caller's strings.
    with_locale(locale, || unsafe { wcscasecmp(a, b) })
}

/// [`wcsncasecmp`] in the locale given.
///
/// # Safety
/// As for [`wcsncasecmp`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsncasecmp_l(
    a: *const wchar_t,
    b: *const wchar_t,
    n: size_t,
    locale: locale_t,
) -> c_int {
    // SAFETY: the caller's strings.
    with_locale(locale, || unsafe { wcsncasecmp(a, b, n) })
}

/// [`wcscmp`] by the locale's order, which is that of the numbers.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscoll(a: *const wchar_t, b: *const wchar_t) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { wcscmp(a, b) }
}

/// [`wcscoll`] in the locale given.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscoll_l(
    a: *const wchar_t,
    b: *const wchar_t,
    _locale: locale_t,
) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { wcscmp(a, b) }
}

/// A string whose [`wcscmp`] order is the collation order; returns its length.
///
/// # Safety
/// `from` is a wide string; `to` has `n` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsxfrm(to: *mut wchar_t, from: *const wchar_t, n: size_t) -> size_t {
    // SAFETY: the caller's arrays.
    unsafe { wcslcpy(to, from, n) }
}

/// [`wcsxfrm`] in the locale given.
///
/// # Safety
/// As for [`wcsxfrm`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsxfrm_l(
    to: *mut wchar_t,
    from: *const wchar_t,
    n: size_t,
    _locale: locale_t,
) -> size_t {
    // SAFETY: the caller's arrays.
    unsafe { wcslcpy(to, from, n) }
}

crate::alias!(__wcscoll_l = wcscoll_l);
crate::alias!(__wcsxfrm_l = wcsxfrm_l);
