//! Reading, writing, positioning and flushing descriptors.

use crate::errno::{CResult, Errno};
use crate::platform::calls::fs;
use crate::pthread::points;
use crate::types::*;
use core::ffi::{c_char, c_int, c_uint, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

/// What `aio` wants to do before a descriptor is closed, an `extern "C" fn(c_int)`; null until it has been used, so that
/// other programs do not contain it.
pub(crate) static CLOSING: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Reads up to `count` bytes; 0 is the end of the file. POSIX `read`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn read(fd: c_int, buf: *mut c_void, count: size_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::read(fd, buf, count) }.or_minus_one()
}

/// Writes up to `count` bytes and returns how many. POSIX `write`.
///
/// # Safety
/// `buf` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn write(fd: c_int, buf: *const c_void, count: size_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::write(fd, buf, count) }.or_minus_one()
}

/// Reads at `offset` (bytes) without moving the file position. POSIX `pread`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pread(
    fd: c_int,
    buf: *mut c_void,
    count: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::pread64(fd, buf, count, offset) }.or_minus_one()
}

/// Writes at `offset` (bytes) without moving the file position. POSIX `pwrite`.
///
/// # Safety
/// `buf` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pwrite(
    fd: c_int,
    buf: *const c_void,
    count: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::pwrite64(fd, buf, count, offset) }.or_minus_one()
}

/// Moves the file position and returns it, in bytes from the start. POSIX `lseek`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lseek(fd: c_int, offset: off_t, whence: c_int) -> off_t {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::lseek(fd, offset, whence) }.or_minus_one()
}

/// Gives the descriptor back. After `EINTR` it is closed as well, as on every Linux system: never call
/// `close` again. POSIX `close`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn close(fd: c_int) -> c_int {
    let closing = CLOSING.load(Ordering::Acquire);
    if !closing.is_null() {
        // SAFETY: `aio` stores a function of this type and nothing else does.
        let closing = unsafe { core::mem::transmute::<*mut (), extern "C" fn(c_int)>(closing) };
        closing(fd);
    }
    // SAFETY: the call takes no memory of ours.
    unsafe { points::close(fd) }.or_minus_one()
}

/// Waits until the file's data and metadata are on the device. POSIX `fsync`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::fsync(fd) }.or_minus_one()
}

/// Waits until the file's data, and the metadata needed to read it, are on the device. POSIX `fdatasync`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { points::fdatasync(fd) }.or_minus_one()
}

/// Starts writing everything out; it has no way to fail. POSIX `sync`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sync() {
    // SAFETY: numbers only, no memory of ours.
    let _ = unsafe { fs::sync() };
}

/// Writes out the file system that `fd` is on. syncfs(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn syncfs(fd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::syncfs(fd) }.or_minus_one()
}

/// Cuts or extends the file to `length` bytes. POSIX `truncate`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn truncate(path: *const c_char, length: off_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::truncate(path, length) }.or_minus_one()
}

/// Cuts or extends the open file to `length` bytes. POSIX `ftruncate`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftruncate(fd: c_int, length: off_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::ftruncate(fd, length) }.or_minus_one()
}

/// Copies up to `length` bytes between files inside the kernel. copy_file_range(2).
///
/// # Safety
/// `pinoff` and `poutoff` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn copy_file_range(
    infd: c_int,
    pinoff: *mut off_t,
    outfd: c_int,
    poutoff: *mut off_t,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { crate::pthread::points::copy_file_range(infd, pinoff, outfd, poutoff, length, flags) }
        .or_minus_one()
}

/// Closes (or marks close-on-exec) every descriptor from `first` to `last`. close_range(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::close_range(first, last, flags as c_uint) }.or_minus_one()
}

/// Closes every descriptor from `first` up. closefrom(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn closefrom(first: c_int) {
    let first = first.max(0) as c_uint;
    // SAFETY: the caller asked for these descriptors to be closed.
    if unsafe { fs::close_range(first, c_uint::MAX, 0) }.is_err() {
        // A number that is not open answers EBADF, which is the wanted state.
        let end = super::limits::open_max().clamp(0, 1 << 20) as c_int;
        for fd in first as c_int..end {
            // SAFETY: as above.
            let _ = unsafe { fs::close(fd) };
        }
    }
}

/// `close` with a say on what `EINTR` leaves (POSIX.1-2024). `flag` 0 asks for a descriptor that is closed
/// in every case, which is what happens; `POSIX_CLOSE_RESTART` is 0 as well.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_close(fd: c_int, flag: c_int) -> c_int {
    if flag != 0 {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: as in `close`.
    match unsafe { fs::close(fd) } {
        Err(Errno::EINTR) => 0,
        other => other.or_minus_one(),
    }
}

crate::alias!(pread64 = pread);
crate::alias!(pwrite64 = pwrite);
crate::alias!(lseek64 = lseek);
crate::alias!(truncate64 = truncate);
crate::alias!(ftruncate64 = ftruncate);
