//! What an address space has: sizes for `/proc`, limits and rusage, pages in memory, and the text of `/proc/PID/maps`.

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::ops::Range;

use hal::mem::PAGE_SIZE;
use hal::space::{Access, USER_END};

use super::{Backing, Inner, Mm, SizeLimits, Vma};
use crate::errno::{Errno, Result};
use crate::fs::procfs::Text;

/// Bytes mapped by kind, as proc_pid_status(5) counts them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Code: executable and not writable.
    pub text: usize,
    /// Private and writable but for the stack: what `RLIMIT_DATA` limits.
    pub data: usize,
    /// Areas that grow down.
    pub stack: usize,
}

impl Mm {
    /// The ranges that are mapped and may be used at all.
    pub fn usable_ranges(&self) -> Result<Vec<Range<usize>>> {
        let inner = self.inner.lock();
        let mut ranges = Vec::new();
        ranges.try_reserve_exact(inner.areas.len())?;
        for area in inner.areas.iter().filter(|area| !area.access.is_empty()) {
            ranges.push(area.range.clone());
        }
        Ok(ranges)
    }

    /// For each page from `start` on, whether it is in memory (mincore(2)). `ENOMEM` when not all
    /// are mapped.
    pub fn residency(&self, start: usize, pages: &mut [u8]) -> Result<()> {
        let range = start..start + pages.len() * PAGE_SIZE;
        let inner = self.inner.lock();
        if !inner.areas.covers(&range) {
            return Err(Errno::ENOMEM);
        }
        for (page, address) in pages.iter_mut().zip(range.step_by(PAGE_SIZE)) {
            *page = u8::from(inner.space.lookup(address).is_some());
        }
        Ok(())
    }

    /// The most pages that were in memory at once.
    pub fn peak_pages(&self) -> usize {
        let inner = self.inner.lock();
        inner.peak.max(inner.resident())
    }

    /// Pages in memory, but for those of zeros that were only read.
    pub fn resident_pages(&self) -> usize {
        self.inner.lock().resident()
    }

    /// How many of the bytes mapped are of which kind. Looks at every area.
    pub fn sizes(&self) -> Sizes {
        self.inner.lock().sizes()
    }

    /// Pages in memory of files and of memory that is shared.
    pub fn resident_shared_pages(&self) -> usize {
        let inner = self.inner.lock();
        let mut count = 0;
        for area in inner.areas.iter() {
            if matches!(area.backing, Backing::Anonymous) {
                continue;
            }
            let mut from = area.range.start;
            while let Some(page) = inner.space.next_mapped(from..area.range.end) {
                count += 1;
                from = page + PAGE_SIZE;
            }
        }
        count
    }

    /// Bytes mapped.
    pub fn total_bytes(&self) -> usize {
        self.inner.lock().areas.total()
    }

    /// Adds the line of `/proc/PID/maps` (proc_pid_maps(5)) about the first area that ends above `from`; gives its end,
    /// or nothing when there is none.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn describe_area(&self, from: usize, out: &mut Text) -> Result<Option<usize>> {
        let Some(area) = self.inner.lock().areas.first_from(from).cloned() else {
            return Ok(None);
        };
        area.describe(out)?;
        if let Some(path) = area.backing.path() {
            write!(out, "{:>16}", "")?;
            out.push(path)?;
        } else {
            area.write_label(out)?;
        }
        writeln!(out)?;
        Ok(Some(area.range.end))
    }
}

impl Inner {
    fn sizes(&self) -> Sizes {
        let mut sizes = Sizes::default();
        for area in self.areas.iter() {
            let length = area.range.len();
            let writable = area.access.contains(Access::WRITE);
            if area.grows_down {
                sizes.stack += length;
            } else if area.is_data() {
                sizes.data += length;
            } else if area.access.contains(Access::EXECUTE) && !writable {
                sizes.text += length;
            }
        }
        sizes
    }

    /// Whether the limits allow `length` more bytes, of data or not, in place of what is in `range`.
    pub(super) fn has_room(
        &self,
        length: usize,
        is_data: bool,
        range: &Range<usize>,
        limits: SizeLimits,
    ) -> bool {
        let replaced = |counts: fn(&Vma) -> bool| -> usize {
            let areas = self.areas.overlapping(range).filter(|area| counts(area));
            areas
                .map(|area| area.range.end.min(range.end) - area.range.start.max(range.start))
                .sum()
        };
        // What is replaced is only looked at where it makes a difference.
        (self.has_room_for_space(length, limits.space)
            || self.has_room_for_space(length.saturating_sub(replaced(|_| true)), limits.space))
            && (!is_data
                || self.has_room_for_data(length, limits.data)
                || self
                    .has_room_for_data(length.saturating_sub(replaced(Vma::is_data)), limits.data))
    }

    /// Whether `more` bytes keep within `limit` (`RLIMIT_AS`).
    pub(super) fn has_room_for_space(&self, more: usize, limit: u64) -> bool {
        (self.areas.total() as u64).saturating_add(more as u64) <= limit
    }

    /// Whether `more` locked bytes keep within `limit` (`RLIMIT_MEMLOCK`). Looks at every area
    /// where there is a limit.
    pub(super) fn has_room_for_locked(&self, more: usize, limit: u64) -> bool {
        let locked = || self.areas.locked_bytes(&(0..USER_END)) as u64;
        limit == u64::MAX || locked().saturating_add(more as u64) <= limit
    }

    /// Whether `more` bytes of data keep within `limit` (`RLIMIT_DATA`). Looks at every area
    /// where there is a limit.
    pub(super) fn has_room_for_data(&self, more: usize, limit: u64) -> bool {
        limit == u64::MAX || (self.sizes().data as u64).saturating_add(more as u64) <= limit
    }
}
