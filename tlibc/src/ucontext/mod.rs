//! `ucontext.h`: saving and resuming the state of a computation.
//!
//! The functions save what a call must preserve, the argument registers that `makecontext` sets, the x87 and SSE
//! control words and the signal mask. The offsets in the assembly are those of glibc's `ucontext_t`, asserted below.

#[cfg(not(test))]
use crate::stdarg::VaList;
use crate::types::*;
use core::mem::offset_of;

/// The processor's part of the state.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct mcontext_t {
    /// The registers, in the order of the kernel's signal frame.
    pub gregs: [c_long; 23],
    /// Where the floating-point state is.
    pub fpregs: *mut c_void,
    /// Unused.
    pub __reserved1: [c_ulong; 8],
}
check_layout!(mcontext_t = libc::mcontext_t { gregs, fpregs });

/// A computation's state.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct ucontext_t {
    /// Unused.
    pub uc_flags: c_ulong,
    /// What runs after the function of `makecontext` returns.
    pub uc_link: *mut ucontext_t,
    /// The stack.
    pub uc_stack: crate::signal::stack_t,
    /// The processor's state.
    pub uc_mcontext: mcontext_t,
    /// The signal mask.
    pub uc_sigmask: sigset_t,
    /// The floating-point state.
    pub __fpregs_mem: [u64; 64],
    /// Shadow stack, unused.
    pub __ssp: [c_ulong; 4],
}
check_layout!(
    ucontext_t = libc::ucontext_t {
        uc_flags,
        uc_link,
        uc_stack,
        uc_mcontext,
        uc_sigmask
    }
);

/// Indices into `gregs`.
#[cfg(not(test))]
mod index {
    pub const R8: usize = 0;
    pub const RDI: usize = 8;
    pub const RSI: usize = 9;
    pub const RBX: usize = 11;
    pub const RDX: usize = 12;
    pub const RCX: usize = 14;
    pub const RSP: usize = 15;
    pub const RIP: usize = 16;
}

const _: () = assert!(offset_of!(ucontext_t, uc_mcontext) == 40);
const _: () = assert!(offset_of!(mcontext_t, fpregs) == 184);
const _: () = assert!(offset_of!(ucontext_t, uc_sigmask) == 296);
const _: () = assert!(offset_of!(ucontext_t, __fpregs_mem) == 424);

/// Saves the registers of the caller of this function into the context at rdi; uses rcx.
#[cfg(not(test))]
macro_rules! save {
    () => {
        "mov [rdi + 40], r8
        mov [rdi + 48], r9
        mov [rdi + 72], r12
        mov [rdi + 80], r13
        mov [rdi + 88], r14
        mov [rdi + 96], r15
        mov [rdi + 104], rdi
        mov [rdi + 112], rsi
        mov [rdi + 120], rbp
        mov [rdi + 128], rbx
        mov [rdi + 136], rdx
        mov [rdi + 152], rcx
        mov rcx, [rsp]
        mov [rdi + 168], rcx
        lea rcx, [rsp + 8]
        mov [rdi + 160], rcx
        lea rcx, [rdi + 424]
        mov [rdi + 224], rcx
        fnstenv [rcx]
        fldenv [rcx]
        stmxcsr [rcx + 24]"
    };
}

/// Goes on with the context at r12.
#[cfg(not(test))]
macro_rules! resume {
    () => {
        "mov rcx, [r12 + 224]
        fldenv [rcx]
        ldmxcsr [rcx + 24]
        mov rdi, r12
        mov rsp, [rdi + 160]
        mov rbp, [rdi + 120]
        mov rbx, [rdi + 128]
        mov r12, [rdi + 72]
        mov r13, [rdi + 80]
        mov r14, [rdi + 88]
        mov r15, [rdi + 96]
        push [rdi + 168]
        mov rsi, [rdi + 112]
        mov rdx, [rdi + 136]
        mov rcx, [rdi + 152]
        mov r8, [rdi + 40]
        mov r9, [rdi + 48]
        mov rdi, [rdi + 104]
        xor eax, eax
        ret"
    };
}

/// Saves the current state; 0 now, and again when the context is resumed. getcontext(3).
///
/// # Safety
/// `context` is writable, and is resumed only while the calling function has not returned.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getcontext(context: *mut ucontext_t) -> c_int {
    core::arch::naked_asm!(
        save!(),
        // rt_sigprocmask(SIG_BLOCK, NULL, &uc_sigmask, 8)
        "lea rdx, [rdi + 296]
        xor edi, edi
        xor esi, esi
        mov r10d, 8
        mov eax, 14
        syscall
        xor eax, eax
        ret",
    )
}

/// Goes on with a saved state. Returns only on failure. setcontext(3).
///
/// # Safety
/// `context` was filled by `getcontext`, `makecontext` or `swapcontext`, and its stack still exists.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn setcontext(context: *const ucontext_t) -> c_int {
    core::arch::naked_asm!(
        // rt_sigprocmask(SIG_SETMASK, &uc_sigmask, NULL, 8)
        "mov r12, rdi
        lea rsi, [rdi + 296]
        mov edi, 2
        xor edx, edx
        mov r10d, 8
        mov eax, 14
        syscall",
        resume!(),
    )
}

/// Saves the current state in `old` and goes on with `new`. swapcontext(3).
///
/// # Safety
/// As for `getcontext` and `setcontext`.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn swapcontext(old: *mut ucontext_t, new: *const ucontext_t) -> c_int {
    core::arch::naked_asm!(
        save!(),
        // rt_sigprocmask(SIG_SETMASK, &new->uc_sigmask, &old->uc_sigmask, 8)
        "mov r12, rsi
        lea rdx, [rdi + 296]
        lea rsi, [rsi + 296]
        mov edi, 2
        mov r10d, 8
        mov eax, 14
        syscall",
        resume!(),
    )
}

/// Where the function of a made context returns to: its successor is in rbx.
#[cfg(not(test))]
#[unsafe(naked)]
unsafe extern "C" fn finish() {
    core::arch::naked_asm!(
        "mov rdi, rbx
        test rdi, rdi
        jz 2f
        call {setcontext}
        mov edi, eax
        2:
        call {exit}
        ud2",
        setcontext = sym setcontext,
        exit = sym crate::start::exit::exit,
    )
}

/// The `v` form of `makecontext`.
///
/// # Safety
/// `context` was filled by `getcontext` and given a stack; the list has `argc` arguments.
#[cfg(not(test))]
unsafe extern "C" fn make(
    context: *mut ucontext_t,
    function: Option<unsafe extern "C" fn()>,
    argc: c_int,
    list: *mut VaList,
) {
    let argc = argc.max(0) as usize;
    let on_stack = argc.saturating_sub(6);
    // SAFETY: the caller's context, its stack, and its list.
    unsafe {
        let c = &mut *context;
        let top = c.uc_stack.ss_sp.cast::<u8>().add(c.uc_stack.ss_size);
        // Aligned to 16 before the return address, as at any call.
        let arguments = top.map_addr(|a| (a - 8 * on_stack) & !15).cast::<c_long>();
        let sp = arguments.sub(1);
        sp.write(finish as *const () as c_long);
        let gregs = &mut c.uc_mcontext.gregs;
        for i in 0..argc {
            let value = (*list).arg_i64();
            match i {
                0 => gregs[index::RDI] = value,
                1 => gregs[index::RSI] = value,
                2 => gregs[index::RDX] = value,
                3 => gregs[index::RCX] = value,
                4 | 5 => gregs[index::R8 + i - 4] = value,
                _ => arguments.add(i - 6).write(value),
            }
        }
        gregs[index::RSP] = sp as c_long;
        gregs[index::RIP] = function.map_or(0, |f| f as usize) as c_long;
        gregs[index::RBX] = c.uc_link as c_long;
    }
}

#[cfg(not(test))]
crate::variadic! {
    /// Makes a context, filled by `getcontext` and given a stack, call `function` with `argc` int arguments, and go on
    /// with `uc_link` (or end the process) when it returns. makecontext(3).
    pub fn makecontext(context: *mut ucontext_t, function: Option<unsafe extern "C" fn()>, argc: c_int, ...) -> () => make
}
