//! Entering user mode and coming back.

pub(super) mod copy;
mod entry;

pub(crate) use super::vector::{
    read_vector_state, reset_vector_state, restore_vector_state, save_vector_state,
    vector_state_features, vector_state_size, write_vector_state,
};
pub(crate) use copy::{
    compare_exchange_u32, copy_frame_in, copy_frame_out, copy_in, copy_out, enable_smap, load_u32,
    load_u64, store_u16, store_u32, store_u64, zero_out,
};
pub(crate) use entry::entry_address;

use super::cpu::registers::{read_fs_base, read_user_gs_base, write_fs_base, write_user_gs_base};
use crate::space::USER_END;
use crate::user::{Exception, Trap, UserContext};

/// What the entry code stores as the vector of a system call.
const VECTOR_SYSCALL: u64 = 0x100;

#[inline]
pub(crate) fn run(context: &mut UserContext) -> Trap {
    if context.rip >= USER_END as u64 {
        context.vector = 13;
        context.error = 0;
        context.address = 0;
        return Trap::Exception(Exception::GeneralProtection { code: 0 });
    }
    // SAFETY: the context is borrowed until user mode is back; its instruction pointer is canonical
    // (checked above) and its flags are a user's (they only ever come from user mode or from
    // `set_machine_context`). User mode reaches no kernel memory: only user pages of the active
    // space are accessible to it.
    if unsafe { entry::enter_user(context) } == VECTOR_SYSCALL {
        return Trap::Syscall;
    }
    other_trap(context)
}

#[inline(never)]
fn other_trap(context: &mut UserContext) -> Trap {
    context.sanitize_flags();
    let vector = context.vector as u8;
    if vector >= super::trap::VECTOR_LEGACY {
        super::trap::interrupt(vector);
        return Trap::Interrupt;
    }
    if vector != 14 {
        context.address = 0;
    }
    let exception = match Exception::from_vector(vector, context.error, context.address as usize) {
        Exception::FloatingPoint { .. } => super::vector::x87_exception(),
        Exception::Simd { .. } => super::vector::simd_exception(),
        other => other,
    };
    Trap::Exception(exception)
}

pub(crate) fn fs_base() -> usize {
    read_fs_base()
}

pub(crate) fn set_fs_base(base: usize) {
    write_fs_base(base);
}

pub(crate) fn gs_base() -> usize {
    read_user_gs_base()
}

pub(crate) fn set_gs_base(base: usize) {
    write_user_gs_base(base);
}
