//! Threads: futexes, ids, the FS base.

use super::constants::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_LOCK_PI, FUTEX_LOCK_PI2,
    FUTEX_PRIVATE_FLAG, FUTEX_TRYLOCK_PI, FUTEX_UNLOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAKE,
};
use crate::errno::Errno;
use crate::platform::linux::{call, syscall};
use crate::types::*;
use core::sync::atomic::AtomicU32;

/// gettid(2).
#[inline]
pub fn gettid() -> pid_t {
    // SAFETY: no memory is involved; the call cannot fail.
    unsafe { super::raw::syscall0(super::constants::__NR_gettid) as pid_t }
}

/// sched_yield(2).
#[inline]
pub fn sched_yield() {
    // SAFETY: no memory is involved; the call cannot fail on Linux.
    let _ = unsafe { call!(__NR_sched_yield) };
}

/// Who shares a futex word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Threads of this process only.
    Private,
    /// Any process that maps the word.
    Shared,
}

/// The clock an absolute futex deadline is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeadlineClock {
    /// `CLOCK_MONOTONIC`.
    Monotonic,
    /// `CLOCK_REALTIME`.
    Realtime,
}

/// Sleeps while `*word == expected`, until woken or until the absolute deadline.
///
/// Errors: `EAGAIN` (the word had changed already), `EINTR`, `ETIMEDOUT`; see futex(2), FUTEX_WAIT_BITSET.
#[inline]
pub fn futex_wait(
    word: &AtomicU32,
    expected: u32,
    deadline: Option<(DeadlineClock, &timespec)>,
    scope: Scope,
) -> Result<(), Errno> {
    let [a, b, c, d, e, f] = futex_wait_arguments(word, expected, deadline, scope);
    // SAFETY: the word and the deadline are live references; the kernel only reads them.
    unsafe { syscall!(__NR_futex, a, b, c, d, e, f).map(drop) }
}

/// The arguments of [`futex_wait`]'s system call, for callers that make it themselves. They are good as long as the
/// references are.
#[inline]
pub fn futex_wait_arguments(
    word: &AtomicU32,
    expected: u32,
    deadline: Option<(DeadlineClock, &timespec)>,
    scope: Scope,
) -> [usize; 6] {
    let mut operation = FUTEX_WAIT_BITSET;
    if scope == Scope::Private {
        operation |= FUTEX_PRIVATE_FLAG;
    }
    let mut until = core::ptr::null();
    if let Some((clock, at)) = deadline {
        until = core::ptr::from_ref(at);
        if clock == DeadlineClock::Realtime {
            operation |= FUTEX_CLOCK_REALTIME;
        }
    }
    let everyone = FUTEX_BITSET_MATCH_ANY as usize;
    [
        word.as_ptr() as usize,
        operation as usize,
        expected as usize,
        until as usize,
        0,
        everyone,
    ]
}

/// Wakes at most `count` threads that sleep on `word`; how many were woken.
///
/// Takes an address and not a reference: after an unlock the word may already be gone, and waking
/// an address that is no longer mapped is harmless.
#[inline]
pub fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize {
    let operation = FUTEX_WAKE
        | if scope == Scope::Private {
            FUTEX_PRIVATE_FLAG
        } else {
            0
        };
    // SAFETY: the kernel does not write through the address.
    unsafe { syscall!(__NR_futex, word, operation, count) }.unwrap_or(0)
}

/// The flag of a futex operation.
fn private(scope: Scope) -> u32 {
    match scope {
        Scope::Private => FUTEX_PRIVATE_FLAG,
        Scope::Shared => 0,
    }
}

/// futex(2), FUTEX_LOCK_PI: takes a lock word that holds its owner's id, lending priority to the owner meanwhile.
///
/// Errors: `ETIMEDOUT`; `EDEADLK` (a cycle of owners); `ESRCH` (the owner is gone); `EAGAIN` and `EINTR` (try again);
/// `ENOMEM`; `ENOSYS` for a monotonic deadline where FUTEX_LOCK_PI2 is missing.
pub fn futex_lock_pi(
    word: &AtomicU32,
    deadline: Option<(DeadlineClock, &timespec)>,
    scope: Scope,
) -> Result<(), Errno> {
    // The first of the two knows but CLOCK_REALTIME, and is in every kernel.
    let (operation, until) = match deadline {
        Some((DeadlineClock::Monotonic, at)) => (FUTEX_LOCK_PI2, core::ptr::from_ref(at)),
        Some((DeadlineClock::Realtime, at)) => (FUTEX_LOCK_PI, core::ptr::from_ref(at)),
        None => (FUTEX_LOCK_PI, core::ptr::null()),
    };
    let operation = operation | private(scope);
    // SAFETY: word and deadline are live references; the kernel changes the word atomically.
    unsafe { call!(__NR_futex, word.as_ptr(), operation, 0, until, 0, 0).map(drop) }
}

/// futex(2), FUTEX_TRYLOCK_PI: [`futex_lock_pi`] without waiting; then `EAGAIN`.
pub fn futex_trylock_pi(word: &AtomicU32, scope: Scope) -> Result<(), Errno> {
    let operation = FUTEX_TRYLOCK_PI | private(scope);
    // SAFETY: as in `futex_lock_pi`.
    unsafe { call!(__NR_futex, word.as_ptr(), operation, 0, 0, 0, 0).map(drop) }
}

/// futex(2), FUTEX_UNLOCK_PI: hands the caller's lock word to the first waiter, or frees it; `EPERM` from others.
///
/// Takes an address because the next owner may free the memory before the call returns.
pub fn futex_unlock_pi(word: *const AtomicU32, scope: Scope) -> Result<(), Errno> {
    let operation = FUTEX_UNLOCK_PI | private(scope);
    // SAFETY: the kernel changes the word atomically, and refuses a caller that does not own it.
    unsafe { call!(__NR_futex, word, operation, 0, 0, 0, 0).map(drop) }
}

/// arch_prctl(2), ARCH_SET_FS: sets the thread pointer.
///
/// # Safety
/// `base` must be the thread control block that the running code is to use from here on.
#[inline]
pub unsafe fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno> {
    const ARCH_SET_FS: usize = 0x1002;
    // SAFETY: the caller's promise.
    unsafe { syscall!(__NR_arch_prctl, ARCH_SET_FS, base).map(drop) }
}

/// set_tid_address(2): the word the kernel clears and wakes when the thread ends; returns the thread's id.
#[inline]
pub fn set_tid_address(word: *const AtomicU32) -> pid_t {
    // SAFETY: the kernel writes 0 there at thread end and ignores a fault.
    unsafe { syscall!(__NR_set_tid_address, word) }.unwrap_or(0) as pid_t
}

/// A thread's first function.
pub type ThreadEntry = unsafe extern "C" fn(*mut c_void) -> !;

/// clone(2) for a thread: runs `entry(block)` on the stack that ends at `stack_top`, with `block` as its thread pointer. The
/// kernel's id goes to `*tid` before either goes on.
///
/// # Safety
/// Stack and block must be the new thread's alone; `flags` must include `CLONE_VM` and `CLONE_SETTLS`.
#[cfg(not(test))]
pub unsafe fn clone_thread(
    entry: ThreadEntry,
    stack_top: *mut u8,
    block: *mut c_void,
    flags: u32,
    tid: *mut c_void,
) -> Result<pid_t, Errno> {
    // SAFETY: the caller's promise.
    let result = unsafe { clone_and_call(entry, stack_top, block, flags as usize, tid) };
    super::raw::check(result).map(|tid| tid as pid_t)
}

/// Never called in test builds, which have no control block of ours to run on.
///
/// # Safety
/// None.
#[cfg(test)]
pub unsafe fn clone_thread(
    _entry: ThreadEntry,
    _stack_top: *mut u8,
    _block: *mut c_void,
    _flags: u32,
    _tid: *mut c_void,
) -> Result<pid_t, Errno> {
    Err(Errno::ENOSYS)
}

#[cfg(not(test))]
#[unsafe(naked)]
unsafe extern "C" fn clone_and_call(
    entry: ThreadEntry,
    stack_top: *mut u8,
    block: *mut c_void,
    flags: usize,
    tid: *mut c_void,
) -> isize {
    core::arch::naked_asm!(
        // clone(flags, stack, parent_tid, child_tid, thread pointer); entry waits in r9.
        "mov r9, rdi",
        "and rsi, -16",
        "mov rdi, rcx",
        "mov r10, r8",
        "mov r8, rdx",
        "mov rdx, r10",
        "mov eax, {clone}",
        "syscall",
        "test rax, rax",
        "jz 2f",
        "ret",
        "2:",
        "xor ebp, ebp",
        "mov rdi, r8",
        "call r9",
        "ud2",
        clone = const super::constants::__NR_clone,
    )
}

/// exit(2): ends the calling thread only.
pub fn exit_thread() -> ! {
    loop {
        // SAFETY: no memory is involved. The loop is for the type only: the call does not return.
        let _ = unsafe { syscall!(__NR_exit, 0) };
    }
}

/// munmap(2) of the stack under one's feet, then exit(2).
///
/// # Safety
/// Nothing in the range may be in use by anybody else, and no signal may be delivered any more.
pub unsafe fn unmap_and_exit_thread(address: *mut u8, length: usize) -> ! {
    // SAFETY: the caller's promise; no memory is touched after the first call.
    unsafe {
        core::arch::asm!(
            "syscall",
            "xor edi, edi",
            "mov eax, {exit}",
            "syscall",
            "ud2",
            exit = const super::constants::__NR_exit,
            in("rax") super::constants::__NR_munmap as usize,
            in("rdi") address,
            in("rsi") length,
            options(noreturn, nostack),
        )
    }
}

/// set_robust_list(2).
///
/// # Safety
/// `head` must be a well-formed list head that stays in place until the thread ends.
pub unsafe fn set_robust_list(head: *mut c_void, size: usize) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe { call!(__NR_set_robust_list, head, size).map(drop) }
}

/// sched_setscheduler(2).
pub fn sched_setscheduler(thread: pid_t, policy: c_int, priority: c_int) -> Result<(), Errno> {
    // SAFETY: `struct sched_param` is the priority alone.
    unsafe { call!(__NR_sched_setscheduler, thread, policy, &raw const priority).map(drop) }
}

/// sched_getscheduler(2).
pub fn sched_getscheduler(thread: pid_t) -> Result<c_int, Errno> {
    // SAFETY: no memory is involved.
    unsafe { call!(__NR_sched_getscheduler, thread).map(|policy| policy as c_int) }
}

/// sched_setparam(2).
pub fn sched_setparam(thread: pid_t, priority: c_int) -> Result<(), Errno> {
    // SAFETY: as in `sched_setscheduler`.
    unsafe { call!(__NR_sched_setparam, thread, &raw const priority).map(drop) }
}

/// sched_getparam(2): the priority.
pub fn sched_getparam(thread: pid_t) -> Result<c_int, Errno> {
    let mut priority: c_int = 0;
    // SAFETY: as in `sched_setscheduler`.
    unsafe { call!(__NR_sched_getparam, thread, &raw mut priority)? };
    Ok(priority)
}

/// sched_setaffinity(2).
pub fn sched_setaffinity(thread: pid_t, set: &[u8]) -> Result<(), Errno> {
    // SAFETY: the kernel reads inside `set` only.
    unsafe { call!(__NR_sched_setaffinity, thread, set.len(), set.as_ptr()).map(drop) }
}

/// sched_getaffinity(2): how many bytes of `set` the kernel wrote.
pub fn sched_getaffinity(thread: pid_t, set: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel writes inside `set` only.
    unsafe { call!(__NR_sched_getaffinity, thread, set.len(), set.as_mut_ptr()) }
}

/// prctl(2), PR_SET_NAME: names the calling thread; at most 15 bytes count.
pub fn set_own_name(name: &core::ffi::CStr) -> Result<(), Errno> {
    const PR_SET_NAME: usize = 15;
    // SAFETY: the kernel reads a terminated string.
    unsafe { call!(__NR_prctl, PR_SET_NAME, name.as_ptr()).map(drop) }
}

/// prctl(2), PR_GET_NAME: the calling thread's name, terminated.
pub fn own_name(name: &mut [u8; 16]) -> Result<(), Errno> {
    const PR_GET_NAME: usize = 16;
    // SAFETY: the kernel writes at most 16 bytes.
    unsafe { call!(__NR_prctl, PR_GET_NAME, name.as_mut_ptr()).map(drop) }
}

/// Room for `/proc/self/task/`, ten digits, `/comm` and a terminator.
type CommPath = [u8; 40];

/// The file with a thread's name.
fn comm_path(thread: pid_t, path: &mut CommPath) -> &core::ffi::CStr {
    const PREFIX: &[u8] = b"/proc/self/task/";
    const SUFFIX: &[u8] = b"/comm\0";
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    let mut rest = thread as u32;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let bytes = PREFIX.iter().chain(&digits[at..]).chain(SUFFIX);
    for (place, byte) in path.iter_mut().zip(bytes) {
        *place = *byte;
    }
    // The suffix ends with the terminator.
    core::ffi::CStr::from_bytes_until_nul(path).unwrap_or(c"")
}

/// Names another thread of the process, through /proc.
pub fn set_thread_name(thread: pid_t, name: &[u8]) -> Result<(), Errno> {
    use super::constants::{AT_FDCWD, O_CLOEXEC, O_WRONLY};
    let mut path = [0; 40];
    let fd = super::openat(
        AT_FDCWD,
        comm_path(thread, &mut path),
        (O_WRONLY | O_CLOEXEC) as c_int,
        0,
    )?;
    let written = super::write(fd, name);
    super::close(fd)?;
    written.map(drop)
}

/// The name of another thread of the process, terminated, through /proc.
pub fn thread_name(thread: pid_t, name: &mut [u8; 16]) -> Result<(), Errno> {
    use super::constants::{AT_FDCWD, O_CLOEXEC, O_RDONLY};
    let mut path = [0; 40];
    let fd = super::openat(
        AT_FDCWD,
        comm_path(thread, &mut path),
        (O_RDONLY | O_CLOEXEC) as c_int,
        0,
    )?;
    let length = super::read(fd, name);
    super::close(fd)?;
    // The file ends with a newline, whose place the terminator takes.
    let length = length?.clamp(1, name.len());
    name[length - 1..].fill(0);
    Ok(())
}
