//! Text to integer, for strtol and its family and for scanf.

use super::source::{Source, digit_value};

/// A number read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer {
    /// A minus sign stood before it.
    pub negative: bool,
    /// The magnitude, the greatest one on overflow.
    pub magnitude: u64,
    /// The magnitude exceeds 64 bits.
    pub overflow: bool,
}

/// Reads an optional sign, an optional prefix and digits. `base` is 0 (told by the prefix) or 2 to 36; `binary` allows
/// the prefix `0b` (C23). `None`, with the source at a character that doesn't fit, when there is no digit.
pub fn scan<S: Source + ?Sized>(source: &mut S, mut base: u8, binary: bool) -> Option<Integer> {
    let mut c = source.get();
    let negative = c == 0x2d;
    if negative || c == 0x2b {
        c = source.get();
    }
    let mut any = false;
    if c == 0x30 && matches!(base, 0 | 16 | 2) {
        let mark = source.mark();
        any = true;
        c = source.get();
        let prefix = match c | 0x20 {
            0x78 if base != 2 => 16,
            0x62 if base != 16 && binary => 2,
            _ => 0,
        };
        if prefix != 0 && (base == 0 || base == prefix) {
            base = prefix;
            c = source.get();
            if digit_value(c) >= prefix {
                // "0x" alone: the number is the zero, if the source can go back that far.
                let mark = mark?;
                source.reset(mark);
                return Some(Integer {
                    negative,
                    magnitude: 0,
                    overflow: false,
                });
            }
        } else if base == 0 {
            base = 8;
        }
    }
    if base == 0 {
        base = 10;
    }
    let mut magnitude = 0u64;
    let mut overflow = false;
    loop {
        let digit = digit_value(c);
        if digit >= base {
            break;
        }
        any = true;
        let (product, high) = magnitude.carrying_mul_u8(base, digit);
        magnitude = product;
        overflow |= high;
        c = source.get();
    }
    source.unget();
    any.then_some(Integer {
        negative,
        magnitude: if overflow { u64::MAX } else { magnitude },
        overflow,
    })
}

/// One step of reading digits.
trait Step {
    fn carrying_mul_u8(self, base: u8, digit: u8) -> (u64, bool);
}

impl Step for u64 {
    #[inline]
    fn carrying_mul_u8(self, base: u8, digit: u8) -> (u64, bool) {
        let (product, a) = self.overflowing_mul(u64::from(base));
        let (sum, b) = product.overflowing_add(u64::from(digit));
        (sum, a | b)
    }
}
