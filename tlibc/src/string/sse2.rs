//! The 16-byte blocks that the scanning functions work on.

use core::arch::asm;
use core::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_setzero_si128,
};

/// Bytes in a block.
pub const BLOCK: usize = 16;

/// The aligned block at `at`.
///
/// # Safety
/// `at` is 16-byte aligned and at least one byte of its block is readable (then all are: same page).
#[inline(always)]
pub unsafe fn load_aligned(at: *const u8) -> __m128i {
    let block;
    // SAFETY: the page is readable by the caller's promise; assembly may read outside Rust objects.
    unsafe {
        asm!("movdqa {block}, [{at}]", block = lateout(xmm_reg) block, at = in(reg) at,
             options(pure, readonly, nostack, preserves_flags));
    }
    block
}

/// The 16 bytes at `at`, aligned or not.
///
/// # Safety
/// All 16 bytes are on readable pages.
#[inline(always)]
pub unsafe fn load(at: *const u8) -> __m128i {
    let block;
    // SAFETY: as in `load_aligned`.
    unsafe {
        asm!("movdqu {block}, [{at}]", block = lateout(xmm_reg) block, at = in(reg) at,
             options(pure, readonly, nostack, preserves_flags));
    }
    block
}

/// A block of sixteen times `byte`.
#[inline(always)]
pub fn splat(byte: u8) -> __m128i {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_set1_epi8(byte.cast_signed()) }
}

/// One bit per byte that is equal in both blocks.
#[inline(always)]
pub fn equal_mask(a: __m128i, b: __m128i) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(a, b)).cast_unsigned() }
}

/// One bit per zero byte.
#[inline(always)]
pub fn zero_mask(a: __m128i) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    equal_mask(a, unsafe { _mm_setzero_si128() })
}

/// One bit per byte that is zero or equal to the byte of `pattern`.
#[inline(always)]
pub fn zero_or_equal_mask(a: __m128i, pattern: __m128i) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe {
        let zero = _mm_cmpeq_epi8(a, _mm_setzero_si128());
        let equal = _mm_cmpeq_epi8(a, pattern);
        _mm_movemask_epi8(_mm_or_si128(zero, equal)).cast_unsigned()
    }
}

/// Whether any of four blocks has a zero byte.
#[inline(always)]
pub fn any_zero(a: __m128i, b: __m128i, c: __m128i, d: __m128i) -> bool {
    use core::arch::x86_64::_mm_min_epu8;
    // SAFETY: SSE2 is part of x86-64.
    let least = unsafe { _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d)) };
    zero_mask(least) != 0
}

/// The block that holds `at`, and the offset of `at` in it.
#[inline(always)]
pub fn containing_block(at: *const u8) -> (*const u8, usize) {
    let offset = at.addr() % BLOCK;
    (at.wrapping_sub(offset), offset)
}
