//! Wait queues: where threads sleep until somebody changes a condition.
//!
//! The protocol is the usual one: the waiter enters the queues, tests its
//! condition, and only then parks; whoever changes the condition calls
//! [`WaitQueue::wake_all`] afterwards. A wake-up between test and park is
//! kept by the park token of the thread, so none is lost; a spurious wake-up
//! only makes the waiter test again.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

// Through the parent, where the tests put others in their places.
use super::atomic::{AtomicUsize, Ordering, fence};
use super::{Deadline, Errno, SpinLock, Thread, sched};

/// A queue of threads that wait for one condition.
pub struct WaitQueue {
    /// How many threads wait: lets a wake-up of nobody cost one load.
    pub(super) length: AtomicUsize,
    pub(super) waiters: SpinLock<VecDeque<Arc<Thread>>>,
}

impl WaitQueue {
    /// Wakes every waiter. Call it after the condition has changed.
    #[inline]
    pub fn wake_all(&self) {
        if self.has_waiters() {
            self.wake_waiters();
        }
    }

    fn wake_waiters(&self) {
        for thread in self.waiters.lock().iter() {
            sched::unpark(thread);
        }
    }

    /// Wakes the waiter that has waited longest.
    ///
    /// Only for conditions that one woken thread consumes and passes on.
    pub fn wake_one(&self) {
        if !self.has_waiters() {
            return;
        }
        let mut waiters = self.waiters.lock();
        if let Some(thread) = waiters.pop_front() {
            self.length.store(waiters.len(), Ordering::Relaxed);
            sched::unpark(&thread);
        }
    }

    /// Whether anybody waits, asked after the condition has changed.
    #[inline]
    pub fn has_waiters(&self) -> bool {
        // The processor must not look before others see the change: a waiter
        // that has entered since would have seen the old condition.
        fence(Ordering::SeqCst);
        self.length.load(Ordering::Relaxed) != 0
    }

    /// `Err` when there is no memory to stand in the queue.
    #[inline]
    fn enter(&self, thread: &Arc<Thread>) -> Result<(), WaitError> {
        let mut waiters = self.waiters.lock();
        // A program decides how often poll(2) stands in one queue.
        waiters.try_reserve(1).map_err(|_| WaitError::OutOfMemory)?;
        waiters.push_back(thread.clone());
        self.length.store(waiters.len(), Ordering::Relaxed);
        drop(waiters);
        // Before the condition is looked at: the other half of `has_waiters`.
        fence(Ordering::SeqCst);
        Ok(())
    }

    #[inline]
    fn leave(&self, thread: &Arc<Thread>) {
        let mut waiters = self.waiters.lock();
        if let Some(position) = waiters
            .iter()
            .position(|waiter| Arc::ptr_eq(waiter, thread))
        {
            if position == 0 {
                waiters.pop_front();
            } else {
                waiters.remove(position);
            }
            self.length.store(waiters.len(), Ordering::Relaxed);
        }
    }
}

/// Whether signals end a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interrupt {
    /// A deliverable signal ends the wait with [`WaitError::Interrupted`].
    BySignals,
    /// Only the condition, the deadline or a fatal signal end it.
    ByDeathOnly,
}

/// Why a wait ended without its condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitError {
    /// A signal is to be delivered.
    Interrupted,
    /// The deadline passed.
    TimedOut,
    /// There was no memory to wait.
    OutOfMemory,
}

impl From<WaitError> for Errno {
    fn from(error: WaitError) -> Errno {
        match error {
            WaitError::Interrupted => Errno::RESTART,
            WaitError::TimedOut => Errno::ETIMEDOUT,
            WaitError::OutOfMemory => Errno::ENOMEM,
        }
    }
}

/// Waits in all of `queues` until `condition` gives a value.
///
/// Without a deadline it waits forever.
pub fn wait_until<T>(
    queues: &[&WaitQueue],
    deadline: Option<Deadline>,
    interrupt: Interrupt,
    mut condition: impl FnMut() -> Option<T>,
) -> Result<T, WaitError> {
    match condition() {
        Some(value) => Ok(value),
        None => wait_longer(queues, deadline, interrupt, condition),
    }
}

/// As [`wait_until`], when the condition has just been found not to hold.
#[inline]
pub fn wait_longer<T>(
    queues: &[&WaitQueue],
    deadline: Option<Deadline>,
    interrupt: Interrupt,
    mut condition: impl FnMut() -> Option<T>,
) -> Result<T, WaitError> {
    let mut found = None;
    let outcome = sleep_until(queues, deadline, interrupt, &mut || {
        found = condition();
        found.is_some()
    });
    match found {
        Some(value) => Ok(value),
        // Only what holds ends the wait without an error.
        None => Err(outcome.err().unwrap_or(WaitError::Interrupted)),
    }
}

/// Waits until `condition` holds: once for all the types of what is waited for.
fn sleep_until(
    queues: &[&WaitQueue],
    deadline: Option<Deadline>,
    interrupt: Interrupt,
    condition: &mut dyn FnMut() -> bool,
) -> Result<(), WaitError> {
    let thread = sched::current();
    let enter = || queues.iter().try_for_each(|queue| queue.enter(&thread));
    let leave = || queues.iter().for_each(|queue| queue.leave(&thread));
    sched::forget_token(&thread);
    let mut entered = enter();
    let outcome = loop {
        if let Err(error) = entered {
            break Err(error);
        } else if condition() {
            break Ok(());
        } else if thread.must_interrupt(interrupt) {
            break Err(WaitError::Interrupted);
        } else if deadline.is_some_and(Deadline::has_passed) {
            break Err(WaitError::TimedOut);
        }
        sched::park(deadline);
        if condition() {
            break Ok(());
        }
        // Who was woken alone is in the queue no longer.
        leave();
        entered = enter();
    };
    leave();
    outcome
}
