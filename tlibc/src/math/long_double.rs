//! `long double`: the C entries, made of the x87 operations in [`x87`](super::x87).
//!
//! Rust has no such type, so each entry is a naked function that hands the arguments, as they lie on the stack, to a Rust
//! function and loads its result into st(0).
//! Neighbour: [`extended`](super::extended), what is more than an instruction.

use super::extended::{erf, gamma};
use super::x87 as op;
use crate::stdarg::F80;
use crate::types::{c_char, c_int, c_long, c_longlong, c_void};

/// Entries that return a `long double`: the Rust function gets the first argument's address, the result's place, and
/// the first integer or pointer argument.
macro_rules! f80_entries {
    ($($(#[$meta:meta])* pub fn $name:ident($($arg:ident: $ty:ty),*) -> F80 => $imp:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Called by its C prototype only: the arguments and the result are where no Rust signature can put them.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> F80 {
            unsafe extern "C" fn implementation(
                arguments: *const $crate::stdarg::F80,
                result: *mut $crate::stdarg::F80,
                extra: *mut core::ffi::c_void,
            ) {
                let body: fn(&[$crate::stdarg::F80; 3], *mut core::ffi::c_void) -> $crate::stdarg::F80 = $imp;
                // SAFETY: the entry below passes the stack that holds the arguments; an array of three may read
                // further words of the caller's frame, which exist, and which the function does not use.
                unsafe { *result = body(&*arguments.cast(), extra) };
            }
            core::arch::naked_asm!(
                "mov rdx, rdi",
                "sub rsp, 24",
                "lea rdi, [rsp + 32]",
                "mov rsi, rsp",
                "call {implementation}",
                "fld tbyte ptr [rsp]",
                "add rsp, 24",
                "ret",
                implementation = sym implementation,
            )
        }
    )*};
}

pub(crate) use f80_entries;

/// Entries that return an integer.
macro_rules! f80_integer_entries {
    ($($(#[$meta:meta])* pub fn $name:ident(x: F80) -> $ret:ty => $imp:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Called by its C prototype only.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name(x: F80) -> $ret {
            unsafe extern "C" fn implementation(argument: *const F80) -> $ret {
                let body: fn(F80) -> $ret = $imp;
                // SAFETY: the entry below passes the stack that holds the argument.
                unsafe { body(*argument) }
            }
            core::arch::naked_asm!(
                "lea rdi, [rsp + 8]",
                "jmp {implementation}",
                implementation = sym implementation,
            )
        }
    )*};
    ($($(#[$meta:meta])* pub fn $name:ident(x: F80, $a:ident: $ta:ty, $b:ident: $tb:ty) -> $ret:ty => $imp:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Called by its C prototype only.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name(x: F80, $a: $ta, $b: $tb) -> $ret {
            unsafe extern "C" fn implementation($a: $ta, $b: $tb, argument: *const F80) -> $ret {
                let body: fn(F80, $ta, $tb) -> $ret = $imp;
                // SAFETY: the entry below passes the stack that holds the argument.
                unsafe { body(*argument, $a, $b) }
            }
            core::arch::naked_asm!(
                "lea rdx, [rsp + 8]",
                "jmp {implementation}",
                implementation = sym implementation,
            )
        }
    )*};
}

pub(crate) use f80_integer_entries;

/// The extra argument as an int.
fn int(extra: *mut c_void) -> c_int {
    extra.addr() as c_int
}

f80_entries! {
    /// Absolute value.
    pub fn fabsl(x: F80) -> F80 => |[x, ..], _| op::fabs(*x);
    /// Square root.
    pub fn sqrtl(x: F80) -> F80 => |[x, ..], _| op::sqrt(*x);
    /// The greatest integer not above x.
    pub fn floorl(x: F80) -> F80 => |[x, ..], _| op::floor(*x);
    /// The least integer not below x.
    pub fn ceill(x: F80) -> F80 => |[x, ..], _| op::ceil(*x);
    /// The integer part.
    pub fn truncl(x: F80) -> F80 => |[x, ..], _| op::trunc(*x);
    /// The nearest integer, halves away from zero.
    pub fn roundl(x: F80) -> F80 => |[x, ..], _| op::round(*x);
    /// The nearest integer, halves to even.
    pub fn roundevenl(x: F80) -> F80 => |[x, ..], _| op::roundeven(*x);
    /// The nearest integer by the rounding mode.
    pub fn rintl(x: F80) -> F80 => |[x, ..], _| op::rint(*x);
    /// The nearest integer by the rounding mode, never inexact.
    pub fn nearbyintl(x: F80) -> F80 => |[x, ..], _| op::nearbyint(*x);
    /// e to the x.
    pub fn expl(x: F80) -> F80 => |[x, ..], _| op::exp(*x);
    /// 2 to the x.
    pub fn exp2l(x: F80) -> F80 => |[x, ..], _| op::exp2(*x);
    /// 10 to the x (GNU).
    pub fn exp10l(x: F80) -> F80 => |[x, ..], _| op::exp10(*x);
    /// e to the x, minus 1.
    pub fn expm1l(x: F80) -> F80 => |[x, ..], _| op::expm1(*x);
    /// Natural logarithm.
    pub fn logl(x: F80) -> F80 => |[x, ..], _| op::log(*x);
    /// Logarithm to base 2.
    pub fn log2l(x: F80) -> F80 => |[x, ..], _| op::log2(*x);
    /// Logarithm to base 10.
    pub fn log10l(x: F80) -> F80 => |[x, ..], _| op::log10(*x);
    /// Natural logarithm of 1 + x.
    pub fn log1pl(x: F80) -> F80 => |[x, ..], _| op::log1p(*x);
    /// Sine.
    pub fn sinl(x: F80) -> F80 => |[x, ..], _| op::sin(*x);
    /// Cosine.
    pub fn cosl(x: F80) -> F80 => |[x, ..], _| op::cos(*x);
    /// Tangent.
    pub fn tanl(x: F80) -> F80 => |[x, ..], _| op::tan(*x);
    /// Arc sine.
    pub fn asinl(x: F80) -> F80 => |[x, ..], _| op::asin(*x);
    /// Arc cosine.
    pub fn acosl(x: F80) -> F80 => |[x, ..], _| op::acos(*x);
    /// Arc tangent.
    pub fn atanl(x: F80) -> F80 => |[x, ..], _| op::atan(*x);
    /// Hyperbolic sine.
    pub fn sinhl(x: F80) -> F80 => |[x, ..], _| op::sinh(*x);
    /// Hyperbolic cosine.
    pub fn coshl(x: F80) -> F80 => |[x, ..], _| op::cosh(*x);
    /// Hyperbolic tangent.
    pub fn tanhl(x: F80) -> F80 => |[x, ..], _| op::tanh(*x);
    /// Inverse hyperbolic sine.
    pub fn asinhl(x: F80) -> F80 => |[x, ..], _| op::asinh(*x);
    /// Inverse hyperbolic cosine.
    pub fn acoshl(x: F80) -> F80 => |[x, ..], _| op::acosh(*x);
    /// Inverse hyperbolic tangent.
    pub fn atanhl(x: F80) -> F80 => |[x, ..], _| op::atanh(*x);
    /// Cube root.
    pub fn cbrtl(x: F80) -> F80 => |[x, ..], _| op::cbrt(*x);
    /// The exponent of 2.
    pub fn logbl(x: F80) -> F80 => |[x, ..], _| op::logb(*x);
    /// The significand in [1, 2).
    pub fn significandl(x: F80) -> F80 => |[x, ..], _| op::significand(*x);
    /// x to the y.
    pub fn powl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::pow(*x, *y);
    /// Remainder with the sign of x.
    pub fn fmodl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::fmod(*y, *x);
    /// IEEE remainder.
    pub fn remainderl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::remainder(*x, *y);
    /// x with the sign of y.
    pub fn copysignl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::copysign(*x, *y);
    /// Length of the vector (x, y).
    pub fn hypotl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::hypot(*x, *y);
    /// x − y, or 0 where that is negative.
    pub fn fdiml(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::fdim(*x, *y);
    /// The greater one; a number before a NaN.
    pub fn fmaxl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::fmax(*x, *y);
    /// The lesser one; a number before a NaN.
    pub fn fminl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::fmin(*x, *y);
    /// The neighbour of x towards y.
    pub fn nextafterl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::nextafter(*x, *y);
    /// The next greater number.
    pub fn nextupl(x: F80) -> F80 => |[x, ..], _| op::nextup(*x);
    /// The next lesser number.
    pub fn nextdownl(x: F80) -> F80 => |[x, ..], _| op::nextdown(*x);
    /// x × 2 to the y (BSD).
    pub fn scalbl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::scalb(*x, *y);
    /// Angle of the point (x, y).
    pub fn atan2l(y: F80, x: F80) -> F80 => |[y, x, ..], _| op::atan2(*y, *x);
    /// x × y + z, rounded once.
    pub fn fmal(x: F80, y: F80, z: F80) -> F80 => |[x, y, z], _| op::fma(*x, *y, *z);
    /// Error function.
    pub fn erfl(x: F80) -> F80 => |[x, ..], _| erf::erf(*x);
    /// Complementary error function.
    pub fn erfcl(x: F80) -> F80 => |[x, ..], _| erf::erfc(*x);
    /// Gamma function.
    pub fn tgammal(x: F80) -> F80 => |[x, ..], _| gamma::tgamma(*x);
    /// Logarithm of the absolute gamma function; its sign in `signgam`.
    pub fn lgammal(x: F80) -> F80 => |[x, ..], _| {
        let (value, sign) = gamma::lgamma(*x);
        // SAFETY: POSIX lets lgammal be unsafe between threads because of this variable.
        unsafe { super::special::signgam = sign };
        value
    };
    /// [`lgammal`] with the sign in `*sign`.
    pub fn lgammal_r(x: F80, sign: *mut c_int) -> F80 => |[x, ..], sign| {
        let (value, its_sign) = gamma::lgamma(*x);
        // SAFETY: the caller's place.
        unsafe { *sign.cast::<c_int>() = its_sign };
        value
    };
    /// The neighbour of x towards y.
    pub fn nexttowardl(x: F80, y: F80) -> F80 => |[x, y, ..], _| op::nextafter(*x, *y);
    /// x × 2ⁿ.
    pub fn ldexpl(x: F80, n: c_int) -> F80 => |[x, ..], n| op::scalbn(*x, int(n));
    /// x × 2ⁿ.
    pub fn scalbnl(x: F80, n: c_int) -> F80 => |[x, ..], n| op::scalbn(*x, int(n));
    /// x × 2ⁿ.
    pub fn scalblnl(x: F80, n: c_long) -> F80 => |[x, ..], n| op::scalbn(*x, (n.addr() as c_long).clamp(-0x2_0000, 0x2_0000) as c_int);
    /// Significand in [½, 1) and exponent of 2.
    pub fn frexpl(x: F80, exponent: *mut c_int) -> F80 => |[x, ..], place| {
        let (significand, exponent) = op::frexp(*x);
        // SAFETY: the caller's place.
        unsafe { *place.cast::<c_int>() = exponent };
        significand
    };
    /// The fraction, and the integer part in `*integer`.
    pub fn modfl(x: F80, integer: *mut F80) -> F80 => |[x, ..], place| {
        let whole = op::trunc(*x);
        // SAFETY: the caller's place, of which the ten bytes of a value are written with their padding.
        unsafe { *place.cast::<F80>() = whole };
        op::fraction(*x, whole)
    };
    /// [`remainderl`] with the low bits of the quotient in `*quotient`.
    pub fn remquol(x: F80, y: F80, quotient: *mut c_int) -> F80 => |[x, y, ..], place| {
        let (remainder, quotient) = op::remquo(*x, *y);
        // SAFETY: the caller's place.
        unsafe { *place.cast::<c_int>() = quotient };
        remainder
    };
    /// A quiet NaN.
    pub fn nanl(tag: *const c_char) -> F80 => |_, _| F80::NAN;
}

f80_integer_entries! {
    /// The nearest integer by the rounding mode.
    pub fn lrintl(x: F80) -> c_long => op::lrint;
    /// The nearest integer by the rounding mode.
    pub fn llrintl(x: F80) -> c_longlong => op::lrint;
    /// The nearest integer, halves away from zero.
    pub fn lroundl(x: F80) -> c_long => |x| op::lrint(op::round(x));
    /// The nearest integer, halves away from zero.
    pub fn llroundl(x: F80) -> c_longlong => |x| op::lrint(op::round(x));
    /// The exponent of 2 as an int.
    pub fn ilogbl(x: F80) -> c_int => op::ilogb;
    /// The exponent of 2 as a long.
    pub fn llogbl(x: F80) -> c_long => |x| super::exponents::widened(op::ilogb(x));
    /// One of the `FP_` numbers.
    pub fn __fpclassifyl(x: F80) -> c_int => |x| super::classify::number(op::classify(x));
    /// Non-zero when the sign bit is set.
    pub fn __signbitl(x: F80) -> c_int => |x| x.is_negative().into();
    /// Non-zero for a NaN.
    pub fn __isnanl(x: F80) -> c_int => |x| op::is_nan(x).into();
    /// 1 or −1 for an infinity.
    pub fn __isinfl(x: F80) -> c_int => |x| match (op::is_infinite(x), x.is_negative()) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    };
    /// Non-zero for a finite number.
    pub fn __finitel(x: F80) -> c_int => |x| (!op::is_nan(x) && !op::is_infinite(x)).into();
}

crate::alias!(isnanl = __isnanl);
crate::alias!(isinfl = __isinfl);
crate::alias!(finitel = __finitel);
crate::alias!(dreml = remainderl);
crate::alias!(gammal = lgammal);
crate::alias!(pow10l = exp10l);

/// `nexttoward`: the direction is a `long double` on the stack, the number in a vector register.
macro_rules! nexttoward_entries {
    ($($(#[$meta:meta])* pub fn $name:ident(x: $ty:ty, y: F80) -> $ret:ty => $imp:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Called by its C prototype only.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name(x: $ty, y: F80) -> $ret {
            unsafe extern "C" fn implementation(x: $ty, y: *const F80) -> $ret {
                let body: fn($ty, F80) -> $ret = $imp;
                // SAFETY: the entry below passes the stack that holds the argument.
                unsafe { body(x, *y) }
            }
            core::arch::naked_asm!(
                "lea rdi, [rsp + 8]",
                "jmp {implementation}",
                implementation = sym implementation,
            )
        }
    )*};
}

nexttoward_entries! {
    /// The neighbour of x towards y.
    pub fn nexttoward(x: f64, y: F80) -> f64 => |x, y| match op::order(F80::from_f64(x), y) {
        None => x + y.to_f64(),
        Some(core::cmp::Ordering::Equal) => y.to_f64(),
        Some(core::cmp::Ordering::Less) => libm::nextafter(x, f64::INFINITY),
        Some(core::cmp::Ordering::Greater) => libm::nextafter(x, f64::NEG_INFINITY),
    };
    /// The neighbour of x towards y (float).
    pub fn nexttowardf(x: f32, y: F80) -> f32 => |x, y| match op::order(F80::from_f64(x.into()), y) {
        None => x + y.to_f64() as f32,
        Some(core::cmp::Ordering::Equal) => y.to_f64() as f32,
        Some(core::cmp::Ordering::Less) => libm::nextafterf(x, f32::INFINITY),
        Some(core::cmp::Ordering::Greater) => libm::nextafterf(x, f32::NEG_INFINITY),
    };
}

/// Sine and cosine at once (GNU): `void sincosl(long double, long double *, long double *)`.
///
/// # Safety
/// Called by its C prototype only.
#[unsafe(naked)]
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sincosl(x: F80, sine: *mut F80, cosine: *mut F80) {
    unsafe extern "C" fn implementation(sine: *mut F80, cosine: *mut F80, x: *const F80) {
        // SAFETY: the caller's places, and the stack that holds the argument.
        unsafe {
            (*sine, *cosine) = op::sin_cos(*x);
        }
    }
    core::arch::naked_asm!("lea rdx, [rsp + 8]", "jmp {implementation}", implementation = sym implementation)
}
