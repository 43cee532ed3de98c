//! `ftw.h`: walking a tree of files.

use crate::dirent::{DIR, closedir, open_at, readdir};
use crate::errno::{Errno, errno, set_errno};
use crate::fcntl::{AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_DIRECTORY, O_RDONLY};
use crate::platform::calls::fs;
use crate::sys_stat::{S_IFDIR, S_IFLNK, S_IFMT, stat};
use crate::types::*;
use crate::vec::Vec;
use core::ffi::CStr;
use core::mem::MaybeUninit;

/// Where a file is in the walk.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FTW {
    /// Offset of the name in the path.
    pub base: c_int,
    /// Depth below the start, which is 0.
    pub level: c_int,
}

/// Not a directory, not a symbolic link.
const FTW_F: c_int = 0;
/// A directory, before what is in it.
const FTW_D: c_int = 1;
/// A directory that cannot be read.
const FTW_DNR: c_int = 2;
/// A file whose status cannot be read.
const FTW_NS: c_int = 3;
/// A symbolic link (with `FTW_PHYS`).
const FTW_SL: c_int = 4;
/// A directory, after what is in it (with `FTW_DEPTH`).
const FTW_DP: c_int = 5;
/// A symbolic link to nothing.
const FTW_SLN: c_int = 6;
/// Flag: do not follow symbolic links.
const FTW_PHYS: c_int = 1;
/// Flag: stay on one file system.
const FTW_MOUNT: c_int = 2;
/// Flag: work in each directory.
const FTW_CHDIR: c_int = 4;
/// Flag: directories after what is in them.
const FTW_DEPTH: c_int = 8;
/// Flag: the function says how to go on.
const FTW_ACTIONRETVAL: c_int = 16;
/// Go on beside the directory.
const FTW_SKIP_SUBTREE: c_int = 2;
/// Go on above.
const FTW_SKIP_SIBLINGS: c_int = 3;
const PATH_MAX: usize = 4096;

/// The program's function, in either form.
#[derive(Clone, Copy)]
enum Visit {
    Old(unsafe extern "C" fn(*const c_char, *const stat, c_int) -> c_int),
    New(unsafe extern "C" fn(*const c_char, *const stat, c_int, *mut FTW) -> c_int),
}

/// A directory on the way from the start to the current file, to notice cycles of symbolic links.
struct Above<'a> {
    dev: dev_t,
    ino: ino_t,
    above: Option<&'a Above<'a>>,
}

impl Above<'_> {
    fn contains(&self, status: &stat) -> bool {
        (self.dev == status.st_dev && self.ino == status.st_ino)
            || self.above.is_some_and(|a| a.contains(status))
    }
}

/// What is in a directory: from its stream, or read before the stream was closed.
enum Names {
    Open(*mut DIR),
    /// Names with their NULs, and how far they have been taken.
    Read(Vec<u8>, usize),
}

impl Names {
    /// The next name with its NUL; it is good until the next call.
    ///
    /// # Errors
    /// Those of readdir.
    fn next(&mut self) -> Result<Option<&[u8]>, Errno> {
        match self {
            Names::Open(dir) => loop {
                set_errno(Errno(0));
                // SAFETY: our open stream; the name of an entry is a string.
                let name = unsafe {
                    let entry = readdir(*dir);
                    if entry.is_null() {
                        return match errno() {
                            Errno(0) => Ok(None),
                            error => Err(error),
                        };
                    }
                    CStr::from_ptr((&raw const (*entry).d_name).cast()).to_bytes_with_nul()
                };
                if name != b".\0" && name != b"..\0" {
                    return Ok(Some(name));
                }
            },
            Names::Read(names, at) => {
                let start = *at;
                let Some(end) = names[start..].iter().position(|byte| *byte == 0) else {
                    return Ok(None);
                };
                *at = start + end + 1;
                Ok(Some(&names[start..=start + end]))
            }
        }
    }

    /// Reads all names and closes the stream.
    ///
    /// # Errors
    /// Those of readdir; `ENOMEM`.
    fn close(&mut self) -> Result<(), Errno> {
        let mut names = Vec::new();
        while let Some(name) = self.next()? {
            names.extend(name)?;
        }
        // What was there before closes its stream.
        *self = Names::Read(names, 0);
        Ok(())
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if let Names::Open(dir) = self {
            // SAFETY: our own stream.
            unsafe { closedir(*dir) };
        }
    }
}

struct Walk {
    visit: Visit,
    flags: c_int,
    start_dev: Option<dev_t>,
    /// What a relative path is relative to, also after `FTW_CHDIR` has left it.
    root: c_int,
    /// Directories above this level stay open while the walk is below them; the names of others are read at once.
    open_above: c_int,
    /// With `FTW_CHDIR`, how much of the path names the working directory, with its slash; `None` before the first change.
    inside: Option<usize>,
    path: [u8; PATH_MAX],
    len: usize,
}

impl Walk {
    fn has(&self, flag: c_int) -> bool {
        self.flags & flag != 0
    }

    /// Calls the program's function.
    ///
    /// # Safety
    /// The path ends with NUL.
    unsafe fn call(
        &mut self,
        status: &stat,
        kind: c_int,
        base: usize,
        level: c_int,
    ) -> Result<c_int, Errno> {
        if self.has(FTW_CHDIR) {
            self.enter(base)?;
        }
        let path = self.path.as_ptr().cast();
        // SAFETY: the program's function, by its contract.
        Ok(unsafe {
            match self.visit {
                // The old form knows neither of the last two.
                Visit::Old(f) => f(path, status, if kind == FTW_SLN { FTW_NS } else { kind }),
                Visit::New(f) => {
                    let mut place = FTW {
                        base: base as c_int,
                        level,
                    };
                    f(path, status, kind, &raw mut place)
                }
            }
        })
    }

    /// Makes the folder of a file the working directory: the first `base` bytes of the path. Between calls for files of two
    /// folders of the same length there is always one for the second folder itself.
    fn enter(&mut self, base: usize) -> Result<(), Errno> {
        if self.inside == Some(base) {
            return Ok(());
        }
        // SAFETY: our own descriptor; the path is cut off with a NUL for a moment.
        unsafe {
            if self.path[0] != b'/' {
                fs::fchdir(self.root)?;
            }
            if base > 0 {
                let letter = core::mem::replace(&mut self.path[base], 0);
                let result = fs::chdir(self.path.as_ptr().cast());
                self.path[base] = letter;
                result?;
            }
        }
        self.inside = Some(base);
        Ok(())
    }

    /// Status of the current path, and what it is.
    fn status(&self) -> Result<(stat, c_int), Errno> {
        let mut status = MaybeUninit::<stat>::zeroed();
        // SAFETY: a path that ends with NUL, a buffer of which zeroes are a valid value.
        unsafe {
            let path: *const c_char = self.path.as_ptr().cast();
            let first = if self.has(FTW_PHYS) {
                AT_SYMLINK_NOFOLLOW
            } else {
                0
            };
            let kind = match fs::newfstatat(self.root, path, status.as_mut_ptr().cast(), first) {
                Ok(_) => match (*status.as_ptr()).st_mode & S_IFMT {
                    S_IFDIR => FTW_D,
                    S_IFLNK => FTW_SL,
                    _ => FTW_F,
                },
                Err(e) => {
                    let link = first == 0
                        && fs::newfstatat(
                            self.root,
                            path,
                            status.as_mut_ptr().cast(),
                            AT_SYMLINK_NOFOLLOW,
                        )
                        .is_ok()
                        && (*status.as_ptr()).st_mode & S_IFMT == S_IFLNK;
                    match e {
                        Errno::ENOENT | Errno::ELOOP if link => FTW_SLN,
                        Errno::EACCES => FTW_NS,
                        e => return Err(e),
                    }
                }
            };
            Ok((status.assume_init(), kind))
        }
    }

    /// Visits the current path and, when it is a directory, what is in it. `Ok` of the function's nonzero result ends
    /// the walk.
    ///
    /// # Safety
    /// The path ends with NUL.
    unsafe fn visit(
        &mut self,
        base: usize,
        level: c_int,
        above: Option<&Above>,
    ) -> Result<c_int, Errno> {
        let (status, kind) = match self.status() {
            Ok(found) => found,
            // A file may go away during the walk; the start must exist.
            Err(Errno::ENOENT) if level > 0 => return Ok(0),
            Err(e) => return Err(e),
        };
        if self.has(FTW_MOUNT) && *self.start_dev.get_or_insert(status.st_dev) != status.st_dev {
            return Ok(0);
        }
        // SAFETY: as the caller promised.
        unsafe {
            if kind != FTW_D {
                return self.call(&status, kind, base, level);
            }
            if !self.has(FTW_PHYS) && above.is_some_and(|a| a.contains(&status)) {
                // Below itself by a link: what is in it is left out, and itself where it would come after that
                // (POSIX.1-2024 nftw()).
                return Ok(if self.has(FTW_DEPTH) {
                    0
                } else {
                    match self.call(&status, FTW_D, base, level)? {
                        FTW_SKIP_SUBTREE if self.has(FTW_ACTIONRETVAL) => 0,
                        result => result,
                    }
                });
            }
            let dir = match open_at(self.root, self.path.as_ptr().cast()) {
                Ok(dir) => dir,
                Err(Errno::EACCES) => return self.call(&status, FTW_DNR, base, level),
                Err(e) => return Err(e),
            };
            let here = Above {
                dev: status.st_dev,
                ino: status.st_ino,
                above,
            };
            self.directory(Names::Open(dir), &status, base, level, &here)
        }
    }

    /// Visits an open directory.
    ///
    /// # Safety
    /// The path ends with NUL; `names` has its open stream.
    unsafe fn directory(
        &mut self,
        mut names: Names,
        status: &stat,
        base: usize,
        level: c_int,
        here: &Above,
    ) -> Result<c_int, Errno> {
        // SAFETY: the caller's stream; names are strings; the path always ends with NUL.
        unsafe {
            if !self.has(FTW_DEPTH) {
                match self.call(status, FTW_D, base, level)? {
                    0 => {}
                    FTW_SKIP_SUBTREE if self.has(FTW_ACTIONRETVAL) => return Ok(0),
                    other => return Ok(other),
                }
            }
            if level >= self.open_above {
                names.close()?;
            }
            let len = self.len;
            while let Some(name) = names.next()? {
                let slash = usize::from(self.path[len - 1] != b'/');
                if len + slash + name.len() > PATH_MAX {
                    return Err(Errno::ENAMETOOLONG);
                }
                self.path[len] = b'/';
                self.path[len + slash..len + slash + name.len()].copy_from_slice(name);
                self.len = len + slash + name.len() - 1;
                let result = self.visit_from(len + slash, level + 1, here);
                self.len = len;
                self.path[len] = 0;
                match result? {
                    0 => {}
                    FTW_SKIP_SIBLINGS if self.has(FTW_ACTIONRETVAL) => break,
                    FTW_SKIP_SUBTREE if self.has(FTW_ACTIONRETVAL) => {}
                    other => return Ok(other),
                }
            }
            drop(names);
            if self.has(FTW_DEPTH) {
                self.call(status, FTW_DP, base, level)
            } else {
                Ok(0)
            }
        }
    }

    /// `visit`, with the name at `base`.
    ///
    /// # Safety
    /// The path ends with NUL.
    unsafe fn visit_from(
        &mut self,
        base: usize,
        level: c_int,
        above: &Above,
    ) -> Result<c_int, Errno> {
        // SAFETY: the caller's promise.
        unsafe { self.visit(base, level, Some(above)) }
    }
}

/// The whole walk.
///
/// # Safety
/// `path` is a string; the function obeys its contract.
unsafe fn walk(path: *const c_char, visit: Visit, fds: c_int, flags: c_int) -> c_int {
    // SAFETY: the caller's string.
    let text = unsafe { CStr::from_ptr(path) }.to_bytes();
    let mut end = text.len();
    while end > 1 && text[end - 1] == b'/' {
        end -= 1;
    }
    let mut walk = Walk {
        visit,
        flags,
        start_dev: None,
        root: AT_FDCWD,
        // One descriptor is for the directory that is being read.
        open_above: fds.saturating_sub(1),
        inside: None,
        path: [0; PATH_MAX],
        len: end,
    };
    let result = if end == 0 {
        Err(Errno::ENOENT)
    } else if end >= PATH_MAX {
        Err(Errno::ENAMETOOLONG)
    } else {
        walk.path[..end].copy_from_slice(&text[..end]);
        let base = text[..end]
            .iter()
            .rposition(|b| *b == b'/')
            .map_or(0, |at| if at + 1 == end { at } else { at + 1 });
        // SAFETY: the path ends with NUL; a literal path; our own descriptor.
        unsafe {
            if flags & FTW_CHDIR != 0 {
                fs::openat(
                    AT_FDCWD,
                    c".".as_ptr(),
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                    0,
                )
                .and_then(|back| {
                    walk.root = back;
                    let result = walk.visit(base, 0, None);
                    let returned = fs::fchdir(back);
                    let _ = fs::close(back);
                    result.and_then(|r| returned.map(|_| r))
                })
            } else {
                walk.visit(base, 0, None)
            }
        }
    };
    match result {
        Ok(n)
            if flags & FTW_ACTIONRETVAL != 0
                && (n == FTW_SKIP_SUBTREE || n == FTW_SKIP_SIBLINGS) =>
        {
            0
        }
        Ok(n) => n,
        Err(e) => {
            set_errno(e);
            -1
        }
    }
}

/// Calls `visit` for each file below `path` until it returns nonzero, which becomes the result. No more than `fds`
/// directories, but one at least, are open at a time. With `FTW_CHDIR` the working directory is the folder of the file
/// that is reported, also for directories after what is in them, and one more descriptor leads back. POSIX `nftw`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `visit` obeys the C contract of the callback; null only where
/// the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nftw(
    path: *const c_char,
    visit: Option<unsafe extern "C" fn(*const c_char, *const stat, c_int, *mut FTW) -> c_int>,
    fds: c_int,
    flags: c_int,
) -> c_int {
    match visit {
        // SAFETY: the caller's string and function.
        Some(visit) => unsafe { walk(path, Visit::New(visit), fds, flags) },
        None => {
            set_errno(Errno::EINVAL);
            -1
        }
    }
}

/// `nftw` without flags and without the place in the walk. POSIX.1-2008 `ftw`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `visit` obeys the C contract of the callback; null only where
/// the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftw(
    path: *const c_char,
    visit: Option<unsafe extern "C" fn(*const c_char, *const stat, c_int) -> c_int>,
    fds: c_int,
) -> c_int {
    match visit {
        // SAFETY: the caller's string and function.
        Some(visit) => unsafe { walk(path, Visit::Old(visit), fds, 0) },
        None => {
            set_errno(Errno::EINVAL);
            -1
        }
    }
}

crate::alias!(nftw64 = nftw);
crate::alias!(ftw64 = ftw);
