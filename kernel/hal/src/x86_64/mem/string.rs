//! Moving bytes: whole pages, and the C memory functions the compiler calls.
//!
//! What counts is instructions, so with AVX the work is done 32 bytes at a time in `ymm0` to
//! `ymm3`, which are the current user thread's and are put back. Each `rep` iteration counts, too,
//! which is why there is no `rep` here but for odd ends.

use core::arch::global_asm;
use core::sync::atomic::{AtomicU8, Ordering};

/// Whether vector registers may be used: AVX is on in XCR0. Written once at boot.
#[unsafe(no_mangle)]
static CLEW_HAS_AVX: AtomicU8 = AtomicU8::new(0);

/// Lets the routines use AVX; XCR0 has it on.
pub(crate) fn enable_avx() {
    CLEW_HAS_AVX.store(1, Ordering::Relaxed);
}

global_asm!(
    r#"
    .section .text.clew_string, "ax"

    # zero_page(rdi)
    .balign 16
    .globl clew_zero_page
clew_zero_page:
    cmp byte ptr [rip + CLEW_HAS_AVX], 0
    je 2f
    sub rsp, 40
    vmovdqu [rsp], ymm0
    vpxor xmm0, xmm0, xmm0
    .set at, 0
    .rept 128
    vmovdqa [rdi + at], ymm0
    .set at, at + 32
    .endr
    vmovdqu ymm0, [rsp]
    add rsp, 40
    ret
2:  xor eax, eax
    mov ecx, 512
    rep stosq
    ret

    # copy_page(rdi to, rsi from)
    .balign 16
    .globl clew_copy_page
clew_copy_page:
    cmp byte ptr [rip + CLEW_HAS_AVX], 0
    je 2f
    sub rsp, 72
    vmovdqu [rsp], ymm0
    vmovdqu [rsp + 32], ymm1
    .set at, 0
    .rept 64
    vmovdqa ymm0, [rsi + at]
    vmovdqa ymm1, [rsi + at + 32]
    vmovdqa [rdi + at], ymm0
    vmovdqa [rdi + at + 32], ymm1
    .set at, at + 64
    .endr
    vmovdqu ymm0, [rsp]
    vmovdqu ymm1, [rsp + 32]
    add rsp, 72
    ret
2:  mov ecx, 512
    rep movsq
    ret

    # memcpy(rdi to, rsi from, rdx count)
    .globl memcpy, clew_copy_bytes
    .balign 16
memcpy:
clew_copy_bytes:
    mov rax, rdi
clew_copy_forward:
    cmp rdx, 32
    jb 5f
    cmp rdx, 192
    jb 2f
    cmp byte ptr [rip + CLEW_HAS_AVX], 0
    je 2f
    sub rsp, 136
    vmovdqu [rsp], ymm0
    vmovdqu [rsp + 32], ymm1
    vmovdqu [rsp + 64], ymm2
    vmovdqu [rsp + 96], ymm3
1:  vmovdqu ymm0, [rsi]
    vmovdqu ymm1, [rsi + 32]
    vmovdqu ymm2, [rsi + 64]
    vmovdqu ymm3, [rsi + 96]
    vmovdqu [rdi], ymm0
    vmovdqu [rdi + 32], ymm1
    vmovdqu [rdi + 64], ymm2
    vmovdqu [rdi + 96], ymm3
    add rsi, 128
    add rdi, 128
    sub rdx, 128
    cmp rdx, 128
    jae 1b
    vmovdqu ymm0, [rsp]
    vmovdqu ymm1, [rsp + 32]
    vmovdqu ymm2, [rsp + 64]
    vmovdqu ymm3, [rsp + 96]
    add rsp, 136
    cmp rdx, 32
    jb 5f
2:  mov r8, [rsi]
    mov r9, [rsi + 8]
    mov r10, [rsi + 16]
    mov r11, [rsi + 24]
    mov [rdi], r8
    mov [rdi + 8], r9
    mov [rdi + 16], r10
    mov [rdi + 24], r11
    add rsi, 32
    add rdi, 32
    sub rdx, 32
    cmp rdx, 32
    jae 2b
5:  cmp edx, 8
    jb 6f
    mov r8, [rsi]
    mov [rdi], r8
    add rsi, 8
    add rdi, 8
    sub edx, 8
    jmp 5b
6:  test edx, 4
    jz 7f
    mov r8d, [rsi]
    mov [rdi], r8d
    add rsi, 4
    add rdi, 4
7:  test edx, 2
    jz 8f
    movzx r8d, word ptr [rsi]
    mov [rdi], r8w
    add rsi, 2
    add rdi, 2
8:  test edx, 1
    jz 9f
    movzx r8d, byte ptr [rsi]
    mov [rdi], r8b
9:  ret

    # memmove(rdi to, rsi from, rdx count)
    .globl memmove
    .balign 16
memmove:
    mov rax, rdi
    mov r8, rdi
    sub r8, rsi
    cmp r8, rdx
    # a target before the source is safe: each step of the forward copy loads all it has before it stores
    jae clew_copy_forward
    # the target starts inside the source: from the end down
    lea rsi, [rsi + rdx]
    lea rdi, [rdi + rdx]
2:  cmp rdx, 32
    jb 3f
    mov r8, [rsi - 8]
    mov r9, [rsi - 16]
    mov r10, [rsi - 24]
    mov r11, [rsi - 32]
    mov [rdi - 8], r8
    mov [rdi - 16], r9
    mov [rdi - 24], r10
    mov [rdi - 32], r11
    sub rsi, 32
    sub rdi, 32
    sub rdx, 32
    jmp 2b
3:  test rdx, rdx
    jz 5f
4:  movzx r8d, byte ptr [rsi - 1]
    mov [rdi - 1], r8b
    dec rsi
    dec rdi
    dec rdx
    jnz 4b
5:  ret

    # memset(rdi to, esi byte, rdx count)
    .globl memset, clew_fill_bytes
    .balign 16
memset:
clew_fill_bytes:
    mov rax, rdi
    movzx esi, sil
    movabs r8, 0x0101010101010101
    imul r8, rsi
    cmp rdx, 32
    jb 5f
    cmp rdx, 256
    jb 2f
    cmp byte ptr [rip + CLEW_HAS_AVX], 0
    je 2f
    sub rsp, 72
    vmovdqu [rsp], ymm0
    mov [rsp + 32], r8
    mov [rsp + 40], r8
    mov [rsp + 48], r8
    mov [rsp + 56], r8
    vmovdqu ymm0, [rsp + 32]
1:  vmovdqu [rdi], ymm0
    vmovdqu [rdi + 32], ymm0
    vmovdqu [rdi + 64], ymm0
    vmovdqu [rdi + 96], ymm0
    add rdi, 128
    sub rdx, 128
    cmp rdx, 128
    jae 1b
    vmovdqu ymm0, [rsp]
    add rsp, 72
    cmp rdx, 32
    jb 5f
2:  mov [rdi], r8
    mov [rdi + 8], r8
    mov [rdi + 16], r8
    mov [rdi + 24], r8
    add rdi, 32
    sub rdx, 32
    cmp rdx, 32
    jae 2b
5:  cmp edx, 8
    jb 6f
    mov [rdi], r8
    add rdi, 8
    sub edx, 8
    jmp 5b
6:  test edx, 4
    jz 7f
    mov [rdi], r8d
    add rdi, 4
7:  test edx, 2
    jz 8f
    mov [rdi], r8w
    add rdi, 2
8:  test edx, 1
    jz 9f
    mov [rdi], r8b
9:  ret

    # memcmp(rdi, rsi, rdx), bcmp
    .globl memcmp, bcmp
    .balign 16
memcmp:
bcmp:
1:  cmp rdx, 8
    jb 3f
    mov r8, [rdi]
    mov r9, [rsi]
    cmp r8, r9
    jne 2f
    add rdi, 8
    add rsi, 8
    sub rdx, 8
    jmp 1b
2:  bswap r8
    bswap r9
    xor eax, eax
    cmp r8, r9
    seta al
    sbb eax, 0
    ret
3:  xor eax, eax
    test edx, edx
    jz 5f
4:  movzx eax, byte ptr [rdi]
    movzx r8d, byte ptr [rsi]
    sub eax, r8d
    jnz 5f
    inc rdi
    inc rsi
    dec edx
    jnz 4b
5:  ret
    "#
);

unsafe extern "C" {
    /// Fills a page with zero bytes.
    ///
    /// # Safety
    /// `page` is a page-aligned page of RAM in the direct map that the caller owns.
    #[link_name = "clew_zero_page"]
    pub(crate) fn zero_page(page: *mut u8);

    /// Copies a page.
    ///
    /// # Safety
    /// Both are page-aligned pages of RAM in the direct map; the caller owns `to`.
    #[link_name = "clew_copy_page"]
    pub(crate) fn copy_page(to: *mut u8, from: *const u8);

    /// `memcpy` by a name that the compiler knows nothing about: it can't take the accesses for its
    /// own.
    #[link_name = "clew_copy_bytes"]
    fn copy_bytes(to: *mut u8, from: *const u8, count: usize) -> *mut u8;

    /// `memset` likewise.
    #[link_name = "clew_fill_bytes"]
    fn fill_bytes(to: *mut u8, byte: i32, count: usize) -> *mut u8;
}

/// Copies bytes of untyped memory, which programs on other CPUs may change meanwhile.
///
/// # Safety
/// `count` bytes from `from` are mapped, those from `to` are mapped and may be written; they don't
/// overlap.
#[inline]
pub(crate) unsafe fn copy_raw(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: the caller's promise.
    unsafe { copy_bytes(to, from, count) };
}

/// Fills bytes of untyped memory.
///
/// # Safety
/// `count` bytes from `to` are mapped and may be written.
#[inline]
pub(crate) unsafe fn fill_raw(to: *mut u8, byte: u8, count: usize) {
    // SAFETY: the caller's promise.
    unsafe { fill_bytes(to, i32::from(byte), count) };
}
