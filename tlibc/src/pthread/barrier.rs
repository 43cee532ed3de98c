//! Barriers: `pthread_barrier_*`.

use super::wait;
use crate::errno::Errno;
use crate::platform::{self, Scope};
use crate::types::*;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What one thread of each round gets.
pub const PTHREAD_BARRIER_SERIAL_THREAD: c_int = -1;

/// In `inside`: somebody waits in `destroy`.
const DESTROYING: u32 = 1 << 31;

/// `pthread_barrier_t`.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct pthread_barrier_t {
    /// Threads that make a round.
    needed: u32,
    shared: u32,
    /// Threads of this round so far in the lower half. The upper one counts rounds; waiters sleep on it.
    state: AtomicU64,
    /// Threads between entering and leaving `wait`.
    inside: AtomicU32,
    unused: [u32; 3],
}

/// `pthread_barrierattr_t`: whether other processes use the barrier.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pthread_barrierattr_t {
    shared: c_int,
}

check_layout!(pthread_barrier_t = libc::pthread_barrier_t);
check_layout!(pthread_barrierattr_t = libc::pthread_barrierattr_t);

impl pthread_barrier_t {
    fn scope(&self) -> Scope {
        wait::scope(self.shared != 0)
    }

    /// The upper half of the state, for the kernel to look at.
    fn round(&self) -> *const AtomicU32 {
        (&raw const self.state).cast::<AtomicU32>().wrapping_add(1)
    }

    fn wait(&self) -> c_int {
        self.inside.fetch_add(1, Ordering::AcqRel);
        let mut now = self.state.load(Ordering::Relaxed);
        // One exchange counts the thread into the round that it reads: it cannot be overtaken in between.
        let (round, last) = loop {
            let round = (now >> 32) as u32;
            let last = now as u32 + 1 == self.needed;
            let next = if last {
                u64::from(round.wrapping_add(1)) << 32
            } else {
                now + 1
            };
            match self
                .state
                .compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => break (round, last),
                Err(seen) => now = seen,
            }
        };
        if last {
            platform::futex_wake(self.round(), c_int::MAX, self.scope());
        } else {
            while (self.state.load(Ordering::Acquire) >> 32) as u32 == round {
                // SAFETY: part of the barrier, which stays while this thread is in it.
                let word = unsafe { &*self.round() };
                // A wake-up, a signal or a changed word: look again.
                let _ = platform::futex_wait(word, round, None, self.scope());
            }
        }
        let scope = self.scope();
        let word: *const AtomicU32 = &self.inside;
        if self.inside.fetch_sub(1, Ordering::AcqRel) == DESTROYING | 1 {
            platform::futex_wake(word, 1, scope);
        }
        if last {
            PTHREAD_BARRIER_SERIAL_THREAD
        } else {
            0
        }
    }
}

/// Makes a barrier for `count` threads; 0, or `EINVAL` when that is 0.
///
/// # Safety
/// `barrier` must be valid for a write, `attr` null or initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrier_init(
    barrier: *mut pthread_barrier_t,
    attr: *const pthread_barrierattr_t,
    count: c_uint,
) -> c_int {
    if count == 0 || count > c_int::MAX as c_uint {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        barrier.write(pthread_barrier_t {
            needed: count,
            shared: if attr.is_null() {
                0
            } else {
                (*attr).shared as u32
            },
            state: AtomicU64::new(0),
            inside: AtomicU32::new(0),
            unused: [0; 3],
        });
    }
    0
}

/// Ends the use of a barrier once the threads of the last round have left it; 0, or `EBUSY` while threads wait at it.
///
/// # Safety
/// `barrier` must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrier_destroy(barrier: *mut pthread_barrier_t) -> c_int {
    // SAFETY: the caller's promise.
    let barrier = unsafe { &*barrier };
    if barrier.state.load(Ordering::Acquire) as u32 != 0 {
        return Errno::EBUSY.0;
    }
    let mut now = barrier.inside.fetch_or(DESTROYING, Ordering::AcqRel) | DESTROYING;
    while now != DESTROYING {
        // A wake-up or a changed value; look again in any case.
        let _ = platform::futex_wait(&barrier.inside, now, None, barrier.scope());
        now = barrier.inside.load(Ordering::Acquire);
    }
    0
}

/// Waits until as many threads as the barrier is for have arrived. 0, and [`PTHREAD_BARRIER_SERIAL_THREAD`] in one of them.
///
/// # Safety
/// `barrier` must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrier_wait(barrier: *mut pthread_barrier_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*barrier).wait() }
}

/// Fills in the defaults; 0.
///
/// # Safety
/// `attr` must be valid for a write; so in all functions below, with initialised attributes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrierattr_init(attr: *mut pthread_barrierattr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr.write(pthread_barrierattr_t { shared: 0 }) };
    0
}

/// Ends the use of attributes: nothing is attached to them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_barrierattr_destroy(_attr: *mut pthread_barrierattr_t) -> c_int {
    0
}

/// Sets whether other processes use the barrier; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_barrierattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrierattr_setpshared(
    attr: *mut pthread_barrierattr_t,
    shared: c_int,
) -> c_int {
    if !(0..=1).contains(&shared) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).shared = shared };
    0
}

/// Reads whether other processes use the barrier; 0.
///
/// # Safety
/// See [`pthread_barrierattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_barrierattr_getpshared(
    attr: *const pthread_barrierattr_t,
    shared: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { shared.write((*attr).shared) };
    0
}
