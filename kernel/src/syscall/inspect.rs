//! Looking into other processes: their memory (process_vm_readv(2)), and what two share (kcmp(2)).
//!
//! Who may is [`Thread::may_inspect`]. Bytes go through a page of the kernel's: neither side's memory is held while the
//! other's is touched.

use alloc::sync::Arc;

use hal::mem::PAGE_SIZE;

use super::Context;
use super::lookup::check_flags;
use crate::drivers::random;
use crate::errno::{Errno, Result};
use crate::fs::buf::{IoVec, Sink, Source};
use crate::mm::Mm;
use crate::mm::user::read_iovecs;
use crate::process::{self, Looking, Process};
use crate::sync::{Interrupt, LongWork, Once};

/// The process that a thread's number names, if it may be looked into; it may be a zombie.
///
/// # Errors
/// `ESRCH`, `EPERM`.
fn inspected(cx: &Context, pid: usize) -> Result<Arc<Process>> {
    let thread = process::find_any_thread(pid as u32).ok_or(Errno::ESRCH)?;
    if !cx.thread.may_inspect(&thread.process) {
        return Err(Errno::EPERM);
    }
    Ok(thread.process.clone())
}

/// The address space and the ranges of process_vm_readv(2); none when there is nothing to move.
fn remote(
    cx: &Context,
    pid: usize,
    local: &[IoVec],
    vectors: usize,
    count: usize,
) -> Result<Option<(Arc<Mm>, alloc::vec::Vec<IoVec>)>> {
    if local.iter().all(|vector| vector.len == 0) {
        return Ok(None);
    }
    let ranges = read_iovecs(vectors, count)?;
    if ranges.iter().all(|range| range.len == 0) {
        return Ok(None);
    }
    let process = inspected(cx, pid)?;
    // One that has ended has no memory, even if others of its process have.
    process::find_thread(pid as u32).ok_or(Errno::ESRCH)?;
    let mm = cx.thread.memory_of(&process, Looking::AsItself);
    Ok(Some((mm.ok_or(Errno::EPERM)?, ranges)))
}

/// Goes through ranges piece by piece, none across a page, until `piece` moves less than it was given.
///
/// # Errors
/// What `piece` says of the first.
fn each_piece(
    ranges: &[IoVec],
    mut piece: impl FnMut(usize, usize) -> Result<usize>,
) -> Result<usize> {
    let mut done = 0;
    let mut work = LongWork::ended(Interrupt::ByDeathOnly);
    for range in ranges {
        let mut at = 0;
        while at < range.len {
            let address = range.base.checked_add(at).ok_or(Errno::EFAULT);
            let length = address.map_or(0, |address| PAGE_SIZE - address % PAGE_SIZE);
            let length = length.min(range.len - at);
            match address.and_then(|address| piece(address, length)) {
                Ok(moved) => {
                    done += moved;
                    at += moved;
                    if moved < length || !work.goes_on(moved) {
                        return Ok(done);
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok(done),
            }
        }
    }
    Ok(done)
}

/// process_vm_readv(2).
pub fn process_vm_readv(
    cx: &Context,
    [pid, local, local_count, vectors, count, flags]: [usize; 6],
) -> Result<usize> {
    check_flags(flags, 0)?;
    let local = read_iovecs(local, local_count)?;
    let Some((mm, ranges)) = remote(cx, pid, &local, vectors, count)? else {
        return Ok(0);
    };
    let mut sink = Sink::vectors(&local);
    let mut page = [0; PAGE_SIZE];
    each_piece(&ranges, |address, length| {
        let bytes = page
            .get_mut(..length.min(sink.remaining()))
            .unwrap_or(&mut []);
        if bytes.is_empty() {
            return Ok(0);
        }
        mm.read_page(address, bytes)?;
        match sink.put(bytes) {
            0 => Err(Errno::EFAULT),
            moved => Ok(moved),
        }
    })
}

/// process_vm_writev(2).
pub fn process_vm_writev(
    cx: &Context,
    [pid, local, local_count, vectors, count, flags]: [usize; 6],
) -> Result<usize> {
    check_flags(flags, 0)?;
    let local = read_iovecs(local, local_count)?;
    let Some((mm, ranges)) = remote(cx, pid, &local, vectors, count)? else {
        return Ok(0);
    };
    let mut source = Source::vectors(&local);
    let mut page = [0; PAGE_SIZE];
    each_piece(&ranges, |address, length| {
        if source.remaining() == 0 {
            return Ok(0);
        }
        let wanted = page.get_mut(..length).unwrap_or(&mut []);
        let taken = source.take(wanted);
        if taken == 0 {
            return Err(Errno::EFAULT);
        }
        mm.write_page(address, wanted.get(..taken).unwrap_or(&[]))?;
        Ok(taken)
    })
}

/// What kcmp(2) compares.
const FILE: u32 = 0;
const VM: u32 = 1;
const FILES: u32 = 2;
const FS: u32 = 3;
const SIGHAND: u32 = 4;

/// Where an object is, in an order that tells nothing of addresses.
fn order(address: usize) -> usize {
    static SECRET: Once<[usize; 2]> = Once::new();
    let [mask, factor] = *SECRET.call_once(|| {
        let mut bytes = [0; 16];
        random::fill(&mut bytes);
        let number = u128::from_le_bytes(bytes);
        [number as usize, (number >> 64) as usize | 1]
    });
    (address ^ mask).wrapping_mul(factor)
}

/// kcmp(2), but for I/O contexts, undo lists of semaphores and what an epoll instance watches, which answer `EINVAL`.
pub fn kcmp(cx: &Context, [one, two, kind, first, second, _]: [usize; 6]) -> Result<usize> {
    let kind = kind as u32;
    // That one is missing is said before that the other may not be looked into.
    for pid in [one, two] {
        process::find_any_thread(pid as u32).ok_or(Errno::ESRCH)?;
    }
    let (one, two) = (inspected(cx, one)?, inspected(cx, two)?);
    let object = |process: &Process, fd: usize| {
        Ok(match kind {
            FILE => {
                let file = process.files().lock().get(fd as i32)?;
                file.identity()
            }
            VM => Arc::as_ptr(&process.mm()).addr(),
            FILES => Arc::as_ptr(&process.files()).addr(),
            FS => Arc::as_ptr(&process.fs()).addr(),
            SIGHAND => Arc::as_ptr(&process.actions.lock()).addr(),
            _ => return Err(Errno::EINVAL),
        })
    };
    let (one, two) = (object(&one, first)?, object(&two, second)?);
    Ok(match order(one).cmp(&order(two)) {
        core::cmp::Ordering::Equal => 0,
        core::cmp::Ordering::Less => 1,
        core::cmp::Ordering::Greater => 2,
    })
}
