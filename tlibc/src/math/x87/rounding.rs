//! Rounding to integers: from the bits, where the direction of rounding does not matter, and by the unit where it does.

use core::arch::asm;
use core::cmp::Ordering;

use super::{
    F80, HALF, ONE, TWO, add, copysign, fabs, fmod, is_infinite, is_nan, is_zero, less, order,
    rint, sub,
};
use crate::types::c_long;

/// The nearest integer by the rounding mode; the least long, and invalid, for what does not fit.
pub fn lrint(x: F80) -> c_long {
    let mut result: c_long = 0;
    // SAFETY: loads ten bytes, stores eight.
    unsafe {
        asm!(
            "fld tbyte ptr [{x}]",
            "fistp qword ptr [{result}]",
            x = in(reg) &raw const x,
            result = in(reg) &raw mut result,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack, preserves_flags),
        );
    }
    result
}

/// The integer part: the bits below the point cleared.
pub fn trunc(x: F80) -> F80 {
    let exponent = i32::from(x.biased_exponent()) - F80::BIAS;
    if exponent >= 63 {
        // An integer, an infinity or a NaN (made quiet).
        return if is_nan(x) { add(x, x) } else { x };
    }
    if exponent < 0 {
        return F80::ZERO.with_sign(x.is_negative());
    }
    let keep = u64::MAX << (63 - exponent);
    F80::from_parts(x.is_negative(), x.biased_exponent(), x.mantissa() & keep)
}

/// x without its integer part `whole`, with the sign of x.
pub fn fraction(x: F80, whole: F80) -> F80 {
    if is_infinite(x) {
        F80::ZERO.with_sign(x.is_negative())
    } else {
        copysign(sub(x, whole), x)
    }
}

/// The greatest integer not above x.
pub fn floor(x: F80) -> F80 {
    let whole = trunc(x);
    if less(x, whole) {
        sub(whole, ONE)
    } else {
        whole
    }
}

/// The least integer not below x.
pub fn ceil(x: F80) -> F80 {
    let whole = trunc(x);
    if less(whole, x) {
        copysign(add(whole, ONE), x)
    } else {
        whole
    }
}

/// The nearest integer, halves away from zero.
pub fn round(x: F80) -> F80 {
    let whole = trunc(x);
    if is_nan(x) || is_infinite(x) {
        return whole;
    }
    let rest = fabs(sub(x, whole));
    if less(rest, HALF) {
        whole
    } else {
        copysign(add(fabs(whole), ONE), x)
    }
}

/// The nearest integer, halves to even.
pub fn roundeven(x: F80) -> F80 {
    let whole = trunc(x);
    if is_nan(x) || is_infinite(x) {
        return whole;
    }
    let rest = fabs(sub(x, whole));
    let odd = !is_zero(fmod(TWO, whole));
    match order(rest, HALF) {
        Some(Ordering::Greater) => copysign(add(fabs(whole), ONE), x),
        Some(Ordering::Equal) if odd => copysign(add(fabs(whole), ONE), x),
        _ => whole,
    }
}

/// [`rint`] that never raises inexact.
pub fn nearbyint(x: F80) -> F80 {
    crate::fenv::exceptions::without_new_inexact(|| rint(x))
}
