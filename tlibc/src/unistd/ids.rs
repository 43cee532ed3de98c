//! Process, group and session numbers.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;
use core::ffi::c_int;

/// The process's number. POSIX `getpid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpid() -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getpid() }.or_minus_one()
}

/// The parent's process number. POSIX `getppid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getppid() -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getppid() }.or_minus_one()
}

/// The kernel's number of the calling thread. gettid(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gettid() -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::gettid() }.or_minus_one()
}

/// The process group of `pid` (0: the caller). POSIX `getpgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpgid(pid: pid_t) -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getpgid(pid) }.or_minus_one()
}

/// The caller's process group. POSIX `getpgrp`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpgrp() -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getpgid(0) }.or_minus_one()
}

/// Moves `pid` (0: the caller) to the process group `pgid` (0: its own number). POSIX `setpgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setpgid(pid: pid_t, pgid: pid_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setpgid(pid, pgid) }.or_minus_one()
}

/// Makes the caller the leader of a process group of its own, as in System V. setpgrp(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setpgrp() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setpgid(0, 0) }.or_minus_one()
}

/// The session of `pid` (0: the caller). POSIX `getsid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getsid(pid: pid_t) -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getsid(pid) }.or_minus_one()
}

/// Starts a session without a controlling terminal. POSIX `setsid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setsid() -> pid_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setsid() }.or_minus_one()
}

crate::alias!(__getpgid = getpgid);
crate::alias!(__getpid = getpid);
