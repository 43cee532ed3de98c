//! Files as programs and as memory: what exec and mmap ask of them.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicI32, Ordering};

use hal::space::Access;
use linux_raw_sys::general as raw;

use super::file::OpenFile;
use super::inode::{FileType, Inode};
use super::mount::Mount;
use super::mount::flags::{NO_EXECUTE, NO_SUID};
use super::path::{LastLink, Location};
use super::permission::{self, check};
use crate::errno::{Errno, Result};
use crate::mm::Backing;
use crate::mm::object::SharedMemory;
use crate::process::{Credentials, Process, Thread};

/// How many have a file open for writing, or, as a negative number, how many run it: never both,
/// for what runs must not change (`ETXTBSY` in execve(2) and open(2)).
#[derive(Default)]
pub struct Writers(AtomicI32);

impl Writers {
    /// Nobody yet.
    pub const fn new() -> Self {
        Self(AtomicI32::new(0))
    }

    /// One more in the direction of `step`, unless there are some of the other kind.
    fn begin(&self, step: i32) -> Result<()> {
        self.0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| {
                (count.signum() != -step).then(|| count + step)
            })
            .map(drop)
            .map_err(|_| Errno::ETXTBSY)
    }

    /// One more where there is one already in that direction.
    fn again(&self, step: i32) {
        self.0.fetch_add(step, Ordering::SeqCst);
    }

    fn end(&self, step: i32) {
        self.0.fetch_sub(step, Ordering::SeqCst);
    }
}

/// A file, and what its holder keeps others from doing with it: also with the mount, which is in use.
pub struct Claim {
    inode: Arc<dyn Inode>,
    mount: Arc<Mount>,
    /// In which direction it counts, see [`Writers`].
    step: i32,
}

impl Claim {
    /// Somebody who only reads the file.
    pub fn none(file: &Location) -> Self {
        Self {
            inode: file.inode().clone(),
            mount: file.mount.clone(),
            step: 0,
        }
    }

    /// The file.
    #[inline]
    pub fn inode(&self) -> &Arc<dyn Inode> {
        &self.inode
    }

    /// Whether it is about the same file in the same way.
    pub fn is_same(&self, other: &Self) -> bool {
        self.step == other.step
            && Arc::ptr_eq(&self.inode, &other.inode)
            && Arc::ptr_eq(&self.mount, &other.mount)
    }

    /// Somebody has the file open for writing. `ETXTBSY` while it runs.
    pub fn to_write(file: &Location) -> Result<Self> {
        Self::new(file, 1)
    }

    /// Somebody runs the file. `ETXTBSY` while it is open for writing.
    pub fn to_run(file: &Location) -> Result<Self> {
        Self::new(file, -1)
    }

    fn new(file: &Location, step: i32) -> Result<Self> {
        if let Some(writers) = file.inode().writers() {
            writers.begin(step)?;
        }
        if step > 0 {
            file.mount.writer_came();
        }
        Ok(Self {
            inode: file.inode().clone(),
            mount: file.mount.clone(),
            step,
        })
    }
}

impl Clone for Claim {
    fn clone(&self) -> Self {
        if self.step != 0
            && let Some(writers) = self.inode.writers()
        {
            writers.again(self.step);
        }
        if self.step > 0 {
            self.mount.writer_came();
        }
        Self {
            inode: self.inode.clone(),
            mount: self.mount.clone(),
            step: self.step,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.step != 0
            && let Some(writers) = self.inode.writers()
        {
            writers.end(self.step);
        }
        if self.step > 0 {
            self.mount.writer_went();
        }
    }
}

/// A file that is about to be executed.
pub struct ExecutableFile {
    /// The node.
    pub inode: Arc<dyn Inode>,
    /// Where it was found.
    location: Location,
    /// Its absolute path.
    pub path: Arc<[u8]>,
    /// The path that the caller gave.
    pub name: Vec<u8>,
    /// Its mount gives programs no identities (`MS_NOSUID`).
    ignores_identities: bool,
    /// Nobody writes it while it is executed.
    claim: Arc<Claim>,
}

impl ExecutableFile {
    /// Finds a program for execve(2).
    ///
    /// # Errors
    /// As path resolution; `EACCES` when it is no regular file or may not be executed, `ETXTBSY`.
    pub fn open(process: &Process, credentials: &Arc<Credentials>, path: &[u8]) -> Result<Self> {
        let walk = super::walk(process, credentials.clone());
        let location = walk.find(path, LastLink::Follow)?;
        Self::at(credentials, &location, path)
    }

    /// Finds a program for execveat(2).
    ///
    /// # Errors
    /// As [`ExecutableFile::open`]; `EINVAL` for unknown flags, `ELOOP` for a symbolic link with
    /// `AT_SYMLINK_NOFOLLOW`, `EBADF`, `ENOTDIR`.
    pub fn open_at(thread: &Thread, fd: usize, path: &[u8], flags: u32) -> Result<Self> {
        let (process, credentials) = (&thread.process, thread.credentials());
        if flags & !(raw::AT_EMPTY_PATH | raw::AT_SYMLINK_NOFOLLOW) != 0 {
            return Err(Errno::EINVAL);
        }
        if path.is_empty() {
            if flags & raw::AT_EMPTY_PATH == 0 {
                return Err(Errno::ENOENT);
            }
            if fd as i32 == raw::AT_FDCWD {
                // The working directory, which is no program.
                return Err(Errno::EACCES);
            }
            let file = super::file(process, fd)?;
            return Self::at(
                &credentials,
                file.location(),
                alloc::format!("/dev/fd/{}", fd as i32).as_bytes(),
            );
        }
        let mut walk = super::walk(process, credentials.clone());
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
        Self::at(&credentials, &location, path)
    }

    fn at(credentials: &Credentials, location: &Location, name: &[u8]) -> Result<Self> {
        let inode = location.inode().clone();
        if inode.kind() != FileType::Regular || location.mount.flags() & NO_EXECUTE != 0 {
            return Err(Errno::EACCES);
        }
        check(&*inode, credentials, permission::EXECUTE)?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(name.len())?;
        copy.extend_from_slice(name);
        let claim = Arc::new(Claim::to_run(location)?);
        Ok(Self {
            claim,
            inode,
            location: location.clone(),
            path: location.display_path()?.into(),
            name: copy,
            ignores_identities: location.mount.flags() & NO_SUID != 0,
        })
    }

    /// What keeps the file from being written, for as long as somebody has it.
    pub fn claim(&self) -> Arc<Claim> {
        self.claim.clone()
    }

    /// The file as a mapping of its segments has it.
    pub fn mapped(&self) -> Claim {
        Claim::none(&self.location)
    }

    /// Whether one of these credentials may read the file, too. Who may not learns its contents from the memory of the program neither.
    pub fn is_readable(&self, credentials: &Credentials) -> bool {
        check(&*self.inode, credentials, permission::READ).is_ok()
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
        let may_execute = self.location().mount.flags() & NO_EXECUTE == 0;
        if access.contains(Access::EXECUTE) && !may_execute {
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
            file: self.mapped(),
            path: self.location().display_path()?.into(),
            offset,
            shared,
            may_write,
            may_execute,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_or_run() {
        let writers = Writers::new();
        writers.begin(1).unwrap();
        writers.begin(1).unwrap();
        assert_eq!(writers.begin(-1), Err(Errno::ETXTBSY));
        writers.end(1);
        assert_eq!(writers.begin(-1), Err(Errno::ETXTBSY));
        writers.end(1);
        writers.begin(-1).unwrap();
        writers.begin(-1).unwrap();
        assert_eq!(writers.begin(1), Err(Errno::ETXTBSY));
        writers.end(-1);
        writers.end(-1);
        writers.begin(1).unwrap();
    }
}
