//! The stack protector's failure hooks (`-fstack-protector`). The canary itself is in the control block.

use crate::panic::fatal;

/// Called by a function whose canary was overwritten.
#[unsafe(no_mangle)]
pub extern "C" fn __stack_chk_fail() -> ! {
    fatal(&["*** stack smashing detected ***: terminated"])
}

/// Called by the `_FORTIFY_SOURCE` checks when a buffer would overflow.
#[unsafe(no_mangle)]
pub extern "C" fn __chk_fail() -> ! {
    fatal(&["*** buffer overflow detected ***: terminated"])
}

alias!(__stack_chk_fail_local = __stack_chk_fail);
