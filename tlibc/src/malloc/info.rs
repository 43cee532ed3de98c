//! What programs may ask about the heap (mallinfo(3), malloc_trim(3), mallopt(3)).

use super::segment::{PAGE, PAGE_HEAP, SEGMENT};
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

check_layout!(mallinfo2 = libc::mallinfo2 { arena, fordblks });
