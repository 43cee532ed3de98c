//! Logarithms: two tables of short reciprocals bring the number near 1, where the series is short.

use super::series::{BRIEF_PLACES, Brief, PLACES, series};
use super::{Wide, upper_product};

const ONE: u128 = 1 << 127;
const LOW: u128 = u64::MAX as u128;
/// The first entry for numbers above √2, which are halved.
const HALVED: usize = 53;

/// 1 ÷ (k + 1) with 128 places: the series of ln(1 + y) ÷ y, where the signs alternate.
const COEFFICIENTS: [u128; 10] = {
    let mut table = [u128::MAX; 10];
    let mut k = 1;
    while k < 10 {
        table[k] /= k as u128 + 1;
        k += 1;
    }
    table
};

/// ln(p ÷ q) with 127 places for 0.6 < p ÷ q < 1.5: 2 artanh((p − q) ÷ (p + q)).
const fn ratio(p: u64, q: u64) -> i128 {
    let t = Wide::from_int(p.abs_diff(q) as i64).over_int(p + q);
    if t.is_zero() {
        return 0;
    }
    let t = t.to_fixed(130);
    let square = upper_product(t, t) >> 4;
    let mut sum = 0;
    let mut k = 31;
    while k > 0 {
        k -= 1;
        sum = upper_product(sum, square) + ONE / (2 * k + 1);
    }
    let size = (upper_product(t, sum) >> 1).cast_signed();
    if p < q { -size } else { size }
}

/// Reciprocals of the numbers from 1 to 2, those above √2 doubled, of 8 bits and with 9 places.
const COARSE: [u16; 128] = {
    let mut table = [512; 128];
    let mut i = 1;
    while i < 127 {
        // The middle of the entry is (257 + 2i) ÷ 256.
        let middle = 257 + 2 * i;
        let reciprocal = if i < HALVED { 1 << 16 } else { 1 << 17 };
        table[i] = (2 * reciprocal / middle).div_ceil(2) as u16;
        if i < HALVED {
            table[i] *= 2;
        }
        i += 1;
    }
    table[127] = 256;
    table
};
static OF_COARSE: [i128; 128] = {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        let places = if i < HALVED { 9 } else { 8 };
        table[i] = ratio(1 << places, COARSE[i] as u64);
        i += 1;
    }
    table
};
/// Reciprocals of the numbers from 1 − 2⁻⁷ to 1 + 2⁻⁷, with 20 places.
static FINE: [u32; 128] = {
    let mut table = [1 << 20; 128];
    let mut i = 0_u64;
    while i < 128 {
        if i != 63 && i != 64 {
            // The middle of the entry is 1 + (2i − 127) ÷ 2¹⁴.
            let middle = (1 << 14) + 2 * i - 127;
            table[i as usize] = ((1_u64 << 35) / middle).div_ceil(2) as u32;
        }
        i += 1;
    }
    table
};
static OF_FINE: [i128; 128] = {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = ratio(1 << 20, FINE[i] as u64);
        i += 1;
    }
    table
};

/// x × n ÷ 2^places, for n below 2³².
#[inline(always)]
fn scaled(x: u128, n: u128, places: u32) -> u128 {
    (((x >> 64) * n) << (64 - places)) + (((x & LOW) * n) >> places)
}

/// The same, where SHORT is 1.
static BRIEF_COEFFICIENTS: Brief = Brief::new(&COEFFICIENTS, true);

/// ln(1 ± y) ÷ y, see [`series`].
#[inline(always)]
fn quotient<const SHORT: usize>(negative: bool, y: u128) -> u128 {
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, _] = COEFFICIENTS;
    if SHORT == 2 {
        series::<9, 2>(&[c0, c1, c2, c3, c4, c5, c6, c7, c8], !negative, y)
    } else {
        series::<10, 5>(&COEFFICIENTS, !negative, y)
    }
}

/// A number as 2ⁿ × m: n, and ln m with 127 places, from −0.35 to 0.35, off by less than 2⁻¹²⁴ and the series' error.
#[inline(always)]
fn taken_apart<const SHORT: usize>(x: Wide) -> (i32, i128) {
    let entry = (x.mantissa >> 120) as usize & 127;
    let halved = u32::from(entry >= HALVED);
    let near = scaled(x.mantissa, COARSE[entry].into(), 9);
    let second = ((near - (ONE - (1 << 120))) >> 114) as usize & 127;
    let nearer = scaled(near, FINE[second].into(), 20);
    let rest = if SHORT == 1 {
        let r = nearer.wrapping_sub(ONE).cast_signed();
        let short = (r >> (127 - BRIEF_PLACES)) as i64;
        let more = i128::from(short) * i128::from(BRIEF_COEFFICIENTS.at(short));
        r + (more >> 24)
    } else {
        let negative = nearer < ONE;
        let y = nearer.abs_diff(ONE) << (PLACES - 127);
        let size = (upper_product(y, quotient::<SHORT>(negative, y)) >> 12).cast_signed();
        if negative { -size } else { size }
    };
    (
        x.exponent + halved.cast_signed(),
        OF_COARSE[entry] + OF_FINE[second] + rest,
    )
}

/// x − 1 where that is below 2⁻¹² in size.
#[inline(always)]
fn beside_1(x: Wide) -> Option<Wide> {
    const NEAR: u128 = 1 << 115;
    match x.exponent {
        0 if x.mantissa - ONE < NEAR => Some(Wide::from_fixed(false, x.mantissa - ONE, 127)),
        -1 if x.mantissa.wrapping_neg() < 2 * NEAR => {
            Some(Wide::from_fixed(true, x.mantissa.wrapping_neg(), 128))
        }
        _ => None,
    }
}

#[inline(always)]
fn small_ln_1p<const SHORT: usize>(x: Wide) -> Wide {
    let factor = if SHORT == 1 {
        BRIEF_COEFFICIENTS.with_1(x.brief_variable())
    } else {
        quotient::<SHORT>(x.negative, x.to_fixed(PLACES))
    };
    x * Wide::from_fixed(false, factor, 127)
}

#[inline(always)]
fn log2<const SHORT: usize>(x: Wide) -> Wide {
    if let Some(rest) = beside_1(x) {
        return small_ln_1p::<SHORT>(rest) * Wide::LOG2_E;
    }
    let (n, rest) = taken_apart::<SHORT>(x);
    let size = upper_product(rest.unsigned_abs(), Wide::LOG2_E.mantissa);
    if n == 0 {
        return Wide::from_fixed(rest < 0, size, 126);
    }
    // As in `ln`.
    let places = 112 - beyond_long_double(n);
    let size = (size >> (126 - places)).cast_signed();
    let sum = (i128::from(n) << places) + if rest < 0 { -size } else { size };
    Wide::from_fixed(sum < 0, sum.unsigned_abs(), places.cast_signed())
}

/// 1 if no long double has this exponent, but the square of one may have it.
#[inline(always)]
fn beyond_long_double(exponent: i32) -> u32 {
    (exponent.unsigned_abs() > 20_000).into()
}

#[inline(always)]
fn ln<const SHORT: usize>(x: Wide) -> Wide {
    if let Some(rest) = beside_1(x) {
        return small_ln_1p::<SHORT>(rest);
    }
    let (n, rest) = taken_apart::<SHORT>(x);
    if n == 0 {
        return Wide::from_fixed(rest < 0, rest.unsigned_abs(), 127);
    }
    // With 113 places there is room for the logarithm of any long double, with 112 for that of a square.
    let places = 113 - beyond_long_double(n);
    let of_n = scaled(Wide::LN_2.mantissa, n.unsigned_abs().into(), 128 - places).cast_signed();
    let of_n = if n < 0 { -of_n } else { of_n };
    let sum = of_n + (rest >> (127 - places));
    Wide::from_fixed(sum < 0, sum.unsigned_abs(), places.cast_signed())
}

#[inline(always)]
fn ln_1p<const SHORT: usize>(x: Wide) -> Wide {
    if x.exponent < -12 {
        small_ln_1p::<SHORT>(x)
    } else {
        ln::<SHORT>(Wide::ONE + x)
    }
}

/// Of numbers above 0 with an exponent that long double has, and their squares.
impl Wide {
    /// Logarithm to base 2: the relative error is below 2⁻¹¹⁰.
    #[inline]
    pub fn log2(self) -> Self {
        log2::<5>(self)
    }

    /// [`log2`](Self::log2) with a relative error below 2⁻⁸⁵.
    #[inline]
    pub fn shorter_log2(self) -> Self {
        log2::<2>(self)
    }

    /// [`log2`](Self::log2) with a relative error below 2⁻⁷²: enough for what is rounded to `long double` next.
    #[inline]
    pub fn brief_log2(self) -> Self {
        log2::<1>(self)
    }

    /// Natural logarithm: the relative error is below 2⁻¹¹⁰.
    #[inline]
    pub fn ln(self) -> Self {
        ln::<5>(self)
    }

    /// [`ln`](Self::ln) with a relative error below 2⁻⁷².
    #[inline]
    pub fn brief_ln(self) -> Self {
        ln::<1>(self)
    }

    /// Natural logarithm of 1 + `self`: the relative error is below 2⁻¹¹⁰.
    #[inline]
    pub fn ln_1p(self) -> Self {
        ln_1p::<5>(self)
    }

    /// [`ln_1p`](Self::ln_1p) with a relative error below 2⁻⁷².
    #[inline]
    pub fn brief_ln_1p(self) -> Self {
        ln_1p::<1>(self)
    }
}
