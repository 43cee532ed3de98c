//! Signals, in the kernel's own structures (64-bit masks, `sigaction` with the restorer third).

use super::constants::{SIG_SETMASK, SIG_UNBLOCK, SIGABRT};
use crate::errno::Errno;
use crate::platform::linux::syscall;
use crate::types::*;

/// A signal mask as the kernel has it: bit `n - 1` is signal `n`.
pub type KernelMask = u64;

/// The kernel's `struct sigaction` on x86-64.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct KernelSigaction {
    /// Handler address, or `SIG_DFL` (0) or `SIG_IGN` (1).
    pub handler: usize,
    /// `SA_*` flags; `SA_RESTORER` must be among them when `restorer` is given.
    pub flags: c_ulong,
    /// Where a handler returns to: code that calls rt_sigreturn.
    pub restorer: usize,
    /// Signals blocked while the handler runs.
    pub mask: KernelMask,
}

/// rt_sigprocmask(2): changes the mask as `how` says and returns the old one; with `None` only reads it.
#[inline]
pub fn sigprocmask(how: c_int, set: Option<KernelMask>) -> Result<KernelMask, Errno> {
    let mut old: KernelMask = 0;
    let new = set.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
    // SAFETY: both pointers are to live 8-byte masks or null.
    unsafe {
        syscall!(
            __NR_rt_sigprocmask,
            how,
            new,
            &raw mut old,
            size_of::<KernelMask>()
        )
    }?;
    Ok(old)
}

/// Blocks every signal and returns the mask to give back to [`restore_signals`].
#[inline]
pub fn block_all_signals() -> KernelMask {
    // Cannot fail: the arguments are valid.
    crate::platform::sigprocmask(SIG_SETMASK as c_int, Some(!0)).unwrap_or(0)
}

/// Puts a mask back.
#[inline]
pub fn restore_signals(mask: KernelMask) {
    // Cannot fail: the arguments are valid.
    let _ = crate::platform::sigprocmask(SIG_SETMASK as c_int, Some(mask));
}

/// rt_sigaction(2).
///
/// # Safety
/// The handler and the restorer must be code that may run at any instruction of the program.
#[inline]
pub unsafe fn sigaction(
    signal: c_int,
    new: Option<&KernelSigaction>,
) -> Result<KernelSigaction, Errno> {
    let mut old = KernelSigaction::default();
    let new = new.map_or(core::ptr::null(), core::ptr::from_ref);
    // SAFETY: both pointers are to live structures or null; the handler is the caller's promise.
    unsafe {
        syscall!(
            __NR_rt_sigaction,
            signal,
            new,
            &raw mut old,
            size_of::<KernelMask>()
        )
    }?;
    Ok(old)
}

/// tgkill(2).
#[inline]
pub fn tgkill(process: pid_t, thread: pid_t, signal: c_int) -> Result<(), Errno> {
    // SAFETY: no memory is involved.
    unsafe { syscall!(__NR_tgkill, process, thread, signal).map(drop) }
}

/// Sends SIGABRT to the calling thread with the default action in place, which ends the process.
pub(super) fn raise_default_abort() -> Result<(), Errno> {
    // SAFETY: the default action is no code of ours.
    unsafe { crate::platform::sigaction(SIGABRT as c_int, Some(&KernelSigaction::default())) }?;
    crate::platform::tgkill(
        crate::platform::getpid(),
        crate::platform::gettid(),
        SIGABRT as c_int,
    )?;
    crate::platform::sigprocmask(SIG_UNBLOCK as c_int, Some(1 << (SIGABRT - 1))).map(drop)
}

/// A handler with the signal's information and the interrupted context (`SA_SIGINFO`).
pub type ContextHandler = unsafe extern "C" fn(c_int, *mut c_void, *mut c_void);

/// Installs a handler of the library's own, which blocks no signals.
///
/// # Safety
/// The handler must be code that may run at any instruction of the program.
pub unsafe fn install_context_handler(
    signal: c_int,
    handler: ContextHandler,
    flags: u32,
) -> Result<(), Errno> {
    const SA_RESTORER: u32 = 0x0400_0000;
    let action = KernelSigaction {
        handler: handler as usize,
        flags: (flags | SA_RESTORER) as c_ulong,
        restorer: crate::signal::action::restorer_address(),
        mask: 0,
    };
    // SAFETY: the caller's promise.
    unsafe { crate::platform::sigaction(signal, Some(&action)).map(drop) }
}

/// Lets a signal through again, from inside its handler.
pub fn unblock_signal(signal: c_int) {
    // Cannot fail: the arguments are valid.
    let _ = crate::platform::sigprocmask(SIG_UNBLOCK as c_int, Some(1 << (signal - 1)));
}

/// The signals that are blocked when the interrupted code goes on, in the context that a handler gets (`uc_sigmask`).
///
/// # Safety
/// `context` must be a handler's third argument.
pub unsafe fn context_signal_mask(context: *mut c_void) -> *mut KernelMask {
    /// From the start of the context, after `uc_mcontext`.
    const OFFSET: usize = 40 + 256;
    context.wrapping_byte_add(OFFSET).cast()
}

/// Where the interrupted code goes on, in the context that a handler gets (`ucontext_t`, `REG_RIP`).
///
/// # Safety
/// `context` must be a handler's third argument.
pub unsafe fn context_instruction_pointer(context: *mut c_void) -> *mut usize {
    /// `uc_mcontext.gregs[REG_RIP]` from the start of the context.
    const OFFSET: usize = 40 + 16 * 8;
    context.wrapping_byte_add(OFFSET).cast()
}
