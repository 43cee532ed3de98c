//! Byte input: `fgetc`, `fgets`, `ungetc` and relatives (POSIX fgetc(), fgets(), ungetc()).

use super::file::{EOF, FILE};
use super::standard::standard_input;
use crate::types::*;

/// The next byte as an `unsigned char`, or `EOF` at the end or on an error.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetc(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.be_narrow();
    file.get_byte()
}
crate::alias!(getc = fgetc);
crate::alias!(_IO_getc = fgetc);

/// [`fgetc`] of `stdin`.
///
/// # Safety
/// `stdin` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getchar() -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fgetc(standard_input()) }
}

/// [`fgetc`] without the lock.
///
/// # Safety
/// As [`fgetc`]; the caller holds the stream (flockfile) or is the only one to use it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetc_unlocked(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let file = unsafe { &mut *file };
    file.be_narrow();
    file.get_byte()
}
crate::alias!(getc_unlocked = fgetc_unlocked);

/// [`fgetc_unlocked`] of `stdin`.
///
/// # Safety
/// As [`fgetc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getchar_unlocked() -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fgetc_unlocked(standard_input()) }
}

/// The slow half of glibc's inline getc_unlocked: reads when the buffer is empty, and takes a byte.
///
/// # Safety
/// As [`fgetc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __uflow(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fgetc_unlocked(file) }
}

/// Reads a line, newline included, but at most `size - 1` bytes, and terminates it. Null at the end or on an error.
///
/// # Safety
/// `s` is writable for `size` bytes, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgets(s: *mut c_char, size: c_int, file: *mut FILE) -> *mut c_char {
    // SAFETY: the caller's duty.
    unsafe { fgets_unlocked(s, size, &raw mut *FILE::lock(file)) }
}

/// [`fgets`] without the lock.
///
/// # Safety
/// As [`fgets`] and [`fgetc_unlocked`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgets_unlocked(
    s: *mut c_char,
    size: c_int,
    file: *mut FILE,
) -> *mut c_char {
    // SAFETY: the caller's duty.
    let file = unsafe { &mut *file };
    file.be_narrow();
    let Some(room) = usize::try_from(size).ok().and_then(|n| n.checked_sub(1)) else {
        return core::ptr::null_mut();
    };
    // SAFETY: the caller's duty; the terminator has its place behind `room`.
    let out = unsafe { core::slice::from_raw_parts_mut(s.cast::<u8>(), room) };
    let mut done = 0;
    // An error that an earlier operation noted doesn't spoil this one.
    let old_error = file.flags & super::file::flag::ERROR;
    file.flags &= !super::file::flag::ERROR;
    while done < room {
        let ready = file.readable();
        if ready.is_empty() {
            break;
        }
        let most = ready.len().min(room - done);
        let newline = ready[..most].iter().position(|&b| b == b'\n');
        let count = newline.map_or(most, |i| i + 1);
        out[done..done + count].copy_from_slice(&ready[..count]);
        file.consume(count);
        done += count;
        if newline.is_some() {
            break;
        }
    }
    let failed = file.has(super::file::flag::ERROR);
    file.flags |= old_error;
    if room > 0 && (done == 0 || failed) {
        return core::ptr::null_mut();
    }
    // SAFETY: done ≤ room < size.
    unsafe { s.add(done).write(0) };
    s
}
crate::alias!(__fgets_unlocked = fgets_unlocked);

/// Pushes a byte back onto the stream; the byte, or `EOF` when `c` is `EOF` or there is no room.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ungetc(c: c_int, file: *mut FILE) -> c_int {
    if c == EOF {
        return EOF;
    }
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.be_narrow();
    if file.push_back(&[c as u8]) {
        c_int::from(c as u8)
    } else {
        EOF
    }
}

/// Reads an `int` in memory order; `EOF` at the end or on an error (which may also be a value: ask feof).
///
/// # Safety
/// As [`fgetc`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getw(file: *mut FILE) -> c_int {
    let mut bytes = [0; size_of::<c_int>()];
    // SAFETY: the caller's duty.
    let count = unsafe { FILE::lock(file) }.read_bytes(&mut bytes);
    if count == bytes.len() {
        c_int::from_ne_bytes(bytes)
    } else {
        EOF
    }
}
