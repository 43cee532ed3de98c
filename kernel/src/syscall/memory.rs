//! `mmap` and its kin.

use alloc::sync::Arc;
use core::ops::Range;

use hal::mem::PAGE_SIZE;
use hal::space::{Access, USER_END};
use linux_raw_sys::general as raw;

use super::Context;
use crate::errno::{Errno, Result};
use crate::fs;
use crate::mm::object::SharedMemory;
use crate::mm::{
    Backing, Before, FaultError, Label, MapRequest, OnFork, RemapTarget, Replace, page_down,
    page_range, page_up,
};
use crate::process::{Capability, Resource};
use crate::sync::{Interrupt, LongWork};

fn access(protection: usize) -> Result<Access> {
    let protection = protection as u32;
    // Atomic operations work on any memory here.
    let known = raw::PROT_READ | raw::PROT_WRITE | raw::PROT_EXEC | raw::PROT_SEM;
    if protection & !known != 0 {
        return Err(Errno::EINVAL);
    }
    let mut access = Access::empty();
    access.set(Access::READ, protection & raw::PROT_READ != 0);
    access.set(Access::WRITE, protection & raw::PROT_WRITE != 0);
    access.set(Access::EXECUTE, protection & raw::PROT_EXEC != 0);
    Ok(access)
}

/// Hints that change nothing here: pages come when they are touched and are
/// never swapped.
const HINTS: u32 = raw::MAP_NORESERVE | raw::MAP_STACK | raw::MAP_DENYWRITE | raw::MAP_EXECUTABLE;

/// mmap(2).
pub fn mmap(
    cx: &Context,
    [address, length, protection, flags, fd, offset]: [usize; 6],
) -> Result<usize> {
    let access = access(protection)?;
    let flags = flags as u32;
    let kind = flags & raw::MAP_TYPE;
    let populate = flags & raw::MAP_POPULATE != 0;
    let known = raw::MAP_TYPE
        | raw::MAP_FIXED
        | raw::MAP_FIXED_NOREPLACE
        | raw::MAP_ANONYMOUS
        | raw::MAP_POPULATE
        | raw::MAP_NONBLOCK
        | raw::MAP_GROWSDOWN
        | raw::MAP_LOCKED
        | HINTS;
    if flags & !known != 0 {
        // Old callers may pass anything with MAP_SHARED and MAP_PRIVATE on Linux; here
        // an unknown flag is an error, as mmap(2) has it for MAP_SHARED_VALIDATE.
        let validate = kind == raw::MAP_SHARED_VALIDATE;
        return Err(if validate {
            Errno::EOPNOTSUPP
        } else {
            Errno::EINVAL
        });
    }
    let shared = match kind {
        raw::MAP_SHARED | raw::MAP_SHARED_VALIDATE => true,
        raw::MAP_PRIVATE => false,
        _ => return Err(Errno::EINVAL),
    };
    // The flags of another kind are checked for files only; a stack is private memory without one.
    let anonymous = flags & raw::MAP_ANONYMOUS != 0;
    if anonymous && kind == raw::MAP_SHARED_VALIDATE {
        return Err(Errno::EINVAL);
    }
    if flags & raw::MAP_GROWSDOWN != 0 && (shared || !anonymous) {
        return Err(Errno::EINVAL);
    }
    if offset % PAGE_SIZE != 0 {
        return Err(Errno::EINVAL);
    }
    let backing = if flags & raw::MAP_ANONYMOUS == 0 {
        let file = fs::file(cx.process, fd)?;
        let end = (offset as u64)
            .checked_add(length as u64)
            .ok_or(Errno::EOVERFLOW)?;
        if i64::try_from(end).is_err() {
            // What no address space holds is too much of it, where the offset has no part in that.
            return Err(if offset == 0 {
                Errno::ENOMEM
            } else {
                Errno::EOVERFLOW
            });
        }
        let backing = file.map(offset as u64, shared, access)?;
        file.accessed();
        backing
    } else if shared {
        Backing::Shared {
            memory: Arc::new(SharedMemory::new()),
            offset: 0,
        }
    } else {
        Backing::Anonymous
    };
    let sealable = match &backing {
        Backing::File { file, .. } if shared && backing.may_write() => Some(file.inode().clone()),
        _ => None,
    };
    let replace = if flags & raw::MAP_FIXED_NOREPLACE != 0 {
        Replace::Fail
    } else if flags & raw::MAP_FIXED != 0 {
        Replace::Unmap
    } else {
        Replace::Hint
    };
    let address = (address != 0 || replace != Replace::Hint).then_some(address);
    let mm = cx.process.mm();
    // `MCL_FUTURE` is seen to by `map`.
    let lock = flags & raw::MAP_LOCKED != 0 || mm.locks_future();
    if flags & raw::MAP_LOCKED != 0 {
        let limit = lock_limit(cx)?;
        let locked = mm.locked_bytes(&(0..USER_END)) as u64;
        if locked.saturating_add(length as u64) > limit {
            return Err(Errno::EAGAIN);
        }
    }
    let start = mm.map(
        MapRequest {
            address,
            length,
            access,
            backing,
            replace,
            grows_down: flags & raw::MAP_GROWSDOWN != 0,
            label: Label::None,
        },
        cx.thread.size_limits(),
    )?;
    if let Some(inode) = sealable
        && inode
            .seals()
            .is_some_and(|seals| seals.allow_shared_writing().is_err())
    {
        // The seal came between the question and the mapping.
        mm.unmap(&page_range(start, length)?)?;
        return Err(Errno::EPERM);
    }
    if flags & raw::MAP_LOCKED != 0 {
        let range = page_range(start, length)?;
        mm.set_locked(&range, true, u64::MAX)?;
    }
    if (populate || lock) && !access.is_empty() {
        // Best effort, as mmap(2) says: the mapping is there either way.
        let wanted = if shared {
            access.intersection(Access::READ)
        } else {
            access
        };
        let _ = populate_range(cx, start..start + length, wanted);
    }
    Ok(start)
}

/// Brings the pages of a range into memory. `ENOMEM`.
fn populate_range(cx: &Context, range: Range<usize>, access: Access) -> Result<()> {
    let access = if access.contains(Access::WRITE) {
        Access::WRITE
    } else {
        Access::READ
    };
    fault_in(cx, range, access).map_err(|error| match error {
        Errno::EINTR => Errno::EINTR,
        _ => Errno::ENOMEM,
    })
}

/// Brings the pages of a range into memory as accesses would.
///
/// # Errors
///
/// `ENOMEM` for lack of memory or where nothing is mapped, `EINVAL` where the access is not allowed,
/// `EFAULT` behind the end of a file, `EINTR` when the thread must end.
fn fault_in(cx: &Context, range: Range<usize>, access: Access) -> Result<()> {
    let mm = cx.process.mm();
    let mut work = LongWork::ended(Interrupt::ByDeathOnly);
    for page in range.step_by(PAGE_SIZE) {
        if !work.goes_on(PAGE_SIZE) {
            return Err(Errno::EINTR);
        }
        mm.fault(page, access).map_err(|error| match error {
            FaultError::NotMapped | FaultError::OutOfMemory => Errno::ENOMEM,
            FaultError::Denied => Errno::EINVAL,
            FaultError::PastEnd => Errno::EFAULT,
        })?;
    }
    Ok(())
}

/// munmap(2).
pub fn munmap(cx: &Context, [address, length, ..]: [usize; 6]) -> Result<usize> {
    if length == 0 {
        return Err(Errno::EINVAL);
    }
    let range = page_range(address, length).map_err(|_| Errno::EINVAL)?;
    cx.process.mm().unmap(&range)?;
    Ok(0)
}

/// mprotect(2).
pub fn mprotect(cx: &Context, [address, length, protection, ..]: [usize; 6]) -> Result<usize> {
    let grows = protection as u32 & (raw::PROT_GROWSDOWN | raw::PROT_GROWSUP);
    let access = access(protection & !(grows as usize))?;
    if grows == raw::PROT_GROWSDOWN | raw::PROT_GROWSUP {
        return Err(Errno::EINVAL);
    }
    let mut range = page_range(address, length)?;
    if grows != 0 && !range.is_empty() {
        let start = cx.process.mm().growing_area(range.start, range.end)?;
        if grows == raw::PROT_GROWSUP {
            // Nothing grows up on this machine.
            return Err(Errno::EINVAL);
        }
        range.start = start;
    }
    if !range.is_empty() {
        let data_limit = cx.process.limit(Resource::Data);
        cx.process.mm().protect(&range, access, data_limit)?;
    }
    Ok(0)
}

/// brk(2): answers the end of the heap, moved or not.
pub fn brk(cx: &Context, [wanted, ..]: [usize; 6]) -> Result<usize> {
    Ok(cx.process.mm().set_brk(wanted, cx.thread.size_limits()))
}

/// mremap(2).
pub fn mremap(
    cx: &Context,
    [address, old_length, new_length, flags, new_address, _]: [usize; 6],
) -> Result<usize> {
    let flags = flags as u32;
    let (may_move, fixed) = (
        flags & raw::MREMAP_MAYMOVE != 0,
        flags & raw::MREMAP_FIXED != 0,
    );
    let emptied = flags & raw::MREMAP_DONTUNMAP != 0;
    let known = raw::MREMAP_MAYMOVE | raw::MREMAP_FIXED | raw::MREMAP_DONTUNMAP;
    if flags & !known != 0 || ((fixed || emptied) && !may_move) {
        return Err(Errno::EINVAL);
    }
    // Without MREMAP_FIXED the new address is a hint, which is not followed here.
    if emptied && (old_length != new_length || !new_address.is_multiple_of(PAGE_SIZE)) {
        return Err(Errno::EINVAL);
    }
    // Lengths wrap around, as rounding up to pages goes. An old length of 0 makes a second mapping
    // of what is shared there.
    let old_length = page_up(old_length).unwrap_or(0);
    let new_length = page_up(new_length).unwrap_or(0);
    if !address.is_multiple_of(PAGE_SIZE) || new_length == 0 {
        return Err(Errno::EINVAL);
    }
    let old = page_range(address, old_length).map_err(|_| Errno::EFAULT)?;
    if new_length > USER_END {
        return Err(if fixed { Errno::EINVAL } else { Errno::ENOMEM });
    }
    let target = match (fixed, may_move) {
        (true, _) => RemapTarget::At(new_address),
        (false, true) => RemapTarget::Anywhere,
        (false, false) => RemapTarget::InPlace,
    };
    let before = if emptied {
        Before::Emptied
    } else {
        Before::Unmapped
    };
    cx.process
        .mm()
        .remap(&old, new_length, target, before, cx.thread.size_limits())
}

/// Advice about access patterns and the like, which promises nothing.
fn is_hint(advice: u32) -> bool {
    matches!(
        advice,
        raw::MADV_NORMAL
            | raw::MADV_RANDOM
            | raw::MADV_SEQUENTIAL
            | raw::MADV_WILLNEED
            | raw::MADV_COLD
            | raw::MADV_PAGEOUT
            | raw::MADV_HUGEPAGE
            | raw::MADV_NOHUGEPAGE
            | raw::MADV_DONTDUMP
            | raw::MADV_DODUMP
    )
}

/// madvise(2).
pub fn madvise(cx: &Context, [address, length, advice, ..]: [usize; 6]) -> Result<usize> {
    let advice = advice as u32;
    let known = matches!(
        advice,
        raw::MADV_DONTNEED
            | raw::MADV_DONTNEED_LOCKED
            | raw::MADV_FREE
            | raw::MADV_REMOVE
            | raw::MADV_DONTFORK
            | raw::MADV_DOFORK
            | raw::MADV_WIPEONFORK
            | raw::MADV_KEEPONFORK
            | raw::MADV_POPULATE_READ
            | raw::MADV_POPULATE_WRITE
    ) || is_hint(advice);
    let end = page_up(length).and_then(|length| address.checked_add(length));
    if !known || !address.is_multiple_of(PAGE_SIZE) || end.is_none() {
        return Err(Errno::EINVAL);
    }
    let range = page_range(address, length)?;
    if range.is_empty() {
        return Ok(0);
    }
    let mm = cx.process.mm();
    match advice {
        raw::MADV_DONTNEED => mm.drop_pages(&range, |area| !area.locked)?,
        raw::MADV_DONTNEED_LOCKED => mm.drop_pages(&range, |_| true)?,
        raw::MADV_FREE => mm.drop_pages(&range, |area| {
            !area.locked && matches!(area.backing, Backing::Anonymous)
        })?,
        raw::MADV_REMOVE => mm.punch(&range)?,
        raw::MADV_DONTFORK => mm.set_on_fork(&range, OnFork::Leave, None)?,
        raw::MADV_WIPEONFORK => mm.set_on_fork(&range, OnFork::Wipe, None)?,
        raw::MADV_DOFORK => mm.set_on_fork(&range, OnFork::Keep, Some(OnFork::Leave))?,
        raw::MADV_KEEPONFORK => mm.set_on_fork(&range, OnFork::Keep, Some(OnFork::Wipe))?,
        raw::MADV_POPULATE_READ => fault_in(cx, range, Access::READ)?,
        raw::MADV_POPULATE_WRITE => fault_in(cx, range, Access::WRITE)?,
        _ if !mm.covers(&range) => return Err(Errno::ENOMEM),
        _ => {}
    }
    Ok(0)
}

/// How many pages mincore(2) answers for at a time.
const MINCORE_BATCH: usize = 1024;

/// mincore(2).
pub fn mincore(cx: &Context, [address, length, vector, ..]: [usize; 6]) -> Result<usize> {
    let range = page_range(address, length)?;
    let mm = cx.process.mm();
    let mut answers = [0; MINCORE_BATCH];
    let mut work = LongWork::ended(Interrupt::ByDeathOnly);
    let mut done = 0;
    for start in range.clone().step_by(MINCORE_BATCH * PAGE_SIZE) {
        let count = ((range.end - start) / PAGE_SIZE).min(MINCORE_BATCH);
        let answers = answers.get_mut(..count).unwrap_or(&mut []);
        mm.residency(start, answers)?;
        hal::user::copy_out(vector.wrapping_add(done), answers)?;
        done += count;
        // As much work as moving some bytes for each page.
        if !work.goes_on(count * 16) {
            return Err(Errno::EINTR);
        }
    }
    Ok(0)
}

/// msync(2): file mappings are the page cache itself, so there is nothing to
/// write.
pub fn msync(cx: &Context, [address, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = flags as u32;
    let both = raw::MS_ASYNC | raw::MS_SYNC;
    if flags & !(both | raw::MS_INVALIDATE) != 0 || flags & both == both {
        return Err(Errno::EINVAL);
    }
    if !address.is_multiple_of(PAGE_SIZE) {
        return Err(Errno::EINVAL);
    }
    // A length that rounding up to pages makes 0 is none.
    let range = page_range(address, page_up(length).unwrap_or(0))?;
    let mm = cx.process.mm();
    if flags & raw::MS_INVALIDATE != 0 && mm.locked_bytes(&range) != 0 {
        return Err(Errno::EBUSY);
    }
    if mm.covers(&range) {
        Ok(0)
    } else {
        Err(Errno::ENOMEM)
    }
}

/// What the caller may lock, in bytes. `EPERM` when it may lock nothing.
fn lock_limit(cx: &Context) -> Result<u64> {
    if cx.thread.credentials().has(Capability::IpcLock) {
        return Ok(u64::MAX);
    }
    match cx.process.limit(Resource::LockedMemory) {
        0 => Err(Errno::EPERM),
        limit => Ok(limit),
    }
}

fn lock_range(address: usize, length: usize) -> Result<Range<usize>> {
    let start = page_down(address);
    // Rounding up to pages may wrap around, as on Linux.
    let length = length.wrapping_add(address - start);
    let length = page_up(length).unwrap_or(0);
    let end = start.checked_add(length).ok_or(Errno::EINVAL)?;
    page_range(start, end - start)
}

/// mlock(2): pages are never swapped out, so locking brings them in.
pub fn mlock(cx: &Context, [address, length, ..]: [usize; 6]) -> Result<usize> {
    mlock2(cx, [address, length, 0, 0, 0, 0])
}

/// mlock2(2).
pub fn mlock2(cx: &Context, [address, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = flags as u32;
    if flags & !raw::MLOCK_ONFAULT != 0 {
        return Err(Errno::EINVAL);
    }
    let range = lock_range(address, length)?;
    let limit = lock_limit(cx)?;
    if range.is_empty() {
        return Ok(0);
    }
    cx.process.mm().set_locked(&range, true, limit)?;
    if flags & raw::MLOCK_ONFAULT == 0 {
        populate_range(cx, range, Access::READ)?;
    }
    Ok(0)
}

/// mlockall(2).
pub fn mlockall(cx: &Context, [flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = flags as u32;
    let known = raw::MCL_CURRENT | raw::MCL_FUTURE | raw::MCL_ONFAULT;
    if flags & !known != 0 || flags & (raw::MCL_CURRENT | raw::MCL_FUTURE) == 0 {
        return Err(Errno::EINVAL);
    }
    let limit = lock_limit(cx)?;
    let mm = cx.process.mm();
    let now = (flags & raw::MCL_CURRENT != 0).then_some(true);
    mm.set_all_locked(now, Some(flags & raw::MCL_FUTURE != 0), limit)?;
    if now.is_some() && flags & raw::MCL_ONFAULT == 0 {
        for range in mm.usable_ranges()? {
            // Pages behind the end of a file have nothing to bring in.
            let _ = populate_range(cx, range, Access::READ);
        }
    }
    Ok(0)
}

/// munlockall(2).
pub fn munlockall(cx: &Context, _: [usize; 6]) -> Result<usize> {
    cx.process
        .mm()
        .set_all_locked(Some(false), Some(false), u64::MAX)?;
    Ok(0)
}

/// munlock(2).
pub fn munlock(cx: &Context, [address, length, ..]: [usize; 6]) -> Result<usize> {
    let range = lock_range(address, length)?;
    if !range.is_empty() {
        cx.process.mm().set_locked(&range, false, u64::MAX)?;
    }
    Ok(0)
}
