//! memcpy, memmove, mempcpy, memccpy, bcopy: copies of a known length.
//!
//! Up to 128 bytes all loads happen before the first store, so overlap does not matter and there is no loop.
//! Above that, 64 bytes a turn with unaligned SSE2 loads and aligned stores. `rep movsb` is left out on purpose:
//! emulators (QEMU's TCG) execute it a byte at a time, ten times slower than this loop, and on
//! hardware with fast string moves the loop keeps level in the caches.

use core::arch::asm;
use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_store_si128, _mm_storeu_si128};

use crate::types::{c_int, c_void, size_t};

#[inline(always)]
unsafe fn load16(at: *const u8) -> __m128i {
    // SAFETY: the caller's range.
    unsafe { _mm_loadu_si128(at.cast()) }
}

#[inline(always)]
unsafe fn store16(at: *mut u8, value: __m128i) {
    // SAFETY: the caller's range.
    unsafe { _mm_storeu_si128(at.cast(), value) }
}

/// Keeps the optimiser from recognising the surrounding loop as a memcpy, which would call itself.
#[inline(always)]
fn not_an_idiom() {
    // SAFETY: no instruction; a compiler barrier for memory.
    unsafe { asm!("", options(nostack, preserves_flags)) }
}

/// A copy of up to 128 bytes: every load comes before every store.
#[inline(always)]
unsafe fn copy_small(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: all accesses lie in the first or last bytes of ranges that are `n` long.
    unsafe {
        if n > 64 {
            let head = [
                load16(from),
                load16(from.add(16)),
                load16(from.add(32)),
                load16(from.add(48)),
            ];
            let end = from.add(n);
            let tail = [
                load16(end.sub(64)),
                load16(end.sub(48)),
                load16(end.sub(32)),
                load16(end.sub(16)),
            ];
            store16(to, head[0]);
            store16(to.add(16), head[1]);
            store16(to.add(32), head[2]);
            store16(to.add(48), head[3]);
            let end = to.add(n);
            store16(end.sub(64), tail[0]);
            store16(end.sub(48), tail[1]);
            store16(end.sub(32), tail[2]);
            store16(end.sub(16), tail[3]);
        } else if n > 32 {
            let (a, b) = (load16(from), load16(from.add(16)));
            let (c, d) = (load16(from.add(n - 32)), load16(from.add(n - 16)));
            store16(to, a);
            store16(to.add(16), b);
            store16(to.add(n - 32), c);
            store16(to.add(n - 16), d);
        } else if n >= 16 {
            let (a, b) = (load16(from), load16(from.add(n - 16)));
            store16(to, a);
            store16(to.add(n - 16), b);
        } else if n >= 8 {
            let a = from.cast::<u64>().read_unaligned();
            let b = from.add(n - 8).cast::<u64>().read_unaligned();
            to.cast::<u64>().write_unaligned(a);
            to.add(n - 8).cast::<u64>().write_unaligned(b);
        } else if n >= 4 {
            let a = from.cast::<u32>().read_unaligned();
            let b = from.add(n - 4).cast::<u32>().read_unaligned();
            to.cast::<u32>().write_unaligned(a);
            to.add(n - 4).cast::<u32>().write_unaligned(b);
        } else if n >= 2 {
            let a = from.cast::<u16>().read_unaligned();
            let b = from.add(n - 2).cast::<u16>().read_unaligned();
            to.cast::<u16>().write_unaligned(a);
            to.add(n - 2).cast::<u16>().write_unaligned(b);
        } else if n == 1 {
            *to = *from;
        }
    }
}

/// More than 128 bytes, ascending: right for `to` below `from` and for ranges apart.
#[inline(always)]
unsafe fn copy_up(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the loop stays 64 bytes short of the end, whose bytes were loaded before any store; the
    // first 16 bytes are loaded before and stored after the loop has started to write above them.
    unsafe {
        let head = load16(from);
        let tail = [
            load16(from.add(n - 64)),
            load16(from.add(n - 48)),
            load16(from.add(n - 32)),
            load16(from.add(n - 16)),
        ];
        let skip = 16 - to.addr() % 16;
        let mut source = from.add(skip);
        let mut target = to.add(skip);
        let last = to.add(n - 64);
        let (mut a, mut b) = (load16(source), load16(source.add(16)));
        let (mut c, mut d) = (load16(source.add(32)), load16(source.add(48)));
        store16(to, head);
        loop {
            _mm_store_si128(target.cast(), a);
            _mm_store_si128(target.add(16).cast(), b);
            _mm_store_si128(target.add(32).cast(), c);
            _mm_store_si128(target.add(48).cast(), d);
            target = target.add(64);
            source = source.add(64);
            if target >= last {
                break;
            }
            a = load16(source);
            b = load16(source.add(16));
            c = load16(source.add(32));
            d = load16(source.add(48));
            not_an_idiom();
        }
        let end = to.add(n);
        store16(end.sub(64), tail[0]);
        store16(end.sub(48), tail[1]);
        store16(end.sub(32), tail[2]);
        store16(end.sub(16), tail[3]);
    }
}

/// More than 128 bytes, descending: right for `to` above `from`.
#[inline(always)]
unsafe fn copy_down(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the mirror image of `copy_up`: the first 64 bytes are loaded before any store.
    unsafe {
        let head = [
            load16(from),
            load16(from.add(16)),
            load16(from.add(32)),
            load16(from.add(48)),
        ];
        let mut left = n;
        while left > 64 {
            let source = from.add(left);
            let target = to.add(left);
            let (a, b) = (load16(source.sub(16)), load16(source.sub(32)));
            let (c, d) = (load16(source.sub(48)), load16(source.sub(64)));
            store16(target.sub(16), a);
            store16(target.sub(32), b);
            store16(target.sub(48), c);
            store16(target.sub(64), d);
            left -= 64;
            not_an_idiom();
        }
        store16(to, head[0]);
        store16(to.add(16), head[1]);
        store16(to.add(32), head[2]);
        store16(to.add(48), head[3]);
    }
}

/// Copies `n` bytes between ranges that do not overlap; returns `to` (ISO C 7.24.2.1).
///
/// # Safety
/// Both ranges are valid and apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, n: size_t) -> *mut c_void {
    // SAFETY: the caller's ranges.
    unsafe {
        if n <= 128 {
            copy_small(to.cast(), from.cast(), n);
        } else {
            copy_up(to.cast(), from.cast(), n);
        }
    }
    to
}

/// Copies `n` bytes between ranges that may overlap; returns `to` (ISO C 7.24.2.2).
///
/// # Safety
/// Both ranges are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, n: size_t) -> *mut c_void {
    // SAFETY: the caller's ranges; the direction suits the overlap.
    unsafe {
        if n <= 128 {
            copy_small(to.cast(), from.cast(), n);
        } else if to.addr().wrapping_sub(from.addr()) >= n {
            copy_up(to.cast(), from.cast(), n);
        } else {
            copy_down(to.cast(), from.cast(), n);
        }
    }
    to
}

/// Like [`memcpy`], but returns the byte after the copy (GNU).
///
/// # Safety
/// As for [`memcpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mempcpy(to: *mut c_void, from: *const c_void, n: size_t) -> *mut c_void {
    // SAFETY: the caller's ranges.
    unsafe {
        memcpy(to, from, n);
        to.byte_add(n)
    }
}

crate::alias!(__mempcpy = mempcpy);

/// Copies up to and with the first byte equal to `c`, at most `n`; returns the byte after it in `to`, or null
/// when `c` was not met (POSIX.1 XSI).
///
/// # Safety
/// As for [`memcpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memccpy(
    to: *mut c_void,
    from: *const c_void,
    c: c_int,
    n: size_t,
) -> *mut c_void {
    // SAFETY: the caller's ranges.
    unsafe {
        let stop = super::search::memchr(from, c, n);
        if stop.is_null() {
            memcpy(to, from, n);
            return core::ptr::null_mut();
        }
        mempcpy(to, from, stop.addr() - from.addr() + 1)
    }
}

/// [`memmove`] with the arguments of BSD.
///
/// # Safety
/// As for [`memmove`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bcopy(from: *const c_void, to: *mut c_void, n: size_t) {
    // SAFETY: the caller's ranges.
    unsafe { memmove(to, from, n) };
}
