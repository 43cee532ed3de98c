//! Exponents and significands, remainders, neighbours, extremes, and the fused product.

use core::arch::asm;
use core::cmp::Ordering;

use super::{
    F80, ONE, TWO, add, div, from_int, is_infinite, is_nan, is_zero, less, mul, negate, order,
    power_of_two, remainder_of, scale, sub, trunc,
};
use crate::math::wide::Wide;
use crate::types::c_int;

/// x × 2ⁿ.
pub fn scalbn(x: F80, n: c_int) -> F80 {
    scale(from_int(n.clamp(-0x1_0000, 0x1_0000).into()), x)
}

/// x × 2ʸ for an integral y (BSD).
pub fn scalb(x: F80, y: F80) -> F80 {
    if !is_nan(y) && !is_infinite(y) && order(trunc(y), y) != Some(Ordering::Equal) {
        return div(F80::ZERO, F80::ZERO);
    }
    scale(y, x)
}

/// Significand in [½, 1) and exponent of 2.
pub fn frexp(x: F80) -> (F80, c_int) {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        return (x, 0);
    }
    let (mantissa, exponent) = x.decompose();
    let shift = mantissa.leading_zeros();
    let significand = F80::from_parts(x.is_negative(), (F80::BIAS - 1) as u16, mantissa << shift);
    (significand, exponent + 64 - shift as i32)
}

/// The exponent of 2 as an int; invalid where there is none.
pub fn ilogb(x: F80) -> c_int {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        core::hint::black_box(crate::math::invalid());
        if is_infinite(x) {
            c_int::MAX
        } else {
            c_int::MIN
        }
    } else {
        frexp(x).1 - 1
    }
}

/// The exponent of 2 as a number.
pub fn logb(x: F80) -> F80 {
    if is_zero(x) {
        return negate(div(ONE, F80::ZERO));
    }
    if is_nan(x) || is_infinite(x) {
        return mul(x, x);
    }
    from_int(ilogb(x).into())
}

/// The significand in [1, 2) (BSD).
pub fn significand(x: F80) -> F80 {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        x
    } else {
        mul(frexp(x).0, TWO)
    }
}

/// IEEE remainder.
pub fn remainder(x: F80, y: F80) -> F80 {
    remainder_of(y, x)
}

/// IEEE remainder and the low bits of the quotient with its sign.
pub fn remquo(x: F80, y: F80) -> (F80, c_int) {
    let mut result = F80::ZERO;
    let status: u16;
    // SAFETY: loads ten bytes from each operand, stores ten to the result.
    unsafe {
        asm!(
            "fld tbyte ptr [{y}]",
            "fld tbyte ptr [{x}]",
            "2:",
            "fprem1",
            "fnstsw ax",
            "test ah, 4",
            "jne 2b",
            "fstp tbyte ptr [{result}]",
            "fstp st(0)",
            x = in(reg) &raw const x,
            y = in(reg) &raw const y,
            result = in(reg) &raw mut result,
            out("ax") status,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack),
        );
    }
    // The three low bits of the quotient are C0, C3, C1 (SDM, FPREM1).
    let quotient = c_int::from(status >> 8 & 1) << 2
        | c_int::from(status >> 14 & 1) << 1
        | c_int::from(status >> 9 & 1);
    let negative = x.is_negative() != y.is_negative();
    (result, if negative { -quotient } else { quotient })
}

/// x − y, or 0 where that is negative.
pub fn fdim(x: F80, y: F80) -> F80 {
    match order(x, y) {
        None => add(x, y),
        Some(Ordering::Greater) => sub(x, y),
        Some(_) => F80::ZERO,
    }
}

/// The greater one; a number before a NaN.
pub fn fmax(x: F80, y: F80) -> F80 {
    if is_nan(x) || less(x, y) { y } else { x }
}

/// The lesser one; a number before a NaN.
pub fn fmin(x: F80, y: F80) -> F80 {
    if is_nan(x) || less(y, x) { y } else { x }
}

/// The neighbour of x towards y.
pub fn nextafter(x: F80, y: F80) -> F80 {
    let away = match order(x, y) {
        None => return add(x, y),
        Some(Ordering::Equal) => return y,
        Some(Ordering::Less) => !x.is_negative(),
        Some(Ordering::Greater) => x.is_negative(),
    };
    // Underflow, as ISO C F.10.8.3 asks for a subnormal result or zero.
    let underflow = || core::hint::black_box(mul(power_of_two(-16_382), power_of_two(-16_382)));
    if is_zero(x) {
        underflow();
        return F80::from_parts(less(y, x), 0, 1);
    }
    let (exponent, mantissa) = neighbour(x, away);
    if exponent == 0x7fff {
        // Beyond the greatest number, which raises overflow as a product would.
        return scalbn(x, 1);
    }
    if exponent == 0 {
        underflow();
    }
    F80::from_parts(x.is_negative(), exponent, mantissa)
}

/// The next greater number (C23 7.12.11.5); raises nothing but invalid for a signalling NaN.
pub fn nextup(x: F80) -> F80 {
    if is_nan(x) {
        return add(x, x);
    }
    if is_zero(x) {
        return F80::from_parts(false, 0, 1);
    }
    if is_infinite(x) && !x.is_negative() {
        return x;
    }
    let (exponent, mantissa) = neighbour(x, !x.is_negative());
    F80::from_parts(x.is_negative(), exponent, mantissa)
}

/// The next lesser number (C23 7.12.11.6).
pub fn nextdown(x: F80) -> F80 {
    negate(nextup(negate(x)))
}

/// Exponent and significand of the number beside one that is not zero, away from zero or towards it.
fn neighbour(x: F80, away: bool) -> (u16, u64) {
    let (exponent, mantissa) = (x.biased_exponent(), x.mantissa());
    let integer_bit = 1 << 63;
    if away {
        match mantissa.wrapping_add(1) {
            0 => (exponent + 1, integer_bit),
            // The greatest subnormal number is followed by the least normal one.
            next if exponent == 0 && next == integer_bit => (1, next),
            next => (exponent, next),
        }
    } else {
        match (exponent, mantissa) {
            (0, _) => (0, mantissa - 1),
            (1, m) if m == integer_bit => (0, integer_bit - 1),
            (_, m) if m == integer_bit => (exponent - 1, u64::MAX),
            _ => (exponent, mantissa - 1),
        }
    }
}

/// x × y + z, rounded once.
pub fn fma(x: F80, y: F80, z: F80) -> F80 {
    let special = |v| is_nan(v) || is_infinite(v) || is_zero(v);
    if special(x) || special(y) || is_nan(z) || is_infinite(z) {
        return add(mul(x, y), z);
    }
    if is_zero(z) {
        return mul(x, y);
    }
    // The product has 128 bits and is exact.
    let sum = Wide::from(x) * Wide::from(y) + Wide::from(z);
    if sum.is_zero() {
        // The sign is the direction's.
        return sub(ONE, ONE);
    }
    sum.to_f80()
}
