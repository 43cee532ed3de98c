//! memmem, strstr, strcasestr.
//!
//! Places where the needle's first and last bytes fit are found with vectors. When that gives too many false ones,
//! two-way string matching (Crochemore and Perrin, 1991) takes over: linear time, constant space.

use core::ptr::null_mut;
use core::slice;

use super::compare::memcmp;
use super::length::{strlen, strnlen};
use super::search::{memchr, strchr};
use super::vector::{Vector, dispatch};
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
        let mut start = strchr(haystack, (*needle).into());
        if start.is_null() || *needle.add(1) == 0 {
            return start;
        }
        // Nor at all of it at once: the string may be long, and the match near. Each part is twice the one before.
        let needle_length = strlen(needle);
        let mut part = 2048.max(2 * needle_length);
        loop {
            let length = strnlen(start, part);
            let found = memmem(start.cast(), length, needle.cast(), needle_length);
            if !found.is_null() || length < part {
                return found.cast();
            }
            start = start.add(length - (needle_length - 1));
            part *= 2;
        }
    }
}

/// Where the needle's first and last bytes are at their distance.
#[inline(always)]
unsafe fn fits<V: Vector>(start: *const u8, stop: *const u8, first: V, last: V) -> V {
    // SAFETY: the caller's vectors.
    unsafe { V::load(start).equal(first).and(V::load(stop).equal(last)) }
}

/// Position of `needle` (two bytes at least) in `hay`, which is not shorter.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    /// Goes on from `from`: the next place where the needle's first and last bytes fit, if vectors can still be used.
    #[inline(always)]
    unsafe fn candidate<V: Vector>(
        hay: &[u8],
        from: usize,
        length: usize,
        ends: [u8; 2],
    ) -> (bool, usize) {
        let mut at = from;
        // SAFETY: both loads lie in the hay, the second one ends `length - 1` bytes after the first.
        unsafe {
            let (first, last) = (V::splat(ends[0]), V::splat(ends[1]));
            let (starts, stops) = (hay.as_ptr(), hay.as_ptr().add(length - 1));
            // Four vectors at once while there is nothing.
            while at + length - 1 + 4 * V::BYTES <= hay.len() {
                let any = fits(starts.add(at), stops.add(at), first, last)
                    .or(fits(
                        starts.add(at + V::BYTES),
                        stops.add(at + V::BYTES),
                        first,
                        last,
                    ))
                    .or(fits(
                        starts.add(at + 2 * V::BYTES),
                        stops.add(at + 2 * V::BYTES),
                        first,
                        last,
                    ))
                    .or(fits(
                        starts.add(at + 3 * V::BYTES),
                        stops.add(at + 3 * V::BYTES),
                        first,
                        last,
                    ));
                if any.mask() != 0 {
                    break;
                }
                at += 4 * V::BYTES;
            }
            while at + length - 1 + V::BYTES <= hay.len() {
                let found = fits(starts.add(at), stops.add(at), first, last).mask();
                if found != 0 {
                    return (true, at + found.trailing_zeros() as usize);
                }
                at += V::BYTES;
            }
        }
        (false, at)
    }
    let length = needle.len();
    let ends = [needle[0], needle[length - 1]];
    // Candidates while they are rare, then the algorithm with a guarantee.
    let mut budget = 32 + hay.len() / 64;
    let mut at = 0;
    let last = hay.len() - length;
    while at <= last {
        let (found, place) = dispatch!(candidate(hay: &[u8], at: usize, length: usize, ends: [u8; 2]) -> (bool, usize));
        at = place;
        if !found {
            // Fewer places than a vector has bytes.
            while at <= last && (hay[at] != ends[0] || hay[at + length - 1] != ends[1]) {
                at += 1;
            }
            if at > last {
                return None;
            }
        }
        if budget == 0 {
            return two_way(&hay[at..], needle, |byte| byte, |byte| byte).map(|found| at + found);
        }
        budget -= 1;
        let (here, there) = (hay[at..].as_ptr().cast(), needle.as_ptr().cast());
        // SAFETY: `at <= last`, so the needle's length is left.
        if unsafe { memcmp(here, there, length) } == 0 {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Start and period of the greatest suffix of `needle` under the elements' order or its reverse.
fn greatest_suffix<T: Copy + Ord>(
    needle: &[T],
    reversed: bool,
    fold: impl Fn(T) -> T,
) -> (usize, usize) {
    let (mut suffix, mut rival, mut length, mut period) = (0, 1, 0, 1);
    while rival + length < needle.len() {
        let a = fold(needle[rival + length]);
        let b = fold(needle[suffix + length]);
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

/// The first place of `needle` in time that grows with the length of `hay` (Crochemore and Perrin 1991). Elements are equal if
/// `fold` makes them so; `low` is some byte of a folded one.
pub(crate) fn two_way<T: Copy + Ord>(
    hay: &[T],
    needle: &[T],
    fold: impl Fn(T) -> T + Copy,
    low: impl Fn(T) -> u8,
) -> Option<usize> {
    let same = |a: T, b: T| fold(a) == fold(b);
    let n = needle.len();
    let (forward, reverse) = (
        greatest_suffix(needle, false, fold),
        greatest_suffix(needle, true, fold),
    );
    let (cut, period) = if forward.0 > reverse.0 {
        forward
    } else {
        reverse
    };
    let periodic = (0..cut).all(|i| same(needle[i], needle[period + i]));
    let (shift, memory_after_shift) = if periodic {
        (period, n - period)
    } else {
        (cut.max(n - cut) + 1, 0)
    };
    // How far the window may move when its last element has this byte (Horspool's rule).
    let mut jump = [n; 256];
    for (at, &element) in needle.iter().enumerate() {
        jump[usize::from(low(fold(element)))] = n - 1 - at;
    }
    let (mut at, mut memory) = (0, 0);
    while at + n <= hay.len() {
        let window = &hay[at..at + n];
        let skip = jump[usize::from(low(fold(window[n - 1])))];
        if skip > 0 {
            // A window whose known prefix matched and whose end did not: no match before the next period.
            at += skip.max(memory);
            memory = 0;
            continue;
        }
        let start = cut.max(memory);
        if let Some(miss) = (start..n).find(|&i| !same(window[i], needle[i])) {
            at += miss - cut + 1;
            memory = 0;
            continue;
        }
        if (memory..cut).rev().all(|i| same(window[i], needle[i])) {
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
    // SAFETY: the caller's strings, neither of which is read beyond its null.
    unsafe {
        let mut at = haystack;
        // Place by place while few of them have to be looked at closely, then the algorithm with a guarantee. The needle may be
        // far longer than the haystack: no more of it is read than of that.
        let mut budget = 64;
        loop {
            let mut same = 0;
            loop {
                let wanted = *needle.add(same) as u8;
                if wanted == 0 {
                    return at.cast_mut();
                }
                let here = *at.add(same) as u8;
                if here == 0 {
                    return null_mut();
                }
                if !here.eq_ignore_ascii_case(&wanted) {
                    break;
                }
                same += 1;
            }
            if same > 0 {
                if budget == 0 {
                    break;
                }
                budget -= 1;
            }
            at = at.add(1);
        }
        let hay = core::slice::from_raw_parts(at.cast::<u8>(), strlen(at));
        let length = strnlen(needle, hay.len() + 1);
        if length > hay.len() {
            return null_mut();
        }
        let wanted = core::slice::from_raw_parts(needle.cast::<u8>(), length);
        let found = two_way(hay, wanted, |byte| byte.to_ascii_lowercase(), |byte| byte);
        found.map_or(null_mut(), |place| at.add(place).cast_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where `needle` is in `hay`, both without their nulls, by [`strcasestr`].
    fn found(hay: &[u8], needle: &[u8]) -> Option<usize> {
        let (hay, needle) = ([hay, b"\0"].concat(), [needle, b"\0"].concat());
        // SAFETY: both end with a null.
        let place = unsafe { strcasestr(hay.as_ptr().cast(), needle.as_ptr().cast()) };
        (!place.is_null()).then(|| place.addr() - hay.as_ptr().addr())
    }

    #[test]
    fn case_does_not_count_at_any_length() {
        let hay = b"abAaBbaBAbAABBab".repeat(30);
        for start in (0..hay.len()).step_by(7) {
            for length in [0, 1, 2, 5, 17, 100, 300] {
                let Some(needle) = hay.get(start..start + length) else {
                    continue;
                };
                let needle = needle.to_ascii_uppercase();
                let plain = (0..=hay.len() - length)
                    .find(|&at| hay[at..at + length].eq_ignore_ascii_case(&needle));
                assert_eq!(found(&hay, &needle), plain, "{start} {length}");
                let absent = [&needle[..], b"?"].concat();
                assert_eq!(found(&hay, &absent), None);
            }
        }
    }

    #[test]
    fn a_needle_may_be_longer_than_the_haystack() {
        let needle = [b'A'; 5000];
        for length in [0, 1, 63, 64, 65, 200, 4999] {
            assert_eq!(found(&vec![b'a'; length], &needle), None);
        }
        assert_eq!(found(&[b'a'; 5001], &needle), Some(0));
        assert_eq!(found(&b"ab".repeat(100), &needle), None);
    }
}
