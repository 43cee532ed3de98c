//! abs, div and their longer forms (ISO C 7.22.6, 7.8.2).
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::types::{c_int, c_long, c_longlong, intmax_t};

/// Result of [`div`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct div_t {
    /// Quotient, truncated towards zero.
    pub quot: c_int,
    /// Remainder, with the sign of the numerator.
    pub rem: c_int,
}

/// Result of [`ldiv`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ldiv_t {
    /// Quotient, truncated towards zero.
    pub quot: c_long,
    /// Remainder, with the sign of the numerator.
    pub rem: c_long,
}

/// Result of [`lldiv`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct lldiv_t {
    /// Quotient, truncated towards zero.
    pub quot: c_longlong,
    /// Remainder, with the sign of the numerator.
    pub rem: c_longlong,
}

/// Result of [`imaxdiv`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct imaxdiv_t {
    /// Quotient, truncated towards zero.
    pub quot: intmax_t,
    /// Remainder, with the sign of the numerator.
    pub rem: intmax_t,
}

/// Absolute value; the least int stays itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn abs(value: c_int) -> c_int {
    value.wrapping_abs()
}

/// [`abs`] of a long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn labs(value: c_long) -> c_long {
    value.wrapping_abs()
}

/// [`abs`] of a long long.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn llabs(value: c_longlong) -> c_longlong {
    value.wrapping_abs()
}

/// [`abs`] of an intmax_t.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn imaxabs(value: intmax_t) -> intmax_t {
    value.wrapping_abs()
}

/// What dividing by zero does in C on this machine: the divide-error exception, which is SIGFPE.
#[cold]
fn divide_error() -> ! {
    // SAFETY: the instruction raises the exception; a handler that returns finds the trap after it.
    unsafe {
        core::arch::asm!(
            "xor ecx, ecx",
            "div ecx",
            "ud2",
            options(noreturn, nomem, nostack)
        )
    }
}

/// Quotient and remainder; the quotient that does not fit wraps.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn div(numerator: c_int, denominator: c_int) -> div_t {
    if denominator == 0 {
        divide_error();
    }
    div_t {
        quot: numerator.wrapping_div(denominator),
        rem: numerator.wrapping_rem(denominator),
    }
}

/// [`div`] of longs.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ldiv(numerator: c_long, denominator: c_long) -> ldiv_t {
    if denominator == 0 {
        divide_error();
    }
    ldiv_t {
        quot: numerator.wrapping_div(denominator),
        rem: numerator.wrapping_rem(denominator),
    }
}

/// [`div`] of long longs.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lldiv(numerator: c_longlong, denominator: c_longlong) -> lldiv_t {
    if denominator == 0 {
        divide_error();
    }
    lldiv_t {
        quot: numerator.wrapping_div(denominator),
        rem: numerator.wrapping_rem(denominator),
    }
}

/// [`div`] of intmax_t values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn imaxdiv(numerator: intmax_t, denominator: intmax_t) -> imaxdiv_t {
    if denominator == 0 {
        divide_error();
    }
    imaxdiv_t {
        quot: numerator.wrapping_div(denominator),
        rem: numerator.wrapping_rem(denominator),
    }
}
