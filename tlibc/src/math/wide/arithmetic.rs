//! Addition, multiplication, division and square roots of [`Wide`], rounded to odd.

use core::arch::asm;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Wide;
use crate::fenv::{mxcsr, set_mxcsr};
use crate::math::x87::sse_sqrt;

const LOW: u128 = u64::MAX as u128;

/// The upper half of a product of 256 bits.
#[inline(always)]
pub const fn upper_product(x: u128, y: u128) -> u128 {
    product(x, y).0
}

/// The upper and the lower half of a product of 256 bits.
#[inline(always)]
pub const fn product(x: u128, y: u128) -> (u128, u128) {
    let (x1, x0, y1, y0) = (x >> 64, x & LOW, y >> 64, y & LOW);
    let lowest = x0 * y0;
    let middle = x1 * y0 + (lowest >> 64);
    let other = x0 * y1 + (middle & LOW);
    (
        x1 * y1 + (middle >> 64) + (other >> 64),
        other << 64 | lowest & LOW,
    )
}

/// The quotient and the remainder of high × 2⁶⁴ + low by a divisor above `high`.
#[inline(always)]
fn divided(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    debug_assert!(high < divisor);
    let (quotient, remainder);
    // SAFETY: registers only. Where `high` is less than the divisor, which is so for all callers, nothing traps.
    unsafe {
        asm!(
            "div {divisor}",
            divisor = in(reg) divisor,
            inlateout("rax") low => quotient,
            inlateout("rdx") high => remainder,
            options(pure, nomem, nostack),
        );
    }
    (quotient, remainder)
}

/// The next 64 bits of rest × 2⁶⁴ ÷ divisor, and the rest after them; rest < divisor, whose highest bit is set (Knuth,
/// volume 2, 4.3.1, algorithm D).
#[inline(always)]
fn digit(rest: u128, divisor: u128) -> (u64, u128) {
    let (high, low) = ((divisor >> 64) as u64, divisor as u64);
    let top = (rest >> 64) as u64;
    // Too great by 2 at most.
    let mut quotient = if top >= high {
        u64::MAX
    } else {
        divided(top, rest as u64, high).0
    };
    // The rest times 2⁶⁴ without quotient × divisor, of which 128 bits and a sign are enough.
    let of_low = u128::from(quotient) * u128::from(low);
    let of_high = u128::from(quotient) * u128::from(high);
    let first = rest.wrapping_sub(of_high);
    let mut left = (first << 64).wrapping_sub(of_low);
    let mut above = ((first >> 64) as u64).wrapping_sub(u64::from(first << 64 < of_low));
    while above >> 63 != 0 {
        quotient -= 1;
        let (sum, carry) = left.overflowing_add(divisor);
        left = sum;
        above = above.wrapping_add(carry.into());
    }
    (quotient, left)
}

/// The square root of a double to within a unit in the last place, whatever the direction, without its exception.
#[inline(always)]
fn double_root(x: f64) -> f64 {
    const INEXACT: u32 = 0x20;
    const MASKED: u32 = 0x1000;
    let control = mxcsr();
    if control & (INEXACT | MASKED) == INEXACT | MASKED {
        // Raised already, as in most programs soon.
        return sse_sqrt(x);
    }
    set_mxcsr(control | MASKED);
    let root = sse_sqrt(x);
    set_mxcsr(control);
    root
}

/// The integer square root of 128 bits, which are at least 2¹²⁶, and what is left.
#[inline(always)]
fn root_of_half(bits: u128) -> (u64, u128) {
    // Exact, with 50 to 52 bits.
    let near = double_root((bits >> 76) as i64 as f64);
    // Scaled to 63 bits without rounding, and far enough below 2⁶³.
    let near = ((near * (1_u64 << 37) as f64) as i64).cast_unsigned() << 1;
    let left = |root: u64| {
        bits.wrapping_sub(u128::from(root) * u128::from(root))
            .cast_signed()
    };
    // A step of Newton's, and what is then left to do.
    let step = (left(near) >> 17) as i64 / (near >> 16).cast_signed();
    let near = near.saturating_add_signed(step);
    let mut left = left(near);
    let mut root = i128::from(near);
    while left < 0 {
        root -= 1;
        left += 2 * root + 1;
    }
    while left > 2 * root {
        left -= 2 * root + 1;
        root += 1;
    }
    (root as u64, left.cast_unsigned())
}

/// The integer square root of the 256 bits of high × 2¹²⁸ + (2¹²⁷ if `half`), high ≥ 2¹²⁶, and whether it is exact
/// (Zimmermann, "Karatsuba Square Root").
fn root(high: u128, half: bool) -> (u128, bool) {
    let (s, rest) = root_of_half(high);
    let s = u128::from(s);
    let half = u64::from(half);
    if rest == 2 * s {
        // One less than a square.
        return (s << 64 | LOW, false);
    }
    // 64 further bits, (rest × 2⁶⁴ + half × 2⁶³) ÷ 2s, where the rest is less than 2s; what they leave is
    // `left` × 2⁶⁴ − low².
    let below = (rest as u64) << 63 | half << 62;
    let (low, left) = divided((rest >> 1) as u64, below, s as u64);
    let root = s << 64 | u128::from(low);
    if left >> 63 != 0 {
        // More than any square.
        return (root, false);
    }
    match (u128::from(left) << 65).checked_sub(u128::from(low) * u128::from(low)) {
        Some(rest) => (root, rest == 0),
        None => (root - 1, false),
    }
}

impl Wide {
    /// self + other.
    pub const fn plus(self, other: Self) -> Self {
        let (big, small) = if self.exponent > other.exponent
            || self.exponent == other.exponent && self.mantissa >= other.mantissa
        {
            (self, other)
        } else {
            (other, self)
        };
        if small.mantissa == 0 {
            let both = big.mantissa == 0;
            let negative = if both {
                self.negative && other.negative
            } else {
                big.negative
            };
            return Self { negative, ..big };
        }
        let distance = (big.exponent - small.exponent) as u32;
        // The smaller number in the greater one's unit, and 128 bits below, of which the last stands for what is left.
        let (high, low) = match distance {
            0..128 => (
                small.mantissa >> distance,
                small.mantissa << 1 << (127 - distance),
            ),
            128 => (0, small.mantissa),
            _ => (0, 1),
        };
        if big.negative == small.negative {
            let (sum, carry) = big.mantissa.overflowing_add(high);
            let sticky = (low != 0) as u128;
            return if carry {
                Self {
                    exponent: big.exponent + 1,
                    mantissa: 1 << 127 | sum >> 1 | sum & 1 | sticky,
                    ..big
                }
            } else {
                Self {
                    mantissa: sum | sticky,
                    ..big
                }
            };
        }
        let mut difference = big.mantissa - high - (low != 0) as u128;
        let mut low = low.wrapping_neg();
        let mut exponent = big.exponent;
        if difference == 0 {
            if low == 0 {
                return Self::ZERO;
            }
            (difference, low, exponent) = (low, 0, exponent - 128);
        }
        let shift = difference.leading_zeros();
        difference = difference << shift | low >> 1 >> (127 - shift);
        low <<= shift;
        Self {
            negative: big.negative,
            exponent: exponent - shift as i32,
            mantissa: difference | (low != 0) as u128,
        }
    }

    /// −self.
    pub const fn negated(self) -> Self {
        self.with_sign(!self.negative)
    }

    /// self × other.
    #[inline(always)]
    pub const fn times(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        if self.mantissa == 0 || other.mantissa == 0 {
            return Self::ZERO.with_sign(negative);
        }
        let (high, low) = product(self.mantissa, other.mantissa);
        let exponent = self.exponent + other.exponent;
        // 1 or 2 bits before the point.
        let (exponent, high, low) = if high >> 127 == 0 {
            (exponent, high << 1 | low >> 127, low << 1)
        } else {
            (exponent + 1, high, low)
        };
        Self::new(negative, exponent, high | (low != 0) as u128)
    }

    /// self × n.
    pub const fn times_int(self, n: u64) -> Self {
        if self.mantissa == 0 || n == 0 {
            return Self::ZERO.with_sign(self.negative);
        }
        let shift = n.leading_zeros();
        let n = (n << shift) as u128;
        let low = (self.mantissa & LOW) * n;
        let high = (self.mantissa >> 64) * n + (low >> 64);
        let (low, exponent) = (low as u64, self.exponent + 63 - shift as i32);
        let (high, low, exponent) = if high >> 127 == 0 {
            (high << 1 | (low >> 63) as u128, low << 1, exponent)
        } else {
            (high, low, exponent + 1)
        };
        Self::new(self.negative, exponent, high | (low != 0) as u128)
    }

    /// self ÷ n; n is not 0.
    pub const fn over_int(self, n: u64) -> Self {
        if self.mantissa == 0 {
            return self;
        }
        let n = n as u128;
        let (whole, rest) = (self.mantissa / n, self.mantissa % n);
        let (below, rest) = ((rest << 64) / n, (rest << 64) % n);
        let (last, rest) = ((rest << 64) / n, (rest << 64) % n);
        let low = below << 64 | last;
        let shift = whole.leading_zeros();
        let (mantissa, low) = if shift == 0 {
            (whole, low)
        } else {
            (whole << shift | low >> (128 - shift), low << shift)
        };
        let sticky = (low != 0 || rest != 0) as u128;
        Self::new(
            self.negative,
            self.exponent - shift as i32,
            mantissa | sticky,
        )
    }

    /// self ÷ other, which is not 0.
    pub fn over(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        debug_assert!(other.mantissa != 0);
        if self.mantissa == 0 || other.mantissa == 0 {
            return Self::ZERO.with_sign(negative);
        }
        let exponent = self.exponent - other.exponent;
        let divisor = other.mantissa;
        // The quotient is in [1, 2) or in [½, 1): one bit before the point and 127 or 128 behind it.
        if self.mantissa < divisor {
            let (first, rest) = digit(self.mantissa, divisor);
            let (second, rest) = digit(rest, divisor);
            let bits = u128::from(first) << 64 | u128::from(second);
            return Self::new(negative, exponent - 1, bits | u128::from(rest != 0));
        }
        let (first, rest) = digit(self.mantissa - divisor, divisor);
        let (second, rest) = digit(rest, divisor);
        let bits = u128::from(first) << 64 | u128::from(second);
        let sticky = u128::from(bits & 1 != 0 || rest != 0);
        Self::new(negative, exponent, 1 << 127 | bits >> 1 | sticky)
    }

    /// The square root of a number that is not below zero.
    pub fn sqrt(self) -> Self {
        debug_assert!(!self.negative || self.is_zero());
        if self.is_zero() {
            return self;
        }
        let odd = self.exponent & 1;
        let (root, exact) = if odd == 1 {
            root(self.mantissa, false)
        } else {
            root(self.mantissa >> 1, self.mantissa & 1 == 1)
        };
        Self::new(false, self.exponent >> 1, root | u128::from(!exact))
    }
}

impl Add for Wide {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        self.plus(other)
    }
}

impl Sub for Wide {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self.plus(other.negated())
    }
}

impl Mul for Wide {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        self.times(other)
    }
}

impl Div for Wide {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        self.over(other)
    }
}

impl Neg for Wide {
    type Output = Self;
    fn neg(self) -> Self {
        self.negated()
    }
}
