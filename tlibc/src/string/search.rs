//! memchr, memrchr, rawmemchr, strchr, strchrnul, strrchr and their old names.

use super::sse2::{
    BLOCK, containing_block, equal_mask, load_aligned, splat, zero_mask, zero_or_equal_mask,
};
use crate::types::{c_char, c_int, c_void, size_t};

/// The first byte equal to `c` among the `n` at `s`, or null (ISO C 7.24.5.1).
///
/// # Safety
/// The bytes up to the match, or all `n`, are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memchr(s: *const c_void, c: c_int, n: size_t) -> *mut c_void {
    if n == 0 {
        return core::ptr::null_mut();
    }
    let start = s.cast::<u8>();
    // The end, saturated: callers pass SIZE_MAX for "no limit".
    let last = start.addr().saturating_add(n - 1);
    let pattern = splat(c as u8);
    let (mut block, offset) = containing_block(start);
    // SAFETY: a block is read only while it holds a byte in the range before which no match was found.
    unsafe {
        let mut mask = equal_mask(load_aligned(block), pattern) >> offset << offset;
        loop {
            if mask != 0 {
                let found = block.add(mask.trailing_zeros() as usize);
                return if found.addr() <= last {
                    found.cast_mut().cast()
                } else {
                    core::ptr::null_mut()
                };
            }
            if last - block.addr() < BLOCK {
                return core::ptr::null_mut();
            }
            block = block.add(BLOCK);
            mask = equal_mask(load_aligned(block), pattern);
        }
    }
}

/// The last byte equal to `c` among the `n` at `s`, or null (GNU).
///
/// # Safety
/// `n` bytes are readable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memrchr(s: *const c_void, c: c_int, n: size_t) -> *mut c_void {
    let start = s.cast::<u8>();
    let pattern = splat(c as u8);
    let mut end = n;
    // SAFETY: every block holds a byte of the range, which is readable.
    unsafe {
        while end > 0 {
            let (block, offset) = containing_block(start.add(end - 1));
            let mask = equal_mask(load_aligned(block), pattern) & (u32::MAX >> (31 - offset));
            if mask != 0 {
                let found = block.add(31 - mask.leading_zeros() as usize);
                return if found >= start {
                    found.cast_mut().cast()
                } else {
                    core::ptr::null_mut()
                };
            }
            end = end.saturating_sub(offset + 1);
        }
    }
    core::ptr::null_mut()
}

/// The first byte equal to `c` from `s` on, which must exist (GNU).
///
/// # Safety
/// Such a byte exists and all before it are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rawmemchr(s: *const c_void, c: c_int) -> *mut c_void {
    // SAFETY: the match ends the scan.
    unsafe { memchr(s, c, usize::MAX) }
}

/// The first byte equal to `c`, or the terminating null (GNU).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strchrnul(s: *const c_char, c: c_int) -> *mut c_char {
    let pattern = splat(c as u8);
    let (mut block, offset) = containing_block(s.cast());
    // SAFETY: a block is read only while it holds a byte of the string.
    unsafe {
        let mut mask = zero_or_equal_mask(load_aligned(block), pattern) >> offset << offset;
        while mask == 0 {
            block = block.add(BLOCK);
            mask = zero_or_equal_mask(load_aligned(block), pattern);
        }
        block.add(mask.trailing_zeros() as usize).cast_mut().cast()
    }
}

/// The first byte equal to `c`, the terminating null included, or a null pointer (ISO C 7.24.5.2).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strchr(s: *const c_char, c: c_int) -> *mut c_char {
    // SAFETY: the found byte is part of the string.
    unsafe {
        let found = strchrnul(s, c);
        if *found as u8 == c as u8 {
            found
        } else {
            core::ptr::null_mut()
        }
    }
}

/// The last byte equal to `c`, the terminating null included, or a null pointer (ISO C 7.24.5.5).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strrchr(s: *const c_char, c: c_int) -> *mut c_char {
    let pattern = splat(c as u8);
    let (mut block, offset) = containing_block(s.cast());
    let mut found = core::ptr::null_mut::<u8>();
    // SAFETY: a block is read only while it holds a byte of the string.
    unsafe {
        let mut keep = u32::MAX << offset;
        loop {
            let bytes = load_aligned(block);
            let end = zero_mask(bytes) & keep;
            let mut hits = equal_mask(bytes, pattern) & keep;
            if end != 0 {
                // Up to and with the first null.
                hits &= end ^ (end - 1);
            }
            if hits != 0 {
                found = block.add(31 - hits.leading_zeros() as usize).cast_mut();
            }
            if end != 0 {
                return found.cast();
            }
            keep = u32::MAX;
            block = block.add(BLOCK);
        }
    }
}

crate::alias!(weak index = strchr);
crate::alias!(weak rindex = strrchr);
crate::alias!(__rawmemchr = rawmemchr);
