//! `sys/uio.h`: reading and writing several buffers at once.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::pthread::points;
use crate::types::*;

/// Reads into `n` buffers in order. POSIX `readv`.
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readv(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::readv(fd, iov.cast(), n) }.or_minus_one()
}

/// Writes `n` buffers in order. POSIX `writev`.
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn writev(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::writev(fd, iov.cast(), n) }.or_minus_one()
}

/// `readv` at `offset`. preadv(2).
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn preadv(fd: c_int, iov: *const iovec, n: c_int, offset: off_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::preadv(fd, iov.cast(), n, offset, 0) }.or_minus_one()
}

/// `writev` at `offset`. pwritev(2).
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pwritev(fd: c_int, iov: *const iovec, n: c_int, offset: off_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::pwritev(fd, iov.cast(), n, offset, 0) }.or_minus_one()
}

/// `preadv` with flags; offset -1 is the file position. preadv2(2).
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn preadv2(
    fd: c_int,
    iov: *const iovec,
    n: c_int,
    offset: off_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::preadv2(fd, iov.cast(), n, offset, 0, flags) }.or_minus_one()
}

/// `pwritev` with flags; offset -1 is the file position. pwritev2(2).
///
/// # Safety
/// `iov` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pwritev2(
    fd: c_int,
    iov: *const iovec,
    n: c_int,
    offset: off_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::pwritev2(fd, iov.cast(), n, offset, 0, flags) }.or_minus_one()
}

/// Copies from another process's memory. process_vm_readv(2).
///
/// # Safety
/// `local` and `remote` are readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn process_vm_readv(
    pid: pid_t,
    local: *const iovec,
    local_n: c_ulong,
    remote: *const iovec,
    remote_n: c_ulong,
    flags: c_ulong,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::process_vm_readv(pid, local.cast(), local_n, remote.cast(), remote_n, flags) }
        .or_minus_one()
}

/// Copies to another process's memory. process_vm_writev(2).
///
/// # Safety
/// `local` and `remote` are readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn process_vm_writev(
    pid: pid_t,
    local: *const iovec,
    local_n: c_ulong,
    remote: *const iovec,
    remote_n: c_ulong,
    flags: c_ulong,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe {
        process::process_vm_writev(pid, local.cast(), local_n, remote.cast(), remote_n, flags)
    }
    .or_minus_one()
}

crate::alias!(preadv64 = preadv);
crate::alias!(pwritev64 = pwritev);
crate::alias!(preadv64v2 = preadv2);
crate::alias!(pwritev64v2 = pwritev2);
