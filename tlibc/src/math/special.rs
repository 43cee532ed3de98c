//! Error, gamma and Bessel functions (ISO C 7.12.8, POSIX.1 XSI). The algorithms are those of the `libm` crate.

use crate::types::c_int;

use super::nearest::{nearest, nearest_or_overflow};

/// The logarithm of the gamma function, from that of double.
fn lgamma_of_float(x: f32) -> (f32, i32) {
    let (value, sign) = libm::lgamma_r(x.into());
    (value as f32, sign)
}

/// The sign of the gamma function that `lgamma` last took the logarithm of.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut signgam: c_int = 0;

/// Error function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erf(x: f64) -> f64 {
    nearest(x, libm::erf)
}

/// Error function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erff(x: f32) -> f32 {
    nearest(x, libm::erff)
}

/// Complementary error function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erfc(x: f64) -> f64 {
    nearest(x, libm::erfc)
}

/// Complementary error function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erfcf(x: f32) -> f32 {
    nearest(x, |x| libm::erfc(x.into()) as f32)
}

/// Gamma function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tgamma(x: f64) -> f64 {
    if x < 0.0 && libm::trunc(x) == x {
        return super::invalid();
    }
    nearest_or_overflow(x, x.is_finite() && x != 0.0, libm::tgamma)
}

/// Gamma function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tgammaf(x: f32) -> f32 {
    if x < 0.0 && libm::truncf(x) == x {
        return super::invalid() as f32;
    }
    nearest_or_overflow(x, x.is_finite() && x != 0.0, |x| {
        libm::tgamma(x.into()) as f32
    })
}

/// Bessel function of the first kind, order 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j0(x: f64) -> f64 {
    libm::j0(x)
}

/// Bessel function of the first kind, order 0. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j0f(x: f32) -> f32 {
    libm::j0f(x)
}

/// Bessel function of the first kind, order 1.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j1(x: f64) -> f64 {
    libm::j1(x)
}

/// Bessel function of the first kind, order 1. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j1f(x: f32) -> f32 {
    libm::j1f(x)
}

/// Bessel function of the second kind, order 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y0(x: f64) -> f64 {
    libm::y0(x)
}

/// Bessel function of the second kind, order 0. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y0f(x: f32) -> f32 {
    libm::y0f(x)
}

/// Bessel function of the second kind, order 1.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y1(x: f64) -> f64 {
    libm::y1(x)
}

/// Bessel function of the second kind, order 1. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y1f(x: f32) -> f32 {
    libm::y1f(x)
}

/// Bessel function of the first kind, order n.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn jn(n: c_int, x: f64) -> f64 {
    libm::jn(n, x)
}

/// Bessel function of the second kind, order n.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn yn(n: c_int, x: f64) -> f64 {
    libm::yn(n, x)
}

/// Logarithm of the absolute gamma function; its sign in `signgam`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lgamma(x: f64) -> f64 {
    let (value, sign) = nearest(x, libm::lgamma_r);
    // SAFETY: POSIX lets lgamma be unsafe between threads because of this variable.
    unsafe { signgam = sign };
    value
}

crate::alias!(gamma = lgamma);

/// [`lgamma`] with the sign in `*sign`.
///
/// # Safety
/// `sign` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lgamma_r(x: f64, sign: *mut c_int) -> f64 {
    let (value, its_sign) = nearest(x, libm::lgamma_r);
    // SAFETY: the caller's place.
    unsafe { *sign = its_sign };
    value
}

/// Bessel function of the first kind, order n (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn jnf(n: c_int, x: f32) -> f32 {
    libm::jnf(n, x)
}

/// Bessel function of the second kind, order n (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ynf(n: c_int, x: f32) -> f32 {
    libm::ynf(n, x)
}

/// Logarithm of the absolute gamma function (float); its sign in `signgam`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lgammaf(x: f32) -> f32 {
    let (value, sign) = nearest(x, lgamma_of_float);
    // SAFETY: POSIX lets lgamma be unsafe between threads because of this variable.
    unsafe { signgam = sign };
    value
}

crate::alias!(gammaf = lgammaf);

/// [`lgammaf`] with the sign in `*sign` (float).
///
/// # Safety
/// `sign` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lgammaf_r(x: f32, sign: *mut c_int) -> f32 {
    let (value, its_sign) = nearest(x, lgamma_of_float);
    // SAFETY: the caller's place.
    unsafe { *sign = its_sign };
    value
}
