//! memcpy, memmove, mempcpy, memccpy, bcopy: copies of a known length.
//!
//! Up to eight vectors all loads happen before the first store, so overlap does not matter and there is no loop.
//! Above that, four vectors a turn with unaligned loads and aligned stores, and `rep movsb` for long blocks where the
//! processor does that fast. Emulators (QEMU's TCG) do it a byte at a time, ten times slower than the loop.

use core::arch::asm;
use core::arch::x86_64::_mm_loadu_si128;

use super::cpu;
use super::vector::{Vector, dispatch};
use crate::types::{c_int, c_void, size_t};

/// From how many bytes on `rep movsb` is used where it is fast.
const REPEAT: usize = 4096;

/// Keeps the optimiser from recognising the surrounding loop as a memcpy, which would call itself.
#[inline(always)]
fn not_an_idiom() {
    // SAFETY: no instruction; a compiler barrier for memory.
    unsafe { asm!("", options(nostack, preserves_flags)) }
}

/// A copy of up to 64 bytes: every load comes before every store.
///
/// # Safety
/// Both ranges are valid.
#[inline(always)]
pub unsafe fn copy_small(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: all accesses lie in the first or last bytes of ranges that are `n` long.
    unsafe {
        if n > 32 {
            let a = _mm_loadu_si128(from.cast());
            let b = _mm_loadu_si128(from.add(16).cast());
            let c = _mm_loadu_si128(from.add(n - 32).cast());
            let d = _mm_loadu_si128(from.add(n - 16).cast());
            a.store(to);
            b.store(to.add(16));
            c.store(to.add(n - 32));
            d.store(to.add(n - 16));
        } else if n >= 16 {
            let a = _mm_loadu_si128(from.cast());
            let b = _mm_loadu_si128(from.add(n - 16).cast());
            a.store(to);
            b.store(to.add(n - 16));
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

/// Four vectors in a row.
struct Four<V>([V; 4]);

impl<V: Vector> Four<V> {
    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller's range.
        unsafe {
            Four([
                V::load(at),
                V::load(at.add(V::BYTES)),
                V::load(at.add(2 * V::BYTES)),
                V::load(at.add(3 * V::BYTES)),
            ])
        }
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut u8) {
        // SAFETY: the caller's range.
        unsafe {
            self.0[0].store(at);
            self.0[1].store(at.add(V::BYTES));
            self.0[2].store(at.add(2 * V::BYTES));
            self.0[3].store(at.add(3 * V::BYTES));
        }
    }

    #[inline(always)]
    unsafe fn store_aligned(self, at: *mut u8) {
        // SAFETY: the caller's range.
        unsafe {
            self.0[0].store_aligned(at);
            self.0[1].store_aligned(at.add(V::BYTES));
            self.0[2].store_aligned(at.add(2 * V::BYTES));
            self.0[3].store_aligned(at.add(3 * V::BYTES));
        }
    }
}

/// A copy of 65 bytes to eight vectors: every load comes before every store. False, with nothing done, for more.
#[inline(always)]
unsafe fn copy_medium<V: Vector>(to: *mut u8, from: *const u8, n: usize) -> bool {
    // SAFETY: all accesses lie in the first or last bytes of ranges that are `n` long.
    unsafe {
        if n <= 4 * V::BYTES {
            let (a, b) = (V::load(from), V::load(from.add(V::BYTES)));
            let end = from.add(n);
            let (c, d) = (V::load(end.sub(2 * V::BYTES)), V::load(end.sub(V::BYTES)));
            a.store(to);
            b.store(to.add(V::BYTES));
            let end = to.add(n);
            c.store(end.sub(2 * V::BYTES));
            d.store(end.sub(V::BYTES));
        } else if n <= 8 * V::BYTES {
            let head = Four::<V>::load(from);
            let tail = Four::<V>::load(from.add(n - 4 * V::BYTES));
            head.store(to);
            tail.store(to.add(n - 4 * V::BYTES));
        } else {
            return false;
        }
    }
    true
}

/// More than eight vectors, ascending: right for `to` below `from` and for ranges apart.
#[inline(always)]
unsafe fn copy_up<V: Vector>(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the loop stays four vectors short of the end, whose bytes were loaded before any store; the
    // first vector is loaded before and stored after the loop's first loads from above it.
    unsafe {
        let head = V::load(from);
        let tail = Four::<V>::load(from.add(n - 4 * V::BYTES));
        let skip = V::BYTES - to.addr() % V::BYTES;
        let mut source = from.add(skip);
        let mut target = to.add(skip);
        let last = to.add(n - 4 * V::BYTES);
        let mut four = Four::<V>::load(source);
        head.store(to);
        loop {
            four.store_aligned(target);
            target = target.add(4 * V::BYTES);
            source = source.add(4 * V::BYTES);
            if target >= last {
                break;
            }
            four = Four::<V>::load(source);
            not_an_idiom();
        }
        tail.store(last);
    }
}

/// More than eight vectors, descending: right for `to` above `from`.
#[inline(always)]
unsafe fn copy_down<V: Vector>(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the mirror image of `copy_up`: the first four vectors are loaded before any store, and the last one
    // before the loop stores below it.
    unsafe {
        let head = Four::<V>::load(from);
        let tail = V::load(from.add(n - V::BYTES));
        // What is left to copy ends at an aligned target.
        let mut left = n - to.add(n).addr() % V::BYTES;
        let mut four = Four::<V>::load(from.add(left - 4 * V::BYTES));
        tail.store(to.add(n - V::BYTES));
        loop {
            left -= 4 * V::BYTES;
            four.store_aligned(to.add(left));
            if left <= 4 * V::BYTES {
                break;
            }
            four = Four::<V>::load(from.add(left - 4 * V::BYTES));
            not_an_idiom();
        }
        head.store(to);
    }
}

/// More than 64 bytes that do not overlap, or overlap with `to` below `from`.
#[inline(always)]
unsafe fn copy_long<V: Vector>(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the caller's ranges.
    unsafe {
        if copy_medium::<V>(to, from, n) {
            return;
        }
        // Apart by the direction's choice; a short distance makes the instruction slow.
        if n >= REPEAT && cpu::has_fast_strings() && from.addr().wrapping_sub(to.addr()) >= 64 {
            asm!("rep movsb", inout("rcx") n => _, inout("rdi") to => _, inout("rsi") from => _,
                 options(nostack, preserves_flags));
            return;
        }
        copy_up::<V>(to, from, n);
    }
}

/// More than 64 bytes that overlap with `to` above `from`.
#[inline(always)]
unsafe fn copy_long_down<V: Vector>(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: the caller's ranges.
    unsafe {
        if !copy_medium::<V>(to, from, n) {
            copy_down::<V>(to, from, n);
        }
    }
}

/// Copies `n` bytes between ranges that do not overlap; returns `to` (ISO C 7.24.2.1).
///
/// # Safety
/// Both ranges are valid and apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, n: size_t) -> *mut c_void {
    let (target, source) = (to.cast::<u8>(), from.cast::<u8>());
    if n <= 64 {
        // SAFETY: the caller's ranges.
        unsafe { copy_small(target, source, n) };
    } else {
        dispatch!(copy_long(target: *mut u8, source: *const u8, n: usize) -> ());
    }
    to
}

/// Copies `n` bytes between ranges that may overlap; returns `to` (ISO C 7.24.2.2).
///
/// # Safety
/// Both ranges are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, n: size_t) -> *mut c_void {
    let (target, source) = (to.cast::<u8>(), from.cast::<u8>());
    if n <= 64 {
        // SAFETY: the caller's ranges.
        unsafe { copy_small(target, source, n) };
    } else if to.addr().wrapping_sub(from.addr()) >= n {
        dispatch!(copy_long(target: *mut u8, source: *const u8, n: usize) -> ());
    } else {
        dispatch!(copy_long_down(target: *mut u8, source: *const u8, n: usize) -> ());
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
