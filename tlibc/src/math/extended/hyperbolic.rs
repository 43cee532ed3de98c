//! Hyperbolic functions and their inverses: computed with at least eight bits more than the result
//! has, and rounded once.

use super::{F80, ONE};
use crate::math::wide::{Brief, Wide};
use crate::math::x87 as op;

/// Below 2 to this power a size is so small that x³ counts only for the direction of rounding.
const TINY: i32 = -33;
/// The least exponent of a size of which eˣ hides e⁻ˣ.
const GREAT: i32 = 6;
/// Below 2⁻⁶ the series of x² are used.
const SMALL: i32 = -6;

/// 1 ÷ (n + 1), 1 ÷ (n + 1)(n + 2) …: each coefficient is the one before divided by two integers that go on by two.
const fn factorials(first: u128) -> Brief {
    let mut table = [u128::MAX; 7];
    let mut k = 1;
    while k < 7 {
        let n = first + 2 * k as u128;
        table[k] = table[k - 1] / ((n - 1) * n);
        k += 1;
    }
    Brief::new(&table, false)
}

/// sinh x ÷ x in x².
static SINH: Brief = factorials(1);
/// (cosh x − 1) × 2 ÷ x² in x².
static COSH: Brief = factorials(2);
/// artanh x ÷ x in x².
static ATANH: Brief = {
    let mut table = [u128::MAX; 7];
    let mut k = 1;
    while k < 7 {
        table[k] /= 2 * k as u128 + 1;
        k += 1;
    }
    Brief::new(&table, false)
};
/// arsinh x ÷ x in x², with alternating signs: (2k)! ÷ (4ᵏ k!² (2k + 1)).
static ASINH: Brief = {
    let mut table = [u128::MAX; 7];
    let (mut central, mut k) = (u128::MAX, 1);
    while k < 7 {
        let n = k as u128;
        central = central / (2 * n) * (2 * n - 1);
        table[k] = central / (2 * n + 1);
        k += 1;
    }
    Brief::new(&table, true)
};

/// A zero, an infinity or a NaN.
fn is_special(x: F80) -> bool {
    !op::is_finite(x) || op::is_zero(x)
}

/// Hyperbolic sine.
#[inline(always)]
pub fn sinh(x: F80) -> F80 {
    if is_special(x) {
        return x + x;
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return wide.nudged(true).to_f80();
    }
    let value = if wide.exponent < SMALL {
        wide.odd_series(&SINH)
    } else {
        let power = wide.abs().brief_exp();
        let value = if wide.exponent < GREAT {
            power - Wide::ONE / power
        } else {
            power
        };
        value.scaled(-1).with_sign(wide.negative)
    };
    value.inexact().to_f80()
}

/// Hyperbolic cosine.
#[inline(always)]
pub fn cosh(x: F80) -> F80 {
    if is_special(x) {
        return if op::is_zero(x) { ONE } else { x * x };
    }
    let wide = Wide::from_f80(x);
    let value = if wide.exponent < SMALL {
        wide.half_square_series(&COSH) + Wide::ONE
    } else {
        let power = wide.abs().brief_exp();
        let value = if wide.exponent < GREAT {
            power + Wide::ONE / power
        } else {
            power
        };
        value.scaled(-1)
    };
    value.inexact().to_f80()
}

/// Hyperbolic tangent, through t = e²ˣ − 1: t ÷ (t + 2).
#[inline(always)]
pub fn tanh(x: F80) -> F80 {
    if is_special(x) {
        return if op::is_infinite(x) {
            op::copysign(ONE, x)
        } else {
            x + x
        };
    }
    let wide = Wide::from_f80(x);
    let value = if wide.exponent < TINY {
        wide.nudged(false)
    } else if wide.exponent < GREAT {
        let t = wide.abs().scaled(1).brief_exp_m1();
        if t.exponent > 100 {
            Wide::ONE.nudged(false)
        } else {
            (t / (t + Wide::power_of_two(1))).inexact()
        }
    } else {
        Wide::ONE.nudged(false)
    };
    value.with_sign(wide.negative).to_f80()
}

/// Inverse hyperbolic sine.
#[inline(always)]
pub fn asinh(x: F80) -> F80 {
    if is_special(x) {
        return x + x;
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return wide.nudged(false).to_f80();
    }
    let value = if wide.exponent < SMALL {
        wide.odd_series(&ASINH)
    } else {
        let size = wide.abs();
        let value = if wide.exponent > 64 {
            size.scaled(1).brief_ln()
        } else {
            (size + (size * size + Wide::ONE).sqrt()).brief_ln()
        };
        value.with_sign(wide.negative)
    };
    value.inexact().to_f80()
}

/// Inverse hyperbolic cosine: ln(x + √(x² − 1)), or with t = x − 1, ln(1 + t + √(t (t + 2))).
#[inline(always)]
pub fn acosh(x: F80) -> F80 {
    if op::is_nan(x) || x == F80::INFINITY {
        return x + x;
    }
    if x <= ONE {
        // 0 for 1, and outside of the domain invalid.
        return if x == ONE { F80::ZERO } else { op::sqrt(-ONE) };
    }
    let wide = Wide::from_f80(x);
    let value = if wide.exponent > 64 {
        wide.scaled(1).brief_ln()
    } else if wide.exponent > 0 {
        (wide + (wide * wide - Wide::ONE).sqrt()).brief_ln()
    } else {
        let t = wide - Wide::ONE;
        (t + (t * (t + Wide::power_of_two(1))).sqrt()).brief_ln_1p()
    };
    value.inexact().to_f80()
}

/// Inverse hyperbolic tangent: ½ ln((1 + x) ÷ (1 − x)).
#[inline(always)]
pub fn atanh(x: F80) -> F80 {
    if op::is_nan(x) || op::is_zero(x) {
        return x + x;
    }
    let size = op::fabs(x);
    if size >= ONE {
        return if size == ONE {
            x / F80::ZERO
        } else {
            op::sqrt(-ONE)
        };
    }
    let wide = Wide::from_f80(x);
    if wide.exponent < TINY {
        return wide.nudged(true).to_f80();
    }
    let value = if wide.exponent < SMALL {
        wide.odd_series(&ATANH)
    } else {
        let ratio = (Wide::ONE + wide) / (Wide::ONE - wide);
        ratio.brief_ln().scaled(-1)
    };
    value.inexact().to_f80()
}
