//! Futexes with priority inheritance (futex(2), "Priority-inheritance futexes").
//!
//! The word holds the owner's thread number; a program locks and unlocks an
//! uncontended one alone. Once `FUTEX_WAITERS` is set only the kernel changes the
//! word: it hands the lock to the most urgent waiter, who then owns it without
//! having run. The waiters of all such futexes stand in one list under one
//! lock, which also makes the word's change and the list's one step. While a
//! thread waits, the owner (and whom that waits for) is as urgent as the waiter.

use alloc::sync::Arc;
use alloc::vec::Vec;

use hal::sync::atomic::{AtomicBool, Ordering};
use linux_raw_sys::general as raw;

use super::futex::{Key, Scope};
use super::{Interrupt, SpinLock};
use crate::errno::{Errno, Result};
use crate::mm::Mm;
use crate::process::{self, Thread};
use crate::sched;
use crate::time::Deadline;

/// A thread that waits for a lock, or will once it is moved there.
pub(super) struct PiWaiter {
    key: Key,
    /// Where private memory has the word; that of shared memory lies in the key's frame.
    mm: Arc<Mm>,
    address: usize,
    thread: Arc<Thread>,
    owner: SpinLock<Option<Arc<Thread>>>,
    granted: AtomicBool,
}

/// All waiters, in the order in which they came.
static WAITERS: SpinLock<Vec<Arc<PiWaiter>>> = SpinLock::new(Vec::new());

impl PiWaiter {
    /// A waiter for the lock at `address`, in no list yet. `EFAULT`, `EINVAL`.
    pub(super) fn new(thread: &Arc<Thread>, address: usize, scope: Scope) -> Result<Arc<PiWaiter>> {
        if !address.is_multiple_of(4) {
            return Err(Errno::EINVAL);
        }
        // Stores to a page that is still shared after fork would change its frame.
        let word = hal::user::load_u32(address)?;
        hal::user::compare_exchange_u32(address, word, word)?;
        let key = Key::new(&thread.process, address, scope)?;
        Ok(Arc::new(PiWaiter {
            key,
            mm: thread.process.mm(),
            address,
            thread: thread.clone(),
            owner: SpinLock::new(None),
            granted: AtomicBool::new(false),
        }))
    }

    /// Where it waits.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether it owns the lock.
    pub(super) fn is_granted(&self) -> bool {
        self.granted.load(Ordering::SeqCst)
    }

    /// Stores the word. A page that is gone has nobody left to read it.
    fn store(&self, word: u32) {
        match &self.key {
            Key::Shared(frame, offset) => frame.write(*offset, &word.to_le_bytes()),
            Key::Private(..) if is_current(&self.mm) => {
                let _ = hal::user::store_u32(self.address, word);
            }
            // The owner has left this memory for that of a new program.
            Key::Private(..) => {
                let _ = self.mm.write_page(self.address, &word.to_le_bytes());
            }
        }
    }

    fn grant(&self, word: u32) {
        self.store(word);
        self.granted.store(true, Ordering::SeqCst);
        sched::unpark(&self.thread);
    }
}

fn is_running(thread: &Arc<Thread>) -> bool {
    sched::try_current().is_some_and(|current| Arc::ptr_eq(&current, thread))
}

/// Whether the running thread's process has this memory.
fn is_current(mm: &Arc<Mm>) -> bool {
    Arc::ptr_eq(&sched::current().process.mm(), mm)
}

/// What an attempt to lock came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Attempt {
    /// The waiter owns the lock.
    Locked,
    /// It stands in the list.
    Waits,
}

/// Locks for `waiter`, or puts it into the list.
///
/// # Errors
///
/// `EDEADLK` when the waiter would wait for itself, `ESRCH` when the owner does
/// not exist, `EPERM` when it cannot own a lock in memory that it does not have, `EAGAIN`
/// instead of waiting, `EFAULT`, `ENOMEM`.
fn lock_or_wait(waiter: &Arc<PiWaiter>, may_wait: bool) -> Result<Attempt> {
    lock_at(waiter, waiter.address, may_wait)
}

fn lock_at(waiter: &Arc<PiWaiter>, address: usize, may_wait: bool) -> Result<Attempt> {
    let mut waiters = WAITERS.lock();
    loop {
        let word = hal::user::load_u32(address)?;
        let tid = word & raw::FUTEX_TID_MASK;
        if tid == waiter.thread.tid() {
            return Err(Errno::EDEADLK);
        }
        // A dying owner has left the word; the lock goes to the first of those who wait for it.
        let left = (word & raw::FUTEX_OWNER_DIED != 0)
            .then(|| waiters.iter().find(|other| other.key == waiter.key))
            .flatten()
            .and_then(|other| other.owner.lock().clone());
        if tid == 0 && left.is_none() {
            // What the owner's death left in the word stays for the new owner.
            let others = waiters.iter().any(|other| other.key == waiter.key);
            let flags = word & raw::FUTEX_OWNER_DIED | if others { raw::FUTEX_WAITERS } else { 0 };
            let new = waiter.thread.tid() | flags;
            if hal::user::compare_exchange_u32(address, word, new)? != word {
                continue;
            }
            waiter.granted.store(true, Ordering::SeqCst);
            return Ok(Attempt::Locked);
        }
        let owner = match left {
            Some(owner) if tid == 0 => owner,
            _ => process::find_thread(tid).ok_or(Errno::ESRCH)?,
        };
        let private = matches!(waiter.key, Key::Private(..));
        if private && !Arc::ptr_eq(&owner.process.mm(), &waiter.mm) {
            return Err(Errno::EPERM);
        }
        if !may_wait {
            return Err(Errno::EAGAIN);
        }
        if waits_for(&waiters, &owner, &waiter.thread) {
            return Err(Errno::EDEADLK);
        }
        waiters.try_reserve(1)?;
        let new = word | raw::FUTEX_WAITERS;
        if hal::user::compare_exchange_u32(address, word, new)? != word {
            continue;
        }
        *waiter.owner.lock() = Some(owner.clone());
        waiters.push(waiter.clone());
        boost(&waiters, &owner);
        return Ok(Attempt::Waits);
    }
}

/// Locks for a waiter that sleeps elsewhere, on its behalf; `address` is where
/// the caller sees the lock.
///
/// # Errors
///
/// As [`lock_or_wait`]; the waiter is then in no list.
pub(super) fn move_to_lock(waiter: &Arc<PiWaiter>, address: usize) -> Result<()> {
    if lock_at(waiter, address, true)? == Attempt::Locked {
        sched::unpark(&waiter.thread);
    }
    Ok(())
}

/// Takes a waiter out of the list, unless it owns the lock meanwhile.
pub(super) fn give_up(waiter: &Arc<PiWaiter>) -> bool {
    let mut waiters = WAITERS.lock();
    if waiter.is_granted() {
        return false;
    }
    waiters.retain(|other| !Arc::ptr_eq(other, waiter));
    if let Some(owner) = waiter.owner.lock().take() {
        boost(&waiters, &owner);
    }
    true
}

/// The thread that `thread` waits for.
fn blocker(waiters: &[Arc<PiWaiter>], thread: &Arc<Thread>) -> Option<Arc<Thread>> {
    let waiter = waiters
        .iter()
        .find(|waiter| Arc::ptr_eq(&waiter.thread, thread))?;
    waiter.owner.lock().clone()
}

/// Whether `first` waits for `last`, directly or through others.
fn waits_for(waiters: &[Arc<PiWaiter>], first: &Arc<Thread>, last: &Arc<Thread>) -> bool {
    let mut at = Some(first.clone());
    // The chain has no circle, so it is not longer than the list.
    for _ in 0..=waiters.len() {
        match at {
            Some(thread) if Arc::ptr_eq(&thread, last) => return true,
            Some(thread) => at = blocker(waiters, &thread),
            None => return false,
        }
    }
    false
}

/// Makes an owner, and whom it waits for, as urgent as their waiters.
fn boost(waiters: &[Arc<PiWaiter>], owner: &Arc<Thread>) {
    let mut at = Some(owner.clone());
    for _ in 0..=waiters.len() {
        let Some(thread) = at else { return };
        let rank = waiters
            .iter()
            .filter(|waiter| {
                let owner = waiter.owner.lock();
                owner
                    .as_ref()
                    .is_some_and(|owner| Arc::ptr_eq(owner, &thread))
            })
            .map(|waiter| waiter.thread.scheduling.rank())
            .max();
        let before = thread.scheduling.rank();
        thread.scheduling.inherit_rank(rank.unwrap_or(0));
        // The running thread goes to its new place when the list is free again: see `unlock`.
        if thread.scheduling.rank() != before && !is_running(&thread) {
            sched::parameters_changed(&thread);
        }
        at = blocker(waiters, &thread);
    }
}

/// Gives the lock at `key` to its most urgent waiter; `false` without one.
fn hand_over(waiters: &mut Vec<Arc<PiWaiter>>, key: &Key, flags: u32) -> bool {
    // Among equals the first: `max_by_key` would take the last.
    let next = waiters
        .iter()
        .enumerate()
        .filter(|(_, waiter)| waiter.key == *key)
        .rev()
        .max_by_key(|(_, waiter)| waiter.thread.scheduling.rank())
        .map(|(index, _)| index);
    let Some(index) = next else { return false };
    let next = waiters.remove(index);
    let mut more = 0;
    for waiter in waiters.iter().filter(|waiter| waiter.key == *key) {
        *waiter.owner.lock() = Some(next.thread.clone());
        more = raw::FUTEX_WAITERS;
    }
    *next.owner.lock() = None;
    next.grant(next.thread.tid() | more | flags);
    boost(waiters, &next.thread);
    true
}

/// `FUTEX_LOCK_PI`, `FUTEX_LOCK_PI2`: locks, waiting as long as it takes.
///
/// # Errors
///
/// Those of [`lock_or_wait`]; `ETIMEDOUT`; interrupted, to be made again.
pub fn lock(
    thread: &Arc<Thread>,
    address: usize,
    scope: Scope,
    deadline: Option<Deadline>,
) -> Result<()> {
    let waiter = PiWaiter::new(thread, address, scope)?;
    match lock_or_wait(&waiter, true)? {
        Attempt::Locked => Ok(()),
        Attempt::Waits => sleep(&waiter, deadline),
    }
}

/// Sleeps until a waiter of the list owns the lock.
pub(super) fn sleep(waiter: &Arc<PiWaiter>, deadline: Option<Deadline>) -> Result<()> {
    let error = loop {
        if waiter.is_granted() {
            return Ok(());
        }
        if waiter.thread.must_interrupt(Interrupt::BySignals) {
            break Errno::RESTART_ALWAYS;
        }
        if deadline.is_some_and(Deadline::has_passed) {
            break Errno::ETIMEDOUT;
        }
        sched::park(deadline);
    };
    if give_up(waiter) { Err(error) } else { Ok(()) }
}

/// `FUTEX_TRYLOCK_PI`. `EAGAIN` when somebody else has the lock.
pub fn try_lock(thread: &Arc<Thread>, address: usize, scope: Scope) -> Result<()> {
    let waiter = PiWaiter::new(thread, address, scope)?;
    lock_or_wait(&waiter, false).map(|_| ())
}

/// `FUTEX_UNLOCK_PI`. `EPERM` when the caller does not own the lock.
pub fn unlock(thread: &Arc<Thread>, address: usize, scope: Scope) -> Result<()> {
    let key = Key::new(&thread.process, address, scope)?;
    // The page is made present here, so that stores under the lock succeed.
    let word = hal::user::load_u32(address)?;
    hal::user::compare_exchange_u32(address, word, word)?;
    let rank = thread.scheduling.rank();
    let mut waiters = WAITERS.lock();
    loop {
        let word = hal::user::load_u32(address)?;
        if word & raw::FUTEX_TID_MASK != thread.tid() {
            return Err(Errno::EPERM);
        }
        if hand_over(&mut waiters, &key, 0)
            || hal::user::compare_exchange_u32(address, word, 0)? == word
        {
            break;
        }
    }
    boost(&waiters, thread);
    drop(waiters);
    if thread.scheduling.rank() < rank {
        sched::give_way();
    }
    Ok(())
}

/// A thread ends, or has left its memory for a new program: the locks that others wait for go
/// to them, marked `FUTEX_OWNER_DIED`. Its number is out of the table already, or it has other
/// memory, so nobody begins to wait for it any more.
pub fn owner_died(thread: &Arc<Thread>) {
    let mut waiters = WAITERS.lock();
    loop {
        let owned = waiters.iter().find(|waiter| {
            let owner = waiter.owner.lock();
            owner
                .as_ref()
                .is_some_and(|owner| Arc::ptr_eq(owner, thread))
        });
        let Some(key) = owned.map(|waiter| waiter.key.clone()) else {
            return;
        };
        hand_over(&mut waiters, &key, raw::FUTEX_OWNER_DIED);
    }
}

/// Whether anybody waits for the lock at `key`.
pub(super) fn has_waiter(key: &Key) -> bool {
    WAITERS.lock().iter().any(|waiter| waiter.key == *key)
}

/// How many wait for any lock.
#[cfg(test)]
pub(super) fn waiting() -> usize {
    WAITERS.lock().len()
}
