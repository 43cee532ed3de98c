//! The vector state (x87, SSE, AVX …) of user threads.
//!
//! The kernel is compiled without vector registers, so a user thread's stay in the processor while
//! the kernel works for it, and are saved when another user thread runs. The few kernel routines
//! that use vector registers restore them. Areas have the standard format of XSAVE (SDM volume 1,
//! section 13.4): 512 legacy bytes, a header of 64, then the components at fixed offsets.

use super::cpu::features;
use super::task;
use super::user::copy;
use crate::mem::OutOfMemory;
use crate::sync::Once;
use crate::user::{Exception, Fault, InvalidVectorState};
use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::arch::asm;
use core::arch::x86_64::__cpuid_count;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

const LEGACY_SIZE: usize = 512;
const HEADER_SIZE: usize = 64;
const FCW_OFFSET: usize = 0;
const MXCSR_OFFSET: usize = 24;
const MXCSR_MASK_OFFSET: usize = 28;
/// Bytes the processor leaves to software, in which Linux describes the frame.
const SOFTWARE_BYTES: core::ops::Range<usize> = 464..512;
const INITIAL_FCW: u16 = 0x37f;
const INITIAL_MXCSR: u32 = 0x1f80;
/// MXCSR bits of a processor that reports no mask (SDM volume 1, section 11.6.6).
const DEFAULT_MXCSR_MASK: u32 = 0xffbf;

static SIZE: AtomicUsize = AtomicUsize::new(0);
static MXCSR_MASK: AtomicU32 = AtomicU32::new(DEFAULT_MXCSR_MASK);

/// Reads the sizes; XCR0 is set.
pub(crate) fn init() {
    let size = __cpuid_count(0xd, 0).ebx as usize;
    SIZE.store(size.max(LEGACY_SIZE + HEADER_SIZE), Ordering::Relaxed);
    #[repr(C, align(16))]
    struct Legacy([u8; LEGACY_SIZE]);
    let mut legacy = Legacy([0; LEGACY_SIZE]);
    // SAFETY: `fxsave` writes 512 bytes to an aligned buffer of that size.
    unsafe { asm!("fxsave64 [{}]", in(reg) &raw mut legacy, options(nostack, preserves_flags)) };
    let mask = word(&legacy.0, MXCSR_MASK_OFFSET);
    if mask != 0 {
        MXCSR_MASK.store(mask, Ordering::Relaxed);
    }
}

fn word(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes([
        bytes[offset],
        bytes[offset + 1],
        bytes[offset + 2],
        bytes[offset + 3],
    ])
}

#[inline]
pub(crate) fn vector_state_size() -> usize {
    SIZE.load(Ordering::Relaxed)
}

pub(crate) fn vector_state_features() -> u64 {
    features::get().xcr0
}

/// Memory for one vector state.
pub(crate) struct Area(NonNull<u8>);

// SAFETY: the area is plain memory with one owner.
unsafe impl Send for Area {}
// SAFETY: shared access reads only.
unsafe impl Sync for Area {}

impl Area {
    fn layout() -> Layout {
        // SAFETY: 64 is a power of two and the size, which CPUID gives, is a few kilobytes.
        unsafe { Layout::from_size_align_unchecked(vector_state_size(), 64) }
    }

    /// An area with the initial state.
    pub(crate) fn new() -> Result<Self, OutOfMemory> {
        // SAFETY: the layout's size is not zero.
        let memory = NonNull::new(unsafe { alloc_zeroed(Self::layout()) }).ok_or(OutOfMemory)?;
        let mut area = Self(memory);
        area.set_initial_words();
        Ok(area)
    }

    /// The bytes of the area.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the area owns that many initialised bytes.
        unsafe { core::slice::from_raw_parts(self.0.as_ptr(), vector_state_size()) }
    }

    /// The bytes of the area.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as `bytes`, borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.0.as_ptr(), vector_state_size()) }
    }

    fn reset(&mut self) {
        self.bytes_mut().fill(0);
        self.set_initial_words();
    }

    fn set_initial_words(&mut self) {
        let bytes = self.bytes_mut();
        bytes[FCW_OFFSET..][..2].copy_from_slice(&INITIAL_FCW.to_le_bytes());
        bytes[MXCSR_OFFSET..][..4].copy_from_slice(&INITIAL_MXCSR.to_le_bytes());
    }

    /// Stores the processor's state.
    #[inline]
    pub(crate) fn save(&mut self) {
        // SAFETY: the area is 64-byte aligned and as large as CPUID says for XCR0; its header's
        // reserved bytes are zero, as XSAVE leaves them.
        unsafe {
            asm!("xsave64 [{}]", in(reg) self.0.as_ptr(), in("eax") -1, in("edx") -1, options(nostack, preserves_flags));
        }
    }

    /// Loads the processor's state. `false`, with the state unchanged, when the processor refuses
    /// the area.
    #[inline]
    pub(crate) fn restore(&self) -> bool {
        let refused: u32;
        // SAFETY: reads the area only, and changes registers that the kernel's code does not use. A
        // refusal is a protection fault at the listed instruction, which continues at label 3 with
        // the flag still set.
        unsafe {
            asm!(
                "mov {refused:e}, 1",
                "2: xrstor64 [{area}]",
                "xor {refused:e}, {refused:e}",
                "3:",
                ".pushsection .ex_table, \"a\"",
                ".quad 2b, 3b",
                ".popsection",
                area = in(reg) self.0.as_ptr(),
                refused = out(reg) refused,
                in("eax") -1,
                in("edx") -1,
                options(nostack),
            );
        }
        refused == 0
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with the same layout.
        unsafe { dealloc(self.0.as_ptr(), Self::layout()) };
    }
}

pub(crate) fn save_vector_state(state: &mut [u8]) {
    task::with_vector_area(|area| {
        area.save();
        let state = &mut state[..vector_state_size()];
        state.copy_from_slice(area.bytes());
        state[SOFTWARE_BYTES].fill(0);
    });
}

/// Whether a program's bytes can be loaded: the conditions under which XRSTOR does not fault.
fn is_valid(state: &[u8], features: u64, mxcsr_mask: u32) -> bool {
    let Some((legacy, rest)) = state.split_first_chunk::<LEGACY_SIZE>() else {
        return false;
    };
    if word(legacy, MXCSR_OFFSET) & !mxcsr_mask != 0 {
        return false;
    }
    match rest.first_chunk::<HEADER_SIZE>() {
        None => true,
        Some(header) => {
            let components = u64::from(word(header, 4)) << 32 | u64::from(word(header, 0));
            components & !features == 0 && header[8..].iter().all(|&byte| byte == 0)
        }
    }
}

pub(crate) fn restore_vector_state(state: &[u8]) -> Result<(), InvalidVectorState> {
    if !is_valid(
        state,
        vector_state_features(),
        MXCSR_MASK.load(Ordering::Relaxed),
    ) {
        return Err(InvalidVectorState);
    }
    task::with_vector_area(|area| {
        area.reset();
        let bytes = area.bytes_mut();
        if state.len() < bytes.len() {
            bytes[..LEGACY_SIZE].copy_from_slice(&state[..LEGACY_SIZE]);
            bytes[LEGACY_SIZE] = 0b11;
        } else {
            let size = bytes.len();
            bytes.copy_from_slice(&state[..size]);
        }
        if area.restore() {
            Ok(())
        } else {
            Err(InvalidVectorState)
        }
    })
}

/// Stores the state in user memory, whose range and alignment were checked.
pub(crate) fn write_vector_state(to: usize) -> Result<(), Fault> {
    // XSAVE leaves all but the first word of the header as it is.
    copy::zero_out(to + LEGACY_SIZE, HEADER_SIZE)?;
    copy::save_vectors(to)
}

/// Loads the state from user memory, whose range and alignment were checked.
pub(crate) fn read_vector_state(from: usize) -> Result<(), Fault> {
    copy::load_vectors(from)
}

/// What [`reset_vector_state`] loads, on every CPU.
static INITIAL: Once<Area> = Once::new();

pub(crate) fn reset_vector_state() {
    // The first time is at boot.
    let initial = INITIAL.call_once(|| Area::new().expect("memory at boot"));
    let done = initial.restore();
    debug_assert!(done, "the initial state is valid");
}

/// The details of an x87 exception.
pub(crate) fn x87_exception() -> Exception {
    let (status, control): (u16, u16);
    let mut word = 0_u16;
    // SAFETY: reads two registers; the no-wait forms raise no exception.
    unsafe {
        asm!("fnstsw ax", out("ax") status, options(nostack, preserves_flags));
        asm!("fnstcw [{}]", in(reg) &raw mut word, options(nostack, preserves_flags));
    }
    control = word;
    Exception::FloatingPoint { status, control }
}

/// The details of an SSE exception.
pub(crate) fn simd_exception() -> Exception {
    let mut mxcsr = 0_u32;
    // SAFETY: reads a register.
    unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut mxcsr, options(nostack, preserves_flags)) };
    Exception::Simd { mxcsr }
}
