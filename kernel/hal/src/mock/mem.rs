//! Frames as heap pages.

use crate::mem::{MemoryStats, OutOfMemory, PAGE_SIZE};
use std::cell::Cell;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What the machine pretends to have.
const TOTAL_FRAMES: usize = 1 << 20;

thread_local! {
    static FREE: Cell<usize> = const { Cell::new(TOTAL_FRAMES) };
}

/// Sets how many more frames this thread can allocate; frames it frees are added.
pub fn set_free_frames(frames: usize) {
    FREE.set(frames);
}

/// Takes one frame from the thread's supply.
pub(super) fn charge() -> Result<(), OutOfMemory> {
    let free = FREE.get().checked_sub(1).ok_or(OutOfMemory)?;
    FREE.set(free);
    Ok(())
}

struct Page(Mutex<[u8; PAGE_SIZE]>);

impl Drop for Page {
    fn drop(&mut self) {
        // The last owner may outlive the thread's storage; its supply is then gone as well.
        let _ = FREE.try_with(|free| free.set(free.get() + 1));
    }
}

/// One page of physical memory with a reference count; see [`crate::mem`].
#[derive(Clone)]
pub struct Frame(Arc<Page>);

impl Frame {
    /// A frame full of zero bytes.
    ///
    /// # Errors
    /// [`OutOfMemory`] when only the reserve is left.
    pub fn zeroed() -> Result<Self, OutOfMemory> {
        charge()?;
        Ok(Self(Arc::new(Page(Mutex::new([0; PAGE_SIZE])))))
    }

    /// A new frame with the same contents.
    ///
    /// # Errors
    /// As [`Self::zeroed`].
    pub fn duplicate(&self) -> Result<Self, OutOfMemory> {
        let copy = Self::zeroed()?;
        let contents = self.with(|page| *page);
        copy.with(|page| *page = contents);
        Ok(copy)
    }

    /// Copies `to.len()` bytes from `offset`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn read(&self, offset: usize, to: &mut [u8]) {
        self.with(|page| to.copy_from_slice(&page[offset..][..to.len()]));
    }

    /// Copies `from` to `offset`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn write(&self, offset: usize, from: &[u8]) {
        self.with(|page| page[offset..][..from.len()].copy_from_slice(from));
    }

    /// Sets the bytes of `range`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn fill(&self, range: Range<usize>, byte: u8) {
        self.with(|page| page[range].fill(byte));
    }

    /// Owners of the frame, mappings included; 1 means nobody else has it.
    pub fn references(&self) -> u32 {
        Arc::strong_count(&self.0).try_into().unwrap_or(u32::MAX)
    }

    /// Whether both are the same page of memory.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells frames apart while they live (for futex keys and the like).
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    fn with<R>(&self, f: impl FnOnce(&mut [u8; PAGE_SIZE]) -> R) -> R {
        // A test that panicked inside leaves whole bytes behind, which is all a frame promises.
        f(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl core::fmt::Debug for Frame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Frame({:#x})", self.id())
    }
}

pub(crate) fn stats() -> MemoryStats {
    MemoryStats {
        total: TOTAL_FRAMES * PAGE_SIZE,
        free: FREE.get() * PAGE_SIZE,
        heap: 0,
        reserve: 0,
    }
}
