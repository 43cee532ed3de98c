//! The load average (proc_loadavg(5)): how many threads run or wait to run, with the past
//! counting less and less.
//!
//! Samples belong to every fifth second. They are taken by the ticks of processors that run
//! threads; where none ran there were none, and the next look makes up for the samples that were
//! missed, with nothing running.

use core::sync::atomic::{AtomicU64, Ordering};

use hal::sync::SpinLock;

use crate::time::{self, NANOSECONDS};

/// Between two samples, in nanoseconds.
const INTERVAL: u64 = 5 * NANOSECONDS;

/// Bits behind the binary point.
pub const FRACTION_BITS: u32 = 11;
const ONE: u64 = 1 << FRACTION_BITS;

/// What is left of a load after [`INTERVAL`] in the averages over 1, 5 and 15 minutes:
/// e to the power of -5/60, -5/300 and -5/900.
const DECAY: [u64; 3] = [1884, 2014, 2037];

/// The averages, with [`FRACTION_BITS`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Averages([u64; 3]);

impl Averages {
    /// After one more sample, of so many active threads.
    fn next(self, active: u64) -> Self {
        let mut averages = self.0;
        for (average, decay) in averages.iter_mut().zip(DECAY) {
            let sample = active.saturating_mul(ONE);
            let sum = average.saturating_mul(decay) + sample.saturating_mul(ONE - decay);
            // Rounded towards the sample, which a steady load thus reaches.
            let round = if sample >= *average { ONE - 1 } else { 0 };
            *average = sum.saturating_add(round) >> FRACTION_BITS;
        }
        Self(averages)
    }

    /// After `missed` samples of nothing.
    fn idle(mut self, missed: u64) -> Self {
        for _ in 0..missed {
            if self == Self::default() {
                break;
            }
            self = self.next(0);
        }
        self
    }
}

static AVERAGES: SpinLock<Averages> = SpinLock::new(Averages([0; 3]));
/// When the next sample belongs to; changes under the lock of the averages.
static NEXT: AtomicU64 = AtomicU64::new(INTERVAL);

/// Takes a sample if it is time.
pub(super) fn update() {
    let now = time::monotonic();
    if now < NEXT.load(Ordering::Relaxed) {
        return;
    }
    let mut averages = AVERAGES.lock();
    let next = NEXT.load(Ordering::Relaxed);
    let Some(late) = now.checked_sub(next) else {
        return;
    };
    let missed = late / INTERVAL;
    let active = super::runnable() + super::running();
    *averages = averages.idle(missed).next(active as u64);
    NEXT.store(
        next.saturating_add((missed + 1).saturating_mul(INTERVAL)),
        Ordering::Relaxed,
    );
}

/// The averages over 1, 5 and 15 minutes, with [`FRACTION_BITS`].
pub fn averages() -> [u64; 3] {
    update();
    AVERAGES.lock().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "thousands of samples")]
    fn averages_reach_a_steady_load_and_forget_it() {
        let mut averages = Averages::default();
        for _ in 0..12 {
            averages = averages.next(1);
        }
        // After a minute: 1 - 1/e, 1 - e^(-1/5), 1 - e^(-1/15).
        let near = |value: u64, wanted: f64| (value as f64 / ONE as f64 - wanted).abs() < 0.01;
        assert!(near(averages.0[0], 0.632));
        assert!(near(averages.0[1], 0.181));
        assert!(near(averages.0[2], 0.064));
        for _ in 0..3000 {
            averages = averages.next(1);
        }
        assert_eq!(averages.0, [ONE; 3]);
        assert!(near(averages.idle(12).0[0], 0.368));
        assert_eq!(averages.idle(u64::MAX), Averages::default());
    }
}
