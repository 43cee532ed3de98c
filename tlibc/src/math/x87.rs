//! Arithmetic and elementary functions on [`F80`] with the instructions of the x87 unit (Intel SDM volume 1, chapter 8).

use core::arch::asm;
use core::cmp::Ordering;
use core::num::FpCategory;

use super::extended;
pub use super::extended::trigonometry::{cos, sin, tan};
use crate::stdarg::F80;
use crate::types::{c_int, c_long};

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
    /// y × log₂ x, for x > 0.
    y_log2(y, x) = "fyl2x";
    /// y × log₂(x + 1), for |x| < 0.29.
    y_log2_plus_1(y, x) = "fyl2xp1";
    /// 2ˣ − 1, for |x| ≤ 1.
    two_to_minus_1(x) = "f2xm1";
    /// y × 2ˣ for an integral x.
    scale(x, y) = "fscale", "fstp st(1)";
    /// Angle of the point (x, y).
    atan2(y, x) = "fpatan";
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
/// log₂ e, ln 2, log₁₀ 2, each rounded to nearest.
const LOG2_E: F80 = F80::from_parts(false, 0x3fff, 0xb8aa_3b29_5c17_f0bc);
const LN_2: F80 = F80::from_parts(false, 0x3ffe, 0xb172_17f7_d1cf_79ac);
const LOG10_2: F80 = F80::from_parts(false, 0x3ffd, 0x9a20_9a84_fbcf_f799);
/// ln 2 in two parts; the first has 32 bits, so that a small integer times it is exact.
const LN_2_HIGH: F80 = F80::from_parts(false, 0x3ffe, 0xb172_17f7_0000_0000);
const LN_2_LOW: F80 = F80::from_parts(false, 0x3fde, 0xd1cf_79ab_c9e3_b398);

/// Whether x is a NaN.
pub fn is_nan(x: F80) -> bool {
    x.biased_exponent() == 0x7fff && x.mantissa() << 1 != 0
}

/// Whether x is an infinity.
pub fn is_infinite(x: F80) -> bool {
    x.biased_exponent() == 0x7fff && x.mantissa() << 1 == 0
}

fn is_zero(x: F80) -> bool {
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
fn from_int(n: i64) -> F80 {
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

/// The exponent of 2 as an int.
pub fn ilogb(x: F80) -> c_int {
    if is_zero(x) || is_nan(x) {
        c_int::MIN
    } else if is_infinite(x) {
        c_int::MAX
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
    let (exponent, mantissa) = (x.biased_exponent(), x.mantissa());
    let integer_bit = 1 << 63;
    let (exponent, mantissa) = if away {
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
    };
    if exponent == 0x7fff {
        // Beyond the greatest number, which raises overflow as a product would.
        return scalbn(x, 1);
    }
    if exponent == 0 {
        underflow();
    }
    F80::from_parts(x.is_negative(), exponent, mantissa)
}

/// e to the x.
pub fn exp(x: F80) -> F80 {
    if is_nan(x) {
        return add(x, x);
    }
    if order(fabs(x), from_int(12_000)) != Some(Ordering::Less) {
        // Beyond both limits: infinity or zero, with the flag of the operation.
        let huge = power_of_two(16_000);
        return match (is_infinite(x), x.is_negative()) {
            (true, true) => F80::ZERO,
            (true, false) => x,
            (false, true) => div(power_of_two(-16_000), huge),
            (false, false) => mul(huge, huge),
        };
    }
    let n = rint(mul(x, LOG2_E));
    // |rest| ≤ ln 2 / 2; the product with the high part is exact.
    let rest = sub(sub(x, mul(n, LN_2_HIGH)), mul(n, LN_2_LOW));
    let power = add(two_to_minus_1(mul(rest, LOG2_E)), ONE);
    scale(n, power)
}

/// 2 to the x.
pub fn exp2(x: F80) -> F80 {
    if is_nan(x) || is_infinite(x) {
        return if is_infinite(x) && x.is_negative() {
            F80::ZERO
        } else {
            add(x, x)
        };
    }
    let limit = from_int(20_000);
    let x = if less(limit, fabs(x)) {
        copysign(limit, x)
    } else {
        x
    };
    let n = rint(x);
    scale(n, add(two_to_minus_1(sub(x, n)), ONE))
}

/// 10 to the x.
pub fn exp10(x: F80) -> F80 {
    let whole = trunc(x);
    if less(fabs(x), from_int(28)) && order(x, whole) == Some(Ordering::Equal) {
        // An integer: exact, because 10²⁷ fits 64 bits of significand.
        let mut power = ONE;
        for _ in 0..lrint(fabs(x)) {
            power = mul(power, from_int(10));
        }
        return if x.is_negative() {
            div(ONE, power)
        } else {
            power
        };
    }
    pow(from_int(10), x)
}

/// e to the x, minus 1.
pub fn expm1(x: F80) -> F80 {
    let y = mul(x, LOG2_E);
    if less(fabs(y), ONE) {
        two_to_minus_1(y)
    } else {
        sub(exp(x), ONE)
    }
}

/// Natural logarithm.
pub fn log(x: F80) -> F80 {
    y_log2(LN_2, x)
}

/// Logarithm to base 2.
pub fn log2(x: F80) -> F80 {
    y_log2(ONE, x)
}

/// Logarithm to base 10.
pub fn log10(x: F80) -> F80 {
    y_log2(LOG10_2, x)
}

/// Natural logarithm of 1 + x.
pub fn log1p(x: F80) -> F80 {
    if less(fabs(x), power_of_two(-2)) {
        y_log2_plus_1(LN_2, x)
    } else {
        log(add(ONE, x))
    }
}

/// x to the y.
pub fn pow(x: F80, y: F80) -> F80 {
    let one = |v| order(v, ONE) == Some(Ordering::Equal);
    if is_zero(y) || one(x) {
        return ONE;
    }
    if is_nan(x) || is_nan(y) {
        return add(x, y);
    }
    let integral = !is_infinite(y) && order(trunc(y), y) == Some(Ordering::Equal);
    let odd = integral && {
        let rest = fabs(fmod(TWO, y));
        one(rest)
    };
    if is_infinite(y) {
        if one(fabs(x)) {
            return ONE;
        }
        let grows = less(ONE, fabs(x)) != y.is_negative();
        return if grows { F80::INFINITY } else { F80::ZERO };
    }
    if is_zero(x) || is_infinite(x) {
        let sign = odd && x.is_negative();
        let to_zero = is_zero(x) != y.is_negative();
        return if to_zero {
            F80::ZERO.with_sign(sign)
        } else if is_zero(x) {
            div(ONE.with_sign(sign), F80::ZERO)
        } else {
            F80::INFINITY.with_sign(sign)
        };
    }
    if x.is_negative() && !integral {
        return div(F80::ZERO, F80::ZERO);
    }
    let base = fabs(x);
    let power = extended::power::of_positive(base, y);
    if odd { copysign(power, x) } else { power }
}

/// Arc tangent.
pub fn atan(x: F80) -> F80 {
    atan2(x, ONE)
}

/// Arc sine.
pub fn asin(x: F80) -> F80 {
    atan2(x, sqrt(mul(sub(ONE, x), add(ONE, x))))
}

/// Arc cosine.
pub fn acos(x: F80) -> F80 {
    mul(TWO, atan2(sqrt(sub(ONE, x)), sqrt(add(ONE, x))))
}

/// Hyperbolic sine, through expm1: (t + t ÷ (t + 1)) ÷ 2.
pub fn sinh(x: F80) -> F80 {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        return add(x, x);
    }
    let t = expm1(fabs(x));
    if is_infinite(t) || less(from_int(11_355), fabs(x)) {
        let half = exp(mul(fabs(x), HALF));
        return copysign(mul(mul(half, HALF), half), x);
    }
    copysign(mul(HALF, add(t, div(t, add(t, ONE)))), x)
}

/// Hyperbolic cosine.
pub fn cosh(x: F80) -> F80 {
    if less(from_int(11_355), fabs(x)) {
        let half = exp(mul(fabs(x), HALF));
        return mul(mul(half, HALF), half);
    }
    let power = exp(fabs(x));
    mul(HALF, add(power, div(ONE, power)))
}

/// Hyperbolic tangent, through expm1: t ÷ (t + 2) of twice the argument.
pub fn tanh(x: F80) -> F80 {
    if is_zero(x) || is_nan(x) {
        return add(x, x);
    }
    if less(from_int(40), fabs(x)) {
        return copysign(ONE, x);
    }
    let t = expm1(mul(TWO, fabs(x)));
    copysign(div(t, add(t, TWO)), x)
}

/// Inverse hyperbolic sine.
pub fn asinh(x: F80) -> F80 {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        return add(x, x);
    }
    let size = fabs(x);
    if less(power_of_two(32), size) {
        return copysign(add(log(size), LN_2), x);
    }
    let square = mul(size, size);
    let root = sqrt(add(square, ONE));
    copysign(log1p(add(size, div(square, add(ONE, root)))), x)
}

/// Inverse hyperbolic cosine.
pub fn acosh(x: F80) -> F80 {
    if less(power_of_two(32), x) {
        return add(log(x), LN_2);
    }
    let t = sub(x, ONE);
    log1p(add(t, sqrt(add(mul(TWO, t), mul(t, t)))))
}

/// Inverse hyperbolic tangent.
pub fn atanh(x: F80) -> F80 {
    if is_zero(x) {
        return x;
    }
    let size = fabs(x);
    copysign(mul(HALF, log1p(div(mul(TWO, size), sub(ONE, size)))), x)
}

/// Cube root: from double precision, improved by Newton's method.
pub fn cbrt(x: F80) -> F80 {
    if is_zero(x) || is_nan(x) || is_infinite(x) {
        return add(x, x);
    }
    let (significand, exponent) = frexp(fabs(x));
    let thirds = exponent.div_euclid(3);
    let value = scalbn(significand, exponent - 3 * thirds);
    let mut root = F80::from_f64(libm::cbrt(value.to_f64()));
    let three = from_int(3);
    // One step: 53 bits become more than 64.
    let error = sub(mul(mul(root, root), root), value);
    root = sub(root, div(error, mul(three, mul(root, root))));
    copysign(scalbn(root, thirds), x)
}

/// Length of the vector (x, y).
pub fn hypot(x: F80, y: F80) -> F80 {
    if is_infinite(x) || is_infinite(y) {
        return F80::INFINITY;
    }
    if is_nan(x) || is_nan(y) {
        return add(x, y);
    }
    let (x, y) = (fabs(x), fabs(y));
    let (large, small) = if less(x, y) { (y, x) } else { (x, y) };
    if is_zero(small) {
        return large;
    }
    // Scaled so that the squares neither overflow nor vanish.
    let exponent = ilogb(large);
    let (a, b) = (scalbn(large, -exponent), scalbn(small, -exponent));
    scalbn(sqrt(add(mul(a, a), mul(b, b))), exponent)
}

/// x × y + z, rounded once (to nearest).
pub fn fma(x: F80, y: F80, z: F80) -> F80 {
    let special = |v| is_nan(v) || is_infinite(v) || is_zero(v);
    if special(x) || special(y) || is_nan(z) || is_infinite(z) {
        return add(mul(x, y), z);
    }
    if is_zero(z) {
        return mul(x, y);
    }
    let ((mx, ex), (my, ey), (mz, ez)) = (x.decompose(), y.decompose(), z.decompose());
    let product_negative = x.is_negative() != y.is_negative();
    let mut product = u128::from(mx) * u128::from(my);
    let mut exponent = ex + ey;
    let shift = product.leading_zeros();
    product <<= shift;
    exponent -= shift as i32;
    let mut addend = u128::from(mz);
    let shift = addend.leading_zeros();
    addend <<= shift;
    let addend_exponent = ez - shift as i32;
    // One bit of headroom for the carry; what is shifted out below is remembered in the lowest bit.
    let (mut big, mut big_exponent, mut big_negative) = (product, exponent, product_negative);
    let (mut small, mut small_exponent, mut small_negative) =
        (addend, addend_exponent, z.is_negative());
    if (small_exponent, small) > (big_exponent, big) {
        (big, small) = (small, big);
        (big_exponent, small_exponent) = (small_exponent, big_exponent);
        (big_negative, small_negative) = (small_negative, big_negative);
    }
    // 192 bits: the high 128 of the greater number, and 64 below it.
    let distance = (big_exponent - small_exponent) as u32;
    let (small_high, small_low) = match distance {
        0 => (small, 0),
        1..128 => (small >> distance, small << (128 - distance)),
        128..256 => (
            0,
            small >> (distance - 128)
                | u128::from(small << (256 - distance).min(127) != 0 && distance > 128),
        ),
        _ => (0, 1),
    };
    let (mut high, low, carry) = if big_negative == small_negative {
        let (sum, carry) = big.overflowing_add(small_high);
        (sum, small_low, carry)
    } else {
        let (low, borrow) = 0_u128.overflowing_sub(small_low);
        (big - small_high - u128::from(borrow), low, false)
    };
    let mut low = low;
    if high == 0 && low == 0 && !carry {
        return F80::ZERO;
    }
    if carry {
        low = low >> 1 | high << 127 | low & 1;
        high = high >> 1 | 1 << 127;
        big_exponent += 1;
    }
    while high >> 127 == 0 {
        high = high << 1 | low >> 127;
        low <<= 1;
        big_exponent -= 1;
    }
    // Round to the precision left at this exponent by adding two exact parts with the unit itself.
    let top = (high >> 64) as u64;
    let rest = high as u64 | u64::from(low != 0);
    let head = F80::from_parts(false, F80::BIAS as u16 + 63, top);
    let tail_shift = rest.leading_zeros();
    let tail = if rest == 0 {
        F80::ZERO
    } else {
        F80::from_parts(
            false,
            (F80::BIAS - 1) as u16 - tail_shift as u16,
            rest << tail_shift,
        )
    };
    let sum_exponent = big_exponent + 64;
    let result = add(head.with_sign(big_negative), tail.with_sign(big_negative));
    scale(from_int(sum_exponent.into()), result)
}
