//! `<setjmp.h>`: returns across frames (ISO C 7.13, POSIX.1).
//!
//! A `jmp_buf` keeps the registers that calls preserve (rbx, rbp, r12 to r15, rsp) and the return address, then whether
//! the signal mask was saved, and the mask. Frame, stack and return addresses are stored mangled with the pointer guard
//! of the thread control block (fs:0x30), so that an overwritten buffer is no ready-made jump.

#![allow(non_camel_case_types, reason = "the name is C's")]

use core::arch::naked_asm;

use crate::types::{c_int, sigset_t};

/// What a `jmp_buf` or `sigjmp_buf` is an array of one of.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct __jmp_buf_tag {
    registers: [u64; 8],
    mask_was_saved: c_int,
    mask: sigset_t,
}

const _: () = assert!(size_of::<__jmp_buf_tag>() == 200);
const _: () = assert!(core::mem::offset_of!(__jmp_buf_tag, mask_was_saved) == 64);

/// Saves the calling environment and, when `save_mask` is not 0, the signal mask; returns 0, and once more for each
/// `siglongjmp` (what the macro `sigsetjmp` calls).
///
/// # Safety
/// `env` is valid; the function that calls this must not have returned when the environment is restored.
#[unsafe(naked)]
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __sigsetjmp(env: *mut __jmp_buf_tag, save_mask: c_int) -> c_int {
    naked_asm!(
        "mov [rdi], rbx",
        "mov rax, rbp",
        "xor rax, fs:[0x30]",
        "rol rax, 17",
        "mov [rdi + 8], rax",
        "mov [rdi + 16], r12",
        "mov [rdi + 24], r13",
        "mov [rdi + 32], r14",
        "mov [rdi + 40], r15",
        "lea rax, [rsp + 8]", // the stack as it is after the return
        "xor rax, fs:[0x30]",
        "rol rax, 17",
        "mov [rdi + 48], rax",
        "mov rax, [rsp]",
        "xor rax, fs:[0x30]",
        "rol rax, 17",
        "mov [rdi + 56], rax",
        "test esi, esi",
        "jne {save}",
        "mov dword ptr [rdi + 64], 0",
        "xor eax, eax",
        "ret",
        save = sym save_mask_and_return_0,
    )
}

/// Saves the calling environment without the signal mask (what the macro `setjmp` calls).
///
/// # Safety
/// As for [`__sigsetjmp`].
#[unsafe(naked)]
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _setjmp(env: *mut __jmp_buf_tag) -> c_int {
    naked_asm!("xor esi, esi", "jmp {sigsetjmp}", sigsetjmp = sym __sigsetjmp)
}

crate::alias!(setjmp = _setjmp);
crate::alias!(sigsetjmp = __sigsetjmp);

unsafe extern "C" fn save_mask_and_return_0(env: *mut __jmp_buf_tag, _save_mask: c_int) -> c_int {
    // SAFETY: the caller of setjmp's buffer.
    unsafe {
        (*env).mask = sigset_t { bits: [0; 16] };
        let mask = crate::platform::sigprocmask(0, None);
        (*env).mask_was_saved = mask.is_ok().into();
        if let Ok(mask) = mask {
            (*env).mask.bits[0] = mask;
        }
    }
    0
}

/// Returns from the `setjmp` that filled `env`, with `value`, or 1 for 0; restores the mask if it was saved.
///
/// # Safety
/// The function that called `setjmp` has not returned.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn siglongjmp(env: *const __jmp_buf_tag, value: c_int) -> ! {
    const SIG_SETMASK: c_int = 2;
    // SAFETY: the caller's filled buffer.
    unsafe {
        if (*env).mask_was_saved != 0 {
            // The mask came from the kernel, so the kernel takes it back.
            let _ = crate::platform::sigprocmask(SIG_SETMASK, Some((*env).mask.bits[0]));
        }
        restore(env, value)
    }
}

crate::alias!(longjmp = siglongjmp);
crate::alias!(_longjmp = siglongjmp);
crate::alias!(__longjmp_chk = siglongjmp);
crate::alias!(__libc_siglongjmp = siglongjmp);

#[unsafe(naked)]
unsafe extern "C" fn restore(env: *const __jmp_buf_tag, value: c_int) -> ! {
    naked_asm!(
        "mov eax, esi",
        "test eax, eax",
        "jne 2f",
        "inc eax",
        "2:",
        "mov rbx, [rdi]",
        "mov rbp, [rdi + 8]",
        "ror rbp, 17",
        "xor rbp, fs:[0x30]",
        "mov r12, [rdi + 16]",
        "mov r13, [rdi + 24]",
        "mov r14, [rdi + 32]",
        "mov r15, [rdi + 40]",
        "mov rdx, [rdi + 56]",
        "ror rdx, 17",
        "xor rdx, fs:[0x30]",
        "mov rcx, [rdi + 48]",
        "ror rcx, 17",
        "xor rcx, fs:[0x30]",
        "mov rsp, rcx",
        "jmp rdx",
    )
}
