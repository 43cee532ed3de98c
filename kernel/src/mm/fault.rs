//! Page faults: pages arrive when they are touched.
//!
//! A private page that others hold too (another process after fork, the page
//! cache) is mapped read-only; the first store copies it. Reads of untouched
//! anonymous memory map one shared frame of zeros.

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::Access;
use hal::sync::Once;

use super::{Backing, Inner, Mm, Vma, page_down};
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

/// Serves a page fault of the running thread, or of the kernel on its behalf.
pub fn serve_current(address: usize, access: Access) -> bool {
    match crate::sched::try_current() {
        Some(thread) => {
            let served = thread.process.mm().fault(address, access).is_ok();
            if served {
                thread.count_fault();
            }
            served
        }
        None => false,
    }
}

impl Mm {
    /// Makes the page at `address` present for `access`, if it may be.
    pub fn fault(&self, address: usize, access: Access) -> core::result::Result<(), FaultError> {
        let page = page_down(address);
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        if inner.areas.find(page).is_none() {
            inner.grow_stack(page);
        }
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
                let copy = match ZEROS.get() {
                    Some(zeros) if zeros.same(&frame) => Frame::zeroed(),
                    _ => frame.duplicate(),
                };
                (copy.map_err(|_| FaultError::OutOfMemory)?, area.access)
            }
            None => new_page(area, page, write)?,
        };
        inner
            .space
            .map(page, frame, access)
            .map_err(|_| FaultError::OutOfMemory)
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
            inode,
            offset,
            shared,
            ..
        } => {
            let frame = match inode.page((offset + distance) / PAGE_SIZE as u64) {
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
    /// Grows the stack down to `page` when the fault is just below it.
    fn grow_stack(&mut self, page: usize) {
        let Some(above) = self.areas.first_above(page) else {
            return;
        };
        if !above.grows_down {
            return;
        }
        let (start, end) = (above.range.start, above.range.end);
        // A guard of 256 pages stays free below the stack, as on Linux.
        let guard = page.saturating_sub(256 * PAGE_SIZE)..start;
        if end - page <= self.layout.stack_limit && self.areas.is_free(&guard) {
            self.areas.grow_down(start, page);
        }
    }
}
