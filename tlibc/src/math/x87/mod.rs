//! Arithmetic on [`F80`] with the instructions of the x87 unit (Intel SDM volume 1, chapter 8), and what is made of its bits.
//!
//! The module has all operations of long double by their names: `rounding` to integers, `parts` of numbers, remainders and
//! extremes, and the functions of [`extended`](super::extended), which are more than an instruction.

mod parts;
mod rounding;

use core::arch::asm;
use core::cmp::Ordering;
use core::num::FpCategory;

pub use parts::{
    fdim, fma, fmax, fmin, frexp, ilogb, logb, nextafter, nextdown, nextup, remainder, remquo,
    scalb, scalbn, significand,
};
pub use rounding::{ceil, floor, fraction, lrint, nearbyint, round, roundeven, trunc};

pub use super::extended::exponential::{exp, exp2, exp10, expm1};
pub use super::extended::hyperbolic::{acosh, asinh, atanh, cosh, sinh, tanh};
pub use super::extended::logarithm::{log, log1p, log2, log10};
pub use super::extended::power::pow;
pub use super::extended::root::{cbrt, hypot};
pub use super::extended::trigonometry::{acos, asin, atan, atan2, cos, sin, sin_cos, tan};
use crate::stdarg::F80;

/// Square root by SSE2: correctly rounded.
pub fn sse_sqrt(x: f64) -> f64 {
    let root;
    // SAFETY: registers only. The control register is read, so the optimiser must not move or merge it: no `pure`.
    unsafe {
        asm!("sqrtsd {}, {}", out(xmm_reg) root, in(xmm_reg) x, options(nomem, nostack, preserves_flags))
    };
    root
}

/// [`sse_sqrt`] of a float.
pub fn sse_sqrtf(x: f32) -> f32 {
    let root;
    // SAFETY: as above.
    unsafe {
        asm!("sqrtss {}, {}", out(xmm_reg) root, in(xmm_reg) x, options(nomem, nostack, preserves_flags))
    };
    root
}

/// A function of x87 instructions: operands are pushed in the order given, the result is what is left in st(0).
macro_rules! x87 {
    ($($(#[$meta:meta])* $name:ident($($arg:ident),+) = $($code:literal),+;)*) => {$(
        $(#[$meta])*
        pub fn $name($($arg: F80),+) -> F80 {
            let mut result = F80::ZERO;
            // SAFETY: loads ten bytes from each operand, stores ten to the result, and leaves the x87 stack empty.
            unsafe {
                asm!(
                    $(concat!("fld tbyte ptr [{", stringify!($arg), "}]"),)+
                    $($code,)+
                    "fstp tbyte ptr [{result}]",
                    $($arg = in(reg) &raw const $arg,)+
                    result = in(reg) &raw mut result,
                    out("ax") _,
                    out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
                    out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
                );
            }
            result
        }
    )*};
}

x87! {
    /// x + y.
    add(x, y) = "faddp";
    /// x − y.
    sub(x, y) = "fsubp";
    /// x × y.
    mul(x, y) = "fmulp";
    /// x ÷ y.
    div(x, y) = "fdivp";
    /// Square root.
    sqrt(x) = "fsqrt";
    /// The nearest integer by the rounding mode.
    rint(x) = "frndint";
    /// y × 2ˣ for an integral x.
    scale(x, y) = "fscale", "fstp st(1)";
    /// Remainder of x ÷ y with the sign of x, exact.
    fmod(y, x) = "2:", "fprem", "fnstsw ax", "test ah, 4", "jne 2b", "fstp st(1)";
    /// Remainder of x ÷ y with the quotient rounded to nearest, exact.
    remainder_of(y, x) = "2:", "fprem1", "fnstsw ax", "test ah, 4", "jne 2b", "fstp st(1)";
}

const fn power_of_two(exponent: i32) -> F80 {
    F80::from_parts(false, (exponent + F80::BIAS) as u16, 1 << 63)
}

const ONE: F80 = power_of_two(0);
const TWO: F80 = power_of_two(1);
const HALF: F80 = power_of_two(-1);

/// Whether x is a NaN.
pub fn is_nan(x: F80) -> bool {
    x.biased_exponent() == 0x7fff && x.mantissa() << 1 != 0
}

/// Whether x is an infinity.
pub fn is_infinite(x: F80) -> bool {
    x.biased_exponent() == 0x7fff && x.mantissa() << 1 == 0
}

/// Whether x is neither an infinity nor a NaN.
pub fn is_finite(x: F80) -> bool {
    x.biased_exponent() != 0x7fff
}

/// Whether x is zero.
pub fn is_zero(x: F80) -> bool {
    x.biased_exponent() == 0 && x.mantissa() == 0
}

/// The kind of number.
pub fn classify(x: F80) -> FpCategory {
    match (x.biased_exponent(), x.mantissa()) {
        (0, 0) => FpCategory::Zero,
        (0, mantissa) if mantissa >> 63 == 0 => FpCategory::Subnormal,
        (0x7fff, mantissa) if mantissa << 1 == 0 => FpCategory::Infinite,
        (0x7fff, _) => FpCategory::Nan,
        _ => FpCategory::Normal,
    }
}

/// How x compares with y; `None` when one is a NaN.
pub fn order(x: F80, y: F80) -> Option<Ordering> {
    if is_nan(x) || is_nan(y) {
        return None;
    }
    if is_zero(x) && is_zero(y) {
        return Some(Ordering::Equal);
    }
    let magnitude = |v: F80| (v.biased_exponent(), v.mantissa());
    Some(match (x.is_negative(), y.is_negative()) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => magnitude(x).cmp(&magnitude(y)),
        (true, true) => magnitude(y).cmp(&magnitude(x)),
    })
}

fn less(x: F80, y: F80) -> bool {
    order(x, y) == Some(Ordering::Less)
}

/// Absolute value.
pub fn fabs(x: F80) -> F80 {
    x.with_sign(false)
}

/// x with the sign of y.
pub fn copysign(x: F80, y: F80) -> F80 {
    x.with_sign(y.is_negative())
}

fn negate(x: F80) -> F80 {
    x.with_sign(!x.is_negative())
}

/// An integer as a long double, exact.
pub fn from_int(n: i64) -> F80 {
    if n == 0 {
        return F80::ZERO;
    }
    let magnitude = n.unsigned_abs();
    let shift = magnitude.leading_zeros();
    F80::from_parts(
        n < 0,
        (F80::BIAS + 63 - shift as i32) as u16,
        magnitude << shift,
    )
}
