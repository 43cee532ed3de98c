//! Timers that are read like files (timerfd_create(2)).
//!
//! Nothing runs when a timer expires: how often it did follows from the clock when somebody asks. The timer queue only
//! wakes who waits. Locks: an instance's `state`; the timer queue is called without it.

use alloc::sync::{Arc, Weak};

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::Sink;
use crate::fs::file::{FileAccess, FileObject};
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
    alarm: Option<Timer>,
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
                alarm: None,
            }),
            changed: Notifier::new(),
        });
        let location = anonymous_location(inode, b"anon_inode:[timerfd]");
        OpenFile::new(location, Some(object), FileAccess::READ_WRITE, flags)
    }

    /// Sets the timer, to a moment of its clock or a time from now; answers what it was set to.
    pub fn set(&self, new: Setting, absolute: bool) -> Setting {
        let now = self.clock.now();
        let next = match (new.first, absolute) {
            (0, _) => None,
            (moment, true) => Some(moment),
            (duration, false) => Some(now.saturating_add(duration)),
        };
        let (old, alarm) = {
            let mut state = self.state.lock();
            let old = state.setting(now);
            state.next = next;
            state.interval = new.interval;
            (old, state.alarm.take())
        };
        // Disarmed outside the lock, which an expiry takes.
        drop(alarm);
        self.arm();
        // A moment that has passed is readable at once.
        self.changed.notify();
        old
    }

    /// What is left (timerfd_gettime(2)).
    pub fn get(&self) -> Setting {
        self.state.lock().setting(self.clock.now())
    }

    /// Has waiters woken at the next expiry that has not happened.
    fn arm(&self) {
        let now = self.clock.now();
        let wanted = {
            let state = self.state.lock();
            state
                .next
                .and_then(|next| match (next > now, state.interval) {
                    (true, _) => Some(next),
                    (false, 0) => None,
                    (false, _) => Some(now.saturating_add(state.setting(now).first)),
                })
        };
        let (Some(moment), Some(this)) = (wanted, self.this.upgrade()) else {
            return;
        };
        let alarm = call_at(self.clock.to_monotonic(moment), this);
        let replaced = self.state.lock().alarm.replace(alarm);
        drop(replaced);
    }
}

impl Expire for TimerFd {
    fn expire(self: Arc<Self>) {
        self.changed.notify();
        // Not again before somebody reads: a timer that nobody looks at costs nothing. But its clock may have been set
        // back: then it is early.
        if self.state.lock().expired(self.clock.now()) == 0 {
            self.arm();
        }
    }
}

impl FileObject for TimerFd {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if sink.remaining() < 8 {
            return Err(Errno::EINVAL);
        }
        let count = {
            let mut state = self.state.lock();
            let count = state.expired(self.clock.now());
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
        if self.state.lock().expired(self.clock.now()) > 0 {
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
}
