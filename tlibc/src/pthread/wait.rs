//! Waiting with a deadline, as all the timed functions do it.

use crate::errno::Errno;
use crate::platform::constants::{CLOCK_MONOTONIC, CLOCK_REALTIME};
use crate::platform::{self, DeadlineClock, Scope};
use crate::types::*;
use core::sync::atomic::AtomicU32;

/// An absolute point in time after which waiting ends in `ETIMEDOUT`.
pub type Deadline<'a> = (DeadlineClock, &'a timespec);

/// The clock of a `pthread_*_clock…` function, or `EINVAL` for one that has no deadlines.
pub fn clock(id: clockid_t) -> Result<DeadlineClock, Errno> {
    match id as u32 {
        CLOCK_REALTIME => Ok(DeadlineClock::Realtime),
        CLOCK_MONOTONIC => Ok(DeadlineClock::Monotonic),
        _ => Err(Errno::EINVAL),
    }
}

/// Checks a deadline before waiting for it: `EINVAL` for a bad nanosecond field.
pub fn check(deadline: Option<Deadline>) -> Result<(), Errno> {
    match deadline {
        Some((_, at)) if !(0..1_000_000_000).contains(&at.tv_nsec) => Err(Errno::EINVAL),
        _ => Ok(()),
    }
}

/// Sleeps while the word has the value. `Ok` also for a signal or a changed word: the caller looks again.
pub fn sleep(
    word: &AtomicU32,
    value: u32,
    deadline: Option<Deadline>,
    scope: Scope,
) -> Result<(), Errno> {
    check(deadline)?;
    if deadline.is_some_and(|(_, at)| at.tv_sec < 0) {
        // The kernel refuses times before the Epoch; they are over in any case.
        return Err(Errno::ETIMEDOUT);
    }
    match platform::futex_wait(word, value, deadline, scope) {
        Err(Errno::ETIMEDOUT) => Err(Errno::ETIMEDOUT),
        Err(Errno::EINVAL) => Err(Errno::EINVAL),
        _ => Ok(()),
    }
}

/// The scope that a `pshared` value asks for.
pub fn scope(shared: bool) -> Scope {
    if shared {
        Scope::Shared
    } else {
        Scope::Private
    }
}
