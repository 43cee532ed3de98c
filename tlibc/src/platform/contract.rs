//! All that tlibc asks of a kernel.
//!
//! [`Kernel`] has two parts. The first has no defaults: without these a program cannot start, print and end. The second
//! has defaults that say `ENOSYS` or do the same with the first part, slower: what makes malloc and stdio quicker, then
//! threads, signals and processes, and last [`Kernel::call`], through which go the calls that POSIX headers pass on one to
//! one (the tables in `calls`). Functions are associated, not methods:
//! which kernel it is, is known when the library is built ([`Current`](super::Current)), so a call costs nothing.
//!
//! A kernel that is called directly, without system calls, implements the same functions with calls of its own.
//! `docs/src/porting.md` describes a port.

use crate::errno::Errno;
use crate::types::*;
use core::ffi::CStr;
use core::sync::atomic::AtomicU32;

use super::by_number;
use super::linux::{DeadlineClock, KernelMask, KernelSigaction, Scope, ThreadEntry};

/// A kernel, as the library sees it. All errors are numbers of `<errno.h>`.
///
/// # Safety
/// Memory from [`map_anonymous`](Kernel::map_anonymous) and [`mmap`](Kernel::mmap) must be what it says it is, and no
/// function may touch memory beyond its arguments: the library builds references on that.
pub unsafe trait Kernel: Sized {
    // Mandatory.

    /// Opens a file and returns the lowest free descriptor (POSIX openat()). Flags and modes have Linux's values.
    fn openat(dir: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<c_int, Errno>;

    /// Reads up to the buffer's length at the descriptor's offset and moves it on; 0 at the end (POSIX read()).
    /// `EINTR` only if nothing was read.
    fn read(fd: c_int, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Writes a part of the data, at least one byte of it unless it is empty (POSIX write()). `EINTR` only if nothing
    /// was written.
    fn write(fd: c_int, data: &[u8]) -> Result<usize, Errno>;

    /// Moves the offset and returns it, in bytes from the start; `ESPIPE` where there is none (POSIX lseek()).
    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> Result<off_t, Errno>;

    /// Gives a descriptor back, whatever the result (POSIX close()).
    fn close(fd: c_int) -> Result<(), Errno>;

    /// Fresh zeroed memory, readable and writable, aligned to a page; `ENOMEM`. Need not be backed until touched.
    fn map_anonymous(length: usize) -> Result<*mut u8, Errno>;

    /// Gives back whole pages from [`map_anonymous`](Kernel::map_anonymous) or [`mmap`](Kernel::mmap); also a part of
    /// what one call returned.
    ///
    /// # Safety
    /// Nothing in the range may be used afterwards.
    unsafe fn munmap(address: *mut c_void, length: usize) -> Result<(), Errno>;

    /// Sleeps while `*word == expected`, until woken or until the absolute deadline. May return early without a reason.
    /// `EAGAIN` (the word has changed), `EINTR`, `ETIMEDOUT`. The comparison and going to sleep must be one step as seen
    /// from [`futex_wake`](Kernel::futex_wake).
    fn futex_wait(
        word: &AtomicU32,
        expected: u32,
        deadline: Option<(DeadlineClock, &timespec)>,
        scope: Scope,
    ) -> Result<(), Errno>;

    /// Wakes up to `count` sleepers at an address and says how many. The address may be gone: nothing happens then.
    fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize;

    /// The time of a clock; `CLOCK_REALTIME` and `CLOCK_MONOTONIC` at least, others `EINVAL`.
    fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno>;

    /// Ends the process, all its threads; a parent sees `status & 0xff`.
    fn exit_group(status: c_int) -> !;

    /// Sets the register that thread-local storage hangs on (`fs` on x86-64) for the calling thread.
    ///
    /// # Safety
    /// `base` points to a thread control block that lives as long as the thread.
    unsafe fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno>;

    // Optional.

    /// The process's number. Default: 1, the only one there is.
    fn getpid() -> pid_t {
        1
    }

    /// [`clock_gettime`](Kernel::clock_gettime) into the caller's place. Default: that, copied.
    ///
    /// # Safety
    /// `place` is valid.
    unsafe fn clock_gettime_into(clock: clockid_t, place: *mut timespec) -> Result<(), Errno> {
        let now = Self::clock_gettime(clock)?;
        // SAFETY: the caller's place.
        unsafe { *place = now };
        Ok(())
    }

    /// Writes pieces in order (POSIX writev()). Default: the first piece that is not empty, which is allowed.
    ///
    /// # Safety
    /// Every piece must be valid for reads of its length.
    unsafe fn writev(fd: c_int, pieces: &[iovec]) -> Result<usize, Errno> {
        let Some(piece) = pieces.iter().find(|piece| piece.iov_len > 0) else {
            return Ok(0);
        };
        // SAFETY: the caller's promise.
        let data =
            unsafe { core::slice::from_raw_parts(piece.iov_base.cast::<u8>(), piece.iov_len) };
        Self::write(fd, data)
    }

    /// A device's request (POSIX ioctl()). stdio asks `TCGETS` to learn whether a stream is a terminal; any error
    /// means no. Default: `ENOTTY`.
    ///
    /// # Safety
    /// `argument` must be what `request` asks for; where it is a pointer, valid for what the driver does.
    unsafe fn ioctl(_fd: c_int, _request: c_ulong, _argument: usize) -> Result<c_int, Errno> {
        Err(Errno::ENOTTY)
    }

    /// A mapping at a wanted place, of a file, or without access (POSIX mmap()). malloc tries it for aligned segments and
    /// falls back on [`map_anonymous`](Kernel::map_anonymous). Default: `ENOSYS`.
    ///
    /// # Safety
    /// With `MAP_FIXED` nothing in use may lie in the range.
    unsafe fn mmap(
        _address: *mut c_void,
        _length: usize,
        _protection: c_int,
        _flags: c_int,
        _fd: c_int,
        _offset: off_t,
    ) -> Result<*mut c_void, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Resizes or moves a mapping (mremap(2)). Without it realloc copies. Default: `ENOSYS`.
    ///
    /// # Safety
    /// The old range must be a mapping of the caller's, not used through the old address when it moves.
    unsafe fn mremap(
        _address: *mut c_void,
        _old_length: usize,
        _new_length: usize,
        _flags: c_int,
        _new_address: *mut c_void,
    ) -> Result<*mut c_void, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Changes the access to pages (POSIX mprotect()). Guard pages of stacks and read-only relocations need it. Default:
    /// `ENOSYS`.
    ///
    /// # Safety
    /// What is in use in the range must stay accessible as it is used.
    unsafe fn mprotect(
        _address: *mut c_void,
        _length: usize,
        _protection: c_int,
    ) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    /// Advice on memory (madvise(2)); malloc gives free pages back with it. Default: `ENOSYS`, which costs memory only.
    ///
    /// # Safety
    /// Advice that drops contents must only cover memory whose contents are dead.
    unsafe fn madvise(_address: *mut c_void, _length: usize, _advice: c_int) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    /// Random bytes good enough for keys (getrandom(2)). Default: `ENOSYS`, which `getentropy` passes on.
    fn getrandom(_buffer: &mut [u8], _flags: c_uint) -> Result<usize, Errno> {
        Err(Errno::ENOSYS)
    }
    // Optional: threads.

    /// The calling thread's number. Default: the process's, for a process has one thread.
    fn gettid() -> pid_t {
        Self::getpid()
    }

    /// Starts a thread that runs `entry(block)` on the stack that ends at `stack_top`, with `block` as its thread pointer, and
    /// returns its number, which is at `*tid` before either goes on (clone(2), whose flags these are). Default: `EAGAIN`,
    /// which `pthread_create` passes on.
    ///
    /// # Safety
    /// Stack and block must be the new thread's alone; `flags` must include `CLONE_VM` and `CLONE_SETTLS`.
    unsafe fn clone_thread(
        _entry: ThreadEntry,
        _stack_top: *mut u8,
        _block: *mut c_void,
        _flags: u32,
        _tid: *mut c_void,
    ) -> Result<pid_t, Errno> {
        Err(Errno::EAGAIN)
    }

    /// Names the word that is cleared, with a wake-up of one sleeper, when the calling thread ends; the thread's number
    /// (set_tid_address(2)). Default: the number; there is no other thread that could sleep.
    fn set_tid_address(_word: *const AtomicU32) -> pid_t {
        Self::gettid()
    }

    /// Ends the calling thread (exit(2)). Default: the process, whose only one it is.
    fn exit_thread() -> ! {
        Self::exit_group(0)
    }

    /// Gives back the stack that the calling thread runs on, and ends the thread. Default: ends it, and the stack stays.
    ///
    /// # Safety
    /// Nothing in the range may be in use by anybody else, and no signal may be delivered any more.
    unsafe fn unmap_and_exit_thread(_address: *mut u8, _length: usize) -> ! {
        Self::exit_thread()
    }

    // Optional: signals.

    /// Changes the calling thread's mask as `how` says and returns the old one; with `None` only reads it (POSIX
    /// pthread_sigmask()). Default: `ENOSYS`.
    fn sigprocmask(_how: c_int, _set: Option<KernelMask>) -> Result<KernelMask, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Sets what a signal does and returns what it did; with `None` only reads it (POSIX sigaction()). Default: `ENOSYS`.
    ///
    /// # Safety
    /// The handler and the restorer must be code that may run at any instruction of the program.
    unsafe fn sigaction(
        _signal: c_int,
        _new: Option<&KernelSigaction>,
    ) -> Result<KernelSigaction, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Sends a signal to a thread (tgkill(2)). Default: `ENOSYS`.
    fn tgkill(_process: pid_t, _thread: pid_t, _signal: c_int) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    // Optional: processes.

    /// A copy of the process: 0 there, its number here. The thread's number goes to `*thread_number` in the child's memory, and
    /// the word is cleared when that thread ends (POSIX fork()). Default: `ENOSYS`.
    ///
    /// # Safety
    /// `thread_number` is a writable word that stays so as long as the thread runs.
    unsafe fn clone_process(_thread_number: *mut c_int) -> Result<pid_t, Errno> {
        Err(Errno::ENOSYS)
    }

    /// A child that borrows the caller's memory and runs `entry(argument)` on the stack that ends at `stack_top`, while the
    /// caller waits for it to exec or exit (vfork(2)); `posix_spawn` uses it. Default: `ENOSYS`.
    ///
    /// # Safety
    /// The stack is writable, its end 16-byte aligned. `entry` never returns and may not unwind; until it is gone, what
    /// it does to memory it does to the caller's.
    unsafe fn clone_borrowing(
        _stack_top: *mut c_void,
        _entry: ThreadEntry,
        _argument: *mut c_void,
    ) -> Result<pid_t, Errno> {
        Err(Errno::ENOSYS)
    }

    // Optional: all else.

    /// A call by its number in the Linux ABI on x86-64, with its arguments as machine words: what the tables in `calls` list
    /// with their C types, and a few that the library makes for itself. A port answers those it knows and leaves the rest to
    /// [`by_number::call`]. Default: that, which answers the numbers of the functions above with these, and others with
    /// `ENOSYS`, which the C function passes on.
    ///
    /// # Safety
    /// The arguments must be what the call of that number asks for: pointers good for what the kernel reads and writes,
    /// and no memory or descriptor pulled away from under Rust code.
    unsafe fn call<const N: usize>(number: u32, arguments: [usize; N]) -> Result<usize, Errno> {
        // SAFETY: the caller's promise.
        unsafe { by_number::call::<Self>(number, &arguments) }
    }
}
