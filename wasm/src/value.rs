//! Values of `--invoke`: from the command line to typed parameters, from results to text.
//!
//! Independent of any engine, so that all of them read and print alike.

use std::fmt;

/// A value as functions take and return it.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float, by its bits.
    F32(u32),
    /// A 64-bit float, by its bits.
    F64(u64),
    /// A 128-bit vector.
    V128(u128),
    /// The null reference; only as a result.
    Null,
    /// Any other reference; only as a result.
    Reference,
}

/// The types of [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// A 128-bit vector.
    V128,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
        })
    }
}

impl Value {
    /// Reads a value of type `ty`: decimal or `0x` integers, signed or unsigned; floats as Rust reads them,
    /// with `inf` and `nan`; vectors as `0x` and up to 32 hexadecimal digits. `None` if `text` is none.
    pub fn parse(text: &str, ty: Type) -> Option<Self> {
        match ty {
            Type::I32 => {
                let wide = integer(text)?;
                let bits = i32::try_from(wide)
                    .ok()
                    .or_else(|| u32::try_from(wide).ok().map(u32::cast_signed));
                bits.map(Self::I32)
            }
            Type::I64 => {
                let wide = integer(text)?;
                let bits = i64::try_from(wide)
                    .ok()
                    .or_else(|| u64::try_from(wide).ok().map(u64::cast_signed));
                bits.map(Self::I64)
            }
            Type::F32 => text
                .parse()
                .ok()
                .map(|value: f32| Self::F32(value.to_bits())),
            Type::F64 => text
                .parse()
                .ok()
                .map(|value: f64| Self::F64(value.to_bits())),
            Type::V128 => hexadecimal(text).map(Self::V128),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::I32(value) => write!(f, "{value}"),
            Self::I64(value) => write!(f, "{value}"),
            Self::F32(bits) => write!(f, "{}", f32::from_bits(bits)),
            Self::F64(bits) => write!(f, "{}", f64::from_bits(bits)),
            Self::V128(value) => write!(f, "{value:#034x}"),
            Self::Null => f.write_str("null"),
            Self::Reference => f.write_str("(reference)"),
        }
    }
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = match hexadecimal(digits) {
        Some(value) => i128::try_from(value).ok()?,
        None if digits.starts_with(|first: char| first.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn hexadecimal(text: &str) -> Option<u128> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    // The standard parser also takes a sign.
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(text: &str, ty: Type) -> Option<String> {
        Value::parse(text, ty).map(|value| value.to_string())
    }

    #[test]
    fn integers_are_signed_or_unsigned_and_in_range() {
        assert_eq!(
            through("-2147483648", Type::I32).as_deref(),
            Some("-2147483648")
        );
        assert_eq!(through("4294967295", Type::I32).as_deref(), Some("-1"));
        assert_eq!(through("0xFF", Type::I32).as_deref(), Some("255"));
        assert_eq!(through("-0x10", Type::I64).as_deref(), Some("-16"));
        assert_eq!(
            through("18446744073709551615", Type::I64).as_deref(),
            Some("-1")
        );
        for wrong in [
            "",
            "-",
            "+",
            "--1",
            "0x",
            "0x-1",
            "1.0",
            "one",
            "4294967296",
            "-2147483649",
            " 1",
        ] {
            assert_eq!(through(wrong, Type::I32), None, "accepted: {wrong}");
        }
        assert_eq!(through("18446744073709551616", Type::I64), None);
    }

    #[test]
    fn floats_print_so_that_they_can_be_read_back() {
        assert_eq!(through("0.1", Type::F32).as_deref(), Some("0.1"));
        assert_eq!(through("1e300", Type::F64).unwrap().parse(), Ok(1e300));
        assert_eq!(through("-inf", Type::F64).as_deref(), Some("-inf"));
        assert_eq!(through("nan", Type::F32).as_deref(), Some("NaN"));
        assert_eq!(through("abc", Type::F64), None);
    }

    #[test]
    fn vectors_are_hexadecimal() {
        assert_eq!(
            through("0x1", Type::V128).as_deref(),
            Some("0x00000000000000000000000000000001")
        );
        assert_eq!(through("1", Type::V128), None);
    }
}
