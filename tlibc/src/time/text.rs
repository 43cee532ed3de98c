//! asctime, ctime: the fixed form "Thu Jan  1 00:00:00 1970\n".

use super::convert::localtime_r;
use super::tm;
use crate::errno::{Errno, set_errno};
use crate::langinfo::time_text;
use crate::types::{c_char, time_t};

/// What POSIX gives the text.
const ROOM: usize = 26;

static mut RESULT: [u8; ROOM] = [0; ROOM];

/// The text of a broken-down time in 26 bytes, or null and `EOVERFLOW` when the year is too long (POSIX.1).
///
/// # Safety
/// `time` is valid and `buffer` has 26 bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn asctime_r(time: *const tm, buffer: *mut c_char) -> *mut c_char {
    // SAFETY: the caller's structure.
    let time = unsafe { &*time };
    let mut text = [0_u8; 64];
    let mut length = 0;
    let mut put = |bytes: &[u8]| {
        text[length..length + bytes.len()].copy_from_slice(bytes);
        length += bytes.len();
    };
    let name = |index: i32, count: i32, first: usize| {
        if (0..count).contains(&index) {
            time_text(first + index as usize)
        } else {
            b"???"
        }
    };
    put(name(time.tm_wday, 7, 0));
    put(b" ");
    put(name(time.tm_mon, 12, 14));
    for (value, width, fill, before) in [
        (i64::from(time.tm_mday), 3, b' ', &b""[..]),
        (time.tm_hour.into(), 2, b'0', b" "),
        (time.tm_min.into(), 2, b'0', b":"),
        (time.tm_sec.into(), 2, b'0', b":"),
        (i64::from(time.tm_year) + 1900, 1, b' ', b" "),
    ] {
        put(before);
        let mut digits = [0; 20];
        put(super::format::decimal(value, width, fill, &mut digits));
    }
    put(b"\n\0");
    if length > ROOM {
        set_errno(Errno::EOVERFLOW);
        return core::ptr::null_mut();
    }
    // SAFETY: the caller's 26 bytes.
    unsafe { core::ptr::copy_nonoverlapping(text.as_ptr().cast(), buffer, length) };
    buffer
}

/// [`asctime_r`] into storage that the next call overwrites (ISO C 7.27.3.1).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn asctime(time: *const tm) -> *mut c_char {
    // SAFETY: the caller's structure; ISO C lets calls race.
    unsafe { asctime_r(time, (&raw mut RESULT).cast()) }
}

/// The text of a time in local time, in 26 bytes (POSIX.1).
///
/// # Safety
/// `time` is valid and `buffer` has 26 bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ctime_r(time: *const time_t, buffer: *mut c_char) -> *mut c_char {
    let mut broken = tm::zero();
    // SAFETY: the caller's time and buffer.
    unsafe {
        if localtime_r(time, &mut broken).is_null() {
            return core::ptr::null_mut();
        }
        asctime_r(&broken, buffer)
    }
}

/// [`ctime_r`] into storage that the next call overwrites (ISO C 7.27.3.2).
///
/// # Safety
/// `time` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ctime(time: *const time_t) -> *mut c_char {
    // SAFETY: the caller's time; ISO C lets calls race.
    unsafe { ctime_r(time, (&raw mut RESULT).cast()) }
}
