//! `sys/mount.h` and `sys/swap.h`: mounting file systems, swap areas.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// Mounts a file system. mount(2).
///
/// # Safety
/// `source`, `target` and `kind` point to NUL-terminated strings; `data` is readable; null only where the
/// manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mount(
    source: *const c_char,
    target: *const c_char,
    kind: *const c_char,
    flags: c_ulong,
    data: *const c_void,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mount(source, target, kind, flags, data) }.or_minus_one()
}

/// Unmounts a file system. umount(2).
///
/// # Safety
/// `target` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn umount(target: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::umount2(target, 0) }.or_minus_one()
}

/// Unmounts a file system with flags. umount2(2).
///
/// # Safety
/// `target` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn umount2(target: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::umount2(target, flags) }.or_minus_one()
}

/// Starts swapping. swapon(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn swapon(path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::swapon(path, flags) }.or_minus_one()
}

/// Stops swapping. swapoff(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn swapoff(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::swapoff(path) }.or_minus_one()
}
