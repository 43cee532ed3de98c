//! Resource limits (getrlimit(2)).

use linux_raw_sys::general as raw;

use super::{Capability, Thread};
use crate::errno::{Errno, Result};
use crate::mm::SizeLimits;

/// A resource with a limit, by its number in the ABI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
#[expect(missing_docs, reason = "the names are those of getrlimit(2)")]
pub enum Resource {
    Cpu = raw::RLIMIT_CPU,
    FileSize = raw::RLIMIT_FSIZE,
    Data = raw::RLIMIT_DATA,
    Stack = raw::RLIMIT_STACK,
    Core = raw::RLIMIT_CORE,
    Rss = raw::RLIMIT_RSS,
    Processes = raw::RLIMIT_NPROC,
    OpenFiles = raw::RLIMIT_NOFILE,
    LockedMemory = raw::RLIMIT_MEMLOCK,
    AddressSpace = raw::RLIMIT_AS,
    Locks = raw::RLIMIT_LOCKS,
    PendingSignals = raw::RLIMIT_SIGPENDING,
    MessageQueues = raw::RLIMIT_MSGQUEUE,
    Nice = raw::RLIMIT_NICE,
    RealtimePriority = raw::RLIMIT_RTPRIO,
    RealtimeTime = raw::RLIMIT_RTTIME,
}

impl Thread {
    /// How much it may map.
    pub fn size_limits(&self) -> SizeLimits {
        let unlocked = self.credentials.lock().has(Capability::IpcLock);
        let limits = self.process.limits.lock();
        SizeLimits {
            space: limits.soft(Resource::AddressSpace),
            data: limits.soft(Resource::Data),
            stack: limits.soft(Resource::Stack),
            locked: if unlocked {
                UNLIMITED
            } else {
                limits.soft(Resource::LockedMemory)
            },
        }
    }
}

const COUNT: usize = raw::RLIM_NLIMITS as usize;
const UNLIMITED: u64 = u64::MAX;

/// The highest `RLIMIT_NOFILE` a process may have.
pub const MAX_OPEN_FILES: u64 = 1 << 20;

/// Soft and hard limit of every resource.
#[derive(Clone, Debug)]
pub struct Limits {
    values: [(u64, u64); COUNT],
}

impl Limits {
    /// The limits of the first process.
    pub fn initial() -> Self {
        let mut values = [(UNLIMITED, UNLIMITED); COUNT];
        let mut set = |resource: Resource, soft, hard| values[resource as usize] = (soft, hard);
        set(Resource::Stack, 8 << 20, UNLIMITED);
        set(Resource::Core, 0, UNLIMITED);
        set(
            Resource::Processes,
            super::MAX_THREADS as u64 / 2,
            super::MAX_THREADS as u64 / 2,
        );
        set(Resource::OpenFiles, 1024, MAX_OPEN_FILES);
        set(Resource::LockedMemory, 8 << 20, 8 << 20);
        set(Resource::PendingSignals, 4096, 4096);
        set(Resource::MessageQueues, 819_200, 819_200);
        set(Resource::Nice, 0, 0);
        set(Resource::RealtimePriority, 0, 0);
        Self { values }
    }

    /// The soft limit: the one that counts.
    pub fn soft(&self, resource: Resource) -> u64 {
        self.values[resource as usize].0
    }

    /// Both limits of the resource with this number. `EINVAL` if there is none.
    pub fn get(&self, resource: usize) -> Result<(u64, u64)> {
        self.values.get(resource).copied().ok_or(Errno::EINVAL)
    }

    /// Sets both limits.
    ///
    /// # Errors
    ///
    /// `EINVAL` when soft is above hard or the resource unknown, `EPERM` when an
    /// unprivileged process raises a hard limit or anybody passes the ceiling.
    pub fn set(&mut self, resource: usize, soft: u64, hard: u64, privileged: bool) -> Result<()> {
        let slot = self.values.get_mut(resource).ok_or(Errno::EINVAL)?;
        if soft > hard {
            return Err(Errno::EINVAL);
        }
        if hard > slot.1 && !privileged {
            return Err(Errno::EPERM);
        }
        if resource == Resource::OpenFiles as usize && hard > MAX_OPEN_FILES {
            return Err(Errno::EPERM);
        }
        *slot = (soft, hard);
        Ok(())
    }
}
