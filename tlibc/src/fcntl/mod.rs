//! `fcntl.h`: opening files and controlling descriptors.
//!
//! The variadic C functions are declared here with a fixed extra argument: integers and pointers travel in the
//! same registers either way (System V ABI). Neighbours: `unistd::fds` (dup, pipe), `sys_stat` (modes).

use crate::errno::{CResult, Errno};
use crate::platform;
use crate::platform::calls::fs;
use crate::pthread::points;
use crate::types::*;

/// Relative paths start at the working directory.
pub const AT_FDCWD: c_int = -100;
/// Do not follow a symbolic link at the end of the path.
pub const AT_SYMLINK_NOFOLLOW: c_int = 0x100;
/// Test access with the effective user and group.
pub const AT_EACCESS: c_int = 0x200;
/// `unlinkat`: remove a directory.
pub const AT_REMOVEDIR: c_int = 0x200;
/// Follow a symbolic link at the end of the path (`linkat`).
pub const AT_SYMLINK_FOLLOW: c_int = 0x400;
/// An empty path means the descriptor itself.
pub const AT_EMPTY_PATH: c_int = 0x1000;
/// Open for reading.
pub const O_RDONLY: c_int = 0;
/// Open for writing.
pub const O_WRONLY: c_int = 1;
/// Open for both.
pub const O_RDWR: c_int = 2;
/// The bits of the access mode.
pub const O_ACCMODE: c_int = 3;
/// Create the file when it does not exist.
pub const O_CREAT: c_int = 0o100;
/// With `O_CREAT`: fail when it exists.
pub const O_EXCL: c_int = 0o200;
/// Do not make a terminal the controlling one.
pub const O_NOCTTY: c_int = 0o400;
/// Cut the file to length 0.
pub const O_TRUNC: c_int = 0o1000;
/// Every write goes to the end.
pub const O_APPEND: c_int = 0o2000;
/// Fail with `EAGAIN` rather than wait.
pub const O_NONBLOCK: c_int = 0o4000;
/// Only a directory.
pub const O_DIRECTORY: c_int = 0o200_000;
/// Not through a symbolic link at the end of the path.
pub const O_NOFOLLOW: c_int = 0o400_000;
/// Close the descriptor on exec.
pub const O_CLOEXEC: c_int = 0o2_000_000;
/// Only a place in the file system.
pub const O_PATH: c_int = 0o10_000_000;
/// A file without a name.
pub const O_TMPFILE: c_int = 0o20_200_000;
/// `fcntl`: duplicate to the lowest number from the argument up.
pub const F_DUPFD: c_int = 0;
/// `fcntl`: read the descriptor flags.
pub const F_GETFD: c_int = 1;
/// `fcntl`: set the descriptor flags.
pub const F_SETFD: c_int = 2;
/// `fcntl`: read the status flags.
pub const F_GETFL: c_int = 3;
/// `fcntl`: set the status flags.
pub const F_SETFL: c_int = 4;
/// `fcntl`: ask about a record lock.
pub const F_GETLK: c_int = 5;
/// `fcntl`: set or clear a record lock.
pub const F_SETLK: c_int = 6;
/// `fcntl`: the same, waiting.
pub const F_SETLKW: c_int = 7;
/// `fcntl`: ask who gets a descriptor's signals, a process or, negative, a process group.
pub const F_GETOWN: c_int = 9;
/// `fcntl`: the same, as kind and number.
const F_GETOWN_EX: c_int = 16;
/// The kind of owner that is a process group.
const F_OWNER_PGRP: c_int = 2;
/// `F_SETLKW` for a lock of the open file description.
pub const F_OFD_SETLKW: c_int = 38;
/// `fcntl`: duplicate with close-on-exec.
pub const F_DUPFD_CLOEXEC: c_int = 1030;
/// Descriptor flag: close on exec.
pub const FD_CLOEXEC: c_int = 1;
/// A shared lock.
pub const F_RDLCK: c_short = 0;
/// An exclusive lock.
pub const F_WRLCK: c_short = 1;
/// No lock.
pub const F_UNLCK: c_short = 2;

/// A record lock.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct flock {
    /// `F_RDLCK`, `F_WRLCK` or `F_UNLCK`.
    pub l_type: c_short,
    /// What `l_start` counts from, as in `lseek`.
    pub l_whence: c_short,
    /// First byte.
    pub l_start: off_t,
    /// Bytes; 0 is to the end of the file.
    pub l_len: off_t,
    /// Who holds the lock (`F_GETLK`).
    pub l_pid: pid_t,
}
check_layout!(
    flock = libc::flock {
        l_type,
        l_whence,
        l_start,
        l_len,
        l_pid
    }
);

/// Whether these flags make `open` read its mode argument.
fn takes_mode(flags: c_int) -> bool {
    flags & O_CREAT != 0 || flags & O_TMPFILE == O_TMPFILE
}

/// Opens a file. `mode` counts only with `O_CREAT` or `O_TMPFILE`; in C it is a variable argument. POSIX
/// `open`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe {
        points::openat(
            AT_FDCWD,
            path,
            flags,
            if takes_mode(flags) { mode } else { 0 },
        )
    }
    .or_minus_one()
}

/// `open` relative to an open directory. POSIX `openat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn openat(
    dir: c_int,
    path: *const c_char,
    flags: c_int,
    mode: mode_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::openat(dir, path, flags, if takes_mode(flags) { mode } else { 0 }) }
        .or_minus_one()
}

/// Creates or empties a file and opens it for writing. POSIX `creat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn creat(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode) }.or_minus_one()
}

/// Controls a descriptor; `arg` is an int, a pointer or absent, as `cmd` says. POSIX `fcntl`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fcntl(fd: c_int, cmd: c_int, arg: uintptr_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe {
        match cmd {
            F_SETLKW | F_OFD_SETLKW => points::fcntl(fd, cmd, arg),
            // The kernel's own answer for a process group looks like an error number.
            F_GETOWN => {
                let mut owner = [0 as c_int; 2];
                let place = owner.as_mut_ptr().expose_provenance();
                fs::fcntl(fd, F_GETOWN_EX, place).map(|_| match owner {
                    [F_OWNER_PGRP, group] => -group,
                    [_, process] => process,
                })
            }
            _ => fs::fcntl(fd, cmd, arg),
        }
    }
    .or_minus_one()
}

/// Says how a part of a file will be used; returns an error number. POSIX `posix_fadvise`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_fadvise(
    fd: c_int,
    offset: off_t,
    len: off_t,
    advice: c_int,
) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::fadvise64(fd, offset, len, advice).error_number() }
}

/// Allocates or frees space in a file. fallocate(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fallocate(fd: c_int, mode: c_int, offset: off_t, len: off_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::fallocate(fd, mode, offset, len) }.or_minus_one()
}

/// Reads a part of a file into the cache. readahead(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readahead(fd: c_int, offset: off_t, count: size_t) -> ssize_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::readahead(fd, offset, count) }.or_minus_one()
}

/// Moves data between a pipe and a descriptor. splice(2).
///
/// # Safety
/// `off_in` and `off_out` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn splice(
    input: c_int,
    off_in: *mut off_t,
    out: c_int,
    off_out: *mut off_t,
    len: size_t,
    flags: c_uint,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::splice(input, off_in, out, off_out, len, flags) }.or_minus_one()
}

/// Duplicates a pipe's data into another. tee(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tee(input: c_int, out: c_int, len: size_t, flags: c_uint) -> ssize_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::tee(input, out, len, flags) }.or_minus_one()
}

/// Moves memory into a pipe. vmsplice(2).
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vmsplice(
    fd: c_int,
    iov: *const iovec,
    n: size_t,
    flags: c_uint,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::vmsplice(fd, iov.cast(), n, flags) }.or_minus_one()
}

/// Writes out a part of a file. sync_file_range(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sync_file_range(
    fd: c_int,
    offset: off_t,
    len: off_t,
    flags: c_uint,
) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::sync_file_range(fd, offset, len, flags) }.or_minus_one()
}

/// The file handle of a path. name_to_handle_at(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `handle` and `mount` are writable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn name_to_handle_at(
    dir: c_int,
    path: *const c_char,
    handle: *mut c_void,
    mount: *mut c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::name_to_handle_at(dir, path, handle, mount, flags) }.or_minus_one()
}

/// Opens a file handle. open_by_handle_at(2).
///
/// # Safety
/// `handle` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn open_by_handle_at(
    mount: c_int,
    handle: *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::open_by_handle_at(mount, handle, flags) }.or_minus_one()
}

/// Makes sure that writing to a part of a file finds space; returns an error number. `EINVAL` where the
/// file system has no such operation: writing zeroes instead would race with other writers. POSIX
/// `posix_fallocate`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_fallocate(fd: c_int, offset: off_t, len: off_t) -> c_int {
    if offset < 0 || len <= 0 {
        return Errno::EINVAL.0;
    }
    // SAFETY: numbers only.
    match unsafe { fs::fallocate(fd, 0, offset, len) } {
        Err(Errno::EOPNOTSUPP) => Errno::EINVAL.0,
        other => other.error_number(),
    }
}

/// `open` without a mode, as a fortified program calls it: a missing mode ends the process.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __open_2(path: *const c_char, flags: c_int) -> c_int {
    if takes_mode(flags) {
        platform::abort();
    }
    // SAFETY: the caller's string.
    unsafe { open(path, flags, 0) }
}

/// `openat` without a mode, as a fortified program calls it: a missing mode ends the process.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __openat_2(dir: c_int, path: *const c_char, flags: c_int) -> c_int {
    if takes_mode(flags) {
        platform::abort();
    }
    // SAFETY: the caller's string.
    unsafe { openat(dir, path, flags, 0) }
}

crate::alias!(open64 = open);
crate::alias!(__open64 = open);
crate::alias!(__open = open);
crate::alias!(openat64 = openat);
crate::alias!(creat64 = creat);
crate::alias!(fcntl64 = fcntl);
crate::alias!(__fcntl = fcntl);
crate::alias!(posix_fadvise64 = posix_fadvise);
crate::alias!(posix_fallocate64 = posix_fallocate);
crate::alias!(fallocate64 = fallocate);
crate::alias!(__open64_2 = __open_2);
crate::alias!(__openat64_2 = __openat_2);
