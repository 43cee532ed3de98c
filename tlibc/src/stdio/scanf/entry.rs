//! `scanf`, `fscanf`, `sscanf` and their `v` forms (POSIX fscanf(), vfscanf()).

use super::engine::{Edition, Input, scan};
use crate::numconv::source::is_space;
use crate::stdarg::VaList;
use crate::stdio::file::FILE;
use crate::stdio::standard::standard_input;
use crate::types::*;
use crate::variadic;

impl Input for FILE {
    const WIDE: bool = false;

    fn get(&mut self) -> i32 {
        self.get_byte()
    }

    fn unget(&mut self, _c: i32) {
        // What was taken last from the buffer is still there.
        self.rpos = self.rpos.wrapping_sub(1);
    }

    fn is_space(c: i32) -> bool {
        is_space(c)
    }
}

/// A string as input.
struct Text {
    at: *const u8,
}

impl Input for Text {
    const WIDE: bool = false;

    fn get(&mut self) -> i32 {
        // SAFETY: never past the terminator.
        let c = unsafe { *self.at };
        if c == 0 {
            return -1;
        }
        self.at = self.at.wrapping_add(1);
        i32::from(c)
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
/// As [`vfscanf`].
unsafe fn from_file(
    file: *mut FILE,
    fmt: *const c_char,
    ap: *mut VaList,
    edition: Edition,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        file.be_narrow();
        scan(&mut *file, fmt.cast::<u8>(), &mut *ap, edition)
    }
}

/// Scans a stream; how many conversions were stored, or `EOF` when the input ended before the first.
///
/// # Safety
/// `file` is an open stream, `fmt` a string, the pointers in `ap` are what it asks for.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vfscanf(file: *mut FILE, fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { from_file(file, fmt, ap, Edition::C99) }
}
crate::alias!(__isoc99_vfscanf = vfscanf);
crate::alias!(_IO_vfscanf = vfscanf);

/// [`vfscanf`] from `stdin`.
///
/// # Safety
/// As [`vfscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vscanf(fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vfscanf(standard_input(), fmt, ap) }
}
crate::alias!(__isoc99_vscanf = vscanf);

/// Scans a string.
///
/// # Safety
/// `s` and `fmt` are strings, the pointers in `ap` are what the format asks for.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vsscanf(s: *const c_char, fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        scan(
            &mut Text { at: s.cast() },
            fmt.cast::<u8>(),
            &mut *ap,
            Edition::C99,
        )
    }
}
crate::alias!(__isoc99_vsscanf = vsscanf);

variadic! {
    /// See [`vfscanf`].
    pub fn fscanf(file: *mut FILE, fmt: *const c_char, ...) -> c_int => vfscanf
}
crate::alias!(__isoc99_fscanf = fscanf);

variadic! {
    /// See [`vscanf`].
    pub fn scanf(fmt: *const c_char, ...) -> c_int => vscanf
}
crate::alias!(__isoc99_scanf = scanf);

variadic! {
    /// See [`vsscanf`].
    pub fn sscanf(s: *const c_char, fmt: *const c_char, ...) -> c_int => vsscanf
}
crate::alias!(__isoc99_sscanf = sscanf);

/// [`vfscanf`] whose `%i` takes `0b` as well: the name that C23 programs call it by.
///
/// # Safety
/// As [`vfscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vfscanf(
    file: *mut FILE,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { from_file(file, fmt, ap, Edition::C23) }
}

/// [`vscanf`] whose `%i` takes `0b` as well.
///
/// # Safety
/// As [`vfscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vscanf(fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { __isoc23_vfscanf(standard_input(), fmt, ap) }
}

/// [`vsscanf`] whose `%i` takes `0b` as well.
///
/// # Safety
/// As [`vsscanf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_vsscanf(
    s: *const c_char,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        scan(
            &mut Text { at: s.cast() },
            fmt.cast::<u8>(),
            &mut *ap,
            Edition::C23,
        )
    }
}

variadic! {
    /// See [`__isoc23_vfscanf`].
    pub fn __isoc23_fscanf(file: *mut FILE, fmt: *const c_char, ...) -> c_int => __isoc23_vfscanf
}

variadic! {
    /// See [`__isoc23_vscanf`].
    pub fn __isoc23_scanf(fmt: *const c_char, ...) -> c_int => __isoc23_vscanf
}

variadic! {
    /// See [`__isoc23_vsscanf`].
    pub fn __isoc23_sscanf(s: *const c_char, fmt: *const c_char, ...) -> c_int => __isoc23_vsscanf
}
