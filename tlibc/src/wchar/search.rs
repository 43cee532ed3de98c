//! Searches in wide strings: wcschr, wcsstr, wcstok, … (ISO C 7.29.4.5).

use core::marker::PhantomData;
use core::ptr::null_mut;

use super::wide::wcslen;
use crate::string::substring::two_way;
use crate::string::vector::{Vector, Wide, WideOrNull, dispatch, find, find_within};
use crate::types::{size_t, wchar_t};

/// The first `c` among `n` characters, or null.
///
/// # Safety
/// `n` characters are readable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wmemchr(s: *const wchar_t, c: wchar_t, n: size_t) -> *mut wchar_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, c: wchar_t, last: usize) -> *const u8 {
        // SAFETY: the caller's range.
        unsafe { find_within::<V, true>(s, last, Wide(V::splat32(c), PhantomData)) }
    }
    let Some(bytes) = n.saturating_mul(size_of::<wchar_t>()).checked_sub(1) else {
        return null_mut();
    };
    // The end, saturated: callers pass SIZE_MAX for "no limit".
    let (s, last) = (s.cast::<u8>(), s.addr().saturating_add(bytes));
    let found = dispatch!(generic(s: *const u8, c: wchar_t, last: usize) -> *const u8);
    found.cast_mut().cast()
}

/// The first `c`, or the terminating null (GNU).
///
/// # Safety
/// `s` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcschrnul(s: *const wchar_t, c: wchar_t) -> *mut wchar_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, c: wchar_t) -> *const u8 {
        // SAFETY: the caller's string; its null ends the search.
        unsafe { find::<V>(s, WideOrNull(V::splat32(c), PhantomData)) }
    }
    let s = s.cast::<u8>();
    let found = dispatch!(generic(s: *const u8, c: wchar_t) -> *const u8);
    found.cast_mut().cast()
}

/// The first `c`, the null included, or a null pointer.
///
/// # Safety
/// `s` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcschr(s: *const wchar_t, c: wchar_t) -> *mut wchar_t {
    // SAFETY: the place is in the string.
    unsafe {
        let place = wcschrnul(s, c);
        if *place == c { place } else { null_mut() }
    }
}

/// The last `c`, the null included, or a null pointer.
///
/// # Safety
/// `s` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsrchr(s: *const wchar_t, c: wchar_t) -> *mut wchar_t {
    // SAFETY: places are in the string.
    unsafe {
        let mut place = s.add(wcslen(s));
        loop {
            if *place == c {
                return place.cast_mut();
            }
            if place == s {
                return null_mut();
            }
            place = place.sub(1);
        }
    }
}

/// Length of the start of `s` that has characters of `accept` only.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsspn(s: *const wchar_t, accept: *const wchar_t) -> size_t {
    let mut length = 0;
    // SAFETY: ends at the null.
    unsafe {
        while *s.add(length) != 0 && !wcschr(accept, *s.add(length)).is_null() {
            length += 1;
        }
    }
    length
}

/// Length of the start of `s` that has no character of `reject`.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcscspn(s: *const wchar_t, reject: *const wchar_t) -> size_t {
    let mut length = 0;
    // SAFETY: the null of `s` is found in `reject` at its null.
    unsafe {
        while wcschr(reject, *s.add(length)).is_null() {
            length += 1;
        }
    }
    length
}

/// The first character of `s` that is in `accept`, or null.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcspbrk(s: *const wchar_t, accept: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the place is in the string.
    unsafe {
        let place = s.add(wcscspn(s, accept));
        if *place == 0 {
            null_mut()
        } else {
            place.cast_mut()
        }
    }
}

/// The first place of `needle` in `haystack`, or null.
///
/// # Safety
/// Both are wide strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsstr(haystack: *const wchar_t, needle: *const wchar_t) -> *mut wchar_t {
    // SAFETY: the comparison stops at the haystack's null, which the needle does not have; the lengths are the strings' own.
    unsafe {
        let length = wcslen(needle);
        let mut place = haystack;
        if length == 0 {
            return place.cast_mut();
        }
        // Place by place while few of them have to be looked at closely, then the algorithm with a guarantee.
        let mut budget = 1024 + 2 * length;
        loop {
            place = wcschr(place, *needle);
            if place.is_null() {
                return null_mut();
            }
            let mut same = 1;
            while same < length && *place.add(same) == *needle.add(same) {
                same += 1;
            }
            if same == length {
                return place.cast_mut();
            }
            if budget < same {
                break;
            }
            budget -= same;
            place = place.add(1);
        }
        let hay = core::slice::from_raw_parts(place, wcslen(place));
        let needle = core::slice::from_raw_parts(needle, length);
        let found = two_way(hay, needle, |wide| wide, |wide| wide as u8);
        found.map_or(null_mut(), |at| place.add(at).cast_mut())
    }
}

crate::alias!(wcswcs = wcsstr);

/// The next token of a wide string, with the position kept in `*state`.
///
/// # Safety
/// `s` is a writable wide string or null, then `*state` comes from an earlier call; `separators` is a wide string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstok(
    s: *mut wchar_t,
    separators: *const wchar_t,
    state: *mut *mut wchar_t,
) -> *mut wchar_t {
    // SAFETY: all positions stay in the caller's string.
    unsafe {
        let rest = if s.is_null() { *state } else { s };
        if rest.is_null() {
            return null_mut();
        }
        let token = rest.add(wcsspn(rest, separators));
        if *token == 0 {
            *state = null_mut();
            return null_mut();
        }
        let end = token.add(wcscspn(token, separators));
        *state = if *end == 0 {
            null_mut()
        } else {
            *end = 0;
            end.add(1)
        };
        token
    }
}
