//! 16550 UARTs.

use super::apic;
use super::cpu::registers::{in8, out8};
use super::trap::{VECTOR_SERIAL_3, VECTOR_SERIAL_4};
use crate::firmware::acpi::Machine;
use crate::serial::Port;
use crate::sync::SpinLock;
use core::sync::atomic::{AtomicU8, AtomicU16, Ordering};

// Register offsets (PC16550D data sheet).
const DATA: u16 = 0;
const INTERRUPT_ENABLE: u16 = 1;
const FIFO_CONTROL: u16 = 2;
const LINE_CONTROL: u16 = 3;
const MODEM_CONTROL: u16 = 4;
const LINE_STATUS: u16 = 5;
const SCRATCH: u16 = 7;

const RECEIVED: u8 = 1;
const TRANSMITTER_EMPTY: u8 = 1 << 5;
/// The shift register is empty as well: all has been sent.
const TRANSMITTER_IDLE: u8 = 1 << 6;
const FIFO_SIZE: usize = 16;
/// FIFO on, both directions cleared, interrupt at 14 bytes (or when the line falls silent). QEMU
/// hands over as many bytes at a time as the level says.
const FIFO_ON_AND_CLEAR: u8 = 0xc7;

/// Bit per port that answers.
static PRESENT: AtomicU8 = AtomicU8::new(0);

const PORTS: [Port; 4] = [Port::Console, Port::Log, Port::Results, Port::Aux];

fn base(port: Port) -> u16 {
    match port {
        Port::Console => 0x3f8,
        Port::Log => 0x2f8,
        Port::Results => 0x3e8,
        Port::Aux => 0x2e8,
    }
}

/// A byte that a port had received before its FIFO was on, which switching it on would lose; above
/// 255 there is none.
static EARLY: [AtomicU16; 4] = [const { AtomicU16::new(NONE) }; 4];
const NONE: u16 = u16::MAX;

/// Finds the ports and sets them to 115,200 baud, 8 bits, no parity, with FIFOs and without
/// interrupts.
///
/// A virtual machine's host may have sent already: a port without FIFO holds one byte and the
/// sender waits. The byte is taken out in loopback mode, in which QEMU does not ask the sender for
/// the next one, just before the FIFO is cleared.
pub(crate) fn init() {
    for port in PORTS {
        let base = base(port);
        out8(base + SCRATCH, 0x5a);
        if in8(base + SCRATCH) != 0x5a {
            continue;
        }
        out8(base + INTERRUPT_ENABLE, 0);
        out8(base + LINE_CONTROL, 0x80);
        out8(base + DATA, 1);
        out8(base + INTERRUPT_ENABLE, 0);
        out8(base + LINE_CONTROL, 0x03);
        out8(base + MODEM_CONTROL, 0x1b);
        if in8(base + LINE_STATUS) & RECEIVED != 0 {
            EARLY[port as usize].store(u16::from(in8(base + DATA)), Ordering::Relaxed);
        }
        out8(base + FIFO_CONTROL, FIFO_ON_AND_CLEAR);
        // DTR, RTS, and OUT2, which connects the interrupt line.
        out8(base + MODEM_CONTROL, 0x0b);
        PRESENT.fetch_or(1 << port as u8, Ordering::Relaxed);
    }
}

/// Routes and enables the interrupts of the ports that have input.
pub(crate) fn enable_interrupts(machine: &Machine) {
    apic::route(machine, 3, VECTOR_SERIAL_3);
    apic::route(machine, 4, VECTOR_SERIAL_4);
    for (port, vector) in [
        (Port::Console, VECTOR_SERIAL_4),
        (Port::Aux, VECTOR_SERIAL_3),
    ] {
        if present(port) {
            out8(base(port) + INTERRUPT_ENABLE, RECEIVED);
        }
        if EARLY[port as usize].load(Ordering::Relaxed) != NONE {
            apic::raise(vector);
        }
    }
}

pub(crate) fn present(port: Port) -> bool {
    PRESENT.load(Ordering::Relaxed) & 1 << port as u8 != 0
}

/// Lets one CPU at a time write to a port, so that the FIFO is not overrun.
static WRITERS: [SpinLock<()>; 4] = [const { SpinLock::new(()) }; 4];

pub(crate) fn write(port: Port, bytes: &[u8]) {
    let _writer = WRITERS[port as usize].lock();
    write_unlocked(port, bytes);
}

/// [`write`] for the panic report, when the holder of the lock may have been stopped.
pub(crate) fn write_unlocked(port: Port, bytes: &[u8]) {
    if !present(port) {
        return;
    }
    let base = base(port);
    for chunk in bytes.chunks(FIFO_SIZE) {
        while in8(base + LINE_STATUS) & TRANSMITTER_EMPTY == 0 {
            core::hint::spin_loop();
        }
        for &byte in chunk {
            out8(base + DATA, byte);
        }
    }
}

/// Waits until every port has sent all that was written to it.
pub(crate) fn drain() {
    for port in PORTS.into_iter().filter(|port| present(*port)) {
        while in8(base(port) + LINE_STATUS) & TRANSMITTER_IDLE == 0 {
            core::hint::spin_loop();
        }
    }
}

pub(crate) fn read(port: Port, bytes: &mut [u8]) -> usize {
    if !present(port) {
        return 0;
    }
    let base = base(port);
    let mut count = 0;
    let mut bytes = bytes.iter_mut();
    if EARLY[port as usize].load(Ordering::Relaxed) != NONE
        && let Some(first) = bytes.next()
    {
        *first = EARLY[port as usize].swap(NONE, Ordering::Relaxed) as u8;
        count = 1;
    }
    for byte in bytes {
        if in8(base + LINE_STATUS) & RECEIVED == 0 {
            break;
        }
        *byte = in8(base + DATA);
        count += 1;
    }
    count
}
