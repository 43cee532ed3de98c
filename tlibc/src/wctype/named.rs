//! Classes and mappings by name: wctype, iswctype, wctrans, towctrans.

use core::ffi::CStr;

use super::{case, classes};
use crate::types::{c_char, c_int, wctrans_t, wctype_t, wint_t};

/// The classes, which are numbered from 1.
const CLASSES: [&CStr; 12] = [
    c"alnum", c"alpha", c"blank", c"cntrl", c"digit", c"graph", c"lower", c"print", c"punct",
    c"space", c"upper", c"xdigit",
];

/// The two mappings are the addresses of these.
static TO_LOWER: i32 = 1;
static TO_UPPER: i32 = 2;

/// The class of a name, or 0.
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wctype(name: *const c_char) -> wctype_t {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) };
    CLASSES
        .iter()
        .position(|&class| class == name)
        .map_or(0, |at| at as wctype_t + 1)
}

/// Whether a character is in a class.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswctype(c: wint_t, class: wctype_t) -> c_int {
    match class {
        1 => classes::iswalnum(c),
        2 => classes::iswalpha(c),
        3 => classes::iswblank(c),
        4 => classes::iswcntrl(c),
        5 => classes::iswdigit(c),
        6 => classes::iswgraph(c),
        7 => classes::iswlower(c),
        8 => classes::iswprint(c),
        9 => classes::iswpunct(c),
        10 => classes::iswspace(c),
        11 => classes::iswupper(c),
        12 => classes::iswxdigit(c),
        _ => 0,
    }
}

/// The mapping "tolower" or "toupper", or null.
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wctrans(name: *const c_char) -> wctrans_t {
    // SAFETY: the caller's string.
    match unsafe { CStr::from_ptr(name) }.to_bytes() {
        b"tolower" => &raw const TO_LOWER,
        b"toupper" => &raw const TO_UPPER,
        _ => core::ptr::null(),
    }
}

/// A character through a mapping; unchanged by a null one.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn towctrans(c: wint_t, mapping: wctrans_t) -> wint_t {
    if mapping == &raw const TO_LOWER {
        case::towlower(c)
    } else if mapping == &raw const TO_UPPER {
        case::towupper(c)
    } else {
        c
    }
}
