//! `fflush` and buffering (POSIX fflush(), setvbuf()).

use super::file::{BUFSIZ, Buffering, EOF, FILE, PUSHBACK, flag};
use super::standard::{flush_each, for_each};
use crate::errno::{Errno, set_errno};
use crate::types::*;

/// Gets written bytes to the device; of an input stream, puts the device back to where the program has read to.
/// A null stream means every stream with written bytes. 0, or `EOF` on an error.
///
/// # Safety
/// `file` is null or an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fflush(file: *mut FILE) -> c_int {
    if file.is_null() {
        return flush_all();
    }
    // SAFETY: the caller's duty.
    let result = unsafe { FILE::lock(file) }.synchronise();
    if result.is_ok() { 0 } else { EOF }
}
crate::alias!(fflush_unlocked = fflush);

fn flush_all() -> c_int {
    let mut result = 0;
    flush_each(|file| {
        // SAFETY: members of the list are alive.
        if unsafe { FILE::lock(file).flush() }.is_err() {
            result = EOF;
        }
    });
    result
}
crate::alias!(_flushlbf = __tlibc_flush_line_buffered);

/// Flushes all line-buffered streams (stdio_ext.h `_flushlbf`).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __tlibc_flush_line_buffered() {
    for_each(|file| {
        // SAFETY: members of the list are open. A failure stays noted in the stream.
        unsafe {
            if (*file).buffering == Buffering::Line && (*file).pending() > 0 {
                let _ = FILE::lock(file).flush();
            }
        }
    });
}

/// Full buffering.
pub const _IOFBF: c_int = 0;
/// Line buffering.
pub const _IOLBF: c_int = 1;
/// No buffering.
pub const _IONBF: c_int = 2;

/// Chooses the buffering and, with `buf`, the buffer; 0, or a non-zero value for an unknown mode.
///
/// # Errors
/// `EINVAL`
///
/// # Safety
/// `file` is an open stream; `buf` is null or writable for `size` bytes until the stream is closed.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setvbuf(
    file: *mut FILE,
    buf: *mut c_char,
    mode: c_int,
    size: size_t,
) -> c_int {
    let buffering = match mode {
        _IOFBF => Buffering::Full,
        _IOLBF => Buffering::Line,
        _IONBF => Buffering::None,
        _ => {
            set_errno(Errno::EINVAL);
            return -1;
        }
    };
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.flags |= flag::BUFFERING_KNOWN;
    // Bytes read ahead would be lost with their buffer; written ones find their way.
    if file.synchronise().is_err() || file.unread() > 0 {
        return -1;
    }
    file.become_idle();
    file.buffering = buffering;
    if buffering == Buffering::None || (!buf.is_null() && size > 2 * PUSHBACK) {
        // SAFETY: room for pushed-back bytes is cut from the caller's buffer; null means the small one.
        unsafe {
            if buffering == Buffering::None {
                file.replace_buffer(core::ptr::null_mut(), 0);
            } else {
                file.replace_buffer(buf.cast::<u8>().add(PUSHBACK), size - PUSHBACK);
            }
        }
    } else if file.buf_size < BUFSIZ && !file.has(flag::OWN_BUFFER) {
        // Buffered again after it was not: let a buffer come when needed.
        // SAFETY: a null buffer is always allowed.
        unsafe { file.replace_buffer(core::ptr::null_mut(), 0) }
    }
    0
}

/// [`setvbuf`] with a buffer of `size` bytes, or unbuffered for null.
///
/// # Safety
/// As [`setvbuf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setbuffer(file: *mut FILE, buf: *mut c_char, size: size_t) {
    // SAFETY: the caller's duty.
    unsafe { setvbuf(file, buf, if buf.is_null() { _IONBF } else { _IOFBF }, size) };
}

/// [`setbuffer`] with `BUFSIZ` bytes.
///
/// # Safety
/// As [`setvbuf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setbuf(file: *mut FILE, buf: *mut c_char) {
    // SAFETY: the caller's duty.
    unsafe { setbuffer(file, buf, BUFSIZ) }
}

/// Line buffering with the present buffer.
///
/// # Safety
/// As [`setvbuf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setlinebuf(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { setvbuf(file, core::ptr::null_mut(), _IOLBF, 0) };
}
