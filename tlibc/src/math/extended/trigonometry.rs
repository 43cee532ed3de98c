//! Trigonometric functions of long double and their inverses, computed in [`Wide`] numbers and rounded once.

use super::{F80, ONE};
use crate::math::wide::{Wide, arc, circular};
use crate::math::x87 as op;

/// Arguments whose square is below 2⁻⁶⁸: less than a long double can show.
const SMALL: i32 = -34;

/// A finite x as a number of quarter turns (the two low bits) and the rest, at most π ÷ 4 in size, in two parts.
pub(in crate::math) fn reduced(x: F80) -> (u8, F80, F80) {
    let (turn, rest) = circular::reduced(x.into());
    let turn = turn & 3;
    let part = |bits: u64, exponent: i32| {
        let shift = bits.leading_zeros();
        if bits == 0 || exponent - shift.cast_signed() <= -F80::BIAS {
            return F80::ZERO;
        }
        let exponent = exponent - shift.cast_signed() + F80::BIAS;
        F80::from_parts(rest.negative, exponent as u16, bits << shift)
    };
    if rest.exponent <= -F80::BIAS {
        return (turn, x, F80::ZERO);
    }
    let high = part((rest.mantissa >> 64) as u64, rest.exponent);
    (turn, high, part(rest.mantissa as u64, rest.exponent - 64))
}

/// An infinity or a NaN has no angle: invalid for the former.
fn without_angle(x: F80) -> Option<F80> {
    (op::is_nan(x) || op::is_infinite(x)).then(|| x * F80::ZERO)
}

/// Sine.
pub fn sin(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    circular::brief_sin_cos(x.into()).0.to_f80()
}

/// Cosine.
pub fn cos(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    circular::brief_sin_cos(x.into()).1.to_f80()
}

/// Sine and cosine.
pub fn sin_cos(x: F80) -> (F80, F80) {
    if let Some(nan) = without_angle(x) {
        return (nan, nan);
    }
    let (sine, cosine) = circular::brief_sin_cos(x.into());
    (sine.to_f80(), cosine.to_f80())
}

/// Tangent.
pub fn tan(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    let wide = Wide::from(x);
    if wide.exponent < SMALL {
        return a_little_more(wide);
    }
    let (sine, cosine) = circular::brief_sin_cos(wide);
    (sine / cosine).to_f80()
}

/// What is greater than x by so little that only the rounding shows it, but 0 for 0.
fn a_little_more(x: Wide) -> F80 {
    if x.is_zero() { x } else { x.inexact() }.to_f80()
}

/// √(1 − x²) for a long double |x| ≤ 1.
fn other_side(x: Wide) -> Wide {
    if x.exponent >= 0 {
        return Wide::ZERO;
    }
    // In units of 2⁻¹²⁸, exact where x is ½ or more.
    let word = x.mantissa >> 64;
    let shift = (-2 - 2 * x.exponent).cast_unsigned();
    let square = if shift < 128 {
        (word * word) >> shift
    } else {
        0
    };
    if square == 0 {
        return Wide::ONE;
    }
    Wide::from_fixed(false, square.wrapping_neg(), 128).sqrt()
}

/// Arc sine.
pub fn asin(x: F80) -> F80 {
    if op::is_nan(x) || op::fabs(x) > ONE {
        return outside(x);
    }
    let x = Wide::from(x);
    if x.exponent < SMALL {
        return a_little_more(x);
    }
    arc::brief_atan2(x, other_side(x)).to_f80()
}

/// Arc cosine.
pub fn acos(x: F80) -> F80 {
    if op::is_nan(x) || op::fabs(x) > ONE {
        return outside(x);
    }
    let x = Wide::from(x);
    arc::brief_atan2(other_side(x), x).to_f80()
}

/// The NaN for a NaN, or, with invalid, for an argument outside of the domain.
fn outside(x: F80) -> F80 {
    if op::is_nan(x) {
        x + x
    } else {
        F80::INFINITY * F80::ZERO
    }
}

/// Arc tangent.
pub fn atan(x: F80) -> F80 {
    if op::is_nan(x) {
        return x + x;
    }
    if op::is_infinite(x) {
        return Wide::PI.scaled(-1).with_sign(x.is_negative()).to_f80();
    }
    if x == F80::ZERO {
        return x;
    }
    arc::brief_atan2(x.into(), Wide::ONE).to_f80()
}

/// The angle of the point (x, y).
pub fn atan2(y: F80, x: F80) -> F80 {
    if op::is_nan(x) || op::is_nan(y) {
        return x + y;
    }
    // A finite vector in the same direction, as far as there are differences.
    let bounded = |v: F80, other: F80| {
        let unit = |v: F80| {
            if v == F80::ZERO {
                Wide::ZERO
            } else {
                Wide::ONE
            }
        };
        if op::is_infinite(v) {
            Wide::ONE.with_sign(v.is_negative())
        } else if op::is_infinite(other) {
            Wide::ZERO.with_sign(v.is_negative())
        } else if other == F80::ZERO {
            unit(v).with_sign(v.is_negative())
        } else {
            v.into()
        }
    };
    let (height, width) = (bounded(y, x), bounded(x, y));
    if height.is_zero() {
        let angle = if x.is_negative() {
            Wide::PI
        } else {
            Wide::ZERO
        };
        return angle.with_sign(y.is_negative()).to_f80();
    }
    arc::brief_atan2(height, width).to_f80()
}
