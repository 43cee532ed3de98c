//! Capabilities (capabilities(7)): the superuser's rights in parts.
//!
//! [`Capabilities`] is a part of [`super::Credentials`]; the rules by which a
//! change of users and exec change it are here, the calls in
//! [`crate::syscall::capability`] and [`crate::syscall::prctl`]. Files have no
//! capabilities: the attribute `security.capability` gives a program nothing.

/// A right, by its number in the ABI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
#[expect(missing_docs, reason = "the names are those of capabilities(7)")]
pub enum Capability {
    Chown = 0,
    DacOverride = 1,
    DacReadSearch = 2,
    FileOwner = 3,
    FileSetId = 4,
    Kill = 5,
    SetGid = 6,
    SetUid = 7,
    SetCapabilities = 8,
    NetAdmin = 12,
    IpcLock = 14,
    IpcOwner = 15,
    SysChroot = 18,
    SysPtrace = 19,
    SysAdmin = 21,
    SysBoot = 22,
    SysNice = 23,
    SysResource = 24,
    SysTime = 25,
    MakeNode = 27,
    WakeAlarm = 35,
}

/// The highest capability that there is (`CAP_CHECKPOINT_RESTORE`).
pub const LAST: u32 = 40;

/// A set of capabilities, by number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CapabilitySet(pub u64);

impl CapabilitySet {
    /// All that there are.
    pub const ALL: Self = Self((1 << (LAST + 1)) - 1);
    /// None.
    pub const EMPTY: Self = Self(0);
    /// Those that are about files, which follow the user for file access:
    /// numbers 0 to 4, `CAP_LINUX_IMMUTABLE`, `CAP_MKNOD`, `CAP_MAC_OVERRIDE`.
    const FILES: Self = Self(0x1f | 1 << 9 | 1 << 27 | 1 << 32);

    /// The set of one, by number. Empty for a number beyond the last.
    pub fn one(number: u32) -> Self {
        Self(1u64.checked_shl(number).unwrap_or(0) & Self::ALL.0)
    }

    /// What is in either.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this one only.
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
}

/// Root's programs get no capabilities for being root's (`SECBIT_NOROOT`).
pub const NO_ROOT: u32 = 1 << 0;
/// A change of users changes no capabilities (`SECBIT_NO_SETUID_FIXUP`).
pub const NO_SETUID_FIXUP: u32 = 1 << 2;
/// Permitted ones stay when no user is root any more (`SECBIT_KEEP_CAPS`).
pub const KEEP_CAPS: u32 = 1 << 4;
/// Nothing is added to the ambient set (`SECBIT_NO_CAP_AMBIENT_RAISE`).
pub const NO_AMBIENT_RAISE: u32 = 1 << 6;
/// The bits that have an effect. The one above each locks it.
pub const SECURE_BITS: u32 = NO_ROOT | NO_SETUID_FIXUP | KEEP_CAPS | NO_AMBIENT_RAISE;

/// The sets of a process.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Capabilities {
    /// Those that checks ask for.
    pub effective: CapabilitySet,
    /// Those that may become effective.
    pub permitted: CapabilitySet,
    /// Those that a file that inherits them gets at exec.
    pub inheritable: CapabilitySet,
    /// The most that exec gives.
    pub bounding: CapabilitySet,
    /// Those that exec leaves, without any help of the file.
    pub ambient: CapabilitySet,
    /// The bits of [`SECURE_BITS`] and their locks.
    pub secure_bits: u32,
}

/// Real, effective and saved user.
pub type Users = [u32; 3];

impl Capabilities {
    /// Those of the first process.
    pub const fn full() -> Self {
        Self {
            effective: CapabilitySet::ALL,
            permitted: CapabilitySet::ALL,
            inheritable: CapabilitySet::EMPTY,
            bounding: CapabilitySet::ALL,
            ambient: CapabilitySet::EMPTY,
            secure_bits: 0,
        }
    }

    /// Whether checks for it pass.
    #[inline]
    pub fn has(&self, capability: Capability) -> bool {
        self.effective.0 & 1 << capability as u32 != 0
    }

    /// Whether a bit of [`SECURE_BITS`] is set.
    pub fn is_secure(&self, bit: u32) -> bool {
        self.secure_bits & bit != 0
    }

    /// The users were changed by setuid(2) or its kin ("Effect of user ID
    /// changes on capabilities").
    pub fn users_changed(&mut self, old: Users, new: Users) {
        if self.is_secure(NO_SETUID_FIXUP) {
            return;
        }
        if old.contains(&0) && !new.contains(&0) {
            if !self.is_secure(KEEP_CAPS) {
                self.permitted = CapabilitySet::EMPTY;
                self.effective = CapabilitySet::EMPTY;
            }
            self.ambient = CapabilitySet::EMPTY;
        }
        let [_, old_effective, _] = old;
        let [_, new_effective, _] = new;
        if old_effective == 0 && new_effective != 0 {
            self.effective = CapabilitySet::EMPTY;
        } else if old_effective != 0 && new_effective == 0 {
            self.effective = self.permitted;
        }
    }

    /// The user for file access was changed by setfsuid(2).
    pub fn file_user_changed(&mut self, old: u32, new: u32) {
        if self.is_secure(NO_SETUID_FIXUP) {
            return;
        }
        if old == 0 && new != 0 {
            self.effective = self.effective.difference(CapabilitySet::FILES);
        } else if old != 0 && new == 0 {
            let files = self.permitted.intersection(CapabilitySet::FILES);
            self.effective = self.effective.union(files);
        }
    }

    /// As exec changes them for a program that runs as this real and effective user
    /// ("Transformation of capabilities during execve()"). `changes_users` says that the file
    /// has set-ID bits with an effect, `confined` that exec may give nothing new
    /// (`PR_SET_NO_NEW_PRIVS`).
    pub fn for_program(
        &self,
        real: u32,
        effective: u32,
        changes_users: bool,
        confined: bool,
    ) -> Self {
        let mut new = *self;
        new.permitted = CapabilitySet::EMPTY;
        let mut all_effective = false;
        if !self.is_secure(NO_ROOT) && (real == 0 || effective == 0) {
            new.permitted = self.bounding.union(self.inheritable);
            all_effective = effective == 0;
        }
        if confined {
            new.permitted = new.permitted.intersection(self.permitted);
        }
        if changes_users {
            new.ambient = CapabilitySet::EMPTY;
        }
        new.permitted = new.permitted.union(new.ambient);
        new.effective = if all_effective {
            new.permitted
        } else {
            new.ambient
        };
        new.secure_bits &= !KEEP_CAPS;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Users = [0, 0, 0];
    const USER: Users = [7, 7, 7];

    #[test]
    fn leaving_root_loses_all_unless_they_are_kept() {
        let mut own = Capabilities::full();
        own.users_changed(ROOT, USER);
        assert_eq!((own.permitted.0, own.effective.0), (0, 0));

        let mut own = Capabilities::full();
        own.secure_bits = KEEP_CAPS;
        own.users_changed(ROOT, USER);
        assert_eq!(
            (own.permitted, own.effective.0),
            (CapabilitySet::ALL, 0),
            "kept, but not effective"
        );

        let mut own = Capabilities::full();
        own.users_changed(ROOT, [0, 7, 0]);
        assert_eq!((own.permitted, own.effective.0), (CapabilitySet::ALL, 0));
        own.users_changed([0, 7, 0], ROOT);
        assert_eq!(own.effective, CapabilitySet::ALL);
    }

    #[test]
    fn the_file_user_takes_the_capabilities_of_files_along() {
        let mut own = Capabilities::full();
        own.file_user_changed(0, 7);
        assert!(!own.has(Capability::DacOverride) && own.has(Capability::Kill));
        own.file_user_changed(7, 0);
        assert!(own.has(Capability::DacOverride));
    }

    #[test]
    fn exec_gives_root_what_the_bounding_set_leaves() {
        let mut own = Capabilities::full();
        own.bounding = CapabilitySet::ALL.difference(CapabilitySet::one(Capability::Kill as u32));
        let new = own.for_program(0, 0, false, false);
        assert!(!new.has(Capability::Kill) && new.has(Capability::Chown));
        assert_eq!(own.for_program(7, 7, false, false).permitted.0, 0);
        // Root by its real user only: permitted, not effective.
        let new = own.for_program(0, 7, false, false);
        assert_eq!((new.permitted, new.effective.0), (own.bounding, 0));
        own.secure_bits = NO_ROOT;
        assert_eq!(own.for_program(0, 0, false, false).permitted.0, 0);
    }

    #[test]
    fn ambient_ones_stay_over_exec_unless_the_user_changes() {
        let kill = CapabilitySet::one(Capability::Kill as u32);
        let own = Capabilities {
            permitted: kill,
            inheritable: kill,
            ambient: kill,
            bounding: CapabilitySet::ALL,
            ..Capabilities::default()
        };
        assert_eq!(own.for_program(7, 7, false, false).effective, kill);
        assert_eq!(own.for_program(7, 8, true, false).effective.0, 0);
        // A root program of a confined process gets no more than there was.
        assert_eq!(own.for_program(0, 0, false, true).permitted, kill);
    }

    #[test]
    fn numbers_beyond_the_last_are_none() {
        assert_eq!(CapabilitySet::one(41).0, 0);
        assert_eq!(CapabilitySet::one(64).0, 0);
        assert_eq!(CapabilitySet::one(40).0, 1 << 40);
    }
}
