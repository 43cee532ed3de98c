//! Cube roots: Halley's iteration for the reciprocal in 64 bits, and a step of Newton's in 128.

use super::{Wide, upper_product};

/// Reciprocal cube roots of the numbers from 1 to 8 with 16 places: 32 for each exponent of 2.
static GUESSES: [u16; 96] = {
    let mut table = [0; 96];
    let mut i = 0_u128;
    while i < 96 {
        // The middle of the entry, with 6 places.
        let middle = (65 + 2 * (i % 32)) << (i / 32);
        let (mut low, mut high) = (1_u128 << 15, 1 << 16);
        while high - low > 1 {
            let guess = u128::midpoint(low, high);
            if guess * guess * guess * middle > 1 << 54 {
                high = guess;
            } else {
                low = guess;
            }
        }
        table[i as usize] = low as u16;
        i += 1;
    }
    table
};

const LOW: u128 = u64::MAX as u128;

/// The upper half of a product.
#[inline(always)]
fn upper(x: u64, y: u64) -> u64 {
    ((u128::from(x) * u128::from(y)) >> 64) as u64
}

impl Wide {
    /// The cube root: the relative error is below 2⁻¹¹⁴. What is the cube of 22 bits has an exact root; other roots have their
    /// lowest bit set.
    #[inline]
    pub fn cbrt(self) -> Self {
        if self.is_zero() {
            return self;
        }
        let third = self.exponent.div_euclid(3);
        let more = self.exponent.rem_euclid(3);
        let high = (self.mantissa >> 64) as u64;
        let guess = GUESSES[(more as usize) << 5 | (high >> 58) as usize & 31];
        // The number from 1 to 8 with 61 places, and its reciprocal root with 64.
        let number = high >> (2 - more);
        let mut z = u64::from(guess) << 48;
        for _ in 0..2 {
            // With d = 1 − number × z³, which is small, z is multiplied by 1 + d ÷ 3 + 2d² ÷ 9: the error goes from e to 5e³.
            let cube = upper(upper(z, z), z);
            let d = (1_i64 << 61) - upper(cube, number).cast_signed();
            let part = (i128::from(d) * 0x5555_5555_5555_5555) >> 64;
            let sum = part + ((part * part) >> 60);
            let step = (sum * i128::from(z)) >> 61;
            z = z.saturating_add_signed(step as i64);
        }
        // The root with 63 places, and what its cube leaves of the number, with 157.
        let square = u128::from(z) * u128::from(z);
        let above = upper_product(square, self.mantissa) >> (64 - more);
        let c = above.min(u64::MAX.into());
        let low = ((c * c) & LOW) * c;
        let high = ((c * c) >> 64) * c + (low >> 64);
        let left = (self.mantissa >> (2 - more))
            .wrapping_sub(high)
            .cast_signed();
        let left = (left << 32) - ((low & LOW) >> 32).cast_signed();
        // Newton's step: times z² ÷ 3.
        let step = upper_product(left.unsigned_abs(), ((square >> 64) / 3) << 64) >> 30;
        let step = step.cast_signed();
        let root = (c << 64).saturating_add_signed(if left < 0 { -step } else { step });
        // 22 bits and nothing else but the error?
        let near = root.wrapping_add(1 << 20);
        if near & ((1 << 106) - 1) < 1 << 21 {
            let q = near >> 106;
            if self.mantissa & LOW == 0 && q * q * q == (self.mantissa >> 64) << more {
                return Self::new(self.negative, third, q << 106);
            }
        }
        Self::new(self.negative, third, root | 1)
    }
}
