//! Square root, exponential, logarithm and power.

use super::{Complex, Real};

/// Square root, in the right half plane, cut along the negative real axis.
pub fn sqrt<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    if x == zero && y == zero {
        return Complex::new(zero, y);
    }
    if y.is_infinite() {
        return Complex::new(T::INFINITY, y);
    }
    if x.is_nan() || (y.is_nan() && !x.is_infinite()) {
        return Complex::new(x + y, x + y);
    }
    if x.is_infinite() {
        // The product is 0 or a NaN.
        return if x < zero {
            Complex::new(y.times_zero().abs(), x.copysign(y))
        } else {
            Complex::new(x, y.times_zero().copysign(y))
        };
    }
    // Away from the ends of the range, by an even power of two.
    let size = if x.abs() > y.abs() { x.abs() } else { y.abs() };
    let (before, after) = if size > T::ROOT_OF_MAX {
        (T::ROOT_OF_MIN * T::ROOT_OF_MIN, T::ROOT_OF_MAX)
    } else if size < T::ROOT_OF_MIN {
        (T::ROOT_OF_MAX * T::ROOT_OF_MAX, T::ROOT_OF_MIN)
    } else {
        (T::of(1.0), T::of(1.0))
    };
    let (x, y) = (x * before, y * before);
    let length = x.hypot(y);
    if x < zero {
        let t = (length - x).half().sqrt();
        Complex::new(y.abs() / (t + t), t.copysign(y)).scaled(after)
    } else {
        let t = (length + x).half().sqrt();
        Complex::new(t, y / (t + t)).scaled(after)
    }
}

/// e to the z.
pub fn exp<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    if y == zero {
        return Complex::new(x.exp(), y);
    }
    if !y.is_finite() {
        if x.is_infinite() && x < zero {
            return Complex::new(zero, zero.copysign(y));
        }
        let nan = y.times_zero();
        return if x.is_infinite() {
            Complex::new(x, nan)
        } else {
            Complex::new(nan, nan)
        };
    }
    if x.is_nan() {
        return Complex::new(x, x);
    }
    let (sine, cosine) = super::hyperbolic::direction(y);
    times_exp(Complex::new(cosine, sine), x, T::of(1.0))
}

/// z × eˣ × factor where eˣ alone may be too large.
pub(super) fn times_exp<T: Real>(z: Complex<T>, x: T, factor: T) -> Complex<T> {
    if x > T::EXP_STEP && !x.is_infinite() {
        let step = T::EXP_STEP.exp();
        return z.scaled((x - T::EXP_STEP).exp() * factor).scaled(step);
    }
    z.scaled(x.exp() * factor)
}

/// ln |z| without overflow, and without loss where |z| is near 1.
fn log_of_length<T: Real>(x: T, y: T) -> T {
    let (x, y) = (x.abs(), y.abs());
    let (large, small) = if x < y { (y, x) } else { (x, y) };
    if !(large.is_finite() && small.is_finite()) {
        return x.hypot(y).ln();
    }
    if large > T::ROOT_OF_MAX {
        return large.half().hypot(small.half()).ln() + T::LN_2;
    }
    if large < T::ROOT_OF_MIN {
        // |z| may be subnormal; ln 0 reports its own error.
        let two = T::of(2.0);
        let scale = T::of(18_014_398_509_481_984.0); // 2⁵⁴
        return if large == T::of(0.0) {
            large.ln()
        } else {
            (large * scale).hypot(small * scale).ln() - T::of(27.0) * two * T::LN_2
        };
    }
    let length = large.hypot(small);
    if length < T::of(0.7) || length > T::of(1.7) {
        return length.ln();
    }
    // x² + y² − 1 with the errors of the squares: the subtraction is exact where it cancels.
    let (large, large_error) = large.square();
    let (small, small_error) = if small < T::ROOT_OF_MIN {
        (T::of(0.0), T::of(0.0))
    } else {
        small.square()
    };
    let one = T::of(1.0);
    (((large - one) + small) + (large_error + small_error))
        .ln_1p()
        .half()
}

/// Natural logarithm, cut along the negative real axis.
pub fn log<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(log_of_length(z.re, z.im), z.im.atan2(z.re))
}

/// z to the w. Anything to the 0 is 1.
pub fn pow<T: Real>(z: Complex<T>, w: Complex<T>) -> Complex<T> {
    let zero = T::of(0.0);
    if w.re == zero && w.im == zero {
        return Complex::new(T::of(1.0), zero);
    }
    let l = log(z);
    exp(Complex::new(
        w.re * l.re - w.im * l.im,
        w.re * l.im + w.im * l.re,
    ))
}
