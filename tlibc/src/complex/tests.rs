//! Against the host's C library.

use super::entries::*;
use super::*;
use crate::fenv::exceptions::{feclearexcept, fetestexcept};
use crate::math::accuracy::reference::{F128, FORMATS, Pair, distance};
use crate::math::x87 as op;

mod host {
    use super::DoubleComplex;
    unsafe extern "C" {
        pub safe fn cacos(z: DoubleComplex) -> DoubleComplex;
        pub safe fn casin(z: DoubleComplex) -> DoubleComplex;
        pub safe fn catanh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn cexp(z: DoubleComplex) -> DoubleComplex;
        pub safe fn clog(z: DoubleComplex) -> DoubleComplex;
        pub safe fn csinh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn csqrt(z: DoubleComplex) -> DoubleComplex;
        pub safe fn ctanh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn ccosh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn casinh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn cacosh(z: DoubleComplex) -> DoubleComplex;
        pub safe fn cpow(z: DoubleComplex, w: DoubleComplex) -> DoubleComplex;
        pub safe fn cabs(z: DoubleComplex) -> f64;
    }
}

type Function = fn(DoubleComplex) -> DoubleComplex;

fn functions() -> Vec<(&'static str, Function, Function)> {
    vec![
        ("cacos", |z| cacos(z), |z| host::cacos(z)),
        ("casin", |z| casin(z), |z| host::casin(z)),
        ("catanh", |z| catanh(z), |z| host::catanh(z)),
        ("cexp", |z| cexp(z), |z| host::cexp(z)),
        ("clog", |z| clog(z), |z| host::clog(z)),
        ("csinh", |z| csinh(z), |z| host::csinh(z)),
        ("csqrt", |z| csqrt(z), |z| host::csqrt(z)),
        ("ctanh", |z| ctanh(z), |z| host::ctanh(z)),
        ("ccosh", |z| hyperbolic::cosh(z), |z| host::ccosh(z)),
        ("casinh", |z| inverse::asinh(z), |z| host::casinh(z)),
        ("cacosh", |z| inverse::acosh(z), |z| host::cacosh(z)),
    ]
}

/// Equal to a few units in the last place, infinities and the signs of zeros included.
fn close(a: f64, b: f64, ulps: f64) -> bool {
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    if a == b {
        return a != 0.0 || a.is_sign_negative() == b.is_sign_negative();
    }
    (a - b).abs() <= ulps * f64::EPSILON * b.abs().max(f64::MIN_POSITIVE)
}

fn numbers() -> impl Iterator<Item = f64> {
    let mut state = 88_172_645_463_325_252_u64;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
        let exponent = (state & 15) as i32 - 10;
        Some((unit - 0.5) * 2f64.powi(exponent))
    })
}

#[test]
fn random_points_agree_with_the_host() {
    for (name, ours, theirs) in functions() {
        let mut numbers = numbers();
        for _ in 0..4000 {
            let (Some(re), Some(im)) = (numbers.next(), numbers.next()) else {
                break;
            };
            let z = Complex { re, im };
            let (a, b) = (ours(z), theirs(z));
            assert!(
                close(a.re, b.re, 6.0) && close(a.im, b.im, 6.0),
                "{name}({z:?}) = {a:?}, not {b:?}"
            );
        }
    }
}

#[test]
fn special_points_agree_with_the_host() {
    let inf = f64::INFINITY;
    let edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.5,
        -2.5,
        1e-300,
        1e300,
        -1e300,
        1e-310,
        720.0,
        -720.0,
        inf,
        -inf,
        f64::NAN,
    ];
    let mut wrong = String::new();
    for (name, ours, theirs) in functions() {
        for re in edges {
            for im in edges {
                let z = Complex { re, im };
                let (a, b) = (ours(z), theirs(z));
                // Annex G leaves signs open where a part is infinite or a NaN and the other is 0 or infinite.
                let open = !(re.is_finite() && im.is_finite());
                let same = |a: f64, b: f64| close(a, b, 8.0) || (open && (a.abs() == b.abs()));
                if !(same(a.re, b.re) && same(a.im, b.im)) {
                    wrong += &format!("{name}({z:?}) = {a:?}, not {b:?}\n");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn powers_and_lengths() {
    let z = |re, im| Complex { re, im };
    for (base, exponent) in [
        (z(2.0, 0.0), z(10.0, 0.0)),
        (z(0.5, -1.5), z(3.0, 0.25)),
        (z(-1.0, 0.0), z(0.5, 0.0)),
        (z(1e10, 3.0), z(-2.0, 7.0)),
    ] {
        let (a, b) = (cpow(base, exponent), host::cpow(base, exponent));
        let size = host::cabs(b);
        assert!(
            cabs(z(a.re - b.re, a.im - b.im)) <= 1e-13 * size,
            "{base:?} {exponent:?}: {a:?} {b:?}"
        );
    }
    assert_eq!(cpow(z(3.0, 4.0), z(0.0, 0.0)).re, 1.0);
    assert_eq!(cabs(z(3.0, -4.0)), 5.0);
}

#[test]
fn long_double_agrees_with_double() {
    let mut numbers = numbers();
    for _ in 0..300 {
        let (Some(re), Some(im)) = (numbers.next(), numbers.next()) else {
            break;
        };
        let z = Complex { re, im };
        let wide = LongDoubleComplex::from(z);
        for (name, a, b) in [
            ("acos", inverse::acos(wide), inverse::acos(z)),
            ("atanh", inverse::atanh(wide), inverse::atanh(z)),
            ("exp", power::exp(wide), power::exp(z)),
            ("log", power::log(wide), power::log(z)),
            ("sinh", hyperbolic::sinh(wide), hyperbolic::sinh(z)),
            ("tanh", hyperbolic::tanh(wide), hyperbolic::tanh(z)),
            ("sqrt", power::sqrt(wide), power::sqrt(z)),
        ] {
            let a = DoubleComplex::from(a);
            assert!(
                close(a.re, b.re, 6.0) && close(a.im, b.im, 6.0),
                "{name}({z:?}): {a:?} {b:?}"
            );
        }
    }
}

type Long = fn(LongDoubleComplex) -> LongDoubleComplex;

/// Each function of long double, and the form that all precisions share.
fn long_functions() -> [(&'static str, Long, Long); 15] {
    [
        ("acos", wide::acos, inverse::acos),
        ("asin", wide::asin, inverse::asin),
        ("atan", wide::atan, inverse::atan),
        ("acosh", wide::acosh, inverse::acosh),
        ("asinh", wide::asinh, inverse::asinh),
        ("atanh", wide::atanh, inverse::atanh),
        ("cos", wide::cos, hyperbolic::cos),
        ("sin", wide::sin, hyperbolic::sin),
        ("tan", wide::tan, hyperbolic::tan),
        ("cosh", wide::cosh, hyperbolic::cosh),
        ("sinh", wide::sinh, hyperbolic::sinh),
        ("tanh", wide::tanh, hyperbolic::tanh),
        ("exp", wide::exp, power::exp),
        ("log", wide::log, power::log),
        ("sqrt", wide::sqrt, power::sqrt),
    ]
}

/// Zeros, infinities and what is not a number: Annex G.
#[test]
fn long_double_has_the_special_values_of_the_other_precisions() {
    let mut edges: Vec<F80> = [0.0, 0.5, 1.0, 2.5, 720.0, f64::INFINITY, f64::NAN]
        .map(F80::from_f64)
        .to_vec();
    edges.extend(edges.clone().into_iter().map(|x| -x));
    let close = |a: F80, b: F80| {
        if op::is_nan(a) || op::is_nan(b) {
            return op::is_nan(a) && op::is_nan(b);
        }
        if a == b {
            return a != F80::ZERO || a.is_negative() == b.is_negative();
        }
        op::fabs(a - b) <= F80::from_f64(1e-17) * op::fabs(b)
    };
    let mut wrong = String::new();
    for (name, ours, shared) in long_functions() {
        for &re in &edges {
            for &im in &edges {
                let z = Complex { re, im };
                let (a, b) = (ours(z), shared(z));
                if !(close(a.re, b.re) && close(a.im, b.im)) {
                    wrong += &format!("{name}({z:?}) = {a:?}, not {b:?}\n");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is exact raises nothing, in whatever part.
#[test]
fn exact_long_doubles_stay_exact() {
    const INEXACT: core::ffi::c_int = 0x20;
    let z = |re: f64, im: f64| Complex {
        re: F80::from_f64(re),
        im: F80::from_f64(im),
    };
    let check = |name: &str, found: LongDoubleComplex, flags, expected: LongDoubleComplex| {
        assert!(
            found.re == expected.re && found.im == expected.im,
            "{name}: {found:?}"
        );
        assert_eq!(flags & INEXACT, 0, "{name}");
    };
    let flagged = |f: &dyn Fn() -> LongDoubleComplex| {
        feclearexcept(0x3f);
        let result = f();
        (result, fetestexcept(0x3f))
    };
    for (x, root) in [
        (z(3.0, 4.0), z(2.0, 1.0)),
        (z(-3.0, -4.0), z(1.0, -2.0)),
        (z(0.0, 2.0), z(1.0, 1.0)),
        (z(-4.0, 0.0), z(0.0, 2.0)),
        (z(119.0, 120.0), z(12.0, 5.0)),
    ] {
        let (found, flags) = flagged(&|| wide::sqrt(x));
        check("sqrt", found, flags, root);
    }
    for (x, n, expected) in [
        (z(1.0, 1.0), 8.0, z(16.0, 0.0)),
        (z(-2.0, 0.0), 3.0, z(-8.0, 0.0)),
        (z(2.0, -1.0), 4.0, z(-7.0, -24.0)),
        (z(0.0, 2.0), -2.0, z(-0.25, 0.0)),
        (z(3.0, 0.0), 5.0, z(243.0, 0.0)),
    ] {
        let (found, flags) = flagged(&|| wide::pow(x, z(n, 0.0)));
        check("pow", found, flags, expected);
    }
    for (f, x, expected) in [
        (wide::exp as Long, z(0.0, 0.0), z(1.0, 0.0)),
        (wide::acos, z(1.0, 0.0), z(0.0, 0.0)),
        (wide::sinh, z(0.0, -0.0), z(0.0, 0.0)),
        (wide::atanh, z(0.0, 0.0), z(0.0, 0.0)),
        (wide::log, z(1.0, 0.0), z(0.0, 0.0)),
    ] {
        let (found, flags) = flagged(&|| f(x));
        check("at a special point", found, flags, expected);
    }
}

/// Beside the unit circle all that two squares have in common with 1 cancels.
#[test]
fn logarithm_beside_the_unit_circle() {
    unsafe extern "C" {
        safe fn clogf128(z: Pair) -> Pair;
    }
    let mut numbers = numbers();
    for n in 0..3000 {
        let angle = F80::from_f64(numbers.next().unwrap() * 40.0);
        let (im, re) = op::sin_cos(angle);
        let bits = |x: F80| {
            F80::from_parts(
                x.is_negative(),
                x.biased_exponent(),
                (x.mantissa() ^ (n & 3)) | 1 << 63,
            )
        };
        let z = Complex { re: bits(re), im };
        let Pair(re, im) = clogf128(Pair(F128::of(z.re).0, F128::of(z.im).0));
        let found = wide::log(z);
        // What the truth has in 113 bits beside the circle is less than a long double.
        let re = F128(re);
        let bound = if re.exponent() < -60 {
            2_f64.powi(20)
        } else {
            1.0
        };
        let ulps = distance(found.re, re, re.exponent(), &FORMATS[2]);
        assert!(ulps <= bound, "{z:?} {ulps}");
        assert!(distance(found.im, F128(im), F128(im).exponent(), &FORMATS[2]) <= 1.0);
    }
}
