//! The processor: its per-CPU area, its features, and turning it from the loader's state into the
//! kernel's.

pub(crate) mod area;
pub(crate) mod descriptors;
pub(crate) mod features;
mod identity;
pub(crate) mod registers;

use crate::cpu::MAX_CPUS;
use core::arch::asm;
pub(crate) use identity::identity;
use registers::{read_cr0, read_cr4, write_cr0, write_cr4, write_msr};

const _: () = assert!(MAX_CPUS >= 1);

pub(crate) const MSR_EFER: u32 = 0xc000_0080;
const MSR_STAR: u32 = 0xc000_0081;
const MSR_LSTAR: u32 = 0xc000_0082;
const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_GS_BASE: u32 = 0xc000_0101;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;
const MSR_SYSENTER_CS: u32 = 0x174;

const EFER_SCE: u64 = 1;
const EFER_NXE: u64 = 1 << 11;

const CR0_MP: usize = 1 << 1;
const CR0_EM: usize = 1 << 2;
const CR0_TS: usize = 1 << 3;
const CR0_NE: usize = 1 << 5;
const CR0_WP: usize = 1 << 16;
const CR0_AM: usize = 1 << 18;

const CR4_PGE: usize = 1 << 7;
const CR4_OSFXSR: usize = 1 << 9;
const CR4_OSXMMEXCPT: usize = 1 << 10;
const CR4_UMIP: usize = 1 << 11;
const CR4_FSGSBASE: usize = 1 << 16;
const CR4_OSXSAVE: usize = 1 << 18;
const CR4_SMEP: usize = 1 << 20;
const CR4_SMAP: usize = 1 << 21;

/// Flags that a system call clears: all that a program can set (CF, PF, AF, ZF, SF, TF, IF, DF, OF,
/// IOPL, NT, RF, AC, ID), so that no single-stepping, direction or access override enters the
/// kernel.
const SYSCALL_FLAG_MASK: u64 = 0x0025_7fd5;

/// Sets up the boot CPU; see [`set_up`].
pub(crate) fn init() {
    set_up(0, descriptors::init());
    super::vector::init();
}

/// Sets up the CPU that runs this: feature bits, per-CPU area, descriptors, system-call entry.
///
/// # Panics
/// When the processor lacks what the kernel can't do without. The message is lost where no serial
/// port works.
pub(crate) fn set_up(cpu: usize, stacks: &'static mut descriptors::InterruptStacks) {
    let area = area::init(cpu);
    descriptors::load(area, stacks);
    // SAFETY: the area is this CPU's for good. From here on, panics and faults are reported.
    unsafe { write_msr(MSR_GS_BASE, core::ptr::from_ref(area) as u64) };
    let features = features::get();
    assert!(
        features.fsgsbase,
        "the processor has no FSGSBASE instructions (QEMU: -cpu max)"
    );
    assert!(
        features.xsave,
        "the processor has no XSAVE instructions (QEMU: -cpu max)"
    );
    assert!(
        features.no_execute,
        "the processor has no execute-disable bit"
    );
    let when = |have: bool, bits: usize| if have { bits } else { 0 };
    // SAFETY: each feature was found in CPUID; paging, protection and PAE stay as the boot code set
    // them. SMAP and SMEP hold for the kernel too, which touches user pages in the copy routines
    // only.
    unsafe {
        write_cr0(read_cr0() & !(CR0_EM | CR0_TS) | CR0_MP | CR0_NE | CR0_WP | CR0_AM);
        write_cr4(
            read_cr4()
                | CR4_OSFXSR
                | CR4_OSXMMEXCPT
                | CR4_FSGSBASE
                | CR4_OSXSAVE
                | when(features.global_pages, CR4_PGE)
                | when(features.umip, CR4_UMIP)
                | when(features.smep, CR4_SMEP)
                | when(features.smap, CR4_SMAP),
        );
        asm!("xsetbv", in("ecx") 0, in("eax") features.xcr0 as u32, in("edx") (features.xcr0 >> 32) as u32);
        write_msr(
            MSR_EFER,
            registers::read_msr(MSR_EFER) | EFER_SCE | EFER_NXE,
        );
    }
    // SAFETY: the selectors are those of the table loaded above; the entry code is `user::entry`'s,
    // which trusts no register but the kernel's `gs`. There is no 32-bit code segment, so the
    // compatibility entries are never used; `sysenter` faults with a null CS.
    unsafe {
        write_msr(MSR_KERNEL_GS_BASE, 0);
        write_msr(
            MSR_STAR,
            u64::from(descriptors::KERNEL_CODE) << 32 | u64::from(descriptors::SYSRET_BASE) << 48,
        );
        write_msr(MSR_LSTAR, super::user::entry_address() as u64);
        write_msr(MSR_CSTAR, 0);
        write_msr(MSR_SFMASK, SYSCALL_FLAG_MASK);
        write_msr(MSR_SYSENTER_CS, 0);
    }
}

#[inline]
pub(crate) fn id() -> usize {
    area::get().id.get()
}

#[inline]
pub(crate) fn count() -> usize {
    super::smp::count()
}

pub(crate) use super::smp::flush_all_others as synchronize;
pub(crate) use super::smp::{interrupts, kick, start_others};
pub(crate) use super::time::nap;

pub(crate) fn idle() {
    // SAFETY: interrupts are taken on the current stack by the gates of `trap`, which keep all
    // registers; `sti` holds them back until `hlt` has begun, so none is missed.
    unsafe { asm!("sti", "hlt", "cli") };
}

pub(crate) fn interrupt_window() {
    // SAFETY: as `idle`; the `nop` is the one instruction that `sti` still shields.
    unsafe { asm!("sti", "nop", "cli") };
}

/// One turn of a loop that waits for another CPU, which may itself wait for this one to flush.
pub(crate) fn relax() {
    super::smp::serve_flush();
    if !features::get().emulated {
        core::hint::spin_loop();
    }
}

pub(crate) fn hwcap() -> usize {
    features::get().leaf1_edx as usize
}

pub(crate) fn hwcap2() -> usize {
    // HWCAP2_FSGSBASE, arch/x86/include/uapi/asm/hwcap2.h.
    1 << 1
}
