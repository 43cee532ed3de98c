//! The host backend: the same interface on `std`, for unit tests of the kernel.
//!
//! State that the machine has per CPU (the active address space, the handlers, the clock, the
//! ports) belongs to the calling thread, so tests run side by side. The functions here are the
//! test's side of the machine.

pub(crate) mod boot;
pub(crate) mod cpu;
pub mod explore;
pub(crate) mod mem;
pub(crate) mod power;
pub(crate) mod random;
pub(crate) mod serial;
pub(crate) mod space;
pub(crate) mod task;
pub(crate) mod time;
pub(crate) mod user;
pub(crate) mod vdso;

use crate::Handlers;
use std::cell::Cell;

pub use boot::{set_command_line, set_initramfs};
pub use mem::set_free_frames;
pub use serial::{feed_serial, take_serial_output};
pub use space::active_space_is;
pub use time::{advance_time, set_boot_wall_clock, set_time};
pub use user::push_trap;

thread_local! {
    static HANDLERS: Cell<Handlers> = const { Cell::new(crate::handlers::DEFAULT) };
}

/// How many rounds a test makes that makes `usual`: a tenth, and no fewer than four, under Miri,
/// where each step takes a thousand times as long.
pub const fn fewer(usual: usize) -> usize {
    if !cfg!(miri) {
        usual
    } else if usual < 40 {
        4
    } else {
        usual / 10
    }
}

pub(crate) fn install(handlers: Handlers) {
    HANDLERS.set(handlers);
}

pub(crate) fn handlers() -> Handlers {
    HANDLERS.get()
}
