//! `<fenv.h>`: exception flags and rounding mode (ISO C 7.6). There are two units to keep in step: SSE (MXCSR) for float
//! and double, x87 for long double. The exception bits are the same in both; the rounding mode is at bit 10 of the x87
//! control word and at bit 13 of MXCSR.

pub mod environment;
pub mod exceptions;
pub mod modes;
pub mod rounding;
#[cfg(test)]
mod tests;

use core::arch::asm;

/// All exceptions of ISO C, and the denormal operand in between.
pub(crate) const ALL: u32 = 0x3f;

pub(crate) fn mxcsr() -> u32 {
    let mut value = 0_u32;
    // SAFETY: stores four bytes.
    unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
    value
}

pub(crate) fn set_mxcsr(value: u32) {
    // SAFETY: loads four bytes; callers set defined bits only.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags)) };
}

pub(crate) fn x87_status() -> u32 {
    let value: u16;
    // SAFETY: reads the status word.
    unsafe { asm!("fnstsw ax", out("ax") value, options(nomem, nostack, preserves_flags)) };
    value.into()
}

pub(crate) fn x87_control() -> u16 {
    let mut value = 0_u16;
    // SAFETY: stores two bytes.
    unsafe { asm!("fnstcw [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
    value
}

pub(crate) fn set_x87_control(value: u16) {
    // SAFETY: loads two bytes.
    unsafe { asm!("fldcw [{}]", in(reg) &raw const value, options(nostack, preserves_flags)) };
}

/// The x87 environment as `fnstenv` stores it, then MXCSR.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types, reason = "the name is C's")]
pub struct fenv_t {
    pub(crate) x87: [u32; 7],
    pub(crate) mxcsr: u32,
}

pub(crate) fn x87_environment() -> [u32; 7] {
    let mut words = [0_u32; 7];
    // SAFETY: stores 28 bytes; fnstenv masks all exceptions, so the control word is loaded again.
    unsafe {
        asm!("fnstenv [{0}]", "fldcw [{0}]", in(reg) &raw mut words, options(nostack, preserves_flags));
    }
    words
}

pub(crate) fn set_x87_environment(words: &[u32; 7]) {
    // SAFETY: loads 28 bytes.
    unsafe { asm!("fldenv [{}]", in(reg) words, options(nostack, preserves_flags)) };
}
