//! wcsftime: strftime for wide strings (ISO C 7.29.5.1).

use super::format::strftime;
use super::tm;
use crate::locale::locale_t;
use crate::types::{c_char, size_t, wchar_t};
use crate::vec::Vec;

/// Longest result of a conversion for which no memory is taken, in bytes.
const ROOM: usize = 256;

/// Hands what a conversion, which ends with a letter that is itself, makes without that letter to `take`; `None` where it
/// has more than `most` bytes, and where there is no memory.
///
/// # Safety
/// `piece` is a C string, `time` is valid.
unsafe fn convert(
    piece: *const c_char,
    time: *const tm,
    most: usize,
    take: impl FnOnce(&[c_char]),
) -> Option<()> {
    let mut room = [0 as c_char; ROOM];
    // SAFETY: the caller's string and time.
    let count = unsafe { strftime(room.as_mut_ptr(), ROOM, piece, time) };
    if let Some(last) = count.checked_sub(1) {
        take(&room[..last]);
        return (last <= most).then_some(());
    }
    let mut room = Vec::new();
    let mut size = ROOM;
    // The letter and the NUL.
    let limit = most.saturating_add(2);
    while size < limit {
        size = (size * 2).min(limit);
        room.resize(size, 0 as c_char).ok()?;
        // SAFETY: as above.
        let count = unsafe { strftime(room.as_mut_ptr(), size, piece, time) };
        if let Some(last) = count.checked_sub(1) {
            take(&room[..last]);
            return (last <= most).then_some(());
        }
    }
    None
}

/// Writes the text of a broken-down time into `size` wide characters; returns its length, or 0 when it does not fit.
///
/// # Safety
/// `buffer` has `size` characters, `format` is a wide string, `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsftime(
    buffer: *mut wchar_t,
    size: size_t,
    format: *const wchar_t,
    time: *const tm,
) -> size_t {
    // SAFETY: each piece of the format and its text fit the arrays; writes are checked against `size`.
    unsafe {
        let mut at = format;
        let mut length = 0;
        while *at != 0 {
            // Characters pass through; a conversion (`%`, flags, width, letter) goes through strftime.
            let mut piece = [0 as c_char; 34];
            let mut piece_length = 0;
            if *at == wchar_t::from(b'%') {
                loop {
                    piece[piece_length] = u8::try_from(*at).map_or(b'?', |byte| byte).cast_signed();
                    piece_length += 1;
                    at = at.add(1);
                    let c = *at;
                    let is_flag = u8::try_from(c).is_ok_and(|byte| {
                        matches!(
                            byte,
                            b'_' | b'-' | b'+' | b'^' | b'#' | b'0'..=b'9' | b'E' | b'O'
                        )
                    });
                    if !is_flag || piece_length + 4 >= piece.len() {
                        break;
                    }
                }
                if *at != 0 {
                    piece[piece_length] = u8::try_from(*at).map_or(b'?', |byte| byte).cast_signed();
                    piece_length += 1;
                    at = at.add(1);
                }
                // What makes an empty text different from one that does not fit.
                piece[piece_length] = b'.'.cast_signed();
                let Some(rest) = size.checked_sub(length + 1) else {
                    return 0;
                };
                let mut count = 0;
                let done = convert(piece.as_ptr(), time, rest, |text| {
                    count = text.len();
                    for (at, &byte) in text.iter().take(rest).enumerate() {
                        *buffer.add(length + at) = wchar_t::from(byte as u8);
                    }
                });
                if done.is_none() {
                    return 0;
                }
                length += count;
            } else {
                if length >= size {
                    return 0;
                }
                *buffer.add(length) = *at;
                length += 1;
                at = at.add(1);
            }
        }
        if length >= size {
            return 0;
        }
        *buffer.add(length) = 0;
        length
    }
}

/// [`wcsftime`]: all locales write times alike.
///
/// # Safety
/// As for [`wcsftime`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsftime_l(
    buffer: *mut wchar_t,
    size: size_t,
    format: *const wchar_t,
    time: *const tm,
    _locale: locale_t,
) -> size_t {
    // SAFETY: the caller's arguments.
    unsafe { wcsftime(buffer, size, format, time) }
}

crate::alias!(__wcsftime_l = wcsftime_l);
