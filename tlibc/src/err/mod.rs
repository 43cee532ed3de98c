//! `<err.h>`: messages on `stderr` that begin with the program's name (err(3), BSD).

use crate::errno::errno;
use crate::stdarg::VaList;
use crate::stdio::file::FILE;
use crate::stdio::printf::stream::print;
use crate::stdio::put::{fputc, fputs};
use crate::stdio::standard::standard_error;
use crate::types::*;
use crate::variadic;

unsafe extern "C" {
    static program_invocation_short_name: *const c_char;
    safe fn strerror(error: c_int) -> *const c_char;
    safe fn exit(status: c_int) -> !;
}

/// `name: message[: error]\n`
///
/// # Safety
/// `fmt` is null or a string, `ap` its arguments.
unsafe fn message(fmt: *const c_char, ap: *mut VaList, error: Option<c_int>) {
    let stream = standard_error();
    // SAFETY: `stderr` is open; the strings are the caller's or the library's. A failure to report has nowhere to go.
    unsafe {
        let _lock = FILE::lock(stream);
        fputs(program_invocation_short_name, stream);
        fputs(c": ".as_ptr(), stream);
        if !fmt.is_null() {
            print(&mut *stream, fmt, ap);
        }
        if let Some(error) = error {
            if !fmt.is_null() {
                fputs(c": ".as_ptr(), stream);
            }
            fputs(strerror(error), stream);
        }
        fputc(c_int::from(b'\n'), stream);
    }
}

/// The message and the text of `errno`.
///
/// # Safety
/// `fmt` is null or a string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vwarn(fmt: *const c_char, ap: *mut VaList) {
    let error = errno().0;
    // SAFETY: the caller's duty.
    unsafe { message(fmt, ap, Some(error)) }
}

/// The message alone.
///
/// # Safety
/// As [`vwarn`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vwarnx(fmt: *const c_char, ap: *mut VaList) {
    // SAFETY: the caller's duty.
    unsafe { message(fmt, ap, None) }
}

/// [`vwarn`], then exit.
///
/// # Safety
/// As [`vwarn`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn verr(status: c_int, fmt: *const c_char, ap: *mut VaList) -> ! {
    // SAFETY: the caller's duty.
    unsafe { vwarn(fmt, ap) };
    exit(status)
}

/// [`vwarnx`], then exit.
///
/// # Safety
/// As [`vwarn`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn verrx(status: c_int, fmt: *const c_char, ap: *mut VaList) -> ! {
    // SAFETY: the caller's duty.
    unsafe { vwarnx(fmt, ap) };
    exit(status)
}

variadic! {
    /// See [`vwarn`].
    pub fn warn(fmt: *const c_char, ...) -> () => vwarn
}
variadic! {
    /// See [`vwarnx`].
    pub fn warnx(fmt: *const c_char, ...) -> () => vwarnx
}
variadic! {
    /// See [`verr`].
    pub fn err(status: c_int, fmt: *const c_char, ...) -> ! => verr
}
variadic! {
    /// See [`verrx`].
    pub fn errx(status: c_int, fmt: *const c_char, ...) -> ! => verrx
}
