//! Exponent and significand taken apart and put together (ISO C 7.12.6): frexp, ldexp, scalbn, logb, ilogb, modf.

use crate::types::{c_int, c_long};

/// `ilogb` of zero.
const FP_ILOGB0: c_int = c_int::MIN;

/// A long exponent as an int, saturated: beyond ±2¹⁶ every result has over- or underflowed.
fn saturated(n: c_long) -> c_int {
    n.clamp(-0x1_0000, 0x1_0000) as c_int
}

/// What `ilogb` gives, for `llogb`.
pub(crate) fn widened(exponent: c_int) -> c_long {
    match exponent {
        c_int::MIN => c_long::MIN,
        c_int::MAX => c_long::MAX,
        _ => exponent.into(),
    }
}

/// Significand in [½, 1) and exponent of 2.
///
/// # Safety
/// `exponent` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn frexp(x: f64, exponent: *mut c_int) -> f64 {
    let (significand, its_exponent) = libm::frexp(x);
    // SAFETY: the caller's place.
    unsafe { *exponent = its_exponent };
    significand
}

/// x × 2ⁿ.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ldexp(x: f64, n: c_int) -> f64 {
    libm::scalbn(x, n)
}

/// x × 2ⁿ.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalbn(x: f64, n: c_int) -> f64 {
    libm::scalbn(x, n)
}

/// x × 2ⁿ.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalbln(x: f64, n: c_long) -> f64 {
    libm::scalbn(x, saturated(n))
}

/// x × 2ⁿ for an integral floating-point n; NaN for another (BSD).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalb(x: f64, n: f64) -> f64 {
    if x.is_nan() || n.is_nan() {
        return x * n;
    }
    if n.is_infinite() {
        return if n > 0.0 { x * n } else { x / -n };
    }
    if libm::rint(n) != n {
        return core::hint::black_box(0.0) / 0.0;
    }
    libm::scalbn(x, n.clamp(-65_536.0, 65_536.0) as c_int)
}

/// The exponent of 2 as an int; invalid, and the least for 0, the greatest for an infinity, the least for NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ilogb(x: f64) -> c_int {
    if x == 0.0 || !x.is_finite() {
        core::hint::black_box(super::invalid());
        return if x.is_infinite() {
            c_int::MAX
        } else {
            FP_ILOGB0
        };
    }
    libm::frexp(x).1 - 1
}

/// [`ilogb`] as a long, whose limits stand for the special ones (C23 7.12.6.10).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llogb(x: f64) -> c_long {
    widened(ilogb(x))
}

/// The exponent of 2 as a floating-point number.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn logb(x: f64) -> f64 {
    if x == 0.0 {
        return -1.0 / (x * x);
    }
    if !x.is_finite() {
        return x * x;
    }
    f64::from((libm::frexp(x).1 - 1) as i16)
}

/// The significand in [1, 2) (BSD).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn significand(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        x
    } else {
        libm::frexp(x).0 * 2.0
    }
}

/// The fraction, and the integer part in `*integer`.
///
/// # Safety
/// `integer` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn modf(x: f64, integer: *mut f64) -> f64 {
    let (fraction, whole) = libm::modf(x);
    // SAFETY: the caller's place.
    unsafe { *integer = whole };
    fraction
}

/// Significand in [½, 1) and exponent of 2 (float).
///
/// # Safety
/// `exponent` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn frexpf(x: f32, exponent: *mut c_int) -> f32 {
    let (significand, its_exponent) = libm::frexpf(x);
    // SAFETY: the caller's place.
    unsafe { *exponent = its_exponent };
    significand
}

/// x × 2ⁿ (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ldexpf(x: f32, n: c_int) -> f32 {
    libm::scalbnf(x, n)
}

/// x × 2ⁿ (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalbnf(x: f32, n: c_int) -> f32 {
    libm::scalbnf(x, n)
}

/// x × 2ⁿ (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalblnf(x: f32, n: c_long) -> f32 {
    libm::scalbnf(x, saturated(n))
}

/// x × 2ⁿ for an integral floating-point n; NaN for another (BSD) (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn scalbf(x: f32, n: f32) -> f32 {
    if x.is_nan() || n.is_nan() {
        return x * n;
    }
    if n.is_infinite() {
        return if n > 0.0 { x * n } else { x / -n };
    }
    if libm::rintf(n) != n {
        return core::hint::black_box(0.0) / 0.0;
    }
    libm::scalbnf(x, n.clamp(-65_536.0, 65_536.0) as c_int)
}

/// The exponent of 2 as an int; invalid, and the least for 0, the greatest for an infinity, the least for NaN (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ilogbf(x: f32) -> c_int {
    if x == 0.0 || !x.is_finite() {
        core::hint::black_box(super::invalid());
        return if x.is_infinite() {
            c_int::MAX
        } else {
            FP_ILOGB0
        };
    }
    libm::frexpf(x).1 - 1
}

/// [`ilogbf`] as a long, whose limits stand for the special ones (C23 7.12.6.10) (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llogbf(x: f32) -> c_long {
    widened(ilogbf(x))
}

/// The exponent of 2 as a floating-point number (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn logbf(x: f32) -> f32 {
    if x == 0.0 {
        return -1.0 / (x * x);
    }
    if !x.is_finite() {
        return x * x;
    }
    f32::from((libm::frexpf(x).1 - 1) as i16)
}

/// The significand in [1, 2) (BSD) (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn significandf(x: f32) -> f32 {
    if x == 0.0 || !x.is_finite() {
        x
    } else {
        libm::frexpf(x).0 * 2.0
    }
}

/// The fraction, and the integer part in `*integer` (float).
///
/// # Safety
/// `integer` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn modff(x: f32, integer: *mut f32) -> f32 {
    let (fraction, whole) = libm::modff(x);
    // SAFETY: the caller's place.
    unsafe { *integer = whole };
    fraction
}
