//! Long double functions of which the x87 unit has no instruction, or one that is not exact enough.
//!
//! Polynomials are interpolations at Chebyshev's nodes, computed in 80 digits, with an error below 2⁻⁶⁷; series are Taylor's
//! and Stirling's. With 11 bits more than double has they also serve double, which is right to a unit then in every
//! rounding direction. Neighbour: `x87`, the instructions.

pub mod erf;
pub mod gamma;
pub mod power;
pub mod trigonometry;
mod two_over_pi;

use core::arch::asm;

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
const HALF: F80 = f80(0x3ffe, 1 << 63);

/// A number that overflows when squared.
const HUGE: F80 = f80(0x7ffe, 1 << 63);
/// A number that underflows when squared.
const TINY: F80 = f80(0x0001, 1 << 63);

/// The polynomial with these coefficients, that of the constant first, at x (Horner).
fn polynomial<const N: usize>(coefficients: &[F80; N], x: F80) -> F80 {
    let mut result = F80::ZERO;
    // SAFETY: reads the N coefficients from the last to the first, and x; stores ten bytes; leaves the x87 stack empty.
    unsafe {
        asm!(
            "fld tbyte ptr [{x}]",
            "fldz",
            "2:",
            "fmul st(0), st(1)",
            "fld tbyte ptr [{place}]",
            "faddp",
            "sub {place}, 16",
            "dec {left}",
            "jnz 2b",
            "fstp tbyte ptr [{result}]",
            "fstp st(0)",
            x = in(reg) &raw const x,
            place = inout(reg) coefficients.as_ptr().wrapping_add(N - 1) => _,
            left = inout(reg) N => _,
            result = in(reg) &raw mut result,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
        );
    }
    result
}

/// x + y and what rounding lost of it (Knuth).
fn two_sum(x: F80, y: F80) -> (F80, F80) {
    let sum = x + y;
    let of_y = sum - x;
    (sum, (x - (sum - of_y)) + (y - of_y))
}

/// The upper 32 bits of the significand, and the rest.
fn halves(x: F80) -> (F80, F80) {
    let high = F80::from_parts(
        x.is_negative(),
        x.biased_exponent(),
        x.mantissa() & !0xffff_ffff,
    );
    (high, x - high)
}

/// x × y and what rounding lost of it (Dekker).
fn two_product(x: F80, y: F80) -> (F80, F80) {
    let product = x * y;
    let ((xh, xl), (yh, yl)) = (halves(x), halves(y));
    (product, ((xh * yh - product) + xh * yl + xl * yh) + xl * yl)
}
