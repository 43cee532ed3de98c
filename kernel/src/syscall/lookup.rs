//! From a descriptor and a path to a place: what all calls with names share.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::Context;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
pub use crate::fs::file;
use crate::fs::file::FileObject;
use crate::fs::path::{FsContext, Last, LastLink, Location, Restrictions, Walk};
use crate::mm::user::read_path;
use crate::process::{Credentials, Thread};

/// Where a relative path starts, and what belongs to resolving it.
pub struct Base {
    fs: FsContext,
    credentials: Arc<Credentials>,
    start: Location,
}

impl Base {
    /// For a path relative to `dirfd` (`AT_FDCWD`: the working directory). The
    /// descriptor does not matter when the path is absolute.
    pub fn new(thread: &Thread, dirfd: usize, path: &[u8]) -> Result<Base> {
        let process = &thread.process;
        let fs = process.fs.lock().lock().clone();
        let start = if dirfd as i32 == raw::AT_FDCWD || path.first() == Some(&b'/') {
            fs.cwd.clone()
        } else {
            file(process, dirfd)?.location().clone()
        };
        Ok(Base {
            start,
            credentials: thread.credentials(),
            fs,
        })
    }

    /// The resolution.
    pub fn walk(&self, restrictions: Restrictions) -> Walk {
        Walk {
            root: self.fs.root.clone(),
            start: self.start.clone(),
            credentials: self.credentials.clone(),
            restrictions,
        }
    }

    /// The process's umask.
    pub fn umask(&self) -> u32 {
        self.fs.umask
    }

    /// Whose permissions count.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The node that a path names.
    pub fn find(&self, path: &[u8], last: LastLink) -> Result<Location> {
        self.walk(Restrictions::empty()).find(path, last)
    }

    /// The directory of a path's last component, and that component.
    pub fn find_last<'p>(&self, path: &'p [u8]) -> Result<Last<'p>> {
        self.walk(Restrictions::empty()).find_last(path)
    }
}

/// Whether a last symbolic link is followed, by `AT_SYMLINK_NOFOLLOW`.
pub fn last_link(flags: u32) -> LastLink {
    if flags & raw::AT_SYMLINK_NOFOLLOW != 0 {
        LastLink::Keep
    } else {
        LastLink::Follow
    }
}

/// The node that `dirfd` and the path at an address name. With `AT_EMPTY_PATH`
/// an empty path names the descriptor's own node.
pub fn locate(cx: &Context, dirfd: usize, path: usize, flags: u32) -> Result<Location> {
    locate_path(cx, dirfd, read_path(path)?, flags)
}

/// As [`locate`]; with `AT_EMPTY_PATH` a null pointer stands for an empty path, as the calls of stat(2) have it.
pub fn locate_or_null(cx: &Context, dirfd: usize, path: usize, flags: u32) -> Result<Location> {
    let path = if path == 0 && flags & raw::AT_EMPTY_PATH != 0 {
        Vec::new()
    } else {
        read_path(path)?
    };
    locate_path(cx, dirfd, path, flags)
}

fn locate_path(cx: &Context, dirfd: usize, path: Vec<u8>, flags: u32) -> Result<Location> {
    if path.is_empty() && flags & raw::AT_EMPTY_PATH != 0 {
        if dirfd as i32 == raw::AT_FDCWD {
            return Ok(cx.process.fs.lock().lock().cwd.clone());
        }
        return Ok(file(cx.process, dirfd)?.location().clone());
    }
    Base::new(cx.thread, dirfd, &path)?.find(&path, last_link(flags))
}

/// What an open file is, as its type: `EBADF` when it was opened as a place only (`O_PATH`), `error` when it is
/// something else.
pub fn object_of<T: FileObject>(file: &OpenFile, error: Errno) -> Result<&T> {
    file.object_as().ok_or_else(|| wrong_kind(file, error))
}

/// What a call answers that does not work on this file: `EBADF` for one that was opened as a place only (`O_PATH`).
#[cold]
pub fn wrong_kind(file: &OpenFile, error: Errno) -> Errno {
    if file.access().path_only {
        Errno::EBADF
    } else {
        error
    }
}

/// `AT_FDCWD` as it stands in a register.
pub const AT_FDCWD: usize = raw::AT_FDCWD as usize;

/// `EINVAL` when a flag is set that is not in `known`.
pub fn check_flags(flags: usize, known: u32) -> Result<u32> {
    if flags as u32 & !known == 0 {
        Ok(flags as u32)
    } else {
        Err(Errno::EINVAL)
    }
}
