//! The memory in which a search follows its states. It stays with the compiled expression between searches, so that most
//! searches allocate nothing. Searches at the same time, in other threads or in signal handlers, get memory of their own.

use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

use super::Error;
use super::program::Program;
use super::search::Threads;
use crate::malloc::{free, malloc};

/// The states at a place and at the next one.
pub type Both = (Threads, Threads);

/// What the last search left.
pub struct Spare(AtomicPtr<Both>);

impl Spare {
    pub const fn new() -> Self {
        Spare(AtomicPtr::new(ptr::null_mut()))
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        discard(*self.0.get_mut());
    }
}

/// Frees a block that nobody else knows, or nothing for null.
fn discard(block: *mut Both) {
    if !block.is_null() {
        // SAFETY: made by `Scratch::new` and taken out of the only place that held it.
        unsafe {
            ptr::drop_in_place(block);
            free(block.cast());
        }
    }
}

/// The memory of one search; goes back to the expression when it is dropped.
pub struct Scratch<'a> {
    spare: &'a Spare,
    block: NonNull<Both>,
}

impl<'a> Scratch<'a> {
    /// Takes what the last search left, or new memory.
    pub fn new(program: &'a Program) -> Result<Self, Error> {
        let spare = &program.spare;
        // Acquires what the thread that left it wrote.
        let left = spare.0.swap(ptr::null_mut(), Ordering::Acquire);
        let block = match NonNull::new(left) {
            Some(block) => block,
            None => {
                let both = (Threads::new(program)?, Threads::new(program)?);
                let block = NonNull::new(malloc(size_of::<Both>()).cast::<Both>());
                let block = block.ok_or(Error::Space)?;
                // SAFETY: a new block of the right size (malloc aligns to 16).
                unsafe { block.write(both) };
                block
            }
        };
        Ok(Scratch { spare, block })
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let other = self.spare.0.swap(self.block.as_ptr(), Ordering::AcqRel);
        discard(other);
    }
}

impl Deref for Scratch<'_> {
    type Target = Both;

    #[inline]
    fn deref(&self) -> &Both {
        // SAFETY: the block is this search's alone.
        unsafe { self.block.as_ref() }
    }
}

impl DerefMut for Scratch<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Both {
        // SAFETY: as above, and the borrow is unique.
        unsafe { self.block.as_mut() }
    }
}
