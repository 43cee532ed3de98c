//! Names in directories: links, symbolic links, removal, ownership and access tests.

use crate::errno::CResult;
use crate::fcntl::{AT_EACCESS, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW};
use crate::platform::calls::fs;
use crate::types::*;
use core::ffi::{c_char, c_int};

/// Gives a file a second name. POSIX `link`.
///
/// # Safety
/// `old` and `new` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn link(old: *const c_char, new: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::linkat(AT_FDCWD, old, AT_FDCWD, new, 0) }.or_minus_one()
}

/// `link` with names relative to open directories. POSIX `linkat`.
///
/// # Safety
/// `old` and `new` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn linkat(
    old_dir: c_int,
    old: *const c_char,
    new_dir: c_int,
    new: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::linkat(old_dir, old, new_dir, new, flags) }.or_minus_one()
}

/// Makes a symbolic link at `path` that says `target`. POSIX `symlink`.
///
/// # Safety
/// `target` and `path` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn symlink(target: *const c_char, path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::symlinkat(target, AT_FDCWD, path) }.or_minus_one()
}

/// `symlink` with `path` relative to an open directory. POSIX `symlinkat`.
///
/// # Safety
/// `target` and `path` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn symlinkat(
    target: *const c_char,
    dir: c_int,
    path: *const c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::symlinkat(target, dir, path) }.or_minus_one()
}

/// The text of a symbolic link, cut at `size` bytes, without a NUL. POSIX `readlink`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readlink(path: *const c_char, buf: *mut c_char, size: size_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::readlinkat(AT_FDCWD, path, buf, size) }.or_minus_one()
}

/// `readlink` with `path` relative to an open directory. POSIX `readlinkat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readlinkat(
    dir: c_int,
    path: *const c_char,
    buf: *mut c_char,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::readlinkat(dir, path, buf, size) }.or_minus_one()
}

/// Removes a name that is not a directory. POSIX `unlink`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::unlinkat(AT_FDCWD, path, 0) }.or_minus_one()
}

/// `unlink`, or with `AT_REMOVEDIR` `rmdir`, relative to an open directory. POSIX `unlinkat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn unlinkat(dir: c_int, path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::unlinkat(dir, path, flags) }.or_minus_one()
}

/// Removes an empty directory. POSIX `rmdir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::unlinkat(AT_FDCWD, path, AT_REMOVEDIR) }.or_minus_one()
}

/// Changes owner and group; -1 keeps one. POSIX `chown`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn chown(path: *const c_char, uid: uid_t, gid: gid_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fchownat(AT_FDCWD, path, uid, gid, 0) }.or_minus_one()
}

/// `chown` of a symbolic link itself. POSIX `lchown`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lchown(path: *const c_char, uid: uid_t, gid: gid_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW) }.or_minus_one()
}

/// `chown` of an open file. POSIX `fchown`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fchown(fd: c_int, uid: uid_t, gid: gid_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::fchown(fd, uid, gid) }.or_minus_one()
}

/// `chown` relative to an open directory. POSIX `fchownat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fchownat(
    dir: c_int,
    path: *const c_char,
    uid: uid_t,
    gid: gid_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fchownat(dir, path, uid, gid, flags) }.or_minus_one()
}

/// Tests access by the real user and group. POSIX `access`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn access(path: *const c_char, mode: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::faccessat(AT_FDCWD, path, mode) }.or_minus_one()
}

/// `access` relative to an open directory, with `AT_EACCESS` by the effective user and group. POSIX
/// `faccessat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn faccessat(
    dir: c_int,
    path: *const c_char,
    mode: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { check_access(dir, path, mode, flags) }.or_minus_one()
}

/// Tests access by the effective user and group. euidaccess(3).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn euidaccess(path: *const c_char, mode: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { check_access(AT_FDCWD, path, mode, AT_EACCESS) }.or_minus_one()
}

crate::alias!(eaccess = euidaccess);

/// faccessat with flags: the flagless call is older than the one that takes flags, so it goes first where it can.
///
/// # Safety
/// `path` points to a NUL-terminated string.
unsafe fn check_access(
    dir: c_int,
    path: *const c_char,
    mode: c_int,
    flags: c_int,
) -> Result<c_int, crate::errno::Errno> {
    if flags == 0 {
        // SAFETY: the caller's string.
        unsafe { fs::faccessat(dir, path, mode) }
    } else {
        // SAFETY: the caller's string.
        unsafe { fs::faccessat2(dir, path, mode, flags) }
    }
}
