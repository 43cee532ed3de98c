//! What becomes of a call that a signal interrupted (signal(7)).
//!
//! The handler has answered `RESTART` or `RESTART_UNLESS_HANDLED`. The thread's
//! registers are set back to the call at once; when a handler is going to run
//! and the call may not restart, [`before_handler`] replaces that by `EINTR`.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use hal::user::UserContext;
use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::process::Thread;
use crate::signal::Action;
use crate::time::Deadline;

/// Bytes of the `syscall` instruction, by which a restart steps back.
const SYSCALL_LENGTH: usize = 2;

/// An interrupted call that is to be put right.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    error: Errno,
    /// Where the call would be made again.
    instruction: usize,
}

/// Whether this is one of the internal errors.
pub fn is_restart(error: Errno) -> bool {
    matches!(
        error,
        Errno::RESTART | Errno::RESTART_ALWAYS | Errno::RESTART_UNLESS_HANDLED
    )
}

/// Whether a call that answers `EFAULT` has changed nothing: a transfer that moved nothing, what only tells
/// something, and a futex, whose words are looked at first.
pub fn only_tells(number: usize) -> bool {
    matches!(
        number as u32,
        raw::__NR_read
            | raw::__NR_readv
            | raw::__NR_pread64
            | raw::__NR_preadv
            | raw::__NR_preadv2
            | raw::__NR_write
            | raw::__NR_writev
            | raw::__NR_pwrite64
            | raw::__NR_pwritev
            | raw::__NR_pwritev2
            | raw::__NR_process_vm_readv
            | raw::__NR_process_vm_writev
            | raw::__NR_getdents
            | raw::__NR_getdents64
            | raw::__NR_stat
            | raw::__NR_lstat
            | raw::__NR_fstat
            | raw::__NR_newfstatat
            | raw::__NR_statx
            | raw::__NR_statfs
            | raw::__NR_fstatfs
            | raw::__NR_readlink
            | raw::__NR_readlinkat
            | raw::__NR_getcwd
            | raw::__NR_getrandom
            | raw::__NR_uname
            | raw::__NR_sysinfo
            | raw::__NR_times
            | raw::__NR_getrusage
            | raw::__NR_getrlimit
            | raw::__NR_gettimeofday
            | raw::__NR_clock_gettime
            | raw::__NR_clock_getres
            | raw::__NR_getgroups
            | raw::__NR_getresuid
            | raw::__NR_getresgid
            | raw::__NR_sched_getaffinity
            | raw::__NR_getsockname
            | raw::__NR_getpeername
            | raw::__NR_mincore
            | raw::__NR_futex
    )
}

/// Makes `user` repeat the call, and remembers why.
#[cold]
pub(super) fn interrupted(
    thread: &Arc<Thread>,
    user: &mut UserContext,
    number: usize,
    error: Errno,
) {
    user.restart_syscall(number);
    let instruction = user.instruction_pointer();
    thread.signals.lock().interrupted = Some(Interrupted { error, instruction });
    thread.attention.store(true, Ordering::SeqCst);
}

/// A handler will run: a call that must not restart answers `EINTR`.
pub fn before_handler(thread: &Arc<Thread>, user: &mut UserContext, action: &Action) {
    let Some(call) = thread.signals.lock().interrupted.take() else {
        return;
    };
    let restarts = call.error == Errno::RESTART_ALWAYS
        || (call.error == Errno::RESTART && action.has(raw::SA_RESTART));
    if !restarts && user.instruction_pointer() == call.instruction {
        user.set_instruction_pointer(call.instruction + SYSCALL_LENGTH);
        user.set_syscall_result(Errno::EINTR.to_return_value());
        thread.signals.lock().restart_deadline = None;
    }
}

/// Makes a call that waits until `deadline`, which is asked for when it begins. When it begins
/// anew because no handler ran, it goes on to the deadline that it had (restart_syscall(2)).
///
/// # Errors
///
/// What `deadline` and `call` answer; the latter may not restart after a handler.
pub(super) fn with_deadline(
    thread: &Arc<Thread>,
    deadline: impl FnOnce() -> Result<Deadline>,
    call: impl FnOnce(Deadline) -> Result<usize>,
) -> Result<usize> {
    let resumed = thread.signals.lock().restart_deadline.take();
    let deadline = match resumed {
        Some(deadline) => deadline,
        None => deadline()?,
    };
    let outcome = call(deadline);
    if outcome == Err(Errno::RESTART_UNLESS_HANDLED) {
        thread.signals.lock().restart_deadline = Some(deadline);
    }
    outcome
}

/// No handler runs: the call is repeated, as the registers already say.
pub fn without_handler(thread: &Arc<Thread>, _user: &mut UserContext) {
    thread.signals.lock().interrupted = None;
}
