//! The C entries: each function in three precisions.

use super::{
    Complex, DoubleComplex, FloatComplex, LongDoubleComplex, Real, hyperbolic, inverse, power, wide,
};
use crate::math::long_double::f80_entries;
use crate::math::nearest::nearest;
use crate::math::{exponential, trigonometry, x87 as op};
use crate::stdarg::F80;

/// Functions of `double` and `float`: the number of precisions that registers carry.
macro_rules! complex_entries {
    ($($(#[$meta:meta])* pub fn $name:ident($($z:ident: $ty:ty),+) -> $ret:ty => $body:expr;)*) => {$(
        $(#[$meta])*
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub extern "C" fn $name($($z: $ty),+) -> $ret {
            $body
        }
    )*};
}

/// Functions that return a `long double _Complex`: the Rust function gets the arguments as they lie on the stack.
macro_rules! complex_f80_entries {
    ($($(#[$meta:meta])* pub fn $name:ident($($z:ident: LongDoubleComplex),+) -> LongDoubleComplex => $imp:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Called by its C prototype only: the arguments and the result are where no Rust signature can put them.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($z: LongDoubleComplex),+) -> LongDoubleComplex {
            unsafe extern "C" fn implementation(arguments: *const LongDoubleComplex, result: *mut LongDoubleComplex) {
                let body: fn(*const LongDoubleComplex) -> LongDoubleComplex = $imp;
                // SAFETY: the entry below passes the stack that holds the arguments and a place for the result.
                unsafe { *result = body(arguments) };
            }
            core::arch::naked_asm!(
                "sub rsp, 40",
                "lea rdi, [rsp + 48]",
                "mov rsi, rsp",
                "call {implementation}",
                "fld tbyte ptr [rsp + 16]",
                "fld tbyte ptr [rsp]",
                "add rsp, 40",
                "ret",
                implementation = sym implementation,
            )
        }
    )*};
}

/// A function of `float` computed in `double`.
fn in_double(z: FloatComplex, function: fn(DoubleComplex) -> DoubleComplex) -> FloatComplex {
    nearest(z, |z| function(z.into()).into())
}

/// A function of `double` computed as one of `long double`, whose bits make up for the two roundings.
fn extended(
    z: DoubleComplex,
    function: fn(LongDoubleComplex) -> LongDoubleComplex,
) -> DoubleComplex {
    nearest(z, |z| function(z.into()).into())
}

/// The point at infinity for every infinite z, otherwise z.
fn proj<T: Real>(z: Complex<T>) -> Complex<T> {
    if z.re.is_infinite() || z.im.is_infinite() {
        return Complex::new(T::INFINITY, T::of(0.0).copysign(z.im));
    }
    z
}

/// The power in 128 bits: the error of the logarithm grows with the exponent, and the smaller part cancels.
fn pow_double(z: DoubleComplex, w: DoubleComplex) -> DoubleComplex {
    nearest((z, w), |(z, w)| wide::pow(z.into(), w.into()).into())
}

complex_entries! {
    /// Arc cosine, cut along the real axis outside [−1, 1].
    pub fn cacos(z: DoubleComplex) -> DoubleComplex => extended(z, wide::acos);
    /// Arc cosine, cut along the real axis outside [−1, 1] (float).
    pub fn cacosf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::acos);
    /// Arc sine, cut along the real axis outside [−1, 1].
    pub fn casin(z: DoubleComplex) -> DoubleComplex => extended(z, wide::asin);
    /// Arc sine, cut along the real axis outside [−1, 1] (float).
    pub fn casinf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::asin);
    /// Arc tangent, cut along the imaginary axis outside [−i, i].
    pub fn catan(z: DoubleComplex) -> DoubleComplex => extended(z, wide::atan);
    /// Arc tangent, cut along the imaginary axis outside [−i, i] (float).
    pub fn catanf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::atan);
    /// Hyperbolic arc cosine, cut along the real axis below 1.
    pub fn cacosh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::acosh);
    /// Hyperbolic arc cosine, cut along the real axis below 1 (float).
    pub fn cacoshf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::acosh);
    /// Hyperbolic arc sine, cut along the imaginary axis outside [−i, i].
    pub fn casinh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::asinh);
    /// Hyperbolic arc sine, cut along the imaginary axis outside [−i, i] (float).
    pub fn casinhf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::asinh);
    /// Hyperbolic arc tangent, cut along the real axis outside [−1, 1].
    pub fn catanh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::atanh);
    /// Hyperbolic arc tangent, cut along the real axis outside [−1, 1] (float).
    pub fn catanhf(z: FloatComplex) -> FloatComplex => in_double(z, inverse::atanh);
    /// Cosine.
    pub fn ccos(z: DoubleComplex) -> DoubleComplex => extended(z, wide::cos);
    /// Cosine (float).
    pub fn ccosf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::cos);
    /// Sine.
    pub fn csin(z: DoubleComplex) -> DoubleComplex => extended(z, wide::sin);
    /// Sine (float).
    pub fn csinf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::sin);
    /// Tangent.
    pub fn ctan(z: DoubleComplex) -> DoubleComplex => extended(z, wide::tan);
    /// Tangent (float).
    pub fn ctanf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::tan);
    /// Hyperbolic cosine.
    pub fn ccosh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::cosh);
    /// Hyperbolic cosine (float).
    pub fn ccoshf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::cosh);
    /// Hyperbolic sine.
    pub fn csinh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::sinh);
    /// Hyperbolic sine (float).
    pub fn csinhf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::sinh);
    /// Hyperbolic tangent.
    pub fn ctanh(z: DoubleComplex) -> DoubleComplex => extended(z, wide::tanh);
    /// Hyperbolic tangent (float).
    pub fn ctanhf(z: FloatComplex) -> FloatComplex => in_double(z, hyperbolic::tanh);
    /// e to the z.
    pub fn cexp(z: DoubleComplex) -> DoubleComplex => extended(z, wide::exp);
    /// e to the z (float).
    pub fn cexpf(z: FloatComplex) -> FloatComplex => in_double(z, power::exp);
    /// Natural logarithm, cut along the negative real axis.
    pub fn clog(z: DoubleComplex) -> DoubleComplex => extended(z, wide::log);
    /// Natural logarithm, cut along the negative real axis (float).
    pub fn clogf(z: FloatComplex) -> FloatComplex => in_double(z, power::log);
    /// Square root, cut along the negative real axis.
    pub fn csqrt(z: DoubleComplex) -> DoubleComplex => extended(z, wide::sqrt);
    /// Square root, cut along the negative real axis (float).
    pub fn csqrtf(z: FloatComplex) -> FloatComplex => in_double(z, power::sqrt);
    /// z to the w, cut along the negative real axis of z.
    pub fn cpow(z: DoubleComplex, w: DoubleComplex) -> DoubleComplex => pow_double(z, w);
    /// z to the w, cut along the negative real axis of z (float).
    pub fn cpowf(z: FloatComplex, w: FloatComplex) -> FloatComplex => nearest((z, w), |(z, w)| power::pow(DoubleComplex::from(z), w.into()).into());
    /// Length.
    pub fn cabs(z: DoubleComplex) -> f64 => exponential::hypot(z.re, z.im);
    /// Length (float).
    pub fn cabsf(z: FloatComplex) -> f32 => exponential::hypotf(z.re, z.im);
    /// Angle, in (−π, π].
    pub fn carg(z: DoubleComplex) -> f64 => trigonometry::atan2(z.im, z.re);
    /// Angle, in (−π, π] (float).
    pub fn cargf(z: FloatComplex) -> f32 => trigonometry::atan2f(z.im, z.re);
    /// Real part.
    pub fn creal(z: DoubleComplex) -> f64 => z.re;
    /// Real part (float).
    pub fn crealf(z: FloatComplex) -> f32 => z.re;
    /// Imaginary part.
    pub fn cimag(z: DoubleComplex) -> f64 => z.im;
    /// Imaginary part (float).
    pub fn cimagf(z: FloatComplex) -> f32 => z.im;
    /// Conjugate.
    pub fn conj(z: DoubleComplex) -> DoubleComplex => DoubleComplex::new(z.re, -z.im);
    /// Conjugate (float).
    pub fn conjf(z: FloatComplex) -> FloatComplex => Complex { re: z.re, im: -z.im };
    /// Projection onto the Riemann sphere.
    pub fn cproj(z: DoubleComplex) -> DoubleComplex => proj(z);
    /// Projection onto the Riemann sphere (float).
    pub fn cprojf(z: FloatComplex) -> FloatComplex => in_double(z, proj);
}

/// The only argument.
fn one(arguments: *const LongDoubleComplex) -> LongDoubleComplex {
    // SAFETY: the entries pass a pointer to at least one argument.
    unsafe { *arguments }
}

complex_f80_entries! {
    /// Arc cosine, cut along the real axis outside [−1, 1] (long double).
    pub fn cacosl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::acos(one(z));
    /// Arc sine, cut along the real axis outside [−1, 1] (long double).
    pub fn casinl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::asin(one(z));
    /// Arc tangent, cut along the imaginary axis outside [−i, i] (long double).
    pub fn catanl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::atan(one(z));
    /// Hyperbolic arc cosine, cut along the real axis below 1 (long double).
    pub fn cacoshl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::acosh(one(z));
    /// Hyperbolic arc sine, cut along the imaginary axis outside [−i, i] (long double).
    pub fn casinhl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::asinh(one(z));
    /// Hyperbolic arc tangent, cut along the real axis outside [−1, 1] (long double).
    pub fn catanhl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::atanh(one(z));
    /// Cosine (long double).
    pub fn ccosl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::cos(one(z));
    /// Sine (long double).
    pub fn csinl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::sin(one(z));
    /// Tangent (long double).
    pub fn ctanl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::tan(one(z));
    /// Hyperbolic cosine (long double).
    pub fn ccoshl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::cosh(one(z));
    /// Hyperbolic sine (long double).
    pub fn csinhl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::sinh(one(z));
    /// Hyperbolic tangent (long double).
    pub fn ctanhl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::tanh(one(z));
    /// e to the z (long double).
    pub fn cexpl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::exp(one(z));
    /// Natural logarithm, cut along the negative real axis (long double).
    pub fn clogl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::log(one(z));
    /// Square root, cut along the negative real axis (long double).
    pub fn csqrtl(z: LongDoubleComplex) -> LongDoubleComplex => |z| wide::sqrt(one(z));
    /// z to the w, cut along the negative real axis of z (long double).
    pub fn cpowl(z: LongDoubleComplex, w: LongDoubleComplex) -> LongDoubleComplex => |arguments| {
        // SAFETY: this function's entry has two arguments.
        let w = unsafe { *arguments.add(1) };
        wide::pow(one(arguments), w)
    };
    /// Conjugate (long double).
    pub fn conjl(z: LongDoubleComplex) -> LongDoubleComplex => |z| {
        let z = one(z);
        Complex::new(z.re, -z.im)
    };
    /// Projection onto the Riemann sphere (long double).
    pub fn cprojl(z: LongDoubleComplex) -> LongDoubleComplex => |z| proj(one(z));
}

f80_entries! {
    /// Length (long double).
    pub fn cabsl(z: LongDoubleComplex) -> F80 => |[re, im, ..], _| op::hypot(*re, *im);
    /// Angle, in (−π, π] (long double).
    pub fn cargl(z: LongDoubleComplex) -> F80 => |[re, im, ..], _| op::atan2(*im, *re);
    /// Real part (long double).
    pub fn creall(z: LongDoubleComplex) -> F80 => |[re, ..], _| *re;
    /// Imaginary part (long double).
    pub fn cimagl(z: LongDoubleComplex) -> F80 => |[_, im, ..], _| *im;
}
