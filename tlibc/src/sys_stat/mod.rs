//! `sys/stat.h`: file status, modes, creation of directories and special files, file times.
//!
//! glibc's `struct stat` on x86-64 is the kernel's, so the kernel fills the caller's structure. Neighbours:
//! `fcntl` (open), `utime`, `sys_time` (utimes).

use crate::errno::{CResult, Errno};
use crate::fcntl::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_PATH};
use crate::platform::calls::fs;
use crate::types::*;
use core::ptr;

/// The type bits of a mode.
pub const S_IFMT: mode_t = 0o170_000;
/// A directory.
pub const S_IFDIR: mode_t = 0o040_000;
/// A character device.
pub const S_IFCHR: mode_t = 0o020_000;
/// A block device.
pub const S_IFBLK: mode_t = 0o060_000;
/// A regular file.
pub const S_IFREG: mode_t = 0o100_000;
/// A FIFO or pipe.
pub const S_IFIFO: mode_t = 0o010_000;
/// A symbolic link.
pub const S_IFLNK: mode_t = 0o120_000;
/// A socket.
pub const S_IFSOCK: mode_t = 0o140_000;
/// `tv_nsec`: the current time.
pub const UTIME_NOW: c_long = 0x3fff_ffff;
/// `tv_nsec`: leave this time as it is.
pub const UTIME_OMIT: c_long = 0x3fff_fffe;

/// File status (`struct stat`, and `struct stat64`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct stat {
    /// Device the file is on.
    pub st_dev: dev_t,
    /// Serial number on that device.
    pub st_ino: ino_t,
    /// Names of the file.
    pub st_nlink: nlink_t,
    /// Type and permissions.
    pub st_mode: mode_t,
    /// Owner.
    pub st_uid: uid_t,
    /// Group.
    pub st_gid: gid_t,
    /// Padding.
    pub __pad0: c_int,
    /// The device that a special file is.
    pub st_rdev: dev_t,
    /// Bytes.
    pub st_size: off_t,
    /// Preferred I/O size in bytes.
    pub st_blksize: blksize_t,
    /// Allocated blocks of 512 bytes.
    pub st_blocks: blkcnt_t,
    /// Last access.
    pub st_atim: timespec,
    /// Last change of the data.
    pub st_mtim: timespec,
    /// Last change of the status.
    pub st_ctim: timespec,
    /// Unused.
    pub __glibc_reserved: [c_long; 3],
}
check_layout!(
    stat = libc::stat {
        st_dev,
        st_ino,
        st_nlink,
        st_mode,
        st_uid,
        st_gid,
        st_rdev,
        st_size,
        st_blksize,
        st_blocks
    }
);
check_layout!(stat = libc::stat64);

/// A time in `struct statx`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct statx_timestamp {
    /// Seconds since the Epoch.
    pub tv_sec: i64,
    /// Nanoseconds.
    pub tv_nsec: u32,
    /// Padding.
    pub __statx_timestamp_pad1: [i32; 1],
}

/// Extended file status, statx(2).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types, missing_docs)]
pub struct statx {
    pub stx_mask: u32,
    pub stx_blksize: u32,
    pub stx_attributes: u64,
    pub stx_nlink: u32,
    pub stx_uid: u32,
    pub stx_gid: u32,
    pub stx_mode: u16,
    pub __statx_pad1: [u16; 1],
    pub stx_ino: u64,
    pub stx_size: u64,
    pub stx_blocks: u64,
    pub stx_attributes_mask: u64,
    pub stx_atime: statx_timestamp,
    pub stx_btime: statx_timestamp,
    pub stx_ctime: statx_timestamp,
    pub stx_mtime: statx_timestamp,
    pub stx_rdev_major: u32,
    pub stx_rdev_minor: u32,
    pub stx_dev_major: u32,
    pub stx_dev_minor: u32,
    pub __statx_pad2: [u64; 14],
}
check_layout!(
    statx = libc::statx {
        stx_mask,
        stx_mode,
        stx_ino,
        stx_atime,
        stx_mtime,
        stx_rdev_major,
        stx_dev_minor
    }
);

/// The status of a file. POSIX `stat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn stat(path: *const c_char, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::newfstatat(AT_FDCWD, path, buf.cast(), 0) }.or_minus_one()
}

/// The status of a file, or of the symbolic link itself. POSIX `lstat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lstat(path: *const c_char, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::newfstatat(AT_FDCWD, path, buf.cast(), AT_SYMLINK_NOFOLLOW) }.or_minus_one()
}

/// The status of an open file. POSIX `fstat`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fstat(fd: c_int, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fstat(fd, buf.cast()) }.or_minus_one()
}

/// The status of a file named relative to an open directory. POSIX `fstatat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fstatat(
    dir: c_int,
    path: *const c_char,
    buf: *mut stat,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::newfstatat(dir, path, buf.cast(), flags) }.or_minus_one()
}

/// Extended status of a file. statx(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn statx(
    dir: c_int,
    path: *const c_char,
    flags: c_int,
    mask: c_uint,
    buf: *mut statx,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::statx(dir, path, flags, mask, buf.cast()) }.or_minus_one()
}

/// Changes the permissions of a file. POSIX `chmod`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn chmod(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fchmodat(AT_FDCWD, path, mode) }.or_minus_one()
}

/// Changes the permissions of an open file. POSIX `fchmod`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fchmod(fd: c_int, mode: mode_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::fchmod(fd, mode) }.or_minus_one()
}

/// Changes the permissions of a file named relative to an open directory. POSIX `fchmodat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fchmodat(
    dir: c_int,
    path: *const c_char,
    mode: mode_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { change_mode(dir, path, mode, flags) }.or_minus_one()
}

/// Changes the permissions of a file that is not a symbolic link. lchmod(3).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lchmod(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { change_mode(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) }.or_minus_one()
}

/// Makes a directory. POSIX `mkdir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mkdirat(AT_FDCWD, path, mode) }.or_minus_one()
}

/// Makes a directory relative to an open one. POSIX `mkdirat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkdirat(dir: c_int, path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mkdirat(dir, path, mode) }.or_minus_one()
}

/// Makes a FIFO. POSIX `mkfifo`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkfifo(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mknodat(AT_FDCWD, path, mode & !S_IFMT | S_IFIFO, 0) }.or_minus_one()
}

/// Makes a FIFO relative to an open directory. POSIX `mkfifoat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkfifoat(dir: c_int, path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mknodat(dir, path, mode & !S_IFMT | S_IFIFO, 0) }.or_minus_one()
}

/// Makes a special file. POSIX `mknod`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mknod(path: *const c_char, mode: mode_t, dev: dev_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mknodat(AT_FDCWD, path, mode, dev) }.or_minus_one()
}

/// Makes a special file relative to an open directory. POSIX `mknodat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mknodat(
    dir: c_int,
    path: *const c_char,
    mode: mode_t,
    dev: dev_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::mknodat(dir, path, mode, dev) }.or_minus_one()
}

/// Sets the permissions that new files do not get and returns those before. Cannot fail. POSIX `umask`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn umask(mask: mode_t) -> mode_t {
    // SAFETY: numbers only, no memory of ours.
    unsafe { fs::umask(mask) }.unwrap_or(0)
}

/// Sets access and modification time of an open file; null is now. POSIX `futimens`.
///
/// # Safety
/// `times` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn futimens(fd: c_int, times: *const timespec) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::utimensat(fd, ptr::null(), times.cast(), 0) }.or_minus_one()
}

/// Sets access and modification time (two of them in `times`); null is now. POSIX `utimensat`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `times` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn utimensat(
    dir: c_int,
    path: *const c_char,
    times: *const timespec,
    flags: c_int,
) -> c_int {
    if path.is_null() {
        // The kernel would take this for futimens.
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's string and two times, or null.
    unsafe { fs::utimensat(dir, path, times.cast(), flags) }.or_minus_one()
}

/// fchmodat with flags. The kernel's first version takes none; fchmodat2 does since Linux 6.6. Before that a
/// descriptor that only names the file, and its name in /proc, tell a symbolic link from the rest.
///
/// # Safety
/// `path` points to a NUL-terminated string.
unsafe fn change_mode(
    dir: c_int,
    path: *const c_char,
    mode: mode_t,
    flags: c_int,
) -> Result<c_int, Errno> {
    if flags & !(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0 {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's string; the buffers below are live.
    unsafe {
        if flags == 0 {
            return fs::fchmodat(dir, path, mode);
        }
        match fs::fchmodat2(dir, path, mode, flags) {
            Err(Errno::ENOSYS) if flags == AT_SYMLINK_NOFOLLOW => {}
            other => return other,
        }
        let fd = fs::openat(dir, path, O_PATH | O_CLOEXEC | crate::fcntl::O_NOFOLLOW, 0)?;
        let mut status = core::mem::zeroed::<stat>();
        let result = fs::fstat(fd, (&raw mut status).cast()).and_then(|_| {
            if status.st_mode & S_IFMT == S_IFLNK {
                return Err(Errno::EOPNOTSUPP);
            }
            fs::fchmodat(
                AT_FDCWD,
                crate::unistd::term::proc_fd_path(fd).as_ptr().cast(),
                mode,
            )
        });
        let _ = fs::close(fd);
        result
    }
}

/// The only version of `struct stat` on x86-64, as programs built before glibc 2.33 name it.
const STAT_VERSION: c_int = 1;

/// Refuses another version.
fn checked(version: c_int) -> Result<(), Errno> {
    if version == STAT_VERSION || version == 0 {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// `stat` of programs built before glibc 2.33.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __xstat(version: c_int, path: *const c_char, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { checked(version).and_then(|()| fs::newfstatat(AT_FDCWD, path, buf.cast(), 0)) }
        .or_minus_one()
}

/// `lstat` of programs built before glibc 2.33.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __lxstat(version: c_int, path: *const c_char, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe {
        checked(version)
            .and_then(|()| fs::newfstatat(AT_FDCWD, path, buf.cast(), AT_SYMLINK_NOFOLLOW))
    }
    .or_minus_one()
}

/// `fstat` of programs built before glibc 2.33.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fxstat(version: c_int, fd: c_int, buf: *mut stat) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { checked(version).and_then(|()| fs::fstat(fd, buf.cast())) }.or_minus_one()
}

/// `fstatat` of programs built before glibc 2.33.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fxstatat(
    version: c_int,
    dir: c_int,
    path: *const c_char,
    buf: *mut stat,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { checked(version).and_then(|()| fs::newfstatat(dir, path, buf.cast(), flags)) }
        .or_minus_one()
}

/// `mknod` of programs built before glibc 2.33.
///
/// # Safety
/// `path` points to a NUL-terminated string; `dev` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __xmknod(
    version: c_int,
    path: *const c_char,
    mode: mode_t,
    dev: *mut dev_t,
) -> c_int {
    if version != 0 {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's string and number.
    unsafe { fs::mknodat(AT_FDCWD, path, mode, *dev) }.or_minus_one()
}

crate::alias!(stat64 = stat);
crate::alias!(lstat64 = lstat);
crate::alias!(fstat64 = fstat);
crate::alias!(fstatat64 = fstatat);
crate::alias!(__xstat64 = __xstat);
crate::alias!(__lxstat64 = __lxstat);
crate::alias!(__fxstat64 = __fxstat);
crate::alias!(__fxstatat64 = __fxstatat);
