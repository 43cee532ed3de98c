//! What the processor offers beyond SSE2, found out once, before `main`.
//!
//! Until [`init`] has run, and wherever it never runs, the answer is "nothing": the functions then use SSE2, which
//! every x86-64 processor has. So they may be called at any time, also by the code that starts the process.
//! In unit tests each thread chooses for itself ([`with`]), so that one process can test every variant.

/// 32-byte integer vectors, by the processor and by the kernel that must save them.
pub const AVX2: u8 = 1;
/// `rep movsb` and `rep stosb` that are fast for blocks of a few KiB on.
pub const FAST_STRINGS: u8 = 2;
/// Multiplication and addition with one rounding (FMA3); used by `math`.
pub const FMA: u8 = 4;

#[cfg(not(test))]
mod state {
    use core::sync::atomic::{AtomicU8, Ordering};

    static FEATURES: AtomicU8 = AtomicU8::new(0);

    #[inline(always)]
    pub fn get() -> u8 {
        FEATURES.load(Ordering::Relaxed)
    }

    /// Asks the processor. Called while the process has one thread.
    pub fn init() {
        FEATURES.store(super::detect(), Ordering::Relaxed);
    }
}

#[cfg(not(test))]
pub use state::init;
#[cfg(test)]
pub use state::{with, with_each};

/// Whether 32-byte vectors may be used.
#[inline(always)]
pub fn has_avx2() -> bool {
    state::get() & AVX2 != 0
}

/// Whether long blocks are best left to `rep movsb` and `rep stosb`.
#[inline(always)]
pub fn has_fast_strings() -> bool {
    state::get() & FAST_STRINGS != 0
}

/// Whether multiplication and addition come as one instruction.
#[inline(always)]
pub fn has_fma() -> bool {
    state::get() & FMA != 0
}

/// The features of this processor (Intel SDM vol. 2A, CPUID; vol. 1, 14.3: detection of AVX).
#[cold]
fn detect() -> u8 {
    use core::arch::x86_64::{__cpuid, __cpuid_count};
    const OSXSAVE_AND_AVX: u32 = 1 << 27 | 1 << 28;
    const HYPERVISOR: u32 = 1 << 31;
    const SSE_AND_AVX_STATE: u32 = 1 << 1 | 1 << 2;
    // "TCGT", the start of the signature of QEMU's emulator: there the string instructions are claimed to be
    // fast and move a byte at a time.
    const EMULATOR: u32 = u32::from_le_bytes(*b"TCGT");
    if __cpuid(0).eax < 7 {
        return 0;
    }
    let basic = __cpuid(1).ecx;
    let extended = __cpuid_count(7, 0).ebx;
    let mut features = 0;
    let saves_avx = || {
        let state: u32;
        // SAFETY: the instruction exists where OSXSAVE is set; it reads the set of states that the kernel saves.
        unsafe {
            core::arch::asm!("xgetbv", in("ecx") 0, out("eax") state, out("edx") _,
                             options(nomem, nostack, preserves_flags));
        }
        state & SSE_AND_AVX_STATE == SSE_AND_AVX_STATE
    };
    if basic & OSXSAVE_AND_AVX == OSXSAVE_AND_AVX && saves_avx() {
        if extended & 1 << 5 != 0 {
            features |= AVX2;
        }
        if basic & 1 << 12 != 0 {
            features |= FMA;
        }
    }
    let emulated = || basic & HYPERVISOR != 0 && __cpuid(0x4000_0000).ebx == EMULATOR;
    if extended & 1 << 9 != 0 && !emulated() {
        features |= FAST_STRINGS;
    }
    features
}

#[cfg(test)]
mod state {
    use std::cell::Cell;

    std::thread_local! {
        static FEATURES: Cell<u8> = const { Cell::new(0) };
    }

    pub fn get() -> u8 {
        FEATURES.with(Cell::get)
    }

    /// Runs `test` in this thread once for each set of features of the string functions that the machine has.
    pub fn with_each(mut test: impl FnMut()) {
        for features in 0..4 {
            with(features, &mut test);
        }
    }

    /// Runs `test` in this thread with these features, if the machine has them.
    pub fn with(features: u8, test: impl FnOnce()) {
        if features & !super::detect() == 0 {
            FEATURES.with(|own| own.set(features));
            test();
            FEATURES.with(|own| own.set(0));
        }
    }
}
