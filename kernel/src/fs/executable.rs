//! Files as programs and as memory: what exec and mmap ask of them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use hal::space::Access;
use linux_raw_sys::general as raw;

use super::file::OpenFile;
use super::inode::{FileType, Inode};
use super::mount::flags::{NO_EXECUTE, NO_SUID};
use super::path::{LastLink, Location};
use super::permission::{self, check};
use crate::errno::{Errno, Result};
use crate::mm::Backing;
use crate::mm::object::SharedMemory;
use crate::process::Process;

/// A file that is about to be executed.
pub struct ExecutableFile {
    /// The node.
    pub inode: Arc<dyn Inode>,
    /// Its absolute path.
    pub path: Arc<[u8]>,
    /// The path that the caller gave.
    pub name: Vec<u8>,
    /// Its mount gives programs no identities (`MS_NOSUID`).
    ignores_identities: bool,
}

impl ExecutableFile {
    /// Finds a program for execve(2).
    ///
    /// # Errors
    /// As path resolution; `EACCES` when it is no regular file or may not be executed.
    pub fn open(process: &Process, path: &[u8]) -> Result<Self> {
        let location = super::walk(process).find(path, LastLink::Follow)?;
        Self::at(process, &location, path)
    }

    /// Finds a program for execveat(2).
    ///
    /// # Errors
    /// As [`ExecutableFile::open`]; `EINVAL` for unknown flags, `ELOOP` for a symbolic link with
    /// `AT_SYMLINK_NOFOLLOW`, `EBADF`, `ENOTDIR`.
    pub fn open_at(process: &Process, fd: usize, path: &[u8], flags: u32) -> Result<Self> {
        if flags & !(raw::AT_EMPTY_PATH | raw::AT_SYMLINK_NOFOLLOW) != 0 {
            return Err(Errno::EINVAL);
        }
        if path.is_empty() {
            if flags & raw::AT_EMPTY_PATH == 0 {
                return Err(Errno::ENOENT);
            }
            let file = super::file(process, fd)?;
            return Self::at(
                process,
                file.location(),
                alloc::format!("/dev/fd/{}", fd as i32).as_bytes(),
            );
        }
        let mut walk = super::walk(process);
        if !path.starts_with(b"/") && fd as i32 != raw::AT_FDCWD {
            walk.start = super::file(process, fd)?.location().clone();
        }
        let last = if flags & raw::AT_SYMLINK_NOFOLLOW != 0 {
            LastLink::Keep
        } else {
            LastLink::Follow
        };
        let location = walk.find(path, last)?;
        if location.dentry.kind() == FileType::SymbolicLink {
            return Err(Errno::ELOOP);
        }
        Self::at(process, &location, path)
    }

    fn at(process: &Process, location: &Location, name: &[u8]) -> Result<Self> {
        let inode = location.inode().clone();
        if inode.kind() != FileType::Regular || location.mount.flags() & NO_EXECUTE != 0 {
            return Err(Errno::EACCES);
        }
        check(&*inode, &process.credentials(), permission::EXECUTE)?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(name.len())?;
        copy.extend_from_slice(name);
        Ok(Self {
            inode,
            path: location.display_path()?.into(),
            name: copy,
            ignores_identities: location.mount.flags() & NO_SUID != 0,
        })
    }

    /// The user and the group that the program runs as instead of the caller's: those of the file where its set-user-ID
    /// and set-group-ID bits are on (execve(2)). Without execute permission for the group, the second is no such bit.
    pub fn identities(&self) -> (Option<u32>, Option<u32>) {
        if self.ignores_identities {
            return (None, None);
        }
        let node = self.inode.ownership();
        let group = permission::SET_GID | permission::EXECUTE << 3;
        (
            (node.mode & permission::SET_UID != 0).then_some(node.uid),
            (node.mode & group == group).then_some(node.gid),
        )
    }
}

impl OpenFile {
    /// What a memory mapping of the file from `offset` on has behind it (mmap(2)).
    ///
    /// # Errors
    /// `EACCES` when the file is not open for what is asked, `EPERM` when a mount flag or a seal forbids it, `ENODEV` when
    /// the file can't be mapped, `EBADF` for `O_PATH`.
    pub fn map(&self, offset: u64, shared: bool, access: Access) -> Result<Backing> {
        let granted = self.access();
        if granted.path_only {
            return Err(Errno::EBADF);
        }
        let stores = shared && access.contains(Access::WRITE);
        if !granted.read || (stores && !granted.write) {
            return Err(Errno::EACCES);
        }
        if access.contains(Access::EXECUTE) && self.location().mount.flags() & NO_EXECUTE != 0 {
            return Err(Errno::EPERM);
        }
        if self.object_as::<super::devfs::Zero>().is_some() {
            // A mapping of /dev/zero is anonymous memory (zero(4)).
            return Ok(if shared {
                Backing::Shared {
                    memory: Arc::new(SharedMemory::new()),
                    offset: 0,
                }
            } else {
                Backing::Anonymous
            });
        }
        if self.object().is_some() || self.inode().kind() != FileType::Regular {
            return Err(Errno::ENODEV);
        }
        let mut may_write = granted.write;
        if shared && let Some(seals) = self.inode().seals() {
            let allowed = seals.allow_shared_writing();
            if stores {
                allowed?;
            }
            may_write &= allowed.is_ok();
        }
        Ok(Backing::File {
            inode: self.inode().clone(),
            path: self.location().display_path()?.into(),
            offset,
            shared,
            may_write,
        })
    }
}
