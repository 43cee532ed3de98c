//! Against the host's C library.

use super::entries::*;
use super::*;

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
