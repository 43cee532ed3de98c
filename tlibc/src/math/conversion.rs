//! Rounding to integers of a given width: fromfp, ufromfp, fromfpx and ufromfpx, as ISO/IEC TS 18661-1 14.8 has them: they
//! return `intmax_t` and `uintmax_t`, as in the GNU C library.

use super::long_double::f80_integer_entries;
use crate::fenv::exceptions::{INEXACT, INVALID, feraiseexcept};
use crate::stdarg::F80;
use crate::stdarg::longdouble::Class;
use crate::types::{c_int, c_uint, intmax_t, uintmax_t};

/// A finite number, significand times a power of two; `None` for the others.
struct Number {
    negative: bool,
    finite: Option<(u64, i32)>,
}

impl From<f64> for Number {
    fn from(x: f64) -> Self {
        const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
        let bits = x.to_bits();
        let fraction = bits & ((1 << FRACTION) - 1);
        let finite = match (bits >> FRACTION) as i32 & 0x7ff {
            0x7ff => None,
            0 => Some((fraction, -1074)),
            exponent => Some((fraction | 1 << FRACTION, exponent - 1075)),
        };
        let negative = bits >> 63 != 0;
        Self { negative, finite }
    }
}

impl From<f32> for Number {
    fn from(x: f32) -> Self {
        const FRACTION: u32 = f32::MANTISSA_DIGITS - 1;
        let bits = x.to_bits();
        let fraction = u64::from(bits & ((1 << FRACTION) - 1));
        let finite = match (bits >> FRACTION) as i32 & 0xff {
            0xff => None,
            0 => Some((fraction, -149)),
            exponent => Some((fraction | 1 << FRACTION, exponent - 150)),
        };
        let negative = bits >> 31 != 0;
        Self { negative, finite }
    }
}

impl From<F80> for Number {
    fn from(x: F80) -> Self {
        let finite = (x.class() == Class::Finite).then(|| x.decompose());
        let negative = x.is_negative();
        Self { negative, finite }
    }
}

impl Number {
    /// The magnitude of the nearest integer in a direction, and whether it is the number itself; `None` if it has more
    /// than 64 bits. A direction that is none of the `FP_INT_` numbers is towards zero.
    fn rounded(&self, direction: c_int) -> Option<(u64, bool)> {
        let (significand, exponent) = self.finite?;
        if exponent >= 0 {
            let fits = significand == 0 || exponent.cast_unsigned() <= significand.leading_zeros();
            return fits.then(|| {
                (
                    significand
                        .checked_shl(exponent.cast_unsigned())
                        .unwrap_or(0),
                    true,
                )
            });
        }
        // Twice the number: the half below the integer is then the lowest bit.
        let shift = exponent.unsigned_abs();
        let doubled = if shift > 64 {
            0
        } else {
            significand >> (shift - 1)
        };
        let beyond = if shift > 64 {
            significand
        } else {
            significand & ((1 << (shift - 1)) - 1)
        } != 0;
        let (whole, half) = (doubled >> 1, doubled & 1 != 0);
        let exact = !half && !beyond;
        let away = match direction {
            0 => !exact && !self.negative,
            1 => !exact && self.negative,
            3 => half,
            4 => half && (beyond || whole & 1 != 0),
            _ => false,
        };
        // A number with a fraction has at most 63 bits before it.
        Some((whole + u64::from(away), exact))
    }

    /// The magnitude of the integer, if it does not exceed the limit. Raises the exceptions.
    fn convert(&self, direction: c_int, limit: u64, width: c_uint, report: Inexact) -> Option<u64> {
        let rounded = self.rounded(direction);
        let Some((magnitude, exact)) = rounded.filter(|(m, _)| width > 0 && *m <= limit) else {
            feraiseexcept(INVALID);
            return None;
        };
        if !exact && report == Inexact::Raised {
            feraiseexcept(INEXACT);
        }
        Some(magnitude)
    }
}

/// Whether a function raises inexact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inexact {
    Raised,
    Silent,
}

/// The integer, or the nearest limit of the width, and invalid, where it does not fit.
fn signed(x: Number, direction: c_int, width: c_uint, report: Inexact) -> intmax_t {
    let negative = x.negative;
    let width = width.min(64);
    let greatest = match width {
        0 => 0,
        width => (1_u64 << (width - 1)) - 1,
    };
    let limit = greatest + u64::from(negative && width > 0);
    let magnitude = x.convert(direction, limit, width, report).unwrap_or(limit);
    if negative {
        magnitude.wrapping_neg().cast_signed()
    } else {
        magnitude.cast_signed()
    }
}

/// [`signed`] for unsigned types.
fn unsigned(x: Number, direction: c_int, width: c_uint, report: Inexact) -> uintmax_t {
    let width = width.min(64);
    let limit = match width {
        0 => 0,
        _ if x.negative => 0,
        width => u64::MAX >> (64 - width),
    };
    x.convert(direction, limit, width, report).unwrap_or(limit)
}

/// The integer nearest in a direction, if a signed type of that width has it; else invalid, and the nearest limit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fromfp(x: f64, direction: c_int, width: c_uint) -> intmax_t {
    signed(x.into(), direction, width, Inexact::Silent)
}

/// The integer nearest in a direction, if a signed type of that width has it; else invalid, and the nearest limit (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fromfpf(x: f32, direction: c_int, width: c_uint) -> intmax_t {
    signed(x.into(), direction, width, Inexact::Silent)
}

/// [`fromfp`] that raises inexact for what is no integer.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fromfpx(x: f64, direction: c_int, width: c_uint) -> intmax_t {
    signed(x.into(), direction, width, Inexact::Raised)
}

/// [`fromfp`] that raises inexact for what is no integer (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fromfpxf(x: f32, direction: c_int, width: c_uint) -> intmax_t {
    signed(x.into(), direction, width, Inexact::Raised)
}

/// The integer nearest in a direction, if an unsigned type of that width has it; else invalid, and the nearest limit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ufromfp(x: f64, direction: c_int, width: c_uint) -> uintmax_t {
    unsigned(x.into(), direction, width, Inexact::Silent)
}

/// The integer nearest in a direction, if an unsigned type of that width has it; else invalid, and the nearest limit (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ufromfpf(x: f32, direction: c_int, width: c_uint) -> uintmax_t {
    unsigned(x.into(), direction, width, Inexact::Silent)
}

/// [`ufromfp`] that raises inexact for what is no integer.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ufromfpx(x: f64, direction: c_int, width: c_uint) -> uintmax_t {
    unsigned(x.into(), direction, width, Inexact::Raised)
}

/// [`ufromfp`] that raises inexact for what is no integer (float).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ufromfpxf(x: f32, direction: c_int, width: c_uint) -> uintmax_t {
    unsigned(x.into(), direction, width, Inexact::Raised)
}

f80_integer_entries! {
    /// The integer nearest in a direction, if a signed type of that width has it; else invalid, and the nearest limit (long double).
    pub fn fromfpl(x: F80, direction: c_int, width: c_uint) -> intmax_t => |x, direction, width| signed(x.into(), direction, width, Inexact::Silent);
    /// [`fromfp`] that raises inexact for what is no integer (long double).
    pub fn fromfpxl(x: F80, direction: c_int, width: c_uint) -> intmax_t => |x, direction, width| signed(x.into(), direction, width, Inexact::Raised);
    /// The integer nearest in a direction, if an unsigned type of that width has it; else invalid, and the nearest limit (long double).
    pub fn ufromfpl(x: F80, direction: c_int, width: c_uint) -> uintmax_t => |x, direction, width| unsigned(x.into(), direction, width, Inexact::Silent);
    /// [`ufromfp`] that raises inexact for what is no integer (long double).
    pub fn ufromfpxl(x: F80, direction: c_int, width: c_uint) -> uintmax_t => |x, direction, width| unsigned(x.into(), direction, width, Inexact::Raised);
}
