//! User and group identities (credentials(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use super::{Capabilities, Capability, Process, Thread};
use crate::mm::Mm;

/// The identities of a process. Immutable: a change makes a new value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Real user.
    pub uid: u32,
    /// Effective user: what permission checks of signals and limits use.
    pub euid: u32,
    /// Saved set-user.
    pub suid: u32,
    /// User for file access; follows `euid`.
    pub fsuid: u32,
    /// Real group.
    pub gid: u32,
    /// Effective group.
    pub egid: u32,
    /// Saved set-group.
    pub sgid: u32,
    /// Group for file access; follows `egid`.
    pub fsgid: u32,
    /// Supplementary groups: shared, because there may be very many.
    pub groups: Arc<Vec<u32>>,
    /// What it may do beyond what its identities let it.
    pub capabilities: Capabilities,
}

impl Credentials {
    /// The superuser, who may do everything.
    pub fn root() -> Self {
        Self {
            capabilities: Capabilities::full(),
            ..Self::default()
        }
    }

    /// As exec changes them for a program with these set-ID bits: the effective identities
    /// become the file's, and the saved ones and those for file access follow them whether
    /// there are such bits or not (credentials(7)). A `confined` process gets no new capabilities.
    pub fn for_program(&self, user: Option<u32>, group: Option<u32>, confined: bool) -> Self {
        let (euid, egid) = (user.unwrap_or(self.euid), group.unwrap_or(self.egid));
        let changes = (euid, egid) != (self.euid, self.egid);
        let capabilities = self
            .capabilities
            .for_program(self.uid, euid, changes, confined);
        Self {
            capabilities,
            euid,
            suid: euid,
            fsuid: euid,
            egid,
            sgid: egid,
            fsgid: egid,
            ..self.clone()
        }
    }

    /// Whether it has a capability and may use it now.
    #[inline]
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.has(capability)
    }

    /// Real, effective and saved user.
    pub fn users(&self) -> [u32; 3] {
        [self.uid, self.euid, self.suid]
    }

    /// Real, effective and saved group.
    pub fn own_groups(&self) -> [u32; 3] {
        [self.gid, self.egid, self.sgid]
    }

    /// Whether files of `gid` count as the group's own.
    pub fn in_group(&self, gid: u32) -> bool {
        self.fsgid == gid || self.groups.contains(&gid)
    }

    /// Whether it may send signals to `target` (kill(2)).
    pub fn may_signal(&self, target: &Credentials) -> bool {
        self.has(Capability::Kill)
            || [self.uid, self.euid]
                .iter()
                .any(|id| [target.uid, target.suid].contains(id))
    }

    /// Whether it may see and set the resource limits of `target` (prlimit(2)).
    pub fn may_limit(&self, target: &Credentials) -> bool {
        self.has(Capability::SysResource) || target.is_all(self.uid, self.gid)
    }

    /// Whether real, effective and saved identities are all these.
    fn is_all(&self, user: u32, group: u32) -> bool {
        self.users() == [user; 3] && self.own_groups() == [group; 3]
    }
}

/// Which identities of who looks into a process count (ptrace(2), "Ptrace access mode checking").
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looking {
    /// The real ones and what it may ever do: for system calls.
    AsItself,
    /// Those for file access and what it may do now: for files of `/proc`.
    ThroughFiles,
}

impl Thread {
    /// Its identities. They are its own, as for Linux (setuid(2), "C library/kernel differences"; capabilities(7)): that
    /// all threads of a process have the same is the C library's work.
    #[inline]
    pub fn credentials(&self) -> Arc<Credentials> {
        self.credentials.lock().clone()
    }

    /// Whether it may look into a process, as a debugger may (ptrace(2), "Ptrace access mode checking", with real identities).
    pub fn may_inspect(&self, target: &Process) -> bool {
        self.may_look_into(target, Looking::AsItself)
    }

    /// As [`Self::may_inspect`], with the identities that `looking` says.
    pub fn may_look_into(&self, target: &Process, looking: Looking) -> bool {
        if core::ptr::eq(&*self.process, target) {
            return true;
        }
        let (own, other) = (self.credentials(), target.credentials());
        if own.has(Capability::SysPtrace) {
            return true;
        }
        let (user, group, rights) = match looking {
            Looking::AsItself => (own.uid, own.gid, own.capabilities.permitted),
            Looking::ThroughFiles => (own.fsuid, own.fsgid, own.capabilities.effective),
        };
        other.is_all(user, group)
            && rights.contains(other.capabilities.permitted)
            && target.dumpable.load(Ordering::SeqCst)
    }

    /// The memory of another process, if it may look into that. What exec replaces is not given to who may look into
    /// the new program only, nor the other way round.
    pub fn memory_of(&self, target: &Process, looking: Looking) -> Option<Arc<Mm>> {
        loop {
            let mm = target.mm();
            if !self.may_look_into(target, looking) {
                return None;
            }
            if Arc::ptr_eq(&mm, &target.mm()) {
                return Some(mm);
            }
        }
    }

    /// Makes `new` its credentials. After a change of rights others may not look into its process, and the
    /// death of its parent does not reach it (prctl(2), "PR_SET_DUMPABLE", "PR_SET_PDEATHSIG"). For the running thread
    /// only: nobody changes what it has read.
    pub(crate) fn commit_credentials(&self, new: Credentials) {
        let (old, process) = (self.credentials(), &self.process);
        let identities = |c: &Credentials| [c.euid, c.egid, c.fsuid, c.fsgid];
        let (before, after) = (old.capabilities.permitted, new.capabilities.permitted);
        if identities(&old) != identities(&new) || !before.contains(after) {
            process.dumpable.store(false, Ordering::Relaxed);
            process.parent_death_signal.store(0, Ordering::Relaxed);
        }
        self.set_credentials(new);
    }

    /// Makes `new` its credentials, and its process's if it is the first.
    pub(super) fn set_credentials(&self, new: Credentials) {
        let new = Arc::new(new);
        if self.tid() == self.process.pid {
            *self.process.credentials.lock() = new.clone();
        }
        *self.credentials.lock() = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_change_effective_and_saved_identities() {
        let own = Credentials {
            uid: 1,
            euid: 2,
            suid: 3,
            fsuid: 2,
            ..Credentials::default()
        };
        let plain = own.for_program(None, None, false);
        assert_eq!(
            (plain.uid, plain.euid, plain.suid, plain.fsuid),
            (1, 2, 2, 2)
        );
        let set = own.for_program(Some(7), Some(8), false);
        assert_eq!((set.uid, set.euid, set.suid, set.fsuid), (1, 7, 7, 7));
        assert_eq!((set.gid, set.egid, set.sgid, set.fsgid), (0, 8, 8, 8));
    }
}
