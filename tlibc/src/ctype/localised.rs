//! The `_l` forms: the same in the locale given, because bytes have the same classes in all.

use super::classes;
use crate::locale::locale_t;
use crate::types::c_int;

/// [`isalnum`](classes::isalnum) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isalnum_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isalnum(c)
}

crate::alias!(__isalnum_l = isalnum_l);

/// [`isalpha`](classes::isalpha) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isalpha_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isalpha(c)
}

crate::alias!(__isalpha_l = isalpha_l);

/// [`isblank`](classes::isblank) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isblank_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isblank(c)
}

crate::alias!(__isblank_l = isblank_l);

/// [`iscntrl`](classes::iscntrl) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iscntrl_l(c: c_int, _locale: locale_t) -> c_int {
    classes::iscntrl(c)
}

crate::alias!(__iscntrl_l = iscntrl_l);

/// [`isdigit`](classes::isdigit) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isdigit_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isdigit(c)
}

crate::alias!(__isdigit_l = isdigit_l);

/// [`isgraph`](classes::isgraph) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isgraph_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isgraph(c)
}

crate::alias!(__isgraph_l = isgraph_l);

/// [`islower`](classes::islower) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn islower_l(c: c_int, _locale: locale_t) -> c_int {
    classes::islower(c)
}

crate::alias!(__islower_l = islower_l);

/// [`isprint`](classes::isprint) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isprint_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isprint(c)
}

crate::alias!(__isprint_l = isprint_l);

/// [`ispunct`](classes::ispunct) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ispunct_l(c: c_int, _locale: locale_t) -> c_int {
    classes::ispunct(c)
}

crate::alias!(__ispunct_l = ispunct_l);

/// [`isspace`](classes::isspace) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isspace_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isspace(c)
}

crate::alias!(__isspace_l = isspace_l);

/// [`isupper`](classes::isupper) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isupper_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isupper(c)
}

crate::alias!(__isupper_l = isupper_l);

/// [`isxdigit`](classes::isxdigit) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isxdigit_l(c: c_int, _locale: locale_t) -> c_int {
    classes::isxdigit(c)
}

crate::alias!(__isxdigit_l = isxdigit_l);

/// [`tolower`](classes::tolower) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tolower_l(c: c_int, _locale: locale_t) -> c_int {
    classes::tolower(c)
}

crate::alias!(__tolower_l = tolower_l);

/// [`toupper`](classes::toupper) in the locale given.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn toupper_l(c: c_int, _locale: locale_t) -> c_int {
    classes::toupper(c)
}

crate::alias!(__toupper_l = toupper_l);
