//! `fopencookie` (fopencookie(3), GNU): a stream over the program's own functions.

use super::file::{FILE, Ops};
use super::heap;
use super::open::{Mode, new_stream};
use crate::errno::{CResult, Errno, errno};
use crate::sync::become_multi_threaded;
use crate::types::*;
use core::ffi::CStr;
use core::ptr::null_mut;

/// C's `cookie_io_functions_t`; each may be null.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct cookie_io_functions_t {
    /// Fills a buffer; 0 at the end, −1 on an error.
    pub read: Option<unsafe extern "C" fn(*mut c_void, *mut c_char, size_t) -> ssize_t>,
    /// Takes bytes; 0 on an error.
    pub write: Option<unsafe extern "C" fn(*mut c_void, *const c_char, size_t) -> ssize_t>,
    /// Moves the position, which it stores; non-zero on an error.
    pub seek: Option<unsafe extern "C" fn(*mut c_void, *mut off_t, c_int) -> c_int>,
    /// Non-zero on an error.
    pub close: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
}

/// What [`FILE::cookie`] points to.
struct Cookie {
    cookie: *mut c_void,
    functions: cookie_io_functions_t,
}

static OPS: Ops = Ops {
    read,
    write,
    seek,
    close,
};

/// Makes a stream of functions that get `cookie`; null on failure.
///
/// # Errors
/// `EINVAL` for a bad mode, `ENOMEM`.
///
/// # Safety
/// `mode` is a string; the functions keep to their contracts while the stream is open.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fopencookie(
    cookie: *mut c_void,
    mode: *const c_char,
    functions: cookie_io_functions_t,
) -> *mut FILE {
    // The functions are called in the middle of operations and may start threads, which must find the stream locked.
    become_multi_threaded();
    let make = || {
        // SAFETY: the caller's duty.
        let mode = Mode::parse(unsafe { CStr::from_ptr(mode) })?;
        let block: *mut Cookie = heap::alloc(size_of::<Cookie>()).cast();
        if block.is_null() {
            return Err(Errno::ENOMEM);
        }
        // SAFETY: the block is a Cookie's, freed by `close` or here.
        unsafe {
            block.write(Cookie { cookie, functions });
            new_stream(mode.stream, -1, &OPS, block.cast())
                .inspect_err(|_| heap::free(block.cast()))
        }
    };
    make().or_null()
}

/// # Safety
/// `file` is a cookie stream.
unsafe fn parts(file: &FILE) -> Cookie {
    // SAFETY: made by `fopencookie`.
    unsafe { file.cookie.cast::<Cookie>().read() }
}

/// The error a function reported through `errno`.
fn reported() -> Errno {
    match errno() {
        Errno(0) => Errno::EIO,
        error => error,
    }
}

unsafe fn read(file: &mut FILE, buf: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the contract of fopencookie.
    unsafe {
        let Cookie { cookie, functions } = parts(file);
        let Some(read) = functions.read else {
            return Ok(0);
        };
        let count = read(cookie, buf.as_mut_ptr().cast(), buf.len());
        usize::try_from(count)
            .map(|n| n.min(buf.len()))
            .map_err(|_| reported())
    }
}

unsafe fn write(file: &mut FILE, head: &[u8], tail: &[u8]) -> Result<usize, Errno> {
    let data = if head.is_empty() { tail } else { head };
    // SAFETY: the contract of fopencookie.
    unsafe {
        let Cookie { cookie, functions } = parts(file);
        let Some(write) = functions.write else {
            return Ok(head.len() + tail.len());
        };
        match write(cookie, data.as_ptr().cast(), data.len()) {
            ..=0 => Err(reported()),
            count => Ok((count as usize).min(data.len())),
        }
    }
}

unsafe fn seek(file: &mut FILE, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
    // SAFETY: the contract of fopencookie.
    unsafe {
        let Cookie { cookie, functions } = parts(file);
        let seek = functions.seek.ok_or(Errno::ESPIPE)?;
        let mut position = offset;
        if seek(cookie, &mut position, whence) == 0 {
            Ok(position)
        } else {
            Err(reported())
        }
    }
}

unsafe fn close(file: &mut FILE) -> Result<(), Errno> {
    // SAFETY: the contract of fopencookie; the block is used for the last time.
    unsafe {
        let Cookie { cookie, functions } = parts(file);
        heap::free(file.cookie.cast());
        file.cookie = null_mut();
        match functions.close {
            Some(close) if close(cookie) != 0 => Err(reported()),
            _ => Ok(()),
        }
    }
}
