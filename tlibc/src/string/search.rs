//! memchr, memrchr, rawmemchr, strchr, strchrnul, strrchr and their old names.

use core::marker::PhantomData;

use super::vector::{Byte, ByteOrNull, Vector, dispatch, find, find_within};
use crate::types::{c_char, c_int, c_void, size_t};

/// The first byte equal to `c` among the `n` at `s`, or null (ISO C 7.24.5.1).
///
/// # Safety
/// The bytes up to the match, or all `n`, are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memchr(s: *const c_void, c: c_int, n: size_t) -> *mut c_void {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, byte: u8, last: usize) -> *const u8 {
        // SAFETY: the caller's range.
        unsafe { find_within::<V, true>(s, last, Byte(V::splat(byte), PhantomData)) }
    }
    if n == 0 {
        return core::ptr::null_mut();
    }
    // The end, saturated: callers pass SIZE_MAX for "no limit".
    let (s, byte, last) = (s.cast::<u8>(), c as u8, s.addr().saturating_add(n - 1));
    let found = dispatch!(generic(s: *const u8, byte: u8, last: usize) -> *const u8);
    found.cast_mut().cast()
}

/// The last byte equal to `c` among the `n` at `s`, or null (GNU).
///
/// # Safety
/// `n` bytes are readable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memrchr(s: *const c_void, c: c_int, n: size_t) -> *mut c_void {
    #[inline(always)]
    unsafe fn generic<V: Vector>(start: *const u8, byte: u8, n: usize) -> *const u8 {
        let mut left = n;
        // SAFETY: every block holds a byte of the range, which is readable.
        unsafe {
            let pattern = V::splat(byte);
            while left > 0 {
                let last = start.add(left - 1);
                let offset = last.addr() % V::BYTES;
                let block = last.wrapping_sub(offset);
                let mask =
                    V::load_aligned(block).equal(pattern).mask() & (u32::MAX >> (31 - offset));
                if mask != 0 {
                    let found = block.wrapping_add(31 - mask.leading_zeros() as usize);
                    return if found.addr() >= start.addr() {
                        found
                    } else {
                        core::ptr::null()
                    };
                }
                left = left.saturating_sub(offset + 1);
            }
        }
        core::ptr::null()
    }
    let (start, byte) = (s.cast::<u8>(), c as u8);
    let found = dispatch!(generic(start: *const u8, byte: u8, n: usize) -> *const u8);
    found.cast_mut().cast()
}

/// The first byte equal to `c` from `s` on, which must exist (GNU).
///
/// # Safety
/// Such a byte exists and all before it are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rawmemchr(s: *const c_void, c: c_int) -> *mut c_void {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, byte: u8) -> *const u8 {
        // SAFETY: the match ends the scan.
        unsafe { find::<V>(s, Byte(V::splat(byte), PhantomData)) }
    }
    let (s, byte) = (s.cast::<u8>(), c as u8);
    let found = dispatch!(generic(s: *const u8, byte: u8) -> *const u8);
    found.cast_mut().cast()
}

/// The place of the first null or byte equal to `byte`.
#[inline(always)]
unsafe fn first_or_null<V: Vector>(s: *const u8, byte: u8) -> *const u8 {
    // SAFETY: a C string, by the caller's promise; the null ends the search.
    unsafe { find::<V>(s, ByteOrNull(V::splat(byte), PhantomData)) }
}

/// The first byte equal to `c`, or the terminating null (GNU).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strchrnul(s: *const c_char, c: c_int) -> *mut c_char {
    let (s, byte) = (s.cast::<u8>(), c as u8);
    let found = dispatch!(first_or_null(s: *const u8, byte: u8) -> *const u8);
    found.cast_mut().cast()
}

/// The first byte equal to `c`, the terminating null included, or a null pointer (ISO C 7.24.5.2).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strchr(s: *const c_char, c: c_int) -> *mut c_char {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, byte: u8) -> *const u8 {
        // SAFETY: the found byte is part of the string.
        unsafe {
            let found = first_or_null::<V>(s, byte);
            if *found == byte {
                found
            } else {
                core::ptr::null()
            }
        }
    }
    let (s, byte) = (s.cast::<u8>(), c as u8);
    let found = dispatch!(generic(s: *const u8, byte: u8) -> *const u8);
    found.cast_mut().cast()
}

/// The last byte equal to `c`, the terminating null included, or a null pointer (ISO C 7.24.5.5).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strrchr(s: *const c_char, c: c_int) -> *mut c_char {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, byte: u8) -> *const u8 {
        let offset = s.addr() % V::BYTES;
        let mut block = s.wrapping_sub(offset);
        let mut found = core::ptr::null::<u8>();
        // SAFETY: a block is read only while it holds a byte of the string.
        unsafe {
            let (pattern, zero) = (V::splat(byte), V::splat(0));
            let mut keep = u32::MAX << offset;
            loop {
                let bytes = V::load_aligned(block);
                let end = bytes.equal(zero).mask() & keep;
                let mut hits = bytes.equal(pattern).mask() & keep;
                if end != 0 {
                    // Up to and with the first null.
                    hits &= end ^ (end - 1);
                }
                if hits != 0 {
                    found = block.wrapping_add(31 - hits.leading_zeros() as usize);
                }
                if end != 0 {
                    return found;
                }
                keep = u32::MAX;
                block = block.wrapping_add(V::BYTES);
            }
        }
    }
    let (s, byte) = (s.cast::<u8>(), c as u8);
    let found = dispatch!(generic(s: *const u8, byte: u8) -> *const u8);
    found.cast_mut().cast()
}

crate::alias!(weak index = strchr);
crate::alias!(weak rindex = strrchr);
crate::alias!(__rawmemchr = rawmemchr);
