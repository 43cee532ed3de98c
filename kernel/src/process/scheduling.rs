//! How a thread wants to be scheduled (sched(7)): policy, real-time priority,
//! nice value. The scheduler asks [`Scheduling::rank`], [`Scheduling::weight`] and
//! [`Scheduling::slice`].

use core::sync::atomic::{AtomicU32, Ordering};

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};

/// A scheduling policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// `SCHED_OTHER`: time is shared, by nice value.
    Other,
    /// `SCHED_FIFO`: runs until it waits or something more urgent can run.
    Fifo,
    /// `SCHED_RR`: as FIFO, in turns with its equals.
    RoundRobin,
    /// `SCHED_BATCH`: as OTHER.
    Batch,
    /// `SCHED_IDLE`: only when nothing else can run.
    Idle,
}

impl Policy {
    /// The policy with this number. `EINVAL`.
    pub fn from_number(number: u32) -> Result<Policy> {
        Ok(match number {
            raw::SCHED_NORMAL => Policy::Other,
            raw::SCHED_FIFO => Policy::Fifo,
            raw::SCHED_RR => Policy::RoundRobin,
            raw::SCHED_BATCH => Policy::Batch,
            raw::SCHED_IDLE => Policy::Idle,
            _ => return Err(Errno::EINVAL),
        })
    }

    /// Its number.
    pub fn number(self) -> u32 {
        match self {
            Policy::Other => raw::SCHED_NORMAL,
            Policy::Fifo => raw::SCHED_FIFO,
            Policy::RoundRobin => raw::SCHED_RR,
            Policy::Batch => raw::SCHED_BATCH,
            Policy::Idle => raw::SCHED_IDLE,
        }
    }

    /// Whether it has real-time priorities.
    pub fn is_realtime(self) -> bool {
        matches!(self, Policy::Fifo | Policy::RoundRobin)
    }

    /// The priorities that it takes: 1 to 99, or 0 alone.
    pub fn priorities(self) -> core::ops::RangeInclusive<i32> {
        if self.is_realtime() { 1..=99 } else { 0..=0 }
    }
}

/// A value of [`Scheduling`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parameters {
    /// The policy.
    pub policy: Policy,
    /// Real-time priority: one of [`Policy::priorities`].
    pub priority: i32,
    /// −20 (most) to 19 (least).
    pub nice: i32,
    /// Children start with the defaults (`SCHED_RESET_ON_FORK`).
    pub reset_on_fork: bool,
}

/// The parameters of a thread, changed and read as one.
pub struct Scheduling {
    packed: AtomicU32,
    /// The rank of the most urgent thread that waits for this one.
    inherited: AtomicU32,
}

/// The slice of a thread with nice value 0, in nanoseconds.
const SLICE: u64 = 10_000_000;

impl Scheduling {
    /// `SCHED_OTHER`, nice 0.
    pub const fn new() -> Self {
        Self {
            packed: AtomicU32::new(pack(raw::SCHED_NORMAL, 0, 0, false)),
            inherited: AtomicU32::new(0),
        }
    }

    /// As a child of a thread with these parameters starts.
    pub fn inherited(parent: &Scheduling) -> Self {
        let mut parameters = parent.get();
        if parameters.reset_on_fork {
            let nice = if parameters.policy.is_realtime() {
                0
            } else {
                parameters.nice.max(0)
            };
            parameters = Parameters {
                policy: Policy::Other,
                priority: 0,
                nice,
                reset_on_fork: false,
            };
        }
        let scheduling = Self::new();
        scheduling.set(parameters);
        scheduling
    }

    /// The parameters.
    #[inline]
    pub fn get(&self) -> Parameters {
        let packed = self.packed.load(Ordering::Relaxed);
        Parameters {
            policy: Policy::from_number(packed & 0xff).unwrap_or(Policy::Other),
            priority: (packed >> 8 & 0xff) as i32,
            nice: (packed >> 16 & 0xff) as i32 - 20,
            reset_on_fork: packed >> 24 != 0,
        }
    }

    /// Changes them.
    pub fn set(&self, new: Parameters) {
        let packed = pack(
            new.policy.number(),
            new.priority,
            new.nice,
            new.reset_on_fork,
        );
        self.packed.store(packed, Ordering::Relaxed);
    }

    /// How urgent the thread is: whoever has more runs first. 0 is
    /// `SCHED_IDLE`, 1 shares time, 2 and above are real-time priorities.
    pub fn rank(&self) -> u32 {
        let packed = self.packed.load(Ordering::Relaxed);
        let own = match packed & 0xff {
            raw::SCHED_FIFO | raw::SCHED_RR => (packed >> 8 & 0xff) + 1,
            raw::SCHED_IDLE => 0,
            _ => 1,
        };
        own.max(self.inherited.load(Ordering::Relaxed))
    }

    /// The thread holds what a thread of this rank waits for; 0 ends that.
    pub fn inherit_rank(&self, rank: u32) {
        self.inherited.store(rank, Ordering::Relaxed);
    }

    /// Its weight against others that share time: 1024 for nice 0.
    pub fn weight(&self) -> u64 {
        let packed = self.packed.load(Ordering::Relaxed);
        if packed & 0xff == raw::SCHED_IDLE {
            return IDLE_WEIGHT;
        }
        WEIGHTS[(packed >> 16 & 0xff).min(39) as usize]
    }

    /// How long the thread may run while its equals wait, in nanoseconds;
    /// `u64::MAX` for `SCHED_FIFO`. Each nice level is worth a quarter.
    #[inline]
    pub fn slice(&self) -> u64 {
        let parameters = self.get();
        match parameters.policy {
            Policy::Fifo => u64::MAX,
            Policy::RoundRobin => SLICE,
            _ => SLICE * WEIGHTS[(parameters.nice + 20).clamp(0, 39) as usize] / 1024,
        }
    }
}

impl Default for Scheduling {
    fn default() -> Self {
        Self::new()
    }
}

/// Weight of `SCHED_IDLE`.
const IDLE_WEIGHT: u64 = 3;

/// 1024 × 1.25^(−nice), for nice −20 to 19.
const WEIGHTS: [u64; 40] = weights();

const fn weights() -> [u64; 40] {
    let mut weights = [1024; 40];
    let mut level = 20;
    let mut scaled = 1024 << 16;
    while level > 0 {
        level -= 1;
        scaled = scaled * 5 / 4;
        weights[level] = scaled >> 16;
    }
    level = 21;
    scaled = 1024 << 16;
    while level < 40 {
        scaled = scaled * 4 / 5;
        weights[level] = scaled >> 16;
        level += 1;
    }
    weights
}

const fn pack(policy: u32, priority: i32, nice: i32, reset: bool) -> u32 {
    policy
        | (priority as u32 & 0xff) << 8
        | ((nice + 20) as u32 & 0xff) << 16
        | (reset as u32) << 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_come_back_as_they_were_set() {
        let scheduling = Scheduling::new();
        assert_eq!((scheduling.rank(), scheduling.slice()), (1, SLICE));
        let new = Parameters {
            policy: Policy::RoundRobin,
            priority: 99,
            nice: -20,
            reset_on_fork: true,
        };
        scheduling.set(new);
        assert_eq!(scheduling.get(), new);
        assert_eq!(scheduling.rank(), 100);
        let child = Scheduling::inherited(&scheduling);
        assert_eq!(child.get().policy, Policy::Other);
        assert_eq!(child.get().nice, 0);
    }

    #[test]
    fn nice_values_share_time_in_steps_of_a_quarter() {
        let slice = |nice| {
            let scheduling = Scheduling::new();
            scheduling.set(Parameters {
                nice,
                ..scheduling.get()
            });
            scheduling.slice()
        };
        assert!(slice(-20) > 80 * SLICE && slice(19) < SLICE / 60);
        for nice in -20..19 {
            let (more, less) = (slice(nice) as f64, slice(nice + 1) as f64);
            assert!((more / less - 1.25).abs() < 0.06, "{nice}");
        }
    }
}
