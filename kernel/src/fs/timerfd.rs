//! Timers that are read like files (timerfd_create(2)).
//!
//! Nothing runs when a timer expires: how often it did follows from the clock when somebody asks. The timer queue only
//! wakes who waits. A timer set to a moment of the calendar follows it when it is set, and may ask to be told
//! (`TFD_TIMER_CANCEL_ON_SET`): [`clock_was_set`]. Locks: the list of those that asked, an instance's `state`; the
//! timer queue is called without them.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::Sink;
use crate::fs::file::{FileAccess, FileObject, Seeking};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::sync::SpinLock;
use crate::time;
use crate::time::timer::{Expire, Timer, call_at};

/// What the moments of a timer mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Time since boot.
    Monotonic,
    /// The calendar, which can be set.
    Realtime,
}

impl Clock {
    fn now(self) -> u64 {
        match self {
            Clock::Monotonic => time::monotonic(),
            Clock::Realtime => time::realtime(),
        }
    }

    fn to_monotonic(self, moment: u64) -> u64 {
        match self {
            Clock::Monotonic => moment,
            Clock::Realtime => time::realtime_to_monotonic(moment),
        }
    }
}

/// `struct itimerspec` in nanoseconds; a first expiry of 0 is a timer that is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Until the first expiry.
    pub first: u64,
    /// From one expiry to the next; 0 for a single one.
    pub interval: u64,
}

/// What the first expiry of a new setting is, and what happens when the clock is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A time from now.
    Relative,
    /// A moment of the clock.
    Absolute,
    /// The same; once the calendar is set, a read answers `ECANCELED`.
    AbsoluteUntilSet,
}

/// A timer.
pub struct TimerFd {
    this: Weak<TimerFd>,
    clock: Clock,
    state: SpinLock<State>,
    changed: Notifier,
}

struct State {
    /// The next moment on the clock that has not been read; `None` when off.
    next: Option<u64>,
    interval: u64,
    /// What `next` is a moment of: a time from now is none of the calendar.
    clock: Clock,
    /// Whether the calendar was set under a timer that asked to be told of that.
    canceled: Cancel,
    alarm: Option<Timer>,
}

/// `TFD_TIMER_CANCEL_ON_SET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancel {
    NotAsked,
    Asked,
    Happened,
}

/// The timers that asked to be told when the calendar is set.
static CANCELABLE: SpinLock<Vec<Weak<TimerFd>>> = SpinLock::new(Vec::new());

/// The calendar was set: timers that asked for it are canceled.
pub fn clock_was_set() {
    // What is woken has locks of its own: the timers are found first.
    let timers: Vec<_> = {
        let timers = CANCELABLE.lock();
        timers.iter().filter_map(Weak::upgrade).collect()
    };
    for timer in timers {
        let canceled = {
            let mut state = timer.state.lock();
            let asked = state.canceled == Cancel::Asked;
            if asked {
                state.canceled = Cancel::Happened;
            }
            asked
        };
        if canceled {
            timer.changed.notify();
        }
    }
}

impl State {
    /// Expiries up to `now`.
    fn expired(&self, now: u64) -> u64 {
        match self.next {
            Some(next) if next <= now => match self.interval {
                0 => 1,
                interval => (now - next) / interval + 1,
            },
            _ => 0,
        }
    }

    fn has_expired(&self) -> bool {
        self.expired(self.clock.now()) > 0
    }

    fn setting(&self, now: u64) -> Setting {
        let first = match self.next {
            None => 0,
            Some(next) if next > now => next - now,
            // Expired and not read: only a periodic timer still runs.
            Some(next) => match self.interval {
                0 => 0,
                interval => interval - (now - next) % interval,
            },
        };
        Setting {
            first,
            interval: self.interval,
        }
    }
}

impl TimerFd {
    /// Makes a timer that is off. `flags` are status flags.
    pub fn create(clock: Clock, flags: u32) -> Arc<OpenFile> {
        let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
        let object = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            clock,
            state: SpinLock::new(State {
                next: None,
                interval: 0,
                clock,
                canceled: Cancel::NotAsked,
                alarm: None,
            }),
            changed: Notifier::new(),
        });
        let location = anonymous_location(inode, b"anon_inode:[timerfd]");
        OpenFile::new(location, Some(object), FileAccess::READ_WRITE, flags)
    }

    /// Sets the timer; answers what it was set to.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn set(&self, new: Setting, start: Start) -> Result<Setting> {
        let clock = match start {
            // Setting the calendar does not change what a time from now is (clock_settime(2)).
            Start::Relative => Clock::Monotonic,
            Start::Absolute | Start::AbsoluteUntilSet => self.clock,
        };
        let cancels = start == Start::AbsoluteUntilSet && clock == Clock::Realtime;
        if cancels {
            self.register()?;
        }
        let next = match (new.first, start) {
            (0, _) => None,
            (duration, Start::Relative) => Some(clock.now().saturating_add(duration)),
            (moment, _) => Some(moment),
        };
        let (old, alarm) = {
            let mut state = self.state.lock();
            let old = state.setting(state.clock.now());
            state.next = next;
            state.interval = new.interval;
            state.clock = clock;
            state.canceled = if cancels {
                Cancel::Asked
            } else {
                Cancel::NotAsked
            };
            (old, state.alarm.take())
        };
        // Disarmed outside the lock, which an expiry takes.
        drop(alarm);
        self.arm();
        // A moment that has passed is readable at once.
        self.changed.notify();
        Ok(old)
    }

    /// Puts the timer into the list of those that are told when the calendar is set.
    fn register(&self) -> Result<()> {
        let mut timers = CANCELABLE.lock();
        timers.retain(|timer| timer.strong_count() > 0);
        if !timers.iter().any(|timer| Weak::ptr_eq(timer, &self.this)) {
            timers.try_reserve(1)?;
            timers.push(self.this.clone());
        }
        Ok(())
    }

    /// What is left (timerfd_gettime(2)).
    pub fn get(&self) -> Setting {
        let state = self.state.lock();
        state.setting(state.clock.now())
    }

    /// Has waiters woken at the next expiry that has not happened.
    fn arm(&self) {
        let (wanted, clock) = {
            let state = self.state.lock();
            let now = state.clock.now();
            let wanted = state
                .next
                .and_then(|next| match (next > now, state.interval) {
                    (true, _) => Some(next),
                    (false, 0) => None,
                    (false, _) => Some(now.saturating_add(state.setting(now).first)),
                });
            (wanted, state.clock)
        };
        let (Some(moment), Some(this)) = (wanted, self.this.upgrade()) else {
            return;
        };
        let alarm = call_at(clock.to_monotonic(moment), this);
        let replaced = self.state.lock().alarm.replace(alarm);
        drop(replaced);
    }
}

impl Expire for TimerFd {
    fn expire(self: Arc<Self>) {
        self.changed.notify();
        // Not again before somebody reads: a timer that nobody looks at costs nothing. But its clock may have been set
        // back: then it is early.
        if !self.state.lock().has_expired() {
            self.arm();
        }
    }

    fn clock_set(self: Arc<Self>) {
        if self.state.lock().clock == Clock::Realtime {
            self.arm();
            // What lies in the past by now can be read.
            self.changed.notify();
        }
    }
}

impl FileObject for TimerFd {
    fn seeking(&self) -> Seeking {
        Seeking::Pretended
    }

    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if sink.remaining() < 8 {
            return Err(Errno::EINVAL);
        }
        let count = {
            let mut state = self.state.lock();
            if state.canceled == Cancel::Happened {
                state.canceled = Cancel::Asked;
                return Err(Errno::ECANCELED);
            }
            let count = state.expired(state.clock.now());
            if count > 0 {
                let step = count.saturating_mul(state.interval);
                state.next = match (state.next, state.interval) {
                    (_, 0) | (None, _) => None,
                    (Some(next), _) => Some(next.saturating_add(step)),
                };
            }
            count
        };
        if count == 0 {
            // The clock may have been set back since the alarm was.
            self.arm();
            return Err(Errno::EAGAIN);
        }
        self.arm();
        Ok(sink.put(&count.to_le_bytes()))
    }

    fn poll(&self) -> PollEvents {
        let state = self.state.lock();
        if state.canceled == Cancel::Happened || state.has_expired() {
            PollEvents::READABLE
        } else {
            PollEvents::empty()
        }
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries_follow_from_the_clock() {
        let mut state = State {
            next: Some(100),
            interval: 30,
            clock: Clock::Monotonic,
            canceled: Cancel::NotAsked,
            alarm: None,
        };
        let counts = [99, 100, 129, 130, 190].map(|now| state.expired(now));
        assert_eq!(counts, [0, 1, 1, 2, 4]);
        let left = [90, 100, 129, 130].map(|now| state.setting(now).first);
        assert_eq!(left, [10, 30, 1, 30]);
        state.interval = 0;
        assert_eq!((state.expired(99), state.expired(500)), (0, 1));
        assert_eq!(state.setting(500).first, 0);
    }

    #[test]
    fn timers_follow_the_calendar_and_are_told_that_it_was_set() {
        let open = |start, first| {
            let file = TimerFd::create(Clock::Realtime, 0);
            let timer = file.object_as::<TimerFd>().unwrap();
            timer.set(Setting { first, interval: 0 }, start).unwrap();
            file
        };
        let read = |file: &OpenFile| file.object().unwrap().read(&mut Sink::kernel(&mut [0; 8]));
        let hour = 3600 * time::NANOSECONDS;
        let moment = time::realtime() + hour;
        let relative = open(Start::Relative, hour);
        let absolute = open(Start::Absolute, moment);
        let told = open(Start::AbsoluteUntilSet, moment + hour);
        let off = open(Start::AbsoluteUntilSet, 0);
        assert!(!told.poll().contains(PollEvents::READABLE));
        time::set_realtime(moment + 1).unwrap();
        assert_eq!(read(&relative), Err(Errno::EAGAIN));
        assert_eq!(read(&absolute), Ok(8));
        for file in [&told, &off] {
            assert!(file.poll().contains(PollEvents::READABLE));
            assert_eq!(read(file), Err(Errno::ECANCELED));
            assert_eq!(read(file), Err(Errno::EAGAIN));
        }
    }
}
