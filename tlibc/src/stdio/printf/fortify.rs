//! The `_chk` forms that glibc's headers call when `_FORTIFY_SOURCE` is set (LSB core, "Interfaces for libc").
//!
//! `flag` asks for checks of the format that nobody can make at run time without reading the program's mind;
//! the size of the destination is checked.

use super::stream::{vdprintf, vfprintf, vprintf};
use super::string::{vasprintf, vsnprintf};
use crate::platform;
use crate::stdarg::VaList;
use crate::stdio::file::FILE;
use crate::types::*;
use crate::variadic;

/// What the others do when a buffer is too small.
fn overflow() -> ! {
    // Nothing else to do when the error stream fails.
    let _ = platform::write(2, b"*** buffer overflow detected ***: terminated\n");
    platform::abort()
}

/// vfprintf.
///
/// # Safety
/// As vfprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vfprintf_chk(
    file: *mut FILE,
    _flag: c_int,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vfprintf(file, fmt, ap) }
}

/// vprintf.
///
/// # Safety
/// As vprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vprintf_chk(_flag: c_int, fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vprintf(fmt, ap) }
}

/// vdprintf.
///
/// # Safety
/// As vdprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vdprintf_chk(
    fd: c_int,
    _flag: c_int,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vdprintf(fd, fmt, ap) }
}

/// vasprintf.
///
/// # Safety
/// As vasprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vasprintf_chk(
    to: *mut *mut c_char,
    _flag: c_int,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vasprintf(to, fmt, ap) }
}

/// vsnprintf; aborts if `size` exceeds the destination's `room`.
///
/// # Safety
/// As vsnprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vsnprintf_chk(
    s: *mut c_char,
    size: size_t,
    _flag: c_int,
    room: size_t,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    if size > room {
        overflow();
    }
    // SAFETY: the caller's duty.
    unsafe { vsnprintf(s, size, fmt, ap) }
}

/// vsprintf; aborts if the text exceeds the destination's `room`.
///
/// # Safety
/// As vsprintf.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __vsprintf_chk(
    s: *mut c_char,
    _flag: c_int,
    room: size_t,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    let length = unsafe { vsnprintf(s, room, fmt, ap) };
    if usize::try_from(length).is_ok_and(|n| n >= room) {
        overflow();
    }
    length
}

variadic! {
    /// fprintf.
    pub fn __fprintf_chk(file: *mut FILE, flag: c_int, fmt: *const c_char, ...) -> c_int => __vfprintf_chk
}
variadic! {
    /// printf.
    pub fn __printf_chk(flag: c_int, fmt: *const c_char, ...) -> c_int => __vprintf_chk
}
variadic! {
    /// dprintf.
    pub fn __dprintf_chk(fd: c_int, flag: c_int, fmt: *const c_char, ...) -> c_int => __vdprintf_chk
}
variadic! {
    /// asprintf.
    pub fn __asprintf_chk(to: *mut *mut c_char, flag: c_int, fmt: *const c_char, ...) -> c_int => __vasprintf_chk
}
variadic! {
    /// snprintf; aborts if `size` exceeds the destination's `room`.
    pub fn __snprintf_chk(s: *mut c_char, size: size_t, flag: c_int, room: size_t, fmt: *const c_char, ...) -> c_int => __vsnprintf_chk
}
variadic! {
    /// sprintf; aborts if the text exceeds the destination's `room`.
    pub fn __sprintf_chk(s: *mut c_char, flag: c_int, room: size_t, fmt: *const c_char, ...) -> c_int => __vsprintf_chk
}
