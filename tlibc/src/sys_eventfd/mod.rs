//! `sys/eventfd.h`: a counter behind a descriptor.

use crate::errno::{CResult, Errno};
use crate::platform::calls::{event, fs};
use crate::types::*;

/// The counter.
#[allow(non_camel_case_types)]
pub type eventfd_t = u64;

/// A counter that can be waited for. eventfd(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn eventfd(initial: c_uint, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::eventfd2(initial, flags) }.or_minus_one()
}

/// Takes the counter. eventfd(2).
///
/// # Safety
/// `value` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn eventfd_read(fd: c_int, value: *mut eventfd_t) -> c_int {
    // SAFETY: eight bytes of the caller's.
    unsafe { fs::read(fd, value.cast(), 8) }
        .and_then(|n| if n == 8 { Ok(0) } else { Err(Errno::EINVAL) })
        .or_minus_one()
}

/// Adds to the counter. eventfd(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn eventfd_write(fd: c_int, value: eventfd_t) -> c_int {
    // SAFETY: eight bytes on the stack.
    unsafe { fs::write(fd, (&raw const value).cast(), 8) }
        .and_then(|n| if n == 8 { Ok(0) } else { Err(Errno::EINVAL) })
        .or_minus_one()
}
