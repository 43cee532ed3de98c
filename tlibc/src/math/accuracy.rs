//! How far results are from the truth, in every rounding direction, and which exceptions they raise.
//!
//! The truth for double and float is what the x87 unit and the host's long double functions compute with 11 and 40 bits
//! more, rounded to nearest. Errors are counted in units in the last place of the truth.

use super::{exponential as e, special as s, trigonometry as t};
use crate::fuzz;
use crate::stdarg::F80;
use crate::stdio::tests::{ROUNDINGS, Random, with_rounding};

/// Names the host's function of one long double and calls it.
macro_rules! host {
    ($name:ident) => {{
        unsafe extern "C" {
            fn $name();
        }
        |x: F80| {
            let mut result = F80::ZERO;
            // SAFETY: the argument lies on the stack as the ABI wants it; the result is popped from the x87 stack.
            unsafe {
                core::arch::asm!(
                    "sub rsp, 32",
                    "fld tbyte ptr [{x}]",
                    "fstp tbyte ptr [rsp]",
                    "call {f}",
                    "add rsp, 32",
                    "fstp tbyte ptr [r12]",
                    x = in(reg) &raw const x,
                    f = sym $name,
                    in("r12") &raw mut result,
                    clobber_abi("C"),
                );
            }
            result
        }
    }};
}

/// One function in both precisions, the truth, and where to try it.
struct Row {
    name: &'static str,
    double: fn(f64) -> f64,
    float: fn(f32) -> f32,
    truth: fn(F80) -> F80,
    from: f64,
    to: f64,
    /// Units in the last place that are allowed, for double and for float.
    bound: f64,
}

macro_rules! rows {
    ($($module:ident::$name:ident, $float:ident, $truth:ident, $from:expr, $to:expr, $bound:expr;)*) => {
        [$(Row {
            name: stringify!($name),
            double: |x| $module::$name(x),
            float: |x| $module::$float(x),
            truth: host!($truth),
            from: $from,
            to: $to,
            bound: $bound,
        },)*]
    };
}

/// An argument in the range: evenly spread, or evenly in its exponent.
fn argument(r: &mut Random, from: f64, to: f64) -> f64 {
    let part = (r.next() >> 11) as f64 / (1_u64 << 53) as f64;
    if r.below(2) == 0 {
        return from + part * (to - from);
    }
    let greatest = from.abs().max(to.abs());
    let magnitude = greatest * (-part * 40.0).exp();
    let x = if r.below(2) == 0 {
        magnitude
    } else {
        -magnitude
    };
    if (from..=to).contains(&x) {
        x
    } else {
        magnitude.clamp(from, to)
    }
}

/// The distance in units of the last place of `truth` in a format of `bits` bits and least exponent `least`.
fn distance(result: f64, truth: F80, bits: i32, least: i32) -> f64 {
    let rounded = truth.to_f64();
    if rounded.is_nan() || rounded.is_infinite() || result.is_infinite() || result.is_nan() {
        let same = result.is_nan() == rounded.is_nan() && (result == rounded || result.is_nan());
        return if same { 0.0 } else { f64::INFINITY };
    }
    let exponent = i32::from(truth.biased_exponent()) - 16_383;
    let place = (exponent - (bits - 1)).max(least);
    let difference = super::x87::sub(F80::from_f64(result), truth);
    let (mantissa, power) = (
        difference.mantissa(),
        i32::from(difference.biased_exponent()) - 16_383 - 63,
    );
    (mantissa as f64) * 2_f64.powi((power - place).clamp(-1000, 1000))
}

#[test]
fn elementary_functions_are_within_their_bounds_in_every_direction() {
    let table = rows! {
        e::exp, expf, expl, -745.0, 709.7, 1.5;
        e::exp2, exp2f, exp2l, -1074.0, 1023.9, 1.5;
        e::exp10, exp10f, exp10l, -323.0, 308.2, 1.5;
        e::expm1, expm1f, expm1l, -40.0, 709.7, 1.5;
        e::log, logf, logl, 1e-300, 1e300, 1.5;
        e::log2, log2f, log2l, 1e-300, 1e300, 1.5;
        e::log10, log10f, log10l, 1e-300, 1e300, 1.5;
        e::log1p, log1pf, log1pl, -0.999, 1e300, 1.5;
        e::cbrt, cbrtf, cbrtl, -1e300, 1e300, 1.5;
        e::sqrt, sqrtf, sqrtl, 0.0, 1e300, 1.0;
        t::sin, sinf, sinl, -1e5, 1e5, 1.5;
        t::cos, cosf, cosl, -1e5, 1e5, 1.5;
        t::tan, tanf, tanl, -1e5, 1e5, 1.5;
        t::asin, asinf, asinl, -1.0, 1.0, 1.5;
        t::acos, acosf, acosl, -1.0, 1.0, 1.5;
        t::atan, atanf, atanl, -1e10, 1e10, 1.5;
        t::sinh, sinhf, sinhl, -709.0, 709.0, 1.5;
        t::cosh, coshf, coshl, -709.0, 709.0, 1.5;
        t::tanh, tanhf, tanhl, -25.0, 25.0, 1.5;
        t::asinh, asinhf, asinhl, -1e10, 1e10, 1.5;
        t::acosh, acoshf, acoshl, 1.0, 1e10, 1.5;
        t::atanh, atanhf, atanhl, -0.9999999, 0.9999999, 1.5;
        s::erf, erff, erfl, -6.0, 6.0, 1.5;
        s::erfc, erfcf, erfcl, -6.0, 25.0, 2.5;
        s::tgamma, tgammaf, tgammal, 0.01, 171.0, 8.0;
        s::lgamma, lgammaf, lgammal, 3.0, 1e10, 2.0;
    };
    let mut lines = String::new();
    let mut wrong = String::new();
    for row in table {
        let mut worst = [[0.0_f64; 4]; 2];
        let mut where_ = [[0.0_f64; 4]; 2];
        let mut r = Random(fuzz::seed(91));
        for _ in 0..fuzz::cases(2000) {
            let x = argument(&mut r, row.from, row.to);
            // The same range, as far as float has it.
            let in_float = |bound: f64| match bound {
                0.0 => 0.0,
                bound => bound.abs().clamp(1e-37, 1e38).copysign(bound),
            };
            let narrow = argument(&mut r, in_float(row.from), in_float(row.to)) as f32;
            let truth = (row.truth)(F80::from_f64(x));
            let narrow_truth = (row.truth)(F80::from_f64(narrow.into()));
            for (direction, &mode) in ROUNDINGS.iter().enumerate() {
                let (double, float) = with_rounding(mode, || {
                    (row.double)(x)
                        .to_bits()
                        .into_pair((row.float)(narrow).to_bits())
                });
                let mut note = |precision: usize, distance: f64, x: f64| {
                    if distance > worst[precision][direction] {
                        (worst[precision][direction], where_[precision][direction]) = (distance, x);
                    }
                };
                note(0, distance(f64::from_bits(double), truth, 53, -1074), x);
                let float = f64::from(f32::from_bits(float));
                if narrow_truth.to_f64().abs() < f64::from(f32::MAX) {
                    note(1, distance(float, narrow_truth, 24, -149), narrow.into());
                }
            }
        }
        let show = |w: [f64; 4]| w.map(|ulps| format!("{ulps:.2}")).join(" | ");
        lines += &format!(
            "| `{}` | {} | {} |\n",
            row.name,
            show(worst[0]),
            show(worst[1])
        );
        for (precision, worst) in worst.iter().enumerate() {
            for (direction, &ulps) in worst.iter().enumerate() {
                if ulps > row.bound {
                    let (kind, x) = (["double", "float"][precision], where_[precision][direction]);
                    wrong += &format!(
                        "{} {kind} direction {direction}: {ulps:.3} at {x:e}\n",
                        row.name
                    );
                }
            }
        }
    }
    if let Ok(path) = std::env::var("TLIBC_MATH_TABLE") {
        std::fs::write(path, &lines).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}\n{lines}");
}

trait Pair<T>: Sized {
    fn into_pair(self, other: T) -> (Self, T) {
        (self, other)
    }
}

impl Pair<u32> for u64 {}
