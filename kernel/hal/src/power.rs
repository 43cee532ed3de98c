//! Ending the machine.

use crate::backend::power as backend;

/// [`exit`] status of an orderly end; QEMU exits with 33.
pub const EXIT_OK: u8 = 0x10;
/// [`exit`] status of a kernel panic; QEMU exits with 65.
pub const EXIT_PANIC: u8 = 0x20;

/// Ends a virtual machine through isa-debug-exit: QEMU exits with `status * 2 + 1`. Where that
/// device is missing, powers off.
pub fn exit(status: u8) -> ! {
    backend::exit(status)
}

/// Powers the machine off through ACPI; halts where that does not work.
pub fn off() -> ! {
    backend::off()
}

/// Restarts the machine.
pub fn reboot() -> ! {
    backend::reboot()
}

/// Stops this CPU for good.
pub fn halt() -> ! {
    backend::halt()
}
