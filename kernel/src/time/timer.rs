//! The timer queues: what happens at which moment.
//!
//! Each processor has one, an ordered map of the timers that were armed on it;
//! its first entry, the end of the running thread's slice and its next tick
//! decide when the processor's timer interrupts next. A processor without
//! timers or a thread to run has no timer interrupts.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Bound;
use core::sync::atomic::{AtomicU64, Ordering};

use hal::cpu::MAX_CPUS;
use hal::sync::PerCpu;

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

/// A timer's place in a queue: its deadline, and a number that tells
/// timers of the same deadline apart.
type Key = (u64, u64);

struct Queue {
    timers: SpinLock<BTreeMap<Key, Action>>,
    /// Deadline of the first, `u64::MAX` without one; changes under the lock.
    first: AtomicU64,
    /// When the processor's timer is set to interrupt.
    armed: AtomicU64,
}

static QUEUES: PerCpu<Queue> = PerCpu::new(
    [const {
        Queue {
            timers: SpinLock::new(BTreeMap::new()),
            first: AtomicU64::new(NEVER),
            armed: AtomicU64::new(NEVER),
        }
    }; MAX_CPUS],
);
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);
const NEVER: u64 = u64::MAX;

impl Queue {
    fn note_first(&self, timers: &BTreeMap<Key, Action>) {
        let first = timers.first_key_value().map_or(NEVER, |(key, _)| key.0);
        self.first.store(first, Ordering::Relaxed);
    }
}

/// An armed timer; dropping it disarms it.
#[must_use]
pub struct Timer {
    key: Key,
    cpu: usize,
}

impl Drop for Timer {
    fn drop(&mut self) {
        let queue = QUEUES.of(self.cpu);
        let mut timers = queue.timers.lock();
        let removed = timers.remove(&self.key);
        if removed.is_some() {
            queue.note_first(&timers);
        }
        drop(timers);
        // What it holds may have timers of its own to drop.
        drop(removed);
    }
}

fn arm(deadline: u64, action: Action) -> Timer {
    let cpu = hal::cpu::id();
    let queue = QUEUES.of(cpu);
    let key = (deadline, NEXT_NUMBER.fetch_add(1, Ordering::SeqCst));
    {
        let mut timers = queue.timers.lock();
        timers.insert(key, action);
        queue.note_first(&timers);
    }
    if deadline < queue.armed.load(Ordering::Relaxed) {
        update_interrupt();
    }
    Timer { key, cpu }
}

/// Unparks `thread` at `deadline` (nanoseconds of [`time::monotonic`]).
pub fn wake_at(deadline: u64, thread: &Arc<Thread>) -> Timer {
    arm(deadline, Action::Wake(Arc::downgrade(thread)))
}

/// Calls `target.expire()` at `deadline`.
pub fn call_at(deadline: u64, target: Arc<dyn Expire>) -> Timer {
    arm(deadline, Action::Call(target))
}

/// Runs what is due on this processor. The HAL calls this on every timer
/// interrupt.
pub fn interrupt() {
    let queue = QUEUES.get();
    queue.armed.store(NEVER, Ordering::Relaxed);
    sched::tick::interrupt();
    // Read once: what an expiry arms for a moment from now on is left for the next interrupt.
    let now = time::monotonic();
    loop {
        let mut timers = queue.timers.lock();
        let due = match timers.first_entry() {
            Some(entry) if entry.key().0 <= now => entry.remove(),
            _ => break,
        };
        queue.note_first(&timers);
        drop(timers);
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

/// Sets this processor's timer for the next thing that is due. A timer that is set for an earlier moment
/// stays: setting it costs more, at every switch of threads, than the one interrupt too many, which
/// sets it anew.
#[inline]
pub fn update_interrupt() {
    let queue = QUEUES.get();
    let first = queue.first.load(Ordering::Relaxed);
    let next = first.min(sched::next_interrupt());
    if next < queue.armed.load(Ordering::Relaxed) {
        queue.armed.store(next, Ordering::Relaxed);
        hal::time::set_timer(Some(next));
    }
}

/// The realtime clock was set: whoever waits for a moment of it looks
/// again.
pub fn clock_was_set() {
    // Waking takes locks of its own, so the timers are found one by one.
    // Timers that are armed again meanwhile have seen the new time.
    let newest = NEXT_NUMBER.load(Ordering::SeqCst);
    for cpu in 0..hal::cpu::count() {
        let mut after = None;
        loop {
            let next = {
                let timers = QUEUES.of(cpu).timers.lock();
                let from = after.map_or(Bound::Unbounded, Bound::Excluded);
                timers
                    .range((from, Bound::Unbounded))
                    .find(|(key, _)| key.1 < newest)
                    .map(|(key, action)| (*key, action.clone()))
            };
            let Some((key, action)) = next else { break };
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
}
