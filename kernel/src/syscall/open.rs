//! Opening and closing: `open` and its kin, `close`, `close_range`.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, IntoBytes};

use super::Context;
use super::lookup::{AT_FDCWD, Base};
use crate::errno::{Errno, Result};
use crate::fs::Claim;
use crate::fs::OpenFile;
use crate::fs::dentry::Dentry;
use crate::fs::fd_table::FdTable;
use crate::fs::file::FileAccess;
use crate::fs::inode::{FileType, NewNode};
use crate::fs::mount::flags::NO_DEVICES;
use crate::fs::notify;
use crate::fs::path::{self, Last, LastLink, Location, Restrictions};
use crate::fs::permission::{self, EXECUTE, READ, WRITE};
use crate::mm::user::read_path;
use crate::process::{Process, Resource};
use crate::sync::SpinLock;

/// The flags of open(2) that are known. `O_LARGEFILE` is implied, `O_SYNC` and
/// its kin are met by memory, `FASYNC` is kept for `F_GETFL` alone (open(2), Bugs).
const KNOWN: u32 = raw::O_ACCMODE
    | raw::O_CREAT
    | raw::O_EXCL
    | raw::O_NOCTTY
    | raw::O_TRUNC
    | raw::O_APPEND
    | raw::O_NONBLOCK
    | raw::O_SYNC
    | raw::O_DSYNC
    | raw::FASYNC
    | raw::O_DIRECT
    | raw::O_LARGEFILE
    | raw::O_DIRECTORY
    | raw::O_NOFOLLOW
    | raw::O_NOATIME
    | raw::O_CLOEXEC
    | raw::O_PATH
    | raw::O_TMPFILE;

/// What is wanted of an open.
struct How {
    flags: u32,
    mode: u32,
    restrictions: Restrictions,
}

impl How {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag == flag
    }

    fn access(&self) -> FileAccess {
        if self.has(raw::O_PATH) {
            return FileAccess::PATH;
        }
        match self.flags & raw::O_ACCMODE {
            raw::O_RDONLY => FileAccess::READ,
            raw::O_WRONLY => FileAccess::WRITE,
            raw::O_RDWR => FileAccess::READ_WRITE,
            // 3 asks for ioctls only; it needs both permissions (open(2), notes).
            _ => FileAccess {
                read: false,
                write: false,
                path_only: false,
            },
        }
    }

    /// `EINVAL` for flags that exclude each other, whatever the path names.
    fn check(&self) -> Result<()> {
        let unnamed = raw::O_TMPFILE & !raw::O_DIRECTORY;
        let invalid = if self.has(unnamed) {
            !self.has(raw::O_DIRECTORY) || self.has(raw::O_CREAT) || self.wanted() & WRITE == 0
        } else {
            self.has(raw::O_CREAT | raw::O_DIRECTORY)
        };
        if invalid { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// The permissions that the access mode and `O_TRUNC` need.
    fn wanted(&self) -> u32 {
        let access = match self.flags & raw::O_ACCMODE {
            raw::O_RDONLY => READ,
            raw::O_WRONLY => WRITE,
            _ => READ | WRITE,
        };
        if self.has(raw::O_TRUNC) {
            access | WRITE
        } else {
            access
        }
    }
}

/// openat(2). Flags that are not known are ignored, as Linux documents for this
/// call (openat2(2) refuses them).
pub fn openat(cx: &Context, [dirfd, path, flags, mode, ..]: [usize; 6]) -> Result<usize> {
    let mut flags = flags as u32 & KNOWN;
    if flags & raw::O_PATH != 0 {
        flags &= raw::O_PATH | raw::O_DIRECTORY | raw::O_NOFOLLOW | raw::O_CLOEXEC;
    } else {
        // All files may be large (open(2)); `F_GETFL` says so.
        flags |= raw::O_LARGEFILE;
    }
    let how = How {
        flags,
        mode: mode as u32 & permission::MODE_BITS,
        restrictions: Restrictions::empty(),
    };
    open_path(cx, dirfd, path, &how)
}

/// open(2).
pub fn open(cx: &Context, [path, flags, mode, ..]: [usize; 6]) -> Result<usize> {
    openat(cx, [AT_FDCWD, path, flags, mode, 0, 0])
}

/// creat(2).
pub fn creat(cx: &Context, [path, mode, ..]: [usize; 6]) -> Result<usize> {
    let flags = raw::O_CREAT | raw::O_WRONLY | raw::O_TRUNC;
    openat(cx, [AT_FDCWD, path, flags as usize, mode, 0, 0])
}

/// `struct open_how`.
#[derive(Clone, Copy, FromBytes, IntoBytes)]
#[repr(C)]
struct RawHow {
    flags: u64,
    mode: u64,
    resolve: u64,
}

/// openat2(2).
pub fn openat2(cx: &Context, [dirfd, path, how, size, ..]: [usize; 6]) -> Result<usize> {
    if size < size_of::<RawHow>() {
        return Err(Errno::EINVAL);
    }
    if size > hal::mem::PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    for at in size_of::<RawHow>()..size {
        let mut byte = [0];
        let address = how.checked_add(at).ok_or(Errno::EFAULT)?;
        hal::user::copy_in(&mut byte, address)?;
        if byte[0] != 0 {
            return Err(Errno::E2BIG);
        }
    }
    let raw_how: RawHow = crate::mm::user::read_struct(how)?;
    let flags = u32::try_from(raw_how.flags).map_err(|_| Errno::EINVAL)?;
    let restrictions = Restrictions::from_bits(raw_how.resolve).ok_or(Errno::EINVAL)?;
    let creates = flags & raw::O_CREAT != 0 || flags & raw::O_TMPFILE == raw::O_TMPFILE;
    let path_flags = raw::O_PATH | raw::O_DIRECTORY | raw::O_NOFOLLOW | raw::O_CLOEXEC;
    if flags & !KNOWN != 0
        || raw_how.mode & !u64::from(permission::MODE_BITS) != 0
        || (raw_how.mode != 0 && !creates)
        || (flags & raw::O_PATH != 0 && flags & !path_flags != 0)
        || restrictions.contains(Restrictions::BENEATH | Restrictions::IN_ROOT)
    {
        return Err(Errno::EINVAL);
    }
    // What changes something is not tried (openat2(2)).
    if restrictions.contains(Restrictions::CACHED) && (creates || flags & raw::O_TRUNC != 0) {
        return Err(Errno::EAGAIN);
    }
    let how = How {
        flags,
        mode: raw_how.mode as u32,
        restrictions,
    };
    open_path(cx, dirfd, path, &how)
}

fn open_path(cx: &Context, dirfd: usize, path: usize, how: &How) -> Result<usize> {
    how.check()?;
    let path = read_path(path)?;
    if path.is_empty() {
        return Err(Errno::ENOENT);
    }
    let descriptor = Reserved::reserve(cx.process)?;
    // With the directory as the root, an absolute path starts there as well.
    let in_root = how.restrictions.contains(Restrictions::IN_ROOT);
    let base = Base::new(cx.thread, dirfd, if in_root { b"." } else { &path })?;
    let (location, found) = if how.has(raw::O_TMPFILE) {
        (unnamed(&base, &path, how)?, Found::New)
    } else {
        find_or_create(&base, &path, how)?
    };
    let file = OpenFile::open(location, how.access(), how.flags)?;
    finish_opening(&file)?;
    notify::opened(&file);
    if how.has(raw::O_TRUNC) && found == Found::Existing && file.inode().kind() == FileType::Regular
    {
        // With O_RDONLY too, it is a write.
        let _claim = Claim::to_write(file.location())?;
        file.inode().truncate(0)?;
        notify::at(&file.location().dentry, raw::IN_MODIFY);
    }
    Ok(descriptor.fill(file, how.has(raw::O_CLOEXEC)))
}

/// A descriptor that a call has taken before it opens something: at the limit it has done nothing yet. Free again when
/// it is dropped.
pub struct Reserved {
    files: Arc<SpinLock<FdTable>>,
    fd: i32,
    filled: bool,
}

impl Reserved {
    /// Takes the lowest free descriptor of a process.
    ///
    /// # Errors
    /// `EMFILE`, `ENOMEM`.
    pub fn reserve(process: &Process) -> Result<Self> {
        crate::mm::admit()?;
        let limit = process.limit(Resource::OpenFiles);
        let files = process.files();
        let fd = files.lock().reserve(limit)?;
        Ok(Self {
            files,
            fd,
            filled: false,
        })
    }

    /// Lets it name a file; gives its number.
    pub fn fill(mut self, file: Arc<OpenFile>, close_on_exec: bool) -> usize {
        self.filled = true;
        self.files.lock().fill(self.fd, file, close_on_exec);
        self.fd as usize
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !self.filled {
            self.files.lock().release(self.fd);
        }
    }
}

/// Waits until the file is open: a FIFO wants its other side.
fn finish_opening(file: &Arc<OpenFile>) -> Result<()> {
    let Some(object) = file.object() else {
        return Ok(());
    };
    match object.notifier() {
        Some(notifier) => super::block_on(&[notifier.queue()], file.nonblocking(), None, || {
            object.opened()
        }),
        None => object.opened(),
    }
}

/// Gives a file the lowest free descriptor.
pub fn install(process: &Process, file: Arc<OpenFile>, close_on_exec: bool) -> Result<usize> {
    crate::mm::admit()?;
    let limit = process.limit(Resource::OpenFiles);
    let fd = process
        .files
        .lock()
        .lock()
        .insert(file, close_on_exec, 0, limit)?;
    Ok(fd as usize)
}

/// Whether the node of an open was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Existing,
    New,
}

fn find_or_create(base: &Base, path: &[u8], how: &How) -> Result<(Location, Found)> {
    let creates = how.has(raw::O_CREAT);
    let keep_link = how.has(raw::O_NOFOLLOW) || (creates && how.has(raw::O_EXCL));
    let last_link = if keep_link {
        LastLink::Keep
    } else {
        LastLink::Follow
    };
    let walk = base.walk(how.restrictions);
    let location = if creates {
        match walk.find_or_last(path, last_link)? {
            path::Found::Node(location) => {
                if how.has(raw::O_EXCL) {
                    return Err(Errno::EEXIST);
                }
                if location.dentry.is_directory() {
                    return Err(Errno::EISDIR);
                }
                location
            }
            path::Found::Missing(last) => {
                if last.is_special() {
                    return Err(Errno::EISDIR);
                }
                match create(base, &last, FileType::Regular, how.mode, 0, b"") {
                    // Somebody was faster: the file is there.
                    Err(Errno::EEXIST) if !how.has(raw::O_EXCL) => walk.find(path, last_link)?,
                    outcome => return Ok((outcome?, Found::New)),
                }
            }
        }
    } else {
        walk.find(path, last_link)?
    };
    check_existing(base, &location, how)?;
    Ok((location, Found::Existing))
}

/// The checks on a node that was there before.
fn check_existing(base: &Base, location: &Location, how: &How) -> Result<()> {
    let inode = location.inode();
    let kind = inode.kind();
    if how.has(raw::O_DIRECTORY) && kind != FileType::Directory {
        return Err(Errno::ENOTDIR);
    }
    if how.has(raw::O_PATH) {
        return Ok(());
    }
    let wanted = how.wanted();
    match kind {
        FileType::SymbolicLink => return Err(Errno::ELOOP),
        FileType::Directory if wanted & WRITE != 0 => return Err(Errno::EISDIR),
        FileType::Socket => return Err(Errno::ENXIO),
        _ => {}
    }
    permission::check(&**inode, base.credentials(), wanted)?;
    if how.has(raw::O_NOATIME) && !permission::is_owner(&**inode, base.credentials()) {
        return Err(Errno::EPERM);
    }
    if wanted & WRITE != 0 && kind == FileType::Regular && location.mount.read_only() {
        return Err(Errno::EROFS);
    }
    if matches!(kind, FileType::CharacterDevice | FileType::BlockDevice)
        && location.mount.flags() & NO_DEVICES != 0
    {
        return Err(Errno::EACCES);
    }
    Ok(())
}

/// Whether a name may be made. A name that is there already is the first error, whatever else is wrong.
pub fn check_new_name(last: &Last<'_>, base: &Base) -> Result<()> {
    let directory = &last.directory;
    let outcome = if directory.mount.read_only() {
        Err(Errno::EROFS)
    } else {
        permission::check(&**directory.inode(), base.credentials(), WRITE | EXECUTE)
    };
    if outcome.is_err() && directory.dentry.child(&last.name).is_ok() {
        return Err(Errno::EEXIST);
    }
    outcome
}

/// Makes a node under a name that was missing.
pub fn create(
    base: &Base,
    last: &Last<'_>,
    kind: FileType,
    mode: u32,
    device_number: u64,
    target: &[u8],
) -> Result<Location> {
    crate::mm::admit()?;
    let directory = last.directory.inode();
    check_new_name(last, base)?;
    let ownership =
        permission::for_new_node(&**directory, kind, mode, base.umask(), base.credentials());
    let node = NewNode {
        kind,
        ownership,
        device_number,
        target,
    };
    let dentry = last.directory.dentry.create(&last.name, &node)?;
    Ok(Location {
        mount: last.directory.mount.clone(),
        dentry,
    })
}

/// Makes a file without a name in the directory at `path` (`O_TMPFILE`).
fn unnamed(base: &Base, path: &[u8], how: &How) -> Result<Location> {
    let place = base.walk(how.restrictions).find(path, LastLink::Follow)?;
    let directory = place.inode();
    if directory.kind() != FileType::Directory {
        return Err(Errno::ENOTDIR);
    }
    if place.mount.read_only() {
        return Err(Errno::EROFS);
    }
    permission::check(&**directory, base.credentials(), WRITE | EXECUTE)?;
    let ownership = permission::for_new_node(
        &**directory,
        FileType::Regular,
        how.mode,
        base.umask(),
        base.credentials(),
    );
    let node = NewNode {
        kind: FileType::Regular,
        ownership,
        device_number: 0,
        target: b"",
    };
    let inode = directory.create_unnamed(&node, !how.has(raw::O_EXCL))?;
    let dentry = Dentry::detached(inode, Some(place.dentry.clone()), b"#unnamed");
    dentry.mark_dead();
    Ok(Location {
        mount: place.mount,
        dentry,
    })
}

/// close(2).
pub fn close(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    let (file, owner) = {
        let table = cx.process.files.lock();
        let mut table = table.lock();
        (table.remove(fd as i32)?, table.lock_owner())
    };
    crate::fs::release(file, owner);
    Ok(0)
}

const CLOSE_RANGE_UNSHARE: u32 = 1 << 1;
const CLOSE_RANGE_CLOEXEC: u32 = 1 << 2;

/// close_range(2). All threads of a process have one table here: `CLOSE_RANGE_UNSHARE`, which would give the caller one of
/// its own, is `EINVAL` for one of several.
pub fn close_range(cx: &Context, [first, last, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = super::lookup::check_flags(flags, CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)?;
    let (first, last) = (first as u32, last as u32);
    if first > last {
        return Err(Errno::EINVAL);
    }
    if flags & CLOSE_RANGE_UNSHARE != 0 {
        if cx.process.threads.lock().len() > 1 {
            return Err(Errno::EINVAL);
        }
        let shared = cx.process.files();
        // Nobody but the process and this call has it: it is its own already, with the locks of files that go by it.
        if Arc::strong_count(&shared) > 2 {
            let own = shared.lock().duplicate()?;
            *cx.process.files.lock() = Arc::new(crate::sync::SpinLock::new(own));
        }
    }
    let files = cx.process.files();
    if flags & CLOSE_RANGE_CLOEXEC != 0 {
        files.lock().mark_close_on_exec(first, last);
        return Ok(0);
    }
    let mut next = first;
    let owner = files.lock().lock_owner();
    loop {
        let removed = files.lock().remove_next(next, last);
        let Some((fd, file)) = removed else {
            return Ok(0);
        };
        crate::fs::release(file, owner);
        next = fd + 1;
    }
}
