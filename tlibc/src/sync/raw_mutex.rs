//! A three-state futex lock ("Futexes Are Tricky", U. Drepper, mutex 2).

use super::single_threaded;
use crate::platform::{Scope, futex_wait, futex_wake};
use core::sync::atomic::{AtomicU32, Ordering};

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and someone may sleep on the word.
const CONTENDED: u32 = 2;

/// How often to look again before going to sleep.
const SPINS: u32 = 100;

/// A lock without a value. Not recursive; the unlocker need not be the locker.
#[derive(Debug)]
#[repr(transparent)]
pub struct RawMutex {
    state: AtomicU32,
}

impl Default for RawMutex {
    fn default() -> Self {
        Self::new()
    }
}

impl RawMutex {
    /// An unlocked mutex.
    pub const fn new() -> Self {
        Self {
            state: AtomicU32::new(UNLOCKED),
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        if single_threaded() {
            let free = self.state.load(Ordering::Relaxed) == UNLOCKED;
            if free {
                self.state.store(LOCKED, Ordering::Relaxed);
            }
            return free;
        }
        self.state
            .compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Waits for the lock and takes it.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.lock_contended();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        for _ in 0..SPINS {
            match self.state.load(Ordering::Relaxed) {
                UNLOCKED if self.try_lock() => return,
                CONTENDED => break,
                _ => core::hint::spin_loop(),
            }
        }
        while self.state.swap(CONTENDED, Ordering::Acquire) != UNLOCKED {
            // Whatever the reason to come back (woken, EINTR, the word changed): look again.
            let _ = futex_wait(&self.state, CONTENDED, None, Scope::Private);
        }
    }

    /// Gives the lock back and wakes one waiter if there is any.
    #[inline]
    pub fn unlock(&self) {
        if single_threaded() {
            self.state.store(UNLOCKED, Ordering::Relaxed);
            return;
        }
        let word: *const AtomicU32 = &self.state;
        if self.state.swap(UNLOCKED, Ordering::Release) == CONTENDED {
            futex_wake(word, 1, Scope::Private);
        }
    }

    /// Whether somebody holds the lock at this moment.
    pub fn is_locked(&self) -> bool {
        self.state.load(Ordering::Relaxed) != UNLOCKED
    }

    /// Makes the lock free whatever its state, in a fork child whose other threads are gone.
    ///
    /// # Safety
    /// No other thread may use the lock at this time.
    pub unsafe fn reset(&self) {
        self.state.store(UNLOCKED, Ordering::Relaxed);
    }
}
