//! Event counters, timers and signals as files, and epoll: `eventfd`, `epoll_create`, `epoll_ctl`, `epoll_wait`.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use super::lookup::{check_flags, file, object_of, wrong_kind};
use super::poll::with_mask;
use super::time::{RawTime, read_timespec};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::epoll::{Epoll, Event};
use crate::fs::eventfd::{self, Taking};
use crate::fs::signalfd::SignalFd;
use crate::fs::timerfd::{Clock, Setting, Start, TimerFd};
use crate::mm::user::{read_struct, write_struct};
use crate::process::Capability;
use crate::signal::SignalSet;
use crate::sync::{Interrupt, WaitError, wait_longer};
use crate::time::{self, Deadline, Timespec};

/// `struct epoll_event`, packed on x86-64.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C, packed)]
struct RawEvent {
    events: u32,
    data: u64,
}

/// eventfd2(2).
pub fn eventfd2(cx: &Context, [initial, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(
        flags,
        raw::EFD_CLOEXEC | raw::EFD_NONBLOCK | raw::EFD_SEMAPHORE,
    )?;
    let taking = if flags & raw::EFD_SEMAPHORE != 0 {
        Taking::One
    } else {
        Taking::All
    };
    let file = eventfd::create(u64::from(initial as u32), taking, flags & raw::O_NONBLOCK);
    super::open::install(cx.process, file, flags & raw::EFD_CLOEXEC != 0)
}

/// eventfd(2) of old: no flags.
pub fn eventfd(cx: &Context, [initial, ..]: [usize; 6]) -> Result<usize> {
    eventfd2(cx, [initial, 0, 0, 0, 0, 0])
}

/// epoll_create1(2).
pub fn epoll_create1(cx: &Context, [flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::EPOLL_CLOEXEC)?;
    super::open::install(cx.process, Epoll::create(), flags != 0)
}

/// epoll_create(2): the size is a hint that must be positive.
pub fn epoll_create(cx: &Context, [size, ..]: [usize; 6]) -> Result<usize> {
    if size as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    epoll_create1(cx, [0; 6])
}

/// epoll_ctl(2).
pub fn epoll_ctl(cx: &Context, [epoll, operation, fd, event, ..]: [usize; 6]) -> Result<usize> {
    let operation = operation as u32;
    let wish = if operation == raw::EPOLL_CTL_DEL {
        Event { events: 0, data: 0 }
    } else {
        let RawEvent { events, data } = read_struct(event)?;
        Event { events, data }
    };
    let instance = file(cx.process, epoll)?;
    let watched = file(cx.process, fd)?;
    if watched.access().path_only {
        return Err(Errno::EBADF);
    }
    // Before the list is looked at: neither of them can be in it.
    if watched.notifier().is_none() {
        return Err(Errno::EPERM);
    }
    let instance = object_of::<Epoll>(&instance, Errno::EINVAL)?;
    if watched
        .object_as::<Epoll>()
        .is_some_and(|watched| core::ptr::eq(watched, instance))
    {
        return Err(Errno::EINVAL);
    }
    match operation {
        raw::EPOLL_CTL_ADD => instance.add(fd as i32, &watched, wish)?,
        raw::EPOLL_CTL_MOD => instance.modify(fd as i32, &watched, wish)?,
        raw::EPOLL_CTL_DEL => instance.remove(fd as i32, &watched)?,
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

/// The most events that one wait may ask for: their size fits an `int`.
const EVENTS_MAX: usize = i32::MAX as usize / size_of::<RawEvent>();

/// The whole of a wait, but for what its time-out means. The arguments are those of epoll_pwait(2).
#[inline(always)]
fn wait(cx: &Context, args: &[usize; 6], deadline: Option<u64>) -> Result<usize> {
    let &[_, _, _, _, mask, size] = args;
    with_mask(cx, mask, size, || wait_for_events(cx, args, deadline))
}

#[inline]
fn wait_for_events(
    cx: &Context,
    &[epoll, out, max, ..]: &[usize; 6],
    deadline: Option<u64>,
) -> Result<usize> {
    // A negative number is too large.
    let max = max as u32 as usize;
    if !(1..=EVENTS_MAX).contains(&max) {
        return Err(Errno::EINVAL);
    }
    let file = file(cx.process, epoll)?;
    let instance = file.object().and_then(|object| object.as_epoll());
    let instance = instance.ok_or_else(|| wrong_kind(&file, Errno::EINVAL))?;
    let give = |index: usize, event: Event| {
        let raw = RawEvent {
            events: event.events,
            data: event.data,
        };
        let place = index
            .checked_mul(size_of::<RawEvent>())
            .and_then(|offset| out.checked_add(offset))
            .ok_or(Errno::EFAULT)?;
        write_struct(place, &raw)
    };
    let found = instance.collect(max, give)?;
    if found > 0 || deadline == Some(0) {
        return Ok(found);
    }
    sleep(&file, instance, max, deadline, give)
}

/// The rest of a wait that found nothing at once.
#[cold]
#[inline(never)]
fn sleep(
    file: &OpenFile,
    instance: &Epoll,
    max: usize,
    deadline: Option<u64>,
    give: impl Fn(usize, Event) -> Result<()>,
) -> Result<usize> {
    let attempt = || match instance.collect(max, &give) {
        Ok(0) => None,
        outcome => Some(outcome),
    };
    let Some(notifier) = file.notifier() else {
        return Err(Errno::EINVAL);
    };
    match wait_longer(
        &[notifier.queue()],
        deadline.map(Deadline::Monotonic),
        Interrupt::BySignals,
        attempt,
    ) {
        Ok(outcome) => outcome,
        Err(WaitError::TimedOut) => Ok(0),
        // Not begun anew, not even after a stop without a handler (signal(7)).
        Err(WaitError::Interrupted) => Err(Errno::EINTR),
        Err(WaitError::OutOfMemory) => Err(Errno::ENOMEM),
    }
}

/// The deadline of a time-out in milliseconds; negative is none, and 0, which waits for nothing, is the beginning of time.
#[inline]
fn deadline_in(milliseconds: usize) -> Option<u64> {
    let milliseconds = u64::try_from(milliseconds as i32).ok()?;
    if milliseconds == 0 {
        return Some(0);
    }
    Some(time::monotonic().saturating_add(milliseconds * 1_000_000))
}

/// epoll_wait(2).
pub fn epoll_wait(cx: &Context, [epoll, out, max, timeout, ..]: [usize; 6]) -> Result<usize> {
    epoll_pwait(cx, [epoll, out, max, timeout, 0, 0])
}

/// epoll_pwait(2).
pub fn epoll_pwait(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    wait(cx, &arguments, deadline_in(arguments[3]))
}

/// epoll_pwait2(2).
pub fn epoll_pwait2(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    let deadline = match arguments[3] {
        0 => None,
        address => Some(match read_timespec(address)? {
            0 => 0,
            time => time::monotonic().saturating_add(time),
        }),
    };
    wait(cx, &arguments, deadline)
}

/// `struct itimerspec`: interval first.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawSetting {
    interval: RawTime,
    first: RawTime,
}

impl RawSetting {
    fn new(setting: &Setting) -> Self {
        Self {
            interval: RawTime::timespec(setting.interval),
            first: RawTime::timespec(setting.first),
        }
    }

    fn decode(self) -> Result<Setting> {
        let decode = |time: RawTime| Timespec::nanoseconds_from_raw(time.seconds, time.fraction);
        Ok(Setting {
            first: decode(self.first)?,
            interval: decode(self.interval)?,
        })
    }
}

/// timerfd_create(2). The machine never sleeps: clocks that would wake it go like those that would not.
pub fn timerfd_create(cx: &Context, [clock, flags, ..]: [usize; 6]) -> Result<usize> {
    let clock = match clock as u32 {
        raw::CLOCK_MONOTONIC | raw::CLOCK_BOOTTIME => Clock::Monotonic,
        raw::CLOCK_REALTIME => Clock::Realtime,
        raw::CLOCK_REALTIME_ALARM | raw::CLOCK_BOOTTIME_ALARM
            if !cx.thread.credentials().has(Capability::WakeAlarm) =>
        {
            return Err(Errno::EPERM);
        }
        raw::CLOCK_REALTIME_ALARM => Clock::Realtime,
        raw::CLOCK_BOOTTIME_ALARM => Clock::Monotonic,
        _ => return Err(Errno::EINVAL),
    };
    let flags = check_flags(flags, raw::TFD_CLOEXEC | raw::TFD_NONBLOCK)?;
    let file = TimerFd::create(clock, flags & raw::O_NONBLOCK);
    super::open::install(cx.process, file, flags & raw::TFD_CLOEXEC != 0)
}

/// timerfd_settime(2).
pub fn timerfd_settime(cx: &Context, [fd, flags, new, old, ..]: [usize; 6]) -> Result<usize> {
    let known = raw::TFD_TIMER_ABSTIME | raw::TFD_TIMER_CANCEL_ON_SET;
    let new: RawSetting = read_struct(new)?;
    let flags = check_flags(flags, known)?;
    let start = match flags {
        flags if flags & raw::TFD_TIMER_ABSTIME == 0 => Start::Relative,
        raw::TFD_TIMER_ABSTIME => Start::Absolute,
        _ => Start::AbsoluteUntilSet,
    };
    let setting = new.decode()?;
    let file = opened(cx, fd)?;
    let timer = file.object_as::<TimerFd>().ok_or(Errno::EINVAL)?;
    let before = timer.set(setting, start)?;
    if old != 0 {
        write_struct(old, &RawSetting::new(&before))?;
    }
    Ok(0)
}

/// timerfd_gettime(2).
pub fn timerfd_gettime(cx: &Context, [fd, current, ..]: [usize; 6]) -> Result<usize> {
    let file = opened(cx, fd)?;
    let timer = file.object_as::<TimerFd>().ok_or(Errno::EINVAL)?;
    write_struct(current, &RawSetting::new(&timer.get()))?;
    Ok(0)
}

/// The open file that a descriptor is for. `EBADF`, also for one of a path only (open(2)).
fn opened(cx: &Context, fd: usize) -> Result<Arc<OpenFile>> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    Ok(file)
}

/// signalfd4(2).
pub fn signalfd4(cx: &Context, [fd, set, size, flags, ..]: [usize; 6]) -> Result<usize> {
    if size != size_of::<SignalSet>() {
        return Err(Errno::EINVAL);
    }
    let wanted: SignalSet = read_struct(set)?;
    let flags = check_flags(flags, raw::O_CLOEXEC | raw::O_NONBLOCK)?;
    if fd as i32 == -1 {
        let file = SignalFd::create(wanted, flags & raw::O_NONBLOCK);
        return super::open::install(cx.process, file, flags & raw::O_CLOEXEC != 0);
    }
    let file = opened(cx, fd)?;
    file.object_as::<SignalFd>()
        .ok_or(Errno::EINVAL)?
        .set(wanted);
    Ok(fd)
}

/// signalfd(2) of old: no flags.
pub fn signalfd(cx: &Context, [fd, set, size, ..]: [usize; 6]) -> Result<usize> {
    signalfd4(cx, [fd, set, size, 0, 0, 0])
}
