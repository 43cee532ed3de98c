//! Spawn attributes: what the child is like when it starts.

use crate::errno::Errno;
use crate::types::*;

/// Effective ids become the real ones.
pub const POSIX_SPAWN_RESETIDS: c_short = 1;
/// Join or lead a process group.
pub const POSIX_SPAWN_SETPGROUP: c_short = 2;
/// Signals that get their default action.
pub const POSIX_SPAWN_SETSIGDEF: c_short = 4;
/// The signal mask.
pub const POSIX_SPAWN_SETSIGMASK: c_short = 8;
/// Scheduling parameters.
pub const POSIX_SPAWN_SETSCHEDPARAM: c_short = 16;
/// Scheduling policy and parameters.
pub const POSIX_SPAWN_SETSCHEDULER: c_short = 32;
/// Kept for old programs; every spawn works that way.
pub const POSIX_SPAWN_USEVFORK: c_short = 64;
/// A session of its own.
pub const POSIX_SPAWN_SETSID: c_short = 128;
const ALL: c_short = 255;

/// The attributes.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct posix_spawnattr_t {
    /// `POSIX_SPAWN_*` flags.
    pub(super) flags: c_short,
    /// The process group.
    pub(super) pgroup: pid_t,
    /// Signals for the default action.
    pub(super) sigdefault: sigset_t,
    /// The mask.
    pub(super) sigmask: sigset_t,
    /// The priority.
    pub(super) priority: c_int,
    /// The policy.
    pub(super) policy: c_int,
    pad: [c_int; 16],
}
check_layout!(posix_spawnattr_t = libc::posix_spawnattr_t);

/// Sets the defaults: nothing changes. POSIX `posix_spawnattr_init`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_init(attributes: *mut posix_spawnattr_t) -> c_int {
    // SAFETY: the caller's structure; zeroes are valid.
    unsafe { attributes.write_bytes(0, 1) };
    0
}

/// Gives up attributes, which hold no resources. POSIX `posix_spawnattr_destroy`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_destroy(attributes: *mut posix_spawnattr_t) -> c_int {
    let _ = attributes;
    0
}

/// Says which attributes count; `EINVAL` for a flag unknown here. POSIX `posix_spawnattr_setflags`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setflags(
    attributes: *mut posix_spawnattr_t,
    flags: c_short,
) -> c_int {
    if flags & !ALL != 0 {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's structure.
    unsafe { (*attributes).flags = flags };
    0
}

/// Reads which attributes count. POSIX `posix_spawnattr_getflags`.
///
/// # Safety
/// `attributes` is readable; `flags` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getflags(
    attributes: *const posix_spawnattr_t,
    flags: *mut c_short,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { flags.write((*attributes).flags) };
    0
}

/// Sets the process group (0: a new one). POSIX `posix_spawnattr_setpgroup`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setpgroup(
    attributes: *mut posix_spawnattr_t,
    value: pid_t,
) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { (*attributes).pgroup = value };
    0
}

/// Reads the process group (0: a new one). POSIX `posix_spawnattr_getpgroup`.
///
/// # Safety
/// `attributes` is readable; `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getpgroup(
    attributes: *const posix_spawnattr_t,
    value: *mut pid_t,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { value.write((*attributes).pgroup) };
    0
}

/// Sets the signals that get their default action. POSIX `posix_spawnattr_setsigdefault`.
///
/// # Safety
/// `value` is readable; `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setsigdefault(
    attributes: *mut posix_spawnattr_t,
    value: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { (*attributes).sigdefault = *value };
    0
}

/// Reads the signals that get their default action. POSIX `posix_spawnattr_getsigdefault`.
///
/// # Safety
/// `attributes` is readable; `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getsigdefault(
    attributes: *const posix_spawnattr_t,
    value: *mut sigset_t,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { value.write((*attributes).sigdefault) };
    0
}

/// Sets the signal mask. POSIX `posix_spawnattr_setsigmask`.
///
/// # Safety
/// `value` is readable; `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setsigmask(
    attributes: *mut posix_spawnattr_t,
    value: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { (*attributes).sigmask = *value };
    0
}

/// Reads the signal mask. POSIX `posix_spawnattr_getsigmask`.
///
/// # Safety
/// `attributes` is readable; `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getsigmask(
    attributes: *const posix_spawnattr_t,
    value: *mut sigset_t,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { value.write((*attributes).sigmask) };
    0
}

/// Sets the scheduling policy. POSIX `posix_spawnattr_setschedpolicy`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setschedpolicy(
    attributes: *mut posix_spawnattr_t,
    value: c_int,
) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { (*attributes).policy = value };
    0
}

/// Reads the scheduling policy. POSIX `posix_spawnattr_getschedpolicy`.
///
/// # Safety
/// `attributes` is readable; `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getschedpolicy(
    attributes: *const posix_spawnattr_t,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { value.write((*attributes).policy) };
    0
}

/// Sets the scheduling priority. POSIX `posix_spawnattr_setschedparam`.
///
/// # Safety
/// `value` is readable; `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_setschedparam(
    attributes: *mut posix_spawnattr_t,
    value: *const sched_param,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe { (*attributes).priority = (*value).sched_priority };
    0
}

/// Reads the scheduling priority. POSIX `posix_spawnattr_getschedparam`.
///
/// # Safety
/// `attributes` is readable; `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnattr_getschedparam(
    attributes: *const posix_spawnattr_t,
    value: *mut sched_param,
) -> c_int {
    // SAFETY: the caller's structures.
    unsafe {
        value.write(sched_param {
            sched_priority: (*attributes).priority,
        })
    };
    0
}
