//! ffs, ffsl, ffsll.

use crate::types::{c_int, c_long, c_longlong};

/// Position of the lowest set bit counted from 1, or 0 (POSIX.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ffs(value: c_int) -> c_int {
    ffsll(c_longlong::from(value))
}

/// [`ffs`] of a long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ffsl(value: c_long) -> c_int {
    ffsll(value)
}

/// [`ffs`] of a long long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ffsll(value: c_longlong) -> c_int {
    if value == 0 {
        0
    } else {
        value.trailing_zeros() as c_int + 1
    }
}
