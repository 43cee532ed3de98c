//! Blocks of each size class on their way between spans and the threads' caches, a batch at a time.
//!
//! One lock a class guards its list of spans with blocks to give and those spans' block lists. It is taken before
//! the page heap's.

use super::classes::{self, size_of_class};
use super::corrupted;
use super::segment::{Block, PAGE, PAGE_HEAP, Segment, Span, SpanList, Use};
use crate::sync::Mutex;
use core::ptr::null_mut;

/// The spans of one class that have blocks left, apart from other classes' in memory.
#[repr(align(64))]
struct Central {
    partial: Mutex<SpanList>,
}

// SAFETY: the pointers lead to the heap's own spans, reached under the mutex.
unsafe impl Send for SpanList {}

static CENTRAL: [Central; classes::COUNT] = [const {
    Central {
        partial: Mutex::new(SpanList::new()),
    }
}; classes::COUNT];

/// Heap pages per span, by class.
const SPAN_PAGES: [u16; classes::COUNT] = {
    let mut pages = [0; classes::COUNT];
    let mut class = 1;
    while class < classes::COUNT {
        pages[class] = classes::span_pages(class, PAGE) as u16;
        class += 1;
    }
    pages
};

/// Takes up to `wanted` blocks, linked through `next`, and how many they are; none when memory is short.
pub fn take(class: usize, wanted: usize) -> (*mut Block, usize) {
    let mut partial = CENTRAL[class].partial.lock();
    let size = size_of_class(class);
    let mut list: *mut Block = null_mut();
    let mut count = 0;
    // SAFETY: spans in the list are living spans of this class with blocks left.
    unsafe {
        while count < wanted {
            let mut span = partial.head;
            if span.is_null() {
                if count > 0 {
                    break;
                }
                let pages = SPAN_PAGES[class] as usize;
                (span, _) = PAGE_HEAP.lock().take(pages, class as u8);
                if span.is_null() {
                    break;
                }
                (*span).capacity = (pages * PAGE / size) as u16;
                partial.push(span);
            }
            let start = Span::start(span);
            let mut taken = 0;
            while count < wanted {
                let block = if !(*span).blocks.is_null() {
                    let block = (*span).blocks;
                    (*span).blocks = Block::next(block);
                    block
                } else if (*span).carved < (*span).capacity {
                    let block = start.add((*span).carved as usize * size).cast::<Block>();
                    (*span).carved += 1;
                    block
                } else {
                    break;
                };
                Block::link(block, list);
                list = block;
                count += 1;
                taken += 1;
            }
            (*span).used += taken;
            if (*span).used == (*span).capacity {
                partial.remove(span);
            }
        }
    }
    (list, count)
}

/// Gives blocks back; `list` is linked through `next` and ends with null.
///
/// # Safety
/// All must be free blocks of `class` in no other list.
pub unsafe fn give(class: usize, mut list: *mut Block) {
    let mut partial = CENTRAL[class].partial.lock();
    let size = size_of_class(class);
    // SAFETY: the caller's promise, checked as far as is cheap.
    unsafe {
        while !list.is_null() {
            let block = list;
            list = Block::next(block);
            let span = Span::of(block.cast());
            let offset = block.addr() - Span::start(span).addr();
            if (*span).state != Use::Taken
                || (*span).class as usize != class
                || !offset.is_multiple_of(size)
                || (*span).used == 0
            {
                drop(partial);
                corrupted("free(): invalid pointer");
            }
            if (*span).used == (*span).capacity {
                partial.push(span);
            }
            Block::link(block, (*span).blocks);
            (*span).blocks = block;
            (*span).used -= 1;
            // An empty span goes back to the page heap, unless it is all the class has.
            if (*span).used == 0 && !((*span).next.is_null() && (*span).prev.is_null()) {
                partial.remove(span);
                PAGE_HEAP.lock().give(span);
            }
        }
    }
}

/// Whether a block is in its span's list.
///
/// # Safety
/// `block` is a block of the class.
pub unsafe fn holds(class: usize, block: *mut Block) -> bool {
    let _partial = CENTRAL[class].partial.lock();
    // SAFETY: the caller's promise; the lock guards the lists of the class's spans.
    unsafe {
        let mut at = (*Span::of(block.cast())).blocks;
        while !at.is_null() && at != block {
            at = Block::next(at);
        }
        at == block
    }
}

/// Locks everything, so that a fork finds the heap whole.
pub fn lock_all() {
    for central in &CENTRAL {
        central.partial.raw().lock();
    }
    PAGE_HEAP.raw().lock();
}

/// Undoes [`lock_all`].
pub fn unlock_all() {
    PAGE_HEAP.raw().unlock();
    for central in CENTRAL.iter().rev() {
        central.partial.raw().unlock();
    }
}

/// The class of the page that a pointer lies in; the segment must carry the magic.
///
/// # Safety
/// The head of the pointer's segment must be readable.
#[inline(always)]
pub unsafe fn class_of_pointer(segment: *const Segment, pointer: *mut u8) -> u8 {
    let index = (pointer.addr() & (super::segment::SEGMENT - 1)) / PAGE;
    // SAFETY: the caller's promise; the index is below the number of pages.
    unsafe { (*segment).classes[index] }
}
