//! The values that functions of a script return, and whether they are the expected ones.

use std::fmt;

use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastRetCore};
use wast::token::{F32, F64};

/// What a function returned. Floats are their bits, so that each NaN is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// A vector, its first lane in the lowest bits.
    V128(u128),
    /// A null reference of this family.
    Null(Family),
    /// A function.
    Func,
    /// Something of the host's: the number that the script gave it, unless it came of an internal reference.
    Extern(Option<u32>),
    /// An exception.
    Exn,
    /// A small integer as a reference.
    I31,
    /// A structure.
    Struct,
    /// An array.
    Array,
    /// Something of the host's as an internal reference.
    Host(Option<u32>),
    /// A reference that nothing is expected to be.
    Unknown,
}

/// The types of references that have no values in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Functions.
    Func,
    /// What belongs to the host.
    Extern,
    /// What lives in the program's heap.
    Any,
    /// Exceptions.
    Exn,
    /// Continuations.
    Cont,
}

impl Value {
    /// Whether this is a value that `expected` allows.
    pub fn is(self, expected: &WastRetCore<'_>) -> bool {
        match (self, expected) {
            (_, WastRetCore::Either(all)) => all.iter().any(|one| self.is(one)),
            (Self::I32(value), WastRetCore::I32(expected)) => value == *expected,
            (Self::I64(value), WastRetCore::I64(expected)) => value == *expected,
            (Self::F32(bits), WastRetCore::F32(expected)) => f32_is(bits, expected),
            (Self::F64(bits), WastRetCore::F64(expected)) => f64_is(bits, expected),
            (Self::V128(bits), WastRetCore::V128(expected)) => v128_is(bits, expected),
            (Self::Null(family), WastRetCore::RefNull(expected)) => match expected {
                Some(HeapType::Abstract { ty, .. }) => family == family_of(*ty),
                // A type of the module's own is of one of these families.
                Some(HeapType::Concrete(_) | HeapType::Exact(_)) => {
                    matches!(family, Family::Func | Family::Any | Family::Cont)
                }
                None => true,
            },
            // No engine tells the index of a function.
            (Self::Func, WastRetCore::RefFunc(_)) => true,
            (Self::Extern(number), WastRetCore::RefExtern(expected)) => {
                expected.is_none() || number == *expected
            }
            (Self::Host(number), WastRetCore::RefHost(expected)) => number == Some(*expected),
            (
                Self::I31 | Self::Struct | Self::Array | Self::Host(_) | Self::Unknown,
                WastRetCore::RefAny,
            )
            | (Self::I31 | Self::Struct | Self::Array, WastRetCore::RefEq)
            | (Self::I31, WastRetCore::RefI31)
            | (Self::Struct, WastRetCore::RefStruct)
            | (Self::Array, WastRetCore::RefArray) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::I32(value) => write!(f, "i32 {value}"),
            Self::I64(value) => write!(f, "i64 {value}"),
            Self::F32(bits) => write!(f, "f32 {:?} ({bits:#010x})", f32::from_bits(bits)),
            Self::F64(bits) => write!(f, "f64 {:?} ({bits:#018x})", f64::from_bits(bits)),
            Self::V128(bits) => write!(f, "v128 {bits:#034x}"),
            Self::Null(family) => write!(f, "null of {}", format!("{family:?}").to_lowercase()),
            Self::Extern(Some(number)) => write!(f, "extern {number}"),
            Self::Host(Some(number)) => write!(f, "host {number}"),
            other => f.write_str(&format!("{other:?}").to_lowercase()),
        }
    }
}

/// The family that an abstract type belongs to.
pub fn family_of(ty: AbstractHeapType) -> Family {
    use AbstractHeapType as A;
    match ty {
        A::Func | A::NoFunc => Family::Func,
        A::Extern | A::NoExtern => Family::Extern,
        A::Exn | A::NoExn => Family::Exn,
        A::Cont | A::NoCont => Family::Cont,
        A::Any | A::Eq | A::Struct | A::Array | A::I31 | A::None => Family::Any,
    }
}

/// What is expected, for people.
pub fn expectation(expected: &WastRetCore<'_>) -> String {
    match expected {
        WastRetCore::I32(value) => Value::I32(*value).to_string(),
        WastRetCore::I64(value) => Value::I64(*value).to_string(),
        WastRetCore::F32(NanPattern::Value(value)) => Value::F32(value.bits).to_string(),
        WastRetCore::F64(NanPattern::Value(value)) => Value::F64(value.bits).to_string(),
        WastRetCore::Either(all) => {
            let all: Vec<_> = all.iter().map(expectation).collect();
            all.join(" or ")
        }
        other => format!("{other:?}"),
    }
}

/// Canonical: no bit of the payload but the highest. Arithmetic: at least the highest. The sign is free.
fn f32_is(bits: u32, expected: &NanPattern<F32>) -> bool {
    const QUIET: u32 = 0x7fc0_0000;
    match expected {
        NanPattern::CanonicalNan => bits & (u32::MAX >> 1) == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(value) => bits == value.bits,
    }
}

/// As [`f32_is`].
fn f64_is(bits: u64, expected: &NanPattern<F64>) -> bool {
    const QUIET: u64 = 0x7ff8_0000_0000_0000;
    match expected {
        NanPattern::CanonicalNan => bits & (u64::MAX >> 1) == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(value) => bits == value.bits,
    }
}

fn v128_is(bits: u128, expected: &V128Pattern) -> bool {
    let lane = |index: usize, width: usize| bits >> (index * width);
    match expected {
        V128Pattern::I8x16(lanes) => lanes.iter().zip(0..).all(|(&e, i)| lane(i, 8) as i8 == e),
        V128Pattern::I16x8(lanes) => lanes.iter().zip(0..).all(|(&e, i)| lane(i, 16) as i16 == e),
        V128Pattern::I32x4(lanes) => lanes.iter().zip(0..).all(|(&e, i)| lane(i, 32) as i32 == e),
        V128Pattern::I64x2(lanes) => lanes.iter().zip(0..).all(|(&e, i)| lane(i, 64) as i64 == e),
        V128Pattern::F32x4(lanes) => lanes
            .iter()
            .zip(0..)
            .all(|(e, i)| f32_is(lane(i, 32) as u32, e)),
        V128Pattern::F64x2(lanes) => lanes
            .iter()
            .zip(0..)
            .all(|(e, i)| f64_is(lane(i, 64) as u64, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_nans() {
        let canonical = NanPattern::CanonicalNan;
        let arithmetic = NanPattern::ArithmeticNan;
        for (bits, is_canonical, is_arithmetic) in [
            (0x7fc0_0000, true, true),
            (0xffc0_0000, true, true),
            (0x7fc0_0001, false, true),
            (0x7f80_0001, false, false),
            (0x7f80_0000, false, false),
            (0, false, false),
        ] {
            assert_eq!(f32_is(bits, &canonical), is_canonical, "{bits:#x}");
            assert_eq!(f32_is(bits, &arithmetic), is_arithmetic, "{bits:#x}");
        }
        assert!(f64_is(f64::NAN.to_bits(), &NanPattern::CanonicalNan));
        assert!(!f64_is(0x7ff0_0000_0000_0001, &NanPattern::ArithmeticNan));
    }

    #[test]
    fn lanes_are_counted_from_the_lowest_bits() {
        let mut lanes = [0; 4];
        lanes[0] = 1;
        lanes[3] = -1;
        let bits = u128::from(u32::MAX) << 96 | 1;
        assert!(Value::V128(bits).is(&WastRetCore::V128(V128Pattern::I32x4(lanes))));
        lanes[1] = 1;
        assert!(!Value::V128(bits).is(&WastRetCore::V128(V128Pattern::I32x4(lanes))));
    }

    #[test]
    fn references_have_families() {
        let null = |ty| {
            let shared = false;
            WastRetCore::RefNull(Some(HeapType::Abstract { shared, ty }))
        };
        assert!(Value::Null(Family::Any).is(&null(AbstractHeapType::I31)));
        assert!(!Value::Null(Family::Any).is(&null(AbstractHeapType::Func)));
        assert!(!Value::Func.is(&WastRetCore::RefNull(None)));
        assert!(Value::Extern(Some(3)).is(&WastRetCore::RefExtern(Some(3))));
        assert!(!Value::Extern(Some(3)).is(&WastRetCore::RefExtern(Some(4))));
        assert!(!Value::Host(Some(3)).is(&WastRetCore::RefEq));
        assert!(!Value::I32(0).is(&WastRetCore::I64(0)));
    }
}
