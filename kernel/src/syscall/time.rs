//! Clocks, sleeping, interval timers.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::{Context, restart};
use crate::errno::{Errno, Result};
use crate::mm::user::{read_struct, write_struct};
use crate::process::{self, Capability};
use crate::sched;
use crate::sync::{Interrupt, WaitError, wait_until};
use crate::time::cpu::TimerClock;
use crate::time::itimer::{IntervalTimers, Setting, Which};
use crate::time::{self, Deadline, NANOSECONDS, Timespec};

/// `struct timespec`, and with microseconds `struct timeval`.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct RawTime {
    /// Seconds.
    pub seconds: i64,
    /// Nanoseconds or microseconds.
    pub fraction: i64,
}

impl RawTime {
    /// A `timespec` of so many nanoseconds.
    pub fn timespec(nanoseconds: u64) -> Self {
        Self {
            seconds: (nanoseconds / NANOSECONDS) as i64,
            fraction: (nanoseconds % NANOSECONDS) as i64,
        }
    }

    /// A `timeval` of so many nanoseconds, rounded down.
    pub fn timeval(nanoseconds: u64) -> Self {
        let time = Self::timespec(nanoseconds);
        Self {
            seconds: time.seconds,
            fraction: time.fraction / 1000,
        }
    }

    fn timeval_nanoseconds(self) -> Result<u64> {
        if !(0..1_000_000).contains(&self.fraction) {
            return Err(Errno::EINVAL);
        }
        Timespec::nanoseconds_from_raw(self.seconds, self.fraction * 1000)
    }
}

/// Reads a timespec as nanoseconds. `EFAULT`, `EINVAL`.
pub fn read_timespec(address: usize) -> Result<u64> {
    let time: RawTime = read_struct(address)?;
    Timespec::nanoseconds_from_raw(time.seconds, time.fraction)
}

/// Whether a time is a duration or a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockMode {
    /// From now on.
    Relative,
    /// As the clock shows it.
    Absolute,
}

/// The moment that a time of a clock means. `EINVAL` for clocks that nothing can sleep on.
pub fn deadline_at(clock: u32, mode: ClockMode, nanoseconds: u64) -> Result<Deadline> {
    let is_realtime = match clock {
        raw::CLOCK_REALTIME | raw::CLOCK_TAI | raw::CLOCK_REALTIME_ALARM => true,
        raw::CLOCK_MONOTONIC | raw::CLOCK_BOOTTIME | raw::CLOCK_BOOTTIME_ALARM => false,
        _ => return Err(Errno::EINVAL),
    };
    Ok(match mode {
        ClockMode::Relative => Deadline::after(nanoseconds),
        ClockMode::Absolute if is_realtime => Deadline::Realtime(nanoseconds),
        ClockMode::Absolute => Deadline::Monotonic(nanoseconds),
    })
}

/// What a clock shows, in nanoseconds.
fn read_clock(cx: &Context, clock: i32) -> Result<u64> {
    if clock < 0 {
        return Ok(cpu_clock(cx, clock)?.now());
    }
    match clock as u32 {
        raw::CLOCK_REALTIME
        | raw::CLOCK_REALTIME_COARSE
        | raw::CLOCK_TAI
        | raw::CLOCK_REALTIME_ALARM => Ok(time::realtime()),
        raw::CLOCK_MONOTONIC
        | raw::CLOCK_MONOTONIC_COARSE
        | raw::CLOCK_MONOTONIC_RAW
        | raw::CLOCK_BOOTTIME
        | raw::CLOCK_BOOTTIME_ALARM => Ok(time::monotonic()),
        raw::CLOCK_PROCESS_CPUTIME_ID => Ok(cx.process.runtime()),
        raw::CLOCK_THREAD_CPUTIME_ID => Ok(sched::runtime(cx.thread)),
        _ => Err(Errno::EINVAL),
    }
}

/// Clocks of other processes and threads: `~pid << 3` with a kind in the low
/// bits (clock_getcpuclockid(3)).
fn cpu_clock(cx: &Context, clock: i32) -> Result<TimerClock> {
    let id = !(clock >> 3) as u32;
    let per_thread = clock & 4 != 0;
    if clock & 3 == 3 {
        return Err(Errno::EINVAL);
    }
    if per_thread {
        let thread = if id == 0 {
            Some(cx.thread.clone())
        } else {
            process::find_thread(id)
        };
        let thread = thread.filter(|thread| thread.process.pid == cx.process.pid);
        return Ok(TimerClock::Thread(Arc::downgrade(
            &thread.ok_or(Errno::EINVAL)?,
        )));
    }
    let process = if id == 0 {
        Some(cx.process.clone())
    } else {
        process::find(id)
    };
    Ok(TimerClock::Process(Arc::downgrade(
        &process.ok_or(Errno::EINVAL)?,
    )))
}

/// Refuses the clocks that can be read only. `EOPNOTSUPP`.
fn check_waitable(clock: u32) -> Result<()> {
    match clock {
        raw::CLOCK_REALTIME_COARSE | raw::CLOCK_MONOTONIC_COARSE | raw::CLOCK_MONOTONIC_RAW => {
            Err(Errno::EOPNOTSUPP)
        }
        _ => Ok(()),
    }
}

/// The clock that a timer runs on. `EOPNOTSUPP` for those that can be read only, `EINVAL` for
/// those that there are not.
pub fn timer_clock(cx: &Context, clock: i32) -> Result<TimerClock> {
    check_waitable(clock as u32)?;
    if clock < 0 {
        return cpu_clock(cx, clock);
    }
    Ok(match clock as u32 {
        raw::CLOCK_REALTIME | raw::CLOCK_TAI | raw::CLOCK_REALTIME_ALARM => TimerClock::Realtime,
        raw::CLOCK_MONOTONIC | raw::CLOCK_BOOTTIME | raw::CLOCK_BOOTTIME_ALARM => {
            TimerClock::Monotonic
        }
        raw::CLOCK_PROCESS_CPUTIME_ID => TimerClock::Process(Arc::downgrade(cx.process)),
        raw::CLOCK_THREAD_CPUTIME_ID => TimerClock::Thread(Arc::downgrade(cx.thread)),
        _ => return Err(Errno::EINVAL),
    })
}

/// clock_gettime(2).
pub fn clock_gettime(cx: &Context, [clock, out, ..]: [usize; 6]) -> Result<usize> {
    let now = read_clock(cx, clock as i32)?;
    write_struct(out, &RawTime::timespec(now))?;
    Ok(0)
}

/// clock_settime(2): the realtime clock, by who has `CAP_SYS_TIME`.
pub fn clock_settime(cx: &Context, [clock, new, ..]: [usize; 6]) -> Result<usize> {
    if (clock as i32) < 0 {
        // Nobody sets a clock of processor time.
        cpu_clock(cx, clock as i32)?;
        read_timespec(new)?;
        return Err(Errno::EPERM);
    }
    if clock as u32 != raw::CLOCK_REALTIME {
        return Err(Errno::EINVAL);
    }
    let now = read_timespec(new)?;
    if !cx.thread.credentials().has(Capability::SysTime) {
        return Err(Errno::EPERM);
    }
    time::set_realtime(now)?;
    Ok(0)
}

/// clock_getres(2): clocks count nanoseconds.
pub fn clock_getres(cx: &Context, [clock, out, ..]: [usize; 6]) -> Result<usize> {
    read_clock(cx, clock as i32)?;
    if out != 0 {
        write_struct(out, &RawTime::timespec(1))?;
    }
    Ok(0)
}

/// gettimeofday(2).
pub fn gettimeofday(_: &Context, [out, zone, ..]: [usize; 6]) -> Result<usize> {
    if out != 0 {
        write_struct(out, &RawTime::timeval(time::realtime()))?;
    }
    if zone != 0 {
        hal::user::store_u64(zone, ZONE.load(Ordering::Relaxed))?;
    }
    Ok(0)
}

/// `struct timezone` as it was set: nothing here looks at it.
static ZONE: AtomicU64 = AtomicU64::new(0);

/// settimeofday(2), by who has `CAP_SYS_TIME`.
pub fn settimeofday(cx: &Context, [new, zone, ..]: [usize; 6]) -> Result<usize> {
    let new = match new {
        0 => None,
        address => Some(read_struct::<RawTime>(address)?.timeval_nanoseconds()?),
    };
    let zone = match zone {
        0 => None,
        address => Some(hal::user::load_u64(address)?),
    };
    if !cx.thread.credentials().has(Capability::SysTime) {
        return Err(Errno::EPERM);
    }
    if let Some(zone) = zone {
        // Minutes west of Greenwich in the low half.
        if !(-15 * 60..=15 * 60).contains(&(zone as i32)) {
            return Err(Errno::EINVAL);
        }
        ZONE.store(zone, Ordering::Relaxed);
    }
    if let Some(new) = new {
        time::set_realtime(new)?;
    }
    Ok(0)
}

/// time(2).
pub fn time(_: &Context, [out, ..]: [usize; 6]) -> Result<usize> {
    let now = time::realtime() / NANOSECONDS;
    if out != 0 {
        hal::user::store_u64(out, now)?;
    }
    Ok(now as usize)
}

/// Sleeps until a moment; when a signal interrupts, tells what was left.
fn sleep_until(deadline: Deadline, left: Option<usize>) -> Result<usize> {
    match wait_until(&[], Some(deadline), Interrupt::BySignals, || None::<()>) {
        Ok(()) | Err(WaitError::TimedOut) => Ok(0),
        Err(WaitError::OutOfMemory) => Err(Errno::ENOMEM),
        Err(WaitError::Interrupted) => {
            if let Some(address) = left.filter(|&address| address != 0) {
                write_struct(address, &RawTime::timespec(deadline.left()))?;
            }
            Err(Errno::RESTART_UNLESS_HANDLED)
        }
    }
}

/// nanosleep(2).
pub fn nanosleep(cx: &Context, [request, left, ..]: [usize; 6]) -> Result<usize> {
    sleep_relative(cx, raw::CLOCK_MONOTONIC, request, left)
}

/// A relative sleep. When it is restarted because no handler ran, it goes on
/// to the deadline it had.
fn sleep_relative(cx: &Context, clock: u32, request: usize, left: usize) -> Result<usize> {
    let nanoseconds = read_timespec(request)?;
    restart::with_deadline(
        cx.thread,
        || deadline_at(clock, ClockMode::Relative, nanoseconds),
        |deadline| sleep_until(deadline, Some(left)),
    )
}

/// clock_nanosleep(2).
pub fn clock_nanosleep(
    cx: &Context,
    [clock, flags, request, left, ..]: [usize; 6],
) -> Result<usize> {
    let clock = clock as u32;
    if flags as u32 & !raw::TIMER_ABSTIME != 0 {
        return Err(Errno::EINVAL);
    }
    check_waitable(clock)?;
    if clock == raw::CLOCK_THREAD_CPUTIME_ID {
        // Which would wait for itself.
        return Err(Errno::EOPNOTSUPP);
    }
    if clock == raw::CLOCK_PROCESS_CPUTIME_ID || (clock as i32) < 0 {
        let absolute = flags as u32 & raw::TIMER_ABSTIME != 0;
        return sleep_on_processor_time(cx, clock as i32, absolute, request, left);
    }
    // Whether there is such a clock comes before where the time is.
    deadline_at(clock, ClockMode::Relative, 0)?;
    if flags as u32 & raw::TIMER_ABSTIME == 0 {
        return sleep_relative(cx, clock, request, left);
    }
    let nanoseconds = read_timespec(request)?;
    sleep_until(deadline_at(clock, ClockMode::Absolute, nanoseconds)?, None)
}

/// Sleeps until other threads have used so much processor time.
fn sleep_on_processor_time(
    cx: &Context,
    clock: i32,
    absolute: bool,
    request: usize,
    left: usize,
) -> Result<usize> {
    let clock = timer_clock(cx, clock)?;
    if let TimerClock::Thread(thread) = &clock
        && thread.as_ptr() == Arc::as_ptr(cx.thread)
    {
        // A thread that sleeps would wait for itself.
        return Err(Errno::EINVAL);
    }
    let nanoseconds = read_timespec(request)?;
    let value = if absolute {
        nanoseconds
    } else {
        clock.now().saturating_add(nanoseconds)
    };
    while clock.now() < value {
        match sleep_until(Deadline::Monotonic(clock.moment_of(value)), None) {
            Ok(_) => {}
            Err(_) if absolute => return Err(Errno::RESTART_UNLESS_HANDLED),
            Err(_) => {
                // What is left is told even if no handler runs: the clock moves on only with use.
                if left != 0 {
                    let rest = value.saturating_sub(clock.now());
                    write_struct(left, &RawTime::timespec(rest))?;
                }
                return Err(Errno::EINTR);
            }
        }
    }
    Ok(0)
}

/// `struct itimerval`.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawSetting {
    interval: RawTime,
    value: RawTime,
}

impl RawSetting {
    fn encode(setting: Setting) -> Self {
        Self {
            interval: RawTime::timeval(setting.interval),
            // A running timer never shows 0.
            value: RawTime::timeval(match setting.value {
                0 => 0,
                value => value.max(1000),
            }),
        }
    }
}

fn which_timer(which: usize) -> Result<Which> {
    match which as u32 {
        raw::ITIMER_REAL => Ok(Which::Real),
        raw::ITIMER_VIRTUAL => Ok(Which::Virtual),
        raw::ITIMER_PROF => Ok(Which::Prof),
        _ => Err(Errno::EINVAL),
    }
}

/// getitimer(2).
pub fn getitimer(cx: &Context, [which, out, ..]: [usize; 6]) -> Result<usize> {
    let which = which_timer(which)?;
    write_struct(out, &RawSetting::encode(cx.process.itimers.get(which)))?;
    Ok(0)
}

/// setitimer(2).
pub fn setitimer(cx: &Context, [which, new, old, ..]: [usize; 6]) -> Result<usize> {
    let new: RawSetting = if new == 0 {
        RawSetting::default()
    } else {
        read_struct(new)?
    };
    let which = which_timer(which)?;
    let setting = Setting {
        value: new.value.timeval_nanoseconds()?,
        interval: new.interval.timeval_nanoseconds()?,
    };
    let previous = IntervalTimers::set(cx.process, which, setting);
    if old != 0 {
        write_struct(old, &RawSetting::encode(previous))?;
    }
    Ok(0)
}

/// alarm(2): what was left is told to the nearest second, but never as nothing.
pub fn alarm(cx: &Context, [seconds, ..]: [usize; 6]) -> Result<usize> {
    let value = u64::from(seconds as u32) * NANOSECONDS;
    let new = Setting { value, interval: 0 };
    let old = IntervalTimers::set(cx.process, Which::Real, new);
    let seconds = old.value.saturating_add(NANOSECONDS / 2) / NANOSECONDS;
    Ok(seconds.max(u64::from(old.value > 0)) as usize)
}

/// Ticks of `sysconf(_SC_CLK_TCK)` in a second.
const CLOCK_TICKS: u64 = 100;

fn ticks(nanoseconds: u64) -> i64 {
    (nanoseconds / (NANOSECONDS / CLOCK_TICKS)) as i64
}

/// times(2).
pub fn times(cx: &Context, [out, ..]: [usize; 6]) -> Result<usize> {
    if out != 0 {
        let (own, children) = (cx.process.usage(), cx.process.children_usage());
        let times = [own.user, own.system, children.user, children.system];
        write_struct(out, &times.map(ticks))?;
    }
    Ok(ticks(time::monotonic()) as usize)
}
