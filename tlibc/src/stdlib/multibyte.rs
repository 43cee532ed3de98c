//! mblen, mbtowc, wctomb, mbstowcs, wcstombs: the conversions of `wchar` with a state per function. The encodings
//! have no shift states, so a null string resets and answers 0 (ISO C 7.22.7, 7.22.8).

use crate::locale::{Encoding, current_encoding};
use crate::types::{c_char, c_int, size_t, wchar_t};
use crate::wchar::multibyte::{mbrtowc, mbstate_t, wcrtomb};
use crate::wchar::strings::{mbsrtowcs, wcsrtombs};

/// Value of `MB_CUR_MAX`: the most bytes a character of the current locale takes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __ctype_get_mb_cur_max() -> size_t {
    match current_encoding() {
        Encoding::Bytes => 1,
        Encoding::Utf8 => 6, // as the GNU library says, although four are the most since RFC 3629
    }
}

/// Bytes of the next character, 0 for the null, or −1.
///
/// # Safety
/// `s` is null or has `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mblen(s: *const c_char, n: size_t) -> c_int {
    // SAFETY: the caller's range.
    unsafe { mbtowc(core::ptr::null_mut(), s, n) }
}

/// Decodes the next character into `*wide`; returns its bytes, 0 for the null, or −1.
///
/// # Safety
/// `wide` is null or valid; `s` is null or has `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbtowc(wide: *mut wchar_t, s: *const c_char, n: size_t) -> c_int {
    if s.is_null() {
        return 0;
    }
    let mut state = mbstate_t::new();
    // SAFETY: the caller's range. An incomplete character (−2) is an error here.
    match unsafe { mbrtowc(wide, s, n, &mut state) } {
        length if length <= n => length as c_int,
        incomplete if incomplete == usize::MAX - 1 => {
            crate::errno::set_errno(crate::errno::Errno::EILSEQ);
            -1
        }
        _ => -1,
    }
}

/// Encodes a character at `s`; returns its bytes, or −1.
///
/// # Safety
/// `s` is null or has `MB_CUR_MAX` writable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wctomb(s: *mut c_char, wide: wchar_t) -> c_int {
    if s.is_null() {
        return 0;
    }
    let mut state = mbstate_t::new();
    // SAFETY: the caller's room. The failure value becomes −1.
    unsafe { wcrtomb(s, wide, &mut state) as c_int }
}

/// Decodes a string into at most `n` wide characters; returns their number without the null, or `SIZE_MAX`.
///
/// # Safety
/// `s` is a C string; `to` is null or has room for `n`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbstowcs(to: *mut wchar_t, s: *const c_char, n: size_t) -> size_t {
    let (mut state, mut from) = (mbstate_t::new(), s);
    // SAFETY: the caller's ranges.
    unsafe { mbsrtowcs(to, &mut from, n, &mut state) }
}

/// Encodes a wide string into at most `n` bytes; returns their number without the null, or `SIZE_MAX`.
///
/// # Safety
/// `s` is a wide string; `to` is null or has room for `n` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcstombs(to: *mut c_char, s: *const wchar_t, n: size_t) -> size_t {
    let (mut state, mut from) = (mbstate_t::new(), s);
    // SAFETY: the caller's ranges.
    unsafe { wcsrtombs(to, &mut from, n, &mut state) }
}

/// [`mbstowcs`] into an object of `room` wide characters (`_FORTIFY_SOURCE`).
///
/// # Safety
/// As for [`mbstowcs`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __mbstowcs_chk(
    to: *mut wchar_t,
    s: *const c_char,
    n: size_t,
    room: size_t,
) -> size_t {
    crate::string::fortify::require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { mbstowcs(to, s, n) }
}

/// [`wcstombs`] into an object of `room` bytes (`_FORTIFY_SOURCE`).
///
/// # Safety
/// As for [`wcstombs`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __wcstombs_chk(
    to: *mut c_char,
    s: *const wchar_t,
    n: size_t,
    room: size_t,
) -> size_t {
    crate::string::fortify::require(n, room);
    // SAFETY: the caller's ranges.
    unsafe { wcstombs(to, s, n) }
}

/// [`wctomb`] into an object of `room` bytes (`_FORTIFY_SOURCE`).
///
/// # Safety
/// As for [`wctomb`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __wctomb_chk(s: *mut c_char, wide: wchar_t, room: size_t) -> c_int {
    crate::string::fortify::require(__ctype_get_mb_cur_max(), room);
    // SAFETY: the caller's room.
    unsafe { wctomb(s, wide) }
}
