//! wcwidth, wcswidth: the columns a character takes on a terminal (POSIX.1 XSI).

use crate::types::{c_int, size_t, wchar_t};
use crate::wctype::classes::{is_print, is_wide, is_zero_width};

/// Columns of a character: 0 for the null and combining ones, 2 for wide East Asian ones and emoji, −1 for one that
/// is not printable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn wcwidth(c: wchar_t) -> c_int {
    let c = c.cast_unsigned();
    match c {
        0 => 0,
        0x20..0x7f => 1,
        _ if !is_print(c) => -1,
        _ if is_zero_width(c) => 0,
        _ if is_wide(c) => 2,
        _ => 1,
    }
}

/// Columns of at most `n` characters of a wide string, −1 when one is not printable.
///
/// # Safety
/// `s` is a wide string or has `n` characters.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcswidth(s: *const wchar_t, n: size_t) -> c_int {
    let mut columns = 0;
    for at in 0..n {
        // SAFETY: no null was met before `at`.
        let c = unsafe { *s.add(at) };
        if c == 0 {
            break;
        }
        match wcwidth(c) {
            -1 => return -1,
            width => columns += width,
        }
    }
    columns
}
