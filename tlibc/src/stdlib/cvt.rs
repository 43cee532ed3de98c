//! The digits of a number without point and exponent: ecvt, fcvt, their forms with the caller's buffer and those for
//! `long double` (ecvt(3), ecvt_r(3), qecvt(3)).

use super::decimal::print;
use crate::errno::{Errno, set_errno};
use crate::stdarg::{F80, VaList};
use crate::stdio::printf::string::vsnprintf;
use crate::types::{c_char, c_int, c_void, size_t};
use core::ffi::CStr;

/// Digits that tell any two `double`s apart, and any two `long double`s.
const DOUBLE_DIGITS: c_int = 17;
const LONG_DIGITS: c_int = 21;

/// The text of the largest `double` and `long double` with all digits that are asked for, in bytes.
const DOUBLE_ROOM: usize = 400;
const LONG_ROOM: usize = 5000;

/// A number to take apart.
#[derive(Clone, Copy)]
enum Number {
    Double(f64),
    Long(F80),
}

/// How it is written before it is taken apart.
#[derive(Clone, Copy)]
enum Form {
    /// So many digits in all.
    Digits(c_int),
    /// So many digits behind the point.
    Places(c_int),
}

impl Number {
    fn is_negative(self) -> bool {
        match self {
            Self::Double(number) => number.is_sign_negative(),
            Self::Long(number) => number.is_negative(),
        }
    }

    fn is_zero(self) -> bool {
        match self {
            Self::Double(number) => number == 0.0,
            Self::Long(number) => number.mantissa() == 0 && number.biased_exponent() == 0,
        }
    }

    /// Its absolute value.
    fn unsigned(self) -> Self {
        match self {
            Self::Double(number) => Self::Double(libm::fabs(number)),
            Self::Long(number) => Self::Long(number.with_sign(false)),
        }
    }

    /// Prints it as the format for its type says, which takes a precision.
    ///
    /// # Safety
    /// `to` has room for `size` bytes, or for the whole text.
    unsafe fn print(
        self,
        double: &CStr,
        long: &CStr,
        precision: c_int,
        to: *mut c_char,
        size: size_t,
    ) {
        /// The arguments as the stack would hold them.
        #[repr(C)]
        struct Arguments {
            precision: u64,
            number: F80,
        }
        // SAFETY: the caller's buffer; the list in memory has what the format asks for.
        unsafe {
            match self {
                Self::Double(number) => {
                    print(to, size, double, Some(precision), number);
                }
                Self::Long(number) => {
                    let mut arguments = Arguments {
                        precision: precision as u64,
                        number,
                    };
                    let mut list = VaList::from_memory((&raw mut arguments).cast::<c_void>());
                    vsnprintf(to, size, long.as_ptr(), &raw mut list);
                }
            }
        }
    }

    /// The most digits that are written.
    fn limit(self) -> c_int {
        match self {
            Self::Double(_) => DOUBLE_DIGITS,
            Self::Long(_) => LONG_DIGITS,
        }
    }

    /// Its text, without the sign.
    fn write(self, form: Form, text: &mut [u8]) -> &[u8] {
        let (scientific, precision) = match form {
            Form::Digits(count) => (true, count.clamp(1, self.limit()) - 1),
            Form::Places(count) => (false, count.clamp(0, self.limit())),
        };
        let (double, long) = match scientific {
            true => (c"%.*e", c"%.*Le"),
            false => (c"%.*f", c"%.*Lf"),
        };
        // SAFETY: the buffer's size is given.
        unsafe {
            self.unsigned().print(
                double,
                long,
                precision,
                text.as_mut_ptr().cast(),
                text.len(),
            );
        }
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(0);
        &text[..end]
    }
}

/// Writes the digits and a NUL to `out` and returns the place of the decimal point; `ERANGE` without room.
fn digits(number: Number, form: Form, text: &[u8], out: &mut [u8]) -> Result<c_int, Errno> {
    let mut length = 0;
    let mut put = |byte: u8| {
        *out.get_mut(length).ok_or(Errno::ERANGE)? = byte;
        length += 1;
        Ok(())
    };
    let mut point = 0;
    if !text.first().is_some_and(u8::is_ascii_digit) {
        // inf, nan
        text.iter().try_for_each(|&byte| put(byte))?;
        put(0)?;
        return Ok(0);
    }
    let exponent = text.iter().position(|&byte| byte == b'e');
    let mut seen_point = false;
    // Zeros before the first digit only move the point, except in the number 0.
    let mut leading = exponent.is_none() && !number.is_zero();
    for &byte in &text[..exponent.unwrap_or(text.len())] {
        match byte {
            b'.' => seen_point = true,
            b'0' if leading => point -= c_int::from(seen_point),
            digit => {
                leading = false;
                if !matches!(form, Form::Digits(..=0)) {
                    put(digit)?;
                }
                point += c_int::from(!seen_point);
            }
        }
    }
    put(0)?;
    if let Some(at) = exponent
        && !number.is_zero()
    {
        let size = text[at + 2..]
            .iter()
            .fold(0, |n, digit| n * 10 + c_int::from(digit - b'0'));
        point += if text[at + 1] == b'-' { -size } else { size };
    }
    Ok(point)
}

/// The digits in `out`; the place of the point and the sign where the caller wants them.
///
/// # Safety
/// `point` and `negative` are valid.
unsafe fn take_apart(
    number: Number,
    form: Form,
    point: *mut c_int,
    negative: *mut c_int,
    out: &mut [u8],
) -> Result<(), Errno> {
    let mut room = [0_u8; LONG_ROOM];
    let size = match number {
        Number::Double(_) => DOUBLE_ROOM,
        Number::Long(_) => LONG_ROOM,
    };
    let text = number.write(form, &mut room[..size]);
    let place = digits(number, form, text, out)?;
    // SAFETY: the caller's places.
    unsafe {
        point.write(place);
        negative.write(c_int::from(number.is_negative()));
    }
    Ok(())
}

/// [`take_apart`] into the buffer that all functions without `_r` share.
///
/// # Safety
/// As for [`take_apart`].
unsafe fn kept(number: Number, form: Form, point: *mut c_int, negative: *mut c_int) -> *mut c_char {
    static mut DIGITS: [u8; LONG_ROOM] = [0; LONG_ROOM];
    // SAFETY: these functions need not be safe between threads (ecvt(3)); the buffer has room for any number.
    unsafe {
        let digits = &raw mut DIGITS;
        match take_apart(number, form, point, negative, &mut *digits) {
            Ok(()) => digits.cast(),
            Err(_) => core::ptr::null_mut(),
        }
    }
}

/// [`take_apart`] into the caller's buffer: 0 or -1.
///
/// # Safety
/// As for [`take_apart`]; `buffer` has `size` bytes.
unsafe fn placed(
    number: Number,
    form: Form,
    point: *mut c_int,
    negative: *mut c_int,
    buffer: *mut c_char,
    size: size_t,
) -> c_int {
    if buffer.is_null() {
        set_errno(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's buffer and places.
    let result = unsafe {
        let out = core::slice::from_raw_parts_mut(buffer.cast(), size);
        take_apart(number, form, point, negative, out)
    };
    match result {
        Ok(()) => 0,
        Err(error) => {
            set_errno(error);
            -1
        }
    }
}

/// The first `count` digits of a number, in a buffer that the next call overwrites; the place of the decimal
/// point and whether the number is negative.
///
/// # Safety
/// `point` and `negative` are valid; so in all functions here.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ecvt(
    number: f64,
    count: c_int,
    point: *mut c_int,
    negative: *mut c_int,
) -> *mut c_char {
    // SAFETY: the caller's places.
    unsafe { kept(Number::Double(number), Form::Digits(count), point, negative) }
}

/// The digits of a number up to `count` behind the decimal point; as [`ecvt`] otherwise.
///
/// # Safety
/// As for [`ecvt`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fcvt(
    number: f64,
    count: c_int,
    point: *mut c_int,
    negative: *mut c_int,
) -> *mut c_char {
    // SAFETY: the caller's places.
    unsafe { kept(Number::Double(number), Form::Places(count), point, negative) }
}

/// [`ecvt`] with the caller's buffer: 0, or -1 with `ERANGE` if it is too small, `EINVAL` for none.
///
/// # Safety
/// As for [`ecvt`]; `buffer` is null or has `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ecvt_r(
    number: f64,
    count: c_int,
    point: *mut c_int,
    negative: *mut c_int,
    buffer: *mut c_char,
    size: size_t,
) -> c_int {
    let (number, form) = (Number::Double(number), Form::Digits(count));
    // SAFETY: the caller's places and buffer.
    unsafe { placed(number, form, point, negative, buffer, size) }
}

/// [`fcvt`] with the caller's buffer, as [`ecvt_r`].
///
/// # Safety
/// As for [`ecvt_r`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fcvt_r(
    number: f64,
    count: c_int,
    point: *mut c_int,
    negative: *mut c_int,
    buffer: *mut c_char,
    size: size_t,
) -> c_int {
    let (number, form) = (Number::Double(number), Form::Places(count));
    // SAFETY: the caller's places and buffer.
    unsafe { placed(number, form, point, negative, buffer, size) }
}

/// Declares the forms for a `long double`, which lies on the stack behind the return address: the entry passes its address
/// in the first register that the other arguments leave.
macro_rules! long_forms {
    ($($(#[$doc:meta])* fn $name:ident($number:ident; $($arg:ident: $type:ty),*; $register:literal) -> $ret:ty => $body:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// As for the form for `double`; called by its C prototype only.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($arg: $type),*) -> $ret {
            unsafe extern "C" fn implementation($($arg: $type,)* place: *const F80) -> $ret {
                // SAFETY: one `long double` in memory; the rest is the caller's duty.
                unsafe {
                    let $number = Number::Long(*place);
                    $body
                }
            }
            core::arch::naked_asm!(
                concat!("lea ", $register, ", [rsp + 8]"),
                "jmp {implementation}",
                implementation = sym implementation
            )
        }
    )*};
}

long_forms! {
    /// [`ecvt`] of a `long double`. qecvt(3).
    fn qecvt(number; count: c_int, point: *mut c_int, negative: *mut c_int; "rcx") -> *mut c_char =>
        kept(number, Form::Digits(count), point, negative);
    /// [`fcvt`] of a `long double`. qfcvt(3).
    fn qfcvt(number; count: c_int, point: *mut c_int, negative: *mut c_int; "rcx") -> *mut c_char =>
        kept(number, Form::Places(count), point, negative);
    /// [`ecvt_r`] of a `long double`. qecvt_r(3).
    fn qecvt_r(number; count: c_int, point: *mut c_int, negative: *mut c_int, buffer: *mut c_char, size: size_t; "r9") -> c_int =>
        placed(number, Form::Digits(count), point, negative, buffer, size);
    /// [`fcvt_r`] of a `long double`. qfcvt_r(3).
    fn qfcvt_r(number; count: c_int, point: *mut c_int, negative: *mut c_int, buffer: *mut c_char, size: size_t; "r9") -> c_int =>
        placed(number, Form::Places(count), point, negative, buffer, size);
    /// `gcvt` of a `long double`. qgcvt(3).
    fn qgcvt(number; count: c_int, buffer: *mut c_char; "rdx") -> *mut c_char => {
        number.print(c"%.*g", c"%.*Lg", count.min(LONG_DIGITS), buffer, size_t::MAX);
        buffer
    };
}
