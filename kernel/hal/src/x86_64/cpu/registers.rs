//! Ports, control registers and model-specific registers, one instruction each.
//!
//! The functions are safe where no value of the arguments can break memory safety by itself; the
//! others say what their callers owe.

use core::arch::asm;

/// Reads a byte from an I/O port.
#[inline]
pub(crate) fn in8(port: u16) -> u8 {
    let value;
    // SAFETY: reading a port has no effect on memory; the devices behind the ports this crate names
    // do no DMA.
    unsafe {
        asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags))
    };
    value
}

/// Writes a byte to an I/O port of a device that does no DMA.
#[inline]
pub(crate) fn out8(port: u16, value: u8) {
    // SAFETY: as `in8`.
    unsafe {
        asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags))
    };
}

/// Writes a 16-bit word to an I/O port of a device that does no DMA.
#[inline]
pub(crate) fn out16(port: u16, value: u16) {
    // SAFETY: as `in8`.
    unsafe {
        asm!("out dx, ax", in("dx") port, in("ax") value, options(nomem, nostack, preserves_flags))
    };
}

/// Writes a 32-bit word to an I/O port of a device that does no DMA.
#[inline]
pub(crate) fn out32(port: u16, value: u32) {
    // SAFETY: as `in8`.
    unsafe {
        asm!("out dx, eax", in("dx") port, in("eax") value, options(nomem, nostack, preserves_flags))
    };
}

/// Reads a model-specific register that exists on every 64-bit processor.
pub(crate) fn read_msr(register: u32) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reading has no effect on memory; the callers name architectural registers only.
    unsafe {
        asm!("rdmsr", in("ecx") register, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags));
    }
    u64::from(high) << 32 | u64::from(low)
}

/// Writes a model-specific register.
///
/// # Safety
/// The register exists, and the value keeps the kernel's view of memory and its entry points
/// intact.
pub(crate) unsafe fn write_msr(register: u32, value: u64) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!("wrmsr", in("ecx") register, in("eax") value as u32, in("edx") (value >> 32) as u32, options(nostack, preserves_flags));
    }
}

/// The address of the last page fault.
#[inline]
pub(crate) fn read_cr2() -> usize {
    let value;
    // SAFETY: reading a control register has no effect.
    unsafe { asm!("mov {}, cr2", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// The physical address of the active page table.
#[inline]
pub(crate) fn read_cr3() -> usize {
    let value;
    // SAFETY: reading a control register has no effect.
    unsafe { asm!("mov {}, cr3", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Loads a page table and drops the TLB's entries that are not global.
///
/// # Safety
/// `root` is the physical address of a page table that maps the kernel as every other one does, and
/// that stays alive while it is loaded.
#[inline]
pub(crate) unsafe fn write_cr3(root: usize) {
    // SAFETY: the caller's promise.
    unsafe { asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags)) };
}

/// Drops the TLB's entries of one page.
#[inline]
pub(crate) fn invalidate_page(address: usize) {
    // SAFETY: forgetting a translation has no effect but its reload.
    unsafe { asm!("invlpg [{}]", in(reg) address, options(nostack, preserves_flags)) };
}

/// Reads CR0.
pub(crate) fn read_cr0() -> usize {
    let value;
    // SAFETY: reading a control register has no effect.
    unsafe { asm!("mov {}, cr0", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Writes CR0.
///
/// # Safety
/// Paging, protection and write protection stay on.
pub(crate) unsafe fn write_cr0(value: usize) {
    // SAFETY: the caller's promise.
    unsafe { asm!("mov cr0, {}", in(reg) value, options(nostack, preserves_flags)) };
}

/// Reads CR4.
pub(crate) fn read_cr4() -> usize {
    let value;
    // SAFETY: reading a control register has no effect.
    unsafe { asm!("mov {}, cr4", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Writes CR4.
///
/// # Safety
/// The processor has the features, and PAE stays on.
pub(crate) unsafe fn write_cr4(value: usize) {
    // SAFETY: the caller's promise.
    unsafe { asm!("mov cr4, {}", in(reg) value, options(nostack, preserves_flags)) };
}

/// The cycle counter.
#[inline]
pub(crate) fn read_tsc() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reading the counter has no effect.
    unsafe {
        asm!("rdtsc", out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags))
    };
    u64::from(high) << 32 | u64::from(low)
}

/// The user's `fs` base; the kernel does not use `fs`.
#[inline]
pub(crate) fn read_fs_base() -> usize {
    let value;
    // SAFETY: FSGSBASE is required at boot; reading has no effect.
    unsafe { asm!("rdfsbase {}", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Sets the user's `fs` base, which must be canonical.
#[inline]
pub(crate) fn write_fs_base(base: usize) {
    // SAFETY: FSGSBASE is required at boot, and the kernel does not use `fs`.
    unsafe { asm!("wrfsbase {}", in(reg) base, options(nostack, preserves_flags)) };
}

/// The user's `gs` base, which is in the shadow register while the kernel runs.
#[inline]
pub(crate) fn read_user_gs_base() -> usize {
    let value;
    // SAFETY: interrupts are off in the kernel and NMI does not use `gs`, so nothing sees the
    // swapped state.
    unsafe {
        asm!("swapgs", "rdgsbase {}", "swapgs", out(reg) value, options(nomem, nostack, preserves_flags))
    };
    value
}

/// Sets the user's `gs` base, which must be canonical.
#[inline]
pub(crate) fn write_user_gs_base(base: usize) {
    // SAFETY: as `read_user_gs_base`; the kernel's own base is back in place afterwards.
    unsafe {
        asm!("swapgs", "wrgsbase {}", "swapgs", in(reg) base, options(nostack, preserves_flags))
    };
}
