//! A growable array on the library's own heap, for engines that need memory in proportion to their input (regex,
//! glob, wordexp). Growth fails with `ENOMEM` instead of aborting; elements are plain values and are not dropped.

use crate::errno::Errno;
use crate::malloc::{free, realloc};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

/// A growable array of plain values.
pub struct Vec<T: Copy> {
    start: NonNull<T>,
    len: usize,
    capacity: usize,
}

// SAFETY: the array owns its block, and the allocator takes back blocks from any thread.
unsafe impl<T: Copy + Send> Send for Vec<T> {}

impl<T: Copy> Vec<T> {
    /// An empty array; takes no memory.
    pub const fn new() -> Self {
        Vec {
            start: NonNull::dangling(),
            len: 0,
            capacity: 0,
        }
    }

    /// An array of `len` copies of `value`.
    pub fn filled(value: T, len: usize) -> Result<Self, Errno> {
        let mut vec = Vec::new();
        vec.resize(len, value)?;
        Ok(vec)
    }

    /// Makes room for `more` further elements.
    pub fn reserve(&mut self, more: usize) -> Result<(), Errno> {
        let wanted = self.len.checked_add(more).ok_or(Errno::ENOMEM)?;
        if wanted <= self.capacity {
            return Ok(());
        }
        let capacity = wanted.max(self.capacity.saturating_mul(2)).max(8);
        let bytes = capacity
            .checked_mul(size_of::<T>())
            .filter(|&bytes| bytes <= isize::MAX as usize)
            .ok_or(Errno::ENOMEM)?;
        let old = if self.capacity == 0 {
            core::ptr::null_mut()
        } else {
            self.start.as_ptr().cast()
        };
        // SAFETY: null or the block this array owns.
        let block = unsafe { realloc(old, bytes) };
        self.start = NonNull::new(block.cast()).ok_or(Errno::ENOMEM)?;
        self.capacity = capacity;
        Ok(())
    }

    /// Appends one element.
    #[inline]
    pub fn push(&mut self, value: T) -> Result<(), Errno> {
        if self.len == self.capacity {
            self.reserve(1)?;
        }
        // SAFETY: there is room for one element at `len`.
        unsafe { self.start.as_ptr().add(self.len).write(value) };
        self.len += 1;
        Ok(())
    }

    /// Appends copies of `values`.
    pub fn extend(&mut self, values: &[T]) -> Result<(), Errno> {
        self.reserve(values.len())?;
        // SAFETY: room was made; a borrowed slice cannot overlap the spare part of an owned block.
        unsafe {
            core::ptr::copy_nonoverlapping(
                values.as_ptr(),
                self.start.as_ptr().add(self.len),
                values.len(),
            );
        }
        self.len += values.len();
        Ok(())
    }

    /// Takes the last element away.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let last = self.last().copied()?;
        self.len -= 1;
        Some(last)
    }

    /// Forgets the elements from `len` on.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Makes the array `len` long; new elements are `value`.
    pub fn resize(&mut self, len: usize, value: T) -> Result<(), Errno> {
        if len > self.len {
            self.reserve(len - self.len)?;
            for at in self.len..len {
                // SAFETY: within the room just made.
                unsafe { self.start.as_ptr().add(at).write(value) };
            }
        }
        self.len = len;
        Ok(())
    }
}

impl<T: Copy> Default for Vec<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy> Drop for Vec<T> {
    fn drop(&mut self) {
        if self.capacity != 0 {
            // SAFETY: the block this array owns; it is not used again.
            unsafe { free(self.start.as_ptr().cast()) };
        }
    }
}

impl<T: Copy> Deref for Vec<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: `len` elements were written; a dangling start goes with length 0.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for Vec<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and the borrow is unique.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::Vec;

    #[test]
    fn grows_and_shrinks() {
        let mut vec = Vec::new();
        for i in 0..100_u32 {
            vec.push(i).unwrap();
        }
        vec.extend(&[7, 8]).unwrap();
        assert_eq!(vec.len(), 102);
        assert_eq!(vec.pop(), Some(8));
        vec.truncate(3);
        assert_eq!(&*vec, &[0, 1, 2]);
        vec.resize(5, 9).unwrap();
        assert_eq!(&*vec, &[0, 1, 2, 9, 9]);
    }
}
