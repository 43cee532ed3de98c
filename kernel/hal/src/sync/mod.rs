//! Locks and per-CPU data.
//!
//! The kernel is never preempted and takes interrupts at its own places only, so a spin lock needs
//! no interrupt state; it must not be held across [`crate::task::switch_to`], [`crate::cpu::idle`]
//! or a copy of user memory.

pub mod atomic;
#[cfg(target_os = "none")]
mod flush;
#[cfg(all(test, not(miri)))]
mod model;
mod once;
mod percpu;
mod spinlock;

#[cfg(target_os = "none")]
impl LoadedOn {
    /// On none.
    pub(crate) const fn new() -> Self {
        Self(atomic::AtomicU32::new(0))
    }
}

#[cfg(target_os = "none")]
impl FlushRequests {
    /// No request.
    pub(crate) const fn new() -> Self {
        Self {
            requested: atomic::AtomicU64::new(0),
            done: atomic::AtomicU64::new(0),
        }
    }
}

/// Where tests may let another CPU go on.
#[inline(always)]
fn point() {
    #[cfg(not(target_os = "none"))]
    crate::mock::explore::point();
}

#[cfg(target_os = "none")]
pub(crate) use flush::{FlushRequests, LoadedOn, flush_cpus};
pub use once::Once;
pub use percpu::PerCpu;
pub use spinlock::{SpinLock, SpinLockGuard};
