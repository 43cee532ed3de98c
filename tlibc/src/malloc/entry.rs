//! The allocator's four functions that programs most often bring themselves.
//!
//! Their names proper are glibc's `__libc_malloc` and so on, and `malloc` is a second one: what the compiler sees under a
//! name it may put into the callers, and the library's callers of `malloc` are to reach the program's.

use super::classes::{self, MAX_SMALL, size_of_class};
use super::segment::{self, HUGE, LARGE, PAGE, PAGE_HEAP, SEGMENT, Span, Use};
use super::*;

/// Allocates `size` bytes at a multiple of 16; null with `ENOMEM` when there are not as many.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __libc_malloc(size: size_t) -> *mut c_void {
    or_enomem(allocate(size))
}

/// Frees a block; null is ignored. `errno` is kept.
///
/// # Safety
/// `pointer` must be null or a block in use, which is gone afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __libc_free(pointer: *mut c_void) {
    let block = pointer.cast::<u8>();
    if block.is_null() {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        match checked_class(block) {
            LARGE => segment::free_large(block),
            HUGE => huge::free(block),
            class => (*cache()).give(class as usize, block),
        }
    }
}

/// Allocates zeroed memory for `count` elements of `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __libc_calloc(count: size_t, size: size_t) -> *mut c_void {
    let Some(size) = count.checked_mul(size) else {
        set_errno(Errno::ENOMEM);
        return null_mut();
    };
    let (block, zero) = if size <= MAX_SMALL {
        (allocate(size), false)
    } else {
        allocate_big(size, MIN_ALIGN)
    };
    if !block.is_null() && !zero {
        // SAFETY: a block of at least `size` bytes.
        unsafe { block.write_bytes(0, size) };
    }
    or_enomem(block)
}

/// Changes a block's size, moving it if need be. A size of 0 frees the block and returns null, as in glibc.
///
/// # Safety
/// `pointer` must be null or a block in use; it is gone when the result is not null.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __libc_realloc(pointer: *mut c_void, size: size_t) -> *mut c_void {
    let old = pointer.cast::<u8>();
    if old.is_null() {
        return __libc_malloc(size);
    }
    // SAFETY: the caller's promise; the copy goes between two different blocks.
    unsafe {
        if size == 0 {
            __libc_free(pointer);
            return null_mut();
        }
        if size > MAX_REQUEST {
            set_errno(Errno::ENOMEM);
            return null_mut();
        }
        let usable = match checked_class(old) {
            HUGE if size > SEGMENT / 2 => {
                let moved = huge::resize(old, size);
                if !moved.is_null() {
                    return moved.cast();
                }
                huge::usable_size(old)
            }
            LARGE if size > MAX_SMALL => {
                let mut heap = PAGE_HEAP.lock();
                let span = Span::of(old);
                let before = old.addr() - Span::start(span).addr();
                let pages = (before + size).div_ceil(PAGE);
                let fits = pages <= segment::MAX_LARGE_PAGES;
                if (*span).state == Use::Taken && fits && heap.resize(span, pages) {
                    return pointer;
                }
                (*span).pages as usize * PAGE - before
            }
            class if (class as usize) < classes::COUNT => {
                let usable = size_of_class(class as usize);
                if size <= usable && size > usable / 2 {
                    return pointer;
                }
                usable
            }
            _ => usable_size(old),
        };
        let new = allocate(size);
        if new.is_null() {
            if size <= usable {
                return pointer;
            }
            return or_enomem(new);
        }
        core::ptr::copy_nonoverlapping(old, new, usable.min(size));
        __libc_free(pointer);
        new.cast()
    }
}

alias!(malloc = __libc_malloc);
alias!(free = __libc_free);
alias!(calloc = __libc_calloc);
alias!(realloc = __libc_realloc);
