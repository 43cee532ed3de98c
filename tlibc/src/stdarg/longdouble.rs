//! `long double`: the x87 80-bit extended format.
//!
//! Rust has no such type. [`F80`] is its memory image: a 64-bit significand with an explicit integer bit,
//! a 15-bit exponent biased by 16383 and a sign. The ABI passes it in memory, never in registers, and
//! returns it in st(0); [`longdouble_return!`](crate::longdouble_return) makes the naked entry for functions
//! that take integers and return one (strtold, wcstold, nanl). Functions with long double *parameters* need
//! their own naked entries: the first argument lies at `[rsp + 8]` on entry, each takes 16 bytes.

/// An 80-bit extended double as it lies in memory, padded to 16 bytes.
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug)]
pub struct F80 {
    mantissa: u64,
    sign_exponent: u16,
    _pad: [u16; 3],
}

/// What a floating value is (fpclassify), for formats where it must be known before conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Not a number; also the invalid 80-bit encodings.
    Nan,
    /// Infinity.
    Infinite,
    /// Zero or any finite number.
    Finite,
}

/// Stores a long double with an instruction that rounds it to the type of `$out`.
macro_rules! narrow {
    ($from:expr, $store:literal, $out:ident) => {
        // SAFETY: loads the ten bytes of the number, stores those of `$out`, leaves the x87 stack as it was.
        unsafe {
            core::arch::asm!(
                "fld tbyte ptr [{src}]",
                $store,
                src = in(reg) &raw const $from,
                dst = in(reg) &raw mut $out,
                out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
                out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
                options(nostack),
            );
        }
    };
}

impl F80 {
    /// Positive zero.
    pub const ZERO: Self = Self::from_parts(false, 0, 0);
    /// Positive infinity.
    pub const INFINITY: Self = Self::from_parts(false, 0x7fff, 1 << 63);
    /// The default quiet NaN, sign clear.
    pub const NAN: Self = Self::from_parts(false, 0x7fff, 3 << 62);
    /// Exponent bias.
    pub const BIAS: i32 = 16383;

    /// Builds a value from the three fields: sign, biased exponent (15 bits), significand with its integer bit.
    pub const fn from_parts(negative: bool, exponent: u16, mantissa: u64) -> Self {
        Self {
            mantissa,
            sign_exponent: exponent & 0x7fff | (negative as u16) << 15,
            _pad: [0; 3],
        }
    }

    /// The 64-bit significand, integer bit at the top.
    pub const fn mantissa(self) -> u64 {
        self.mantissa
    }

    /// The biased exponent, 0 to 0x7fff.
    pub const fn biased_exponent(self) -> u16 {
        self.sign_exponent & 0x7fff
    }

    /// The sign bit.
    pub const fn is_negative(self) -> bool {
        self.sign_exponent >> 15 != 0
    }

    /// The same value with the sign bit as given.
    #[must_use]
    pub const fn with_sign(self, negative: bool) -> Self {
        Self::from_parts(negative, self.biased_exponent(), self.mantissa)
    }

    /// NaN, infinite or finite. Encodings the processor rejects (unnormals, pseudo-infinities) are NaN.
    pub const fn class(self) -> Class {
        match self.biased_exponent() {
            0 => Class::Finite,
            0x7fff if self.mantissa == 1 << 63 => Class::Infinite,
            0x7fff => Class::Nan,
            _ if self.mantissa >> 63 == 0 => Class::Nan,
            _ => Class::Finite,
        }
    }

    /// Significand and exponent of a finite value: |x| = m × 2^e.
    pub const fn decompose(self) -> (u64, i32) {
        let e = self.biased_exponent() as i32;
        (self.mantissa, if e == 0 { 1 } else { e } - Self::BIAS - 63)
    }

    /// Exact conversion from `double`; a NaN keeps sign and payload.
    pub fn from_f64(x: f64) -> Self {
        let bits = x.to_bits();
        let negative = bits >> 63 != 0;
        let exponent = (bits >> 52 & 0x7ff) as u16;
        let fraction = bits << 12 >> 1; // below the integer bit
        match exponent {
            0x7ff => Self::from_parts(negative, 0x7fff, 1 << 63 | fraction),
            0 if fraction == 0 => Self::from_parts(negative, 0, 0),
            0 => {
                let shift = fraction.leading_zeros();
                Self::from_parts(
                    negative,
                    (Self::BIAS - 1022 - shift as i32) as u16,
                    fraction << shift,
                )
            }
            _ => Self::from_parts(
                negative,
                exponent + (Self::BIAS - 1023) as u16,
                1 << 63 | fraction,
            ),
        }
    }

    /// Conversion to `double`, rounded in the current x87 rounding mode (C: the cast `(double)x`).
    pub fn to_f64(self) -> f64 {
        let mut out = 0.0;
        narrow!(self, "fstp qword ptr [{dst}]", out);
        out
    }

    /// Conversion to `float`, rounded in the current x87 rounding mode (C: the cast `(float)x`).
    pub fn to_f32(self) -> f32 {
        let mut out = 0.0;
        narrow!(self, "fstp dword ptr [{dst}]", out);
        out
    }
}

/// Defines a C function of integer-class parameters that returns a `long double`.
///
/// ```ignore
/// longdouble_return! { pub fn strtold(s: *const c_char, end: *mut *mut c_char) -> F80 => strtold_into }
/// ```
/// The implementation is an `extern "C"` function with the same parameters and a `*mut F80` after them, which it must fill.
#[macro_export]
macro_rules! longdouble_return {
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty) -> F80 => $imp:path) => {
        $crate::longdouble_return!(@emit [$(#[$meta])*] $name ($a: $ta) $imp, "rsi");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty) -> F80 => $imp:path) => {
        $crate::longdouble_return!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb) $imp, "rdx");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty, $c:ident: $tc:ty) -> F80 => $imp:path) => {
        $crate::longdouble_return!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb, $c: $tc) $imp, "rcx");
    };
    (@emit [$(#[$meta:meta])*] $name:ident ($($p:ident: $t:ty),*) $imp:path, $reg:literal) => {
        $(#[$meta])*
        ///
        /// The result is in st(0), which no Rust signature can say: declare it in C.
        ///
        /// # Safety
        /// As the C prototype requires.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($p: $t),*) {
            core::arch::naked_asm!(
                "sub rsp, 24",
                concat!("mov ", $reg, ", rsp"),
                "call {imp}",
                "fld tbyte ptr [rsp]",
                "add rsp, 24",
                "ret",
                imp = sym $imp,
            )
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_exact() {
        for x in [
            0.0,
            -0.0,
            1.0,
            -1.5,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            1e-310,
            f64::INFINITY,
            0.1,
        ] {
            let y = F80::from_f64(x);
            assert_eq!(y.to_f64().to_bits(), x.to_bits(), "{x}");
        }
        assert!(F80::from_f64(f64::NAN).to_f64().is_nan());
        assert_eq!(F80::from_f64(f64::NAN).class(), Class::Nan);
        assert_eq!(F80::from_f64(-1.0).decompose(), (1 << 63, -63));
        assert_eq!(F80::from_parts(false, 5, 1).class(), Class::Nan);
    }
}
