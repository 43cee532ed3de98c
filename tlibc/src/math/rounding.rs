//! Rounding to integers (ISO C 7.12.9). The algorithms are those of the `libm` crate.

use crate::fenv::exceptions::without_new_inexact;
use crate::types::{c_long, c_longlong};

/// The least integer not below x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ceil(x: f64) -> f64 {
    libm::ceil(x)
}

/// The least integer not below x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ceilf(x: f32) -> f32 {
    libm::ceilf(x)
}

/// The greatest integer not above x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn floor(x: f64) -> f64 {
    libm::floor(x)
}

/// The greatest integer not above x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn floorf(x: f32) -> f32 {
    libm::floorf(x)
}

/// The integer part.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn trunc(x: f64) -> f64 {
    libm::trunc(x)
}

/// The integer part. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn truncf(x: f32) -> f32 {
    libm::truncf(x)
}

/// The nearest integer, halves away from zero, in every rounding mode: all steps are exact.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn round(x: f64) -> f64 {
    let whole = libm::trunc(x);
    if (x - whole).abs() >= 0.5 {
        whole + 1f64.copysign(x)
    } else {
        whole
    }
}

/// The nearest integer, halves away from zero. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn roundf(x: f32) -> f32 {
    let whole = libm::truncf(x);
    if (x - whole).abs() >= 0.5 {
        whole + 1f32.copysign(x)
    } else {
        whole
    }
}

/// The nearest integer, halves to even.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn roundeven(x: f64) -> f64 {
    libm::roundeven(x)
}

/// The nearest integer, halves to even. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn roundevenf(x: f32) -> f32 {
    libm::roundevenf(x)
}

/// The nearest integer by the rounding mode; raises inexact.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn rint(x: f64) -> f64 {
    libm::rint(x)
}

/// The nearest integer by the rounding mode; raises inexact. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn rintf(x: f32) -> f32 {
    libm::rintf(x)
}

/// [`rint`] that never raises inexact.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nearbyint(x: f64) -> f64 {
    without_new_inexact(|| rint(x))
}

/// The nearest integer by the rounding mode; the least long, and invalid, for what does not fit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lrint(x: f64) -> c_long {
    let result;
    // SAFETY: reads and writes registers only.
    unsafe {
        core::arch::asm!("cvtsd2si {}, {}", out(reg) result, in(xmm_reg) x, options(nomem, nostack, preserves_flags));
    }
    result
}

/// [`lrint`] as long long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llrint(x: f64) -> c_longlong {
    lrint(x)
}

/// The nearest integer, halves away from zero; the least long, and invalid, for what does not fit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lround(x: f64) -> c_long {
    let rounded = round(x);
    let result;
    // SAFETY: reads and writes registers only.
    unsafe {
        core::arch::asm!("cvttsd2si {}, {}", out(reg) result, in(xmm_reg) rounded, options(nomem, nostack, preserves_flags));
    }
    result
}

/// [`lround`] as long long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llround(x: f64) -> c_longlong {
    lround(x)
}

/// [`rintf`] that never raises inexact (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nearbyintf(x: f32) -> f32 {
    without_new_inexact(|| rintf(x))
}

/// The nearest integer by the rounding mode (float); the least long, and invalid, for what does not fit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lrintf(x: f32) -> c_long {
    let result;
    // SAFETY: reads and writes registers only.
    unsafe {
        core::arch::asm!("cvtss2si {}, {}", out(reg) result, in(xmm_reg) x, options(nomem, nostack, preserves_flags));
    }
    result
}

/// [`lrintf`] as long long (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llrintf(x: f32) -> c_longlong {
    lrintf(x)
}

/// The nearest integer, halves away from zero (float); the least long, and invalid, for what does not fit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lroundf(x: f32) -> c_long {
    let rounded = roundf(x);
    let result;
    // SAFETY: reads and writes registers only.
    unsafe {
        core::arch::asm!("cvttss2si {}, {}", out(reg) result, in(xmm_reg) rounded, options(nomem, nostack, preserves_flags));
    }
    result
}

/// [`lroundf`] as long long (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llroundf(x: f32) -> c_longlong {
    lroundf(x)
}
