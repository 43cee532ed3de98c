//! One-time initialisation.

use crate::platform::{Scope, futex_wait, futex_wake};
use core::sync::atomic::{AtomicU32, Ordering};

const NEW: u32 = 0;
const RUNNING: u32 = 1;
const RUNNING_WITH_WAITERS: u32 = 2;
const DONE: u32 = 3;

/// Runs a function once; later callers wait until it has finished.
#[repr(transparent)]
pub struct Once {
    state: AtomicU32,
}

impl Default for Once {
    fn default() -> Self {
        Self::new()
    }
}

impl Once {
    /// Not yet run.
    pub const fn new() -> Self {
        Self {
            state: AtomicU32::new(NEW),
        }
    }

    /// Whether the function has finished.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.state.load(Ordering::Acquire) == DONE
    }

    /// Runs `init` if nobody has; returns once it has finished, wherever it ran.
    #[inline]
    pub fn call(&self, init: impl FnOnce()) {
        if !self.is_done() {
            self.call_slow(init);
        }
    }

    #[cold]
    fn call_slow(&self, init: impl FnOnce()) {
        loop {
            match self
                .state
                .compare_exchange(NEW, RUNNING, Ordering::Acquire, Ordering::Acquire)
            {
                Ok(_) => {
                    init();
                    if self.state.swap(DONE, Ordering::Release) == RUNNING_WITH_WAITERS {
                        futex_wake(&self.state, i32::MAX, Scope::Private);
                    }
                    return;
                }
                Err(DONE) => return,
                Err(RUNNING) => {
                    // Fails only if the state has just changed; the loop looks again.
                    let _ = self.state.compare_exchange(
                        RUNNING,
                        RUNNING_WITH_WAITERS,
                        Ordering::Relaxed,
                        Ordering::Relaxed,
                    );
                }
                Err(_) => {
                    let _ = futex_wait(&self.state, RUNNING_WITH_WAITERS, None, Scope::Private);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn runs_once_and_all_callers_see_it_done() {
        static ONCE: Once = Once::new();
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let threads: Vec<_> = (0..8)
            .map(|_| {
                std::thread::spawn(|| {
                    ONCE.call(|| {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        RUNS.fetch_add(1, Ordering::SeqCst);
                    });
                    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
                })
            })
            .collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
    }
}
