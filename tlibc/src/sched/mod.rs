//! `sched.h`: scheduling of processes and on which processors they run. Threads' scheduling is in `pthread`.

use crate::errno::{CResult, Errno};
use crate::malloc::{free, malloc};
use crate::platform;
use crate::platform::calls::process;
use crate::types::*;

/// Lets others run. POSIX `sched_yield`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_yield() -> c_int {
    platform::sched_yield();
    0
}

/// The policy of a process (0: the caller). POSIX `sched_getscheduler`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_getscheduler(pid: pid_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::sched_getscheduler(pid) }.or_minus_one()
}

/// Sets the policy and the priority. POSIX `sched_setscheduler`.
///
/// # Safety
/// `param` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_setscheduler(
    pid: pid_t,
    policy: c_int,
    param: *const sched_param,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sched_setscheduler(pid, policy, param.cast()) }.or_minus_one()
}

/// The priority of a process. POSIX `sched_getparam`.
///
/// # Safety
/// `param` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_getparam(pid: pid_t, param: *mut sched_param) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sched_getparam(pid, param.cast()) }.or_minus_one()
}

/// Sets the priority. POSIX `sched_setparam`.
///
/// # Safety
/// `param` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_setparam(pid: pid_t, param: *const sched_param) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sched_setparam(pid, param.cast()) }.or_minus_one()
}

/// The highest priority of a policy. POSIX `sched_get_priority_max`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_get_priority_max(policy: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::sched_get_priority_max(policy) }.or_minus_one()
}

/// The lowest priority of a policy. POSIX `sched_get_priority_min`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_get_priority_min(policy: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::sched_get_priority_min(policy) }.or_minus_one()
}

/// The time slice of `SCHED_RR`. POSIX `sched_rr_get_interval`.
///
/// # Safety
/// `interval` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_rr_get_interval(pid: pid_t, interval: *mut timespec) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sched_rr_get_interval(pid, interval.cast()) }.or_minus_one()
}

/// Sets on which processors a process runs. sched_setaffinity(2).
///
/// # Safety
/// `set` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_setaffinity(
    pid: pid_t,
    size: size_t,
    set: *const cpu_set_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sched_setaffinity(pid, size, set.cast()) }.or_minus_one()
}

/// On which processors a process runs: 0 with all `size` bytes of the set written. sched_getaffinity(2).
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_getaffinity(pid: pid_t, size: size_t, set: *mut cpu_set_t) -> c_int {
    // SAFETY: the caller's set of `size` bytes; the kernel says how many it wrote.
    unsafe {
        process::sched_getaffinity(pid, size.min(c_int::MAX as usize), set.cast())
            .map(|n| {
                set.cast::<u8>()
                    .add(n as usize)
                    .write_bytes(0, size - n as usize)
            })
            .or_minus_one()
    }
}

/// The processor that the caller runs on. sched_getcpu(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sched_getcpu() -> c_int {
    let mut cpu: c_uint = 0;
    // SAFETY: a live number.
    unsafe { process::getcpu(&raw mut cpu, core::ptr::null_mut(), core::ptr::null_mut()) }
        .map(|_| cpu as c_int)
        .or_minus_one()
}

/// A set of processors.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct cpu_set_t {
    /// Bit `n % 64` of word `n / 64`.
    pub bits: [c_ulong; 16],
}
check_layout!(cpu_set_t = libc::cpu_set_t);

/// How many processors are in a set: what `CPU_COUNT_S` calls.
///
/// # Safety
/// `set` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __sched_cpucount(size: size_t, set: *const cpu_set_t) -> c_int {
    // SAFETY: the caller's set of `size` bytes.
    let bytes = unsafe { core::slice::from_raw_parts(set.cast::<u8>(), size) };
    bytes.iter().map(|b| b.count_ones()).sum::<u32>() as c_int
}

/// A set for `count` processors, from `malloc`: what `CPU_ALLOC` calls.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __sched_cpualloc(count: size_t) -> *mut cpu_set_t {
    let Some(bits) = count.checked_next_multiple_of(64) else {
        return Err::<*mut cpu_set_t, _>(Errno::ENOMEM).or_null();
    };
    malloc(bits / 8).cast()
}

/// Gives a set back: what `CPU_FREE` calls.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __sched_cpufree(set: *mut cpu_set_t) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { free(set.cast()) }
}
