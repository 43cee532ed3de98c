//! Power series in fixed point, for the little that tables and reductions leave.

use super::{Wide, upper_product};

/// The places of a series' variable, which is below 2⁻¹².
pub const PLACES: i32 = 140;

/// 1 ± y × c₁ + y² × c₂ ± …, with 127 places, for a y below 2⁻¹² that is given with [`PLACES`]; the coefficients are below 1
/// and have 128 places, and the first stands for 1.
///
/// From the power SHORT on the sum is computed with 64 bits: the error is below 2⁻¹²⁵ with 5, and 2⁻⁸⁶ with 2.
#[inline(always)]
pub fn series<const N: usize, const SHORT: usize>(
    coefficients: &[u128; N],
    alternating: bool,
    y: u128,
) -> u128 {
    const { assert!(SHORT > 0 && N > SHORT) };
    // Added or subtracted without a branch, which would be predicted wrongly half of the time.
    let mask = if alternating { u128::MAX } else { 0 };
    let signed = |term: u128| (term ^ mask).wrapping_sub(mask);
    let y_high = u128::from((y >> 64) as u64);
    let high = |k: usize| (coefficients[k] >> 64) as u64;
    let mut short = high(N - 1);
    let mut k = N - 2;
    while k >= SHORT {
        let term = (y_high * u128::from(short)) >> 76;
        short = high(k).wrapping_add(signed(term) as u64);
        k -= 1;
    }
    let mut sum = u128::from(short) << 64;
    while k > 0 {
        let term = upper_product(y, sum) >> 12;
        sum = coefficients[k].wrapping_add(signed(term));
        k -= 1;
    }
    (1_u128 << 127).wrapping_add(signed(upper_product(y, sum) >> 13))
}

/// The places of the variable of a [`Brief`] series, and those of its value.
pub const BRIEF_PLACES: i32 = 75;

/// A product of numbers of 64 bits without its last bits.
#[inline(always)]
const fn product(x: i64, y: i64, cut: u32) -> i64 {
    ((x as i128 * y as i128) >> cut) as i64
}

/// c₁ to c₆ of a series 1 + c₁ × y + c₂ × y² + …, with 63 places: enough for what is rounded to `long double` next.
pub struct Brief([i64; 6]);

impl Brief {
    /// From coefficients with 128 places, of which the first stands for 1.
    pub const fn new<const N: usize>(coefficients: &[u128; N], alternating: bool) -> Self {
        let mut short = [0; 6];
        let mut k = 0;
        while k < 6 {
            let size = (coefficients[k + 1] >> 65) as i64;
            short[k] = if alternating && k % 2 == 0 {
                -size
            } else {
                size
            };
            k += 1;
        }
        Self(short)
    }

    /// c₁ × y + c₂ × y² + … with 76 places, for a size of y below 2⁻¹² that is given with [`BRIEF_PLACES`]; the error is below
    /// 2⁻⁷⁴ (Estrin's order of summing, for the sake of speed).
    #[inline(always)]
    pub const fn at(&self, y: i64) -> i64 {
        let [c1, c2, c3, c4, c5, c6] = self.0;
        // With 86 places.
        let square = product(y, y, 64);
        let low = c1 + product(y, c2, 75);
        let middle = c3 + product(y, c4, 75);
        let high = c5 + product(y, c6, 75);
        let above = middle + product(square, high, 86);
        product(y, low + product(square, above, 86), 62)
    }

    /// The whole series with 127 places.
    #[inline(always)]
    pub const fn with_1(&self, y: i64) -> u128 {
        (1_u128 << 127).wrapping_add_signed((self.at(y) as i128) << 51)
    }
}

impl Wide {
    /// A size below 2⁻¹² as the variable of a [`Brief`] series.
    #[inline(always)]
    pub const fn brief_variable(self) -> i64 {
        let size = self.to_fixed(BRIEF_PLACES) as i64;
        if self.negative { -size } else { size }
    }

    /// The odd function self × (1 + c₁ × self² + …) of a size below 2⁻⁶; the relative error is below 2⁻⁷⁴.
    #[inline]
    pub fn odd_series(self, series: &Brief) -> Self {
        let factor = series.with_1((self * self).brief_variable());
        self * Self::from_fixed(false, factor, 127)
    }

    /// The even function self² ÷ 2 × (1 + c₁ × self² + …) of a size below 2⁻⁶; the relative error is below 2⁻⁷⁴.
    #[inline]
    pub fn half_square_series(self, series: &Brief) -> Self {
        let square = self * self;
        let factor = series.with_1(square.brief_variable());
        square.scaled(-1) * Self::from_fixed(false, factor, 127)
    }
}
