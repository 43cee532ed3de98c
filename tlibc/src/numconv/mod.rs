//! Number ↔ text engines, exact and without allocation, shared by stdio, stdlib, inttypes, wchar and math.
//!
//! * [`expansion`]: the exact decimal digits of m × 2^e, produced lazily and rounded in any mode (printf).
//! * [`float_scan`]: text → [`Parsed`](float_scan::Parsed) → correctly rounded f32, f64 or F80 (strtod, scanf).
//! * [`ratio`]: the big-integer division behind the cases that no fast path can decide.
//! * [`int_scan`]: text → integer with base, sign and overflow (strtol, scanf).
//! * [`source`]: where characters come from: a string, a wide string, a stream.
//!
//! Rounding follows the MXCSR register, as fesetround leaves it.

pub mod expansion;
pub mod float_scan;
pub mod int_scan;
pub mod localised;
pub mod ratio;
pub mod source;
pub mod strtod;
pub mod strtol;
#[cfg(test)]
mod tests;

/// Receives the text that is produced.
pub trait Out {
    /// Some characters, all of the basic character set unless the caller passes on a string of the program's.
    fn bytes(&mut self, text: &[u8]);
    /// The same character `count` times.
    fn fill(&mut self, byte: u8, count: usize);
}

/// The floating-point rounding direction (fenv.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To nearest, ties to even.
    Nearest,
    /// Towards −∞.
    Down,
    /// Towards +∞.
    Up,
    /// Towards zero.
    Zero,
}

impl Rounding {
    /// The direction in force: MXCSR.RC (Intel SDM vol. 1, §10.2.3).
    pub fn current() -> Self {
        let mut mxcsr = 0u32;
        // SAFETY: stores the four bytes of MXCSR to `mxcsr`.
        unsafe {
            core::arch::asm!("stmxcsr [{}]", in(reg) &raw mut mxcsr, options(nostack, preserves_flags));
        }
        match mxcsr >> 13 & 3 {
            0 => Self::Nearest,
            1 => Self::Down,
            2 => Self::Up,
            _ => Self::Zero,
        }
    }

    /// Whether a magnitude is increased, given what is cut off: `half` compares it with half a unit of the last
    /// place kept, `inexact` says that it is not zero, `odd` that the last place kept is odd.
    pub fn away(self, negative: bool, half: core::cmp::Ordering, inexact: bool, odd: bool) -> bool {
        match self {
            Self::Nearest => half.is_gt() || half.is_eq() && odd,
            Self::Zero => false,
            Self::Down => negative && inexact,
            Self::Up => !negative && inexact,
        }
    }
}

/// Powers of ten that fit 64 bits.
pub const POW10: [u64; 20] = {
    let mut table = [1u64; 20];
    let mut i = 1;
    while i < 20 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// The decimal digits of 0 to 99, two by two.
pub static DIGIT_PAIRS: [u8; 200] = {
    let mut table = [0u8; 200];
    let mut i = 0;
    while i < 100 {
        table[2 * i] = b'0' + (i / 10) as u8;
        table[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    table
};

/// Writes `value` in decimal so that it ends at `end` of `buf`; returns where it starts. Zero gives no digit.
#[inline]
pub fn decimal_backwards(mut value: u64, buf: &mut [u8], end: usize) -> usize {
    let mut at = end;
    while value >= 10 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        buf[at] = DIGIT_PAIRS[pair];
        buf[at + 1] = DIGIT_PAIRS[pair + 1];
    }
    if value != 0 {
        at -= 1;
        buf[at] = b'0' + value as u8;
    }
    at
}
