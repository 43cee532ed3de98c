//! Who may do what with a node: owner, group and others (path_resolution(7), "Permissions").

use crate::errno::{Errno, Result};
use crate::fs::inode::{FileType, Inode, Ownership};
use crate::process::{Capability, Credentials};

/// Execute a file, search a directory (`X_OK`).
pub const EXECUTE: u32 = 1;
/// Write a file, change a directory (`W_OK`).
pub const WRITE: u32 = 2;
/// Read a file, list a directory (`R_OK`).
pub const READ: u32 = 4;

/// Set-user-ID bit.
pub const SET_UID: u32 = 0o4000;
/// Set-group-ID bit.
pub const SET_GID: u32 = 0o2000;
/// Sticky bit: only owners remove names from the directory.
pub const STICKY: u32 = 0o1000;
/// All bits that chmod(2) sets.
pub const MODE_BITS: u32 = 0o7777;

/// Checks the permissions `wanted` (a sum of [`EXECUTE`], [`WRITE`], [`READ`]).
///
/// # Errors
/// `EACCES`.
#[inline]
pub fn check(inode: &dyn Inode, credentials: &Credentials, wanted: u32) -> Result<()> {
    // To execute a file, one execute bit is needed all the same.
    if credentials.has(Capability::DacOverride)
        && (wanted & EXECUTE == 0 || inode.kind() == FileType::Directory)
    {
        return Ok(());
    }
    let denied = check_bits(&inode.ownership(), credentials, wanted);
    if denied.is_err() && credentials.has(Capability::DacReadSearch) {
        let readable = match inode.kind() {
            FileType::Directory => READ | EXECUTE,
            _ => READ,
        };
        if wanted & !readable == 0 {
            return Ok(());
        }
    }
    denied
}

/// The mode without the bits that run a file as its owner or group, when somebody without `CAP_FSETID` has changed its
/// contents (inode(7)); `None` when it stays as it is.
pub fn mode_after_change(node: &Ownership, credentials: &Credentials) -> Option<u32> {
    let mut bits = SET_UID;
    // Without group execution the bit means something else, which members of the group decide.
    if node.mode & 0o010 != 0 || !credentials.in_group(node.gid) {
        bits |= SET_GID;
    }
    let clears = node.mode & bits != 0 && !credentials.has(Capability::FileSetId);
    clears.then_some(node.mode & !bits)
}

fn check_bits(node: &Ownership, credentials: &Credentials, wanted: u32) -> Result<()> {
    let granted = if credentials.has(Capability::DacOverride) {
        READ | WRITE | if node.mode & 0o111 != 0 { EXECUTE } else { 0 }
    } else if credentials.fsuid == node.uid {
        node.mode >> 6
    } else if credentials.in_group(node.gid) {
        node.mode >> 3
    } else {
        node.mode
    };
    if wanted & !granted & 7 == 0 {
        Ok(())
    } else {
        Err(Errno::EACCES)
    }
}

/// Whether the caller owns the node, or may act as its owner.
pub fn is_owner(inode: &dyn Inode, credentials: &Credentials) -> bool {
    credentials.has(Capability::FileOwner) || inode.ownership().uid == credentials.fsuid
}

/// Checks that a name of `victim` may be removed from `directory`: write and search permission, and ownership of either
/// when the directory is sticky (unlink(2)).
///
/// # Errors
/// `EACCES`, `EPERM`.
pub fn check_removal(
    directory: &dyn Inode,
    victim: &dyn Inode,
    credentials: &Credentials,
) -> Result<()> {
    check(directory, credentials, WRITE | EXECUTE)?;
    let directory = directory.ownership();
    if directory.mode & STICKY != 0
        && directory.uid != credentials.fsuid
        && victim.ownership().uid != credentials.fsuid
        && !credentials.has(Capability::FileOwner)
    {
        return Err(Errno::EPERM);
    }
    Ok(())
}

/// Owner and permissions of a node that is made in `directory`: a set-group-ID directory hands its group down, and the
/// bit itself to directories (inode(7)).
pub fn for_new_node(
    directory: &dyn Inode,
    kind: FileType,
    mode: u32,
    umask: u32,
    credentials: &Credentials,
) -> Ownership {
    let above = directory.ownership();
    // The permissions of a symbolic link mean nothing and are always shown as all.
    let umask = if kind == FileType::SymbolicLink {
        0
    } else {
        umask & 0o777
    };
    let mut mode = mode & MODE_BITS & !umask;
    let gid = if above.mode & SET_GID != 0 {
        if kind == FileType::Directory {
            mode |= SET_GID;
        }
        above.gid
    } else {
        credentials.fsgid
    };
    if mode & SET_GID != 0
        && kind != FileType::Directory
        && mode & 0o010 != 0
        && !credentials.in_group(gid)
        && !credentials.has(Capability::FileSetId)
    {
        mode &= !SET_GID;
    }
    Ownership {
        mode,
        uid: credentials.fsuid,
        gid,
    }
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;
    use alloc::vec;

    use super::*;

    #[test]
    fn the_first_class_that_fits_decides() {
        let node = Ownership {
            mode: 0o047,
            uid: 10,
            gid: 20,
        };
        let owner = Credentials {
            fsuid: 10,
            fsgid: 20,
            euid: 10,
            ..Credentials::default()
        };
        let member = Credentials {
            fsuid: 11,
            fsgid: 9,
            groups: Arc::new(vec![20]),
            euid: 11,
            ..Credentials::default()
        };
        let other = Credentials {
            fsuid: 12,
            fsgid: 9,
            euid: 12,
            ..Credentials::default()
        };
        assert_eq!(check_bits(&node, &owner, READ), Err(Errno::EACCES));
        assert_eq!(check_bits(&node, &member, READ), Ok(()));
        assert_eq!(check_bits(&node, &member, WRITE), Err(Errno::EACCES));
        assert_eq!(check_bits(&node, &other, READ | WRITE | EXECUTE), Ok(()));
        assert_eq!(
            check_bits(&node, &Credentials::root(), READ | WRITE | EXECUTE),
            Ok(())
        );
        let plain = Ownership {
            mode: 0o644,
            uid: 10,
            gid: 20,
        };
        assert_eq!(
            check_bits(&plain, &Credentials::root(), EXECUTE),
            Err(Errno::EACCES)
        );
    }
}
