//! Indicators, descriptor and lock of a stream (POSIX feof(), ferror(), clearerr(), fileno(), flockfile()).

use super::file::{FILE, flag};
use crate::errno::{Errno, set_errno};
use crate::types::*;

/// Non-zero if the end-of-file indicator is set.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn feof(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    c_int::from(unsafe { FILE::lock(file) }.has(flag::EOF))
}
crate::alias!(feof_unlocked = feof);

/// Non-zero if the error indicator is set.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ferror(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    c_int::from(unsafe { FILE::lock(file) }.has(flag::ERROR))
}
crate::alias!(ferror_unlocked = ferror);

/// Clears both indicators.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clearerr(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.flags &= !(flag::EOF | flag::ERROR);
}
crate::alias!(clearerr_unlocked = clearerr);

/// The descriptor below the stream; −1 with `EBADF` when there is none.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fileno(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let fd = unsafe { FILE::lock(file) }.fd;
    if fd < 0 {
        set_errno(Errno::EBADF);
        return -1;
    }
    fd
}
crate::alias!(fileno_unlocked = fileno);

/// Takes the stream for this thread, waiting for it; counts.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn flockfile(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { (*file).lock.acquire() }
}
crate::alias!(_IO_flockfile = flockfile);

/// Takes the stream if no other thread has it; 0 if it was taken.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftrylockfile(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    c_int::from(!unsafe { (*file).lock.try_acquire() })
}
crate::alias!(_IO_ftrylockfile = ftrylockfile);

/// Gives the stream back, once for each time it was taken.
///
/// # Safety
/// This thread holds `file`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn funlockfile(file: *mut FILE) {
    // SAFETY: the caller's duty.
    unsafe { (*file).lock.release() }
}
crate::alias!(_IO_funlockfile = funlockfile);
