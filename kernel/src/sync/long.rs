//! Work that may take long.
//!
//! The kernel is not preempted and runs with interrupts off. Who is asked for more than a few
//! milliseconds of work does it in stretches: in between waiting interrupts are taken, the others
//! run if it is their turn, and a thread that must end is told so.

use super::Interrupt;
use crate::sched::{self, tick};

/// The work that is done at a stretch, in bytes moved.
const STRETCH: usize = 256 << 10;

/// How far a long piece of work has come.
pub struct LongWork {
    interrupt: Interrupt,
    left: usize,
}

impl LongWork {
    /// Work that begins, and what ends it early.
    pub const fn ended(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            left: STRETCH,
        }
    }

    /// The most bytes to move before the next look at [`Self::goes_on`].
    pub fn stretch(&self, wanted: usize) -> usize {
        wanted.min(self.left)
    }

    /// So many bytes more have been moved; whether the work goes on. The caller holds no lock.
    #[must_use]
    #[inline]
    pub fn goes_on(&mut self, moved: usize) -> bool {
        self.left = self.left.saturating_sub(moved);
        self.left != 0 || self.rest()
    }

    #[cold]
    fn rest(&mut self) -> bool {
        self.left = STRETCH;
        // Without a thread the kernel works for itself, at boot.
        let Some(thread) = sched::try_current() else {
            return true;
        };
        hal::cpu::interrupt_window();
        // Ticks that came here, and not in user mode, are the system's.
        tick::charge(&thread, || tick::Mode::System);
        sched::give_way_if_due();
        !thread.must_interrupt(self.interrupt)
    }
}
