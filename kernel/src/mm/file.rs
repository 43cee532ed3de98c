//! What happens to mappings of a file when the file changes: pages that it loses leave all address
//! spaces (truncate(2), fallocate(2)), and seals ask whether anybody may store (fcntl(2)).
//!
//! Files do not know their mappings, so all address spaces are looked through; a file that was never
//! mapped is not asked about. The file gives its pages up first: a fault that still found one holds
//! the address space's lock until the page is mapped, and so comes before the look.

use alloc::collections::BTreeMap;
use core::ops::Range;

use hal::mem::{Frame, PAGE_SIZE};

use super::{Backing, Inner, Vma};
use crate::fs::Inode;
use crate::process;

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

    fn is_behind(self, area: &Vma) -> bool {
        match &area.backing {
            Backing::File { inode, .. } => core::ptr::addr_eq(&raw const **inode, self.0),
            _ => false,
        }
    }
}

/// Takes the pages with indexes in `pages` out of all address spaces; the file has given them up,
/// but the caller keeps them until this returns.
pub fn unmap(file: FileId, pages: Range<u64>, loss: Loss<'_>) {
    for process in process::all() {
        process.mm().inner.lock().unmap_file(file, &pages, loss);
    }
}

/// Whether an address space has a shared mapping of the file that is, or may become, writable.
pub fn is_mapped_writable(file: FileId) -> bool {
    process::all().any(|process| {
        let mm = process.mm();
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
    let Backing::File { offset, .. } = &area.backing else {
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
