//! Exponentials, logarithms, powers and roots (ISO C 7.12.6, 7.12.7). The algorithms are those of the `libm` crate.

use super::nearest::nearest_or_overflow;
use super::{power, x87};
use crate::stdarg::F80;

/// e to the x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exp(x: f64) -> f64 {
    power::exp(x)
}

/// e to the x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn expf(x: f32) -> f32 {
    libm::expf(x)
}

/// 2 to the x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exp2(x: f64) -> f64 {
    libm::exp2(x)
}

/// 2 to the x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exp2f(x: f32) -> f32 {
    libm::exp2f(x)
}

/// 10 to the x (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exp10(x: f64) -> f64 {
    // The crate's algorithm loses two units; the x87 unit has eleven bits to spare.
    x87::exp10(F80::from_f64(x)).to_f64()
}

/// 10 to the x (GNU). (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exp10f(x: f32) -> f32 {
    nearest_or_overflow(x, x.is_finite(), |x| libm::exp10(x.into()) as f32)
}

/// e to the x, minus 1.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn expm1(x: f64) -> f64 {
    nearest_or_overflow(x, x.is_finite(), libm::expm1)
}

/// e to the x, minus 1. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn expm1f(x: f32) -> f32 {
    nearest_or_overflow(x, x.is_finite(), libm::expm1f)
}

/// Natural logarithm.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log(x: f64) -> f64 {
    power::log(x)
}

/// Natural logarithm. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn logf(x: f32) -> f32 {
    libm::logf(x)
}

/// Logarithm to base 10.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// Logarithm to base 10. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log10f(x: f32) -> f32 {
    libm::log10f(x)
}

/// Natural logarithm of 1 + x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log1p(x: f64) -> f64 {
    if x == -1.0 {
        return super::pole(-1.0);
    }
    libm::log1p(x)
}

/// Natural logarithm of 1 + x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log1pf(x: f32) -> f32 {
    if x == -1.0 {
        return super::pole(-1.0) as f32;
    }
    libm::log1pf(x)
}

/// Logarithm to base 2.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// Logarithm to base 2. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn log2f(x: f32) -> f32 {
    libm::log2f(x)
}

/// x to the y.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pow(x: f64, y: f64) -> f64 {
    match power::pow(x, y) {
        Some(power) => power,
        None => pow_of_any(x, y),
    }
}

/// [`pow`] of arguments that are special or lead out of the range of ordinary numbers.
#[cold]
fn pow_of_any(x: f64, y: f64) -> f64 {
    let finite = x.is_finite() && y.is_finite() && x != 0.0;
    nearest_or_overflow((x, y), finite, |(x, y)| libm::pow(x, y))
}

/// x to the y. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn powf(x: f32, y: f32) -> f32 {
    let finite = x.is_finite() && y.is_finite() && x != 0.0;
    nearest_or_overflow((x, y), finite, |(x, y)| {
        libm::pow(x.into(), y.into()) as f32
    })
}

/// Square root.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sqrt(x: f64) -> f64 {
    x87::sse_sqrt(x)
}

/// Square root. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sqrtf(x: f32) -> f32 {
    x87::sse_sqrtf(x)
}

/// Cube root.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cbrt(x: f64) -> f64 {
    libm::cbrt(x)
}

/// Cube root. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn cbrtf(x: f32) -> f32 {
    libm::cbrtf(x)
}

/// Length of the vector (x, y).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hypot(x: f64, y: f64) -> f64 {
    nearest_or_overflow((x, y), x.is_finite() && y.is_finite(), |(x, y)| {
        libm::hypot(x, y)
    })
}

/// Length of the vector (x, y). (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hypotf(x: f32, y: f32) -> f32 {
    nearest_or_overflow((x, y), x.is_finite() && y.is_finite(), |(x, y)| {
        libm::hypot(x.into(), y.into()) as f32
    })
}

crate::alias!(pow10 = exp10);
crate::alias!(pow10f = exp10f);
