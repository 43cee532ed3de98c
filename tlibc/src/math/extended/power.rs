//! Powers: 2 to the exponent times the base's logarithm, with ten bits more than the result has, and rounded once.

use super::{F80, ONE, TWO};
use crate::math::wide::Wide;
use crate::math::x87 as op;

/// Integers as exponents: what is at least 2⁶⁴ is even.
fn is_odd(y: F80) -> bool {
    op::fabs(op::fmod(TWO, y)) == ONE
}

/// x to the y (ISO C F.10.4.4).
#[inline(always)]
pub fn pow(x: F80, y: F80) -> F80 {
    if op::is_zero(y) || x == ONE {
        return ONE;
    }
    if op::is_nan(x) || op::is_nan(y) {
        return x + y;
    }
    if op::is_infinite(y) {
        let size = op::fabs(x);
        return if size == ONE {
            ONE
        } else if (size > ONE) != y.is_negative() {
            F80::INFINITY
        } else {
            F80::ZERO
        };
    }
    let integral = op::trunc(y) == y;
    let odd = integral && is_odd(y);
    if op::is_zero(x) || op::is_infinite(x) {
        let negative = odd && x.is_negative();
        return if op::is_zero(x) != y.is_negative() {
            F80::ZERO.with_sign(negative)
        } else if op::is_zero(x) {
            ONE.with_sign(negative) / F80::ZERO
        } else {
            F80::INFINITY.with_sign(negative)
        };
    }
    if x.is_negative() && !integral {
        return op::sqrt(-ONE);
    }
    of_positive(Wide::from_f80(x).abs(), Wide::from_f80(y))
        .with_sign(odd && x.is_negative())
        .to_f80()
}

/// x to the y for x above 0 and not 1, with the lowest bit set unless it is exact.
fn of_positive(x: Wide, y: Wide) -> Wide {
    let exponent = x.shorter_log2() * y;
    if exponent.exponent < -100 {
        return Wide::ONE.nudged(!exponent.negative);
    }
    let power = exponent.brief_exp2();
    // The error is below 2⁻⁷⁴; what is representable, or in the middle of two such numbers, has 65 bits.
    let near = (power.mantissa as u64).wrapping_add(1 << 54);
    if near & (u64::MAX >> 1) < 1 << 55
        && let Some(exact) = exact(x, y)
    {
        return exact;
    }
    power.inexact()
}

/// The bits of a number without the zeros at its end.
fn length(x: Wide) -> u32 {
    128 - x.mantissa.trailing_zeros()
}

/// x to the y where it has 128 bits at most.
#[cold]
fn exact(x: Wide, y: Wide) -> Option<Wide> {
    if length(x) == 1 {
        // A power of 2, whose exponent must be an integer.
        let exponent = Wide::from_int(x.exponent.into()) * y;
        if exponent.exponent > 16 {
            return None;
        }
        let whole = exponent.truncated();
        return (Wide::from_int(whole) == exponent).then(|| Wide::power_of_two(whole as i32));
    }
    if y.negative {
        return None;
    }
    // y = n ÷ 2ʲ with an odd n: x must be the square of a square…
    let (mut root, mut y) = (x, y);
    while length(y) as i32 > y.exponent + 1 {
        let next = root.sqrt();
        if length(next) > 64 || length(next) == 1 {
            return None;
        }
        (root, y) = (next, y.scaled(1));
    }
    // Three to the 81st has more than 128 bits.
    if y.exponent > 6 {
        return None;
    }
    let mut product = Wide::ONE;
    for _ in 0..y.truncated() {
        if length(product) + length(root) > 129 {
            return None;
        }
        product = product * root;
    }
    Some(product)
}
