//! memmem, strstr, strcasestr.
//!
//! Two-way string matching (Crochemore and Perrin, 1991): linear time, constant space. Short cases and the
//! search for the first byte go through [`memchr`](super::search::memchr).

use core::ptr::null_mut;
use core::slice;

use super::compare::memcmp;
use super::length::strlen;
use super::search::{memchr, strchr};
use crate::types::{c_char, c_void, size_t};

/// The first place of `needle` in `haystack`, or null (POSIX.1-2024).
///
/// # Safety
/// Both ranges are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memmem(
    haystack: *const c_void,
    haystack_length: size_t,
    needle: *const c_void,
    needle_length: size_t,
) -> *mut c_void {
    if needle_length == 0 {
        return haystack.cast_mut();
    }
    if needle_length > haystack_length {
        return null_mut();
    }
    // SAFETY: the caller's ranges; a C object is at most isize::MAX long.
    unsafe {
        if needle_length == 1 {
            return memchr(haystack, (*needle.cast::<u8>()).into(), haystack_length);
        }
        let hay = slice::from_raw_parts(haystack.cast::<u8>(), haystack_length);
        let needle = slice::from_raw_parts(needle.cast::<u8>(), needle_length);
        match find(hay, needle) {
            Some(at) => haystack.byte_add(at).cast_mut(),
            None => null_mut(),
        }
    }
}

/// The first place of the string `needle` in `haystack`, or null (ISO C 7.24.5.7).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strstr(haystack: *const c_char, needle: *const c_char) -> *mut c_char {
    // SAFETY: the lengths are the strings' own.
    unsafe {
        if *needle == 0 {
            return haystack.cast_mut();
        }
        // Do not look at the whole haystack before the first byte is known to occur.
        let start = strchr(haystack, (*needle).into());
        if start.is_null() || *needle.add(1) == 0 {
            return start;
        }
        memmem(start.cast(), strlen(start), needle.cast(), strlen(needle)).cast()
    }
}

/// Position of `needle` (two bytes at least) in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    // Candidates by first byte while they are rare, then the algorithm with a guarantee.
    let mut at = 0;
    let mut budget = 32 + hay.len() / 64;
    let last = hay.len() - needle.len();
    while at <= last {
        // SAFETY: the range is inside `hay`.
        let next = unsafe {
            memchr(
                hay[at..=last].as_ptr().cast(),
                needle[0].into(),
                last - at + 1,
            )
        };
        if next.is_null() {
            return None;
        }
        at = next.addr() - hay.as_ptr().addr();
        if budget == 0 {
            return two_way(&hay[at..], needle).map(|found| at + found);
        }
        budget -= 1;
        let same = || {
            // SAFETY: `at <= last`, so the needle's length is left; bytewise compare of valid ranges.
            unsafe {
                memcmp(
                    hay[at..].as_ptr().cast(),
                    needle.as_ptr().cast(),
                    needle.len(),
                ) == 0
            }
        };
        if hay[at + 1] == needle[1] && same() {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Start and period of the greatest suffix of `needle` under the byte order or its reverse.
fn greatest_suffix(needle: &[u8], reversed: bool) -> (usize, usize) {
    let (mut suffix, mut rival, mut length, mut period) = (0, 1, 0, 1);
    while rival + length < needle.len() {
        let a = needle[rival + length];
        let b = needle[suffix + length];
        if a == b {
            if length + 1 == period {
                rival += period;
                length = 0;
            } else {
                length += 1;
            }
        } else if (a < b) != reversed {
            rival += length + 1;
            length = 0;
            period = rival - suffix;
        } else {
            suffix = rival;
            rival += 1;
            length = 0;
            period = 1;
        }
    }
    (suffix, period)
}

fn two_way(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let n = needle.len();
    let (forward, reverse) = (
        greatest_suffix(needle, false),
        greatest_suffix(needle, true),
    );
    let (cut, period) = if forward.0 > reverse.0 {
        forward
    } else {
        reverse
    };
    let periodic = needle[..cut] == needle[period..period + cut];
    let (shift, memory_after_shift) = if periodic {
        (period, n - period)
    } else {
        (cut.max(n - cut) + 1, 0)
    };
    // How far the window may move when its last byte is this one (Horspool's rule).
    let mut jump = [n; 256];
    for (at, &byte) in needle.iter().enumerate() {
        jump[usize::from(byte)] = n - 1 - at;
    }
    let (mut at, mut memory) = (0, 0);
    while at + n <= hay.len() {
        let window = &hay[at..at + n];
        let skip = jump[usize::from(window[n - 1])];
        if skip > 0 {
            // A window whose known prefix matched and whose end did not: no match before the next period.
            at += skip.max(memory);
            memory = 0;
            continue;
        }
        let start = cut.max(memory);
        if let Some(miss) = (start..n).find(|&i| window[i] != needle[i]) {
            at += miss - cut + 1;
            memory = 0;
            continue;
        }
        if (memory..cut).rev().all(|i| window[i] == needle[i]) {
            return Some(at);
        }
        at += shift;
        memory = memory_after_shift;
    }
    None
}

/// [`strstr`] without regard to ASCII case (GNU).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcasestr(haystack: *const c_char, needle: *const c_char) -> *mut c_char {
    // SAFETY: strncasecmp stops at the nulls.
    unsafe {
        let length = strlen(needle);
        let mut at = haystack;
        loop {
            if crate::strings::compare::strncasecmp(at, needle, length) == 0 {
                return at.cast_mut();
            }
            if *at == 0 {
                return null_mut();
            }
            at = at.add(1);
        }
    }
}
