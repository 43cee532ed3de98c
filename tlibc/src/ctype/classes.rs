//! The isalpha family, and tolower, toupper.

use crate::types::c_int;

/// The argument as a byte; `EOF` and whatever else is no byte count as 255, which has no class.
#[inline]
fn byte(c: c_int) -> u8 {
    if c as u32 > 255 { u8::MAX } else { c as u8 }
}

/// Whether the argument is in a range, which lies within bytes.
#[inline]
fn within(c: c_int, first: u8, last: u8) -> bool {
    (c as u32).wrapping_sub(first.into()) <= u32::from(last - first)
}

/// A letter or digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isalnum(c: c_int) -> c_int {
    byte(c).is_ascii_alphanumeric().into()
}

/// A letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isalpha(c: c_int) -> c_int {
    within(c | 0x20, b'a', b'z').into()
}

/// A space or tab.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isblank(c: c_int) -> c_int {
    (c == 0x20 || c == 9).into()
}

/// A control character.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iscntrl(c: c_int) -> c_int {
    byte(c).is_ascii_control().into()
}

/// One of 0 to 9.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isdigit(c: c_int) -> c_int {
    within(c, b'0', b'9').into()
}

/// Printable, and no space.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isgraph(c: c_int) -> c_int {
    within(c, b'!', b'~').into()
}

/// A lower-case letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn islower(c: c_int) -> c_int {
    within(c, b'a', b'z').into()
}

/// Printable, the space included.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isprint(c: c_int) -> c_int {
    within(c, b' ', b'~').into()
}

/// Printable, and neither space nor letter nor digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ispunct(c: c_int) -> c_int {
    byte(c).is_ascii_punctuation().into()
}

/// Space, tab, line ends, form feed, vertical tab.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isspace(c: c_int) -> c_int {
    (c == 0x20 || within(c, 9, 13)).into()
}

/// An upper-case letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isupper(c: c_int) -> c_int {
    within(c, b'A', b'Z').into()
}

/// A hexadecimal digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isxdigit(c: c_int) -> c_int {
    byte(c).is_ascii_hexdigit().into()
}

/// Seven bits.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn isascii(c: c_int) -> c_int {
    (c & !0x7f == 0).into()
}

/// The low seven bits.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn toascii(c: c_int) -> c_int {
    c & 0x7f
}

/// The lower-case letter, or the argument itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tolower(c: c_int) -> c_int {
    if isupper(c) != 0 { c | 0x20 } else { c }
}

/// The upper-case letter, or the argument itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn toupper(c: c_int) -> c_int {
    if islower(c) != 0 { c & !0x20 } else { c }
}
