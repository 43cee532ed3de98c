//! Calls on descriptors: `fd_*`.

use std::io::{IoSlice, IoSliceMut, SeekFrom};
use std::num::NonZeroU64;
use std::sync::Arc;

use cap_fs_ext::{DirExt, SystemTimeSpec};
use cap_std::fs::{Dir as HostDir, MetadataExt};
use cap_std::time::{Duration as CapDuration, SystemTime as CapTime};
use rustix::fs::{self, Advice, FallocateFlags, OFlags, Stat, Timestamps};
use rustix::io::{self, retry_on_intr};

use super::WasiCtx;
use super::errno::{Answer, Errno, Stop};
use super::memory::{Memory, len32};
use super::poll;
use super::table::{Access, Entry, File, Kind, Name, Origin};

/// Rights (witx type `rights`), as they are reported; they are not kept.
pub mod rights {
    pub const DATASYNC: u64 = 1 << 0;
    pub const READ: u64 = 1 << 1;
    pub const SEEK: u64 = 1 << 2;
    pub const FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub const SYNC: u64 = 1 << 4;
    pub const TELL: u64 = 1 << 5;
    pub const WRITE: u64 = 1 << 6;
    pub const ADVISE: u64 = 1 << 7;
    pub const ALLOCATE: u64 = 1 << 8;
    pub const READDIR: u64 = 1 << 14;
    pub const FILESTAT_GET: u64 = 1 << 21;
    pub const FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub const FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub const POLL: u64 = 1 << 27;
    pub const SHUTDOWN: u64 = 1 << 28;
    /// `path_*` calls that only look: open, readlink, filestat_get; and as the source of a link.
    const PATH_LOOK: u64 = 1 << 11 | 1 << 13 | 1 << 15 | 1 << 18;
    /// `path_*` calls that change: create, link, rename, set_size, set_times, symlink, remove, unlink.
    const PATH_CHANGE: u64 =
        1 << 9 | 1 << 10 | 1 << 12 | 1 << 16 | 1 << 17 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26;

    /// What works on every file; writing calls not among them.
    pub const FILE: u64 =
        READ | SEEK | TELL | FDSTAT_SET_FLAGS | ADVISE | FILESTAT_GET | POLL | SYNC;
    /// What needs a file that is open for writing.
    pub const FILE_CHANGE: u64 = DATASYNC | WRITE | ALLOCATE | FILESTAT_SET_SIZE;
    /// What works on every directory.
    pub const DIR: u64 = PATH_LOOK | READDIR | FILESTAT_GET;
    /// What works on directories that may be changed.
    pub const DIR_CHANGE: u64 = PATH_CHANGE | FILESTAT_SET_TIMES;
}

/// Flags of a descriptor (witx type `fdflags`).
pub mod fdflags {
    pub const APPEND: u32 = 1;
    pub const DSYNC: u32 = 2;
    pub const NONBLOCK: u32 = 4;
    pub const RSYNC: u32 = 8;
    pub const SYNC: u32 = 16;
    pub const ALL: u32 = 31;

    use rustix::fs::OFlags;

    /// The host's flag for each.
    pub const HOST: [(u32, OFlags); 5] = [
        (APPEND, OFlags::APPEND),
        (DSYNC, OFlags::DSYNC),
        (NONBLOCK, OFlags::NONBLOCK),
        (RSYNC, OFlags::RSYNC),
        (SYNC, OFlags::SYNC),
    ];

    /// These flags as the host's.
    pub fn to_host(flags: u32) -> OFlags {
        let set = HOST.iter().filter(|(flag, _)| flags & flag != 0);
        set.fold(OFlags::empty(), |all, (_, host)| all | *host)
    }

    /// The host's flags as these. O_SYNC contains O_DSYNC and equals O_RSYNC on Linux; each shows as itself.
    pub fn from_host(host: OFlags) -> u32 {
        let set = HOST.iter().filter(|(_, flag)| host.contains(*flag));
        set.fold(0, |all, (flag, _)| all | flag)
    }
}

/// Which times a call changes (witx type `fstflags`).
mod fstflags {
    pub const ATIM: u32 = 1;
    pub const ATIM_NOW: u32 = 2;
    pub const MTIM: u32 = 4;
    pub const MTIM_NOW: u32 = 8;
    pub const ALL: u32 = 15;
}

/// What `utimensat` is to do with one time.
#[derive(Clone, Copy, Debug)]
pub enum NewTime {
    Keep,
    Now,
    /// Nanoseconds since 1970.
    Set(u64),
}

impl NewTime {
    /// Access and modification time from the parameters of a call.
    ///
    /// # Errors
    ///
    /// `Inval` for unknown flags and for both a time and the present one.
    pub fn both(atim: u64, mtim: u64, flags: u32) -> Answer<[Self; 2]> {
        if flags & !fstflags::ALL != 0 {
            return Err(Errno::Inval.into());
        }
        let one = |time, set, now| match (flags & set != 0, flags & now != 0) {
            (true, true) => Err(Errno::Inval),
            (true, false) => Ok(Self::Set(time)),
            (false, true) => Ok(Self::Now),
            (false, false) => Ok(Self::Keep),
        };
        Ok([
            one(atim, fstflags::ATIM, fstflags::ATIM_NOW)?,
            one(mtim, fstflags::MTIM, fstflags::MTIM_NOW)?,
        ])
    }

    fn timespec(self) -> fs::Timespec {
        let (tv_sec, tv_nsec) = match self {
            Self::Keep => (0, fs::UTIME_OMIT),
            Self::Now => (0, fs::UTIME_NOW),
            // Both fit: 2^64 ns are 585 years.
            Self::Set(time) => ((time / 1_000_000_000) as i64, (time % 1_000_000_000) as _),
        };
        fs::Timespec { tv_sec, tv_nsec }
    }

    /// The same for cap-std.
    pub fn spec(self) -> Option<SystemTimeSpec> {
        match self {
            Self::Keep => None,
            Self::Now => Some(SystemTimeSpec::SymbolicNow),
            Self::Set(time) => Some(SystemTimeSpec::Absolute(CapTime::from_std(
                std::time::SystemTime::UNIX_EPOCH + CapDuration::from_nanos(time),
            ))),
        }
    }
}

/// A file's attributes in the form of witx type `filestat`.
pub struct Filestat {
    pub dev: u64,
    pub ino: u64,
    pub kind: Kind,
    pub nlink: u64,
    pub size: u64,
    /// Access, modification and change time in nanoseconds since 1970; earlier ones count as 0.
    pub times: [u64; 3],
}

impl Filestat {
    fn of_fd(stat: &Stat) -> Self {
        Self {
            dev: stat.st_dev,
            ino: stat.st_ino,
            kind: Kind::from(fs::FileType::from_raw_mode(stat.st_mode)),
            nlink: stat.st_nlink,
            size: stat.st_size as u64,
            times: [
                nanoseconds(stat.st_atime, stat.st_atime_nsec as i64),
                nanoseconds(stat.st_mtime, stat.st_mtime_nsec as i64),
                nanoseconds(stat.st_ctime, stat.st_ctime_nsec as i64),
            ],
        }
    }

    pub fn of_path(metadata: &cap_std::fs::Metadata) -> Self {
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            kind: Kind::from(fs::FileType::from_raw_mode(metadata.mode())),
            nlink: metadata.nlink(),
            size: metadata.len(),
            times: [
                nanoseconds(metadata.atime(), metadata.atime_nsec()),
                nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
                nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            ],
        }
    }

    pub fn store(&self, memory: &mut Memory<'_>, at: u32) -> Answer {
        let mut bytes = [0; 64];
        let [atim, mtim, ctim] = self.times;
        let words = [
            self.dev,
            self.ino,
            self.kind as u64,
            self.nlink,
            self.size,
            atim,
            mtim,
            ctim,
        ];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        memory.store(at, 8, &bytes)
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> u64 {
    let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    u64::try_from(total.max(0)).unwrap_or(u64::MAX)
}

/// The system's limits for offsets and lengths are those of `off_t`.
fn offset(value: u64) -> Answer<u64> {
    match i64::try_from(value) {
        Ok(_) => Ok(value),
        Err(_) => Err(Errno::Inval.into()),
    }
}

fn read(file: &File, buffers: &mut [IoSliceMut<'_>]) -> Answer<usize> {
    Ok(match buffers {
        [buffer] => retry_on_intr(|| io::read(&file.host, &mut buffer[..]))?,
        _ => retry_on_intr(|| io::readv(&file.host, buffers))?,
    })
}

fn write(file: &File, buffers: &[IoSlice<'_>]) -> Answer<usize> {
    Ok(match buffers {
        [buffer] => retry_on_intr(|| io::write(&file.host, buffer))?,
        _ => retry_on_intr(|| io::writev(&file.host, buffers))?,
    })
}

/// Writes at `offset`. On Linux that appends where O_APPEND is set, whatever the offset; POSIX and WASI want the
/// offset to count, so the flag is taken away for the time of the call. An inherited file keeps it.
fn write_at(file: &File, buffers: &[IoSlice<'_>], offset: u64) -> Answer<usize> {
    let flags = fs::fcntl_getfl(&file.host)?;
    let appends = file.origin == Origin::Opened && flags.contains(OFlags::APPEND);
    if appends {
        fs::fcntl_setfl(&file.host, flags - OFlags::APPEND)?;
    }
    let written = retry_on_intr(|| io::pwritev(&file.host, buffers, offset));
    if appends {
        fs::fcntl_setfl(&file.host, flags)?;
    }
    Ok(written?)
}

impl WasiCtx {
    pub fn fd_advise(
        &mut self,
        _: &mut Memory<'_>,
        fd: u32,
        at: u64,
        len: u64,
        advice: u32,
    ) -> Answer {
        let advice = match advice {
            0 => Advice::Normal,
            1 => Advice::Sequential,
            2 => Advice::Random,
            3 => Advice::WillNeed,
            4 => Advice::DontNeed,
            5 => Advice::NoReuse,
            _ => return Err(Errno::Inval.into()),
        };
        let file = self.table.file(fd)?;
        offset(at.checked_add(len).ok_or(Errno::Inval)?)?;
        Ok(fs::fadvise(&file.host, at, NonZeroU64::new(len), advice)?)
    }

    pub fn fd_allocate(&mut self, _: &mut Memory<'_>, fd: u32, at: u64, len: u64) -> Answer {
        let file = self.table.file(fd)?;
        file.check_write()?;
        if len == 0 {
            return Err(Errno::Inval.into());
        }
        at.checked_add(len)
            .filter(|end| i64::try_from(*end).is_ok())
            .ok_or(Errno::Fbig)?;
        Ok(fs::fallocate(&file.host, FallocateFlags::empty(), at, len)?)
    }

    pub fn fd_close(&mut self, _: &mut Memory<'_>, fd: u32) -> Answer {
        self.table.remove(fd).map(drop)
    }

    pub fn fd_datasync(&mut self, _: &mut Memory<'_>, fd: u32) -> Answer {
        match self.table.get(fd)? {
            Entry::File(file) => Ok(retry_on_intr(|| fs::fdatasync(&file.host))?),
            Entry::Dir(dir) => Ok(dir.host.open(".")?.sync_data()?),
        }
    }

    pub fn fd_sync(&mut self, _: &mut Memory<'_>, fd: u32) -> Answer {
        match self.table.get(fd)? {
            Entry::File(file) => Ok(retry_on_intr(|| fs::fsync(&file.host))?),
            Entry::Dir(dir) => Ok(dir.host.open(".")?.sync_all()?),
        }
    }

    pub fn fd_fdstat_get(&mut self, memory: &mut Memory<'_>, fd: u32, out: u32) -> Answer {
        let (kind, flags, base, inheriting) = match self.table.get(fd)? {
            Entry::File(file) => {
                let mut flags = fdflags::from_host(fs::fcntl_getfl(&file.host)?);
                if file.origin == Origin::Inherited {
                    flags &= !fdflags::NONBLOCK;
                    flags |= if file.nonblock { fdflags::NONBLOCK } else { 0 };
                }
                (file.kind, flags, file_rights(file), 0)
            }
            Entry::Dir(dir) => {
                let (mut base, mut files) = (rights::DIR, rights::FILE);
                if dir.access == Access::ReadWrite {
                    base |= rights::DIR_CHANGE;
                    files |= rights::FILE_CHANGE | rights::FILESTAT_SET_TIMES;
                }
                (Kind::Directory, 0, base, base | files)
            }
        };
        let mut bytes = [0; 24];
        bytes[0] = kind as u8;
        bytes[2..4].copy_from_slice(&(flags as u16).to_le_bytes());
        bytes[8..16].copy_from_slice(&base.to_le_bytes());
        bytes[16..24].copy_from_slice(&inheriting.to_le_bytes());
        memory.store(out, 8, &bytes)
    }

    pub fn fd_fdstat_set_flags(&mut self, _: &mut Memory<'_>, fd: u32, flags: u32) -> Answer {
        const SETTABLE: u32 = fdflags::APPEND | fdflags::NONBLOCK;
        let file = self.table.file(fd)?;
        let host = fs::fcntl_getfl(&file.host)?;
        let now = fdflags::from_host(host);
        // F_SETFL would ignore the others.
        if flags & !fdflags::ALL != 0 || (flags ^ now) & !SETTABLE != 0 {
            return Err(Errno::Inval.into());
        }
        match file.origin {
            Origin::Opened => {
                let kept = host - fdflags::to_host(SETTABLE);
                fs::fcntl_setfl(&file.host, kept | fdflags::to_host(flags & SETTABLE))?;
            }
            Origin::Inherited if (flags ^ now) & fdflags::APPEND != 0 => {
                return Err(Errno::Notsup.into());
            }
            Origin::Inherited => file.nonblock = flags & fdflags::NONBLOCK != 0,
        }
        Ok(())
    }

    pub fn fd_fdstat_set_rights(
        &mut self,
        _: &mut Memory<'_>,
        fd: u32,
        _base: u64,
        _inheriting: u64,
    ) -> Answer {
        self.table.get(fd)?;
        Err(Errno::Notsup.into())
    }

    pub fn fd_filestat_get(&mut self, memory: &mut Memory<'_>, fd: u32, out: u32) -> Answer {
        let stat = match self.table.get(fd)? {
            Entry::File(file) => Filestat::of_fd(&fs::fstat(&file.host)?),
            Entry::Dir(dir) => Filestat::of_fd(&fs::fstat(&*dir.host)?),
        };
        stat.store(memory, out)
    }

    pub fn fd_filestat_set_size(&mut self, _: &mut Memory<'_>, fd: u32, size: u64) -> Answer {
        let file = self.table.file(fd)?;
        file.access.check_write()?;
        offset(size)?;
        if !file.write {
            // As ftruncate(2) has it.
            return Err(Errno::Inval.into());
        }
        Ok(retry_on_intr(|| fs::ftruncate(&file.host, size))?)
    }

    pub fn fd_filestat_set_times(
        &mut self,
        _: &mut Memory<'_>,
        fd: u32,
        atim: u64,
        mtim: u64,
        flags: u32,
    ) -> Answer {
        let entry = self.table.get(fd)?;
        let [access, modification] = NewTime::both(atim, mtim, flags)?;
        match entry {
            Entry::File(file) => {
                file.access.check_write()?;
                let (last_access, last_modification) = (access.timespec(), modification.timespec());
                Ok(fs::futimens(
                    &file.host,
                    &Timestamps {
                        last_access,
                        last_modification,
                    },
                )?)
            }
            Entry::Dir(dir) => {
                dir.access.check_write()?;
                Ok(dir
                    .host
                    .set_times(".", access.spec(), modification.spec())?)
            }
        }
    }

    pub fn fd_read(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Answer {
        let file = self.table.file(fd)?;
        file.check_read()?;
        memory.check(out, 4, 4)?;
        if file.nonblock && !poll::readable_now(file)? {
            return Err(Errno::Again.into());
        }
        let count = memory.scatter(iovs, count, |buffers| read(file, buffers))?;
        memory.store_u32(out, len32(count)?)
    }

    pub fn fd_pread(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        at: u64,
        out: u32,
    ) -> Answer {
        let file = self.table.file(fd)?;
        file.check_read()?;
        memory.check(out, 4, 4)?;
        offset(at)?;
        let count = memory.scatter(iovs, count, |buffers| {
            Ok(retry_on_intr(|| io::preadv(&file.host, buffers, at))?)
        })?;
        memory.store_u32(out, len32(count)?)
    }

    pub fn fd_write(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Answer {
        let file = self.table.file(fd)?;
        file.check_write()?;
        memory.check(out, 4, 4)?;
        if file.nonblock && !poll::writable_now(file)? {
            return Err(Errno::Again.into());
        }
        let count = memory.gather(iovs, count, |buffers| write(file, buffers))?;
        memory.store_u32(out, len32(count)?)
    }

    pub fn fd_pwrite(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        at: u64,
        out: u32,
    ) -> Answer {
        let file = self.table.file(fd)?;
        file.check_write()?;
        memory.check(out, 4, 4)?;
        offset(at)?;
        let count = memory.gather(iovs, count, |buffers| write_at(file, buffers, at))?;
        memory.store_u32(out, len32(count)?)
    }

    pub fn fd_prestat_get(&mut self, memory: &mut Memory<'_>, fd: u32, out: u32) -> Answer {
        let name = self.preopen(fd)?;
        let mut bytes = [0; 8];
        bytes[4..].copy_from_slice(&len32(name.len())?.to_le_bytes());
        memory.store(out, 4, &bytes)
    }

    pub fn fd_prestat_dir_name(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        at: u32,
        len: u32,
    ) -> Answer {
        let name = self.preopen(fd)?;
        if name.len() > len as usize {
            return Err(Errno::Nametoolong.into());
        }
        memory.store(at, 1, name.as_bytes())
    }

    /// The name under which the directory `fd` was granted. C libraries ask from 3 on, until they see `Badf`.
    fn preopen(&mut self, fd: u32) -> Answer<&str> {
        match self.table.get(fd)? {
            Entry::Dir(dir) => dir.preopen.as_deref().ok_or(Errno::Badf.into()),
            Entry::File(_) => Err(Errno::Badf.into()),
        }
    }

    pub fn fd_readdir(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        at: u32,
        len: u32,
        cookie: u64,
        out: u32,
    ) -> Answer {
        let dir = self.table.dir(fd)?;
        memory.check(at, len, 1)?;
        memory.check(out, 4, 4)?;
        // A cookie is a place in the list that was made at cookie 0, so that names neither come twice nor vanish
        // when files are removed between two calls.
        if cookie == 0 || dir.names.is_empty() {
            dir.names = list(&dir.host)?;
        }
        let mut bytes = Vec::new();
        let first = usize::try_from(cookie).unwrap_or(usize::MAX);
        for (index, Name { inode, kind, name }) in dir.names.iter().enumerate().skip(first) {
            // A shorter list would look complete to the program.
            let name = name.as_ref().map_err(|errno| *errno)?;
            bytes.extend((index as u64 + 1).to_le_bytes());
            bytes.extend(inode.to_le_bytes());
            bytes.extend(len32(name.len())?.to_le_bytes());
            bytes.extend([*kind as u8, 0, 0, 0]);
            bytes.extend(name.as_bytes());
            if bytes.len() >= len as usize {
                break;
            }
        }
        bytes.truncate(len as usize);
        memory.store(at, 1, &bytes)?;
        memory.store_u32(out, len32(bytes.len())?)
    }

    pub fn fd_renumber(&mut self, _: &mut Memory<'_>, from: u32, to: u32) -> Answer {
        self.table.renumber(from, to)
    }

    pub fn fd_seek(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        delta: u64,
        whence: u32,
        out: u32,
    ) -> Answer {
        let file = self.table.file(fd)?;
        memory.check(out, 8, 8)?;
        let delta = delta.cast_signed();
        let position = match whence {
            0 => SeekFrom::Start(u64::try_from(delta).map_err(|_| Errno::Inval)?),
            1 => SeekFrom::Current(delta),
            2 => SeekFrom::End(delta),
            _ => return Err(Errno::Inval.into()),
        };
        let position = fs::seek(&file.host, to_rustix(position))?;
        memory.store_u64(out, position)
    }

    pub fn fd_tell(&mut self, memory: &mut Memory<'_>, fd: u32, out: u32) -> Answer {
        let file = self.table.file(fd)?;
        let position = fs::tell(&file.host)?;
        memory.store_u64(out, position)
    }
}

fn to_rustix(position: SeekFrom) -> fs::SeekFrom {
    match position {
        SeekFrom::Start(at) => fs::SeekFrom::Start(at),
        SeekFrom::Current(delta) => fs::SeekFrom::Current(delta),
        SeekFrom::End(delta) => fs::SeekFrom::End(delta),
    }
}

/// What works on `file`. A C library takes a character device without SEEK and TELL for a terminal.
fn file_rights(file: &File) -> u64 {
    let mut all = rights::FILE;
    if file.access == Access::ReadWrite {
        all |= rights::FILE_CHANGE | rights::FILESTAT_SET_TIMES;
    }
    if !file.read {
        all &= !rights::READ;
    }
    if !file.write {
        all &= !rights::FILE_CHANGE;
    }
    let seekable = match file.kind {
        Kind::CharacterDevice => !file.is_terminal(),
        _ => fs::tell(&file.host).is_ok(),
    };
    if !seekable {
        all &= !(rights::SEEK
            | rights::TELL
            | rights::ADVISE
            | rights::ALLOCATE
            | rights::FILESTAT_SET_SIZE);
    }
    if file.is_socket() {
        all |= rights::SHUTDOWN;
    }
    all
}

/// All names in `dir`, and `.` and `..`, which a program expects; the latter is given the inode of the former, as
/// what is above a grant is nobody's business.
fn list(dir: &Arc<HostDir>) -> Answer<Vec<Name>> {
    let own = dir.dir_metadata()?.ino();
    let dots = [".", ".."].map(|name| Name {
        inode: own,
        kind: Kind::Directory,
        name: Ok(name.to_owned()),
    });
    let mut names = Vec::from(dots);
    for entry in dir.entries()? {
        let entry = entry?;
        let kind = entry_kind(&entry)?;
        let inode = cap_fs_ext::DirEntryExt::full_metadata(&entry).map(|metadata| metadata.ino());
        let inode = match inode {
            Ok(inode) => inode,
            // Removed in the meantime.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Stop::from(error)),
        };
        let name = entry.file_name().into_string().map_err(|_| Errno::Ilseq);
        names.push(Name { inode, kind, name });
    }
    Ok(names)
}

fn entry_kind(entry: &cap_std::fs::DirEntry) -> Answer<Kind> {
    use cap_std::fs::FileTypeExt;
    let ty = entry.file_type()?;
    Ok(if ty.is_dir() {
        Kind::Directory
    } else if ty.is_file() {
        Kind::RegularFile
    } else if ty.is_symlink() {
        Kind::SymbolicLink
    } else if ty.is_char_device() {
        Kind::CharacterDevice
    } else if ty.is_block_device() {
        Kind::BlockDevice
    } else if ty.is_socket() {
        Kind::SocketStream
    } else {
        Kind::Unknown
    })
}
