//! `<errno.h>`: the error numbers as [`Errno`], the thread's `errno`, and the step from `Result` to C's
//! "−1 and `errno`" ([`CResult`]). The `errno` object itself sits in the thread control block.

mod numbers;

use crate::types::{c_int, ssize_t};

/// An error number, as the kernel and `<errno.h>` count them (always positive).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Errno(pub c_int);

/// Address of the calling thread's `errno` (what the C macro `errno` dereferences).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __errno_location() -> *mut c_int {
    location()
}

#[cfg(not(test))]
#[inline(always)]
fn location() -> *mut c_int {
    // SAFETY: the field of the running thread's own block, which outlives the thread's code.
    unsafe { &raw mut (*crate::pthread::tcb::current()).errno }
}

#[cfg(test)]
fn location() -> *mut c_int {
    std::thread_local! {
        static ERRNO: core::cell::UnsafeCell<c_int> = const { core::cell::UnsafeCell::new(0) };
    }
    ERRNO.with(core::cell::UnsafeCell::get)
}

/// Sets the calling thread's `errno`.
#[inline]
pub fn set_errno(errno: Errno) {
    // SAFETY: `location` is the thread's own object; no reference to it is ever made.
    unsafe { *location() = errno.0 }
}

/// The calling thread's `errno`.
#[inline]
pub fn errno() -> Errno {
    // SAFETY: as in `set_errno`.
    Errno(unsafe { *location() })
}

/// A success value that C receives as a signed integer with −1 for failure.
pub trait CReturn {
    /// The C type.
    type C;
    /// What C sees on failure.
    const MINUS_ONE: Self::C;
    /// What C sees on success.
    fn into_c(self) -> Self::C;
}

macro_rules! c_return {
    ($($from:ty => $to:ty),*) => {$(
        impl CReturn for $from {
            type C = $to;
            const MINUS_ONE: $to = -1;
            fn into_c(self) -> $to {
                self as $to
            }
        }
    )*};
}

c_return!(c_int => c_int, u32 => c_int, usize => ssize_t, isize => isize, i64 => i64, u64 => i64);

impl CReturn for () {
    type C = c_int;
    const MINUS_ONE: c_int = -1;
    fn into_c(self) -> c_int {
        0
    }
}

/// Turns a result into the C convention, storing the error in `errno`.
pub trait CResult<T> {
    /// The value, or −1 with `errno` set. `Ok(())` is 0.
    fn or_minus_one(self) -> T::C
    where
        T: CReturn;
    /// The pointer, or null with `errno` set.
    fn or_null<U>(self) -> *mut U
    where
        T: Into<*mut U>;
    /// The value, or `failure` with `errno` set.
    fn or_errno(self, failure: T) -> T;
    /// 0, or the error number itself with `errno` untouched (the convention of `pthread_*` and `posix_*`).
    fn error_number(self) -> c_int;
}

impl<T> CResult<T> for Result<T, Errno> {
    #[inline]
    fn or_minus_one(self) -> T::C
    where
        T: CReturn,
    {
        match self {
            Ok(value) => value.into_c(),
            Err(errno) => {
                set_errno(errno);
                T::MINUS_ONE
            }
        }
    }

    #[inline]
    fn or_null<U>(self) -> *mut U
    where
        T: Into<*mut U>,
    {
        match self {
            Ok(pointer) => pointer.into(),
            Err(errno) => {
                set_errno(errno);
                core::ptr::null_mut()
            }
        }
    }

    #[inline]
    fn or_errno(self, failure: T) -> T {
        match self {
            Ok(value) => value,
            Err(errno) => {
                set_errno(errno);
                failure
            }
        }
    }

    #[inline]
    fn error_number(self) -> c_int {
        match self {
            Ok(_) => 0,
            Err(errno) => errno.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_become_minus_one_and_errno() {
        set_errno(Errno(0));
        assert_eq!(Ok::<usize, Errno>(7).or_minus_one(), 7);
        assert_eq!(errno(), Errno(0));
        assert_eq!(Err::<usize, _>(Errno::EBADF).or_minus_one(), -1);
        assert_eq!(errno(), Errno::EBADF);
        assert!(Err::<*mut u8, _>(Errno::ENOMEM).or_null().is_null());
        assert_eq!(errno(), Errno::ENOMEM);
    }

    #[test]
    fn pthread_style_results_leave_errno_alone() {
        set_errno(Errno(0));
        assert_eq!(Err::<(), _>(Errno::EINVAL).error_number(), Errno::EINVAL.0);
        assert_eq!(errno(), Errno(0));
    }
}
