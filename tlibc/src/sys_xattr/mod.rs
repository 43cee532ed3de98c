//! `sys/xattr.h`: extended attributes.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// Sets an attribute. setxattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; `value` is readable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setxattr(
    path: *const c_char,
    name: *const c_char,
    value: *const c_void,
    size: size_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::setxattr(path, name, value, size, flags) }.or_minus_one()
}

/// Sets an attribute of a symbolic link. lsetxattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; `value` is readable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lsetxattr(
    path: *const c_char,
    name: *const c_char,
    value: *const c_void,
    size: size_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::lsetxattr(path, name, value, size, flags) }.or_minus_one()
}

/// Sets an attribute of an open file. fsetxattr(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; `value` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fsetxattr(
    fd: c_int,
    name: *const c_char,
    value: *const c_void,
    size: size_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fsetxattr(fd, name, value, size, flags) }.or_minus_one()
}

/// Reads an attribute. getxattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; `value` is writable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getxattr(
    path: *const c_char,
    name: *const c_char,
    value: *mut c_void,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::getxattr(path, name, value, size) }.or_minus_one()
}

/// Reads an attribute of a symbolic link. lgetxattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; `value` is writable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lgetxattr(
    path: *const c_char,
    name: *const c_char,
    value: *mut c_void,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::lgetxattr(path, name, value, size) }.or_minus_one()
}

/// Reads an attribute of an open file. fgetxattr(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; `value` is writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetxattr(
    fd: c_int,
    name: *const c_char,
    value: *mut c_void,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fgetxattr(fd, name, value, size) }.or_minus_one()
}

/// The names of the attributes. listxattr(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn listxattr(
    path: *const c_char,
    list: *mut c_char,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::listxattr(path, list, size) }.or_minus_one()
}

/// The names of a symbolic link's attributes. llistxattr(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn llistxattr(
    path: *const c_char,
    list: *mut c_char,
    size: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::llistxattr(path, list, size) }.or_minus_one()
}

/// The names of an open file's attributes. flistxattr(2).
///
/// # Safety
/// `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn flistxattr(fd: c_int, list: *mut c_char, size: size_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::flistxattr(fd, list, size) }.or_minus_one()
}

/// Removes an attribute. removexattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn removexattr(path: *const c_char, name: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::removexattr(path, name) }.or_minus_one()
}

/// Removes an attribute of a symbolic link. lremovexattr(2).
///
/// # Safety
/// `path` and `name` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lremovexattr(path: *const c_char, name: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::lremovexattr(path, name) }.or_minus_one()
}

/// Removes an attribute of an open file. fremovexattr(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fremovexattr(fd: c_int, name: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fremovexattr(fd, name) }.or_minus_one()
}
