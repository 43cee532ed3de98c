//! The machine: PC hardware with 64-bit long mode.
//!
//! Bottom up: `cpu` (registers, descriptors, per-CPU area), `paging` and `mem` (the kernel's half,
//! frames, heap), `space` (user page tables), `trap`, `user` and `vector` (in and out of user
//! mode), `task` (stacks and switching), `apic`, `time`, `serial` (devices), `boot` (which starts
//! it all), `smp` (the other CPUs), `panic`.

mod apic;
pub(crate) mod boot;
pub(crate) mod cpu;
pub(crate) mod mem;
mod paging;
mod panic;
pub(crate) mod power;
pub(crate) mod random;
pub(crate) mod serial;
mod smp;
pub(crate) mod space;
pub(crate) mod task;
pub(crate) mod time;
mod trap;
pub(crate) mod user;
pub(crate) mod vdso;
mod vector;

use crate::Handlers;
use crate::sync::SpinLock;

static HANDLERS: SpinLock<Handlers> = SpinLock::new(crate::handlers::DEFAULT);

pub(crate) fn install(handlers: Handlers) {
    *HANDLERS.lock() = handlers;
}

fn handlers() -> Handlers {
    *HANDLERS.lock()
}
