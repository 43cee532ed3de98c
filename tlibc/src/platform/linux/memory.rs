//! Address space: mmap and its relatives.

use super::constants::{MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE};
use crate::errno::Errno;
use crate::platform::linux::{call, syscall};
use crate::types::*;

/// Size of a page in bytes; fixed on x86-64.
pub const PAGE_SIZE: usize = 4096;

/// mmap(2).
///
/// # Safety
/// With `MAP_FIXED` nothing in use may lie in the range.
#[inline]
pub unsafe fn mmap(
    address: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> Result<*mut c_void, Errno> {
    // SAFETY: the caller's promise.
    unsafe {
        syscall!(__NR_mmap, address, length, protection, flags, fd, offset)
            .map(|at| at as *mut c_void)
    }
}

/// A fresh private mapping of zeroed memory, readable and writable.
#[inline]
pub fn map_anonymous(length: usize) -> Result<*mut u8, Errno> {
    // SAFETY: without MAP_FIXED the kernel picks unused addresses.
    unsafe {
        mmap(
            core::ptr::null_mut(),
            length,
            (PROT_READ | PROT_WRITE) as c_int,
            (MAP_PRIVATE | MAP_ANONYMOUS) as c_int,
            -1,
            0,
        )
        .map(<*mut c_void>::cast)
    }
}

/// munmap(2).
///
/// # Safety
/// Nothing in the range may be used afterwards.
#[inline]
pub unsafe fn munmap(address: *mut c_void, length: usize) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_munmap, address, length).map(drop) }
}

/// mprotect(2).
///
/// # Safety
/// What is in use in the range must stay accessible as it is used.
#[inline]
pub unsafe fn mprotect(
    address: *mut c_void,
    length: usize,
    protection: c_int,
) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_mprotect, address, length, protection).map(drop) }
}

/// mremap(2).
///
/// # Safety
/// The old range must be a mapping of the caller's, not used through the old address when it moves.
#[inline]
pub unsafe fn mremap(
    address: *mut c_void,
    old_length: usize,
    new_length: usize,
    flags: c_int,
    new_address: *mut c_void,
) -> Result<*mut c_void, Errno> {
    // SAFETY: the caller's promise.
    unsafe {
        syscall!(
            __NR_mremap,
            address,
            old_length,
            new_length,
            flags,
            new_address
        )
        .map(|at| at as *mut c_void)
    }
}

/// madvise(2).
///
/// # Safety
/// Advice that drops contents (`MADV_DONTNEED`, `MADV_FREE`) must only cover memory whose contents are dead.
#[inline]
pub unsafe fn madvise(address: *mut c_void, length: usize, advice: c_int) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_madvise, address, length, advice).map(drop) }
}

/// The soft limit of the main stack's size in bytes (getrlimit(2), RLIMIT_STACK); `u64::MAX` is no limit.
pub fn stack_limit() -> Result<u64, Errno> {
    const RLIMIT_STACK: usize = 3;
    let mut limits = [0u64; 2];
    // SAFETY: the kernel writes the soft and the hard limit.
    unsafe { call!(__NR_prlimit64, 0, RLIMIT_STACK, 0, &raw mut limits)? };
    Ok(limits[0])
}
