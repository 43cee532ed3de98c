//! `strtod`, `strtof`, `strtold`, `atof` and the wide forms (ISO C 7.22.1.3, 7.29.4.1.1).
//!
//! Correctly rounded in the current direction; `ERANGE` on overflow and on underflow that loses digits.

use super::float_scan::{Parsed, scan_f32, scan_f64, scan_f80};
use super::source::{Bytes, Source, Wides};
use crate::errno::{Errno, set_errno};
use crate::longdouble_return;
use crate::stdarg::F80;
use crate::types::*;

/// Skips white space, reads with `scan` and stores at `end` where the number ends, or `s` when there is none.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[inline]
unsafe fn narrow<T>(
    s: *const c_char,
    end: *mut *mut c_char,
    scan: fn(&mut Bytes) -> Option<Parsed<T>>,
) -> Option<T> {
    // SAFETY: the caller's duty.
    unsafe {
        let mut source = Bytes::new(s.cast());
        let result = finish(&mut source, scan);
        if !end.is_null() {
            *end = if result.is_some() {
                source.position().cast_mut().cast()
            } else {
                s.cast_mut()
            };
        }
        result
    }
}

/// [`narrow`] for wide strings.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
unsafe fn wide<T>(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    scan: impl FnOnce(&mut dyn Source) -> Option<Parsed<T>>,
) -> Option<T> {
    // SAFETY: the caller's duty.
    unsafe {
        let mut source = Wides::new(s);
        let result = finish(&mut source, |source| scan(source));
        if !end.is_null() {
            *end = if result.is_some() {
                source.position().cast_mut()
            } else {
                s.cast_mut()
            };
        }
        result
    }
}

#[inline]
fn finish<S: Source, T>(
    source: &mut S,
    scan: impl FnOnce(&mut S) -> Option<Parsed<T>>,
) -> Option<T> {
    loop {
        let c = source.get();
        if !source.is_space(c) {
            break;
        }
    }
    source.unget();
    scan(source).map(|parsed| {
        if parsed.range {
            set_errno(Errno::ERANGE);
        }
        parsed.value
    })
}

/// The `double` at the start of `s`; `*end` is what follows. 0 if there is none.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtod(s: *const c_char, end: *mut *mut c_char) -> f64 {
    // SAFETY: the caller's duty.
    unsafe { narrow(s, end, scan_f64) }.unwrap_or(0.0)
}
crate::alias!(strtod_l = strtod);
crate::alias!(__strtod_l = strtod);
crate::alias!(__strtod_internal = strtod);

/// The `float` at the start of `s`; `*end` is what follows. 0 if there is none.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtof(s: *const c_char, end: *mut *mut c_char) -> f32 {
    // SAFETY: the caller's duty.
    unsafe { narrow(s, end, scan_f32) }.unwrap_or(0.0)
}
crate::alias!(strtof_l = strtof);
crate::alias!(__strtof_l = strtof);
crate::alias!(__strtof_internal = strtof);

/// The `double` at the start of `s`; `*end` is what follows. 0 if there is none.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstod(s: *const wchar_t, end: *mut *mut wchar_t) -> f64 {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, |source| scan_f64(source)) }.unwrap_or(0.0)
}

/// The `float` at the start of `s`; `*end` is what follows. 0 if there is none.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstof(s: *const wchar_t, end: *mut *mut wchar_t) -> f32 {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, |source| scan_f32(source)) }.unwrap_or(0.0)
}

/// [`strtold`] into memory.
///
/// # Safety
/// `s` is a string, `end` null or writable, `to` writable.
pub unsafe extern "C" fn strtold_into(s: *const c_char, end: *mut *mut c_char, to: *mut F80) {
    // SAFETY: the caller's duty.
    unsafe { *to = narrow(s, end, scan_f80).unwrap_or(F80::ZERO) }
}

longdouble_return! {
    /// The `long double` at the start of `s`; `*end` is what follows. 0 if there is none.
    pub fn strtold(s: *const c_char, end: *mut *mut c_char) -> F80 => strtold_into
}
crate::alias!(strtold_l = strtold);

/// [`wcstold`] into memory.
///
/// # Safety
/// `s` is a wide string, `end` null or writable, `to` writable.
pub unsafe extern "C" fn wcstold_into(s: *const wchar_t, end: *mut *mut wchar_t, to: *mut F80) {
    // SAFETY: the caller's duty.
    unsafe { *to = wide(s, end, |source| scan_f80(source)).unwrap_or(F80::ZERO) }
}

longdouble_return! {
    /// The `long double` at the start of `s`; `*end` is what follows. 0 if there is none.
    pub fn wcstold(s: *const wchar_t, end: *mut *mut wchar_t) -> F80 => wcstold_into
}

/// The `double` at the start of `s`; 0 if there is none.
///
/// # Safety
/// `s` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn atof(s: *const c_char) -> f64 {
    // SAFETY: the caller's duty.
    unsafe { strtod(s, core::ptr::null_mut()) }
}
