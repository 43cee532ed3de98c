//! Waiting for several files: `poll`, `select`.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem::offset_of;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::signal::{end_temporary_mask, set_temporary_mask};
use super::time::{RawTime, read_timespec};
use super::{Context, restart};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::poll::PollEvents;
use crate::mm::user::{read_bytes, read_struct, write_struct};
use crate::process::{Resource, Thread};
use crate::signal::SignalSet;
use crate::sync::{Interrupt, WaitError, wait_longer};
use crate::time::{self, Deadline};

/// `struct pollfd`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct PollFd {
    fd: i32,
    events: i16,
    revents: i16,
}

/// A file and what is wanted of it.
struct Interest {
    file: Arc<OpenFile>,
    events: PollEvents,
    index: usize,
}

/// Sleeps until a file of `interests` is ready, the deadline passes or a signal
/// comes. `report` gets the index and the events of each that is ready.
fn wait_ready(
    thread: &Thread,
    interests: &[Interest],
    deadline: Option<u64>,
    already: usize,
    mut report: impl FnMut(usize, PollEvents),
) -> Result<usize> {
    let mut attempt = || {
        let mut ready = already;
        for interest in interests {
            let events = interest.file.poll() & (interest.events | PollEvents::ALWAYS);
            if !events.is_empty() {
                report(interest.index, events);
                ready += 1;
            }
        }
        (ready > 0).then_some(ready)
    };
    if let Some(ready) = attempt() {
        return Ok(ready);
    }
    // A wait that cannot sleep needs no queues.
    if deadline.is_some_and(|deadline| deadline <= time::monotonic()) {
        return if thread.must_interrupt(Interrupt::BySignals) {
            Err(Errno::RESTART_UNLESS_HANDLED)
        } else {
            Ok(0)
        };
    }
    let mut queues = Vec::new();
    queues.try_reserve_exact(interests.len())?;
    queues.extend(
        interests
            .iter()
            .filter_map(|i| i.file.notifier())
            .map(|n| n.queue()),
    );
    match wait_longer(
        &queues,
        deadline.map(Deadline::Monotonic),
        Interrupt::BySignals,
        attempt,
    ) {
        Ok(ready) => Ok(ready),
        Err(WaitError::TimedOut) => Ok(0),
        Err(WaitError::Interrupted) => Err(Errno::RESTART_UNLESS_HANDLED),
        Err(WaitError::OutOfMemory) => Err(Errno::ENOMEM),
    }
}

fn poll_until(cx: &Context, fds: usize, count: usize, deadline: Option<u64>) -> Result<usize> {
    // `nfds` is an `unsigned int` to the kernel.
    let count = count as u32 as usize;
    if count as u64 > cx.process.limit(Resource::OpenFiles) {
        return Err(Errno::EINVAL);
    }
    let mut entries: Vec<PollFd> = Vec::new();
    entries.try_reserve_exact(count)?;
    entries.resize(count, PollFd::new_zeroed());
    hal::user::copy_in(entries.as_mut_bytes(), fds)?;
    let mut interests = Vec::new();
    interests.try_reserve_exact(count)?;
    let mut invalid = 0;
    {
        let files = cx.process.files();
        let files = files.lock();
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.revents = 0;
            if entry.fd < 0 {
                continue;
            }
            match files.get(entry.fd) {
                Ok(file) => {
                    let events = PollEvents::from_bits_truncate(u32::from(entry.events as u16));
                    interests.push(Interest {
                        file,
                        events,
                        index,
                    });
                }
                Err(_) => {
                    entry.revents = raw::POLLNVAL as i16;
                    invalid += 1;
                }
            }
        }
    }
    let ready = wait_ready(cx.thread, &interests, deadline, invalid, |index, events| {
        entries[index].revents = events.bits() as u16 as i16;
    })?;
    // Only the answers: what was asked may have changed meanwhile, and is the program's.
    let mut at = fds.wrapping_add(offset_of!(PollFd, revents));
    for entry in &entries {
        let answer = entry.revents as u16;
        if at.is_multiple_of(align_of::<u16>()) {
            hal::user::store_u16(at, answer)?;
        } else {
            hal::user::copy_out(at, &answer.to_le_bytes())?;
        }
        at = at.wrapping_add(size_of::<PollFd>());
    }
    Ok(ready)
}

/// poll(2).
pub fn poll(cx: &Context, [fds, count, timeout, ..]: [usize; 6]) -> Result<usize> {
    match u64::try_from(timeout as i32) {
        Err(_) => poll_until(cx, fds, count, None),
        Ok(0) => poll_until(cx, fds, count, Some(0)),
        Ok(milliseconds) => restart::with_deadline(
            cx.thread,
            || Ok(Deadline::after(milliseconds * 1_000_000)),
            |deadline| poll_until(cx, fds, count, Some(deadline.moment())),
        ),
    }
}

/// Blocks other signals while a call waits; `EINVAL` for a set of another size. Those that the set lets in are delivered
/// with it in force only if one interrupted the call.
#[inline(always)]
pub(super) fn with_mask(
    cx: &Context,
    mask: usize,
    size: usize,
    call: impl FnOnce() -> Result<usize>,
) -> Result<usize> {
    if mask == 0 {
        return call();
    }
    if size != size_of::<SignalSet>() {
        return Err(Errno::EINVAL);
    }
    set_temporary_mask(cx, read_struct(mask)?);
    let outcome = call();
    let interrupted = |error: Errno| error == Errno::EINTR || restart::is_restart(error);
    if !outcome.is_err_and(interrupted) {
        end_temporary_mask(cx);
    }
    outcome
}

fn deadline_from(timeout: usize) -> Result<Option<u64>> {
    match timeout {
        0 => Ok(None),
        address => Ok(Some(
            time::monotonic().saturating_add(read_timespec(address)?),
        )),
    }
}

/// Tells a program how much of its time-out was left, as these calls do on
/// Linux. A bad address is not worth an error now (select(2), notes).
fn write_left(address: usize, deadline: Option<u64>, encode: fn(u64) -> RawTime) {
    if let Some(deadline) = deadline {
        let left = deadline.saturating_sub(time::monotonic());
        let _ = write_struct(address, &encode(left));
    }
}

/// ppoll(2).
pub fn ppoll(cx: &Context, [fds, count, timeout, mask, size, _]: [usize; 6]) -> Result<usize> {
    let deadline = deadline_from(timeout)?;
    let outcome = with_mask(cx, mask, size, || poll_until(cx, fds, count, deadline));
    write_left(timeout, deadline, RawTime::timespec);
    outcome
}

/// The events that each of the three sets of select(2) asks for.
const SETS: [PollEvents; 3] = [
    PollEvents::READABLE.union(PollEvents::ALWAYS),
    PollEvents::WRITABLE.union(PollEvents::ERR),
    PollEvents::PRI,
];

fn select_until(
    cx: &Context,
    count: usize,
    addresses: [usize; 3],
    deadline: Option<u64>,
) -> Result<usize> {
    let count = usize::try_from(count as i32).map_err(|_| Errno::EINVAL)?;
    let open_limit = cx.process.limit(Resource::OpenFiles).max(1024) as usize;
    let count = count.min(open_limit);
    let bytes = count.div_ceil(64) * 8;
    let mut wanted: [Vec<u8>; 3] = Default::default();
    for (set, address) in wanted.iter_mut().zip(addresses) {
        if address != 0 && bytes > 0 {
            *set = read_bytes(address, bytes)?;
        }
    }
    let has = |set: &[u8], fd: usize| {
        set.get(fd / 8)
            .is_some_and(|byte| byte >> (fd % 8) & 1 != 0)
    };
    let mut interests = Vec::new();
    {
        let files = cx.process.files();
        let files = files.lock();
        for fd in 0..count {
            let mut events = PollEvents::empty();
            for (set, kind) in wanted.iter().zip(SETS) {
                if has(set, fd) {
                    events |= kind;
                }
            }
            if !events.is_empty() {
                interests.try_reserve(1)?;
                interests.push(Interest {
                    file: files.get(fd as i32)?,
                    events,
                    index: fd,
                });
            }
        }
    }
    let mut found: [Vec<u8>; 3] = Default::default();
    for (set, wanted) in found.iter_mut().zip(&wanted) {
        set.try_reserve_exact(wanted.len())?;
        set.resize(wanted.len(), 0);
    }
    let mut bits = 0;
    wait_ready(cx.thread, &interests, deadline, 0, |fd, events| {
        for ((set, wanted), kind) in found.iter_mut().zip(&wanted).zip(SETS) {
            if has(wanted, fd) && events.intersects(kind) && !has(set, fd) {
                set[fd / 8] |= 1 << (fd % 8);
                bits += 1;
            }
        }
    })?;
    for (set, address) in found.iter().zip(addresses) {
        if address != 0 && bytes > 0 {
            hal::user::copy_out(address, set)?;
        }
    }
    Ok(bits)
}

/// select(2).
pub fn select(cx: &Context, [count, read, write, except, timeout, _]: [usize; 6]) -> Result<usize> {
    let deadline = match timeout {
        0 => None,
        address => {
            let raw_time: RawTime = read_struct(address)?;
            // Microseconds may be a second or more here (select(2), notes).
            if raw_time.seconds < 0 || raw_time.fraction < 0 {
                return Err(Errno::EINVAL);
            }
            let nanoseconds = (raw_time.seconds as u64)
                .saturating_mul(time::NANOSECONDS)
                .saturating_add((raw_time.fraction as u64).saturating_mul(1000));
            Some(time::monotonic().saturating_add(nanoseconds))
        }
    };
    let outcome = select_until(cx, count, [read, write, except], deadline);
    write_left(timeout, deadline, RawTime::timeval);
    outcome
}

/// pselect6(2).
pub fn pselect6(
    cx: &Context,
    [count, read, write, except, timeout, mask]: [usize; 6],
) -> Result<usize> {
    let deadline = deadline_from(timeout)?;
    let [mask, size]: [usize; 2] = match mask {
        0 => [0; 2],
        address => read_struct(address)?,
    };
    let outcome = with_mask(cx, mask, size, || {
        select_until(cx, count, [read, write, except], deadline)
    });
    write_left(timeout, deadline, RawTime::timespec);
    outcome
}
