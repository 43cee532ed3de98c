//! Exact rounding of a decimal to a binary format, by big integers.
//!
//! N × 10^e is a ratio of two integers; their quotient to 68 bits and whether anything is left decide the rounding in
//! every direction and for every format here (at most 64 bits of significand).

use super::{POW10, Rounding};
use core::cmp::Ordering;

/// A binary floating-point format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Bits of the significand, the leading one included.
    pub precision: u32,
    /// Exponent of the smallest normal number.
    pub min_exponent: i32,
    /// Exponent of the greatest number.
    pub max_exponent: i32,
}

/// `float`
pub const BINARY32: Format = Format {
    precision: 24,
    min_exponent: -126,
    max_exponent: 127,
};
/// `double`
pub const BINARY64: Format = Format {
    precision: 53,
    min_exponent: -1022,
    max_exponent: 1023,
};
/// `long double`
pub const EXTENDED80: Format = Format {
    precision: 64,
    min_exponent: -16382,
    max_exponent: 16383,
};

/// A rounded magnitude: significand × 2^(exponent − precision + 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// The significand; below 2^(precision − 1) for subnormal numbers.
    pub significand: u64,
    /// Exponent of the leading bit of a normal number, the smallest one for subnormals.
    pub exponent: i32,
    /// Beyond the greatest number: the result is infinity.
    pub infinite: bool,
    /// `ERANGE`: overflow, or tiny and inexact.
    pub range: bool,
}

/// Rounds q × 2^exponent (a little more when `sticky`) to a format; q is not zero.
pub fn round(
    q: u128,
    exponent: i64,
    sticky: bool,
    format: Format,
    mode: Rounding,
    negative: bool,
) -> Rounded {
    let shift = q.leading_zeros();
    let q = q << shift;
    let p = format.precision;
    let (min, max) = (
        i64::from(format.min_exponent),
        i64::from(format.max_exponent),
    );
    let mut leading = exponent - i64::from(shift) + 127;
    let keep = if leading >= min {
        i64::from(p)
    } else {
        i64::from(p) - (min - leading)
    };
    let (mut significand, half, inexact) = cut(q, keep, sticky);
    let up = mode.away(negative, half, inexact, significand & 1 != 0);
    // Tininess is judged after rounding, as the processor does: as if the exponent had no limit.
    let tiny = leading < min && {
        let (top, half, inexact) = cut(q, i64::from(p), sticky);
        let carries = mode.away(negative, half, inexact, top & 1 != 0) && top == (1u128 << p) - 1;
        !(leading == min - 1 && carries)
    };
    if up {
        significand += 1;
        if significand >> p != 0 {
            significand >>= 1;
            leading += 1;
        }
    }
    let leading = leading.max(min);
    if leading > max {
        let infinite = mode.away(negative, Ordering::Greater, true, true);
        let significand = u64::MAX >> (64 - p);
        return Rounded {
            significand,
            exponent: format.max_exponent,
            infinite,
            range: true,
        };
    }
    Rounded {
        significand: significand as u64,
        exponent: leading as i32,
        infinite: false,
        range: tiny && inexact,
    }
}

/// Keeps the upper `keep` bits of `q`, whose top bit is set: them, how the rest compares with half a unit, and whether it
/// is not zero.
fn cut(q: u128, keep: i64, sticky: bool) -> (u128, Ordering, bool) {
    if keep < 0 {
        return (0, Ordering::Less, true);
    }
    let drop = (128 - keep) as u32;
    let (kept, rest, half) = if drop == 128 {
        (0, q, 1u128 << 127)
    } else {
        (q >> drop, q & ((1u128 << drop) - 1), 1u128 << (drop - 1))
    };
    let order = match rest.cmp(&half) {
        Ordering::Equal if sticky => Ordering::Greater,
        order => order,
    };
    (kept, order, rest != 0 || sticky)
}

/// A big unsigned integer in borrowed memory, little endian.
struct Big<'a> {
    limbs: &'a mut [u64],
    len: usize,
}

impl<'a> Big<'a> {
    fn new(limbs: &'a mut [u64], value: u64) -> Self {
        limbs[0] = value;
        let len = usize::from(value != 0);
        Self { limbs, len }
    }

    /// self × factor + addend
    fn multiply_add(&mut self, factor: u64, addend: u64) {
        let mut carry = addend;
        for limb in &mut self.limbs[..self.len] {
            let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            *limb = wide as u64;
            carry = (wide >> 64) as u64;
        }
        if carry != 0 {
            self.limbs[self.len] = carry;
            self.len += 1;
        }
    }

    /// self × 5^power
    fn multiply_by_power_of_five(&mut self, mut power: u64) {
        const FIVE_27: u64 = 5u64.pow(27);
        while power >= 27 {
            self.multiply_add(FIVE_27, 0);
            power -= 27;
        }
        self.multiply_add(5u64.pow(power as u32), 0);
    }

    fn bits(&self) -> i64 {
        match self.len.checked_sub(1) {
            Some(top) => self.len as i64 * 64 - i64::from(self.limbs[top].leading_zeros()),
            None => 0,
        }
    }

    fn shift_left(&mut self, count: usize) {
        let (words, bits) = (count / 64, count % 64);
        let old = self.len;
        for i in (0..=old).rev() {
            let high = if i < old { self.limbs[i] } else { 0 };
            let low = if i > 0 { self.limbs[i - 1] } else { 0 };
            let value = if bits == 0 {
                high
            } else {
                high << bits | low >> (64 - bits)
            };
            if value != 0 || i < old {
                self.limbs[i + words] = value;
                self.len = self.len.max(i + words + 1);
            }
        }
        self.limbs[..words].fill(0);
        while self.len > 0 && self.limbs[self.len - 1] == 0 {
            self.len -= 1;
        }
    }

    fn compare(&self, other: &Big<'_>) -> Ordering {
        self.len.cmp(&other.len).then_with(|| {
            self.limbs[..self.len]
                .iter()
                .rev()
                .cmp(other.limbs[..other.len].iter().rev())
        })
    }

    /// self − other, which is not greater.
    fn subtract(&mut self, other: &Big<'_>) {
        let mut borrow = false;
        for i in 0..self.len {
            let take = if i < other.len { other.limbs[i] } else { 0 };
            let (a, b1) = self.limbs[i].overflowing_sub(take);
            let (a, b2) = a.overflowing_sub(u64::from(borrow));
            self.limbs[i] = a;
            borrow = b1 | b2;
        }
        while self.len > 0 && self.limbs[self.len - 1] == 0 {
            self.len -= 1;
        }
    }
}

/// A decimal as read: digits × 10^exponent, in chunks of 19 digits of which the last has `last` digits.
pub struct Decimal<'a> {
    /// The digits, most significant first.
    pub chunks: &'a [u64],
    /// Digits in the last chunk, 1 to 19.
    pub last: u32,
    /// The power of ten.
    pub exponent: i64,
    /// Further digits followed, not all of them zero.
    pub sticky: bool,
}

/// Rounds a decimal that is not zero, of at most 38 digits and with a small power of ten, by one multiplication or division
/// of 128 bits; `None` for others.
pub fn round_short(
    d: &Decimal<'_>,
    format: Format,
    mode: Rounding,
    negative: bool,
) -> Option<Rounded> {
    // The greatest power of five of 63 bits, which leaves 65 of a quotient: a significand's 64 and the half.
    const GREATEST: u64 = 27;
    let power = d.exponent.unsigned_abs();
    if d.sticky || power > GREATEST {
        return None;
    }
    let digits = match *d.chunks {
        [only] => u128::from(only),
        [first, second] => {
            u128::from(first) * u128::from(POW10[d.last as usize]) + u128::from(second)
        }
        _ => return None,
    };
    let fives = u128::from(5u64.pow(power as u32));
    if d.exponent >= 0 {
        let product = digits.checked_mul(fives)?;
        return Some(round(product, d.exponent, false, format, mode, negative));
    }
    let shift = digits.leading_zeros();
    let numerator = digits << shift;
    Some(round(
        numerator / fives,
        d.exponent - i64::from(shift),
        !numerator.is_multiple_of(fives),
        format,
        mode,
        negative,
    ))
}

/// Quotient bits that decide every rounding: 64 of the significand and some to compare with a half.
const QUOTIENT_BITS: i64 = 68;

/// Rounds a decimal that is not zero. `LIMBS` bounds both integers: 48 for up to 800 digits with exponents of `double`,
/// 640 for 11,600 digits and those of `long double`.
pub fn round_decimal<const LIMBS: usize>(
    d: &Decimal<'_>,
    format: Format,
    mode: Rounding,
    negative: bool,
) -> Rounded {
    let mut memory = ([0u64; LIMBS], [0u64; LIMBS]);
    let mut numerator = Big::new(&mut memory.0, 0);
    for (i, &chunk) in d.chunks.iter().enumerate() {
        let digits = if i + 1 == d.chunks.len() { d.last } else { 19 };
        numerator.multiply_add(POW10[digits as usize], chunk);
    }
    let mut exponent = d.exponent;
    if d.sticky {
        // Any tail rounds like a digit 1: no tie lies that far out.
        numerator.multiply_add(10, 1);
        exponent -= 1;
    }
    if exponent >= 0 {
        numerator.multiply_by_power_of_five(exponent as u64);
        let bits = numerator.bits();
        let mut q = 0u128;
        let mut sticky = false;
        // The topmost three limbs give 128 bits and more; what lies below only matters for being there.
        for (i, &limb) in numerator.limbs[..numerator.len].iter().enumerate() {
            let low = i as i64 * 64 - (bits - QUOTIENT_BITS);
            if low >= 0 {
                q |= u128::from(limb) << low;
            } else if low > -64 {
                q |= u128::from(limb >> -low);
                sticky |= limb << (64 + low) != 0;
            } else {
                sticky |= limb != 0;
            }
        }
        return round(
            q,
            bits - QUOTIENT_BITS + exponent,
            sticky,
            format,
            mode,
            negative,
        );
    }
    let mut denominator = Big::new(&mut memory.1, 1);
    denominator.multiply_by_power_of_five(exponent.unsigned_abs());
    // Equal lengths, then one bit of the quotient at a time.
    let shift = denominator.bits() - numerator.bits();
    if shift > 0 {
        numerator.shift_left(shift as usize);
    } else {
        denominator.shift_left(shift.unsigned_abs() as usize);
    }
    let mut q = 0u128;
    for _ in 0..QUOTIENT_BITS {
        q <<= 1;
        if numerator.compare(&denominator).is_ge() {
            numerator.subtract(&denominator);
            q |= 1;
        }
        numerator.shift_left(1);
    }
    round(
        q,
        exponent - shift - (QUOTIENT_BITS - 1),
        numerator.len != 0,
        format,
        mode,
        negative,
    )
}
