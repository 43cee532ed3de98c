//! The conversions `a A e E f F g G`, exact for each precision and rounding direction.

use super::spec::{Spec, flag};
use crate::numconv::expansion::{Expansion, Scratch64, Scratch80};
use crate::numconv::{Out, Rounding, decimal_backwards};
use crate::stdarg::F80;
use crate::stdarg::longdouble::Class;

/// A floating-point argument, taken apart.
#[derive(Clone, Copy)]
pub struct Float {
    negative: bool,
    class: Class,
    /// |x| = mantissa × 2^exponent when finite.
    mantissa: u64,
    exponent: i32,
    /// `long double`, not `double`.
    long: bool,
}

impl From<f64> for Float {
    fn from(x: f64) -> Self {
        let bits = x.to_bits();
        let biased = (bits >> 52 & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let class = match (biased, fraction) {
            (0x7ff, 0) => Class::Infinite,
            (0x7ff, _) => Class::Nan,
            _ => Class::Finite,
        };
        let (mantissa, exponent) = if biased == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, biased - 1075)
        };
        Self {
            negative: bits >> 63 != 0,
            class,
            mantissa,
            exponent,
            long: false,
        }
    }
}

impl From<F80> for Float {
    fn from(x: F80) -> Self {
        let (mantissa, exponent) = x.decompose();
        Self {
            negative: x.is_negative(),
            class: x.class(),
            mantissa,
            exponent,
            long: true,
        }
    }
}

/// Formats `x` for the conversion character `conversion`.
pub fn format(out: &mut dyn Out, spec: &Spec, conversion: u8, x: Float) {
    if x.class != Class::Finite {
        return non_finite(out, spec, conversion, x);
    }
    match (conversion | 0x20, x.long) {
        (b'a', _) => hexadecimal(out, spec, conversion, x),
        (_, false) => double(out, spec, conversion, x),
        (_, true) => long_double(out, spec, conversion, x),
    }
}

#[inline(never)]
fn double(out: &mut dyn Out, spec: &Spec, conversion: u8, x: Float) {
    let mut scratch = Scratch64::new();
    decimal(
        out,
        spec,
        conversion,
        x.negative,
        Expansion::new(&mut scratch, x.mantissa, x.exponent),
    );
}

/// Apart from [`double`] so that only `%Lf` pays for its 9 KiB of stack.
#[inline(never)]
fn long_double(out: &mut dyn Out, spec: &Spec, conversion: u8, x: Float) {
    let mut scratch = Scratch80::new();
    decimal(
        out,
        spec,
        conversion,
        x.negative,
        Expansion::new(&mut scratch, x.mantissa, x.exponent),
    );
}

fn non_finite(out: &mut dyn Out, spec: &Spec, conversion: u8, x: Float) {
    let text: &[u8] = match (x.class, conversion.is_ascii_uppercase()) {
        (Class::Nan, false) => b"nan",
        (Class::Nan, true) => b"NAN",
        (_, false) => b"inf",
        (_, true) => b"INF",
    };
    let spec = Spec {
        flags: spec.flags & !flag::ZERO,
        ..*spec
    };
    let field = Field::open(out, &spec, spec.sign(x.negative), text.len());
    out.bytes(text);
    field.close(out);
}

/// The padding around a number.
struct Field {
    right: usize,
}

impl Field {
    /// Writes what precedes `length` characters of body: padding, prefix, zeros.
    fn open(out: &mut dyn Out, spec: &Spec, prefix: &[u8], length: usize) -> Self {
        let pad = spec.width.saturating_sub(prefix.len() + length);
        let (left, zeros, right) = match (spec.has(flag::LEFT), spec.has(flag::ZERO)) {
            (true, _) => (0, 0, pad),
            (false, true) => (0, pad, 0),
            (false, false) => (pad, 0, 0),
        };
        if left != 0 {
            out.fill(b' ', left);
        }
        out.bytes(prefix);
        if zeros != 0 {
            out.fill(b'0', zeros);
        }
        Self { right }
    }

    fn close(self, out: &mut dyn Out) {
        if self.right != 0 {
            out.fill(b' ', self.right);
        }
    }
}

/// How a decimal conversion lays out its digits.
enum Style {
    /// ddd.ddd
    Fixed,
    /// d.ddde±dd
    Exponent,
}

fn decimal(
    out: &mut dyn Out,
    spec: &Spec,
    conversion: u8,
    negative: bool,
    mut digits: Expansion<'_>,
) {
    let mode = Rounding::current();
    let alt = spec.has(flag::ALT);
    let mut precision = spec.precision.unwrap_or(6) as i64;
    let leading = digits.leading_position();
    let mut style = Style::Exponent;
    match conversion | 0x20 {
        b'f' => {
            style = Style::Fixed;
            if leading.is_some() {
                digits.round_at(-precision, mode, negative);
            }
        }
        b'e' => {
            if let Some(leading) = leading {
                digits.round_at(i64::from(leading) - precision, mode, negative);
            }
        }
        _ => {
            precision = precision.max(1) - 1; // digits after the first one
            if let Some(leading) = leading {
                digits.round_at(i64::from(leading) - precision, mode, negative);
            }
        }
    }
    // Rounding may have carried into a new digit, or left nothing.
    let leading = if leading.is_some() {
        digits.leading_position()
    } else {
        None
    };
    let exponent = leading.unwrap_or(0);
    if conversion | 0x20 == b'g' {
        if exponent >= -4 && i64::from(exponent) <= precision {
            style = Style::Fixed;
            precision -= i64::from(exponent);
        }
        if !alt {
            let last = digits.trailing_position().map_or(0, |t| t.min(exponent));
            let needed = match style {
                Style::Fixed => -last,
                Style::Exponent => exponent - last,
            };
            precision = precision.min(i64::from(needed.max(0)));
        }
    }
    let point: &[u8] = if precision > 0 || alt { b"." } else { b"" };
    let sign = spec.sign(negative);
    match style {
        Style::Fixed => {
            let high = exponent.max(0);
            let length = high as usize + 1 + point.len() + precision as usize;
            let field = Field::open(out, spec, sign, length);
            digits.digits(high, 0, out);
            out.bytes(point);
            if precision > 0 {
                digits.digits(-1, -precision, out);
            }
            field.close(out);
        }
        Style::Exponent => {
            let letter = if conversion.is_ascii_uppercase() {
                b'E'
            } else {
                b'e'
            };
            let mut buf = [0u8; 8];
            let suffix = exponent_suffix(&mut buf, letter, exponent, 2);
            let length = 1 + point.len() + precision as usize + suffix.len();
            let field = Field::open(out, spec, sign, length);
            digits.digits(exponent, i64::from(exponent), out);
            out.bytes(point);
            if precision > 0 {
                digits.digits(exponent - 1, i64::from(exponent) - precision, out);
            }
            out.bytes(suffix);
            field.close(out);
        }
    }
}

/// `e±dd` (or `p±d`) in `buf`, with at least `least` digits.
fn exponent_suffix(buf: &mut [u8; 8], letter: u8, exponent: i32, least: usize) -> &[u8] {
    let end = buf.len();
    let mut at = decimal_backwards(u64::from(exponent.unsigned_abs()), buf, end);
    while end - at < least {
        at -= 1;
        buf[at] = b'0';
    }
    at -= 1;
    buf[at] = if exponent < 0 { b'-' } else { b'+' };
    at -= 1;
    buf[at] = letter;
    &buf[at..]
}

fn hexadecimal(out: &mut dyn Out, spec: &Spec, conversion: u8, x: Float) {
    let upper = conversion == b'A';
    // `whole` is the digit before the point, `fraction` the ones after it, left-aligned; `exponent` that of `whole`'s
    // unit. A double has its implicit bit there (0 when subnormal), a long double its four topmost bits.
    let (mut whole, mut fraction, mut exponent) = if x.long {
        (x.mantissa >> 60, x.mantissa << 4, x.exponent + 60)
    } else {
        (x.mantissa >> 52, x.mantissa << 12, x.exponent + 52)
    };
    if x.mantissa == 0 {
        exponent = 0;
    }
    let all = 16 - fraction.trailing_zeros() as usize / 4;
    let precision = spec
        .precision
        .unwrap_or(if fraction == 0 { 0 } else { all });
    if precision < 16 {
        let kept_bits = precision as u32 * 4;
        let rest = fraction << kept_bits;
        let unit = 1u128 << (64 - kept_bits);
        let odd = if precision == 0 {
            whole
        } else {
            fraction >> (64 - kept_bits)
        } & 1
            != 0;
        let up = Rounding::current().away(x.negative, rest.cmp(&(1 << 63)), rest != 0, odd);
        let value = (u128::from(whole) << 64 | u128::from(fraction)) & !(unit - 1);
        let value = value + if up { unit } else { 0 };
        whole = (value >> 64) as u64;
        fraction = value as u64;
        if whole == 16 {
            whole = 1;
            exponent += 4;
        }
    }
    let letters: &[u8; 16] = if upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    let mut digits = [0u8; 16];
    for (i, digit) in digits.iter_mut().enumerate() {
        *digit = letters[(fraction >> (60 - 4 * i) & 15) as usize];
    }
    let shown = precision.min(16);
    let point: &[u8] = if precision > 0 || spec.has(flag::ALT) {
        b"."
    } else {
        b""
    };
    let mut buf = [0u8; 8];
    let suffix = exponent_suffix(&mut buf, if upper { b'P' } else { b'p' }, exponent, 1);

    let mut prefix = [0u8; 3];
    let sign = spec.sign(x.negative);
    prefix[..sign.len()].copy_from_slice(sign);
    prefix[sign.len()..sign.len() + 2].copy_from_slice(if upper { b"0X" } else { b"0x" });
    let field = Field::open(
        out,
        spec,
        &prefix[..sign.len() + 2],
        1 + point.len() + precision + suffix.len(),
    );
    out.bytes(&[letters[whole as usize]]);
    out.bytes(point);
    out.bytes(&digits[..shown]);
    if precision > shown {
        out.fill(b'0', precision - shown);
    }
    out.bytes(suffix);
    field.close(out);
}
