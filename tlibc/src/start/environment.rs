//! `environ` and the program's name. The functions that change the environment are in `stdlib/`.

use crate::types::*;
use core::ptr::null_mut;

/// The environment: a null-terminated array of `NAME=value` strings. Programs may replace it.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut environ: *mut *mut c_char = null_mut();

/// `argv[0]` as the program was started.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut program_invocation_name: *mut c_char = null_mut();

/// `argv[0]` after its last slash.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut program_invocation_short_name: *mut c_char = null_mut();

alias!(__environ = environ);
alias!(_environ = environ);
alias!(__progname_full = program_invocation_name);
alias!(__progname = program_invocation_short_name);

/// Stores what the kernel gave.
///
/// # Safety
/// Once, before any other thread; the pointers must be the kernel's.
#[cfg(not(test))]
pub(super) unsafe fn init(argc: c_int, argv: *mut *mut c_char, envp: *mut *mut c_char) {
    static EMPTY: [c_char; 1] = [0];
    // SAFETY: single-threaded; argv has argc strings.
    unsafe {
        environ = envp;
        let name = if argc > 0 {
            *argv
        } else {
            (&raw const EMPTY).cast_mut().cast()
        };
        program_invocation_name = name;
        let mut short = name;
        let mut at = name;
        while *at != 0 {
            if *at == b'/' as c_char {
                short = at.add(1);
            }
            at = at.add(1);
        }
        program_invocation_short_name = short;
    }
}
