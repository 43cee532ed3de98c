//! Sine and cosine of [`Wide`] angles, and the reduction of angles of any size by quarter turns (Payne and Hanek).
//!
//! A reduced angle is a multiple of 1/64, whose sine and cosine stand in a table, and a rest of at most 1/128 with
//! Taylor's series in fixed point. The relative error of both results is below 2⁻¹¹⁷.
//! Neighbour: `arc`, the inverse.

use super::two_over_pi::TWO_OVER_PI;
use super::{Wide, upper_product};

/// π ÷ 2 in units of 2⁻¹²⁷, which is also π ÷ 4 in units of 2⁻¹²⁸.
const HALF_PI: u128 = 0xc90f_daa2_2168_c234_c4c6_628b_80dc_1cd1;

/// The sines and the cosines of k ÷ 64, in units of 2⁻¹²⁷, within two units.
static TABLE: [[u128; 2]; 52] = table();

const fn table() -> [[u128; 2]; 52] {
    let mut table = [[0; 2]; 52];
    let mut k = 0;
    while k < 52 {
        let (mut term, mut n) = (1_u128 << 127, 0);
        let mut sums = [0_u128, term];
        while term != 0 {
            n += 1;
            // Taylor's next term: × k ÷ 64 ÷ n, rounded.
            let divisor = 64 * n;
            let (whole, rest) = (term / divisor, term % divisor);
            term = whole * k as u128 + (rest * k as u128 + divisor / 2) / divisor;
            let place = if n % 2 == 1 { 0 } else { 1 };
            sums[place] = if n / 2 % 2 == 0 {
                sums[place].wrapping_add(term)
            } else {
                sums[place].wrapping_sub(term)
            };
        }
        table[k] = sums;
        k += 1;
    }
    table
}

/// 1 ÷ n! in units of 2^(−places).
const fn reciprocal_of_factorial(n: u128, places: u32) -> u128 {
    let mut product = 1;
    let mut k = 2;
    while k <= n {
        product *= k;
        k += 1;
    }
    // 2¹²⁸ does not fit, but the division by 2 of all these is exact.
    let half = 1 << (places - 1);
    half / (product / 2)
}

/// r², in units of 2⁻¹⁴⁰, for mantissa × 2^(exponent − 127) = r ≤ 1/128.
#[inline(always)]
pub(super) const fn square(mantissa: u128, exponent: i32) -> u128 {
    let shift = -(2 * exponent + 14);
    let square = upper_product(mantissa, mantissa);
    if shift <= 0 {
        square
    } else if shift < 128 {
        square >> shift
    } else {
        0
    }
}

/// One step of Horner's rule: `coefficient` − s × `inner`, in units of 2⁻¹²⁸.
#[inline(always)]
pub(super) const fn step(coefficient: u128, s: u128, inner: u128) -> u128 {
    coefficient - (upper_product(s, inner) >> 12)
}

/// What (sin r) ÷ r and cos r lack of 1, in units of 2⁻¹²⁸, for s = r² ≤ 2⁻¹⁴ in units of 2⁻¹⁴⁰; if `BRIEF`, with an error
/// below 2⁻⁷⁵.
#[inline(always)]
fn lacks<const BRIEF: bool>(s: u128) -> (u128, u128) {
    let high = u128::from((s >> 64) as u64);
    let times = |x: u64| ((high * u128::from(x)) >> 64) as u64;
    /// The same with four words in units of 2⁻⁶⁴.
    macro_rules! brief_series {
        ($first:literal) => {{
            const NARROW: [u64; 4] = [
                reciprocal_of_factorial($first, 64) as u64,
                reciprocal_of_factorial($first + 2, 64) as u64,
                reciprocal_of_factorial($first + 4, 64) as u64,
                reciprocal_of_factorial($first + 6, 64) as u64,
            ];
            let sum = NARROW[2] - (times(NARROW[3]) >> 12);
            let sum = NARROW[0] - (times(NARROW[1] - (times(sum) >> 12)) >> 12);
            (high * u128::from(sum)) >> 12
        }};
    }
    if BRIEF {
        return (brief_series!(3), brief_series!(2));
    }
    /// The coefficients of the sine and the cosine: three of 128 bits, then a word in units of 2⁻⁷⁸, two of 2⁻⁸⁴.
    macro_rules! series {
        ($first:literal) => {{
            const WIDE: [u128; 3] = [
                reciprocal_of_factorial($first, 128),
                reciprocal_of_factorial($first + 2, 128),
                reciprocal_of_factorial($first + 4, 128),
            ];
            const NARROW: [u64; 3] = [
                reciprocal_of_factorial($first + 6, 78) as u64,
                reciprocal_of_factorial($first + 8, 84) as u64,
                reciprocal_of_factorial($first + 10, 84) as u64,
            ];
            let sum = NARROW[1] - (times(NARROW[2]) >> 12);
            let sum = NARROW[0] - (times(sum) >> 18);
            let sum = WIDE[2] - (upper_product(s, u128::from(sum) << 64) >> 26);
            let sum = step(WIDE[0], s, step(WIDE[1], s, sum));
            upper_product(s, sum) >> 12
        }};
    }
    (series!(3), series!(2))
}

/// The sine and the cosine of an angle of at most π ÷ 4 in size, marked as inexact, which they are but for 0.
#[inline(always)]
fn of_reduced<const BRIEF: bool>(angle: Wide) -> (Wide, Wide) {
    let (mantissa, exponent) = (angle.mantissa, angle.exponent);
    if exponent < -7 {
        let (of_sine, of_cosine) = lacks::<BRIEF>(square(mantissa, exponent));
        let cosine = Wide::from_fixed(false, (1 << 127) - (of_cosine >> 1) - 1, 127);
        if mantissa == 0 {
            return (angle, Wide::ONE);
        }
        // One less, so that the smallest angles are seen not to be exact.
        let sine = mantissa - upper_product(mantissa, of_sine) - 1;
        let sine = Wide::from_fixed(angle.negative, sine, 127 - exponent);
        return (sine.inexact(), cosine.inexact());
    }
    // In units of 2⁻¹²⁸.
    let size = mantissa >> (-1 - exponent);
    let k = (size + (1 << 121)) >> 122;
    let (rest, below) = match size.checked_sub(k << 122) {
        Some(rest) => (rest, false),
        None => ((k << 122) - size, true),
    };
    // In units of 2⁻¹³⁴, the square in units of 2⁻¹⁴⁰.
    let rest = rest << 6;
    let (of_sine, of_cosine) = lacks::<BRIEF>(upper_product(rest, rest));
    let rest = rest - upper_product(rest, of_sine);
    let [sine, cosine] = TABLE[k as usize];
    let (more, less) = (
        upper_product(cosine, rest) >> 6,
        upper_product(sine, rest) >> 6,
    );
    let (sine, cosine) = (
        sine - upper_product(sine, of_cosine),
        cosine - upper_product(cosine, of_cosine),
    );
    let (sine, cosine) = if below {
        (sine - more, cosine + less)
    } else {
        (sine + more, cosine - less)
    };
    (
        Wide::from_fixed(angle.negative, sine, 127).inexact(),
        Wide::from_fixed(false, cosine, 127).inexact(),
    )
}

/// The sine and the cosine.
pub fn sin_cos(angle: Wide) -> (Wide, Wide) {
    of_any::<false>(angle)
}

/// [`sin_cos`] with relative errors below 2⁻⁷⁴: enough for what is rounded to `long double` next.
pub fn brief_sin_cos(angle: Wide) -> (Wide, Wide) {
    of_any::<true>(angle)
}

#[inline(always)]
fn of_any<const BRIEF: bool>(angle: Wide) -> (Wide, Wide) {
    let (turn, angle) = reduced(angle);
    let (sine, cosine) = of_reduced::<BRIEF>(angle);
    match turn & 3 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

/// An angle as a number of quarter turns (the two low bits) and the rest, at most π ÷ 4 in size and 2⁻¹²⁰ more.
///
/// The rest of an angle of 64 bits has a relative error below 2⁻¹²⁰; that of a longer one, below 2⁻¹²⁷ of the angle.
pub fn reduced(x: Wide) -> (u8, Wide) {
    if x.exponent < -1 || x.exponent == -1 && x.mantissa <= HALF_PI {
        return (0, x);
    }
    let low = x.mantissa as u64;
    let (turn, angle) = of_word((x.mantissa >> 64) as u64, x.exponent - 63, x.negative);
    if low == 0 {
        return (turn, angle);
    }
    let (more, rest) = reduced(Wide::from_fixed(x.negative, low.into(), 127 - x.exponent));
    let (turn, sum) = (turn.wrapping_add(more), angle + rest);
    let half = Wide::new(sum.negative, 0, HALF_PI);
    let quarter = half.scaled(-1);
    if sum.order_of_sizes(quarter).is_le() {
        (turn, sum)
    } else if sum.negative {
        (turn.wrapping_sub(1), sum - half)
    } else {
        (turn.wrapping_add(1), sum - half)
    }
}

/// [`reduced`] of significand × 2^exponent ≥ π ÷ 4, or of less than 0 if `negative`; the significand has its highest bit set.
fn of_word(significand: u64, exponent: i32, negative: bool) -> (u8, Wide) {
    // The bits of 2 ÷ π that give multiples of four quarter turns are left out, and those that are too small.
    let skipped = (exponent - 2).max(0).cast_unsigned();
    let (word, bit) = (skipped as usize / 64, skipped % 64);
    let mut product = [0_u64; 5];
    let mut carry = 0_u128;
    for place in (0..4).rev() {
        let at = |place: usize| TWO_OVER_PI.get(place).copied().unwrap_or(0);
        let (high, low) = (at(word + place), at(word + place + 1));
        let window = high << bit | (low >> 1) >> (63 - bit);
        let part = u128::from(significand) * u128::from(window) + carry;
        product[place + 1] = part as u64;
        carry = part >> 64;
    }
    product[0] = carry as u64;
    // The product's unit is 2^(exponent − skipped − 256); the bit that is worth one goes to the third place from the top.
    let shift = 62 + exponent - skipped.cast_signed();
    let top = |place: usize| u128::from(product[place]);
    let (upper, lower) = match shift {
        64 => (top(1) << 64 | top(2), product[3]),
        0..64 => {
            let moved = |place: usize| ((top(place) << 64 | top(place + 1)) << shift >> 64) as u64;
            (u128::from(moved(0)) << 64 | u128::from(moved(1)), moved(2))
        }
        _ => ((top(0) << 64 | top(1)) >> -shift, product[2]),
    };
    let quarter = (upper >> 126) as u8;
    let (mut fraction, mut tail) = (upper << 2 | u128::from(lower >> 62), lower << 2);
    let past_half = fraction >> 127 != 0;
    if past_half {
        tail = tail.wrapping_neg();
        fraction = (!fraction).wrapping_add(u128::from(tail == 0));
    }
    let zeros = fraction.leading_zeros();
    let fraction = match zeros {
        0 => fraction,
        1..64 => fraction << zeros | u128::from(tail >> (64 - zeros)),
        // No number of 64 bits is that close to a multiple of π ÷ 2.
        _ => fraction << (zeros & 127) | u128::from(tail) << (zeros & 63),
    };
    let angle = upper_product(fraction, HALF_PI);
    let angle = Wide::from_fixed(past_half != negative, angle, 127 + zeros.cast_signed());
    let quarter = quarter.wrapping_add(past_half.into());
    (
        if negative {
            quarter.wrapping_neg()
        } else {
            quarter
        },
        angle,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz;
    use crate::math::wide::arc;
    use crate::stdio::tests::Random;

    /// Below 2^exponent in size.
    fn is_below(x: Wide, exponent: i32) -> bool {
        x.is_zero() || x.exponent < exponent
    }

    fn angles() -> impl Iterator<Item = Wide> {
        let mut r = Random(fuzz::seed(17));
        (0..fuzz::cases(3000)).map(move |n| {
            let mantissa = u128::from(r.next()) << 64 | u128::from(r.next()) | 1 << 127;
            Wide::new(r.below(2) == 0, (n % 70) as i32 - 60, mantissa)
        })
    }

    #[test]
    fn squares_of_sine_and_cosine_add_up_to_1() {
        for angle in angles() {
            let (sine, cosine) = sin_cos(angle);
            let rest = sine * sine + cosine * cosine - Wide::ONE;
            assert!(is_below(rest, -116), "{angle:?} {rest:?}");
        }
    }

    #[test]
    fn arc_tangent_gives_the_reduced_angle_back() {
        for angle in angles() {
            let (turn, rest) = reduced(angle);
            let (sine, cosine) = of_reduced::<false>(rest);
            let difference = arc::atan2(sine, cosine) - rest;
            assert!(
                is_below(difference, rest.exponent - 109),
                "{angle:?} {turn} {difference:?}"
            );
        }
    }

    #[test]
    fn long_angles_are_sums_of_their_words() {
        for angle in angles() {
            let high = Wide::from_fixed(angle.negative, angle.mantissa >> 64, 63 - angle.exponent);
            let low = angle - high;
            let ((s, c), (t, d)) = (sin_cos(high), sin_cos(low));
            let (sine, cosine) = sin_cos(angle);
            // The angle's last place bounds what there is to know.
            let bound = angle.exponent.max(0) - 116;
            assert!(is_below(s * d + c * t - sine, bound), "{angle:?}");
            assert!(is_below(c * d - s * t - cosine, bound), "{angle:?}");
        }
    }
}
