//! The timer queue: what happens at which moment.
//!
//! One ordered map for the machine; its first entry and the end of the running
//! thread's slice decide when the CPU's timer interrupts next.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Bound;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::process::Thread;
use crate::sched;
use crate::sync::SpinLock;
use crate::time;

/// What a timer does when its moment comes. Runs outside the queue's lock.
#[derive(Clone)]
enum Action {
    Wake(Weak<Thread>),
    Call(Arc<dyn Expire>),
}

/// Something with a timer: an interval timer, a timerfd.
pub trait Expire: Send + Sync {
    /// Called once, when the timer that was armed with [`call_at`] expires.
    fn expire(self: Arc<Self>);

    /// Called when the realtime clock was set while the timer is armed.
    fn clock_set(self: Arc<Self>) {}
}

/// A timer's place in the queue: its deadline, and a number that tells
/// timers of the same deadline apart.
type Key = (u64, u64);

static QUEUE: SpinLock<BTreeMap<Key, Action>> = SpinLock::new(BTreeMap::new());
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);
static ARMED: AtomicU64 = AtomicU64::new(u64::MAX);

/// An armed timer; dropping it disarms it.
#[must_use]
pub struct Timer {
    key: Key,
}

impl Drop for Timer {
    fn drop(&mut self) {
        QUEUE.lock().remove(&self.key);
    }
}

fn arm(deadline: u64, action: Action) -> Timer {
    let key = (deadline, NEXT_NUMBER.fetch_add(1, Ordering::Relaxed));
    QUEUE.lock().insert(key, action);
    if deadline < ARMED.load(Ordering::Relaxed) {
        update_interrupt();
    }
    Timer { key }
}

/// Unparks `thread` at `deadline` (nanoseconds of [`time::monotonic`]).
pub fn wake_at(deadline: u64, thread: &Arc<Thread>) -> Timer {
    arm(deadline, Action::Wake(Arc::downgrade(thread)))
}

/// Calls `target.expire()` at `deadline`.
pub fn call_at(deadline: u64, target: Arc<dyn Expire>) -> Timer {
    arm(deadline, Action::Call(target))
}

/// Runs what is due. The HAL calls this on every timer interrupt.
pub fn interrupt() {
    ARMED.store(u64::MAX, Ordering::Relaxed);
    loop {
        let mut queue = QUEUE.lock();
        let due = match queue.first_entry() {
            Some(entry) if entry.key().0 <= time::monotonic() => entry.remove(),
            _ => break,
        };
        drop(queue);
        match due {
            Action::Wake(thread) => {
                if let Some(thread) = thread.upgrade() {
                    sched::unpark(&thread);
                }
            }
            Action::Call(target) => target.expire(),
        }
    }
    update_interrupt();
}

/// Sets the CPU's timer for the next thing that is due.
pub fn update_interrupt() {
    let first = QUEUE.lock().first_key_value().map(|(key, _)| key.0);
    let next = match (first, sched::slice_deadline()) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b).unwrap_or(u64::MAX),
    };
    if ARMED.swap(next, Ordering::Relaxed) != next {
        hal::time::set_timer((next != u64::MAX).then_some(next));
    }
}

/// The realtime clock was set: whoever waits for a moment of it looks
/// again.
pub fn clock_was_set() {
    // Waking takes the queue's lock again, so the sleepers are found one by one.
    // Timers that are armed again meanwhile have seen the new time.
    let newest = NEXT_NUMBER.load(Ordering::Relaxed);
    let mut after = None;
    loop {
        let next = {
            let queue = QUEUE.lock();
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            queue
                .range((from, Bound::Unbounded))
                .find(|(key, _)| key.1 < newest)
                .map(|(key, action)| (*key, action.clone()))
        };
        let Some((key, action)) = next else { return };
        after = Some(key);
        match action {
            Action::Wake(thread) => {
                if let Some(thread) = thread.upgrade() {
                    sched::unpark(&thread);
                }
            }
            Action::Call(target) => target.clock_set(),
        }
    }
}
