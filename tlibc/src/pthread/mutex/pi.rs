//! Mutexes with priority inheritance: the kernel queues the waiters and lends their priority to the owner.
//!
//! The lock word is futex(2)'s: 0 or the owner's kernel id, with `FUTEX_WAITERS` and `FUTEX_OWNER_DIED` set by the
//! kernel. Nobody else may sleep on it, so condition variables keep their own word and lock the mutex anew. Taking a
//! free mutex and freeing one without waiters are one exchange each. A robust one is in the owner's list as well.

use super::*;

impl pthread_mutex_t {
    /// Locks a mutex with inheritance.
    ///
    /// Errors: those of the type, `EBUSY` without patience, `ETIMEDOUT`, `EINVAL` for a malformed deadline or a clock
    /// the kernel cannot wait by, `EDEADLK` for a cycle of owners if the type checks, and the robust ones.
    #[cold]
    #[inline(never)]
    pub(super) fn lock_inherit(
        &mut self,
        deadline: Option<Deadline>,
        patience: Patience,
    ) -> Result<(), Errno> {
        let me = tcb::current_id();
        match self.state.load(Ordering::Acquire) {
            NOT_RECOVERABLE => return Err(Errno::ENOTRECOVERABLE),
            STALLED => return stall(deadline, patience),
            _ => {}
        }
        if self.lock.load(Ordering::Relaxed) & FUTEX_TID_MASK == me
            && let Some(result) = self.relock_held(patience)
        {
            return result;
        }
        if self.kind & ROBUST == 0 {
            self.take_inherit(me, deadline, patience)?;
            if self.lock.load(Ordering::Relaxed) & FUTEX_OWNER_DIED != 0 {
                // The owner ended and the kernel passed the lock on. It must stay locked for ever.
                self.state.store(STALLED, Ordering::Release);
                return stall(deadline, patience);
            }
            return Ok(());
        }
        let list = robust_list();
        // SAFETY: the thread's own list head.
        unsafe { (*list).pending = self.entry() };
        let mut result = self.take_inherit(me, deadline, patience);
        if result.is_ok() && self.state.load(Ordering::Acquire) == NOT_RECOVERABLE {
            // Given up while this thread waited: so it goes from waiter to waiter.
            result = self.release_inherit(me).and(Err(Errno::ENOTRECOVERABLE));
        }
        if result.is_err() {
            // SAFETY: as above.
            unsafe { (*list).pending = null_mut() };
            return result;
        }
        if self.lock.load(Ordering::Relaxed) & FUTEX_OWNER_DIED != 0 {
            self.lock.fetch_and(!FUTEX_OWNER_DIED, Ordering::Relaxed);
            self.count = 0;
            self.state.store(INCONSISTENT, Ordering::Relaxed);
        }
        self.enter_list(list)
    }

    /// Takes the lock word.
    fn take_inherit(
        &self,
        me: u32,
        deadline: Option<Deadline>,
        patience: Patience,
    ) -> Result<(), Errno> {
        const BEGINNING: timespec = timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let checks = matches!(
            self.kind & TYPE_MASK,
            PTHREAD_MUTEX_RECURSIVE | PTHREAD_MUTEX_ERRORCHECK
        );
        loop {
            let taken =
                self.lock
                    .compare_exchange(UNLOCKED, me, Ordering::Acquire, Ordering::Relaxed);
            let Err(now) = taken else { return Ok(()) };
            if patience == Patience::None {
                if now & FUTEX_TID_MASK != 0 {
                    return Err(Errno::EBUSY);
                }
                // The owner died: the kernel knows who is next.
                match platform::futex_trylock_pi(&self.lock, self.scope()) {
                    Err(Errno::EAGAIN | Errno::EDEADLK) => return Err(Errno::EBUSY),
                    Err(Errno::EINTR) => continue,
                    other => return other,
                }
            }
            wait::check(deadline)?;
            // The kernel refuses times before the Epoch; they are over in any case.
            let deadline = deadline.map(|(clock, at)| match at.tv_sec {
                ..0 => (clock, &BEGINNING),
                _ => (clock, at),
            });
            match platform::futex_lock_pi(&self.lock, deadline, self.scope()) {
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                // The kernel is too old for the clock.
                Err(Errno::ENOSYS) => return Err(Errno::EINVAL),
                Err(Errno::EDEADLK) if checks => return Err(Errno::EDEADLK),
                // A deadlock that the type does not report, or an owner that is no more.
                Err(Errno::EDEADLK | Errno::ESRCH) => return stall(deadline, patience),
                other => return other,
            }
        }
    }

    /// Frees the lock word, or hands it to the first waiter.
    fn release_inherit(&self, me: u32) -> Result<(), Errno> {
        let word: *const AtomicU32 = &self.lock;
        let scope = self.scope();
        let freed = self
            .lock
            .compare_exchange(me, UNLOCKED, Ordering::Release, Ordering::Relaxed);
        match freed {
            Ok(_) => Ok(()),
            // Not by reference: whoever gets the lock may free the memory.
            Err(_) => platform::futex_unlock_pi(word, scope),
        }
    }

    /// Unlocks a mutex with inheritance; `EPERM` if the caller does not hold it, whatever its type.
    pub(super) fn unlock_inherit(&mut self) -> Result<(), Errno> {
        let me = tcb::current_id();
        if self.lock.load(Ordering::Relaxed) & FUTEX_TID_MASK != me
            || self.state.load(Ordering::Relaxed) == STALLED
        {
            return Err(Errno::EPERM);
        }
        if self.count > 0 {
            self.count -= 1;
            return Ok(());
        }
        if self.kind & ROBUST == 0 {
            return self.release_inherit(me);
        }
        if self.state.load(Ordering::Relaxed) == INCONSISTENT {
            self.state.store(NOT_RECOVERABLE, Ordering::Release);
        }
        let list = robust_list();
        self.leave_list(list);
        let result = self.release_inherit(me);
        // SAFETY: the thread's own list head.
        unsafe { (*list).pending = null_mut() };
        result
    }
}

/// What is left of locking a mutex that nobody will ever unlock.
fn stall(deadline: Option<Deadline>, patience: Patience) -> Result<(), Errno> {
    if patience == Patience::None {
        return Err(Errno::EBUSY);
    }
    let nobody = AtomicU32::new(0);
    loop {
        wait::sleep(&nobody, 0, deadline, Scope::Private)?;
    }
}
