//! The processors that sleep, and who wakes which.
//!
//! A processor announces itself, looks for work once more, and only then
//! sleeps; whoever has work puts it into a queue first and claims a sleeper
//! after. So one of the two sees the other. Pure atomics, so that the
//! interleavings are explored by tests.

use super::atomic::{AtomicU32, Ordering, fence};

/// Bit per processor that sleeps or is about to.
pub struct IdleSet(pub(super) AtomicU32);

impl IdleSet {
    /// The processor will sleep unless it finds work after this.
    pub fn announce(&self, cpu: usize) {
        self.0.fetch_or(1 << cpu, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// The processor does not sleep any more.
    pub fn leave(&self, cpu: usize) {
        self.0.fetch_and(!(1 << cpu), Ordering::SeqCst);
    }

    /// Takes one of the sleeping processors in `cpus`, which the caller, and
    /// nobody else, is to wake. The caller has put its work into a queue.
    pub fn claim(&self, cpus: u32) -> Option<usize> {
        fence(Ordering::SeqCst);
        loop {
            let idle = self.0.load(Ordering::SeqCst) & cpus;
            if idle == 0 {
                return None;
            }
            let bit = idle & idle.wrapping_neg();
            if self.0.fetch_and(!bit, Ordering::SeqCst) & bit != 0 {
                return Some(bit.trailing_zeros() as usize);
            }
        }
    }
}
