//! Memory of processes.
//!
//! [`Mm`] is one address space: its areas ([`vma`]) say what should be where,
//! the HAL's page tables hold what is there. Pages arrive on the first touch
//! ([`fault`]); [`user`] moves data between the kernel and a program; [`object`]
//! holds the pages of shared anonymous memory. Page contents of files come
//! from [`crate::fs::Inode::page`], which is the page cache.
//!
//! Locks: `Mm::inner` may be taken while a pipe's lock is held, and an inode's
//! lock may be taken while `Mm::inner` is held; nothing else nests with it. No
//! user memory is touched while `Mm::inner` is held.

mod fault;
pub mod file;
pub mod object;
pub mod user;
pub mod vdso;
pub mod vma;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::{Access, AddressSpace, USER_END};

pub use fault::{FaultError, serve_current as serve_page_fault};
pub use vma::{Backing, Vma, VmaMap};

use self::object::SharedMemory;
use crate::errno::{Errno, Result};
use crate::fs::Claim;
use crate::sync::{Once, SpinLock};

/// The lowest address that can be mapped (`vm.mmap_min_addr`).
pub const USER_START: usize = 0x1_0000;

/// The most areas an address space may have (`vm.max_map_count`).
pub const MAX_AREAS: usize = 65_530;

/// The address space of a process; threads and vfork children share it.
pub struct Mm {
    inner: SpinLock<Inner>,
    /// Commands registered by membarrier(2).
    barriers: AtomicU32,
}

struct Inner {
    areas: VmaMap,
    space: AddressSpace,
    layout: Layout,
    /// New mappings are locked (`MCL_FUTURE`).
    lock_future: bool,
    /// The most pages that were in memory when some were about to go.
    peak: usize,
    /// Keeps the program's file from being written.
    program: Option<Arc<Claim>>,
}

/// Where things are in an address space.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The heap that `brk` moves: start and current end.
    pub brk_start: usize,
    /// Current end of the heap.
    pub brk: usize,
    /// Mappings without a given address are placed below here.
    pub mmap_base: usize,
    /// Top of the initial stack.
    pub stack_top: usize,
    /// How far the stack may grow, in bytes.
    pub stack_limit: usize,
}

/// A request to map memory.
pub struct MapRequest {
    /// Where; `None` lets the kernel choose.
    pub address: Option<usize>,
    /// How long, in bytes; rounded up to pages.
    pub length: usize,
    /// What a program may do with it.
    pub access: Access,
    /// What is behind it.
    pub backing: Backing,
    /// Whether what is mapped there already is replaced.
    pub replace: Replace,
    /// The stack: grows down on faults.
    pub grows_down: bool,
    /// What `/proc/PID/maps` calls it, if not a file: `[heap]`, `[stack]`.
    pub label: &'static str,
}

/// What a mapping at a given address does with what is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replace {
    /// The address is a hint (no flag).
    Hint,
    /// `MAP_FIXED`.
    Unmap,
    /// `MAP_FIXED_NOREPLACE`.
    Fail,
}

/// The most bytes that an address space may map (getrlimit(2)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SizeLimits {
    /// In all: `RLIMIT_AS`.
    pub space: u64,
    /// Private and writable, the stack apart: `RLIMIT_DATA`.
    pub data: u64,
}

impl SizeLimits {
    /// None: for what a program needs to start.
    pub const NONE: SizeLimits = SizeLimits {
        space: u64::MAX,
        data: u64::MAX,
    };
}

impl MapRequest {
    fn is_data(&self) -> bool {
        is_data(self.access, &self.backing, self.grows_down)
    }
}

impl Vma {
    fn is_data(&self) -> bool {
        is_data(self.access, &self.backing, self.grows_down)
    }
}

/// Whether `RLIMIT_DATA` limits memory of this kind.
fn is_data(access: Access, backing: &Backing, grows_down: bool) -> bool {
    access.contains(Access::WRITE) && !backing.is_shared() && !grows_down
}

/// Rounds up to a page; `None` on overflow.
pub fn page_up(value: usize) -> Option<usize> {
    value.checked_add(PAGE_SIZE - 1).map(page_down)
}

/// Rounds down to a page.
pub const fn page_down(value: usize) -> usize {
    value & !(PAGE_SIZE - 1)
}

/// A page-aligned range inside user memory. `EINVAL` for a bad address,
/// `ENOMEM` for one that leaves user memory.
pub fn page_range(address: usize, length: usize) -> Result<Range<usize>> {
    if !address.is_multiple_of(PAGE_SIZE) {
        return Err(Errno::EINVAL);
    }
    let length = page_up(length).ok_or(Errno::ENOMEM)?;
    let end = address
        .checked_add(length)
        .filter(|&end| end <= USER_END)
        .ok_or(Errno::ENOMEM)?;
    Ok(address..end)
}

/// Refuses work that makes kernel objects when memory runs low. What is left
/// then is for the small allocations of calls that are under way, which may
/// not fail. `ENOMEM`.
pub fn admit() -> Result<()> {
    let memory = hal::mem::stats();
    if memory.free <= memory.reserve {
        Err(Errno::ENOMEM)
    } else {
        Ok(())
    }
}

impl Mm {
    /// An empty address space.
    pub fn new(layout: Layout) -> Result<Arc<Mm>> {
        Ok(Arc::new(Mm {
            inner: SpinLock::new(Inner {
                areas: VmaMap::new(),
                space: AddressSpace::new()?,
                layout,
                lock_future: false,
                peak: 0,
                program: None,
            }),
            barriers: AtomicU32::new(0),
        }))
    }

    /// The space of processes that have none: not started yet, or zombies.
    pub fn empty() -> Result<Arc<Mm>> {
        static EMPTY: Once<Arc<Mm>> = Once::new();
        if let Some(mm) = EMPTY.get() {
            return Ok(mm.clone());
        }
        let mm = Mm::new(Layout::default())?;
        Ok(EMPTY.call_once(|| mm).clone())
    }

    /// Says which file's program it is for; the file can't be written while this space is there.
    pub fn set_program(&self, claim: Arc<Claim>) {
        self.inner.lock().program = Some(claim);
    }

    /// Makes it the CPU's address space.
    #[inline]
    pub fn activate(&self) {
        self.inner.lock().space.activate();
    }

    /// The layout now.
    pub fn layout(&self) -> Layout {
        self.inner.lock().layout
    }

    /// Changes the layout.
    pub fn set_layout(&self, layout: Layout) {
        self.inner.lock().layout = layout;
    }

    /// Maps memory; returns its address.
    ///
    /// # Errors
    ///
    /// `EINVAL`, `ENOMEM` (no room, or past a limit), `EEXIST`
    /// ([`Replace::Fail`]).
    pub fn map(&self, request: MapRequest, limits: SizeLimits) -> Result<usize> {
        let length = page_up(request.length).filter(|&length| length != 0);
        let length = length.ok_or(if request.length == 0 {
            Errno::EINVAL
        } else {
            Errno::ENOMEM
        })?;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let mut start = None;
        if let Some(address) = request.address {
            match request.replace {
                Replace::Hint => {
                    let hint = page_down(address).max(USER_START);
                    if let Some(end) = hint.checked_add(length)
                        && end <= USER_END
                        && inner.areas.is_free(&(hint..end))
                    {
                        start = Some(hint);
                    }
                }
                Replace::Unmap | Replace::Fail => {
                    let range = page_range(address, length)?;
                    if address < USER_START {
                        return Err(Errno::EPERM);
                    }
                    if request.replace == Replace::Fail && !inner.areas.is_free(&range) {
                        return Err(Errno::EEXIST);
                    }
                    start = Some(address);
                }
            }
        }
        let start = match start {
            Some(start) => start,
            None => inner
                .areas
                .find_gap(length, inner.layout.mmap_base)
                .ok_or(Errno::ENOMEM)?,
        };
        let range = start..start + length;
        if (inner.areas.total() as u64).saturating_add(length as u64) > limits.space
            || (request.is_data() && !inner.has_room_for_data(length, limits.data))
            || inner.areas.len() + 2 > MAX_AREAS
        {
            return Err(Errno::ENOMEM);
        }
        inner.discard(&range);
        inner.areas.insert(Vma {
            range,
            access: request.access,
            backing: request.backing,
            grows_down: request.grows_down,
            label: request.label,
            locked: inner.lock_future,
        });
        Ok(start)
    }

    /// Removes all mappings of a range.
    pub fn unmap(&self, range: &Range<usize>) -> Result<()> {
        let mut inner = self.inner.lock();
        if inner.areas.len() + 1 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        // Giving memory back must work when there is none, but two areas need more than one.
        let splits = |area: &Vma| area.range.start < range.start && area.range.end > range.end;
        if inner.areas.find(range.start).is_some_and(splits) {
            admit()?;
        }
        inner.discard(range);
        Ok(())
    }

    /// The shared memory whose first byte is mapped at `address`.
    pub fn shared_memory_at(&self, address: usize) -> Option<Arc<SharedMemory>> {
        let inner = self.inner.lock();
        match &inner.areas.find(address)?.backing {
            Backing::Shared { memory, offset: 0 } => Some(memory.clone()),
            _ => None,
        }
    }

    /// Removes every part of a mapping of shared memory that begins, or once began, at `address` (shmdt(2)).
    pub fn unmap_shared(&self, address: usize, memory: &Arc<SharedMemory>) {
        let mut inner = self.inner.lock();
        let mut from = address;
        loop {
            let part = inner.areas.overlapping(&(from..USER_END)).find(|area| {
                matches!(&area.backing, Backing::Shared { memory: own, offset }
                    if Arc::ptr_eq(own, memory)
                        && area.range.start.checked_sub(address) == usize::try_from(*offset).ok())
            });
            let Some(range) = part.map(|area| area.range.clone()) else {
                return;
            };
            from = range.end;
            inner.discard(&range);
        }
    }

    /// Changes what a program may do with a range.
    ///
    /// # Errors
    ///
    /// `ENOMEM` when part of it is not mapped, `EACCES` when a shared file
    /// mapping would become writable though the file was not.
    pub fn protect(&self, range: &Range<usize>, access: Access, data_limit: u64) -> Result<()> {
        admit()?;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        if !inner.areas.covers(range) {
            return Err(Errno::ENOMEM);
        }
        if inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        if access.contains(Access::WRITE)
            && inner
                .areas
                .overlapping(range)
                .any(|area| !area.backing.may_write())
        {
            return Err(Errno::EACCES);
        }
        if data_limit != u64::MAX && access.contains(Access::WRITE) {
            let new = |area: &Vma| {
                !area.access.contains(Access::WRITE)
                    && !area.backing.is_shared()
                    && !area.grows_down
            };
            let more: usize = inner
                .areas
                .overlapping(range)
                .filter(|area| new(area))
                .map(|area| area.range.end.min(range.end) - area.range.start.max(range.start))
                .sum();
            if more != 0 && !inner.has_room_for_data(more, data_limit) {
                return Err(Errno::ENOMEM);
            }
        }
        inner.areas.update(range, |area| area.access = access);
        for area in inner.areas.overlapping(range) {
            let part = area.range.start.max(range.start)..area.range.end.min(range.end);
            // A private page may be shared with another process or the page
            // cache: writing faults, and the fault handler copies.
            // The first store to a page of a shared file counts as a modification.
            let allowed = if matches!(area.backing, Backing::Shared { .. }) {
                access
            } else {
                access.difference(Access::WRITE)
            };
            inner.space.protect(part, allowed);
        }
        Ok(())
    }

    /// Moves the end of the heap; returns where it is afterwards (brk(2): the
    /// old end when it cannot move).
    pub fn set_brk(&self, wanted: usize, limits: SizeLimits) -> usize {
        let layout = self.layout();
        let current = layout.brk;
        if wanted < layout.brk_start || wanted > USER_END {
            return current;
        }
        if (wanted - layout.brk_start) as u64 > limits.data {
            return current;
        }
        let (Some(old_end), Some(new_end)) = (page_up(current), page_up(wanted)) else {
            return current;
        };
        if new_end > old_end {
            let request = MapRequest {
                address: Some(old_end),
                length: new_end - old_end,
                access: Access::READ | Access::WRITE,
                backing: Backing::Anonymous,
                replace: Replace::Fail,
                grows_down: false,
                label: "[heap]",
            };
            if self.map(request, limits).is_err() {
                return current;
            }
        } else if new_end < old_end && self.unmap(&(new_end..old_end)).is_err() {
            return current;
        }
        self.inner.lock().layout.brk = wanted;
        wanted
    }

    /// Drops the pages of a range; the areas stay (`MADV_DONTNEED`). `ENOMEM`
    /// when part of it is not mapped, `EINVAL` when part of it is locked.
    pub fn drop_pages(&self, range: &Range<usize>) -> Result<()> {
        let mut inner = self.inner.lock();
        if inner.areas.overlapping(range).any(|area| area.locked) {
            return Err(Errno::EINVAL);
        }
        if !inner.areas.covers(range) {
            return Err(Errno::ENOMEM);
        }
        inner.note_peak();
        inner.space.unmap(range.clone(), |_, _| {});
        Ok(())
    }

    /// Whether all of a range is mapped.
    pub fn covers(&self, range: &Range<usize>) -> bool {
        self.inner.lock().areas.covers(range)
    }

    /// Locks or unlocks a range; `limit` is the most bytes that may be locked.
    ///
    /// # Errors
    ///
    /// `ENOMEM` when part of it is not mapped, the limit is passed or there is no memory.
    pub fn set_locked(&self, range: &Range<usize>, locked: bool, limit: u64) -> Result<()> {
        admit()?;
        let mut inner = self.inner.lock();
        if !inner.areas.covers(range) || inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        if locked {
            let already = inner.areas.locked_bytes(&(0..USER_END));
            let again = inner.areas.locked_bytes(range);
            if (already - again + range.len()) as u64 > limit {
                return Err(Errno::ENOMEM);
            }
        }
        inner.areas.update(range, |area| area.locked = locked);
        Ok(())
    }

    /// Locks or unlocks all areas, those that will come as well or not
    /// (`None`: as it is). `ENOMEM` when more than `limit` bytes are mapped.
    pub fn set_all_locked(
        &self,
        now: Option<bool>,
        future: Option<bool>,
        limit: u64,
    ) -> Result<()> {
        let mut inner = self.inner.lock();
        if now == Some(true) && inner.areas.total() as u64 > limit {
            return Err(Errno::ENOMEM);
        }
        if let Some(locked) = now {
            inner
                .areas
                .update(&(0..USER_END), |area| area.locked = locked);
        }
        if let Some(future) = future {
            inner.lock_future = future;
        }
        Ok(())
    }

    /// Whether new mappings are locked (`MCL_FUTURE`).
    pub fn locks_future(&self) -> bool {
        self.inner.lock().lock_future
    }

    /// Bytes of a range that are locked.
    pub fn locked_bytes(&self, range: &Range<usize>) -> usize {
        self.inner.lock().areas.locked_bytes(range)
    }

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

    /// For each page of a range, whether it is in memory (mincore(2)).
    pub fn residency(&self, range: &Range<usize>) -> Result<Vec<u8>> {
        let inner = self.inner.lock();
        if !inner.areas.covers(range) {
            return Err(Errno::ENOMEM);
        }
        let mut pages = Vec::new();
        pages.try_reserve_exact(range.len() / PAGE_SIZE)?;
        pages.extend(
            range
                .clone()
                .step_by(PAGE_SIZE)
                .map(|address| u8::from(inner.space.lookup(address).is_some())),
        );
        Ok(pages)
    }

    /// Resizes a mapping, moving it if allowed (mremap(2)).
    ///
    /// # Errors
    ///
    /// `EFAULT` when the old range is not one mapping, `ENOMEM` when there is
    /// no room, `EINVAL` for bad ranges.
    pub fn remap(
        &self,
        old: &Range<usize>,
        new_length: usize,
        target: RemapTarget,
        before: Before,
        limits: SizeLimits,
    ) -> Result<usize> {
        admit()?;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let area = inner.areas.find(old.start).ok_or(Errno::EFAULT)?;
        if old.end > area.range.end {
            return Err(Errno::EFAULT);
        }
        let moved = area.part(old);
        if new_length < old.len() && !matches!(target, RemapTarget::At(_)) {
            inner.discard(&(old.start + new_length..old.end));
            return Ok(old.start);
        }
        let growth = match before {
            Before::Unmapped => new_length.saturating_sub(old.len()),
            Before::Emptied => new_length,
        };
        if (inner.areas.total() as u64).saturating_add(growth as u64) > limits.space
            || (moved.is_data() && !inner.has_room_for_data(growth, limits.data))
        {
            return Err(Errno::ENOMEM);
        }
        let new_start = match target {
            RemapTarget::At(address) => {
                let range = page_range(address, new_length)?;
                if range.start < old.end && old.start < range.end {
                    return Err(Errno::EINVAL);
                }
                inner.discard(&range);
                address
            }
            _ if growth == 0 => return Ok(old.start),
            _ if before == Before::Emptied => inner
                .areas
                .find_gap(new_length, inner.layout.mmap_base)
                .ok_or(Errno::ENOMEM)?,
            _ => {
                let in_place = old.end..old.end.checked_add(growth).ok_or(Errno::ENOMEM)?;
                if old.end == area.range.end
                    && in_place.end <= USER_END
                    && inner.areas.is_free(&in_place)
                {
                    let mut grown = moved;
                    grown.range.end = in_place.end;
                    inner.areas.remove(old);
                    inner.areas.insert(grown);
                    return Ok(old.start);
                }
                if target == RemapTarget::InPlace {
                    return Err(Errno::ENOMEM);
                }
                inner
                    .areas
                    .find_gap(new_length, inner.layout.mmap_base)
                    .ok_or(Errno::ENOMEM)?
            }
        };
        let kept = old.start..old.start + new_length.min(old.len());
        let mut pages = Vec::new();
        pages.try_reserve(inner.space.resident().min(kept.len() / PAGE_SIZE))?;
        let mut address = kept.start;
        while let Some(found) = inner.space.next_mapped(address..kept.end) {
            if let Some((frame, access)) = inner.space.lookup(found) {
                pages.push((found, frame, access));
            }
            address = found + PAGE_SIZE;
        }
        for (address, frame, access) in &pages {
            inner
                .space
                .map(new_start + (address - old.start), frame.clone(), *access)?;
        }
        drop(pages);
        match before {
            Before::Unmapped => inner.discard(old),
            Before::Emptied => {
                inner.note_peak();
                inner.space.unmap(old.clone(), |_, _| {});
                inner.areas.update(old, |area| area.locked = false);
            }
        }
        let mut area = moved;
        area.range = new_start..new_start + new_length;
        inner.areas.insert(area);
        Ok(new_start)
    }

    /// A copy for fork: private pages become copy-on-write in both.
    pub fn fork(&self) -> Result<Arc<Mm>> {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        // The copy of the areas cannot fail half-way: there must be room for it.
        let memory = hal::mem::stats();
        let copy = inner.areas.len() * 2 * size_of::<Vma>();
        if memory.free.saturating_sub(copy) <= memory.reserve {
            return Err(Errno::ENOMEM);
        }
        let mut space = AddressSpace::new()?;
        for area in inner.areas.iter() {
            if area.backing.is_shared() {
                inner.space.share(&mut space, area.range.clone())?;
            } else {
                inner.space.clone_cow(&mut space, area.range.clone())?;
            }
        }
        let mut areas = inner.areas.clone();
        // Locks are not inherited (mlock(2)).
        if areas.iter().any(|area| area.locked) {
            areas.update(&(0..USER_END), |area| area.locked = false);
        }
        Ok(Arc::new(Mm {
            inner: SpinLock::new(Inner {
                areas,
                space,
                layout: inner.layout,
                lock_future: false,
                peak: 0,
                program: inner.program.clone(),
            }),
            barriers: AtomicU32::new(self.registered_barriers()),
        }))
    }

    /// The commands of membarrier(2) that were registered.
    pub fn registered_barriers(&self) -> u32 {
        self.barriers.load(Ordering::Relaxed)
    }

    /// Registers a command of membarrier(2).
    pub fn register_barrier(&self, command: u32) {
        self.barriers.fetch_or(command, Ordering::Relaxed);
    }

    /// Makes the processors that run its threads execute a memory barrier.
    pub fn synchronize(&self) {
        self.inner.lock().space.synchronize();
    }

    /// Writes into the space from outside, as the loader does. Areas must be
    /// there; what a program may do with them does not count.
    pub fn write_bytes(&self, address: usize, bytes: &[u8]) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            let at = address + done;
            let offset = at % PAGE_SIZE;
            let length = (PAGE_SIZE - offset).min(bytes.len() - done);
            let frame = self.frame_to_write(page_down(at))?;
            frame.write(offset, &bytes[done..done + length]);
            done += length;
        }
        Ok(())
    }

    /// Writes into the space from outside, as the program itself could.
    /// `EFAULT`.
    pub fn write_user(&self, address: usize, bytes: &[u8]) -> Result<()> {
        let end = address.checked_add(bytes.len()).ok_or(Errno::EFAULT)?;
        let range = page_down(address)..page_up(end).ok_or(Errno::EFAULT)?;
        {
            let inner = self.inner.lock();
            let writable = inner
                .areas
                .overlapping(&range)
                .all(|area| area.access.contains(Access::WRITE));
            if !writable || !inner.areas.covers(&range) {
                return Err(Errno::EFAULT);
            }
        }
        self.write_bytes(address, bytes)
    }

    /// Fills part of a page with zeros, as the loader does at the end of a
    /// program's data.
    pub fn zero_bytes(&self, range: Range<usize>) -> Result<()> {
        let mut at = range.start;
        while at < range.end {
            let offset = at % PAGE_SIZE;
            let length = (PAGE_SIZE - offset).min(range.end - at);
            self.frame_to_write(page_down(at))?
                .fill(offset..offset + length, 0);
            at += length;
        }
        Ok(())
    }

    /// The most pages that were in memory at once.
    pub fn peak_pages(&self) -> usize {
        let inner = self.inner.lock();
        inner.peak.max(inner.space.resident())
    }

    /// Pages in memory.
    pub fn resident_pages(&self) -> usize {
        self.inner.lock().space.resident()
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

    /// The text of `/proc/PID/maps` (proc_pid_maps(5)).
    pub fn maps_text(&self) -> Vec<u8> {
        struct Text(Vec<u8>);
        impl core::fmt::Write for Text {
            fn write_str(&mut self, text: &str) -> core::fmt::Result {
                self.0
                    .try_reserve(text.len())
                    .map_err(|_| core::fmt::Error)?;
                self.0.extend_from_slice(text.as_bytes());
                Ok(())
            }
        }
        let mut text = Text(Vec::new());
        let mut from = 0;
        loop {
            // One at a time: a copy of all is as large as the program wants it to be.
            let Some(area) = self.inner.lock().areas.first_from(from).cloned() else {
                break;
            };
            from = area.range.end;
            if area.describe(&mut text).is_err() {
                // No memory for the rest: what is there is still true.
                break;
            }
            if let Some(path) = area.backing.path()
                && text.0.try_reserve(path.len() + 24).is_ok()
            {
                let _ = write!(text, "{:>16}", "");
                text.0.extend_from_slice(path);
            } else if !area.label.is_empty() {
                let _ = write!(text, "{:>16}{}", "", area.label);
            }
            let _ = writeln!(text);
        }
        text.0
    }

    /// The frame that holds a word, for futexes shared between processes.
    /// Faults the page in for reading.
    pub fn frame_at(&self, address: usize) -> Result<Frame> {
        if let Some((frame, _)) = self.inner.lock().space.lookup(page_down(address)) {
            return Ok(frame);
        }
        self.fault(address, Access::READ)
            .map_err(|_| Errno::EFAULT)?;
        let inner = self.inner.lock();
        inner
            .space
            .lookup(page_down(address))
            .map(|(frame, _)| frame)
            .ok_or(Errno::EFAULT)
    }

    /// Whether the area at an address is shared between processes.
    pub fn is_shared(&self, address: usize) -> Result<bool> {
        let inner = self.inner.lock();
        inner
            .areas
            .find(address)
            .map(|area| area.backing.is_shared())
            .ok_or(Errno::EFAULT)
    }
}

/// What `remap` leaves where the mapping was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Nothing.
    Unmapped,
    /// A mapping without pages (`MREMAP_DONTUNMAP`).
    Emptied,
}

/// Where `remap` may put the mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemapTarget {
    /// Only where it is.
    InPlace,
    /// Anywhere (`MREMAP_MAYMOVE`).
    Anywhere,
    /// Exactly here (`MREMAP_FIXED`).
    At(usize),
}

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

    /// Whether `more` bytes of data keep within `limit` (`RLIMIT_DATA`). Looks at every area
    /// where there is a limit.
    fn has_room_for_data(&self, more: usize, limit: u64) -> bool {
        limit == u64::MAX || (self.sizes().data as u64).saturating_add(more as u64) <= limit
    }

    /// Pages are about to go: what there are now may be the most there will have been.
    fn note_peak(&mut self) {
        self.peak = self.peak.max(self.space.resident());
    }

    /// Removes areas and pages of a range.
    fn discard(&mut self, range: &Range<usize>) {
        if self.areas.remove(range) {
            self.note_peak();
            self.space.unmap(range.clone(), |_, _| {});
        }
    }
}
