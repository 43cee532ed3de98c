//! `sys/resource.h`: resource limits, usage and priorities.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;
use core::ptr;

/// No limit.
pub const RLIM_INFINITY: rlim_t = rlim_t::MAX;
/// Bytes of stack.
pub const RLIMIT_STACK: c_int = 3;
/// Processes of the user.
pub const RLIMIT_NPROC: c_int = 6;
/// One more than the highest descriptor.
pub const RLIMIT_NOFILE: c_int = 7;
/// Queued signals.
pub const RLIMIT_SIGPENDING: c_int = 11;

/// A soft and a hard limit.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct rlimit {
    /// The limit in force.
    pub rlim_cur: rlim_t,
    /// How far the process may raise it.
    pub rlim_max: rlim_t,
}
check_layout!(rlimit = libc::rlimit { rlim_cur, rlim_max });

/// Resources used.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types, missing_docs)]
pub struct rusage {
    pub ru_utime: timeval,
    pub ru_stime: timeval,
    pub ru_maxrss: c_long,
    pub ru_ixrss: c_long,
    pub ru_idrss: c_long,
    pub ru_isrss: c_long,
    pub ru_minflt: c_long,
    pub ru_majflt: c_long,
    pub ru_nswap: c_long,
    pub ru_inblock: c_long,
    pub ru_oublock: c_long,
    pub ru_msgsnd: c_long,
    pub ru_msgrcv: c_long,
    pub ru_nsignals: c_long,
    pub ru_nvcsw: c_long,
    pub ru_nivcsw: c_long,
}
check_layout!(
    rusage = libc::rusage {
        ru_utime,
        ru_stime,
        ru_maxrss,
        ru_nivcsw
    }
);

/// Reads a limit. POSIX `getrlimit`.
///
/// # Safety
/// `limit` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getrlimit(resource: c_int, limit: *mut rlimit) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::prlimit64(0, resource, ptr::null(), limit.cast()) }.or_minus_one()
}

/// Sets a limit. POSIX `setrlimit`.
///
/// # Safety
/// `limit` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setrlimit(resource: c_int, limit: *const rlimit) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::prlimit64(0, resource, limit.cast(), ptr::null_mut()) }.or_minus_one()
}

/// Reads and sets a limit of a process (0: the caller). prlimit(2).
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn prlimit(
    pid: pid_t,
    resource: c_int,
    new: *const rlimit,
    old: *mut rlimit,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::prlimit64(pid, resource, new.cast(), old.cast()) }.or_minus_one()
}

/// Resources used by the process, its children or the thread. POSIX `getrusage`.
///
/// # Safety
/// `usage` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getrusage(who: c_int, usage: *mut rusage) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getrusage(who, usage.cast()) }.or_minus_one()
}

/// The nice value; -1 is a valid result, so check `errno`. POSIX `getpriority`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpriority(which: c_int, who: id_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::getpriority(which, who).map(|raw| 20 - raw) }.or_minus_one()
}

/// Sets the nice value. POSIX `setpriority`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setpriority(which: c_int, who: id_t, value: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setpriority(which, who, value) }.or_minus_one()
}

crate::alias!(getrlimit64 = getrlimit);
crate::alias!(setrlimit64 = setrlimit);
crate::alias!(prlimit64 = prlimit);
