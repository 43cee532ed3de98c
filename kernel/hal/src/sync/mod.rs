//! Locks and per-CPU data.
//!
//! The kernel is never preempted and takes interrupts at its own places only, so a spin lock needs
//! no interrupt state; it must not be held across [`crate::task::switch_to`], [`crate::cpu::idle`]
//! or a copy of user memory.

#[cfg(target_os = "none")]
mod flush;
#[cfg(test)]
mod model;
mod once;
mod percpu;
mod spinlock;

#[cfg(target_os = "none")]
impl FlushRequests {
    /// No request.
    pub(crate) const fn new() -> Self {
        Self {
            requested: core::sync::atomic::AtomicU64::new(0),
            done: core::sync::atomic::AtomicU64::new(0),
        }
    }
}

/// The atomics of the protocols that the tests explore with `loom`'s.
#[cfg(target_os = "none")]
mod atomic {
    pub(super) use core::sync::atomic::{AtomicU64, Ordering};
}

#[cfg(target_os = "none")]
pub(crate) use flush::FlushRequests;
pub use once::Once;
pub use percpu::PerCpu;
pub use spinlock::{SpinLock, SpinLockGuard};
