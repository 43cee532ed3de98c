//! Clocks and timers.
//!
//! [`monotonic`] is the HAL's nanosecond counter; the realtime clock is that
//! plus an offset read from the machine's clock at boot and changed by
//! `clock_settime`. [`timer`] holds everything that waits for a moment.

pub mod cpu;
pub mod itimer;
pub mod posix_timer;
pub mod timer;

use core::sync::atomic::{AtomicI64, Ordering};

use linux_raw_sys::general::{__kernel_old_timeval, __kernel_timespec};

use crate::errno::{Errno, Result};

/// Nanoseconds in a second.
pub const NANOSECONDS: u64 = 1_000_000_000;

/// Realtime minus monotonic, in nanoseconds.
static REALTIME_OFFSET: AtomicI64 = AtomicI64::new(0);

/// Reads the machine's clock. Once, at boot.
pub fn init() {
    let wall = hal::time::boot_wall_clock().saturating_mul(NANOSECONDS);
    REALTIME_OFFSET.store(wall as i64 - monotonic() as i64, Ordering::Relaxed);
}

/// Nanoseconds since boot.
pub fn monotonic() -> u64 {
    hal::time::now()
}

/// Nanoseconds since the epoch.
pub fn realtime() -> u64 {
    (monotonic() as i64)
        .saturating_add(REALTIME_OFFSET.load(Ordering::Relaxed))
        .max(0) as u64
}

/// Realtime minus monotonic clock, in nanoseconds.
pub fn realtime_offset() -> i64 {
    REALTIME_OFFSET.load(Ordering::Relaxed)
}

/// The last moment that the realtime clock can be set to: it can show the next
/// thirty years as well.
const LAST_REALTIME: u64 = i64::MAX as u64 - 30 * 365 * 86_400 * NANOSECONDS;

/// Sets the realtime clock, in nanoseconds since the epoch. `EINVAL` when it
/// could not show what follows (clock_settime(2)).
pub fn set_realtime(nanoseconds: u64) -> Result<()> {
    if nanoseconds > LAST_REALTIME {
        return Err(Errno::EINVAL);
    }
    let offset = nanoseconds as i64 - monotonic() as i64;
    // In one order with the numbers of timers: a timer is either found below, or sees this.
    REALTIME_OFFSET.store(offset, Ordering::SeqCst);
    crate::mm::vdso::update(offset);
    timer::clock_was_set();
    crate::fs::timerfd::clock_was_set();
    Ok(())
}

/// The end of a wait. A moment of the realtime clock moves when that clock is set
/// (clock_settime(2)); [`timer::clock_was_set`] lets who waits for one look again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deadline {
    /// Nanoseconds since boot.
    Monotonic(u64),
    /// Nanoseconds since the epoch.
    Realtime(u64),
}

impl Deadline {
    /// So many nanoseconds from now on, whatever the realtime clock does.
    pub fn after(nanoseconds: u64) -> Self {
        Deadline::Monotonic(monotonic().saturating_add(nanoseconds))
    }

    /// When it will be, in nanoseconds since boot, unless the clock is set.
    #[inline]
    pub fn moment(self) -> u64 {
        match self {
            Deadline::Monotonic(moment) => moment,
            Deadline::Realtime(moment) => realtime_to_monotonic(moment),
        }
    }

    /// Whether it has come.
    #[inline]
    pub fn has_passed(self) -> bool {
        monotonic() >= self.moment()
    }

    /// What is left until then, in nanoseconds.
    pub fn left(self) -> u64 {
        self.moment().saturating_sub(monotonic())
    }
}

/// The monotonic moment at which the realtime clock shows `nanoseconds`; what lies before the boot
/// is 0. No clock ever shows what is beyond 2^63: such a moment stays as far off.
pub fn realtime_to_monotonic(nanoseconds: u64) -> u64 {
    nanoseconds.saturating_sub_signed(REALTIME_OFFSET.load(Ordering::SeqCst))
}

/// Seconds and nanoseconds, as timestamps of files and clocks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Timespec {
    /// Seconds since the clock's origin.
    pub seconds: i64,
    /// Nanoseconds, below a thousand million.
    pub nanoseconds: u32,
}

impl Timespec {
    /// The realtime clock now.
    pub fn now() -> Self {
        Self::from_nanoseconds(realtime())
    }

    /// From a count of nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self {
            seconds: (nanoseconds / NANOSECONDS) as i64,
            nanoseconds: (nanoseconds % NANOSECONDS) as u32,
        }
    }

    /// As the kernel ABI has it.
    pub const fn to_raw(self) -> __kernel_timespec {
        __kernel_timespec {
            tv_sec: self.seconds,
            tv_nsec: self.nanoseconds as i64,
        }
    }

    /// Decodes a timespec that names a duration or a moment: `EINVAL` when it
    /// is negative or its nanoseconds are out of range. Saturates.
    pub fn nanoseconds_from_raw(seconds: i64, nanoseconds: i64) -> Result<u64> {
        if seconds < 0 || !(0..NANOSECONDS as i64).contains(&nanoseconds) {
            return Err(Errno::EINVAL);
        }
        Ok((seconds as u64)
            .saturating_mul(NANOSECONDS)
            .saturating_add(nanoseconds as u64))
    }

    /// Decodes a timeval (microseconds) likewise.
    pub fn nanoseconds_from_timeval(raw: &__kernel_old_timeval) -> Result<u64> {
        if !(0..1_000_000).contains(&raw.tv_usec) {
            return Err(Errno::EINVAL);
        }
        Self::nanoseconds_from_raw(raw.tv_sec, raw.tv_usec * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_that_no_clock_shows_never_come() {
        assert_eq!(realtime_to_monotonic(0), 0);
        let far = [1 << 63, u64::MAX - 1, u64::MAX, i64::MAX as u64];
        for moment in far {
            assert!(realtime_to_monotonic(moment) > 1 << 61, "{moment}");
            assert!(!Deadline::Realtime(moment).has_passed(), "{moment}");
        }
    }
}
