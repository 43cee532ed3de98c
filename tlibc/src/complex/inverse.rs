//! Inverse functions. Arc sine and arc cosine follow Hull, Fairgrieve and Tang, "Implementing the complex arcsine and
//! arccosine functions using exception handling", ACM TOMS 23 (1997).

use super::{Complex, Real};

/// For a finite x + iy in the first quadrant: the real parts of arc sine and arc cosine, and the magnitude of
/// their imaginary part.
struct Arc<T> {
    sine: T,
    cosine: T,
    imaginary: T,
}

fn arc<T: Real>(x: T, y: T) -> Arc<T> {
    let one = T::of(1.0);
    let far = T::ROOT_OF_MAX / T::of(8.0);
    let near = T::ROOT_OF_MIN * T::of(8.0);
    if x > far || y > far || x < near || y < near {
        return arc_at_the_edges(x, y);
    }
    let r = (x + one).hypot(y);
    let s = (x - one).hypot(y);
    let a = (r + s).half();
    let b = x / a;
    let y_squared = y * y;
    let (sine, cosine) = if b <= T::of(0.6417) {
        (b.asin(), b.acos())
    } else {
        let sum = a + x;
        // √(a² − x²), the other side of the triangle, without cancellation.
        let side = if x <= one {
            (sum.half() * (y_squared / (r + x + one) + (s + (one - x)))).sqrt()
        } else {
            y * (sum / (r + x + one) + sum / (s + (x - one))).half().sqrt()
        };
        ((x / side).atan(), (side / x).atan())
    };
    let imaginary = if a <= T::of(1.5) {
        let above_one = if x < one {
            (y_squared / (r + (x + one)) + y_squared / (s + (one - x))).half()
        } else {
            (y_squared / (r + (x + one)) + (s + (x - one))).half()
        };
        (above_one + (above_one * (a + one)).sqrt()).ln_1p()
    } else {
        (a + (a * a - one).sqrt()).ln()
    };
    Arc {
        sine,
        cosine,
        imaginary,
    }
}

/// [`arc`] where a square would overflow or underflow.
fn arc_at_the_edges<T: Real>(x: T, y: T) -> Arc<T> {
    let one = T::of(1.0);
    let right_angle = T::PI.half();
    if y <= T::EPSILON * (x - one).abs() {
        if x < one {
            return Arc {
                sine: x.asin(),
                cosine: x.acos(),
                imaginary: y / ((one + x) * (one - x)).sqrt(),
            };
        }
        let above = x - one;
        let (imaginary, root) = if x > T::ROOT_OF_MAX {
            (T::LN_2 + x.ln(), x)
        } else {
            let root = (above * (x + one)).sqrt();
            ((above + root).ln_1p(), root)
        };
        return Arc {
            sine: right_angle,
            // At the branch point 1 both are 0.
            cosine: if y == T::of(0.0) { y } else { y / root },
            imaginary,
        };
    }
    if y < T::ROOT_OF_MIN * T::of(8.0) {
        // x is 1, or next to it.
        let root = y.sqrt();
        return Arc {
            sine: right_angle - root,
            cosine: root,
            imaginary: root,
        };
    }
    if T::EPSILON * y - one >= x {
        return Arc {
            sine: x / y,
            cosine: right_angle,
            imaginary: T::LN_2 + y.ln(),
        };
    }
    if x > one {
        let ratio = x / y;
        return Arc {
            sine: ratio.atan(),
            cosine: (y / x).atan(),
            imaginary: T::LN_2 + y.ln() + (ratio * ratio).ln_1p().half(),
        };
    }
    let a = (one + y * y).sqrt();
    Arc {
        sine: x / a,
        cosine: right_angle - x / a,
        imaginary: ((y + y) * (y + a)).ln_1p().half(),
    }
}

/// Arc cosine, cut along the real axis outside [−1, 1].
pub fn acos<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    let right_angle = T::PI.half();
    let away = T::INFINITY.copysign(y);
    if x.is_infinite() {
        let angle = if y.is_nan() {
            return Complex::new(y, x);
        } else if y.is_infinite() {
            if x < zero {
                right_angle + right_angle.half()
            } else {
                right_angle.half()
            }
        } else if x < zero {
            T::PI
        } else {
            zero
        };
        return Complex::new(angle, -away);
    }
    if y.is_infinite() {
        return Complex::new(if x.is_nan() { x } else { right_angle }, -away);
    }
    if x.is_nan() || y.is_nan() {
        let nan = x + y;
        return Complex::new(if x == zero { right_angle } else { nan }, nan);
    }
    let arc = arc(x.abs(), y.abs());
    let angle = if x < zero {
        T::PI - arc.cosine
    } else {
        arc.cosine
    };
    // On the cut the sign of zero says which side it is.
    Complex::new(angle, -arc.imaginary.copysign(y))
}

/// Hyperbolic arc sine, cut along the imaginary axis outside [−i, i].
pub fn asinh<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let zero = T::of(0.0);
    if x.is_infinite() {
        let angle = if y.is_nan() {
            y
        } else if y.is_infinite() {
            T::PI.half().half().copysign(y)
        } else {
            zero.copysign(y)
        };
        return Complex::new(x, angle);
    }
    if y.is_infinite() {
        return if x.is_nan() {
            Complex::new(T::INFINITY, x)
        } else {
            Complex::new(T::INFINITY.copysign(x), T::PI.half().copysign(y))
        };
    }
    if x.is_nan() || y.is_nan() {
        let nan = x + y;
        return Complex::new(nan, if y == zero { y } else { nan });
    }
    let arc = arc(y.abs(), x.abs());
    Complex::new(arc.imaginary.copysign(x), arc.sine.copysign(y))
}

/// Hyperbolic arc tangent, cut along the real axis outside [−1, 1].
pub fn atanh<T: Real>(z: Complex<T>) -> Complex<T> {
    let (x, y) = (z.re, z.im);
    let (zero, one) = (T::of(0.0), T::of(1.0));
    let right_angle = T::PI.half().copysign(y);
    if x.is_infinite() || y.is_infinite() {
        let angle = if y.is_nan() { y } else { right_angle };
        return Complex::new(zero.copysign(x), angle);
    }
    if x.is_nan() || y.is_nan() {
        let nan = x + y;
        return Complex::new(if x == zero { x } else { nan }, nan);
    }
    let (width, height) = (x.abs(), y.abs());
    if width > one / T::EPSILON || height > one / T::EPSILON {
        // x ÷ (x² + y²).
        let real = if width > height {
            let slope = height / width;
            one / (width * (one + slope * slope))
        } else {
            let slope = width / height;
            slope / (height * (one + slope * slope))
        };
        return Complex::new(real.copysign(x), right_angle);
    }
    if width == one && height == zero {
        // A pole: division by zero, and no angle in any rounding direction (C23 G.6.3.3), where 1 − 1 may be −0.
        return Complex::new((one / height).copysign(x), y);
    }
    let real = if width == one && height < T::ROOT_OF_MIN {
        (T::LN_2 - height.ln()).half()
    } else {
        let from_pole = (width - one) * (width - one) + height * height;
        (T::of(4.0) * width / from_pole).ln_1p().half().half()
    };
    let angle = (height + height)
        .atan2((one - width) * (one + width) - height * height)
        .half();
    Complex::new(real.copysign(x), angle.copysign(y))
}

/// Arc sine, cut along the real axis outside [−1, 1].
pub fn asin<T: Real>(z: Complex<T>) -> Complex<T> {
    asinh(z.times_i()).over_i()
}

/// Arc tangent, cut along the imaginary axis outside [−i, i].
pub fn atan<T: Real>(z: Complex<T>) -> Complex<T> {
    atanh(z.times_i()).over_i()
}

/// Hyperbolic arc cosine, cut along the real axis below 1.
pub fn acosh<T: Real>(z: Complex<T>) -> Complex<T> {
    let arc = acos(z);
    Complex::new(arc.im.abs(), arc.re.copysign(z.im))
}
