//! Futexes: waiting for a word of user memory (futex(2)).
//!
//! A word is known by its address in an address space, or by its frame when
//! the memory is shared. Waiters stand in hashed buckets; the word is compared
//! while the bucket is locked, so that a waker, who takes the same lock, cannot
//! slip between. The kernel is not preempted and the load does not sleep, but
//! it may fault: so the page is touched first, and the compare is repeated if
//! it went away in between.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::USER_END;
use hal::sync::atomic::{AtomicBool, Ordering};
use linux_raw_sys::general as raw;

use super::pi::{self, PiWaiter};
use super::{Interrupt, SpinLock, WaitError};
use crate::errno::{Errno, Result};
use crate::process::{Process, Thread};
use crate::sched;
use crate::time::Deadline;

/// What identifies a futex.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// Memory of one address space: its identity and the address.
    Private(usize, usize),
    /// Shared memory: the frame and the offset in it. It is held, so that it becomes no other
    /// memory while somebody waits who has unmapped it.
    Shared(Frame, usize),
}

struct Waiter {
    key: SpinLock<Key>,
    thread: Arc<Thread>,
    bits: u32,
    woken: AtomicBool,
    /// The lock that it is to be moved to (`FUTEX_WAIT_REQUEUE_PI`).
    target: Option<Arc<PiWaiter>>,
}

const BUCKETS: usize = 64;

type Bucket = VecDeque<Arc<Waiter>>;

static TABLE: [SpinLock<Bucket>; BUCKETS] = [const { SpinLock::new(VecDeque::new()) }; BUCKETS];

/// Matches every waiter.
pub const ALL_BITS: u32 = u32::MAX;

/// Whether the futex may be in memory shared between processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// `FUTEX_PRIVATE_FLAG`.
    Private,
    /// It may be shared.
    Shared,
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Private(mm, address), Key::Private(other_mm, other)) => {
                mm == other_mm && address == other
            }
            (Key::Shared(frame, offset), Key::Shared(other_frame, other)) => {
                frame.id() == other_frame.id() && offset == other
            }
            _ => false,
        }
    }
}

impl Key {
    pub(super) fn new(process: &Process, address: usize, scope: Scope) -> Result<Key> {
        if !address.is_multiple_of(4) {
            return Err(Errno::EINVAL);
        }
        if address >= USER_END {
            return Err(Errno::EFAULT);
        }
        let mm = process.mm();
        if scope == Scope::Shared {
            // Reading it faults the page in, so that there is a frame to name.
            hal::user::load_u32(address)?;
            if mm.is_shared(address)? {
                let frame = mm.frame_at(address)?;
                return Ok(Key::Shared(frame, address % PAGE_SIZE));
            }
        }
        Ok(Key::Private(Arc::as_ptr(&mm) as usize, address))
    }

    fn bucket(&self) -> usize {
        let (a, b) = match self {
            Key::Private(mm, address) => (*mm, *address),
            Key::Shared(frame, offset) => (frame.id(), *offset),
        };
        let mixed = (a >> 4 ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed >> (usize::BITS - BUCKETS.trailing_zeros())
    }
}

/// `FUTEX_WAIT_BITSET`: sleeps until woken, if the word still has `expected`.
///
/// # Errors
///
/// `EAGAIN` when the word differs, `ETIMEDOUT`, `EFAULT`, `EINVAL`; interrupted
/// by signals.
pub fn wait(
    thread: &Arc<Thread>,
    address: usize,
    scope: Scope,
    expected: u32,
    bits: u32,
    deadline: Option<Deadline>,
) -> Result<()> {
    if bits == 0 {
        return Err(Errno::EINVAL);
    }
    let key = Key::new(&thread.process, address, scope)?;
    let bucket = &TABLE[key.bucket()];
    let waiter = Arc::new(Waiter {
        key: SpinLock::new(key),
        thread: thread.clone(),
        bits,
        woken: AtomicBool::new(false),
        target: None,
    });
    // The fault is served here, outside the lock.
    hal::user::load_u32(address)?;
    {
        let mut bucket = bucket.lock();
        if hal::user::load_u32(address)? != expected {
            return Err(Errno::EAGAIN);
        }
        bucket.try_reserve(1)?;
        bucket.push_back(waiter.clone());
    }
    let outcome = loop {
        if waiter.woken.load(Ordering::SeqCst) {
            break Ok(());
        }
        if thread.must_interrupt(Interrupt::BySignals) {
            break Err(WaitError::Interrupted);
        }
        if deadline.is_some_and(Deadline::has_passed) {
            break Err(WaitError::TimedOut);
        }
        sched::park(deadline);
    };
    if outcome.is_err() {
        leave(&waiter);
        // A wake-up that came while we left is not lost: it counts.
        if waiter.woken.load(Ordering::SeqCst) {
            return Ok(());
        }
    }
    outcome.map_err(Errno::from)
}

/// A word that [`wait_any`] waits for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where it is.
    pub address: usize,
    /// Whether it may be shared.
    pub scope: Scope,
    /// What it has while the wait makes sense.
    pub expected: u32,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            address: 0,
            scope: Scope::Private,
            expected: 0,
        }
    }
}

/// Sleeps until a waker of any of the words comes; gives the index of that word.
///
/// # Errors
///
/// `EAGAIN` when a word differs, `ETIMEDOUT`, `EFAULT`, `EINVAL`, `ENOMEM`; interrupted by signals.
pub fn wait_any(
    thread: &Arc<Thread>,
    words: &[Wanted],
    deadline: Option<Deadline>,
) -> Result<usize> {
    let mut waiters = Vec::new();
    waiters.try_reserve_exact(words.len())?;
    let woken = |waiters: &[Arc<Waiter>]| {
        let woken = |waiter: &Arc<Waiter>| waiter.woken.load(Ordering::SeqCst);
        waiters.iter().position(woken)
    };
    let mut enter = |word: &Wanted| -> Result<()> {
        let key = Key::new(&thread.process, word.address, word.scope)?;
        let bucket = &TABLE[key.bucket()];
        let waiter = Arc::new(Waiter {
            key: SpinLock::new(key),
            thread: thread.clone(),
            bits: ALL_BITS,
            woken: AtomicBool::new(false),
            target: None,
        });
        hal::user::load_u32(word.address)?;
        let mut bucket = bucket.lock();
        if hal::user::load_u32(word.address)? != word.expected {
            return Err(Errno::EAGAIN);
        }
        bucket.try_reserve(1)?;
        bucket.push_back(waiter.clone());
        waiters.push(waiter);
        Ok(())
    };
    let entered = words.iter().try_for_each(&mut enter);
    let outcome = entered.and_then(|()| {
        loop {
            if let Some(index) = woken(&waiters) {
                return Ok(index);
            }
            if thread.must_interrupt(Interrupt::BySignals) {
                return Err(Errno::RESTART);
            }
            if deadline.is_some_and(Deadline::has_passed) {
                return Err(Errno::ETIMEDOUT);
            }
            sched::park(deadline);
        }
    });
    waiters.iter().for_each(leave);
    // A wake-up that came while we left counts.
    woken(&waiters).map_or(outcome, Ok)
}

/// Takes a waiter out of its bucket; a requeue may move it meanwhile.
fn leave(waiter: &Arc<Waiter>) {
    loop {
        let index = waiter.key.lock().bucket();
        let mut bucket = TABLE[index].lock();
        if let Some(position) = bucket.iter().position(|other| Arc::ptr_eq(other, waiter)) {
            bucket.remove(position);
            return;
        }
        let moved = waiter.key.lock().bucket() != index;
        if !moved || waiter.woken.load(Ordering::SeqCst) {
            return;
        }
    }
}

fn wake_key(key: &Key, count: usize, bits: u32) -> Result<usize> {
    wake_in(&mut TABLE[key.bucket()].lock(), key, count, bits)
}

/// `EINVAL` when it meets a waiter for a lock, or one that is to be moved to a lock (futex(2)).
fn wake_in(bucket: &mut Bucket, key: &Key, count: usize, bits: u32) -> Result<usize> {
    let mut woken = 0;
    let mut index = 0;
    while woken < count && index < bucket.len() {
        let waiter = &bucket[index];
        if *waiter.key.lock() != *key {
            index += 1;
            continue;
        }
        if waiter.target.is_some() {
            return Err(Errno::EINVAL);
        }
        if waiter.bits & bits == 0 {
            index += 1;
            continue;
        }
        if let Some(waiter) = bucket.remove(index) {
            waiter.woken.store(true, Ordering::SeqCst);
            sched::unpark(&waiter.thread);
            woken += 1;
        }
    }
    if woken < count {
        refuse_locks(key)?;
    }
    Ok(woken)
}

/// `EINVAL` when somebody waits for the word as for a lock: only its unlocking wakes those (futex(2)).
fn refuse_locks(key: &Key) -> Result<()> {
    if pi::has_waiter(key) {
        Err(Errno::EINVAL)
    } else {
        Ok(())
    }
}

/// `FUTEX_WAKE_BITSET`: wakes up to `count` waiters that share a bit. `EINVAL`
/// for no bits, and for waiters for a lock.
pub fn wake(
    process: &Process,
    address: usize,
    scope: Scope,
    count: usize,
    bits: u32,
) -> Result<usize> {
    if bits == 0 {
        return Err(Errno::EINVAL);
    }
    wake_key(&Key::new(process, address, scope)?, count, bits)
}

/// Wakes waiters of both scopes: for the words that the kernel itself writes
/// when a thread exits.
pub fn wake_address(process: &Process, address: usize, count: usize) {
    for scope in [Scope::Private, Scope::Shared] {
        // The word may be gone with its mapping: then nobody waits for it.
        let _ = wake(process, address, scope, count, ALL_BITS);
    }
}

/// `FUTEX_REQUEUE`, `FUTEX_CMP_REQUEUE`: wakes some waiters of one futex and
/// moves others to a second one. Gives the number woken and moved.
///
/// # Errors
///
/// `EAGAIN` when the word is not `expected`, `EFAULT`, `EINVAL` (also for a waiter for a lock, and one that is to
/// be moved to a lock).
pub fn requeue(
    process: &Process,
    addresses: (usize, usize),
    scope: Scope,
    counts: (usize, usize),
    expected: Option<u32>,
) -> Result<(usize, usize)> {
    let from = Key::new(process, addresses.0, scope)?;
    let to = Key::new(process, addresses.1, scope)?;
    // The fault is served here, outside the locks.
    hal::user::load_u32(addresses.0)?;
    // Both at once: a waiter in neither would miss a wake-up, or its own leaving.
    with_buckets(from.bucket(), to.bucket(), |source, mut target| {
        if let Some(expected) = expected
            && hal::user::load_u32(addresses.0)? != expected
        {
            return Err(Errno::EAGAIN);
        }
        let woken = wake_in(source, &from, counts.0, ALL_BITS)?;
        if from == to {
            // They stay, and count as moved.
            let here = source.iter().filter(|waiter| *waiter.key.lock() == from);
            let moved = here.count().min(counts.1);
            if moved < counts.1 {
                refuse_locks(&from)?;
            }
            return Ok((woken, moved));
        }
        if let Some(target) = &mut target {
            target.try_reserve(source.len().min(counts.1))?;
        }
        let mut moved = 0;
        let mut index = 0;
        while moved < counts.1 && index < source.len() {
            if *source[index].key.lock() != from {
                index += 1;
                continue;
            }
            if source[index].target.is_some() {
                return Err(Errno::EINVAL);
            }
            *source[index].key.lock() = to.clone();
            moved += 1;
            match &mut target {
                Some(target) => target.extend(source.remove(index)),
                None => index += 1,
            }
        }
        if moved < counts.1 {
            refuse_locks(&from)?;
        }
        Ok((woken, moved))
    })
}

/// Calls `f` with two buckets locked, the second `None` when it is the first.
fn with_buckets<R>(
    first: usize,
    second: usize,
    f: impl FnOnce(&mut Bucket, Option<&mut Bucket>) -> R,
) -> R {
    // The lower index first, so that two callers never wait for each other.
    let low = TABLE[first.min(second)].lock();
    let high = (first != second).then(|| TABLE[first.max(second)].lock());
    match (low, high) {
        (mut low, None) => f(&mut low, None),
        (mut low, Some(mut high)) if first < second => f(&mut low, Some(&mut high)),
        (mut low, Some(mut high)) => f(&mut high, Some(&mut low)),
    }
}

/// `FUTEX_WAIT_REQUEUE_PI`: sleeps at one futex until moved to the lock at
/// another, and there until it owns it.
///
/// # Errors
///
/// `EAGAIN` when the word differs or it was woken without being moved,
/// `EINVAL` when both are one, `ETIMEDOUT`, `EFAULT`; interrupted, to be made
/// again.
pub fn wait_requeue_pi(
    thread: &Arc<Thread>,
    addresses: (usize, usize),
    scope: Scope,
    expected: u32,
    deadline: Option<Deadline>,
) -> Result<()> {
    let key = Key::new(&thread.process, addresses.0, scope)?;
    let target = PiWaiter::new(thread, addresses.1, scope)?;
    if key == *target.key() {
        return Err(Errno::EINVAL);
    }
    let bucket = &TABLE[key.bucket()];
    let waiter = Arc::new(Waiter {
        key: SpinLock::new(key),
        thread: thread.clone(),
        bits: ALL_BITS,
        woken: AtomicBool::new(false),
        target: Some(target.clone()),
    });
    hal::user::load_u32(addresses.0)?;
    {
        let mut bucket = bucket.lock();
        if hal::user::load_u32(addresses.0)? != expected {
            return Err(Errno::EAGAIN);
        }
        bucket.try_reserve(1)?;
        bucket.push_back(waiter.clone());
    }
    // A waiter that was moved is woken when it owns the lock; only then.
    let outcome = loop {
        if target.is_granted() {
            return Ok(());
        }
        if waiter.woken.load(Ordering::SeqCst) {
            break Errno::EAGAIN;
        }
        if thread.must_interrupt(Interrupt::BySignals) {
            break Errno::RESTART_ALWAYS;
        }
        if deadline.is_some_and(Deadline::has_passed) {
            break Errno::ETIMEDOUT;
        }
        sched::park(deadline);
    };
    leave(&waiter);
    if pi::give_up(&target) {
        Err(outcome)
    } else {
        Ok(())
    }
}

/// `FUTEX_CMP_REQUEUE_PI`: gives the lock at the second address to the first
/// waiter of the first, if it is free, and moves up to `count` others to it.
/// Gives how many it took.
///
/// # Errors
///
/// `EAGAIN` when the word is not `expected`, `EINVAL` when a waiter waits for
/// another lock or none, those of locking.
pub fn requeue_pi(
    process: &Process,
    addresses: (usize, usize),
    scope: Scope,
    count: usize,
    expected: u32,
) -> Result<usize> {
    let from = Key::new(process, addresses.0, scope)?;
    let to = Key::new(process, addresses.1, scope)?;
    if from == to {
        return Err(Errno::EINVAL);
    }
    let word = hal::user::load_u32(addresses.1)?;
    hal::user::compare_exchange_u32(addresses.1, word, word)?;
    hal::user::load_u32(addresses.0)?;
    let mut taken = 0;
    // Held while waiters change lists: one that gives up meanwhile finds itself in the new one.
    let mut bucket = TABLE[from.bucket()].lock();
    if hal::user::load_u32(addresses.0)? != expected {
        return Err(Errno::EAGAIN);
    }
    // One is woken, the others are moved.
    while taken <= count {
        let Some(index) = bucket.iter().position(|waiter| *waiter.key.lock() == from) else {
            refuse_locks(&from)?;
            break;
        };
        let target = bucket[index].target.clone();
        let target = target.filter(|target| *target.key() == to);
        let target = target.ok_or(Errno::EINVAL)?;
        let waiter = bucket.remove(index);
        if let Err(error) = pi::move_to_lock(&target, addresses.1) {
            // It is in no list any more: it wakes without the lock.
            if let Some(waiter) = waiter {
                waiter.woken.store(true, Ordering::SeqCst);
                sched::unpark(&waiter.thread);
            }
            return Err(error);
        }
        taken += 1;
    }
    Ok(taken)
}

/// `FUTEX_WAKE_OP`: changes the second word, wakes waiters of the first, and
/// of the second if its old value satisfies a comparison.
pub fn wake_op(
    process: &Process,
    addresses: (usize, usize),
    scope: Scope,
    counts: (usize, usize),
    operation: u32,
) -> Result<usize> {
    let code = operation >> 28 & 0x7;
    let shift = operation >> 31 != 0;
    let comparison = operation >> 24 & 0xf;
    let sign_extend = |value: u32| ((value << 20) as i32 >> 20) as u32;
    let mut operand = sign_extend(operation >> 12 & 0xfff);
    let against = sign_extend(operation & 0xfff);
    if shift {
        operand = 1u32.checked_shl(operand & 31).unwrap_or(0);
    }
    if code > raw::FUTEX_OP_XOR || comparison > raw::FUTEX_OP_CMP_GE {
        return Err(Errno::ENOSYS);
    }
    let first = Key::new(process, addresses.0, scope)?;
    let second = Key::new(process, addresses.1, scope)?;
    let old = loop {
        let old = hal::user::load_u32(addresses.1)?;
        let new = match code {
            raw::FUTEX_OP_SET => operand,
            raw::FUTEX_OP_ADD => old.wrapping_add(operand),
            raw::FUTEX_OP_OR => old | operand,
            raw::FUTEX_OP_ANDN => old & !operand,
            _ => old ^ operand,
        };
        if hal::user::compare_exchange_u32(addresses.1, old, new)? == old {
            break old;
        }
    };
    let mut woken = wake_key(&first, counts.0, ALL_BITS)?;
    let (a, b) = (old as i32, against as i32);
    let holds = match comparison {
        raw::FUTEX_OP_CMP_EQ => a == b,
        raw::FUTEX_OP_CMP_NE => a != b,
        raw::FUTEX_OP_CMP_LT => a < b,
        raw::FUTEX_OP_CMP_LE => a <= b,
        raw::FUTEX_OP_CMP_GT => a > b,
        _ => a >= b,
    };
    if holds {
        woken += wake_key(&second, counts.1, ALL_BITS)?;
    }
    Ok(woken)
}

/// The longest robust list the kernel follows (`ROBUST_LIST_LIMIT`).
const ROBUST_LIST_LIMIT: usize = 2048;

/// Marks the robust mutexes that a dying thread holds and wakes a waiter of
/// each (get_robust_list(2); the list belongs to the program and proves
/// nothing, so every step may end it).
pub fn exit_robust_list(thread: &Arc<Thread>) {
    let head = thread.robust_list.swap(0, Ordering::Relaxed);
    if head != 0 {
        // A broken list ends the walk; there is nobody left to tell.
        let _ = walk_robust_list(thread, head);
    }
}

fn walk_robust_list(thread: &Arc<Thread>, head: usize) -> Result<()> {
    let load = |address: usize| Ok::<usize, Errno>(hal::user::load_u64(address)? as usize);
    let offset = load(head.wrapping_add(8))?;
    let pending = load(head.wrapping_add(16))?;
    let mut entry = load(head)?;
    for _ in 0..ROBUST_LIST_LIMIT {
        let lock = entry & !1;
        if lock == head || lock == 0 {
            break;
        }
        // The next entry is read first: whoever gets the lock may free it.
        let next = load(lock);
        if lock != pending & !1 {
            let address = lock.wrapping_add(offset);
            release_robust(thread, address, is_pi(entry), Entry::Held)?;
        }
        entry = next?;
    }
    if pending & !1 != 0 {
        let address = (pending & !1).wrapping_add(offset);
        release_robust(thread, address, is_pi(pending), Entry::Pending)?;
    }
    Ok(())
}

/// What the program was doing with an entry of a robust list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entry {
    /// Nothing: it held it.
    Held,
    /// Locking or unlocking it (`list_op_pending`).
    Pending,
}

/// Whether an entry of a robust list is a lock with priority inheritance,
/// whose waiters [`pi::owner_died`] serves.
fn is_pi(entry: usize) -> bool {
    entry & 1 != 0
}

fn release_robust(thread: &Arc<Thread>, address: usize, pi: bool, entry: Entry) -> Result<()> {
    loop {
        let word = hal::user::load_u32(address)?;
        if word == 0 && entry == Entry::Pending && !pi {
            // Unlocked already, but perhaps nobody was woken yet.
            wake_address(&thread.process, address, 1);
            return Ok(());
        }
        if word & raw::FUTEX_TID_MASK != thread.tid() {
            return Ok(());
        }
        let new = word & raw::FUTEX_WAITERS | raw::FUTEX_OWNER_DIED;
        if hal::user::compare_exchange_u32(address, word, new)? == word {
            if word & raw::FUTEX_WAITERS != 0 && !pi {
                wake_address(&thread.process, address, 1);
            }
            return Ok(());
        }
    }
}

/// How many waiters stand in all buckets.
#[cfg(test)]
pub(super) fn waiting() -> usize {
    TABLE.iter().map(|bucket| bucket.lock().len()).sum()
}

/// Empties the buckets after a test that left waiters behind.
#[cfg(test)]
pub(super) fn forget_all() {
    TABLE.iter().for_each(|bucket| bucket.lock().clear());
}
