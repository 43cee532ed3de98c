//! From the boot loader to 64-bit Rust.
//!
//! Two doors: PVH (QEMU `-kernel`; the ELF note names the 32-bit entry, `ebx` points to
//! `hvm_start_info`) and multiboot2 (GRUB; `eax` is its magic, `ebx` points to the boot
//! information). Both enter in 32-bit protected mode without paging. The tables made here map the
//! first 4 GiB three times (identity, direct map, and its first 2 GiB at the image's address);
//! `paging` replaces them.

use core::arch::global_asm;

/// `edi` after the PVH door: the magic of `hvm_start_info` itself.
pub(super) const PVH_MAGIC: u32 = 0x336e_c578;
/// `edi` after the multiboot2 door (specification 3.3).
pub(super) const MULTIBOOT2_MAGIC: u32 = 0x36d7_6289;

global_asm!(
    r#"
    .set BASE, 0xffffffff80000000

    # Multiboot2 header (specification 3.1): magic, architecture i386, length, checksum; tags.
    .section .boot.header, "a"
    .balign 8
multiboot2_header:
    .long 0xe85250d6, 0, multiboot2_end - multiboot2_header
    .long -(0xe85250d6 + (multiboot2_end - multiboot2_header))
    # entry address
    .short 3, 0
    .long 12, clew_multiboot2_entry, 0
    # modules on page boundaries
    .short 6, 0
    .long 8
    .short 0, 0
    .long 8
multiboot2_end:

    # XEN_ELFNOTE_PHYS32_ENTRY
    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad clew_pvh_entry

    .section .boot.text, "ax"
    .code32
    .global clew_pvh_entry, clew_multiboot2_entry
clew_pvh_entry:
    movl ${pvh_magic}, %eax
clew_multiboot2_entry:
    cli
    cld
    movl %eax, %edi
    movl %ebx, %esi

    # Page directories: 2048 entries of 2 MiB.
    movl $(boot_directories - BASE), %ecx
    movl $0x83, %eax
1:  movl %eax, (%ecx)
    addl $8, %ecx
    addl $0x200000, %eax
    jnc 1b

    movl $(boot_pointers - BASE), %ecx
    movl $(boot_directories - BASE + 3), %eax
    movl %eax, 0(%ecx)
    addl $0x1000, %eax
    movl %eax, 8(%ecx)
    addl $0x1000, %eax
    movl %eax, 16(%ecx)
    addl $0x1000, %eax
    movl %eax, 24(%ecx)

    movl $(boot_high_pointers - BASE), %ecx
    movl $(boot_directories - BASE + 3), %eax
    movl %eax, 510*8(%ecx)
    addl $0x1000, %eax
    movl %eax, 511*8(%ecx)

    movl $(clew_boot_root - BASE), %ecx
    movl $(boot_pointers - BASE + 3), %eax
    movl %eax, 0(%ecx)
    movl %eax, 256*8(%ecx)
    movl $(boot_high_pointers - BASE + 3), %eax
    movl %eax, 511*8(%ecx)

    movl %ecx, %cr3
    movl %cr4, %eax
    orl $0x20, %eax                  # PAE
    movl %eax, %cr4
    movl $0xc0000080, %ecx           # EFER
    rdmsr
    orl $0x101, %eax                 # LME, SCE
    wrmsr
    movl %cr0, %eax
    andl $0x9fffffff, %eax           # caches on
    orl $0x80010001, %eax            # PG, WP, PE
    movl %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $8, $2f

    .balign 8
boot_gdt:
    .quad 0, 0x00209a0000000000, 0x0000920000000000
boot_gdt_pointer:
    .short boot_gdt_pointer - boot_gdt - 1
    .long boot_gdt

    .code64
2:  movabsq $clew_high_entry, %rax
    jmpq *%rax

    .section .text.clew_high_entry, "ax"
clew_high_entry:
    xorl %eax, %eax
    movl %eax, %ss
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    leaq clew_boot_stack_top(%rip), %rsp
    xorl %ebp, %ebp
    call {start}
    ud2

    .section .bss.boot, "aw", @nobits
    .balign 4096
clew_boot_root: .skip 4096
boot_pointers: .skip 4096
boot_high_pointers: .skip 4096
boot_directories: .skip 4*4096
    # The stack of the boot context, which becomes the idle task; the page below it is a guard.
    .global clew_boot_root, clew_boot_stack_guard, clew_boot_stack_top
clew_boot_stack_guard: .skip 4096
    .skip {stack_size}
clew_boot_stack_top:
    .text
    "#,
    pvh_magic = const PVH_MAGIC,
    stack_size = const crate::x86_64::task::STACK_SIZE,
    start = sym super::start,
    options(att_syntax)
);
