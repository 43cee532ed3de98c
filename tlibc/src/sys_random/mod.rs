//! `sys/random.h`: the kernel's random numbers.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;

/// Fills `buf` with random bytes. getrandom(2).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getrandom(buf: *mut c_void, len: size_t, flags: c_uint) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::getrandom(buf, len, flags) }.or_minus_one()
}
