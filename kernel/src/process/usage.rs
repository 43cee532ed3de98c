//! What threads and processes have used (getrusage(2), times(2), wait4(2)).
//!
//! [`Counts`] are what is counted while threads run, [`Usage`] what programs are told: there the
//! processor time is divided into the user's and the system's (see [`crate::sched::tick`]).
//! Nothing here waits for a disk, so there are no major faults.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use super::{Process, Resource, Thread};
use crate::sched;
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::SpinLock;
use crate::time::NANOSECONDS;

/// What a thread has used, or several together.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Processor time, in nanoseconds.
    pub time: u64,
    /// Ticks in user mode.
    pub user_ticks: u64,
    /// Ticks in the kernel.
    pub system_ticks: u64,
    /// Pages that were made present.
    pub faults: u64,
    /// Times that the processor was given up to wait.
    pub voluntary_switches: u64,
    /// Times that the processor was taken away.
    pub involuntary_switches: u64,
}

impl Counts {
    /// Those of one thread.
    pub fn of(thread: &Arc<Thread>) -> Self {
        let load = |counter: &core::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Self {
            time: sched::runtime(thread),
            user_ticks: load(&thread.sched.user_ticks),
            system_ticks: load(&thread.sched.system_ticks),
            faults: load(&thread.faults),
            voluntary_switches: load(&thread.sched.voluntary_switches),
            involuntary_switches: load(&thread.sched.involuntary_switches),
        }
    }

    /// These and others.
    pub fn plus(self, other: Self) -> Self {
        Self {
            time: self.time + other.time,
            user_ticks: self.user_ticks + other.user_ticks,
            system_ticks: self.system_ticks + other.system_ticks,
            faults: self.faults + other.faults,
            voluntary_switches: self.voluntary_switches + other.voluntary_switches,
            involuntary_switches: self.involuntary_switches + other.involuntary_switches,
        }
    }
}

/// How processor time was divided when it was last asked for: neither part may shrink.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Split {
    user: u64,
    system: u64,
}

impl Split {
    /// Divides `counts.time` in the ratio of the ticks; without any, all is the user's.
    fn divide(&mut self, counts: &Counts) -> Split {
        // Another thread may have asked meanwhile, with a later time.
        let time = counts.time.max(self.user + self.system);
        let ticks = u128::from(counts.user_ticks) + u128::from(counts.system_ticks);
        let system = (u128::from(time) * u128::from(counts.system_ticks))
            .checked_div(ticks)
            .unwrap_or(0) as u64;
        let system = system.clamp(self.system, time - self.user);
        *self = Split {
            user: time - system,
            system,
        };
        *self
    }
}

/// What programs are told of a process, a thread or children.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Usage {
    /// Processor time in user mode, in nanoseconds.
    pub user: u64,
    /// Processor time in the kernel, in nanoseconds.
    pub system: u64,
    /// Pages that were made present.
    pub faults: u64,
    /// Times that the processor was given up to wait.
    pub voluntary_switches: u64,
    /// Times that the processor was taken away.
    pub involuntary_switches: u64,
    /// The most pages that were in memory at once.
    pub peak_pages: usize,
}

impl Usage {
    fn new(counts: Counts, split: &SpinLock<Split>, peak_pages: usize) -> Self {
        let Split { user, system } = split.lock().divide(&counts);
        Self {
            user,
            system,
            faults: counts.faults,
            voluntary_switches: counts.voluntary_switches,
            involuntary_switches: counts.involuntary_switches,
            peak_pages,
        }
    }

    /// This and another; of the peaks, the higher.
    pub fn plus(self, other: Self) -> Self {
        Self {
            user: self.user + other.user,
            system: self.system + other.system,
            faults: self.faults + other.faults,
            voluntary_switches: self.voluntary_switches + other.voluntary_switches,
            involuntary_switches: self.involuntary_switches + other.involuntary_switches,
            peak_pages: self.peak_pages.max(other.peak_pages),
        }
    }
}

/// What a process keeps of its own past and its children's.
#[derive(Default)]
pub struct Accounts {
    /// Its threads that have exited.
    pub(super) dead_threads: SpinLock<Counts>,
    /// Children that were waited for, and theirs.
    pub(super) children: SpinLock<Usage>,
    /// The most pages that a former address space had.
    pub(super) former_peak: SpinLock<usize>,
    split: SpinLock<Split>,
}

impl Process {
    /// Processor time of all its threads, dead ones included, in nanoseconds.
    pub fn runtime(&self) -> u64 {
        let threads = self.threads.lock();
        let dead = self.accounts.dead_threads.lock().time;
        threads.iter().map(sched::runtime).sum::<u64>() + dead
    }

    fn counts(&self) -> Counts {
        let threads = self.threads.lock();
        let dead = *self.accounts.dead_threads.lock();
        threads
            .iter()
            .fold(dead, |sum, thread| sum.plus(Counts::of(thread)))
    }

    /// What all its threads have used (`RUSAGE_SELF`).
    pub fn usage(&self) -> Usage {
        Usage::new(self.counts(), &self.accounts.split, self.peak_pages())
    }

    /// Processor time of all its threads in user mode, in nanoseconds.
    pub fn user_time(&self) -> u64 {
        let counts = self.counts();
        self.accounts.split.lock().divide(&counts).user
    }

    /// What the children that were waited for have used (`RUSAGE_CHILDREN`).
    pub fn children_usage(&self) -> Usage {
        *self.accounts.children.lock()
    }

    fn peak_pages(&self) -> usize {
        let peak = self.mm().peak_pages();
        (*self.accounts.former_peak.lock()).max(peak)
    }

    /// Its address space is about to go.
    pub(super) fn note_peak(&self) {
        let peak = self.peak_pages();
        *self.accounts.former_peak.lock() = peak;
    }

    /// `RLIMIT_CPU`: at the soft limit and at each second after it `SIGXCPU`, at the hard one
    /// `SIGKILL` (getrlimit(2)). The soft limit moves on, as on Linux.
    pub(crate) fn check_processor_limit(self: &Arc<Self>) {
        let resource = Resource::Cpu as usize;
        let Ok((soft, hard)) = self.limits.lock().get(resource) else {
            return;
        };
        if soft == u64::MAX && hard == u64::MAX {
            return;
        }
        let seconds = self.runtime() / NANOSECONDS;
        let signal = if seconds >= hard {
            Signal::KILL
        } else if seconds >= soft {
            // Only if nobody has changed it meanwhile.
            let mut limits = self.limits.lock();
            if limits.get(resource) != Ok((soft, hard)) {
                return;
            }
            // Below the hard limit, so it is a valid one.
            let _ = limits.set(resource, seconds + 1, hard, true);
            Signal::XCPU
        } else {
            return;
        };
        // Standard signals are never refused.
        let _ = signal::send_to_process(self, SignalInfo::kernel(signal));
    }
}

impl Thread {
    /// What it has used (`RUSAGE_THREAD`).
    pub fn usage(self: &Arc<Self>) -> Usage {
        Usage::new(Counts::of(self), &self.split, self.process.peak_pages())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(time: u64, user_ticks: u64, system_ticks: u64) -> Counts {
        Counts {
            time,
            user_ticks,
            system_ticks,
            ..Counts::default()
        }
    }

    #[test]
    fn time_is_divided_by_ticks_and_never_shrinks() {
        let mut split = Split::default();
        let mut parts = |time, user, system| {
            let split = split.divide(&counts(time, user, system));
            (split.user, split.system)
        };
        assert_eq!(parts(10, 0, 0), (10, 0));
        assert_eq!(parts(40, 3, 1), (30, 10));
        // By the ratio it would be (22, 22): the user's part stays.
        assert_eq!(parts(44, 1, 1), (30, 14));
        assert_eq!(parts(100, 1, 3), (30, 70));
        // Asked with an older time.
        assert_eq!(parts(90, 1, 0), (30, 70));
        assert!(parts(u64::MAX, u64::MAX, u64::MAX).0 > 1 << 62);
    }
}
