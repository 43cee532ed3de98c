//! `sys/utsname.h`: what the system is called.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;

/// The system's names, each a NUL-terminated string.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct utsname {
    /// The kernel.
    pub sysname: [c_char; 65],
    /// The host.
    pub nodename: [c_char; 65],
    /// The kernel's release.
    pub release: [c_char; 65],
    /// The kernel's version.
    pub version: [c_char; 65],
    /// The hardware.
    pub machine: [c_char; 65],
    /// The NIS domain.
    pub domainname: [c_char; 65],
}
check_layout!(
    utsname = libc::utsname {
        sysname,
        nodename,
        release,
        version,
        machine,
        domainname
    }
);

/// Fills in the system's names. POSIX `uname`.
///
/// # Safety
/// `names` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn uname(names: *mut utsname) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::uname(names.cast()) }.or_minus_one()
}
