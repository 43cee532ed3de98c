//! `sys/reboot.h`: restarting and stopping the machine.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;
use core::ptr;

/// The two numbers that guard reboot(2) against accidents.
const MAGIC: (c_uint, c_uint) = (0xfee1_dead, 0x2812_1969);

/// Does the `RB_*` command `cmd`. reboot(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn reboot(cmd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { process::reboot(MAGIC.0, MAGIC.1, cmd as c_uint, ptr::null_mut()) }.or_minus_one()
}
