//! Scheduling, processors, clocks and names of single threads.

use super::pthread_t;
use super::tcb::Tcb;
use crate::errno::Errno;
use crate::platform;
use crate::types::*;
use core::sync::atomic::{AtomicI32, Ordering};

/// `struct sched_param` (`<sched.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct sched_param {
    /// Priority within the policy.
    pub sched_priority: c_int,
}

/// A set of processors (`<sched.h>`): bit `n` of the array stands for processor `n`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cpu_set_t {
    bits: [c_ulong; 16],
}

check_layout!(sched_param = libc::sched_param { sched_priority });
check_layout!(cpu_set_t = libc::cpu_set_t);

/// The kernel's id of a thread.
///
/// # Safety
/// `thread` must be a thread that was not joined.
unsafe fn id(thread: pthread_t) -> Result<pid_t, Errno> {
    // SAFETY: the caller's promise.
    match unsafe { (*(thread as *mut Tcb)).tid.load(Ordering::Relaxed) } {
        0 => Err(Errno::ESRCH),
        id => Ok(id as pid_t),
    }
}

fn number(result: Result<(), Errno>) -> c_int {
    result.err().map_or(0, |errno| errno.0)
}

/// Reads a thread's policy and priority. 0 or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined, the pointers valid for writes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getschedparam(
    thread: pthread_t,
    policy: *mut c_int,
    param: *mut sched_param,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe {
        id(thread).and_then(|id| {
            policy.write(platform::sched_getscheduler(id)?);
            param.write(sched_param {
                sched_priority: platform::sched_getparam(id)?,
            });
            Ok(())
        })
    })
}

/// Sets a thread's policy and priority. 0, `EINVAL`, `EPERM` or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined, `param` readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setschedparam(
    thread: pthread_t,
    policy: c_int,
    param: *const sched_param,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe {
        id(thread).and_then(|id| platform::sched_setscheduler(id, policy, (*param).sched_priority))
    })
}

/// Sets a thread's priority. 0, `EINVAL`, `EPERM` or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setschedprio(thread: pthread_t, priority: c_int) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe { id(thread).and_then(|id| platform::sched_setparam(id, priority)) })
}

/// Binds a thread to processors. 0, `EINVAL` or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined, `set` readable for `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setaffinity_np(
    thread: pthread_t,
    size: size_t,
    set: *const cpu_set_t,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe {
        let set = core::slice::from_raw_parts(set.cast::<u8>(), size);
        id(thread).and_then(|id| platform::sched_setaffinity(id, set))
    })
}

/// Reads the processors a thread may run on. 0, `EINVAL` or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined, `set` valid for writes of `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getaffinity_np(
    thread: pthread_t,
    size: size_t,
    set: *mut cpu_set_t,
) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe {
        let set = core::slice::from_raw_parts_mut(set.cast::<u8>(), size);
        id(thread).and_then(|id| {
            let written = platform::sched_getaffinity(id, set)?;
            set[written..].fill(0);
            Ok(())
        })
    })
}

/// The clock of a thread's processor time. 0 or `ESRCH`.
///
/// # Safety
/// `thread` must be a thread that was not joined, `clock` valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getcpuclockid(thread: pthread_t, clock: *mut clockid_t) -> c_int {
    /// Kernel encoding of "processor time of the thread with this id".
    const THREAD_CPU_CLOCK: clockid_t = 6;
    // SAFETY: the caller's promise.
    number(unsafe { id(thread).map(|id| clock.write((!id) << 3 | THREAD_CPU_CLOCK)) })
}

/// What `pthread_setconcurrency` was told last.
static CONCURRENCY: AtomicI32 = AtomicI32::new(0);

/// The level that `pthread_setconcurrency` set, 0 if none.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_getconcurrency() -> c_int {
    CONCURRENCY.load(Ordering::Relaxed)
}

/// A hint that is remembered and has no use here, where every thread is the kernel's. 0, or `EINVAL` for a negative one.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_setconcurrency(level: c_int) -> c_int {
    if level < 0 {
        return Errno::EINVAL.0;
    }
    CONCURRENCY.store(level, Ordering::Relaxed);
    0
}

/// Longest thread name with its terminator, in bytes.
const NAME_SIZE: usize = 16;

/// Names a thread (pthread_setname_np(3)). 0, or `ERANGE` for more than 15 bytes.
///
/// # Safety
/// `thread` must be a thread that was not joined, `name` a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setname_np(thread: pthread_t, name: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    number(unsafe {
        let name = core::ffi::CStr::from_ptr(name);
        if name.count_bytes() >= NAME_SIZE {
            return Errno::ERANGE.0;
        }
        if thread == super::thread::pthread_self() {
            platform::set_own_name(name)
        } else {
            id(thread).and_then(|id| platform::set_thread_name(id, name.to_bytes()))
        }
    })
}

/// Reads a thread's name. 0, or `ERANGE` when `size` is less than 16.
///
/// # Safety
/// `thread` must be a thread that was not joined, `name` valid for writes of `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getname_np(
    thread: pthread_t,
    name: *mut c_char,
    size: size_t,
) -> c_int {
    if size < NAME_SIZE {
        return Errno::ERANGE.0;
    }
    // SAFETY: the caller's promise.
    number(unsafe {
        let mut buffer = [0u8; NAME_SIZE];
        let outcome = if thread == super::thread::pthread_self() {
            platform::own_name(&mut buffer)
        } else {
            id(thread).and_then(|id| platform::thread_name(id, &mut buffer))
        };
        outcome.map(|()| name.cast::<[u8; NAME_SIZE]>().write_unaligned(buffer))
    })
}
