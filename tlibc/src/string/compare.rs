//! memcmp, bcmp, strcmp, strncmp.

use core::arch::x86_64::__m128i;

use super::vector::{PAGE, Vector, dispatch};
use crate::types::{c_char, c_int, c_void, size_t};

/// Difference of the first unequal bytes of two ranges, as unsigned char (ISO C 7.24.4.1).
///
/// # Safety
/// `n` bytes are readable at both.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memcmp(a: *const c_void, b: *const c_void, n: size_t) -> c_int {
    #[inline(always)]
    unsafe fn generic<V: Vector>(a: *const u8, b: *const u8, n: usize) -> c_int {
        // SAFETY: all loads lie in the ranges: whole vectors, the last ones moved back to end with them.
        unsafe {
            let different = |at: usize| V::load(a.add(at)).equal(V::load(b.add(at)));
            let mut at = 0;
            while n - at > 4 * V::BYTES {
                let all = different(at)
                    .and(different(at + V::BYTES))
                    .and(different(at + 2 * V::BYTES).and(different(at + 3 * V::BYTES)));
                if all.mask() != V::ALL {
                    break;
                }
                at += 4 * V::BYTES;
            }
            loop {
                at = at.min(n - V::BYTES);
                let mask = different(at).mask() ^ V::ALL;
                if mask != 0 {
                    let at = at + mask.trailing_zeros() as usize;
                    return c_int::from(*a.add(at)) - c_int::from(*b.add(at));
                }
                at += V::BYTES;
                if at == n {
                    return 0;
                }
            }
        }
    }
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    // SAFETY: the caller's ranges, at least a vector long for `generic`.
    unsafe {
        if n < 16 {
            return compare_short(a, b, n);
        }
        if n <= 32 {
            return generic::<__m128i>(a, b, n);
        }
    }
    dispatch!(generic(a: *const u8, b: *const u8, n: usize) -> c_int)
}

crate::alias!(bcmp = memcmp);
crate::alias!(__memcmpeq = memcmp);

/// Fewer than 16 bytes: two overlapping words compared as big-endian numbers.
#[inline(always)]
unsafe fn compare_short(a: *const u8, b: *const u8, n: usize) -> c_int {
    fn order<T: Ord>(x: T, y: T) -> c_int {
        x.cmp(&y) as c_int
    }
    // SAFETY: the words lie in the `n` bytes.
    unsafe {
        if n >= 8 {
            let word = |p: *const u8, at| u64::from_be(p.add(at).cast::<u64>().read_unaligned());
            let first = order(word(a, 0), word(b, 0));
            return if first != 0 {
                first
            } else {
                order(word(a, n - 8), word(b, n - 8))
            };
        }
        if n >= 4 {
            let word = |p: *const u8, at| u32::from_be(p.add(at).cast::<u32>().read_unaligned());
            let first = order(word(a, 0), word(b, 0));
            return if first != 0 {
                first
            } else {
                order(word(a, n - 4), word(b, n - 4))
            };
        }
        for at in 0..n {
            let (x, y) = (*a.add(at), *b.add(at));
            if x != y {
                return c_int::from(x) - c_int::from(y);
            }
        }
    }
    0
}

/// Difference of the first unequal bytes of two strings, as unsigned char (ISO C 7.24.4.2).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcmp(a: *const c_char, b: *const c_char) -> c_int {
    #[inline(always)]
    unsafe fn generic<V: Vector>(a: *const u8, b: *const u8) -> c_int {
        // SAFETY: no string is longer.
        unsafe { compare_strings::<V, false>(a, b, usize::MAX) }
    }
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    dispatch!(generic(a: *const u8, b: *const u8) -> c_int)
}

/// Like [`strcmp`], over at most `n` bytes (ISO C 7.24.4.4).
///
/// # Safety
/// Both are C strings or have `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncmp(a: *const c_char, b: *const c_char, n: size_t) -> c_int {
    #[inline(always)]
    unsafe fn generic<V: Vector>(a: *const u8, b: *const u8, n: usize) -> c_int {
        // SAFETY: the caller's strings.
        unsafe { compare_strings::<V, false>(a, b, n) }
    }
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    dispatch!(generic(a: *const u8, b: *const u8, n: usize) -> c_int)
}

/// The vector with its ASCII capitals made small.
#[inline(always)]
unsafe fn lower_case<V: Vector>(bytes: V) -> V {
    // SAFETY: the caller has the vector's instructions.
    unsafe {
        // `A` to `Z` become the 26 least numbers with a sign.
        let shifted = bytes.add(V::splat(0x80_u8.wrapping_sub(b'A')));
        let capital = shifted.less(V::splat(0x80 + 26));
        bytes.or(capital.and(V::splat(0x20)))
    }
}

/// Compares at most `n` bytes of two strings, with `FOLD` in lower case.
///
/// # Safety
/// Both are C strings or have `n` readable bytes.
#[inline(always)]
pub unsafe fn compare_strings<V: Vector, const FOLD: bool>(
    a: *const u8,
    b: *const u8,
    n: usize,
) -> c_int {
    let fold_byte = |byte: u8| {
        if FOLD {
            byte.to_ascii_lowercase()
        } else {
            byte
        }
    };
    let mut at = 0;
    // SAFETY: a vector is read only where it crosses no page, so that its first byte, which is part of both strings,
    // vouches for the rest, or where it ends with the page and starts among bytes that are known to be equal.
    unsafe {
        let zero = V::splat(0);
        while at < n {
            let (p, q) = (a.add(at), b.add(at));
            let (mut back, mut step) = (0, V::BYTES);
            // The union is no less than either offset.
            if (p.addr() | q.addr()) % PAGE > PAGE - V::BYTES {
                let page_left = PAGE - (p.addr() % PAGE).max(q.addr() % PAGE);
                if page_left < V::BYTES {
                    if at + page_left < V::BYTES {
                        let (x, y) = (fold_byte(*p), fold_byte(*q));
                        if x != y || x == 0 {
                            return c_int::from(x) - c_int::from(y);
                        }
                        at += 1;
                        continue;
                    }
                    (back, step) = (V::BYTES - page_left, page_left);
                }
            }
            let (mut x, mut y) = (V::load(p.sub(back)), V::load(q.sub(back)));
            if FOLD {
                (x, y) = (lower_case(x), lower_case(y));
            }
            // A byte is 0 where the strings differ or end.
            let stop = x.equal(y).min(x).equal(zero).mask();
            if stop != 0 {
                let at = at - back + stop.trailing_zeros() as usize;
                if at >= n {
                    return 0;
                }
                return c_int::from(fold_byte(*a.add(at))) - c_int::from(fold_byte(*b.add(at)));
            }
            at = at.saturating_add(step);
        }
    }
    0
}
