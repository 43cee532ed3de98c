//! wcsftime: strftime for wide strings (ISO C 7.29.5.1).

use super::format::strftime;
use super::tm;
use crate::types::{c_char, size_t, wchar_t};

/// Longest format and result converted on the stack, in bytes.
const ROOM: usize = 1024;

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
            let mut piece = [0 as c_char; 32];
            let mut piece_length = 0;
            let mut text = [0 as c_char; ROOM];
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
                    if !is_flag || piece_length + 2 >= piece.len() {
                        break;
                    }
                }
                if *at != 0 {
                    piece[piece_length] = u8::try_from(*at).map_or(b'?', |byte| byte).cast_signed();
                    at = at.add(1);
                }
                let count = strftime(text.as_mut_ptr(), ROOM, piece.as_ptr(), time);
                for &byte in &text[..count] {
                    if length >= size {
                        return 0;
                    }
                    *buffer.add(length) = wchar_t::from(byte as u8);
                    length += 1;
                }
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
