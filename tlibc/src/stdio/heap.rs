//! Heap memory that the program sees: lines of getline, strings of asprintf, buffers and streams.
//!
//! It comes from the C names, because a program may bring its own `malloc` and frees with the `free` beside it.

use crate::types::*;

unsafe extern "C" {
    safe fn malloc(size: size_t) -> *mut c_void;
    #[link_name = "realloc"]
    fn c_realloc(old: *mut c_void, size: size_t) -> *mut c_void;
    #[link_name = "free"]
    fn c_free(block: *mut c_void);
}

/// `size` bytes aligned to 16, or null.
pub fn alloc(size: usize) -> *mut u8 {
    malloc(size).cast()
}

/// Changes a block's size; null, with the block as it was, when memory is short.
///
/// # Safety
/// `old` is null or a live block of this heap.
pub unsafe fn realloc(old: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe { c_realloc(old.cast(), size).cast() }
}

/// Gives a block back.
///
/// # Safety
/// `block` is null or a live block of this heap, not used afterwards.
pub unsafe fn free(block: *mut u8) {
    // SAFETY: the caller's duty.
    unsafe { c_free(block.cast()) }
}
