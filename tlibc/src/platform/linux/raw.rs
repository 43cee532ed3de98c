//! The `syscall` instruction (AMD64 ABI supplement, A.2): number in rax, arguments in rdi, rsi, rdx, r10, r8,
//! r9, the result in rax; rcx and r11 are lost.

use crate::errno::Errno;
use core::arch::asm;

/// Largest error number a system call returns, as `-errno`.
const MAX_ERRNO: isize = 4095;

/// Turns a raw result into a value or an error.
#[inline(always)]
pub fn check(raw: isize) -> Result<usize, Errno> {
    if (-MAX_ERRNO..0).contains(&raw) {
        Err(Errno(-raw as i32))
    } else {
        Ok(raw as usize)
    }
}

macro_rules! raw_syscall {
    ($(#[$doc:meta])* $name:ident($($arg:ident in $reg:tt),*)) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// The arguments must satisfy the call's own requirements: pointers valid for what the kernel
        /// reads or writes, and no memory or descriptor pulled away from under Rust code.
        #[inline(always)]
        pub unsafe fn $name(number: u32, $($arg: usize),*) -> isize {
            let result: isize;
            // SAFETY: the registers are those the kernel clobbers; the rest is the caller's promise.
            unsafe {
                asm!(
                    "syscall",
                    inlateout("rax") number as isize => result,
                    $(in($reg) $arg,)*
                    lateout("rcx") _,
                    lateout("r11") _,
                    options(nostack),
                );
            }
            result
        }
    };
}

raw_syscall!(
    /// A system call without arguments.
    syscall0()
);
raw_syscall!(
    /// A system call with one argument.
    syscall1(a in "rdi")
);
raw_syscall!(
    /// A system call with two arguments.
    syscall2(a in "rdi", b in "rsi")
);
raw_syscall!(
    /// A system call with three arguments.
    syscall3(a in "rdi", b in "rsi", c in "rdx")
);
raw_syscall!(
    /// A system call with four arguments.
    syscall4(a in "rdi", b in "rsi", c in "rdx", d in "r10")
);
raw_syscall!(
    /// A system call with five arguments.
    syscall5(a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8")
);
raw_syscall!(
    /// A system call with six arguments.
    syscall6(a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8", f in "r9")
);
