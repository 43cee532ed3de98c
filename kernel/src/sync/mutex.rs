//! A lock for long transfers.
//!
//! Who waits for a [`SpinLock`](super::SpinLock) spins, so its holder may neither sleep nor let others run. A [`Mutex`] may
//! be held over [`LongWork`](super::LongWork) and over copies from and to user memory, and who waits for it sleeps. It
//! has no contents: what it guards is atomic, or behind a spin lock of its own.

// Through the parent, where the tests put others in their places.
use super::atomic::{AtomicBool, Ordering};
use super::{Interrupt, WaitError, WaitQueue, wait_longer};

/// A lock whose waiters sleep.
#[derive(Default)]
pub struct Mutex {
    held: AtomicBool,
    waiters: WaitQueue,
}

/// Holds a [`Mutex`] until it is dropped.
#[must_use]
pub struct MutexGuard<'a>(&'a Mutex);

impl Mutex {
    /// Waits until nobody holds the lock, and takes it. The caller holds no spin lock.
    ///
    /// # Errors
    /// Those of a wait that only the end of the thread cuts short: the call ends, as its thread does.
    #[inline]
    pub fn lock(&self) -> Result<MutexGuard<'_>, WaitError> {
        match self.take() {
            Some(guard) => Ok(guard),
            None => self.wait(),
        }
    }

    #[inline]
    fn take(&self) -> Option<MutexGuard<'_>> {
        let is_free = !self.held.swap(true, Ordering::Acquire);
        // Not `then_some`: a guard that is not used would let go.
        is_free.then(|| MutexGuard(self))
    }

    #[cold]
    fn wait(&self) -> Result<MutexGuard<'_>, WaitError> {
        let outcome = wait_longer(&[&self.waiters], None, Interrupt::ByDeathOnly, || {
            self.take()
        });
        if outcome.is_err() && !self.held.load(Ordering::SeqCst) {
            // The wake-up may have been for this thread, which goes: another gets it.
            self.waiters.wake_one();
        }
        outcome
    }
}

impl Drop for MutexGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.held.store(false, Ordering::Release);
        // Whoever takes the lock passes this on when it lets go.
        self.0.waiters.wake_one();
    }
}
