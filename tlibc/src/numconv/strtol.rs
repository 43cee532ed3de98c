//! `strtol` and its family, `atoi`, the wide forms, and their inttypes.h names (ISO C 7.22.1, 7.8.2, 7.29.4.1).
//!
//! `intmax_t`, `long long` and `long` are one type here. The `__isoc23_` names, which glibc's headers use for C23, also
//! take the prefix `0b`. The `_l` forms exist for the sake of their names: no locale here has other digits.

use super::int_scan::{Integer, scan};
use super::source::{Bytes, Source, Wides};
use crate::errno::{Errno, set_errno};
use crate::types::*;

/// Skips white space.
fn skip_space<S: Source>(source: &mut S) {
    loop {
        let c = source.get();
        if !source.is_space(c) {
            break;
        }
    }
    source.unget();
}

/// Reads a number after white space; `None` with `errno` set for a bad base.
fn read<S: Source>(source: &mut S, base: c_int, binary: bool) -> Option<Integer> {
    let base = match base {
        0 | 2..=36 => base as u8,
        _ => {
            set_errno(Errno::EINVAL);
            return None;
        }
    };
    skip_space(source);
    scan(source, base, binary)
}

/// The value as `long`, saturated with `ERANGE`.
fn signed(n: Integer) -> i64 {
    let limit = if n.negative { 1 << 63 } else { (1 << 63) - 1 };
    if n.overflow || n.magnitude > limit {
        set_errno(Errno::ERANGE);
        return if n.negative { i64::MIN } else { i64::MAX };
    }
    if n.negative {
        n.magnitude.wrapping_neg() as i64
    } else {
        n.magnitude as i64
    }
}

/// The value as `unsigned long`, negated modulo 2^64 after a minus sign, saturated with `ERANGE`.
fn unsigned(n: Integer) -> u64 {
    if n.overflow {
        set_errno(Errno::ERANGE);
        return u64::MAX;
    }
    if n.negative {
        n.magnitude.wrapping_neg()
    } else {
        n.magnitude
    }
}

/// Parses at `s` and stores at `end` where the number ends, or `s` when there is none.
///
/// # Safety
/// `s` is a string, `end` null or writable.
unsafe fn narrow(
    s: *const c_char,
    end: *mut *mut c_char,
    base: c_int,
    binary: bool,
) -> Option<Integer> {
    // SAFETY: the caller's duty.
    unsafe {
        let mut source = Bytes::new(s.cast());
        let result = read(&mut source, base, binary);
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

/// A number of one to eighteen digits, which cannot overflow, and what follows; `None` for others.
///
/// # Safety
/// `s` is a string.
#[inline(always)]
unsafe fn short_decimal(mut s: *const u8) -> Option<(i64, *const u8)> {
    // SAFETY: no byte after the terminator is read.
    unsafe {
        while matches!(*s, b' ' | b'\t'..=b'\r') {
            s = s.add(1);
        }
        let negative = *s == b'-';
        if negative || *s == b'+' {
            s = s.add(1);
        }
        let mut value = 0_i64;
        for count in 0..=18 {
            let digit = (*s).wrapping_sub(b'0');
            if digit > 9 {
                let value = if negative { -value } else { value };
                return (count > 0).then_some((value, s));
            }
            if count < 18 {
                value = value * 10 + i64::from(digit);
            }
            s = s.add(1);
        }
    }
    None
}

/// [`narrow`] as `long`.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[inline(always)]
unsafe fn narrow_signed(
    s: *const c_char,
    end: *mut *mut c_char,
    base: c_int,
    binary: bool,
) -> c_long {
    // SAFETY: the caller's duty.
    unsafe {
        if base == 10
            && let Some((value, after)) = short_decimal(s.cast())
        {
            if !end.is_null() {
                *end = after.cast_mut().cast();
            }
            return value;
        }
        narrow(s, end, base, binary)
    }
    .map_or(0, signed)
}

/// [`narrow`] for wide strings.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
unsafe fn wide(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
    binary: bool,
) -> Option<Integer> {
    // SAFETY: the caller's duty.
    unsafe {
        let mut source = Wides::new(s);
        let result = read(&mut source, base, binary);
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

/// The `long` at the start of `s`, in `base` 2 to 36 or, for 0, as C spells constants; `*end` is what follows.
/// `ERANGE` with the nearest limit, `EINVAL` for a bad base.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtol(s: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { narrow_signed(s, end, base, false) }
}
crate::alias!(strtoll = strtol);
crate::alias!(strtoimax = strtol);
crate::alias!(strtoq = strtol);
crate::alias!(strtol_l = strtol);
crate::alias!(strtoll_l = strtol);
crate::alias!(__strtol_internal = strtol);
crate::alias!(__strtoll_internal = strtol);

/// [`strtol`] that takes `0b` as well.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_strtol(
    s: *const c_char,
    end: *mut *mut c_char,
    base: c_int,
) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { narrow_signed(s, end, base, true) }
}
crate::alias!(__isoc23_strtoll = __isoc23_strtol);
crate::alias!(__isoc23_strtoimax = __isoc23_strtol);
crate::alias!(__isoc23_strtoll_l = __isoc23_strtol);
crate::alias!(__isoc23_strtol_l = __isoc23_strtol);

/// The `unsigned long` at the start of `s`, in `base` 2 to 36 or, for 0, as C spells constants; `*end` is what follows.
/// `ERANGE` with the nearest limit, `EINVAL` for a bad base.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtoul(s: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong {
    // SAFETY: the caller's duty.
    unsafe { narrow(s, end, base, false) }.map_or(0, unsigned)
}
crate::alias!(strtoull = strtoul);
crate::alias!(strtoumax = strtoul);
crate::alias!(strtouq = strtoul);
crate::alias!(strtoul_l = strtoul);
crate::alias!(strtoull_l = strtoul);
crate::alias!(__strtoul_internal = strtoul);
crate::alias!(__strtoull_internal = strtoul);

/// [`strtoul`] that takes `0b` as well.
///
/// # Safety
/// `s` is a string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_strtoul(
    s: *const c_char,
    end: *mut *mut c_char,
    base: c_int,
) -> c_ulong {
    // SAFETY: the caller's duty.
    unsafe { narrow(s, end, base, true) }.map_or(0, unsigned)
}
crate::alias!(__isoc23_strtoull = __isoc23_strtoul);
crate::alias!(__isoc23_strtoumax = __isoc23_strtoul);
crate::alias!(__isoc23_strtoull_l = __isoc23_strtoul);
crate::alias!(__isoc23_strtoul_l = __isoc23_strtoul);

/// The `long` at the start of `s`, in `base` 2 to 36 or, for 0, as C spells constants; `*end` is what follows.
/// `ERANGE` with the nearest limit, `EINVAL` for a bad base.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstol(s: *const wchar_t, end: *mut *mut wchar_t, base: c_int) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, base, false) }.map_or(0, signed)
}
crate::alias!(wcstoll = wcstol);
crate::alias!(wcstoimax = wcstol);
crate::alias!(wcstoq = wcstol);

/// [`wcstol`] that takes `0b` as well.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_wcstol(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, base, true) }.map_or(0, signed)
}
crate::alias!(__isoc23_wcstoll = __isoc23_wcstol);
crate::alias!(__isoc23_wcstoimax = __isoc23_wcstol);

/// The `unsigned long` at the start of `s`, in `base` 2 to 36 or, for 0, as C spells constants; `*end` is what follows.
/// `ERANGE` with the nearest limit, `EINVAL` for a bad base.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstoul(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
) -> c_ulong {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, base, false) }.map_or(0, unsigned)
}
crate::alias!(wcstoull = wcstoul);
crate::alias!(wcstoumax = wcstoul);
crate::alias!(wcstouq = wcstoul);

/// [`wcstoul`] that takes `0b` as well.
///
/// # Safety
/// `s` is a wide string, `end` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_wcstoul(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
) -> c_ulong {
    // SAFETY: the caller's duty.
    unsafe { wide(s, end, base, true) }.map_or(0, unsigned)
}
crate::alias!(__isoc23_wcstoull = __isoc23_wcstoul);
crate::alias!(__isoc23_wcstoumax = __isoc23_wcstoul);

/// The `long` at the start of `s`; 0 if there is none.
///
/// # Safety
/// `s` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn atol(s: *const c_char) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { strtol(s, core::ptr::null_mut(), 10) }
}
crate::alias!(atoll = atol);
crate::alias!(atoq = atol);

/// The `int` at the start of `s`; 0 if there is none.
///
/// # Safety
/// `s` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn atoi(s: *const c_char) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { atol(s) as c_int }
}
