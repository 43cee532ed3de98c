//! Text to floating point: what strtod accepts (ISO C 7.22.1.3), correctly rounded in the current direction.
//!
//! Most numbers are decided by one multiplication or by core's parser; directed rounding, long double and decimals
//! too close to a tie go to [`ratio`](super::ratio), where short ones take a division of 128 bits and others big integers.

use super::ratio::{
    BINARY32, BINARY64, Decimal, EXTENDED80, Format, Rounded, round, round_decimal, round_short,
};
use super::source::{Source, digit_value};
use super::{Rounding, decimal_backwards};
use crate::stdarg::F80;

/// Digits that can matter: a double's halfway points have up to 767.
const CHUNKS64: usize = 42;
/// Those of long double have up to 11,515.
const CHUNKS80: usize = 607;

/// A result and whether it is out of range (`ERANGE`).
#[derive(Clone, Copy, Debug)]
pub struct Parsed<T> {
    /// The value, rounded.
    pub value: T,
    /// Overflow, or underflow with loss.
    pub range: bool,
}

/// What was read.
enum Number {
    Zero,
    Infinite,
    Nan(u64),
    Hexadecimal {
        significand: u128,
        exponent: i64,
        sticky: bool,
    },
    Decimal {
        chunks: usize,
        last: u32,
        exponent: i64,
        sticky: bool,
    },
}

/// Reads the letters of `rest` in either case; false at the first that differs, which has been taken.
fn word<S: Source + ?Sized>(source: &mut S, rest: &[u8]) -> bool {
    rest.iter()
        .all(|&letter| source.get() | 0x20 == i32::from(letter))
}

/// Reads a number; the sign and what it is. `None` when there is none.
fn read<S: Source + ?Sized>(source: &mut S, chunks: &mut [u64]) -> Option<(bool, Number)> {
    let mut c = source.get();
    let negative = c == 0x2d;
    if negative || c == 0x2b {
        c = source.get();
    }
    let number = match c {
        0x49 | 0x69 => infinity(source)?,
        0x4e | 0x6e => not_a_number(source)?,
        0x30 => {
            let mark = source.mark();
            let next = source.get();
            if next | 0x20 == 0x78 {
                match hexadecimal(source) {
                    Some(number) => number,
                    None => {
                        source.reset(mark?);
                        Number::Zero
                    }
                }
            } else {
                source.unget();
                decimal(source, 0x30, chunks)?
            }
        }
        _ => decimal(source, c, chunks)?,
    };
    Some((negative, number))
}

fn infinity<S: Source + ?Sized>(source: &mut S) -> Option<Number> {
    if !word(source, b"nf") {
        source.unget();
        return None;
    }
    let mark = source.mark();
    if source.get() | 0x20 != 0x69 {
        source.unget();
    } else if !word(source, b"nity") {
        source.unget();
        source.reset(mark?);
    }
    Some(Number::Infinite)
}

fn not_a_number<S: Source + ?Sized>(source: &mut S) -> Option<Number> {
    if !word(source, b"an") {
        source.unget();
        return None;
    }
    let mark = source.mark();
    if source.get() != 0x28 {
        source.unget();
        return Some(Number::Nan(0));
    }
    // An n-char-sequence that is a number in C's notation is the payload, as with glibc.
    let (mut payload, mut base, mut count, mut valid) = (0u64, 10u8, 0, true);
    loop {
        let c = source.get();
        if c == 0x29 {
            return Some(Number::Nan(if valid { payload } else { 0 }));
        }
        let digit = digit_value(c);
        if digit == 255 && c != 0x5f {
            source.unget();
            source.reset(mark?);
            return Some(Number::Nan(0));
        }
        match (count, c) {
            (0, 0x30) => base = 8,
            (1, 0x58 | 0x78) if base == 8 && payload == 0 => base = 16,
            _ if digit < base => {
                payload = payload
                    .wrapping_mul(u64::from(base))
                    .wrapping_add(u64::from(digit))
            }
            _ => valid = false,
        }
        count += 1;
    }
}

/// An exponent part after its letter: the value, saturated. `None` when there are no digits.
fn exponent_part<S: Source + ?Sized>(source: &mut S) -> Option<i64> {
    let mut c = source.get();
    let negative = c == 0x2d;
    if negative || c == 0x2b {
        c = source.get();
    }
    let mut value = 0i64;
    let mut any = false;
    while let digit @ 0..=9 = digit_value(c) {
        any = true;
        if value < 1 << 40 {
            value = value * 10 + i64::from(digit);
        }
        c = source.get();
    }
    source.unget();
    any.then_some(if negative { -value } else { value })
}

/// After the digits: the exponent with `letter`, if it is there and complete. `None` for an incomplete one in a source that
/// can't go back.
fn optional_exponent<S: Source + ?Sized>(source: &mut S, letter: i32) -> Option<i64> {
    let mark = source.mark();
    if source.get() | 0x20 != letter {
        source.unget();
        return Some(0);
    }
    match exponent_part(source) {
        Some(value) => Some(value),
        None => {
            source.reset(mark?);
            Some(0)
        }
    }
}

/// What follows `0x`.
fn hexadecimal<S: Source + ?Sized>(source: &mut S) -> Option<Number> {
    let (mut significand, mut exponent, mut sticky) = (0u128, 0i64, false);
    let (mut any, mut point) = (false, false);
    loop {
        let c = source.get();
        let digit = digit_value(c);
        if digit < 16 {
            any = true;
            if significand >> 124 == 0 {
                significand = significand << 4 | u128::from(digit);
                exponent -= if point { 4 } else { 0 };
            } else {
                sticky |= digit != 0;
                exponent += if point { 0 } else { 4 };
            }
        } else if c == 0x2e && !point {
            point = true;
        } else {
            source.unget();
            break;
        }
    }
    if !any {
        return None;
    }
    let exponent = exponent + optional_exponent(source, 0x70)?;
    Some(if significand == 0 {
        Number::Zero
    } else {
        Number::Hexadecimal {
            significand,
            exponent,
            sticky,
        }
    })
}

/// A decimal whose first character is `c`; the digits go to `chunks`.
fn decimal<S: Source + ?Sized>(source: &mut S, mut c: i32, chunks: &mut [u64]) -> Option<Number> {
    let (mut full, mut chunk, mut digits) = (0usize, 0u64, 0u32);
    let (mut exponent, mut sticky) = (0i64, false);
    let (mut any, mut point) = (false, false);
    loop {
        let digit = c.wrapping_sub(0x30) as u32;
        if digit < 10 {
            any = true;
            if digit == 0 && digits == 0 && full == 0 {
                exponent -= i64::from(point);
            } else if full < chunks.len() {
                chunk = chunk * 10 + u64::from(digit);
                digits += 1;
                exponent -= i64::from(point);
                if digits == 19 {
                    chunks[full] = chunk;
                    full += 1;
                    (chunk, digits) = (0, 0);
                }
            } else {
                sticky |= digit != 0;
                exponent += i64::from(!point);
            }
        } else if c == 0x2e && !point {
            point = true;
        } else {
            source.unget();
            break;
        }
        c = source.get();
    }
    if !any {
        return None;
    }
    let exponent = exponent + optional_exponent(source, 0x65)?;
    if digits > 0 {
        chunks[full] = chunk;
        full += 1;
    } else {
        digits = 19;
    }
    Some(if full == 0 {
        Number::Zero
    } else {
        Number::Decimal {
            chunks: full,
            last: digits,
            exponent,
            sticky,
        }
    })
}

/// Types the two binary formats of Rust have in common here.
trait Native: 'static + Copy + PartialEq + core::str::FromStr {
    const FORMAT: Format;
    /// Greatest integer and power of ten that are exact.
    const EXACT: u64;
    const POWERS: &'static [Self];
    fn from_u64(w: u64) -> Self;
    fn times(self, power: Self) -> Self;
    fn over(self, power: Self) -> Self;
    fn may_be_out_of_range(self) -> bool;
    fn build(negative: bool, rounded: Rounded) -> Self;
    fn special(negative: bool, number: &Number) -> Self;
    fn negate_if(self, negative: bool) -> Self;
}

macro_rules! native {
    ($float:ty, $bits:ty, $format:expr, $exact:expr, $width:literal, [$($power:literal)*]) => {
        impl Native for $float {
            const FORMAT: Format = $format;
            const EXACT: u64 = $exact;
            const POWERS: &'static [Self] = &[$($power),*];
            #[inline]
            fn from_u64(w: u64) -> Self {
                w as Self
            }
            #[inline]
            fn times(self, power: Self) -> Self {
                self * power
            }
            #[inline]
            fn over(self, power: Self) -> Self {
                self / power
            }
            fn may_be_out_of_range(self) -> bool {
                !self.is_normal() || self.abs() == Self::MIN_POSITIVE
            }
            fn build(negative: bool, r: Rounded) -> Self {
                let p = Self::FORMAT.precision - 1;
                let exponent = if r.infinite {
                    return Self::INFINITY.negate_if(negative);
                } else if r.significand >> p == 0 {
                    0
                } else {
                    (r.exponent + Self::FORMAT.max_exponent) as $bits
                };
                let fraction = r.significand as $bits & ((1 << p) - 1);
                Self::from_bits((negative as $bits) << ($width - 1) | exponent << p | fraction)
            }
            fn special(negative: bool, number: &Number) -> Self {
                let p = Self::FORMAT.precision - 1;
                match number {
                    Number::Infinite => Self::INFINITY.negate_if(negative),
                    Number::Nan(payload) => {
                        let quiet = (<$bits>::MAX >> 1) >> (p - 1) << (p - 1);
                        let payload = *payload as $bits & ((1 << (p - 1)) - 1);
                        Self::from_bits((negative as $bits) << ($width - 1) | quiet | payload)
                    }
                    _ => (0.0 as Self).negate_if(negative),
                }
            }
            fn negate_if(self, negative: bool) -> Self {
                if negative { -self } else { self }
            }
        }
    };
}

native!(f64, u64, BINARY64, 1 << 53, 64, [1e0 1e1 1e2 1e3 1e4 1e5 1e6 1e7 1e8 1e9 1e10 1e11 1e12 1e13 1e14 1e15 1e16 1e17 1e18 1e19 1e20 1e21 1e22]);
native!(f32, u32, BINARY32, 1 << 24, 32, [1e0 1e1 1e2 1e3 1e4 1e5 1e6 1e7 1e8 1e9 1e10]);

/// w × 10^exponent by core's parser, rounded to nearest; `None` never comes of such text.
fn by_core<T: Native>(w: u64, exponent: i64) -> Option<T> {
    let mut text = [0u8; 32];
    let mut at = decimal_backwards(exponent.unsigned_abs(), &mut text, 32);
    if exponent < 0 {
        at -= 1;
        text[at] = b'-';
    } else if exponent == 0 {
        at -= 1;
        text[at] = b'0';
    }
    at -= 1;
    text[at] = b'e';
    let at = decimal_backwards(w, &mut text, at);
    core::str::from_utf8(&text[at..]).ok()?.parse().ok()
}

fn native<T: Native, S: Source + ?Sized>(source: &mut S) -> Option<Parsed<T>> {
    let mut memory = [0u64; CHUNKS64];
    let (negative, number) = read(source, &mut memory)?;
    let exactly = |value| {
        Some(Parsed {
            value,
            range: false,
        })
    };
    let rounded = match number {
        Number::Hexadecimal {
            significand,
            exponent,
            sticky,
        } => round(
            significand,
            exponent,
            sticky,
            T::FORMAT,
            Rounding::current(),
            negative,
        ),
        Number::Decimal {
            chunks,
            last,
            exponent,
            sticky,
        } => {
            let decimal = Decimal {
                chunks: &memory[..chunks],
                last,
                exponent,
                sticky,
            };
            if let Some(value) = quick::<T>(&decimal, negative) {
                return exactly(value);
            }
            decide(&decimal, negative, T::FORMAT, round_decimal::<48>)
        }
        special => return exactly(T::special(negative, &special)),
    };
    Some(Parsed {
        value: T::build(negative, rounded),
        range: rounded.range,
    })
}

/// The common cases: exact factors, or nearest rounding that the first 19 digits decide. Results at the
/// ends of the range are left to others, who know about `ERANGE`.
fn quick<T: Native>(d: &Decimal<'_>, negative: bool) -> Option<T> {
    let w = d.chunks[0];
    if let (1, false) = (d.chunks.len(), d.sticky) {
        let power = usize::try_from(d.exponent.unsigned_abs())
            .ok()
            .and_then(|e| T::POWERS.get(e));
        if let (Some(&power), true) = (power, w <= T::EXACT) {
            // The sign first: directed rounding depends on it.
            let w = T::from_u64(w).negate_if(negative);
            return Some(if d.exponent < 0 {
                w.over(power)
            } else {
                w.times(power)
            });
        }
    }
    if Rounding::current() != Rounding::Nearest || d.exponent.unsigned_abs() > 20_000 {
        return None;
    }
    let further = if d.chunks.len() > 1 {
        (d.chunks.len() as i64 - 2) * 19 + i64::from(d.last)
    } else {
        0
    };
    let exponent = d.exponent + further;
    let value: T = by_core(w, exponent)?;
    let decided = (further == 0 && !d.sticky) || by_core::<T>(w + 1, exponent) == Some(value);
    (decided && !value.may_be_out_of_range()).then(|| value.negate_if(negative))
}

/// Rounds by `exact` unless the exponent alone says that the result is beyond either end of the format.
fn decide(
    d: &Decimal<'_>,
    negative: bool,
    format: Format,
    exact: fn(&Decimal<'_>, Format, Rounding, bool) -> Rounded,
) -> Rounded {
    let mode = Rounding::current();
    // The number lies in [10^(magnitude − 1), 10^magnitude).
    let magnitude = (d.chunks.len() as i64 - 1) * 19 + i64::from(d.last) + d.exponent;
    let (least, most) = if format.precision == 64 {
        (-4970, 4935)
    } else {
        (-345, 311)
    };
    if magnitude > most {
        return round(1, 1 << 20, false, format, mode, negative);
    }
    if magnitude < least {
        return round(1, -(1 << 20), false, format, mode, negative);
    }
    round_short(d, format, mode, negative).unwrap_or_else(|| exact(d, format, mode, negative))
}

/// Reads a `double`. `None` when there is no number; the source is then somewhere in what was looked at.
pub fn scan_f64<S: Source + ?Sized>(source: &mut S) -> Option<Parsed<f64>> {
    native(source)
}

/// Reads a `float`.
pub fn scan_f32<S: Source + ?Sized>(source: &mut S) -> Option<Parsed<f32>> {
    native(source)
}

/// Reads a `long double`.
#[inline(never)]
pub fn scan_f80<S: Source + ?Sized>(source: &mut S) -> Option<Parsed<F80>> {
    let mut memory = [0u64; CHUNKS80];
    let (negative, number) = read(source, &mut memory)?;
    let exactly = |value: F80| {
        Some(Parsed {
            value: value.with_sign(negative),
            range: false,
        })
    };
    let rounded = match number {
        Number::Zero => return exactly(F80::ZERO),
        Number::Infinite => return exactly(F80::INFINITY),
        Number::Nan(payload) => {
            return exactly(F80::from_parts(
                false,
                0x7fff,
                F80::NAN.mantissa() | payload & (u64::MAX >> 2),
            ));
        }
        Number::Hexadecimal {
            significand,
            exponent,
            sticky,
        } => round(
            significand,
            exponent,
            sticky,
            EXTENDED80,
            Rounding::current(),
            negative,
        ),
        Number::Decimal {
            chunks,
            last,
            exponent,
            sticky,
        } => {
            let decimal = Decimal {
                chunks: &memory[..chunks],
                last,
                exponent,
                sticky,
            };
            let small = chunks == 1 && !sticky && exponent.unsigned_abs() < 200;
            decide(
                &decimal,
                negative,
                EXTENDED80,
                if small {
                    round_decimal::<16>
                } else {
                    round_decimal::<640>
                },
            )
        }
    };
    let value = if rounded.infinite {
        F80::INFINITY.with_sign(negative)
    } else {
        let exponent = if rounded.significand >> 63 == 0 {
            0
        } else {
            (rounded.exponent + F80::BIAS) as u16
        };
        F80::from_parts(negative, exponent, rounded.significand)
    };
    Some(Parsed {
        value,
        range: rounded.range,
    })
}
