//! Data between the kernel and a program.
//!
//! Addresses from programs prove nothing: every access goes through the HAL's
//! copies, which stay inside user memory and survive faults.

use alloc::vec::Vec;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::errno::{Errno, Result};
use crate::fs::buf::IoVec;

/// The longest path, its NUL included.
pub const PATH_MAX: usize = 4096;

/// The most elements in an I/O vector.
pub const IOV_MAX: usize = 1024;

/// Reads a value. `EFAULT`.
pub fn read_struct<T: FromBytes + FromZeros + IntoBytes>(address: usize) -> Result<T> {
    let mut value = T::new_zeroed();
    hal::user::copy_in(value.as_mut_bytes(), address)?;
    Ok(value)
}

/// Writes a value. `EFAULT`.
pub fn write_struct<T: IntoBytes + Immutable>(address: usize, value: &T) -> Result<()> {
    hal::user::copy_out(address, value.as_bytes())?;
    Ok(())
}

/// Reads `length` bytes into kernel memory. `EFAULT`, `ENOMEM`.
pub fn read_bytes(address: usize, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length)?;
    bytes.resize(length, 0);
    hal::user::copy_in(&mut bytes, address)?;
    Ok(bytes)
}

/// Reads a string of at most `limit` bytes without its NUL. `EFAULT`, and
/// `error` when it is longer.
pub fn read_string(address: usize, limit: usize, error: Errno) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let old = text.len();
        let chunk = 256.min(limit + 1 - old);
        text.try_reserve(chunk)?;
        text.resize(old + chunk, 0);
        let length = hal::user::copy_in_cstr(&mut text[old..], address + old)?;
        if length < chunk {
            text.truncate(old + length);
            return Ok(text);
        }
        if text.len() > limit {
            return Err(error);
        }
    }
}

/// Reads a path. `EFAULT`, `ENAMETOOLONG`.
pub fn read_path(address: usize) -> Result<Vec<u8>> {
    read_string(address, PATH_MAX - 1, Errno::ENAMETOOLONG)
}

/// Reads an I/O vector. `EINVAL` when it has too many elements or its sum is
/// above `SSIZE_MAX`, `EFAULT`.
pub fn read_iovecs(address: usize, count: usize) -> Result<Vec<IoVec>> {
    if count > IOV_MAX {
        return Err(Errno::EINVAL);
    }
    let mut vectors = Vec::new();
    vectors.try_reserve_exact(count)?;
    let mut sum = 0usize;
    for index in 0..count {
        let [base, len]: [usize; 2] = read_struct(address.wrapping_add(index * 16))?;
        sum = sum.checked_add(len).ok_or(Errno::EINVAL)?;
        vectors.push(IoVec { base, len });
    }
    if sum > isize::MAX as usize {
        return Err(Errno::EINVAL);
    }
    Ok(vectors)
}
