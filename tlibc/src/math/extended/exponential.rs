//! Exponential functions: computed with at least eight bits more than the result has, and rounded once.

use super::{F80, ONE};
use crate::math::wide::Wide;
use crate::math::x87 as op;

/// Below 2 to this power a size is so small that eˣ is 1, and eˣ − 1 is x, but for rounding.
const TINY: i32 = -70;

/// An infinity, 0 or a NaN for what is not finite.
fn of_special(x: F80) -> F80 {
    if op::is_infinite(x) && x.is_negative() {
        F80::ZERO
    } else {
        x + x
    }
}

/// A power of a small exponent: next to 1.
fn beside_1(x: F80) -> F80 {
    if op::is_zero(x) {
        return ONE;
    }
    Wide::ONE.nudged(!x.is_negative()).to_f80()
}

/// e to the x.
#[inline(always)]
pub fn exp(x: F80) -> F80 {
    if !op::is_finite(x) {
        return of_special(x);
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return beside_1(x);
    }
    wide.brief_exp().inexact().to_f80()
}

/// 2 to the x, exact for an integer.
#[inline(always)]
pub fn exp2(x: F80) -> F80 {
    if !op::is_finite(x) {
        return of_special(x);
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return beside_1(x);
    }
    let power = wide.brief_exp2();
    if power.mantissa == 1 << 127 {
        // Of an integer, or of a size that is beyond all.
        return power.to_f80();
    }
    power.inexact().to_f80()
}

/// 10 to the x, exact where the result is representable.
#[inline(always)]
pub fn exp10(x: F80) -> F80 {
    if !op::is_finite(x) {
        return of_special(x);
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return beside_1(x);
    }
    if !wide.negative && wide.exponent < 5 {
        let (whole, rest) = (wide.truncated(), wide);
        if rest == Wide::from_int(whole) && whole <= 27 {
            return power_of_ten(whole as u32).to_f80();
        }
    }
    (wide * Wide::LOG2_10).brief_exp2().inexact().to_f80()
}

/// 10ⁿ for n up to 27, of which long double holds all, exact.
pub(super) fn power_of_ten(n: u32) -> Wide {
    debug_assert!(n <= 27);
    Wide::from_fixed(false, 10_u128.pow(n), 0)
}

/// e to the x, minus 1.
#[inline(always)]
pub fn expm1(x: F80) -> F80 {
    if !op::is_finite(x) {
        return if op::is_infinite(x) && x.is_negative() {
            -ONE
        } else {
            x + x
        };
    }
    if op::is_zero(x) {
        return x;
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        // x + x² ÷ 2.
        return wide.nudged(!wide.negative).to_f80();
    }
    if wide.negative && wide.exponent > 6 {
        return (-Wide::ONE).nudged(false).to_f80();
    }
    wide.brief_exp_m1().inexact().to_f80()
}
