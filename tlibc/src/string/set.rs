//! memset, bzero, explicit_bzero.

use core::arch::asm;
use core::arch::x86_64::__m128i;

use super::cpu;
use super::vector::{Vector, dispatch};
use crate::types::{c_int, c_void, size_t};

/// From how many bytes on `rep stosb` is used where it is fast.
const REPEAT: usize = 4096;

/// Sets `n` bytes to `c`; returns `s` (ISO C 7.24.6.1).
///
/// # Safety
/// `n` bytes are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memset(s: *mut c_void, c: c_int, n: size_t) -> *mut c_void {
    let to = s.cast::<u8>();
    let byte = c as u8;
    if n > 64 {
        dispatch!(set_long(to: *mut u8, byte: u8, n: usize) -> ());
        return s;
    }
    // SAFETY: every store lies in the `n` bytes.
    unsafe {
        if n >= 16 {
            let block = __m128i::splat(byte);
            block.store(to);
            block.store(to.add(n - 16));
            if n > 32 {
                block.store(to.add(16));
                block.store(to.add(n - 32));
            }
            return s;
        }
        let word = u64::from(byte) * 0x0101_0101_0101_0101;
        if n >= 8 {
            to.cast::<u64>().write_unaligned(word);
            to.add(n - 8).cast::<u64>().write_unaligned(word);
        } else if n >= 4 {
            to.cast::<u32>().write_unaligned(word as u32);
            to.add(n - 4).cast::<u32>().write_unaligned(word as u32);
        } else if n >= 2 {
            to.cast::<u16>().write_unaligned(word as u16);
            to.add(n - 2).cast::<u16>().write_unaligned(word as u16);
        } else if n == 1 {
            *to = byte;
        }
    }
    s
}

/// More than 64 bytes.
#[inline(always)]
unsafe fn set_long<V: Vector>(to: *mut u8, byte: u8, n: usize) {
    // SAFETY: every store lies in the `n` bytes; the aligned loop stops short of the last four vectors.
    unsafe {
        if n > REPEAT && cpu::has_fast_strings() {
            asm!("rep stosb", inout("rcx") n => _, inout("rdi") to => _, in("al") byte,
                 options(nostack, preserves_flags));
            return;
        }
        let block = V::splat(byte);
        let end = to.add(n);
        block.store(to);
        block.store(end.sub(V::BYTES));
        block.store(to.add(V::BYTES));
        block.store(end.sub(2 * V::BYTES));
        if n <= 4 * V::BYTES {
            return;
        }
        block.store(end.sub(3 * V::BYTES));
        block.store(end.sub(4 * V::BYTES));
        block.store(to.add(2 * V::BYTES));
        block.store(to.add(3 * V::BYTES));
        let mut target = to.add(4 * V::BYTES - to.addr() % V::BYTES);
        let last = end.sub(4 * V::BYTES);
        while target < last {
            block.store_aligned(target);
            block.store_aligned(target.add(V::BYTES));
            block.store_aligned(target.add(2 * V::BYTES));
            block.store_aligned(target.add(3 * V::BYTES));
            target = target.add(4 * V::BYTES);
            // Keeps the optimiser from seeing a memset here.
            asm!("", options(nostack, preserves_flags));
        }
    }
}

/// [`memset`] with zero (BSD).
///
/// # Safety
/// `n` bytes are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bzero(s: *mut c_void, n: size_t) {
    // SAFETY: the caller's range.
    unsafe { memset(s, 0, n) };
}

/// [`bzero`] that the compiler may not leave out, for secrets (BSD).
///
/// # Safety
/// `n` bytes are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn explicit_bzero(s: *mut c_void, n: size_t) {
    // SAFETY: the caller's range; the assembly claims to read it.
    unsafe {
        memset(s, 0, n);
        asm!("/* {0} */", in(reg) s, options(nostack, preserves_flags));
    }
}
