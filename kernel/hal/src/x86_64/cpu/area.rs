//! What each CPU has of its own, reached through `gs` while the kernel runs.
//!
//! Only its own CPU touches an area, with interrupts off, so plain cells do.

use super::descriptors::{Gdt, Tss};
use crate::user::UserContext;
use crate::x86_64::space::Root;
use crate::x86_64::task::Task;
use alloc::sync::Arc;
use core::arch::asm;
use core::cell::{Cell, RefCell, UnsafeCell};
use core::ptr::{null, null_mut};

/// The per-CPU area. The entry code knows the first fields through `offset_of!`.
#[repr(C)]
pub(crate) struct Area {
    /// The area's own address, for [`get`].
    this: Cell<*const Area>,
    /// Registers of the user thread that runs on this CPU, while it runs.
    pub(crate) user_context: Cell<*mut UserContext>,
    /// The user's stack pointer, for a few instructions of the system-call entry.
    pub(crate) scratch: Cell<usize>,
    /// Index of the CPU.
    pub(crate) id: usize,
    /// Physical address of the loaded root table.
    pub(crate) root_address: Cell<usize>,
    /// Keeps the loaded user space alive; `None` when the kernel's own is loaded.
    pub(crate) root: RefCell<Option<Arc<Root>>>,
    /// The running task, one reference of which is owned by the area.
    pub(crate) current: Cell<*const Task>,
    /// The task that was switched away from, until its stack is left; owned likewise.
    pub(crate) previous: Cell<*const Task>,
    /// The context that booted the CPU, one reference of which is owned by the area.
    pub(crate) idle: Cell<*const Task>,
    pub(crate) tss: UnsafeCell<Tss>,
    pub(crate) gdt: UnsafeCell<Gdt>,
}

// SAFETY: an area is only used by its own CPU, never concurrently (see the module's head); the boot
// CPU's is a static.
unsafe impl Sync for Area {}

static BOOT_CPU: Area = Area {
    this: Cell::new(null()),
    user_context: Cell::new(null_mut()),
    scratch: Cell::new(0),
    id: 0,
    root_address: Cell::new(0),
    root: RefCell::new(None),
    current: Cell::new(null()),
    previous: Cell::new(null()),
    idle: Cell::new(null()),
    tss: UnsafeCell::new(Tss::new()),
    gdt: UnsafeCell::new(Gdt::new()),
};

/// The area of the CPU that runs this.
#[inline]
pub(crate) fn get() -> &'static Area {
    let area: *const Area;
    // SAFETY: reads the first field of the area that `gs` points to whenever Rust code of the
    // kernel runs.
    unsafe {
        asm!("mov {}, gs:[0]", out(reg) area, options(nostack, preserves_flags, pure, readonly))
    };
    // SAFETY: areas are statics.
    unsafe { &*area }
}

/// Prepares the boot CPU's area.
pub(super) fn init_boot_cpu() -> &'static Area {
    BOOT_CPU.this.set(&BOOT_CPU);
    BOOT_CPU.root_address.set(super::registers::read_cr3());
    &BOOT_CPU
}
