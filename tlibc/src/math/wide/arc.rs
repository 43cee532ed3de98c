//! Arc tangent of [`Wide`] numbers, of which arc sine and arc cosine are made.
//!
//! A ratio is a multiple of 1/64, whose arc tangent stands in a table, and a rest of about 1/128 at most with Taylor's
//! series in fixed point. The relative error is below 2⁻¹¹¹. Neighbour: `circular`, the inverse.

use super::circular::{square, step};
use super::{Wide, upper_product};

/// π ÷ 2.
const HALF_PI: Wide = Wide::PI.scaled(-1);

/// The arc tangents of k ÷ 64, in units of 2⁻¹²⁷, within two units.
static TABLE: [u128; 65] = table();

const fn table() -> [u128; 65] {
    let mut table = [0; 65];
    let mut k = 0;
    while k <= 64 {
        // Euler's series: x ÷ (1 + x²), then each term the last one times 2n ÷ (2n + 1) × x² ÷ (1 + x²).
        let x = k as u128;
        let sum_of_squares = 4096 + x * x;
        let unit = 1_u128 << 127;
        let (whole, rest) = (unit / sum_of_squares, unit % sum_of_squares);
        let mut term = whole * 64 * x + (rest * 64 * x + sum_of_squares / 2) / sum_of_squares;
        let (mut sum, mut n) = (term, 0);
        while term != 0 {
            n += 1;
            let (factor, divisor) = (2 * n * x * x, (2 * n + 1) * sum_of_squares);
            let (whole, rest) = (term / divisor, term % divisor);
            term = whole * factor + (rest * factor + divisor / 2) / divisor;
            sum += term;
        }
        table[k] = sum;
        k += 1;
    }
    table
}

/// 1 ÷ n in units of 2⁻¹²⁸.
const fn reciprocal(n: u128) -> u128 {
    u128::MAX / n
}

/// What (arc tangent of u) ÷ u lacks of 1, in units of 2⁻¹²⁸, for s = u² in units of 2⁻¹⁴⁰, about 2⁻¹⁴ at most; if `BRIEF`,
/// with an error below 2⁻⁷⁵.
#[inline(always)]
fn lacks<const BRIEF: bool>(s: u128) -> u128 {
    const WIDE: [u128; 4] = [reciprocal(3), reciprocal(5), reciprocal(7), reciprocal(9)];
    const NARROW: [u64; 4] = [u64::MAX / 11, u64::MAX / 13, u64::MAX / 15, u64::MAX / 17];
    let high = u128::from((s >> 64) as u64);
    let times = |x: u64| ((high * u128::from(x)) >> 76) as u64;
    // The arc tangents of the smallest numbers are next to them, and must be on the right side.
    if BRIEF && s >> 78 != 0 {
        let sum = u64::MAX / 7 - times(u64::MAX / 9 - times(NARROW[0]));
        let sum = u64::MAX / 3 - times(u64::MAX / 5 - times(sum));
        return (high * u128::from(sum)) >> 12;
    }
    let tail = NARROW[2] - times(NARROW[3]);
    let tail = NARROW[0] - times(NARROW[1] - times(tail));
    // In pairs, which do not wait for each other.
    let square = upper_product(s, s) >> 12;
    let sum = step(WIDE[2], s, WIDE[3]) + (upper_product(square, u128::from(tail) << 64) >> 12);
    let sum = step(WIDE[0], s, WIDE[1]) + (upper_product(square, sum) >> 12);
    upper_product(s, sum) >> 12
}

/// (small − large × k ÷ 64) ÷ (large + small × k ÷ 64), where large is `distance` powers of 2 above small, at most 8.
#[inline(always)]
fn turned_back(small: u128, large: u128, distance: i32, k: u64) -> Wide {
    // Eight bits are left free, and so are six of the bits of the sums. Of small, long doubles lose nothing.
    let k = u128::from(k);
    let (small, large) = (small >> (8 + distance), large >> 8);
    let difference = (small << 6).cast_signed() - (large * k).cast_signed();
    Wide::from_fixed(difference < 0, difference.unsigned_abs(), 0)
        / Wide::from_fixed(false, (large << 6) + small * k, 0)
}

/// The arc tangent of small ÷ large, both above 0, the former not greater; marked as inexact.
#[inline]
fn of_ratio<const BRIEF: bool>(small: Wide, large: Wide) -> Wide {
    let distance = large.exponent - small.exponent;
    let k = if distance > 8 {
        0
    } else {
        // In units of 2⁻³².
        let ratio = ((small.mantissa >> 64) as u64 >> distance) / (large.mantissa >> 96) as u64;
        (ratio + (1 << 25)) >> 26
    };
    let rest = if k == 0 {
        small / large
    } else {
        turned_back(small.mantissa, large.mantissa, distance, k)
    };
    let (mantissa, exponent) = (rest.mantissa, rest.exponent);
    let of_rest = lacks::<BRIEF>(square(mantissa, exponent));
    let of_rest = mantissa - upper_product(mantissa, of_rest);
    if k == 0 {
        // One less, so that the smallest ratios are seen not to be exact.
        return Wide::from_fixed(false, of_rest - 1, 127 - exponent).inexact();
    }
    let of_rest = if exponent > -128 {
        of_rest >> -exponent
    } else {
        0
    };
    let table = TABLE[k as usize];
    let sum = if rest.negative {
        table - of_rest
    } else {
        table + of_rest
    };
    Wide::from_fixed(false, sum, 127).inexact()
}

/// The angle of the point (x, y), from −π to π. On the negative real axis and at the origin the sign of a zero y is not
/// looked at: the angle is 0 there, or π.
pub fn atan2(y: Wide, x: Wide) -> Wide {
    angle::<false>(y, x)
}

/// [`atan2`] with a relative error below 2⁻⁷⁴: enough for what is rounded to `long double` next.
pub fn brief_atan2(y: Wide, x: Wide) -> Wide {
    angle::<true>(y, x)
}

#[inline(always)]
fn angle<const BRIEF: bool>(y: Wide, x: Wide) -> Wide {
    if y.is_zero() {
        return if x.negative && !x.is_zero() {
            Wide::PI.inexact()
        } else {
            Wide::ZERO
        };
    }
    if x.is_zero() {
        return HALF_PI.with_sign(y.negative);
    }
    let (height, width) = (y.abs(), x.abs());
    let angle = match (height.order_of_sizes(width).is_gt(), x.negative) {
        (false, false) => of_ratio::<BRIEF>(height, width),
        (false, true) => Wide::PI - of_ratio::<BRIEF>(height, width),
        (true, false) => HALF_PI - of_ratio::<BRIEF>(width, height),
        (true, true) => HALF_PI + of_ratio::<BRIEF>(width, height),
    };
    angle.with_sign(y.negative)
}
