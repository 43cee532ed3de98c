//! Functions of long double, computed as [`Wide`](super::wide::Wide) numbers and rounded once: the result is within a unit in
//! the last place in every rounding direction, and exact, without a flag, where the truth is representable.
//!
//! Some functions of double are rounded results of these. Neighbour: `x87`, what the processor's instructions do.

pub mod erf;
mod erf_tables;
pub mod exponential;
pub mod gamma;
mod gamma_tables;
pub mod hyperbolic;
pub mod logarithm;
pub mod power;
pub mod root;
#[cfg(test)]
mod tests;
pub mod trigonometry;

use crate::stdarg::F80;

/// A constant from its sign and exponent and its significand.
const fn f80(sign_exponent: u16, significand: u64) -> F80 {
    F80::from_parts(sign_exponent >> 15 != 0, sign_exponent, significand)
}

/// A small constant.
fn of(x: f64) -> F80 {
    F80::from_f64(x)
}

const ONE: F80 = f80(0x3fff, 1 << 63);
const TWO: F80 = f80(0x4000, 1 << 63);

/// A number that overflows when squared.
const HUGE: F80 = f80(0x7ffe, 1 << 63);
/// A number that underflows when squared.
const TINY: F80 = f80(0x0001, 1 << 63);
