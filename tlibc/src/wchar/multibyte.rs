//! One character at a time: mbrtowc, wcrtomb, mbrlen, mbsinit, btowc, wctob.
//!
//! In the "C" locale every byte is a character (POSIX.1-2024 §6.2): those below 128 are ASCII's, the others the wide
//! characters from [`HIGH_BYTES`] on, which are no Unicode character's, as in musl. UTF-8 is that of RFC 3629: no overlong
//! forms, no surrogates, nothing above U+10FFFF.
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::errno::{Errno, set_errno};
use crate::locale::{Encoding, current_encoding};
use crate::types::{c_char, c_int, size_t, wchar_t, wint_t};

/// "End of file" as a wide character.
pub const WEOF: wint_t = 0xffff_ffff;
/// The wide characters of the "C" locale for the bytes from 128 on: this and the byte. They end at the last surrogate.
const HIGH_BYTES: u32 = 0xdf00;
/// Result of a conversion that failed, with `EILSEQ`.
const INVALID: size_t = usize::MAX;
/// Result when all bytes were used and the character is not complete.
const INCOMPLETE: size_t = usize::MAX - 1;

/// A character half read: all zero at the start.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mbstate_t {
    /// Bytes still to come, and in the second byte how long the character is.
    pending: u32,
    /// The bits read so far.
    value: u32,
}

impl mbstate_t {
    /// The initial state.
    pub const fn new() -> Self {
        mbstate_t {
            pending: 0,
            value: 0,
        }
    }

    /// Whether no character is half read.
    pub fn is_initial(&self) -> bool {
        self.pending == 0
    }

    /// Remembers half of a UTF-16 pair.
    pub(crate) fn keep_surrogate(&mut self, unit: u16) {
        *self = mbstate_t {
            pending: SURROGATE,
            value: unit.into(),
        };
    }

    /// The half that was remembered, if any.
    pub(crate) fn take_surrogate(&mut self) -> Option<u16> {
        if self.pending != SURROGATE {
            return None;
        }
        let unit = self.value as u16;
        *self = mbstate_t::new();
        Some(unit)
    }

    /// Remembers the units of a UTF-8 character after its first, at most three.
    pub(crate) fn keep_units(&mut self, units: &[u8]) {
        self.pending = 0;
        self.value = 0;
        for (unit, at) in units.iter().zip(0..3) {
            self.value |= u32::from(*unit) << (8 * at);
            self.pending = UNITS + at + 1;
        }
    }

    /// The next of the units that were remembered, if any.
    pub(crate) fn take_unit(&mut self) -> Option<u8> {
        let left = self.pending.wrapping_sub(UNITS);
        if !(1..=3).contains(&left) {
            return None;
        }
        let unit = self.value as u8;
        self.value >>= 8;
        self.pending = if left == 1 { 0 } else { self.pending - 1 };
        Some(unit)
    }
}

/// Marks a state that holds half of a UTF-16 pair; no character has that many bytes.
const SURROGATE: u32 = u32::MAX;
/// Marks a state that holds UTF-8 units; how many is in the low byte.
const UNITS: u32 = 0xffff_ff00;

/// What a byte did to a state.
pub(crate) enum Step {
    /// It ended this character.
    Character(u32),
    /// More bytes are needed.
    More,
    /// It cannot follow.
    Invalid,
}

/// Feeds a byte of UTF-8 to a state; after a character or an error the state is initial.
#[inline]
pub(crate) fn feed_utf8(state: &mut mbstate_t, byte: u8) -> Step {
    if state.pending == 0 {
        let (length, bits) = match byte {
            0..0x80 => return Step::Character(byte.into()),
            0xc2..0xe0 => (2, byte & 0x1f),
            0xe0..0xf0 => (3, byte & 0x0f),
            0xf0..0xf5 => (4, byte & 0x07),
            _ => return Step::Invalid,
        };
        *state = mbstate_t {
            pending: (length - 1) | length << 8,
            value: bits.into(),
        };
        return Step::More;
    }
    let (left, length) = (state.pending & 0xff, state.pending >> 8);
    let value = state.value << 6 | u32::from(byte & 0x3f);
    let in_range = byte & 0xc0 == 0x80
        // The second byte decides about overlong forms, surrogates and the upper end.
        && (left + 1 != length
            || match length {
                3 => value >= 0x20 && !(0x360..0x380).contains(&value),
                4 => (0x10..0x110).contains(&value),
                _ => true,
            });
    if !in_range {
        *state = mbstate_t::new();
        return Step::Invalid;
    }
    if left == 1 {
        *state = mbstate_t::new();
        return Step::Character(value);
    }
    *state = mbstate_t {
        pending: (left - 1) | length << 8,
        value,
    };
    Step::More
}

/// Feeds a byte to a state; after a character or an error the state is initial.
#[inline]
pub(crate) fn feed(state: &mut mbstate_t, byte: u8, encoding: Encoding) -> Step {
    match encoding {
        Encoding::Utf8 => feed_utf8(state, byte),
        Encoding::Bytes => Step::Character(wide_of_byte(byte)),
    }
}

/// The character that a byte is in the "C" locale.
fn wide_of_byte(byte: u8) -> u32 {
    if byte.is_ascii() {
        byte.into()
    } else {
        HIGH_BYTES + u32::from(byte)
    }
}

/// The byte that a character is in the "C" locale, if any.
fn byte_of_wide(wide: u32) -> Option<u8> {
    let byte = match wide {
        0..0x80 => wide,
        _ => wide.checked_sub(HIGH_BYTES).filter(|byte| *byte >= 0x80)?,
    };
    u8::try_from(byte).ok()
}

/// The state a null argument stands for, one for each function.
macro_rules! own_state {
    ($state:expr) => {{
        static mut OWN: mbstate_t = mbstate_t::new();
        let own: *mut mbstate_t = &raw mut OWN;
        let given: *mut mbstate_t = $state;
        let chosen = if given.is_null() { own } else { given };
        // SAFETY: the caller's state, or the function's own, with which ISO C lets calls race.
        unsafe { &mut *chosen }
    }};
}
pub(crate) use own_state;

/// Decodes the next character of up to `n` bytes into `*wide`; returns its bytes, 0 for the null, −2 when it is not
/// complete yet, −1 and `EILSEQ` for bytes that are none (ISO C 7.29.6.3.2).
///
/// # Safety
/// `wide` and `state` are null or valid; `s` is null or has `n` readable bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbrtowc(
    wide: *mut wchar_t,
    s: *const c_char,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    if s.is_null() {
        // As mbrtowc(NULL, "", 1, state).
        if state.is_initial() {
            return 0;
        }
        *state = mbstate_t::new();
        set_errno(Errno::EILSEQ);
        return INVALID;
    }
    let encoding = current_encoding();
    for used in 0..n {
        // SAFETY: below `n`.
        let byte = unsafe { *s.add(used) } as u8;
        match feed(state, byte, encoding) {
            Step::Character(value) => {
                if !wide.is_null() {
                    // SAFETY: the caller's place.
                    unsafe { *wide = value.cast_signed() };
                }
                return if value == 0 { 0 } else { used + 1 };
            }
            Step::More => {}
            Step::Invalid => {
                set_errno(Errno::EILSEQ);
                return INVALID;
            }
        }
    }
    INCOMPLETE
}

/// Like [`mbrtowc`] without storing the character (ISO C 7.29.6.3.1).
///
/// # Safety
/// As for [`mbrtowc`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbrlen(s: *const c_char, n: size_t, state: *mut mbstate_t) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's range.
    unsafe { mbrtowc(core::ptr::null_mut(), s, n, state) }
}

crate::alias!(__mbrlen = mbrlen);

/// The encoding of a character: its bytes and how many; `None` for a value that has none.
#[inline]
pub(crate) fn encode(wide: wchar_t, encoding: Encoding) -> Option<([u8; 4], usize)> {
    let value = wide.cast_unsigned();
    if value < 0x80 {
        return Some(([value as u8, 0, 0, 0], 1));
    }
    if encoding == Encoding::Bytes {
        return byte_of_wide(value).map(|byte| ([byte, 0, 0, 0], 1));
    }
    let mut bytes = [0; 4];
    let length = char::from_u32(value)?.encode_utf8(&mut bytes).len();
    Some((bytes, length))
}

/// Encodes a character at `s`; returns its bytes, or −1 and `EILSEQ` (ISO C 7.29.6.3.3).
///
/// # Safety
/// `s` is null or has `MB_CUR_MAX` writable bytes; `state` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcrtomb(s: *mut c_char, wide: wchar_t, state: *mut mbstate_t) -> size_t {
    let state = own_state!(state);
    *state = mbstate_t::new();
    if s.is_null() {
        return 1;
    }
    match encode(wide, current_encoding()) {
        Some((bytes, length)) => {
            // SAFETY: at most MB_CUR_MAX bytes.
            unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), s, length) };
            length
        }
        None => {
            set_errno(Errno::EILSEQ);
            INVALID
        }
    }
}

/// [`wcrtomb`] into an object of `room` bytes (`_FORTIFY_SOURCE`).
///
/// # Safety
/// As for [`wcrtomb`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __wcrtomb_chk(
    s: *mut c_char,
    wide: wchar_t,
    state: *mut mbstate_t,
    room: size_t,
) -> size_t {
    if !s.is_null() {
        crate::string::fortify::require(crate::stdlib::multibyte::__ctype_get_mb_cur_max(), room);
    }
    // SAFETY: the caller's room.
    unsafe { wcrtomb(s, wide, state) }
}

/// Non-zero when no character is half read; so does a null pointer answer (ISO C 7.29.6.2.1).
///
/// # Safety
/// `state` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbsinit(state: *const mbstate_t) -> c_int {
    // SAFETY: the caller's state.
    c_int::from(state.is_null() || unsafe { (*state).is_initial() })
}

/// The character that is the single byte `c`, or `WEOF` (ISO C 7.29.6.1.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn btowc(c: c_int) -> wint_t {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() || current_encoding() == Encoding::Bytes => wide_of_byte(byte),
        _ => WEOF,
    }
}

/// The single byte that is the character `c`, or `EOF` (ISO C 7.29.6.1.2).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn wctob(c: wint_t) -> c_int {
    match encode(c.cast_signed(), current_encoding()) {
        Some((bytes, 1)) => bytes[0].into(),
        _ => -1,
    }
}
