//! Multiplication and addition, by the processor's fused instruction or apart: the two ways in which `power` computes.

use core::arch::x86_64::{_mm_cvtsd_f64, _mm_fmadd_sd, _mm_set_sd};

use super::pair;

/// A way to multiply and add.
pub trait Arithmetic: Copy {
    /// a × b + c, rounded once or twice.
    fn fma(self, a: f64, b: f64, c: f64) -> f64;
    /// a × b and what rounding lost of it; |a|, |b| and the product far from the ends of the range.
    fn exact_product(self, a: f64, b: f64) -> (f64, f64);
    /// a × b − 1, exact if b has at most 26 bits and the result fits.
    fn short_product_minus_one(self, a: f64, b: f64) -> f64;
}

/// Multiplication, then addition: every processor can.
#[derive(Clone, Copy)]
pub struct Separate;

impl Arithmetic for Separate {
    #[inline(always)]
    fn fma(self, a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[inline(always)]
    fn exact_product(self, a: f64, b: f64) -> (f64, f64) {
        pair::exact_product(a, b)
    }

    #[inline(always)]
    fn short_product_minus_one(self, a: f64, b: f64) -> f64 {
        let (high, low) = pair::halves(a);
        (high * b - 1.0) + low * b
    }
}

/// The instructions of FMA3. A value exists only where the processor has them.
#[derive(Clone, Copy)]
pub struct Fused(());

impl Fused {
    /// The way itself; for functions that are compiled with the target feature `fma`.
    ///
    /// # Safety
    /// The processor must have FMA3.
    #[inline(always)]
    pub unsafe fn new() -> Self {
        Fused(())
    }
}

impl Arithmetic for Fused {
    #[inline(always)]
    fn fma(self, a: f64, b: f64, c: f64) -> f64 {
        // SAFETY: `self` exists, so the processor has the instruction.
        unsafe { _mm_cvtsd_f64(_mm_fmadd_sd(_mm_set_sd(a), _mm_set_sd(b), _mm_set_sd(c))) }
    }

    #[inline(always)]
    fn exact_product(self, a: f64, b: f64) -> (f64, f64) {
        let product = a * b;
        (product, self.fma(a, b, -product))
    }

    #[inline(always)]
    fn short_product_minus_one(self, a: f64, b: f64) -> f64 {
        self.fma(a, b, -1.0)
    }
}
