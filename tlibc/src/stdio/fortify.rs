//! Input with the destination's size known, and `gets`, which never knows it.

use super::block::fread;
use super::file::{FILE, flag};
use super::get::fgets;
use super::standard::standard_input;
use crate::platform;
use crate::types::*;

/// What glibc does when a buffer is too small.
fn overflow() -> ! {
    // Nothing else to do when the error stream fails.
    let _ = platform::write(2, b"*** buffer overflow detected ***: terminated\n");
    platform::abort()
}

/// fgets; aborts if `size` exceeds the destination's `room`.
///
/// # Safety
/// As fgets.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fgets_chk(
    s: *mut c_char,
    room: size_t,
    size: c_int,
    file: *mut FILE,
) -> *mut c_char {
    if usize::try_from(size).is_ok_and(|size| size > room) {
        overflow();
    }
    // SAFETY: the caller's duty.
    unsafe { fgets(s, size, file) }
}

/// fread; aborts if the elements exceed the destination's `room`.
///
/// # Safety
/// As fread.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fread_chk(
    to: *mut c_void,
    room: size_t,
    size: size_t,
    count: size_t,
    file: *mut FILE,
) -> size_t {
    if size.checked_mul(count).is_none_or(|length| length > room) {
        overflow();
    }
    // SAFETY: the caller's duty.
    unsafe { fread(to, size, count, file) }
}

/// Reads a line from `stdin` without its newline, whatever its length (removed in C11). Null at the end or on an error.
///
/// # Safety
/// `s` has room for the line that comes, which no program can know; `stdin` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gets(s: *mut c_char) -> *mut c_char {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(standard_input());
        file.be_narrow();
        let old_error = file.flags & flag::ERROR;
        file.flags &= !flag::ERROR;
        let mut length = 0;
        let mut ended = false;
        loop {
            match file.get_byte() {
                super::file::EOF => {
                    ended = true;
                    break;
                }
                0x0a => break,
                byte => s.add(length).write(byte as c_char),
            }
            length += 1;
        }
        let failed = file.has(flag::ERROR);
        file.flags |= old_error;
        if failed || (ended && length == 0) {
            return core::ptr::null_mut();
        }
        s.add(length).write(0);
        s
    }
}
