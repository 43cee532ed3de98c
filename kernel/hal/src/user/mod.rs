//! User mode: the registers of a user thread, running it, and reaching its memory.
//!
//! [`UserContext::run`] enters user mode and returns the reason it came back ([`Trap`]). The vector
//! state and the `fs` and `gs` bases are not in the context: they stay in the processor while the
//! kernel runs and belong to the current [`crate::task::Task`]. `memory` has the copies to and from
//! the active address space.

mod context;
mod machine;
mod memory;
mod trap;

pub use context::UserContext;
#[cfg(target_os = "none")]
pub(crate) use context::{USER_CODE_SELECTOR, USER_DATA_SELECTOR};
pub use machine::MachineContext;
pub use memory::{
    Fault, compare_exchange_u32, copy_frame_in, copy_frame_out, copy_in, copy_in_cstr, copy_out,
    load_u32, load_u64, read_vector_state, store_u16, store_u32, store_u64, strnlen,
    write_vector_state, zero_out,
};
#[cfg(target_os = "none")]
pub(crate) use trap::access_of;
pub use trap::{Exception, Trap};

use crate::backend::user as backend;

/// The bytes given to [`restore_vector_state`] are not a vector state of this processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidVectorState;

/// Bytes of a saved vector state: the standard (not compacted) XSAVE layout with the components of
/// [`vector_state_features`].
pub fn vector_state_size() -> usize {
    backend::vector_state_size()
}

/// The XCR0 mask of the state components that user mode may use (SDM volume 1, chapter 13).
pub fn vector_state_features() -> u64 {
    backend::vector_state_features()
}

/// Writes the current task's vector state to the first [`vector_state_size`] bytes of `state`. All
/// of them are written, those of unused components with their initial values; bytes 464..512 are
/// zero (software's).
///
/// # Panics
/// When `state` is shorter than that.
pub fn save_vector_state(state: &mut [u8]) {
    backend::save_vector_state(state);
}

/// Loads the current task's vector state from the standard XSAVE layout. A shorter `state` of at
/// least 512 bytes is taken as the legacy FXSAVE image (x87 and SSE; the rest becomes initial).
///
/// # Errors
/// The header names a component that is off or has reserved bits set, MXCSR has reserved bits set,
/// or `state` is shorter than 512 bytes; the state in the processor is then unchanged.
pub fn restore_vector_state(state: &[u8]) -> Result<(), InvalidVectorState> {
    backend::restore_vector_state(state)
}

/// Gives the current task the vector state a new program starts with (`execve`).
pub fn reset_vector_state() {
    backend::reset_vector_state();
}

/// The current task's `fs` base (`ARCH_GET_FS`).
pub fn tls() -> usize {
    backend::fs_base()
}

/// Sets the current task's `fs` base (`ARCH_SET_FS`). Returns `false`, changing nothing, for an
/// address at or above [`crate::space::USER_END`].
#[must_use]
pub fn set_tls(base: usize) -> bool {
    if base >= crate::space::USER_END {
        return false;
    }
    backend::set_fs_base(base);
    true
}

/// The current task's `gs` base (`ARCH_GET_GS`).
pub fn gs_base() -> usize {
    backend::gs_base()
}

/// Sets the current task's `gs` base (`ARCH_SET_GS`), with the same condition as [`set_tls`].
#[must_use]
pub fn set_gs_base(base: usize) -> bool {
    if base >= crate::space::USER_END {
        return false;
    }
    backend::set_gs_base(base);
    true
}
