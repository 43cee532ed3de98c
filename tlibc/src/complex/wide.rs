//! Long double functions: finite numbers are computed in parts of 128 bits ([`Wide`]) and each part is rounded once, in
//! the direction that the program has set.
//!
//! No step overflows, underflows or cancels but where it is said. What is infinite, not a number, or a pole goes to the
//! functions that all precisions share. Neighbours: `hyperbolic`, `inverse` and `power`, those functions; `math::wide`.

use super::{Complex, LongDoubleComplex, Real, hyperbolic, inverse, power};
use crate::math::wide::{Wide, arc, circular};
use crate::math::x87 as op;

/// A complex number of two wide parts, whose zeros have signs.
type WideComplex = Complex<Wide>;

/// ½.
const HALF: Wide = Wide::power_of_two(-1);

const fn of(re: Wide, im: Wide) -> WideComplex {
    Complex { re, im }
}

/// The natural logarithm `log` of a number above 0 of any size: that of [`Wide`] is made for sizes of long doubles.
fn of_any_size(x: Wide, log: fn(Wide) -> Wide) -> Wide {
    if x.exponent.abs() < 16_000 {
        return log(x);
    }
    log(x.scaled(-x.exponent)) + Wide::LN_2 * Wide::from_int(x.exponent.into())
}

/// The logarithms of x and of 1 + x.
struct Logarithms {
    ln: fn(Wide) -> Wide,
    ln_1p: fn(Wide) -> Wide,
}

impl Logarithms {
    /// With 110 bits.
    const FULL: Self = Self {
        ln: Wide::ln,
        ln_1p: Wide::ln_1p,
    };
    /// With 72 bits, for what is rounded next.
    const BRIEF: Self = Self {
        ln: Wide::brief_ln,
        ln_1p: Wide::brief_ln_1p,
    };
}

fn is_finite(z: LongDoubleComplex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

impl From<LongDoubleComplex> for WideComplex {
    fn from(z: LongDoubleComplex) -> Self {
        of(z.re.into(), z.im.into())
    }
}

impl WideComplex {
    fn rounded(self) -> LongDoubleComplex {
        LongDoubleComplex::new(self.re.to_f80(), self.im.to_f80())
    }

    fn is_zero(self) -> bool {
        self.re.is_zero() && self.im.is_zero()
    }

    fn turned_left(self) -> Self {
        of(-self.im, self.re)
    }

    fn turned_right(self) -> Self {
        of(self.im, -self.re)
    }

    fn times(self, other: Self) -> Self {
        of(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )
    }

    /// 1 ÷ z, z ≠ 0.
    fn inverse(self) -> Self {
        let square = self.re * self.re + self.im * self.im;
        of(self.re / square, -self.im / square)
    }

    /// z to an integer.
    fn to_integer(self, n: i64) -> Self {
        let (mut left, mut power, mut result) = (n.unsigned_abs(), self, None);
        loop {
            if left & 1 == 1 {
                result = Some(result.map_or(power, |result: Self| result.times(power)));
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            power = power.times(power);
        }
        let result = result.unwrap_or(of(Wide::ONE, Wide::ZERO));
        if n < 0 { result.inverse() } else { result }
    }

    /// The angle by this arc tangent, where a zero imaginary part has the sign of its side of the cut.
    #[inline]
    fn angle(self, atan2: fn(Wide, Wide) -> Wide) -> Wide {
        if self.im.is_zero() {
            let angle = if self.re.negative {
                Wide::PI
            } else {
                Wide::ZERO
            };
            return angle.with_sign(self.im.negative);
        }
        atan2(self.im, self.re)
    }

    /// ln |z|, z ≠ 0.
    #[inline]
    fn log_of_length(self, by: &Logarithms) -> Wide {
        // Exact, as the parts have 64 bits.
        let (u, v) = (self.re * self.re, self.im * self.im);
        let (large, small) = if u.order_of_sizes(v).is_ge() {
            (u, v)
        } else {
            (v, u)
        };
        // The differences to 1 and to ½ are exact, and their sum is rounded once, where it cancels.
        let above_1 = match large.exponent {
            -1 | 0 => (large - Wide::ONE) + small,
            -2 if small.exponent == -2 => (large - HALF) + (small - HALF),
            _ => return of_any_size(large + small, by.ln).scaled(-1),
        };
        (by.ln_1p)(above_1).scaled(-1)
    }

    /// Whether both parts are below 2⁻³⁰: three terms of a power series have 150 bits then, and tell on which side of a
    /// long double a result is that almost is one.
    fn is_small(self) -> bool {
        self.re.exponent.max(self.im.exponent) < -30
    }

    /// The square, without cancellation.
    fn square(self) -> Self {
        of(
            (self.re - self.im) * (self.re + self.im),
            (self.re * self.im).scaled(1),
        )
    }

    /// self × w, by real numbers: w is a ÷ b.
    fn times_ratio(self, a: i64, b: u64) -> Self {
        let part = |x: Wide| (x * Wide::from_int(a)).over_int(b);
        of(part(self.re), part(self.im))
    }

    fn plus(self, other: Self) -> Self {
        // Zeros keep their signs.
        let part = |x: Wide, y: Wide| if y.is_zero() { x } else { x + y };
        of(part(self.re, other.re), part(self.im, other.im))
    }

    /// The odd power series z + a z³ + b z⁵ of a small z.
    fn odd_series(self, a: (i64, u64), b: (i64, u64)) -> Self {
        let square = self.square();
        let fifth = square.times(square).times_ratio(b.0, b.1);
        let factor = square.times_ratio(a.0, a.1).plus(fifth);
        self.plus(self.times(factor))
    }

    fn sqrt(self) -> Self {
        if self.is_zero() {
            return of(Wide::ZERO, self.im);
        }
        let length = (self.re * self.re + self.im * self.im).sqrt();
        let root = (length + self.re.abs()).scaled(-1).sqrt();
        let other = self.im.abs() / root.scaled(1);
        if self.re.negative {
            of(other, root.with_sign(self.im.negative))
        } else {
            of(root, other.with_sign(self.im.negative))
        }
    }

    fn exp(self) -> Self {
        if self.is_small() {
            let square = self.square();
            let rest = self
                .plus(square.times_ratio(1, 2))
                .plus(square.times(self).times_ratio(1, 6))
                .plus(square.times(square).times_ratio(1, 24));
            return of(Wide::ONE + rest.re, rest.im);
        }
        let size = self.re.brief_exp();
        let (sine, cosine) = circular::brief_sin_cos(self.im);
        of(size * cosine, size * sine)
    }

    /// The hyperbolic sine and cosine of the real part, and the sine and cosine of the imaginary one.
    fn functions(self) -> [Wide; 4] {
        let power_minus_1 = self.re.abs().brief_exp_m1();
        let power = power_minus_1 + Wide::ONE;
        let inverse = Wide::ONE / power;
        let sinh = (power_minus_1 + power_minus_1 * inverse).scaled(-1);
        let cosh = (power + inverse).scaled(-1);
        let (sine, cosine) = circular::brief_sin_cos(self.im);
        [sinh.with_sign(self.re.negative), cosh, sine, cosine]
    }

    fn sinh(self) -> Self {
        if self.is_small() {
            return self.odd_series((1, 6), (1, 120));
        }
        let [sinh, cosh, sine, cosine] = self.functions();
        of(sinh * cosine, cosh * sine)
    }

    fn cosh(self) -> Self {
        if self.is_small() {
            let square = self.square();
            let fourth = square.times(square).times_ratio(1, 24);
            let rest = square.times_ratio(1, 2).plus(fourth);
            return of(Wide::ONE + rest.re, rest.im);
        }
        let [sinh, cosh, sine, cosine] = self.functions();
        of(cosh * cosine, sinh * sine)
    }

    fn tanh(self) -> Self {
        if self.is_small() {
            return self.odd_series((-1, 3), (2, 15));
        }
        let [sinh, cosh, sine, cosine] = self.functions();
        let divisor = sinh * sinh + cosine * cosine;
        of(sinh * cosh / divisor, sine * cosine / divisor)
    }

    fn asinh(self) -> Self {
        if self.is_small() {
            return self.odd_series((-1, 6), (3, 40));
        }
        let arc = Arc::of(self.im.abs(), self.re.abs());
        let angle = arc::brief_atan2(self.im.abs(), arc.side);
        of(
            arc.imaginary.with_sign(self.re.negative),
            angle.with_sign(self.im.negative),
        )
    }

    fn acos(self) -> Self {
        if self.is_small() {
            let sine = self.odd_series((1, 6), (3, 40));
            return of(Wide::PI.scaled(-1) - sine.re, -sine.im);
        }
        let arc = Arc::of(self.re.abs(), self.im.abs());
        of(
            arc::brief_atan2(arc.side, self.re),
            arc.imaginary.with_sign(!self.im.negative),
        )
    }

    /// Not at the poles 1 and −1.
    fn atanh(self) -> Self {
        if self.is_small() {
            return self.odd_series((1, 3), (1, 5));
        }
        let (width, height) = (self.re.abs(), self.im.abs());
        let square = height * height;
        let to_pole = Wide::ONE - width;
        let ratio = width.scaled(2) / (to_pole * to_pole + square);
        let real = if ratio.exponent > 200 {
            of_any_size(ratio, Wide::brief_ln)
        } else {
            ratio.brief_ln_1p()
        };
        // Beside the unit circle the second part cancels, but is far below the first then, or exact.
        let angle = arc::brief_atan2(height.scaled(1), to_pole * (Wide::ONE + width) - square);
        of(
            real.scaled(-2).with_sign(self.re.negative),
            angle.scaled(-1).with_sign(self.im.negative),
        )
    }

    /// Not of 0.
    fn pow(self, w: Self) -> Self {
        /// Beyond, the errors of repeated squaring are no smaller than those of the logarithm.
        const GREATEST: i64 = 1024;
        if w.im.is_zero() && w.re.exponent <= 10 {
            let (n, rest) = w.re.nearest_int();
            if rest.is_zero() && n.abs() <= GREATEST {
                return self.to_integer(n);
            }
        }
        let length = self.log_of_length(&Logarithms::FULL);
        let angle = self.angle(arc::atan2);
        let size = (w.re * length - w.im * angle).exp();
        let (sine, cosine) = circular::sin_cos(w.re * angle + w.im * length);
        of(size * cosine, size * sine)
    }
}

/// What arc sine and arc cosine of x + iy in the first quadrant are made of (Hull, Fairgrieve and Tang, "Implementing the
/// complex arcsine and arccosine functions using exception handling", ACM TOMS 23, 1997).
struct Arc {
    /// √(a² − x²), where a is half the sum of the distances to 1 and −1: the side of a triangle whose other one is x.
    side: Wide,
    /// arcosh a, the imaginary part's size.
    imaginary: Wide,
}

impl Arc {
    fn of(x: Wide, y: Wide) -> Self {
        let one = Wide::ONE;
        let (right, left) = (x + one, x - one);
        let square = y * y;
        let r = (right * right + square).sqrt();
        let s = (left * left + square).sqrt();
        let a = (r + s).scaled(-1);
        // r − (x + 1), and s − |x − 1| and its opposite, without cancellation.
        let of_right = square / (r + right);
        let sum = s + left.abs();
        let of_left = if sum.is_zero() { sum } else { square / sum };
        let (above_1, above_x) = if left.negative {
            (of_left, sum)
        } else {
            (sum, of_left)
        };
        let above_1 = (of_right + above_1).scaled(-1);
        let above_x = (of_right + above_x).scaled(-1);
        Self {
            side: (above_x * (a + x)).sqrt(),
            imaginary: (above_1 + (above_1 * (a + one)).sqrt()).brief_ln_1p(),
        }
    }
}

/// The functions of long double: the kernel of finite numbers, the function of others, and what is a pole.
macro_rules! functions {
    ($($(#[$meta:meta])* pub fn $name:ident(z) => $kernel:expr, $others:path $(, pole $pole:expr)?;)*) => {$(
        $(#[$meta])*
        pub fn $name(z: LongDoubleComplex) -> LongDoubleComplex {
            if !is_finite(z) $(|| $pole(z))? {
                return $others(z);
            }
            let kernel: fn(WideComplex) -> WideComplex = $kernel;
            kernel(z.into()).rounded()
        }
    )*};
}

functions! {
    /// Square root, in the right half plane, cut along the negative real axis.
    pub fn sqrt(z) => WideComplex::sqrt, power::sqrt;
    /// e to the z.
    pub fn exp(z) => WideComplex::exp, power::exp;
    /// Natural logarithm, cut along the negative real axis.
    pub fn log(z) => |z| of(z.log_of_length(&Logarithms::BRIEF), z.angle(arc::brief_atan2)), power::log, pole is_origin;
    /// Hyperbolic sine.
    pub fn sinh(z) => WideComplex::sinh, hyperbolic::sinh;
    /// Hyperbolic cosine.
    pub fn cosh(z) => WideComplex::cosh, hyperbolic::cosh;
    /// Hyperbolic tangent.
    pub fn tanh(z) => WideComplex::tanh, hyperbolic::tanh;
    /// Sine.
    pub fn sin(z) => |z| z.turned_left().sinh().turned_right(), hyperbolic::sin;
    /// Cosine.
    pub fn cos(z) => |z| z.turned_left().cosh(), hyperbolic::cos;
    /// Tangent.
    pub fn tan(z) => |z| z.turned_left().tanh().turned_right(), hyperbolic::tan;
    /// Hyperbolic arc sine, cut along the imaginary axis outside [−i, i].
    pub fn asinh(z) => WideComplex::asinh, inverse::asinh;
    /// Arc sine, cut along the real axis outside [−1, 1].
    pub fn asin(z) => |z| z.turned_left().asinh().turned_right(), inverse::asin;
    /// Arc cosine, cut along the real axis outside [−1, 1].
    pub fn acos(z) => WideComplex::acos, inverse::acos;
    /// Hyperbolic arc cosine, cut along the real axis below 1.
    pub fn acosh(z) => |z| {
        let arc = z.acos();
        of(arc.im.abs(), arc.re.with_sign(z.im.negative))
    }, inverse::acosh;
    /// Hyperbolic arc tangent, cut along the real axis outside [−1, 1].
    pub fn atanh(z) => WideComplex::atanh, inverse::atanh, pole is_pole_of_atanh;
    /// Arc tangent, cut along the imaginary axis outside [−i, i].
    pub fn atan(z) => |z| z.turned_left().atanh().turned_right(), inverse::atan, pole |z: LongDoubleComplex| is_pole_of_atanh(z.times_i());
}

fn is_origin(z: LongDoubleComplex) -> bool {
    let zero = Real::of(0.0);
    z.re == zero && z.im == zero
}

fn is_pole_of_atanh(z: LongDoubleComplex) -> bool {
    z.re.abs() == Real::of(1.0) && z.im == Real::of(0.0)
}

/// z to the w. Anything to the 0 is 1.
///
/// The greater part has some 100 bits, the lesser as many as its quotient by the greater leaves of them.
pub fn pow(z: LongDoubleComplex, w: LongDoubleComplex) -> LongDoubleComplex {
    if !is_finite(z) || !is_finite(w) || is_origin(z) || is_origin(w) {
        return power::pow(z, w);
    }
    let zero = Real::of(0.0);
    if z.im == zero && w.im == zero && z.re > zero {
        // The angle is 0, of either sign.
        let angle = WideComplex::from(w).re * Wide::from(z.im);
        return LongDoubleComplex::new(op::pow(z.re, w.re), angle.to_f80());
    }
    WideComplex::from(z).pow(w.into()).rounded()
}
