//! Kernel stacks in a part of the address space of their own, each above an unmapped page.
//!
//! A slot of virtual addresses is never given back, and its pages stay mapped for the next task;
//! freed stacks wait in a list.

use crate::mem::{OutOfMemory, PAGE_SIZE};
use crate::sync::SpinLock;
use crate::x86_64::{mem, paging, smp};
use alloc::vec::Vec;

/// Bytes of a kernel stack.
pub(crate) const STACK_SIZE: usize = 32 * 1024;
/// Start of the stacks' part of the address space (a root-table entry of its own).
pub(crate) const KERNEL_STACKS_START: usize = 0xffff_c000_0000_0000;
/// Distance of stacks: a power of two, the lowest page (and more) unmapped.
const SLOT_SIZE: usize = 2 * STACK_SIZE;
/// Unused stacks that keep their frames; more are given back.
const MOST_CACHED: usize = 32;

/// Slots, by index.
struct Slots {
    /// Slots that were ever used.
    used: usize,
    /// Unused slots whose pages are mapped.
    mapped: Vec<usize>,
    /// Unused slots without pages.
    unmapped: Vec<usize>,
}

static SLOTS: SpinLock<Slots> = SpinLock::new(Slots {
    used: 0,
    mapped: Vec::new(),
    unmapped: Vec::new(),
});

/// A kernel stack.
pub(crate) struct Stack {
    slot: usize,
}

fn bottom(slot: usize) -> usize {
    KERNEL_STACKS_START + slot * SLOT_SIZE + (SLOT_SIZE - STACK_SIZE)
}

impl Stack {
    /// Takes a stack.
    pub(crate) fn new() -> Result<Self, OutOfMemory> {
        let mut slots = SLOTS.lock();
        if let Some(slot) = slots.mapped.pop() {
            return Ok(Self { slot });
        }
        // Room to give this slot back, so that dropping a stack never allocates.
        let used = slots.used;
        slots
            .mapped
            .try_reserve(MOST_CACHED)
            .map_err(|_| OutOfMemory)?;
        let slot = match slots.unmapped.pop() {
            Some(slot) => slot,
            None => {
                slots
                    .unmapped
                    .try_reserve(used + 1)
                    .map_err(|_| OutOfMemory)?;
                slots.used += 1;
                used
            }
        };
        let start = bottom(slot);
        for page in (start..start + STACK_SIZE).step_by(PAGE_SIZE) {
            if let Err(error) =
                mem::allocate_user_frame().and_then(|frame| paging::map_stack_page(page, frame))
            {
                unmap(start..page);
                slots.unmapped.push(slot);
                return Err(error);
            }
        }
        Ok(Self { slot })
    }

    /// The address after its last byte.
    pub(crate) fn top(&self) -> usize {
        bottom(self.slot) + STACK_SIZE
    }

    /// Puts words at the top of the stack, which is not in use yet; returns the stack pointer below
    /// them.
    pub(super) fn push_initial(&self, words: &[usize]) -> usize {
        let top = bottom(self.slot) + STACK_SIZE;
        let pointer = top - size_of_val(words);
        // SAFETY: the stack's pages are mapped and nobody uses them before this task runs.
        unsafe {
            core::ptr::copy_nonoverlapping(words.as_ptr(), pointer as *mut usize, words.len())
        };
        pointer
    }
}

fn unmap(range: core::ops::Range<usize>) {
    let mut frames = [None; STACK_SIZE / PAGE_SIZE];
    for (page, frame) in range.step_by(PAGE_SIZE).zip(&mut frames) {
        *frame = paging::unmap_stack_page(page);
    }
    // No CPU may reach the frames through its TLB when they get another use.
    smp::flush_all_others();
    for frame in frames.into_iter().flatten() {
        mem::free_frames(frame, 1);
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let mut slots = SLOTS.lock();
        if slots.mapped.len() < MOST_CACHED {
            slots.mapped.push(self.slot);
        } else {
            unmap(bottom(self.slot)..bottom(self.slot) + STACK_SIZE);
            slots.unmapped.push(self.slot);
        }
    }
}
