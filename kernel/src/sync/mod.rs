//! Locks and waiting.
//!
//! [`SpinLock`] comes from the HAL: the kernel is not preempted, so a spin lock
//! is all that mutual exclusion needs. Nothing may sleep while it holds one.
//! [`WaitQueue`] is where threads wait for a condition; [`futex`] is the same
//! service for user memory. The scheduler below is [`crate::sched`].

pub mod futex;
pub mod pi;
mod wait;

pub use hal::sync::{Once, SpinLock, SpinLockGuard};
pub use wait::{Interrupt, WaitError, WaitQueue, wait_longer, wait_until};
