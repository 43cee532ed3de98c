//! `<langinfo.h>`: the texts of a locale (POSIX.1). An item is `category << 16 | index`, the numbering of glibc.
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::locale::objects::{categories_of, getlocalename_l, uselocale};
use crate::locale::{Encoding, current_encoding, locale_t};
use crate::types::{c_char, c_int};

/// A text of the locale.
pub type nl_item = c_int;

const CODESET: nl_item = 14;
/// The index of a category's own name (glibc's `NL_LOCALE_NAME`).
const NAME: nl_item = 0xffff;
const LC_NUMERIC: c_int = 1;
const LC_TIME: c_int = 2;
const LC_MONETARY: c_int = 4;
const LC_MESSAGES: c_int = 5;

/// The texts of `LC_TIME` by index: `ABDAY_1` is 0. One null-terminated string after another.
const TIME: &str = concat!(
    "Sun\0Mon\0Tue\0Wed\0Thu\0Fri\0Sat\0",
    "Sunday\0Monday\0Tuesday\0Wednesday\0Thursday\0Friday\0Saturday\0",
    "Jan\0Feb\0Mar\0Apr\0May\0Jun\0Jul\0Aug\0Sep\0Oct\0Nov\0Dec\0",
    "January\0February\0March\0April\0May\0June\0July\0August\0September\0October\0November\0December\0",
    "AM\0PM\0%a %b %e %H:%M:%S %Y\0%m/%d/%y\0%H:%M:%S\0%I:%M:%S %p\0",
    "\0\0\0\0\0\0", // the eras of other calendars
);
/// The months of [`TIME`], abbreviated ones first, and the items of those that stand by themselves: `ALTMON_1` and
/// `ABALTMON_1`.
const ABBREVIATED_MONTHS: usize = 14;
const MONTHS: usize = 26;
const ALTERNATIVE_MONTHS: usize = 0x6f;
const ALTERNATIVE_ABBREVIATED_MONTHS: usize = 0x87;
const NUMERIC: &str = ".\0\0";
/// `YESEXPR`, `NOEXPR`, `YESSTR`, `NOSTR`.
const MESSAGES: &str = "^[yY]\0^[nN]\0\0\0";

/// The text number `index` of a list.
fn text(list: &'static str, index: usize) -> Option<&'static [u8]> {
    list.as_bytes()
        .split_inclusive(|&byte| byte == 0)
        .nth(index)
}

/// The item that has the text of a `LC_TIME` item: words have one form in the locales there are.
fn main_form(index: usize) -> usize {
    for (first, main) in [
        (ALTERNATIVE_MONTHS, MONTHS),
        (ALTERNATIVE_ABBREVIATED_MONTHS, ABBREVIATED_MONTHS),
    ] {
        if (first..first + 12).contains(&index) {
            return index - first + main;
        }
    }
    index
}

fn item_text(item: nl_item, encoding: Encoding) -> *mut c_char {
    if item == CODESET {
        let name = if encoding == Encoding::Utf8 {
            c"UTF-8"
        } else {
            c"ANSI_X3.4-1968"
        };
        return name.as_ptr().cast_mut();
    }
    let index = (item & 0xffff) as usize;
    let found = match item >> 16 {
        LC_TIME => text(TIME, main_form(index)),
        LC_NUMERIC => text(NUMERIC, index),
        LC_MESSAGES => text(MESSAGES, index),
        // CRNCYSTR: the symbol would stand before the number.
        LC_MONETARY if index == 15 => Some(&b"-\0"[..]),
        _ => None,
    };
    found
        .map_or(c"".as_ptr(), |text| text.as_ptr().cast())
        .cast_mut()
}

/// The name of `locale` in the category of `item`, empty for an unknown one.
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
unsafe fn name(item: nl_item, locale: locale_t) -> *mut c_char {
    // SAFETY: as the caller says.
    let name = unsafe { getlocalename_l(item >> 16, locale) };
    if name.is_null() { c"".as_ptr() } else { name }.cast_mut()
}

/// A text of the current locale, empty for an unknown item (POSIX.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn nl_langinfo(item: nl_item) -> *mut c_char {
    if item & 0xffff == NAME {
        // SAFETY: without an argument it returns what the thread uses, which is a locale.
        return unsafe { name(item, uselocale(core::ptr::null_mut())) };
    }
    item_text(item, current_encoding())
}

/// A text of the locale given (POSIX.1).
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nl_langinfo_l(item: nl_item, locale: locale_t) -> *mut c_char {
    if item & 0xffff == NAME {
        // SAFETY: as the caller says.
        return unsafe { name(item, locale) };
    }
    item_text(item, categories_of(locale).encoding())
}

crate::alias!(__nl_langinfo_l = nl_langinfo_l);

/// The text of a `LC_TIME` item as bytes without the null, for `strftime` and `strptime`.
pub(crate) fn time_text(index: usize) -> &'static [u8] {
    match text(TIME, index) {
        Some([text @ .., 0]) => text,
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    #[test]
    fn items_agree_with_the_host_in_the_c_locale() {
        for item in [
            libc::CODESET,
            libc::RADIXCHAR,
            libc::THOUSEP,
            libc::YESEXPR,
            libc::NOEXPR,
            libc::CRNCYSTR,
        ]
        .into_iter()
        .chain(libc::ABDAY_1..=libc::ERA_T_FMT)
        .chain([0, 2, 5, 6, 12].map(|category| category << 16 | NAME))
        {
            // SAFETY: both return C strings.
            unsafe {
                let (ours, theirs) = (nl_langinfo(item), libc::nl_langinfo(item));
                assert_eq!(
                    CStr::from_ptr(ours),
                    CStr::from_ptr(theirs),
                    "item {item:#x}"
                );
            }
        }
    }
}
