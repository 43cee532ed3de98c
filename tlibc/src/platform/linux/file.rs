//! Descriptors: reading and writing, opening and closing.

use crate::errno::Errno;
use crate::syscall;
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
    unsafe { syscall!(__NR_readv, fd, pieces.as_ptr(), pieces.len()) }
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
