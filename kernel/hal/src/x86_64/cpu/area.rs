//! What each CPU has of its own, reached through `gs` while the kernel runs.
//!
//! Only its own CPU touches an area, with interrupts off, so plain cells do.

use super::descriptors::{Gdt, Tss};
use crate::cpu::MAX_CPUS;
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
    pub(crate) id: Cell<usize>,
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

// SAFETY: an area is only used by its own CPU, never concurrently (see the module's head).
unsafe impl Sync for Area {}

impl Area {
    const fn new() -> Self {
        Self {
            this: Cell::new(null()),
            user_context: Cell::new(null_mut()),
            scratch: Cell::new(0),
            id: Cell::new(0),
            root_address: Cell::new(0),
            root: RefCell::new(None),
            current: Cell::new(null()),
            previous: Cell::new(null()),
            idle: Cell::new(null()),
            tss: UnsafeCell::new(Tss::new()),
            gdt: UnsafeCell::new(Gdt::new()),
        }
    }
}

static AREAS: [Area; MAX_CPUS] = [const { Area::new() }; MAX_CPUS];

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

/// Prepares the area of the CPU that runs this and is to be number `cpu`.
pub(super) fn init(cpu: usize) -> &'static Area {
    let area = &AREAS[cpu];
    area.this.set(area);
    area.id.set(cpu);
    area.root_address.set(super::registers::read_cr3());
    area
}
