//! The operations against the processor's, bit by bit and flag by flag, and against schoolbook arithmetic.

use super::arithmetic::product;
use super::*;
use crate::fenv::exceptions::{feclearexcept, fetestexcept};
use crate::fuzz;
use crate::math::accuracy::reference::{F128, call, host};
use crate::math::x87 as op;
use crate::stdio::tests::{ROUNDINGS, Random, with_rounding};

/// All exceptions but "denormal operand", which is no exception of IEEE 754.
const FLAGS: i32 = 0x3d;

/// A finite number, of any exponent or of one near 1, with all bits or few.
fn any(r: &mut Random) -> F80 {
    let exponent = match r.below(4) {
        0 => r.below(0x7fff),
        1 => r.below(130),
        2 => 0x7ffe - r.below(130),
        _ => 0x3fff - 70 + r.below(140),
    };
    let mantissa = match r.below(4) {
        0 => r.next() & (u64::MAX << r.below(64)),
        1 => r.next() | u64::MAX >> r.below(64),
        _ => r.next(),
    };
    let integer_bit = if exponent == 0 { 0 } else { 1 << 63 };
    let mantissa = mantissa & (u64::MAX >> 1) | integer_bit;
    F80::from_parts(r.below(2) == 0, exponent as u16, mantissa)
}

fn flagged(mode: i32, f: impl FnOnce() -> F80) -> ((u16, bool, u64), i32) {
    feclearexcept(0x3f);
    let (x, flags) = with_rounding(mode, || (f(), fetestexcept(FLAGS)));
    ((x.biased_exponent(), x.is_negative(), x.mantissa()), flags)
}

fn same(what: &str, x: F80, y: F80, ours: fn(Wide, Wide) -> Wide, theirs: fn(F80, F80) -> F80) {
    for mode in ROUNDINGS {
        let expected = flagged(mode, || theirs(x, y));
        let found = flagged(mode, || ours(x.into(), y.into()).to_f80());
        let zero = |(value, _): ((u16, bool, u64), i32)| value.0 == 0 && value.2 == 0;
        if zero(expected) && zero(found) && expected.1 == 0 && found.1 == 0 {
            // The sign of an exact zero is the functions' matter.
            continue;
        }
        assert_eq!(found, expected, "{what} {x:?} {y:?} direction {mode:#x}");
    }
}

#[test]
fn one_operation_is_that_of_the_processor() {
    let mut r = Random(fuzz::seed(17));
    for _ in 0..fuzz::cases(30_000) {
        let (x, mut y) = (any(&mut r), any(&mut r));
        if r.below(2) == 0 {
            // Neighbours in size.
            let exponent = i32::from(x.biased_exponent()) + r.below(140) as i32 - 70;
            let exponent = exponent.clamp(1, 0x7ffe) as u16;
            y = F80::from_parts(y.is_negative(), exponent, y.mantissa() | 1 << 63);
        }
        same("+", x, y, |x, y| x + y, op::add);
        same("-", x, y, |x, y| x - y, op::sub);
        same("*", x, y, |x, y| x * y, op::mul);
        if y.mantissa() != 0 {
            same("/", x, y, |x, y| x / y, op::div);
        }
        same("sqrt", op::fabs(x), y, |x, _| x.sqrt(), |x, _| op::sqrt(x));
        let n = F80::from_parts(false, (F80::BIAS + 63) as u16, y.mantissa() | 1 << 63);
        same(
            "* int",
            x,
            n,
            |x, n| x.times_int((n.mantissa >> 64) as u64),
            op::mul,
        );
        same(
            "/ int",
            x,
            n,
            |x, n| x.over_int((n.mantissa >> 64) as u64),
            op::div,
        );
    }
}

#[test]
fn products_have_256_bits() {
    let mut r = Random(fuzz::seed(18));
    for _ in 0..fuzz::cases(10_000) {
        let mut number = || match r.below(3) {
            0 => u128::MAX >> r.below(128),
            1 => u128::MAX << r.below(128),
            _ => u128::from(r.next()) << 64 | u128::from(r.next()),
        };
        let (x, y) = (number(), number());
        // By 32 bits at a time.
        let mut columns = [0_u64; 9];
        for i in 0..4 {
            for j in 0..4 {
                let part =
                    (x >> (32 * i) & 0xffff_ffff) as u64 * (y >> (32 * j) & 0xffff_ffff) as u64;
                let mut carry = part;
                for column in &mut columns[i + j..] {
                    carry += *column;
                    *column = carry & 0xffff_ffff;
                    carry >>= 32;
                }
            }
        }
        let half =
            |at: usize| (0..4).fold(0, |sum, i| sum | u128::from(columns[at + i]) << (32 * i));
        assert_eq!(product(x, y), (half(4), half(0)), "{x:#x} {y:#x}");
        assert_eq!(upper_product(x, y), half(4));
    }
}

/// The distance in units of the last place of `x`.
fn units(x: Wide, y: Wide) -> f64 {
    let difference = (x - y).abs();
    if difference.is_zero() {
        return 0.0;
    }
    let exponent = difference.exponent - x.exponent + 127;
    (difference.mantissa >> 64) as f64 / 2_f64.powi(63) * 2_f64.powi(exponent)
}

/// A number with all 128 bits.
fn full(r: &mut Random) -> Wide {
    let mantissa = u128::from(r.next()) << 64 | u128::from(r.next()) | 1 << 127;
    Wide::new(r.below(2) == 0, r.below(100) as i32 - 50, mantissa)
}

#[test]
fn inverse_operations_lead_back() {
    let mut r = Random(fuzz::seed(19));
    for _ in 0..fuzz::cases(20_000) {
        let (x, y) = (full(&mut r), full(&mut r));
        assert!(units(x, x / y * y) < 4.0, "{x:?} {y:?}");
        let root = x.abs().sqrt();
        assert!(units(x.abs(), root * root) < 4.0, "{x:?}");
        assert!(units(x.abs(), (x * x).sqrt()) < 2.0, "{x:?}");
        let (n, m) = (r.next() | 1 << 63, r.below(1000) + 1);
        assert!(units(x, x.times_int(n).over_int(n)) < 4.0, "{x:?} {n}");
        assert!(units(x, x.over_int(m).times_int(m)) < 4.0, "{x:?} {m}");
        let sum = x + y;
        let larger = if x.order_of_sizes(y) == Ordering::Less {
            y
        } else {
            x
        };
        assert!(units(larger, sum - y + larger - x) < 4.0, "{x:?} {y:?}");
        assert_eq!(x - x, Wide::ZERO);
        assert_eq!(x + Wide::ZERO, x);
    }
}

#[test]
fn integers_and_what_is_left_make_the_number() {
    let mut r = Random(fuzz::seed(20));
    for _ in 0..fuzz::cases(10_000) {
        let x = full(&mut r);
        let (whole, rest) = x.floor();
        assert!(!rest.negative && rest <= Wide::ONE);
        assert!(
            units(x, Wide::from_int(whole) + rest) <= 1.0 || x.exponent < 0,
            "{x:?}"
        );
        let (whole, rest) = x.nearest_int();
        assert!(rest.abs() <= Wide::power_of_two(-1), "{x:?}");
        assert_eq!(Wide::from_int(whole) + rest, x);
    }
    let half = Wide::power_of_two(-1);
    assert_eq!(half.nearest_int().0, 1);
    assert_eq!((-half).nearest_int().0, -1);
    assert_eq!((-half).floor(), (-1, half));
    assert_eq!(Wide::from_int(-7).floor(), (-7, Wide::ZERO));
    assert_eq!(Wide::from_int(i64::MIN), Wide::power_of_two(63).negated());
    assert_eq!(Wide::from_fixed(false, 3, 1).to_fixed(4), 24);
    assert_eq!(Wide::from_fixed(false, 3, 1).to_fixed(-1), 0);
}

#[test]
fn signs_and_zeros_are_ordered() {
    let (one, zero) = (Wide::ONE, Wide::ZERO);
    assert!(-one < zero && zero < one && -one < one && zero == -zero && -zero > -one);
    assert!(one < Wide::PI && -Wide::PI < -one);
    assert!((-zero).to_f80().is_negative());
    // 1 + π ÷ 2 by its coefficients.
    let coefficients = [one, Wide::power_of_two(-1)];
    assert!(
        units(
            Wide::PI.polynomial(&coefficients),
            Wide::PI.scaled(-1) + one
        ) < 2.0
    );
}

/// Constants against the host's 113 bits.
#[test]
fn constants_are_those_of_the_host() {
    let two = F128::of(F80::from_f64(2.0));
    let ten = F128::of(F80::from_f64(10.0));
    let log: fn([F128; 4]) -> [F128; 2] = host!(unary logf128);
    let log2: fn([F128; 4]) -> [F128; 2] = host!(unary log2f128);
    let atan: fn([F128; 4]) -> [F128; 2] = host!(unary atanf128);
    let close = |x: Wide, y: F128| assert!(units(x, of_host(y)) < 2_f64.powi(15), "{x:?}");
    close(Wide::LN_2, log([two; 4])[0]);
    close(Wide::ONE / Wide::LOG2_E, log([two; 4])[0]);
    close(Wide::LOG2_10, log2([ten; 4])[0]);
    close(
        Wide::PI.scaled(-2),
        atan([F128::of(F80::from_f64(1.0)); 4])[0],
    );
}

/// The host's function of one number, which is exact in 113 bits.
type Host = fn([F128; 4]) -> [F128; 2];

fn of_host(x: F128) -> Wide {
    let (mantissa, exponent) = x.decompose();
    Wide::from_fixed(x.is_negative(), mantissa, -exponent)
}

/// Holds a function to eight units of the host's 113 bits, for numbers of the size 2^exponents.
fn close(
    what: &str,
    exponents: core::ops::Range<i32>,
    below_0: bool,
    ours: fn(Wide) -> Wide,
    truth: Host,
) {
    let mut r = Random(fuzz::seed(21));
    let mut worst = (0.0, Wide::ZERO);
    for _ in 0..fuzz::cases(20_000) {
        let exponent = exponents.start + r.below(exponents.len() as u64) as i32;
        let mantissa = r.next() & u64::MAX << r.below(64) | 1 << 63;
        let negative = below_0 && r.below(2) == 0;
        let x = F80::from_parts(negative, (exponent + F80::BIAS) as u16, mantissa);
        let (found, expected) = (ours(x.into()), of_host(truth([F128::of(x); 4])[0]));
        if expected.is_zero() || found.is_zero() {
            assert!(found == expected, "{what} {x:?}: {found:?} {expected:?}");
            continue;
        }
        let distance = units(found, expected) / 2_f64.powi(15);
        if distance > worst.0 {
            worst = (distance, Wide::from(x));
        }
    }
    assert!(worst.0 < 8.0, "{what} {worst:?}");
}

#[test]
fn exponentials_and_logarithms_are_those_of_the_host() {
    close("exp2", -140..13, true, Wide::exp2, host!(unary exp2f128));
    close("exp", -140..13, true, Wide::exp, host!(unary expf128));
    close(
        "expm1",
        -140..13,
        true,
        Wide::exp_m1,
        host!(unary expm1f128),
    );
    close("ln", -16_000..16_000, false, Wide::ln, host!(unary logf128));
    close(
        "log2",
        -16_000..16_000,
        false,
        Wide::log2,
        host!(unary log2f128),
    );
    close("ln", -3..3, false, Wide::ln, host!(unary logf128));
    close("log2", -3..3, false, Wide::log2, host!(unary log2f128));
    close(
        "log1p",
        -140..200,
        false,
        Wide::ln_1p,
        host!(unary log1pf128),
    );
    close("log1p", -140..-1, true, Wide::ln_1p, host!(unary log1pf128));
    close(
        "cbrt",
        -16_000..16_000,
        true,
        Wide::cbrt,
        host!(unary cbrtf128),
    );
    let near = |x: Wide| (Wide::ONE + x).ln();
    let truth: Host = |a| {
        let sum: Host = host!(binary __addtf3);
        let log: Host = host!(unary logf128);
        log([sum([F128::of(F80::from_f64(1.0)), a[0], a[0], a[0]])[0]; 4])
    };
    close("ln beside 1", -40..-4, true, near, truth);
}

#[test]
fn squares_of_any_long_double_have_logarithms() {
    for exponent in [-16_445, -16_382, -11_900, 11_900, 16_383] {
        let x = Wide::from(crate::math::x87::scalbn(F80::from_f64(1.5), exponent));
        for (once, twice) in [(x.ln(), (x * x).ln()), (x.log2(), (x * x).log2())] {
            let off = (once + once - twice).exponent - twice.exponent;
            assert!(off < -105, "{exponent}: 2^{off}");
        }
    }
}

#[test]
fn powers_beyond_long_double_are_far_beyond() {
    for exponent in [
        16_500,
        40_000,
        65_535,
        65_536,
        70_000,
        122_891,
        131_071,
        131_073,
        1 << 30,
    ] {
        let x = Wide::from(F80::from_f64(f64::from(exponent)));
        for power in [x.exp2(), x.brief_exp2()] {
            assert!(
                power.exponent >= 16_500,
                "2^{exponent}: 2^{}",
                power.exponent
            );
        }
        for power in [(-x).exp2(), (-x).brief_exp2()] {
            assert!(
                power.exponent <= -16_500,
                "2^-{exponent}: 2^{}",
                power.exponent
            );
        }
    }
}
