//! User and group numbers.
//!
//! The kernel keeps credentials for each thread, POSIX for the process: the `set*` functions of POSIX go through
//! `all_threads`; `setfsuid` and `setfsgid`, Linux's own, change the calling thread only.

use super::all_threads::change;
use crate::errno::CResult;
use crate::malloc::{calloc, free};
use crate::platform::calls::process;
use crate::types::*;
use core::ffi::c_int;

/// The real user. Cannot fail. POSIX `getuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getuid() -> uid_t {
    // SAFETY: numbers only, no memory of ours.
    unsafe { process::getuid() }.unwrap_or(0)
}

/// The effective user. Cannot fail. POSIX `geteuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn geteuid() -> uid_t {
    // SAFETY: numbers only, no memory of ours.
    unsafe { process::geteuid() }.unwrap_or(0)
}

/// The real group. Cannot fail. POSIX `getgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgid() -> gid_t {
    // SAFETY: numbers only, no memory of ours.
    unsafe { process::getgid() }.unwrap_or(0)
}

/// The effective group. Cannot fail. POSIX `getegid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getegid() -> gid_t {
    // SAFETY: numbers only, no memory of ours.
    unsafe { process::getegid() }.unwrap_or(0)
}

/// Real, effective and saved user. POSIX.1-2024 `getresuid`.
///
/// # Safety
/// `ruid`, `euid` and `suid` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getresuid(ruid: *mut uid_t, euid: *mut uid_t, suid: *mut uid_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getresuid(ruid, euid, suid) }.or_minus_one()
}

/// Real, effective and saved group. POSIX.1-2024 `getresgid`.
///
/// # Safety
/// `rgid`, `egid` and `sgid` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getresgid(rgid: *mut gid_t, egid: *mut gid_t, sgid: *mut gid_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getresgid(rgid, egid, sgid) }.or_minus_one()
}

/// The supplementary groups; with `n` 0, how many there are. POSIX `getgroups`.
///
/// # Safety
/// `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgroups(n: c_int, list: *mut gid_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getgroups(n, list) }.or_minus_one()
}

/// Sets the effective user, and all three for a privileged caller. POSIX `setuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setuid(uid: uid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, _, _]| unsafe { process::setuid(a as uid_t) },
        [uid as usize, 0, 0],
    )
    .or_minus_one()
}

/// Sets the effective group, and all three for a privileged caller. POSIX `setgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setgid(gid: gid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, _, _]| unsafe { process::setgid(a as gid_t) },
        [gid as usize, 0, 0],
    )
    .or_minus_one()
}

/// Sets the effective user only. POSIX `seteuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn seteuid(uid: uid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, c]| unsafe { process::setresuid(a as uid_t, b as uid_t, c as uid_t) },
        [uid_t::MAX as usize, uid as usize, uid_t::MAX as usize],
    )
    .or_minus_one()
}

/// Sets the effective group only. POSIX `setegid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setegid(gid: gid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, c]| unsafe { process::setresgid(a as gid_t, b as gid_t, c as gid_t) },
        [gid_t::MAX as usize, gid as usize, gid_t::MAX as usize],
    )
    .or_minus_one()
}

/// Sets real and effective user; -1 keeps one. POSIX `setreuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setreuid(ruid: uid_t, euid: uid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, _]| unsafe { process::setreuid(a as uid_t, b as uid_t) },
        [ruid as usize, euid as usize, 0],
    )
    .or_minus_one()
}

/// Sets real and effective group; -1 keeps one. POSIX `setregid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setregid(rgid: gid_t, egid: gid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, _]| unsafe { process::setregid(a as gid_t, b as gid_t) },
        [rgid as usize, egid as usize, 0],
    )
    .or_minus_one()
}

/// Sets real, effective and saved user; -1 keeps one. POSIX.1-2024 `setresuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setresuid(ruid: uid_t, euid: uid_t, suid: uid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, c]| unsafe { process::setresuid(a as uid_t, b as uid_t, c as uid_t) },
        [ruid as usize, euid as usize, suid as usize],
    )
    .or_minus_one()
}

/// Sets real, effective and saved group; -1 keeps one. POSIX.1-2024 `setresgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setresgid(rgid: gid_t, egid: gid_t, sgid: gid_t) -> c_int {
    // SAFETY: numbers only.
    change(
        |[a, b, c]| unsafe { process::setresgid(a as gid_t, b as gid_t, c as gid_t) },
        [rgid as usize, egid as usize, sgid as usize],
    )
    .or_minus_one()
}

/// Replaces the supplementary groups. setgroups(2).
///
/// # Safety
/// `list` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setgroups(n: size_t, list: *const gid_t) -> c_int {
    // SAFETY: the caller's list, which stays where it is until every thread has read it.
    change(
        |[n, list, _]| unsafe { process::setgroups(n, core::ptr::with_exposed_provenance(list)) },
        [n, list.expose_provenance(), 0],
    )
    .or_minus_one()
}

/// Sets the user for file access and returns the one before. setfsuid(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setfsuid(uid: uid_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setfsuid(uid) }.or_minus_one()
}

/// Sets the group for file access and returns the one before. setfsgid(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setfsgid(gid: gid_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::setfsgid(gid) }.or_minus_one()
}

/// Whether `gid` is one of the caller's supplementary groups. group_member(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn group_member(gid: gid_t) -> c_int {
    // SAFETY: a null list of no length asks for the number; then a buffer of the stated length, which is freed.
    unsafe {
        let Ok(count) = process::getgroups(0, core::ptr::null_mut()) else {
            return 0;
        };
        let list = calloc(count.max(1) as usize, size_of::<gid_t>()).cast::<gid_t>();
        if list.is_null() {
            return 0;
        }
        // Another thread may have changed them: then there are none or too many, and `EINVAL`.
        let count = process::getgroups(count, list).unwrap_or(0).max(0) as usize;
        let member = core::slice::from_raw_parts(list, count).contains(&gid);
        free(list.cast());
        c_int::from(member)
    }
}
