//! From the trap to the handler and back.

use alloc::sync::Arc;

use hal::user::UserContext;

use super::{Context, restart, table};
use crate::process::Thread;

/// Serves the system call that `user` made.
pub fn enter(thread: &Arc<Thread>, user: &mut UserContext) {
    let number = user.syscall_number();
    let arguments = user.syscall_args();
    let mut context = Context {
        thread,
        process: &thread.process,
        user,
    };
    let outcome = table::dispatch(&mut context, number, arguments);
    if log::log_enabled!(target: "syscall", log::Level::Trace) {
        trace(thread, number, &arguments, &outcome);
    }
    match outcome {
        Ok(value) => user.set_syscall_result(value),
        Err(error) if restart::is_restart(error) => {
            restart::interrupted(thread, user, number, error)
        }
        Err(error) => user.set_syscall_result(error.to_return_value()),
    }
}

#[cold]
fn trace(
    thread: &Thread,
    number: usize,
    arguments: &[usize; 6],
    outcome: &crate::errno::Result<usize>,
) {
    let name = table::name(number).unwrap_or("unknown");
    log::trace!(target: "syscall", "{} {name}({arguments:x?}) = {outcome:x?}", thread.tid);
}
