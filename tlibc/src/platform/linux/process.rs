//! Processes: ending, identity.

use super::signal;
use crate::errno::Errno;
use crate::platform::linux::syscall;
use crate::types::*;

/// exit_group(2): ends every thread of the process; the parent sees `status & 0xff`.
#[inline]
pub fn exit_group(status: c_int) -> ! {
    loop {
        // SAFETY: no memory is involved. The loop is for the type only: the call does not return.
        let _ = unsafe { syscall!(__NR_exit_group, status) };
    }
}

/// Ends the process the way `abort` does once handlers have had their say: SIGABRT with its default action.
pub fn abort() -> ! {
    let _ = signal::raise_default_abort();
    // Reached only when SIGABRT could not be sent: end by an illegal instruction instead.
    // SAFETY: traps.
    unsafe { core::arch::asm!("ud2", options(noreturn, nostack)) }
}

/// getpid(2).
#[inline]
pub fn getpid() -> pid_t {
    // SAFETY: no memory is involved; the call cannot fail.
    unsafe { super::raw::syscall0(super::constants::__NR_getpid) as pid_t }
}

/// getrandom(2).
#[inline]
pub fn getrandom(buffer: &mut [u8], flags: c_uint) -> Result<usize, Errno> {
    // SAFETY: the kernel writes inside `buffer` only.
    unsafe { syscall!(__NR_getrandom, buffer.as_mut_ptr(), buffer.len(), flags) }
}
