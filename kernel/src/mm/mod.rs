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

mod account;
mod fault;
pub mod file;
mod locked;
pub mod object;
mod outside;
mod remap;
pub mod user;
pub mod vdso;
pub mod vma;

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use hal::mem::PAGE_SIZE;
use hal::space::{Access, AddressSpace, USER_END};

pub use account::Sizes;
pub use fault::{FaultError, serve_current as serve_page_fault};
pub use remap::{Before, RemapTarget};
pub use vma::{Backing, Label, OnFork, Vma, VmaMap};

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
    /// Its place among all ([`all`]).
    number: u64,
    inner: SpinLock<Inner>,
    /// Commands registered by membarrier(2).
    barriers: AtomicU32,
    /// `PR_SET_THP_DISABLE`. There are no huge pages in any case; who asks is told what was set.
    without_huge_pages: AtomicBool,
}

struct Inner {
    areas: VmaMap,
    space: AddressSpace,
    layout: Layout,
    /// New mappings are locked (`MCL_FUTURE`).
    lock_future: bool,
    /// How many pages show the frame of zeros: they are in memory, but take none.
    zeros: usize,
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
    /// What `/proc/PID/maps` calls it, if not a file.
    pub label: Label,
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
    /// In the stack: `RLIMIT_STACK`.
    pub stack: u64,
    /// Locked, as far as that counts for the process: `RLIMIT_MEMLOCK`.
    pub locked: u64,
}

impl SizeLimits {
    /// None: for what a program needs to start.
    pub const NONE: SizeLimits = SizeLimits {
        space: u64::MAX,
        data: u64::MAX,
        stack: u64::MAX,
        locked: u64::MAX,
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

/// All address spaces, by number; one that is copied has a smaller number than its copy.
static SPACES: SpinLock<BTreeMap<u64, Weak<Mm>>> = SpinLock::new(BTreeMap::new());

/// All address spaces, also those of processes that are just being made; by ascending number, so that a copy that is
/// made meanwhile of one that was not visited yet comes later.
fn all() -> impl Iterator<Item = Arc<Mm>> {
    let mut from = 0;
    core::iter::from_fn(move || {
        loop {
            let (number, mm) = {
                let spaces = SPACES.lock();
                let (number, mm) = spaces.range(from..).next()?;
                (*number, mm.upgrade())
            };
            from = number + 1;
            // One whose last owner goes just now has nothing to show.
            if mm.is_some() {
                return mm;
            }
        }
    })
}

impl Drop for Mm {
    fn drop(&mut self) {
        SPACES.lock().remove(&self.number);
    }
}

impl Mm {
    /// An empty address space.
    pub fn new(layout: Layout) -> Result<Arc<Mm>> {
        let mm = Mm {
            number: 0,
            inner: SpinLock::new(Inner {
                areas: VmaMap::new(),
                space: AddressSpace::new()?,
                layout,
                lock_future: false,
                zeros: 0,
                peak: 0,
                program: None,
            }),
            barriers: AtomicU32::new(0),
            without_huge_pages: AtomicBool::new(false),
        };
        Ok(mm.enter())
    }

    /// Enters it into the list of all, behind those that are there.
    fn enter(mut self) -> Arc<Mm> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let mut spaces = SPACES.lock();
        self.number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let number = self.number;
        let mm = Arc::new(self);
        spaces.insert(number, Arc::downgrade(&mm));
        mm
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
    /// `EINVAL`, `ENOMEM` (no room, or past a limit), `EAGAIN` (past that of
    /// locked memory), `EEXIST` ([`Replace::Fail`]).
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
        if inner.lock_future && !inner.has_room_for_locked(length, limits.locked) {
            return Err(Errno::EAGAIN);
        }
        if !inner.has_room(length, request.is_data(), &range, limits)
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
            on_fork: OnFork::Keep,
        });
        Ok(start)
    }

    /// Removes all mappings of a range.
    pub fn unmap(&self, range: &Range<usize>) -> Result<()> {
        let mut inner = self.inner.lock();
        // Giving memory back must work when there is none, but two areas need more than one.
        let splits = |area: &Vma| area.range.start < range.start && area.range.end > range.end;
        if inner.areas.find(range.start).is_some_and(splits) {
            if inner.areas.len() >= MAX_AREAS {
                return Err(Errno::ENOMEM);
            }
            admit()?;
        }
        inner.discard(range);
        Ok(())
    }

    /// The shared memory whose first byte is mapped at `address`.
    pub fn shared_memory_at(&self, address: usize) -> Option<Arc<SharedMemory>> {
        let inner = self.inner.lock();
        let area = inner.areas.find(address)?;
        match &area.backing {
            Backing::Shared { memory, offset: 0 } if area.range.start == address => {
                Some(memory.clone())
            }
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
    /// mapping would become writable though the file was not, or one of a
    /// mount without programs executable.
    pub fn protect(&self, range: &Range<usize>, access: Access, data_limit: u64) -> Result<()> {
        admit()?;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        if inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        // What lies before a hole, or before an area that may not be so, is changed all the same.
        let (mut end, mut outcome) = (range.start, Ok(()));
        for area in inner.areas.overlapping(range) {
            if area.range.start > end {
                break;
            }
            if access.contains(Access::WRITE) && !area.backing.may_write() {
                outcome = Err(Errno::EACCES);
                break;
            }
            end = area.range.end.min(range.end);
        }
        if end < range.end {
            outcome = outcome.and(Err(Errno::ENOMEM));
        }
        let range = &(range.start..end);
        if range.is_empty() {
            return outcome;
        }
        if access.contains(Access::EXECUTE)
            && inner
                .areas
                .overlapping(range)
                .any(|area| !area.backing.may_execute())
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
        outcome
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
                label: Label::Heap,
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
    /// when part of it is not mapped (what is mapped is dropped all the same),
    /// `EINVAL` when an area of it is not as `may` wants it.
    pub fn drop_pages(&self, range: &Range<usize>, may: impl Fn(&Vma) -> bool) -> Result<()> {
        let mut inner = self.inner.lock();
        // Mostly it is a part of one area, which is looked up once.
        let (allowed, covered) = match inner.areas.find(range.start) {
            Some(area) if range.end <= area.range.end => (may(area), true),
            _ => (
                inner.areas.overlapping(range).all(may),
                inner.areas.covers(range),
            ),
        };
        if !allowed {
            return Err(Errno::EINVAL);
        }
        inner.drop_pages(range.clone());
        if covered { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// Says what fork makes of a range, or of the areas there for which it was `instead_of`. `EINVAL` to wipe what is not private memory without a
    /// file; `ENOMEM` when part of the range is not mapped, which does not spare the rest.
    pub fn set_on_fork(
        &self,
        range: &Range<usize>,
        on_fork: OnFork,
        instead_of: Option<OnFork>,
    ) -> Result<()> {
        admit()?;
        let mut inner = self.inner.lock();
        let is_anonymous = |area: &Vma| matches!(area.backing, Backing::Anonymous);
        if on_fork == OnFork::Wipe && !inner.areas.overlapping(range).all(is_anonymous) {
            return Err(Errno::EINVAL);
        }
        if inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        let covered = inner.areas.covers(range);
        inner.areas.update(range, |area| {
            if instead_of.is_none_or(|old| area.on_fork == old) {
                area.on_fork = on_fork;
            }
        });
        if covered { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// The area at an address as `PROT_GROWSDOWN` and `PROT_GROWSUP` extend a range from there.
    /// `ENOMEM` when there is none before `end`, `EINVAL` when it does not grow down.
    pub fn growing_area(&self, start: usize, end: usize) -> Result<usize> {
        let inner = self.inner.lock();
        let area = inner.areas.first_from(start).ok_or(Errno::ENOMEM)?;
        if area.range.start >= end {
            Err(Errno::ENOMEM)
        } else if area.grows_down {
            Ok(area.range.start)
        } else {
            Err(Errno::EINVAL)
        }
    }

    /// Whether all of a range is mapped.
    pub fn covers(&self, range: &Range<usize>) -> bool {
        self.inner.lock().areas.covers(range)
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
        // Locks are not inherited (mlock(2)), some areas are not either (madvise(2)).
        let mut changes = false;
        let mut zeros = inner.zeros;
        for area in inner.areas.iter() {
            changes |= area.locked || area.on_fork == OnFork::Leave;
            if area.on_fork != OnFork::Keep {
                if zeros != 0 {
                    zeros = zeros.saturating_sub(zeros_in(&inner.space, area.range.clone()));
                }
                continue;
            }
            if area.backing.is_shared() {
                inner.space.share(&mut space, area.range.clone())?;
            } else {
                inner.space.clone_cow(&mut space, area.range.clone())?;
            }
        }
        let mut areas = inner.areas.clone();
        if changes {
            for area in inner.areas.iter() {
                if area.on_fork == OnFork::Leave {
                    areas.remove(&area.range);
                }
            }
            areas.update(&(0..USER_END), |area| area.locked = false);
        }
        let child = Mm {
            number: 0,
            inner: SpinLock::new(Inner {
                areas,
                space,
                layout: inner.layout,
                lock_future: false,
                zeros,
                peak: 0,
                program: inner.program.clone(),
            }),
            barriers: AtomicU32::new(self.registered_barriers()),
            without_huge_pages: AtomicBool::new(self.is_without_huge_pages()),
        };
        // Before this space is let go of: who looks for the pages of a file in all of them finds
        // them here, or not even in the copy.
        Ok(child.enter())
    }

    /// Whether the program asked for no huge pages (`PR_GET_THP_DISABLE`).
    pub fn is_without_huge_pages(&self) -> bool {
        self.without_huge_pages.load(Ordering::Relaxed)
    }

    /// `PR_SET_THP_DISABLE`; inherited over fork and exec.
    pub fn set_without_huge_pages(&self, without: bool) {
        self.without_huge_pages.store(without, Ordering::Relaxed);
    }

    /// Names the memory without a file in a range (`PR_SET_VMA_ANON_NAME`).
    ///
    /// # Errors
    ///
    /// `ENOMEM` when part of the range is not mapped (the rest is named all the same) or memory runs
    /// out, `EBADF` for the mapping of a file.
    pub fn set_label(&self, range: &Range<usize>, label: &Label) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        admit()?;
        let mut inner = self.inner.lock();
        let of_file = |area: &Vma| matches!(area.backing, Backing::File { .. });
        if inner.areas.overlapping(range).any(of_file) {
            return Err(Errno::EBADF);
        }
        if inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        let covered = inner.areas.covers(range);
        inner.areas.update(range, |area| {
            if matches!(area.label, Label::None | Label::Given(_)) {
                area.label = label.clone();
            }
        });
        if covered { Ok(()) } else { Err(Errno::ENOMEM) }
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
}

impl Inner {
    /// Pages are about to go: what there are now may be the most there will have been.
    fn note_peak(&mut self) {
        self.peak = self.peak.max(self.resident());
    }

    /// Pages that take memory.
    fn resident(&self) -> usize {
        self.space.resident().saturating_sub(self.zeros)
    }

    /// Removes areas and pages of a range.
    fn discard(&mut self, range: &Range<usize>) {
        if self.areas.remove(range) {
            self.drop_pages(range.clone());
        }
    }

    /// Removes the pages of a range.
    fn drop_pages(&mut self, range: Range<usize>) {
        self.note_peak();
        if self.zeros == 0 {
            self.space.unmap(range, |_, _| {});
            return;
        }
        let mut gone = 0;
        self.space.unmap(range, |_, frame| {
            gone += usize::from(fault::is_zeros(&frame));
        });
        self.zeros = self.zeros.saturating_sub(gone);
    }
}

/// How many pages of a range show the frame of zeros.
fn zeros_in(space: &AddressSpace, range: Range<usize>) -> usize {
    let (mut count, mut from) = (0, range.start);
    while let Some(page) = space.next_mapped(from..range.end) {
        let mapped = space.lookup(page);
        count += usize::from(mapped.is_some_and(|(frame, _)| fault::is_zeros(&frame)));
        from = page + PAGE_SIZE;
    }
    count
}
