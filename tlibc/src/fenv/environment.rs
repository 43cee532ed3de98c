//! The whole environment: fegetenv, fesetenv, feholdexcept, feupdateenv.

use super::exceptions::{feraiseexcept, fetestexcept};
use super::{ALL, fenv_t, mxcsr, set_mxcsr, set_x87_environment, x87_environment};
use crate::types::c_int;

/// The state at program start: all exceptions masked, no flags, round to nearest, 64-bit precision.
const DEFAULT: fenv_t = fenv_t {
    x87: [0xffff_037f, 0xffff_0000, 0xffff_ffff, 0, 0, 0, 0xffff_0000],
    mxcsr: 0x1f80,
};

/// Stores the environment.
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fegetenv(place: *mut fenv_t) -> c_int {
    // SAFETY: the caller's place.
    unsafe {
        *place = fenv_t {
            x87: x87_environment(),
            mxcsr: mxcsr(),
        }
    };
    0
}

/// Loads an environment; `FE_DFL_ENV` (−1) is that of program start, `FE_NOMASK_ENV` (−2) the same with traps (GNU).
///
/// # Safety
/// `place` is one of these or an environment that was stored.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fesetenv(place: *const fenv_t) -> c_int {
    let mut environment = match place.addr() as isize {
        -1 | -2 => DEFAULT,
        // SAFETY: the caller's environment.
        _ => unsafe { *place },
    };
    if place.addr() as isize == -2 {
        environment.x87[0] &= !(ALL & !2);
        environment.mxcsr &= !((ALL & !2) << 7);
    }
    set_x87_environment(&environment.x87);
    set_mxcsr(environment.mxcsr);
    0
}

/// Stores the environment, clears the flags and masks all traps.
///
/// # Safety
/// `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn feholdexcept(place: *mut fenv_t) -> c_int {
    // SAFETY: the caller's place.
    unsafe {
        fegetenv(place);
        let mut held = *place;
        held.x87[0] |= ALL;
        held.x87[1] &= !ALL;
        held.mxcsr = held.mxcsr & !ALL | ALL << 7;
        fesetenv(&held)
    }
}

/// Loads an environment and raises the exceptions that are set now.
///
/// # Safety
/// As for [`fesetenv`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn feupdateenv(place: *const fenv_t) -> c_int {
    let raised = fetestexcept(ALL.cast_signed());
    // SAFETY: the caller's environment.
    unsafe { fesetenv(place) };
    feraiseexcept(raised)
}
