//! User address spaces: maps from pages to frames, and the processor's view of them.
//!
//! An [`AddressSpace`] owns one reference to each mapped [`crate::mem::Frame`]. Policy (which range
//! means what, copy on write, lazy filling) is the kernel's; this module translates and keeps the
//! TLB right.

pub use crate::backend::space::AddressSpace;

bitflags::bitflags! {
    /// What user mode may do with a page, or tried to do. A page with `WRITE` or `EXECUTE` is
    /// readable too, as the processor has it; an empty set keeps the frame mapped but inaccessible
    /// (`PROT_NONE`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Access: u8 {
        /// Loads.
        const READ = 1;
        /// Stores.
        const WRITE = 2;
        /// Instruction fetches.
        const EXECUTE = 4;
    }
}

/// First address that user mode can't have: the last page of the lower half is left out, so that
/// the address after a `syscall` instruction is always canonical. Same value as Linux with
/// four-level page tables.
pub const USER_END: usize = 0x7fff_ffff_f000;

/// Loads the kernel's own address space on this CPU; the active user space, if any, is released.
pub fn deactivate() {
    crate::backend::space::deactivate();
}
