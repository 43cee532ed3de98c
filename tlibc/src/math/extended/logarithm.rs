//! Logarithms: computed with at least eight bits more than the result has, and rounded once.

use super::exponential::power_of_ten;
use super::{F80, ONE};
use crate::math::wide::Wide;
use crate::math::x87 as op;

/// log₁₀ e.
const LOG10_E: Wide = Wide::new(false, -2, 0xde5b_d8a9_3728_7195_355b_aaaf_ad33_dc32);

/// Below 2 to this power a size is so small that ln(1 + x) is x but for rounding.
const TINY: i32 = -66;

/// The result of a logarithm whose argument is 0, negative, infinite or a NaN, with its exception.
#[cold]
fn of_special(x: F80) -> F80 {
    if op::is_zero(x) {
        -(ONE / F80::ZERO)
    } else if op::is_nan(x) || !x.is_negative() {
        x + x
    } else {
        op::sqrt(-ONE)
    }
}

/// The number as a positive finite one.
#[inline(always)]
fn positive(x: F80) -> Option<Wide> {
    (op::is_finite(x) && !x.is_negative() && !op::is_zero(x)).then(|| Wide::from_f80(x))
}

/// Natural logarithm.
#[inline(always)]
pub fn log(x: F80) -> F80 {
    let Some(wide) = positive(x) else {
        return of_special(x);
    };
    let value = wide.brief_ln();
    if value.is_zero() {
        return F80::ZERO;
    }
    value.inexact().to_f80()
}

/// Logarithm to base 2, exact for powers of 2.
#[inline(always)]
pub fn log2(x: F80) -> F80 {
    let Some(wide) = positive(x) else {
        return of_special(x);
    };
    if wide.mantissa == 1 << 127 {
        return Wide::from_int(wide.exponent.into()).to_f80();
    }
    wide.brief_log2().inexact().to_f80()
}

/// Logarithm to base 10, exact for powers of 10.
#[inline(always)]
pub fn log10(x: F80) -> F80 {
    let Some(wide) = positive(x) else {
        return of_special(x);
    };
    if (0..90).contains(&wide.exponent) {
        // 10ᵏ for the only k that is possible.
        let k = ((wide.exponent + 1) * 1233) >> 12;
        let power = power_of_ten(k.cast_unsigned());
        if wide == power {
            return Wide::from_int(k.into()).to_f80();
        }
    }
    (wide.brief_ln() * LOG10_E).inexact().to_f80()
}

/// Natural logarithm of 1 + x.
#[inline(always)]
pub fn log1p(x: F80) -> F80 {
    if op::is_zero(x) {
        return x;
    }
    if !op::is_finite(x) {
        return of_special(x);
    }
    let wide = Wide::from_f80(x);
    if wide.negative && wide.exponent >= 0 {
        return of_special(x + ONE);
    }
    if wide.exponent < TINY {
        // x − x² ÷ 2.
        return wide.nudged(wide.negative).to_f80();
    }
    wide.brief_ln_1p().inexact().to_f80()
}
