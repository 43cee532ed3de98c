//! The kernel heap: slabs of equal objects for small sizes, contiguous frames for large ones.
//!
//! A slab is one page. Its free objects form a list through their first two bytes; pages with room
//! form a list per class through the frame table. An empty slab goes back to the page allocator at
//! once, but for one per class.

use super::{MEMORY, Memory};
use crate::buddy::{NONE, Page, Use};
use crate::mem::PAGE_SIZE;
use crate::size_class;
use crate::x86_64::paging::{self, direct};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;

const NO_OBJECT: u16 = u16::MAX;
const UNIT: usize = 16;

/// Free objects of a class that are kept out of their slabs: most are soon wanted again.
const HOT: usize = 16;

/// The slabs with room, by class.
pub(super) struct Slabs {
    /// Physical addresses of objects at hand; to their slabs they are in use.
    hot: [[usize; HOT]; size_class::COUNT],
    hot_count: [usize; size_class::COUNT],
    heads: [u32; size_class::COUNT],
    /// Pages of the heap, large allocations included.
    pub(super) pages: usize,
}

impl Slabs {
    pub(super) const fn new() -> Self {
        Self {
            hot: [[0; HOT]; size_class::COUNT],
            hot_count: [0; size_class::COUNT],
            heads: [NONE; size_class::COUNT],
            pages: 0,
        }
    }
}

impl Memory {
    /// Takes an object of the class; the physical address, or `None` when no page is left.
    #[inline]
    fn allocate_object(&mut self, class: usize) -> Option<usize> {
        let count = self.slabs.hot_count[class];
        if count == 0 {
            return self.allocate_from_slab(class);
        }
        self.slabs.hot_count[class] = count - 1;
        Some(self.slabs.hot[class][count - 1])
    }

    /// Gives an object back.
    ///
    /// # Safety
    /// The object came from [`Self::allocate_object`] and nothing uses it any more.
    #[inline]
    unsafe fn free_object(&mut self, class: usize, address: usize) {
        let count = self.slabs.hot_count[class];
        if count == HOT {
            // SAFETY: the caller's promise.
            unsafe { self.free_to_slab(class, address) };
            return;
        }
        self.slabs.hot[class][count] = address;
        self.slabs.hot_count[class] = count + 1;
    }

    #[cold]
    fn allocate_from_slab(&mut self, class: usize) -> Option<usize> {
        let mut slab = self.slabs.heads[class];
        if slab == NONE {
            slab = self.buddy.allocate_one()?;
            self.slabs.pages += 1;
            self.buddy.pages[slab as usize] = Page {
                first_free: NO_OBJECT,
                order: class as u8,
                use_: Use::Slab,
                ..Page::TAKEN
            };
            self.slabs.heads[class] = slab;
        }
        let size = usize::from(size_class::SIZES[class]);
        let base = slab as usize * PAGE_SIZE;
        let entry = &mut self.buddy.pages[slab as usize];
        let offset = if entry.first_free != NO_OBJECT {
            let offset = usize::from(entry.first_free) * UNIT;
            // SAFETY: the object is free and in this slab, so the heap owns its bytes; freeing
            // stored the link there.
            entry.first_free = unsafe { direct::<u16>(base + offset).read() };
            offset
        } else {
            let offset = usize::from(entry.fresh) * UNIT;
            entry.fresh += (size / UNIT) as u16;
            offset
        };
        entry.in_use += 1;
        let full =
            entry.first_free == NO_OBJECT && usize::from(entry.fresh) * UNIT + size > PAGE_SIZE;
        if full {
            // The slab is its list's head.
            let next = entry.next;
            entry.next = NONE;
            self.slabs.heads[class] = next;
            if next != NONE {
                self.buddy.pages[next as usize].previous = NONE;
            }
        }
        Some(base + offset)
    }

    /// # Safety
    /// As for [`Self::free_object`].
    unsafe fn free_to_slab(&mut self, class: usize, address: usize) {
        let slab = (address / PAGE_SIZE) as u32;
        let size = usize::from(size_class::SIZES[class]);
        let entry = &mut self.buddy.pages[slab as usize];
        let was_full =
            entry.first_free == NO_OBJECT && usize::from(entry.fresh) * UNIT + size > PAGE_SIZE;
        // SAFETY: the caller gives the object's bytes back to the heap.
        unsafe { direct::<u16>(address).write(entry.first_free) };
        entry.first_free = (address % PAGE_SIZE / UNIT) as u16;
        entry.in_use -= 1;
        let empty = entry.in_use == 0;
        let head = self.slabs.heads[class];
        if was_full {
            entry.next = head;
            entry.previous = NONE;
            if head != NONE {
                self.buddy.pages[head as usize].previous = slab;
            }
            self.slabs.heads[class] = slab;
        } else if empty && (head != slab || entry.next != NONE) {
            // Not the last slab with room: unlink it and give it back.
            let Page { next, previous, .. } = *entry;
            *entry = Page::TAKEN;
            if next != NONE {
                self.buddy.pages[next as usize].previous = previous;
            }
            if previous == NONE {
                self.slabs.heads[class] = next;
            } else {
                self.buddy.pages[previous as usize].next = next;
            }
            self.slabs.pages -= 1;
            self.buddy.release_one(slab);
        }
    }

    /// Takes whole pages. Large allocations leave half of the reserve, so that small ones keep
    /// succeeding.
    fn allocate_pages(&mut self, count: usize) -> Option<usize> {
        if self.buddy.free() < count + self.reserve / 2 {
            return None;
        }
        let page = self.buddy.allocate(count)?;
        self.slabs.pages += count;
        Some(page as usize * PAGE_SIZE)
    }
}

/// An object of the class, or null. Out of line: the class is a constant at most of the places that
/// allocate, and the call is shorter than the work.
#[inline(never)]
fn allocate_small(class: usize) -> *mut u8 {
    let address = MEMORY.lock().allocate_object(class);
    address.map_or(null_mut(), direct)
}

/// # Safety
/// `pointer` came from [`allocate_small`] with that class, and nothing uses it any more.
#[inline(never)]
unsafe fn free_small(class: usize, pointer: *mut u8) {
    let address = paging::direct_address(pointer);
    // SAFETY: the caller's promise.
    unsafe { MEMORY.lock().free_object(class, address) };
}

/// Memory of a size that no class has, or null.
#[cold]
#[inline(never)]
fn allocate_large(layout: &Layout) -> *mut u8 {
    // A block is aligned to its size rounded up to a power of two.
    let address = MEMORY.lock().allocate_pages(pages(layout));
    address.map_or(null_mut(), direct)
}

#[cold]
#[inline(never)]
fn free_large(layout: &Layout, pointer: *mut u8) {
    let address = paging::direct_address(pointer);
    let count = pages(layout);
    let mut memory = MEMORY.lock();
    memory.slabs.pages -= count;
    memory.buddy.release((address / PAGE_SIZE) as u32, count);
}

/// The global allocator of the kernel.
struct KernelHeap;

#[global_allocator]
static HEAP: KernelHeap = KernelHeap;

// SAFETY: `alloc` gives each caller memory of its own: slab objects and page blocks are handed out
// once until freed, are as large and aligned as the class table (tested) and the buddy system (a
// block is aligned to its size) say; `dealloc` finds the same class from the same layout.
unsafe impl GlobalAlloc for KernelHeap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match size_class::of(layout.size(), layout.align()) {
            Some(class) => allocate_small(class),
            None => allocate_large(&layout),
        }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        match size_class::of(layout.size(), layout.align()) {
            // SAFETY: the caller's promise: allocated here with this layout, and unused from now
            // on.
            Some(class) => unsafe { free_small(class, pointer) },
            None => free_large(&layout, pointer),
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise: `new_size`, rounded up to the alignment, does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let (old_class, new_class) = (
            size_class::of(layout.size(), layout.align()),
            size_class::of(new_size, layout.align()),
        );
        if old_class == new_class && (old_class.is_some() || pages(&layout) == pages(&new_layout)) {
            return pointer;
        }
        // SAFETY: the caller's promise about `pointer` and `layout`; the new block is apart from
        // the old one.
        unsafe {
            let new = self.alloc(new_layout);
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(pointer, new, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}

/// Pages of a large allocation; enough to get its alignment from the buddy system.
fn pages(layout: &Layout) -> usize {
    layout.size().max(layout.align()).div_ceil(PAGE_SIZE)
}
