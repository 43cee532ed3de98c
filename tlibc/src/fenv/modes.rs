//! The control modes: rounding, precision and which exceptions trap, without the flags: fegetmode, fesetmode (C23 7.6.5).

use super::{ALL, mxcsr, set_mxcsr, set_x87_control, x87_control};
use crate::types::{c_int, c_uint, c_ushort};

/// The x87 control word at program start: all exceptions masked, to nearest, 64-bit precision.
const DEFAULT_CONTROL: u16 = 0x037f;

/// The control word of the x87 unit, then the control and status register of SSE, as in the GNU ABI.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types, reason = "the name is C's")]
pub struct femode_t {
    __control_word: c_ushort,
    __reserved: c_ushort,
    __mxcsr: c_uint,
}

/// Stores the modes.
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fegetmode(place: *mut femode_t) -> c_int {
    // SAFETY: the caller's place.
    unsafe {
        *place = femode_t {
            __control_word: x87_control(),
            __reserved: 0,
            __mxcsr: mxcsr(),
        }
    };
    0
}

/// Sets modes that were stored and leaves the flags as they are; `FE_DFL_MODE` (−1) stands for those of program start.
///
/// # Safety
/// `place` is this or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fesetmode(place: *const femode_t) -> c_int {
    let modes = if place.addr() == usize::MAX {
        femode_t {
            __control_word: DEFAULT_CONTROL,
            __reserved: 0,
            __mxcsr: ALL << 7,
        }
    } else {
        // SAFETY: the caller's modes.
        unsafe { *place }
    };
    set_x87_control(modes.__control_word);
    set_mxcsr(modes.__mxcsr & !ALL | mxcsr() & ALL);
    0
}
