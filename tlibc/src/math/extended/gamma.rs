//! The gamma function and its logarithm.
//!
//! Below 16 the logarithm's polynomial around 2, from there by the recurrence Γ(x + 1) = x Γ(x); for larger arguments
//! Stirling's series; for negative ones the reflection formula (DLMF 5.5, 5.11). The logarithm's zeros at negative arguments
//! have a form of their own, as the reflection loses there all that matters. All with some 72 bits, and rounded once.

use super::gamma_tables::{LOG_GAMMA, STIRLING, ZEROS, Zero};
use super::{F80, HUGE, ONE, TINY, TWO, of};
use crate::math::wide::{Wide, circular};
use crate::math::x87 as op;
use crate::types::c_int;

/// ½ ln 2π.
const HALF_LOG_TWO_PI: Wide = Wide::new(false, -1, 0xeb3f_8e43_25f5_a534_94bc_9001_4419_2024);
const HALF: Wide = Wide::power_of_two(-1);

/// From this power of 2 Stirling's series is used.
const LARGE: i32 = 4;

/// A value of a polynomial.
fn value(fixed: i128) -> Wide {
    Wide::from_fixed(fixed < 0, fixed.unsigned_abs(), 126)
}

/// What Stirling's formula for ln Γ lacks at x ≥ 16.
fn stirling(x: Wide) -> Wide {
    let inverse = Wide::ONE / x;
    // 256 ÷ x², which is 1 at most, in units of 2⁻¹²⁷.
    let square = (inverse * inverse).scaled(8);
    let place = if square.exponent == 0 {
        i128::MAX
    } else {
        square.to_fixed(127).cast_signed()
    };
    inverse * value(STIRLING.at(place))
}

/// ln Γ(x) for x ≥ 16, by Stirling's formula, from ln x.
fn log_of_large(x: Wide, log: Wide) -> Wide {
    let main = (x - HALF) * (log - Wide::ONE) - (HALF - HALF_LOG_TWO_PI);
    if x.exponent > 70 {
        // The series is far below what there is.
        return main;
    }
    main + stirling(x)
}

/// Γ(x) for x below 16 and above 0 as eᵃ × b ÷ c: a, b and c.
fn stepped(x: Wide) -> (Wide, Wide, Wide) {
    // x = n + t, where t is −½ at least and below ½.
    let (n, t) = x.nearest_int();
    // In units of 2⁻¹²⁷, doubled.
    let fixed = t.to_fixed(128).cast_signed();
    let fixed = if t.negative {
        fixed.wrapping_neg()
    } else {
        fixed
    };
    let log = t * value(LOG_GAMMA.at(fixed));
    let (mut product, one) = (Wide::ONE, Wide::ONE);
    match n {
        0 => (log, one, x * (x + one)),
        1 => (log, one, x),
        _ => {
            for step in 1..n - 1 {
                product = product * (x - Wide::from_int(step));
            }
            (log, product, one)
        }
    }
}

/// Γ(x) for x above 0 and below 2000.
fn of_positive(x: Wide) -> Wide {
    if x.exponent >= LARGE {
        return log_of_large(x, x.ln()).brief_exp();
    }
    let (log, product, divisor) = stepped(x);
    log.brief_exp() * product / divisor
}

/// ln Γ(x) for x above 0, with this natural logarithm.
#[inline]
fn log_of_positive(x: Wide, ln: fn(Wide) -> Wide) -> Wide {
    if x.exponent >= LARGE {
        return log_of_large(x, ln(x));
    }
    let (log, product, divisor) = stepped(x);
    if product != Wide::ONE {
        log + ln(product)
    } else if divisor != Wide::ONE {
        log - ln(divisor)
    } else {
        log
    }
}

/// Whether x, which is negative and no integer, has a negative Γ(x).
fn is_negative_at(x: F80) -> bool {
    let whole = op::trunc(x);
    op::fmod(TWO, whole) == F80::ZERO
}

/// How far x above 0 and below 2⁶³ is from the nearest integer.
fn from_nearest(x: Wide) -> Wide {
    if x.exponent < -1 {
        return x;
    }
    let fraction = x.mantissa << (x.exponent + 1);
    Wide::from_fixed(false, fraction.min(fraction.wrapping_neg()), 128)
}

/// π ÷ (x |sin πx|) = Γ(x) |Γ(−x)| for x above 0 and below 2⁶³, which is no integer.
fn reflection(x: Wide) -> Wide {
    let (sine, _) = circular::sin_cos(from_nearest(x) * Wide::PI);
    Wide::PI / (x * sine)
}

/// Γ of an integer from 1 to 35, exactly.
fn factorial(x: F80) -> Wide {
    let n = op::lrint(x).unsigned_abs();
    let product = (1..u128::from(n)).product();
    Wide::from_fixed(false, product, 0)
}

/// Gamma function.
pub fn tgamma(x: F80) -> F80 {
    if op::is_nan(x) || x == F80::INFINITY {
        return x + x;
    }
    if x == F80::ZERO {
        return ONE / x;
    }
    let integral = op::is_infinite(x) || op::trunc(x) == x;
    if !x.is_negative() {
        if x > of(1756.0) {
            return HUGE * HUGE;
        }
        if integral && x <= of(35.0) {
            return factorial(x).to_f80();
        }
        return of_positive(x.into()).inexact().to_f80();
    }
    if integral {
        // A pole whose sign differs from side to side.
        return F80::INFINITY * F80::ZERO;
    }
    let negative = is_negative_at(x);
    if x < of(-1770.0) {
        return (TINY * TINY).with_sign(negative);
    }
    let size = Wide::from(x).abs();
    let value = if size.exponent < -70 {
        // 1 ÷ x and a little more.
        Wide::ONE / size
    } else {
        reflection(size) / of_positive(size)
    };
    value.with_sign(negative).inexact().to_f80()
}

/// ln Γ(a + d) − ln Γ(a) for a ≥ 2 and a small d, without cancellation.
fn difference(a: Wide, d: Wide) -> Wide {
    /// Stirling's coefficients: the divided even Bernoulli numbers as quotients.
    const COEFFICIENTS: [(i64, u64); 8] = [
        (1, 12),
        (-1, 360),
        (1, 1260),
        (-1, 1680),
        (1, 1188),
        (-691, 360_360),
        (1, 156),
        (-3617, 122_400),
    ];
    let (mut w, mut steps) = (a, Wide::ZERO);
    while w.exponent < 5 {
        steps = steps + (d / w).ln_1p();
        w = w + Wide::ONE;
    }
    let sum = w + d;
    let (p, q) = (Wide::ONE / sum, Wide::ONE / w);
    // p^m − q^m = (p − q) Σ pⁱ qᵐ⁻¹⁻ⁱ, for the odd m of the series.
    let (mut series, mut powers, mut of_q) = (Wide::ZERO, Wide::ONE, Wide::ONE);
    for (numerator, divisor) in COEFFICIENTS {
        series = series + (powers * Wide::from_int(numerator)).over_int(divisor);
        for _ in 0..2 {
            of_q = of_q * q;
            powers = powers * p + of_q;
        }
    }
    (w - HALF) * (d / w).ln_1p() + d * sum.ln() - d - d * p * q * series - steps
}

/// ln |Γ(−x)| near one of its zeros; `None` if there is none.
fn near_zero(x: Wide) -> Option<Wide> {
    let (d, zero, rest) = ZEROS
        .iter()
        .map(
            |Zero {
                 exponent,
                 significand,
                 rest,
             }| {
                let zero = Wide::new(false, *exponent, u128::from(*significand) << 64);
                let rest = Wide::from_fixed(*rest < 0, rest.unsigned_abs(), 190 - exponent);
                ((x - zero) - rest, zero, rest)
            },
        )
        .min_by(|(a, ..), (b, ..)| a.order_of_sizes(*b))?;
    if d.exponent >= -3 {
        return None;
    }
    // |Γ(−x)| = π ÷ (x |sin πx| Γ(x)), divided by the same at the zero.
    let (_, part) = zero.nearest_int();
    let (sine, cosine) = circular::sin_cos((part + rest) * Wide::PI);
    let zero = zero + rest;
    let angle = d * Wide::PI;
    let (of_d, of_half) = (
        circular::sin_cos(angle).0,
        circular::sin_cos(angle.scaled(-1)).0,
    );
    let of_sines = cosine / sine * of_d - (of_half * of_half).scaled(1);
    Some(-(d / zero).ln_1p() - of_sines.ln_1p() - difference(zero, d))
}

/// ln |Γ(x)|, and the sign of Γ(x).
pub fn lgamma(x: F80) -> (F80, c_int) {
    if op::is_nan(x) {
        return (x + x, 1);
    }
    if op::is_infinite(x) {
        return (F80::INFINITY, 1);
    }
    if x == F80::ZERO {
        return (ONE / op::fabs(x), if x.is_negative() { -1 } else { 1 });
    }
    if x == ONE || x == TWO {
        return (F80::ZERO, 1);
    }
    let size = Wide::from(x).abs();
    if !x.is_negative() {
        return (log_of_positive(size, Wide::brief_ln).inexact().to_f80(), 1);
    }
    if op::trunc(x) == x {
        return (ONE / F80::ZERO, 1);
    }
    let sign = if is_negative_at(x) { -1 } else { 1 };
    let value = reflection(size).ln() - log_of_positive(size, Wide::ln);
    let refined = if value.exponent < -6 && size.exponent < 5 {
        near_zero(size)
    } else {
        None
    };
    (refined.unwrap_or(value).inexact().to_f80(), sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::accuracy::reference::{F128, FORMATS, call, distance, host};

    /// The two long doubles beside each zero, the next ones, and some further away.
    #[test]
    fn logarithm_of_gamma_keeps_its_bits_beside_its_zeros() {
        let truth: fn([F128; 4]) -> [F128; 2] = host!(unary lgammaf128);
        for zero in &ZEROS {
            for step in [0, 1, -1, 2, -2, 5, -5, 1000, -1000, 1 << 20, -(1 << 20)] {
                let significand = zero.significand.wrapping_add_signed(step);
                let x = F80::from_parts(true, (zero.exponent + F80::BIAS) as u16, significand);
                if significand >> 63 == 0 || op::trunc(x) == x {
                    continue;
                }
                let [truth, _] = truth([F128::of(x); 4]);
                let (found, _) = lgamma(x);
                let ulps = distance(found, truth, truth.exponent(), &FORMATS[2]);
                assert!(ulps < 0.51, "{x:?} {step} {ulps}");
            }
        }
    }
}
