//! Open files: what a descriptor refers to (POSIX "open file description").
//!
//! An [`OpenFile`] joins the place it was opened at, the access that was granted, the status flags and the offset. Regular
//! files and directories are served by their inode; everything with a behaviour of its own (pipes, terminals,
//! devices, epoll) by a [`FileObject`]. Nothing here blocks: an operation that would answers `EAGAIN`, and the system-call
//! layer sleeps on the file's [`Notifier`] and tries again.
//!
//! Locks: `moving` is taken before everything else and may be held over copies from and to user memory.

use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use linux_raw_sys::general as raw;

use super::executable::Claim;
use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::epoll::Epoll;
use crate::fs::inode::{DirectoryEntry, FileType, Inode, OpenRequest, WriteAt};
use crate::fs::notify;
use crate::fs::owner::Owner;
use crate::fs::path::Location;
use crate::fs::poll::{Notifier, Observer, PollEvents};
use crate::sync::{Mutex, SpinLock};
use crate::tty::Terminal;

/// Whether a file has positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeking {
    /// A stream: seeking and positioned transfers are `ESPIPE`.
    Never,
    /// Positions mean nothing but are accepted (`/dev/null`).
    Ignored,
    /// Seeking is accepted and does nothing, positioned transfers are `ESPIPE` (an eventfd).
    Pretended,
}

/// The behaviour of an open file that its inode does not serve.
pub trait FileObject: Any + Send + Sync {
    /// Moves bytes into the sink; 0 is end of file.
    ///
    /// # Errors
    /// `EAGAIN` when nothing is there yet; `EINVAL` when the file is not for reading.
    fn read(&self, _sink: &mut Sink<'_>) -> Result<usize> {
        Err(Errno::EINVAL)
    }

    /// Moves bytes out of the source, perhaps only some.
    ///
    /// # Errors
    /// `EAGAIN` when there is no room; `EPIPE` when nobody will read; `EINVAL` when the file is not for writing.
    fn write(&self, _source: &mut Source<'_>) -> Result<usize> {
        Err(Errno::EINVAL)
    }

    /// The moment (in nanoseconds of the monotonic clock) at which a read that began at `started` is answered by
    /// [`FileObject::read_expired`]: the `VTIME` of terminals, the `SO_RCVTIMEO` of sockets.
    fn read_deadline(&self, _started: u64) -> Option<u64> {
        None
    }

    /// What a read gives when its deadline passed.
    ///
    /// # Errors
    /// `EAGAIN` when the deadline has moved meanwhile; `ETIMEDOUT` when the read fails with `EAGAIN`.
    fn read_expired(&self, _sink: &mut Sink<'_>) -> Result<usize> {
        Err(Errno::EAGAIN)
    }

    /// The moment at which a write that began at `started` gives up with `EAGAIN`; only sockets have one
    /// (`SO_SNDTIMEO`).
    fn write_deadline(&self, _started: u64) -> Option<u64> {
        None
    }

    /// Readiness now.
    fn poll(&self) -> PollEvents {
        PollEvents::READABLE | PollEvents::WRITABLE
    }

    /// Where to wait for a change of readiness; `None` when it never changes.
    fn notifier(&self) -> Option<&Notifier> {
        None
    }

    /// Whether it can tell its owner by a signal that it is ready (`O_ASYNC`).
    fn sends_signals(&self) -> bool {
        false
    }

    /// The terminal, if it is one side of one.
    fn terminal(&self) -> Option<&Terminal> {
        None
    }

    /// ioctl(2).
    ///
    /// # Errors
    /// `ENOTTY` for a command that the file does not know.
    fn ioctl(&self, _command: u32, _argument: usize) -> Result<usize> {
        Err(Errno::ENOTTY)
    }

    /// Whether positions mean anything.
    fn seeking(&self) -> Seeking {
        Seeking::Never
    }

    /// Whether opening is complete: a FIFO waits for the other side.
    ///
    /// # Errors
    /// `EAGAIN` while it is not.
    fn opened(&self) -> Result<()> {
        Ok(())
    }

    /// The instance, if it is one of epoll. Asked at every wait, which a downcast would make longer.
    #[inline]
    fn as_epoll(&self) -> Option<&Epoll> {
        None
    }

    /// A descriptor table let go of one of its descriptors of the file.
    fn closed_by(&self, _table: u64) {}

    /// Whether a call may block although it is a transfer of a single unit (never true for streams in `O_NONBLOCK`).
    fn is_stream(&self) -> bool {
        false
    }
}

/// What an open file may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileAccess {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
    /// Only as a place (`O_PATH`).
    pub path_only: bool,
}

impl FileAccess {
    /// Reading only.
    pub const READ: Self = Self {
        read: true,
        write: false,
        path_only: false,
    };
    /// Writing only.
    pub const WRITE: Self = Self {
        read: false,
        write: true,
        path_only: false,
    };
    /// Both.
    pub const READ_WRITE: Self = Self {
        read: true,
        write: true,
        path_only: false,
    };
    /// Neither.
    pub const PATH: Self = Self {
        read: false,
        write: false,
        path_only: true,
    };
}

/// The status flags that fcntl(2) `F_SETFL` may change, but for `O_ASYNC` ([`OpenFile::set_asynchronous`]).
pub const SETTABLE_FLAGS: u32 = raw::O_APPEND | raw::O_NONBLOCK | raw::O_DIRECT | raw::O_NOATIME;

/// An open file.
pub struct OpenFile {
    location: Location,
    object: Option<Arc<dyn FileObject>>,
    access: FileAccess,
    flags: AtomicU32,
    position: AtomicU64,
    /// Held by who uses and moves the offset, for as long as that takes (POSIX, 2.9.7).
    moving: Mutex,
    /// Who is told by signal that it is ready; made when first asked for.
    owner: SpinLock<Option<Arc<Owner>>>,
    /// Whether it may hold locks of flock(2) or `F_OFD_SETLK`, to be let go at the end.
    locked: AtomicBool,
    /// Nobody runs it while it is open for writing.
    claim: Option<Claim>,
}

impl OpenFile {
    /// A file at `location`. `flags` are status flags (`O_APPEND`, `O_NONBLOCK`, …); `object` is what the inode's `open` gave.
    pub fn new(
        location: Location,
        object: Option<Arc<dyn FileObject>>,
        access: FileAccess,
        flags: u32,
    ) -> Arc<Self> {
        Self::with_claim(location, object, access, flags, None)
    }

    fn with_claim(
        location: Location,
        object: Option<Arc<dyn FileObject>>,
        access: FileAccess,
        flags: u32,
        claim: Option<Claim>,
    ) -> Arc<Self> {
        location.mount.file_opened();
        Arc::new(Self {
            claim,
            location,
            object,
            access,
            flags: AtomicU32::new(flags),
            position: AtomicU64::new(0),
            moving: Mutex::default(),
            owner: SpinLock::new(None),
            locked: AtomicBool::new(false),
        })
    }

    /// Opens the node at `location`. Permissions have been checked.
    ///
    /// # Errors
    /// What the inode says: `ENXIO`, `ENOMEM`; `ETXTBSY` to write a program that runs.
    pub fn open(location: Location, access: FileAccess, flags: u32) -> Result<Arc<Self>> {
        let inode = location.inode();
        let claims = access.write && inode.kind() == FileType::Regular;
        let claim = claims.then(|| Claim::to_write(&location)).transpose()?;
        let object = if access.path_only {
            None
        } else {
            location.inode().open(&OpenRequest {
                read: access.read,
                write: access.write,
                nonblocking: flags & raw::O_NONBLOCK != 0,
                no_controlling_terminal: flags & raw::O_NOCTTY != 0,
            })?
        };
        // What only concerns opening itself is not kept (open(2), "File creation flags").
        let kept = flags
            & (SETTABLE_FLAGS
                | raw::FASYNC
                | raw::O_SYNC
                | raw::O_DSYNC
                | raw::O_DIRECTORY
                | raw::O_NOFOLLOW
                | raw::O_LARGEFILE);
        Ok(Self::with_claim(location, object, access, kept, claim))
    }

    /// Where it was opened.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The node.
    pub fn inode(&self) -> &Arc<dyn Inode> {
        self.location.inode()
    }

    /// The file as a mapping has it.
    pub(super) fn mapped(&self) -> Claim {
        match &self.claim {
            Some(claim) => claim.clone(),
            None => Claim::none(&self.location),
        }
    }

    /// The object that serves it, if the inode does not.
    pub fn object(&self) -> Option<&Arc<dyn FileObject>> {
        self.object.as_ref()
    }

    /// The object as its type.
    pub fn object_as<T: FileObject>(&self) -> Option<&T> {
        let object: &dyn Any = &**self.object.as_ref()?;
        object.downcast_ref()
    }

    /// What it may be used for.
    pub fn access(&self) -> FileAccess {
        self.access
    }

    /// Status flags, without the access mode.
    pub fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// What fcntl(2) `F_GETFL` answers.
    pub fn flags_with_access(&self) -> u32 {
        let access = match (self.access.path_only, self.access.read, self.access.write) {
            (true, ..) => raw::O_PATH,
            (_, true, true) => raw::O_RDWR,
            (_, false, true) => raw::O_WRONLY,
            _ => raw::O_RDONLY,
        };
        self.flags() | access
    }

    /// Changes the flags of `mask` to those of `flags`.
    pub fn set_flags(&self, flags: u32, mask: u32) {
        // Nothing else depends on the order: the flags are independent bits.
        let mut old = self.flags.load(Ordering::Relaxed);
        while let Err(found) = self.flags.compare_exchange_weak(
            old,
            old & !mask | flags & mask,
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            old = found;
        }
    }

    /// Whether calls fail with `EAGAIN` instead of waiting.
    pub fn nonblocking(&self) -> bool {
        self.flags() & raw::O_NONBLOCK != 0
    }

    /// Whether transfers on it continue until all is moved or it would block.
    pub fn is_stream(&self) -> bool {
        self.object
            .as_ref()
            .is_some_and(|object| object.is_stream())
    }

    fn check_readable(&self) -> Result<()> {
        if self.access.read {
            Ok(())
        } else {
            Err(Errno::EBADF)
        }
    }

    fn check_writable(&self) -> Result<()> {
        if self.access.write {
            Ok(())
        } else {
            Err(Errno::EBADF)
        }
    }

    /// Its node was read through it: the time of access may change, unless file or mount forbid it.
    pub fn accessed(&self) {
        use super::mount::flags::{NO_ACCESS_TIME, NO_DIRECTORY_ACCESS_TIME};
        let mut keeping = NO_ACCESS_TIME;
        if self.location.dentry.is_directory() {
            keeping |= NO_DIRECTORY_ACCESS_TIME;
        }
        if self.flags() & raw::O_NOATIME == 0 && self.location.mount.flags() & keeping == 0 {
            self.inode().accessed();
        }
    }

    /// The result of a transfer of `count` bytes; those who watch the file hear of it.
    #[inline]
    fn moved(&self, count: usize, faulted: bool, event: u32) -> Result<usize> {
        if count > 0 {
            notify::at(&self.location.dentry, event);
        } else if faulted {
            return Err(Errno::EFAULT);
        }
        Ok(count)
    }

    /// read(2) at the file's offset.
    ///
    /// # Errors
    /// `EBADF` when not open for reading, `EFAULT`, `EAGAIN`; what the file says.
    #[inline(always)]
    pub fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        self.check_readable()?;
        let count = match &self.object {
            Some(object) => object.read(sink)?,
            None => self.read_contents(sink)?,
        };
        self.moved(count, sink.faulted(), raw::IN_ACCESS)
    }

    /// Reads what the inode serves.
    #[inline(never)]
    fn read_contents(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let _moving = self.moving.lock()?;
        let position = self.position();
        let count = self.inode().read_at(position, sink)?;
        self.set_position(position.saturating_add(count as u64));
        self.accessed();
        Ok(count)
    }

    /// write(2) at the file's offset, or at its end with `O_APPEND`.
    ///
    /// # Errors
    /// `EBADF` when not open for writing, `EFAULT`, `EAGAIN`, `EPIPE`; what the file says.
    pub fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        self.write_as(self.flags() & raw::O_APPEND != 0, source)
    }

    /// write(2), at the end if `append`, whatever `O_APPEND` says (`RWF_APPEND`, `RWF_NOAPPEND` of pwritev2(2)).
    ///
    /// # Errors
    /// As [`OpenFile::write`].
    #[inline]
    pub fn write_as(&self, append: bool, source: &mut Source<'_>) -> Result<usize> {
        self.check_writable()?;
        let count = match &self.object {
            Some(object) => object.write(source)?,
            None => {
                let _moving = self.moving.lock()?;
                let place = if append {
                    WriteAt::End
                } else {
                    WriteAt::Offset(self.position())
                };
                let written = self.inode().write_at(place, source)?;
                // Nothing was written, nothing moves: not to the end neither.
                if written.count > 0 {
                    self.set_position(written.end);
                }
                written.count
            }
        };
        self.moved(count, source.faulted(), raw::IN_MODIFY)
    }

    /// pread(2).
    ///
    /// # Errors
    /// As [`OpenFile::read`]; `ESPIPE` for streams.
    pub fn read_at(&self, offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
        self.check_seekable()?;
        self.check_readable()?;
        let count = match &self.object {
            Some(object) => object.read(sink)?,
            None => {
                let count = self.inode().read_at(offset, sink)?;
                self.accessed();
                count
            }
        };
        self.moved(count, sink.faulted(), raw::IN_ACCESS)
    }

    /// pwrite(2). With `O_APPEND` the data goes to the end, as on Linux.
    ///
    /// # Errors
    /// As [`OpenFile::write`]; `ESPIPE` for streams.
    pub fn write_at(&self, offset: u64, source: &mut Source<'_>) -> Result<usize> {
        self.write_at_as(self.flags() & raw::O_APPEND != 0, offset, source)
    }

    /// pwrite(2), at the end if `append`, whatever `O_APPEND` says.
    ///
    /// # Errors
    /// As [`OpenFile::write_at`].
    pub fn write_at_as(&self, append: bool, offset: u64, source: &mut Source<'_>) -> Result<usize> {
        self.check_seekable()?;
        self.check_writable()?;
        let count = match &self.object {
            Some(object) => object.write(source)?,
            None => {
                let place = if append {
                    WriteAt::End
                } else {
                    WriteAt::Offset(offset)
                };
                self.inode().write_at(place, source)?.count
            }
        };
        self.moved(count, source.faulted(), raw::IN_MODIFY)
    }

    /// Checks that the file has positions.
    ///
    /// # Errors
    /// `ESPIPE`; `EBADF` for `O_PATH`.
    pub fn check_seekable(&self) -> Result<()> {
        if self.access.path_only {
            return Err(Errno::EBADF);
        }
        match &self.object {
            Some(object) if object.seeking() != Seeking::Ignored => Err(Errno::ESPIPE),
            _ => Ok(()),
        }
    }

    /// The current offset.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// Sets the offset; for transfers that move it themselves.
    pub fn set_position(&self, position: u64) {
        self.position.store(position, Ordering::Relaxed);
    }

    /// lseek(2).
    ///
    /// # Errors
    /// `ESPIPE`, `EINVAL` for a result that is negative or too large (where POSIX has `EOVERFLOW`, Linux has this) or an
    /// unknown `whence`, `ENXIO` for `SEEK_DATA`/`SEEK_HOLE` behind the end.
    pub fn seek(&self, offset: i64, whence: u32) -> Result<u64> {
        if self.access.path_only {
            return Err(Errno::EBADF);
        }
        if whence > raw::SEEK_HOLE {
            return Err(Errno::EINVAL);
        }
        if let Some(object) = &self.object {
            return if object.seeking() == Seeking::Never {
                Err(Errno::ESPIPE)
            } else {
                Ok(0)
            };
        }
        let _moving = self.moving.lock()?;
        let base = match whence {
            raw::SEEK_SET => 0,
            raw::SEEK_CUR => self.position(),
            raw::SEEK_END => self.inode().size(),
            raw::SEEK_DATA | raw::SEEK_HOLE => {
                let offset = u64::try_from(offset).map_err(|_| Errno::ENXIO)?;
                let extent = self.inode().seek_extent(offset, whence == raw::SEEK_HOLE)?;
                self.set_position(extent);
                return Ok(extent);
            }
            _ => return Err(Errno::EINVAL),
        };
        let base = i64::try_from(base).map_err(|_| Errno::EINVAL)?;
        let target = base.checked_add(offset).ok_or(Errno::EINVAL)?;
        let target = u64::try_from(target).map_err(|_| Errno::EINVAL)?;
        self.set_position(target);
        Ok(target)
    }

    /// Reports directory entries from the file's offset on, until `emit` answers false; moves the offset behind the last
    /// one taken.
    ///
    /// # Errors
    /// `ENOTDIR`; `ENOENT` when the directory was removed.
    pub fn read_directory(&self, emit: &mut dyn FnMut(&DirectoryEntry<'_>) -> bool) -> Result<()> {
        if self.access.path_only {
            return Err(Errno::EBADF);
        }
        if self.inode().kind() != FileType::Directory {
            return Err(Errno::ENOTDIR);
        }
        if self.location.dentry.is_dead() {
            return Err(Errno::ENOENT);
        }
        let moving = self.moving.lock()?;
        let mut next = self.position();
        self.inode().read_directory(next, &mut |entry| {
            let taken = emit(&entry);
            if taken {
                next = entry.next;
            }
            taken
        })?;
        self.set_position(next);
        drop(moving);
        self.accessed();
        notify::at(&self.location.dentry, raw::IN_ACCESS);
        Ok(())
    }

    /// Readiness now.
    pub fn poll(&self) -> PollEvents {
        match &self.object {
            Some(object) => object.poll(),
            None => PollEvents::READABLE | PollEvents::WRITABLE,
        }
    }

    /// Where to wait for a change of readiness.
    pub fn notifier(&self) -> Option<&Notifier> {
        self.object.as_ref()?.notifier()
    }

    /// Who is told by signal that it is ready, if that was ever set.
    pub fn owner(&self) -> Option<Arc<Owner>> {
        self.owner.lock().clone()
    }

    /// The same, made if it is not there.
    pub fn owner_to_set(self: &Arc<Self>) -> Arc<Owner> {
        let mut owner = self.owner.lock();
        owner
            .get_or_insert_with(|| Owner::of(Arc::downgrade(self)))
            .clone()
    }

    /// Whether it can tell its owner by a signal that it is ready.
    pub fn sends_signals(&self) -> bool {
        self.object().is_some_and(|object| object.sends_signals())
    }

    /// Turns `O_ASYNC` on, through the descriptor `fd`, or off. A file that sends no signals stays as it is.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn set_asynchronous(self: &Arc<Self>, fd: i32, on: bool) -> Result<()> {
        let Some(notifier) = self.notifier().filter(|_| self.sends_signals()) else {
            return Ok(());
        };
        let owner = self.owner_to_set();
        let observer: Arc<dyn Observer> = owner.clone();
        // It observes from the moment it listens, once.
        if owner.set_listening(None) {
            notifier.forget(&observer);
        }
        if on {
            notifier.observe(&observer)?;
            owner.set_listening(Some(fd));
        }
        self.set_flags(if on { raw::FASYNC } else { 0 }, raw::FASYNC);
        Ok(())
    }

    /// Number that identifies this open file among all that are open, for lock owners.
    pub fn identity(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    /// Notes that it holds advisory locks.
    pub fn note_locks(&self) {
        self.locked.store(true, Ordering::Relaxed);
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        notify::closed(self);
        let owner = self.owner.get_mut().take();
        if let Some(notifier) = self.notifier() {
            if let Some(owner) = owner {
                let observer: Arc<dyn Observer> = owner;
                notifier.forget(&observer);
            }
            notifier.notify_closed();
        }
        if *self.locked.get_mut() {
            let identity = self.identity();
            crate::fs::locks::release_open_file(&**self.inode(), identity);
        }
    }
}
