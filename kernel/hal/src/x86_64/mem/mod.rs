//! Physical memory: the frame table, frames, and the kernel heap on top.
//!
//! One lock guards the page lists and the heap's slabs. Reference counts are atomics in a table of
//! their own, so counting takes no lock.

mod heap;
pub(crate) mod string;

use super::paging::direct;
use crate::buddy::{Buddy, Page};
use crate::mem::{MemoryStats, OutOfMemory, PAGE_SIZE};
use crate::sync::SpinLock;
use core::num::NonZeroU32;
use core::ops::Range;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Frames that are left to the kernel heap: 1/32 of the memory, within these limits.
const RESERVE_LIMITS: (usize, usize) = (64, 1024);

/// A count that has come this far stays there for good: the frame leaks instead of being freed
/// while in use.
const SATURATED: u32 = 0xc000_0000;
const LARGEST_COUNT: u32 = 0x8000_0000;

/// What the lock guards.
struct Memory {
    buddy: Buddy,
    slabs: heap::Slabs,
    total: usize,
    reserve: usize,
}

static MEMORY: SpinLock<Memory> = SpinLock::new(Memory {
    buddy: Buddy::empty(),
    slabs: heap::Slabs::new(),
    total: 0,
    reserve: 0,
});

/// Reference counts by page number; set once by [`init`].
static COUNTS: AtomicPtr<AtomicU32> = AtomicPtr::new(core::ptr::null_mut());

/// Hands `usable` memory (physical ranges) to the allocator, except `taken` ranges. The page
/// tables' direct map covers it.
pub(crate) fn init(usable: &[Range<usize>], taken: &[Range<usize>]) {
    let pages = usable.iter().map(|range| range.end).max().unwrap_or(0) / PAGE_SIZE;
    let table_size = (pages * size_of::<Page>()).next_multiple_of(PAGE_SIZE);
    let counts_size = (pages * size_of::<AtomicU32>()).next_multiple_of(PAGE_SIZE);
    let table =
        find_room(usable, taken, table_size + counts_size).expect("no room for the frame table");
    // SAFETY: the range is RAM that nothing uses, and from here on it belongs to the two tables for
    // good. All-zero bytes are a valid `AtomicU32`; the pages' entries are written before they are
    // read.
    let (entries, counts) = unsafe {
        let entries = direct::<Page>(table);
        for index in 0..pages {
            entries.add(index).write(Page::TAKEN);
        }
        let counts = direct::<AtomicU32>(table + table_size);
        core::ptr::write_bytes(counts, 0, pages);
        (core::slice::from_raw_parts_mut(entries, pages), counts)
    };
    COUNTS.store(counts, Ordering::Release);
    let mut memory = MEMORY.lock();
    memory.buddy.set_table(entries);
    let own = table..table + table_size + counts_size;
    for range in usable {
        let mut start = range.start.next_multiple_of(PAGE_SIZE);
        let end = range.end & !(PAGE_SIZE - 1);
        while start < end {
            // The next taken range that touches what is left.
            let next = taken
                .iter()
                .chain([&own])
                .filter(|t| t.end > start && t.start < end)
                .min_by_key(|t| t.start);
            let stop = next.map_or(end, |t| t.start & !(PAGE_SIZE - 1));
            if stop > start {
                memory
                    .buddy
                    .release((start / PAGE_SIZE) as u32, (stop - start) / PAGE_SIZE);
            }
            start = next.map_or(end, |t| t.end.next_multiple_of(PAGE_SIZE));
        }
    }
    memory.total = memory.buddy.free() * PAGE_SIZE;
    memory.reserve = (memory.buddy.free() / 32).clamp(RESERVE_LIMITS.0, RESERVE_LIMITS.1);
}

/// The start of `size` bytes of usable memory outside of the taken ranges.
pub(crate) fn find_room(
    usable: &[Range<usize>],
    taken: &[Range<usize>],
    size: usize,
) -> Option<usize> {
    usable.iter().find_map(|range| {
        let mut start = range.start.next_multiple_of(PAGE_SIZE);
        while start + size <= range.end {
            match taken
                .iter()
                .find(|t| t.start < start + size && t.end > start)
            {
                Some(overlap) => start = overlap.end.next_multiple_of(PAGE_SIZE),
                None => return Some(start),
            }
        }
        None
    })
}

/// More memory after boot (the initial RAM file system's).
pub(crate) fn add(range: Range<usize>) {
    let mut memory = MEMORY.lock();
    memory
        .buddy
        .release((range.start / PAGE_SIZE) as u32, range.len() / PAGE_SIZE);
    memory.total += range.len();
}

/// Counts memory in that becomes frames one by one, by [`claim`].
pub(crate) fn count_in(bytes: usize) {
    MEMORY.lock().total += bytes;
}

/// Makes a frame of a page that was kept from the allocator at boot.
///
/// # Safety
/// The page is RAM within the ranges given to [`init`], nothing uses it, and it is claimed once.
pub(crate) unsafe fn claim(page: u32) -> Option<Frame> {
    let frame = NonZeroU32::new(page)?;
    count(page).store(1, Ordering::Relaxed);
    Some(Frame(frame))
}

/// Takes one frame, contents unspecified, unless only the reserve is left. Returns its page number.
#[inline]
pub(crate) fn allocate_user_frame() -> Result<u32, OutOfMemory> {
    let mut memory = MEMORY.lock();
    if memory.buddy.free() <= memory.reserve {
        return Err(OutOfMemory);
    }
    memory.buddy.allocate_one().ok_or(OutOfMemory)
}

/// Gives contiguous frames back.
#[inline]
pub(crate) fn free_frames(page: u32, count: usize) {
    let mut memory = MEMORY.lock();
    if count == 1 {
        memory.buddy.release_one(page)
    } else {
        memory.buddy.release(page, count)
    }
}

pub(crate) fn stats() -> MemoryStats {
    let memory = MEMORY.lock();
    MemoryStats {
        total: memory.total,
        free: memory.buddy.free() * PAGE_SIZE,
        heap: memory.slabs.pages * PAGE_SIZE,
        reserve: memory.reserve * PAGE_SIZE,
    }
}

/// One page of physical memory with a reference count; see [`crate::mem`].
// Page number. The count of a page that some `Frame` (or page-table entry, which owns one) names is
// at least 1.
pub struct Frame(NonZeroU32);

impl Frame {
    /// A frame full of zero bytes.
    ///
    /// # Errors
    /// [`OutOfMemory`] when only the reserve is left.
    #[inline]
    pub fn zeroed() -> Result<Self, OutOfMemory> {
        let frame = Self::allocate()?;
        // SAFETY: the frame was just allocated, so its page is RAM that only this function uses.
        unsafe { string::zero_page(frame.pointer()) };
        Ok(frame)
    }

    /// A new frame with the same contents.
    ///
    /// # Errors
    /// As [`Self::zeroed`].
    pub fn duplicate(&self) -> Result<Self, OutOfMemory> {
        let copy = Self::allocate()?;
        // SAFETY: `copy` is used by this function only, and both are pages of RAM. Programs may
        // write to the source meanwhile; the copy is done by instructions, not by Rust accesses,
        // and yields some mix of bytes.
        unsafe { string::copy_page(copy.pointer(), self.pointer()) };
        Ok(copy)
    }

    #[inline]
    fn allocate() -> Result<Self, OutOfMemory> {
        let page = allocate_user_frame()?;
        count(page).store(1, Ordering::Relaxed);
        // Page 0 is never given to the allocator.
        NonZeroU32::new(page).map(Self).ok_or(OutOfMemory)
    }

    /// Copies `to.len()` bytes from `offset`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn read(&self, offset: usize, to: &mut [u8]) {
        check(offset, to.len());
        // SAFETY: the range is in the frame's page, which lives as long as `self`; see `duplicate`
        // on concurrent writes.
        unsafe { string::copy_raw(to.as_mut_ptr(), self.pointer().add(offset), to.len()) };
    }

    /// Copies `from` to `offset`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn write(&self, offset: usize, from: &[u8]) {
        check(offset, from.len());
        // SAFETY: as `read`. No Rust reference to a frame's bytes ever exists.
        unsafe { string::copy_raw(self.pointer().add(offset), from.as_ptr(), from.len()) };
    }

    /// Sets the bytes of `range`.
    ///
    /// # Panics
    /// When the range leaves the frame.
    pub fn fill(&self, range: Range<usize>, byte: u8) {
        assert!(range.start <= range.end, "inverted range");
        check(range.start, range.len());
        // SAFETY: as `write`.
        unsafe { string::fill_raw(self.pointer().add(range.start), byte, range.len()) };
    }

    /// Owners of the frame, mappings included; 1 means nobody else has it.
    #[inline]
    pub fn references(&self) -> u32 {
        count(self.0.get()).load(Ordering::Acquire)
    }

    /// Whether both are the same page of memory.
    #[inline]
    pub fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// A number that tells frames apart while they live (for futex keys and the like).
    #[inline]
    pub fn id(&self) -> usize {
        self.0.get() as usize
    }

    /// The frame's page in the direct map.
    #[inline]
    pub(crate) fn pointer(&self) -> *mut u8 {
        direct(self.address())
    }

    /// The frame's physical address.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        self.0.get() as usize * PAGE_SIZE
    }

    /// Gives the reference up for a page-table entry to own.
    #[inline]
    pub(crate) fn into_address(self) -> usize {
        let address = self.address();
        core::mem::forget(self);
        address
    }

    /// Takes a reference over from a page-table entry.
    ///
    /// # Safety
    /// The address came from [`Self::into_address`], and each is turned back once.
    #[inline]
    pub(crate) unsafe fn from_address(address: usize) -> Self {
        // SAFETY: frames have page numbers that are not 0.
        Self(unsafe { NonZeroU32::new_unchecked((address / PAGE_SIZE) as u32) })
    }

    /// Counts a reference that a page-table entry owns from now on.
    ///
    /// # Safety
    /// Some owner of the frame at this physical address keeps it alive meanwhile.
    #[inline]
    pub(crate) unsafe fn share_address(address: usize) {
        raise((address / PAGE_SIZE) as u32);
    }
}

fn check(offset: usize, length: usize) {
    assert!(
        offset <= PAGE_SIZE && length <= PAGE_SIZE - offset,
        "range leaves the frame"
    );
}

#[inline]
fn count(page: u32) -> &'static AtomicU32 {
    // SAFETY: the callers' pages are frames or page tables, which come from the allocator: they are
    // below the table's end, and the table was set before the first of them was handed out.
    unsafe { &*COUNTS.load(Ordering::Relaxed).add(page as usize) }
}

#[inline]
fn raise(page: u32) {
    let count = count(page);
    if count.fetch_add(1, Ordering::Relaxed) >= LARGEST_COUNT {
        count.store(SATURATED, Ordering::Relaxed);
    }
}

/// Non-zero entries of a page table, which its reference count holds: no [`Frame`] names a table.
#[inline]
pub(crate) fn entries(table: usize) -> u32 {
    count((table / PAGE_SIZE) as u32).load(Ordering::Relaxed)
}

/// Changes [`entries`] of a table.
#[inline]
pub(crate) fn change_entries(table: usize, difference: i32) {
    let count = count((table / PAGE_SIZE) as u32);
    count.store(
        count
            .load(Ordering::Relaxed)
            .wrapping_add_signed(difference),
        Ordering::Relaxed,
    );
}

/// Sets [`entries`] of a new table to 0.
#[inline]
pub(crate) fn reset_entries(table: usize) {
    count((table / PAGE_SIZE) as u32).store(0, Ordering::Relaxed);
}

impl Clone for Frame {
    #[inline]
    fn clone(&self) -> Self {
        raise(self.0.get());
        Self(self.0)
    }
}

impl Drop for Frame {
    #[inline]
    fn drop(&mut self) {
        let count = count(self.0.get());
        let before = count.fetch_sub(1, Ordering::AcqRel);
        if before == 1 {
            free_frames(self.0.get(), 1);
        } else if before > LARGEST_COUNT {
            count.store(SATURATED, Ordering::Relaxed);
        }
    }
}

impl core::fmt::Debug for Frame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Frame({:#x})", self.address())
    }
}
