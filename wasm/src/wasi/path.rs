//! Calls on paths: `path_*`.
//!
//! cap-std resolves them below an open directory and refuses whatever leads out of it: `..`, absolute paths and
//! links, at any place and also while somebody swaps a directory for a link. Such a refusal is `Perm` and is
//! remembered for the hint at the end. Below a read-only grant, calls that would change something are `Rofs`.

use std::path::Path;
use std::sync::Arc;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir as HostDir, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;

use super::WasiCtx;
use super::errno::{Answer, Errno, Stop};
use super::fd::{Filestat, NewTime, fdflags, rights};
use super::memory::{Memory, len32};
use super::table::{Access, Dir, Entry, File, Origin};

/// How to open (witx type `oflags`).
mod oflags {
    pub const CREAT: u32 = 1;
    pub const DIRECTORY: u32 = 2;
    pub const EXCL: u32 = 4;
    pub const TRUNC: u32 = 8;
    pub const ALL: u32 = 15;
}

/// Whether the last part of a path may be a link that is followed (witx type `lookupflags`).
fn follows(flags: u32) -> Answer<bool> {
    match flags {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Errno::Inval.into()),
    }
}

impl WasiCtx {
    /// The directory `fd` and whether it may be changed.
    fn base(&mut self, fd: u32) -> Answer<(Arc<HostDir>, Access)> {
        let dir = self.table.dir(fd)?;
        Ok((Arc::clone(&dir.host), dir.access))
    }

    /// The directory `fd`, to change something in it.
    fn base_to_change(&mut self, fd: u32) -> Answer<Arc<HostDir>> {
        let (dir, access) = self.base(fd)?;
        access.check_write()?;
        Ok(dir)
    }

    /// Remembers `path` if it was refused because it leads out of its directory.
    fn noting<T>(&mut self, path: &str, result: std::io::Result<T>) -> Answer<T> {
        if let Err(error) = &result
            && error.raw_os_error().is_none()
            && error.kind() == std::io::ErrorKind::PermissionDenied
        {
            self.refused.note(path);
        }
        result.map_err(Stop::from)
    }

    pub fn path_create_directory(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        path: u32,
        len: u32,
    ) -> Answer {
        let path = memory.path(path, len)?;
        let dir = self.base_to_change(fd)?;
        self.noting(&path, dir.create_dir(&path))
    }

    pub fn path_filestat_get(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        flags: u32,
        path: u32,
        len: u32,
        out: u32,
    ) -> Answer {
        let path = memory.path(path, len)?;
        let (dir, _) = self.base(fd)?;
        let metadata = match follows(flags)? {
            true => dir.metadata(&path),
            false => dir.symlink_metadata(&path),
        };
        let metadata = self.noting(&path, metadata)?;
        Filestat::of_path(&metadata).store(memory, out)
    }

    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn path_filestat_set_times(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        flags: u32,
        path: u32,
        len: u32,
        atim: u64,
        mtim: u64,
        which: u32,
    ) -> Answer {
        let path = memory.path(path, len)?;
        let dir = self.base_to_change(fd)?;
        let [access, modification] = NewTime::both(atim, mtim, which)?.map(NewTime::spec);
        let keeps_both = access.is_none() && modification.is_none();
        let done = match (follows(flags)?, keeps_both) {
            // utimensat(2) would not even look whether there is such a file.
            (true, true) => dir.metadata(&path).map(drop),
            (false, true) => dir.symlink_metadata(&path).map(drop),
            (true, false) => dir.set_times(&path, access, modification),
            (false, false) => dir.set_symlink_times(&path, access, modification),
        };
        self.noting(&path, done)
    }

    /// The source may not be followed: a link to it could be changed before it is used.
    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn path_link(
        &mut self,
        memory: &mut Memory<'_>,
        old_fd: u32,
        flags: u32,
        old: u32,
        old_len: u32,
        new_fd: u32,
        new: u32,
        new_len: u32,
    ) -> Answer {
        let (old, new) = (memory.path(old, old_len)?, memory.path(new, new_len)?);
        // A second name elsewhere would make the file writable, so the source's grant counts as well.
        let (from, to) = (self.base_to_change(old_fd)?, self.base_to_change(new_fd)?);
        if follows(flags)? {
            return Err(Errno::Inval.into());
        }
        let done = from.hard_link(&old, &to, &new);
        self.noting_either(&old, &new, done)
    }

    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn path_open(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        how: u32,
        base: u64,
        _inheriting: u64,
        flags: u32,
        out: u32,
    ) -> Answer {
        memory.check(out, 4, 4)?;
        let path = memory.path(path, len)?;
        let (dir, access) = self.base(fd)?;
        if how & !oflags::ALL != 0 || flags & !fdflags::ALL != 0 {
            return Err(Errno::Inval.into());
        }
        let (create, truncate) = (how & oflags::CREAT != 0, how & oflags::TRUNC != 0);
        let must_be_dir = how & oflags::DIRECTORY != 0;
        if must_be_dir && how != oflags::DIRECTORY {
            return Err(Errno::Inval.into());
        }
        let write = base & (rights::WRITE | rights::ALLOCATE | rights::FILESTAT_SET_SIZE) != 0;
        let read = base & (rights::READ | rights::READDIR) != 0;
        if access == Access::ReadOnly && (write || create || truncate) {
            // O_CREAT does nothing to a file that is there, and open(2) allows it on a read-only mount.
            let exists =
                create && !write && !truncate && how & oflags::EXCL == 0 && dir.exists(&path);
            if !exists {
                return Err(Errno::Rofs.into());
            }
        }
        let changes = access == Access::ReadWrite && (write || create || truncate);
        let mut options = OpenOptions::new();
        // The host needs one of them; what the program may do with the descriptor is its own matter.
        options.read(read || !changes).write(changes);
        options.truncate(truncate);
        if access == Access::ReadWrite && create {
            match how & oflags::EXCL != 0 {
                true => options.create_new(true),
                false => options.create(true),
            };
        }
        let mut host = fdflags::to_host(flags) | OFlags::NOCTTY;
        if must_be_dir {
            host |= OFlags::DIRECTORY;
        }
        options.custom_flags(host.bits().cast_signed());
        options.follow(match follows(lookup)? {
            true => FollowSymlinks::Yes,
            false => FollowSymlinks::No,
        });
        let opened = dir.open_with(&path, &options);
        let file = self.noting(&path, opened)?.into_std();
        let entry = if file.metadata()?.is_dir() {
            let host = Arc::new(HostDir::from_std_file(file));
            Entry::Dir(Dir {
                host,
                access,
                preopen: None,
                names: Vec::new(),
            })
        } else {
            Entry::File(File::new(file, read, write, access, Origin::Opened)?)
        };
        let fd = self.table.push(entry)?;
        memory.store_u32(out, fd)
    }

    /// A target that is absolute says more about the host than a program should know, and leads nowhere: `Perm`.
    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn path_readlink(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        path: u32,
        len: u32,
        at: u32,
        room: u32,
        out: u32,
    ) -> Answer {
        memory.check(at, room, 1)?;
        memory.check(out, 4, 4)?;
        let path = memory.path(path, len)?;
        let (dir, _) = self.base(fd)?;
        let target = dir.read_link(&path);
        let target = self.noting(&path, target)?;
        let target = target.to_str().ok_or(Errno::Ilseq)?;
        let count = target.len().min(room as usize);
        memory.store(at, 1, &target.as_bytes()[..count])?;
        memory.store_u32(out, len32(count)?)
    }

    pub fn path_remove_directory(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        path: u32,
        len: u32,
    ) -> Answer {
        let path = memory.path(path, len)?;
        let dir = self.base_to_change(fd)?;
        // A slash at the end is allowed; cap-std would make it `/.`, which rmdir(2) refuses.
        let name = match path.trim_end_matches('/') {
            "" => path.as_str(),
            name => name,
        };
        self.noting(&path, dir.remove_dir(name))
    }

    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn path_rename(
        &mut self,
        memory: &mut Memory<'_>,
        old_fd: u32,
        old: u32,
        old_len: u32,
        new_fd: u32,
        new: u32,
        new_len: u32,
    ) -> Answer {
        let (old, new) = (memory.path(old, old_len)?, memory.path(new, new_len)?);
        let (from, to) = (self.base_to_change(old_fd)?, self.base_to_change(new_fd)?);
        let done = from.rename(&old, &to, &new);
        self.noting_either(&old, &new, done)
    }

    pub fn path_symlink(
        &mut self,
        memory: &mut Memory<'_>,
        old: u32,
        old_len: u32,
        fd: u32,
        new: u32,
        new_len: u32,
    ) -> Answer {
        let (old, new) = (memory.path(old, old_len)?, memory.path(new, new_len)?);
        let dir = self.base_to_change(fd)?;
        if old.is_empty() {
            return Err(Errno::Noent.into());
        }
        if Path::new(&old).is_absolute() {
            return Err(Errno::Perm.into());
        }
        let done = HostDir::symlink(&dir, &old, &new);
        self.noting(&new, done)
    }

    pub fn path_unlink_file(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        path: u32,
        len: u32,
    ) -> Answer {
        let path = memory.path(path, len)?;
        let dir = self.base_to_change(fd)?;
        self.noting(&path, dir.remove_file(&path))
    }

    /// As [`Self::noting`], for calls with two paths: the one that looks like the reason.
    fn noting_either<T>(&mut self, old: &str, new: &str, result: std::io::Result<T>) -> Answer<T> {
        let leads_out =
            |path: &str| path.starts_with('/') || path.split('/').any(|part| part == "..");
        self.noting(
            if leads_out(old) || !leads_out(new) {
                old
            } else {
                new
            },
            result,
        )
    }
}
