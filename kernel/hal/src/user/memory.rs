//! Fallible access to the memory of the active address space.
//!
//! Every address is an allegation of the program: each function checks that the range lies below
//! [`crate::space::USER_END`] and survives whatever the pages turn out to be. A page that is not
//! there is first offered to [`crate::Handlers::user_page_fault`]. Other threads may change the
//! memory meanwhile; nothing is ever borrowed from it.

use super::backend;
use crate::mem::{Frame, PAGE_SIZE};
use crate::space::USER_END;

/// User memory could not be reached; user-visible as `EFAULT` (or as a short count).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes transferred before the first inaccessible one.
    pub done: usize,
}

const NOTHING_DONE: Fault = Fault { done: 0 };

/// A range that ends in user space; 0 bytes are fine anywhere below [`USER_END`], as in Linux.
#[inline]
fn check(address: usize, length: usize) -> Result<(), Fault> {
    match address.checked_add(length) {
        Some(end) if end <= USER_END => Ok(()),
        _ => Err(NOTHING_DONE),
    }
}

/// A word that lies in user space and is aligned, as atomic access needs it.
#[inline]
fn check_word(address: usize, size: usize) -> Result<(), Fault> {
    if !address.is_multiple_of(size) {
        return Err(NOTHING_DONE);
    }
    check(address, size)
}

/// Copies `to.len()` bytes from user address `from`.
///
/// # Errors
/// [`Fault`] at the first byte that can't be read.
#[inline]
pub fn copy_in(to: &mut [u8], from: usize) -> Result<(), Fault> {
    check(from, to.len())?;
    backend::copy_in(to, from)
}

/// Copies `from` to user address `to`.
///
/// # Errors
/// [`Fault`] at the first byte that can't be written.
#[inline]
pub fn copy_out(to: usize, from: &[u8]) -> Result<(), Fault> {
    check(to, from.len())?;
    backend::copy_out(to, from)
}

/// Writes `length` zero bytes to user address `to`.
///
/// # Errors
/// [`Fault`] at the first byte that can't be written.
#[inline]
pub fn zero_out(to: usize, length: usize) -> Result<(), Fault> {
    check(to, length)?;
    backend::zero_out(to, length)
}

/// Copies `length` bytes at `offset` of a frame to user address `to`. The frame may be mapped there
/// or elsewhere.
///
/// # Errors
/// [`Fault`] at the first byte that can't be written.
///
/// # Panics
/// When the range leaves the frame.
#[inline]
pub fn copy_frame_out(to: usize, frame: &Frame, offset: usize, length: usize) -> Result<(), Fault> {
    assert!(
        offset <= PAGE_SIZE && length <= PAGE_SIZE - offset,
        "range leaves the frame"
    );
    check(to, length)?;
    backend::copy_frame_out(to, frame, offset, length)
}

/// Copies `length` bytes from user address `from` to `offset` of a frame.
///
/// # Errors
/// [`Fault`] at the first byte that can't be read.
///
/// # Panics
/// When the range leaves the frame.
#[inline]
pub fn copy_frame_in(
    frame: &Frame,
    offset: usize,
    from: usize,
    length: usize,
) -> Result<(), Fault> {
    assert!(
        offset <= PAGE_SIZE && length <= PAGE_SIZE - offset,
        "range leaves the frame"
    );
    check(from, length)?;
    backend::copy_frame_in(frame, offset, from, length)
}

/// Copies a NUL-terminated string from user address `from`, without its NUL. Returns its length, or
/// `to.len()` when the first `to.len()` bytes have no NUL. Bytes after the NUL are not read beyond
/// its page, and what `to` has after the string is unspecified.
///
/// # Errors
/// [`Fault`] when the string leaves accessible memory before `to` is full.
pub fn copy_in_cstr(to: &mut [u8], from: usize) -> Result<usize, Fault> {
    let mut done = 0;
    while done < to.len() {
        let address = from.checked_add(done).ok_or(Fault { done })?;
        // Up to the end of the page, so that a string next to an unmapped page is readable.
        let chunk = (PAGE_SIZE - address % PAGE_SIZE)
            .min(to.len() - done)
            .min(64);
        let part = &mut to[done..done + chunk];
        copy_in(part, address).map_err(|fault| Fault {
            done: done + fault.done,
        })?;
        if let Some(length) = part.iter().position(|&byte| byte == 0) {
            return Ok(done + length);
        }
        done += chunk;
    }
    Ok(done)
}

/// Length of the NUL-terminated string at user address `from`, or `limit` when the first `limit`
/// bytes have no NUL.
///
/// # Errors
/// [`Fault`] when the string leaves accessible memory before that.
pub fn strnlen(from: usize, limit: usize) -> Result<usize, Fault> {
    let mut done = 0;
    let mut buffer = [0; 64];
    while done < limit {
        let address = from.checked_add(done).ok_or(Fault { done })?;
        let chunk = (limit - done).min(buffer.len());
        let length = copy_in_cstr(&mut buffer[..chunk], address).map_err(|fault| Fault {
            done: done + fault.done,
        })?;
        done += length;
        if length < chunk {
            break;
        }
    }
    Ok(done)
}

/// Reads an aligned 32-bit word in one access.
///
/// # Errors
/// [`Fault`] when it can't be read or is not aligned.
#[inline]
pub fn load_u32(from: usize) -> Result<u32, Fault> {
    check_word(from, 4)?;
    backend::load_u32(from)
}

/// Writes an aligned 16-bit word in one access.
///
/// # Errors
/// [`Fault`] when it can't be written or is not aligned.
#[inline]
pub fn store_u16(to: usize, value: u16) -> Result<(), Fault> {
    check_word(to, 2)?;
    backend::store_u16(to, value)
}

/// Writes the current task's vector state to user address `to`, in the form of
/// [`super::save_vector_state`] but for bytes 464..512, which are unspecified.
///
/// # Errors
/// [`Fault`] when it can't be written or `to` is not a multiple of 64.
pub fn write_vector_state(to: usize) -> Result<(), Fault> {
    check_word(to, 64)?;
    check(to, super::vector_state_size())?;
    backend::write_vector_state(to)
}

/// Loads the current task's vector state from user address `from`, where it has the form of
/// [`super::save_vector_state`].
///
/// # Errors
/// [`Fault`] when it can't be read, `from` is not a multiple of 64, or the processor refuses it. The
/// current state is then unspecified: load or reset it before going back to user mode.
pub fn read_vector_state(from: usize) -> Result<(), Fault> {
    check_word(from, 64)?;
    check(from, super::vector_state_size())?;
    backend::read_vector_state(from)
}

/// Writes an aligned 32-bit word in one access.
///
/// # Errors
/// [`Fault`] when it can't be written or is not aligned.
#[inline]
pub fn store_u32(to: usize, value: u32) -> Result<(), Fault> {
    check_word(to, 4)?;
    backend::store_u32(to, value)
}

/// Replaces the aligned 32-bit word at `at` by `new` if it is `old`, atomically with respect to all
/// user threads and CPUs (a full barrier). Returns the value found, which is `old` when the
/// exchange happened.
///
/// # Errors
/// [`Fault`] when it can't be written (even if it differs from `old`) or is not aligned.
#[inline]
pub fn compare_exchange_u32(at: usize, old: u32, new: u32) -> Result<u32, Fault> {
    check_word(at, 4)?;
    backend::compare_exchange_u32(at, old, new)
}

/// Reads an aligned 64-bit word in one access.
///
/// # Errors
/// [`Fault`] when it can't be read or is not aligned.
#[inline]
pub fn load_u64(from: usize) -> Result<u64, Fault> {
    check_word(from, 8)?;
    backend::load_u64(from)
}

/// Writes an aligned 64-bit word in one access.
///
/// # Errors
/// [`Fault`] when it can't be written or is not aligned.
#[inline]
pub fn store_u64(to: usize, value: u64) -> Result<(), Fault> {
    check_word(to, 8)?;
    backend::store_u64(to, value)
}
