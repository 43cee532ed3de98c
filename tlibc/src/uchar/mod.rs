//! `<uchar.h>`: UTF-8, UTF-16 and UTF-32 characters (C23 7.30).

use crate::errno::{Errno, set_errno};
use crate::types::{c_char, size_t, wchar_t};
use crate::wchar::multibyte::{Step, feed_utf8, mbrtowc, mbstate_t, own_state, wcrtomb};

/// A unit of UTF-8.
#[allow(non_camel_case_types)]
pub type char8_t = u8;
/// A unit of UTF-16. The header defines it for C; in C++ it is a type of its own.
#[allow(non_camel_case_types)]
pub type char16_t = u16;
/// A unit of UTF-32.
#[allow(non_camel_case_types)]
pub type char32_t = u32;

/// Result for a later part of a character that was read before.
const CONTINUED: size_t = usize::MAX - 2;
const INVALID: size_t = usize::MAX;

/// Decodes the next character into UTF-32 (ISO C11 7.28.1.3).
///
/// # Safety
/// As for `mbrtowc`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbrtoc32(
    wide: *mut char32_t,
    s: *const c_char,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's arguments; the types have one layout.
    unsafe { mbrtowc(wide.cast(), s, n, state) }
}

/// Encodes a UTF-32 character (ISO C11 7.28.1.4).
///
/// # Safety
/// As for `wcrtomb`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn c32rtomb(s: *mut c_char, wide: char32_t, state: *mut mbstate_t) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's arguments.
    unsafe { wcrtomb(s, wide.cast_signed(), state) }
}

/// Decodes the next character into UTF-8; the units after the first come with the next calls (C23 7.30.2.1).
///
/// # Safety
/// As for `mbrtowc`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbrtoc8(
    place: *mut char8_t,
    s: *const c_char,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's arguments.
    unsafe {
        if let Some(unit) = state.take_unit() {
            if !place.is_null() && !s.is_null() {
                *place = unit;
            }
            return CONTINUED;
        }
        let mut wide: wchar_t = 0;
        let used = mbrtowc(&mut wide, s, n, state);
        if used >= CONTINUED {
            return used;
        }
        // The "C" locale's wide characters for bytes from 128 on are no Unicode characters.
        let Some(character) = char::from_u32(wide.cast_unsigned()) else {
            set_errno(Errno::EILSEQ);
            return INVALID;
        };
        let mut units = [0; 4];
        if let [first, later @ ..] = character.encode_utf8(&mut units).as_bytes() {
            state.keep_units(later);
            if !place.is_null() && !s.is_null() {
                *place = *first;
            }
        }
        used
    }
}

/// Encodes a UTF-8 unit; each but the last of a character gives 0 bytes and waits for the next (C23 7.30.2.2).
///
/// # Safety
/// As for `wcrtomb`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn c8rtomb(s: *mut c_char, unit: char8_t, state: *mut mbstate_t) -> size_t {
    let state = own_state!(state);
    let unit = if s.is_null() { 0 } else { unit };
    match feed_utf8(state, unit) {
        Step::More => 0,
        // SAFETY: the caller's arguments; the state is initial.
        Step::Character(value) => unsafe { wcrtomb(s, value.cast_signed(), state) },
        Step::Invalid => {
            set_errno(Errno::EILSEQ);
            INVALID
        }
    }
}

/// Decodes the next character into UTF-16; the second half of a pair comes with the next call (ISO C11 7.28.1.1).
///
/// # Safety
/// As for `mbrtowc`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbrtoc16(
    place: *mut char16_t,
    s: *const c_char,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's arguments.
    unsafe {
        if let Some(low) = state.take_surrogate() {
            if !place.is_null() {
                *place = low;
            }
            return CONTINUED;
        }
        let mut wide: wchar_t = 0;
        let used = mbrtowc(&mut wide, s, n, state);
        if used > CONTINUED {
            return used;
        }
        let value = wide.cast_unsigned();
        let unit = match u16::try_from(value) {
            // The "C" locale's wide characters for bytes from 128 on are units as they are.
            Ok(unit) => unit,
            Err(_) => {
                let above = value - 0x1_0000;
                state.keep_surrogate(0xdc00 | (above & 0x3ff) as u16);
                0xd800 | (above >> 10) as u16
            }
        };
        if !place.is_null() && !s.is_null() {
            *place = unit;
        }
        used
    }
}

/// Encodes a UTF-16 unit; the first half of a pair gives 0 bytes and waits for the second (ISO C11 7.28.1.2).
///
/// # Safety
/// As for `wcrtomb`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn c16rtomb(s: *mut c_char, unit: char16_t, state: *mut mbstate_t) -> size_t {
    let state = own_state!(state);
    if s.is_null() {
        *state = mbstate_t::new();
        return 1;
    }
    let high = state.take_surrogate();
    let value = match (high, unit) {
        (None, 0xd800..0xdc00) => {
            state.keep_surrogate(unit);
            return 0;
        }
        (Some(high), 0xdc00..0xe000) => {
            0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00)
        }
        (None, _) => u32::from(unit),
        (Some(_), _) => {
            set_errno(Errno::EILSEQ);
            return INVALID;
        }
    };
    // SAFETY: the caller's arguments.
    unsafe { wcrtomb(s, value.cast_signed(), state) }
}
