//! System V shared memory (shmat(2), shmctl(2)).
//!
//! The memory of a [`Segment`] is kept by the segment and by every area of an address space that maps it: the number of
//! those is the number of references. A segment that was removed keeps it no longer, and goes with the last of them.

use alloc::sync::{Arc, Weak};

use super::table::{Object, Permissions, Table, now};
use crate::errno::{Errno, Result};
use crate::mm::object::SharedMemory;
use crate::process::Pid;
use crate::sync::SpinLock;

/// Segments in the system (`SHMMNI`).
pub const SEGMENTS_MAX: usize = 4096;
/// Bytes of a segment (`SHMMAX`): what fits in an address space.
pub const SIZE_MAX: usize = 1 << 46;

/// Removed; shown in the mode until the last detach (`SHM_DEST`).
const DESTROYED: u32 = 0o1000;
/// Locked in memory, where everything here is (`SHM_LOCKED`).
const LOCKED: u32 = 0o2000;

static SEGMENTS: Table<Segment> = Table::new(SEGMENTS_MAX);

/// All segments that still are there.
pub fn segments() -> &'static Table<Segment> {
    SEGMENTS.retain(Segment::is_alive);
    &SEGMENTS
}

/// A segment.
pub struct Segment {
    size: usize,
    creator: Pid,
    state: SpinLock<State>,
}

struct State {
    permissions: Permissions,
    memory: Memory,
    status: Status,
}

enum Memory {
    Kept(Arc<SharedMemory>),
    Removed(Weak<SharedMemory>),
}

/// Times and processes that `IPC_STAT` tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Time of the last attach.
    pub attached: i64,
    /// Time of the last detach.
    pub detached: i64,
    /// Time of the last change.
    pub changed: i64,
    /// Who attached or detached last.
    pub last: Pid,
}

impl Object for Segment {
    fn permissions(&self) -> Permissions {
        self.state.lock().permissions
    }
}

impl Segment {
    /// A segment of zeros.
    ///
    /// # Errors
    /// `EINVAL` for a bad size.
    pub fn new(permissions: Permissions, size: usize, creator: Pid) -> Result<Self> {
        if !(1..=SIZE_MAX).contains(&size) {
            return Err(Errno::EINVAL);
        }
        Ok(Self {
            size,
            creator,
            state: SpinLock::new(State {
                permissions,
                memory: Memory::Kept(Arc::new(SharedMemory::new())),
                status: Status {
                    changed: now(),
                    ..Status::default()
                },
            }),
        })
    }

    /// Bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Who made it.
    pub fn creator(&self) -> Pid {
        self.creator
    }

    /// The rest of `IPC_STAT`.
    pub fn status(&self) -> Status {
        self.state.lock().status
    }

    /// How many areas map it.
    pub fn attachments(&self) -> usize {
        match &self.state.lock().memory {
            Memory::Kept(memory) => Arc::strong_count(memory) - 1,
            Memory::Removed(memory) => memory.strong_count(),
        }
    }

    /// The memory, to be mapped by a process.
    ///
    /// # Errors
    /// `EIDRM` when it is gone.
    pub fn attach(&self, pid: Pid) -> Result<Arc<SharedMemory>> {
        let mut state = self.state.lock();
        let memory = match &state.memory {
            Memory::Kept(memory) => memory.clone(),
            Memory::Removed(memory) => memory.upgrade().ok_or(Errno::EIDRM)?,
        };
        state.status.attached = now();
        state.status.last = pid;
        Ok(memory)
    }

    /// Whether this is the segment's memory.
    pub fn has(&self, memory: &Arc<SharedMemory>) -> bool {
        match &self.state.lock().memory {
            Memory::Kept(own) => Arc::ptr_eq(own, memory),
            Memory::Removed(own) => core::ptr::eq(own.as_ptr(), Arc::as_ptr(memory)),
        }
    }

    /// A process unmaps it.
    pub fn detached(&self, pid: Pid) {
        let mut state = self.state.lock();
        state.status.detached = now();
        state.status.last = pid;
    }

    /// Changes owner or permission bits; `change` may refuse.
    ///
    /// # Errors
    /// What `change` says.
    pub fn set(&self, change: impl FnOnce(&mut Permissions) -> Result<()>) -> Result<()> {
        let mut state = self.state.lock();
        let special = state.permissions.mode & (DESTROYED | LOCKED);
        change(&mut state.permissions)?;
        state.permissions.mode |= special;
        state.status.changed = now();
        Ok(())
    }

    /// `SHM_LOCK` and `SHM_UNLOCK`: only shown, nothing here ever leaves memory.
    pub fn set_locked(&self, locked: bool) {
        let mut state = self.state.lock();
        state.permissions.mode &= !LOCKED;
        state.permissions.mode |= if locked { LOCKED } else { 0 };
    }

    /// `IPC_RMID`: no key finds it any more, and it goes with the last area that maps it.
    pub fn end(&self) {
        let mut state = self.state.lock();
        state.permissions.key = super::table::PRIVATE;
        state.permissions.mode |= DESTROYED;
        let weak = match &state.memory {
            Memory::Kept(memory) => Arc::downgrade(memory),
            Memory::Removed(memory) => memory.clone(),
        };
        let memory = core::mem::replace(&mut state.memory, Memory::Removed(weak));
        drop(state);
        drop(memory);
    }

    fn is_alive(&self) -> bool {
        match &self.state.lock().memory {
            Memory::Kept(_) => true,
            Memory::Removed(memory) => memory.strong_count() > 0,
        }
    }
}
