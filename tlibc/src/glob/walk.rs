//! The walk through the directories, a name of the pattern at a time.

use super::{
    ErrorFunction, Failure, GLOB_ALTDIRFUNC, GLOB_ERR, GLOB_MARK, GLOB_NOESCAPE, GLOB_ONLYDIR,
    GLOB_PERIOD, Paths, glob_t,
};
use crate::dirent::{DIR, closedir, dirent, opendir, readdir};
use crate::errno::{Errno, errno, set_errno};
use crate::fnmatch::{FNM_NOESCAPE, FNM_PERIOD, matches};
use crate::sys_stat::{S_IFDIR, S_IFMT, lstat, stat};
use crate::types::{c_int, c_void};
use crate::vec::Vec;
use core::ffi::CStr;
use core::mem::MaybeUninit;

const DT_UNKNOWN: u8 = 0;
const DT_DIR: u8 = 4;
const DT_LNK: u8 = 10;

/// Before a name that was read: it may be a link to a directory, or to none.
const LINK: u8 = 2;
/// Before another name.
const OTHER: u8 = 1;

/// How the file system is reached, and what became known on the way.
pub struct Walk<'a> {
    flags: c_int,
    on_error: Option<ErrorFunction>,
    functions: &'a glob_t,
    /// The pattern had wildcards.
    pub is_magic: bool,
}

/// Where the path of a directory comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// Letter by letter from the pattern.
    Pattern,
    /// From names that wildcards matched, and perhaps more of the pattern, so that it need not exist.
    Walk,
}

/// An open directory.
enum Stream {
    Own(*mut DIR),
    Callers(*mut c_void),
}

/// The first name of a pattern and what comes after it, slashes included.
fn split(pattern: &[u8]) -> (&[u8], &[u8]) {
    let end = pattern
        .iter()
        .position(|&b| b == b'/')
        .unwrap_or(pattern.len());
    pattern.split_at(end)
}

impl<'a> Walk<'a> {
    pub fn new(flags: c_int, on_error: Option<ErrorFunction>, functions: &'a glob_t) -> Self {
        Walk {
            flags,
            on_error,
            functions,
            is_magic: false,
        }
    }

    pub fn has(&self, flags: c_int) -> bool {
        self.flags & flags != 0
    }

    /// Whether a name of the pattern has wildcards.
    fn is_wild(&self, name: &[u8]) -> bool {
        let mut at = 0;
        let mut in_bracket = false;
        while at < name.len() {
            match name[at] {
                b'*' | b'?' => return true,
                b'[' => in_bracket = true,
                b']' if in_bracket => return true,
                b'\\' if !self.has(GLOB_NOESCAPE) => at += 1,
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// Adds all paths that match.
    pub fn run(&mut self, pattern: &[u8], paths: &mut Paths) -> Result<(), Failure> {
        let mut path: Vec<u8> = Vec::new();
        self.go(&mut path, pattern, Origin::Pattern, paths)
    }

    /// Adds the paths that begin with `path` and go on as the pattern says.
    fn go(
        &mut self,
        path: &mut Vec<u8>,
        mut pattern: &[u8],
        origin: Origin,
        paths: &mut Paths,
    ) -> Result<(), Failure> {
        // Names without wildcards are taken as they are.
        loop {
            while let [b'/', rest @ ..] = pattern {
                path.push(b'/')?;
                pattern = rest;
            }
            if pattern.is_empty() {
                return self.finish(path, paths);
            }
            let (name, rest) = split(pattern);
            if self.is_wild(name) {
                break;
            }
            let mut at = 0;
            while at < name.len() {
                if name[at] == b'\\' && !self.has(GLOB_NOESCAPE) && at + 1 < name.len() {
                    at += 1;
                }
                path.push(name[at])?;
                at += 1;
            }
            pattern = rest;
        }
        self.is_magic = true;
        let (name, rest) = split(pattern);
        let mut flags = 0;
        // Wildcards for directories on the way do not match `.` and `..`, as in the GNU library.
        if !(self.has(GLOB_PERIOD) && rest.is_empty()) {
            flags |= FNM_PERIOD;
        }
        if self.has(GLOB_NOESCAPE) {
            flags |= FNM_NOESCAPE;
        }
        let Some(stream) = self.open(path, origin)? else {
            return Ok(());
        };
        // All names are read before the walk goes down, so that one directory is open at a time.
        let mut names: Vec<u8> = Vec::new();
        let read = self.read(&stream, path, &mut names, |entry, kind| {
            let may_be_directory = matches!(kind, DT_UNKNOWN | DT_DIR | DT_LNK);
            (may_be_directory || rest.is_empty() && self.flags & GLOB_ONLYDIR == 0)
                && matches(name, entry, flags)
        });
        self.close(stream);
        read?;
        let length = path.len();
        let only_directories = rest.is_empty() && self.has(GLOB_ONLYDIR);
        for entry in names.split(|&b| b == 0) {
            let Some((&kind, name)) = entry.split_first() else {
                continue;
            };
            path.truncate(length);
            path.extend(name)?;
            if only_directories && kind != OTHER && !self.is_directory(path)? {
                continue;
            }
            if rest.is_empty() {
                // It was just read: it exists.
                self.add(path, paths)?;
            } else {
                self.go(path, rest, Origin::Walk, paths)?;
            }
        }
        path.truncate(length);
        Ok(())
    }

    /// Adds a path that ends the pattern if it exists.
    fn finish(&self, path: &mut Vec<u8>, paths: &mut Paths) -> Result<(), Failure> {
        if path.is_empty() || self.mode(path, false)?.is_none() {
            return Ok(());
        }
        self.add(path, paths)
    }

    fn add(&self, path: &mut Vec<u8>, paths: &mut Paths) -> Result<(), Failure> {
        let mark = self.has(GLOB_MARK) && path.last() != Some(&b'/');
        if mark && self.is_directory(path)? {
            path.push(b'/')?;
            let added = paths.add(path);
            path.pop();
            return added;
        }
        paths.add(path)
    }

    fn is_directory(&self, path: &mut Vec<u8>) -> Result<bool, Failure> {
        let mode = self.mode(path, true)?;
        Ok(mode.is_some_and(|mode| mode & S_IFMT == S_IFDIR))
    }

    /// The mode of a file, if it exists.
    fn mode(&self, path: &mut Vec<u8>, follow: bool) -> Result<Option<u32>, Failure> {
        let mut status = MaybeUninit::<stat>::zeroed();
        path.push(0)?;
        let (name, buffer) = (path.as_ptr().cast(), status.as_mut_ptr());
        let callers = if follow {
            self.functions.gl_stat
        } else {
            self.functions.gl_lstat
        };
        // SAFETY: a string that ends in a null and a buffer of which zeroes are a value; the caller's functions.
        let result = unsafe {
            match callers.filter(|_| self.has(GLOB_ALTDIRFUNC)) {
                Some(function) => function(name, buffer),
                None if follow => crate::sys_stat::stat(name, buffer),
                None => lstat(name, buffer),
            }
        };
        path.pop();
        // SAFETY: zeroes or the status.
        Ok((result == 0).then(|| unsafe { status.assume_init() }.st_mode))
    }

    /// Reports a directory that can't be read.
    fn failed(&self, path: &mut Vec<u8>, error: Errno) -> Result<(), Failure> {
        if error == Errno::ENOMEM {
            return Err(Failure::NoSpace);
        }
        let mut stop = self.has(GLOB_ERR);
        if let Some(function) = self.on_error {
            let length = path.len();
            while path.len() > 1 && path.last() == Some(&b'/') {
                path.pop();
            }
            path.push(0)?;
            // SAFETY: the caller's function, by its contract.
            stop |= unsafe { function(path.as_ptr().cast(), error.0) } != 0;
            path.pop();
            path.resize(length, b'/')?;
        }
        if stop { Err(Failure::Aborted) } else { Ok(()) }
    }

    fn open(&self, path: &mut Vec<u8>, origin: Origin) -> Result<Option<Stream>, Failure> {
        let is_here = path.is_empty();
        path.extend(if is_here { b".\0" } else { b"\0" })?;
        let name = path.as_ptr().cast();
        let callers = self
            .functions
            .gl_opendir
            .filter(|_| self.has(GLOB_ALTDIRFUNC));
        // SAFETY: a string that ends in a null; the caller's function.
        let stream = unsafe {
            match callers {
                Some(function) => Some(function(name))
                    .filter(|stream| !stream.is_null())
                    .map(Stream::Callers),
                None => Some(opendir(name))
                    .filter(|stream| !stream.is_null())
                    .map(Stream::Own),
            }
        };
        let error = errno();
        path.truncate(if is_here { 0 } else { path.len() - 1 });
        // What is no directory is none that can't be opened.
        let is_none = match origin {
            Origin::Pattern => error == Errno::ENOTDIR,
            Origin::Walk => matches!(error, Errno::ENOTDIR | Errno::ENOENT | Errno::ELOOP),
        };
        if stream.is_none() && !is_none {
            self.failed(path, error)?;
        }
        Ok(stream)
    }

    /// Appends the names that are wanted, each with its kind before and a null after it.
    fn read(
        &self,
        stream: &Stream,
        path: &mut Vec<u8>,
        names: &mut Vec<u8>,
        wanted: impl Fn(&[u8], u8) -> bool,
    ) -> Result<(), Failure> {
        loop {
            set_errno(Errno(0));
            // SAFETY: an open directory of the kind that the function takes.
            let entry: *mut dirent = unsafe {
                match (stream, self.functions.gl_readdir) {
                    (Stream::Own(stream), _) => readdir(*stream),
                    (Stream::Callers(stream), Some(function)) => function(*stream),
                    (Stream::Callers(_), None) => core::ptr::null_mut(),
                }
            };
            if entry.is_null() {
                let error = errno();
                return match (stream, error) {
                    // Nobody says that the caller's function leaves errno alone at the end.
                    (Stream::Callers(_), _) | (_, Errno(0)) => Ok(()),
                    _ => self.failed(path, error),
                };
            }
            // SAFETY: an entry; its name is read up to its null.
            let (name, kind) = unsafe {
                let name = CStr::from_ptr((&raw const (*entry).d_name).cast());
                (name.to_bytes_with_nul(), (*entry).d_type)
            };
            if wanted(&name[..name.len() - 1], kind) {
                let may_lead_elsewhere = matches!(kind, DT_LNK | DT_UNKNOWN);
                names.push(if may_lead_elsewhere { LINK } else { OTHER })?;
                names.extend(name)?;
            }
        }
    }

    fn close(&self, stream: Stream) {
        // SAFETY: open, and not used again. There is nothing to do where closing a directory that was read fails.
        unsafe {
            match stream {
                Stream::Own(stream) => {
                    closedir(stream);
                }
                Stream::Callers(stream) => {
                    if let Some(function) = self.functions.gl_closedir {
                        function(stream);
                    }
                }
            }
        }
    }
}
