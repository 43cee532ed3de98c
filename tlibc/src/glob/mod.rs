//! `<glob.h>`: pathnames that match a pattern (POSIX.1), with the GNU flags for braces, tildes and directory
//! functions of the caller's. Patterns of one name are [`crate::fnmatch`]'s; [`walk`] goes through the directories, [`expand`] does what
//! comes before them.

#![allow(non_camel_case_types, reason = "the names are C's")]

mod expand;
mod walk;

use crate::dirent::dirent;
use crate::errno::Errno;
use crate::malloc::{free, malloc};
use crate::sys_stat::stat;
use crate::types::{c_char, c_int, c_void, size_t};
use crate::vec::Vec;
use core::ffi::CStr;

/// Stop where a directory can't be read.
pub const GLOB_ERR: c_int = 1;
/// A slash after directories.
pub const GLOB_MARK: c_int = 2;
/// Do not sort.
pub const GLOB_NOSORT: c_int = 4;
/// Leave room for `gl_offs` pointers.
pub const GLOB_DOOFFS: c_int = 8;
/// Without a match the pattern is the result.
pub const GLOB_NOCHECK: c_int = 16;
/// Add to the results of an earlier call.
pub const GLOB_APPEND: c_int = 32;
/// A backslash is an ordinary character.
pub const GLOB_NOESCAPE: c_int = 64;
/// Wildcards match a leading period (GNU).
pub const GLOB_PERIOD: c_int = 128;
/// Set by `glob`: the pattern had wildcards (GNU).
pub const GLOB_MAGCHAR: c_int = 256;
/// Use the functions in the structure (GNU).
pub const GLOB_ALTDIRFUNC: c_int = 512;
/// Expand `{a,b}` (GNU).
pub const GLOB_BRACE: c_int = 1024;
/// Without wildcards the pattern is the result (GNU).
pub const GLOB_NOMAGIC: c_int = 2048;
/// Expand `~` and `~user` (GNU).
pub const GLOB_TILDE: c_int = 4096;
/// Only directories, as far as that is known without asking (GNU).
pub const GLOB_ONLYDIR: c_int = 8192;
/// As [`GLOB_TILDE`], and an unknown user is no match (GNU).
pub const GLOB_TILDE_CHECK: c_int = 16384;

/// Out of memory.
pub const GLOB_NOSPACE: c_int = 1;
/// A directory could not be read.
pub const GLOB_ABORTED: c_int = 2;
/// No match.
pub const GLOB_NOMATCH: c_int = 3;

/// What `glob` found. The GNU layout.
#[repr(C)]
pub struct glob_t {
    /// Number of paths.
    pub gl_pathc: size_t,
    /// The paths, after `gl_offs` null pointers and before one.
    pub gl_pathv: *mut *mut c_char,
    /// Null pointers to leave room for.
    pub gl_offs: size_t,
    /// Flags of the call, and [`GLOB_MAGCHAR`].
    pub gl_flags: c_int,
    /// closedir for [`GLOB_ALTDIRFUNC`].
    pub gl_closedir: Option<unsafe extern "C" fn(*mut c_void)>,
    /// readdir.
    pub gl_readdir: Option<unsafe extern "C" fn(*mut c_void) -> *mut dirent>,
    /// opendir.
    pub gl_opendir: Option<unsafe extern "C" fn(*const c_char) -> *mut c_void>,
    /// lstat.
    pub gl_lstat: Option<unsafe extern "C" fn(*const c_char, *mut stat) -> c_int>,
    /// stat.
    pub gl_stat: Option<unsafe extern "C" fn(*const c_char, *mut stat) -> c_int>,
}
check_layout!(
    glob_t = libc::glob_t {
        gl_pathc,
        gl_pathv,
        gl_offs,
        gl_flags
    }
);

/// The caller's function for errors: path and `errno`; nonzero ends the walk.
pub type ErrorFunction = unsafe extern "C" fn(path: *const c_char, errno: c_int) -> c_int;

/// Why a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Failure {
    NoSpace,
    Aborted,
}

impl From<Errno> for Failure {
    fn from(_: Errno) -> Self {
        // Only memory fails without being asked about.
        Failure::NoSpace
    }
}

/// Paths as C strings on the heap.
struct Paths(Vec<*mut c_char>);

impl Paths {
    fn add(&mut self, path: &[u8]) -> Result<(), Failure> {
        self.0.reserve(1)?;
        let copy = malloc(path.len() + 1).cast::<u8>();
        if copy.is_null() {
            return Err(Failure::NoSpace);
        }
        // SAFETY: a new block with room for the path and the null.
        unsafe {
            core::ptr::copy_nonoverlapping(path.as_ptr(), copy, path.len());
            *copy.add(path.len()) = 0;
        }
        Ok(self.0.push(copy.cast())?)
    }

    /// Sorts the paths from `from` on by their bytes.
    fn sort(&mut self, from: usize) {
        // SAFETY: all are C strings of ours.
        let text = |path: *mut c_char| unsafe { CStr::from_ptr(path) };
        self.0[from..].sort_unstable_by(|&a, &b| text(a).cmp(text(b)));
    }
}

impl Drop for Paths {
    fn drop(&mut self) {
        for &path in self.0.iter() {
            // SAFETY: each came from malloc and is given away with the list only.
            unsafe { free(path.cast()) };
        }
    }
}

/// Finds the paths that match a pattern (POSIX.1): 0, `GLOB_NOMATCH`, `GLOB_NOSPACE` or `GLOB_ABORTED`.
///
/// # Safety
/// `pattern` is a C string; `result` is initialised as far as the flags say.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn glob(
    pattern: *const c_char,
    flags: c_int,
    on_error: Option<ErrorFunction>,
    result: *mut glob_t,
) -> c_int {
    // SAFETY: the caller's string and object.
    let (pattern, result) = unsafe { (CStr::from_ptr(pattern).to_bytes(), &mut *result) };
    if flags & GLOB_DOOFFS == 0 {
        result.gl_offs = 0;
    }
    if flags & GLOB_APPEND == 0 {
        result.gl_pathc = 0;
        result.gl_pathv = core::ptr::null_mut();
    }
    result.gl_flags = flags;
    let mut paths = Paths(Vec::new());
    let mut walk = walk::Walk::new(flags, on_error, result);
    let outcome = expand::braces(&mut walk, pattern, &mut paths);
    let is_magic = walk.is_magic;
    if is_magic {
        result.gl_flags |= GLOB_MAGCHAR;
    }
    let outcome = outcome.and_then(|()| {
        if paths.0.is_empty()
            && (flags & GLOB_NOCHECK != 0 || flags & GLOB_NOMAGIC != 0 && !is_magic)
        {
            paths.add(pattern)?;
        }
        Ok(())
    });
    // What was found before an error is handed over too, as POSIX wants it.
    let code = match outcome {
        Err(Failure::NoSpace) => GLOB_NOSPACE,
        Err(Failure::Aborted) => GLOB_ABORTED,
        Ok(()) if paths.0.is_empty() => GLOB_NOMATCH,
        Ok(()) => 0,
    };
    // SAFETY: the list is what an earlier call left, or null.
    match unsafe { deliver(result, &mut paths) } {
        Ok(()) => code,
        Err(_) => GLOB_NOSPACE,
    }
}

/// Appends the paths to the caller's list and gives them away.
///
/// # Safety
/// `gl_pathv` is null or an earlier result.
unsafe fn deliver(result: &mut glob_t, paths: &mut Paths) -> Result<(), Errno> {
    if paths.0.is_empty() {
        return Ok(());
    }
    let old = result.gl_offs + result.gl_pathc;
    let len = old
        .checked_add(paths.0.len() + 1)
        .and_then(|len| len.checked_mul(size_of::<*mut c_char>()))
        .ok_or(Errno::ENOMEM)?;
    // SAFETY: null or the block of an earlier call.
    let list = unsafe { crate::malloc::realloc(result.gl_pathv.cast(), len) }.cast::<*mut c_char>();
    if list.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: the new block has room for the old part, the new paths and the null at the end.
    unsafe {
        if result.gl_pathv.is_null() {
            for at in 0..result.gl_offs {
                list.add(at).write(core::ptr::null_mut());
            }
        }
        core::ptr::copy_nonoverlapping(paths.0.as_ptr(), list.add(old), paths.0.len());
        list.add(old + paths.0.len()).write(core::ptr::null_mut());
    }
    result.gl_pathv = list;
    result.gl_pathc += paths.0.len();
    paths.0.truncate(0);
    Ok(())
}

/// Frees what [`glob`] took.
///
/// # Safety
/// `result` was filled by [`glob`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn globfree(result: *mut glob_t) {
    // SAFETY: the caller's object, whose list and paths are ours.
    unsafe {
        let result = &mut *result;
        if !result.gl_pathv.is_null() {
            for at in 0..result.gl_pathc {
                free((*result.gl_pathv.add(result.gl_offs + at)).cast());
            }
            free(result.gl_pathv.cast());
        }
        result.gl_pathc = 0;
        result.gl_pathv = core::ptr::null_mut();
    }
}

#[cfg(not(test))]
alias!(glob64 = glob);
#[cfg(not(test))]
alias!(globfree64 = globfree);
/// Whether a pattern has wildcards: `*`, `?`, or `[` with a `]` behind it, unquoted if a backslash quotes (GNU).
///
/// # Safety
/// `pattern` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn glob_pattern_p(pattern: *const c_char, quote: c_int) -> c_int {
    // SAFETY: the caller's string.
    let mut bytes = unsafe { CStr::from_ptr(pattern) }.to_bytes().iter();
    let mut open = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' => return 1,
            b'[' => open = true,
            b']' if open => return 1,
            b'\\' if quote != 0 => drop(bytes.next()),
            _ => {}
        }
    }
    0
}
