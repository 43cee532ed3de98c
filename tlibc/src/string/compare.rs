//! memcmp, bcmp, strcmp, strncmp.

use super::sse2::{BLOCK, equal_mask, load, zero_mask};
use crate::types::{c_char, c_int, c_void, size_t};

const PAGE: usize = 4096;

/// Difference of the first unequal bytes of two ranges, as unsigned char (ISO C 7.24.4.1).
///
/// # Safety
/// `n` bytes are readable at both.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memcmp(a: *const c_void, b: *const c_void, n: size_t) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    let difference = |at: usize| {
        // SAFETY: below `n`.
        unsafe { c_int::from(*a.add(at)) - c_int::from(*b.add(at)) }
    };
    // SAFETY: all loads lie in the ranges: whole blocks, the last one moved back to end with them.
    unsafe {
        if n < BLOCK {
            return compare_short(a, b, n);
        }
        let mut at = 0;
        loop {
            let mask = equal_mask(load(a.add(at)), load(b.add(at))) ^ 0xffff;
            if mask != 0 {
                return difference(at + mask.trailing_zeros() as usize);
            }
            at += BLOCK;
            if at == n {
                return 0;
            }
            if at + BLOCK > n {
                at = n - BLOCK;
            }
        }
    }
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

/// Whether the 16 bytes at `at` reach into the next page.
#[inline(always)]
fn crosses_page(at: *const u8) -> bool {
    at.addr() % PAGE > PAGE - BLOCK
}

/// Difference of the first unequal bytes of two strings, as unsigned char (ISO C 7.24.4.2).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcmp(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: no string is longer.
    unsafe { compare_strings(a, b, usize::MAX) }
}

/// Like [`strcmp`], over at most `n` bytes (ISO C 7.24.4.4).
///
/// # Safety
/// Both are C strings or have `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncmp(a: *const c_char, b: *const c_char, n: size_t) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { compare_strings(a, b, n) }
}

#[inline(always)]
unsafe fn compare_strings(a: *const c_char, b: *const c_char, n: usize) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    let mut at = 0;
    // SAFETY: a block is read only where it does not cross a page, so that its first byte, which is part of
    // both strings, vouches for the rest; bytes are read one by one otherwise.
    unsafe {
        while at < n {
            let (p, q) = (a.add(at), b.add(at));
            if crosses_page(p) || crosses_page(q) {
                let (x, y) = (*p, *q);
                if x != y || x == 0 {
                    return c_int::from(x) - c_int::from(y);
                }
                at += 1;
                continue;
            }
            let block = load(p);
            let stop = equal_mask(block, load(q)) ^ 0xffff | zero_mask(block);
            if stop != 0 {
                let at = at + stop.trailing_zeros() as usize;
                if at >= n {
                    return 0;
                }
                return c_int::from(*a.add(at)) - c_int::from(*b.add(at));
            }
            at = at.saturating_add(BLOCK);
        }
    }
    0
}
