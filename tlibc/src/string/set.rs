//! memset, bzero, explicit_bzero.

use core::arch::asm;
use core::arch::x86_64::{_mm_set1_epi8, _mm_store_si128, _mm_storeu_si128};

use crate::types::{c_int, c_void, size_t};

/// Sets `n` bytes to `c`; returns `s` (ISO C 7.24.6.1).
///
/// # Safety
/// `n` bytes are writable at `s`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memset(s: *mut c_void, c: c_int, n: size_t) -> *mut c_void {
    let to = s.cast::<u8>();
    let byte = c as u8;
    // SAFETY: every store lies in the `n` bytes; the aligned loop stops 64 bytes before the end.
    unsafe {
        let block = _mm_set1_epi8(byte.cast_signed());
        if n < 16 {
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
            return s;
        }
        let end = to.add(n);
        _mm_storeu_si128(to.cast(), block);
        _mm_storeu_si128(end.sub(16).cast(), block);
        if n <= 32 {
            return s;
        }
        _mm_storeu_si128(to.add(16).cast(), block);
        _mm_storeu_si128(end.sub(32).cast(), block);
        if n <= 64 {
            return s;
        }
        _mm_storeu_si128(end.sub(48).cast(), block);
        _mm_storeu_si128(end.sub(64).cast(), block);
        _mm_storeu_si128(to.add(32).cast(), block);
        _mm_storeu_si128(to.add(48).cast(), block);
        let mut target = to.add(64 - to.addr() % 16);
        let last = end.sub(64);
        while target < last {
            _mm_store_si128(target.cast(), block);
            _mm_store_si128(target.add(16).cast(), block);
            _mm_store_si128(target.add(32).cast(), block);
            _mm_store_si128(target.add(48).cast(), block);
            target = target.add(64);
            // Keeps the optimiser from seeing a memset here.
            asm!("", options(nostack, preserves_flags));
        }
    }
    s
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
