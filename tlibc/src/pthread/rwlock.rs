//! Read-write locks: `pthread_rwlock_*`. Readers come before waiting writers, as in glibc, so that a thread may lock for
//! reading again what it holds. A lock of the kind `PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP` has no reader in while a
//! writer waits; `PTHREAD_RWLOCK_PREFER_WRITER_NP` is the default, as in glibc: its readers may be recursive.

use super::tcb;
use super::wait::{self, Deadline};
use crate::errno::Errno;
use crate::platform::{self, DeadlineClock, Scope};
use crate::types::*;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// In the lower half of the state, the word that threads sleep on: a writer holds the lock; somebody may sleep. The other
/// bits count readers.
const WRITER: u64 = 0x3fff_ffff;
const WAITERS: u64 = 1 << 31;
const COUNT: u64 = 0x3fff_ffff;
const MAX_READERS: u64 = WRITER - 1;
/// In the upper half: a writer that readers let go first. With the count in the state an unlocking thread need not look at
/// the lock afterwards, when it may be gone.
const WAITING_WRITER: u64 = 1 << 32;
const SPINS: u32 = 100;

/// `PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP`, the greatest kind.
const PREFER_WRITER: c_int = 2;

/// `pthread_rwlock_t`. All zero is an unlocked, private lock; where the kind is, initialisers that glibc's header has
/// written put it.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct pthread_rwlock_t {
    state: AtomicU64,
    shared: u32,
    /// Kernel id of the writer.
    writer: AtomicU32,
    unused: [u32; 8],
    kind: c_int,
    padding: u32,
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
const _: () = assert!(core::mem::offset_of!(pthread_rwlock_t, kind) == 48);

/// How the lock is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    /// For writing, by a thread that is counted among the waiting writers.
    CountedWrite,
}

impl Access {
    /// Whether it has to wait in a state.
    fn is_blocked(self, state: u64) -> bool {
        match self {
            Access::Read => state & COUNT == WRITER || state >= WAITING_WRITER,
            Access::Write | Access::CountedWrite => state & COUNT != 0,
        }
    }
}

impl pthread_rwlock_t {
    fn scope(&self) -> Scope {
        wait::scope(self.shared != 0)
    }

    /// The half of the state that threads sleep on.
    fn word(&self) -> *const AtomicU32 {
        // The lower half comes first on x86-64.
        (&raw const self.state).cast()
    }

    /// The lock for reading, if readers alone hold it or nobody, and nobody waits. Between reading the state and changing
    /// it there is next to nothing to compute: that is what a lock that nobody disputes costs.
    #[inline]
    fn read_undisputed(&self) -> bool {
        let now = self.state.load(Ordering::Relaxed);
        now < MAX_READERS
            && self
                .state
                .compare_exchange(now, now + 1, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
    }

    /// Lets a reader's lock go, if readers alone hold it and nobody waits.
    #[inline]
    fn unlock_undisputed(&self) -> bool {
        let now = self.state.load(Ordering::Relaxed);
        now < WRITER
            && self
                .state
                .compare_exchange(now, now - 1, Ordering::Release, Ordering::Relaxed)
                .is_ok()
    }

    /// The lock if it needs no waiting: `EBUSY` otherwise, `EAGAIN` for too many readers.
    fn try_lock(&self, access: Access) -> Result<(), Errno> {
        let mut now = self.state.load(Ordering::Relaxed);
        loop {
            if access.is_blocked(now) {
                return Err(Errno::EBUSY);
            }
            let new = match access {
                Access::Read if now & COUNT == MAX_READERS => return Err(Errno::EAGAIN),
                Access::Read => now + 1,
                Access::Write => now | WRITER,
                Access::CountedWrite => (now | WRITER) - WAITING_WRITER,
            };
            match self
                .state
                .compare_exchange_weak(now, new, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => break,
                Err(seen) => now = seen,
            }
        }
        if access != Access::Read {
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
        if access == Access::Write && self.kind == PREFER_WRITER {
            self.state.fetch_add(WAITING_WRITER, Ordering::Relaxed);
            let result = self.wait(Access::CountedWrite, deadline);
            if result.is_err() {
                self.stop_waiting();
            }
            return result;
        }
        self.wait(access, deadline)
    }

    /// Takes the lock when it can be had.
    fn wait(&self, access: Access, deadline: Option<Deadline>) -> Result<(), Errno> {
        for _ in 0..SPINS {
            core::hint::spin_loop();
            if self.state.load(Ordering::Relaxed) & COUNT == 0 {
                break;
            }
        }
        loop {
            match self.try_lock(access) {
                Err(Errno::EBUSY) => {}
                result => return result,
            }
            let now = self.state.load(Ordering::Relaxed);
            if !access.is_blocked(now) {
                continue;
            }
            let waited = now | WAITERS;
            if now == waited
                || self
                    .state
                    .compare_exchange(now, waited, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                // SAFETY: the half of a word of this lock.
                let word = unsafe { &*self.word() };
                wait::sleep(word, waited as u32, deadline, self.scope())?;
            }
        }
    }

    /// Takes a writer that gave up from the waiting ones; after the last, readers may go on.
    fn stop_waiting(&self) {
        let mut now = self.state.load(Ordering::Relaxed);
        loop {
            let last = now < 2 * WAITING_WRITER;
            let asleep = if last { WAITERS } else { 0 };
            let new = (now - WAITING_WRITER) & !asleep;
            match self
                .state
                .compare_exchange_weak(now, new, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => {
                    if last && now & WAITERS != 0 {
                        platform::futex_wake(self.word(), c_int::MAX, self.scope());
                    }
                    return;
                }
                Err(seen) => now = seen,
            }
        }
    }

    fn unlock(&self) {
        if self.unlock_undisputed() {
            return;
        }
        let scope = self.scope();
        let word = self.word();
        let mut now = self.state.load(Ordering::Relaxed);
        if now & COUNT == WRITER {
            self.writer.store(0, Ordering::Relaxed);
        }
        loop {
            let count = now & COUNT;
            let last = count == WRITER || count == 1;
            let new = if last {
                now & !(COUNT | WAITERS)
            } else {
                now - 1
            };
            match self
                .state
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

/// What a lock without attributes has.
const DEFAULT: pthread_rwlockattr_t = pthread_rwlockattr_t { kind: 0, shared: 0 };

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
        let attr = if attr.is_null() { DEFAULT } else { *attr };
        lock.write(pthread_rwlock_t {
            state: AtomicU64::new(0),
            shared: attr.shared.cast_unsigned(),
            writer: AtomicU32::new(0),
            unused: [0; 8],
            kind: attr.kind,
            padding: 0,
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
    let lock = unsafe { &*lock };
    if lock.read_undisputed() {
        return 0;
    }
    number(lock.lock(Access::Read, None))
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
    unsafe { attr.write(DEFAULT) };
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

/// Sets which threads a lock prefers, one of the `PTHREAD_RWLOCK_PREFER_` numbers (GNU); 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_rwlockattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlockattr_setkind_np(
    attr: *mut pthread_rwlockattr_t,
    kind: c_int,
) -> c_int {
    if !(0..=PREFER_WRITER).contains(&kind) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).kind = kind };
    0
}

/// Reads which threads a lock prefers (GNU); 0.
///
/// # Safety
/// See [`pthread_rwlockattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_rwlockattr_getkind_np(
    attr: *const pthread_rwlockattr_t,
    kind: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { kind.write((*attr).kind) };
    0
}
