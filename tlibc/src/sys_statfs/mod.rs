//! `sys/statfs.h`: file system status, as Linux reports it.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// File system status.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct statfs {
    /// Magic number of the kind of file system.
    pub f_type: c_long,
    /// Preferred I/O size in bytes.
    pub f_bsize: c_long,
    /// Blocks in all.
    pub f_blocks: fsblkcnt_t,
    /// Free blocks.
    pub f_bfree: fsblkcnt_t,
    /// Free blocks for unprivileged users.
    pub f_bavail: fsblkcnt_t,
    /// Inodes in all.
    pub f_files: fsfilcnt_t,
    /// Free inodes.
    pub f_ffree: fsfilcnt_t,
    /// Number of the file system.
    pub f_fsid: [c_int; 2],
    /// Longest file name in bytes.
    pub f_namelen: c_long,
    /// Bytes in a block.
    pub f_frsize: c_long,
    /// Mount flags.
    pub f_flags: c_long,
    /// Unused.
    pub f_spare: [c_long; 4],
}
check_layout!(
    statfs = libc::statfs {
        f_type,
        f_bsize,
        f_blocks,
        f_bavail,
        f_fsid,
        f_namelen,
        f_frsize
    }
);

/// Status of the file system that `path` is on. statfs(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn statfs(path: *const c_char, buf: *mut statfs) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::statfs(path, buf.cast()) }.or_minus_one()
}

/// Status of the file system that `fd` is on. fstatfs(2).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fstatfs(fd: c_int, buf: *mut statfs) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::fstatfs(fd, buf.cast()) }.or_minus_one()
}

crate::alias!(statfs64 = statfs);
crate::alias!(fstatfs64 = fstatfs);
