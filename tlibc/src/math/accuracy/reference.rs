//! The truth: the host's `_Float128` functions, whose 113 bits are 49 more than long double's, and the distance to it.

use core::arch::x86_64::__m128i;
use core::ffi::c_int;

use crate::stdarg::F80;

/// IEEE binary128 as its bits.
#[derive(Clone, Copy)]
pub struct F128(pub u128);

/// A complex number of two, in memory as the ABI has it.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct Pair(pub u128, pub u128);

/// Calls the host's function at `address` with an int and two numbers, which the ABI passes in vector registers.
/// Rust has no such type for a signature.
///
/// # Safety
/// `address` is a C function that takes an int or nothing, and one or two `_Float128` or none, and returns one.
pub unsafe fn call(address: unsafe extern "C" fn(), n: c_int, x: F128, y: F128) -> F128 {
    let result: __m128i;
    // SAFETY: the stack is aligned, the registers are those of the ABI.
    unsafe {
        core::arch::asm!(
            "call {address}",
            address = in(reg) address,
            in("edi") n,
            inlateout("xmm0") x.register() => result,
            in("xmm1") y.register(),
            clobber_abi("C"),
        );
    }
    F128::from_register(result)
}

impl F128 {
    /// Exact: both formats have the same range, and this one more bits.
    pub fn of(x: F80) -> Self {
        let sign_exponent = u128::from(x.biased_exponent()) | u128::from(x.is_negative()) << 15;
        let fraction = u128::from(x.mantissa() & (u64::MAX >> 1));
        Self(sign_exponent << 112 | fraction << 49)
    }

    /// As the ABI passes it: in a vector register.
    fn register(self) -> __m128i {
        // SAFETY: both types are 16 bytes without invalid patterns.
        unsafe { core::mem::transmute(self.0) }
    }

    /// From a vector register.
    fn from_register(x: __m128i) -> Self {
        // SAFETY: as above.
        Self(unsafe { core::mem::transmute::<__m128i, u128>(x) })
    }

    fn biased_exponent(self) -> i32 {
        (self.0 >> 112) as i32 & 0x7fff
    }

    pub fn is_negative(self) -> bool {
        self.0 >> 127 != 0
    }

    /// Significand and exponent: |x| = m × 2^e.
    pub fn decompose(self) -> (u128, i32) {
        let fraction = self.0 & ((1 << 112) - 1);
        match self.biased_exponent() {
            0 => (fraction, 1 - 16_383 - 112),
            e => (fraction | 1 << 112, e - 16_383 - 112),
        }
    }

    /// Whether it is an infinity or a NaN.
    pub fn is_special(self) -> bool {
        self.biased_exponent() == 0x7fff
    }

    fn is_nan(self) -> bool {
        self.is_special() && self.0 << 16 != 0
    }

    /// An upper bound of the exponent of 2.
    pub fn exponent(self) -> i32 {
        let (m, e) = self.decompose();
        e + 128 - m.leading_zeros() as i32 - 1
    }
}

/// A format: its bits of significand, the exponent of its least number, and of its greatest.
pub struct Format {
    pub name: &'static str,
    pub bits: i32,
    pub least: i32,
    pub greatest: i32,
}

pub const FORMATS: [Format; 3] = [
    Format {
        name: "double",
        bits: 53,
        least: -1074,
        greatest: 1023,
    },
    Format {
        name: "float",
        bits: 24,
        least: -149,
        greatest: 127,
    },
    Format {
        name: "long double",
        bits: 64,
        least: -16_445,
        greatest: 16_383,
    },
];

/// How far `result` is from `truth`, in units in the last place that a number with the exponent has in the format.
pub fn distance(result: F80, truth: F128, exponent: i32, format: &Format) -> f64 {
    let special = result.biased_exponent() == 0x7fff;
    if special || truth.is_special() {
        let nan = result.mantissa() << 1 != 0;
        let same = special
            && truth.is_special()
            && nan == truth.is_nan()
            && (nan || result.is_negative() == truth.is_negative());
        return if same { 0.0 } else { f64::INFINITY };
    }
    let (truth_m, truth_e) = truth.decompose();
    let place = (exponent - (format.bits - 1)).max(format.least);
    let (m, e) = result.decompose();
    if m == 0 || truth_m == 0 {
        let (m, e) = if m == 0 {
            (truth_m as f64, truth_e)
        } else {
            (m as f64, e)
        };
        return m * 2_f64.powi((e - place).clamp(-1000, 1000));
    }
    // Both in units of 2^(truth_e − 8), in which the truth has at most 121 bits.
    let shift = e - (truth_e - 8);
    if shift > 62 {
        return m as f64 * 2_f64.powi((e - place).clamp(-1000, 1000));
    }
    let (truth_m, m) = (
        (truth_m << 8).cast_signed(),
        match shift {
            0.. => u128::from(m) << shift,
            -63..0 => u128::from(m) >> -shift,
            _ => 0,
        }
        .cast_signed(),
    );
    let signed = |m: i128, negative: bool| if negative { -m } else { m };
    let difference = signed(m, result.is_negative()) - signed(truth_m, truth.is_negative());
    difference.unsigned_abs() as f64 * 2_f64.powi((truth_e - 8 - place).clamp(-1000, 1000))
}

/// The host's function of one, two, or an int and one `_Float128`, or of complex numbers.
macro_rules! host {
    (unary $name:ident) => {{
        unsafe extern "C" {
            fn $name();
        }
        // SAFETY: a function of one number.
        |a| [unsafe { call($name, 0, a[0], a[0]) }, F128(0)]
    }};
    (binary $name:ident) => {{
        unsafe extern "C" {
            fn $name();
        }
        // SAFETY: a function of two numbers.
        |a| [unsafe { call($name, 0, a[0], a[1]) }, F128(0)]
    }};
    (order $n:literal $name:ident) => {{
        unsafe extern "C" {
            fn $name();
        }
        // SAFETY: a function of an int and a number.
        |a| [unsafe { call($name, $n, a[0], a[0]) }, F128(0)]
    }};
    (complex $name:ident) => {{
        unsafe extern "C" {
            safe fn $name(z: Pair) -> Pair;
        }
        |a| {
            let Pair(re, im) = $name(Pair(a[0].0, a[1].0));
            [F128(re), F128(im)]
        }
    }};
    (power $name:ident) => {{
        unsafe extern "C" {
            safe fn $name(z: Pair, w: Pair) -> Pair;
        }
        |a| {
            let Pair(re, im) = $name(Pair(a[0].0, a[1].0), Pair(a[2].0, a[3].0));
            [F128(re), F128(im)]
        }
    }};
}

pub(in crate::math) use host;
