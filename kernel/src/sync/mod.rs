//! Locks and waiting.
//!
//! [`SpinLock`] comes from the HAL: the kernel is not preempted, so a spin lock
//! is all that short mutual exclusion needs. Nothing may sleep while it holds one; who must holds a [`Mutex`].
//! [`WaitQueue`] is where threads wait for a condition; [`futex`] is the same
//! service for user memory. The scheduler below is [`crate::sched`].

#[cfg(test)]
mod explored;
pub mod futex;
mod long;
#[cfg(all(test, not(miri)))]
mod model;
mod mutex;
pub mod pi;
mod wait;

use alloc::collections::VecDeque;

use crate::errno::Errno;
use crate::process::Thread;
use crate::sched;
use crate::time::Deadline;
use hal::sync::atomic;

pub use hal::sync::{Once, SpinLock, SpinLockGuard};
pub use long::LongWork;
pub use mutex::{Mutex, MutexGuard};
pub use wait::{Interrupt, WaitError, WaitQueue, wait_longer, wait_until};

// Here, because what is made in a constant is not what the tests put in its place.
impl WaitQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        Self {
            length: atomic::AtomicUsize::new(0),
            waiters: SpinLock::new(VecDeque::new()),
        }
    }
}

impl Default for WaitQueue {
    fn default() -> Self {
        Self::new()
    }
}
