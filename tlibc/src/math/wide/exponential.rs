//! Powers of 2 and e: a table for the upper twelve bits of the exponent's fraction, Taylor's series for the rest.

use super::series::{Brief, PLACES, series};
use super::{Wide, upper_product};

/// ln 2, 128 places.
const LN_2: u128 = Wide::LN_2.mantissa;
/// 1 ÷ (k + 1)! with 128 places: the series of (eʸ − 1) ÷ y without its 1.
const COEFFICIENTS: [u128; 8] = {
    let mut table = [u128::MAX; 8];
    let mut k = 1;
    while k < 8 {
        table[k] = table[k - 1] / (k as u128 + 1);
        k += 1;
    }
    table
};

/// eʸ for y below 1 with 128 places, in 127 places; for tables.
const fn exp_of(y: u128) -> u128 {
    let mut sum = 1_u128 << 127;
    let mut k = 40;
    while k > 0 {
        sum = (1 << 127) + upper_product(y, sum) / k;
        k -= 1;
    }
    sum
}

/// 2^(i ÷ 2^places) with 127 places.
const fn roots(places: u32) -> [u128; 64] {
    let mut table = [0; 64];
    let mut i = 0;
    while i < 64 {
        table[i] = exp_of(upper_product(LN_2, (i as u128) << (128 - places)));
        i += 1;
    }
    table
}

static COARSE: [u128; 64] = roots(6);
static FINE: [u128; 64] = roots(12);

/// The same, for [`brief_exp2`](Wide::brief_exp2).
static BRIEF_COEFFICIENTS: Brief = Brief::new(&COEFFICIENTS, false);

/// 2 to a fraction with 128 places, in 127 places; below the truth by less than 2⁻¹²⁴, or 2⁻⁸⁵.
#[inline(always)]
fn root_of_two<const BRIEF: bool>(fraction: u128) -> u128 {
    let table = upper_product(
        COARSE[(fraction >> 122) as usize],
        FINE[(fraction >> 116) as usize & 63],
    ) << 1;
    let y = upper_product(fraction << 12, LN_2);
    // eʸ − 1 with 139 places.
    let rest = if BRIEF {
        let short = (y >> 65) as i64;
        let more = i128::from(short) * i128::from(BRIEF_COEFFICIENTS.at(short));
        (y >> 1) + (more >> 12).cast_unsigned()
    } else {
        upper_product(y, series::<8, 5>(&COEFFICIENTS, false, y))
    };
    table + (upper_product(table, rest) >> 11)
}

#[inline(always)]
fn exp2<const BRIEF: bool>(x: Wide) -> Wide {
    if x.exponent > 15 {
        return Wide::power_of_two(if x.negative { -100_000 } else { 100_000 });
    }
    if BRIEF {
        // 111 places are enough, leave room for numbers below 2¹⁶, and need no branch: shifted to the right, a negative number
        // is rounded down.
        let shift = (16 - x.exponent).min(127);
        let size = (x.mantissa >> shift).cast_signed();
        let sign = -i128::from(x.negative);
        let fixed = (size ^ sign) - sign;
        let fraction = fixed.cast_unsigned() << 17;
        return Wide::new(false, (fixed >> 111) as i32, root_of_two::<BRIEF>(fraction));
    }
    let (whole, fraction) = match x.exponent {
        0.. => (
            (x.mantissa >> (127 - x.exponent)) as i32,
            x.mantissa << x.exponent << 1,
        ),
        -128..0 => (0, x.mantissa >> (-1 - x.exponent)),
        _ => (0, 0),
    };
    let (whole, fraction) = if x.negative {
        // −whole − fraction.
        let below = i32::from(fraction != 0);
        (-whole - below, fraction.wrapping_neg())
    } else {
        (whole, fraction)
    };
    Wide::new(false, whole, root_of_two::<BRIEF>(fraction))
}

#[inline(always)]
fn exp_m1<const BRIEF: bool>(x: Wide) -> Wide {
    if x.exponent >= -12 {
        let power = exp2::<BRIEF>(x * Wide::LOG2_E);
        return match power.exponent {
            127.. => power,
            0.. => {
                let one = 1 << (127 - power.exponent);
                Wide::from_fixed(false, power.mantissa - one, 127 - power.exponent)
            }
            _ => {
                let size = power.mantissa >> (-power.exponent).min(127);
                Wide::from_fixed(true, (1 << 127) - size, 127)
            }
        };
    }
    let factor = if BRIEF {
        BRIEF_COEFFICIENTS.with_1(x.brief_variable())
    } else {
        series::<8, 5>(&COEFFICIENTS, x.negative, x.to_fixed(PLACES))
    };
    x * Wide::from_fixed(false, factor, 127)
}

impl Wide {
    /// 2 to the power of `self`: the relative error is below 2⁻¹²⁴. Beyond 2¹⁶ the result is beyond all of `long double`.
    #[inline]
    pub fn exp2(self) -> Self {
        exp2::<false>(self)
    }

    /// [`exp2`](Self::exp2) with an error below 2⁻⁸⁵ for an exponent of at least −80: enough for what is rounded to
    /// `long double` next.
    #[inline]
    pub fn brief_exp2(self) -> Self {
        exp2::<true>(self)
    }

    /// e to the power of `self`: the relative error is below 2⁻¹²³ and 2⁻¹²⁶ × |self|.
    #[inline]
    pub fn exp(self) -> Self {
        exp2::<false>(self * Self::LOG2_E)
    }

    /// [`exp`](Self::exp) with a relative error below 2⁻⁸⁴.
    #[inline]
    pub fn brief_exp(self) -> Self {
        exp2::<true>(self * Self::LOG2_E)
    }

    /// e to the power of `self`, minus 1: the relative error is below 2⁻¹¹⁰.
    #[inline]
    pub fn exp_m1(self) -> Self {
        exp_m1::<false>(self)
    }

    /// [`exp_m1`](Self::exp_m1) with a relative error below 2⁻⁷².
    #[inline]
    pub fn brief_exp_m1(self) -> Self {
        exp_m1::<true>(self)
    }
}
