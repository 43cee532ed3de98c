//! `perror` (POSIX perror()).

use super::file::{Buffering, FILE, flag};
use super::standard::standard_error;
use crate::errno::errno;
use crate::string::error::__xpg_strerror_r;
use crate::types::*;

unsafe extern "C" {
    fn strlen(s: *const c_char) -> size_t;
}

/// More than any message takes.
const TEXT_ROOM: usize = 128;

/// Writes `prefix`, a colon and the text of `errno` to `stderr`; the text alone for a null or empty prefix.
///
/// # Safety
/// `prefix` is null or a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn perror(prefix: *const c_char) {
    // What strerror returned to the program stays as it is.
    let mut text: [c_char; TEXT_ROOM] = [0; TEXT_ROOM];
    // SAFETY: the caller's duty; the text is a string that fits; `stderr` is open.
    unsafe {
        __xpg_strerror_r(errno().0, text.as_mut_ptr(), TEXT_ROOM);
        let text: *const c_char = text.as_ptr();
        let bytes = |s: *const c_char| core::slice::from_raw_parts(s.cast::<u8>(), strlen(s));
        let mut file = FILE::lock(standard_error());
        let parts: [&[u8]; 4] = if prefix.is_null() || *prefix == 0 {
            [b"", b"", bytes(text), b"\n"]
        } else {
            [bytes(prefix), b": ", bytes(text), b"\n"]
        };
        if file.buffering != Buffering::None || parts.iter().map(|p| p.len()).sum::<usize>() > 512 {
            for part in parts {
                file.write_bytes(part);
            }
            return;
        }
        // One write for the whole message.
        let mut message = [0u8; 512];
        let mut length = 0;
        for part in parts {
            message[length..length + part.len()].copy_from_slice(part);
            length += part.len();
        }
        file.write_bytes(&message[..length]);
        debug_assert!(!file.has(flag::NO_WRITE));
    }
}
