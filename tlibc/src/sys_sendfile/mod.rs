//! `sys/sendfile.h`: copying between descriptors inside the kernel.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// Copies up to `count` bytes from a file to a descriptor. sendfile(2).
///
/// # Safety
/// `offset` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendfile(
    out: c_int,
    input: c_int,
    offset: *mut off_t,
    count: size_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::sendfile(out, input, offset, count) }.or_minus_one()
}

crate::alias!(sendfile64 = sendfile);
