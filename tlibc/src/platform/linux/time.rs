//! Clocks and sleeping.

use crate::errno::Errno;
use crate::platform::linux::syscall;
use crate::types::*;

/// clock_gettime(2).
#[inline]
pub fn clock_gettime_syscall(clock: clockid_t) -> Result<timespec, Errno> {
    let mut now = timespec::default();
    // SAFETY: the kernel writes one timespec.
    unsafe { syscall!(__NR_clock_gettime, clock, &raw mut now) }?;
    Ok(now)
}

/// clock_gettime(2), without a system call where the kernel provides a vDSO.
#[inline]
pub fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno> {
    if let Some(function) = crate::start::vdso::clock_gettime() {
        let mut now = timespec::default();
        // SAFETY: the function writes one timespec.
        if unsafe { function(clock, &raw mut now) } == 0 {
            return Ok(now);
        }
    }
    clock_gettime_syscall(clock)
}
