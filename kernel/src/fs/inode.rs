//! What a file system offers for each of its nodes.
//!
//! [`Inode`] is one trait for all kinds of node; each default answers as POSIX says for a node of the wrong kind
//! (`ENOTDIR`, `EISDIR`, `EINVAL`). The VFS above ([`crate::fs::dentry`], [`crate::fs::path`]) checks permissions, mounts and names before it calls:
//! a file system sees valid component names that are neither `.` nor `..`, and calls that change one directory are
//! serialised by the lock of its dentry.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;

use hal::mem::Frame;

use super::executable::Writers;
use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::FileObject;
use crate::fs::path::Location;
use crate::time::Timespec;

/// The longest file name in bytes (`NAME_MAX`).
pub const NAME_MAX: usize = 255;

/// What kind of node an inode is; the values are those of `S_IFMT` in `st_mode` (inode(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum FileType {
    /// FIFO (named pipe).
    Fifo = 0o010_000,
    /// Character device.
    CharacterDevice = 0o020_000,
    /// Directory.
    Directory = 0o040_000,
    /// Block device.
    BlockDevice = 0o060_000,
    /// Regular file.
    Regular = 0o100_000,
    /// Symbolic link.
    SymbolicLink = 0o120_000,
    /// Socket.
    Socket = 0o140_000,
    /// Not a file that has a type (epoll, eventfd): `st_mode & S_IFMT` is 0.
    Anonymous = 0,
}

impl FileType {
    /// The type in `mode`'s `S_IFMT` bits; no bits mean a regular file, as mknod(2) has it.
    pub fn from_mode(mode: u32) -> Option<Self> {
        Some(match mode & 0o170_000 {
            0o010_000 => Self::Fifo,
            0o020_000 => Self::CharacterDevice,
            0o040_000 => Self::Directory,
            0o060_000 => Self::BlockDevice,
            0 | 0o100_000 => Self::Regular,
            0o120_000 => Self::SymbolicLink,
            0o140_000 => Self::Socket,
            _ => return None,
        })
    }

    /// The `d_type` of getdents64(2).
    pub fn directory_entry_type(self) -> u8 {
        ((self as u32) >> 12) as u8
    }
}

/// What stat(2) tells of a node.
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// Number of the file system (`st_dev`).
    pub device: u64,
    /// Number of the node in it (`st_ino`).
    pub inode: u64,
    /// Kind of node.
    pub kind: FileType,
    /// Permission bits, set-id and sticky bits.
    pub mode: u32,
    /// How many names it has.
    pub links: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Device number of a device node (`st_rdev`).
    pub device_number: u64,
    /// Length in bytes.
    pub size: u64,
    /// Storage in units of 512 bytes.
    pub blocks: u64,
    /// Last access.
    pub accessed: Timespec,
    /// Last change of the contents.
    pub modified: Timespec,
    /// Last change of the node.
    pub changed: Timespec,
    /// Creation.
    pub created: Timespec,
}

/// Who may do what with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Permission bits, set-id and sticky bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// A change of some attributes; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttributeChanges {
    /// New permission bits (with set-id and sticky bits).
    pub mode: Option<u32>,
    /// New owner.
    pub uid: Option<u32>,
    /// New group.
    pub gid: Option<u32>,
    /// New access time.
    pub accessed: Option<Timespec>,
    /// New modification time.
    pub modified: Option<Timespec>,
}

/// A node to be made by [`Inode::create`].
#[derive(Clone, Copy, Debug)]
pub struct NewNode<'a> {
    /// Its kind.
    pub kind: FileType,
    /// Its permissions (umask applied) and owner.
    pub ownership: Ownership,
    /// Device number, for device nodes.
    pub device_number: u64,
    /// What a symbolic link holds.
    pub target: &'a [u8],
}

/// One entry that [`Inode::read_directory`] reports.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryEntry<'a> {
    /// Node number.
    pub number: u64,
    /// Kind of node.
    pub kind: FileType,
    /// Name.
    pub name: &'a [u8],
    /// The cursor that continues after this entry.
    pub next: u64,
}

/// Where a write goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteAt {
    /// At this byte.
    Offset(u64),
    /// At the end of the file, whatever it is when the write happens (`O_APPEND`).
    End,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many bytes.
    pub count: usize,
    /// The offset behind the last of them.
    pub end: u64,
}

/// Where a symbolic link leads.
pub enum LinkTarget {
    /// A path to be resolved from the link's directory.
    Path(Vec<u8>),
    /// A place as such: a magic link of procfs.
    Place(Location),
}

/// Which part of [`Inode::allocate`] is asked for (fallocate(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// Make room; the file grows when the range ends behind its end.
    Grow,
    /// Make room, size unchanged (`FALLOC_FL_KEEP_SIZE`).
    KeepSize,
    /// Make a hole (`FALLOC_FL_PUNCH_HOLE`).
    PunchHole,
    /// Take the range out: what is behind moves up (`FALLOC_FL_COLLAPSE_RANGE`). Whole pages inside the file.
    Collapse,
    /// Make a hole there: what is behind moves down (`FALLOC_FL_INSERT_RANGE`). Whole pages inside the file.
    Insert,
    /// Make the range read as zeros (`FALLOC_FL_ZERO_RANGE`); the file grows if the flag is true.
    Zero {
        /// Whether the file may grow.
        grow: bool,
    },
}

/// How two names are exchanged or moved (renameat2(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameMode {
    /// The new name is replaced if it exists.
    Replace,
    /// Both names exist and swap their nodes.
    Exchange,
}

/// What statfs(2) tells of a file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSystemStatistics {
    /// Magic number of the type.
    pub magic: u64,
    /// Size in pages; 0 when it has none.
    pub total_pages: u64,
    /// Free pages.
    pub free_pages: u64,
    /// Most nodes; 0 when unlimited.
    pub nodes: u64,
    /// Free nodes.
    pub free_nodes: u64,
    /// Identity (`f_fsid`).
    pub identity: u64,
}

/// A mounted file system.
pub trait FileSystem: Send + Sync {
    /// The type's name in `/proc/mounts`.
    fn name(&self) -> &'static str;
    /// The node at its top.
    fn root(&self) -> Arc<dyn Inode>;
    /// Sizes for statfs(2).
    fn statistics(&self) -> FileSystemStatistics;
    /// Whether names keep their meaning until the VFS changes them, so that lookups may be remembered.
    fn stable_names(&self) -> bool {
        true
    }
    /// Changes what the options of mount(2) say, when it is mounted again (`MS_REMOUNT`).
    ///
    /// # Errors
    /// `EINVAL` for options that it does not have or that can't be changed so.
    fn reconfigure(&self, options: &[u8]) -> Result<()> {
        if options.is_empty() {
            Ok(())
        } else {
            Err(Errno::EINVAL)
        }
    }

    /// Writes its options for `/proc/mounts`, each with a comma in front.
    ///
    /// # Errors
    /// Those of `out`.
    fn show_options(&self, _out: &mut dyn fmt::Write) -> fmt::Result {
        Ok(())
    }
}

/// A node of a file system.
pub trait Inode: Any + Send + Sync {
    /// Kind of node; never changes.
    fn kind(&self) -> FileType;

    /// All that stat(2) tells.
    fn metadata(&self) -> Metadata;

    /// Permission bits and owner.
    fn ownership(&self) -> Ownership {
        let metadata = self.metadata();
        Ownership {
            mode: metadata.mode,
            uid: metadata.uid,
            gid: metadata.gid,
        }
    }

    /// Who writes the file or runs it; `None` where a program can't come from, or nobody writes.
    fn writers(&self) -> Option<&Writers> {
        None
    }

    /// Length of the contents in bytes.
    fn size(&self) -> u64 {
        self.metadata().size
    }

    /// Changes attributes; the change time becomes now.
    ///
    /// # Errors
    /// `EPERM` where the file system's attributes are fixed.
    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        // Without times there is nothing to do for one that only touches it.
        if *changes == AttributeChanges::default() {
            return Ok(());
        }
        Err(Errno::EPERM)
    }

    /// The node of that name in this directory.
    ///
    /// # Errors
    /// `ENOENT`; `ENOTDIR` when this is no directory.
    fn lookup(&self, _name: &[u8]) -> Result<Arc<dyn Inode>> {
        Err(Errno::ENOTDIR)
    }

    /// Makes a node in this directory.
    ///
    /// # Errors
    /// `EEXIST`, `ENOSPC`, `ENOMEM`; `EPERM` where the file system makes none.
    fn create(&self, _name: &[u8], _node: &NewNode<'_>) -> Result<Arc<dyn Inode>> {
        Err(if self.kind() == FileType::Directory {
            Errno::EPERM
        } else {
            Errno::ENOTDIR
        })
    }

    /// Makes a node without a name (`O_TMPFILE`), which may get one later, or (`O_EXCL`) never.
    ///
    /// # Errors
    /// `EOPNOTSUPP` where the file system can't.
    fn create_unnamed(&self, _node: &NewNode<'_>, _may_get_name: bool) -> Result<Arc<dyn Inode>> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Gives a node of the same file system another name, in this directory.
    ///
    /// # Errors
    /// `EEXIST`, `EMLINK`, `ENOSPC`; `ENOENT` for a node that has lost its last name; `EPERM` where the file system has no
    /// hard links.
    fn link(&self, _name: &[u8], _node: &Arc<dyn Inode>) -> Result<()> {
        Err(Errno::EPERM)
    }

    /// Removes a name that is not a directory's.
    ///
    /// # Errors
    /// `ENOENT`; `EPERM` where the file system does not let names go.
    fn unlink(&self, _name: &[u8]) -> Result<()> {
        Err(Errno::EPERM)
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// `ENOTEMPTY`, `ENOENT`.
    fn rmdir(&self, _name: &[u8]) -> Result<()> {
        Err(Errno::EPERM)
    }

    /// Moves `name` of this directory to `new_name` of `new_parent` (which may be this one). The VFS has checked that
    /// both are of this file system, that no directory moves below itself, and that kinds agree where one replaces
    /// another.
    ///
    /// # Errors
    /// `ENOTEMPTY`, `ENOENT`, `ENOSPC`.
    fn rename(
        &self,
        _name: &[u8],
        _new_parent: &dyn Inode,
        _new_name: &[u8],
        _mode: RenameMode,
    ) -> Result<()> {
        Err(Errno::EPERM)
    }

    /// Reports entries from `cursor` on (0 is the first; `.` and `..` included) until `emit` answers false. The entry
    /// that was refused is reported again next time.
    ///
    /// # Errors
    /// `ENOTDIR`.
    fn read_directory(
        &self,
        _cursor: u64,
        _emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool,
    ) -> Result<()> {
        Err(Errno::ENOTDIR)
    }

    /// Where this symbolic link leads.
    ///
    /// # Errors
    /// `EINVAL` when this is no symbolic link.
    fn link_target(&self) -> Result<LinkTarget> {
        Err(Errno::EINVAL)
    }

    /// What readlink(2) says; differs from [`Inode::link_target`] for magic links only.
    ///
    /// # Errors
    /// `EINVAL` when this is no symbolic link.
    fn read_link(&self) -> Result<Vec<u8>> {
        match self.link_target()? {
            LinkTarget::Path(path) => Ok(path),
            LinkTarget::Place(place) => place.display_path(),
        }
    }

    /// Reads contents from `offset` on; 0 at and behind the end.
    ///
    /// # Errors
    /// `EISDIR`; `EINVAL` where there are no contents.
    fn read_at(&self, _offset: u64, _sink: &mut Sink<'_>) -> Result<usize> {
        Err(if self.kind() == FileType::Directory {
            Errno::EISDIR
        } else {
            Errno::EINVAL
        })
    }

    /// Writes contents.
    ///
    /// # Errors
    /// `ENOSPC`, `EFBIG`; `EINVAL` where contents can't be written.
    fn write_at(&self, _place: WriteAt, _source: &mut Source<'_>) -> Result<Written> {
        Err(if self.kind() == FileType::Directory {
            Errno::EISDIR
        } else {
            Errno::EINVAL
        })
    }

    /// Cuts or extends (with zeros) the contents.
    ///
    /// # Errors
    /// `EFBIG`, `EISDIR`, `EINVAL` as ftruncate(2).
    fn truncate(&self, _size: u64) -> Result<()> {
        Err(if self.kind() == FileType::Directory {
            Errno::EISDIR
        } else {
            Errno::EINVAL
        })
    }

    /// Reserves, clears or frees a range of the contents.
    ///
    /// # Errors
    /// `ENOSPC`, `EFBIG`; `EOPNOTSUPP` where the file system can't.
    fn allocate(&self, _how: Allocation, _offset: u64, _len: u64) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// The next offset at or behind `offset` that holds data (`SEEK_DATA`) or is in a hole (`SEEK_HOLE`).
    ///
    /// # Errors
    /// `ENXIO` behind the end.
    fn seek_extent(&self, offset: u64, hole: bool) -> Result<u64> {
        let size = self.size();
        if offset >= size {
            return Err(Errno::ENXIO);
        }
        Ok(if hole { size } else { offset })
    }

    /// The page of contents of that index, for a memory mapping: the page itself, shared with read and write.
    ///
    /// # Errors
    /// `ENXIO` behind the end of the file (the access raises `SIGBUS`), `ENOMEM`, `ENOSPC`; `ENODEV` where the node
    /// can't be mapped.
    fn page(&self, _index: u64) -> Result<Frame> {
        Err(Errno::ENODEV)
    }

    /// Makes these pages the contents of a file that is still empty, `size` bytes long; what the last holds behind that
    /// becomes zeros.
    ///
    /// # Errors
    /// `ENOMEM` if there are fewer pages; `EINVAL` where the node keeps no contents in pages of its own.
    fn adopt(&self, _size: u64, _pages: &mut dyn Iterator<Item = Frame>) -> Result<()> {
        Err(Errno::EINVAL)
    }

    /// The page of contents of that index if the node keeps one, to be shown to others; it may change later.
    fn kept_page(&self, _index: u64) -> Option<Frame> {
        None
    }

    /// Its contents were read, listed, followed or mapped: the time of access may change.
    fn accessed(&self) {}

    /// A shared mapping of the file gets its first store: its time of modification counts (mmap(2)).
    fn mapping_stored(&self) {}

    /// Called when a file is opened: what answers its reads and writes, or `None` when the inode does.
    ///
    /// # Errors
    /// `ENXIO` for a device that does not exist, `EACCES`, `ENOMEM`.
    fn open(&self, _request: &OpenRequest) -> Result<Option<Arc<dyn FileObject>>> {
        Ok(None)
    }

    /// Its extended attributes, where the file system has them.
    fn extended_attributes(&self) -> Option<&crate::fs::xattr::ExtendedAttributes> {
        None
    }

    /// Waits for the end of a write that has begun, for who has just forbidden new ones (`F_ADD_SEALS`).
    ///
    /// # Errors
    /// The caller is to end.
    fn finish_writes(&self) -> Result<()> {
        Ok(())
    }

    /// Seals of a memfd, for the few nodes that have them.
    fn seals(&self) -> Option<&crate::fs::memfd::Seals> {
        None
    }
}

/// How a file is opened, for [`Inode::open`].
#[derive(Clone, Copy, Debug)]
pub struct OpenRequest {
    /// Opened for reading.
    pub read: bool,
    /// Opened for writing.
    pub write: bool,
    /// `O_NONBLOCK`.
    pub nonblocking: bool,
    /// `O_NOCTTY`: a terminal does not become the controlling one.
    pub no_controlling_terminal: bool,
}
