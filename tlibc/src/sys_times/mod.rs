//! `sys/times.h`: processor time of the process and its children.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;

/// Processor times in ticks of `sysconf(_SC_CLK_TCK)`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct tms {
    /// In user code.
    pub tms_utime: clock_t,
    /// In the kernel.
    pub tms_stime: clock_t,
    /// In user code, children that were waited for.
    pub tms_cutime: clock_t,
    /// In the kernel, children that were waited for.
    pub tms_cstime: clock_t,
}
check_layout!(
    tms = libc::tms {
        tms_utime,
        tms_stime,
        tms_cutime,
        tms_cstime
    }
);

/// Fills in processor times and returns the ticks since an arbitrary moment. POSIX `times`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn times(buf: *mut tms) -> clock_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::times(buf.cast()) }.or_minus_one()
}
