//! The heap: `malloc` and its relatives (POSIX.1-2024 `malloc()`, `posix_memalign()`; malloc(3)).
//!
//! Small sizes come in classes from per-thread lists (`cache`), filled in batches from spans (`central`), which are runs
//! of pages in 4 MiB segments (`segment`); sizes beyond half a segment get mappings of their own (`huge`). All
//! bookkeeping of a block is outside it, found from its address. An invalid or a double free, where it is noticed, ends the
//! process with a message.

mod cache;
mod central;
mod classes;
mod huge;
pub mod info;
mod segment;

pub use cache::Cache;

use crate::errno::{Errno, set_errno};
use crate::panic::fatal;
use crate::types::*;
use classes::{MAX_SMALL, class_of, size_of_class};
use core::ptr::null_mut;
use segment::{HUGE, LARGE, NO_CLASS, PAGE, PAGE_HEAP, SEGMENT, Segment, Span, Use};

/// Alignment of every block, in bytes.
const MIN_ALIGN: usize = 16;
/// Largest request: no object may be larger than what a `ptrdiff_t` counts.
const MAX_REQUEST: usize = isize::MAX as usize;

/// The calling thread's cache.
#[cfg(not(test))]
#[inline(always)]
fn cache() -> *mut Cache {
    // SAFETY: a field of the running thread's own block.
    unsafe { &raw mut (*crate::pthread::tcb::current()).cache }
}

#[cfg(test)]
fn cache() -> *mut Cache {
    struct Own(core::cell::UnsafeCell<Cache>);
    impl Drop for Own {
        fn drop(&mut self) {
            self.0.get_mut().drain();
        }
    }
    std::thread_local! {
        static CACHE: Own = const { Own(core::cell::UnsafeCell::new(Cache::new())) };
    }
    CACHE.with(|own| own.0.get())
}

/// Ends the process because the heap was misused.
#[cold]
fn corrupted(what: &str) -> ! {
    fatal(&[what])
}

#[inline(always)]
fn allocate(size: usize) -> *mut u8 {
    if size <= MAX_SMALL {
        // SAFETY: the cache is the thread's own, and nothing else refers to it now.
        return unsafe { (*cache()).take(class_of(size)) };
    }
    allocate_big(size, MIN_ALIGN).0
}

/// A block of more than [`MAX_SMALL`] bytes, and whether it is all zero.
#[cold]
#[inline(never)]
fn allocate_big(size: usize, align: usize) -> (*mut u8, bool) {
    if size > MAX_REQUEST || align > MAX_REQUEST / 4 {
        return (null_mut(), false);
    }
    segment::allocate_large(size, align)
}

fn allocate_aligned(size: usize, align: usize) -> *mut u8 {
    if align <= MIN_ALIGN {
        return allocate(size);
    }
    if align <= PAGE && size <= MAX_SMALL {
        // Blocks of a class whose size is a multiple of the alignment all have it, as spans start at pages.
        let mut class = class_of(size.max(align));
        while class < classes::COUNT && !size_of_class(class).is_multiple_of(align) {
            class += 1;
        }
        if class < classes::COUNT {
            // SAFETY: as in `allocate`.
            return unsafe { (*cache()).take(class) };
        }
    }
    allocate_big(size.max(MAX_SMALL + 1), align).0
}

/// Sets `errno` when an allocation failed.
#[inline(always)]
fn or_enomem(block: *mut u8) -> *mut c_void {
    if block.is_null() {
        set_errno(Errno::ENOMEM);
    }
    block.cast()
}

/// The class entry of a block's page; ends the process when `block` cannot be a block.
///
/// # Safety
/// `block` must be a pointer that an allocation function returned.
#[inline(always)]
unsafe fn checked_class(block: *mut u8) -> u8 {
    let segment = Segment::of(block);
    // SAFETY: the caller's promise makes the head readable; where it was broken this may fault.
    unsafe {
        let class = central::class_of_pointer(segment, block);
        if (*segment).magic != segment::magic(segment.addr())
            || class == NO_CLASS
            || block.addr() & (MIN_ALIGN - 1) != 0
        {
            corrupted("free(): invalid pointer");
        }
        class
    }
}

/// Bytes that may be used behind `block`.
unsafe fn usable_size(block: *mut u8) -> usize {
    // SAFETY: the callers pass blocks in use.
    unsafe {
        match checked_class(block) {
            HUGE => huge::usable_size(block),
            LARGE => {
                let span = Span::of(block);
                let end = Span::start(span).addr() + (*span).pages as usize * PAGE;
                end - block.addr()
            }
            class => size_of_class(class as usize),
        }
    }
}

/// Allocates `size` bytes at a multiple of 16; null with `ENOMEM` when there are not as many.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn malloc(size: size_t) -> *mut c_void {
    or_enomem(allocate(size))
}

/// Frees a block; null is ignored. `errno` is kept.
///
/// # Safety
/// `pointer` must be null or a block in use, which is gone afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn free(pointer: *mut c_void) {
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
pub extern "C" fn calloc(count: size_t, size: size_t) -> *mut c_void {
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
pub unsafe extern "C" fn realloc(pointer: *mut c_void, size: size_t) -> *mut c_void {
    let old = pointer.cast::<u8>();
    if old.is_null() {
        return malloc(size);
    }
    // SAFETY: the caller's promise; the copy goes between two different blocks.
    unsafe {
        if size == 0 {
            free(pointer);
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
        free(pointer);
        new.cast()
    }
}

/// `realloc` for `count` elements of `size` bytes, with `ENOMEM` when the product overflows.
///
/// # Safety
/// As for [`realloc`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn reallocarray(
    pointer: *mut c_void,
    count: size_t,
    size: size_t,
) -> *mut c_void {
    match count.checked_mul(size) {
        // SAFETY: the caller's promise.
        Some(size) => unsafe { realloc(pointer, size) },
        None => {
            set_errno(Errno::ENOMEM);
            null_mut()
        }
    }
}

/// Allocates at a multiple of `align`, which must be a power of two and a multiple of a pointer's size. Returns 0, `EINVAL` or
/// `ENOMEM`; `errno` and `*out` are kept on failure.
///
/// # Safety
/// `out` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_memalign(
    out: *mut *mut c_void,
    align: size_t,
    size: size_t,
) -> c_int {
    if !align.is_power_of_two() || align < size_of::<*mut c_void>() {
        return Errno::EINVAL.0;
    }
    let block = allocate_aligned(size, align);
    if block.is_null() {
        return Errno::ENOMEM.0;
    }
    // SAFETY: the caller's promise.
    unsafe { out.write(block.cast()) };
    0
}

/// Allocates at a multiple of `align`, a power of two (C11 7.22.3.1); null with `EINVAL` or `ENOMEM`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn aligned_alloc(align: size_t, size: size_t) -> *mut c_void {
    if !align.is_power_of_two() {
        set_errno(Errno::EINVAL);
        return null_mut();
    }
    or_enomem(allocate_aligned(size, align))
}

/// The older form of [`aligned_alloc`], which rounds other alignments up to powers of two (memalign(3)).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn memalign(align: size_t, size: size_t) -> *mut c_void {
    match align.checked_next_power_of_two() {
        Some(align) => aligned_alloc(align, size),
        None => {
            set_errno(Errno::EINVAL);
            null_mut()
        }
    }
}

/// Allocates at a page boundary (valloc(3)).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn valloc(size: size_t) -> *mut c_void {
    or_enomem(allocate_aligned(size, crate::platform::PAGE_SIZE))
}

/// Allocates whole pages (valloc(3)).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pvalloc(size: size_t) -> *mut c_void {
    let page = crate::platform::PAGE_SIZE;
    match size.checked_next_multiple_of(page) {
        Some(size) => or_enomem(allocate_aligned(size.max(page), page)),
        None => or_enomem(null_mut()),
    }
}

/// Bytes that may be used in a block: at least what was asked for; 0 for null.
///
/// # Safety
/// `pointer` must be null or a block in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn malloc_usable_size(pointer: *mut c_void) -> size_t {
    if pointer.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { usable_size(pointer.cast()) }
}

/// Gives the calling thread's cached blocks back, at its end.
pub fn thread_exit() {
    // SAFETY: the thread's own cache.
    unsafe { (*cache()).drain() };
}

/// Takes every lock of the heap before a fork.
pub fn fork_prepare() {
    central::lock_all();
}

/// Releases them afterwards, in the parent and in the child.
pub fn fork_done() {
    central::unlock_all();
}

alias!(__libc_malloc = malloc);
alias!(__libc_free = free);
alias!(__libc_calloc = calloc);
alias!(__libc_realloc = realloc);
alias!(__libc_memalign = memalign);

check_signature! {
    malloc_usable_size: fn(*mut c_void) -> size_t;
    posix_memalign: fn(*mut *mut c_void, size_t, size_t) -> c_int;
    realloc: fn(*mut c_void, size_t) -> *mut c_void;
    reallocarray: fn(*mut c_void, size_t, size_t) -> *mut c_void;
    free: fn(*mut c_void);
}

#[cfg(test)]
mod tests;
