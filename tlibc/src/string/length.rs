//! strlen, strnlen.

use core::arch::x86_64::__m128i;
use core::marker::PhantomData;

use super::vector::{Null, Vector, dispatch, find};
use crate::platform::PAGE_SIZE;
use crate::types::{c_char, size_t};

/// Bytes before the terminating null (ISO C 7.24.6.3).
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strlen(s: *const c_char) -> size_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8) -> usize {
        // SAFETY: a C string; the null ends the search.
        unsafe { find::<V>(s, Null(PhantomData)).addr() - s.addr() }
    }
    const FIRST: usize = 16;
    let s = s.cast::<u8>();
    // Most strings are short: they need neither wider vectors nor the question whether there are any.
    if s.addr() % PAGE_SIZE <= PAGE_SIZE - FIRST {
        // SAFETY: the bytes are on the page of the string's first one; every processor has SSE2.
        let nulls = unsafe { __m128i::load(s).equal(__m128i::splat(0)).mask() };
        if nulls != 0 {
            return nulls.trailing_zeros() as usize;
        }
    }
    dispatch!(generic(s: *const u8) -> usize)
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
