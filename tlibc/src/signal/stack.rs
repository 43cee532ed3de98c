//! The alternative stack.

use super::stack_t;
use crate::errno::{CResult, Errno};
use crate::platform::calls::signal;
use crate::types::*;

/// What POSIX calls `MINSIGSTKSZ`, in bytes, before the processor's extended state is counted.
const MINSIGSTKSZ: usize = 2048;
/// The stack is off.
const SS_DISABLE: c_int = 2;

/// The smallest stack a handler can run on, in bytes: what the kernel says (`AT_MINSIGSTKSZ`) and room to work.
pub fn minimum_stack() -> c_long {
    const AT_MINSIGSTKSZ: c_ulong = 51;
    let frame = crate::start::auxv::get(AT_MINSIGSTKSZ).unwrap_or(0) as c_long;
    frame.max(MINSIGSTKSZ as c_long)
}

/// Sets and reads the stack for handlers with `SA_ONSTACK`; either may be null. POSIX `sigaltstack`.
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigaltstack(new: *const stack_t, old: *mut stack_t) -> c_int {
    // SAFETY: the caller's structures, where they are given.
    unsafe {
        if let Some(stack) = new.as_ref()
            && stack.ss_flags & SS_DISABLE == 0
            && stack.ss_size < MINSIGSTKSZ
        {
            return Err::<c_int, _>(Errno::ENOMEM).or_minus_one();
        }
        signal::sigaltstack(new.cast(), old.cast()).or_minus_one()
    }
}
