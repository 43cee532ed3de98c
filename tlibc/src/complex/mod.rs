//! `<complex.h>`: ISO C 7.3 and Annex G.
//!
//! `float` computes in `double` and `double` in `long double`, rounded once; finite long doubles in numbers of 128 bits.
//! What is special is the same in all precisions: functions that are generic over [`Real`].
//! Neighbour: `math`, whose real functions these are made of.

pub mod entries;
pub(crate) mod hyperbolic;
pub(crate) mod inverse;
pub(crate) mod power;
mod real;
#[cfg(test)]
mod tests;
pub(crate) mod wide;

pub use real::Real;

use crate::stdarg::F80;

/// A complex number as C lays it out: two numbers, the real part first.
///
/// The ABI passes and returns the `float` and `double` forms like this structure ("System V ABI", 3.2.3).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Complex<T> {
    /// Real part.
    pub re: T,
    /// Imaginary part.
    pub im: T,
}

/// `float _Complex`.
pub type FloatComplex = Complex<f32>;
/// `double _Complex`.
pub type DoubleComplex = Complex<f64>;
/// `long double _Complex`, which the ABI passes in memory and returns in st(0) and st(1).
pub type LongDoubleComplex = Complex<F80>;

impl<T: Real> Complex<T> {
    fn new(re: T, im: T) -> Self {
        Self { re, im }
    }

    /// i × z.
    fn times_i(self) -> Self {
        Self::new(-self.im, self.re)
    }

    /// −i × z.
    fn over_i(self) -> Self {
        Self::new(self.im, -self.re)
    }

    /// Both parts by the same factor.
    fn scaled(self, factor: T) -> Self {
        Self::new(self.re * factor, self.im * factor)
    }
}

impl From<FloatComplex> for DoubleComplex {
    fn from(z: FloatComplex) -> Self {
        Self::new(z.re.into(), z.im.into())
    }
}

impl From<DoubleComplex> for FloatComplex {
    fn from(z: DoubleComplex) -> Self {
        Self {
            re: z.re as f32,
            im: z.im as f32,
        }
    }
}

impl From<DoubleComplex> for LongDoubleComplex {
    fn from(z: DoubleComplex) -> Self {
        Self::new(F80::from_f64(z.re), F80::from_f64(z.im))
    }
}

impl From<LongDoubleComplex> for DoubleComplex {
    fn from(z: LongDoubleComplex) -> Self {
        Self::new(z.re.to_f64(), z.im.to_f64())
    }
}
