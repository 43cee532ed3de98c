//! What is exact raises nothing; what is not is rounded from the right side, with the exceptions of ISO C F.10.

use super::{F80, ONE, TWO};
use crate::fenv::exceptions::{feclearexcept, fetestexcept};
use crate::fuzz;
use crate::math::accuracy::reference::{F128, FORMATS, call, distance, host};
use crate::math::x87 as op;
use crate::stdio::tests::{ROUNDINGS, Random, with_rounding};

const OVERFLOW: i32 = 8;
const UNDERFLOW: i32 = 16;
const INEXACT: i32 = 32;
/// All but "denormal operand".
const FLAGS: i32 = 0x3d;
/// Places in `ROUNDINGS`.
const DOWN: usize = 1;
const UP: usize = 2;

/// The value in each direction, and the flags, which must be the same in all.
fn tried(f: impl Fn() -> F80) -> ([F80; 4], i32) {
    let results = ROUNDINGS.map(|mode| {
        feclearexcept(0x3f);
        with_rounding(mode, || {
            let value = f();
            (value, fetestexcept(FLAGS))
        })
    });
    assert!(results.iter().all(|r| r.1 == results[0].1), "{results:?}");
    (results.map(|r| r.0), results[0].1)
}

fn same_bits(x: F80, y: F80) -> bool {
    let bits = |x: F80| (x.is_negative(), x.biased_exponent(), x.mantissa());
    bits(x) == bits(y)
}

fn is_exact(what: &str, f: impl Fn() -> F80, expected: F80) {
    let (values, flags) = tried(f);
    for value in values {
        assert!(
            same_bits(value, expected),
            "{what}: {value:?}, not {expected:?}"
        );
    }
    assert_eq!(flags, 0, "{what}");
}

/// x ± so many units in the last place.
fn moved(x: F80, units: i64) -> F80 {
    let up = if units < 0 {
        -F80::INFINITY
    } else {
        F80::INFINITY
    };
    (0..units.abs()).fold(x, |x, _| op::nextafter(x, up))
}

/// The truth lies just above (`side` 1) or below (−1) the representable `near`.
fn is_beside(what: &str, f: impl Fn() -> F80, near: F80, side: i64) {
    let (values, flags) = tried(f);
    let towards_zero = near.is_negative() != (side < 0);
    let expected = [
        near,
        if side < 0 { moved(near, -1) } else { near },
        if side > 0 { moved(near, 1) } else { near },
        if towards_zero {
            moved(near, side)
        } else {
            near
        },
    ];
    for (value, expected) in values.into_iter().zip(expected) {
        assert!(
            same_bits(value, expected),
            "{what} {near:?}: {values:?}, not {expected:?}"
        );
    }
    assert_eq!(flags & !UNDERFLOW, INEXACT, "{what}");
}

fn int(n: i64) -> F80 {
    op::from_int(n)
}

fn power_of_two(n: i32) -> F80 {
    op::scalbn(ONE, n)
}

#[test]
fn exact_results_raise_nothing() {
    for n in -16_445..16_384 {
        let x = power_of_two(n);
        is_exact("exp2", || op::exp2(int(n.into())), x);
        is_exact("log2", || op::log2(x), int(n.into()));
        is_exact("pow", || op::pow(TWO, int(n.into())), x);
    }
    let mut power = ONE;
    for n in 0..28 {
        is_exact("exp10", || op::exp10(int(n)), power);
        is_exact("log10", || op::log10(power), int(n));
        is_exact("pow", || op::pow(int(10), int(n)), power);
        is_exact(
            "pow",
            || op::pow(-int(10), int(n)),
            if n % 2 == 0 { power } else { -power },
        );
        power = power * int(10);
    }
    let mut r = Random(fuzz::seed(61));
    for _ in 0..fuzz::cases(2_000) {
        let q = int(r.below(1 << 21) as i64 + 1);
        let scale = r.below(10_000) as i32 - 5_000;
        let (q, cube) = (op::scalbn(q, scale), op::scalbn(q * q * q, 3 * scale));
        is_exact("cbrt", || op::cbrt(-cube), -q);
        // Pythagoras's triples.
        let (m, n) = (r.below(1 << 30) as i64 + 2, r.below(1 << 30) as i64 + 1);
        let [a, b, c] =
            [m * m - n * n, 2 * m * n, m * m + n * n].map(|side| op::scalbn(int(side), scale));
        is_exact("hypot", || op::hypot(-a, b), c);
        // Powers whose exponents are fractions.
        let root = int(r.below(1 << 12) as i64 + 2);
        let k = r.below(5) as i64 + 1;
        let base = (root * root) * (root * root);
        let expected = (0..k).fold(ONE, |product, _| product * root);
        is_exact("pow", || op::pow(base, int(k) / int(4)), expected);
    }
    is_exact("exp", || op::exp(F80::ZERO), ONE);
    is_exact("log", || op::log(ONE), F80::ZERO);
    is_exact("acosh", || op::acosh(ONE), F80::ZERO);
    is_exact("cosh", || op::cosh(-F80::ZERO), ONE);
    is_exact(
        "pow",
        || op::pow(power_of_two(-4), int(-3) / int(4)),
        int(8),
    );
    is_exact(
        "pow",
        || op::pow(power_of_two(2), int(-16_444) / TWO),
        power_of_two(-16_444),
    );
    is_exact("hypot", || op::hypot(F80::ZERO, -int(7)), int(7));
    for f in [
        op::expm1,
        op::log1p,
        op::sinh,
        op::tanh,
        op::asinh,
        op::atanh,
        op::cbrt,
    ] {
        is_exact("odd", || f(-F80::ZERO), -F80::ZERO);
    }
}

#[test]
fn tiny_arguments_are_rounded_from_the_right_side() {
    for n in [-70, -90, -119, -121, -130, -4_000, -16_300] {
        for x in [
            power_of_two(n),
            power_of_two(n) * int(3),
            -power_of_two(n),
            -power_of_two(n) * int(5),
        ] {
            let sign = if x.is_negative() { -1 } else { 1 };
            is_beside("exp", || op::exp(x), ONE, sign);
            is_beside("exp2", || op::exp2(x), ONE, sign);
            is_beside("exp10", || op::exp10(x), ONE, sign);
            is_beside("pow", || op::pow(int(3), x), ONE, sign);
            is_beside("cosh", || op::cosh(x), ONE, 1);
            is_beside("expm1", || op::expm1(x), x, 1);
            is_beside("log1p", || op::log1p(x), x, -1);
            is_beside("sinh", || op::sinh(x), x, sign);
            is_beside("atanh", || op::atanh(x), x, sign);
            is_beside("asinh", || op::asinh(x), x, -sign);
            is_beside("tanh", || op::tanh(x), x, -sign);
        }
    }
    is_beside("tanh", || op::tanh(int(50)), ONE, -1);
    is_beside("tanh", || op::tanh(int(-70)), -ONE, 1);
    is_beside("expm1", || op::expm1(int(-50)), -ONE, 1);
    is_beside("expm1", || op::expm1(int(-100_000)), -ONE, 1);
    is_beside(
        "hypot",
        || op::hypot(power_of_two(100), power_of_two(-16_445)),
        power_of_two(100),
        1,
    );
}

#[test]
fn what_is_out_of_range_goes_with_the_direction() {
    let greatest = F80::from_parts(false, 0x7ffe, u64::MAX);
    let least = F80::from_parts(false, 0, 1);
    let overflows = |what: &str, f: &dyn Fn() -> F80| {
        let (values, flags) = tried(f);
        let expected = [F80::INFINITY, greatest, F80::INFINITY, greatest];
        assert!(
            values.iter().zip(expected).all(|(x, y)| same_bits(*x, y)),
            "{what} {values:?}"
        );
        assert_eq!(flags, OVERFLOW | INEXACT, "{what}");
    };
    let underflows = |what: &str, f: &dyn Fn() -> F80| {
        let (values, flags) = tried(f);
        let expected = [F80::ZERO, F80::ZERO, least, F80::ZERO];
        assert!(
            values.iter().zip(expected).all(|(x, y)| same_bits(*x, y)),
            "{what} {values:?}"
        );
        assert_eq!(flags, UNDERFLOW | INEXACT, "{what}");
    };
    for n in [17_000, 33_000, 70_000, 100_000, 1 << 20, 1 << 40] {
        overflows("exp", &|| op::exp(int(n)));
        overflows("exp2", &|| op::exp2(int(n)));
        overflows("exp10", &|| op::exp10(int(n)));
        overflows("expm1", &|| op::expm1(int(n)));
        overflows("cosh", &|| op::cosh(int(-n)));
        overflows("sinh", &|| op::sinh(int(n)));
        overflows("pow", &|| op::pow(int(3), int(n)));
        underflows("exp", &|| op::exp(int(-n)));
        underflows("exp2", &|| op::exp2(int(-n)));
        underflows("exp10", &|| op::exp10(int(-n)));
        underflows("pow", &|| op::pow(int(3), int(-n)));
    }
    overflows("hypot", &|| op::hypot(greatest, greatest));
    overflows("pow", &|| op::pow(greatest, greatest));
    let (values, _) = tried(|| op::pow(int(-3), int(1_000_001)));
    assert!(same_bits(values[DOWN], -F80::INFINITY) && same_bits(values[UP], -greatest));
    // A subnormal result that is inexact.
    let (_, flags) = tried(|| op::exp(int(-11_370)));
    assert_eq!(flags, UNDERFLOW | INEXACT);
}

/// The host's function.
type Host = fn([F128; 4]) -> [F128; 2];

/// Holds a function to little more than half a unit, or one in the directed roundings, for arguments that only long double has.
fn holds(what: &str, exponents: core::ops::Range<i32>, ours: fn(F80, F80) -> F80, truth: Host) {
    let mut r = Random(fuzz::seed(62));
    let mut number = || {
        let exponent = exponents.start + r.below(exponents.len() as u64) as i32;
        let mantissa = r.next() & u64::MAX << r.below(64) | 1 << 63;
        let x = F80::from_parts(false, (exponent + F80::BIAS).max(1) as u16, mantissa);
        // Subnormal numbers among them.
        let x = op::scalbn(x, (exponent + F80::BIAS - 1).min(0));
        if r.below(2) == 0 { x } else { -x }
    };
    let mut compared = 0;
    for _ in 0..fuzz::cases(3_000) {
        let (x, y) = (number(), number());
        let truth = truth([F128::of(x), F128::of(y), F128::of(x), F128::of(x)])[0];
        if truth.is_special() || truth.exponent() >= F80::BIAS {
            continue;
        }
        compared += 1;
        for (direction, mode) in ROUNDINGS.into_iter().enumerate() {
            let found = with_rounding(mode, || ours(x, y));
            let units = distance(found, truth, truth.exponent(), &FORMATS[2]);
            let bound = if direction == 0 { 0.51 } else { 1.01 };
            assert!(
                units <= bound,
                "{what} {x:?} {y:?} direction {direction}: {units}"
            );
        }
    }
    assert!(compared > 500, "{what}: {compared}");
}

#[test]
fn the_whole_range_of_long_double_is_exact_to_half_a_unit() {
    macro_rules! unary {
        ($($name:ident $truth:ident $exponents:expr;)*) => {$(
            holds(stringify!($name), $exponents, |x, _| op::$name(x), host!(unary $truth));
        )*};
    }
    unary! {
        exp expf128 -80..14;
        exp2 exp2f128 -80..14;
        exp10 exp10f128 -80..13;
        expm1 expm1f128 -16_440..14;
        log logf128 -16_440..16_384;
        log2 log2f128 -16_440..16_384;
        log10 log10f128 -16_440..16_384;
        log1p log1pf128 -16_440..16_384;
        cbrt cbrtf128 -16_440..16_384;
        sinh sinhf128 -16_440..14;
        cosh coshf128 -80..14;
        tanh tanhf128 -16_440..14;
        asinh asinhf128 -16_440..16_384;
        acosh acoshf128 0..16_384;
        atanh atanhf128 -16_440..0;
        sinh sinhf128 -12..3;
        tanh tanhf128 -12..3;
        asinh asinhf128 -12..3;
        atanh atanhf128 -12..0;
        acosh acoshf128 0..3;
    }
    holds("pow", -14..14, op::pow, host!(binary powf128));
    holds("hypot", -16_440..16_384, op::hypot, host!(binary hypotf128));
    holds("hypot", -40..40, op::hypot, host!(binary hypotf128));
}
