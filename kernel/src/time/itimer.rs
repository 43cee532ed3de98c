//! Interval timers of a process: `setitimer`, `alarm` (getitimer(2)).
//!
//! `ITIMER_REAL` sits in the timer queue. `ITIMER_VIRTUAL` and `ITIMER_PROF`
//! count processor time, which the kernel looks at when the process enters it.

use alloc::sync::{Arc, Weak};

use crate::process::{self, Pid};
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::SpinLock;
use crate::time::{self, timer};

/// The interval timers of a process.
pub struct IntervalTimers {
    real: Arc<RealTimer>,
}

/// `ITIMER_REAL`.
struct RealTimer {
    process: Pid,
    state: SpinLock<State>,
}

#[derive(Default)]
struct State {
    deadline: u64,
    interval: u64,
    armed: Option<timer::Timer>,
}

/// The setting of a timer, in nanoseconds: time left (0: off) and interval.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Time to the next expiration.
    pub value: u64,
    /// Time between expirations; 0 for one only.
    pub interval: u64,
}

impl IntervalTimers {
    /// No timer runs.
    pub fn new(process: Pid) -> Self {
        Self {
            real: Arc::new(RealTimer {
                process,
                state: SpinLock::new(State::default()),
            }),
        }
    }

    /// What is set now.
    pub fn get(&self) -> Setting {
        let state = self.real.state.lock();
        let value = if state.armed.is_some() {
            state.deadline.saturating_sub(time::monotonic()).max(1)
        } else {
            0
        };
        Setting {
            value,
            interval: state.interval,
        }
    }

    /// Sets the timer; gives what was set before.
    pub fn set(&self, new: Setting) -> Setting {
        let old = self.get();
        let mut state = self.real.state.lock();
        let previous = state.armed.take();
        state.interval = new.interval;
        if new.value != 0 {
            state.deadline = time::monotonic().saturating_add(new.value);
            let target = self.real.clone();
            state.armed = Some(timer::call_at(
                state.deadline,
                Arc::new(Expiry(Arc::downgrade(&target))),
            ));
        }
        drop(state);
        drop(previous);
        old
    }

    /// Stops the timer: the process ends.
    pub fn disarm(&self) {
        self.set(Setting::default());
    }
}

/// What the queue holds: it does not keep the timer alive.
struct Expiry(Weak<RealTimer>);

impl timer::Expire for Expiry {
    fn expire(self: Arc<Self>) {
        let Some(timer) = self.0.upgrade() else {
            return;
        };
        {
            let mut state = timer.state.lock();
            let old = state.armed.take();
            let now = time::monotonic();
            let late = now.saturating_sub(state.deadline);
            // Missed expirations are one signal; the phase is kept.
            if let Some(missed) = late.checked_div(state.interval) {
                let step = (missed + 1).saturating_mul(state.interval);
                state.deadline = state.deadline.saturating_add(step);
                state.armed = Some(timer::call_at(state.deadline, self.clone()));
            }
            drop(state);
            drop(old);
        }
        if let Some(process) = process::find(timer.process) {
            // A standard signal is never refused.
            let _ = signal::send_to_process(&process, SignalInfo::kernel(Signal::ALRM));
        }
    }
}
