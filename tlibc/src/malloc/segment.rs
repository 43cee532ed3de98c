//! Segments and spans: where blocks come from.
//!
//! A segment is [`SEGMENT`] bytes at a multiple of that size, so that the segment of any block is found by masking its
//! address. Its first pages describe it; the others form spans: runs of heap pages that are free, hold
//! blocks of one size class, or are one large block. Neighbouring free spans are merged; a segment that is wholly
//! free goes back to the kernel, except one. All of it is guarded by the one page-heap lock, apart from `classes`
//! and the block lists of class spans, see `central`.

use super::{corrupted, huge};
use crate::platform::{self, constants::*};
use crate::sync::Mutex;
use crate::types::*;
use core::ptr::null_mut;

/// Size and alignment of a segment.
pub const SEGMENT: usize = 4 << 20;
/// Size of a heap page.
pub const PAGE: usize = 8 << 10;
/// Heap pages per segment.
pub const PAGES: usize = SEGMENT / PAGE;

/// In [`Segment::classes`]: not a block's page.
pub const NO_CLASS: u8 = 0;
/// In [`Segment::classes`]: a page of a large block.
pub const LARGE: u8 = 254;
/// In [`Segment::classes`]: the page where a block with a mapping of its own starts.
pub const HUGE: u8 = 255;

/// A free block in a list. The second word seals the first, so that a block that may have been freed before is known, and
/// one that was written to after it was freed.
#[repr(C)]
pub struct Block {
    /// Next in whatever list it is in.
    next: *mut Block,
    /// `next`, the block's own address and [`SEAL`].
    seal: usize,
}

/// What seals a link. A value that programs do not hold by chance.
pub(super) const SEAL: usize = 0xf7ee_b10c_5a1d_c0de;

impl Block {
    /// Links a block to the next of its list.
    ///
    /// # Safety
    /// `block` is free.
    #[inline(always)]
    pub unsafe fn link(block: *mut Block, next: *mut Block) {
        // SAFETY: blocks have 16 bytes.
        unsafe {
            block.write(Block {
                next,
                seal: next.addr() ^ block.addr() ^ SEAL,
            });
        }
    }

    /// The next block of the list; ends the process if the link was overwritten.
    ///
    /// # Safety
    /// `block` is in a list.
    #[inline(always)]
    pub unsafe fn next(block: *const Block) -> *mut Block {
        // SAFETY: blocks have 16 bytes.
        unsafe {
            if !Block::is_linked(block) {
                corrupted("malloc(): a block was written to after it was freed");
            }
            (*block).next
        }
    }

    /// Takes the seal off a block that leaves its list.
    ///
    /// # Safety
    /// `block` is free and in no list any more.
    #[inline(always)]
    pub unsafe fn unlink(block: *mut Block) {
        // SAFETY: blocks have 16 bytes.
        unsafe { (*block).seal = 0 };
    }

    /// Whether the block is in a list, as far as its seal tells. A block in use may have it too: programs copy bytes that
    /// they have not initialised, and so what was once a free block's.
    ///
    /// # Safety
    /// `block` has 16 bytes.
    #[inline(always)]
    pub unsafe fn is_linked(block: *const Block) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*block).next.addr() ^ (*block).seal == block.addr() ^ SEAL }
    }
}

/// What a run of pages is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Use {
    /// Not the first page of a span.
    Inside = 0,
    /// Free, contents unknown.
    FreeDirty,
    /// Free, all bytes zero.
    FreeZero,
    /// Holds blocks or is one.
    Taken,
}

/// A span, described in the entry of its first page. The last page's entry has `first` valid as well.
#[repr(C)]
pub struct Span {
    /// Freed blocks.
    pub blocks: *mut Block,
    /// Neighbours in the list the span is in.
    pub next: *mut Span,
    /// See `next`.
    pub prev: *mut Span,
    /// Blocks handed out.
    pub used: u16,
    /// Blocks that fit.
    pub capacity: u16,
    /// Blocks that were ever handed out: the rest of the span is untouched.
    pub carved: u16,
    /// Index of the span's first page.
    pub first: u16,
    /// Length in heap pages.
    pub pages: u16,
    /// Size class, for class spans.
    pub class: u8,
    /// What the span is for.
    pub state: Use,
}

/// The head of a segment.
#[repr(C)]
pub struct Segment {
    /// [`magic`] of the address, in a living segment.
    pub magic: usize,
    /// Bytes mapped from the segment's start; of a huge block only.
    pub mapped: usize,
    /// Start of the mapping; of a huge block only.
    pub mapping: *mut u8,
    /// The block; of a huge block only.
    pub block: *mut u8,
    unused: [usize; 4],
    /// By page: the size class of the blocks there, or one of the three constants.
    pub classes: [u8; PAGES],
    /// By first page of a span; a huge block has none of it.
    pub(super) spans: [Span; PAGES],
}

/// Pages taken by the head itself.
const HEAD_PAGES: usize = size_of::<Segment>().div_ceil(PAGE);

/// Largest block made of pages of a shared segment, in heap pages.
pub const MAX_LARGE_PAGES: usize = PAGES / 2;

/// What marks the segment at `address`.
#[inline(always)]
pub fn magic(address: usize) -> usize {
    address ^ 0x5bd1_e995_c6a4_a793
}

impl Segment {
    /// The segment that `pointer` lies in, not yet known to be one.
    ///
    /// A block at a segment boundary is a huge one with its head in the page before.
    #[inline(always)]
    pub fn of(pointer: *mut u8) -> *mut Segment {
        if (pointer.addr() & (SEGMENT - 1)) == 0 {
            return pointer.wrapping_sub(platform::PAGE_SIZE).cast();
        }
        pointer.map_addr(|at| at & !(SEGMENT - 1)).cast()
    }
}

impl Span {
    /// The span that the block `pointer` of a segment lies in.
    ///
    /// # Safety
    /// The pointer must lie in a taken span of a living segment.
    pub unsafe fn of(pointer: *mut u8) -> *mut Span {
        let segment = Segment::of(pointer);
        let index = (pointer.addr() & (SEGMENT - 1)) / PAGE;
        // SAFETY: every page of a taken span has `first` set; the caller vouches for the segment.
        unsafe {
            let first = (*segment).spans[index].first as usize;
            &raw mut (*segment).spans[first]
        }
    }

    /// Address of the span's first byte.
    ///
    /// # Safety
    /// `span` must be an entry of a living segment.
    pub unsafe fn start(span: *mut Span) -> *mut u8 {
        let segment = span.map_addr(|at| at & !(SEGMENT - 1)).cast::<u8>();
        // SAFETY: the caller's promise.
        unsafe { segment.add((*span).first as usize * PAGE) }
    }
}

/// Doubly linked lists of spans through their own fields.
pub struct SpanList {
    /// First span or null.
    pub head: *mut Span,
}

impl SpanList {
    /// No spans.
    pub const fn new() -> Self {
        Self { head: null_mut() }
    }

    /// # Safety
    /// `span` must be a living span that is in no list.
    pub unsafe fn push(&mut self, span: *mut Span) {
        // SAFETY: the caller's promise; the old head is a living span.
        unsafe {
            (*span).prev = null_mut();
            (*span).next = self.head;
            if !self.head.is_null() {
                (*self.head).prev = span;
            }
        }
        self.head = span;
    }

    /// # Safety
    /// `span` must be in this list.
    pub unsafe fn remove(&mut self, span: *mut Span) {
        // SAFETY: the caller's promise; neighbours are living spans.
        unsafe {
            let (prev, next) = ((*span).prev, (*span).next);
            if prev.is_null() {
                self.head = next;
            } else {
                (*prev).next = next;
            }
            if !next.is_null() {
                (*next).prev = prev;
            }
        }
    }
}

/// Free spans by length: exact up to the last list, which has all longer ones.
const LISTS: usize = 65;

/// The owner of all free spans.
pub struct PageHeap {
    free: [SpanList; LISTS],
    /// Bit `n`: list `n` is not empty.
    filled: u128,
    /// Where the kernel may well put the next segment.
    hint: usize,
    /// Segments mapped and wholly free.
    idle_segments: usize,
    /// Segments mapped.
    pub segments: usize,
    /// Heap pages in free spans.
    pub free_pages: usize,
}

// SAFETY: the raw pointers lead to the heap's own segments, reached under the mutex.
unsafe impl Send for PageHeap {}

/// The page heap of the process.
pub static PAGE_HEAP: Mutex<PageHeap> = Mutex::new(PageHeap {
    free: [const { SpanList::new() }; LISTS],
    filled: 0,
    hint: 0,
    idle_segments: 0,
    segments: 0,
    free_pages: 0,
});

/// Pages of a segment that can be handed out.
const USABLE_PAGES: usize = PAGES - HEAD_PAGES;

impl PageHeap {
    /// A span of `pages` pages for blocks of `class` ([`LARGE`] for one block), and whether it is all zero.
    /// Null when memory is short.
    pub fn take(&mut self, pages: usize, class: u8) -> (*mut Span, bool) {
        // SAFETY: the lists hold living free spans of this heap.
        unsafe {
            let mut span = self.find(pages);
            if span.is_null() {
                span = self.add_segment();
                if span.is_null() {
                    return (span, false);
                }
            }
            self.unlist(span);
            let zero = (*span).state == Use::FreeZero;
            let segment = span.map_addr(|at| at & !(SEGMENT - 1)).cast::<Segment>();
            let first = (*span).first as usize;
            let rest = (*span).pages as usize - pages;
            if rest > 0 {
                Self::describe(segment, first + pages, rest, (*span).state);
                self.list(&raw mut (*segment).spans[first + pages]);
            }
            Self::describe(segment, first, pages, Use::Taken);
            for index in first..first + pages {
                (*segment).spans[index].first = first as u16;
                (*segment).classes[index] = class;
            }
            let span = &raw mut (*segment).spans[first];
            (*span).class = class;
            (*span).blocks = null_mut();
            (*span).used = 0;
            (*span).carved = 0;
            (span, zero)
        }
    }

    /// Takes a span back.
    ///
    /// # Safety
    /// It must be a taken span in no list, with no block of it in use.
    pub unsafe fn give(&mut self, span: *mut Span) {
        // SAFETY: the caller's promise; neighbours are found by the boundary entries.
        unsafe {
            let segment = span.map_addr(|at| at & !(SEGMENT - 1)).cast::<Segment>();
            let mut first = (*span).first as usize;
            let mut pages = (*span).pages as usize;
            (&mut (*segment).classes)[first..first + pages].fill(NO_CLASS);
            let after = first + pages;
            if after < PAGES && Self::is_free(&(*segment).spans[after]) {
                let next = &raw mut (*segment).spans[after];
                self.unlist(next);
                pages += (*next).pages as usize;
                (*next).state = Use::Inside;
            }
            if first > HEAD_PAGES {
                let before = (*segment).spans[first - 1].first as usize;
                let previous = &raw mut (*segment).spans[before];
                if Self::is_free(&*previous) {
                    self.unlist(previous);
                    pages += (*previous).pages as usize;
                    (*span).state = Use::Inside;
                    first = before;
                }
            }
            Self::describe(segment, first, pages, Use::FreeDirty);
            if pages == USABLE_PAGES && self.idle_segments > 0 {
                self.segments -= 1;
                // Cannot fail: it is a mapping of ours. A failure would only leak it.
                let _ = platform::munmap(segment.cast(), SEGMENT);
                return;
            }
            self.list(&raw mut (*segment).spans[first]);
        }
    }

    /// Makes a taken span `pages` long in place, if the pages behind it allow.
    ///
    /// # Safety
    /// `span` must be a living taken span of class [`LARGE`].
    pub unsafe fn resize(&mut self, span: *mut Span, pages: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let segment = span.map_addr(|at| at & !(SEGMENT - 1)).cast::<Segment>();
            let first = (*span).first as usize;
            let old = (*span).pages as usize;
            if pages > old {
                let after = first + old;
                if after >= PAGES || !Self::is_free(&(*segment).spans[after]) {
                    return false;
                }
                let next = &raw mut (*segment).spans[after];
                let total = old + (*next).pages as usize;
                if total < pages {
                    return false;
                }
                self.unlist(next);
                let state = (*next).state;
                (*next).state = Use::Inside;
                if total > pages {
                    Self::describe(segment, first + pages, total - pages, state);
                    self.list(&raw mut (*segment).spans[first + pages]);
                }
            }
            Self::describe(segment, first, pages, Use::Taken);
            for index in first..first + pages {
                (*segment).spans[index].first = first as u16;
                (*segment).classes[index] = LARGE;
            }
            if pages < old {
                let tail = &raw mut (*segment).spans[first + pages];
                Self::describe(segment, first + pages, old - pages, Use::Taken);
                self.give(tail);
            }
            true
        }
    }

    /// Gives the contents of free spans back to the kernel; whether there were any.
    pub fn trim(&mut self) -> bool {
        let mut any = false;
        for list in &self.free {
            let mut span = list.head;
            while !span.is_null() {
                // SAFETY: free spans of living segments; their contents are dead.
                unsafe {
                    if (*span).state == Use::FreeDirty {
                        let bytes = (*span).pages as usize * PAGE;
                        if platform::madvise(
                            Span::start(span).cast(),
                            bytes,
                            MADV_DONTNEED as c_int,
                        )
                        .is_ok()
                        {
                            (*span).state = Use::FreeZero;
                            any = true;
                        }
                    }
                    span = (*span).next;
                }
            }
        }
        any
    }

    fn is_free(span: &Span) -> bool {
        matches!(span.state, Use::FreeDirty | Use::FreeZero)
    }

    /// Writes the boundary entries of a span.
    unsafe fn describe(segment: *mut Segment, first: usize, pages: usize, state: Use) {
        // SAFETY: the callers pass ranges inside the segment.
        unsafe {
            let last = first + pages - 1;
            (*segment).spans[last].state = Use::Inside;
            (*segment).spans[last].first = first as u16;
            (*segment).spans[first].first = first as u16;
            (*segment).spans[first].pages = pages as u16;
            (*segment).spans[first].state = state;
        }
    }

    /// The best fitting free span of at least `pages` pages, or null.
    fn find(&self, pages: usize) -> *mut Span {
        let exact = pages.min(LISTS - 1);
        let candidates = self.filled >> exact << exact;
        if candidates == 0 {
            return null_mut();
        }
        let index = candidates.trailing_zeros() as usize;
        if index < LISTS - 1 {
            return self.free[index].head;
        }
        let (mut best, mut best_pages) = (null_mut(), usize::MAX);
        let mut span = self.free[LISTS - 1].head;
        while !span.is_null() {
            // SAFETY: living spans.
            let (length, next) = unsafe { ((*span).pages as usize, (*span).next) };
            if length >= pages && length < best_pages {
                (best, best_pages) = (span, length);
            }
            span = next;
        }
        best
    }

    unsafe fn list(&mut self, span: *mut Span) {
        // SAFETY: callers pass a free span in no list.
        unsafe {
            let pages = (*span).pages as usize;
            let index = pages.min(LISTS - 1);
            self.free[index].push(span);
            self.filled |= 1 << index;
            self.free_pages += pages;
            self.idle_segments += usize::from(pages == USABLE_PAGES);
        }
    }

    unsafe fn unlist(&mut self, span: *mut Span) {
        // SAFETY: callers pass a free span, which is in the list of its length.
        unsafe {
            let pages = (*span).pages as usize;
            let index = pages.min(LISTS - 1);
            self.free[index].remove(span);
            if self.free[index].head.is_null() {
                self.filled &= !(1 << index);
            }
            self.free_pages -= pages;
            self.idle_segments -= usize::from(pages == USABLE_PAGES);
        }
    }

    /// Maps a new segment and lists its pages as one span, which is returned; null when memory is short.
    unsafe fn add_segment(&mut self) -> *mut Span {
        let Some(start) = self.map_segment() else {
            return null_mut();
        };
        let segment = start.cast::<Segment>();
        self.segments += 1;
        // SAFETY: fresh zeroed memory of the segment's size; zero is a valid value of every field.
        unsafe {
            (*segment).magic = magic(start.addr());
            // The head counts as taken, so that no span merges with it.
            Self::describe(segment, 0, HEAD_PAGES, Use::Taken);
            Self::describe(segment, HEAD_PAGES, USABLE_PAGES, Use::FreeZero);
            let span = &raw mut (*segment).spans[HEAD_PAGES];
            self.list(span);
            span
        }
    }

    /// One system call as a rule: next to the last segment.
    fn map_segment(&mut self) -> Option<*mut u8> {
        const WITH_ROOM: usize = 2 * SEGMENT - platform::PAGE_SIZE;
        let align = |area: *mut u8| area.map_addr(|at| at.next_multiple_of(SEGMENT));
        if self.hint == 0
            && let Ok(area) = platform::map_anonymous(WITH_ROOM)
        {
            // The room for the first one's alignment is left mapped but untouched, which costs addresses and no memory.
            self.hint = align(area).addr().wrapping_sub(2 * SEGMENT);
            return Some(align(area));
        }
        let mut hint = self.hint;
        // Where the kernel puts it when the place is taken, there is room, and mostly at the boundary below too.
        for _ in 0..2 {
            let Some(area) = Self::map_segment_at(hint) else {
                break;
            };
            if area.addr().is_multiple_of(SEGMENT) {
                self.hint = area.addr().wrapping_sub(SEGMENT);
                return Some(area);
            }
            // SAFETY: just mapped.
            let _ = unsafe { platform::munmap(area.cast(), SEGMENT) };
            hint = area.addr() & !(SEGMENT - 1);
        }
        let area = platform::map_anonymous(WITH_ROOM).ok()?;
        let start = align(area);
        let before = start.addr() - area.addr();
        let after = WITH_ROOM - before - SEGMENT;
        // SAFETY: the two ends of the mapping, of no use. Failures would only leak them.
        unsafe {
            if before > 0 {
                let _ = platform::munmap(area.cast(), before);
            }
            if after > 0 {
                let _ = platform::munmap(start.add(SEGMENT).cast(), after);
            }
        }
        self.hint = start.addr().wrapping_sub(SEGMENT);
        Some(start)
    }

    /// A mapping as long as a segment, where `hint` says if that place is free.
    fn map_segment_at(hint: usize) -> Option<*mut u8> {
        let protection = (PROT_READ | PROT_WRITE) as c_int;
        let flags = (MAP_PRIVATE | MAP_ANONYMOUS) as c_int;
        // SAFETY: the address is only a hint.
        let area =
            unsafe { platform::mmap(hint as *mut c_void, SEGMENT, protection, flags, -1, 0) };
        Some(area.ok()?.cast::<u8>())
    }
}

/// A block of `size` bytes (more than any class has) at a multiple of `align` (a power of two), and whether it is
/// all zero. Null when memory is short.
pub fn allocate_large(size: usize, align: usize) -> (*mut u8, bool) {
    let slack = if align > PAGE { align } else { 0 };
    let pages = (size + slack).div_ceil(PAGE);
    if pages > MAX_LARGE_PAGES {
        return (huge::allocate(size, align), true);
    }
    let (span, zero) = PAGE_HEAP.lock().take(pages, LARGE);
    if span.is_null() {
        return (null_mut(), false);
    }
    // SAFETY: a span just taken.
    let start = unsafe { Span::start(span) };
    (start.map_addr(|at| (at + align - 1) & !(align - 1)), zero)
}

/// Frees a large block.
///
/// # Safety
/// `pointer` must lie in a page of class [`LARGE`].
pub unsafe fn free_large(pointer: *mut u8) {
    let mut heap = PAGE_HEAP.lock();
    // SAFETY: the caller's promise.
    unsafe {
        let span = Span::of(pointer);
        // Large blocks start with a page, whatever their alignment.
        if (*span).state != Use::Taken || !pointer.addr().is_multiple_of(PAGE) {
            drop(heap);
            corrupted("free(): invalid pointer");
        }
        heap.give(span);
    }
}
