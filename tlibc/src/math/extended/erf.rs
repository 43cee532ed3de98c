//! The error function and its complement.
//!
//! Below 1 the error function's polynomial; elsewhere the complement as exp(−x²) times a smooth function, which has a
//! polynomial for each of a few ranges (DLMF 7.2, 7.12). All with some 72 bits, and rounded once.

use super::erf_tables::{
    NEAR_0, SCALED_0, SCALED_1, SCALED_2, SCALED_3, SCALED_4, SCALED_5, SCALED_6, SCALED_7, TAIL,
};
use super::{F80, ONE, TWO};
use crate::math::wide::{Wide, upper_product};
use crate::math::x87 as op;

/// A number in [0, 1), in units of 2⁻¹²⁸, brought to the range −1 to 1, in units of 2⁻¹²⁷.
fn centred(x: u128) -> i128 {
    (x ^ 1 << 127).cast_signed()
}

/// A positive value of a polynomial.
fn value(fixed: i128) -> Wide {
    Wide::from_fixed(false, fixed.cast_unsigned(), 126)
}

/// erf x for |x| < 1.
fn near_zero(x: Wide) -> Wide {
    let shift = (-2 - 2 * x.exponent).cast_unsigned();
    let square = if shift < 128 {
        upper_product(x.mantissa, x.mantissa) >> shift
    } else {
        0
    };
    x * value(NEAR_0.at(centred(square)))
}

/// exp(x²) · erfc x for x ≥ 1.
fn scaled(x: Wide) -> Wide {
    if x.exponent >= 4 {
        let inverse = Wide::ONE / x;
        // 256 ÷ x² is 1 at most.
        let square = (inverse * inverse).scaled(8);
        let place = if square.exponent == 0 {
            u128::MAX
        } else {
            square.to_fixed(128)
        };
        return inverse * value(TAIL.at(centred(place)));
    }
    // Two ranges for each power of two, of which the first bit after the leading one tells.
    let s = centred(x.mantissa << 2);
    let fixed = match (x.exponent, x.mantissa >> 126 & 1) {
        (0, 0) => SCALED_0.at(s),
        (0, _) => SCALED_1.at(s),
        (1, 0) => SCALED_2.at(s),
        (1, _) => SCALED_3.at(s),
        (2, 0) => SCALED_4.at(s),
        (2, _) => SCALED_5.at(s),
        (_, 0) => SCALED_6.at(s),
        (_, _) => SCALED_7.at(s),
    };
    value(fixed).scaled(-x.exponent)
}

/// erfc x for x ≥ 1.
fn complement(x: Wide) -> Wide {
    // The square of 64 bits is exact, so that the exponential has no error to magnify.
    (-(x * x)).brief_exp() * scaled(x)
}

/// erf x for a finite x other than 0.
fn of_finite(x: Wide) -> Wide {
    if x.exponent < 0 {
        return near_zero(x);
    }
    let rest = if x.exponent >= 4 {
        // Beyond 16: less than any bit of the difference.
        Wide::power_of_two(-300)
    } else {
        complement(x.abs())
    };
    (Wide::ONE - rest).with_sign(x.negative)
}

/// Error function.
pub fn erf(x: F80) -> F80 {
    if op::is_nan(x) {
        return x + x;
    }
    if op::is_infinite(x) {
        return op::copysign(ONE, x);
    }
    if x == F80::ZERO {
        return x;
    }
    of_finite(x.into()).inexact().to_f80()
}

/// Complementary error function, 1 − erf x.
pub fn erfc(x: F80) -> F80 {
    if op::is_nan(x) {
        return x + x;
    }
    if op::is_infinite(x) {
        return if x.is_negative() { TWO } else { F80::ZERO };
    }
    if x == F80::ZERO {
        return ONE;
    }
    let x = Wide::from(x);
    if x.negative || x.exponent < 0 {
        (Wide::ONE - of_finite(x)).inexact().to_f80()
    } else {
        complement(x).inexact().to_f80()
    }
}
