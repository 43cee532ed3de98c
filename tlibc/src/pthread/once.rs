//! `pthread_once`: one-time initialisation that starts over when the thread running it is cancelled.

use super::cancel::{_pthread_cleanup_pop, _pthread_cleanup_push};
use super::pthread_once_t;
use crate::platform::{self, Scope};
use crate::types::*;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};

const NEW: u32 = 0;
const RUNNING: u32 = 1;
const RUNNING_WITH_WAITERS: u32 = 2;
const DONE: u32 = 3;

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
    loop {
        match state.compare_exchange(NEW, RUNNING, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => {
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
            Err(DONE) => return 0,
            Err(RUNNING) => {
                // Fails only if the state has just changed; the loop looks again.
                let _ = state.compare_exchange(
                    RUNNING,
                    RUNNING_WITH_WAITERS,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
            }
            Err(_) => {
                let _ = platform::futex_wait(state, RUNNING_WITH_WAITERS, None, Scope::Private);
            }
        }
    }
}

fn finish(state: &AtomicU32, outcome: u32) {
    if state.swap(outcome, Ordering::Release) == RUNNING_WITH_WAITERS {
        platform::futex_wake(state, c_int::MAX, Scope::Private);
    }
}

/// Runs when the routine's thread is cancelled.
unsafe extern "C" fn start_over(once: *mut c_void) {
    // SAFETY: the word that `pthread_once` was called with.
    finish(unsafe { AtomicU32::from_ptr(once.cast()) }, NEW);
}
