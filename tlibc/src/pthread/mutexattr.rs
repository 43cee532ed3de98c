//! Mutex attributes: `pthread_mutexattr_*`.

use super::mutex::protect::PRIORITIES;
use super::mutex::{
    CEILING_SHIFT, INHERIT, PROTECT, PTHREAD_MUTEX_ERRORCHECK, ROBUST, SHARED, TYPE_MASK,
};
use super::{PTHREAD_PROCESS_PRIVATE, PTHREAD_PROCESS_SHARED};
use crate::errno::Errno;
use crate::platform::{self, Scope};
use crate::types::*;
use core::sync::atomic::AtomicU32;

/// The mutex stays locked when its owner dies.
pub const PTHREAD_MUTEX_STALLED: c_int = 0;
/// The next locker is told.
pub const PTHREAD_MUTEX_ROBUST: c_int = 1;
/// Owners keep their priority.
pub const PTHREAD_PRIO_NONE: c_int = 0;
/// Owners inherit waiters' priorities.
pub const PTHREAD_PRIO_INHERIT: c_int = 1;
/// Owners run at the ceiling.
pub const PTHREAD_PRIO_PROTECT: c_int = 2;

/// `pthread_mutexattr_t`: the mutex's `kind`, and above it the priority ceiling.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pthread_mutexattr_t {
    kind: c_int,
}

check_layout!(pthread_mutexattr_t = libc::pthread_mutexattr_t);

impl pthread_mutexattr_t {
    /// What a mutex's `kind` is to be.
    pub(super) fn kind(&self) -> c_int {
        self.kind & ((1 << CEILING_SHIFT) - 1)
    }

    /// The priority ceiling: the lowest priority unless it was set.
    pub(super) fn ceiling(&self) -> c_int {
        (self.kind >> CEILING_SHIFT).max(*PRIORITIES.start())
    }
}

/// Fills in the defaults; 0.
///
/// # Safety
/// `attr` must be valid for a write; so in all functions here, with initialised attributes for the others.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_init(attr: *mut pthread_mutexattr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr.write(pthread_mutexattr_t { kind: 0 }) };
    0
}

/// Ends the use of attributes: nothing is attached to them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_mutexattr_destroy(_attr: *mut pthread_mutexattr_t) -> c_int {
    0
}

/// Sets the type; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_settype(
    attr: *mut pthread_mutexattr_t,
    kind: c_int,
) -> c_int {
    if !(0..=PTHREAD_MUTEX_ERRORCHECK).contains(&kind) && kind != TYPE_MASK {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).kind = (*attr).kind & !TYPE_MASK | kind };
    0
}

/// Reads the type; 0.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_gettype(
    attr: *const pthread_mutexattr_t,
    kind: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { kind.write((*attr).kind & TYPE_MASK) };
    0
}

/// Sets or clears a flag of the kind.
unsafe fn set_flag(attr: *mut pthread_mutexattr_t, flag: c_int, value: c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        match value {
            0 => (*attr).kind &= !flag,
            1 => (*attr).kind |= flag,
            _ => return Errno::EINVAL.0,
        }
    }
    0
}

/// Sets whether other processes use the mutex; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_setpshared(
    attr: *mut pthread_mutexattr_t,
    shared: c_int,
) -> c_int {
    const { assert!(PTHREAD_PROCESS_PRIVATE == 0 && PTHREAD_PROCESS_SHARED == 1) };
    // SAFETY: the caller's promise.
    unsafe { set_flag(attr, SHARED, shared) }
}

/// Reads whether other processes use the mutex; 0.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_getpshared(
    attr: *const pthread_mutexattr_t,
    shared: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { shared.write(c_int::from((*attr).kind & SHARED != 0)) };
    0
}

/// Sets what happens when the owner dies; 0, `EINVAL`, or `ENOTSUP` with a priority ceiling.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_setrobust(
    attr: *mut pthread_mutexattr_t,
    robust: c_int,
) -> c_int {
    const { assert!(PTHREAD_MUTEX_STALLED == 0 && PTHREAD_MUTEX_ROBUST == 1) };
    // SAFETY: the caller's promise.
    unsafe {
        if robust == PTHREAD_MUTEX_ROBUST && (*attr).kind & PROTECT != 0 {
            return Errno::ENOTSUP.0;
        }
        set_flag(attr, ROBUST, robust)
    }
}

/// Reads what happens when the owner dies; 0.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_getrobust(
    attr: *const pthread_mutexattr_t,
    robust: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { robust.write(c_int::from((*attr).kind & ROBUST != 0)) };
    0
}

/// Sets how owners get priority: `PTHREAD_PRIO_*`. `ENOTSUP` for inheritance on a kernel without it and for a ceiling
/// with a robust mutex, `EINVAL` for anything else.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_setprotocol(
    attr: *mut pthread_mutexattr_t,
    protocol: c_int,
) -> c_int {
    let flag = match protocol {
        PTHREAD_PRIO_NONE => 0,
        PTHREAD_PRIO_PROTECT => PROTECT,
        PTHREAD_PRIO_INHERIT => {
            // Whether the kernel can do it shows in an attempt on a free word.
            let word = AtomicU32::new(0);
            if platform::futex_trylock_pi(&word, Scope::Private).is_err() {
                return Errno::ENOTSUP.0;
            }
            INHERIT
        }
        _ => return Errno::EINVAL.0,
    };
    // SAFETY: the caller's promise.
    unsafe {
        if flag == PROTECT && (*attr).kind & ROBUST != 0 {
            return Errno::ENOTSUP.0;
        }
        (*attr).kind = (*attr).kind & !(INHERIT | PROTECT) | flag;
    }
    0
}

/// Reads how owners get priority; 0.
///
/// # Safety
/// See [`pthread_mutexattr_init`]; `protocol` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_getprotocol(
    attr: *const pthread_mutexattr_t,
    protocol: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        protocol.write(match (*attr).kind & (INHERIT | PROTECT) {
            INHERIT => PTHREAD_PRIO_INHERIT,
            PROTECT => PTHREAD_PRIO_PROTECT,
            _ => PTHREAD_PRIO_NONE,
        });
    }
    0
}

/// Sets the priority ceiling, which counts with `PTHREAD_PRIO_PROTECT`; 0, or `EINVAL` for a priority that is none.
///
/// # Safety
/// See [`pthread_mutexattr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_setprioceiling(
    attr: *mut pthread_mutexattr_t,
    ceiling: c_int,
) -> c_int {
    if !PRIORITIES.contains(&ceiling) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).kind = (*attr).kind() | ceiling << CEILING_SHIFT };
    0
}

/// Reads the priority ceiling; 0.
///
/// # Safety
/// See [`pthread_mutexattr_init`]; `ceiling` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_mutexattr_getprioceiling(
    attr: *const pthread_mutexattr_t,
    ceiling: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { ceiling.write((*attr).ceiling()) };
    0
}

alias!(pthread_mutexattr_setkind_np = pthread_mutexattr_settype);
alias!(pthread_mutexattr_getkind_np = pthread_mutexattr_gettype);
alias!(pthread_mutexattr_setrobust_np = pthread_mutexattr_setrobust);
alias!(pthread_mutexattr_getrobust_np = pthread_mutexattr_getrobust);
