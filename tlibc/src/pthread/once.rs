//! `pthread_once`: one-time initialisation that starts over when the thread running it is cancelled, or stays behind at a
//! fork.

use super::cancel::{_pthread_cleanup_pop, _pthread_cleanup_push};
use super::pthread_once_t;
use crate::platform::{self, Scope};
use crate::types::*;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};

const NEW: u32 = 0;
/// What the lowest bits say; while the routine runs, the generation is above them.
const STATE: u32 = 3;
const RUNNING: u32 = 1;
const RUNNING_WITH_WAITERS: u32 = 2;
const DONE: u32 = 3;

/// Which generation of forks the process is, in steps of 4: a routine that runs in an older one has no thread here.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// In the child of a fork: what other threads were running is to start over.
pub(super) fn after_fork_in_child() {
    GENERATION.fetch_add(STATE + 1, Ordering::Relaxed);
}

/// Calls `routine` unless it has been called through the same `once`; returns when it has finished; 0.
///
/// # Safety
/// `once` must be initialised with `PTHREAD_ONCE_INIT` (0) and changed by this function only.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_once(
    once: *mut pthread_once_t,
    routine: unsafe extern "C" fn(),
) -> c_int {
    // SAFETY: the caller's promise; the word has the size and alignment of an atomic one.
    let state = unsafe { AtomicU32::from_ptr(once.cast()) };
    let mut now = state.load(Ordering::Acquire);
    loop {
        let generation = GENERATION.load(Ordering::Relaxed);
        if now == DONE {
            return 0;
        }
        let next = if now == NEW || now & !STATE != generation {
            generation | RUNNING
        } else if now & STATE == RUNNING {
            generation | RUNNING_WITH_WAITERS
        } else {
            // A wake-up, a signal or a changed word: look again.
            let _ = platform::futex_wait(state, now, None, Scope::Private);
            now = state.load(Ordering::Acquire);
            continue;
        };
        match state.compare_exchange(now, next, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) if next & STATE == RUNNING => {
                let mut cleanup = MaybeUninit::uninit();
                // SAFETY: the buffer lives until it is popped.
                unsafe {
                    _pthread_cleanup_push(cleanup.as_mut_ptr(), start_over, once.cast());
                    routine();
                    _pthread_cleanup_pop(cleanup.as_mut_ptr(), 0);
                }
                finish(state, DONE);
                return 0;
            }
            Ok(_) => now = next,
            Err(seen) => now = seen,
        }
    }
}

fn finish(state: &AtomicU32, outcome: u32) {
    if state.swap(outcome, Ordering::Release) & STATE == RUNNING_WITH_WAITERS {
        platform::futex_wake(state, c_int::MAX, Scope::Private);
    }
}

/// Runs when the routine's thread is cancelled.
unsafe extern "C" fn start_over(once: *mut c_void) {
    // SAFETY: the word that `pthread_once` was called with.
    finish(unsafe { AtomicU32::from_ptr(once.cast()) }, NEW);
}
