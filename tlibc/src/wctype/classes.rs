//! The iswalpha family.

use super::tables::{UNASSIGNED, WIDE, ZERO_WIDTH};
use crate::locale::{Encoding, current_encoding};
use crate::types::{c_int, wint_t};

/// The character, where the locale gives it a class: ASCII always, the others in UTF-8.
fn character(c: wint_t) -> Option<char> {
    if c < 0x80 || current_encoding() == Encoding::Utf8 {
        char::from_u32(c)
    } else {
        None
    }
}

fn in_ranges(ranges: &[(u32, u32)], c: u32) -> bool {
    ranges
        .binary_search_by(|&(low, high)| {
            if high < c {
                core::cmp::Ordering::Less
            } else if low > c {
                core::cmp::Ordering::Greater
            } else {
                core::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Whether a character takes two columns.
pub(crate) fn is_wide(c: u32) -> bool {
    in_ranges(&WIDE, c)
}

/// Whether a character takes no column.
pub(crate) fn is_zero_width(c: u32) -> bool {
    in_ranges(&ZERO_WIDTH, c)
}

/// Whether the version of Unicode that all tables here are of has the character; `core` may know a later one.
pub(super) fn is_assigned(c: char) -> bool {
    c.is_ascii() || !in_ranges(&UNASSIGNED, c.into())
}

/// Whether a character is printable in the current locale.
pub(crate) fn is_print(c: u32) -> bool {
    character(c).is_some_and(|c| {
        !c.is_control() && !matches!(u32::from(c), 0x2028 | 0x2029) && is_assigned(c)
    })
}

fn is_alpha(c: char) -> bool {
    // ISO C: a class apart from the decimal digits 0-9; other scripts' digits count as letters, as in the GNU library.
    (c.is_alphabetic() || is_decimal(c)) && is_assigned(c)
}

/// A decimal digit of another script (Nd): ten in a row from each zero.
fn is_decimal(c: char) -> bool {
    const ZEROS: [u32; 65] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
        0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
        0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
        0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
        0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
        0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];
    let value = u32::from(c);
    let after = ZEROS.partition_point(|&zero| zero <= value);
    after > 0 && value - ZEROS[after - 1] < 10
}

fn is_space(c: char) -> bool {
    // Without the spaces that forbid a line break, as in the GNU library.
    c.is_whitespace() && !matches!(u32::from(c), 0x85 | 0xa0 | 0x2007 | 0x202f)
}

fn is_blank(c: char) -> bool {
    c == '\t' || is_space(c) && !matches!(u32::from(c), 0x0a..=0x0d | 0x2028 | 0x2029)
}

/// A letter or digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswalnum(c: wint_t) -> c_int {
    character(c)
        .is_some_and(|c| is_alpha(c) || c.is_ascii_digit())
        .into()
}

/// A letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswalpha(c: wint_t) -> c_int {
    character(c).is_some_and(is_alpha).into()
}

/// A space within a line.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswblank(c: wint_t) -> c_int {
    character(c).is_some_and(is_blank).into()
}

/// A control character, or a line or paragraph separator.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswcntrl(c: wint_t) -> c_int {
    character(c)
        .is_some_and(|c| c.is_control() || matches!(u32::from(c), 0x2028 | 0x2029))
        .into()
}

/// One of 0 to 9.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswdigit(c: wint_t) -> c_int {
    c.wrapping_sub(0x30).lt(&10).into()
}

/// Printable, and no space.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswgraph(c: wint_t) -> c_int {
    (is_print(c) && iswspace(c) == 0).into()
}

/// A lower-case letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswlower(c: wint_t) -> c_int {
    character(c)
        .is_some_and(|c| c.is_lowercase() && is_assigned(c))
        .into()
}

/// Printable, spaces included.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswprint(c: wint_t) -> c_int {
    is_print(c).into()
}

/// Printable, and neither a space nor a letter or digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswpunct(c: wint_t) -> c_int {
    (iswgraph(c) != 0 && iswalnum(c) == 0).into()
}

/// A space or a line end.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswspace(c: wint_t) -> c_int {
    character(c).is_some_and(is_space).into()
}

/// An upper-case letter.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswupper(c: wint_t) -> c_int {
    character(c)
        .is_some_and(|c| c.is_uppercase() && is_assigned(c))
        .into()
}

/// A hexadecimal digit.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn iswxdigit(c: wint_t) -> c_int {
    character(c).is_some_and(|c| c.is_ascii_hexdigit()).into()
}
