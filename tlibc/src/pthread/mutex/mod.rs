//! Mutexes: `pthread_mutex_*`.
//!
//! The layout is glibc's as far as static initialisers show it: all zero is a normal mutex, `kind` sits at offset
//! 16. The lock word is 0, 1 (locked) or 2 (locked, perhaps waited for); in a robust mutex it is the owner's
//! kernel id with the flags of `<linux/futex.h>`, and the mutex is in the owner's robust list while locked. Those with
//! priority inheritance are in `pi`, with a priority ceiling in `protect`.

mod pi;
pub mod protect;

use super::tcb::{self, Tcb};
use super::wait::{self, Deadline};
use crate::errno::Errno;
use crate::platform::constants::{FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS};
use crate::platform::{self, DeadlineClock, Scope};
use crate::sync::single_threaded;
use crate::types::*;
use core::mem::offset_of;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};

/// Relocking deadlocks, nothing is checked.
pub const PTHREAD_MUTEX_NORMAL: c_int = 0;
/// May be locked again by its owner.
pub const PTHREAD_MUTEX_RECURSIVE: c_int = 1;
/// Misuse is reported.
pub const PTHREAD_MUTEX_ERRORCHECK: c_int = 2;

/// Parts of `kind`: the type; robust; with priority inheritance or a ceiling; shared between processes.
pub(super) const TYPE_MASK: c_int = 3;
pub(super) const ROBUST: c_int = 0x10;
pub(super) const INHERIT: c_int = 0x20;
pub(super) const PROTECT: c_int = 0x40;
pub(super) const SHARED: c_int = 0x80;
/// Where attributes keep the priority ceiling.
pub(super) const CEILING_SHIFT: u32 = 12;

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
const CONTENDED: u32 = 2;
const SPINS: u32 = 100;

/// `state`: the owner of a robust mutex died and the next did not repair the data; then forever unusable.
const INCONSISTENT: u32 = 1;
const NOT_RECOVERABLE: u32 = 2;
/// `state`: the owner of a mutex with inheritance that is not robust died, and it stays locked.
const STALLED: u32 = 3;

/// A link of a robust list. The kernel walks `next`, whose lowest bit says that the mutex it points to is one with
/// priority inheritance.
#[repr(C)]
#[derive(Debug)]
struct Links {
    prev: *mut Next,
    next: Next,
}

#[repr(transparent)]
#[derive(Debug)]
struct Next(*mut Next);

/// `struct robust_list_head` of the kernel.
#[repr(C)]
#[derive(Debug)]
pub struct RobustList {
    first: Next,
    /// From a link to its mutex's lock word.
    futex_offset: isize,
    /// A mutex that is about to enter or leave the list.
    pending: *mut Next,
}

/// `pthread_mutex_t`.
#[repr(C)]
#[derive(Debug)]
pub struct pthread_mutex_t {
    lock: AtomicU32,
    /// Extra locks of a recursive owner.
    count: u32,
    /// Kernel id of the owner, of types that have to know.
    owner: AtomicI32,
    /// 0, or what became of the mutex when an owner died.
    state: AtomicU32,
    /// Type and flags.
    pub(super) kind: c_int,
    /// With [`PROTECT`]: the priority ceiling.
    ceiling: AtomicI32,
    links: Links,
}

check_layout!(pthread_mutex_t = libc::pthread_mutex_t);
const _: () = assert!(offset_of!(pthread_mutex_t, kind) == 16);

impl pthread_mutex_t {
    /// An unlocked mutex of a kind.
    pub(super) const fn new(kind: c_int, ceiling: c_int) -> Self {
        Self {
            lock: AtomicU32::new(UNLOCKED),
            count: 0,
            owner: AtomicI32::new(0),
            state: AtomicU32::new(0),
            kind,
            ceiling: AtomicI32::new(ceiling),
            links: Links {
                prev: null_mut(),
                next: Next(null_mut()),
            },
        }
    }

    #[inline(always)]
    fn scope(&self) -> Scope {
        // The kernel wakes waiters of a robust mutex whose owner has ended as if it was shared.
        wait::scope(self.kind & (SHARED | ROBUST) != 0)
    }

    /// Whether the kind is the plain one: normal (or adaptive), private, not robust.
    #[inline(always)]
    fn is_plain(&self) -> bool {
        self.kind == 0 || self.kind == 3
    }

    #[inline(always)]
    fn try_acquire(&self) -> bool {
        self.lock
            .compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Takes the lock word of a mutex that is not robust.
    #[cold]
    #[inline(never)]
    fn acquire_contended(&self, deadline: Option<Deadline>) -> Result<(), Errno> {
        for _ in 0..SPINS {
            match self.lock.load(Ordering::Relaxed) {
                UNLOCKED if self.try_acquire() => return Ok(()),
                CONTENDED => break,
                _ => core::hint::spin_loop(),
            }
        }
        while self.lock.swap(CONTENDED, Ordering::Acquire) != UNLOCKED {
            wait::sleep(&self.lock, CONTENDED, deadline, self.scope())?;
        }
        Ok(())
    }

    /// Frees the lock word of a mutex that is not robust.
    #[inline(always)]
    fn release(&self) {
        let word: *const AtomicU32 = &self.lock;
        let scope = self.scope();
        if self.lock.swap(UNLOCKED, Ordering::Release) == CONTENDED {
            platform::futex_wake(word, 1, scope);
        }
    }

    /// What locking a mutex does that its owner holds already.
    fn relock(&mut self) -> Option<Result<(), Errno>> {
        match self.kind & TYPE_MASK {
            PTHREAD_MUTEX_RECURSIVE => Some(match self.count.checked_add(1) {
                Some(count) => {
                    self.count = count;
                    Ok(())
                }
                None => Err(Errno::EAGAIN),
            }),
            PTHREAD_MUTEX_ERRORCHECK => Some(Err(Errno::EDEADLK)),
            _ => None,
        }
    }

    /// What a lock call does that finds its own thread in the lock word; nothing if it shall wait for itself.
    fn relock_held(&mut self, patience: Patience) -> Option<Result<(), Errno>> {
        let recursive = self.kind & TYPE_MASK == PTHREAD_MUTEX_RECURSIVE;
        if patience == Patience::None && !recursive {
            return Some(Err(Errno::EBUSY));
        }
        self.relock()
    }

    #[cold]
    #[inline(never)]
    fn lock_slow(&mut self, deadline: Option<Deadline>) -> Result<(), Errno> {
        if self.kind & INHERIT != 0 {
            return self.lock_inherit(deadline, Patience::Wait);
        }
        if self.kind & PROTECT != 0 {
            return self.lock_protect(deadline, Patience::Wait);
        }
        if self.kind & ROBUST != 0 {
            return self.lock_robust(deadline, Patience::Wait);
        }
        let me = tcb::current_id() as i32;
        if self.owner.load(Ordering::Relaxed) == me
            && let Some(result) = self.relock()
        {
            return result;
        }
        if !self.try_acquire() {
            wait::check(deadline)?;
            self.acquire_contended(deadline)?;
        }
        if !self.is_plain() {
            self.owner.store(me, Ordering::Relaxed);
        }
        Ok(())
    }

    fn try_lock(&mut self) -> Result<(), Errno> {
        if self.kind & INHERIT != 0 {
            return self.lock_inherit(None, Patience::None);
        }
        if self.kind & PROTECT != 0 {
            return self.lock_protect(None, Patience::None);
        }
        if self.kind & ROBUST != 0 {
            return self.lock_robust(None, Patience::None);
        }
        if self.try_acquire() {
            if !self.is_plain() {
                self.owner
                    .store(tcb::current_id() as i32, Ordering::Relaxed);
            }
            return Ok(());
        }
        let mine = self.owner.load(Ordering::Relaxed) == tcb::current_id() as i32;
        if mine && self.kind & TYPE_MASK == PTHREAD_MUTEX_RECURSIVE {
            return self.relock().unwrap_or(Err(Errno::EBUSY));
        }
        Err(Errno::EBUSY)
    }

    #[cold]
    #[inline(never)]
    fn unlock_slow(&mut self) -> Result<(), Errno> {
        if self.kind & INHERIT != 0 {
            return self.unlock_inherit();
        }
        if self.kind & PROTECT != 0 {
            return self.unlock_protect();
        }
        if self.kind & ROBUST != 0 {
            return self.unlock_robust();
        }
        if self.kind & TYPE_MASK != PTHREAD_MUTEX_NORMAL && !self.is_plain() {
            if self.owner.load(Ordering::Relaxed) != tcb::current_id() as i32 {
                return Err(Errno::EPERM);
            }
            if self.count > 0 {
                self.count -= 1;
                return Ok(());
            }
        }
        if !self.is_plain() {
            self.owner.store(0, Ordering::Relaxed);
        }
        self.release();
        Ok(())
    }

    fn lock_robust(&mut self, deadline: Option<Deadline>, patience: Patience) -> Result<(), Errno> {
        let me = tcb::current_id();
        let list = robust_list();
        let mut extra = 0;
        let died = loop {
            if self.state.load(Ordering::Acquire) == NOT_RECOVERABLE {
                return Err(Errno::ENOTRECOVERABLE);
            }
            let now = self.lock.load(Ordering::Relaxed);
            let owner = now & FUTEX_TID_MASK;
            if owner == me
                && let Some(result) = self.relock_held(patience)
            {
                return result;
            }
            if owner == 0 || now & FUTEX_OWNER_DIED != 0 {
                // SAFETY: the thread's own list head.
                unsafe { (*list).pending = self.entry() };
                let new = me | (now & FUTEX_WAITERS) | extra;
                let taken =
                    self.lock
                        .compare_exchange(now, new, Ordering::Acquire, Ordering::Relaxed);
                if taken.is_ok() {
                    if self.state.load(Ordering::Acquire) == NOT_RECOVERABLE {
                        // Given up between the look above and the exchange.
                        self.free_robust_word(true);
                        // SAFETY: as above.
                        unsafe { (*list).pending = null_mut() };
                        return Err(Errno::ENOTRECOVERABLE);
                    }
                    break now & FUTEX_OWNER_DIED != 0;
                }
                // SAFETY: as above.
                unsafe { (*list).pending = null_mut() };
                continue;
            }
            if patience == Patience::None {
                return Err(Errno::EBUSY);
            }
            wait::check(deadline)?;
            let waited = now | FUTEX_WAITERS;
            if now == waited
                || self
                    .lock
                    .compare_exchange(now, waited, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                wait::sleep(&self.lock, waited, deadline, self.scope())?;
                // Others may sleep as well: keep the flag when taking the lock.
                extra = FUTEX_WAITERS;
            }
        };
        if died {
            self.count = 0;
            self.state.store(INCONSISTENT, Ordering::Relaxed);
        }
        self.enter_list(list)
    }

    /// How a robust list points to the mutex.
    fn entry(&mut self) -> *mut Next {
        let link = &raw mut self.links.next;
        link.map_addr(|at| at | usize::from(self.kind & INHERIT != 0))
    }

    /// Puts the mutex, which the caller has just locked, into the caller's list. `EOWNERDEAD` if it has to be told.
    fn enter_list(&mut self, list: *mut RobustList) -> Result<(), Errno> {
        // SAFETY: the list and its links belong to this thread, which now owns the mutex.
        unsafe {
            let first = (*list).first.0;
            self.links.next = Next(first);
            self.links.prev = (&raw mut (*list).first).cast();
            if first != &raw mut (*list).first {
                (*links_of(first)).prev = &raw mut self.links.next;
            }
            (*list).first = Next(self.entry());
            (*list).pending = null_mut();
        }
        if self.state.load(Ordering::Relaxed) == INCONSISTENT {
            Err(Errno::EOWNERDEAD)
        } else {
            Ok(())
        }
    }

    /// Takes the mutex out of the caller's list and makes it the pending one, until it is unlocked.
    fn leave_list(&mut self, list: *mut RobustList) {
        // SAFETY: as in `enter_list`.
        unsafe {
            (*list).pending = self.entry();
            let Links {
                prev,
                next: Next(next),
            } = self.links;
            (*prev).0 = next;
            if next != &raw mut (*list).first {
                (*links_of(next)).prev = prev;
            }
        }
    }

    fn unlock_robust(&mut self) -> Result<(), Errno> {
        if self.lock.load(Ordering::Relaxed) & FUTEX_TID_MASK != tcb::current_id() {
            return Err(Errno::EPERM);
        }
        if self.count > 0 {
            self.count -= 1;
            return Ok(());
        }
        let list = robust_list();
        let unusable = self.state.load(Ordering::Relaxed) == INCONSISTENT;
        if unusable {
            self.state.store(NOT_RECOVERABLE, Ordering::Release);
        }
        self.leave_list(list);
        self.free_robust_word(unusable);
        // SAFETY: the thread's own list head.
        unsafe { (*list).pending = null_mut() };
        Ok(())
    }

    /// Frees the lock word of a robust mutex and wakes a waiter, or all if it is unusable from now on.
    #[inline]
    fn free_robust_word(&self, unusable: bool) {
        let word: *const AtomicU32 = &self.lock;
        let scope = self.scope();
        if self.lock.swap(UNLOCKED, Ordering::Release) & FUTEX_WAITERS != 0 {
            platform::futex_wake(word, if unusable { i32::MAX } else { 1 }, scope);
        }
    }
}

/// Whether a lock call waits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    Wait,
    None,
}

/// The links that a list entry, which points at `next`, is part of.
fn links_of(entry: *mut Next) -> *mut Links {
    entry
        .map_addr(|at| at & !1)
        .wrapping_byte_sub(offset_of!(Links, next))
        .cast()
}

/// The calling thread's robust list, made known to the kernel at first use.
fn robust_list() -> *mut RobustList {
    #[cfg(test)]
    unreachable!("robust mutexes need a control block of our own");
    #[cfg(not(test))]
    // SAFETY: the thread's own block, which stays where it is until the thread has ended.
    unsafe {
        let list = &raw mut (*tcb::current()).robust;
        if (*list).first.0.is_null() {
            (*list).first = Next(&raw mut (*list).first);
            let to_link = offset_of!(pthread_mutex_t, links) + offset_of!(Links, next);
            (*list).futex_offset = -(to_link as isize);
            // Without kernel support mutexes work until an owner dies.
            let _ = platform::set_robust_list(list.cast(), size_of::<RobustList>());
        }
        list
    }
}

/// Whether a thread holds robust mutexes, which the kernel has to hear of when it ends.
///
/// # Safety
/// `tcb` must be the calling thread's block.
pub(super) unsafe fn holds_robust(tcb: *mut Tcb) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let first = (*tcb).robust.first.0;
        !first.is_null() && first != &raw mut (*tcb).robust.first
    }
}

/// The kernel forgets the list in a fork child, and the mutexes in it belong to the parent's thread.
///
/// # Safety
/// `tcb` must be the calling thread's block.
pub(super) unsafe fn after_fork_in_child(tcb: *mut Tcb) {
    // SAFETY: the caller's promise.
    unsafe { (*tcb).robust.first = Next(null_mut()) };
}

/// Makes an unlocked mutex with the attributes, or a normal one; 0.
///
/// # Safety
/// `mutex` must be valid for a write, `attr` null or initialised. So in all functions here: `mutex` must be an
/// initialised mutex that is not destroyed meanwhile.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_init(
    mutex: *mut pthread_mutex_t,
    attr: *const super::mutexattr::pthread_mutexattr_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let (kind, ceiling) = match attr.as_ref() {
            Some(attr) => (attr.kind(), attr.ceiling()),
            None => (0, 0),
        };
        mutex.write(pthread_mutex_t::new(kind, ceiling));
    }
    0
}

/// Ends the use of a mutex; 0, or `EBUSY` while it is locked.
///
/// # Safety
/// See [`pthread_mutex_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_destroy(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller's promise.
    let lock = unsafe { (*mutex).lock.load(Ordering::Relaxed) };
    if lock & !FUTEX_OWNER_DIED == 0 {
        0
    } else {
        Errno::EBUSY.0
    }
}

/// Locks, waiting as long as it takes. 0, `EDEADLK`, `EAGAIN`, `EOWNERDEAD` or `ENOTRECOVERABLE`.
///
/// # Safety
/// See [`pthread_mutex_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_lock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller's promise. Only the owner touches what is not atomic.
    unsafe {
        if (*mutex).kind == 0 {
            if single_threaded() && (*mutex).lock.load(Ordering::Relaxed) == UNLOCKED {
                (*mutex).lock.store(LOCKED, Ordering::Relaxed);
                return 0;
            }
            if (*mutex).try_acquire() {
                return 0;
            }
        }
        (*mutex).lock_slow(None).err().map_or(0, |errno| errno.0)
    }
}

/// Locks if that needs no waiting. 0, `EBUSY`, `EAGAIN`, `EOWNERDEAD` or `ENOTRECOVERABLE`.
///
/// # Safety
/// See [`pthread_mutex_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_trylock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*mutex).try_lock().err().map_or(0, |errno| errno.0) }
}

/// Locks, waiting until a `CLOCK_REALTIME` time; then `ETIMEDOUT`. `EINVAL` for a malformed time.
///
/// # Safety
/// See [`pthread_mutex_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_timedlock(
    mutex: *mut pthread_mutex_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let deadline = Some((DeadlineClock::Realtime, &*until));
        (*mutex)
            .lock_slow(deadline)
            .err()
            .map_or(0, |errno| errno.0)
    }
}

/// Locks, waiting until a time of the given clock (POSIX.1-2024).
///
/// # Safety
/// See [`pthread_mutex_timedlock`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_clocklock(
    mutex: *mut pthread_mutex_t,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    let result =
        wait::clock(clock).and_then(|clock| unsafe { (*mutex).lock_slow(Some((clock, &*until))) });
    result.err().map_or(0, |errno| errno.0)
}

/// Unlocks. 0, or `EPERM` where the type checks the owner.
///
/// # Safety
/// See [`pthread_mutex_init`]; the caller must hold the mutex.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_unlock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if (*mutex).kind == 0 {
            if single_threaded() {
                (*mutex).lock.store(UNLOCKED, Ordering::Relaxed);
            } else {
                (*mutex).release();
            }
            return 0;
        }
        (*mutex).unlock_slow().err().map_or(0, |errno| errno.0)
    }
}

/// Declares the data of a robust mutex whole again after `EOWNERDEAD`. 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_mutex_init`]; the caller must hold the mutex.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutex_consistent(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if (*mutex).kind & ROBUST == 0 || (*mutex).state.load(Ordering::Relaxed) != INCONSISTENT {
            return Errno::EINVAL.0;
        }
        (*mutex).state.store(0, Ordering::Relaxed);
    }
    0
}

alias!(__pthread_mutex_lock = pthread_mutex_lock);
alias!(__pthread_mutex_unlock = pthread_mutex_unlock);
alias!(pthread_mutex_consistent_np = pthread_mutex_consistent);
