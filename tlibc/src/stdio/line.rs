//! `getline` and `getdelim` (POSIX getdelim()).

use super::file::{FILE, flag};
use super::heap;
use crate::errno::{Errno, set_errno};
use crate::types::*;

/// Reads up to and including the byte `delimiter` into the heap block `*line` of `*size` bytes, which grows as
/// needed, and terminates it. The length without the terminator, or −1 at the end or on an error.
///
/// # Errors
/// `EINVAL` for null pointers, `ENOMEM`, `EOVERFLOW`, those of fgetc.
///
/// # Safety
/// `*line` is null or a heap block of `*size` bytes, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdelim(
    line: *mut *mut c_char,
    size: *mut size_t,
    delimiter: c_int,
    file: *mut FILE,
) -> ssize_t {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.be_narrow();
    if line.is_null() || size.is_null() {
        file.fail(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's duty.
    let (line, size) = unsafe { (&mut *line, &mut *size) };
    if line.is_null() {
        *size = 0;
    }
    let old_error = file.flags & flag::ERROR;
    file.flags &= !flag::ERROR;
    let mut length = 0;
    loop {
        let ready = file.readable();
        if ready.is_empty() {
            break;
        }
        let found = ready
            .iter()
            .position(|&b| c_int::from(b) == delimiter & 0xff);
        let count = found.map_or(ready.len(), |i| i + 1);
        let needed = length + count + 1;
        if needed > *size {
            // Exactly what is needed for a last piece, twice as much while the line goes on.
            let wanted = if found.is_some() {
                needed.max(120)
            } else {
                needed * 2
            };
            // SAFETY: `*line` is null or a heap block.
            let grown = unsafe { heap::realloc(line.cast(), wanted) };
            if grown.is_null() {
                file.flags |= flag::ERROR;
                set_errno(Errno::ENOMEM);
                return -1;
            }
            *line = grown.cast();
            *size = wanted;
        }
        // SAFETY: `needed` bytes have room.
        unsafe {
            core::ptr::copy_nonoverlapping(ready.as_ptr(), line.cast::<u8>().add(length), count);
            length += count;
            line.add(length).write(0);
        }
        file.consume(count);
        if found.is_some() {
            break;
        }
    }
    let failed = file.has(flag::ERROR);
    file.flags |= old_error;
    if length == 0 || failed {
        -1
    } else {
        length as ssize_t
    }
}
crate::alias!(__getdelim = getdelim);

/// [`getdelim`] up to a newline.
///
/// # Safety
/// As [`getdelim`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getline(
    line: *mut *mut c_char,
    size: *mut size_t,
    file: *mut FILE,
) -> ssize_t {
    // SAFETY: the caller's duty.
    unsafe { getdelim(line, size, c_int::from(b'\n'), file) }
}
