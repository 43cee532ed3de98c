//! `sys/prctl.h`: operations on the process or thread, and the kernel's other switches for them.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;

/// Does `option`; the further arguments are variable in C. prctl(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn prctl(
    option: c_int,
    a: c_ulong,
    b: c_ulong,
    c: c_ulong,
    d: c_ulong,
) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::prctl(option, a, b, c, d) }.or_minus_one()
}

/// Sets the execution domain. personality(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn personality(persona: c_ulong) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::personality(persona) }.or_minus_one()
}

/// Leaves shared namespaces. unshare(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn unshare(flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::unshare(flags) }.or_minus_one()
}

/// Joins a namespace. setns(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setns(fd: c_int, kind: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setns(fd, kind) }.or_minus_one()
}

/// Reads capabilities. capget(2).
///
/// # Safety
/// `header` and `data` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn capget(header: *mut c_void, data: *mut c_void) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::capget(header, data) }.or_minus_one()
}

/// Sets capabilities. capset(2).
///
/// # Safety
/// `data` is readable; `header` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn capset(header: *mut c_void, data: *const c_void) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::capset(header, data) }.or_minus_one()
}

/// Sets the I/O privilege level. iopl(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iopl(level: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::iopl(level) }.or_minus_one()
}

/// Permits I/O ports. ioperm(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ioperm(from: c_ulong, num: c_ulong, on: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::ioperm(from, num, on) }.or_minus_one()
}

/// Reads the kernel's log. syslog(2).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn klogctl(kind: c_int, buf: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::klogctl(kind, buf, len) }.or_minus_one()
}

/// Disk quotas. quotactl(2).
///
/// # Safety
/// `special` points to a NUL-terminated string; `addr` is writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn quotactl(
    cmd: c_int,
    special: *const c_char,
    id: c_int,
    addr: *mut c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::quotactl(cmd, special, id, addr) }.or_minus_one()
}

/// A descriptor for a process. pidfd_open(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pidfd_open(pid: pid_t, flags: c_uint) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::pidfd_open(pid, flags) }.or_minus_one()
}

/// Copies another process's descriptor. pidfd_getfd(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pidfd_getfd(pidfd: c_int, target: c_int, flags: c_uint) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::pidfd_getfd(pidfd, target, flags) }.or_minus_one()
}

/// Signals a process by its descriptor. pidfd_send_signal(2).
///
/// # Safety
/// `info` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pidfd_send_signal(
    fd: c_int,
    sig: c_int,
    info: *mut crate::signal::siginfo_t,
    flags: c_uint,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::pidfd_send_signal(fd, sig, info.cast(), flags) }.or_minus_one()
}
