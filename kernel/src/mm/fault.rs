//! Page faults: pages arrive when they are touched.
//!
//! A private page that others hold too (another process after fork, the page
//! cache) is mapped read-only; the first store copies it. Reads of untouched
//! anonymous memory map one shared frame of zeros.

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::Access;
use hal::sync::Once;

use super::{Backing, Inner, Mm, SizeLimits, Vma, page_down};
use crate::errno::{Errno, Result};

/// Why a fault cannot be served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultError {
    /// Nothing is mapped there (`SIGSEGV`, `SEGV_MAPERR`).
    NotMapped,
    /// The access is not allowed (`SIGSEGV`, `SEGV_ACCERR`).
    Denied,
    /// Past the end of the mapped file (`SIGBUS`, `BUS_ADRERR`).
    PastEnd,
    /// No memory is left: the process must die or shrink.
    OutOfMemory,
}

/// The frame of zeros that all untouched anonymous pages show to readers.
static ZEROS: Once<Frame> = Once::new();

fn zeros() -> Result<Frame> {
    if let Some(frame) = ZEROS.get() {
        return Ok(frame.clone());
    }
    let frame = Frame::zeroed()?;
    Ok(ZEROS.call_once(|| frame).clone())
}

/// Whether a frame is the one of zeros, which costs nothing however many pages show it.
pub(super) fn is_zeros(frame: &Frame) -> bool {
    ZEROS.get().is_some_and(|zeros| zeros.same(frame))
}

/// Serves a page fault of the kernel on behalf of the running thread. Where memory has run out, the thread is told
/// ([`crate::process::Thread::starve`]): the kernel may hold locks here, so it can't wait.
pub fn serve_current(address: usize, access: Access) -> bool {
    match crate::sched::try_current() {
        Some(thread) => match thread.process.mm().fault(address, access) {
            Ok(()) => {
                thread.count_fault();
                true
            }
            Err(error) => {
                if error == FaultError::OutOfMemory {
                    thread.starve();
                }
                false
            }
        },
        None => false,
    }
}

impl Mm {
    /// Makes the page at `address` present for `access`, if it may be. The stack grows within the limits of the
    /// running process.
    pub fn fault(&self, address: usize, access: Access) -> core::result::Result<(), FaultError> {
        let page = page_down(address);
        let served = self.serve(page, access);
        if served != Err(FaultError::NotMapped) {
            return served;
        }
        let limits =
            crate::sched::try_current().map_or(SizeLimits::NONE, |thread| thread.size_limits());
        if !self.inner.lock().grow_stack(page, limits) {
            return served;
        }
        self.serve(page, access)
    }

    /// As [`Self::fault`], for the kernel on behalf of the running thread, which is told where memory has run out.
    /// `EFAULT`.
    pub(super) fn fault_from_outside(&self, address: usize, access: Access) -> Result<()> {
        self.fault(address, access).map_err(|error| {
            if error == FaultError::OutOfMemory
                && let Some(thread) = crate::sched::try_current()
            {
                thread.starve();
            }
            Errno::EFAULT
        })
    }

    #[inline]
    fn serve(&self, page: usize, access: Access) -> core::result::Result<(), FaultError> {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let area = inner.areas.find(page).ok_or(FaultError::NotMapped)?;
        // x86 has no write-only or execute-only pages: any permission reads.
        let allowed = if area.access.is_empty() {
            area.access
        } else {
            area.access | Access::READ
        };
        if !allowed.contains(access) {
            return Err(FaultError::Denied);
        }
        let write = access.contains(Access::WRITE);
        // How many more pages show the frame of zeros then.
        let mut more_zeros = 0;
        let (frame, access) = match inner.space.lookup(page) {
            Some((frame, present)) => {
                if present.contains(access) {
                    return Ok(());
                }
                if !write {
                    inner
                        .space
                        .set_access(page, present | (area.access.difference(Access::WRITE)));
                    return Ok(());
                }
                if area.backing.is_shared() {
                    area.backing.stored();
                    inner.space.set_access(page, area.access);
                    return Ok(());
                }
                // One reference is the page table's and one is ours.
                if frame.references() == 2 {
                    inner.space.set_access(page, area.access);
                    return Ok(());
                }
                let copy = if is_zeros(&frame) {
                    more_zeros = -1;
                    Frame::zeroed()
                } else {
                    frame.duplicate()
                };
                (copy.map_err(|_| FaultError::OutOfMemory)?, area.access)
            }
            None => {
                more_zeros = isize::from(!write && matches!(area.backing, Backing::Anonymous));
                new_page(area, page, write)?
            }
        };
        inner
            .space
            .map(page, frame, access)
            .map_err(|_| FaultError::OutOfMemory)?;
        inner.zeros = inner.zeros.saturating_add_signed(more_zeros);
        Ok(())
    }

    /// The frame at a page, made private and present as for a store, whatever
    /// the area allows. For the loader.
    pub(super) fn frame_to_write(&self, page: usize) -> Result<Frame> {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let area = inner.areas.find(page).ok_or(Errno::EFAULT)?;
        let current = match inner.space.lookup(page) {
            Some((frame, _)) if area.backing.is_shared() || frame.references() == 2 => {
                return Ok(frame);
            }
            Some((frame, _)) => Some(frame),
            None => None,
        };
        let was_zeros = current.as_ref().is_some_and(is_zeros);
        let frame = match current {
            Some(frame) => frame.duplicate()?,
            None => {
                new_page(area, page, true)
                    .map_err(|error| match error {
                        FaultError::OutOfMemory => Errno::ENOMEM,
                        _ => Errno::EFAULT,
                    })?
                    .0
            }
        };
        inner.space.map(page, frame.clone(), area.access)?;
        if was_zeros {
            inner.zeros = inner.zeros.saturating_sub(1);
        }
        Ok(frame)
    }
}

/// The frame for a page that is not there yet, and how to map it.
fn new_page(
    area: &Vma,
    page: usize,
    write: bool,
) -> core::result::Result<(Frame, Access), FaultError> {
    let out_of_memory = |_| FaultError::OutOfMemory;
    let distance = (page - area.range.start) as u64;
    let read_only = area.access.difference(Access::WRITE);
    match &area.backing {
        Backing::Anonymous if write => Ok((Frame::zeroed().map_err(out_of_memory)?, area.access)),
        Backing::Anonymous => Ok((zeros().map_err(|_| FaultError::OutOfMemory)?, read_only)),
        Backing::Shared { memory, offset } => {
            let frame = memory.page((offset + distance) / PAGE_SIZE as u64);
            match frame {
                Ok(frame) => Ok((frame, area.access)),
                Err(Errno::ENOMEM) => Err(FaultError::OutOfMemory),
                Err(_) => Err(FaultError::PastEnd),
            }
        }
        Backing::File {
            file,
            offset,
            shared,
            ..
        } => {
            let frame = match file.inode().page((offset + distance) / PAGE_SIZE as u64) {
                Ok(frame) => frame,
                Err(Errno::ENOMEM | Errno::ENOSPC) => return Err(FaultError::OutOfMemory),
                Err(_) => return Err(FaultError::PastEnd),
            };
            if *shared && write {
                area.backing.stored();
                Ok((frame, area.access))
            } else if *shared {
                // The first store is noticed: it counts as a modification.
                Ok((frame, read_only))
            } else if write {
                Ok((frame.duplicate().map_err(out_of_memory)?, area.access))
            } else {
                Ok((frame, read_only))
            }
        }
    }
}

impl Inner {
    /// Grows the stack down to `page` when the fault is just below it and the limits let it; whether `page` is mapped
    /// then.
    fn grow_stack(&mut self, page: usize, limits: SizeLimits) -> bool {
        if self.areas.find(page).is_some() {
            // Another thread did.
            return true;
        }
        let Some(above) = self.areas.first_above(page) else {
            return false;
        };
        let (start, end, locked) = (above.range.start, above.range.end, above.locked);
        if !above.grows_down || (end - page) as u64 > limits.stack {
            return false;
        }
        // A guard of 256 pages stays free below the stack, as on Linux.
        let guard = page.saturating_sub(256 * PAGE_SIZE)..start;
        let more = start - page;
        let fits = self.areas.is_free(&guard)
            && self.has_room_for_space(more, limits.space)
            && (!locked || self.has_room_for_locked(more, limits.locked));
        if fits {
            self.areas.grow_down(start, page);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::{Label, Layout, MapRequest, Replace};
    use alloc::sync::Arc;

    const TOP: usize = 0x4000_0000;

    fn space_with(length: usize, grows_down: bool) -> Arc<Mm> {
        let mm = Mm::new(Layout::default()).unwrap();
        let request = MapRequest {
            address: Some(TOP - length),
            length,
            access: Access::READ | Access::WRITE,
            backing: Backing::Anonymous,
            replace: Replace::Fail,
            grows_down,
            label: Label::None,
        };
        mm.map(request, SizeLimits::NONE).unwrap();
        mm
    }

    #[test]
    fn the_stack_grows_within_its_limits() {
        let mm = space_with(PAGE_SIZE, true);
        let mut inner = mm.inner.lock();
        let pages = |count: usize| (count * PAGE_SIZE) as u64;
        let limits = SizeLimits {
            stack: pages(4),
            ..SizeLimits::NONE
        };
        assert!(!inner.grow_stack(TOP - 5 * PAGE_SIZE, limits));
        assert!(inner.grow_stack(TOP - 4 * PAGE_SIZE, limits));
        let limits = SizeLimits {
            space: pages(6),
            ..SizeLimits::NONE
        };
        assert!(!inner.grow_stack(TOP - 7 * PAGE_SIZE, limits));
        assert!(inner.grow_stack(TOP - 6 * PAGE_SIZE, limits));
        inner.areas.update(&(0..TOP), |area| area.locked = true);
        let limits = SizeLimits {
            locked: pages(8),
            ..SizeLimits::NONE
        };
        assert!(!inner.grow_stack(TOP - 9 * PAGE_SIZE, limits));
        assert!(inner.grow_stack(TOP - 8 * PAGE_SIZE, limits));
        assert!(!inner.grow_stack(TOP, SizeLimits::NONE));
        assert_eq!(inner.areas.total() as u64, pages(8));
    }

    #[test]
    fn what_does_not_grow_stays() {
        let mm = space_with(PAGE_SIZE, false);
        assert_eq!(
            mm.fault(TOP - 2 * PAGE_SIZE, Access::READ),
            Err(FaultError::NotMapped)
        );
    }

    #[test]
    fn zeros_that_were_only_read_are_not_resident() {
        let mm = space_with(8 * PAGE_SIZE, false);
        let page = |index: usize| TOP - 8 * PAGE_SIZE + index * PAGE_SIZE;
        for index in 0..8 {
            mm.fault(page(index), Access::READ).unwrap();
        }
        assert_eq!((mm.resident_pages(), mm.peak_pages()), (0, 0));
        mm.fault(page(0), Access::WRITE).unwrap();
        mm.write_bytes(page(1), b"x").unwrap();
        assert_eq!(mm.resident_pages(), 2);
        let child = mm.fork().unwrap();
        assert_eq!(child.resident_pages(), 2);
        child.unmap(&(page(1)..page(4))).unwrap();
        assert_eq!(child.resident_pages(), 1);
        mm.drop_pages(&(page(0)..page(8)), |_| true).unwrap();
        assert_eq!((mm.resident_pages(), mm.peak_pages()), (0, 2));
        mm.fault(page(5), Access::READ).unwrap();
        let whole = page(0)..page(8);
        let target = crate::mm::RemapTarget::At(2 * TOP);
        let before = crate::mm::Before::Unmapped;
        mm.remap(&whole, whole.len(), target, before, SizeLimits::NONE)
            .unwrap();
        assert_eq!(mm.resident_pages(), 0);
        mm.fault(2 * TOP + 5 * PAGE_SIZE, Access::WRITE).unwrap();
        assert_eq!(mm.resident_pages(), 1);
    }

    #[test]
    fn a_child_has_no_zeros_of_what_it_does_not_get() {
        let mm = space_with(4 * PAGE_SIZE, false);
        let page = |index: usize| TOP - 4 * PAGE_SIZE + index * PAGE_SIZE;
        mm.fault(page(0), Access::READ).unwrap();
        mm.fault(page(2), Access::READ).unwrap();
        mm.fault(page(3), Access::WRITE).unwrap();
        mm.set_on_fork(&(page(0)..page(1)), crate::mm::OnFork::Wipe, None)
            .unwrap();
        let child = mm.fork().unwrap();
        child.fault(page(1), Access::WRITE).unwrap();
        child.fault(page(2), Access::WRITE).unwrap();
        assert_eq!(child.resident_pages(), 3);
    }
}
