//! Read-write locks: `pthread_rwlock_*`. Readers come before waiting writers, as in glibc, so that a thread may lock for
//! reading again what it holds.

use super::tcb;
use super::wait::{self, Deadline};
use crate::errno::Errno;
use crate::platform::{self, DeadlineClock, Scope};
use crate::types::*;
use core::sync::atomic::{AtomicU32, Ordering};

/// In the lock word: a writer holds it; somebody may sleep on it. The other bits count readers.
const WRITER: u32 = 0x3fff_ffff;
const WAITERS: u32 = 1 << 31;
const COUNT: u32 = 0x3fff_ffff;
const MAX_READERS: u32 = WRITER - 1;
const SPINS: u32 = 100;

/// `pthread_rwlock_t`. All zero is an unlocked, private lock.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct pthread_rwlock_t {
    lock: AtomicU32,
    shared: u32,
    /// Kernel id of the writer.
    writer: AtomicU32,
    unused: [u32; 11],
}

/// `pthread_rwlockattr_t`.
#[repr(C, align(8))]
#[derive(Clone, Copy, Debug)]
pub struct pthread_rwlockattr_t {
    kind: c_int,
    shared: c_int,
}

check_layout!(pthread_rwlock_t = libc::pthread_rwlock_t);
check_layout!(pthread_rwlockattr_t = libc::pthread_rwlockattr_t);

/// How the lock is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl pthread_rwlock_t {
    fn scope(&self) -> Scope {
        wait::scope(self.shared != 0)
    }

    /// The lock if it needs no waiting: `EBUSY` otherwise, `EAGAIN` for too many readers.
    fn try_lock(&self, access: Access) -> Result<(), Errno> {
        let mut now = self.lock.load(Ordering::Relaxed);
        loop {
            let count = now & COUNT;
            let new = match access {
                _ if count == WRITER => return Err(Errno::EBUSY),
                Access::Read if count == MAX_READERS => return Err(Errno::EAGAIN),
                Access::Read => now + 1,
                Access::Write if count != 0 => return Err(Errno::EBUSY),
                Access::Write => now | WRITER,
            };
            match self
                .lock
                .compare_exchange_weak(now, new, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => break,
                Err(seen) => now = seen,
            }
        }
        if access == Access::Write {
            self.writer.store(tcb::current_id(), Ordering::Relaxed);
        }
        Ok(())
    }

    fn lock(&self, access: Access, deadline: Option<Deadline>) -> Result<(), Errno> {
        match self.try_lock(access) {
            Err(Errno::EBUSY) => {}
            result => return result,
        }
        if self.writer.load(Ordering::Relaxed) == tcb::current_id() {
            return Err(Errno::EDEADLK);
        }
        wait::check(deadline)?;
        for _ in 0..SPINS {
            core::hint::spin_loop();
            if self.lock.load(Ordering::Relaxed) & COUNT == 0 {
                break;
            }
        }
        loop {
            match self.try_lock(access) {
                Err(Errno::EBUSY) => {}
                result => return result,
            }
            let now = self.lock.load(Ordering::Relaxed);
            if now & COUNT == 0 {
                continue;
            }
            let waited = now | WAITERS;
            if now == waited
                || self
                    .lock
                    .compare_exchange(now, waited, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                wait::sleep(&self.lock, waited, deadline, self.scope())?;
            }
        }
    }

    fn unlock(&self) {
        let scope = self.scope();
        let word: *const AtomicU32 = &self.lock;
        let mut now = self.lock.load(Ordering::Relaxed);
        if now & COUNT == WRITER {
            self.writer.store(0, Ordering::Relaxed);
        }
        loop {
            let count = now & COUNT;
            let last = count == WRITER || count == 1;
            let new = if last { 0 } else { now - 1 };
            match self
                .lock
                .compare_exchange_weak(now, new, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => {
                    if last && now & WAITERS != 0 {
                        platform::futex_wake(word, c_int::MAX, scope);
                    }
                    return;
                }
                Err(seen) => now = seen,
            }
        }
    }
}

/// Makes an unlocked lock; 0.
///
/// # Safety
/// `lock` must be valid for a write, `attr` null or initialised. In the other functions `lock` must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_init(
    lock: *mut pthread_rwlock_t,
    attr: *const pthread_rwlockattr_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        lock.write(pthread_rwlock_t {
            lock: AtomicU32::new(0),
            shared: if attr.is_null() {
                0
            } else {
                (*attr).shared as u32
            },
            writer: AtomicU32::new(0),
            unused: [0; 11],
        });
    }
    0
}

/// Ends the use of a lock; 0. One that is held is not noticed, as in glibc and musl: a thread may have ended with it.
///
/// # Safety
/// See [`pthread_rwlock_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_destroy(_lock: *mut pthread_rwlock_t) -> c_int {
    0
}

/// 0 or the error's number.
fn number(result: Result<(), Errno>) -> c_int {
    result.err().map_or(0, |errno| errno.0)
}

/// Locks for reading, waiting as long as it takes. 0, `EDEADLK` or `EAGAIN`.
///
/// # Safety
/// See [`pthread_rwlock_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_rdlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).lock(Access::Read, None) })
}

/// Locks for reading if that needs no waiting. 0, `EBUSY` or `EAGAIN`.
///
/// # Safety
/// See [`pthread_rwlock_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_tryrdlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).try_lock(Access::Read) })
}

/// Locks for reading, waiting until a `CLOCK_REALTIME` time; then `ETIMEDOUT`.
///
/// # Safety
/// See [`pthread_rwlock_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_timedrdlock(
    lock: *mut pthread_rwlock_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).lock(Access::Read, Some((DeadlineClock::Realtime, &*until))) })
}

/// Locks for reading, waiting until a time of the given clock; then `ETIMEDOUT`.
///
/// # Safety
/// See [`pthread_rwlock_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_clockrdlock(
    lock: *mut pthread_rwlock_t,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    number(wait::clock(clock).and_then(|clock| {
        // SAFETY: the caller's promise.
        unsafe { (*lock).lock(Access::Read, Some((clock, &*until))) }
    }))
}

/// Locks for writing, waiting as long as it takes. 0, `EDEADLK` or `EAGAIN`.
///
/// # Safety
/// See [`pthread_rwlock_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_wrlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).lock(Access::Write, None) })
}

/// Locks for writing if that needs no waiting. 0, `EBUSY` or `EAGAIN`.
///
/// # Safety
/// See [`pthread_rwlock_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_trywrlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).try_lock(Access::Write) })
}

/// Locks for writing, waiting until a `CLOCK_REALTIME` time; then `ETIMEDOUT`.
///
/// # Safety
/// See [`pthread_rwlock_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_timedwrlock(
    lock: *mut pthread_rwlock_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { (*lock).lock(Access::Write, Some((DeadlineClock::Realtime, &*until))) })
}

/// Locks for writing, waiting until a time of the given clock; then `ETIMEDOUT`.
///
/// # Safety
/// See [`pthread_rwlock_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_clockwrlock(
    lock: *mut pthread_rwlock_t,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    number(wait::clock(clock).and_then(|clock| {
        // SAFETY: the caller's promise.
        unsafe { (*lock).lock(Access::Write, Some((clock, &*until))) }
    }))
}

/// Releases the lock, held for reading or writing; 0.
///
/// # Safety
/// See [`pthread_rwlock_init`]; the caller must hold the lock.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlock_unlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*lock).unlock() };
    0
}

/// Fills in the defaults; 0.
///
/// # Safety
/// `attr` must be valid for a write; so in all functions below, with initialised attributes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlockattr_init(attr: *mut pthread_rwlockattr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr.write(pthread_rwlockattr_t { kind: 0, shared: 0 }) };
    0
}

/// Ends the use of attributes: nothing is attached to them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_rwlockattr_destroy(_attr: *mut pthread_rwlockattr_t) -> c_int {
    0
}

/// Sets whether other processes use the lock; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_rwlockattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlockattr_setpshared(
    attr: *mut pthread_rwlockattr_t,
    shared: c_int,
) -> c_int {
    if !(0..=1).contains(&shared) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).shared = shared };
    0
}

/// Reads whether other processes use the lock; 0.
///
/// # Safety
/// See [`pthread_rwlockattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlockattr_getpshared(
    attr: *const pthread_rwlockattr_t,
    shared: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { shared.write((*attr).shared) };
    0
}
