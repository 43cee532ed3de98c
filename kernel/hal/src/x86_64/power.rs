//! Ending the machine.

use super::cpu::registers::{in8, out8, out16, out32};
use super::serial;
use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering};

/// I/O port of QEMU's isa-debug-exit device.
const DEBUG_EXIT: u16 = 0xf4;
/// The keyboard controller, whose output line resets the processor.
const KEYBOARD_COMMAND: u16 = 0x64;
const KEYBOARD_RESET: u8 = 0xfe;
/// The chipset's reset register.
const RESET_CONTROL: u16 = 0xcf9;

/// Port and value that power the machine off, 16 bits each; 0 when unknown.
static POWER_OFF: AtomicU32 = AtomicU32::new(0);

pub(crate) fn init(power_off: Option<(u16, u16)>) {
    if let Some((register, value)) = power_off {
        POWER_OFF.store(
            u32::from(register) << 16 | u32::from(value),
            Ordering::Relaxed,
        );
    }
}

pub(crate) fn exit(status: u8) -> ! {
    // QEMU ends at once and forgets what its ports have not sent.
    serial::drain();
    out32(DEBUG_EXIT, u32::from(status));
    off()
}

pub(crate) fn off() -> ! {
    let power_off = POWER_OFF.load(Ordering::Relaxed);
    if power_off != 0 {
        out16((power_off >> 16) as u16, power_off as u16);
    }
    halt()
}

pub(crate) fn reboot() -> ! {
    out8(RESET_CONTROL, 0x06);
    // Without a keyboard controller the port reads all ones.
    for _ in 0..100_000 {
        if in8(KEYBOARD_COMMAND) & 2 == 0 {
            out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
        }
    }
    halt()
}

pub(crate) fn halt() -> ! {
    loop {
        // SAFETY: stops this CPU with interrupts off; nothing is left to run.
        unsafe { asm!("cli", "hlt", options(nomem, nostack)) };
    }
}
