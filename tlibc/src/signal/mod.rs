//! `signal.h`: handlers, masks, sending and waiting.
//!
//! C sees 1,024-bit sets and glibc's `struct sigaction`; the kernel takes 64 bits and its own structure
//! (`action` converts). Signals 32 and 33 are kept for thread cancellation and for changes of credentials:
//! programs can neither block nor catch them, and `SIGRTMIN` is 34, all as in glibc.

pub mod action;
pub(crate) mod event;
pub mod info;
pub mod mask;
pub mod names;
pub mod old;
pub mod psignal;
pub mod send;
pub mod sets;
pub mod stack;
pub mod wait;

pub use action::sigaction;
pub use info::{sigevent, siginfo_t, sigval, stack_t};
pub use stack::minimum_stack;

use crate::types::*;

/// One more than the highest signal.
pub const NSIG: c_int = 65;
/// Bytes of a set that the kernel knows.
pub(crate) const KERNEL_SET: usize = 8;
/// First signal for the library's own use.
pub(crate) const SIGCANCEL: c_int = 32;
/// Second signal for the library's own use.
pub(crate) const SIGSETXID: c_int = 33;
/// First real-time signal for programs.
pub const SIGRTMIN: c_int = 34;
/// Last real-time signal.
pub const SIGRTMAX: c_int = 64;
/// Bits of the library's own signals.
pub(crate) const RESERVED: u64 = 1 << (SIGCANCEL - 1) | 1 << (SIGSETXID - 1);
/// Default action.
pub const SIG_DFL: usize = 0;
/// Ignore.
pub const SIG_IGN: usize = 1;
/// Add to the queue of held signals (System V).
pub const SIG_HOLD: usize = 2;
/// What `signal` returns on failure.
pub const SIG_ERR: usize = usize::MAX;
/// `sigprocmask`: add to the mask.
pub const SIG_BLOCK: c_int = 0;
/// `sigprocmask`: take from the mask.
pub const SIG_UNBLOCK: c_int = 1;
/// `sigprocmask`: replace the mask.
pub const SIG_SETMASK: c_int = 2;
/// The handler takes three arguments.
pub const SA_SIGINFO: c_int = 4;
/// Interrupted calls start over.
pub const SA_RESTART: c_int = 0x1000_0000;
/// Back to the default action when the handler starts.
pub const SA_RESETHAND: c_int = 0x8000_0000_u32 as c_int;
/// Do not block the signal while its handler runs.
pub const SA_NODEFER: c_int = 0x4000_0000;
/// `restorer` is set (kernel interface).
pub const SA_RESTORER: c_int = 0x0400_0000;
/// Abnormal end.
pub const SIGABRT: c_int = 6;
/// Kill.
pub const SIGKILL: c_int = 9;
/// Write to a pipe without a reader.
pub const SIGPIPE: c_int = 13;
/// A child has changed.
pub const SIGCHLD: c_int = 17;
/// Stop.
pub const SIGSTOP: c_int = 19;

/// Whether a program may use this signal number.
pub(crate) fn usable(sig: c_int) -> bool {
    sig > 0 && sig < NSIG && sig != SIGCANCEL && sig != SIGSETXID
}

/// What the macro `SIGRTMIN` calls.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __libc_current_sigrtmin() -> c_int {
    SIGRTMIN
}

/// What the macro `SIGRTMAX` calls.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __libc_current_sigrtmax() -> c_int {
    SIGRTMAX
}
