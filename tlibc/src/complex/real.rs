//! What the complex functions ask of a real number: arithmetic, the elementary functions and a few constants.

use core::cmp::Ordering;
use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::math::x87 as op;
use crate::stdarg::F80;

/// A floating type with the elementary functions of `<math.h>`.
pub trait Real:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// π.
    const PI: Self;
    /// ln 2.
    const LN_2: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// A whole number below the greatest x with a finite eˣ, above its half.
    const EXP_STEP: Self;
    /// The distance from 1 to the next number.
    const EPSILON: Self;
    /// 2 to a power near the square root of the greatest number.
    const ROOT_OF_MAX: Self;
    /// 2 to a power near the square root of the least normal number.
    const ROOT_OF_MIN: Self;
    /// 2ᵏ + 1 with k half the bits of a significand: splits a number in two halves.
    const SPLITTER: Self;

    /// A small constant.
    fn of(x: f64) -> Self;
    /// Whether it is a NaN.
    fn is_nan(self) -> bool;
    /// Whether it is an infinity.
    fn is_infinite(self) -> bool;
    /// Magnitude.
    fn abs(self) -> Self;
    /// The magnitude with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// The functions of `<math.h>`.
    fn sqrt(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// ln (1 + x).
    fn ln_1p(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Tangent.
    fn tan(self) -> Self;
    /// Arc sine.
    fn asin(self) -> Self;
    /// Arc cosine.
    fn acos(self) -> Self;
    /// Arc tangent.
    fn atan(self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Angle of the point (x, self).
    fn atan2(self, x: Self) -> Self;
    /// Length of the vector (self, y).
    fn hypot(self, y: Self) -> Self;

    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool {
        !self.is_nan() && !self.is_infinite()
    }

    /// Zero for a finite number, otherwise a NaN; invalid for an infinity.
    fn times_zero(self) -> Self {
        self * Self::of(0.0)
    }

    /// Half of it, exactly.
    fn half(self) -> Self {
        self * Self::of(0.5)
    }

    /// The square as an unevaluated sum: its rounded value and the error (Dekker 1971).
    ///
    /// Exact if neither part leaves the range of normal numbers.
    fn square(self) -> (Self, Self) {
        let t = self * Self::SPLITTER;
        let high = t - (t - self);
        let low = self - high;
        let square = self * self;
        let error = ((high * high - square) + (high * low + high * low)) + low * low;
        (square, error)
    }
}

impl Real for f64 {
    const PI: Self = core::f64::consts::PI;
    const LN_2: Self = core::f64::consts::LN_2;
    const INFINITY: Self = f64::INFINITY;
    const EXP_STEP: Self = 700.0;
    const EPSILON: Self = f64::EPSILON;
    const ROOT_OF_MAX: Self = f64::from_bits((1023 + 511) << 52);
    const ROOT_OF_MIN: Self = f64::from_bits((1023 - 511) << 52);
    const SPLITTER: Self = 134_217_729.0;

    fn of(x: f64) -> Self {
        x
    }
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }
    fn is_infinite(self) -> bool {
        f64::is_infinite(self)
    }
    fn abs(self) -> Self {
        libm::fabs(self)
    }
    fn copysign(self, sign: Self) -> Self {
        libm::copysign(self, sign)
    }
    fn sqrt(self) -> Self {
        op::sse_sqrt(self)
    }
    fn exp(self) -> Self {
        libm::exp(self)
    }
    fn ln(self) -> Self {
        libm::log(self)
    }
    fn ln_1p(self) -> Self {
        libm::log1p(self)
    }
    fn sin(self) -> Self {
        libm::sin(self)
    }
    fn cos(self) -> Self {
        libm::cos(self)
    }
    fn tan(self) -> Self {
        libm::tan(self)
    }
    fn asin(self) -> Self {
        libm::asin(self)
    }
    fn acos(self) -> Self {
        libm::acos(self)
    }
    fn atan(self) -> Self {
        libm::atan(self)
    }
    fn sinh(self) -> Self {
        libm::sinh(self)
    }
    fn cosh(self) -> Self {
        libm::cosh(self)
    }
    fn atan2(self, x: Self) -> Self {
        libm::atan2(self, x)
    }
    fn hypot(self, y: Self) -> Self {
        libm::hypot(self, y)
    }
}

impl Real for F80 {
    const PI: Self = F80::from_parts(false, 0x4000, 0xc90f_daa2_2168_c235);
    const LN_2: Self = F80::from_parts(false, 0x3ffe, 0xb172_17f7_d1cf_79ac);
    const INFINITY: Self = F80::INFINITY;
    const EXP_STEP: Self = F80::from_parts(false, 0x400c, 11_000 << 50); // 11000
    const EPSILON: Self = F80::from_parts(false, 0x3fff - 63, 1 << 63);
    const ROOT_OF_MAX: Self = F80::from_parts(false, 0x3fff + 8191, 1 << 63);
    const ROOT_OF_MIN: Self = F80::from_parts(false, 0x3fff - 8191, 1 << 63);
    const SPLITTER: Self = F80::from_parts(false, 0x3fff + 32, (1 << 63) | (1 << 31));

    fn of(x: f64) -> Self {
        F80::from_f64(x)
    }
    fn is_nan(self) -> bool {
        op::is_nan(self)
    }
    fn is_infinite(self) -> bool {
        op::is_infinite(self)
    }
    fn abs(self) -> Self {
        op::fabs(self)
    }
    fn copysign(self, sign: Self) -> Self {
        op::copysign(self, sign)
    }
    fn sqrt(self) -> Self {
        op::sqrt(self)
    }
    fn exp(self) -> Self {
        op::exp(self)
    }
    fn ln(self) -> Self {
        op::log(self)
    }
    fn ln_1p(self) -> Self {
        op::log1p(self)
    }
    fn sin(self) -> Self {
        op::sin(self)
    }
    fn cos(self) -> Self {
        op::cos(self)
    }
    fn tan(self) -> Self {
        op::tan(self)
    }
    fn asin(self) -> Self {
        op::asin(self)
    }
    fn acos(self) -> Self {
        op::acos(self)
    }
    fn atan(self) -> Self {
        op::atan(self)
    }
    fn sinh(self) -> Self {
        op::sinh(self)
    }
    fn cosh(self) -> Self {
        op::cosh(self)
    }
    fn atan2(self, x: Self) -> Self {
        op::atan2(self, x)
    }
    fn hypot(self, y: Self) -> Self {
        op::hypot(self, y)
    }
}

impl Add for F80 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        op::add(self, other)
    }
}

impl Sub for F80 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        op::sub(self, other)
    }
}

impl Mul for F80 {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        op::mul(self, other)
    }
}

impl Div for F80 {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        op::div(self, other)
    }
}

impl Neg for F80 {
    type Output = Self;
    fn neg(self) -> Self {
        self.with_sign(!self.is_negative())
    }
}

impl PartialEq for F80 {
    fn eq(&self, other: &Self) -> bool {
        op::order(*self, *other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for F80 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        op::order(*self, *other)
    }
}
