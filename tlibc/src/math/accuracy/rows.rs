//! The functions that are measured, where, and their bounds.

use super::Row;
use super::reference::{F128, Pair, call, host};
use crate::complex::{Complex, entries as c, wide};
use crate::math::{
    exponential as e, extended as g, parts as p, special as s, trigonometry as t, x87 as op,
};
use crate::stdarg::F80;

/// What every function keeps.
const ALL: f64 = 1.5;
/// There are no Bessel functions of long double.
const BESSEL: [f64; 3] = [ALL, ALL, f64::INFINITY];

fn double(x: F80) -> f64 {
    x.to_f64()
}

fn float(x: F80) -> f32 {
    x.to_f64() as f32
}

fn real(x: f64) -> [F80; 2] {
    [F80::from_f64(x), F80::ZERO]
}

fn parts<T>(z: Complex<T>, to: fn(T) -> F80) -> [F80; 2] {
    [to(z.re), to(z.im)]
}

macro_rules! unary {
    ($($module:ident::$name:ident, $float:ident, $long:expr, $truth:ident, $from:expr, $to:expr, $bounds:expr;)*) => {
        vec![$(Row {
            name: stringify!($name),
            ranges: &[($from, $to)],
            truth: host!(unary $truth),
            ours: [
                |a| real($module::$name(double(a[0]))),
                |a| real($module::$float(float(a[0])).into()),
                |a| [($long)(a[0]), F80::ZERO],
            ],
            bounds: $bounds,
        },)*]
    };
}

macro_rules! binary {
    ($($module:ident::$name:ident, $float:ident, $long:expr, $truth:ident, $x:expr, $y:expr, $bounds:expr;)*) => {
        vec![$(Row {
            name: stringify!($name),
            ranges: &[$x, $y],
            truth: host!(binary $truth),
            ours: [
                |a| real($module::$name(double(a[0]), double(a[1]))),
                |a| real($module::$float(float(a[0]), float(a[1])).into()),
                |a| [($long)(a[0], a[1]), F80::ZERO],
            ],
            bounds: $bounds,
        },)*]
    };
}

macro_rules! order {
    ($($module:ident::$name:ident($n:literal), $float:ident, $truth:ident, $from:expr, $to:expr, $bounds:expr;)*) => {
        vec![$(Row {
            name: concat!(stringify!($name), "(", $n, ")"),
            ranges: &[($from, $to)],
            truth: host!(order $n $truth),
            ours: [
                |a| real($module::$name($n, double(a[0]))),
                |a| real($module::$float($n, float(a[0])).into()),
                |a| [none(a[0]), F80::ZERO],
            ],
            bounds: $bounds,
        },)*]
    };
}

macro_rules! complex {
    ($($name:ident, $float:ident, $long:expr, $truth:ident, $size:expr, $bounds:expr;)*) => {
        vec![$(Row {
            name: stringify!($name),
            ranges: &[(-$size, $size), (-$size, $size)],
            truth: host!(complex $truth),
            ours: [
                |a| parts(c::$name(Complex { re: double(a[0]), im: double(a[1]) }), F80::from_f64),
                |a| parts(c::$float(Complex { re: float(a[0]), im: float(a[1]) }), |x| F80::from_f64(x.into())),
                |a| parts(($long)(Complex { re: a[0], im: a[1] }), |x| x),
            ],
            bounds: $bounds,
        },)*]
    };
}

/// Functions of ISO C 7.12.4 to 7.12.7.
pub fn elementary() -> Vec<Row> {
    let mut rows = unary! {
        e::exp, expf, op::exp, expf128, -745.0, 709.7, [ALL; 3];
        e::exp2, exp2f, op::exp2, exp2f128, -1074.0, 1023.9, [ALL; 3];
        e::exp10, exp10f, op::exp10, exp10f128, -323.0, 308.2, [ALL; 3];
        e::expm1, expm1f, op::expm1, expm1f128, -40.0, 709.7, [ALL; 3];
        e::log, logf, op::log, logf128, 1e-300, 1e300, [ALL; 3];
        e::log2, log2f, op::log2, log2f128, 1e-300, 1e300, [ALL; 3];
        e::log10, log10f, op::log10, log10f128, 1e-300, 1e300, [ALL; 3];
        e::log1p, log1pf, op::log1p, log1pf128, -0.999, 1e300, [ALL; 3];
        e::cbrt, cbrtf, op::cbrt, cbrtf128, -1e300, 1e300, [ALL; 3];
        e::sqrt, sqrtf, op::sqrt, sqrtf128, 0.0, 1e300, [1.0, 1.0, 1.0];
        t::sin, sinf, op::sin, sinf128, -1e5, 1e5, [ALL; 3];
        t::cos, cosf, op::cos, cosf128, -1e5, 1e5, [ALL; 3];
        t::tan, tanf, op::tan, tanf128, -1e5, 1e5, [ALL; 3];
        t::asin, asinf, op::asin, asinf128, -1.0, 1.0, [ALL; 3];
        t::acos, acosf, op::acos, acosf128, -1.0, 1.0, [ALL; 3];
        t::atan, atanf, op::atan, atanf128, -1e10, 1e10, [ALL; 3];
        t::sinh, sinhf, op::sinh, sinhf128, -709.0, 709.0, [ALL; 3];
        t::cosh, coshf, op::cosh, coshf128, -709.0, 709.0, [ALL; 3];
        t::tanh, tanhf, op::tanh, tanhf128, -25.0, 25.0, [ALL; 3];
        t::asinh, asinhf, op::asinh, asinhf128, -1e10, 1e10, [ALL; 3];
        t::acosh, acoshf, op::acosh, acoshf128, 1.0, 1e10, [ALL; 3];
        t::atanh, atanhf, op::atanh, atanhf128, -0.9999999, 0.9999999, [ALL; 3];
    };
    rows.extend(binary! {
        e::pow, powf, op::pow, powf128, (1e-30, 1e30), (-10.0, 10.0), [ALL; 3];
        e::hypot, hypotf, op::hypot, hypotf128, (-1e30, 1e30), (-1e30, 1e30), [ALL; 3];
        t::atan2, atan2f, op::atan2, atan2f128, (-1e10, 1e10), (-1e10, 1e10), [ALL; 3];
    });
    let narrow = |name, ranges, row: &Row| Row {
        name,
        ranges,
        truth: row.truth,
        ours: row.ours,
        bounds: row.bounds,
    };
    let by_name = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    let more = [
        narrow("log, near 1", &[(0.5, 2.0)], by_name("log")),
        narrow("log2, near 1", &[(0.5, 2.0)], by_name("log2")),
        narrow("log10, near 1", &[(0.5, 2.0)], by_name("log10")),
        narrow("exp, near 0", &[(-1.0, 1.0)], by_name("exp")),
        narrow("expm1, near 0", &[(-1.0, 1.0)], by_name("expm1")),
        narrow("log1p, near 0", &[(-0.5, 1.0)], by_name("log1p")),
        narrow("sin, large", &[(-1e300, 1e300)], by_name("sin")),
        narrow("cos, large", &[(-1e300, 1e300)], by_name("cos")),
        narrow("tan, large", &[(-1e300, 1e300)], by_name("tan")),
        narrow("sin, small", &[(-7.0, 7.0)], by_name("sin")),
        narrow("cos, small", &[(-7.0, 7.0)], by_name("cos")),
        narrow("tan, small", &[(-7.0, 7.0)], by_name("tan")),
        narrow("asinh, small", &[(-3.0, 3.0)], by_name("asinh")),
        narrow("acosh, near 1", &[(1.0, 3.0)], by_name("acosh")),
        narrow("atanh, small", &[(-0.7, 0.7)], by_name("atanh")),
        narrow("sinh, small", &[(-2.0, 2.0)], by_name("sinh")),
        narrow("cosh, small", &[(-2.0, 2.0)], by_name("cosh")),
        narrow("tanh, small", &[(-1.0, 1.0)], by_name("tanh")),
        narrow("atan, small", &[(-3.0, 3.0)], by_name("atan")),
        narrow(
            "atan2, small",
            &[(-3.0, 3.0), (-3.0, 3.0)],
            by_name("atan2"),
        ),
        narrow(
            "hypot, small",
            &[(-3.0, 3.0), (-3.0, 3.0)],
            by_name("hypot"),
        ),
        narrow(
            "pow, near 1",
            &[(0.9, 1.1), (-7000.0, 7000.0)],
            by_name("pow"),
        ),
        narrow(
            "pow, large",
            &[(0.5, 20.0), (-240.0, 240.0)],
            by_name("pow"),
        ),
    ];
    rows.extend(more);
    rows
}

/// Error, gamma and Bessel functions.
pub fn special() -> Vec<Row> {
    let mut rows = unary! {
        s::erf, erff, g::erf::erf, erff128, -6.0, 6.0, [ALL; 3];
        s::erfc, erfcf, g::erf::erfc, erfcf128, -6.0, 26.5, [ALL; 3];
        s::tgamma, tgammaf, g::gamma::tgamma, tgammaf128, 1e-3, 171.6, [ALL; 3];
        s::lgamma, lgammaf, |x| g::gamma::lgamma(x).0, lgammaf128, 1e-3, 1e10, [ALL; 3];
        s::j0, j0f, none, j0f128, -100.0, 100.0, BESSEL;
        s::j1, j1f, none, j1f128, -100.0, 100.0, BESSEL;
        s::y0, y0f, none, y0f128, 1e-3, 100.0, BESSEL;
        s::y1, y1f, none, y1f128, 1e-3, 100.0, BESSEL;
    };
    rows.extend(order! {
        s::jn(2), jnf, jnf128, -100.0, 100.0, BESSEL;
        s::jn(10), jnf, jnf128, -100.0, 100.0, BESSEL;
        s::yn(2), ynf, ynf128, 1e-3, 100.0, BESSEL;
        s::yn(10), ynf, ynf128, 1e-3, 100.0, BESSEL;
    });
    let narrow = |name, ranges, row: &Row| Row {
        name,
        ranges,
        truth: row.truth,
        ours: row.ours,
        bounds: row.bounds,
    };
    let by_name = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    let more = [
        narrow("j0, large", &[(-1e300, 1e300)], by_name("j0")),
        narrow("j1, large", &[(-1e300, 1e300)], by_name("j1")),
        narrow("y0, large", &[(1.0, 1e300)], by_name("y0")),
        narrow("y1, large", &[(1.0, 1e300)], by_name("y1")),
        narrow("jn(10), large", &[(-1e5, 1e5)], by_name("jn(10)")),
        narrow("yn(10), large", &[(1.0, 1e5)], by_name("yn(10)")),
        narrow("tgamma, x < 0", &[(-180.0, 0.0)], by_name("tgamma")),
        narrow("tgamma, small", &[(-5.0, 5.0)], by_name("tgamma")),
        narrow("lgamma, x < 0", &[(-1e5, 0.0)], by_name("lgamma")),
        narrow("lgamma, near the zeros", &[(-20.0, 0.0)], by_name("lgamma")),
        narrow("lgamma, small", &[(-4.0, 4.0)], by_name("lgamma")),
    ];
    rows.extend(more);
    rows
}

/// There is no such function.
fn none(_: F80) -> F80 {
    F80::NAN
}

/// Functions of complex numbers.
pub fn complex() -> Vec<Row> {
    let mut rows = complex! {
        cacos, cacosf, wide::acos, cacosf128, 3.0, [ALL; 3];
        casin, casinf, wide::asin, casinf128, 3.0, [ALL; 3];
        catan, catanf, wide::atan, catanf128, 3.0, [ALL; 3];
        cacosh, cacoshf, wide::acosh, cacoshf128, 3.0, [ALL; 3];
        casinh, casinhf, wide::asinh, casinhf128, 3.0, [ALL; 3];
        catanh, catanhf, wide::atanh, catanhf128, 3.0, [ALL; 3];
        ccos, ccosf, wide::cos, ccosf128, 30.0, [ALL; 3];
        csin, csinf, wide::sin, csinf128, 30.0, [ALL; 3];
        ctan, ctanf, wide::tan, ctanf128, 30.0, [ALL; 3];
        ccosh, ccoshf, wide::cosh, ccoshf128, 30.0, [ALL; 3];
        csinh, csinhf, wide::sinh, csinhf128, 30.0, [ALL; 3];
        ctanh, ctanhf, wide::tanh, ctanhf128, 30.0, [ALL; 3];
        cexp, cexpf, wide::exp, cexpf128, 50.0, [ALL; 3];
        clog, clogf, wide::log, clogf128, 3.0, [ALL; 3];
        csqrt, csqrtf, wide::sqrt, csqrtf128, 1e10, [ALL; 3];
    };
    rows.push(Row {
        name: "cpow",
        ranges: &[(-10.0, 10.0), (-10.0, 10.0), (-5.0, 5.0), (-5.0, 5.0)],
        truth: host!(power cpowf128),
        ours: [
            |a| {
                let z = |re, im| Complex {
                    re: double(re),
                    im: double(im),
                };
                parts(c::cpow(z(a[0], a[1]), z(a[2], a[3])), F80::from_f64)
            },
            |a| {
                let z = |re, im| Complex {
                    re: float(re),
                    im: float(im),
                };
                parts(c::cpowf(z(a[0], a[1]), z(a[2], a[3])), |x| {
                    F80::from_f64(x.into())
                })
            },
            |a| {
                let z = |re, im| Complex { re, im };
                parts(wide::pow(z(a[0], a[1]), z(a[2], a[3])), |x| x)
            },
        ],
        bounds: [ALL; 3],
    });
    rows
}

/// Functions whose results are representable, or rounded once.
pub fn exact() -> Vec<Row> {
    let mut rows = binary! {
        p::fmod, fmodf, fmod_long, fmodf128, (-1e10, 1e10), (-1e3, 1e3), [0.0; 3];
        p::remainder, remainderf, op::remainder, remainderf128, (-1e10, 1e10), (-1e3, 1e3), [0.0; 3];
        p::fdim, fdimf, op::fdim, fdimf128, (-1e10, 1e10), (-1e10, 1e10), [1.0; 3];
    };
    rows.push(Row {
        name: "fma",
        ranges: &[(-1e5, 1e5), (-1e5, 1e5), (-1e10, 1e10)],
        truth: fused,
        ours: [
            |a| real(p::fma(double(a[0]), double(a[1]), double(a[2]))),
            |a| real(p::fmaf(float(a[0]), float(a[1]), float(a[2])).into()),
            |a| [op::fma(a[0], a[1], a[2]), F80::ZERO],
        ],
        bounds: [1.0; 3],
    });
    rows
}

/// The operation takes what is pushed first, the divisor, first.
fn fmod_long(x: F80, y: F80) -> F80 {
    op::fmod(y, x)
}

/// x × y + z in more bits than the products of all but long double have.
fn fused(a: [F128; 4]) -> [F128; 2] {
    unsafe extern "C" {
        fn __multf3();
        fn __addtf3();
    }
    // SAFETY: functions of two numbers.
    unsafe {
        let product = call(__multf3, 0, a[0], a[1]);
        [call(__addtf3, 0, product, a[2]), F128(0)]
    }
}
