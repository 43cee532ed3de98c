//! `argz.h` and `envz.h`: vectors of strings one behind the other in a block of memory (argz_add(3), envz_add(3), GNU).
//!
//! The block is malloc'd and described by a pointer and a length, which the functions change. In an envz vector each string is
//! `NAME=VALUE`, or `NAME` alone for a variable without a value. Functions that need memory return `ENOMEM` or 0.

use crate::errno::Errno;
use crate::malloc::{free, realloc};
use crate::string::length::strlen;
use crate::types::*;
use crate::vec::Vec;
use core::ptr;

/// A vector: the program's pointer and length.
struct Argz {
    start: *mut *mut c_char,
    length: *mut size_t,
}

impl Argz {
    /// # Safety
    /// The two describe a vector.
    unsafe fn bytes<'a>(&self) -> &'a [u8] {
        // SAFETY: the caller's promise.
        unsafe { bytes(*self.start, *self.length) }
    }

    /// Puts `text` and, if wanted, a NUL in the place of `range`.
    ///
    /// # Safety
    /// As for [`bytes`](Self::bytes); `text` is not in the vector.
    unsafe fn splice(&self, at: usize, gone: usize, parts: &[&[u8]]) -> Result<(), Errno> {
        // SAFETY: the caller's vector; the block has room for the longer of its two lengths.
        unsafe {
            let old = *self.length;
            let added: usize = parts.iter().map(|part| part.len()).sum();
            let new = old - gone + added;
            if new > old {
                let block = realloc((*self.start).cast(), new);
                if block.is_null() {
                    return Err(Errno::ENOMEM);
                }
                *self.start = block.cast();
            }
            let start = (*self.start).cast::<u8>();
            ptr::copy(start.add(at + gone), start.add(at + added), old - at - gone);
            let mut to = start.add(at);
            for part in parts {
                ptr::copy_nonoverlapping(part.as_ptr(), to, part.len());
                to = to.add(part.len());
            }
            *self.length = new;
            if new == 0 {
                free((*self.start).cast());
                *self.start = ptr::null_mut();
            }
            Ok(())
        }
    }

    /// Where the string at `place` begins, which the program got from the vector.
    unsafe fn offset(&self, place: *const c_char) -> usize {
        // SAFETY: the caller's vector.
        unsafe { place.addr() - (*self.start).addr() }
    }
}

/// # Safety
/// The block is readable, or its length 0.
unsafe fn bytes<'a>(start: *const c_char, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(start.cast(), length) }
}

/// # Safety
/// `text` is a NUL-terminated string.
unsafe fn text<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { bytes(text, strlen(text)) }
}

fn number(result: Result<(), Errno>) -> c_int {
    result.err().map_or(0, |error| error.0)
}

/// A vector of the strings of a null-terminated array.
///
/// # Safety
/// `argv` is one; the others are writable. So in all functions here: pointers are to strings and to a vector's two parts.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_create(
    argv: *const *mut c_char,
    start: *mut *mut c_char,
    length: *mut size_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        (*start, *length) = (ptr::null_mut(), 0);
        let mut at = argv;
        while !(*at).is_null() {
            let error = argz_add(start, length, *at);
            if error != 0 {
                free((*start).cast());
                (*start, *length) = (ptr::null_mut(), 0);
                return error;
            }
            at = at.add(1);
        }
    }
    0
}

/// A vector of the parts of a string between separators; empty ones are left out, but for one at the end.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_create_sep(
    string: *const c_char,
    separator: c_int,
    start: *mut *mut c_char,
    length: *mut size_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        (*start, *length) = (ptr::null_mut(), 0);
        argz_add_sep(start, length, string, separator)
    }
}

/// How many strings a vector has.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_count(start: *const c_char, length: size_t) -> size_t {
    // SAFETY: the caller's promise.
    let all = unsafe { bytes(start, length) };
    all.iter().filter(|byte| **byte == 0).count()
}

/// Stores pointers to the strings, and a null, in `argv`.
///
/// # Safety
/// See [`argz_create`]; `argv` has room for them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_extract(
    start: *const c_char,
    length: size_t,
    argv: *mut *mut c_char,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut place, mut at) = (argv, 0);
        while at < length {
            place.write(start.add(at).cast_mut());
            place = place.add(1);
            at += strlen(start.add(at)) + 1;
        }
        place.write(ptr::null_mut());
    }
}

/// Makes one string of a vector, with `separator` between the parts.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_stringify(start: *mut c_char, length: size_t, separator: c_int) {
    for at in 0..length.saturating_sub(1) {
        // SAFETY: inside of the caller's vector.
        unsafe {
            if *start.add(at) == 0 {
                *start.add(at) = separator as c_char;
            }
        }
    }
}

/// Appends a block of strings.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_append(
    start: *mut *mut c_char,
    length: *mut size_t,
    more: *const c_char,
    size: size_t,
) -> c_int {
    let argz = Argz { start, length };
    // SAFETY: the caller's promise.
    number(unsafe { argz.splice(*length, 0, &[bytes(more, size)]) })
}

/// Appends a string.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_add(
    start: *mut *mut c_char,
    length: *mut size_t,
    string: *const c_char,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { argz_append(start, length, string, strlen(string) + 1) }
}

/// Appends the parts of a string between separators; empty ones are left out, but for one at the end.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_add_sep(
    start: *mut *mut c_char,
    length: *mut size_t,
    string: *const c_char,
    separator: c_int,
) -> c_int {
    let argz = Argz { start, length };
    // SAFETY: the caller's promise.
    unsafe {
        let string = text(string);
        if string.is_empty() {
            return 0;
        }
        let mut parts = Vec::new();
        let mut last = argz.bytes().last().copied().unwrap_or(0);
        for &byte in string.iter().chain(&[0]) {
            // Of separators side by side one ends a string.
            let is_separator = byte == separator as u8 && byte != 0;
            if is_separator && last == 0 {
                continue;
            }
            last = if is_separator { 0 } else { byte };
            if let Err(error) = parts.push(last) {
                return error.0;
            }
        }
        number(argz.splice(*length, 0, &[&parts]))
    }
}

/// Removes the string at `entry`, if that is not null.
///
/// # Safety
/// See [`argz_create`]; `entry` is a string of the vector.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_delete(
    start: *mut *mut c_char,
    length: *mut size_t,
    entry: *mut c_char,
) {
    if entry.is_null() {
        return;
    }
    let argz = Argz { start, length };
    // SAFETY: the caller's promise. Nothing is added, so nothing can fail.
    let _ = unsafe { argz.splice(argz.offset(entry), strlen(entry) + 1, &[]) };
}

/// Inserts a string before the one that `before` is in, or at the end for null; `EINVAL` if it is outside of the vector.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_insert(
    start: *mut *mut c_char,
    length: *mut size_t,
    before: *mut c_char,
    string: *const c_char,
) -> c_int {
    if before.is_null() {
        // SAFETY: the caller's promise.
        return unsafe { argz_add(start, length, string) };
    }
    let argz = Argz { start, length };
    // SAFETY: the caller's promise.
    unsafe {
        if before < *start || before >= (*start).add(*length) {
            return Errno::EINVAL.0;
        }
        let all = argz.bytes();
        let mut at = argz.offset(before);
        while at > 0 && all[at - 1] != 0 {
            at -= 1;
        }
        number(argz.splice(at, 0, &[text(string), b"\0"]))
    }
}

/// The string after `entry`, the first for null; null behind the last.
///
/// # Safety
/// See [`argz_create`]; `entry` is null or a string of the vector.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_next(
    start: *const c_char,
    length: size_t,
    entry: *const c_char,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe {
        let at = if entry.is_null() {
            0
        } else {
            entry.addr() - start.addr() + strlen(entry) + 1
        };
        if at < length {
            start.add(at).cast_mut()
        } else {
            ptr::null_mut()
        }
    }
}

/// Replaces every `string` in the strings by `with`, and adds to `*count`, unless that is null, how many there were.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn argz_replace(
    start: *mut *mut c_char,
    length: *mut size_t,
    string: *const c_char,
    with: *const c_char,
    count: *mut c_uint,
) -> c_int {
    let argz = Argz { start, length };
    // SAFETY: the caller's promise.
    unsafe {
        let (old, new) = (text(string), text(with));
        if old.is_empty() {
            return 0;
        }
        let all = argz.bytes();
        let replace = || {
            let mut out = Vec::new();
            let (mut at, mut copied, mut found) = (0, 0, 0);
            while at + old.len() <= all.len() {
                if &all[at..at + old.len()] != old {
                    at += 1;
                    continue;
                }
                out.extend(&all[copied..at])?;
                out.extend(new)?;
                at += old.len();
                copied = at;
                found += 1;
            }
            if found > 0 {
                out.extend(&all[copied..])?;
                // `old` has no NUL, so that one at least is left.
                let block = realloc((*start).cast(), out.len());
                if block.is_null() {
                    return Err(Errno::ENOMEM);
                }
                ptr::copy_nonoverlapping(out.as_ptr(), block.cast(), out.len());
                *start = block.cast();
                *length = out.len();
            }
            Ok(found)
        };
        match replace() {
            Ok(found) if !count.is_null() => *count = (*count).wrapping_add(found),
            Ok(_) => {}
            Err(error) => return error.0,
        }
    }
    0
}

/// The name of an entry: up to its `=`.
fn name(entry: &[u8]) -> &[u8] {
    entry.split(|byte| *byte == b'=').next().unwrap_or(entry)
}

/// The entry of a variable, or null. A name ends at its first `=`.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_entry(
    start: *const c_char,
    length: size_t,
    variable: *const c_char,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe {
        let wanted = name(text(variable));
        let mut entry = argz_next(start, length, ptr::null());
        while !entry.is_null() && name(text(entry)) != wanted {
            entry = argz_next(start, length, entry);
        }
        entry
    }
}

/// The value of a variable; null if it has none, or is not there.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_get(
    start: *const c_char,
    length: size_t,
    variable: *const c_char,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe {
        let entry = envz_entry(start, length, variable);
        if entry.is_null() {
            return entry;
        }
        let at = name(text(entry)).len();
        if *entry.add(at) == 0 {
            ptr::null_mut()
        } else {
            entry.add(at + 1)
        }
    }
}

/// Sets a variable, without a value for null.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_add(
    start: *mut *mut c_char,
    length: *mut size_t,
    variable: *const c_char,
    value: *const c_char,
) -> c_int {
    let argz = Argz { start, length };
    // SAFETY: the caller's promise.
    unsafe {
        envz_remove(start, length, variable);
        let variable = text(variable);
        number(if value.is_null() {
            argz.splice(*length, 0, &[variable, b"\0"])
        } else {
            argz.splice(*length, 0, &[variable, b"=", text(value), b"\0"])
        })
    }
}

/// Adds the entries of another vector; those that are there already only if `replace` is not 0.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_merge(
    start: *mut *mut c_char,
    length: *mut size_t,
    other: *const c_char,
    other_length: size_t,
    replace: c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let mut entry = argz_next(other, other_length, ptr::null());
        while !entry.is_null() {
            let old = envz_entry(*start, *length, entry);
            if old.is_null() || replace != 0 {
                argz_delete(start, length, old);
                let error = argz_add(start, length, entry);
                if error != 0 {
                    return error;
                }
            }
            entry = argz_next(other, other_length, entry);
        }
    }
    0
}

/// Removes a variable.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_remove(
    start: *mut *mut c_char,
    length: *mut size_t,
    variable: *const c_char,
) {
    // SAFETY: the caller's promise.
    unsafe { argz_delete(start, length, envz_entry(*start, *length, variable)) };
}

/// Removes the variables without a value.
///
/// # Safety
/// See [`argz_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn envz_strip(start: *mut *mut c_char, length: *mut size_t) {
    let argz = Argz { start, length };
    // SAFETY: the caller's promise. Nothing is added, so nothing can fail.
    unsafe {
        let mut at = 0;
        while at < *length {
            let entry = text((*start).add(at));
            if entry.contains(&b'=') {
                at += entry.len() + 1;
            } else {
                let _ = argz.splice(at, entry.len() + 1, &[]);
            }
        }
    }
}
