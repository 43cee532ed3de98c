//! membarrier(2): a memory barrier on other processors.
//!
//! A processor that is asked to flush its translations reloads its page tables, which is a barrier
//! and serialises what it executes; so each command is a shoot-down without a change.

use super::Context;
use super::flags::own;
use crate::errno::{Errno, Result};

const REGISTRATIONS: u32 = own::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED
    | own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED
    | own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
    | own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ;
const ALL: u32 = own::MEMBARRIER_CMD_GLOBAL
    | own::MEMBARRIER_CMD_GLOBAL_EXPEDITED
    | own::MEMBARRIER_CMD_PRIVATE_EXPEDITED
    | own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
    | own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ
    | own::MEMBARRIER_CMD_GET_REGISTRATIONS
    | REGISTRATIONS;

/// membarrier(2). The private commands are for those that have registered; a barrier for restartable
/// sequences goes to every processor, whichever is named.
pub fn membarrier(cx: &Context, [command, flags, cpu, ..]: [usize; 6]) -> Result<usize> {
    let command = command as u32;
    match flags as u32 {
        0 => {}
        own::MEMBARRIER_CMD_FLAG_CPU if command == own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ => {
            if cpu as i32 >= 0 && cpu as i32 as usize >= hal::cpu::count() {
                return Ok(0);
            }
        }
        _ => return Err(Errno::EINVAL),
    }
    let mm = cx.process.mm();
    match command {
        own::MEMBARRIER_CMD_QUERY => return Ok(ALL as usize),
        own::MEMBARRIER_CMD_GET_REGISTRATIONS => return Ok(mm.registered_barriers() as usize),
        own::MEMBARRIER_CMD_GLOBAL | own::MEMBARRIER_CMD_GLOBAL_EXPEDITED => {
            hal::cpu::synchronize();
        }
        own::MEMBARRIER_CMD_PRIVATE_EXPEDITED
        | own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
        | own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ => {
            // Each registration is the bit above its command's.
            if mm.registered_barriers() & command << 1 == 0 {
                return Err(Errno::EPERM);
            }
            if command == own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ {
                restart_sequences(cx);
            }
            mm.synchronize();
        }
        _ if command.is_power_of_two() && command & REGISTRATIONS != 0 => {
            mm.register_barrier(command);
        }
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

/// Makes the other threads of the address space look at their restartable sequences.
fn restart_sequences(cx: &Context) {
    for process in crate::process::all() {
        if !alloc::sync::Arc::ptr_eq(&process.mm(), &cx.process.mm()) {
            continue;
        }
        for thread in process.threads.lock().iter() {
            thread.restartable.note();
            if !alloc::sync::Arc::ptr_eq(thread, cx.thread) {
                thread.notify();
            }
        }
    }
}
