//! `sys/signalfd.h`: signals as data.

use crate::errno::CResult;
use crate::platform::calls::event;
use crate::types::*;

/// A descriptor (a new one for -1) that reads the signals in `mask`. signalfd(2).
///
/// # Safety
/// `mask` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn signalfd(fd: c_int, mask: *const sigset_t, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { event::signalfd4(fd, mask.cast(), 8, flags) }.or_minus_one()
}
