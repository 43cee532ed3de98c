//! Processes: making, ending, identity.

use super::signal;
use crate::errno::Errno;
use crate::platform::linux::syscall;
use crate::types::*;

/// exit_group(2): ends every thread of the process; the parent sees `status & 0xff`.
#[inline]
pub fn exit_group(status: c_int) -> ! {
    loop {
        // SAFETY: no memory is involved. The loop is for the type only: the call does not return.
        let _ = unsafe { syscall!(__NR_exit_group, status) };
    }
}

/// Ends the process the way `abort` does once handlers have had their say: SIGABRT with its default action.
pub fn abort() -> ! {
    let _ = signal::raise_default_abort();
    // Reached only when SIGABRT could not be sent: end by an illegal instruction instead.
    // SAFETY: traps.
    unsafe { core::arch::asm!("ud2", options(noreturn, nostack)) }
}

/// getpid(2).
#[inline]
pub fn getpid() -> pid_t {
    // SAFETY: no memory is involved; the call cannot fail.
    unsafe { super::raw::syscall0(super::constants::__NR_getpid) as pid_t }
}

/// getrandom(2).
#[inline]
pub fn getrandom(buffer: &mut [u8], flags: c_uint) -> Result<usize, Errno> {
    // SAFETY: the kernel writes inside `buffer` only.
    unsafe { syscall!(__NR_getrandom, buffer.as_mut_ptr(), buffer.len(), flags) }
}

/// clone(2) as `fork` wants it: a child process that signals SIGCHLD, with its thread number written to
/// `thread_number` in its own memory, and cleared there when the thread ends.
///
/// # Safety
/// `thread_number` is a writable word that stays so as long as the thread runs.
#[inline]
pub unsafe fn clone_process(thread_number: *mut c_int) -> Result<pid_t, Errno> {
    const CLONE_CHILD_CLEARTID: usize = 0x0020_0000;
    const CLONE_CHILD_SETTID: usize = 0x0100_0000;
    const SIGCHLD: usize = 17;
    let flags = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
    // SAFETY: without CLONE_VM the child has a copy of everything; the word is the caller's.
    unsafe { syscall!(__NR_clone, flags, 0, 0, thread_number, 0) }.map(|pid| pid as pid_t)
}

/// clone(2) as `posix_spawn` wants it: a child that borrows the caller's memory and runs `entry(argument)` on the
/// stack that ends at `stack_top`, while the caller waits for it to exec or exit. It signals SIGCHLD.
///
/// # Safety
/// The stack is writable, its end 16-byte aligned. `entry` never returns and may not unwind; until it is gone, what
/// it does to memory it does to the caller's.
pub unsafe fn clone_borrowing(
    stack_top: *mut c_void,
    entry: super::ThreadEntry,
    argument: *mut c_void,
) -> Result<pid_t, Errno> {
    const CLONE_VM: usize = 0x100;
    const CLONE_VFORK: usize = 0x4000;
    const SIGCHLD: usize = 17;
    let result: isize;
    // SAFETY: in the caller this is an ordinary call. The child starts after `syscall` with the same registers and
    // the new stack pointer, and stays in this block until `entry` has ended the process. `r8` and `r9` keep their
    // values across the call; without CLONE_SETTLS the kernel ignores the former.
    unsafe {
        core::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r9",
            "call r8",
            "ud2",
            "2:",
            inlateout("rax") linux_raw_sys::general::__NR_clone as isize => result,
            in("rdi") CLONE_VM | CLONE_VFORK | SIGCHLD,
            in("rsi") stack_top,
            in("rdx") 0,
            in("r10") 0,
            in("r8") entry,
            in("r9") argument,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    super::raw::check(result).map(|pid| pid as pid_t)
}
