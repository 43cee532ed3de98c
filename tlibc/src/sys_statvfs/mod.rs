//! `sys/statvfs.h`: file system status, as POSIX words it. Converted from `sys_statfs`.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::sys_statfs::statfs as StatFs;
use crate::types::*;
use core::mem::MaybeUninit;

/// File system status.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct statvfs {
    /// Preferred I/O size in bytes.
    pub f_bsize: c_ulong,
    /// Bytes in a block, the unit of the counts below.
    pub f_frsize: c_ulong,
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
    /// Free inodes for unprivileged users.
    pub f_favail: fsfilcnt_t,
    /// Number of the file system.
    pub f_fsid: c_ulong,
    /// `ST_*` flags.
    pub f_flag: c_ulong,
    /// Longest file name in bytes.
    pub f_namemax: c_ulong,
    /// Unused.
    pub __f_spare: [c_int; 6],
}
check_layout!(
    statvfs = libc::statvfs {
        f_bsize,
        f_frsize,
        f_blocks,
        f_fsid,
        f_flag,
        f_namemax
    }
);

/// The kernel's own mark that the flags are filled in; not part of the interface.
const ST_VALID: c_long = 0x20;

fn convert(s: &StatFs) -> statvfs {
    statvfs {
        f_bsize: s.f_bsize as c_ulong,
        f_frsize: if s.f_frsize != 0 {
            s.f_frsize
        } else {
            s.f_bsize
        } as c_ulong,
        f_blocks: s.f_blocks,
        f_bfree: s.f_bfree,
        f_bavail: s.f_bavail,
        f_files: s.f_files,
        f_ffree: s.f_ffree,
        f_favail: s.f_ffree,
        f_fsid: u64::from(s.f_fsid[0] as u32) | u64::from(s.f_fsid[1] as u32) << 32,
        f_flag: (s.f_flags & !ST_VALID) as c_ulong,
        f_namemax: s.f_namelen as c_ulong,
        __f_spare: [0; 6],
    }
}

/// Status of the file system that `path` is on. POSIX `statvfs`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn statvfs(path: *const c_char, buf: *mut statvfs) -> c_int {
    let mut stats = MaybeUninit::<StatFs>::zeroed();
    // SAFETY: the caller's string and structure; statfs fills ours, and zeroes are a valid one.
    unsafe {
        fs::statfs(path, stats.as_mut_ptr().cast())
            .map(|_| buf.write(convert(&stats.assume_init())))
    }
    .or_minus_one()
}

/// Status of the file system that `fd` is on. POSIX `fstatvfs`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fstatvfs(fd: c_int, buf: *mut statvfs) -> c_int {
    let mut stats = MaybeUninit::<StatFs>::zeroed();
    // SAFETY: the caller's structure; fstatfs fills ours, and zeroes are a valid one.
    unsafe {
        fs::fstatfs(fd, stats.as_mut_ptr().cast()).map(|_| buf.write(convert(&stats.assume_init())))
    }
    .or_minus_one()
}

crate::alias!(statvfs64 = statvfs);
crate::alias!(fstatvfs64 = fstatvfs);
