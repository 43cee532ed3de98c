//! What happens to mappings of a file when the file changes: pages that it loses leave all address
//! spaces (truncate(2), fallocate(2), `MADV_REMOVE`), and seals ask whether anybody may store (fcntl(2)).
//!
//! Files do not know their mappings, so all address spaces are looked through, those of processes that are being made
//! as well; a file that was never mapped is not asked about. The file gives its pages up first: a fault that still found one holds
//! the address space's lock until the page is mapped, and so comes before the look.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::ops::Range;

use hal::mem::{Frame, PAGE_SIZE};

use super::object::SharedMemory;
use super::{Backing, Inner, Mm, Vma};
use crate::errno::{Errno, Result};
use crate::fs::Inode;
use crate::fs::inode::Allocation;

/// Pages that a file has lost, by index.
pub type LostPages = BTreeMap<u64, Frame>;

/// How a file lost pages.
#[derive(Clone, Copy)]
pub enum Loss<'a> {
    /// It became shorter: private copies of what is behind its end go as well.
    Truncated,
    /// It got a hole where these pages were; private copies stay.
    Punched(&'a LostPages),
}

/// Which file, among the backings of areas.
#[derive(Clone, Copy)]
pub struct FileId(*const ());

impl FileId {
    /// The identity of an inode.
    pub fn of(inode: &dyn Inode) -> Self {
        Self(core::ptr::from_ref(inode).cast())
    }

    /// The identity of shared memory, which is a file without a name.
    fn of_memory(memory: &SharedMemory) -> Self {
        Self(core::ptr::from_ref(memory).cast())
    }

    fn is_behind(self, area: &Vma) -> bool {
        match &area.backing {
            Backing::File { file, .. } => core::ptr::addr_eq(&raw const **file.inode(), self.0),
            Backing::Shared { memory, .. } => core::ptr::addr_eq(Arc::as_ptr(memory), self.0),
            Backing::Anonymous => false,
        }
    }
}

/// Takes the pages with indexes in `pages` out of all address spaces; the file has given them up,
/// but the caller keeps them until this returns.
pub fn unmap(file: FileId, pages: Range<u64>, loss: Loss<'_>) {
    for mm in super::all() {
        mm.inner.lock().unmap_file(file, &pages, loss);
    }
}

/// Takes the pages with indexes in `pages` out of shared memory and all address spaces: they are zeros from then on.
fn punch(memory: &SharedMemory, pages: Range<u64>) {
    let lost = memory.take(pages.clone());
    if !lost.is_empty() {
        unmap(FileId::of_memory(memory), pages, Loss::Truncated);
    }
}

impl Mm {
    /// Makes holes in what is behind the shared mappings of a range (`MADV_REMOVE` of madvise(2)).
    ///
    /// # Errors
    /// `EINVAL` for memory that is locked or no file's, `EACCES` for mappings that may not store in what is behind them;
    /// what the file says of a hole. `ENOMEM` when part of the range is not mapped, which does not spare the rest.
    pub fn punch(&self, range: &Range<usize>) -> Result<()> {
        let mut outcome = Ok(());
        let mut from = range.start;
        while from < range.end {
            let area = self.inner.lock().areas.first_from(from).cloned();
            let Some(area) = area.filter(|area| area.range.start < range.end) else {
                return Err(Errno::ENOMEM);
            };
            if area.range.start > from {
                outcome = Err(Errno::ENOMEM);
            }
            let part = area.part(&(from..range.end));
            from = part.range.end;
            if part.locked {
                return Err(Errno::EINVAL);
            }
            let length = part.range.len() as u64;
            let may_store = part.backing.is_shared() && part.backing.may_write();
            match part.backing {
                Backing::Anonymous => return Err(Errno::EINVAL),
                _ if !may_store => return Err(Errno::EACCES),
                Backing::File { file, offset, .. } => {
                    let inode = file.inode();
                    inode.allocate(Allocation::PunchHole, offset, length)?;
                }
                Backing::Shared { memory, offset } => {
                    let first = offset / PAGE_SIZE as u64;
                    punch(&memory, first..first + length / PAGE_SIZE as u64);
                }
            }
        }
        outcome
    }
}

/// Whether an address space has a shared mapping of the file that is, or may become, writable.
pub fn is_mapped_writable(file: FileId) -> bool {
    super::all().any(|mm| {
        let inner = mm.inner.lock();
        let may_store = |area: &Vma| area.backing.is_shared() && area.backing.may_write();
        inner
            .areas
            .iter()
            .any(|area| file.is_behind(area) && may_store(area))
    })
}

impl Inner {
    fn unmap_file(&mut self, file: FileId, pages: &Range<u64>, loss: Loss<'_>) {
        self.note_peak();
        let Inner { areas, space, .. } = self;
        for area in areas.iter().filter(|area| file.is_behind(area)) {
            let Some((range, first)) = part_of(area, pages) else {
                continue;
            };
            match loss {
                Loss::Punched(lost) if !area.backing.is_shared() => {
                    let mut at = range.start;
                    while let Some(page) = space.next_mapped(at..range.end) {
                        at = page + PAGE_SIZE;
                        let index = first + ((page - range.start) / PAGE_SIZE) as u64;
                        let mapped = space.lookup(page);
                        if let (Some((frame, _)), Some(gone)) = (mapped, lost.get(&index))
                            && frame.same(gone)
                        {
                            space.unmap(page..at, |_, _| {});
                        }
                    }
                }
                _ => space.unmap(range, |_, _| {}),
            }
        }
    }
}

/// The addresses of an area that show `pages` of its file, and the index of the first.
fn part_of(area: &Vma, pages: &Range<u64>) -> Option<(Range<usize>, u64)> {
    let (Backing::File { offset, .. } | Backing::Shared { offset, .. }) = &area.backing else {
        return None;
    };
    let own = offset / PAGE_SIZE as u64;
    let end = own + (area.range.len() / PAGE_SIZE) as u64;
    let (first, last) = (pages.start.max(own), pages.end.min(end));
    if first >= last {
        return None;
    }
    let address = |index: u64| area.range.start + (index - own) as usize * PAGE_SIZE;
    Some((address(first)..address(last), first))
}

#[cfg(test)]
mod tests {
    use crate::mm::{Layout, Mm, all};
    use alloc::sync::Arc;
    use std::vec::Vec;

    #[test]
    fn a_copy_is_listed_behind_its_origin_from_its_making_to_its_end() {
        let origin = Mm::new(Layout::default()).unwrap();
        let first = origin.fork().unwrap();
        let second = origin.fork().unwrap();
        let own = [&origin, &first, &second];
        let place = |mm: &Arc<Mm>| own.iter().position(|own| Arc::ptr_eq(own, mm));
        assert_eq!(
            all().filter_map(|mm| place(&mm)).collect::<Vec<_>>(),
            [0, 1, 2]
        );
        // What begins between the two looks comes later.
        let mut rest = all().skip_while(|mm| !Arc::ptr_eq(mm, &second));
        assert!(rest.next().is_some());
        let third = origin.fork().unwrap();
        assert!(rest.any(|mm| Arc::ptr_eq(&mm, &third)));
        let gone = Arc::downgrade(&first);
        drop(first);
        assert!(gone.upgrade().is_none());
        assert!(all().all(|mm| !core::ptr::eq(Arc::as_ptr(&mm), gone.as_ptr())));
    }
}
