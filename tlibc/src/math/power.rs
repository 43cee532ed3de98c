//! `log` and `pow` of double by tables, where the arguments are ordinary; all else is left to the `libm` crate.
//!
//! x = 2ᵏ z; a short number c near 1 ÷ z from a table makes r = c z − 1 small and exact in two parts, and
//! ln x = k ln 2 − ln c + ln(1 + r). The power multiplies that, in two parts, and takes 2 to a 128th from another table
//! (Tang 1989, 1990). The tables are computed by the compiler.

use super::pair::{self, Pair, exact_product};

/// log₂ of the number of table entries.
const BITS: u32 = 7;
const ENTRIES: usize = 1 << BITS;

/// The least z, a little above 11 ÷ 16, so that 1 lies in the middle of its entry's range.
const LEAST: u64 = 0x3fe6_1000_0000_0000;

/// ln 2: the first part has 21 zero bits at its end, so that a small integer times it is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

struct Inverse {
    /// About 1 ÷ z, in eleven bits.
    c: f64,
    /// −ln c in multiples of 2⁻⁴².
    high: f64,
    /// What is left of it.
    low: f64,
}

/// Rounds to a multiple of 1 ÷ `unit`, a power of two. |x| · unit < 2⁵¹.
const fn rounded(x: f64, unit: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 3 · 2⁵¹
    (x * unit + SHIFT - SHIFT) / unit
}

static INVERSES: [Inverse; ENTRIES] = {
    let mut table = [const {
        Inverse {
            c: 1.0,
            high: 0.0,
            low: 0.0,
        }
    }; ENTRIES];
    let mut i = 0;
    while i < ENTRIES {
        let middle = f64::from_bits(LEAST + ((2 * i as u64 + 1) << (51 - BITS)));
        let c = rounded(1.0 / middle, 1024.0);
        // The neighbours of 1 keep it, so that r is x − 1 there.
        let c = if c > 0.995 && c < 1.005 { 1.0 } else { c };
        let log = pair::log(c);
        let high = rounded(-log.high, 4_398_046_511_104.0);
        table[i] = Inverse {
            c,
            high,
            low: (-log.high - high) - log.low,
        };
        i += 1;
    }
    table
};

/// 2 to the i ÷ 128: the number, and what is left of it.
static ROOTS: [Pair; ENTRIES] = {
    let mut table = [Pair::of(1.0); ENTRIES];
    let ln_2 = Pair {
        high: core::f64::consts::LN_2,
        low: f64::from_bits(0x3c7a_bc9e_3b39_803f),
    };
    let mut i = 0;
    while i < ENTRIES {
        table[i] = pair::exp(ln_2.times(Pair::of(i as f64 / ENTRIES as f64)));
        i += 1;
    }
    table
};

/// x taken apart: k, the table's entry, and r in two parts.
#[inline(always)]
fn taken_apart(x: f64) -> (f64, &'static Inverse, f64, f64) {
    let bits = x.to_bits();
    let above = bits.wrapping_sub(LEAST);
    let index = (above >> (52 - BITS)) as usize % ENTRIES;
    let k = above.cast_signed() >> 52;
    let z = f64::from_bits(bits.wrapping_sub(above & (0xfff << 52)));
    let entry = &INVERSES[index];
    let (high, low) = pair::halves(z);
    // The first difference is exact: the product has 37 bits.
    let (head, tail) = (high * entry.c - 1.0, low * entry.c);
    let r = head + tail;
    (k as f64, entry, r, head - r + tail)
}

/// Whether x is positive, finite and not subnormal.
#[inline(always)]
fn is_ordinary(x: f64) -> bool {
    const LEAST_NORMAL: u64 = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(LEAST_NORMAL) < f64::INFINITY.to_bits() - LEAST_NORMAL
}

/// Natural logarithm.
pub fn log(x: f64) -> f64 {
    if !is_ordinary(x) {
        return libm::log(x);
    }
    if x == 1.0 {
        return 0.0;
    }
    let (k, entry, r, r_low) = taken_apart(x);
    let table = k * LN_2_HIGH + entry.high;
    let sum = table + r;
    let low = table - sum + r + (k * LN_2_LOW + entry.low + r_low);
    let square = r * r;
    let cubic =
        (1.0 / 3.0 + r * -0.25) + square * ((0.2 + r * (-1.0 / 6.0)) + square * (1.0 / 7.0));
    sum + (low + square * (r * cubic - 0.5))
}

/// e to the (x + low) for |x| < 708, |low| small.
#[inline(always)]
fn exp(x: f64, low: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 3 · 2⁵¹
    /// ln 2 ÷ 128 in two parts, the first short.
    const STEP_HIGH: f64 = LN_2_HIGH / 128.0;
    const STEP_LOW: f64 = LN_2_LOW / 128.0;
    let shifted = x * (core::f64::consts::LOG2_E * 128.0) + SHIFT;
    let n = shifted - SHIFT;
    let whole = n as i32;
    let r = (x - n * STEP_HIGH) - n * STEP_LOW + low;
    let root = &ROOTS[whole as usize % ENTRIES];
    let square = r * r;
    let rest =
        r + square * (0.5 + r * (1.0 / 6.0)) + square * square * (1.0 / 24.0 + r * (1.0 / 120.0));
    let tail = root.low + root.high * rest;
    let k = whole >> BITS;
    let scale = f64::from_bits(((1023 + k) as u64) << 52);
    (root.high + tail) * scale
}

/// x to the y for ordinary x, y and results; `None` for others.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> Option<f64> {
    // |y| from 2⁻⁶⁴ to 2⁶⁴.
    let exponent = y.to_bits() >> 52 & 0x7ff;
    if !is_ordinary(x) || exponent.wrapping_sub(1023 - 64) > 128 || x == 1.0 {
        return None;
    }
    let (k, entry, r, r_low) = taken_apart(x);
    let table = k * LN_2_HIGH + entry.high;
    let sum = table + r;
    // −r² ÷ 2 in two parts.
    let (r_head, r_tail) = pair::halves(r);
    let half_square = -0.5 * r_head * r_head;
    let high = sum + half_square;
    let square = r * r;
    let cubic = (1.0 / 3.0 + r * -0.25)
        + square * ((0.2 + r * (-1.0 / 6.0)) + square * (1.0 / 7.0 + r * -0.125));
    let low = (k * LN_2_LOW + entry.low)
        + (table - sum + r)
        + (sum - high + half_square)
        + (-0.5 * r_tail * (r + r_head) + r_low - r * r_low)
        + r * square * cubic;
    let log = high + low;
    let log_low = high - log + low;
    let (product, error) = exact_product(y, log);
    if product.abs() > 708.0 {
        return None;
    }
    Some(exp(product, error + y * log_low))
}
