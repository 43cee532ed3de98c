//! Address spaces as ordered maps.

use crate::mem::{Frame, OutOfMemory, PAGE_SIZE};
use crate::space::{Access, USER_END};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) type Pages = BTreeMap<usize, (Frame, Access)>;

thread_local! {
    static ACTIVE: RefCell<Option<Arc<Mutex<Pages>>>> = const { RefCell::new(None) };
}

/// The active space of this thread.
pub(super) fn active() -> Option<Arc<Mutex<Pages>>> {
    ACTIVE.with_borrow(Clone::clone)
}

pub(crate) fn deactivate() {
    ACTIVE.set(None);
}

/// Whether `space` is the active one.
pub fn active_space_is(space: &AddressSpace) -> bool {
    active().is_some_and(|active| Arc::ptr_eq(&active, &space.pages))
}

pub(super) fn lock(pages: &Mutex<Pages>) -> MutexGuard<'_, Pages> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A map from user pages to frames; see [`crate::space`].
#[derive(Debug)]
pub struct AddressSpace {
    pages: Arc<Mutex<Pages>>,
}

impl AddressSpace {
    /// An empty space.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no frame for the root table.
    pub fn new() -> Result<Self, OutOfMemory> {
        super::mem::charge()?;
        Ok(Self {
            pages: Arc::new(Mutex::new(Pages::new())),
        })
    }

    /// Maps the page at `address` to `frame`, replacing (and dropping) what was there.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no frame for a table; the page is then unchanged.
    ///
    /// # Panics
    /// When `address` is not page-aligned or not below [`USER_END`].
    pub fn map(&mut self, address: usize, frame: Frame, access: Access) -> Result<(), OutOfMemory> {
        check(&(address..address + PAGE_SIZE));
        lock(&self.pages).insert(address, (frame, access));
        Ok(())
    }

    /// Unmaps the pages of `range` and hands each frame that was mapped to `removed`, in order of
    /// address.
    ///
    /// # Panics
    /// When `range` is not page-aligned or leaves user space.
    pub fn unmap(&mut self, range: Range<usize>, mut removed: impl FnMut(usize, Frame)) {
        check(&range);
        let mut pages = lock(&self.pages);
        let addresses: Vec<usize> = pages.range(range).map(|(&address, _)| address).collect();
        for address in addresses {
            if let Some((frame, _)) = pages.remove(&address) {
                removed(address, frame);
            }
        }
    }

    /// Sets the access of the pages of `range` that are mapped.
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn protect(&mut self, range: Range<usize>, access: Access) {
        check(&range);
        for (_, (_, old)) in lock(&self.pages).range_mut(range) {
            *old = access;
        }
    }

    /// The frame and access of the page that `address` is in.
    pub fn lookup(&self, address: usize) -> Option<(Frame, Access)> {
        lock(&self.pages)
            .get(&(address - address % PAGE_SIZE))
            .cloned()
    }

    /// Sets the access of the page that `address` is in, if it is mapped.
    pub fn set_access(&mut self, address: usize, access: Access) {
        if let Some((_, old)) = lock(&self.pages).get_mut(&(address - address % PAGE_SIZE)) {
            *old = access;
        }
    }

    /// Shares the mapped pages of `range` with `child`, at the same addresses, without write access
    /// in either (copy-on-write for `fork`).
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no frame for a table; part of the range is then shared.
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn clone_cow(
        &mut self,
        child: &mut AddressSpace,
        range: Range<usize>,
    ) -> Result<(), OutOfMemory> {
        check(&range);
        for (&address, (frame, access)) in lock(&self.pages).range_mut(range) {
            access.remove(Access::WRITE);
            child.map(address, frame.clone(), *access)?;
        }
        Ok(())
    }

    /// Shares the mapped pages of `range` with `child`, at the same addresses and with the same
    /// access (`MAP_SHARED` for `fork`).
    ///
    /// # Errors
    /// As [`Self::clone_cow`].
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn share(
        &mut self,
        child: &mut AddressSpace,
        range: Range<usize>,
    ) -> Result<(), OutOfMemory> {
        check(&range);
        for (&address, (frame, access)) in lock(&self.pages).range(range) {
            child.map(address, frame.clone(), *access)?;
        }
        Ok(())
    }

    /// Address of the first mapped page in `range`.
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn next_mapped(&self, range: Range<usize>) -> Option<usize> {
        check(&range);
        lock(&self.pages)
            .range(range)
            .next()
            .map(|(&address, _)| address)
    }

    /// Orders memory accesses of the CPUs that have the space loaded.
    pub fn synchronize(&self) {
        core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
    }

    /// Number of mapped pages.
    pub fn resident(&self) -> usize {
        lock(&self.pages).len()
    }

    /// Makes this the space that user mode and user copies on this CPU see. It stays usable while
    /// active even if it is dropped.
    pub fn activate(&self) {
        ACTIVE.set(Some(self.pages.clone()));
    }
}

fn check(range: &Range<usize>) {
    assert!(
        range.start.is_multiple_of(PAGE_SIZE)
            && range.end.is_multiple_of(PAGE_SIZE)
            && range.end <= USER_END,
        "range {range:#x?} is not of user pages"
    );
}
