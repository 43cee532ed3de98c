//! System V message queues (msgop(2), msgctl(2)).

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::table::{Object, Permissions, Table, now};
use crate::errno::{Errno, Result};
use crate::process::Pid;
use crate::sync::{SpinLock, WaitQueue};

/// Queues in the system (`MSGMNI`).
pub const QUEUES_MAX: usize = 32_000;
/// Bytes of a message (`MSGMAX`).
pub const SIZE_MAX: usize = 8192;
/// Bytes in a queue, if nothing is said (`MSGMNB`).
pub const BYTES_DEFAULT: usize = 16_384;

/// All queues.
pub static QUEUES: Table<Queue> = Table::new(QUEUES_MAX);

/// Which message a receiver wants (msgrcv(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The first.
    Any,
    /// The first of a type.
    Of(i64),
    /// The first of another type (`MSG_EXCEPT`).
    Except(i64),
    /// The first of the lowest type that is at most this.
    UpTo(i64),
}

/// A queue.
pub struct Queue {
    state: SpinLock<State>,
    /// Where processes wait for room or a message.
    pub changed: WaitQueue,
}

struct State {
    permissions: Permissions,
    messages: VecDeque<(i64, Vec<u8>)>,
    status: Status,
    removed: bool,
}

/// What `IPC_STAT` tells beside the permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Time of the last send.
    pub sent: i64,
    /// Time of the last receive.
    pub received: i64,
    /// Time of the last change.
    pub changed: i64,
    /// Bytes in it.
    pub bytes: usize,
    /// Messages in it.
    pub messages: usize,
    /// Bytes that may be in it.
    pub bytes_max: usize,
    /// Who sent last.
    pub sender: Pid,
    /// Who received last.
    pub receiver: Pid,
}

impl Object for Queue {
    fn permissions(&self) -> Permissions {
        self.state.lock().permissions
    }
}

impl Queue {
    /// An empty queue.
    pub fn new(permissions: Permissions) -> Self {
        Self {
            state: SpinLock::new(State {
                permissions,
                messages: VecDeque::new(),
                status: Status {
                    changed: now(),
                    bytes_max: BYTES_DEFAULT,
                    ..Status::default()
                },
                removed: false,
            }),
            changed: WaitQueue::new(),
        }
    }

    /// Puts a message in; `message` is left empty.
    ///
    /// # Errors
    /// `EAGAIN` when it does not fit now, `EIDRM`, `ENOMEM`.
    pub fn send(&self, kind: i64, message: &mut Vec<u8>, pid: Pid) -> Result<()> {
        let mut state = self.state.lock();
        if state.removed {
            return Err(Errno::EIDRM);
        }
        let status = state.status;
        // A message without bytes counts as well: there are at most as many as bytes.
        if status.bytes + message.len() > status.bytes_max || status.messages >= status.bytes_max {
            return Err(Errno::EAGAIN);
        }
        state.messages.try_reserve(1)?;
        state.status.bytes += message.len();
        state.status.messages += 1;
        state.status.sent = now();
        state.status.sender = pid;
        state.messages.push_back((kind, core::mem::take(message)));
        drop(state);
        self.changed.wake_all();
        Ok(())
    }

    /// Takes a message of at most `max` bytes; `cut` tells whether a longer one is taken too, to be cut off.
    ///
    /// # Errors
    /// `EAGAIN` when there is none, `E2BIG` when it is too long, `EIDRM`.
    pub fn receive(
        &self,
        wanted: Wanted,
        max: usize,
        cut: bool,
        pid: Pid,
    ) -> Result<(i64, Vec<u8>)> {
        let mut state = self.state.lock();
        if state.removed {
            return Err(Errno::EIDRM);
        }
        let mut kinds = state.messages.iter().map(|(kind, _)| *kind).enumerate();
        let found = match wanted {
            Wanted::Any => kinds.next(),
            Wanted::Of(kind) => kinds.find(|entry| entry.1 == kind),
            Wanted::Except(kind) => kinds.find(|entry| entry.1 != kind),
            Wanted::UpTo(most) => kinds
                .filter(|entry| entry.1 <= most)
                .min_by_key(|entry| entry.1),
        };
        let (index, _) = found.ok_or(Errno::EAGAIN)?;
        let length = state.messages.get(index).map_or(0, |entry| entry.1.len());
        if length > max && !cut {
            return Err(Errno::E2BIG);
        }
        let message = state.messages.remove(index).ok_or(Errno::EAGAIN)?;
        state.status.bytes = state.status.bytes.saturating_sub(length);
        state.status.messages = state.messages.len();
        state.status.received = now();
        state.status.receiver = pid;
        drop(state);
        self.changed.wake_all();
        Ok(message)
    }

    /// `IPC_STAT`.
    pub fn status(&self) -> Status {
        self.state.lock().status
    }

    /// `IPC_SET`; `change` sees permissions and the limit of bytes, and may refuse.
    ///
    /// # Errors
    /// `EIDRM`; what `change` says.
    pub fn set(
        &self,
        change: impl FnOnce(&mut Permissions, &mut usize) -> Result<()>,
    ) -> Result<()> {
        let mut state = self.state.lock();
        if state.removed {
            return Err(Errno::EIDRM);
        }
        let state = &mut *state;
        change(&mut state.permissions, &mut state.status.bytes_max)?;
        state.status.changed = now();
        self.changed.wake_all();
        Ok(())
    }

    /// The queue is removed: whoever waits hears of it.
    pub fn end(&self) {
        self.state.lock().removed = true;
        self.changed.wake_all();
    }
}
