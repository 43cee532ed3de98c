//! Clocks that timers run on, those of processor time among them.
//!
//! Processor time goes by at most as fast as time for each thread, and the
//! kernel is told of no moment at which it reaches a value. So whoever waits
//! for one arms an ordinary timer for the earliest moment possible, but not
//! before [`LEAST`], and looks again.

use alloc::sync::Weak;

use crate::process::{Process, Thread};
use crate::sched;
use crate::time;

/// The least time between two looks at a clock of processor time, in
/// nanoseconds: what a tick is elsewhere.
const LEAST: u64 = 4_000_000;

/// The clock of a timer.
#[derive(Clone)]
pub enum TimerClock {
    /// Since boot.
    Monotonic,
    /// Since the epoch; may be set.
    Realtime,
    /// Processor time of a process.
    Process(Weak<Process>),
    /// Processor time of a process outside the kernel.
    ProcessInUserMode(Weak<Process>),
    /// Processor time of a thread.
    Thread(Weak<Thread>),
}

impl TimerClock {
    /// What it shows, in nanoseconds. A clock whose owner is gone stands still.
    pub fn now(&self) -> u64 {
        match self {
            TimerClock::Monotonic => time::monotonic(),
            TimerClock::Realtime => time::realtime(),
            TimerClock::Process(process) => {
                process.upgrade().map_or(0, |process| process.runtime())
            }
            TimerClock::ProcessInUserMode(process) => {
                process.upgrade().map_or(0, |process| process.user_time())
            }
            TimerClock::Thread(thread) => {
                thread.upgrade().map_or(0, |thread| sched::runtime(&thread))
            }
        }
    }

    /// Whether it can be set.
    pub fn is_realtime(&self) -> bool {
        matches!(self, TimerClock::Realtime)
    }

    /// The earliest moment of [`time::monotonic`] at which it may show
    /// `value`, as far as it makes sense to look.
    pub fn moment_of(&self, value: u64) -> u64 {
        let processors = match self {
            TimerClock::Monotonic => return value,
            TimerClock::Realtime => return time::realtime_to_monotonic(value),
            TimerClock::Process(_) | TimerClock::ProcessInUserMode(_) => {
                hal::cpu::count().max(1) as u64
            }
            TimerClock::Thread(_) => 1,
        };
        let left = value.saturating_sub(self.now()) / processors;
        time::monotonic().saturating_add(left.max(LEAST))
    }
}
