//! The `_l` forms of the conversions of wide strings: which characters are white space depends on the locale given. For
//! narrow strings it does not, so that their `_l` forms are the functions themselves (`strtol.rs`, `strtod.rs`).

use super::{strtod, strtol};
use crate::locale::locale_t;
use crate::locale::objects::with_locale;
use crate::longdouble_return;
use crate::stdarg::F80;
use crate::types::{c_int, c_long, c_ulong, wchar_t};

/// [`wcstol`](strtol::wcstol) in the locale given (GNU).
///
/// # Safety
/// As for `wcstol`; `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstol_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
    locale: locale_t,
) -> c_long {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtol::wcstol(s, end, base) })
}
crate::alias!(wcstoll_l = wcstol_l);

/// [`wcstol_l`] that takes `0b` as well.
///
/// # Safety
/// As for [`wcstol_l`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_wcstol_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
    locale: locale_t,
) -> c_long {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtol::__isoc23_wcstol(s, end, base) })
}
crate::alias!(__isoc23_wcstoll_l = __isoc23_wcstol_l);

/// [`wcstoul`](strtol::wcstoul) in the locale given (GNU).
///
/// # Safety
/// As for `wcstoul`; `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstoul_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
    locale: locale_t,
) -> c_ulong {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtol::wcstoul(s, end, base) })
}
crate::alias!(wcstoull_l = wcstoul_l);

/// [`wcstoul_l`] that takes `0b` as well.
///
/// # Safety
/// As for [`wcstoul_l`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __isoc23_wcstoul_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    base: c_int,
    locale: locale_t,
) -> c_ulong {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtol::__isoc23_wcstoul(s, end, base) })
}
crate::alias!(__isoc23_wcstoull_l = __isoc23_wcstoul_l);

/// [`wcstod`](strtod::wcstod) in the locale given (GNU).
///
/// # Safety
/// As for `wcstod`; `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstod_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    locale: locale_t,
) -> f64 {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtod::wcstod(s, end) })
}

/// [`wcstof`](strtod::wcstof) in the locale given (GNU).
///
/// # Safety
/// As for `wcstof`; `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstof_l(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    locale: locale_t,
) -> f32 {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtod::wcstof(s, end) })
}

/// [`wcstold_l`] into memory.
///
/// # Safety
/// As for `wcstold`; `locale` is a locale object or `LC_GLOBAL_LOCALE`, `to` writable.
pub unsafe extern "C" fn wcstold_l_into(
    s: *const wchar_t,
    end: *mut *mut wchar_t,
    locale: locale_t,
    to: *mut F80,
) {
    // SAFETY: the caller's duty.
    with_locale(locale, || unsafe { strtod::wcstold_into(s, end, to) });
}

longdouble_return! {
    /// [`wcstold`](strtod::wcstold) in the locale given (GNU).
    pub fn wcstold_l(s: *const wchar_t, end: *mut *mut wchar_t, locale: locale_t) -> F80 => wcstold_l_into
}
