//! getsubopt: `name=value,name,…` as in mount's options (POSIX.1).

use core::ptr::null_mut;

use crate::string::compare::strncmp;
use crate::string::search::strchrnul;
use crate::types::{c_char, c_int};

/// Cuts the next suboption off `*options`; returns its index in `tokens` with `*value` at what follows `=` or null,
/// or −1 with `*value` at the whole unknown suboption.
///
/// # Safety
/// `*options` is a writable C string, `tokens` a null-terminated array of C strings, `value` valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getsubopt(
    options: *mut *mut c_char,
    tokens: *const *mut c_char,
    value: *mut *mut c_char,
) -> c_int {
    // SAFETY: all positions stay in the caller's strings.
    unsafe {
        let start = *options;
        *value = null_mut();
        if *start == 0 {
            return -1;
        }
        let end = strchrnul(start, b','.into());
        if *end == 0 {
            *options = end;
        } else {
            *end = 0;
            *options = end.add(1);
        }
        let equals = strchrnul(start, b'='.into());
        let length = equals.addr() - start.addr();
        let mut index = 0;
        while !(*tokens.add(index)).is_null() {
            let token = *tokens.add(index);
            if strncmp(token, start, length) == 0 && *token.add(length) == 0 {
                *value = if *equals == 0 {
                    null_mut()
                } else {
                    equals.add(1)
                };
                return index as c_int;
            }
            index += 1;
        }
        *value = start;
    }
    -1
}

/// Whether an answer is yes (1), no (0) or neither (-1) in the locale's language, by its first letter: all locales have English's.
/// rpmatch(3).
///
/// # Safety
/// `answer` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rpmatch(answer: *const c_char) -> c_int {
    // SAFETY: a string has a first byte.
    match unsafe { *answer }.cast_unsigned() {
        b'y' | b'Y' => 1,
        b'n' | b'N' => 0,
        _ => -1,
    }
}
