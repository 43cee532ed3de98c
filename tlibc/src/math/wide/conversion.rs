//! From long double, exact, and to it: the one rounding, in the caller's direction and with its exceptions.

use core::arch::asm;

use super::Wide;
use crate::fenv::x87_control;
use crate::math::x87 as op;
use crate::stdarg::F80;

/// The least exponent of a normal number.
const LEAST: i32 = 1 - F80::BIAS;
/// The greatest exponent.
const GREATEST: i32 = F80::BIAS;

/// Raises inexact, and nothing else.
#[inline(always)]
pub fn raise_inexact() {
    static TINY: f32 = f32::MIN_POSITIVE;
    // SAFETY: reads the constant, and leaves the x87 stack empty; what it does to the status word is its purpose.
    unsafe {
        asm!(
            "fld1",
            "fadd dword ptr [{tiny}]",
            "fstp st(0)",
            tiny = in(reg) &raw const TINY,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack, preserves_flags),
        );
    }
}

/// Whether a magnitude goes up: `rest` is what is below the last bit of `kept`, in units of 2⁻¹²⁸ of it.
#[inline(always)]
fn goes_up(negative: bool, kept: u64, rest: u128) -> bool {
    const HALF: u128 = 1 << 127;
    match x87_control() >> 10 & 3 {
        0 => rest > HALF || rest == HALF && kept & 1 != 0,
        1 => negative,
        2 => !negative,
        _ => false,
    }
}

impl Wide {
    /// A finite number, exact.
    #[inline(always)]
    pub fn from_f80(x: F80) -> Self {
        let mantissa = x.mantissa();
        let shift = mantissa.leading_zeros();
        let exponent = i32::from(x.biased_exponent().max(1)) - F80::BIAS - shift as i32;
        if mantissa == 0 {
            return Self::ZERO.with_sign(x.is_negative());
        }
        Self::new(
            x.is_negative(),
            exponent,
            u128::from(mantissa << shift) << 64,
        )
    }

    /// The number in the format of `long double`, rounded in the direction that the program has set, with the exceptions
    /// inexact, overflow and underflow of that rounding (IEEE 754, 7.4 to 7.6; tininess is detected after rounding, as the
    /// processor does).
    #[inline]
    pub fn to_f80(self) -> F80 {
        if self.exponent < LEAST || self.exponent > GREATEST {
            return self.beyond();
        }
        let (kept, rest) = ((self.mantissa >> 64) as u64, self.mantissa << 64);
        let exponent = (self.exponent + F80::BIAS) as u16;
        if rest == 0 {
            return F80::from_parts(self.negative, exponent, kept);
        }
        raise_inexact();
        if !goes_up(self.negative, kept, rest) {
            return F80::from_parts(self.negative, exponent, kept);
        }
        match kept.checked_add(1) {
            Some(next) => F80::from_parts(self.negative, exponent, next),
            None if self.exponent == GREATEST => self.overflow(),
            None => F80::from_parts(self.negative, exponent + 1, 1 << 63),
        }
    }

    /// What is too great, in the current direction.
    fn overflow(self) -> F80 {
        let greatest = F80::from_parts(false, 0x7ffe, u64::MAX);
        op::mul(greatest.with_sign(self.negative), greatest)
    }

    /// [`to_f80`](Self::to_f80) of what is no normal number.
    #[cold]
    fn beyond(self) -> F80 {
        if self.mantissa == 0 {
            return F80::ZERO.with_sign(self.negative);
        }
        if self.exponent > GREATEST {
            return self.overflow();
        }
        // In units of the least number: 64 bits at most are kept.
        let shift = (LEAST - self.exponent).cast_unsigned();
        let (kept, rest) = match shift {
            1..64 => (
                (self.mantissa >> (64 + shift)) as u64,
                self.mantissa << (64 - shift),
            ),
            64 => (0, self.mantissa),
            _ => (0, 1),
        };
        if rest == 0 {
            return F80::from_parts(self.negative, 0, kept);
        }
        let kept = kept + u64::from(goes_up(self.negative, kept, rest));
        // Just below the least normal number a rounding to 64 bits reaches it, and nothing was tiny.
        let (whole, below) = ((self.mantissa >> 64) as u64, self.mantissa << 64);
        if shift == 1 && whole == u64::MAX && below != 0 && goes_up(self.negative, whole, below) {
            raise_inexact();
        } else {
            let tiny = F80::from_parts(false, 1, 1 << 63);
            op::mul(tiny, tiny);
        }
        // The least normal number has the same bits with the exponent 1.
        F80::from_parts(self.negative, (kept >> 63) as u16, kept)
    }
}
