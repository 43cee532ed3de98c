//! Clocks and sleeping.

use crate::errno::Errno;
use crate::platform::linux::syscall;
use crate::types::*;

/// clock_gettime(2), without a system call where the kernel provides a vDSO.
#[inline]
pub fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno> {
    let mut now = timespec::default();
    // SAFETY: a valid place.
    unsafe { clock_gettime_into(clock, &raw mut now) }?;
    Ok(now)
}

/// [`clock_gettime`] into the caller's place.
///
/// # Safety
/// `place` is valid.
#[inline]
pub unsafe fn clock_gettime_into(clock: clockid_t, place: *mut timespec) -> Result<(), Errno> {
    if let Some(function) = crate::start::vdso::clock_gettime()
        // SAFETY: the function writes one timespec to the caller's place.
        && unsafe { function(clock, place) } == 0
    {
        return Ok(());
    }
    // SAFETY: the kernel writes one timespec to the caller's place.
    unsafe { clock_gettime_syscall(clock, place) }
}

/// The system call itself.
///
/// # Safety
/// `place` is valid.
#[cold]
unsafe fn clock_gettime_syscall(clock: clockid_t, place: *mut timespec) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_clock_gettime, clock, place) }.map(drop)
}
