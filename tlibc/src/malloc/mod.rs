//! The heap: `malloc` and its relatives (POSIX.1-2024 `malloc()`, `posix_memalign()`; malloc(3)).
//!
//! Small sizes come in classes from per-thread lists (`cache`), filled in batches from spans (`central`), which are runs
//! of pages in 4 MiB segments (`segment`); sizes beyond half a segment get mappings of their own (`huge`). All
//! bookkeeping of a block is outside it, found from its address. An invalid or a double free, where it is noticed, ends the
//! process with a message.

mod cache;
mod central;
mod classes;
mod entry;
mod huge;
pub mod info;
mod segment;

pub use cache::Cache;
#[cfg(test)]
pub use entry::{
    __libc_calloc as calloc, __libc_free as free, __libc_malloc as malloc,
    __libc_realloc as realloc,
};

#[cfg(not(test))]
unsafe extern "C" {
    // What the rest of the library calls: the program's functions, if it brings its own. What the library allocates may be
    // freed there, and the other way round.
    /// [`entry::__libc_malloc`] or the program's.
    pub safe fn malloc(size: size_t) -> *mut c_void;
    /// [`entry::__libc_free`] or the program's.
    pub fn free(pointer: *mut c_void);
    /// [`entry::__libc_calloc`] or the program's.
    pub safe fn calloc(count: size_t, size: size_t) -> *mut c_void;
    /// [`entry::__libc_realloc`] or the program's.
    pub fn realloc(pointer: *mut c_void, size: size_t) -> *mut c_void;
}

use crate::errno::{Errno, set_errno};
use crate::panic::fatal;
use crate::types::*;
use classes::{MAX_SMALL, class_of, size_of_class};
use core::ptr::null_mut;
use segment::{HUGE, LARGE, NO_CLASS, PAGE, Segment, Span};

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
