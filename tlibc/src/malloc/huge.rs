//! Blocks with a mapping of their own: `[head][block…]`, the head at a segment boundary and on the page the block
//! starts on, so that who maps the block's pages anew and keeps that page's contents keeps the head. Where the block must
//! be aligned to a page or more, the head has the pages before it, up to a segment boundary or one page.

use super::segment::{HUGE, PAGE, SEGMENT, Segment, magic};
use crate::platform::{self, PAGE_SIZE, constants::*};
use crate::types::*;
use core::ptr::null_mut;

/// Bytes of the head that a mapping of one block has: all but the spans.
const HEAD: usize = core::mem::offset_of!(Segment, spans);

const _: () = assert!(HEAD <= PAGE_SIZE && HEAD.is_multiple_of(super::MIN_ALIGN));

/// A zeroed block at a multiple of `align`, or null when memory is short.
pub fn allocate(size: usize, align: usize) -> *mut u8 {
    // From the head's boundary to the block.
    let gap = if align >= SEGMENT {
        PAGE_SIZE
    } else {
        HEAD.next_multiple_of(align)
    };
    let boundary = align.max(SEGMENT);
    let Some(mapped) = mapped_for(size, gap) else {
        return null_mut();
    };
    let Some(length) = mapped.checked_add(boundary) else {
        return null_mut();
    };
    let Ok(area) = platform::map_anonymous(length) else {
        return null_mut();
    };
    let block = if align >= SEGMENT {
        area.map_addr(|at| (at + gap + boundary - 1) & !(boundary - 1))
    } else {
        area.map_addr(|at| ((at + boundary - 1) & !(boundary - 1)) + gap)
    };
    let start = block.wrapping_sub(gap);
    let end = start.wrapping_add(mapped);
    // SAFETY: the two ends of the mapping, of no use; then fresh memory for the head.
    unsafe {
        let before = start.addr() - area.addr();
        if before > 0 {
            let _ = platform::munmap(area.cast(), before);
        }
        let after = area.addr() + length - end.addr();
        if after > 0 {
            let _ = platform::munmap(end.cast(), after);
        }
        write_head(start, block, mapped);
    }
    block
}

/// Bytes to map for a block of `size` that lies `gap` behind the mapping's start; `None` when no address space has as many.
fn mapped_for(size: usize, gap: usize) -> Option<usize> {
    size.checked_add(gap)?.checked_next_multiple_of(PAGE_SIZE)
}

/// # Safety
/// `start` must begin a mapping of `length` bytes that the block lies in; what is before the block must be ours.
unsafe fn write_head(start: *mut u8, block: *mut u8, length: usize) {
    let head = start.cast::<Segment>();
    // SAFETY: the caller's promise.
    unsafe {
        (*head).magic = magic(start.addr());
        (*head).mapping = start;
        (*head).mapped = length;
        (*head).block = block;
        (*head).classes[(block.addr() & (SEGMENT - 1)) / PAGE] = HUGE;
    }
}

/// Bytes from the block to the end of its mapping.
///
/// # Safety
/// `pointer` must be a huge block.
pub unsafe fn usable_size(pointer: *mut u8) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let head = Segment::of(pointer);
        (*head).mapping.addr() + (*head).mapped - pointer.addr()
    }
}

/// # Safety
/// `pointer` must be a huge block, not used afterwards.
pub unsafe fn free(pointer: *mut u8) {
    let head = Segment::of(pointer);
    // SAFETY: the caller's promise.
    unsafe {
        if (*head).block != pointer {
            super::corrupted("free(): invalid pointer");
        }
        // Cannot fail: a mapping of ours. A failure would only leak it.
        let _ = platform::munmap((*head).mapping.cast(), (*head).mapped);
    }
}

/// Changes the size, moving pages and not bytes; the block's new address, or null when memory is short, which leaves
/// the old block as it was.
///
/// # Safety
/// `pointer` must be a huge block; it is gone when the result is not null.
pub unsafe fn resize(pointer: *mut u8, size: usize) -> *mut u8 {
    let head = Segment::of(pointer);
    // SAFETY: the caller's promise; a new place for the pages is mapped before they move there.
    unsafe {
        if (*head).block != pointer {
            super::corrupted("realloc(): invalid pointer");
        }
        let (mapping, old) = ((*head).mapping, (*head).mapped);
        let gap = pointer.addr() - mapping.addr();
        let Some(new) = mapped_for(size, gap) else {
            return null_mut();
        };
        if new == old || platform::mremap(mapping.cast(), old, new, 0, null_mut()).is_ok() {
            (*head).mapped = new;
            return pointer;
        }
        let boundary = if gap == PAGE_SIZE && pointer.addr() & (SEGMENT - 1) == 0 {
            return null_mut();
        } else {
            SEGMENT
        };
        let Some(length) = new.checked_add(boundary) else {
            return null_mut();
        };
        let Ok(area) = platform::map_anonymous(length) else {
            return null_mut();
        };
        let start = area.map_addr(|at| (at + boundary - 1) & !(boundary - 1));
        let before = start.addr() - area.addr();
        if before > 0 {
            let _ = platform::munmap(area.cast(), before);
        }
        let after = length - before - new;
        if after > 0 {
            let _ = platform::munmap(start.add(new).cast(), after);
        }
        let flags = (MREMAP_MAYMOVE | MREMAP_FIXED) as c_int;
        if platform::mremap(mapping.cast(), old, new, flags, start.cast()).is_err() {
            let _ = platform::munmap(start.cast(), new);
            return null_mut();
        }
        let block = start.add(gap);
        write_head(start, block, new);
        block
    }
}
