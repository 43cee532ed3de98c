//! Interrupt and exception gates, and what the kernel does about its own.
//!
//! A gate entered from user mode stores the registers in the [`UserContext`] and returns from
//! [`super::user::run`]; one entered from the kernel calls [`kernel_trap`]. In the kernel only
//! three things are expected: interrupts while it waits, page faults of the user copies, and the
//! faults listed in the exception table.

use crate::user::UserContext;
use crate::x86_64::cpu::area::Area;
use crate::x86_64::cpu::descriptors::{IST_SIZE, Tss};
use crate::x86_64::cpu::registers::read_cr2;
use core::arch::global_asm;
use core::mem::offset_of;

/// Vector of this CPU's timer.
pub(crate) const VECTOR_TIMER: u8 = 0x30;
/// Vector by which another CPU makes this one leave user mode or its idling.
pub(crate) const VECTOR_KICK: u8 = 0x31;
/// Vector of COM2 and COM4 (ISA interrupt 3).
pub(crate) const VECTOR_SERIAL_3: u8 = 0x32;
/// Vector of COM1 and COM3 (ISA interrupt 4).
pub(crate) const VECTOR_SERIAL_4: u8 = 0x33;
/// Priority class of the interrupts above, the upper half of their vectors.
pub(crate) const CLASS_DEVICES: u8 = 3;
/// Vector that ends a nap; like the next one of a higher class, and so taken in the nap.
pub(crate) const VECTOR_NAP: u8 = 0x40;
/// Vector by which another CPU makes this one forget translations.
pub(crate) const VECTOR_FLUSH: u8 = 0x41;

const _: () = assert!(VECTOR_SERIAL_4 >> 4 == CLASS_DEVICES && VECTOR_NAP >> 4 > CLASS_DEVICES);
/// Where the masked 8259 would deliver its spurious interrupts.
pub(crate) const VECTOR_LEGACY: u8 = 0x20;
/// Vector of the LAPIC's spurious interrupts.
pub(crate) const VECTOR_SPURIOUS: u8 = 0xff;

/// Registers of interrupted kernel code, as the gates push them.
#[repr(C)]
struct KernelFrame {
    r15: u64,
    r14: u64,
    r13: u64,
    r12: u64,
    r11: u64,
    r10: u64,
    r9: u64,
    r8: u64,
    rbp: u64,
    rdi: u64,
    rsi: u64,
    rdx: u64,
    rcx: u64,
    rbx: u64,
    rax: u64,
    vector: u64,
    error: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

global_asm!(
    r#"
    .section .text.clew_gates, "ax"
    # One gate of 16 bytes for each vector: error code (0 where the processor pushes none), vector, common part.
    .balign 16
    .globl clew_gates
clew_gates:
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 2
    jmp clew_gate_nmi
    .elseif vector == 8 || vector == 18
    .if vector == 18
    push 0
    .endif
    push vector
    jmp clew_gate_fatal
    .else
    .if !(vector == 10 || vector == 11 || vector == 12 || vector == 13 || vector == 14 || vector == 17 || vector == 21 || vector == 29 || vector == 30)
    push 0
    .endif
    .byte 0x68                      # push imm32
    .long vector
    jmp clew_gate
    .endif
    .set vector, vector + 1
    .endr

    .balign 16
clew_gate:
    test byte ptr [rsp + 24], 3     # CS
    jz 2f
1:  swapgs
    push rdi
    mov rdi, gs:[{user_context}]
    mov [rdi + {rax}], rax
    mov [rdi + {rbx}], rbx
    mov [rdi + {rcx}], rcx
    mov [rdi + {rdx}], rdx
    mov [rdi + {rsi}], rsi
    mov [rdi + {rbp}], rbp
    mov [rdi + {r8}], r8
    mov [rdi + {r9}], r9
    mov [rdi + {r10}], r10
    mov [rdi + {r11}], r11
    mov [rdi + {r12}], r12
    mov [rdi + {r13}], r13
    mov [rdi + {r14}], r14
    mov [rdi + {r15}], r15
    pop qword ptr [rdi + {rdi}]
    pop rax
    mov [rdi + {vector}], rax
    pop qword ptr [rdi + {error}]
    pop qword ptr [rdi + {rip}]
    pop rcx
    pop qword ptr [rdi + {rflags}]
    pop qword ptr [rdi + {rsp}]
    mov rcx, cr2
    mov [rdi + {address}], rcx
    mov rsp, gs:[{rsp0}]
    push 2                          # AC and whatever else the program had set
    popfq
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret                             # from clew_enter_user

    # QEMU 7.2 lets a program enter virtual-8086 mode by iretd, where CS is anything (VM is bit 17 of RFLAGS).
2:  test byte ptr [rsp + 34], 2
    jnz 1b
    jmp clew_gate_kernel

    # A panicking CPU stops the others by NMI; any other NMI is let pass, with no register touched.
clew_gate_nmi:
    cmp byte ptr [rip + {panicking}], 0
    jne 3f
    iretq
3:  push 0
    push 2

    # On a stack of its own, from anywhere, with `gs` unknown: the area's address is at the stack's top.
clew_gate_fatal:
    push rcx
    mov rcx, rsp
    or rcx, {ist_size} - 1
    mov rcx, [rcx - 7]
    wrgsbase rcx
    pop rcx

clew_gate_kernel:
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    push 2                          # AC off: the handler is not a user copy
    popfq
    mov rdi, rsp
    call {kernel_trap}
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
    iretq
    "#,
    user_context = const offset_of!(Area, user_context),
    rsp0 = const offset_of!(Area, tss) + offset_of!(Tss, rsp0),
    ist_size = const IST_SIZE,
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
    error = const offset_of!(UserContext, error),
    address = const offset_of!(UserContext, address),
    kernel_trap = sym kernel_trap,
    panicking = sym super::panic::PANICKING,
);

unsafe extern "C" {
    static clew_gates: u8;
    static clew_ex_table_start: [usize; 2];
    static clew_ex_table_end: [usize; 2];
}

/// Address of the gate of a vector.
pub(crate) fn gate_address(vector: usize) -> usize {
    (&raw const clew_gates) as usize + vector * 16
}

/// Where to continue instead of the instruction at `address`, if it is one that may fault.
fn fixup(address: usize) -> Option<usize> {
    let (start, end) = (&raw const clew_ex_table_start, &raw const clew_ex_table_end);
    // SAFETY: the linker script puts the two symbols around the section of (instruction,
    // continuation) pairs, which is never written.
    let table = unsafe { core::slice::from_raw_parts(start, end.offset_from_unsigned(start)) };
    table
        .iter()
        .find(|entry| entry[0] == address)
        .map(|entry| entry[1])
}

/// An interrupt or exception in kernel mode.
extern "C" fn kernel_trap(frame: &mut KernelFrame) {
    let vector = frame.vector as u8;
    if vector >= VECTOR_LEGACY {
        interrupt(vector);
        return;
    }
    if vector == 2 {
        super::panic::stop_this_cpu(frame.cs & 3 != 0, frame.rip as usize, frame.rbp as usize);
    }
    if let Some(continuation) = fixup(frame.rip as usize) {
        if vector == 14 {
            let address = read_cr2();
            let access = crate::user::access_of(frame.error);
            if address < crate::space::USER_END
                && (super::handlers().user_page_fault)(address, access)
            {
                return;
            }
        }
        frame.rip = continuation as u64;
        return;
    }
    let name = match vector {
        8 => "double fault (kernel stack overflow?)",
        14 => "page fault in the kernel",
        18 => "machine check",
        _ => "exception in the kernel",
    };
    panic!(
        "{name}: vector {vector}, error {:#x}, rip {:#x}, rsp {:#x}, rbp {:#x}, cr2 {:#x}",
        frame.error,
        frame.rip,
        frame.rsp,
        frame.rbp,
        read_cr2()
    );
}

/// Hands an interrupt to its driver.
pub(crate) fn interrupt(vector: u8) {
    use crate::serial::Port;
    super::smp::count_interrupt(vector);
    match vector {
        VECTOR_TIMER => {
            super::apic::end_of_interrupt();
            super::time::interrupt();
        }
        VECTOR_FLUSH => {
            super::apic::end_of_interrupt();
            super::smp::serve_flush();
        }
        VECTOR_SERIAL_4 => {
            super::apic::end_of_interrupt();
            (super::handlers().serial_input)(Port::Console);
        }
        VECTOR_SERIAL_3 => {
            super::apic::end_of_interrupt();
            (super::handlers().serial_input)(Port::Aux);
        }
        VECTOR_SPURIOUS | VECTOR_LEGACY..VECTOR_TIMER => {}
        _ => super::apic::end_of_interrupt(),
    }
}
