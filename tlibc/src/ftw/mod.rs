//! `ftw.h`: walking a tree of files.

use crate::dirent::{DIR, closedir, dirfd, open_at, readdir};
use crate::errno::{Errno, errno, set_errno};
use crate::fcntl::{AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_DIRECTORY, O_RDONLY};
use crate::platform::calls::fs;
use crate::sys_stat::{S_IFDIR, S_IFLNK, S_IFMT, stat};
use crate::types::*;
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

struct Walk {
    visit: Visit,
    flags: c_int,
    start_dev: Option<dev_t>,
    /// What a relative path is relative to, also after `FTW_CHDIR` has left it.
    root: c_int,
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
    unsafe fn call(&self, status: &stat, kind: c_int, base: usize, level: c_int) -> c_int {
        let path = self.path.as_ptr().cast();
        // SAFETY: the program's function, by its contract.
        unsafe {
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
        }
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
                return Ok(self.call(&status, kind, base, level));
            }
            if !self.has(FTW_PHYS) && above.is_some_and(|a| a.contains(&status)) {
                return Ok(0);
            }
            let dir = match open_at(self.root, self.path.as_ptr().cast()) {
                Ok(dir) => dir,
                Err(Errno::EACCES) => return Ok(self.call(&status, FTW_DNR, base, level)),
                Err(e) => return Err(e),
            };
            let here = Above {
                dev: status.st_dev,
                ino: status.st_ino,
                above,
            };
            let result = self.directory(dir, &status, base, level, &here);
            closedir(dir);
            result
        }
    }

    /// Visits an open directory.
    ///
    /// # Safety
    /// The path ends with NUL; `dir` is its open stream.
    unsafe fn directory(
        &mut self,
        dir: *mut DIR,
        status: &stat,
        base: usize,
        level: c_int,
        here: &Above,
    ) -> Result<c_int, Errno> {
        // SAFETY: the caller's stream; names are strings; the path always ends with NUL.
        unsafe {
            if !self.has(FTW_DEPTH) {
                match self.call(status, FTW_D, base, level) {
                    0 => {}
                    FTW_SKIP_SUBTREE if self.has(FTW_ACTIONRETVAL) => return Ok(0),
                    other => return Ok(other),
                }
            }
            let len = self.len;
            loop {
                set_errno(Errno(0));
                let entry = readdir(dir);
                if entry.is_null() {
                    match errno() {
                        Errno(0) => break,
                        e => return Err(e),
                    }
                }
                let name = CStr::from_ptr((&raw const (*entry).d_name).cast()).to_bytes_with_nul();
                if name == b".\0" || name == b"..\0" {
                    continue;
                }
                let slash = usize::from(self.path[len - 1] != b'/');
                if len + slash + name.len() > PATH_MAX {
                    return Err(Errno::ENAMETOOLONG);
                }
                self.path[len] = b'/';
                self.path[len + slash..len + slash + name.len()].copy_from_slice(name);
                self.len = len + slash + name.len() - 1;
                if self.has(FTW_CHDIR) {
                    fs::fchdir(dirfd(dir))?;
                }
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
            if self.has(FTW_DEPTH) {
                Ok(self.call(status, FTW_DP, base, level))
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
unsafe fn walk(path: *const c_char, visit: Visit, flags: c_int) -> c_int {
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

/// Calls `visit` for each file below `path` until it returns nonzero, which becomes the result. One
/// descriptor is used a level, whatever `fds` says. POSIX `nftw`.
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
    let _ = fds;
    match visit {
        // SAFETY: the caller's string and function.
        Some(visit) => unsafe { walk(path, Visit::New(visit), flags) },
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
    let _ = fds;
    match visit {
        // SAFETY: the caller's string and function.
        Some(visit) => unsafe { walk(path, Visit::Old(visit), 0) },
        None => {
            set_errno(Errno::EINVAL);
            -1
        }
    }
}

crate::alias!(nftw64 = nftw);
crate::alias!(ftw64 = ftw);
