//! Physical memory as owned values.
//!
//! A [`Frame`] is a counted reference to one page of *untyped* memory: it may be mapped into user
//! address spaces and be changed by programs at any time, so it is only read and written by
//! copying, never borrowed. The kernel heap (the global allocator) takes its pages from the same
//! pool and may use the last [`MemoryStats::reserve`] frames, which user-driven allocation (frames,
//! page tables, tasks) may not: small kernel allocations keep succeeding when programs have eaten
//! the rest.

pub use crate::backend::mem::Frame;

/// Bytes in a page and in a [`Frame`].
pub const PAGE_SIZE: usize = 4096;

/// No frame is left above the reserve; user-visible as `ENOMEM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl core::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("out of memory")
    }
}

impl core::error::Error for OutOfMemory {}

/// How the memory of the machine is used, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryStats {
    /// Memory the kernel manages: the machine's RAM without the kernel image and the frame table.
    pub total: usize,
    /// Not in use by anything.
    pub free: usize,
    /// Held by the kernel heap, its internal waste included.
    pub heap: usize,
    /// The part of `free` that [`Frame::zeroed`] and its like leave to the kernel heap.
    pub reserve: usize,
}

/// Reads the usage counters.
pub fn stats() -> MemoryStats {
    crate::backend::mem::stats()
}
