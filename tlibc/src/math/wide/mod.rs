//! Software numbers of 128 bits, in which the functions of `long double` are computed before they are rounded once.
//!
//! Integer arithmetic (but for the first guess of a square root): no rounding direction plays a part and no exception flag is
//! raised until [`Wide::to_f80`].
//! Each operation cuts off what does not fit, and sets the lowest bit where that was not nothing ("rounding to odd"): its
//! relative error is below 2⁻¹²⁷, what is exact stays recognisable as exact, and one operation followed by `to_f80` is the
//! correctly rounded operation in every direction. [`Wide::times_int`] and [`Wide::over_int`] are as good; the
//! fixed-point helper [`upper_product`] is exact but for what it cuts off.
//! Neighbours: `conversion` (from and to [`F80`]), `arithmetic`, functions by their names, and
//! [`extended`](super::extended), what they are for.

pub mod arc;
mod arithmetic;
pub mod circular;
mod conversion;
mod exponential;
mod logarithm;
pub mod polynomial;
mod root;
mod series;
#[cfg(test)]
mod tests;
mod two_over_pi;

pub use arithmetic::upper_product;
pub use series::Brief;

use core::cmp::Ordering;

use crate::stdarg::F80;

/// A number: mantissa × 2^(exponent − 127), where a mantissa other than 0 has its highest bit set.
///
/// There are no infinities or NaNs; exponents stay far from the limits of `i32` in all that long double leads to. A zero
/// has a sign and an exponent less than any other.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    /// Whether it is below zero.
    pub negative: bool,
    /// The exponent of 2 of the highest bit.
    pub exponent: i32,
    /// The bits: 0, or at least 2¹²⁷.
    pub mantissa: u128,
}

/// The exponent of zero: so low that any other number outweighs it.
const OF_ZERO: i32 = i32::MIN / 4;

impl Wide {
    /// Zero.
    pub const ZERO: Self = Self {
        negative: false,
        exponent: OF_ZERO,
        mantissa: 0,
    };
    /// 1.
    pub const ONE: Self = Self::power_of_two(0);
    /// π.
    pub const PI: Self = Self::new(false, 1, 0xc90f_daa2_2168_c234_c4c6_628b_80dc_1cd1);
    /// ln 2.
    pub const LN_2: Self = Self::new(false, -1, 0xb172_17f7_d1cf_79ab_c9e3_b398_03f2_f6af);
    /// log₂ e.
    pub const LOG2_E: Self = Self::new(false, 0, 0xb8aa_3b29_5c17_f0bb_be87_fed0_691d_3e88);
    /// log₂ 10.
    pub const LOG2_10: Self = Self::new(false, 1, 0xd49a_784b_cd1b_8afe_492b_f6ff_4daf_db4c);

    /// (−1 if negative) × mantissa × 2^(exponent − 127), the mantissa normalised already.
    pub const fn new(negative: bool, exponent: i32, mantissa: u128) -> Self {
        debug_assert!(mantissa >> 127 == 1);
        Self {
            negative,
            exponent,
            mantissa,
        }
    }

    /// 2^exponent.
    pub const fn power_of_two(exponent: i32) -> Self {
        Self::new(false, exponent, 1 << 127)
    }

    /// A fixed-point number, bits × 2^(−places), exact.
    pub const fn from_fixed(negative: bool, bits: u128, places: i32) -> Self {
        if bits == 0 {
            return Self {
                negative,
                ..Self::ZERO
            };
        }
        let shift = bits.leading_zeros();
        Self::new(negative, 127 - shift as i32 - places, bits << shift)
    }

    /// The size as a fixed-point number with so many places, the rest cut off; it must be below 2^(128 − places).
    pub const fn to_fixed(self, places: i32) -> u128 {
        let shift = 127 - self.exponent - places;
        debug_assert!(shift >= 0);
        if shift < 128 {
            self.mantissa >> shift
        } else {
            0
        }
    }

    /// An integer, exact.
    pub const fn from_int(n: i64) -> Self {
        Self::from_fixed(n < 0, n.unsigned_abs() as u128, 0)
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Its size.
    pub const fn abs(self) -> Self {
        self.with_sign(false)
    }

    /// Its size with that sign.
    pub const fn with_sign(self, negative: bool) -> Self {
        Self { negative, ..self }
    }

    /// × 2ⁿ, exact.
    pub const fn scaled(self, n: i32) -> Self {
        if self.mantissa == 0 {
            return self;
        }
        Self {
            exponent: self.exponent + n,
            ..self
        }
    }

    /// The number of the same value with the lowest bit set: what is known to be irrational must not look exact.
    pub const fn inexact(self) -> Self {
        Self {
            mantissa: self.mantissa | 1,
            ..self
        }
    }

    /// The number with its size changed by the least there is: for what differs from a representable number by less than
    /// that, which must be rounded from the right side.
    pub const fn nudged(self, away_from_zero: bool) -> Self {
        if away_from_zero {
            self.inexact()
        } else if self.mantissa == 1 << 127 {
            Self::new(self.negative, self.exponent - 1, u128::MAX)
        } else {
            Self {
                mantissa: self.mantissa - 1,
                ..self
            }
        }
    }

    /// How the sizes compare.
    pub const fn order_of_sizes(self, other: Self) -> Ordering {
        if self.exponent != other.exponent {
            return if self.exponent < other.exponent {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        if self.mantissa == other.mantissa {
            Ordering::Equal
        } else if self.mantissa < other.mantissa {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    }

    /// The greatest integer not above the number, which is less than 2⁶² in size, and what is left, in [0, 1); exact but for
    /// negative numbers near 0.
    pub fn floor(self) -> (i64, Self) {
        let whole = self.truncated();
        let rest = self - Self::from_int(whole);
        if rest.negative && !rest.is_zero() {
            (whole - 1, rest + Self::ONE)
        } else {
            (whole, rest.abs())
        }
    }

    /// The nearest integer, halves away from zero, of a number less than 2⁶² in size, and what is left, exact.
    pub fn nearest_int(self) -> (i64, Self) {
        let half = Self::power_of_two(-1).with_sign(self.negative);
        let whole = (self + half).truncated();
        (whole, self - Self::from_int(whole))
    }

    /// The integer part of a number less than 2⁶² in size.
    pub const fn truncated(self) -> i64 {
        if self.exponent < 0 {
            return 0;
        }
        debug_assert!(self.exponent < 62);
        let size = (self.mantissa >> (127 - self.exponent)) as i64;
        if self.negative { -size } else { size }
    }

    /// The polynomial with these coefficients, that of the constant first, at `self` (Horner).
    pub fn polynomial(self, coefficients: &[Self]) -> Self {
        let mut result = Self::ZERO;
        for coefficient in coefficients.iter().rev() {
            result = result * self + *coefficient;
        }
        result
    }
}

impl PartialEq for Wide {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.is_zero() && other.is_zero() {
            return Some(Ordering::Equal);
        }
        Some(match (self.negative, other.negative) {
            (false, false) => self.order_of_sizes(*other),
            (true, true) => other.order_of_sizes(*self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        })
    }
}

impl From<F80> for Wide {
    fn from(x: F80) -> Self {
        Self::from_f80(x)
    }
}
