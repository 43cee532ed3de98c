//! `pathconf`: limits that depend on the file system.

use crate::errno::{CResult, Errno};
use crate::fcntl::AT_FDCWD;
use crate::platform::calls::fs;
use crate::sys_stat::{S_IFBLK, S_IFMT, S_IFREG, stat};
use crate::sys_statfs::statfs as StatFs;
use core::ffi::{c_char, c_int, c_long};
use core::mem::MaybeUninit;

/// File systems (`f_type`) whose limit on hard links is known: (magic, links).
const LINK_MAX: [(i64, c_long); 5] = [
    (0xef53, 65_000),
    (0x5846_5342, 2_147_483_647),
    (0x9123_683e, 65_535),
    (0x0102_1994, 127),
    (0x794c_7630, 127),
];

/// What is known of a file's kind: whether requests of aio can wait for it.
fn takes_requests(status: &stat) -> bool {
    matches!(status.st_mode & S_IFMT, S_IFREG | S_IFBLK)
}

fn value(
    name: c_int,
    stats: impl Fn() -> Result<StatFs, Errno>,
    status: impl Fn() -> Result<stat, Errno>,
) -> Result<c_long, Errno> {
    Ok(match name {
        0 => {
            let kind = stats()?.f_type;
            LINK_MAX
                .iter()
                .find(|(magic, _)| *magic == kind)
                .map_or(127, |(_, n)| *n)
        }
        1 | 2 => 255,                          // _PC_MAX_CANON, _PC_MAX_INPUT
        3 => stats()?.f_namelen as c_long,     // _PC_NAME_MAX
        4 | 5 => 4096,                         // _PC_PATH_MAX, _PC_PIPE_BUF
        6 => stats().map(|_| 1)?,              // _PC_CHOWN_RESTRICTED
        7 => 1,                                // _PC_NO_TRUNC
        8 => 0,                                // _PC_VDISABLE
        10 if takes_requests(&status()?) => 1, // _PC_ASYNC_IO
        13 => stats().map(|_| 64)?,            // _PC_FILESIZEBITS
        16 | 17 => stats()?.f_bsize as c_long, // _PC_REC_MIN_XFER_SIZE, _PC_REC_XFER_ALIGN
        18 => stats()?.f_frsize as c_long,     // _PC_ALLOC_SIZE_MIN
        20 => stats().map(|_| 1)?,             // _PC_2_SYMLINKS
        9..=12 | 14 | 15 | 19 => -1,           // known, without a limit
        _ => return Err(Errno::EINVAL),
    })
}

/// A limit of the file `path`; -1 with `errno` untouched for none. `ENOENT` for no name, whatever is asked; for other files
/// that are not there where the limit depends on the file. POSIX `pathconf`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pathconf(path: *const c_char, name: c_int) -> c_long {
    // SAFETY: the caller's string.
    if unsafe { *path } == 0 {
        return Err::<c_long, _>(Errno::ENOENT).or_minus_one();
    }
    value(
        name,
        || {
            let mut stats = MaybeUninit::<StatFs>::zeroed();
            // SAFETY: the caller's string; statfs fills the structure, and zeroes are a valid one.
            unsafe { fs::statfs(path, stats.as_mut_ptr().cast()).map(|_| stats.assume_init()) }
        },
        || {
            let mut status = MaybeUninit::<stat>::zeroed();
            // SAFETY: as above.
            unsafe {
                fs::newfstatat(AT_FDCWD, path, status.as_mut_ptr().cast(), 0)
                    .map(|_| status.assume_init())
            }
        },
    )
    .or_minus_one()
}

/// A limit of the open file `fd`; -1 with `errno` untouched for none. `EBADF` for a negative number, whatever is asked.
/// POSIX `fpathconf`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fpathconf(fd: c_int, name: c_int) -> c_long {
    if fd < 0 {
        return Err::<c_long, _>(Errno::EBADF).or_minus_one();
    }
    value(
        name,
        || {
            let mut stats = MaybeUninit::<StatFs>::zeroed();
            // SAFETY: fstatfs fills the structure, and zeroes are a valid one.
            unsafe { fs::fstatfs(fd, stats.as_mut_ptr().cast()).map(|_| stats.assume_init()) }
        },
        || {
            let mut status = MaybeUninit::<stat>::zeroed();
            // SAFETY: as above.
            unsafe { fs::fstat(fd, status.as_mut_ptr().cast()).map(|_| status.assume_init()) }
        },
    )
    .or_minus_one()
}
