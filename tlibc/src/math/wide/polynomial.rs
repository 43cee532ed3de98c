//! Polynomials with fixed-point coefficients, for functions that the tables of a few ranges describe.
//!
//! The coefficients of the higher powers, which matter less, are words of 64 bits: a step costs one multiplication there
//! instead of four. Neighbours: `extended::{erf, gamma}`, whose tables these are.

use super::upper_product;

/// How much further the narrow coefficients are scaled than their size alone asks for: all that they add is below 2⁻¹⁴.
const SHIFT: u32 = 14;

/// Coefficients, that of the constant first: `W` in units of 2⁻¹²⁶, after them `N` in units of 2⁻⁷⁶.
pub struct Polynomial<const W: usize, const N: usize> {
    /// Those of the lower powers.
    pub wide: [i128; W],
    /// Those of the higher powers, which together stay below 2⁻¹⁴ in size.
    pub narrow: [i64; N],
}

/// The upper half of a signed product of 256 bits.
#[inline(always)]
const fn signed_upper_product(x: i128, y: i128) -> i128 {
    let unsigned = upper_product(x.cast_unsigned(), y.cast_unsigned()).cast_signed();
    unsigned
        .wrapping_sub(x >> 127 & y)
        .wrapping_sub(y >> 127 & x)
}

impl<const W: usize, const N: usize> Polynomial<W, N> {
    /// The value at s, which is given in units of 2⁻¹²⁷ from −1 to 1, in units of 2⁻¹²⁶ (Horner). The error of a step is below
    /// two units, that of the narrow coefficients below 2⁻⁷⁴.
    #[inline]
    pub fn at(&self, s: i128) -> i128 {
        let mut tail = 0_i64;
        let narrow = (s >> 64) as i64;
        for coefficient in self.narrow.iter().rev() {
            tail = coefficient + ((i128::from(tail) * i128::from(narrow)) >> 63) as i64;
        }
        let mut sum = i128::from(tail) << (64 - SHIFT);
        for coefficient in self.wide.iter().rev() {
            sum = coefficient + (signed_upper_product(sum, s) << 1);
        }
        sum
    }
}
