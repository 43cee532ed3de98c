//! Error, gamma and Bessel functions (ISO C 7.12.8, POSIX.1 XSI). Error and gamma functions are computed as long double and
//! rounded; the Bessel functions are those of [`bessel`], of float as double.

use crate::types::c_int;

use super::bessel;
use super::extended::{erf, gamma};
use super::nearest::nearest;
use crate::stdarg::F80;

/// The sign of the gamma function that `lgamma` last took the logarithm of.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut signgam: c_int = 0;

/// Error function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erf(x: f64) -> f64 {
    erf::erf(F80::from_f64(x)).to_f64()
}

/// Error function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erff(x: f32) -> f32 {
    erf::erf(F80::from_f64(x.into())).to_f32()
}

/// Complementary error function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erfc(x: f64) -> f64 {
    erf::erfc(F80::from_f64(x)).to_f64()
}

/// Complementary error function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn erfcf(x: f32) -> f32 {
    erf::erfc(F80::from_f64(x.into())).to_f32()
}

/// Gamma function.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tgamma(x: f64) -> f64 {
    gamma::tgamma(F80::from_f64(x)).to_f64()
}

/// Gamma function. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tgammaf(x: f32) -> f32 {
    gamma::tgamma(F80::from_f64(x.into())).to_f32()
}

/// Bessel function of the first kind, order 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j0(x: f64) -> f64 {
    nearest(x, bessel::j0)
}

/// Bessel function of the first kind, order 0. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j0f(x: f32) -> f32 {
    nearest(x, |x| bessel::j0(x.into()) as f32)
}

/// Bessel function of the first kind, order 1.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j1(x: f64) -> f64 {
    nearest(x, bessel::j1)
}

/// Bessel function of the first kind, order 1. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn j1f(x: f32) -> f32 {
    nearest(x, |x| bessel::j1(x.into()) as f32)
}

/// Bessel function of the second kind, order 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y0(x: f64) -> f64 {
    nearest(x, bessel::y0)
}

/// Bessel function of the second kind, order 0. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y0f(x: f32) -> f32 {
    nearest(x, |x| bessel::y0(x.into()) as f32)
}

/// Bessel function of the second kind, order 1.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y1(x: f64) -> f64 {
    nearest(x, bessel::y1)
}

/// Bessel function of the second kind, order 1. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn y1f(x: f32) -> f32 {
    nearest(x, |x| bessel::y1(x.into()) as f32)
}

/// Bessel function of the first kind, order n.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn jn(n: c_int, x: f64) -> f64 {
    nearest(x, |x| bessel::jn(n, x))
}

/// Bessel function of the second kind, order n.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn yn(n: c_int, x: f64) -> f64 {
    nearest(x, |x| bessel::yn(n, x))
}

/// Logarithm of the absolute gamma function; its sign in `signgam`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lgamma(x: f64) -> f64 {
    let (value, sign) = gamma::lgamma(F80::from_f64(x));
    // SAFETY: POSIX lets lgamma be unsafe between threads because of this variable.
    unsafe { signgam = sign };
    value.to_f64()
}

crate::alias!(gamma = lgamma);

/// [`lgamma`] with the sign in `*sign`.
///
/// # Safety
/// `sign` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lgamma_r(x: f64, sign: *mut c_int) -> f64 {
    let (value, its_sign) = gamma::lgamma(F80::from_f64(x));
    // SAFETY: the caller's place.
    unsafe { *sign = its_sign };
    value.to_f64()
}

/// Bessel function of the first kind, order n (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn jnf(n: c_int, x: f32) -> f32 {
    nearest(x, |x| bessel::jn(n, x.into()) as f32)
}

/// Bessel function of the second kind, order n (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ynf(n: c_int, x: f32) -> f32 {
    nearest(x, |x| bessel::yn(n, x.into()) as f32)
}

/// Logarithm of the absolute gamma function (float); its sign in `signgam`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lgammaf(x: f32) -> f32 {
    let (value, sign) = gamma::lgamma(F80::from_f64(x.into()));
    // SAFETY: POSIX lets lgamma be unsafe between threads because of this variable.
    unsafe { signgam = sign };
    value.to_f32()
}

crate::alias!(gammaf = lgammaf);

/// [`lgammaf`] with the sign in `*sign` (float).
///
/// # Safety
/// `sign` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lgammaf_r(x: f32, sign: *mut c_int) -> f32 {
    let (value, its_sign) = gamma::lgamma(F80::from_f64(x.into()));
    // SAFETY: the caller's place.
    unsafe { *sign = its_sign };
    value.to_f32()
}
