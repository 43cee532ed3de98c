//! `fread` and `fwrite` (POSIX fread(), fwrite()).

use super::file::FILE;
use crate::types::*;

/// Reads up to `count` elements of `size` bytes; how many came whole.
///
/// # Safety
/// `to` is writable for `size * count` bytes, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fread(
    to: *mut c_void,
    size: size_t,
    count: size_t,
    file: *mut FILE,
) -> size_t {
    // SAFETY: the caller's duty.
    unsafe { fread_unlocked(to, size, count, &raw mut *FILE::lock(file)) }
}

/// [`fread`] without the lock.
///
/// # Safety
/// As [`fread`]; the caller holds the stream (flockfile) or is the only one to use it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fread_unlocked(
    to: *mut c_void,
    size: size_t,
    count: size_t,
    file: *mut FILE,
) -> size_t {
    let length = size.saturating_mul(count);
    if length == 0 {
        return 0;
    }
    // SAFETY: the caller's duty; an object of `length` bytes exists, so the product can't have overflowed.
    let (file, out) = unsafe {
        (
            &mut *file,
            core::slice::from_raw_parts_mut(to.cast::<u8>(), length),
        )
    };
    file.be_narrow();
    let done = file.read_bytes(out);
    if done == length { count } else { done / size }
}

/// Writes `count` elements of `size` bytes; how many went whole.
///
/// # Safety
/// `from` is readable for `size * count` bytes, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fwrite(
    from: *const c_void,
    size: size_t,
    count: size_t,
    file: *mut FILE,
) -> size_t {
    // SAFETY: the caller's duty.
    unsafe { fwrite_unlocked(from, size, count, &raw mut *FILE::lock(file)) }
}

/// [`fwrite`] without the lock.
///
/// # Safety
/// As [`fwrite`]; the caller holds the stream (flockfile) or is the only one to use it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fwrite_unlocked(
    from: *const c_void,
    size: size_t,
    count: size_t,
    file: *mut FILE,
) -> size_t {
    let length = size.saturating_mul(count);
    if length == 0 {
        return 0;
    }
    // SAFETY: as in `fread_unlocked`.
    let (file, data) = unsafe {
        (
            &mut *file,
            core::slice::from_raw_parts(from.cast::<u8>(), length),
        )
    };
    file.be_narrow();
    let done = file.write_bytes(data);
    if done == length { count } else { done / size }
}
