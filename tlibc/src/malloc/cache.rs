//! A thread's own free blocks, one list a class, in its control block: what `malloc` and `free` use without a
//! lock or an atomic instruction.

use super::central;
use super::classes::{self, size_of_class};
use super::corrupted;
use super::segment::Block;
use core::ptr::null_mut;

/// Most bytes and most blocks that one list holds before half of it goes back.
const MAX_LIST_BYTES: usize = 64 * 1024;
const MAX_LIST_BLOCKS: usize = 256;

/// The list of one class.
#[repr(C)]
struct Bin {
    head: *mut Block,
    count: u16,
    /// How many blocks to fetch when the list is empty: doubles, so that small programs touch little memory.
    batch: u16,
}

impl Bin {
    /// Ends the process if the block is in this list or in its span's.
    ///
    /// # Safety
    /// `block` is a block of the class.
    #[cold]
    #[inline(never)]
    unsafe fn check_double_free(&self, class: usize, block: *mut Block) {
        let mut at = self.head;
        while !at.is_null() && at != block {
            // SAFETY: blocks in the list are free and ours.
            at = unsafe { Block::next(at) };
        }
        // SAFETY: the caller's promise.
        if at == block || unsafe { central::holds(class, block) } {
            corrupted("free(): double free detected");
        }
    }
}

/// A thread's lists. All zero is a valid, empty cache.
#[repr(C)]
pub struct Cache {
    bins: [Bin; classes::COUNT],
}

/// Most blocks of each class in a cache.
const LIMITS: [u16; classes::COUNT] = {
    let mut limits = [0; classes::COUNT];
    let mut class = 1;
    while class < classes::COUNT {
        let fits = MAX_LIST_BYTES / classes::SIZES[class] as usize;
        limits[class] = if fits > MAX_LIST_BLOCKS {
            MAX_LIST_BLOCKS
        } else {
            fits
        } as u16;
        class += 1;
    }
    limits
};

impl Cache {
    /// An empty cache.
    #[cfg(test)]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            bins: [const {
                Bin {
                    head: null_mut(),
                    count: 0,
                    batch: 0,
                }
            }; classes::COUNT],
        }
    }

    /// A block of the class, or null when memory is short.
    #[inline(always)]
    pub fn take(&mut self, class: usize) -> *mut u8 {
        let bin = &mut self.bins[class];
        let block = bin.head;
        if block.is_null() {
            return self.refill(class);
        }
        // SAFETY: blocks in the list are free and ours.
        unsafe {
            bin.head = Block::next(block);
            bin.count -= 1;
            Block::unlink(block);
        }
        block.cast()
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` must be a block of the class that is in use.
    #[inline(always)]
    pub unsafe fn give(&mut self, class: usize, block: *mut u8) {
        let block = block.cast::<Block>();
        let bin = &mut self.bins[class];
        // SAFETY: the caller's promise: at least 16 bytes that belong to nobody now.
        unsafe {
            if Block::is_linked(block) {
                bin.check_double_free(class, block);
            }
            Block::link(block, bin.head);
        }
        bin.head = block;
        bin.count += 1;
        if bin.count >= LIMITS[class] {
            self.spill(class);
        }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self, class: usize) -> *mut u8 {
        let bin = &mut self.bins[class];
        let most = (LIMITS[class] / 2).max(1);
        bin.batch = (bin.batch * 2).clamp(1.max(most / 32), most);
        let (list, count) = central::take(class, bin.batch as usize);
        if list.is_null() {
            return null_mut();
        }
        // SAFETY: blocks just taken.
        unsafe {
            bin.head = Block::next(list);
            bin.count = count as u16 - 1;
            Block::unlink(list);
        }
        list.cast()
    }

    /// Gives the older half of a full list back.
    #[cold]
    #[inline(never)]
    fn spill(&mut self, class: usize) {
        let bin = &mut self.bins[class];
        let keep = bin.count / 2;
        let mut last = bin.head;
        // SAFETY: the list has `count` blocks, more than `keep`.
        unsafe {
            for _ in 1..keep.max(1) {
                last = Block::next(last);
            }
            let rest = Block::next(last);
            Block::link(last, null_mut());
            bin.count = keep.max(1);
            central::give(class, rest);
        }
    }

    /// Gives everything back, at the end of a thread.
    pub fn drain(&mut self) {
        for (class, bin) in self.bins.iter_mut().enumerate() {
            if !bin.head.is_null() {
                // SAFETY: the blocks are free and only in this list.
                unsafe { central::give(class, bin.head) };
                bin.head = null_mut();
                bin.count = 0;
            }
        }
    }

    /// Bytes in the lists.
    pub fn bytes(&self) -> usize {
        self.bins
            .iter()
            .enumerate()
            .map(|(class, bin)| size_of_class(class) * bin.count as usize)
            .sum()
    }
}
