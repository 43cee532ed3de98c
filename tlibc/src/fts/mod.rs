//! `fts.h`: walking a tree of files, one at a time (4.4BSD, GNU).
//!
//! A walk changes the working directory only for files whose paths are too long for the kernel, and not with `FTS_NOCHDIR`:
//! every entry has its whole path in memory of its own, which is also the one to open it by. The entries of a directory are
//! a list, made when the walk enters it and let go of when it has passed; `fts_parent` leads back up.

use crate::dirent::{DIR, closedir, open_at, readdir};
use crate::errno::{CResult as _, Errno, errno, set_errno};
use crate::fcntl::{AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_DIRECTORY, O_PATH};
use crate::malloc::{free, malloc};
use crate::platform::calls::fs;
use crate::stdlib::sort::qsort;
use crate::sys_stat::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, stat};
use crate::types::*;
use core::ffi::CStr;
use core::ptr::null_mut;

/// Bytes of a path that the kernel takes, with its NUL.
const PATH_MAX: usize = 4096;

const FTS_COMFOLLOW: c_int = 0x0001;
const FTS_LOGICAL: c_int = 0x0002;
const FTS_NOCHDIR: c_int = 0x0004;
const FTS_NOSTAT: c_int = 0x0008;
const FTS_PHYSICAL: c_int = 0x0010;
const FTS_SEEDOT: c_int = 0x0020;
const FTS_XDEV: c_int = 0x0040;
const FTS_OPTIONMASK: c_int = 0x00ff;
const FTS_NAMEONLY: c_int = 0x0100;
const FTS_STOP: c_int = 0x0200;

const FTS_ROOTPARENTLEVEL: c_short = -1;
const FTS_ROOTLEVEL: c_short = 0;

/// A directory, before what is in it.
const FTS_D: c_ushort = 1;
/// A directory that the walk is already in.
const FTS_DC: c_ushort = 2;
/// None of the others.
const FTS_DEFAULT: c_ushort = 3;
/// A directory that cannot be read.
const FTS_DNR: c_ushort = 4;
/// `.` or `..`, with `FTS_SEEDOT`.
const FTS_DOT: c_ushort = 5;
/// A directory, after what is in it.
const FTS_DP: c_ushort = 6;
/// An error.
const FTS_ERR: c_ushort = 7;
/// A regular file.
const FTS_F: c_ushort = 8;
/// The place before the first file.
const FTS_INIT: c_ushort = 9;
/// A file without a status, because that cannot be read.
const FTS_NS: c_ushort = 10;
/// A file without a status, because none was asked for.
const FTS_NSOK: c_ushort = 11;
/// A symbolic link.
const FTS_SL: c_ushort = 12;
/// A symbolic link to nothing.
const FTS_SLNONE: c_ushort = 13;

const FTS_AGAIN: c_ushort = 1;
const FTS_FOLLOW: c_ushort = 2;
const FTS_NOINSTR: c_ushort = 3;
const FTS_SKIP: c_ushort = 4;

/// `d_type` of what has no name known to us, and of directories.
const DT_UNKNOWN: c_uchar = 0;
const DT_DIR: c_uchar = 4;

/// What orders the entries of a directory.
pub type Compare = unsafe extern "C" fn(*mut *const FTSENT, *mut *const FTSENT) -> c_int;

/// A file on the walk.
#[repr(C)]
pub struct FTSENT {
    /// With `FTS_DC`, the directory that is the same.
    pub fts_cycle: *mut FTSENT,
    /// The directory it is in.
    pub fts_parent: *mut FTSENT,
    /// The next file in that directory.
    pub fts_link: *mut FTSENT,
    /// For the program.
    pub fts_number: c_long,
    /// For the program.
    pub fts_pointer: *mut c_void,
    /// A path that works from the current directory.
    pub fts_accpath: *mut c_char,
    /// The path from the start.
    pub fts_path: *mut c_char,
    /// With `FTS_DNR`, `FTS_ERR` and `FTS_NS`, the error number.
    pub fts_errno: c_int,
    /// Of no use here.
    pub fts_symfd: c_int,
    /// Length of the path.
    pub fts_pathlen: c_ushort,
    /// Length of the name.
    pub fts_namelen: c_ushort,
    /// Serial number of a directory.
    pub fts_ino: ino_t,
    /// Device of a directory.
    pub fts_dev: dev_t,
    /// Names of a directory.
    pub fts_nlink: nlink_t,
    /// Depth; 0 at the start, −1 for its parent.
    pub fts_level: c_short,
    /// What it is (`FTS_D` and so on).
    pub fts_info: c_ushort,
    /// Of no use here.
    pub fts_flags: c_ushort,
    /// What the program said with fts_set.
    pub fts_instr: c_ushort,
    /// Its status.
    pub fts_statp: *mut stat,
    /// Its name; longer than this.
    pub fts_name: [c_char; 1],
}

/// A walk.
#[repr(C)]
pub struct FTS {
    /// The file that fts_read returned last.
    pub fts_cur: *mut FTSENT,
    /// What fts_children returned.
    pub fts_child: *mut FTSENT,
    /// Of no use here.
    pub fts_array: *mut *mut FTSENT,
    /// The device of the start, for `FTS_XDEV`.
    pub fts_dev: dev_t,
    /// Of no use here: each file has its path.
    pub fts_path: *mut c_char,
    /// Where the walk started, from when it leaves it; -1 before.
    pub fts_rfd: c_int,
    /// Of no use here.
    pub fts_pathlen: c_int,
    /// Of no use here.
    pub fts_nitems: c_int,
    /// The order, or null.
    pub fts_compar: Option<Compare>,
    /// Options and state.
    pub fts_options: c_int,
    /// The directory that the walk has made the working directory, or null. C programs know nothing of it.
    folder: *mut FTSENT,
}

/// Why a directory is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// fts_children.
    Children,
    /// fts_children with `FTS_NAMEONLY`.
    Names,
    /// fts_read.
    Read,
}

/// A new entry with its name, its path and room for its status, all in one block of memory. The path is `folder` and
/// `name`, with a slash between unless there is one or the folder is empty.
fn entry(folder: &[u8], name: &[u8], level: c_short) -> Result<*mut FTSENT, Errno> {
    let slash = usize::from(!folder.is_empty() && !folder.ends_with(b"/"));
    let length = folder.len() + slash + name.len();
    let Ok(short_length) = c_ushort::try_from(length) else {
        return Err(Errno::ENAMETOOLONG);
    };
    let status = size_of::<FTSENT>();
    let name_at = core::mem::offset_of!(FTSENT, fts_name);
    // The status, then the entry with its name at its end, then the path.
    let entry_at = size_of::<stat>().next_multiple_of(align_of::<FTSENT>());
    let path_at = entry_at + status.max(name_at + name.len() + 1);
    let block = malloc(path_at + length + 1).cast::<u8>();
    if block.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: all parts lie in the block, which is aligned for any type; both structures may be zero.
    unsafe {
        block.write_bytes(0, path_at);
        let entry = block.add(entry_at).cast::<FTSENT>();
        let path = block.add(path_at);
        path.copy_from_nonoverlapping(folder.as_ptr(), folder.len());
        if slash == 1 {
            *path.add(folder.len()) = b'/';
        }
        path.add(folder.len() + slash)
            .copy_from_nonoverlapping(name.as_ptr(), name.len());
        *path.add(length) = 0;
        let own_name = entry.cast::<u8>().add(name_at);
        own_name.copy_from_nonoverlapping(name.as_ptr(), name.len());
        (*entry).fts_path = path.cast();
        (*entry).fts_accpath = path.cast();
        (*entry).fts_pathlen = short_length;
        (*entry).fts_namelen = name.len() as c_ushort;
        (*entry).fts_statp = block.cast();
        (*entry).fts_level = level;
        (*entry).fts_instr = FTS_NOINSTR;
        (*entry).fts_symfd = -1;
        Ok(entry)
    }
}

/// Lets an entry go.
///
/// # Safety
/// `entry` is null or came from [`entry`]; nothing points to it.
unsafe fn release(entry: *mut FTSENT) {
    if !entry.is_null() {
        // SAFETY: the block begins with the status.
        unsafe { free((*entry).fts_statp.cast()) }
    }
}

/// Lets a list go.
///
/// # Safety
/// As for [`release`], of all entries.
unsafe fn release_list(mut first: *mut FTSENT) {
    while !first.is_null() {
        // SAFETY: the caller's list.
        unsafe {
            let next = (*first).fts_link;
            release(first);
            first = next;
        }
    }
}

/// The name of an entry.
///
/// # Safety
/// It came from [`entry`] and outlives what is returned.
unsafe fn name_of<'a>(entry: *const FTSENT) -> &'a [u8] {
    // SAFETY: the name lies behind the entry and ends with NUL.
    unsafe { CStr::from_ptr((&raw const (*entry).fts_name).cast()).to_bytes() }
}

/// Calls `act` with a path that the kernel can take for one that may be too long, and with the folder it is relative to.
///
/// # Errors
/// Those of openat(2) for the folders on the way.
///
/// # Safety
/// `path` is a string.
unsafe fn reach<T>(
    base: c_int,
    path: *const c_char,
    act: impl FnOnce(c_int, *const c_char) -> Result<T, Errno>,
) -> Result<T, Errno> {
    // SAFETY: the caller's string.
    let mut left = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    let mut folder = base;
    let leave = |folder: c_int| {
        if folder != base {
            // SAFETY: our own descriptor.
            let _ = unsafe { fs::close(folder) };
        }
    };
    let result = loop {
        if left.len() <= PATH_MAX {
            break act(folder, left.as_ptr().cast());
        }
        let mut part = [0; PATH_MAX];
        let Some(slash) = left[..PATH_MAX - 1].iter().rposition(|byte| *byte == b'/') else {
            break Err(Errno::ENAMETOOLONG);
        };
        // With the slash, which may be the whole of it.
        part[..=slash].copy_from_slice(&left[..=slash]);
        left = &left[slash + 1..];
        const FLAGS: c_int = O_PATH | O_DIRECTORY | O_CLOEXEC;
        // SAFETY: the part ends with NUL.
        let next = unsafe { fs::openat(folder, part.as_ptr().cast(), FLAGS, 0) };
        leave(folder);
        match next {
            Ok(next) => folder = next,
            Err(error) => return Err(error),
        }
    };
    leave(folder);
    result
}

/// Reads the status of an entry and says what it is. Relative paths are relative to `base`.
///
/// # Safety
/// It came from [`entry`], and so did those above it.
unsafe fn examine(base: c_int, options: c_int, entry: *mut FTSENT, follow: bool) -> c_ushort {
    // SAFETY: the path is a string; the status is the entry's own.
    unsafe {
        let status = (*entry).fts_statp;
        let read = |flags| {
            reach(base, (*entry).fts_path, |folder, path| {
                fs::newfstatat(folder, path, status.cast(), flags)
            })
        };
        let mut result = if follow || options & FTS_LOGICAL != 0 {
            read(0)
        } else {
            read(AT_SYMLINK_NOFOLLOW)
        };
        if result.is_err() && (follow || options & FTS_LOGICAL != 0) {
            if read(AT_SYMLINK_NOFOLLOW).is_ok() && (*status).st_mode & S_IFMT == S_IFLNK {
                return FTS_SLNONE;
            }
            // What failed first is what the program learns.
            result = read(0);
        }
        if let Err(error) = result {
            (*entry).fts_errno = error.0;
            status.cast::<u8>().write_bytes(0, size_of::<stat>());
            return FTS_NS;
        }
        match (*status).st_mode & S_IFMT {
            S_IFDIR => {
                (*entry).fts_dev = (*status).st_dev;
                (*entry).fts_ino = (*status).st_ino;
                (*entry).fts_nlink = (*status).st_nlink;
                if matches!(name_of(entry), b"." | b"..") {
                    return FTS_DOT;
                }
                let mut above = (*entry).fts_parent;
                while !above.is_null() && (*above).fts_level >= FTS_ROOTLEVEL {
                    if (*above).fts_ino == (*entry).fts_ino && (*above).fts_dev == (*entry).fts_dev
                    {
                        (*entry).fts_cycle = above;
                        return FTS_DC;
                    }
                    above = (*above).fts_parent;
                }
                FTS_D
            }
            S_IFLNK => FTS_SL,
            S_IFREG => FTS_F,
            _ => FTS_DEFAULT,
        }
    }
}

/// Puts a list into the program's order.
///
/// # Safety
/// All entries came from [`entry`]; `compare` obeys its contract.
unsafe fn sorted(first: *mut FTSENT, count: usize, compare: Option<Compare>) -> *mut FTSENT {
    let Some(compare) = compare.filter(|_| count > 1) else {
        return first;
    };
    let array = malloc(count * size_of::<*mut FTSENT>()).cast::<*mut FTSENT>();
    if array.is_null() {
        // As in other systems: the walk goes on in the order of the directory.
        return first;
    }
    // SAFETY: the list has `count` entries; pointers to pointers are what the function is declared to take.
    unsafe {
        let mut next = first;
        for at in 0..count {
            *array.add(at) = next;
            next = (*next).fts_link;
        }
        let compare = core::mem::transmute::<
            Compare,
            unsafe extern "C" fn(*const c_void, *const c_void) -> c_int,
        >(compare);
        qsort(array.cast(), count, size_of::<*mut FTSENT>(), Some(compare));
        for at in 1..count {
            (**array.add(at - 1)).fts_link = *array.add(at);
        }
        (**array.add(count - 1)).fts_link = null_mut();
        let first = *array;
        free(array.cast());
        first
    }
}

impl FTS {
    fn has(&self, option: c_int) -> bool {
        self.fts_options & option != 0
    }

    /// What relative paths are relative to.
    fn base(&self) -> c_int {
        if self.folder.is_null() {
            AT_FDCWD
        } else {
            self.fts_rfd
        }
    }

    /// Makes `file` one that its `fts_accpath` leads to: where its path is too long, the working directory becomes its
    /// folder, and before a file whose path is not, where the walk started.
    ///
    /// # Errors
    /// Those of openat(2) and fchdir(2).
    ///
    /// # Safety
    /// It came from [`entry`], and so did those above it.
    unsafe fn approach(&mut self, file: *mut FTSENT) -> Result<(), Errno> {
        // SAFETY: the caller's entry; our own descriptors.
        unsafe {
            if self.has(FTS_NOCHDIR) {
                return Ok(());
            }
            let above = (*file).fts_parent;
            if usize::from((*file).fts_pathlen) < PATH_MAX || (*above).fts_level < FTS_ROOTLEVEL {
                if !self.folder.is_null() {
                    fs::fchdir(self.fts_rfd)?;
                    self.folder = null_mut();
                }
                return Ok(());
            }
            (*file).fts_accpath = (&raw mut (*file).fts_name).cast();
            if self.folder == above {
                return Ok(());
            }
            const FLAGS: c_int = O_PATH | O_DIRECTORY | O_CLOEXEC;
            if self.fts_rfd < 0 {
                self.fts_rfd = fs::openat(AT_FDCWD, c".".as_ptr(), FLAGS, 0)?;
            }
            let folder = reach(self.fts_rfd, (*above).fts_path, |folder, path| {
                fs::openat(folder, path, FLAGS, 0)
            })?;
            let result = fs::fchdir(folder);
            let _ = fs::close(folder);
            result?;
            self.folder = above;
            Ok(())
        }
    }

    /// Makes the list of what is in the current directory. Where there is none, `fts_info` of the directory says why.
    ///
    /// # Safety
    /// The walk is at a directory.
    unsafe fn build(&mut self, purpose: Purpose) -> *mut FTSENT {
        let current = self.fts_cur;
        // SAFETY: the current entry and its path are the walk's.
        unsafe {
            let opened = reach(self.base(), (*current).fts_path, |folder, path| {
                open_at(folder, path)
            });
            let stream = match opened {
                Ok(stream) => stream,
                Err(error) => {
                    if purpose == Purpose::Read {
                        (*current).fts_info = FTS_DNR;
                        (*current).fts_errno = error.0;
                    }
                    set_errno(error);
                    return null_mut();
                }
            };
            let mut first = null_mut();
            let mut count = 0;
            let result = self.entries(stream, purpose, &mut first, &mut count);
            closedir(stream);
            if let Err(error) = result {
                (*current).fts_errno = error.0;
                if error == Errno::ENOMEM || error == Errno::ENAMETOOLONG {
                    release_list(first);
                    (*current).fts_info = FTS_ERR;
                    self.fts_options |= FTS_STOP;
                    set_errno(error);
                    return null_mut();
                }
            }
            if count == 0 {
                if purpose == Purpose::Read {
                    (*current).fts_info = if (*current).fts_errno == 0 {
                        FTS_DP
                    } else {
                        FTS_ERR
                    };
                }
                return null_mut();
            }
            sorted(first, count, self.fts_compar)
        }
    }

    /// Makes entries of what `stream` has. An error leaves those made before it in the list.
    ///
    /// # Safety
    /// `stream` is the open stream of the current directory.
    unsafe fn entries(
        &mut self,
        stream: *mut DIR,
        purpose: Purpose,
        first: &mut *mut FTSENT,
        count: &mut usize,
    ) -> Result<(), Errno> {
        let current = self.fts_cur;
        // SAFETY: the caller's stream; entries and their strings are the walk's.
        unsafe {
            let folder = CStr::from_ptr((*current).fts_path).to_bytes();
            let mut last: *mut FTSENT = null_mut();
            loop {
                set_errno(Errno(0));
                let found = readdir(stream);
                if found.is_null() {
                    return match errno() {
                        Errno(0) => Ok(()),
                        error => Err(error),
                    };
                }
                let name = CStr::from_ptr((&raw const (*found).d_name).cast()).to_bytes();
                if matches!(name, b"." | b"..") && !self.has(FTS_SEEDOT) {
                    continue;
                }
                let new = entry(folder, name, (*current).fts_level.saturating_add(1))?;
                (*new).fts_parent = current;
                let kind = (*found).d_type;
                let needless = self.has(FTS_NOSTAT)
                    && self.has(FTS_PHYSICAL)
                    && !matches!(kind, DT_UNKNOWN | DT_DIR);
                (*new).fts_info = if purpose == Purpose::Names || needless {
                    FTS_NSOK
                } else {
                    examine(self.base(), self.fts_options, new, false)
                };
                if last.is_null() {
                    *first = new;
                } else {
                    (*last).fts_link = new;
                }
                last = new;
                *count += 1;
            }
        }
    }

    /// Makes `entry` the current file.
    ///
    /// # Safety
    /// It is the walk's.
    unsafe fn at(&mut self, entry: *mut FTSENT) -> *mut FTSENT {
        // SAFETY: the caller's entry.
        unsafe {
            if (*entry).fts_instr == FTS_FOLLOW {
                (*entry).fts_info = examine(self.base(), self.fts_options, entry, true);
                (*entry).fts_instr = FTS_NOINSTR;
            }
        }
        self.fts_cur = entry;
        entry
    }

    /// Goes from `entry`, which is done with, to the next beside it or back to its directory; null at the end.
    ///
    /// # Safety
    /// It is the walk's current entry.
    unsafe fn after(&mut self, entry: *mut FTSENT) -> *mut FTSENT {
        let mut done = entry;
        // SAFETY: lists and parents are the walk's; what is done with is pointed to no more.
        unsafe {
            loop {
                let next = (*done).fts_link;
                if next.is_null() {
                    break;
                }
                release(done);
                if (*next).fts_level == FTS_ROOTLEVEL {
                    self.fts_dev = (*next).fts_dev;
                    last_name_only(next);
                    return self.at(next);
                }
                if (*next).fts_instr != FTS_SKIP {
                    return self.at(next);
                }
                done = next;
            }
            let above = (*done).fts_parent;
            release(done);
            if (*above).fts_level == FTS_ROOTPARENTLEVEL {
                release(above);
                self.fts_cur = null_mut();
                set_errno(Errno(0));
                return null_mut();
            }
            (*above).fts_info = if (*above).fts_errno == 0 {
                FTS_DP
            } else {
                FTS_ERR
            };
            self.fts_cur = above;
            above
        }
    }
}

/// The name of a start is what is behind the last slash of its path.
///
/// # Safety
/// It came from [`entry`].
unsafe fn last_name_only(start: *mut FTSENT) {
    // SAFETY: the name shrinks in its place.
    unsafe {
        let name = name_of(start);
        let Some(slash) = name.iter().rposition(|letter| *letter == b'/') else {
            return;
        };
        if slash == 0 && name.len() == 1 {
            return;
        }
        let rest = name.len() - slash - 1;
        let place = start
            .cast::<u8>()
            .add(core::mem::offset_of!(FTSENT, fts_name));
        place.copy_from(place.add(slash + 1), rest + 1);
        (*start).fts_namelen = rest as c_ushort;
    }
}

/// The starts of a walk, in a list, with what the first of them is below.
///
/// # Safety
/// `paths` has strings and ends with null.
unsafe fn starts(
    options: c_int,
    paths: *const *mut c_char,
    compare: Option<Compare>,
) -> Result<*mut FTSENT, Errno> {
    // SAFETY: the caller's list; entries are made here.
    unsafe {
        let above = entry(b"", b"", FTS_ROOTPARENTLEVEL)?;
        let (mut first, mut last): (*mut FTSENT, *mut FTSENT) = (null_mut(), null_mut());
        let mut count = 0;
        while !(*paths.add(count)).is_null() {
            let path = CStr::from_ptr(*paths.add(count)).to_bytes();
            let new = match path {
                b"" => Err(Errno::ENOENT),
                path => entry(b"", path, FTS_ROOTLEVEL),
            };
            let new = match new {
                Ok(new) => new,
                Err(error) => {
                    release_list(first);
                    release(above);
                    return Err(error);
                }
            };
            (*new).fts_parent = above;
            let info = examine(AT_FDCWD, options, new, options & FTS_COMFOLLOW != 0);
            // A start called `.` is a directory like any other.
            (*new).fts_info = if info == FTS_DOT { FTS_D } else { info };
            if last.is_null() {
                first = new;
            } else {
                (*last).fts_link = new;
            }
            last = new;
            count += 1;
        }
        let before = match entry(b"", b"", FTS_ROOTLEVEL) {
            Ok(before) => before,
            Err(error) => {
                release_list(first);
                release(above);
                return Err(error);
            }
        };
        (*before).fts_parent = above;
        (*before).fts_info = FTS_INIT;
        (*before).fts_link = sorted(first, count, compare);
        Ok(before)
    }
}

/// Begins a walk through the trees at `paths`, which goes where symbolic links lead with `FTS_LOGICAL`; null and `EINVAL`
/// for unknown options, `ENOENT` for an empty path (fts(3)).
///
/// # Safety
/// `paths` has strings and ends with null; `compare` obeys its contract.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fts_open(
    paths: *const *mut c_char,
    options: c_int,
    compare: Option<Compare>,
) -> *mut FTS {
    if options & !FTS_OPTIONMASK != 0 {
        set_errno(Errno::EINVAL);
        return null_mut();
    }
    // SAFETY: the caller's list.
    let before = match unsafe { starts(options, paths, compare) } {
        Ok(before) => before,
        Err(error) => {
            set_errno(error);
            return null_mut();
        }
    };
    let walk = malloc(size_of::<FTS>()).cast::<FTS>();
    // SAFETY: memory for a walk, or null; the entries have no other owner.
    unsafe {
        if walk.is_null() {
            let above = (*before).fts_parent;
            release_list(before);
            release(above);
            set_errno(Errno::ENOMEM);
            return null_mut();
        }
        walk.write(FTS {
            fts_cur: before,
            fts_child: null_mut(),
            fts_array: null_mut(),
            fts_dev: 0,
            fts_path: null_mut(),
            fts_rfd: -1,
            fts_pathlen: 0,
            fts_nitems: 0,
            fts_compar: compare,
            fts_options: options,
            folder: null_mut(),
        });
    }
    walk
}

/// The next file, not yet one that its `fts_accpath` leads to.
///
/// # Safety
/// `walk` came from [`fts_open`].
unsafe fn next(walk: &mut FTS) -> *mut FTSENT {
    // SAFETY: the caller's walk.
    unsafe {
        let current = walk.fts_cur;
        if current.is_null() || walk.has(FTS_STOP) {
            return null_mut();
        }
        let instruction = (*current).fts_instr;
        (*current).fts_instr = FTS_NOINSTR;
        if instruction == FTS_AGAIN {
            (*current).fts_info = examine(walk.base(), walk.fts_options, current, false);
            return current;
        }
        if instruction == FTS_FOLLOW && matches!((*current).fts_info, FTS_SL | FTS_SLNONE) {
            (*current).fts_info = examine(walk.base(), walk.fts_options, current, true);
            // A start that was a link had no device to stay on.
            if (*current).fts_level == FTS_ROOTLEVEL {
                walk.fts_dev = (*current).fts_dev;
            }
            return current;
        }
        if (*current).fts_info != FTS_D {
            return walk.after(current);
        }
        let elsewhere = walk.has(FTS_XDEV) && (*current).fts_dev != walk.fts_dev;
        let mut child = core::mem::replace(&mut walk.fts_child, null_mut());
        if instruction == FTS_SKIP || elsewhere || walk.has(FTS_NAMEONLY) {
            release_list(child);
            child = null_mut();
            walk.fts_options &= !FTS_NAMEONLY;
        }
        if instruction == FTS_SKIP || elsewhere {
            (*current).fts_info = FTS_DP;
            return current;
        }
        if child.is_null() {
            child = walk.build(Purpose::Read);
        }
        while !child.is_null() && (*child).fts_instr == FTS_SKIP {
            let next = (*child).fts_link;
            if next.is_null() {
                // All of them are passed over.
                release(child);
                (*current).fts_info = FTS_DP;
                return current;
            }
            release(child);
            child = next;
        }
        if child.is_null() {
            return if walk.has(FTS_STOP) {
                null_mut()
            } else {
                current
            };
        }
        walk.at(child)
    }
}

/// The next file; null at the end, with `errno` 0, and after an error (fts(3)). A directory comes before and after what
/// is in it. What was returned before, and is not above it, is gone.
///
/// # Safety
/// `walk` came from [`fts_open`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fts_read(walk: *mut FTS) -> *mut FTSENT {
    // SAFETY: the caller's walk.
    unsafe {
        let walk = &mut *walk;
        let file = next(walk);
        if !file.is_null()
            && let Err(error) = walk.approach(file)
        {
            // The program finds the file no more than the walk does.
            (*file).fts_info = FTS_ERR;
            (*file).fts_errno = error.0;
        }
        file
    }
}

/// What is in the directory that fts_read returned last, or all starts before its first call; null where nothing is, with
/// `errno` 0, and after an error (fts(3)).
///
/// # Safety
/// `walk` came from [`fts_open`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fts_children(walk: *mut FTS, options: c_int) -> *mut FTSENT {
    if options != 0 && options != FTS_NAMEONLY {
        set_errno(Errno::EINVAL);
        return null_mut();
    }
    // SAFETY: the caller's walk.
    unsafe {
        let walk = &mut *walk;
        set_errno(Errno(0));
        if walk.fts_cur.is_null() || walk.has(FTS_STOP) {
            return null_mut();
        }
        match (*walk.fts_cur).fts_info {
            FTS_INIT => return (*walk.fts_cur).fts_link,
            FTS_D => {}
            _ => return null_mut(),
        }
        release_list(core::mem::replace(&mut walk.fts_child, null_mut()));
        let purpose = if options == FTS_NAMEONLY {
            walk.fts_options |= FTS_NAMEONLY;
            Purpose::Names
        } else {
            walk.fts_options &= !FTS_NAMEONLY;
            Purpose::Children
        };
        walk.fts_child = walk.build(purpose);
        walk.fts_child
    }
}

/// Says what the next fts_read does with a file: `FTS_AGAIN`, `FTS_FOLLOW`, `FTS_SKIP` or nothing (0, `FTS_NOINSTR`); 1 and
/// `EINVAL` for anything else (fts(3)).
///
/// # Safety
/// `file` came from [`fts_read`] or [`fts_children`] of `walk`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fts_set(walk: *mut FTS, file: *mut FTSENT, instruction: c_int) -> c_int {
    let _ = walk;
    match c_ushort::try_from(instruction) {
        Ok(instruction @ 0..=FTS_SKIP) => {
            // SAFETY: the caller's file.
            unsafe { (*file).fts_instr = instruction };
            0
        }
        _ => {
            set_errno(Errno::EINVAL);
            1
        }
    }
}

/// Ends a walk and lets all its files go; -1 when the way back to where it started fails (fts(3)).
///
/// # Safety
/// `walk` came from [`fts_open`] and is not used any more.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fts_close(walk: *mut FTS) -> c_int {
    // SAFETY: the caller's walk; each level's list from the current file on, then the directory above.
    unsafe {
        let mut current = (*walk).fts_cur;
        while !current.is_null() {
            let above = (*current).fts_parent;
            release_list(current);
            current = above;
        }
        release_list((*walk).fts_child);
        let back = (*walk).fts_rfd;
        let mut result = Ok(());
        if back >= 0 {
            if !(*walk).folder.is_null() {
                result = fs::fchdir(back).map(drop);
            }
            let _ = fs::close(back);
        }
        free(walk.cast());
        result.or_minus_one()
    }
}

crate::alias!(fts64_open = fts_open);
crate::alias!(fts64_read = fts_read);
crate::alias!(fts64_children = fts_children);
crate::alias!(fts64_set = fts_set);
crate::alias!(fts64_close = fts_close);
