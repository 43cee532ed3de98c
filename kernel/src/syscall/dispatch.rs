//! From the trap to the handler and back.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use hal::user::UserContext;

use super::{Context, restart, table, trace};
use crate::errno::{Errno, Result};
use crate::process::Thread;

/// Serves the system call that `user` made.
#[inline]
pub fn enter(thread: &Arc<Thread>, user: &mut UserContext) {
    let number = user.syscall_number();
    let arguments = user.syscall_args();
    let mut context = Context {
        thread,
        process: &thread.process,
        user,
    };
    let outcome = if thread.process.traced.load(Ordering::Relaxed) {
        traced(&mut context, number, arguments)
    } else {
        table::dispatch(&mut context, number, arguments)
    };
    match outcome {
        Ok(value) => user.set_syscall_result(value),
        Err(error) if restart::is_restart(error) => {
            restart::interrupted(thread, user, number, error)
        }
        // It begins anew when there is room, unless the call may have changed something.
        Err(Errno::EFAULT) if thread.is_starved() && restart::only_tells(number) => {
            user.restart_syscall(number);
        }
        Err(error) => user.set_syscall_result(error.to_return_value()),
    }
}

#[cold]
fn traced(context: &mut Context, number: usize, arguments: [usize; 6]) -> Result<usize> {
    let texts = trace::before(number, &arguments);
    let outcome = table::dispatch(context, number, arguments);
    trace::after(context.thread, number, &arguments, texts, &outcome);
    outcome
}
