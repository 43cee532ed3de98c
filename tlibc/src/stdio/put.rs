//! Byte output: `fputc`, `fputs`, `puts` and relatives (POSIX fputc(), fputs(), puts()).

use super::file::{EOF, FILE};
use super::standard::standard_output;
use crate::types::*;

/// Writes a byte; the byte, or `EOF` on an error.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputc(c: c_int, file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.be_narrow();
    file.put_byte(c as u8)
}
crate::alias!(putc = fputc);
crate::alias!(_IO_putc = fputc);

/// [`fputc`] to `stdout`.
///
/// # Safety
/// `stdout` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putchar(c: c_int) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fputc(c, standard_output()) }
}

/// [`fputc`] without the lock.
///
/// # Safety
/// As [`fputc`]; the caller holds the stream (flockfile) or is the only one to use it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputc_unlocked(c: c_int, file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let file = unsafe { &mut *file };
    file.be_narrow();
    file.put_byte(c as u8)
}
crate::alias!(putc_unlocked = fputc_unlocked);

/// [`fputc_unlocked`] to `stdout`.
///
/// # Safety
/// As [`fputc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putchar_unlocked(c: c_int) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fputc_unlocked(c, standard_output()) }
}

/// The slow half of glibc's inline putc_unlocked.
///
/// # Safety
/// As [`fputc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __overflow(file: *mut FILE, c: c_int) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fputc_unlocked(c, file) }
}

unsafe extern "C" {
    fn strlen(s: *const c_char) -> size_t;
}

/// The bytes of a C string.
///
/// # Safety
/// `s` is a string that outlives the slice.
unsafe fn bytes<'a>(s: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's duty.
    unsafe { core::slice::from_raw_parts(s.cast(), strlen(s)) }
}

/// Writes a string without its terminator; a non-negative number, or `EOF` on an error.
///
/// # Safety
/// `s` is a string, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputs(s: *const c_char, file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fputs_unlocked(s, &raw mut *FILE::lock(file)) }
}

/// [`fputs`] without the lock.
///
/// # Safety
/// As [`fputs`] and [`fputc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputs_unlocked(s: *const c_char, file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let (file, text) = unsafe { (&mut *file, bytes(s)) };
    file.be_narrow();
    if file.write_bytes(text) == text.len() {
        1
    } else {
        EOF
    }
}

/// Writes a string and a newline to `stdout`; a non-negative number, or `EOF` on an error.
///
/// # Safety
/// `s` is a string, `stdout` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn puts(s: *const c_char) -> c_int {
    // SAFETY: the caller's duty.
    let (mut file, text) = unsafe { (FILE::lock(standard_output()), bytes(s)) };
    file.be_narrow();
    if file.write_bytes(text) == text.len() && file.put_byte(b'\n') != EOF {
        1
    } else {
        EOF
    }
}

/// Writes an `int` in memory order; 0, or `EOF` on an error.
///
/// # Safety
/// As [`fputc`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putw(w: c_int, file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let count = unsafe { FILE::lock(file) }.write_bytes(&w.to_ne_bytes());
    if count == size_of::<c_int>() { 0 } else { EOF }
}
