//! Remainders, neighbours, signs and extremes (ISO C 7.12.10 to 7.12.13). The algorithms are those of the `libm` crate.

use core::cmp::Ordering;
use core::ffi::c_char;

use crate::types::c_int;

macro_rules! by_bits {
    ($float:ty, $signed:ty, $is_nan:ident, $order:ident) => {
        /// Whether x is a NaN. Looks at bits, as a comparison that the compiler makes early would raise invalid.
        fn $is_nan(x: $float) -> bool {
            x.to_bits() << 1 > <$float>::INFINITY.to_bits() << 1
        }

        /// An integer that orders numbers as they are ordered, with −0 before +0.
        fn $order(x: $float) -> $signed {
            let bits = x.to_bits().cast_signed();
            bits ^ (bits >> (<$signed>::BITS - 1)) & <$signed>::MAX
        }
    };
}
by_bits!(f32, i32, is_nan_f32, order_f32);
by_bits!(f64, i64, is_nan_f64, order_f64);

/// Absolute value.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fabs(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !(1 << 63))
}

/// Absolute value. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fabsf(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & !(1 << 31))
}

/// Remainder with the sign of x.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmod(x: f64, y: f64) -> f64 {
    libm::fmod(x, y)
}

/// Remainder with the sign of x. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmodf(x: f32, y: f32) -> f32 {
    libm::fmodf(x, y)
}

/// IEEE remainder.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn remainder(x: f64, y: f64) -> f64 {
    libm::remainder(x, y)
}

/// IEEE remainder. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn remainderf(x: f32, y: f32) -> f32 {
    libm::remainderf(x, y)
}

/// x with the sign of y.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn copysign(x: f64, y: f64) -> f64 {
    libm::copysign(x, y)
}

/// x with the sign of y. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn copysignf(x: f32, y: f32) -> f32 {
    libm::copysignf(x, y)
}

/// The neighbour of x towards y.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextafter(x: f64, y: f64) -> f64 {
    libm::nextafter(x, y)
}

/// The neighbour of x towards y. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextafterf(x: f32, y: f32) -> f32 {
    libm::nextafterf(x, y)
}

/// The next greater number (C23 7.12.11.5); raises nothing but invalid for a signalling NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextup(x: f64) -> f64 {
    let bits = x.to_bits();
    if is_nan_f64(x) {
        return x + x;
    }
    if bits << 1 == 0 {
        return f64::from_bits(1);
    }
    if bits == f64::INFINITY.to_bits() {
        return x;
    }
    f64::from_bits(if bits >> 63 == 0 { bits + 1 } else { bits - 1 })
}

/// The next lesser number (C23 7.12.11.6); raises nothing but invalid for a signalling NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextdown(x: f64) -> f64 {
    -nextup(-x)
}

/// The next greater number (C23 7.12.11.5) (float); raises nothing but invalid for a signalling NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextupf(x: f32) -> f32 {
    let bits = x.to_bits();
    if is_nan_f32(x) {
        return x + x;
    }
    if bits << 1 == 0 {
        return f32::from_bits(1);
    }
    if bits == f32::INFINITY.to_bits() {
        return x;
    }
    f32::from_bits(if bits >> 31 == 0 { bits + 1 } else { bits - 1 })
}

/// The next lesser number (C23 7.12.11.6) (float); raises nothing but invalid for a signalling NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nextdownf(x: f32) -> f32 {
    -nextupf(-x)
}

/// x − y, or 0 where that is negative.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fdim(x: f64, y: f64) -> f64 {
    match x.partial_cmp(&y) {
        None => x + y,
        Some(Ordering::Greater) => x - y,
        Some(_) => 0.0,
    }
}

/// x − y, or 0 where that is negative. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fdimf(x: f32, y: f32) -> f32 {
    match x.partial_cmp(&y) {
        None => x + y,
        Some(Ordering::Greater) => x - y,
        Some(_) => 0.0,
    }
}

/// The greater one; a number before a NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmax(x: f64, y: f64) -> f64 {
    if is_nan_f64(x) {
        return y;
    }
    if is_nan_f64(y) {
        return x;
    }
    if order_f64(x) < order_f64(y) { y } else { x }
}

/// The greater one; a number before a NaN. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmaxf(x: f32, y: f32) -> f32 {
    if is_nan_f32(x) {
        return y;
    }
    if is_nan_f32(y) {
        return x;
    }
    if order_f32(x) < order_f32(y) { y } else { x }
}

/// The lesser one; a number before a NaN.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmin(x: f64, y: f64) -> f64 {
    if is_nan_f64(x) {
        return y;
    }
    if is_nan_f64(y) {
        return x;
    }
    if order_f64(x) > order_f64(y) { y } else { x }
}

/// The lesser one; a number before a NaN. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fminf(x: f32, y: f32) -> f32 {
    if is_nan_f32(x) {
        return y;
    }
    if is_nan_f32(y) {
        return x;
    }
    if order_f32(x) > order_f32(y) { y } else { x }
}

/// x × y + z, rounded once.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fma(x: f64, y: f64, z: f64) -> f64 {
    libm::fma(x, y, z)
}

/// x × y + z, rounded once. (float)
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fmaf(x: f32, y: f32, z: f32) -> f32 {
    libm::fmaf(x, y, z)
}

crate::alias!(drem = remainder);
crate::alias!(dremf = remainderf);

/// [`remainder`] with the low bits of the quotient in `*quotient`.
///
/// # Safety
/// `quotient` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn remquo(x: f64, y: f64, quotient: *mut c_int) -> f64 {
    let (remainder, low) = libm::remquo(x, y);
    // SAFETY: the caller's place.
    unsafe { *quotient = low };
    remainder
}

/// A quiet NaN; the payload a string may ask for is ignored, as ISO C 7.12.11.2 allows.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nan(_tag: *const c_char) -> f64 {
    f64::NAN
}

/// Non-zero for a finite number (BSD).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn finite(x: f64) -> c_int {
    x.is_finite().into()
}

/// [`remainderf`] with the low bits of the quotient in `*quotient` (float).
///
/// # Safety
/// `quotient` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn remquof(x: f32, y: f32, quotient: *mut c_int) -> f32 {
    let (remainder, low) = libm::remquof(x, y);
    // SAFETY: the caller's place.
    unsafe { *quotient = low };
    remainder
}

/// A quiet NaN; the payload a string may ask for is ignored, as ISO C 7.12.11.2 allows (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nanf(_tag: *const c_char) -> f32 {
    f32::NAN
}

/// Non-zero for a finite number (BSD) (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn finitef(x: f32) -> c_int {
    x.is_finite().into()
}
