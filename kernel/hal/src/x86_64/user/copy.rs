//! Copies between the kernel and user memory, which may fault.
//!
//! Every instruction that touches user memory is in the exception table. A fault in a wide step
//! starts the step over byte by byte, which finds the first bad byte; a fault there ends the copy.
//! The callers have checked that the addresses are the user's. With SMAP the AC flag opens user
//! memory for these routines only.

use crate::mem::Frame;
use crate::user::Fault;
use core::arch::global_asm;
use core::sync::atomic::{AtomicU8, Ordering};

/// Whether `stac` and `clac` exist and are needed. Written once at boot.
#[unsafe(no_mangle)]
static CLEW_HAS_SMAP: AtomicU8 = AtomicU8::new(0);

/// Lets the routines open user memory; CR4 has SMAP on.
pub(crate) fn enable_smap() {
    CLEW_HAS_SMAP.store(1, Ordering::Relaxed);
}

global_asm!(
    r#"
    .macro may_fault continuation, instruction:vararg
666:    \instruction
    .pushsection .ex_table, "a"
    .quad 666b, \continuation
    .popsection
    .endm

    .macro open_user_memory
    cmp byte ptr [rip + CLEW_HAS_SMAP], 0
    je 667f
    stac
667:
    .endm

    .macro close_user_memory
    cmp byte ptr [rip + CLEW_HAS_SMAP], 0
    je 668f
    clac
668:
    .endm

    .section .text.clew_user_copy, "ax"

    # user_copy(rdi to, rsi from, rdx count) -> bytes not copied
    .balign 16
    .globl clew_user_copy
clew_user_copy:
    open_user_memory
    cmp rdx, 32
    jb copy_few
    cmp rdx, 192
    jb copy_blocks
    cmp byte ptr [rip + CLEW_HAS_AVX], 0
    je copy_blocks
    sub rsp, 136
    vmovdqu [rsp], ymm0
    vmovdqu [rsp + 32], ymm1
    vmovdqu [rsp + 64], ymm2
    vmovdqu [rsp + 96], ymm3
copy_vectors:
    may_fault copy_vectors_fault, vmovdqu ymm0, [rsi]
    may_fault copy_vectors_fault, vmovdqu ymm1, [rsi + 32]
    may_fault copy_vectors_fault, vmovdqu ymm2, [rsi + 64]
    may_fault copy_vectors_fault, vmovdqu ymm3, [rsi + 96]
    may_fault copy_vectors_fault, vmovdqu [rdi], ymm0
    may_fault copy_vectors_fault, vmovdqu [rdi + 32], ymm1
    may_fault copy_vectors_fault, vmovdqu [rdi + 64], ymm2
    may_fault copy_vectors_fault, vmovdqu [rdi + 96], ymm3
    add rsi, 128
    add rdi, 128
    sub rdx, 128
    cmp rdx, 128
    jae copy_vectors
    vmovdqu ymm0, [rsp]
    vmovdqu ymm1, [rsp + 32]
    vmovdqu ymm2, [rsp + 64]
    vmovdqu ymm3, [rsp + 96]
    add rsp, 136
    cmp rdx, 32
    jb copy_few
copy_blocks:
    may_fault copy_bytes, mov r8, [rsi]
    may_fault copy_bytes, mov r9, [rsi + 8]
    may_fault copy_bytes, mov r10, [rsi + 16]
    may_fault copy_bytes, mov r11, [rsi + 24]
    may_fault copy_bytes, mov [rdi], r8
    may_fault copy_bytes, mov [rdi + 8], r9
    may_fault copy_bytes, mov [rdi + 16], r10
    may_fault copy_bytes, mov [rdi + 24], r11
    add rsi, 32
    add rdi, 32
    sub rdx, 32
    cmp rdx, 32
    jae copy_blocks
copy_few:                               # below 32: words from both ends, which may overlap
    cmp edx, 8
    jb copy_below_8
    cmp edx, 16
    ja copy_above_16
    may_fault copy_bytes, mov r8, [rsi]
    may_fault copy_bytes, mov r9, [rsi + rdx - 8]
    may_fault copy_bytes, mov [rdi], r8
    may_fault copy_bytes, mov [rdi + rdx - 8], r9
    xor edx, edx
    jmp copy_end
copy_above_16:
    may_fault copy_bytes, mov r8, [rsi]
    may_fault copy_bytes, mov r9, [rsi + 8]
    may_fault copy_bytes, mov r10, [rsi + rdx - 16]
    may_fault copy_bytes, mov r11, [rsi + rdx - 8]
    may_fault copy_bytes, mov [rdi], r8
    may_fault copy_bytes, mov [rdi + 8], r9
    may_fault copy_bytes, mov [rdi + rdx - 16], r10
    may_fault copy_bytes, mov [rdi + rdx - 8], r11
    xor edx, edx
    jmp copy_end
copy_vectors_fault:
    vmovdqu ymm0, [rsp]
    vmovdqu ymm1, [rsp + 32]
    vmovdqu ymm2, [rsp + 64]
    vmovdqu ymm3, [rsp + 96]
    add rsp, 136
    jmp copy_bytes
copy_below_8:
    cmp edx, 4
    jb 1f
    may_fault copy_bytes, mov r8d, [rsi]
    may_fault copy_bytes, mov r9d, [rsi + rdx - 4]
    may_fault copy_bytes, mov [rdi], r8d
    may_fault copy_bytes, mov [rdi + rdx - 4], r9d
    xor edx, edx
    jmp copy_end
1:  test edx, edx
    jz copy_end
copy_bytes:
    may_fault copy_end, movzx r8d, byte ptr [rsi]
    may_fault copy_end, mov [rdi], r8b
    inc rsi
    inc rdi
    dec rdx
    jnz copy_bytes
copy_end:
    close_user_memory
    mov rax, rdx
    ret

    # user_zero(rdi to, rsi count) -> bytes not written
    .balign 16
    .globl clew_user_zero
clew_user_zero:
    open_user_memory
    xor eax, eax
zero_blocks:
    cmp rsi, 32
    jb zero_words
    may_fault zero_bytes, mov [rdi], rax
    may_fault zero_bytes, mov [rdi + 8], rax
    may_fault zero_bytes, mov [rdi + 16], rax
    may_fault zero_bytes, mov [rdi + 24], rax
    add rdi, 32
    sub rsi, 32
    jmp zero_blocks
zero_words:
    cmp rsi, 8
    jb zero_tail
    may_fault zero_bytes, mov [rdi], rax
    add rdi, 8
    sub rsi, 8
    jmp zero_words
zero_tail:
    test rsi, rsi
    jz zero_end
zero_bytes:
    may_fault zero_end, mov [rdi], al
    inc rdi
    dec rsi
    jnz zero_bytes
zero_end:
    close_user_memory
    mov rax, rsi
    ret

    # user_load32(rdi from) -> value, or all ones
    .balign 16
    .globl clew_user_load32
clew_user_load32:
    open_user_memory
    mov rdx, -1
    may_fault load32_end, mov edx, [rdi]
load32_end:
    close_user_memory
    mov rax, rdx
    ret

    # user_load64(rdi from, rsi to) -> 0, or 1 on a fault
    .balign 16
    .globl clew_user_load64
clew_user_load64:
    open_user_memory
    mov ecx, 1
    may_fault load64_end, mov rdx, [rdi]
    mov [rsi], rdx
    xor ecx, ecx
load64_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_store32(rdi to, esi value) -> 0, or 1 on a fault
    .balign 16
    .globl clew_user_store32
clew_user_store32:
    open_user_memory
    mov ecx, 1
    may_fault store32_end, mov [rdi], esi
    xor ecx, ecx
store32_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_store64(rdi to, rsi value) -> 0, or 1 on a fault
    .balign 16
    .globl clew_user_store64
clew_user_store64:
    open_user_memory
    mov ecx, 1
    may_fault store64_end, mov [rdi], rsi
    xor ecx, ecx
store64_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_store16(rdi to, esi value) -> 0, or 1 on a fault
    .balign 16
    .globl clew_user_store16
clew_user_store16:
    open_user_memory
    mov ecx, 1
    may_fault store16_end, mov [rdi], si
    xor ecx, ecx
store16_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_save_vectors(rdi to) -> 0, or 1 on a fault
    .balign 16
    .globl clew_user_save_vectors
clew_user_save_vectors:
    open_user_memory
    mov eax, -1
    mov edx, -1
    mov ecx, 1
    may_fault save_vectors_end, xsave64 [rdi]
    xor ecx, ecx
save_vectors_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_load_vectors(rdi from) -> 0, or 1 on a fault or when the processor refuses the area
    .balign 16
    .globl clew_user_load_vectors
clew_user_load_vectors:
    open_user_memory
    mov eax, -1
    mov edx, -1
    mov ecx, 1
    may_fault load_vectors_end, xrstor64 [rdi]
    xor ecx, ecx
load_vectors_end:
    close_user_memory
    mov eax, ecx
    ret

    # user_exchange32(rdi at, esi old, edx new) -> value found, or all ones
    .balign 16
    .globl clew_user_exchange32
clew_user_exchange32:
    open_user_memory
    mov eax, esi
    mov rcx, -1
    may_fault exchange32_end, lock cmpxchg [rdi], edx
    mov ecx, eax
exchange32_end:
    close_user_memory
    mov rax, rcx
    ret
    "#
);

unsafe extern "C" {
    /// # Safety
    /// One side is user memory (any state), the other is mapped memory of the kernel that the
    /// caller may use so.
    #[link_name = "clew_user_copy"]
    fn user_copy(to: *mut u8, from: *const u8, count: usize) -> usize;
    /// # Safety
    /// `to` is user memory (any state).
    #[link_name = "clew_user_zero"]
    fn user_zero(to: *mut u8, count: usize) -> usize;
    #[link_name = "clew_user_load32"]
    fn user_load32(from: usize) -> u64;
    #[link_name = "clew_user_load64"]
    fn user_load64(from: usize, to: *mut u64) -> u32;
    #[link_name = "clew_user_store32"]
    fn user_store32(to: usize, value: u32) -> u32;
    #[link_name = "clew_user_store64"]
    fn user_store64(to: usize, value: u64) -> u32;
    #[link_name = "clew_user_store16"]
    fn user_store16(to: usize, value: u32) -> u32;
    #[link_name = "clew_user_save_vectors"]
    fn user_save_vectors(to: usize) -> u32;
    #[link_name = "clew_user_load_vectors"]
    fn user_load_vectors(from: usize) -> u32;
    #[link_name = "clew_user_exchange32"]
    fn user_exchange32(at: usize, old: u32, new: u32) -> u64;
}

/// The result of a copy of `count` bytes that left `remaining`.
#[inline]
fn result(count: usize, remaining: usize) -> Result<(), Fault> {
    if remaining == 0 {
        Ok(())
    } else {
        Err(Fault {
            done: count - remaining,
        })
    }
}

/// The result of an access to one word.
#[inline]
fn word_result(failed: u32) -> Result<(), Fault> {
    if failed == 0 {
        Ok(())
    } else {
        Err(Fault { done: 0 })
    }
}

/// A word, or all ones after a fault.
#[inline]
fn word(found: u64) -> Result<u32, Fault> {
    u32::try_from(found).map_err(|_| Fault { done: 0 })
}

#[inline]
pub(crate) fn copy_in(to: &mut [u8], from: usize) -> Result<(), Fault> {
    // SAFETY: `from` is user memory (checked by the caller in `crate::user`), `to` is a slice.
    result(to.len(), unsafe {
        user_copy(to.as_mut_ptr(), from as *const u8, to.len())
    })
}

#[inline]
pub(crate) fn copy_out(to: usize, from: &[u8]) -> Result<(), Fault> {
    // SAFETY: `to` is user memory, `from` is a slice.
    result(from.len(), unsafe {
        user_copy(to as *mut u8, from.as_ptr(), from.len())
    })
}

#[inline]
pub(crate) fn zero_out(to: usize, length: usize) -> Result<(), Fault> {
    // SAFETY: `to` is user memory.
    result(length, unsafe { user_zero(to as *mut u8, length) })
}

pub(crate) fn copy_frame_out(
    to: usize,
    frame: &Frame,
    offset: usize,
    length: usize,
) -> Result<(), Fault> {
    // SAFETY: `to` is user memory; the range is in the frame (checked by the caller), which lives
    // as long as the borrow.
    result(length, unsafe {
        user_copy(to as *mut u8, frame.pointer().add(offset), length)
    })
}

pub(crate) fn copy_frame_in(
    frame: &Frame,
    offset: usize,
    from: usize,
    length: usize,
) -> Result<(), Fault> {
    // SAFETY: as `copy_frame_out`; frames may be written through shared references.
    result(length, unsafe {
        user_copy(frame.pointer().add(offset), from as *const u8, length)
    })
}

#[inline]
pub(crate) fn load_u32(from: usize) -> Result<u32, Fault> {
    // SAFETY: user memory.
    word(unsafe { user_load32(from) })
}

#[inline]
pub(crate) fn store_u16(to: usize, value: u16) -> Result<(), Fault> {
    // SAFETY: user memory.
    word_result(unsafe { user_store16(to, u32::from(value)) })
}

/// Stores the processor's vector state in user memory; the header there must be zero.
pub(crate) fn save_vectors(to: usize) -> Result<(), Fault> {
    // SAFETY: user memory; a fault, of alignment too, is a protection or page fault at the listed
    // instruction.
    word_result(unsafe { user_save_vectors(to) })
}

/// Loads the processor's vector state from user memory. After an error it is any user state.
pub(crate) fn load_vectors(from: usize) -> Result<(), Fault> {
    // SAFETY: user memory; changes registers that the kernel's code does not use.
    word_result(unsafe { user_load_vectors(from) })
}

#[inline]
pub(crate) fn store_u32(to: usize, value: u32) -> Result<(), Fault> {
    // SAFETY: user memory.
    word_result(unsafe { user_store32(to, value) })
}

#[inline]
pub(crate) fn load_u64(from: usize) -> Result<u64, Fault> {
    let mut value = 0;
    // SAFETY: user memory, and a local variable.
    word_result(unsafe { user_load64(from, &mut value) })?;
    Ok(value)
}

#[inline]
pub(crate) fn store_u64(to: usize, value: u64) -> Result<(), Fault> {
    // SAFETY: user memory.
    word_result(unsafe { user_store64(to, value) })
}

#[inline]
pub(crate) fn compare_exchange_u32(at: usize, old: u32, new: u32) -> Result<u32, Fault> {
    // SAFETY: user memory.
    word(unsafe { user_exchange32(at, old, new) })
}
