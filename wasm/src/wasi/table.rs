//! What the program's descriptors stand for.
//!
//! A descriptor is a place in the table; the lowest free one is taken, as in POSIX. Rights are not kept: a file
//! can be read or written as it was opened, and a grant says whether anything below it may change.

use std::fs::File as HostFile;
use std::io::IsTerminal;
use std::sync::Arc;

use cap_std::fs::Dir as HostDir;
use rustix::fs::FileType as HostType;

use super::errno::{Answer, Errno};

/// Descriptors that a program may have; the host's own limit is usually met before.
const MAX_DESCRIPTORS: usize = 1 << 20;

/// Whether something below a grant may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    ReadWrite,
    /// No: calls that would answer `Rofs`.
    ReadOnly,
}

impl Access {
    /// # Errors
    ///
    /// `Rofs` below a grant that is read-only.
    pub fn check_write(self) -> Answer {
        match self {
            Self::ReadWrite => Ok(()),
            Self::ReadOnly => Err(Errno::Rofs.into()),
        }
    }
}

/// A file's type as preview 1 numbers it (witx type `filetype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketStream = 6,
    SymbolicLink = 7,
}

impl From<HostType> for Kind {
    /// A pipe has no number of its own. A socket without an open descriptor is taken for a stream.
    fn from(host: HostType) -> Self {
        match host {
            HostType::RegularFile => Self::RegularFile,
            HostType::Directory => Self::Directory,
            HostType::Symlink => Self::SymbolicLink,
            HostType::BlockDevice => Self::BlockDevice,
            HostType::CharacterDevice => Self::CharacterDevice,
            HostType::Socket => Self::SocketStream,
            HostType::Fifo | HostType::Unknown => Self::Unknown,
        }
    }
}

/// Whose file description it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One that the parent shares with us: its flags would outlast the program and are left alone.
    Inherited,
    /// The program opened it.
    Opened,
}

/// An open file, pipe, terminal or socket.
#[derive(Debug)]
pub struct File {
    pub host: HostFile,
    pub read: bool,
    pub write: bool,
    pub access: Access,
    pub origin: Origin,
    pub kind: Kind,
    /// Whether calls answer `Again` instead of waiting. Only counts for inherited ones; others have the host's flag.
    pub nonblock: bool,
}

impl File {
    /// What is behind `host`.
    pub fn new(
        host: HostFile,
        read: bool,
        write: bool,
        access: Access,
        origin: Origin,
    ) -> Answer<Self> {
        let mut kind = Kind::from(HostType::from_raw_mode(rustix::fs::fstat(&host)?.st_mode));
        // Old C libraries take every stream that is a character device for a terminal.
        if origin == Origin::Inherited && kind == Kind::CharacterDevice && !host.is_terminal() {
            kind = Kind::Unknown;
        }
        let nonblock = false;
        Ok(Self {
            host,
            read,
            write,
            access,
            origin,
            kind,
            nonblock,
        })
    }

    /// # Errors
    ///
    /// `Badf` if it was not opened for reading.
    pub fn check_read(&self) -> Answer {
        if self.read {
            Ok(())
        } else {
            Err(Errno::Badf.into())
        }
    }

    /// # Errors
    ///
    /// `Badf` if it was not opened for writing.
    pub fn check_write(&self) -> Answer {
        if self.write {
            Ok(())
        } else {
            Err(Errno::Badf.into())
        }
    }

    pub fn is_terminal(&self) -> bool {
        self.kind == Kind::CharacterDevice && self.host.is_terminal()
    }

    pub fn is_socket(&self) -> bool {
        self.kind == Kind::SocketStream
    }
}

/// One name in a directory.
#[derive(Debug)]
pub struct Name {
    pub inode: u64,
    pub kind: Kind,
    /// `Err` if it is not UTF-8, so that the program has no way to say it.
    pub name: Result<String, Errno>,
}

/// An open directory.
#[derive(Debug)]
pub struct Dir {
    pub host: Arc<HostDir>,
    pub access: Access,
    /// What the program calls it, if it was granted and not opened.
    pub preopen: Option<String>,
    /// What was in it when it was last read from the beginning.
    pub names: Vec<Name>,
}

/// What a descriptor stands for.
#[derive(Debug)]
pub enum Entry {
    File(File),
    Dir(Dir),
}

/// The program's descriptors.
#[derive(Debug, Default)]
pub struct Table(Vec<Option<Entry>>);

impl Table {
    /// # Errors
    ///
    /// `Badf` if there is no such descriptor.
    pub fn get(&mut self, fd: u32) -> Answer<&mut Entry> {
        match self.0.get_mut(fd as usize) {
            Some(Some(entry)) => Ok(entry),
            _ => Err(Errno::Badf.into()),
        }
    }

    /// # Errors
    ///
    /// `Badf` if there is no such descriptor or it is a directory.
    pub fn file(&mut self, fd: u32) -> Answer<&mut File> {
        match self.get(fd)? {
            Entry::File(file) => Ok(file),
            Entry::Dir(_) => Err(Errno::Badf.into()),
        }
    }

    /// # Errors
    ///
    /// `Badf` if there is no such descriptor, `Notdir` if it is not a directory.
    pub fn dir(&mut self, fd: u32) -> Answer<&mut Dir> {
        match self.get(fd)? {
            Entry::Dir(dir) => Ok(dir),
            Entry::File(_) => Err(Errno::Notdir.into()),
        }
    }

    /// Gives `entry` the lowest free descriptor.
    ///
    /// # Errors
    ///
    /// `Mfile` if there are too many.
    pub fn push(&mut self, entry: Entry) -> Answer<u32> {
        let place = match self.0.iter().position(Option::is_none) {
            Some(place) => place,
            None if self.0.len() < MAX_DESCRIPTORS => {
                self.0.push(None);
                self.0.len() - 1
            }
            None => return Err(Errno::Mfile.into()),
        };
        self.0[place] = Some(entry);
        u32::try_from(place).map_err(|_| Errno::Mfile.into())
    }

    /// # Errors
    ///
    /// `Badf` if there is no such descriptor.
    pub fn remove(&mut self, fd: u32) -> Answer<Entry> {
        self.get(fd)?;
        self.0[fd as usize].take().ok_or(Errno::Badf.into())
    }

    /// Makes `to` stand for what `from` does, and closes `from`.
    ///
    /// # Errors
    ///
    /// `Badf` unless both are open.
    pub fn renumber(&mut self, from: u32, to: u32) -> Answer {
        self.get(to)?;
        if from == to {
            return Ok(());
        }
        let entry = self.remove(from)?;
        self.0[to as usize] = Some(entry);
        Ok(())
    }
}
