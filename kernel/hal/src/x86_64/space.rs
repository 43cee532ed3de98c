//! User address spaces as page tables.
//!
//! A leaf entry that is not zero owns one reference to its frame; without `PRESENT` it is a page
//! without access. A table page's slot in the reference counts holds the number of its entries that
//! are not zero, so that empty tables are found and freed.

use super::cpu::registers::{invalidate_page, write_cr3};
use super::cpu::{self, area};
use super::mem::{self, string::zero_page};
use super::paging::{
    ACCESSED, ADDRESS, DIRTY, KERNEL_ENTRIES, NO_EXECUTE, PRESENT, TABLE, Table, USER, WRITABLE,
    direct, index, kernel_root, table,
};
use super::smp;
use crate::mem::{Frame, OutOfMemory, PAGE_SIZE};
use crate::space::{Access, USER_END};
use crate::sync::LoadedOn;
use alloc::sync::Arc;
use core::ops::Range;
use core::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
    fence,
};

/// Marks a page without access, whose entry might otherwise be zero (software bit).
const HELD: u64 = 1 << 9;
/// Pages up to which a flush goes page by page.
const SINGLE_FLUSHES: usize = 32;
/// Frames that `unmap` collects for each flush.
const BATCH: usize = 32;

/// A root table with everything below; freed when neither the space nor a CPU has it.
pub(crate) struct Root {
    address: usize,
    /// The CPUs that have it loaded.
    cpus: LoadedOn,
}

fn encode(access: Access) -> u64 {
    if access.is_empty() {
        return HELD;
    }
    let write = if access.contains(Access::WRITE) {
        WRITABLE | DIRTY
    } else {
        0
    };
    let execute = if access.contains(Access::EXECUTE) {
        0
    } else {
        NO_EXECUTE
    };
    PRESENT | USER | ACCESSED | HELD | write | execute
}

fn decode(entry: u64) -> Access {
    if entry & PRESENT == 0 {
        return Access::empty();
    }
    let mut access = Access::READ;
    access.set(Access::WRITE, entry & WRITABLE != 0);
    access.set(Access::EXECUTE, entry & NO_EXECUTE == 0);
    access
}

/// Bytes that one entry of a level covers.
const fn reach(level: usize) -> usize {
    PAGE_SIZE << (9 * level)
}

/// The first address after the entry of the level that `address` is in.
const fn after(address: usize, level: usize) -> usize {
    (address | (reach(level) - 1)) + 1
}

impl Root {
    /// Physical address of the page table (level 0) for an address, if there is one.
    #[inline]
    fn find_leaf_table(&self, address: usize) -> Option<usize> {
        let mut current = self.address;
        for level in [3, 2, 1] {
            // SAFETY: tables of a live root are only freed by `&mut AddressSpace` methods, which
            // unlink them first.
            let entry = unsafe { table(current) }[index(address, level)].load(Relaxed);
            if entry == 0 {
                return None;
            }
            current = (entry & ADDRESS) as usize;
        }
        Some(current)
    }

    /// The page table for an address, if there is one.
    #[inline]
    fn leaf_table(&self, address: usize) -> Option<&Table> {
        // SAFETY: as in `find_leaf_table`.
        self.find_leaf_table(address)
            .map(|found| unsafe { table(found) })
    }

    /// The page table for an address, made if there is none.
    fn make_leaf_table(&mut self, address: usize) -> Result<(&Table, usize), OutOfMemory> {
        let mut current = self.address;
        for level in (1..=3).rev() {
            // SAFETY: as in `find_leaf_table`.
            let entry = &unsafe { table(current) }[index(address, level)];
            let mut value = entry.load(Relaxed);
            if value == 0 {
                value = new_table()? as u64 | TABLE;
                entry.store(value, Relaxed);
                mem::change_entries(current, 1);
            }
            current = (value & ADDRESS) as usize;
        }
        // SAFETY: as above.
        Ok((unsafe { table(current) }, current))
    }

    /// The first page table that covers part of `range`, with its physical address and that part.
    #[inline]
    fn next_leaf_table(&self, range: Range<usize>) -> Option<(&Table, usize, Range<usize>)> {
        if range.is_empty() {
            return None;
        }
        let (found, start) = match self.find_leaf_table(range.start) {
            Some(found) => (found, range.start),
            None => self.search_leaf_table(&range)?,
        };
        // SAFETY: as in `find_leaf_table`.
        let leaves = unsafe { table(found) };
        Some((leaves, found, start..after(start, 1).min(range.end)))
    }

    /// The slow part of [`Self::next_leaf_table`]: physical address of the table, first address in
    /// it.
    fn search_leaf_table(&self, range: &Range<usize>) -> Option<(usize, usize)> {
        let mut address = range.start;
        'restart: while address < range.end {
            let mut current = self.address;
            for level in (1..=3).rev() {
                // SAFETY: as in `find_leaf_table`.
                let entries = unsafe { table(current) };
                let end = after(address, level + 1).min(range.end);
                let (first, last) = (index(address, level), index(end - 1, level));
                let used = |entry: &AtomicU64| entry.load(Relaxed) != 0;
                let Some(skipped) = entries[first..=last].iter().position(used) else {
                    address = end;
                    continue 'restart;
                };
                if skipped != 0 {
                    address = (address & !(reach(level) - 1)) + skipped * reach(level);
                }
                current = (entries[first + skipped].load(Relaxed) & ADDRESS) as usize;
            }
            return Some((current, address));
        }
        None
    }

    /// Frees the page table for `address`, which is empty, and the tables above that become empty
    /// by it. The TLB must not be used before it is flushed; the tables go to `freed`.
    fn unlink_empty(&mut self, address: usize, mut freed: impl FnMut(usize)) {
        let mut path = [0; 4];
        path[3] = self.address;
        for level in (1..=3).rev() {
            // SAFETY: as in `find_leaf_table`.
            let entry = unsafe { table(path[level]) }[index(address, level)].load(Relaxed);
            if entry == 0 {
                return;
            }
            path[level - 1] = (entry & ADDRESS) as usize;
        }
        for level in 0..3 {
            if mem::entries(path[level]) != 0 {
                return;
            }
            // SAFETY: as in `find_leaf_table`.
            let above = unsafe { table(path[level + 1]) };
            above[index(address, level + 1)].store(0, Relaxed);
            mem::change_entries(path[level + 1], -1);
            freed(path[level]);
        }
    }
}

/// An empty table; its physical address.
fn new_table() -> Result<usize, OutOfMemory> {
    let page = mem::allocate_user_frame()?;
    let address = page as usize * PAGE_SIZE;
    // SAFETY: the frame was just allocated.
    unsafe { zero_page(direct(address)) };
    mem::reset_entries(address);
    Ok(address)
}

/// Frees what is below a table of the level, and the table.
fn free_table(address: usize, level: usize) {
    // SAFETY: only called by `Root::drop`, down the tree, so the table is unused but still a table.
    let table = unsafe { table(address) };
    let mut left = mem::entries(address);
    for entry in table {
        if left == 0 {
            break;
        }
        let value = entry.load(Relaxed);
        if value == 0 {
            continue;
        }
        left -= 1;
        let below = (value & ADDRESS) as usize;
        if level == 0 {
            // SAFETY: a leaf entry owns a reference, and the entry is not used again.
            drop(unsafe { Frame::from_address(below) });
        } else {
            free_table(below, level - 1);
        }
    }
    mem::free_frames((address / PAGE_SIZE) as u32, 1);
}

impl Drop for Root {
    fn drop(&mut self) {
        // The kernel's entries are shared; they are not counted and come last.
        free_table(self.address, 3);
    }
}

/// A map from user pages to frames; see [`crate::space`].
pub struct AddressSpace {
    root: Arc<Root>,
    resident: usize,
}

impl AddressSpace {
    /// An empty space.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no frame for the root table.
    pub fn new() -> Result<Self, OutOfMemory> {
        let address = new_table()?;
        // SAFETY: both are root tables; the new one is this function's, the kernel's is never
        // freed.
        let (new, kernel) = unsafe { (table(address), table(kernel_root())) };
        for index in KERNEL_ENTRIES {
            new[index].store(kernel[index].load(Relaxed), Relaxed);
        }
        Ok(Self {
            root: Arc::new(Root {
                address,
                cpus: LoadedOn::new(),
            }),
            resident: 0,
        })
    }

    /// The root for changes. Other CPUs may hold a reference, but only to keep it loaded.
    fn root_mut(&mut self) -> &mut Root {
        // SAFETY: `&mut self` is the only path to changes of the tables, and the other owners of
        // the `Arc` (a CPU's area) never touch the root's fields or tables.
        unsafe { &mut *Arc::as_ptr(&self.root).cast_mut() }
    }

    #[inline]
    fn is_active(&self) -> bool {
        area::get().root_address.get() == self.root.address
    }

    /// Makes the other CPUs that have the space loaded forget their translations, and waits until
    /// they have. The changed entries are stored already.
    #[inline]
    fn flush_others(&self) {
        if cpu::count() == 1 {
            return;
        }
        let others = self.root.cpus.others(cpu::id());
        if others != 0 {
            smp::flush(others);
        }
    }

    #[inline]
    fn flush_page(&self, address: usize) {
        if self.is_active() {
            invalidate_page(address);
        }
        self.flush_others();
    }

    fn flush_all(&self) {
        if self.is_active() {
            // SAFETY: this root is loaded already and kept alive by `self`.
            unsafe { write_cr3(self.root.address) };
        }
        self.flush_others();
    }

    fn flush_range(&self, range: &Range<usize>) {
        if range.len() / PAGE_SIZE > SINGLE_FLUSHES {
            self.flush_all();
            return;
        }
        if self.is_active() {
            range.clone().step_by(PAGE_SIZE).for_each(invalidate_page);
        }
        self.flush_others();
    }

    /// Frees the page table for `address`, which has become empty, and flushes the TLB.
    fn free_empty_table(&mut self, address: usize) {
        let mut freed = [0; 3];
        let mut slots = freed.iter_mut();
        self.root_mut().unlink_empty(address, |table| {
            if let Some(slot) = slots.next() {
                *slot = table;
            }
        });
        self.flush_all();
        for table in freed.into_iter().filter(|&table| table != 0) {
            mem::free_frames((table / PAGE_SIZE) as u32, 1);
        }
    }

    /// Maps the page at `address` to `frame`, replacing (and dropping) what was there.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no frame for a table; the page is then unchanged.
    ///
    /// # Panics
    /// When `address` is not page-aligned or not below [`USER_END`].
    pub fn map(&mut self, address: usize, frame: Frame, access: Access) -> Result<(), OutOfMemory> {
        check(&(address..address.saturating_add(PAGE_SIZE)));
        let (table, physical) = self.root_mut().make_leaf_table(address)?;
        let entry = frame.into_address() as u64 | encode(access);
        let old = table[index(address, 0)].swap(entry, Relaxed);
        if old == 0 {
            mem::change_entries(physical, 1);
            self.resident += 1;
        } else {
            self.flush_page(address);
            // SAFETY: the entry that was replaced owned a reference.
            drop(unsafe { Frame::from_address((old & ADDRESS) as usize) });
        }
        Ok(())
    }

    /// Unmaps the pages of `range` and hands each frame that was mapped to `removed`, in order of
    /// address.
    ///
    /// # Panics
    /// When `range` is not page-aligned or leaves user space.
    pub fn unmap(&mut self, range: Range<usize>, mut removed: impl FnMut(usize, Frame)) {
        check(&range);
        let mut batch = [(0, 0); BATCH];
        let mut next = range.start;
        while let Some((leaves, physical, part)) = self.root.next_leaf_table(next..range.end) {
            let mut count = 0;
            let mut left = mem::entries(physical);
            let start = part.start;
            next = start;
            while next < part.end && count < BATCH {
                let entry = &leaves[index(next, 0)];
                let old = entry.load(Relaxed);
                if old != 0 {
                    entry.store(0, Relaxed);
                    batch[count] = (next, (old & ADDRESS) as usize);
                    count += 1;
                    left -= 1;
                    if left == 0 {
                        next = part.end;
                        break;
                    }
                }
                next += PAGE_SIZE;
            }
            if count == 0 {
                continue;
            }
            mem::change_entries(physical, -(count as i32));
            let now_empty = left == 0;
            self.resident -= count;
            if now_empty {
                self.free_empty_table(start);
            } else {
                self.flush_range(&(start..next));
            }
            for &(address, frame) in &batch[..count] {
                // SAFETY: the entry that was cleared owned a reference, and no TLB has it any more.
                removed(address, unsafe { Frame::from_address(frame) });
            }
        }
    }

    /// Sets the access of the pages of `range` that are mapped.
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn protect(&mut self, range: Range<usize>, access: Access) {
        check(&range);
        let flags = encode(access);
        let mut changed = false;
        let mut next = range.start;
        while let Some((leaves, physical, part)) = self.root.next_leaf_table(next..range.end) {
            next = part.end;
            let mut left = mem::entries(physical);
            for entry in &leaves[page_indexes(&part)] {
                let old = entry.load(Relaxed);
                if old == 0 {
                    continue;
                }
                let new = old & ADDRESS | flags;
                if old != new {
                    entry.store(new, Relaxed);
                    changed = true;
                }
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        if changed {
            self.flush_range(&range);
        }
    }

    /// The entry of the page that `address` is in, if it is mapped.
    #[inline]
    fn entry(&self, address: usize) -> Option<(&AtomicU64, u64)> {
        if address >= USER_END {
            return None;
        }
        let entry = &self.root.leaf_table(address)?[index(address, 0)];
        let value = entry.load(Relaxed);
        (value != 0).then_some((entry, value))
    }

    /// The frame and access of the page that `address` is in.
    pub fn lookup(&self, address: usize) -> Option<(Frame, Access)> {
        let (_, value) = self.entry(address)?;
        let frame = (value & ADDRESS) as usize;
        // SAFETY: the entry keeps the frame alive while its reference is counted; the new one is
        // `frame`'s.
        let frame = unsafe {
            Frame::share_address(frame);
            Frame::from_address(frame)
        };
        Some((frame, decode(value)))
    }

    /// Sets the access of the page that `address` is in, if it is mapped.
    pub fn set_access(&mut self, address: usize, access: Access) {
        if let Some((entry, value)) = self.entry(address) {
            let new = value & ADDRESS | encode(access);
            entry.store(new, Relaxed);
            if takes_away(value, new) {
                self.flush_page(address);
            } else if self.is_active() {
                // Another CPU that has the old entry faults once for nothing.
                invalidate_page(address);
            }
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
        self.copy_entries(child, range, WRITABLE | DIRTY)
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
        self.copy_entries(child, range, 0)
    }

    /// Copies the entries of `range` to `child`, without the flags `removed` in either.
    fn copy_entries(
        &mut self,
        child: &mut AddressSpace,
        range: Range<usize>,
        removed: u64,
    ) -> Result<(), OutOfMemory> {
        check(&range);
        let mut result = Ok(());
        let mut changed = false;
        let mut next = range.start;
        while let Some((leaves, physical, part)) = self.root.next_leaf_table(next..range.end) {
            next = part.end;
            let (child_leaves, child_physical) = match child.root_mut().make_leaf_table(part.start)
            {
                Ok(found) => found,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            };
            let mut left = mem::entries(physical);
            let mut new_entries = 0;
            let indexes = page_indexes(&part);
            for (entry, child_entry) in leaves[indexes.clone()].iter().zip(&child_leaves[indexes]) {
                let old = entry.load(Relaxed);
                if old == 0 {
                    continue;
                }
                let new = old & !removed;
                if new != old {
                    entry.store(new, Relaxed);
                    changed = true;
                }
                // SAFETY: the parent's entry keeps the frame alive; the new reference is the
                // child's entry's.
                unsafe { Frame::share_address((old & ADDRESS) as usize) };
                let replaced = child_entry.load(Relaxed);
                child_entry.store(new, Relaxed);
                if replaced == 0 {
                    new_entries += 1;
                } else {
                    // SAFETY: the entry that was replaced owned a reference.
                    drop(unsafe { Frame::from_address((replaced & ADDRESS) as usize) });
                }
                left -= 1;
                if left == 0 {
                    break;
                }
            }
            mem::change_entries(child_physical, new_entries);
            child.resident += new_entries as usize;
            if new_entries == 0 && mem::entries(child_physical) == 0 {
                child.free_empty_table(part.start);
            }
        }
        if changed {
            self.flush_all();
        }
        result
    }

    /// Address of the first mapped page in `range`.
    ///
    /// # Panics
    /// As [`Self::unmap`].
    pub fn next_mapped(&self, range: Range<usize>) -> Option<usize> {
        check(&range);
        let mut next = range.start;
        while let Some((leaves, _, part)) = self.root.next_leaf_table(next..range.end) {
            let used = |entry: &AtomicU64| entry.load(Relaxed) != 0;
            if let Some(skipped) = leaves[page_indexes(&part)].iter().position(used) {
                return Some(part.start + skipped * PAGE_SIZE);
            }
            next = part.end;
        }
        None
    }

    /// As [`crate::cpu::synchronize`], for the CPUs that have the space loaded. One that loads it
    /// later executes a barrier by that.
    pub fn synchronize(&self) {
        self.flush_others();
        fence(SeqCst);
    }

    /// Number of mapped pages.
    pub fn resident(&self) -> usize {
        self.resident
    }

    /// Makes this the space that user mode and user copies on this CPU see. It stays usable while
    /// active even if it is dropped.
    #[inline]
    pub fn activate(&self) {
        if !self.is_active() {
            load(self.root.address, Some(self.root.clone()));
        }
    }
}

impl Drop for AddressSpace {
    fn drop(&mut self) {
        if self.is_active() {
            // Free the memory now, not at the next switch.
            deactivate();
        }
    }
}

impl core::fmt::Debug for AddressSpace {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "AddressSpace({:#x}, {} pages)",
            self.root.address, self.resident
        )
    }
}

pub(crate) fn deactivate() {
    if area::get().root_address.get() != kernel_root() {
        load(kernel_root(), None);
    }
}

/// Loads a root and keeps it alive; the one loaded before is let go after.
fn load(address: usize, keep: Option<Arc<Root>>) {
    let area = area::get();
    let cpu = area.id.get();
    if let Some(root) = &keep {
        root.cpus.enter(cpu);
    }
    // SAFETY: the root has the kernel's entries; the area keeps it alive (the kernel's own lives
    // for ever).
    unsafe { write_cr3(address) };
    area.root_address.set(address);
    let before = area.root.replace(keep);
    if let Some(root) = &before {
        root.cpus.leave(cpu);
    }
    drop(before);
}

/// Whether the new entry of a page allows less than the old one.
fn takes_away(old: u64, new: u64) -> bool {
    old & !new & (PRESENT | WRITABLE) != 0 || new & !old & NO_EXECUTE != 0
}

fn check(range: &Range<usize>) {
    assert!(
        range.start.is_multiple_of(PAGE_SIZE)
            && range.end.is_multiple_of(PAGE_SIZE)
            && range.end <= USER_END,
        "range {range:#x?} is not of user pages"
    );
}

/// Indexes of the entries of a page table for a range that lies in it.
#[inline]
fn page_indexes(part: &Range<usize>) -> Range<usize> {
    let first = index(part.start, 0);
    first..first + (part.end - part.start) / PAGE_SIZE
}
