//! Floating numbers as text, without printf's arguments: strfromd and its relatives (ISO C23 7.24.1.3), and the old
//! gcvt (`cvt` has ecvt and fcvt).

use core::ffi::CStr;

use crate::stdarg::{F80, VaList};
use crate::stdio::printf::string::vsnprintf;
use crate::types::{c_char, c_int, c_void, size_t};

/// Formats one number as `vsnprintf` would: `precision` if the format has a `*`, then the number.
///
/// # Safety
/// `to` has room for `size` bytes; `format` asks for these arguments.
pub(super) unsafe fn print(
    to: *mut c_char,
    size: size_t,
    format: &CStr,
    precision: Option<c_int>,
    number: f64,
) -> c_int {
    let mut arguments = [0_u64; 2];
    let used = match precision {
        Some(precision) => {
            arguments = [precision as u64, number.to_bits()];
            2
        }
        None => {
            arguments[0] = number.to_bits();
            1
        }
    };
    debug_assert!(used <= arguments.len());
    // SAFETY: the list has what the format asks for; the rest is the caller's duty.
    unsafe {
        let mut list = VaList::from_memory(arguments.as_mut_ptr().cast::<c_void>());
        vsnprintf(to, size, format.as_ptr(), &raw mut list)
    }
}

/// Whether a format is one that strfromd takes: `%`, an optional precision, one of `aAeEfFgG`.
fn is_valid(format: &[u8]) -> bool {
    let [b'%', rest @ ..] = format else {
        return false;
    };
    let rest = match rest {
        [b'.', digits @ ..] => {
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            &digits[count..]
        }
        rest => rest,
    };
    matches!(rest, [conversion] if b"aAeEfFgG".contains(conversion))
}

/// Formats a `double` by `%`, an optional precision and one of `aAeEfFgG`: the length of the text, as snprintf. Any
/// other format, which C leaves undefined, is `-1`.
///
/// # Safety
/// `to` has room for `n` bytes; `format` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strfromd(
    to: *mut c_char,
    n: size_t,
    format: *const c_char,
    number: f64,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe {
        let format = CStr::from_ptr(format);
        if !is_valid(format.to_bytes()) {
            crate::errno::set_errno(crate::errno::Errno::EINVAL);
            return -1;
        }
        print(to, n, format, None, number)
    }
}

/// [`strfromd`] of a `float`.
///
/// # Safety
/// As for [`strfromd`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strfromf(
    to: *mut c_char,
    n: size_t,
    format: *const c_char,
    number: f32,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { strfromd(to, n, format, number.into()) }
}

/// [`strfromd`] of a `long double`, which lies on the stack.
///
/// # Safety
/// As for [`strfromd`]; called by its C prototype only.
#[unsafe(naked)]
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strfroml(
    to: *mut c_char,
    n: size_t,
    format: *const c_char,
    number: F80,
) -> c_int {
    unsafe extern "C" fn implementation(
        to: *mut c_char,
        n: size_t,
        format: *const c_char,
        number: *mut F80,
    ) -> c_int {
        // SAFETY: the caller's arguments; the number is one `long double` in memory.
        unsafe {
            let format = CStr::from_ptr(format).to_bytes();
            // "%.123Lg": the length modifier goes before the conversion.
            let mut long = [0_u8; 32];
            if !is_valid(format) || format.len() + 2 > long.len() {
                crate::errno::set_errno(crate::errno::Errno::EINVAL);
                return -1;
            }
            let (start, conversion) = format.split_at(format.len() - 1);
            long[..start.len()].copy_from_slice(start);
            long[start.len()] = b'L';
            long[start.len() + 1] = conversion[0];
            let mut list = VaList::from_memory(number.cast());
            vsnprintf(to, n, long.as_ptr().cast(), &raw mut list)
        }
    }
    core::arch::naked_asm!("lea rcx, [rsp + 8]", "jmp {implementation}", implementation = sym implementation)
}

/// `ndigits` significant digits in the shorter of fixed and scientific notation; returns `buffer`.
///
/// # Safety
/// `buffer` has room for the text, at most `ndigits` + 8 bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gcvt(number: f64, ndigits: c_int, buffer: *mut c_char) -> *mut c_char {
    // As in the GNU library, a double has no more digits to show.
    let digits = ndigits.min(17);
    // SAFETY: the caller's buffer.
    unsafe { print(buffer, size_t::MAX, c"%.*g", Some(digits), number) };
    buffer
}
