//! Interval timers of a process: `setitimer`, `alarm` (getitimer(2)).
//!
//! Each counts on a clock: `ITIMER_REAL` on time, `ITIMER_VIRTUAL` on the
//! processor time of the process in its own code, `ITIMER_PROF` on all of it.
//! While its signal waits a timer does not run: taking the signal
//! ([`IntervalTimers::signal_gone`]) arms it for the next period, so a short one costs
//! no more than the program's own handler.

use alloc::sync::{Arc, Weak};

use super::cpu::TimerClock;
use crate::process::Process;
use crate::signal::{self, Signal, SignalInfo, SignalSet};
use crate::sync::SpinLock;
use crate::time::timer;

/// Which interval timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// `ITIMER_REAL`: `SIGALRM`.
    Real,
    /// `ITIMER_VIRTUAL`: `SIGVTALRM`.
    Virtual,
    /// `ITIMER_PROF`: `SIGPROF`.
    Prof,
}

/// The interval timers of a process.
#[derive(Default)]
pub struct IntervalTimers {
    timers: [SpinLock<Option<Arc<IntervalTimer>>>; 3],
}

struct IntervalTimer {
    process: Weak<Process>,
    clock: TimerClock,
    signal: Signal,
    state: SpinLock<State>,
}

#[derive(Default)]
struct State {
    /// As the clock shows it; meaningless unless armed or waiting.
    deadline: u64,
    interval: u64,
    armed: Option<timer::Timer>,
    /// Expired; the next period begins when its signal is taken.
    waiting: bool,
}

/// The least period, in nanoseconds, of a timer whose signal is ignored.
const IGNORED_PERIOD: u64 = 1_000_000;

/// The setting of a timer, in nanoseconds: time left (0: off) and interval.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Time to the next expiration.
    pub value: u64,
    /// Time between expirations; 0 for one only.
    pub interval: u64,
}

impl IntervalTimers {
    /// What the timers send.
    pub const SIGNALS: SignalSet = SignalSet::EMPTY
        .with(Signal::ALRM)
        .with(Signal::VTALRM)
        .with(Signal::PROF);

    /// No timer runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is set now.
    pub fn get(&self, which: Which) -> Setting {
        let timer = self.timers[which as usize].lock().clone();
        timer.map(|timer| timer.setting()).unwrap_or_default()
    }

    /// Sets a timer of `process`, which these belong to; gives what was set
    /// before.
    pub fn set(process: &Arc<Process>, which: Which, new: Setting) -> Setting {
        let slot = &process.itimers.timers[which as usize];
        let existing = slot.lock().clone();
        let timer = match existing {
            Some(timer) => timer,
            None if new.value == 0 => return Setting::default(),
            None => {
                let weak = Arc::downgrade(process);
                let (clock, signal) = match which {
                    Which::Real => (TimerClock::Monotonic, Signal::ALRM),
                    Which::Virtual => (TimerClock::ProcessInUserMode(weak.clone()), Signal::VTALRM),
                    Which::Prof => (TimerClock::Process(weak.clone()), Signal::PROF),
                };
                let timer = Arc::new(IntervalTimer {
                    process: weak,
                    clock,
                    signal,
                    state: SpinLock::new(State::default()),
                });
                // Another thread may have made one meanwhile: that one counts.
                slot.lock().get_or_insert(timer).clone()
            }
        };
        timer.set(new)
    }

    /// `signal` of `process`, which these belong to, was taken or thrown away: its timer goes on.
    pub fn signal_gone(process: &Process, signal: Signal) {
        let which = match signal {
            Signal::ALRM => Which::Real,
            Signal::VTALRM => Which::Virtual,
            Signal::PROF => Which::Prof,
            _ => return,
        };
        let timer = process.itimers.timers[which as usize].lock().clone();
        if let Some(timer) = timer {
            timer.go_on(process, 0);
        }
    }

    /// Signals were thrown away: the timers that they were from go on.
    pub fn discarded(process: &Process) {
        for slot in &process.itimers.timers {
            let timer = slot.lock().clone();
            if let Some(timer) = timer {
                timer.go_on(process, IGNORED_PERIOD);
            }
        }
    }

    /// Stops the timers: the process ends.
    pub fn disarm(&self) {
        for slot in &self.timers {
            let timer = slot.lock().take();
            if let Some(timer) = timer {
                timer.set(Setting::default());
            }
        }
    }
}

impl IntervalTimer {
    fn setting(&self) -> Setting {
        let state = self.state.lock();
        let value = if state.armed.is_some() || state.waiting {
            let now = self.clock.now();
            match now.checked_sub(state.deadline) {
                None | Some(0) => state.deadline.saturating_sub(now).max(1),
                // Expired: the next period counts.
                Some(late) => late
                    .checked_rem(state.interval)
                    .map_or(1, |into| state.interval - into),
            }
        } else {
            0
        };
        Setting {
            value,
            interval: state.interval,
        }
    }

    fn set(self: &Arc<Self>, new: Setting) -> Setting {
        let old = self.setting();
        let mut state = self.state.lock();
        let previous = state.armed.take();
        state.waiting = false;
        state.interval = new.interval;
        if new.value != 0 {
            state.deadline = self.clock.now().saturating_add(new.value);
            self.arm(&mut state);
        }
        drop(state);
        drop(previous);
        old
    }

    fn arm(self: &Arc<Self>, state: &mut State) {
        let moment = self.clock.moment_of(state.deadline);
        let target = Arc::new(Expiry(Arc::downgrade(self)));
        state.armed = Some(timer::call_at(moment, target));
    }

    /// Arms the timer for its next period, `least` nanoseconds from now at the earliest, unless its
    /// signal still waits.
    fn go_on(self: &Arc<Self>, process: &Process, least: u64) {
        if process.pending.lock().set().contains(self.signal) {
            return;
        }
        let mut state = self.state.lock();
        if !state.waiting {
            return;
        }
        state.waiting = false;
        // Missed expirations are one signal; the phase is kept.
        let now = self.clock.now();
        let late = now.saturating_sub(state.deadline);
        if let Some(missed) = late.checked_div(state.interval) {
            let step = (missed + 1).saturating_mul(state.interval);
            let next = state.deadline.saturating_add(step);
            state.deadline = next.max(now.saturating_add(least));
            self.arm(&mut state);
        }
    }
}

/// What the queue holds: it does not keep the timer alive.
struct Expiry(Weak<IntervalTimer>);

impl timer::Expire for Expiry {
    fn expire(self: Arc<Self>) {
        let Some(timer) = self.0.upgrade() else {
            return;
        };
        {
            let mut state = timer.state.lock();
            let old = state.armed.take();
            let now = timer.clock.now();
            let due = now >= state.deadline;
            if due {
                state.waiting = state.interval != 0;
            } else {
                timer.arm(&mut state);
            }
            drop(state);
            drop(old);
            if !due {
                return;
            }
        }
        if let Some(process) = timer.process.upgrade() {
            // A standard signal is never refused.
            let _ = signal::send_to_process(&process, SignalInfo::kernel(timer.signal));
            // Nobody hears an ignored one: a short period is no reason to be busy.
            timer.go_on(&process, IGNORED_PERIOD);
        }
    }
}
