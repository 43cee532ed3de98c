//! What the processor can do, from CPUID.

use crate::sync::Once;
use core::arch::x86_64::{__cpuid, __cpuid_count, CpuidResult};

/// The features the kernel asks about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    /// CPUID leaf 1, EDX: what programs get as `AT_HWCAP`.
    pub(crate) leaf1_edx: u32,
    pub(crate) no_execute: bool,
    pub(crate) gigabyte_pages: bool,
    pub(crate) global_pages: bool,
    pub(crate) smep: bool,
    pub(crate) smap: bool,
    pub(crate) umip: bool,
    pub(crate) fsgsbase: bool,
    pub(crate) xsave: bool,
    pub(crate) rdrand: bool,
    /// QEMU's emulator runs this. There `pause` goes through a lock that a CPU needs for its local
    /// APIC as well, so that CPUs that wait hold up those that they wait for.
    pub(crate) emulated: bool,
    /// XCR0 bits this kernel switches on: x87, SSE, and AVX and AVX-512 when they are there.
    pub(crate) xcr0: u64,
}

const X87_SSE: u64 = 0b11;
const AVX: u64 = 1 << 2;
const AVX512: u64 = 0b111 << 5;

/// The features of the boot CPU, which the others are taken to share.
#[inline]
pub(crate) fn get() -> &'static Features {
    static FEATURES: Once<Features> = Once::new();
    FEATURES.call_once(detect)
}

/// A leaf of CPUID, zeros if the processor does not have it.
pub(super) fn leaf(number: u32) -> CpuidResult {
    let first = number & 0x8000_0000;
    if __cpuid(first).eax < number {
        return CpuidResult {
            eax: 0,
            ebx: 0,
            ecx: 0,
            edx: 0,
        };
    }
    __cpuid_count(number, 0)
}

fn detect() -> Features {
    let bit = |word: u32, index: u32| word >> index & 1 != 0;
    let (basic, extended, amd) = (leaf(1), leaf(7), leaf(0x8000_0001));
    let xsave = bit(basic.ecx, 26);
    let supported = if xsave {
        leaf(0xd)
    } else {
        CpuidResult {
            eax: 0,
            ebx: 0,
            ecx: 0,
            edx: 0,
        }
    };
    let supported = u64::from(supported.edx) << 32 | u64::from(supported.eax);
    let mut xcr0 = X87_SSE;
    if supported & AVX != 0 {
        xcr0 |= AVX;
        if supported & AVX512 == AVX512 {
            xcr0 |= AVX512;
        }
    }
    Features {
        leaf1_edx: basic.edx,
        no_execute: bit(amd.edx, 20),
        gigabyte_pages: bit(amd.edx, 26),
        global_pages: bit(basic.edx, 13),
        smep: bit(extended.ebx, 7),
        smap: bit(extended.ebx, 20),
        umip: bit(extended.ecx, 2),
        fsgsbase: bit(extended.ebx, 0),
        xsave,
        rdrand: bit(basic.ecx, 30),
        emulated: bit(basic.ecx, 31) && __cpuid(0x4000_0000).ebx == u32::from_le_bytes(*b"TCGT"),
        xcr0,
    }
}
