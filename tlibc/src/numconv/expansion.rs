//! The exact decimal expansion of a binary floating-point number.
//!
//! m × 2^e is a terminating decimal. It is kept as chunks of 19 digits (base 10^19, the greatest power of ten in
//! 64 bits): the whole part by dividing a big integer, the fraction by multiplying a binary fraction, one chunk at
//! a time and only as far as digits are asked for. Rounding cuts the chunks at a digit and looks at what is cut
//! off, so each precision and direction is exact. Scratch memory comes from the caller: [`Scratch64`] suffices for
//! `double`, [`Scratch80`] for `long double`.

use super::{Out, POW10, Rounding};
use core::cmp::Ordering;

/// Digits in a chunk.
pub const CHUNK_DIGITS: i32 = 19;
const CHUNK: u64 = POW10[19];

/// Working memory of an [`Expansion`].
pub struct Scratch<const CHUNKS: usize, const LIMBS: usize> {
    chunks: [u64; CHUNKS],
    limbs: [u64; LIMBS],
}

/// For `double`: 1074 digits of fraction behind one chunk of whole part, or 309 digits of whole part.
pub type Scratch64 = Scratch<60, 18>;
/// For `long double`: 16445 digits of fraction, or 4933 of whole part.
pub type Scratch80 = Scratch<870, 259>;

impl<const CHUNKS: usize, const LIMBS: usize> Scratch<CHUNKS, LIMBS> {
    /// Zeroed memory.
    pub const fn new() -> Self {
        Self {
            chunks: [0; CHUNKS],
            limbs: [0; LIMBS],
        }
    }
}

impl<const CHUNKS: usize, const LIMBS: usize> Default for Scratch<CHUNKS, LIMBS> {
    fn default() -> Self {
        Self::new()
    }
}

/// Digits of a number, addressed by decimal position: position 0 is the units digit, −1 the tenths.
pub struct Expansion<'a> {
    /// chunks[0] stays free for a carry; chunks[len..] have not been produced.
    chunks: &'a mut [u64],
    /// First chunk in use.
    first: usize,
    /// First chunk after the decimal point.
    point: usize,
    len: usize,
    /// The binary fraction not yet turned into digits, little endian, value limbs / 2^(64·size);
    /// zero outside limbs[low..top].
    limbs: &'a mut [u64],
    size: usize,
    low: usize,
    top: usize,
}

impl<'a> Expansion<'a> {
    /// The expansion of mantissa × 2^exponent, which must be a value of the format the scratch is for.
    pub fn new<const C: usize, const L: usize>(
        scratch: &'a mut Scratch<C, L>,
        mantissa: u64,
        exponent: i32,
    ) -> Self {
        let mut this = Self {
            chunks: &mut scratch.chunks,
            first: 1,
            point: 1,
            len: 1,
            limbs: &mut scratch.limbs,
            size: 0,
            low: 0,
            top: 0,
        };
        if exponent >= 0 {
            this.set_whole(mantissa, exponent as usize);
        } else {
            this.set_fraction(mantissa, exponent.unsigned_abs() as usize);
        }
        this
    }

    fn push(&mut self, chunk: u64) {
        self.chunks[self.len] = chunk;
        self.len += 1;
    }

    fn set_whole(&mut self, mantissa: u64, shift: usize) {
        let at = shift / 64;
        let wide = u128::from(mantissa) << (shift % 64);
        self.limbs[at] = wide as u64;
        self.limbs[at + 1] = (wide >> 64) as u64;
        let mut size = at + 2;
        while size > 0 && self.limbs[size - 1] == 0 {
            size -= 1;
        }
        // Divide by 10^19 until nothing is left: chunks come least significant first.
        while size > 0 {
            let mut remainder = 0u64;
            for limb in self.limbs[..size].iter_mut().rev() {
                let (q, r) = divide_by_chunk(remainder, *limb);
                *limb = q;
                remainder = r;
            }
            self.push(remainder);
            if self.limbs[size - 1] == 0 {
                size -= 1;
            }
        }
        self.chunks[1..self.len].reverse();
        self.point = self.len;
    }

    fn set_fraction(&mut self, mantissa: u64, places: usize) {
        let (whole, fraction) = if places < 64 {
            (mantissa >> places, mantissa & ((1 << places) - 1))
        } else {
            (0, mantissa)
        };
        if whole >= CHUNK {
            self.push(whole / CHUNK);
            self.push(whole % CHUNK);
        } else if whole != 0 {
            self.push(whole);
        }
        self.point = self.len;
        // Align the fraction so that its binary point lies above the top limb.
        self.size = places.div_ceil(64);
        let wide = u128::from(fraction) << (self.size * 64 - places);
        self.limbs[0] = wide as u64;
        self.limbs[1] = (wide >> 64) as u64;
        self.top = self.size.min(2);
        while self.top > 0 && self.limbs[self.top - 1] == 0 {
            self.top -= 1;
        }
        self.skip_low_zeros();
    }

    fn skip_low_zeros(&mut self) {
        while self.low < self.top && self.limbs[self.low] == 0 {
            self.low += 1;
        }
    }

    /// Whether the fraction not yet produced is zero.
    fn exhausted(&self) -> bool {
        self.low == self.top
    }

    /// Produces the next 19 digits of the fraction.
    fn extend(&mut self) {
        let mut carry = 0u64;
        for limb in &mut self.limbs[self.low..self.top] {
            let wide = u128::from(*limb) * u128::from(CHUNK) + u128::from(carry);
            *limb = wide as u64;
            carry = (wide >> 64) as u64;
        }
        if self.top < self.size && carry != 0 {
            self.limbs[self.top] = carry;
            self.top += 1;
            carry = 0;
        }
        self.skip_low_zeros();
        self.push(carry);
    }

    /// Position of the first digit that is not zero; `None` for zero.
    pub fn leading_position(&mut self) -> Option<i32> {
        let mut i = self.first;
        loop {
            if i == self.len {
                if self.exhausted() {
                    return None;
                }
                self.extend();
            }
            if self.chunks[i] != 0 {
                let within = self.chunks[i].ilog10() as i32;
                return Some(within + CHUNK_DIGITS * (self.point as i32 - 1 - i as i32));
            }
            i += 1;
        }
    }

    /// Position of the last digit that is not zero; `None` for zero. Only after [`Self::round_at`].
    pub fn trailing_position(&self) -> Option<i32> {
        let i = (self.first..self.len).rfind(|&i| self.chunks[i] != 0)?;
        let mut chunk = self.chunks[i];
        let mut within = 0;
        while chunk.is_multiple_of(10) {
            chunk /= 10;
            within += 1;
        }
        Some(within + CHUNK_DIGITS * (self.point as i32 - 1 - i as i32))
    }

    /// Rounds to a multiple of 10^position, which must be at most one above the leading digit's.
    pub fn round_at(&mut self, position: i64, mode: Rounding, negative: bool) {
        // Chunk `cut` holds the first digit that goes; its upper `keep` digits stay.
        let after_point = -position;
        let keep = after_point.rem_euclid(i64::from(CHUNK_DIGITS)) as usize;
        let cut = self.point as i64 + after_point.div_euclid(i64::from(CHUNK_DIGITS));
        while (self.len as i64) <= cut {
            if self.exhausted() {
                return; // all digits are kept
            }
            self.extend();
        }
        let cut = cut as usize;
        let unit = POW10[CHUNK_DIGITS as usize - keep];
        let rest = self.chunks[cut] % unit;
        let sticky = !self.exhausted() || self.chunks[cut + 1..self.len].iter().any(|&c| c != 0);
        let odd = if keep == 0 {
            self.chunks[cut - 1]
        } else {
            self.chunks[cut] / unit
        } & 1
            != 0;
        let half = match rest.cmp(&(unit / 2)) {
            Ordering::Equal if sticky => Ordering::Greater,
            order => order,
        };
        self.chunks[cut] -= rest;
        for chunk in &mut self.chunks[cut + 1..self.len] {
            *chunk = 0;
        }
        self.low = self.top;
        if mode.away(negative, half, rest != 0 || sticky, odd) {
            self.chunks[cut] += unit;
            let mut i = cut;
            while self.chunks[i] >= CHUNK {
                self.chunks[i] -= CHUNK;
                i -= 1;
                self.chunks[i] += 1;
            }
            self.first = self.first.min(i);
        }
    }

    /// Hands the digits from position `high` down to `low` to `out`, as ASCII; beyond the expansion they are zeros.
    pub fn digits(&self, high: i32, low: i64, out: &mut dyn Out) {
        let chunk_of =
            |position: i64| self.point as i64 - 1 - position.div_euclid(i64::from(CHUNK_DIGITS));
        let mut buf = [0u8; CHUNK_DIGITS as usize];
        let (start, end) = (chunk_of(i64::from(high)), chunk_of(low));
        let mut i = start;
        let mut position = i64::from(high);
        while i <= end {
            if i >= self.len as i64 {
                out.fill(b'0', (position - low + 1) as usize);
                return;
            }
            let bottom = i64::from(CHUNK_DIGITS) * (self.point as i64 - 1 - i);
            let chunk = if i < self.first as i64 {
                0
            } else {
                self.chunks[i as usize]
            };
            fill_chunk(chunk, &mut buf);
            let from = (bottom + i64::from(CHUNK_DIGITS) - 1 - position) as usize;
            let to = if low > bottom {
                CHUNK_DIGITS as usize - (low - bottom) as usize
            } else {
                CHUNK_DIGITS as usize
            };
            out.bytes(&buf[from..to]);
            position = bottom - 1;
            i += 1;
        }
    }
}

/// The 19 digits of `chunk`, with leading zeros.
fn fill_chunk(chunk: u64, buf: &mut [u8; CHUNK_DIGITS as usize]) {
    let at = super::decimal_backwards(chunk, buf, CHUNK_DIGITS as usize);
    buf[..at].fill(b'0');
}

/// (high·2^64 + low) ÷ 10^19 with remainder; high < 10^19.
fn divide_by_chunk(high: u64, low: u64) -> (u64, u64) {
    let (quotient, remainder);
    // SAFETY: high < divisor, so the quotient fits 64 bits and `div` doesn't trap.
    unsafe {
        core::arch::asm!(
            "div {divisor}",
            divisor = in(reg) CHUNK,
            inout("rax") low => quotient,
            inout("rdx") high => remainder,
            options(pure, nomem, nostack),
        );
    }
    (quotient, remainder)
}
