//! The way into user mode, and back by `syscall` (the other way back is in `trap`).
//!
//! Going in, the callee-saved registers and the stack pointer are kept for the way back, the latter
//! as the TSS's `rsp0`. `sysret` is the fast way in but loads `rip` and `rflags` from `rcx` and
//! `r11`; it is taken when the context has them equal, as it has after a system call, and TF and RF
//! are clear. Its known trap, a non-canonical `rip` that faults in ring 0 on Intel, is excluded by
//! the caller.

use super::VECTOR_SYSCALL;
use crate::user::{USER_CODE_SELECTOR, USER_DATA_SELECTOR, UserContext};
use crate::x86_64::cpu::area::Area;
use crate::x86_64::cpu::descriptors::Tss;
use core::arch::global_asm;
use core::mem::offset_of;

global_asm!(
    r#"
    .section .text.clew_enter_user, "ax"
    .balign 16
    .globl clew_enter_user
clew_enter_user:
    push rbp
    push rbx
    push r12
    push r13
    push r14
    push r15
    mov gs:[{user_context}], rdi
    mov gs:[{rsp0}], rsp
    mov rcx, [rdi + {rip}]
    mov r11, [rdi + {rflags}]
    cmp rcx, [rdi + {rcx}]
    jne 1f
    cmp r11, [rdi + {r11}]
    jne 1f
    test r11d, 0x10100              # RF, TF
    jnz 1f
    mov rax, [rdi + {rax}]
    mov rbx, [rdi + {rbx}]
    mov rdx, [rdi + {rdx}]
    mov rsi, [rdi + {rsi}]
    mov rbp, [rdi + {rbp}]
    mov r8, [rdi + {r8}]
    mov r9, [rdi + {r9}]
    mov r10, [rdi + {r10}]
    mov r12, [rdi + {r12}]
    mov r13, [rdi + {r13}]
    mov r14, [rdi + {r14}]
    mov r15, [rdi + {r15}]
    mov rsp, [rdi + {rsp}]
    mov rdi, [rdi + {rdi}]
    swapgs
    sysretq

1:  push {user_data}
    push qword ptr [rdi + {rsp}]
    push r11
    push {user_code}
    push rcx
    mov rax, [rdi + {rax}]
    mov rbx, [rdi + {rbx}]
    mov rcx, [rdi + {rcx}]
    mov rdx, [rdi + {rdx}]
    mov rsi, [rdi + {rsi}]
    mov rbp, [rdi + {rbp}]
    mov r8, [rdi + {r8}]
    mov r9, [rdi + {r9}]
    mov r10, [rdi + {r10}]
    mov r11, [rdi + {r11}]
    mov r12, [rdi + {r12}]
    mov r13, [rdi + {r13}]
    mov r14, [rdi + {r14}]
    mov r15, [rdi + {r15}]
    mov rdi, [rdi + {rdi}]
    swapgs
    iretq

    .balign 16
    .globl clew_syscall_entry
clew_syscall_entry:
    swapgs
    mov gs:[{scratch}], rsp
    mov rsp, gs:[{user_context}]    # NMI and machine checks have stacks of their own
    mov [rsp + {rax}], rax
    mov [rsp + {number}], rax
    mov [rsp + {rbx}], rbx
    mov [rsp + {rcx}], rcx
    mov [rsp + {rip}], rcx
    mov [rsp + {rdx}], rdx
    mov [rsp + {rsi}], rsi
    mov [rsp + {rdi}], rdi
    mov [rsp + {rbp}], rbp
    mov [rsp + {r8}], r8
    mov [rsp + {r9}], r9
    mov [rsp + {r10}], r10
    mov [rsp + {r11}], r11
    mov [rsp + {rflags}], r11
    mov [rsp + {r12}], r12
    mov [rsp + {r13}], r13
    mov [rsp + {r14}], r14
    mov [rsp + {r15}], r15
    mov rax, gs:[{scratch}]
    mov [rsp + {rsp}], rax
    mov eax, {syscall}
    mov [rsp + {vector}], rax
    mov rsp, gs:[{rsp0}]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret                             # from clew_enter_user
    "#,
    user_context = const offset_of!(Area, user_context),
    scratch = const offset_of!(Area, scratch),
    rsp0 = const offset_of!(Area, tss) + offset_of!(Tss, rsp0),
    syscall = const VECTOR_SYSCALL,
    user_code = const USER_CODE_SELECTOR,
    user_data = const USER_DATA_SELECTOR,
    rax = const offset_of!(UserContext, rax),
    rbx = const offset_of!(UserContext, rbx),
    rcx = const offset_of!(UserContext, rcx),
    rdx = const offset_of!(UserContext, rdx),
    rsi = const offset_of!(UserContext, rsi),
    rdi = const offset_of!(UserContext, rdi),
    rbp = const offset_of!(UserContext, rbp),
    rsp = const offset_of!(UserContext, rsp),
    r8 = const offset_of!(UserContext, r8),
    r9 = const offset_of!(UserContext, r9),
    r10 = const offset_of!(UserContext, r10),
    r11 = const offset_of!(UserContext, r11),
    r12 = const offset_of!(UserContext, r12),
    r13 = const offset_of!(UserContext, r13),
    r14 = const offset_of!(UserContext, r14),
    r15 = const offset_of!(UserContext, r15),
    rip = const offset_of!(UserContext, rip),
    rflags = const offset_of!(UserContext, rflags),
    vector = const offset_of!(UserContext, vector),
    number = const offset_of!(UserContext, number),
);

unsafe extern "C" {
    /// Runs user mode with the registers of `context` until it traps, and returns the vector.
    ///
    /// # Safety
    /// The instruction pointer lies in user space and the flags are a user's, with interrupts on.
    /// Interrupts are off.
    #[link_name = "clew_enter_user"]
    pub(super) fn enter_user(context: *mut UserContext) -> u64;

    static clew_syscall_entry: u8;
}

/// Where `syscall` enters the kernel.
pub(crate) fn entry_address() -> usize {
    (&raw const clew_syscall_entry) as usize
}
