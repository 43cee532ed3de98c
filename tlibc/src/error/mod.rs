//! `<error.h>`: `error` and `error_at_line` (error(3), GNU).

use crate::stdarg::VaList;
use crate::stdio::file::FILE;
use crate::stdio::flush::fflush;
use crate::stdio::printf::stream::print;
use crate::stdio::put::{fputc, fputs};
use crate::stdio::standard::{standard_error, standard_output};
use crate::types::*;
use crate::variadic;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// How many messages were written.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut error_message_count: c_uint = 0;
/// Non-zero: only one message for a line of a file.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut error_one_per_line: c_int = 0;
/// If set, the address of a `void (void)` to call instead of writing the program's name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut error_print_progname: *mut c_void = core::ptr::null_mut();

unsafe extern "C" {
    static program_invocation_name: *const c_char;
    safe fn strerror(error: c_int) -> *const c_char;
    fn strcmp(a: *const c_char, b: *const c_char) -> c_int;
    safe fn exit(status: c_int) -> !;
}

/// # Safety
/// `file` is null or a string, `fmt` a string, `ap` its arguments.
unsafe fn report(
    status: c_int,
    error: c_int,
    place: Option<(*const c_char, c_uint)>,
    fmt: *const c_char,
    ap: *mut VaList,
) {
    let stream = standard_error();
    // SAFETY: the streams are open; the strings are the caller's or the library's, the number ends with a
    // NUL. The counters are the program's to guard.
    unsafe {
        fflush(standard_output());
        {
            let _lock = FILE::lock(stream);
            if error_print_progname.is_null() {
                fputs(program_invocation_name, stream);
                fputs(if place.is_some() { c":" } else { c": " }.as_ptr(), stream);
            } else {
                let name: unsafe extern "C" fn() = core::mem::transmute(error_print_progname);
                name();
            }
            if let Some((file, line)) = place
                && !file.is_null()
            {
                fputs(file, stream);
                let mut number = *b":0000000000: \0";
                // Zero has no digits there, but has one here.
                let at = crate::numconv::decimal_backwards(line.into(), &mut number, 11).min(10);
                number[at - 1] = b':';
                fputs(number[at - 1..].as_ptr().cast(), stream);
            } else if place.is_some() {
                fputc(c_int::from(b' '), stream);
            }
            print(&mut *stream, fmt, ap);
            if error != 0 {
                fputs(c": ".as_ptr(), stream);
                fputs(strerror(error), stream);
            }
            fputc(c_int::from(b'\n'), stream);
            error_message_count = error_message_count.wrapping_add(1);
        }
        if status != 0 {
            exit(status);
        }
    }
}

/// [`error`] with a list.
///
/// # Safety
/// `fmt` is a string, `ap` its arguments.
unsafe extern "C" fn verror(status: c_int, error: c_int, fmt: *const c_char, ap: *mut VaList) {
    // SAFETY: the caller's duty.
    unsafe { report(status, error, None, fmt, ap) }
}

/// [`error_at_line`] with a list.
///
/// # Safety
/// `file` is null or a string, `fmt` a string, `ap` its arguments.
unsafe extern "C" fn verror_at_line(
    status: c_int,
    error: c_int,
    file: *const c_char,
    line: c_uint,
    fmt: *const c_char,
    ap: *mut VaList,
) {
    static LAST_FILE: AtomicPtr<c_char> = AtomicPtr::new(core::ptr::null_mut());
    static LAST_LINE: AtomicU32 = AtomicU32::new(0);
    // SAFETY: the caller's duty; the file's name outlives the calls, as error(3) asks.
    unsafe {
        if error_one_per_line != 0 {
            let old_file = LAST_FILE.swap(file.cast_mut(), Ordering::Relaxed);
            let same_line = LAST_LINE.swap(line, Ordering::Relaxed) == line;
            let same_file = core::ptr::eq(old_file, file)
                || !old_file.is_null() && !file.is_null() && strcmp(old_file, file) == 0;
            if same_line && same_file {
                return;
            }
        }
        report(status, error, Some((file, line)), fmt, ap);
    }
}

variadic! {
    /// Flushes stdout, writes the program's name, the message and, if `error` is not 0, its text to stderr; exits if
    /// `status` is not 0.
    pub fn error(status: c_int, error: c_int, fmt: *const c_char, ...) -> () => verror
}
variadic! {
    /// [`error`] with the place in a file.
    pub fn error_at_line(status: c_int, error: c_int, file: *const c_char, line: c_uint, fmt: *const c_char, ...) -> () => verror_at_line
}
