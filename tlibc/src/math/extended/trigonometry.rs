//! Sine, cosine and tangent, for arguments of any size (Payne and Hanek; the processor's instructions know 66 bits of π).

use super::two_over_pi::TWO_OVER_PI;
use super::{F80, HALF, ONE, f80, polynomial};
use crate::math::x87 as op;

/// (sin x − x) ÷ x³ in x²: ±1 ÷ (2k + 1)!.
const SINE: [F80; 10] = [
    f80(0xbffc, 0xaaaa_aaaa_aaaa_aaab),
    f80(0x3ff8, 0x8888_8888_8888_8889),
    f80(0xbff2, 0xd00d_00d0_0d00_d00d),
    f80(0x3fec, 0xb8ef_1d2a_b639_9c7d),
    f80(0xbfe5, 0xd732_2b3f_aa27_1c7f),
    f80(0x3fde, 0xb092_309d_4368_4be5),
    f80(0xbfd6, 0xd73f_9f39_9dc0_f88f),
    f80(0x3fce, 0xca96_3b81_856a_5359),
    f80(0xbfc6, 0x97a4_da34_0a0a_b926),
    f80(0x3fbd, 0xb8dc_77b6_e7ab_8c5f),
];
/// (cos x − 1 + x² ÷ 2) ÷ x⁴ in x²: ±1 ÷ (2k)!.
const COSINE: [F80; 10] = [
    f80(0x3ffa, 0xaaaa_aaaa_aaaa_aaab),
    f80(0xbff5, 0xb60b_60b6_0b60_b60b),
    f80(0x3fef, 0xd00d_00d0_0d00_d00d),
    f80(0xbfe9, 0x93f2_7dbb_c4fa_e397),
    f80(0x3fe2, 0x8f76_c77f_c6c4_bdaa),
    f80(0xbfda, 0xc9cb_a546_03e4_e906),
    f80(0x3fd2, 0xd73f_9f39_9dc0_f88f),
    f80(0xbfca, 0xb413_c31d_cbec_bbde),
    f80(0x3fc1, 0xf2a1_5d20_1011_283d),
    f80(0xbfb9, 0x8671_cb6d_bfc2_94a3),
];

/// π ÷ 2, the point after the first bit.
const HALF_PI: u128 = 0xc90f_daa2_2168_c234_c4c6_628b_80dc_1cd1;

/// significand × 2^exponent, exact.
fn scaled(negative: bool, significand: u64, exponent: i32) -> F80 {
    if significand == 0 {
        return F80::ZERO;
    }
    let shift = significand.leading_zeros();
    F80::from_parts(
        negative,
        (exponent + 63 - shift as i32 + F80::BIAS) as u16,
        significand << shift,
    )
}

/// The upper half of a product of 256 bits.
fn upper_product(x: u128, y: u128) -> u128 {
    let (low, mask) = (|v: u128| v & u128::from(u64::MAX), u128::from(u64::MAX));
    let (x1, x0, y1, y0) = (x >> 64, low(x), y >> 64, low(y));
    let middle = x1 * y0 + ((x0 * y0) >> 64);
    let other = x0 * y1 + (middle & mask);
    x1 * y1 + (middle >> 64) + (other >> 64)
}

/// A finite x as a number of quarter turns (the two low bits) and the rest, at most π ÷ 4 in size, in two parts.
fn reduced(x: F80) -> (u8, F80, F80) {
    /// π ÷ 4.
    const EIGHTH: F80 = f80(0x3ffe, 0xc90f_daa2_2168_c235);
    if op::fabs(x) < EIGHTH {
        return (0, x, F80::ZERO);
    }
    let (significand, exponent) = x.decompose();
    // The bits of 2 ÷ π that give multiples of four quarter turns are left out, and those that are too small.
    let skipped = (exponent - 2).max(0).cast_unsigned();
    let (word, bit) = (skipped as usize / 64, skipped % 64);
    let mut product = [0_u64; 5];
    let mut carry = 0_u128;
    for place in (0..4).rev() {
        let (high, low) = (TWO_OVER_PI[word + place], TWO_OVER_PI[word + place + 1]);
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
        // No long double is that close to a multiple of π ÷ 2.
        _ => fraction << (zeros & 127) | u128::from(tail) << (zeros & 63),
    };
    let angle = upper_product(fraction, HALF_PI);
    let exponent = -127 - zeros.cast_signed();
    let negative = past_half != x.is_negative();
    let quarter = quarter.wrapping_add(past_half.into());
    (
        if x.is_negative() {
            quarter.wrapping_neg() & 3
        } else {
            quarter & 3
        },
        scaled(negative, (angle >> 64) as u64, exponent + 64),
        scaled(negative, angle as u64, exponent),
    )
}

/// The sine of a reduced angle.
fn sine(x: F80, rest: F80) -> F80 {
    let square = x * x;
    let cubic = polynomial(&SINE, square);
    x + (x * square * cubic + rest * (ONE - square * HALF))
}

/// The cosine of a reduced angle.
fn cosine(x: F80, rest: F80) -> F80 {
    let square = x * x;
    let half = square * HALF;
    let head = ONE - half;
    head + (((ONE - head) - half) + (square * square * polynomial(&COSINE, square) - x * rest))
}

fn by_quarter(turn: u8, x: F80, rest: F80) -> F80 {
    match turn & 3 {
        0 => sine(x, rest),
        1 => cosine(x, rest),
        2 => -sine(x, rest),
        _ => -cosine(x, rest),
    }
}

/// An infinity or a NaN has no angle: invalid for the former.
fn without_angle(x: F80) -> Option<F80> {
    (op::is_nan(x) || op::is_infinite(x)).then(|| x * F80::ZERO)
}

/// Sine.
pub fn sin(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    if op::fabs(x) < f80(0x3fff - 33, 1 << 63) {
        return small(x, -1.0);
    }
    let (turn, x, rest) = reduced(x);
    by_quarter(turn, x, rest)
}

/// Cosine.
pub fn cos(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    let (turn, x, rest) = reduced(x);
    by_quarter(turn + 1, x, rest)
}

/// Tangent.
pub fn tan(x: F80) -> F80 {
    if let Some(nan) = without_angle(x) {
        return nan;
    }
    if op::fabs(x) < f80(0x3fff - 33, 1 << 63) {
        return small(x, 2.0);
    }
    let (turn, x, rest) = reduced(x);
    by_quarter(turn, x, rest) / by_quarter(turn + 1, x, rest)
}

/// x (1 + factor x² ÷ 6), inexact but for zero.
fn small(x: F80, factor: f64) -> F80 {
    if x == F80::ZERO {
        return x;
    }
    let cubic = F80::from_f64(factor) / F80::from_f64(6.0) * x * x;
    x + x * cubic
}
