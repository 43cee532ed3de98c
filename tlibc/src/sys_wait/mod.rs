//! `sys/wait.h`: waiting for child processes.

use crate::errno::CResult;
use crate::pthread::points;
use crate::signal::siginfo_t;
use crate::sys_resource::rusage;
use crate::types::*;
use core::ptr;

/// Which children `waitid` waits for: any (0), a process (1), a process group (2), a pidfd (3).
#[allow(non_camel_case_types)]
pub type idtype_t = c_uint;

/// Waits for any child to end. POSIX `wait`.
///
/// # Safety
/// `status` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wait(status: *mut c_int) -> pid_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::wait4(-1, status, 0, ptr::null_mut()) }.or_minus_one()
}

/// Waits for a child, or for one of a process group. POSIX `waitpid`.
///
/// # Safety
/// `status` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn waitpid(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::wait4(pid, status, options, ptr::null_mut()) }.or_minus_one()
}

/// `wait` with options and the resources used. wait3(2).
///
/// # Safety
/// `status` and `usage` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wait3(status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::wait4(-1, status, options, usage.cast()) }.or_minus_one()
}

/// `waitpid` with the resources used. wait4(2).
///
/// # Safety
/// `status` and `usage` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wait4(
    pid: pid_t,
    status: *mut c_int,
    options: c_int,
    usage: *mut rusage,
) -> pid_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::wait4(pid, status, options, usage.cast()) }.or_minus_one()
}

/// Waits for a change of state, by the same words as `SIGCHLD` reports it. POSIX `waitid`.
///
/// # Safety
/// `info` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn waitid(
    kind: idtype_t,
    id: id_t,
    info: *mut siginfo_t,
    options: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::waitid(kind as c_int, id, info.cast(), options, ptr::null_mut()) }
        .or_minus_one()
}
