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

    /// As exec changes them for a program with these set-ID bits: the effective identities
    /// become the file's, and the saved ones and those for file access follow them whether
    /// there are such bits or not (credentials(7)).
    pub fn for_program(&self, user: Option<u32>, group: Option<u32>) -> Self {
        let (euid, egid) = (user.unwrap_or(self.euid), group.unwrap_or(self.egid));
        Self {
            euid,
            suid: euid,
            fsuid: euid,
            egid,
            sgid: egid,
            fsgid: egid,
            ..self.clone()
        }
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
        let plain = own.for_program(None, None);
        assert_eq!(
            (plain.uid, plain.euid, plain.suid, plain.fsuid),
            (1, 2, 2, 2)
        );
        let set = own.for_program(Some(7), Some(8));
        assert_eq!((set.uid, set.euid, set.suid, set.fsuid), (1, 7, 7, 7));
        assert_eq!((set.gid, set.egid, set.sgid, set.fsgid), (0, 8, 8, 8));
    }
}
