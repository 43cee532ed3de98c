//! `<assert.h>`: what a failed `assert` calls (ISO C 7.2).

use core::ffi::CStr;

use crate::panic::fatal;
use crate::start::environment::program_invocation_short_name;
use crate::types::{c_char, c_int, c_uint};

/// A C string as text; what is not UTF-8 is left out.
unsafe fn text<'a>(s: *const c_char) -> &'a str {
    if s.is_null() {
        return "?";
    }
    // SAFETY: the caller's string.
    unsafe { CStr::from_ptr(s) }.to_str().unwrap_or("?")
}

/// A number in decimal, in `buffer`.
fn decimal(number: c_uint, buffer: &mut [u8; 10]) -> &str {
    let mut at = buffer.len();
    let mut rest = number;
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    // The bytes are digits.
    core::str::from_utf8(&buffer[at..]).unwrap_or("?")
}

/// Writes "program: file:line: function: Assertion `expression' failed." to the error stream and aborts.
///
/// # Safety
/// The pointers are null or C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __assert_fail(
    expression: *const c_char,
    file: *const c_char,
    line: c_uint,
    function: *const c_char,
) -> ! {
    let mut digits = [0; 10];
    // SAFETY: the caller's strings; the program's name is set at start.
    unsafe {
        fatal(&[
            text(program_invocation_short_name),
            ": ",
            text(file),
            ":",
            decimal(line, &mut digits),
            ": ",
            text(function),
            ": Assertion `",
            text(expression),
            "' failed.",
        ])
    }
}

/// [`__assert_fail`] for an error number (`assert_perror`).
///
/// # Safety
/// The pointers are null or C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __assert_perror_fail(
    number: c_int,
    file: *const c_char,
    line: c_uint,
    function: *const c_char,
) -> ! {
    // SAFETY: the caller's strings.
    unsafe { __assert_fail(crate::string::error::strerror(number), file, line, function) }
}

/// [`__assert_fail`] under the name that BSD's header uses.
///
/// # Safety
/// The pointers are null or C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __assert(
    expression: *const c_char,
    file: *const c_char,
    line: c_int,
) -> ! {
    // SAFETY: the caller's strings.
    unsafe { __assert_fail(expression, file, line.unsigned_abs(), core::ptr::null()) }
}
