//! The vDSO's ELF image, assembled with the kernel: headers, one table of symbols with the version
//! `LINUX_2.6`, and position-independent code (System V gABI, chapter 5; vdso(7)).
//!
//! The page before the image holds [`crate::vdso::Values`]. A function that does not know the clock, or
//! finds the values unusable, makes the system call.

use core::arch::global_asm;

pub(crate) fn rate() -> Option<(u64, u64)> {
    super::time::rate()
}

pub(crate) fn image() -> &'static [u8] {
    unsafe extern "C" {
        static clew_vdso_start: u8;
        static clew_vdso_end: u8;
    }
    let (start, end) = (&raw const clew_vdso_start, &raw const clew_vdso_end);
    // SAFETY: the assembly below defines both symbols, in this order, around constant data.
    unsafe { core::slice::from_raw_parts(start, end.offset_from_unsigned(start)) }
}

global_asm!(
    r#"
    .section .rodata.vdso, "a", @progbits
    .balign 64
    .global clew_vdso_start
    .hidden clew_vdso_start
clew_vdso_start:
    // Elf64_Ehdr: 64-bit, little-endian, version 1, System V.
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
    .quad 0
    .short 3, 62                            // ET_DYN, EM_X86_64
    .long 1
    .quad 0                                 // no entry
    .quad .Lvdso_headers - clew_vdso_start
    .quad .Lvdso_sections - clew_vdso_start
    .long 0
    .short 64, 56, 2, 64, 3, 0

    .balign 8
.Lvdso_headers:
    .long 1, 5                              // PT_LOAD, readable and executable
    .quad 0, 0, 0
    .quad clew_vdso_end - clew_vdso_start, clew_vdso_end - clew_vdso_start, 4096
    .long 2, 4                              // PT_DYNAMIC, readable
    .quad .Lvdso_dynamic - clew_vdso_start, .Lvdso_dynamic - clew_vdso_start
    .quad .Lvdso_dynamic - clew_vdso_start
    .quad .Lvdso_dynamic_end - .Lvdso_dynamic, .Lvdso_dynamic_end - .Lvdso_dynamic, 8

    // Some libraries (dietlibc) look for symbols by sections: none, SHT_STRTAB, SHT_DYNSYM, both SHF_ALLOC.
.Lvdso_sections:
    .zero 64
    .long 0, 3
    .quad 2, .Lvdso_strings - clew_vdso_start, .Lvdso_strings - clew_vdso_start
    .quad .Lvdso_strings_end - .Lvdso_strings
    .long 0, 0
    .quad 1, 0
    .long 0, 11
    .quad 2, .Lvdso_symbols - clew_vdso_start, .Lvdso_symbols - clew_vdso_start
    .quad .Lvdso_versions - .Lvdso_symbols
    .long 1, 1
    .quad 8, 24

.Lvdso_dynamic:
    .quad 14, .Lvdso_name - .Lvdso_strings  // DT_SONAME
    .quad 4, .Lvdso_hash - clew_vdso_start  // DT_HASH
    .quad 5, .Lvdso_strings - clew_vdso_start
    .quad 6, .Lvdso_symbols - clew_vdso_start
    .quad 10, .Lvdso_strings_end - .Lvdso_strings
    .quad 11, 24                            // DT_SYMENT
    .quad 0x6ffffff0, .Lvdso_versions - clew_vdso_start
    .quad 0x6ffffffc, .Lvdso_definitions - clew_vdso_start
    .quad 0x6ffffffd, 2                     // DT_VERDEFNUM
    .quad 0, 0
.Lvdso_dynamic_end:

    // One bucket: all symbols in one chain.
.Lvdso_hash:
    .long 1, 6, 1
    .long 0, 2, 3, 4, 5, 0

    .balign 8
.Lvdso_symbols:
    .quad 0, 0, 0
    .irp name, clock_gettime, gettimeofday, time, getcpu, clock_getres
    .long .Lvdso_s_\name - .Lvdso_strings
    .byte 0x12, 0                           // STB_GLOBAL, STT_FUNC
    .short 1
    .quad .Lvdso_f_\name - clew_vdso_start
    .quad .Lvdso_e_\name - .Lvdso_f_\name
    .endr

.Lvdso_versions:
    .short 0, 2, 2, 2, 2, 2

    .balign 8
.Lvdso_definitions:
    // Elf64_Verdef and Elf64_Verdaux: the object itself, then LINUX_2.6, each with its name's hash.
    .short 1, 1, 1, 1
    .long 0x0deebfa1, 20, 28
    .long .Lvdso_name - .Lvdso_strings, 0
    .short 1, 0, 2, 1
    .long 0x03ae75f6, 20, 0
    .long .Lvdso_version - .Lvdso_strings, 0

.Lvdso_strings:
    .byte 0
.Lvdso_name: .asciz "linux-vdso.so.1"
.Lvdso_version: .asciz "LINUX_2.6"
    .irp name, clock_gettime, gettimeofday, time, getcpu, clock_getres
.Lvdso_s_\name: .asciz "__vdso_\name"
    .endr
.Lvdso_strings_end:

    .balign 16
    // Nanoseconds of the monotonic clock (r10d = 0) or the realtime clock (1) in rax, carry clear;
    // carry set when it takes a system call. Changes rcx, rdx, r8, r9.
.Lvdso_now:
    lea r8, [rip + clew_vdso_start - 4096]
2:  mov r9d, [r8]
    test r9d, 1
    jnz 5f
    cmp dword ptr [r8 + 4], 1
    jne 6f
    lfence
    rdtsc
    shl rdx, 32
    or rax, rdx
    xor ecx, ecx
    sub rax, [r8 + 8]
    cmovb rax, rcx
    mul qword ptr [r8 + 16]
    shrd rax, rdx, 32
    test r10d, r10d
    jz 3f
    add rax, [r8 + 24]
3:  cmp r9d, [r8]
    jne 2b
    clc
    ret
5:  pause
    jmp 2b
6:  stc
    ret

    .balign 16
.Lvdso_f_clock_gettime:
    cmp edi, 11
    ja 2f
    mov eax, 0x8f3          // 0, 1 and 4 to 7, and 11: the clocks that are one of the two
    bt eax, edi
    jnc 2f
    mov eax, 0x821          // of these, realtime in some form: 0, 5 and 11
    xor r10d, r10d
    bt eax, edi
    setc r10b
    call .Lvdso_now
    jc 2f
    xor edx, edx
    mov ecx, 1000000000
    div rcx
    mov [rsi], rax
    mov [rsi + 8], rdx
    xor eax, eax
    ret
2:  mov eax, 228
    syscall
    ret
.Lvdso_e_clock_gettime:

    .balign 16
.Lvdso_f_gettimeofday:
    test rdi, rdi
    jz 2f
    test rsi, rsi
    jnz 2f
    mov r10d, 1
    call .Lvdso_now
    jc 2f
    xor edx, edx
    mov ecx, 1000000000
    div rcx
    mov [rdi], rax
    mov rax, rdx
    xor edx, edx
    mov ecx, 1000
    div rcx
    mov [rdi + 8], rax
    xor eax, eax
    ret
2:  mov eax, 96
    syscall
    ret
.Lvdso_e_gettimeofday:

    .balign 16
.Lvdso_f_time:
    mov r10d, 1
    call .Lvdso_now
    jc 2f
    xor edx, edx
    mov ecx, 1000000000
    div rcx
    test rdi, rdi
    jz 3f
    mov [rdi], rax
3:  ret
2:  mov eax, 201
    syscall
    ret
.Lvdso_e_time:

    .balign 16
.Lvdso_f_getcpu:
    mov ecx, {cpu_number}
    lsl eax, ecx
    test rdi, rdi
    jz 2f
    mov [rdi], eax
2:  test rsi, rsi
    jz 3f
    mov dword ptr [rsi], 0
3:  xor eax, eax
    ret
.Lvdso_e_getcpu:

    .balign 16
.Lvdso_f_clock_getres:
    cmp edi, 11
    ja 2f
    mov eax, 0x8f3
    bt eax, edi
    jnc 2f
    test rsi, rsi
    jz 3f
    mov qword ptr [rsi], 0
    mov qword ptr [rsi + 8], 1
3:  xor eax, eax
    ret
2:  mov eax, 229
    syscall
    ret
.Lvdso_e_clock_getres:

    .global clew_vdso_end
    .hidden clew_vdso_end
clew_vdso_end:
    .text
"#,
    cpu_number = const super::cpu::descriptors::CPU_NUMBER_SELECTOR,
);
