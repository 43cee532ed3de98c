//! What programs may ask about the heap (mallinfo(3), malloc_trim(3), mallopt(3)).

use super::segment::{PAGE, PAGE_HEAP, SEGMENT};
use crate::errno::{Errno, set_errno};
use crate::stdarg::VaList;
use crate::stdio::FILE;
use crate::stdio::printf::stream::vfprintf;
use crate::stdio::standard::stderr;
use crate::types::*;

#[allow(non_camel_case_types)]
/// `struct mallinfo2`: sizes in bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mallinfo2 {
    /// Bytes mapped for segments.
    pub arena: size_t,
    /// Free chunks; not counted, 0.
    pub ordblks: size_t,
    /// Not counted, 0.
    pub smblks: size_t,
    /// Not counted, 0.
    pub hblks: size_t,
    /// Not counted, 0.
    pub hblkhd: size_t,
    /// Not counted, 0.
    pub usmblks: size_t,
    /// Bytes in this thread's cache.
    pub fsmblks: size_t,
    /// Bytes in use, blocks in caches included.
    pub uordblks: size_t,
    /// Bytes in free spans.
    pub fordblks: size_t,
    /// Bytes that `malloc_trim` could give back.
    pub keepcost: size_t,
}

/// Figures about the segments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn mallinfo2() -> mallinfo2 {
    // SAFETY: the thread's own cache.
    let cached = unsafe { (*super::cache()).bytes() };
    let heap = PAGE_HEAP.lock();
    let (arena, free) = (heap.segments * SEGMENT, heap.free_pages * PAGE);
    mallinfo2 {
        arena,
        fsmblks: cached,
        uordblks: arena - free,
        fordblks: free,
        keepcost: free,
        ..mallinfo2::default()
    }
}

#[allow(non_camel_case_types)]
/// `struct mallinfo`: [`mallinfo2`] in `int`s, for programs older than it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mallinfo {
    /// See [`mallinfo2`]; so are the others.
    pub arena: c_int,
    /// See `arena`.
    pub ordblks: c_int,
    /// See `arena`.
    pub smblks: c_int,
    /// See `arena`.
    pub hblks: c_int,
    /// See `arena`.
    pub hblkhd: c_int,
    /// See `arena`.
    pub usmblks: c_int,
    /// See `arena`.
    pub fsmblks: c_int,
    /// See `arena`.
    pub uordblks: c_int,
    /// See `arena`.
    pub fordblks: c_int,
    /// See `arena`.
    pub keepcost: c_int,
}

/// [`mallinfo2`] in `int`s; what does not fit is `INT_MAX`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn mallinfo() -> mallinfo {
    let short = |size: size_t| c_int::try_from(size).unwrap_or(c_int::MAX);
    let wide = mallinfo2();
    mallinfo {
        arena: short(wide.arena),
        fsmblks: short(wide.fsmblks),
        uordblks: short(wide.uordblks),
        fordblks: short(wide.fordblks),
        keepcost: short(wide.keepcost),
        ..mallinfo::default()
    }
}

/// Prints figures about the heap to standard error (malloc_stats(3)). The sizes are those of all threads together.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn malloc_stats() {
    let figures = mallinfo2();
    // SAFETY: the format's arguments, in memory; standard error is always open as a stream.
    unsafe {
        let mut arguments = [
            figures.arena,
            figures.uordblks,
            figures.arena,
            figures.uordblks,
        ];
        let mut list = VaList::from_memory(arguments.as_mut_ptr().cast());
        vfprintf(
            stderr,
            c"Arena 0:\nsystem bytes     = %10zu\nin use bytes     = %10zu\nTotal (incl. mmap):\nsystem bytes     = %10zu\nin use bytes     = %10zu\n".as_ptr(),
            &raw mut list,
        );
    }
}

/// Writes figures about the heap to a stream as XML, the form of glibc's (malloc_info(3)): 0, or -1 with `EINVAL` for
/// options, of which there are none, or with the stream's error.
///
/// # Safety
/// `stream` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn malloc_info(options: c_int, stream: *mut FILE) -> c_int {
    if options != 0 {
        set_errno(Errno::EINVAL);
        return -1;
    }
    let figures = mallinfo2();
    // SAFETY: the format's arguments, in memory; the caller's stream.
    let written = unsafe {
        let mut arguments = [figures.fordblks, figures.arena, figures.arena];
        let mut list = VaList::from_memory(arguments.as_mut_ptr().cast());
        vfprintf(
            stream,
            c"<malloc version=\"1\">\n<total type=\"rest\" count=\"0\" size=\"%zu\"/>\n<system type=\"current\" size=\"%zu\"/>\n<aspace type=\"total\" size=\"%zu\"/>\n</malloc>\n".as_ptr(),
            &raw mut list,
        )
    };
    if written < 0 { -1 } else { 0 }
}

/// Gives free memory back to the kernel; `_pad` is ignored. 1 if there was any, else 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn malloc_trim(_pad: size_t) -> c_int {
    // SAFETY: the thread's own cache.
    unsafe { (*super::cache()).drain() };
    c_int::from(PAGE_HEAP.lock().trim())
}

/// Sets a tuning parameter: there is none, so the answer is always 0, an error.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn mallopt(_parameter: c_int, _value: c_int) -> c_int {
    0
}

check_layout!(mallinfo = libc::mallinfo { arena, fordblks });
check_layout!(mallinfo2 = libc::mallinfo2 { arena, fordblks });
