//! `wscanf` and its family (ISO C 7.29.2).

use super::engine::{Edition, Input, scan};
use crate::stdarg::VaList;
use crate::stdio::file::FILE;
use crate::stdio::standard::standard_input;
use crate::types::*;
use crate::variadic;
use crate::wchar::multibyte::WEOF;

unsafe extern "C" {
    safe fn iswspace(c: wint_t) -> c_int;
}

fn is_space(c: i32) -> bool {
    c >= 0 && iswspace(c as wint_t) != 0
}

/// A wide stream as input.
struct WideFile<'a> {
    file: &'a mut FILE,
}

impl Input for WideFile<'_> {
    const WIDE: bool = true;

    fn get(&mut self) -> i32 {
        match self.file.get_wide() {
            WEOF => -1,
            wide => wide as i32 & i32::MAX,
        }
    }

    fn unget(&mut self, c: i32) {
        // The bytes were just taken from the buffer: there is room for them.
        let pushed = self.file.push_back_wide(c);
        debug_assert!(pushed);
    }

    fn is_space(c: i32) -> bool {
        is_space(c)
    }
}

/// A wide string as input.
struct WideText {
    at: *const wchar_t,
}

impl Input for WideText {
    const WIDE: bool = true;

    fn get(&mut self) -> i32 {
        // SAFETY: never past the terminator.
        let c = unsafe { *self.at };
        if c == 0 {
            return -1;
        }
        self.at = self.at.wrapping_add(1);
        c & i32::MAX
    }

    fn unget(&mut self, _c: i32) {
        self.at = self.at.wrapping_sub(1);
    }

    fn is_space(c: i32) -> bool {
        is_space(c)
    }
}

/// Scans a stream.
///
/// # Safety
/// As [`vfwscanf`].
unsafe fn from_file(
    file: *mut FILE,
    fmt: *const wchar_t,
    ap: *mut VaList,
    edition: Edition,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        file.be_wide();
        scan(&mut WideFile { file: &mut file }, fmt, &mut *ap, edition)
    }
}

/// Scans a wide stream; how many conversions were stored, or `EOF` when the input ended before the first.
///
/// # Safety
/// `file` is an open stream, `fmt` a wide string, the pointers in `ap` are what it asks for.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vfwscanf(file: *mut FILE, fmt: *const wchar_t, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { from_file(file, fmt, ap, Edition::C99) }
}
crate::alias!(__isoc99_vfwscanf = vfwscanf);

/// [`vfwscanf`] from `stdin`.
///
/// # Safety
/// As [`vfwscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vwscanf(fmt: *const wchar_t, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vfwscanf(standard_input(), fmt, ap) }
}
crate::alias!(__isoc99_vwscanf = vwscanf);

/// Scans a wide string.
///
/// # Safety
/// `s` and `fmt` are wide strings, the pointers in `ap` are what the format asks for.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vswscanf(
    s: *const wchar_t,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { scan(&mut WideText { at: s }, fmt, &mut *ap, Edition::C99) }
}
crate::alias!(__isoc99_vswscanf = vswscanf);

variadic! {
    /// See [`vfwscanf`].
    pub fn fwscanf(file: *mut FILE, fmt: *const wchar_t, ...) -> c_int => vfwscanf
}
crate::alias!(__isoc99_fwscanf = fwscanf);

variadic! {
    /// See [`vwscanf`].
    pub fn wscanf(fmt: *const wchar_t, ...) -> c_int => vwscanf
}
crate::alias!(__isoc99_wscanf = wscanf);

variadic! {
    /// See [`vswscanf`].
    pub fn swscanf(s: *const wchar_t, fmt: *const wchar_t, ...) -> c_int => vswscanf
}
crate::alias!(__isoc99_swscanf = swscanf);

/// [`vfwscanf`] whose `%i` takes `0b` as well: the name that C23 programs call it by.
///
/// # Safety
/// As [`vfwscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vfwscanf(
    file: *mut FILE,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { from_file(file, fmt, ap, Edition::C23) }
}

/// [`vwscanf`] whose `%i` takes `0b` as well.
///
/// # Safety
/// As [`vfwscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vwscanf(fmt: *const wchar_t, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { __isoc23_vfwscanf(standard_input(), fmt, ap) }
}

/// [`vswscanf`] whose `%i` takes `0b` as well.
///
/// # Safety
/// As [`vswscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vswscanf(
    s: *const wchar_t,
    fmt: *const wchar_t,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { scan(&mut WideText { at: s }, fmt, &mut *ap, Edition::C23) }
}

variadic! {
    /// See [`__isoc23_vfwscanf`].
    pub fn __isoc23_fwscanf(file: *mut FILE, fmt: *const wchar_t, ...) -> c_int => __isoc23_vfwscanf
}

variadic! {
    /// See [`__isoc23_vwscanf`].
    pub fn __isoc23_wscanf(fmt: *const wchar_t, ...) -> c_int => __isoc23_vwscanf
}

variadic! {
    /// See [`__isoc23_vswscanf`].
    pub fn __isoc23_swscanf(s: *const wchar_t, fmt: *const wchar_t, ...) -> c_int => __isoc23_vswscanf
}
