//! The `_l` forms: the same in the locale given.

use super::{case, classes, named};
use crate::locale::locale_t;
use crate::locale::objects::with_locale;
use crate::types::{c_char, c_int, wctrans_t, wctype_t, wint_t};

/// [`iswalnum`](classes::iswalnum) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswalnum_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswalnum(c))
}

crate::alias!(__iswalnum_l = iswalnum_l);

/// [`iswalpha`](classes::iswalpha) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswalpha_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswalpha(c))
}

crate::alias!(__iswalpha_l = iswalpha_l);

/// [`iswblank`](classes::iswblank) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswblank_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswblank(c))
}

crate::alias!(__iswblank_l = iswblank_l);

/// [`iswcntrl`](classes::iswcntrl) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswcntrl_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswcntrl(c))
}

crate::alias!(__iswcntrl_l = iswcntrl_l);

/// [`iswdigit`](classes::iswdigit) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswdigit_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswdigit(c))
}

crate::alias!(__iswdigit_l = iswdigit_l);

/// [`iswgraph`](classes::iswgraph) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswgraph_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswgraph(c))
}

crate::alias!(__iswgraph_l = iswgraph_l);

/// [`iswlower`](classes::iswlower) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswlower_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswlower(c))
}

crate::alias!(__iswlower_l = iswlower_l);

/// [`iswprint`](classes::iswprint) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswprint_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswprint(c))
}

crate::alias!(__iswprint_l = iswprint_l);

/// [`iswpunct`](classes::iswpunct) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswpunct_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswpunct(c))
}

crate::alias!(__iswpunct_l = iswpunct_l);

/// [`iswspace`](classes::iswspace) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswspace_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswspace(c))
}

crate::alias!(__iswspace_l = iswspace_l);

/// [`iswupper`](classes::iswupper) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswupper_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswupper(c))
}

crate::alias!(__iswupper_l = iswupper_l);

/// [`iswxdigit`](classes::iswxdigit) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswxdigit_l(c: wint_t, locale: locale_t) -> c_int {
    with_locale(locale, || classes::iswxdigit(c))
}

crate::alias!(__iswxdigit_l = iswxdigit_l);

/// [`towlower`](case::towlower) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn towlower_l(c: wint_t, locale: locale_t) -> wint_t {
    with_locale(locale, || case::towlower(c))
}

crate::alias!(__towlower_l = towlower_l);

/// [`towupper`](case::towupper) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn towupper_l(c: wint_t, locale: locale_t) -> wint_t {
    with_locale(locale, || case::towupper(c))
}

crate::alias!(__towupper_l = towupper_l);

/// [`iswctype`](named::iswctype) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iswctype_l(c: wint_t, class: wctype_t, locale: locale_t) -> c_int {
    with_locale(locale, || named::iswctype(c, class))
}

crate::alias!(__iswctype_l = iswctype_l);

/// [`towctrans`](named::towctrans) in the locale given.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn towctrans_l(c: wint_t, mapping: wctrans_t, locale: locale_t) -> wint_t {
    with_locale(locale, || named::towctrans(c, mapping))
}

/// [`wctype`](named::wctype) in the locale given: the names are the same in all.
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wctype_l(name: *const c_char, _locale: locale_t) -> wctype_t {
    // SAFETY: the caller's string.
    unsafe { named::wctype(name) }
}

crate::alias!(__wctype_l = wctype_l);

/// [`wctrans`](named::wctrans) in the locale given: the names are the same in all.
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wctrans_l(name: *const c_char, _locale: locale_t) -> wctrans_t {
    // SAFETY: the caller's string.
    unsafe { named::wctrans(name) }
}
