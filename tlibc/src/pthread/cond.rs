//! Condition variables: `pthread_cond_*`.
//!
//! A waiter reads `sequence` while it still holds the mutex and sleeps only as long as it stays the same; every signal
//! changes it first. So a signal sent after the mutex was released is never lost, at worst it wakes one thread more
//! than needed, which POSIX allows. `waiters` saves the system call when nobody waits, and tells
//! `destroy` when the last waiter has let go of the memory.

use super::cancel;
use super::mutex::{pthread_mutex_lock, pthread_mutex_t, pthread_mutex_unlock};
use super::wait::{self, Deadline};
use crate::errno::Errno;
use crate::platform::constants::{CLOCK_MONOTONIC, CLOCK_REALTIME};
use crate::platform::{self, DeadlineClock, Scope};
use crate::types::*;
use core::sync::atomic::{AtomicU32, Ordering};

/// In the flags and in `pthread_condattr_t`: shared between processes; deadlines by the monotonic clock.
const SHARED: u32 = 1;
const MONOTONIC: u32 = 2;
/// In `waiters`: somebody waits in `destroy`.
const DESTROYING: u32 = 1 << 31;

/// `pthread_cond_t`. All zero is a private one with deadlines by `CLOCK_REALTIME`.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct pthread_cond_t {
    sequence: AtomicU32,
    waiters: AtomicU32,
    flags: u32,
    unused: [u32; 9],
}

/// `pthread_condattr_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pthread_condattr_t {
    flags: u32,
}

check_layout!(pthread_cond_t = libc::pthread_cond_t);
check_layout!(pthread_condattr_t = libc::pthread_condattr_t);

impl pthread_cond_t {
    fn scope(&self) -> Scope {
        wait::scope(self.flags & SHARED != 0)
    }

    fn clock(&self) -> DeadlineClock {
        if self.flags & MONOTONIC != 0 {
            DeadlineClock::Monotonic
        } else {
            DeadlineClock::Realtime
        }
    }

    fn wake(&self, count: c_int) {
        if self.waiters.load(Ordering::SeqCst) & !DESTROYING != 0 {
            self.sequence.fetch_add(1, Ordering::SeqCst);
            platform::futex_wake(&self.sequence, count, self.scope());
        }
    }

    /// # Safety
    /// `mutex` must be held by the caller.
    unsafe fn wait(
        &self,
        mutex: *mut pthread_mutex_t,
        deadline: Option<Deadline>,
    ) -> Result<(), Errno> {
        wait::check(deadline)?;
        cancel::pthread_testcancel();
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let sequence = self.sequence.load(Ordering::SeqCst);
        // SAFETY: the caller's promise.
        let unlocked = unsafe { pthread_mutex_unlock(mutex) };
        let mut result = if unlocked == 0 {
            Ok(())
        } else {
            Err(Errno(unlocked))
        };
        while result.is_ok() && self.sequence.load(Ordering::SeqCst) == sequence {
            result = cancel::sleep_or_cancelled(&self.sequence, sequence, deadline, self.scope());
        }
        let cancelled = result == Err(Errno::ECANCELED);
        if cancelled {
            // The wake-up this thread may have received belongs to another waiter.
            self.wake(1);
        }
        let scope = self.scope();
        let word: *const AtomicU32 = &self.waiters;
        if self.waiters.fetch_sub(1, Ordering::SeqCst) == DESTROYING | 1 {
            platform::futex_wake(word, 1, scope);
        }
        if unlocked != 0 {
            return result;
        }
        // SAFETY: as above.
        let locked = unsafe { pthread_mutex_lock(mutex) };
        if cancelled {
            cancel::exit_cancelled();
        }
        if locked != 0 {
            Err(Errno(locked))
        } else {
            result
        }
    }
}

/// Makes a condition variable with the attributes, or a default one; 0.
///
/// # Safety
/// `cond` must be valid for a write, `attr` null or initialised. In the other functions `cond` must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_init(
    cond: *mut pthread_cond_t,
    attr: *const pthread_condattr_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        cond.write(pthread_cond_t {
            sequence: AtomicU32::new(0),
            waiters: AtomicU32::new(0),
            flags: if attr.is_null() { 0 } else { (*attr).flags },
            unused: [0; 9],
        });
    }
    0
}

/// Ends the use of a condition variable, once the threads woken by the last broadcast have left it; 0.
///
/// # Safety
/// See [`pthread_cond_init`]; no thread may be about to wait.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_destroy(cond: *mut pthread_cond_t) -> c_int {
    // SAFETY: the caller's promise.
    let cond = unsafe { &*cond };
    let mut now = cond.waiters.fetch_or(DESTROYING, Ordering::SeqCst) | DESTROYING;
    while now != DESTROYING {
        // A wake-up or a changed value; look again in any case.
        let _ = platform::futex_wait(&cond.waiters, now, None, cond.scope());
        now = cond.waiters.load(Ordering::SeqCst);
    }
    cond.waiters.store(0, Ordering::Relaxed);
    0
}

/// Releases the mutex and waits for a signal; the mutex is held again on return. A cancellation point.
///
/// # Safety
/// See [`pthread_cond_init`]; the caller must hold `mutex`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_wait(
    cond: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*cond).wait(mutex, None).err().map_or(0, |errno| errno.0) }
}

/// [`pthread_cond_wait`] until a time of the variable's clock; then `ETIMEDOUT`.
///
/// # Safety
/// See [`pthread_cond_wait`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_timedwait(
    cond: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let deadline = Some(((*cond).clock(), &*until));
        (*cond)
            .wait(mutex, deadline)
            .err()
            .map_or(0, |errno| errno.0)
    }
}

/// [`pthread_cond_wait`] until a time of the given clock (POSIX.1-2024).
///
/// # Safety
/// See [`pthread_cond_timedwait`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_clockwait(
    cond: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    let result =
        wait::clock(clock).and_then(|clock| unsafe { (*cond).wait(mutex, Some((clock, &*until))) });
    result.err().map_or(0, |errno| errno.0)
}

/// Wakes one waiter at least, if there is any; 0.
///
/// # Safety
/// See [`pthread_cond_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_signal(cond: *mut pthread_cond_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*cond).wake(1) };
    0
}

/// Wakes all waiters; 0.
///
/// # Safety
/// See [`pthread_cond_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cond_broadcast(cond: *mut pthread_cond_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*cond).wake(c_int::MAX) };
    0
}

/// Fills in the defaults; 0.
///
/// # Safety
/// `attr` must be valid for a write; so in all functions below, with initialised attributes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_condattr_init(attr: *mut pthread_condattr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr.write(pthread_condattr_t { flags: 0 }) };
    0
}

/// Ends the use of attributes: nothing is attached to them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_condattr_destroy(_attr: *mut pthread_condattr_t) -> c_int {
    0
}

/// Sets the clock of deadlines: `CLOCK_REALTIME` or `CLOCK_MONOTONIC`. 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_condattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_condattr_setclock(
    attr: *mut pthread_condattr_t,
    clock: clockid_t,
) -> c_int {
    match wait::clock(clock) {
        // SAFETY: the caller's promise.
        Ok(DeadlineClock::Realtime) => unsafe { (*attr).flags &= !MONOTONIC },
        // SAFETY: the caller's promise.
        Ok(DeadlineClock::Monotonic) => unsafe { (*attr).flags |= MONOTONIC },
        Err(errno) => return errno.0,
    }
    0
}

/// Reads the clock; 0.
///
/// # Safety
/// See [`pthread_condattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_condattr_getclock(
    attr: *const pthread_condattr_t,
    clock: *mut clockid_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let monotonic = (*attr).flags & MONOTONIC != 0;
        clock.write(if monotonic {
            CLOCK_MONOTONIC
        } else {
            CLOCK_REALTIME
        } as clockid_t);
    }
    0
}

/// Sets whether other processes use the variable; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_condattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_condattr_setpshared(
    attr: *mut pthread_condattr_t,
    shared: c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        match shared {
            super::PTHREAD_PROCESS_PRIVATE => (*attr).flags &= !SHARED,
            super::PTHREAD_PROCESS_SHARED => (*attr).flags |= SHARED,
            _ => return Errno::EINVAL.0,
        }
    }
    0
}

/// Reads whether other processes use the variable; 0.
///
/// # Safety
/// See [`pthread_condattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_condattr_getpshared(
    attr: *const pthread_condattr_t,
    shared: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { shared.write(c_int::from((*attr).flags & SHARED != 0)) };
    0
}
