//! `sigaction` and `signal`.

use super::{NSIG, SA_RESTART, SA_RESTORER, SIG_DFL, SIG_ERR, SIG_IGN, usable};
use crate::errno::{CResult, Errno, set_errno};
use crate::platform::{self, KernelSigaction};
use crate::types::*;
use core::sync::atomic::{AtomicU64, Ordering};

/// How a signal is handled, glibc's layout. `restorer` belongs to the C structure but is the library's to set.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct sigaction {
    /// `SIG_DFL`, `SIG_IGN` or a function (`sa_handler`, `sa_sigaction`).
    pub sa_sigaction: usize,
    /// Signals blocked while the handler runs.
    pub sa_mask: sigset_t,
    /// `SA_*` flags.
    pub sa_flags: c_int,
    /// Unused by programs.
    pub sa_restorer: usize,
}
check_layout!(
    sigaction = libc::sigaction {
        sa_sigaction,
        sa_mask,
        sa_flags,
        sa_restorer
    }
);

/// The code that a handler returns to.
///
/// The call frame information says where the interrupted registers are: the kernel's frame lies at the stack
/// pointer, `ucontext` first, so `gregs` begins 40 bytes in (struct ucontext). The `nop` before the symbol is
/// what unwinders expect: they look up the address one below the return address.
#[cfg(not(test))]
mod restorer {
    core::arch::global_asm!(
        ".pushsection .text.__restore_rt,\"ax\",@progbits",
        ".balign 16",
        ".cfi_startproc",
        ".cfi_signal_frame",
        // DW_CFA_def_cfa_expression: the interrupted rsp, at rsp + 160
        ".cfi_escape 0x0f, 0x04, 0x77, 0xa0, 0x01, 0x06",
        // DW_CFA_expression, one each register: its value is at rsp + offset
        ".cfi_escape 0x10, 0x08, 0x02, 0x77, 0x28", // r8
        ".cfi_escape 0x10, 0x09, 0x02, 0x77, 0x30", // r9
        ".cfi_escape 0x10, 0x0a, 0x02, 0x77, 0x38", // r10
        ".cfi_escape 0x10, 0x0b, 0x03, 0x77, 0xc0, 0x00", // r11
        ".cfi_escape 0x10, 0x0c, 0x03, 0x77, 0xc8, 0x00", // r12
        ".cfi_escape 0x10, 0x0d, 0x03, 0x77, 0xd0, 0x00", // r13
        ".cfi_escape 0x10, 0x0e, 0x03, 0x77, 0xd8, 0x00", // r14
        ".cfi_escape 0x10, 0x0f, 0x03, 0x77, 0xe0, 0x00", // r15
        ".cfi_escape 0x10, 0x05, 0x03, 0x77, 0xe8, 0x00", // rdi
        ".cfi_escape 0x10, 0x04, 0x03, 0x77, 0xf0, 0x00", // rsi
        ".cfi_escape 0x10, 0x06, 0x03, 0x77, 0xf8, 0x00", // rbp
        ".cfi_escape 0x10, 0x03, 0x03, 0x77, 0x80, 0x01", // rbx
        ".cfi_escape 0x10, 0x01, 0x03, 0x77, 0x88, 0x01", // rdx
        ".cfi_escape 0x10, 0x00, 0x03, 0x77, 0x90, 0x01", // rax
        ".cfi_escape 0x10, 0x02, 0x03, 0x77, 0x98, 0x01", // rcx
        ".cfi_escape 0x10, 0x10, 0x03, 0x77, 0xa8, 0x01", // rip
        "nop",
        ".globl __restore_rt",
        ".hidden __restore_rt",
        ".type __restore_rt,@function",
        "__restore_rt:",
        "mov eax, 15",
        "syscall",
        ".cfi_endproc",
        ".size __restore_rt, . - __restore_rt",
        ".popsection",
    );
    unsafe extern "C" {
        pub fn __restore_rt();
    }
}

/// Address of the restorer.
pub(crate) fn restorer_address() -> usize {
    #[cfg(not(test))]
    {
        restorer::__restore_rt as *const () as usize
    }
    #[cfg(test)]
    {
        0
    }
}

/// `siginterrupt` makes `signal` leave SA_RESTART out for the signals in this set.
pub(super) static INTERRUPTING: AtomicU64 = AtomicU64::new(0);

impl From<&sigaction> for KernelSigaction {
    fn from(action: &sigaction) -> Self {
        Self {
            handler: action.sa_sigaction,
            flags: (action.sa_flags | SA_RESTORER) as u32 as c_ulong,
            restorer: restorer_address(),
            mask: action.sa_mask.bits[0] & !super::RESERVED,
        }
    }
}

impl From<KernelSigaction> for sigaction {
    fn from(action: KernelSigaction) -> Self {
        let mut bits = [0; 16];
        bits[0] = action.mask;
        Self {
            sa_sigaction: action.handler,
            sa_mask: sigset_t { bits },
            sa_flags: action.flags as c_int & !SA_RESTORER,
            sa_restorer: action.restorer,
        }
    }
}

/// Signals that ever got a handler, for `posix_spawn`, which need not ask the kernel about the others.
static HANDLED: AtomicU64 = AtomicU64::new(0);

/// Bit `n - 1` says that signal `n` may have a handler.
pub(crate) fn handled() -> u64 {
    HANDLED.load(Ordering::Acquire)
}

/// Reads and, where `new` is given, sets an action.
pub(crate) fn change(sig: c_int, new: Option<&sigaction>) -> Result<sigaction, Errno> {
    if !usable(sig) {
        return Err(Errno::EINVAL);
    }
    let new = new.map(KernelSigaction::from);
    if new.is_some_and(|action| action.handler > SIG_IGN) {
        HANDLED.fetch_or(1 << (sig - 1), Ordering::Release);
    }
    // SAFETY: the handler is the program's, the restorer ours.
    unsafe { platform::sigaction(sig, new.as_ref()) }.map(sigaction::from)
}

/// Sets how a signal is handled and reads how it was; either may be null. POSIX `sigaction`.
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigaction(
    sig: c_int,
    new: *const sigaction,
    old: *mut sigaction,
) -> c_int {
    // SAFETY: the caller's structures, where they are given.
    unsafe {
        change(sig, new.as_ref())
            .map(|was| {
                if !old.is_null() {
                    old.write(was);
                }
            })
            .or_minus_one()
    }
}

/// Sets a handler (a function, `SIG_DFL` or `SIG_IGN`) that stays and restarts calls, as BSD's; returns the
/// one before, or `SIG_ERR`. POSIX `signal`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn signal(
    sig: c_int,
    handler: Option<unsafe extern "C" fn(c_int)>,
) -> Option<unsafe extern "C" fn(c_int)> {
    from_address(set_handler(sig, address(handler), SA_RESTART))
}

/// A handler as C passes it: a function, or a small number that is none.
pub(super) type Handler = Option<unsafe extern "C" fn(c_int)>;

/// The number behind a handler.
pub(super) fn address(handler: Handler) -> usize {
    handler.map_or(SIG_DFL, |function| function as usize)
}

/// The handler behind a number.
pub(super) fn from_address(address: usize) -> Handler {
    // SAFETY: `Handler` is a nullable code address; the numbers that are no functions (`SIG_IGN`, `SIG_ERR`) are
    // only compared and handed back, as in C.
    unsafe { core::mem::transmute::<usize, Handler>(address) }
}

/// `signal` with the flags to set.
pub(super) fn set_handler(sig: c_int, handler: usize, flags: c_int) -> usize {
    if handler == SIG_ERR || !(1..NSIG).contains(&sig) {
        set_errno(Errno::EINVAL);
        return SIG_ERR;
    }
    let mut bits = [0; 16];
    bits[0] = 1 << (sig - 1);
    let interrupting = INTERRUPTING.load(Ordering::Relaxed) & bits[0] != 0;
    let flags = if interrupting {
        flags & !SA_RESTART
    } else {
        flags
    };
    let new = sigaction {
        sa_sigaction: handler,
        sa_mask: sigset_t { bits },
        sa_flags: flags,
        sa_restorer: 0,
    };
    match change(sig, Some(&new)) {
        Ok(was) => was.sa_sigaction,
        Err(e) => {
            set_errno(e);
            SIG_ERR
        }
    }
}

/// Whether calls end with `EINTR` (nonzero) or start over after this signal's handler. siginterrupt(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn siginterrupt(sig: c_int, interrupt: c_int) -> c_int {
    change(sig, None)
        .and_then(|mut action| {
            let bit = 1 << (sig - 1);
            if interrupt != 0 {
                INTERRUPTING.fetch_or(bit, Ordering::Relaxed);
                action.sa_flags &= !SA_RESTART;
            } else {
                INTERRUPTING.fetch_and(!bit, Ordering::Relaxed);
                action.sa_flags |= SA_RESTART;
            }
            change(sig, Some(&action))
        })
        .map(drop)
        .or_minus_one()
}

crate::alias!(__sigaction = sigaction);
crate::alias!(bsd_signal = signal);
crate::alias!(ssignal = signal);
