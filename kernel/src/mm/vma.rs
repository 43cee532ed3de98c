//! Virtual memory areas: what a program has mapped where. Pure bookkeeping.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;
use core::ops::Range;

use hal::space::Access;

use super::USER_START;
use super::object::SharedMemory;
use crate::fs::Claim;

/// A range of pages that are alike.
#[derive(Clone)]
pub struct Vma {
    /// Its addresses, page-aligned.
    pub range: Range<usize>,
    /// What a program may do with it.
    pub access: Access,
    /// What is behind it.
    pub backing: Backing,
    /// The area grows when a fault hits just below it.
    pub grows_down: bool,
    /// The name in `/proc/PID/maps` when there is no file.
    pub label: Label,
    /// Its pages stay in memory (mlock(2)).
    pub locked: bool,
    /// What fork makes of it.
    pub on_fork: OnFork,
}

/// What a child gets of an area (madvise(2)).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum OnFork {
    /// All of it.
    #[default]
    Keep,
    /// Nothing (`MADV_DONTFORK`).
    Leave,
    /// An area of zeros (`MADV_WIPEONFORK`).
    Wipe,
}

/// What `/proc/PID/maps` calls an area without a file.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Label {
    /// Nothing.
    #[default]
    None,
    /// `[heap]`: what brk(2) moves.
    Heap,
    /// `[stack]`: that of the first thread.
    Stack,
    /// `[vdso]`.
    Vdso,
    /// What the program calls it (`PR_SET_VMA_ANON_NAME`).
    Given(Arc<[u8]>),
}

/// What is behind an area.
#[derive(Clone)]
pub enum Backing {
    /// Zeros, private to the address space.
    Anonymous,
    /// A file, from `offset` (bytes, page-aligned) at the start of the area.
    File {
        /// The file; a mapping through a descriptor that was open for writing keeps it from being
        /// executed, also when that is closed.
        file: Claim,
        /// Its absolute path when it was mapped.
        path: Arc<[u8]>,
        /// The file offset of the area's first byte.
        offset: u64,
        /// Whether stores reach the file (`MAP_SHARED`).
        shared: bool,
        /// Whether the file was open for writing (limits `mprotect`).
        may_write: bool,
        /// Whether its mount lets programs be executed (limits `mprotect`).
        may_execute: bool,
    },
    /// Memory shared with the processes forked from this one.
    Shared {
        /// The pages.
        memory: Arc<SharedMemory>,
        /// The offset of the area's first byte in them.
        offset: u64,
    },
}

impl Backing {
    /// Whether stores are seen by others.
    pub fn is_shared(&self) -> bool {
        match self {
            Backing::Anonymous => false,
            Backing::File { shared, .. } => *shared,
            Backing::Shared { .. } => true,
        }
    }

    /// Whether the area may ever be writable.
    pub fn may_write(&self) -> bool {
        match self {
            Backing::Anonymous => true,
            Backing::File {
                shared, may_write, ..
            } => !shared || *may_write,
            Backing::Shared { memory, .. } => memory.may_write(),
        }
    }

    /// Whether the area may ever be executable.
    pub fn may_execute(&self) -> bool {
        !matches!(
            self,
            Backing::File {
                may_execute: false,
                ..
            }
        )
    }

    /// Tells the file behind a shared mapping that a store reaches it.
    pub fn stored(&self) {
        if let Backing::File {
            file, shared: true, ..
        } = self
        {
            file.inode().mapping_stored();
        }
    }

    /// The file's path.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Backing::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The same backing, `bytes` further on.
    fn advanced(&self, bytes: usize) -> Backing {
        let mut backing = self.clone();
        match &mut backing {
            Backing::Anonymous => {}
            Backing::File { offset, .. } | Backing::Shared { offset, .. } => {
                *offset += bytes as u64;
            }
        }
        backing
    }

    /// Whether `next` continues this backing after `bytes`.
    fn continues(&self, bytes: usize, next: &Backing) -> bool {
        match (self, next) {
            (Backing::Anonymous, Backing::Anonymous) => true,
            (
                Backing::File {
                    file: a,
                    offset: x,
                    shared: s,
                    may_write: m,
                    may_execute: e,
                    ..
                },
                Backing::File {
                    file: b,
                    offset: y,
                    shared: t,
                    may_write: n,
                    may_execute: f,
                    ..
                },
            ) => a.is_same(b) && x + bytes as u64 == *y && (s, m, e) == (t, n, f),
            (
                Backing::Shared {
                    memory: a,
                    offset: x,
                },
                Backing::Shared {
                    memory: b,
                    offset: y,
                },
            ) => Arc::ptr_eq(a, b) && x + bytes as u64 == *y,
            _ => false,
        }
    }
}

impl Vma {
    /// The part of the area inside `range`, which must overlap it.
    pub fn part(&self, range: &Range<usize>) -> Vma {
        let start = self.range.start.max(range.start);
        let end = self.range.end.min(range.end);
        Vma {
            range: start..end,
            backing: self.backing.advanced(start - self.range.start),
            ..self.clone()
        }
    }

    fn joins(&self, next: &Vma) -> bool {
        self.range.end == next.range.start
            && self.access == next.access
            && self.grows_down == next.grows_down
            && self.label == next.label
            && self.locked == next.locked
            && self.on_fork == next.on_fork
            && self.backing.continues(self.range.len(), &next.backing)
    }

    /// The name in `/proc/PID/maps`, with the space before it.
    pub fn write_label(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let text = match &self.label {
            Label::None => return Ok(()),
            Label::Heap => "[heap]",
            Label::Stack => "[stack]",
            Label::Vdso => "[vdso]",
            Label::Given(name) => {
                let kind = match self.backing {
                    Backing::Shared { .. } => "anon_shmem",
                    _ => "anon",
                };
                // Printable ASCII all of it.
                let name = core::str::from_utf8(name).unwrap_or_default();
                return write!(out, "{:>16}[{kind}:{name}]", "");
            }
        };
        write!(out, "{:>16}{text}", "")
    }

    /// The columns of `/proc/PID/maps` before the name.
    pub fn describe(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let flag = |access, letter| {
            if self.access.contains(access) {
                letter
            } else {
                '-'
            }
        };
        let (offset, inode) = match &self.backing {
            Backing::Anonymous => (0, 0),
            Backing::File { offset, file, .. } => (*offset, file.inode().metadata().inode),
            Backing::Shared { offset, .. } => (*offset, 0),
        };
        write!(
            out,
            "{:08x}-{:08x} {}{}{}{} {:08x} 00:00 {:<10}",
            self.range.start,
            self.range.end,
            flag(Access::READ, 'r'),
            flag(Access::WRITE, 'w'),
            flag(Access::EXECUTE, 'x'),
            if self.backing.is_shared() { 's' } else { 'p' },
            offset,
            inode,
        )
    }
}

/// The areas of an address space, by start. They never overlap; neighbours
/// that are alike are one area.
#[derive(Clone)]
pub struct VmaMap {
    areas: BTreeMap<usize, Vma>,
    total: usize,
    /// Where the search for a gap begins, so that a program with many areas
    /// does not pay for all of them each time.
    cursor: usize,
    /// No gap above `cursor` is larger than this.
    largest_skipped: usize,
}

impl Default for VmaMap {
    fn default() -> Self {
        Self::new()
    }
}

impl VmaMap {
    /// No areas.
    pub const fn new() -> Self {
        Self {
            areas: BTreeMap::new(),
            total: 0,
            cursor: usize::MAX,
            largest_skipped: 0,
        }
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The bytes in all areas.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The areas by ascending address.
    pub fn iter(&self) -> impl Iterator<Item = &Vma> {
        self.areas.values()
    }

    /// The area that holds an address.
    pub fn find(&self, address: usize) -> Option<&Vma> {
        let (_, area) = self.areas.range(..=address).next_back()?;
        (address < area.range.end).then_some(area)
    }

    /// The first area that does not end before `address`.
    pub fn first_from(&self, address: usize) -> Option<&Vma> {
        self.find(address)
            .or_else(|| self.areas.range(address..).next().map(|(_, area)| area))
    }

    /// The first area that starts above an address.
    pub fn first_above(&self, address: usize) -> Option<&Vma> {
        self.areas
            .range(address.checked_add(1)?..)
            .next()
            .map(|(_, area)| area)
    }

    /// The areas that overlap a range, ascending.
    pub fn overlapping(&self, range: &Range<usize>) -> impl Iterator<Item = &Vma> {
        let first = self
            .find(range.start)
            .map_or(range.start, |area| area.range.start);
        let end = range.end.max(first);
        self.areas.range(first..end).map(|(_, area)| area)
    }

    /// Whether no area overlaps the range.
    pub fn is_free(&self, range: &Range<usize>) -> bool {
        self.overlapping(range).next().is_none()
    }

    /// Whether areas cover the whole range.
    pub fn covers(&self, range: &Range<usize>) -> bool {
        let mut at = range.start;
        for area in self.overlapping(range) {
            if area.range.start > at {
                return false;
            }
            at = area.range.end;
        }
        at >= range.end
    }

    /// A gap of `length` bytes that ends at or below `top`: the highest one, but
    /// for gaps that a search for more has passed by.
    pub fn find_gap(&mut self, length: usize, top: usize) -> Option<usize> {
        if length <= self.largest_skipped || self.cursor > top {
            self.cursor = top;
            self.largest_skipped = 0;
        }
        let mut end = self.cursor;
        for area in self.areas.range(..end).rev().map(|(_, area)| area) {
            let gap = end.saturating_sub(area.range.end);
            if gap >= length {
                break;
            }
            self.largest_skipped = self.largest_skipped.max(gap);
            end = area.range.start;
        }
        let start = end
            .checked_sub(length)
            .filter(|&start| start >= USER_START)?;
        self.cursor = end;
        Some(start)
    }

    /// Adds an area where nothing is mapped, joining it with its neighbours.
    pub fn insert(&mut self, area: Vma) {
        debug_assert!(self.is_free(&area.range));
        self.total += area.range.len();
        let start = area.range.start;
        self.areas.insert(start, area);
        self.join_at(start);
        if let Some((&next, _)) = self.areas.range(start + 1..).next() {
            self.join_at(next);
        }
    }

    /// Joins the area that starts at `start` with the one before it.
    fn join_at(&mut self, start: usize) {
        let Some((&before, previous)) = self.areas.range(..start).next_back() else {
            return;
        };
        let Some(area) = self.areas.get(&start) else {
            return;
        };
        if !previous.joins(area) {
            return;
        }
        let end = area.range.end;
        self.areas.remove(&start);
        if let Some(previous) = self.areas.get_mut(&before) {
            previous.range.end = end;
        }
    }

    /// Splits the area that holds `at` so that one starts there.
    fn split(&mut self, at: usize) {
        let Some(area) = self.find(at) else { return };
        if area.range.start == at {
            return;
        }
        let tail = area.part(&(at..area.range.end));
        let start = area.range.start;
        if let Some(head) = self.areas.get_mut(&start) {
            head.range.end = at;
        }
        self.areas.insert(at, tail);
    }

    /// Removes what overlaps the range; says whether there was anything.
    pub fn remove(&mut self, range: &Range<usize>) -> bool {
        self.split(range.start);
        self.split(range.end);
        let mut any = false;
        while let Some((&start, area)) = self.areas.range(range.clone()).next() {
            self.total -= area.range.len();
            self.areas.remove(&start);
            any = true;
        }
        if any && range.end > self.cursor {
            // The gap that this makes or widens is searched again.
            let above = self.areas.range(range.end..).next();
            self.cursor = above.map_or(usize::MAX, |(&start, _)| start);
        }
        any
    }

    /// Changes the areas of a range.
    pub fn update(&mut self, range: &Range<usize>, mut change: impl FnMut(&mut Vma)) {
        self.split(range.start);
        self.split(range.end);
        for (_, area) in self.areas.range_mut(range.clone()) {
            change(area);
        }
        let mut at = range.start;
        while at <= range.end
            && let Some((&start, _)) = self.areas.range(at..=range.end).next()
        {
            self.join_at(start);
            at = start + 1;
        }
    }

    /// Bytes of a range that are locked.
    pub fn locked_bytes(&self, range: &Range<usize>) -> usize {
        self.overlapping(range)
            .filter(|area| area.locked)
            .map(|area| area.range.end.min(range.end) - area.range.start.max(range.start))
            .sum()
    }

    /// Lowers the start of the area that starts at `old`, which grows down.
    pub fn grow_down(&mut self, old: usize, new: usize) {
        if let Some(mut area) = self.areas.remove(&old) {
            self.total += old - new;
            area.range.start = new;
            self.areas.insert(new, area);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hal::mock::fewer;
    use proptest::prelude::*;

    const PAGE: usize = 4096;

    fn area(start: usize, pages: usize, access: Access) -> Vma {
        Vma {
            range: start..start + pages * PAGE,
            access,
            backing: Backing::Anonymous,
            grows_down: false,
            label: Label::None,
            locked: false,
            on_fork: OnFork::Keep,
        }
    }

    proptest! {
        /// The map agrees with a model that keeps one entry for each page.
        #[test]
        fn agrees_with_a_page_table(
            steps in proptest::collection::vec((0usize..3, 16usize..64, 1usize..12, 0u8..4), 1..fewer(60))
        ) {
            let mut map = VmaMap::new();
            let mut model = BTreeMap::<usize, Access>::new();
            for (kind, first, pages, bits) in steps {
                let range = first * PAGE..(first + pages) * PAGE;
                let access = Access::from_bits_truncate(bits as _);
                match kind {
                    0 => {
                        map.remove(&range);
                        map.insert(area(range.start, pages, access));
                        for page in range.clone().step_by(PAGE) {
                            model.insert(page, access);
                        }
                    }
                    1 => {
                        map.remove(&range);
                        for page in range.clone().step_by(PAGE) {
                            model.remove(&page);
                        }
                    }
                    _ => {
                        map.update(&range, |area| area.access = access);
                        for page in range.clone().step_by(PAGE) {
                            model.entry(page).and_modify(|old| *old = access);
                        }
                    }
                }
                for page in (0..80 * PAGE).step_by(PAGE) {
                    prop_assert_eq!(map.find(page).map(|a| a.access), model.get(&page).copied());
                }
                prop_assert_eq!(map.total(), model.len() * PAGE);
                let covered = (range.clone()).step_by(PAGE).all(|page| model.contains_key(&page));
                prop_assert_eq!(map.covers(&range), covered);
                let mut previous: Option<&Vma> = None;
                for area in map.iter() {
                    if let Some(previous) = previous {
                        prop_assert!(previous.range.end <= area.range.start);
                        prop_assert!(!previous.joins(area), "neighbours alike are joined");
                    }
                    previous = Some(area);
                }
                let wanted = pages * PAGE;
                let gap = map.find_gap(wanted, 100 * PAGE);
                let free = |start: &usize| map.is_free(&(*start..*start + wanted));
                match gap {
                    Some(gap) => prop_assert!(free(&gap) && gap + wanted <= 100 * PAGE),
                    None => prop_assert!(
                        !(USER_START..=100 * PAGE - wanted).step_by(PAGE).any(|start| free(&start)),
                        "a gap was missed"
                    ),
                }
            }
        }
    }

    #[test]
    fn a_gap_is_found_below_the_top() {
        let mut map = VmaMap::new();
        map.insert(area(90 * PAGE, 10, Access::READ));
        assert_eq!(map.find_gap(2 * PAGE, 100 * PAGE), Some(88 * PAGE));
        map.insert(area(80 * PAGE, 9, Access::READ));
        assert_eq!(map.find_gap(PAGE, 100 * PAGE), Some(89 * PAGE));
        assert_eq!(map.find_gap(2 * PAGE, 100 * PAGE), Some(78 * PAGE));
        assert_eq!(map.find_gap(1000 * PAGE, 100 * PAGE), None);
        map.remove(&(85 * PAGE..87 * PAGE));
        assert_eq!(map.find_gap(2 * PAGE, 100 * PAGE), Some(85 * PAGE));
    }
}
