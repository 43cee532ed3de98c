//! `poll_oneoff`: waits for clocks and descriptors.
//!
//! A subscription that can't work answers with an event that carries the error; the others still count.

use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs;
use rustix::io::{ioctl_fionread, retry_on_intr};
use rustix::time::{ClockId, clock_gettime};

use super::WasiCtx;
use super::errno::{Answer, Errno, Stop};
use super::memory::{Memory, len32};
use super::table::{File, Kind};

/// Sizes of witx types `subscription` and `event`.
const SUBSCRIPTION: u32 = 48;
const EVENT: u32 = 32;
/// `subclockflags`: the time is a point on the clock and not a distance from now.
const ABSTIME: u16 = 1;
/// `eventrwflags`: the other side has hung up.
const HANGUP: u16 = 1;

/// What one subscription waits for.
enum Wait {
    /// A point in time on a clock, in nanoseconds.
    Clock(ClockId, u64),
    /// A descriptor that can be read.
    Read(u32),
    /// A descriptor that can be written.
    Write(u32),
    /// Nothing: it is wrong.
    Error(Errno),
}

struct Subscription {
    userdata: u64,
    tag: u8,
    wait: Wait,
}

/// What happened to one of them.
#[derive(Clone, Copy, Default)]
struct Event {
    error: u16,
    nbytes: u64,
    flags: u16,
}

impl Event {
    fn error(errno: Errno) -> Self {
        Self {
            error: errno as u16,
            ..Self::default()
        }
    }
}

/// A clock's time in nanoseconds.
pub fn now(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds
        .saturating_mul(1_000_000_000)
        .saturating_add(time.tv_nsec.unsigned_abs())
}

/// Whether a read would not wait.
pub fn readable_now(file: &File) -> Answer<bool> {
    ready_now(file, PollFlags::IN)
}

/// Whether a write would not wait.
pub fn writable_now(file: &File) -> Answer<bool> {
    ready_now(file, PollFlags::OUT)
}

fn ready_now(file: &File, events: PollFlags) -> Answer<bool> {
    let mut fds = [PollFd::new(&file.host, events)];
    let none = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    Ok(retry_on_intr(|| poll(&mut fds, Some(&none)))? > 0)
}

impl WasiCtx {
    pub fn poll_oneoff(
        &mut self,
        memory: &mut Memory<'_>,
        subscriptions: u32,
        events: u32,
        count: u32,
        out: u32,
    ) -> Answer {
        if count == 0 {
            return Err(Errno::Inval.into());
        }
        let size = |each: u32| {
            count
                .checked_mul(each)
                .ok_or(Stop::Trap("a pointer passed to WASI is out of bounds"))
        };
        memory.check(subscriptions, size(SUBSCRIPTION)?, 8)?;
        memory.check(events, size(EVENT)?, 8)?;
        memory.check(out, 4, 4)?;
        let list =
            (0..count).map(|index| self.subscription(memory, subscriptions + index * SUBSCRIPTION));
        let list = list.collect::<Answer<Vec<_>>>()?;
        let happened = self.wait(&list)?;
        let mut bytes = Vec::new();
        for (Subscription { userdata, tag, .. }, event) in list.iter().zip(happened) {
            let Some(event) = event else { continue };
            bytes.extend(userdata.to_le_bytes());
            bytes.extend(event.error.to_le_bytes());
            bytes.extend([*tag, 0, 0, 0, 0, 0]);
            bytes.extend(event.nbytes.to_le_bytes());
            bytes.extend(event.flags.to_le_bytes());
            bytes.extend([0; 6]);
        }
        memory.store(events, 8, &bytes)?;
        memory.store_u32(out, len32(bytes.len())? / EVENT)
    }

    fn subscription(&mut self, memory: &Memory<'_>, at: u32) -> Answer<Subscription> {
        let mut bytes = [0; SUBSCRIPTION as usize];
        memory.load(at, 8, &mut bytes)?;
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
        let (id, tag) = (word(16) as u32, bytes[8]);
        let wait = match tag {
            0 => self.clock(id, word(24), word(40) as u16),
            1 => Wait::Read(id),
            2 => Wait::Write(id),
            _ => return Err(Errno::Inval.into()),
        };
        Ok(Subscription {
            userdata: word(0),
            tag,
            wait,
        })
    }

    /// The CPU clocks stand still while a program waits, so nobody waits for them.
    fn clock(&self, id: u32, timeout: u64, flags: u16) -> Wait {
        let (clock, origin) = match id {
            0 => (ClockId::Realtime, 0),
            1 => (ClockId::Monotonic, self.origin),
            _ => return Wait::Error(Errno::Inval),
        };
        match flags {
            ABSTIME => Wait::Clock(clock, timeout.saturating_add(origin)),
            // A distance is one of the monotonic clock, whatever happens to the time of day.
            0 => Wait::Clock(
                ClockId::Monotonic,
                now(ClockId::Monotonic).saturating_add(timeout),
            ),
            _ => Wait::Error(Errno::Inval),
        }
    }

    /// Waits until something happens, and says what.
    fn wait(&mut self, list: &[Subscription]) -> Answer<Vec<Option<Event>>> {
        let mut events: Vec<Option<Event>> = vec![None; list.len()];
        loop {
            let mut fds = Vec::new();
            let mut places = Vec::new();
            let mut timeout: Option<u64> = None;
            for (index, Subscription { wait, .. }) in list.iter().enumerate() {
                let (fd, flags) = match wait {
                    Wait::Error(errno) => {
                        events[index] = Some(Event::error(*errno));
                        continue;
                    }
                    Wait::Clock(clock, deadline) => {
                        let left = deadline.saturating_sub(now(*clock));
                        timeout = Some(timeout.map_or(left, |other| other.min(left)));
                        continue;
                    }
                    Wait::Read(fd) => (*fd, PollFlags::IN),
                    Wait::Write(fd) => (*fd, PollFlags::OUT),
                };
                match self.pollable(fd, flags) {
                    Ok(()) => places.push((index, fd, flags)),
                    Err(Stop::Errno(errno)) => events[index] = Some(Event::error(errno)),
                    Err(other) => return Err(other),
                }
            }
            if events.iter().any(Option::is_some) {
                timeout = Some(0);
            }
            let mut hosts = Vec::new();
            for &(_, fd, _) in &places {
                hosts.push(self.table.file(fd)?.host.as_fd().try_clone_to_owned()?);
            }
            for (host, &(_, _, flags)) in hosts.iter().zip(&places) {
                fds.push(PollFd::new(host, flags));
            }
            let timeout = timeout.map(timespec);
            retry_on_intr(|| poll(&mut fds, timeout.as_ref()))?;
            for (polled, &(index, fd, flags)) in fds.iter().zip(&places) {
                if !polled.revents().is_empty() {
                    let file = self.table.file(fd)?;
                    events[index] = Some(ready(file, flags, polled.revents()));
                }
            }
            for (event, Subscription { wait, .. }) in events.iter_mut().zip(list) {
                if let Wait::Clock(clock, deadline) = wait
                    && now(*clock) >= *deadline
                {
                    *event = Some(Event::default());
                }
            }
            if events.iter().any(Option::is_some) {
                return Ok(events);
            }
        }
    }

    /// # Errors
    ///
    /// `Badf` if `fd` is none, is a directory, or was not opened for what it is polled for.
    fn pollable(&mut self, fd: u32, flags: PollFlags) -> Answer {
        let file = self.table.file(fd)?;
        if flags == PollFlags::IN {
            file.check_read()
        } else {
            file.check_write()
        }
    }
}

/// The event of a descriptor that poll(2) found ready.
fn ready(file: &File, asked: PollFlags, found: PollFlags) -> Event {
    if found.contains(PollFlags::NVAL) {
        return Event::error(Errno::Badf);
    }
    let nbytes = match (asked == PollFlags::IN, file.kind) {
        (false, _) => 0,
        (true, Kind::RegularFile) => match (fs::fstat(&file.host), fs::tell(&file.host)) {
            (Ok(stat), Ok(position)) => (stat.st_size as u64).saturating_sub(position),
            _ => 0,
        },
        // Devices that don't count answer with an error; nothing is known then.
        (true, _) => ioctl_fionread(&file.host).unwrap_or(0),
    };
    let flags = if found.contains(PollFlags::HUP) {
        HANGUP
    } else {
        0
    };
    Event {
        error: 0,
        nbytes,
        flags,
    }
}

fn timespec(nanoseconds: u64) -> Timespec {
    let duration = Duration::from_nanos(nanoseconds);
    // 2^64 ns are 585 years: no overflow.
    Timespec {
        tv_sec: duration.as_secs() as i64,
        tv_nsec: duration.subsec_nanos().into(),
    }
}
