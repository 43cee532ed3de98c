//! Threads: futexes, ids, the FS base.

use super::constants::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_PRIVATE_FLAG, FUTEX_WAIT_BITSET, FUTEX_WAKE,
};
use crate::errno::Errno;
use crate::syscall;
use crate::types::*;
use core::sync::atomic::AtomicU32;

/// gettid(2).
#[inline]
pub fn gettid() -> pid_t {
    // SAFETY: no memory is involved; the call cannot fail.
    unsafe { super::raw::syscall0(super::constants::__NR_gettid) as pid_t }
}

/// sched_yield(2).
#[inline]
pub fn sched_yield() {
    // SAFETY: no memory is involved; the call cannot fail on Linux.
    let _ = unsafe { syscall!(__NR_sched_yield) };
}

/// Who shares a futex word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Threads of this process only.
    Private,
    /// Any process that maps the word.
    Shared,
}

/// The clock an absolute futex deadline is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeadlineClock {
    /// `CLOCK_MONOTONIC`.
    Monotonic,
    /// `CLOCK_REALTIME`.
    Realtime,
}

/// Sleeps while `*word == expected`, until woken or until the absolute deadline.
///
/// Errors: `EAGAIN` (the word had changed already), `EINTR`, `ETIMEDOUT`; see futex(2), FUTEX_WAIT_BITSET.
#[inline]
pub fn futex_wait(
    word: &AtomicU32,
    expected: u32,
    deadline: Option<(DeadlineClock, &timespec)>,
    scope: Scope,
) -> Result<(), Errno> {
    let mut operation = FUTEX_WAIT_BITSET;
    if scope == Scope::Private {
        operation |= FUTEX_PRIVATE_FLAG;
    }
    let mut until = core::ptr::null();
    if let Some((clock, at)) = deadline {
        until = core::ptr::from_ref(at);
        if clock == DeadlineClock::Realtime {
            operation |= FUTEX_CLOCK_REALTIME;
        }
    }
    // SAFETY: the word and the deadline are live references; the kernel only reads them.
    unsafe {
        syscall!(
            __NR_futex,
            word.as_ptr(),
            operation,
            expected,
            until,
            0usize,
            FUTEX_BITSET_MATCH_ANY
        )
        .map(drop)
    }
}

/// Wakes at most `count` threads that sleep on `word`; how many were woken.
///
/// Takes an address and not a reference: after an unlock the word may already be gone, and waking
/// an address that is no longer mapped is harmless.
#[inline]
pub fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize {
    let operation = FUTEX_WAKE
        | if scope == Scope::Private {
            FUTEX_PRIVATE_FLAG
        } else {
            0
        };
    // SAFETY: the kernel does not write through the address.
    unsafe { syscall!(__NR_futex, word, operation, count) }.unwrap_or(0)
}

/// arch_prctl(2), ARCH_SET_FS: sets the thread pointer.
///
/// # Safety
/// `base` must be the thread control block that the running code is to use from here on.
#[inline]
pub unsafe fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno> {
    const ARCH_SET_FS: usize = 0x1002;
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_arch_prctl, ARCH_SET_FS, base).map(drop) }
}

/// set_tid_address(2): the word the kernel clears and wakes when the thread ends; returns the thread's id.
#[inline]
pub fn set_tid_address(word: *const AtomicU32) -> pid_t {
    // SAFETY: the kernel writes 0 there at thread end and ignores a fault.
    unsafe { syscall!(__NR_set_tid_address, word) }.unwrap_or(0) as pid_t
}
