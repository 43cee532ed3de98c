//! The rounding mode: fegetround, fesetround.

use super::{mxcsr, set_mxcsr, set_x87_control, x87_control};
use crate::types::c_int;

/// The bits of the mode in the x87 control word, which are C's numbers.
const MODE: c_int = 0xc00;

/// The rounding mode.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fegetround() -> c_int {
    c_int::from(x87_control()) & MODE
}

/// Sets the rounding mode; non-zero for an unknown one.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fesetround(mode: c_int) -> c_int {
    if mode & !MODE != 0 {
        return 1;
    }
    set_x87_control(x87_control() & !(MODE as u16) | mode as u16);
    set_mxcsr(mxcsr() & !((MODE as u32) << 3) | mode.cast_unsigned() << 3);
    0
}
