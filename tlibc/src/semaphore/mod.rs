//! `<semaphore.h>`: counting semaphores in memory (here) and by name (`named`).
//!
//! Value and number of waiters share one word of 64 bits, so that `sem_post` touches the semaphore once: whoever it
//! lets in may free the memory at once.
#![allow(non_camel_case_types)]

pub mod named;

pub(crate) use named::{fork_done, fork_prepare};

use crate::errno::{CResult, Errno};
use crate::platform::{self, DeadlineClock, Scope};
use crate::pthread::{cancel, wait};
use crate::types::*;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use wait::Deadline;

/// Largest value of a semaphore.
pub const SEM_VALUE_MAX: c_uint = c_int::MAX as c_uint;

/// One waiter, in the upper half of the word.
const WAITER: u64 = 1 << 32;

/// `sem_t`.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct sem_t {
    /// Value in the lower half, waiters in the upper.
    state: AtomicU64,
    shared: u32,
    unused: [u32; 5],
}

check_layout!(sem_t = libc::sem_t);

impl sem_t {
    fn new(value: c_uint, shared: bool) -> Self {
        Self {
            state: AtomicU64::new(u64::from(value)),
            shared: u32::from(shared),
            unused: [0; 5],
        }
    }

    fn scope(&self) -> Scope {
        wait::scope(self.shared != 0)
    }

    /// The lower half, on which waiters sleep.
    fn word(&self) -> &AtomicU32 {
        // SAFETY: the first half of a live, aligned word; x86-64 is little-endian.
        unsafe { AtomicU32::from_ptr(self.state.as_ptr().cast()) }
    }

    fn try_wait(&self) -> Result<(), Errno> {
        let mut now = self.state.load(Ordering::Relaxed);
        while now as u32 != 0 {
            match self.state.compare_exchange_weak(
                now,
                now - 1,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(seen) => now = seen,
            }
        }
        Err(Errno::EAGAIN)
    }

    fn wait(&self, deadline: Option<Deadline>) -> Result<(), Errno> {
        cancel::pthread_testcancel();
        if self.try_wait().is_ok() {
            return Ok(());
        }
        wait::check(deadline)?;
        self.state.fetch_add(WAITER, Ordering::Relaxed);
        let result = loop {
            if self.try_wait().is_ok() {
                break Ok(());
            }
            match cancel::sleep_or_interrupted(self.word(), 0, deadline, self.scope()) {
                Ok(()) | Err(Errno::EAGAIN) => {}
                failure => break failure,
            }
        };
        self.state.fetch_sub(WAITER, Ordering::Relaxed);
        if result == Err(Errno::ECANCELED) {
            cancel::exit_cancelled();
        }
        result
    }

    fn post(&self) -> Result<(), Errno> {
        let word: *const AtomicU32 = self.word();
        let scope = self.scope();
        let mut now = self.state.load(Ordering::Relaxed);
        loop {
            if now as u32 == SEM_VALUE_MAX {
                return Err(Errno::EOVERFLOW);
            }
            match self.state.compare_exchange_weak(
                now,
                now + 1,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(seen) => now = seen,
            }
        }
        if now >= WAITER {
            platform::futex_wake(word, 1, scope);
        }
        Ok(())
    }
}

/// Makes a semaphore with a value; 0, or −1 with `EINVAL` when the value is too large.
///
/// # Safety
/// `semaphore` must be valid for a write; in the other functions it must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_init(semaphore: *mut sem_t, shared: c_int, value: c_uint) -> c_int {
    if value > SEM_VALUE_MAX {
        return Err::<(), _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's promise.
    unsafe { semaphore.write(sem_t::new(value, shared != 0)) };
    0
}

/// Ends the use of a semaphore; 0.
///
/// # Safety
/// See [`sem_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_destroy(_semaphore: *mut sem_t) -> c_int {
    0
}

/// Takes one from the value, waiting while it is 0. 0, or −1 with `EINTR`. A cancellation point.
///
/// # Safety
/// See [`sem_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_wait(semaphore: *mut sem_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*semaphore).wait(None).or_minus_one() }
}

/// Takes one from the value unless it is 0. 0, or −1 with `EAGAIN`.
///
/// # Safety
/// See [`sem_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_trywait(semaphore: *mut sem_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*semaphore).try_wait().or_minus_one() }
}

/// [`sem_wait`] until a `CLOCK_REALTIME` time; then −1 with `ETIMEDOUT`.
///
/// # Safety
/// See [`sem_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_timedwait(semaphore: *mut sem_t, until: *const timespec) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        (*semaphore)
            .wait(Some((DeadlineClock::Realtime, &*until)))
            .or_minus_one()
    }
}

/// [`sem_wait`] until a time of the given clock; then −1 with `ETIMEDOUT`.
///
/// # Safety
/// See [`sem_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_clockwait(
    semaphore: *mut sem_t,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    let waited = |clock| unsafe { (*semaphore).wait(Some((clock, &*until))) };
    wait::clock(clock).and_then(waited).or_minus_one()
}

/// Adds one to the value and lets a waiter in. 0, or −1 with `EOVERFLOW`. Safe in signal handlers.
///
/// # Safety
/// See [`sem_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_post(semaphore: *mut sem_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*semaphore).post().or_minus_one() }
}

/// Reads the value; 0.
///
/// # Safety
/// See [`sem_init`]; `value` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_getvalue(semaphore: *mut sem_t, value: *mut c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write((*semaphore).state.load(Ordering::Relaxed) as u32 as c_int) };
    0
}
