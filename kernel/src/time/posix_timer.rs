//! POSIX timers of a process (timer_create(2)).
//!
//! A timer has at most one signal waiting. While it waits, the timer does not
//! run: taking the signal ([`PosixTimers::taken`]) counts the periods that went
//! by as overruns and arms it for the next one, so a short period costs no
//! more than the program's own handler. Timers on processor time look at the
//! clock again and again, see [`super::cpu`]; those set to a moment of the
//! realtime clock follow it when it is set, those set to a time from now do not.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};

use linux_raw_sys::general as raw;

use super::cpu::TimerClock;
use super::itimer::Setting;
use super::timer;
use crate::errno::{Errno, Result};
use crate::process::{Process, Resource, Thread};
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::SpinLock;

/// How a program is told of an expiration (`struct sigevent`).
pub enum Notify {
    /// Not at all (`SIGEV_NONE`).
    Nothing,
    /// A signal for the process.
    Process(Signal),
    /// A signal for one thread (`SIGEV_THREAD_ID`).
    Thread(Signal, Weak<Thread>),
}

/// A timer.
struct PosixTimer {
    id: i32,
    clock: TimerClock,
    notify: Notify,
    /// `sigev_value`, or the number of the timer.
    value: Option<u64>,
    process: Weak<Process>,
    state: SpinLock<State>,
}

#[derive(Default)]
struct State {
    /// Set to a time from now, not to a moment of the clock.
    relative: bool,
    /// When it expires next, as its clock shows it; `None` while disarmed.
    deadline: Option<u64>,
    interval: u64,
    armed: Option<timer::Timer>,
    /// Its signal waits to be taken.
    queued: bool,
    /// Overruns that the signal taken last told of.
    overruns: u64,
}

/// The timers of a process by number.
#[derive(Default)]
pub struct PosixTimers {
    table: SpinLock<Table>,
}

#[derive(Default)]
struct Table {
    timers: BTreeMap<i32, Arc<PosixTimer>>,
    next: i32,
}

impl PosixTimers {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a disarmed timer; gives its number.
    ///
    /// # Errors
    ///
    /// `EAGAIN` when the process has as many as it may have waiting signals, `ENOMEM`.
    pub fn create(
        process: &Arc<Process>,
        clock: TimerClock,
        notify: Notify,
        value: Option<u64>,
    ) -> Result<i32> {
        crate::mm::admit()?;
        let limit = process.limit(Resource::PendingSignals);
        let mut table = process.posix_timers.table.lock();
        if table.timers.len() as u64 >= limit {
            return Err(Errno::EAGAIN);
        }
        let mut id = table.next;
        while table.timers.contains_key(&id) {
            id = id.checked_add(1).unwrap_or(0);
        }
        table.next = id.checked_add(1).unwrap_or(0);
        let timer = Arc::new(PosixTimer {
            id,
            clock,
            notify,
            value,
            process: Arc::downgrade(process),
            state: SpinLock::new(State::default()),
        });
        table.timers.insert(id, timer);
        Ok(id)
    }

    fn find(&self, id: i32) -> Result<Arc<PosixTimer>> {
        let timer = self.table.lock().timers.get(&id).cloned();
        timer.ok_or(Errno::EINVAL)
    }

    /// timer_delete(2). A signal that waits already stays. `EINVAL`.
    pub fn delete(&self, id: i32) -> Result<()> {
        let timer = self.table.lock().timers.remove(&id);
        timer.ok_or(Errno::EINVAL)?.disarm();
        Ok(())
    }

    /// Deletes all: exec, exit.
    pub fn delete_all(&self) {
        let timers = core::mem::take(&mut self.table.lock().timers);
        for timer in timers.values() {
            timer.disarm();
        }
    }

    /// timer_settime(2); gives what was set before. `value` is a moment of the
    /// timer's clock when `absolute`. `EINVAL`.
    pub fn set(&self, id: i32, new: Setting, absolute: bool) -> Result<Setting> {
        let timer = self.find(id)?;
        let old = timer.setting();
        let mut state = timer.state.lock();
        let previous = state.armed.take();
        *state = State {
            relative: !absolute,
            interval: new.interval,
            ..State::default()
        };
        if new.value != 0 {
            state.deadline = Some(if absolute {
                new.value
            } else {
                timer.clock_of(&state).now().saturating_add(new.value)
            });
            timer.arm(&mut state);
        }
        drop(state);
        drop(previous);
        Ok(old)
    }

    /// timer_gettime(2). `EINVAL`.
    pub fn get(&self, id: i32) -> Result<Setting> {
        Ok(self.find(id)?.setting())
    }

    /// timer_getoverrun(2). `EINVAL`.
    pub fn overruns(&self, id: i32) -> Result<i32> {
        let overruns = self.find(id)?.state.lock().overruns;
        Ok(i32::try_from(overruns).unwrap_or(i32::MAX))
    }

    /// A timer's signal is taken out of the queue: fills in the overruns and
    /// lets the timer run on.
    pub fn taken(&self, info: &mut SignalInfo) {
        let Ok(timer) = self.find(info.timer_id()) else {
            return;
        };
        let mut state = timer.state.lock();
        if !state.queued {
            return;
        }
        state.queued = false;
        state.overruns = timer.advance(&mut state);
        let overruns = i32::try_from(state.overruns).unwrap_or(i32::MAX);
        info.set_timer_overruns(overruns);
        timer.arm(&mut state);
    }

    /// Waiting signals of timers were thrown away: those timers run on.
    pub fn discarded(&self) {
        let mut from = Some(0);
        while let Some(id) = from {
            // One at a time: a timer that goes on takes locks of its own.
            let next = {
                let table = self.table.lock();
                let next = table.timers.range(id..).next();
                next.map(|(id, timer)| (*id, timer.clone()))
            };
            let Some((id, timer)) = next else { return };
            timer.go_on_if_lost();
            from = id.checked_add(1);
        }
    }
}

impl PosixTimer {
    /// What its deadline is a moment of.
    fn clock_of(&self, state: &State) -> &TimerClock {
        if state.relative && self.clock.is_realtime() {
            &TimerClock::Monotonic
        } else {
            &self.clock
        }
    }

    fn disarm(&self) {
        let mut state = self.state.lock();
        let armed = state.armed.take();
        state.deadline = None;
        drop(state);
        drop(armed);
    }

    fn setting(&self) -> Setting {
        let state = self.state.lock();
        let now = self.clock_of(&state).now();
        let value = match state.deadline {
            None => 0,
            Some(deadline) if deadline > now => deadline - now,
            // Expired: the next period counts.
            Some(deadline) => match (now - deadline).checked_rem(state.interval) {
                Some(into) => state.interval - into,
                None => match self.notify {
                    Notify::Nothing => 0,
                    _ => 1,
                },
            },
        };
        Setting {
            value,
            interval: state.interval,
        }
    }

    /// Moves the deadline past now; gives how many periods were missed.
    fn advance(&self, state: &mut State) -> u64 {
        let Some(deadline) = state.deadline else {
            return 0;
        };
        let late = self.clock_of(state).now().saturating_sub(deadline);
        match late.checked_div(state.interval) {
            Some(missed) => {
                let step = (missed + 1).saturating_mul(state.interval);
                state.deadline = Some(deadline.saturating_add(step));
                missed
            }
            None => {
                state.deadline = None;
                0
            }
        }
    }

    fn arm(self: &Arc<Self>, state: &mut State) {
        let Some(deadline) = state.deadline else {
            return;
        };
        if !matches!(self.notify, Notify::Nothing) {
            let target = Arc::new(Expiry(Arc::downgrade(self)));
            let moment = self.clock_of(state).moment_of(deadline);
            state.armed = Some(timer::call_at(moment, target));
        }
    }

    fn signal_waits(&self) -> bool {
        let waits = |pending: &signal::PendingSignals| pending.holds_timer(self.id);
        match &self.notify {
            Notify::Nothing => false,
            Notify::Process(_) => self
                .process
                .upgrade()
                .is_some_and(|process| waits(&process.pending.lock())),
            Notify::Thread(_, thread) => thread
                .upgrade()
                .is_some_and(|thread| waits(&thread.pending.lock())),
        }
    }

    fn go_on_if_lost(self: &Arc<Self>) {
        let waits = self.signal_waits();
        let mut state = self.state.lock();
        if state.queued && !waits {
            state.queued = false;
            self.advance(&mut state);
            // Nobody hears it: a short period is no reason to be busy.
            let now = self.clock_of(&state).now();
            let floor = now.saturating_add(IGNORED_PERIOD);
            state.deadline = state.deadline.map(|deadline| deadline.max(floor));
            self.arm(&mut state);
        }
    }

    fn send(&self, signal: Signal) -> Result<()> {
        let mut info = SignalInfo::new(signal, raw::SI_TIMER);
        info.fields[0] = u64::from(self.id as u32);
        info.fields[1] = self.value.unwrap_or(u64::from(self.id as u32));
        match &self.notify {
            Notify::Nothing => Ok(()),
            Notify::Process(_) => {
                let process = self.process.upgrade().ok_or(Errno::ESRCH)?;
                signal::send_to_process(&process, info)
            }
            Notify::Thread(_, thread) => {
                let thread = thread.upgrade().ok_or(Errno::ESRCH)?;
                signal::send_to_thread(&thread, info)
            }
        }
    }
}

/// The least period, in nanoseconds, of a timer whose signal is ignored.
const IGNORED_PERIOD: u64 = 1_000_000;

/// What the queue holds: it does not keep the timer alive.
struct Expiry(Weak<PosixTimer>);

impl timer::Expire for Expiry {
    fn expire(self: Arc<Self>) {
        let Some(timer) = self.0.upgrade() else {
            return;
        };
        {
            let mut state = timer.state.lock();
            let old = state.armed.take();
            let due = state
                .deadline
                .is_some_and(|deadline| deadline <= timer.clock_of(&state).now());
            if due {
                state.queued = true;
            } else {
                // Processor time goes by more slowly than time, and the
                // realtime clock may have been set back.
                timer.arm(&mut state);
            }
            drop(state);
            drop(old);
            if !due {
                return;
            }
        }
        let signal = match timer.notify {
            Notify::Nothing => return,
            Notify::Process(signal) | Notify::Thread(signal, _) => signal,
        };
        // A full queue or a thread that is gone is like an ignored signal.
        let _ = timer.send(signal);
        timer.go_on_if_lost();
    }

    fn clock_set(self: Arc<Self>) {
        let Some(timer) = self.0.upgrade() else {
            return;
        };
        let mut state = timer.state.lock();
        if timer.clock_of(&state).is_realtime() && !state.queued {
            let old = state.armed.take();
            timer.arm(&mut state);
            drop(state);
            drop(old);
        }
    }
}
