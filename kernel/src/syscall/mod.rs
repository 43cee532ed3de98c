//! System calls: Linux's x86-64 numbers, arguments and errors.
//!
//! A handler is `fn(&mut Context, [usize; 6]) -> Result<usize>` (`&Context` where
//! it needs no registers). It decodes its arguments on the first lines, checks
//! them, makes one call into the subsystem and encodes the result. [`table`] is
//! the only list of calls. Unknown calls answer `ENOSYS`, unknown flags
//! `EINVAL`. A call that must wait ends in [`block_on`] or
//! [`crate::sync::wait_until`]; what an interrupting signal means is in
//! [`restart`].

mod capability;
mod descriptors;
mod dispatch;
mod events;
mod flags;
mod futex;
mod identity;
mod inotify;
mod inspect;
mod ipc;
mod locks;
mod lookup;
mod membarrier;
mod memory;
mod mount;
mod mqueue;
mod names;
mod open;
mod owner;
mod pidfd;
mod poll;
mod prctl;
mod process;
mod read_write;
pub mod restart;
mod scheduling;
mod signal;
mod socket;
mod socket_message;
mod socket_option;
mod splice;
mod stat;
pub mod system;
pub mod table;
mod time;
mod timer;
pub mod trace;
mod xattr;

use alloc::sync::Arc;

use hal::user::UserContext;

pub use dispatch::enter;
pub use open::{Reserved, install};
pub use socket::create_socket_node;

use crate::errno::{Errno, Result};
use crate::process::{Process, Thread};
use crate::signal::{Signal, SignalInfo, send_to_thread};
use crate::sync::{Interrupt, WaitError, WaitQueue, wait_longer};
use crate::time::Deadline;

/// Who makes the call.
pub struct Context<'a> {
    /// The calling thread.
    pub thread: &'a Arc<Thread>,
    /// Its process.
    pub process: &'a Arc<Process>,
    /// Its registers.
    pub user: &'a mut UserContext,
}

impl Context<'_> {
    /// Sends the caller a signal of the kernel's, such as `SIGPIPE`.
    pub fn send_signal(&self, signal: Signal) {
        // A standard signal is never refused.
        let _ = send_to_thread(self.thread, SignalInfo::kernel(signal));
    }
}

/// Repeats `operation` while it answers `EAGAIN`, sleeping in `queues` between.
///
/// # Errors
///
/// What `operation` answers; `EAGAIN` at once when `nonblocking` and at the
/// deadline; `RESTART` when a signal interrupts the wait.
pub fn block_on<T>(
    queues: &[&WaitQueue],
    nonblocking: bool,
    deadline: Option<Deadline>,
    mut operation: impl FnMut() -> Result<T>,
) -> Result<T> {
    match operation() {
        Err(Errno::EAGAIN) if nonblocking => Err(Errno::EAGAIN),
        Err(Errno::EAGAIN) => block_longer_on(queues, deadline, operation),
        outcome => outcome,
    }
}

/// As [`block_on`], when the operation has just answered `EAGAIN`.
///
/// # Errors
///
/// As [`block_on`].
pub fn block_longer_on<T>(
    queues: &[&WaitQueue],
    deadline: Option<Deadline>,
    mut operation: impl FnMut() -> Result<T>,
) -> Result<T> {
    let attempt = || match operation() {
        Err(Errno::EAGAIN) => None,
        outcome => Some(outcome),
    };
    match wait_longer(queues, deadline, Interrupt::BySignals, attempt) {
        Ok(outcome) => outcome,
        Err(WaitError::Interrupted) => Err(Errno::RESTART),
        Err(WaitError::OutOfMemory) => Err(Errno::ENOMEM),
        Err(WaitError::TimedOut) => Err(Errno::EAGAIN),
    }
}
