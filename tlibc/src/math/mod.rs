//! `<math.h>`: ISO C 7.12, POSIX.1, BSD and GNU. double and float come from the `libm` crate, long double from the x87 unit.
//!
//! Errors show in the exception flags and the results, not in `errno` (`math_errhandling` is `MATH_ERREXCEPT`).
//! Neighbours: `fenv` (flags and rounding), `complex`.

#[cfg(test)]
pub(crate) mod accuracy;
mod bessel;
pub mod classify;
pub mod conversion;
pub mod exponential;
pub mod exponents;
pub mod extended;
mod fused;
pub mod long_double;
pub(crate) mod nearest;
mod pair;
pub mod parts;
mod power;
pub mod rounding;
pub mod special;
#[cfg(test)]
mod tests;
pub mod trigonometry;
#[allow(
    dead_code,
    unused_imports,
    reason = "the functions that use it are being moved here"
)]
pub(crate) mod wide;
pub(crate) mod x87;

use core::hint::black_box;

/// A NaN, with the exception of an argument outside of the domain, which a constant would not raise.
fn invalid() -> f64 {
    black_box(0.0) / black_box(0.0)
}

/// An infinity with the sign of `sign`, with the exception of a pole.
fn pole(sign: f64) -> f64 {
    sign / black_box(0.0)
}
