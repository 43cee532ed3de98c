//! Sine, cosine and their relatives (ISO C 7.12.4, 7.12.5). The algorithms are those of the `libm` crate.

use super::nearest::{nearest, nearest_or_overflow};
use super::x87;
use crate::stdarg::F80;

/// Arc cosine, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acos(x: f64) -> f64 {
    nearest(x, libm::acos)
}

/// Arc cosine, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acosf(x: f32) -> f32 {
    nearest(x, libm::acosf)
}

/// Arc sine, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asin(x: f64) -> f64 {
    nearest(x, libm::asin)
}

/// Arc sine, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinf(x: f32) -> f32 {
    nearest(x, libm::asinf)
}

/// Arc tangent, in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan(x: f64) -> f64 {
    nearest(x, libm::atan)
}

/// Arc tangent, in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanf(x: f32) -> f32 {
    nearest(x, libm::atanf)
}

/// Angle of the point (x, y), in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan2(y: f64, x: f64) -> f64 {
    nearest((y, x), |(y, x)| libm::atan2(y, x))
}

/// Angle of the point (x, y), in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atan2f(y: f32, x: f32) -> f32 {
    nearest((y, x), |(y, x)| libm::atan2(y.into(), x.into()) as f32)
}

/// Cosine of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cos(x: f64) -> f64 {
    nearest(x, libm::cos)
}

/// Cosine of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cosf(x: f32) -> f32 {
    nearest(x, libm::cosf)
}

/// Sine of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sin(x: f64) -> f64 {
    nearest(x, libm::sin)
}

/// Sine of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinf(x: f32) -> f32 {
    nearest(x, libm::sinf)
}

/// Tangent of an angle in radians.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tan(x: f64) -> f64 {
    nearest(x, libm::tan)
}

/// Tangent of an angle in radians. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanf(x: f32) -> f32 {
    nearest(x, libm::tanf)
}

/// Inverse hyperbolic cosine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return super::invalid();
    }
    x87::acosh(F80::from_f64(x)).to_f64()
}

/// Inverse hyperbolic cosine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn acoshf(x: f32) -> f32 {
    if x < 1.0 {
        return super::invalid() as f32;
    }
    nearest(x, |x| libm::acosh(x.into()) as f32)
}

/// Inverse hyperbolic sine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinh(x: f64) -> f64 {
    x87::asinh(F80::from_f64(x)).to_f64()
}

/// Inverse hyperbolic sine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn asinhf(x: f32) -> f32 {
    nearest(x, |x| libm::asinh(x.into()) as f32)
}

/// Inverse hyperbolic tangent.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanh(x: f64) -> f64 {
    x87::atanh(F80::from_f64(x)).to_f64()
}

/// Inverse hyperbolic tangent. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atanhf(x: f32) -> f32 {
    nearest(x, |x| libm::atanh(x.into()) as f32)
}

/// Hyperbolic cosine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cosh(x: f64) -> f64 {
    nearest_or_overflow(x, x.is_finite(), libm::cosh)
}

/// Hyperbolic cosine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn coshf(x: f32) -> f32 {
    nearest_or_overflow(x, x.is_finite(), |x| libm::cosh(x.into()) as f32)
}

/// Hyperbolic sine.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinh(x: f64) -> f64 {
    x87::sinh(F80::from_f64(x)).to_f64()
}

/// Hyperbolic sine. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sinhf(x: f32) -> f32 {
    nearest_or_overflow(x, x.is_finite(), |x| libm::sinh(x.into()) as f32)
}

/// Hyperbolic tangent.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanh(x: f64) -> f64 {
    // Near 1/4 the crate's algorithm loses more than a unit; the x87 unit has eleven bits to spare.
    nearest(x, |x| x87::tanh(F80::from_f64(x)).to_f64())
}

/// Hyperbolic tangent. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tanhf(x: f32) -> f32 {
    nearest(x, |x| libm::tanh(x.into()) as f32)
}

/// Sine and cosine at once (GNU).
///
/// # Safety
/// Both places are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sincos(x: f64, sine: *mut f64, cosine: *mut f64) {
    let (s, c) = nearest(x, libm::sincos);
    // SAFETY: the caller's places.
    unsafe {
        *sine = s;
        *cosine = c;
    }
}

/// Sine and cosine at once (GNU) (float).
///
/// # Safety
/// Both places are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sincosf(x: f32, sine: *mut f32, cosine: *mut f32) {
    let (s, c) = nearest(x, libm::sincosf);
    // SAFETY: the caller's places.
    unsafe {
        *sine = s;
        *cosine = c;
    }
}
