//! Hyperbolic functions; the trigonometric ones are the same, turned by a right angle.

use super::power::times_exp;
use super::{Complex, Real};

/// Sine and cosine of a finite angle. The sine of the smallest number is rounded to zero in some directions, but has to
/// make an infinity of one, not a NaN (C23 G.6.3.4).
pub(super) fn direction<T: Real>(y: T) -> (T, T) {
    let sine = y.sin();
    (if sine == T::of(0.0) { y } else { sine }, y.cos())
}

/// Hyperbolic sine.
pub fn sinh<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    if y == zero {
        return Complex::new(x.sinh(), y);
    }
    if !y.is_finite() {
        let nan = y.times_zero();
        return if x == zero || x.is_infinite() {
            Complex::new(x, nan)
        } else {
            Complex::new(nan, nan)
        };
    }
    if x.is_nan() {
        return Complex::new(x, x);
    }
    let (sine, cosine) = direction(y);
    if x.abs() > T::EXP_STEP {
        let large = times_exp(Complex::new(cosine, sine), x.abs(), T::of(0.5));
        return Complex::new(if x < zero { -large.re } else { large.re }, large.im);
    }
    if x == zero {
        return Complex::new(x * cosine, sine);
    }
    Complex::new(x.sinh() * cosine, x.cosh() * sine)
}

/// Hyperbolic cosine.
pub fn cosh<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    if y == zero {
        return Complex::new(x.cosh(), if x.is_nan() { y } else { zero.copysign(x) * y });
    }
    if !y.is_finite() {
        let nan = y.times_zero();
        return if x == zero {
            Complex::new(nan, zero.copysign(x))
        } else if x.is_infinite() {
            Complex::new(T::INFINITY, nan)
        } else {
            Complex::new(nan, nan)
        };
    }
    if x.is_nan() {
        return Complex::new(x, x);
    }
    let (sine, cosine) = direction(y);
    if x.abs() > T::EXP_STEP {
        let large = times_exp(Complex::new(cosine, sine), x.abs(), T::of(0.5));
        return Complex::new(large.re, if x < zero { -large.im } else { large.im });
    }
    if x == zero {
        return Complex::new(cosine, x * sine);
    }
    Complex::new(x.cosh() * cosine, x.sinh() * sine)
}

/// Hyperbolic tangent (Kahan, "Branch cuts for complex elementary functions", 1987).
pub fn tanh<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let (zero, one) = (T::of(0.0), T::of(1.0));
    if x.is_infinite() {
        let sign = if y.is_finite() { y.sin() * y.cos() } else { y };
        return Complex::new(one.copysign(x), zero.copysign(sign));
    }
    if x.is_nan() {
        return Complex::new(x, if y == zero { y } else { x });
    }
    if !y.is_finite() {
        let nan = y.times_zero();
        return Complex::new(if x == zero { x } else { nan }, nan);
    }
    if x.abs() > T::of(24.0) {
        // Beyond, it is zero; and the product must not overflow.
        let most = T::of(20_000.0);
        let size = if x.abs() > most { most } else { x.abs() };
        let small = (T::of(-2.0) * size).exp();
        return Complex::new(one.copysign(x), T::of(4.0) * y.sin() * y.cos() * small);
    }
    let tangent = y.tan();
    let sine = x.sinh();
    let cosine = (one + sine * sine).sqrt();
    let beta = one + tangent * tangent;
    let denominator = one + beta * sine * sine;
    Complex::new(beta * cosine * sine / denominator, tangent / denominator)
}

/// Sine.
pub fn sin<T: Real>(z: Complex<T>) -> Complex<T> {
    sinh(z.times_i()).over_i()
}

/// Cosine.
pub fn cos<T: Real>(z: Complex<T>) -> Complex<T> {
    cosh(z.times_i())
}

/// Tangent.
pub fn tan<T: Real>(z: Complex<T>) -> Complex<T> {
    tanh(z.times_i()).over_i()
}
