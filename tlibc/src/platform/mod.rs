//! Everything the library asks of a kernel. The header folders call these functions and nothing else.
//!
//! - [`contract`]: the trait [`Kernel`], all that the library asks for. [`Current`] implements it; the functions here pass
//!   on to it at no cost.
//! - [`linux`]: the reference, the system-call ABI of Linux, and the calls that POSIX headers pass on one to one
//!   (`linux::calls`), which go through [`Kernel::call`].
//! - [`by_number`]: the functions of the contract for callers that have a number.
//! - `simulated`: files in memory, a clock that stands still and errors on demand, for tests on the host.
//!
//! Each function does what the manual page of the call of the same name says, takes slices and references where C has pointer
//! and length, and returns `Result<_, Errno>`.

pub mod by_number;
pub mod contract;
pub mod linux;
#[cfg(test)]
pub mod simulated;

pub use contract::Kernel;
pub use linux::*;

use crate::errno::Errno;
use crate::types::*;
use core::ffi::CStr;
use core::sync::atomic::AtomicU32;

/// The kernel that the library is built for.
#[cfg(not(test))]
pub type Current = linux::Linux;
/// In tests: the host's, or a simulation where a test has set one up.
#[cfg(test)]
pub type Current = simulated::Simulated;

/// The functions of the contract by their names alone. They take precedence over what [`linux`] exports.
macro_rules! functions {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {$(
        #[doc = concat!("[`Kernel::", stringify!($name), "`].")]
        #[inline]
        pub fn $name($($arg: $ty),*) -> $ret {
            Current::$name($($arg),*)
        }
    )*};
    (unsafe $(fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {$(
        #[doc = concat!("[`Kernel::", stringify!($name), "`].")]
        ///
        /// # Safety
        /// That of the trait's function.
        #[inline]
        pub unsafe fn $name($($arg: $ty),*) -> $ret {
            // SAFETY: the caller's promise.
            unsafe { Current::$name($($arg),*) }
        }
    )*};
}

functions! {
    fn openat(dir: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<c_int, Errno>;
    fn read(fd: c_int, buffer: &mut [u8]) -> Result<usize, Errno>;
    fn write(fd: c_int, data: &[u8]) -> Result<usize, Errno>;
    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> Result<off_t, Errno>;
    fn close(fd: c_int) -> Result<(), Errno>;
    fn map_anonymous(length: usize) -> Result<*mut u8, Errno>;
    fn futex_wait(word: &AtomicU32, expected: u32, deadline: Option<(DeadlineClock, &timespec)>, scope: Scope) -> Result<(), Errno>;
    fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize;
    fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno>;
    fn exit_group(status: c_int) -> !;
    fn getpid() -> pid_t;
    fn getrandom(buffer: &mut [u8], flags: c_uint) -> Result<usize, Errno>;
    fn gettid() -> pid_t;
    fn set_tid_address(word: *const AtomicU32) -> pid_t;
    fn exit_thread() -> !;
    fn sigprocmask(how: c_int, set: Option<KernelMask>) -> Result<KernelMask, Errno>;
    fn tgkill(process: pid_t, thread: pid_t, signal: c_int) -> Result<(), Errno>;
}
functions! {
    unsafe
    fn clock_gettime_into(clock: clockid_t, place: *mut timespec) -> Result<(), Errno>;
    fn writev(fd: c_int, pieces: &[iovec]) -> Result<usize, Errno>;
    fn ioctl(fd: c_int, request: c_ulong, argument: usize) -> Result<c_int, Errno>;
    fn mmap(address: *mut c_void, length: usize, protection: c_int, flags: c_int, fd: c_int, offset: off_t) -> Result<*mut c_void, Errno>;
    fn munmap(address: *mut c_void, length: usize) -> Result<(), Errno>;
    fn mremap(address: *mut c_void, old_length: usize, new_length: usize, flags: c_int, new_address: *mut c_void) -> Result<*mut c_void, Errno>;
    fn mprotect(address: *mut c_void, length: usize, protection: c_int) -> Result<(), Errno>;
    fn madvise(address: *mut c_void, length: usize, advice: c_int) -> Result<(), Errno>;
    fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno>;
    fn clone_thread(entry: ThreadEntry, stack_top: *mut u8, block: *mut c_void, flags: u32, tid: *mut c_void) -> Result<pid_t, Errno>;
    fn unmap_and_exit_thread(address: *mut u8, length: usize) -> !;
    fn sigaction(signal: c_int, new: Option<&KernelSigaction>) -> Result<KernelSigaction, Errno>;
    fn clone_process(thread_number: *mut c_int) -> Result<pid_t, Errno>;
    fn clone_borrowing(stack_top: *mut c_void, entry: ThreadEntry, argument: *mut c_void) -> Result<pid_t, Errno>;
}
