//! `fork` and `vfork`.
//!
//! `fork` runs the `pthread_atfork` functions, holds the locks of stdio and malloc across the call, so that the
//! child finds what they guard whole, and gives the child's only thread its new number.

use crate::errno::{CResult, Errno};
use crate::platform;
use crate::pthread::{atfork, tcb, thread};
use crate::signal::RESERVED;
use crate::types::*;

/// The kernel's part: the child's thread block gets the new thread number before the child runs.
fn duplicate() -> Result<pid_t, Errno> {
    // SAFETY: the child has its own copy of this stack and block; the pointer is to the thread's own number.
    unsafe { crate::platform::clone_process((&raw mut (*tcb::current()).tid).cast()) }
}

/// Duplicates the process: 0 in the child, the child's number in the parent. POSIX `fork`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fork() -> pid_t {
    let prepared = atfork::prepare();
    let result = duplicate();
    match result {
        Ok(0) => atfork::child(prepared),
        _ => atfork::parent(prepared),
    }
    result.or_minus_one()
}

/// `fork` without the `pthread_atfork` functions and locks: async-signal-safe. POSIX.1-2024 `_Fork`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_snake_case)]
pub unsafe extern "C" fn _Fork() -> pid_t {
    let mut mask = platform::block_all_signals();
    let result = duplicate();
    if result == Ok(0) {
        thread::after_fork_in_child();
        // As in `atfork::child`.
        mask &= !RESERVED;
    }
    platform::restore_signals(mask);
    result.or_minus_one()
}

/// Sets `errno` for `vfork`'s assembly.
#[cfg(not(test))]
extern "C" fn vfork_failed(error: c_int) -> pid_t {
    Err::<pid_t, _>(Errno(error)).or_minus_one()
}

/// A child that borrows the caller's memory, and the caller's time, until it execs or exits. vfork(2).
///
/// The child returns first, on the same stack: the return address is kept in a register that the kernel
/// preserves, not on the stack, where the child's calls would overwrite it.
///
/// # Safety
/// The child may only call `_exit` or exec, and may not return from the calling function.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vfork() -> pid_t {
    core::arch::naked_asm!(
        "pop rdx",
        "mov eax, 58",
        "syscall",
        "push rdx",
        "cmp rax, -4095",
        "jae 2f",
        "ret",
        "2:",
        "mov edi, eax",
        "neg edi",
        "jmp {failed}",
        failed = sym vfork_failed,
    )
}
