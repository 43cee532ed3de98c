//! `sys/select.h`: waiting for one of a set of descriptors.

use crate::errno::CResult;
use crate::platform;
use crate::pthread::points;
use crate::types::*;
use core::ptr;

/// A set of descriptors below 1,024.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct fd_set {
    /// Bit `fd % 64` of word `fd / 64`.
    pub fds_bits: [c_ulong; 16],
}
check_layout!(fd_set = libc::fd_set);

/// Waits until a descriptor below `n` in the sets is ready, at most for `timeout`, which is left with the
/// rest of the time as Linux does. POSIX `select`.
///
/// # Safety
/// `read`, `write`, `except` and `timeout` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn select(
    n: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    timeout: *mut timeval,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::select(n, read.cast(), write.cast(), except.cast(), timeout.cast()) }
        .or_minus_one()
}

/// `select` with a signal mask for the wait and a timeout that is not written. POSIX `pselect`.
///
/// # Safety
/// `timeout` and `mask` are readable; `read`, `write` and `except` are writable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pselect(
    n: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's time and set are read where they are given; the pair is what pselect6 takes.
    unsafe {
        let mut time = if timeout.is_null() {
            timespec {
                tv_sec: 0,
                tv_nsec: 0,
            }
        } else {
            *timeout
        };
        let time = if timeout.is_null() {
            ptr::null_mut()
        } else {
            &raw mut time
        };
        let set = [mask.addr(), 8];
        points::pselect6(
            n,
            read.cast(),
            write.cast(),
            except.cast(),
            time.cast(),
            set.as_ptr().cast(),
        )
        .or_minus_one()
    }
}

/// The word of an `fd_set` that holds `fd`; a number outside the set ends the process. What a fortified
/// `FD_SET` calls.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __fdelt_chk(fd: c_long) -> c_long {
    if !(0..1024).contains(&fd) {
        platform::abort();
    }
    fd / 64
}

crate::alias!(__fdelt_warn = __fdelt_chk);
