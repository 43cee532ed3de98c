//! The upcalls of the hardware layer into the kernel above it.

use crate::serial::Port;
use crate::space::Access;
use core::panic::PanicInfo;

/// Functions the kernel gives to the hardware layer with [`install`].
#[derive(Clone, Copy)]
pub struct Handlers {
    /// A user page was touched by a copy of [`crate::user`] and is not mapped with that access.
    /// Makes the page present and returns `true` to retry, or returns `false` to fail the copy. The
    /// current address space is the active one. Called inside the copy: it must not need a lock
    /// that the caller of the copy holds.
    pub user_page_fault: fn(address: usize, access: Access) -> bool,
    /// The deadline of [`crate::time::set_timer`] has passed; the timer is disarmed. Called with
    /// interrupts disabled, from [`crate::user::UserContext::run`], [`crate::cpu::idle`] or
    /// [`crate::cpu::interrupt_window`]; must not switch tasks.
    pub timer: fn(),
    /// The port has received bytes. Same conditions as `timer`. Reads until the port is empty, or
    /// disables nothing and reads later: no further call comes for bytes that were left in the
    /// device.
    pub serial_input: fn(Port),
    /// The kernel has panicked; message and backtrace are on the log port already. The machine
    /// exits when it returns.
    pub panic: fn(&PanicInfo<'_>),
}

/// Installs the upcalls, replacing earlier ones. Before that, faults fail their copy and interrupts
/// are dropped. On the host they belong to the calling thread, so that tests can run side by side.
pub fn install(handlers: Handlers) {
    crate::backend::install(handlers);
}

/// What stands in until [`install`].
pub(crate) const DEFAULT: Handlers = Handlers {
    user_page_fault: |_, _| false,
    timer: || {},
    serial_input: |_| {},
    panic: |_| {},
};
