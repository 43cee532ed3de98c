//! strcpy, stpcpy, strncpy, stpncpy, strcat, strncat, strlcpy, strlcat.

use super::copy::{copy_small, memcpy, mempcpy};
use super::length::{strlen, strnlen};
use super::set::memset;
use super::vector::{PAGE, Vector, dispatch};
use crate::types::{c_char, size_t};

/// Copies a string with its null; returns the copy's null (POSIX.1).
///
/// # Safety
/// `from` is a C string, `to` has room for it, and they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn stpcpy(to: *mut c_char, from: *const c_char) -> *mut c_char {
    let (target, source) = (to.cast::<u8>(), from.cast::<u8>());
    dispatch!(copy_string(target: *mut u8, source: *const u8) -> *mut u8).cast()
}

/// [`stpcpy`]: short strings are measured and copied from one load.
#[inline(always)]
unsafe fn copy_string<V: Vector>(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller's strings; the load crosses no page, so that the first byte vouches for it.
    unsafe {
        if from.addr() % PAGE <= PAGE - V::BYTES {
            let nulls = V::load(from).equal(V::splat(0)).mask();
            if nulls != 0 {
                let length = nulls.trailing_zeros() as usize;
                copy_small(to, from, length + 1);
                return to.add(length);
            }
            if from.addr() % PAGE <= PAGE - 2 * V::BYTES {
                let nulls = V::load(from.add(V::BYTES)).equal(V::splat(0)).mask();
                if nulls != 0 {
                    let length = V::BYTES + nulls.trailing_zeros() as usize;
                    let tail = length + 1 - V::BYTES;
                    let (head, end) = (V::load(from), V::load(from.add(tail)));
                    head.store(to);
                    end.store(to.add(tail));
                    return to.add(length);
                }
            }
        }
        let length = strlen(from.cast());
        memcpy(to.cast(), from.cast(), length + 1);
        to.add(length)
    }
}

crate::alias!(__stpcpy = stpcpy);

/// Copies a string with its null; returns `to` (ISO C 7.24.2.3).
///
/// # Safety
/// As for [`stpcpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcpy(to: *mut c_char, from: *const c_char) -> *mut c_char {
    // SAFETY: the caller's strings.
    unsafe { stpcpy(to, from) };
    to
}

/// Copies at most `n` bytes of a string and fills up to `n` with nulls; returns the first of these,
/// or the end (POSIX.1).
///
/// # Safety
/// `to` has room for `n` bytes; `from` is a C string or has `n` bytes; they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn stpncpy(to: *mut c_char, from: *const c_char, n: size_t) -> *mut c_char {
    // SAFETY: the caller's ranges.
    unsafe {
        let length = strnlen(from, n);
        let end = mempcpy(to.cast(), from.cast(), length);
        memset(end, 0, n - length).cast()
    }
}

/// [`stpncpy`] that returns `to` (ISO C 7.24.2.4).
///
/// # Safety
/// As for [`stpncpy`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncpy(to: *mut c_char, from: *const c_char, n: size_t) -> *mut c_char {
    // SAFETY: the caller's ranges.
    unsafe { stpncpy(to, from, n) };
    to
}

/// Appends `from` to the string `to` (ISO C 7.24.3.1).
///
/// # Safety
/// Both are C strings, `to` has room for both, and they are apart.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcat(to: *mut c_char, from: *const c_char) -> *mut c_char {
    // SAFETY: the caller's strings.
    unsafe { stpcpy(to.add(strlen(to)), from) };
    to
}

/// Appends at most `n` bytes of `from`, then a null (ISO C 7.24.3.2).
///
/// # Safety
/// As for [`strcat`], except that `from` need only be null-terminated within `n` bytes or have `n`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strncat(to: *mut c_char, from: *const c_char, n: size_t) -> *mut c_char {
    // SAFETY: the caller's ranges.
    unsafe {
        let end = to.add(strlen(to));
        let end = mempcpy(end.cast(), from.cast(), strnlen(from, n));
        *end.cast::<c_char>() = 0;
    }
    to
}

/// Copies as much of `from` as fits `size` bytes with the null; returns the length of `from` (POSIX.1-2024).
///
/// # Safety
/// `from` is a C string, `to` has `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strlcpy(to: *mut c_char, from: *const c_char, size: size_t) -> size_t {
    // SAFETY: the caller's ranges; at most size - 1 bytes and the null are written.
    unsafe {
        let length = strlen(from);
        if let Some(room) = size.checked_sub(1) {
            let copied = length.min(room);
            memcpy(to.cast(), from.cast(), copied);
            *to.add(copied) = 0;
        }
        length
    }
}

/// Appends as much of `from` as fits `size` bytes in all; returns the length it tried to make (POSIX.1-2024).
///
/// # Safety
/// `from` is a C string, `to` has `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strlcat(to: *mut c_char, from: *const c_char, size: size_t) -> size_t {
    // SAFETY: the caller's ranges.
    unsafe {
        let used = strnlen(to, size);
        used + strlcpy(to.add(used), from, size - used)
    }
}
