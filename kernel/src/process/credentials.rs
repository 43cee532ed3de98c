//! User and group identities (credentials(7)).

use alloc::vec::Vec;

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
    /// Supplementary groups.
    pub groups: Vec<u32>,
}

impl Credentials {
    /// The superuser, who may do everything.
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether this is the superuser (the kernel has no finer capabilities).
    pub fn is_privileged(&self) -> bool {
        self.euid == 0
    }

    /// Whether files of `gid` count as the group's own.
    pub fn in_group(&self, gid: u32) -> bool {
        self.fsgid == gid || self.groups.contains(&gid)
    }

    /// Whether it may send signals to `target` (kill(2)).
    pub fn may_signal(&self, target: &Credentials) -> bool {
        self.is_privileged()
            || [self.uid, self.euid]
                .iter()
                .any(|id| [target.uid, target.suid].contains(id))
    }
}
