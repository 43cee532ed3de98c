//! The exception flags: feclearexcept, feraiseexcept, fetestexcept and the GNU functions that unmask traps.

use super::{
    ALL, fenv_t, mxcsr, set_mxcsr, set_x87_control, set_x87_environment, x87_control,
    x87_environment, x87_status,
};
use crate::types::{c_int, c_ushort};

/// Saved flags.
#[allow(non_camel_case_types, reason = "the name is C's")]
pub type fexcept_t = c_ushort;

pub(crate) const INVALID: c_int = 1;
pub(crate) const INEXACT: c_int = 0x20;

/// Whether the two types that hold flags belong together (the environment has room for both units).
const _: () = assert!(size_of::<fenv_t>() == 32);

fn clear(flags: u32) {
    if x87_status() & flags != 0 {
        let mut environment = x87_environment();
        environment[1] &= !flags;
        set_x87_environment(&environment);
    }
    set_mxcsr(mxcsr() & !flags);
}

/// Clears the flags in `exceptions`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn feclearexcept(exceptions: c_int) -> c_int {
    clear(exceptions.cast_unsigned() & ALL);
    0
}

/// Which of `exceptions` are set.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fetestexcept(exceptions: c_int) -> c_int {
    ((mxcsr() | x87_status()) & ALL & exceptions.cast_unsigned()).cast_signed()
}

/// Raises exceptions: sets the flags, and traps where they are unmasked.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn feraiseexcept(exceptions: c_int) -> c_int {
    let flags = exceptions.cast_unsigned() & ALL;
    let mut environment = x87_environment();
    if flags & !u32::from(x87_control()) & ALL != 0 {
        // An unmasked one: the x87 unit traps at the next waiting instruction.
        environment[1] |= flags;
        set_x87_environment(&environment);
        // SAFETY: waits for pending exceptions.
        unsafe { core::arch::asm!("fwait", options(nostack)) };
    }
    set_mxcsr(mxcsr() | flags);
    0
}

/// Stores the flags in `exceptions` for [`fesetexceptflag`].
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fegetexceptflag(place: *mut fexcept_t, exceptions: c_int) -> c_int {
    // SAFETY: the caller's place; the flags have six bits.
    unsafe { *place = fetestexcept(exceptions) as fexcept_t };
    0
}

/// Sets the flags in `exceptions` as stored, without raising anything.
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fesetexceptflag(place: *const fexcept_t, exceptions: c_int) -> c_int {
    let chosen = exceptions.cast_unsigned() & ALL;
    // SAFETY: the caller's place.
    let wanted = u32::from(unsafe { *place }) & chosen;
    clear(chosen & !wanted);
    set_mxcsr(mxcsr() | wanted);
    0
}

/// Sets the flags in `exceptions` without raising anything (C23 7.6.4.4).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fesetexcept(exceptions: c_int) -> c_int {
    set_mxcsr(mxcsr() | exceptions.cast_unsigned() & ALL);
    0
}

/// Which of `exceptions` are set in the flags that [`fegetexceptflag`] has stored (C23 7.6.4.6).
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fetestexceptflag(place: *const fexcept_t, exceptions: c_int) -> c_int {
    // SAFETY: the caller's place.
    c_int::from(unsafe { *place }) & exceptions & ALL.cast_signed()
}

/// Unmasks exceptions, which then trap; returns what was unmasked before (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn feenableexcept(exceptions: c_int) -> c_int {
    let before = fegetexcept();
    let flags = exceptions.cast_unsigned() & ALL;
    set_x87_control(x87_control() & !(flags as u16));
    set_mxcsr(mxcsr() & !(flags << 7));
    before
}

/// Masks exceptions; returns what was unmasked before (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fedisableexcept(exceptions: c_int) -> c_int {
    let before = fegetexcept();
    let flags = exceptions.cast_unsigned() & ALL;
    set_x87_control(x87_control() | flags as u16);
    set_mxcsr(mxcsr() | flags << 7);
    before
}

/// Which exceptions are unmasked (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fegetexcept() -> c_int {
    (!x87_control() & ALL as u16).into()
}

/// Runs `action` and takes back the inexact flag if it was not set before.
pub(crate) fn without_new_inexact<R>(action: impl FnOnce() -> R) -> R {
    let before = fetestexcept(INEXACT);
    let result = action();
    if before == 0 && fetestexcept(INEXACT) != 0 {
        clear(INEXACT.cast_unsigned());
    }
    result
}
