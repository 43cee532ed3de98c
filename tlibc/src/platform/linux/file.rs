//! Descriptors: reading and writing, opening and closing.

use crate::errno::Errno;
use crate::platform::linux::{call, syscall};
use crate::types::*;
use core::ffi::CStr;

/// read(2).
#[inline]
pub fn read(fd: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel writes inside `buffer` only.
    unsafe { syscall!(__NR_read, fd, buffer.as_mut_ptr(), buffer.len()) }
}

/// write(2).
#[inline]
pub fn write(fd: c_int, data: &[u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel reads inside `data` only.
    unsafe { syscall!(__NR_write, fd, data.as_ptr(), data.len()) }
}

/// readv(2).
///
/// # Safety
/// Every piece must be valid for writes of its length.
#[inline]
pub unsafe fn readv(fd: c_int, pieces: &[iovec]) -> Result<usize, Errno> {
    // SAFETY: the caller's promise.
    unsafe { call!(__NR_readv, fd, pieces.as_ptr(), pieces.len()) }
}

/// writev(2).
///
/// # Safety
/// Every piece must be valid for reads of its length.
#[inline]
pub unsafe fn writev(fd: c_int, pieces: &[iovec]) -> Result<usize, Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_writev, fd, pieces.as_ptr(), pieces.len()) }
}

/// openat(2); `dirfd` may be `AT_FDCWD`.
#[inline]
pub fn openat(dirfd: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<c_int, Errno> {
    // SAFETY: `path` is a terminated string that the kernel only reads.
    unsafe { syscall!(__NR_openat, dirfd, path.as_ptr(), flags, mode).map(|fd| fd as c_int) }
}

/// close(2).
#[inline]
pub fn close(fd: c_int) -> Result<(), Errno> {
    // SAFETY: no memory is involved.
    unsafe { syscall!(__NR_close, fd).map(drop) }
}

/// lseek(2): the new offset from the file's start, in bytes.
#[inline]
pub fn lseek(fd: c_int, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
    // SAFETY: no memory is involved.
    unsafe { syscall!(__NR_lseek, fd, offset, whence).map(|at| at as off_t) }
}

/// ioctl(2) with a bare argument.
///
/// # Safety
/// `argument` must be what `request` asks for; where it is a pointer, valid for what the driver does.
#[inline]
pub unsafe fn ioctl(fd: c_int, request: c_ulong, argument: usize) -> Result<c_int, Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_ioctl, fd, request, argument).map(|value| value as c_int) }
}

/// Gives an open file without a name (`O_TMPFILE`) the name `path`; `EEXIST` if that is taken.
pub fn link_descriptor(fd: c_int, path: &CStr) -> Result<(), Errno> {
    use super::constants::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_FOLLOW};
    // SAFETY: the kernel reads terminated strings only.
    let direct = unsafe {
        call!(
            __NR_linkat,
            fd,
            c"".as_ptr(),
            AT_FDCWD,
            path.as_ptr(),
            AT_EMPTY_PATH
        )
    };
    match direct {
        // Unprivileged programs have to go through /proc (open(2), O_TMPFILE).
        Err(Errno::ENOENT | Errno::EPERM) => {}
        result => return result.map(drop),
    }
    let mut source = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0";
    let digits = &mut source[14..24];
    let mut length = 0;
    let mut rest = fd;
    loop {
        digits[length] = b'0' + (rest % 10) as u8;
        length += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits[..length].reverse();
    // SAFETY: as above; the last byte is never written.
    unsafe {
        call!(
            __NR_linkat,
            AT_FDCWD,
            source.as_ptr(),
            AT_FDCWD,
            path.as_ptr(),
            AT_SYMLINK_FOLLOW
        )
        .map(drop)
    }
}

/// Device and inode number of an open file (fstat(2)).
pub fn file_identity(fd: c_int) -> Result<(u64, u64), Errno> {
    // `struct stat` is 144 bytes and begins with the two.
    let mut stat = [0u64; 18];
    // SAFETY: the kernel writes one structure.
    unsafe { call!(__NR_fstat, fd, stat.as_mut_ptr())? };
    Ok((stat[0], stat[1]))
}

/// unlink(2).
pub fn unlink_file(path: &CStr) -> Result<(), Errno> {
    // SAFETY: the kernel reads a terminated string.
    unsafe { call!(__NR_unlink, path.as_ptr()).map(drop) }
}
