//! Spin locks: `pthread_spin_*`.

use crate::errno::Errno;
use crate::types::*;
use core::sync::atomic::{AtomicU32, Ordering};

/// `pthread_spinlock_t`: 0 when free.
pub type pthread_spinlock_t = AtomicU32;

/// Makes a free lock; 0.
///
/// # Safety
/// `lock` must be valid for a write; in the other functions it must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_spin_init(lock: *mut pthread_spinlock_t, _shared: c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { lock.write(AtomicU32::new(0)) };
    0
}

/// Ends the use of a lock; 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_spin_destroy(_lock: *mut pthread_spinlock_t) -> c_int {
    0
}

/// Locks, turning in place until the lock is free; 0.
///
/// # Safety
/// See [`pthread_spin_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_spin_lock(lock: *mut pthread_spinlock_t) -> c_int {
    // SAFETY: the caller's promise.
    let lock = unsafe { &*lock };
    while lock.swap(1, Ordering::Acquire) != 0 {
        while lock.load(Ordering::Relaxed) != 0 {
            core::hint::spin_loop();
        }
    }
    0
}

/// Locks if the lock is free: 0, else `EBUSY`.
///
/// # Safety
/// See [`pthread_spin_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_spin_trylock(lock: *mut pthread_spinlock_t) -> c_int {
    // SAFETY: the caller's promise.
    if unsafe { (*lock).swap(1, Ordering::Acquire) } == 0 {
        0
    } else {
        Errno::EBUSY.0
    }
}

/// Unlocks; 0.
///
/// # Safety
/// See [`pthread_spin_init`]; the caller must hold the lock.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_spin_unlock(lock: *mut pthread_spinlock_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*lock).store(0, Ordering::Release) };
    0
}
