//! The Linux ABI as the library's [`Kernel`]: the reference.

use super::{
    DeadlineClock, KernelMask, KernelSigaction, Scope, ThreadEntry, file, memory, process, raw,
    signal, thread, time,
};
use crate::errno::Errno;
use crate::platform::contract::Kernel;
use crate::types::*;
use core::ffi::CStr;
use core::sync::atomic::AtomicU32;

/// Linux, or a kernel with its system calls.
#[derive(Clone, Copy, Debug)]
pub struct Linux;

// SAFETY: each function is the system call of that name, through a wrapper that passes no other memory.
unsafe impl Kernel for Linux {
    #[inline]
    fn openat(dir: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<c_int, Errno> {
        file::openat(dir, path, flags, mode)
    }
    #[inline]
    fn read(fd: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
        file::read(fd, buffer)
    }
    #[inline]
    fn write(fd: c_int, data: &[u8]) -> Result<usize, Errno> {
        file::write(fd, data)
    }
    #[inline]
    unsafe fn writev(fd: c_int, pieces: &[iovec]) -> Result<usize, Errno> {
        // SAFETY: the caller's promise.
        unsafe { file::writev(fd, pieces) }
    }
    #[inline]
    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
        file::lseek(fd, offset, whence)
    }
    #[inline]
    fn close(fd: c_int) -> Result<(), Errno> {
        file::close(fd)
    }
    #[inline]
    unsafe fn ioctl(fd: c_int, request: c_ulong, argument: usize) -> Result<c_int, Errno> {
        // SAFETY: the caller's promise.
        unsafe { file::ioctl(fd, request, argument) }
    }
    #[inline]
    fn map_anonymous(length: usize) -> Result<*mut u8, Errno> {
        memory::map_anonymous(length)
    }
    #[inline]
    unsafe fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        fd: c_int,
        offset: off_t,
    ) -> Result<*mut c_void, Errno> {
        // SAFETY: the caller's promise.
        unsafe { memory::mmap(address, length, protection, flags, fd, offset) }
    }
    #[inline]
    unsafe fn munmap(address: *mut c_void, length: usize) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { memory::munmap(address, length) }
    }
    #[inline]
    unsafe fn mremap(
        address: *mut c_void,
        old_length: usize,
        new_length: usize,
        flags: c_int,
        new_address: *mut c_void,
    ) -> Result<*mut c_void, Errno> {
        // SAFETY: the caller's promise.
        unsafe { memory::mremap(address, old_length, new_length, flags, new_address) }
    }
    #[inline]
    unsafe fn mprotect(
        address: *mut c_void,
        length: usize,
        protection: c_int,
    ) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { memory::mprotect(address, length, protection) }
    }
    #[inline]
    unsafe fn madvise(address: *mut c_void, length: usize, advice: c_int) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { memory::madvise(address, length, advice) }
    }
    #[inline]
    fn futex_wait(
        word: &AtomicU32,
        expected: u32,
        deadline: Option<(DeadlineClock, &timespec)>,
        scope: Scope,
    ) -> Result<(), Errno> {
        thread::futex_wait(word, expected, deadline, scope)
    }
    #[inline]
    fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize {
        thread::futex_wake(word, count, scope)
    }
    #[inline]
    fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno> {
        time::clock_gettime(clock)
    }
    #[inline]
    unsafe fn clock_gettime_into(clock: clockid_t, place: *mut timespec) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { time::clock_gettime_into(clock, place) }
    }
    #[inline]
    fn exit_group(status: c_int) -> ! {
        process::exit_group(status)
    }
    #[inline]
    unsafe fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { thread::set_thread_pointer(base) }
    }
    #[inline]
    fn getpid() -> pid_t {
        process::getpid()
    }
    #[inline]
    fn getrandom(buffer: &mut [u8], flags: c_uint) -> Result<usize, Errno> {
        process::getrandom(buffer, flags)
    }
    #[inline]
    fn gettid() -> pid_t {
        thread::gettid()
    }
    #[inline]
    unsafe fn clone_thread(
        entry: ThreadEntry,
        stack_top: *mut u8,
        block: *mut c_void,
        flags: u32,
        tid: *mut c_void,
    ) -> Result<pid_t, Errno> {
        // SAFETY: the caller's promise.
        unsafe { thread::clone_thread(entry, stack_top, block, flags, tid) }
    }
    #[inline]
    fn set_tid_address(word: *const AtomicU32) -> pid_t {
        thread::set_tid_address(word)
    }
    #[inline]
    fn exit_thread() -> ! {
        thread::exit_thread()
    }
    #[inline]
    unsafe fn unmap_and_exit_thread(address: *mut u8, length: usize) -> ! {
        // SAFETY: the caller's promise.
        unsafe { thread::unmap_and_exit_thread(address, length) }
    }
    #[inline]
    fn sigprocmask(how: c_int, set: Option<KernelMask>) -> Result<KernelMask, Errno> {
        signal::sigprocmask(how, set)
    }
    #[inline]
    unsafe fn sigaction(
        signal: c_int,
        new: Option<&KernelSigaction>,
    ) -> Result<KernelSigaction, Errno> {
        // SAFETY: the caller's promise.
        unsafe { signal::sigaction(signal, new) }
    }
    #[inline]
    fn tgkill(process: pid_t, thread: pid_t, signal: c_int) -> Result<(), Errno> {
        signal::tgkill(process, thread, signal)
    }
    #[inline]
    unsafe fn clone_process(thread_number: *mut c_int) -> Result<pid_t, Errno> {
        // SAFETY: the caller's promise.
        unsafe { process::clone_process(thread_number) }
    }
    #[inline]
    unsafe fn clone_borrowing(
        stack_top: *mut c_void,
        entry: ThreadEntry,
        argument: *mut c_void,
    ) -> Result<pid_t, Errno> {
        // SAFETY: the caller's promise.
        unsafe { process::clone_borrowing(stack_top, entry, argument) }
    }
    #[inline(always)]
    unsafe fn call<const N: usize>(number: u32, arguments: [usize; N]) -> Result<usize, Errno> {
        // SAFETY: the caller's promise.
        let result = unsafe {
            match arguments[..] {
                [] => raw::syscall0(number),
                [a] => raw::syscall1(number, a),
                [a, b] => raw::syscall2(number, a, b),
                [a, b, c] => raw::syscall3(number, a, b, c),
                [a, b, c, d] => raw::syscall4(number, a, b, c, d),
                [a, b, c, d, e] => raw::syscall5(number, a, b, c, d, e),
                [a, b, c, d, e, f] => raw::syscall6(number, a, b, c, d, e, f),
                _ => return Err(Errno::ENOSYS),
            }
        };
        raw::check(result)
    }
}
