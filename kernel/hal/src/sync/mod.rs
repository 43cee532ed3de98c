//! Locks and per-CPU data.
//!
//! The kernel is never preempted and takes interrupts at its own places only, so a spin lock needs
//! no interrupt state; it must not be held across [`crate::task::switch_to`], [`crate::cpu::idle`]
//! or a copy of user memory.

mod once;
mod percpu;
mod spinlock;

pub use once::Once;
pub use percpu::PerCpu;
pub use spinlock::{SpinLock, SpinLockGuard};
