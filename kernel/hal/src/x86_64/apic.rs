//! Interrupt controllers: the local APIC of each CPU with its timer, and the I/O APIC; the 8259s
//! are masked.
//!
//! xAPIC mode only (SDM volume 3, chapter 11): QEMU's TCG has no x2APIC.

use super::cpu::registers::{out8, read_msr, write_msr};
use super::paging;
use super::trap::{VECTOR_LEGACY, VECTOR_SPURIOUS, VECTOR_TIMER};
use crate::firmware::acpi::Machine;
use crate::mem::PAGE_SIZE;
use core::sync::atomic::{AtomicUsize, Ordering};

const MSR_APIC_BASE: u32 = 0x1b;
const APIC_ENABLE: u64 = 1 << 11;

const ID: usize = 0x20;
const TASK_PRIORITY: usize = 0x80;
const END_OF_INTERRUPT: usize = 0xb0;
const SPURIOUS: usize = 0xf0;
const INTERRUPT_COMMAND: usize = 0x300;
const LVT_TIMER: usize = 0x320;
const TIMER_INITIAL: usize = 0x380;
const TIMER_CURRENT: usize = 0x390;
const TIMER_DIVIDE: usize = 0x3e0;

const SOFTWARE_ENABLE: u32 = 1 << 8;
const DIVIDE_BY_16: u32 = 3;

/// Slots of the device window.
const LOCAL_SLOT: usize = 0;
const IO_SLOT: usize = 1;

static LOCAL: AtomicUsize = AtomicUsize::new(0);
static IO: AtomicUsize = AtomicUsize::new(0);

fn read(register: usize) -> u32 {
    // SAFETY: `init` mapped the registers before anything gets here; the offsets are the
    // architecture's.
    unsafe { ((LOCAL.load(Ordering::Relaxed) + register) as *const u32).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: as `read`; the values written keep interrupts on vectors that `trap` has gates for.
    unsafe { ((LOCAL.load(Ordering::Relaxed) + register) as *mut u32).write_volatile(value) };
}

fn write_io(register: u32, value: u32) {
    let base = IO.load(Ordering::Relaxed);
    // SAFETY: as `write`: the index register, then the data register.
    unsafe {
        (base as *mut u32).write_volatile(register);
        ((base + 0x10) as *mut u32).write_volatile(value);
    }
}

fn read_io(register: u32) -> u32 {
    let base = IO.load(Ordering::Relaxed);
    // SAFETY: as `write_io`.
    unsafe {
        (base as *mut u32).write_volatile(register);
        ((base + 0x10) as *const u32).read_volatile()
    }
}

/// Masks the 8259s and enables the APICs, with every I/O interrupt masked.
pub(crate) fn init(machine: &Machine) {
    // Both 8259s: initialise, vectors out of the exceptions' way, everything masked.
    for (command, data, vector) in [(0x20, 0x21, VECTOR_LEGACY), (0xa0, 0xa1, VECTOR_LEGACY + 8)] {
        out8(command, 0x11);
        out8(data, vector);
        out8(data, if command == 0x20 { 4 } else { 2 });
        out8(data, 1);
        out8(data, 0xff);
    }
    let in_page = |address: usize| (address & !(PAGE_SIZE - 1), address % PAGE_SIZE);
    let (page, offset) = in_page(machine.local_apic);
    LOCAL.store(
        paging::map_device(LOCAL_SLOT, page) + offset,
        Ordering::Relaxed,
    );
    let (page, offset) = in_page(machine.io_apic);
    IO.store(
        paging::map_device(IO_SLOT, page) + offset,
        Ordering::Relaxed,
    );
    init_local();
    for entry in 0..(read_io(1) >> 16 & 0xff) + 1 {
        write_io(0x10 + 2 * entry, 1 << 16);
    }
}

/// Enables the local APIC of the CPU that runs this, whose registers are mapped.
pub(crate) fn init_local() {
    // SAFETY: the APIC's own base register, with the enable bit added.
    unsafe { write_msr(MSR_APIC_BASE, read_msr(MSR_APIC_BASE) | APIC_ENABLE) };
    write(TASK_PRIORITY, 0);
    write(SPURIOUS, SOFTWARE_ENABLE | u32::from(VECTOR_SPURIOUS));
    write(TIMER_DIVIDE, DIVIDE_BY_16);
    write(LVT_TIMER, u32::from(VECTOR_TIMER));
}

/// Number of this CPU's local APIC.
pub(crate) fn local_id() -> u8 {
    (read(ID) >> 24) as u8
}

/// What one CPU can send to another.
#[derive(Clone, Copy)]
pub(crate) enum Message {
    /// An interrupt at a vector.
    Interrupt(u8),
    /// A non-maskable interrupt.
    NonMaskable,
    /// Reset and wait for [`Message::Startup`].
    Init,
    /// Start in real mode at this page number.
    Startup(u8),
}

/// Sends a message to the CPU with that local APIC, and waits until it is on its way.
pub(crate) fn send(apic: u8, message: Message) {
    const ASSERT: u32 = 1 << 14;
    const PENDING: u32 = 1 << 12;
    let command = match message {
        Message::Interrupt(vector) => u32::from(vector),
        Message::NonMaskable => 4 << 8,
        Message::Init => 5 << 8,
        Message::Startup(page) => 6 << 8 | u32::from(page),
    };
    while read(INTERRUPT_COMMAND) & PENDING != 0 {
        core::hint::spin_loop();
    }
    write(INTERRUPT_COMMAND + 0x10, u32::from(apic) << 24);
    write(INTERRUPT_COMMAND, command | ASSERT);
}

/// Sends an ISA interrupt to this CPU at a vector.
pub(crate) fn route(machine: &Machine, isa: usize, vector: u8) {
    let interrupt = machine.isa[isa];
    let Some(entry) = interrupt
        .global
        .checked_sub(machine.io_apic_base)
        .filter(|&entry| entry < 24)
    else {
        return;
    };
    let flags = u32::from(interrupt.active_low) << 13 | u32::from(interrupt.level) << 15;
    write_io(0x10 + 2 * entry + 1, read(ID) & 0xff00_0000);
    write_io(0x10 + 2 * entry, u32::from(vector) | flags);
}

/// Makes an interrupt pending on this CPU.
pub(crate) fn raise(vector: u8) {
    const ASSERT: u32 = 1 << 14;
    const TO_SELF: u32 = 1 << 18;
    write(INTERRUPT_COMMAND, u32::from(vector) | ASSERT | TO_SELF);
}

/// Tells the local APIC that the interrupt is handled.
#[inline]
pub(crate) fn end_of_interrupt() {
    write(END_OF_INTERRUPT, 0);
}

/// Starts the timer from a count; 0 stops it.
#[inline]
pub(crate) fn start_timer(count: u32) {
    write(TIMER_INITIAL, count);
}

/// Makes the timer interrupt at a vector from now on.
pub(crate) fn set_timer_vector(vector: u8) {
    write(LVT_TIMER, u32::from(vector));
}

/// Holds back the interrupts of a priority class and those below; 0 lets all come.
pub(crate) fn hold_back(class: u8) {
    write(TASK_PRIORITY, u32::from(class) << 4);
}

/// The timer's current count.
pub(crate) fn timer_count() -> u32 {
    read(TIMER_CURRENT)
}
