//! The park token: who may run a thread, as one atomic word.
//!
//! A thread is running, runnable (in a queue, or on its way into or out of
//! one) or parked. Parking follows `std::thread::park`: each thread has one
//! token, `unpark` leaves it, `park` takes it or sleeps. Whoever takes a
//! thread from parked to runnable, and nobody else, puts it into a queue.
//! Pure atomics, so that its interleavings are explored by tests.

use super::atomic::{AtomicU8, Ordering};

const RUNNING: u8 = 0;
const RUNNABLE: u8 = 1;
const PARKED: u8 = 2;
/// Running, and the token is there.
const UNPARKED: u8 = 3;

/// The state of a thread.
pub struct Token(pub(super) AtomicU8);

/// What [`Token::unpark`] leaves to its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unparked {
    /// The thread is the caller's to put into a queue.
    Enqueue,
    /// It runs, on this processor or another, and has the token.
    Running,
    /// It waits to run already.
    Waiting,
}

impl Token {
    /// The value a thread that has not run yet starts with.
    pub(super) const NEW: u8 = PARKED;

    /// Leaves the token.
    #[inline]
    pub fn unpark(&self) -> Unparked {
        loop {
            let (state, next, result) = match self.0.load(Ordering::SeqCst) {
                RUNNING => (RUNNING, UNPARKED, Unparked::Running),
                PARKED => (PARKED, RUNNABLE, Unparked::Enqueue),
                // The swap also orders what the caller wrote before what the
                // thread reads once it has the token.
                UNPARKED => (UNPARKED, UNPARKED, Unparked::Running),
                waiting => (waiting, waiting, Unparked::Waiting),
            };
            if self
                .0
                .compare_exchange(state, next, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok()
            {
                return result;
            }
        }
    }

    /// By the thread itself: takes the token, and says whether it was not
    /// there. Then the thread is parked and must leave the processor.
    #[inline]
    pub fn park(&self) -> bool {
        let parked = self
            .0
            .compare_exchange(RUNNING, PARKED, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        if !parked {
            // A swap, not a store: it reads what the last to unpark has released.
            self.0.swap(RUNNING, Ordering::SeqCst);
        }
        parked
    }

    /// By the thread itself, before it looks at what it may wait for: a token from before is
    /// dropped, for all that it was left for is seen by that look.
    #[inline]
    pub fn forget(&self) {
        if self.0.load(Ordering::Relaxed) == UNPARKED {
            // A swap, as in `park`.
            self.0.swap(RUNNING, Ordering::SeqCst);
        }
    }

    /// Whether the thread sleeps. It may be woken at any time.
    pub fn is_parked(&self) -> bool {
        self.0.load(Ordering::SeqCst) == PARKED
    }

    /// By the thread itself, before it goes into a queue or ends: a token that
    /// is there or comes is dropped, for the thread will look at everything anew.
    pub fn set_runnable(&self) {
        // A swap: what the dropped token was left for is seen from here on.
        self.0.swap(RUNNABLE, Ordering::SeqCst);
    }

    /// By the processor that has taken the thread out of a queue.
    #[inline]
    pub fn set_running(&self) {
        self.0.swap(RUNNING, Ordering::SeqCst);
    }
}
