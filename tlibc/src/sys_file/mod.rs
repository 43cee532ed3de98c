//! `sys/file.h`: whole-file locks.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// Takes or gives up a lock on an open file. flock(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn flock(fd: c_int, op: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::flock(fd, op) }.or_minus_one()
}
