//! What a thread has asked for with prctl(2) and its children start with.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// The timer slack of the first thread, in nanoseconds (as on Linux).
const DEFAULT_TIMER_SLACK: u64 = 50_000;

/// When a thread is told that memory it uses has failed (`PR_MCE_KILL`). No machine here reports
/// such a failure, so it is kept for who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum MemoryFailure {
    /// When it touches the memory.
    Late = 0,
    /// At once.
    Early = 1,
    /// As the system as a whole does.
    Default = 2,
}

/// The preferences of a thread.
pub struct Preferences {
    /// In nanoseconds; timers here are never late on purpose.
    timer_slack: AtomicU64,
    /// What the slack was when the thread was made.
    first_timer_slack: AtomicU64,
    memory_failure: AtomicU8,
    /// It serves a block device or a file system (`PR_SET_IO_FLUSHER`): memory it asks for must
    /// not wait for its own work. No allocation here waits for any.
    io_flusher: AtomicBool,
}

impl Preferences {
    /// Those of the first thread.
    pub const fn new() -> Self {
        Self {
            timer_slack: AtomicU64::new(DEFAULT_TIMER_SLACK),
            first_timer_slack: AtomicU64::new(DEFAULT_TIMER_SLACK),
            memory_failure: AtomicU8::new(MemoryFailure::Default as u8),
            io_flusher: AtomicBool::new(false),
        }
    }

    /// Those of a thread that `parent` makes (prctl(2), "PR_SET_TIMERSLACK").
    pub fn inherited(parent: &Self) -> Self {
        let slack = parent.timer_slack();
        Self {
            timer_slack: AtomicU64::new(slack),
            first_timer_slack: AtomicU64::new(slack),
            memory_failure: AtomicU8::new(parent.memory_failure.load(Ordering::Relaxed)),
            io_flusher: AtomicBool::new(parent.io_flusher()),
        }
    }

    /// How late its timers may be, in nanoseconds.
    pub fn timer_slack(&self) -> u64 {
        self.timer_slack.load(Ordering::Relaxed)
    }

    /// Sets the slack, in nanoseconds; 0 for what it was at first.
    pub fn set_timer_slack(&self, slack: u64) {
        let slack = match slack {
            0 => self.first_timer_slack.load(Ordering::Relaxed),
            slack => slack,
        };
        self.timer_slack.store(slack, Ordering::Relaxed);
    }

    /// When it is told of failed memory: a value of [`MemoryFailure`].
    pub fn memory_failure(&self) -> u8 {
        self.memory_failure.load(Ordering::Relaxed)
    }

    /// Sets when it is told.
    pub fn set_memory_failure(&self, when: MemoryFailure) {
        self.memory_failure.store(when as u8, Ordering::Relaxed);
    }

    /// Whether it flushes.
    pub fn io_flusher(&self) -> bool {
        self.io_flusher.load(Ordering::Relaxed)
    }

    /// Says whether it flushes.
    pub fn set_io_flusher(&self, flushes: bool) {
        self.io_flusher.store(flushes, Ordering::Relaxed);
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_starts_with_the_slack_its_parent_has() {
        let parent = Preferences::new();
        parent.set_timer_slack(7);
        let child = Preferences::inherited(&parent);
        child.set_timer_slack(9);
        child.set_timer_slack(0);
        assert_eq!(child.timer_slack(), 7);
        parent.set_timer_slack(0);
        assert_eq!(parent.timer_slack(), DEFAULT_TIMER_SLACK);
    }
}
