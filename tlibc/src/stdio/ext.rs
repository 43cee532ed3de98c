//! `<stdio_ext.h>`: what Solaris and glibc let a program ask about a stream.

use super::file::{Buffering, FILE, flag};
use crate::types::*;

/// Defines functions that answer something about a locked stream.
macro_rules! questions {
    ($($(#[$meta:meta])* $name:ident -> $ret:ty = |$file:ident| $answer:expr;)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// `file` is an open stream.
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name(file: *mut FILE) -> $ret {
            // SAFETY: the caller's duty.
            let $file = unsafe { FILE::lock(file) };
            $answer
        }
    )*};
}

questions! {
    /// The size of the buffer in bytes; 0 before there is one.
    __fbufsize -> size_t = |file| file.buf_size;
    /// Non-zero if the stream is for reading only, or was last read from.
    __freading -> c_int = |file| c_int::from(file.has(flag::NO_WRITE) || !file.is_writing() && !file.rpos.is_null());
    /// Non-zero if the stream is for writing only, or was last written to.
    __fwriting -> c_int = |file| c_int::from(file.has(flag::NO_READ) || file.is_writing());
    /// Non-zero if the stream may be read.
    __freadable -> c_int = |file| c_int::from(!file.has(flag::NO_READ));
    /// Non-zero if the stream may be written.
    __fwritable -> c_int = |file| c_int::from(!file.has(flag::NO_WRITE));
    /// Non-zero if the stream is line buffered.
    __flbf -> c_int = |file| c_int::from(file.buffering == Buffering::Line);
    /// Bytes written and not yet flushed.
    __fpending -> size_t = |file| file.pending();
    /// Bytes read ahead of the program, those of ungetc among them (musl, for GNU's portability library).
    __freadahead -> size_t = |file| if file.is_writing() { 0 } else { file.unread() };
}

/// Where the bytes read ahead are, and how many; null when there are none (musl).
///
/// # Safety
/// `file` is an open stream, `size` valid for writing. The bytes hold until the stream is used again.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __freadptr(file: *mut FILE, size: *mut size_t) -> *const c_char {
    // SAFETY: the caller's duty.
    let file = unsafe { FILE::lock(file) };
    if file.is_writing() || file.unread() == 0 {
        return core::ptr::null();
    }
    // SAFETY: the caller's duty.
    unsafe { *size = file.unread() };
    file.rpos.cast()
}

/// Takes bytes that [`__freadptr`] showed, as if they had been read (musl).
///
/// # Safety
/// `file` is an open stream; it has read that many bytes ahead.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __freadptrinc(file: *mut FILE, count: size_t) {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.rpos = file.rpos.wrapping_add(count);
}

/// Sets the error indicator (musl).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fseterr(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.flags |= flag::ERROR;
}

/// Forgets what is buffered, read or written.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fpurge(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.become_idle();
}
crate::alias!(fpurge = __fpurge);

const FSETLOCKING_QUERY: c_int = 0;
const FSETLOCKING_INTERNAL: c_int = 1;
const FSETLOCKING_BYCALLER: c_int = 2;

/// Says who locks the stream: the library (`FSETLOCKING_INTERNAL`) or the program (`FSETLOCKING_BYCALLER`);
/// returns what held before. Any other value, such as `FSETLOCKING_QUERY`, only asks.
///
/// # Safety
/// `file` is an open stream that no other thread uses at the time.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fsetlocking(file: *mut FILE, kind: c_int) -> c_int {
    const { assert!(FSETLOCKING_QUERY != FSETLOCKING_INTERNAL) };
    // SAFETY: the caller's duty.
    let flags = unsafe { &mut (*file).flags };
    let old = if *flags & flag::BY_CALLER != 0 {
        FSETLOCKING_BYCALLER
    } else {
        FSETLOCKING_INTERNAL
    };
    match kind {
        FSETLOCKING_INTERNAL => *flags &= !flag::BY_CALLER,
        FSETLOCKING_BYCALLER => *flags |= flag::BY_CALLER,
        _ => {}
    }
    old
}
