//! Mutexes with a priority ceiling (`PTHREAD_PRIO_PROTECT`): who holds one runs at least at the ceiling.
//!
//! The lock word is that of a plain mutex. A thread keeps the ceiling mutexes it holds in a chain, through the links that
//! robust ones (which they can't be) use for theirs; its priority is the highest ceiling of the chain, or its own. A
//! thread that is not scheduled in real time runs as `SCHED_FIFO` meanwhile.

use super::*;
use core::sync::atomic::Ordering;

/// Priorities of `SCHED_FIFO` and `SCHED_RR`, the only ones a ceiling may have.
pub(in crate::pthread) const PRIORITIES: core::ops::RangeInclusive<c_int> = 1..=99;

const SCHED_FIFO: c_int = 1;

/// A thread's own scheduling, kept while ceilings override it, and the mutexes they belong to.
#[derive(Debug)]
pub struct Ceilings {
    held: *mut pthread_mutex_t,
    policy: c_int,
    priority: c_int,
}

impl Ceilings {
    /// The highest ceiling, 0 without any.
    fn highest(&self) -> c_int {
        let (mut at, mut highest) = (self.held, 0);
        // SAFETY: a mutex stays where it is while it is held.
        while let Some(mutex) = unsafe { at.as_ref() } {
            highest = highest.max(mutex.ceiling.load(Ordering::Relaxed));
            at = mutex.links.prev.cast();
        }
        highest
    }

    /// Runs the calling thread at a ceiling, or (0) as it was.
    fn apply(&self, ceiling: c_int) -> Result<(), Errno> {
        let real_time = self.policy != 0;
        if ceiling > self.priority {
            let policy = if real_time { self.policy } else { SCHED_FIFO };
            platform::sched_setscheduler(0, policy, ceiling)
        } else {
            platform::sched_setscheduler(0, self.policy, self.priority)
        }
    }
}

/// The calling thread's ceilings.
fn own() -> *mut Ceilings {
    #[cfg(test)]
    unreachable!("ceilings need a control block of our own");
    #[cfg(not(test))]
    // SAFETY: the thread's own block.
    unsafe {
        &raw mut (*tcb::current()).ceilings
    }
}

impl pthread_mutex_t {
    /// Locks a mutex with a ceiling.
    ///
    /// Errors: those of the type, `EBUSY` without patience, `ETIMEDOUT`, `EINVAL` for a malformed deadline or if the caller's
    /// priority is above the ceiling, `EPERM` if it may not have that priority.
    #[cold]
    #[inline(never)]
    pub(super) fn lock_protect(
        &mut self,
        deadline: Option<Deadline>,
        patience: Patience,
    ) -> Result<(), Errno> {
        let me = tcb::current_id() as i32;
        if self.owner.load(Ordering::Relaxed) == me
            && let Some(result) = self.relock_held(patience)
        {
            return result;
        }
        let ceilings = own();
        loop {
            let ceiling = self.ceiling.load(Ordering::Relaxed);
            // SAFETY: the thread's own.
            let held = unsafe {
                if (*ceilings).held.is_null() {
                    (*ceilings).policy = platform::sched_getscheduler(0)?;
                    (*ceilings).priority = platform::sched_getparam(0)?;
                }
                if (*ceilings).priority > ceiling {
                    return Err(Errno::EINVAL);
                }
                &*ceilings
            };
            let before = held.highest();
            if ceiling > before {
                held.apply(ceiling)?;
            }
            let result = if self.try_acquire() {
                Ok(())
            } else if patience == Patience::None {
                Err(Errno::EBUSY)
            } else {
                wait::check(deadline).and_then(|()| self.acquire_contended(deadline))
            };
            let same = self.ceiling.load(Ordering::Relaxed) == ceiling;
            if result.is_ok() && same {
                self.owner.store(me, Ordering::Relaxed);
                self.links.prev = held.held.cast();
                // SAFETY: the thread's own.
                unsafe { (*ceilings).held = self };
                return Ok(());
            }
            if result.is_ok() {
                // Another thread changed the ceiling meanwhile.
                self.release();
            }
            if ceiling > before {
                held.apply(before)?;
            }
            result?;
        }
    }

    /// Unlocks a mutex with a ceiling; `EPERM` if the caller does not hold it, whatever its type.
    pub(super) fn unlock_protect(&mut self) -> Result<(), Errno> {
        if self.owner.load(Ordering::Relaxed) != tcb::current_id() as i32 {
            return Err(Errno::EPERM);
        }
        if self.count > 0 {
            self.count -= 1;
            return Ok(());
        }
        let ceilings = own();
        // SAFETY: the chain is the thread's own, and holds this mutex.
        unsafe {
            let this: *mut pthread_mutex_t = self;
            let mut at = &raw mut (*ceilings).held;
            while *at != this {
                at = (&raw mut (**at).links.prev).cast();
            }
            *at = self.links.prev.cast();
        }
        self.links.prev = null_mut();
        self.owner.store(0, Ordering::Relaxed);
        self.release();
        // SAFETY: the thread's own.
        let held = unsafe { &*ceilings };
        // Lowering needs no privilege.
        held.apply(held.highest())
    }

    /// Changes the ceiling while nobody holds the mutex, without following the protocol; the old one.
    fn change_ceiling(&mut self, ceiling: c_int) -> Result<c_int, Errno> {
        let me = tcb::current_id() as i32;
        if self.owner.load(Ordering::Relaxed) == me {
            // SAFETY: the thread's own. The caller holds it: its priority follows.
            let held = unsafe { &*own() };
            if held.priority > ceiling {
                return Err(Errno::EINVAL);
            }
            let old = self.ceiling.swap(ceiling, Ordering::Relaxed);
            return held.apply(held.highest()).map(|()| old);
        }
        if !self.try_acquire() {
            self.acquire_contended(None)?;
        }
        let old = self.ceiling.swap(ceiling, Ordering::Relaxed);
        self.release();
        Ok(old)
    }
}

/// Reads a mutex's priority ceiling. 0, or `EINVAL` if it has none.
///
/// # Safety
/// See [`pthread_mutex_init`]; `ceiling` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_getprioceiling(
    mutex: *const pthread_mutex_t,
    ceiling: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if (*mutex).kind & PROTECT == 0 {
            return Errno::EINVAL.0;
        }
        ceiling.write((*mutex).ceiling.load(Ordering::Relaxed));
    }
    0
}

/// Locks a mutex, changes its priority ceiling and unlocks it; the old one goes to `*old`. 0, or `EINVAL` for a mutex
/// without one or a priority that is none.
///
/// # Safety
/// See [`pthread_mutex_init`]; `old` must be null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_setprioceiling(
    mutex: *mut pthread_mutex_t,
    ceiling: c_int,
    old: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if (*mutex).kind & PROTECT == 0 || !PRIORITIES.contains(&ceiling) {
            return Errno::EINVAL.0;
        }
        match (*mutex).change_ceiling(ceiling) {
            Ok(before) => {
                if !old.is_null() {
                    old.write(before);
                }
                0
            }
            Err(errno) => errno.0,
        }
    }
}
