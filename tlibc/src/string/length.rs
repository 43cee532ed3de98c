//! strlen, strnlen.

use super::sse2::{BLOCK, any_zero, containing_block, load_aligned, zero_mask};
use crate::types::{c_char, size_t};

/// Bytes before the terminating null (ISO C 7.24.6.3).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strlen(s: *const c_char) -> size_t {
    let start = s.cast::<u8>();
    let (mut block, offset) = containing_block(start);
    // SAFETY: each block read holds a byte of the string or follows, in the same 64 bytes, one that does.
    unsafe {
        let first = zero_mask(load_aligned(block)) >> offset;
        if first != 0 {
            return first.trailing_zeros() as usize;
        }
        block = block.add(BLOCK);
        while block.addr() % 64 != 0 {
            let mask = zero_mask(load_aligned(block));
            if mask != 0 {
                return block.addr() - start.addr() + mask.trailing_zeros() as usize;
            }
            block = block.add(BLOCK);
        }
        loop {
            let a = load_aligned(block);
            let b = load_aligned(block.add(16));
            let c = load_aligned(block.add(32));
            let d = load_aligned(block.add(48));
            if any_zero(a, b, c, d) {
                let low = u64::from(zero_mask(a)) | u64::from(zero_mask(b)) << 16;
                let high = u64::from(zero_mask(c)) | u64::from(zero_mask(d)) << 16;
                let mask = low | high << 32;
                return block.addr() - start.addr() + mask.trailing_zeros() as usize;
            }
            block = block.add(64);
        }
    }
}

/// Like [`strlen`], but looks at no more than `limit` bytes (POSIX.1).
///
/// # Safety
/// `s` is a C string or has `limit` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strnlen(s: *const c_char, limit: size_t) -> size_t {
    // SAFETY: memchr stops at the first null, so it reads the string or `limit` bytes.
    let end = unsafe { super::search::memchr(s.cast(), 0, limit) };
    if end.is_null() {
        limit
    } else {
        end.addr() - s.addr()
    }
}
