//! `<threads.h>` (C11 7.26): the pthread functions under other names, with other results.
#![allow(non_camel_case_types, non_upper_case_globals)]

use crate::errno::Errno;
use crate::platform;
use crate::pthread::cond::{
    pthread_cond_broadcast, pthread_cond_destroy, pthread_cond_init, pthread_cond_signal,
    pthread_cond_t, pthread_cond_timedwait, pthread_cond_wait,
};
use crate::pthread::key::{
    pthread_getspecific, pthread_key_create, pthread_key_delete, pthread_setspecific,
};
use crate::pthread::mutex::{
    pthread_mutex_destroy, pthread_mutex_init, pthread_mutex_lock, pthread_mutex_t,
    pthread_mutex_timedlock, pthread_mutex_trylock, pthread_mutex_unlock,
};
use crate::pthread::mutexattr::{pthread_mutexattr_init, pthread_mutexattr_settype};
use crate::pthread::once::pthread_once;
use crate::pthread::thread::{
    pthread_create, pthread_detach, pthread_exit, pthread_join, pthread_self,
};
use crate::types::*;
use core::mem::MaybeUninit;

/// The call succeeded.
pub const thrd_success: c_int = 0;
/// The resource is in use.
pub const thrd_busy: c_int = 1;
/// The call failed.
pub const thrd_error: c_int = 2;
/// Memory is short.
pub const thrd_nomem: c_int = 3;
/// The time is over.
pub const thrd_timedout: c_int = 4;

/// May be locked again by its owner.
pub const mtx_recursive: c_int = 1;
/// Plain or recursive, with time limits.
pub const mtx_timed: c_int = 2;

/// A thread.
pub type thrd_t = c_ulong;
/// Key of thread-specific storage.
pub type tss_t = c_uint;
/// A thread's function.
pub type thrd_start_t = unsafe extern "C" fn(*mut c_void) -> c_int;
/// Called with a thread's value when the thread ends.
pub type tss_dtor_t = Option<unsafe extern "C" fn(*mut c_void)>;

/// A mutex.
#[repr(C)]
#[derive(Debug)]
pub struct mtx_t {
    inner: pthread_mutex_t,
}

/// A condition variable.
#[repr(C)]
#[derive(Debug)]
pub struct cnd_t {
    inner: pthread_cond_t,
}

/// State of a one-time initialisation.
#[repr(C)]
#[derive(Debug)]
pub struct once_flag {
    data: c_int,
}

/// C11's result for a pthread function's.
fn result(number: c_int) -> c_int {
    match Errno(number) {
        Errno(0) => thrd_success,
        Errno::EBUSY => thrd_busy,
        Errno::ENOMEM | Errno::EAGAIN => thrd_nomem,
        Errno::ETIMEDOUT => thrd_timedout,
        _ => thrd_error,
    }
}

/// Starts a thread that runs `start(argument)`.
///
/// # Safety
/// `thread` must be valid for a write; `start` is called with `argument`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn thrd_create(
    thread: *mut thrd_t,
    start: thrd_start_t,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise. The two kinds of functions differ in the result only: an int's upper half is left
    // undefined in the register, and `thrd_join` looks at the lower half alone.
    unsafe {
        let start = core::mem::transmute::<thrd_start_t, crate::pthread::thread::Start>(start);
        result(pthread_create(thread, core::ptr::null(), start, argument))
    }
}

/// Ends the calling thread.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn thrd_exit(value: c_int) -> ! {
    pthread_exit(value as isize as *mut c_void)
}

/// Waits for a thread's end; its result goes to `*value`.
///
/// # Safety
/// `thread` must be a thread nobody else joins; `value` null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn thrd_join(thread: thrd_t, value: *mut c_int) -> c_int {
    let mut returned = core::ptr::null_mut();
    // SAFETY: the caller's promise.
    unsafe {
        let number = pthread_join(thread, &mut returned);
        if number == 0 && !value.is_null() {
            value.write(returned as usize as c_int);
        }
        result(number)
    }
}

/// Lets a thread free itself when it ends.
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn thrd_detach(thread: thrd_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_detach(thread) })
}

/// The calling thread.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn thrd_current() -> thrd_t {
    pthread_self()
}

/// Whether two threads are one: non-zero if so.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn thrd_equal(a: thrd_t, b: thrd_t) -> c_int {
    c_int::from(a == b)
}

/// Lets others run.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn thrd_yield() {
    platform::sched_yield();
}

/// Sleeps for a duration. 0; −1 when a signal came, with what is left in `*left`; −2 for a bad duration.
///
/// # Safety
/// `duration` must be readable, `left` null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn thrd_sleep(duration: *const timespec, left: *mut timespec) -> c_int {
    // SAFETY: the caller's promise.
    match unsafe { crate::pthread::points::clock_nanosleep(0, 0, duration.cast(), left.cast()) } {
        Ok(_) => 0,
        Err(Errno::EINTR) => -1,
        Err(_) => -2,
    }
}

/// Makes a mutex of the kind that the constants name.
///
/// # Safety
/// `mutex` must be valid for a write; in the other functions it must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_init(mutex: *mut mtx_t, kind: c_int) -> c_int {
    if kind & !(mtx_recursive | mtx_timed) != 0 {
        return thrd_error;
    }
    let mut attr = MaybeUninit::uninit();
    // SAFETY: the caller's promise; the attributes are initialised first.
    unsafe {
        pthread_mutexattr_init(attr.as_mut_ptr());
        pthread_mutexattr_settype(attr.as_mut_ptr(), kind & mtx_recursive);
        result(pthread_mutex_init(&raw mut (*mutex).inner, attr.as_ptr()))
    }
}

/// Ends the use of a mutex.
///
/// # Safety
/// See [`mtx_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_destroy(mutex: *mut mtx_t) {
    // SAFETY: the caller's promise. There is nothing to report the result to.
    unsafe { pthread_mutex_destroy(&raw mut (*mutex).inner) };
}

/// Locks, waiting as long as it takes.
///
/// # Safety
/// See [`mtx_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_lock(mutex: *mut mtx_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_mutex_lock(&raw mut (*mutex).inner) })
}

/// Locks if that needs no waiting; else `thrd_busy`.
///
/// # Safety
/// See [`mtx_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_trylock(mutex: *mut mtx_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_mutex_trylock(&raw mut (*mutex).inner) })
}

/// Locks, waiting until a `TIME_UTC` time; then `thrd_timedout`.
///
/// # Safety
/// See [`mtx_init`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_timedlock(mutex: *mut mtx_t, until: *const timespec) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_mutex_timedlock(&raw mut (*mutex).inner, until) })
}

/// Unlocks.
///
/// # Safety
/// See [`mtx_init`]; the caller must hold the mutex.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mtx_unlock(mutex: *mut mtx_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_mutex_unlock(&raw mut (*mutex).inner) })
}

/// Makes a condition variable.
///
/// # Safety
/// `cond` must be valid for a write; in the other functions it must be initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_init(cond: *mut cnd_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_cond_init(&raw mut (*cond).inner, core::ptr::null()) })
}

/// Ends the use of a condition variable.
///
/// # Safety
/// See [`cnd_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_destroy(cond: *mut cnd_t) {
    // SAFETY: the caller's promise. It cannot fail.
    unsafe { pthread_cond_destroy(&raw mut (*cond).inner) };
}

/// Releases the mutex and waits for a signal.
///
/// # Safety
/// See [`cnd_init`]; the caller must hold the mutex.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_wait(cond: *mut cnd_t, mutex: *mut mtx_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_cond_wait(&raw mut (*cond).inner, &raw mut (*mutex).inner) })
}

/// [`cnd_wait`] until a `TIME_UTC` time; then `thrd_timedout`.
///
/// # Safety
/// See [`cnd_wait`]; `until` must be readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_timedwait(
    cond: *mut cnd_t,
    mutex: *mut mtx_t,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe {
        pthread_cond_timedwait(&raw mut (*cond).inner, &raw mut (*mutex).inner, until)
    })
}

/// Wakes one waiter at least.
///
/// # Safety
/// See [`cnd_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_signal(cond: *mut cnd_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_cond_signal(&raw mut (*cond).inner) })
}

/// Wakes all waiters.
///
/// # Safety
/// See [`cnd_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cnd_broadcast(cond: *mut cnd_t) -> c_int {
    // SAFETY: the caller's promise.
    result(unsafe { pthread_cond_broadcast(&raw mut (*cond).inner) })
}

/// Calls `function` unless it has been called through the same flag.
///
/// # Safety
/// `flag` must be initialised with `ONCE_FLAG_INIT`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn call_once(flag: *mut once_flag, function: unsafe extern "C" fn()) {
    // SAFETY: the caller's promise. It cannot fail.
    unsafe { pthread_once(&raw mut (*flag).data, function) };
}

/// Makes a key of thread-specific storage.
///
/// # Safety
/// `key` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tss_create(key: *mut tss_t, destructor: tss_dtor_t) -> c_int {
    // SAFETY: the caller's promise.
    if unsafe { pthread_key_create(key, destructor) } == 0 {
        thrd_success
    } else {
        thrd_error
    }
}

/// Deletes a key.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tss_delete(key: tss_t) {
    pthread_key_delete(key);
}

/// The calling thread's value, null if it set none.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tss_get(key: tss_t) -> *mut c_void {
    pthread_getspecific(key)
}

/// Sets the calling thread's value.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tss_set(key: tss_t, value: *mut c_void) -> c_int {
    if pthread_setspecific(key, value) == 0 {
        thrd_success
    } else {
        thrd_error
    }
}
