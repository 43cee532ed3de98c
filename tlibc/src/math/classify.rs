//! What kind of number: the functions behind `fpclassify`, `isnan`, `isinf`, `signbit`.

use crate::types::c_int;

const FP_NAN: c_int = 0;
const FP_INFINITE: c_int = 1;
const FP_ZERO: c_int = 2;
const FP_SUBNORMAL: c_int = 3;
const FP_NORMAL: c_int = 4;

pub(super) fn number(category: core::num::FpCategory) -> c_int {
    match category {
        core::num::FpCategory::Nan => FP_NAN,
        core::num::FpCategory::Infinite => FP_INFINITE,
        core::num::FpCategory::Zero => FP_ZERO,
        core::num::FpCategory::Subnormal => FP_SUBNORMAL,
        core::num::FpCategory::Normal => FP_NORMAL,
    }
}

/// One of the `FP_` numbers.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __fpclassify(x: f64) -> c_int {
    number(x.classify())
}

/// Non-zero when the sign bit is set.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __signbit(x: f64) -> c_int {
    x.is_sign_negative().into()
}

/// Non-zero for a NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __isnan(x: f64) -> c_int {
    x.is_nan().into()
}

/// 1 or −1 for an infinity.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __isinf(x: f64) -> c_int {
    if x == f64::INFINITY {
        1
    } else if x == f64::NEG_INFINITY {
        -1
    } else {
        0
    }
}

/// Non-zero for a finite number.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __finite(x: f64) -> c_int {
    x.is_finite().into()
}

/// One of the `FP_` numbers (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __fpclassifyf(x: f32) -> c_int {
    number(x.classify())
}

/// Non-zero when the sign bit is set (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __signbitf(x: f32) -> c_int {
    x.is_sign_negative().into()
}

/// Non-zero for a NaN (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __isnanf(x: f32) -> c_int {
    x.is_nan().into()
}

/// 1 or −1 for an infinity (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __isinff(x: f32) -> c_int {
    if x == f32::INFINITY {
        1
    } else if x == f32::NEG_INFINITY {
        -1
    } else {
        0
    }
}

/// Non-zero for a finite number (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __finitef(x: f32) -> c_int {
    x.is_finite().into()
}

crate::alias!(isnan = __isnan);
crate::alias!(isinf = __isinf);
crate::alias!(isnanf = __isnanf);
crate::alias!(isinff = __isinff);
