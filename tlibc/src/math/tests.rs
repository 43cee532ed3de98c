//! Spot checks against the host's C library.

use super::x87 as op;
use super::*;
use crate::stdarg::F80;

#[test]
fn doubles_are_close_to_the_host() {
    unsafe extern "C" {
        fn exp(x: f64) -> f64;
        fn log(x: f64) -> f64;
        fn sin(x: f64) -> f64;
        fn tgamma(x: f64) -> f64;
        fn lrint(x: f64) -> i64;
        fn lround(x: f64) -> i64;
        fn logb(x: f64) -> f64;
        fn ilogb(x: f64) -> i32;
    }
    let close = |a: f64, b: f64| a == b || (a - b).abs() <= b.abs() * 1e-15;
    for i in -200..200 {
        let x = f64::from(i) * 0.37 + 0.01;
        // SAFETY: plain functions of numbers.
        unsafe {
            assert!(close(exponential::exp(x), exp(x)), "exp {x}");
            assert!(close(trigonometry::sin(x), sin(x)), "sin {x}");
            if x > 0.0 {
                assert!(close(exponential::log(x), log(x)), "log {x}");
                assert!(
                    (special::tgamma(x) - tgamma(x)).abs() <= tgamma(x) * 1e-13,
                    "tgamma {x}"
                );
            }
            assert_eq!(rounding::lrint(x), lrint(x));
            assert_eq!(rounding::lround(x), lround(x));
            assert_eq!(exponents::logb(x), logb(x));
            assert_eq!(exponents::ilogb(x), ilogb(x));
        }
    }
    assert_eq!(rounding::lround(2.5), 3);
    assert_eq!(rounding::lrint(2.5), 2);
    assert_eq!(exponential::sqrt(2.0), 2.0_f64.sqrt());
}

/// The operations in double range, checked against double arithmetic.
#[test]
fn long_doubles_agree_with_doubles_where_both_are_exact() {
    let f = F80::from_f64;
    for x in [
        0.0,
        -0.0,
        0.5,
        -0.5,
        1.0,
        1.5,
        2.5,
        -2.5,
        3.49,
        1e10,
        -7.75,
        1e300,
        4503599627370497.5,
    ] {
        assert_eq!(op::floor(f(x)).to_f64(), x.floor(), "floor {x}");
        assert_eq!(op::ceil(f(x)).to_f64(), x.ceil(), "ceil {x}");
        assert_eq!(op::trunc(f(x)).to_f64(), x.trunc(), "trunc {x}");
        assert_eq!(op::round(f(x)).to_f64(), x.round(), "round {x}");
        assert_eq!(
            op::roundeven(f(x)).to_f64(),
            x.round_ties_even(),
            "roundeven {x}"
        );
        assert_eq!(op::rint(f(x)).to_f64(), x.round_ties_even(), "rint {x}");
        for y in [0.7, -3.0, 2.0, 1e-3] {
            assert_eq!(op::fmod(f(y), f(x)).to_f64(), x % y, "fmod {x} {y}");
            assert_eq!(
                op::remainder(f(x), f(y)).to_f64(),
                libm::remainder(x, y),
                "remainder {x} {y}"
            );
            let (remainder, quotient) = libm::remquo(x, y);
            let ours = op::remquo(f(x), f(y));
            assert_eq!(ours.0.to_f64(), remainder);
            assert_eq!(ours.1 & 7, quotient & 7, "remquo {x} {y}");
        }
        let (significand, exponent) = op::frexp(f(x));
        assert_eq!((significand.to_f64(), exponent), libm::frexp(x));
    }
}

#[test]
fn long_double_functions_are_precise() {
    let f = F80::from_f64;
    // Relative distance in units of 2⁻⁶³.
    let ulps = |a: F80, b: F80| {
        let difference = op::div(op::sub(a, b), b);
        op::mul(op::fabs(difference), f(2.0_f64.powi(63))).to_f64()
    };
    for x in [0.1, 0.5, 1.0, 2.0, 3.7, 10.0, 100.0, 1000.0, 5000.0] {
        let x = f(x);
        assert!(ulps(op::exp(op::log(x)), x) < 16.0);
        assert!(ulps(op::log(op::exp(x)), x) < 4.0);
        assert!(ulps(op::mul(op::cbrt(x), op::mul(op::cbrt(x), op::cbrt(x))), x) < 4.0);
        assert!(ulps(op::pow(op::sqrt(x), f(2.0)), x) < 4.0);
        assert!(
            ulps(
                op::asinh(op::sinh(op::div(x, f(10.0)))),
                op::div(x, f(10.0))
            ) < 16.0
        );
    }
    assert!(
        ulps(
            op::mul(f(4.0), op::atan(f(1.0))),
            F80::from_parts(false, 0x4000, 0xc90f_daa2_2168_c235)
        ) < 1.0
    );
    assert_eq!(
        op::pow(f(2.0), f(0.5)).mantissa(),
        op::sqrt(f(2.0)).mantissa()
    );
    assert_eq!(
        op::pow(f(10.0), f(27.0)).mantissa(),
        op::exp10(f(27.0)).mantissa()
    );
    assert_eq!(op::exp2(f(-16445.0)).mantissa(), 1);
}

#[test]
fn fma_rounds_once() {
    let f = F80::from_f64;
    let one_ulp = F80::from_parts(false, F80::BIAS as u16, (1 << 63) | 1);
    // (1 + u)² − (1 + 2u) = u², which a rounded product loses.
    let two_ulps = F80::from_parts(true, F80::BIAS as u16, (1 << 63) | 2);
    let square = op::fma(one_ulp, one_ulp, two_ulps);
    assert_eq!(
        (square.biased_exponent(), square.mantissa()),
        (F80::BIAS as u16 - 126, 1 << 63)
    );
    for (x, y, z) in [
        (2.0, 3.0, 4.0),
        (2.0, 3.0, -6.0),
        (1e10, 1e10, -1.0),
        (-1.5, 2.5, 1e-5),
        (1e-300, 1e-10, 5.0),
    ] {
        let exact = op::add(op::mul(f(x), f(y)), f(z));
        let ours = op::fma(f(x), f(y), f(z));
        assert_eq!(ours.to_f64(), exact.to_f64(), "{x} {y} {z}");
    }
}
