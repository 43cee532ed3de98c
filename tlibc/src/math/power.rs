//! `exp`, `log` and `pow` of double by tables, where the arguments are ordinary; all else is left to the `libm` crate.
//!
//! x = 2ᵏ z; a short number c near 1 ÷ z from a table makes r = c z − 1 small and exact, and
//! ln x = k ln 2 − ln c + ln(1 + r). The power multiplies that, in two parts, and takes 2 to a 128th from another table
//! (Tang 1989, 1990). The tables are computed by the compiler. The same steps exist twice, with [`fused`]'s two ways to
//! multiply and add.

use super::fused::{Arithmetic, Fused, Separate};
use super::nearest::{is_nearest, nearest};
use super::pair::{self, Pair};
use crate::string::cpu;

/// log₂ of the number of table entries.
const BITS: u32 = 7;
const ENTRIES: usize = 1 << BITS;

/// The least z, a little above 11 ÷ 16, so that 1 lies in the middle of its entry's range.
const LEAST: u64 = 0x3fe6_1000_0000_0000;

/// ln 2: the first part has 21 zero bits at its end, so that a small integer times it is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

struct Inverse {
    /// About 1 ÷ z in eight bits: with them c z has its last bit at 2⁻⁶⁰ at least, so that c z − 1 < 2⁻⁷ is exact.
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
        let unit = if middle < 1.0 { 128.0 } else { 256.0 };
        let c = rounded(1.0 / middle, unit);
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

/// 2 to the i ÷ 128: the number, and what is left of it, divided by the number.
static ROOTS: [Pair; ENTRIES] = {
    let mut table = [Pair::of(1.0); ENTRIES];
    let ln_2 = Pair {
        high: core::f64::consts::LN_2,
        low: f64::from_bits(0x3c7a_bc9e_3b39_803f),
    };
    let mut i = 0;
    while i < ENTRIES {
        let root = pair::exp(ln_2.times(Pair::of(i as f64 / ENTRIES as f64)));
        table[i] = Pair {
            high: root.high,
            low: root.low / root.high,
        };
        i += 1;
    }
    table
};

/// x taken apart: k, the table's entry, and r.
#[inline(always)]
fn taken_apart<A: Arithmetic>(how: A, x: f64) -> (f64, &'static Inverse, f64) {
    let bits = x.to_bits();
    let above = bits.wrapping_sub(LEAST);
    let index = (above >> (52 - BITS)) as usize % ENTRIES;
    let k = above.cast_signed() >> 52;
    let z = f64::from_bits(bits.wrapping_sub(above & (0xfff << 52)));
    let entry = &INVERSES[index];
    (k as f64, entry, how.short_product_minus_one(z, entry.c))
}

/// Whether x is positive, finite and not subnormal.
#[inline(always)]
fn is_ordinary(x: f64) -> bool {
    const LEAST_NORMAL: u64 = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(LEAST_NORMAL) < f64::INFINITY.to_bits() - LEAST_NORMAL
}

/// Natural logarithm.
#[inline(always)]
pub fn log(x: f64) -> f64 {
    if cpu::has_fma() {
        // SAFETY: the processor has the instructions.
        unsafe { log_fused(x) }
    } else {
        log_by(Separate, x)
    }
}

/// # Safety
/// The processor must have FMA3.
#[target_feature(enable = "fma")]
unsafe fn log_fused(x: f64) -> f64 {
    // SAFETY: the caller's promise.
    log_by(unsafe { Fused::new() }, x)
}

#[inline(always)]
fn log_by<A: Arithmetic>(how: A, x: f64) -> f64 {
    if !is_ordinary(x) {
        return libm::log(x);
    }
    if x == 1.0 {
        return 0.0;
    }
    let (k, entry, r) = taken_apart(how, x);
    let table = how.fma(k, LN_2_HIGH, entry.high);
    let sum = table + r;
    let low = table - sum + r + how.fma(k, LN_2_LOW, entry.low);
    let square = r * r;
    let fourth = square * square;
    // ln(1 + r) − r + r² ÷ 2, divided by r³.
    let first = how.fma(r, -0.25, 1.0 / 3.0);
    let second = how.fma(r, -1.0 / 6.0, 0.2);
    let third = how.fma(r, -0.125, 1.0 / 7.0);
    let cubic = how.fma(fourth, third, how.fma(square, second, first));
    sum + how.fma(square, how.fma(r, cubic, -0.5), low)
}

/// e to the x.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // |x| from 2⁻⁵⁴ to 2⁹: other results are next to 1, or may not be normal numbers.
    let exponent = x.to_bits() >> 52 & 0x7ff;
    if exponent.wrapping_sub(1023 - 54) >= 54 + 9 {
        return libm::exp(x);
    }
    if cpu::has_fma() {
        // SAFETY: the processor has the instructions.
        unsafe { exp_fused(x) }
    } else {
        exp_of_sum(Separate, x, None)
    }
}

/// # Safety
/// The processor must have FMA3.
#[target_feature(enable = "fma")]
unsafe fn exp_fused(x: f64) -> f64 {
    // SAFETY: the caller's promise.
    exp_of_sum(unsafe { Fused::new() }, x, None)
}

/// e to the (x + low) for |x| ≤ 708, |low| small.
#[inline(always)]
fn exp_of_sum<A: Arithmetic>(how: A, x: f64, low: Option<f64>) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 3 · 2⁵¹
    /// ln 2 ÷ 128 in two parts, the first short.
    const STEP_HIGH: f64 = LN_2_HIGH / 128.0;
    const STEP_LOW: f64 = LN_2_LOW / 128.0;
    let shifted = how.fma(x, core::f64::consts::LOG2_E * 128.0, SHIFT);
    let n = shifted - SHIFT;
    // The low bits of the sum are n in two's complement.
    let whole = shifted.to_bits();
    let r = how.fma(n, -STEP_LOW, how.fma(n, -STEP_HIGH, x));
    // Adding a zero would take its time, too.
    let r = low.map_or(r, |low| r + low);
    let root = &ROOTS[whole as usize % ENTRIES];
    // 2 to the n ÷ 128, which is a normal number: n ÷ 128 is between −1,022 and 1,022.
    let scale = f64::from_bits(root.high.to_bits().wrapping_add(whole >> BITS << 52));
    let square = r * r;
    let quadratic = how.fma(r, 1.0 / 6.0, 0.5);
    let quartic = how.fma(r, 1.0 / 120.0, 1.0 / 24.0);
    let rest = how.fma(square, how.fma(square, quartic, quadratic), r + root.low);
    how.fma(scale, rest, scale)
}

/// x to the y for ordinary x, y and results; `None` for others.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> Option<f64> {
    if !is_nearest() {
        return nearest((x, y), |(x, y)| pow_by(Separate, x, y));
    }
    if cpu::has_fma() {
        // SAFETY: the processor has the instructions.
        unsafe { pow_fused(x, y) }
    } else {
        pow_by(Separate, x, y)
    }
}

/// # Safety
/// The processor must have FMA3.
#[inline]
#[target_feature(enable = "fma")]
unsafe fn pow_fused(x: f64, y: f64) -> Option<f64> {
    // SAFETY: the caller's promise.
    pow_by(unsafe { Fused::new() }, x, y)
}

#[inline(always)]
fn pow_by<A: Arithmetic>(how: A, x: f64, y: f64) -> Option<f64> {
    // |y| from 2⁻⁶⁴ to 2⁶⁴.
    let exponent = y.to_bits() >> 52 & 0x7ff;
    if !is_ordinary(x) || exponent.wrapping_sub(1023 - 64) > 128 || x == 1.0 {
        return None;
    }
    let (k, entry, r) = taken_apart(how, x);
    let table = how.fma(k, LN_2_HIGH, entry.high);
    let sum = table + r;
    // −r² ÷ 2 in two parts.
    let (half_square, half_square_low) = how.exact_product(-0.5 * r, r);
    let high = sum + half_square;
    let square = r * r;
    let fourth = square * square;
    let first = how.fma(r, -0.25, 1.0 / 3.0);
    let second = how.fma(r, -1.0 / 6.0, 0.2);
    let third = how.fma(r, -0.125, 1.0 / 7.0);
    let fourth_pair = how.fma(r, -0.1, 1.0 / 9.0);
    let cubic = how.fma(
        fourth,
        how.fma(square, fourth_pair, third),
        how.fma(square, second, first),
    );
    let errors = how.fma(k, LN_2_LOW, entry.low)
        + (table - sum + r)
        + (sum - high + half_square)
        + half_square_low;
    let low = how.fma(r * square, cubic, errors);
    let log = high + low;
    let log_low = high - log + low;
    let (product, error) = how.exact_product(y, log);
    if product.abs() > 708.0 {
        return None;
    }
    Some(exp_of_sum(how, product, Some(how.fma(y, log_low, error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_is_exact_at_the_ends_of_every_entry() {
        const WIDTH: u64 = 1 << (52 - BITS);
        for index in 0..ENTRIES as u64 {
            for bits in [LEAST + index * WIDTH, LEAST + (index + 1) * WIDTH - 1] {
                let z = f64::from_bits(bits);
                let (k, entry, r) = taken_apart(Separate, z);
                assert_eq!(k, 0.0);
                assert!(r.abs() < 1.0 / 128.0, "{z}: {r}");
                // The product in multiples of 2⁻⁶¹, which is what a z below 1 and eight bits of c make.
                let product = (z * 2_f64.powi(53)) as i128 * (entry.c * 256.0) as i128;
                assert_eq!(r * 2_f64.powi(61), (product - (1 << 61)) as f64, "{z}");
                assert_eq!((r * 2_f64.powi(61)) as i128, product - (1 << 61), "{z}");
            }
        }
    }
}
