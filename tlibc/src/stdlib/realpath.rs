//! realpath, canonicalize_file_name.

use core::ffi::CStr;
use core::ptr::null_mut;

use crate::errno::{CResult as _, Errno};
use crate::malloc::malloc;
use crate::platform::linux::calls::fs as calls;
use crate::sys_stat::{S_IFDIR, S_IFMT, stat};
use crate::types::{c_char, c_int};

const AT_FDCWD: c_int = -100;
const PATH_MAX: usize = 4096;
const SYMLINKS_MAX: usize = 40;

/// A path under construction: absolute, without `.`, `..`, empty parts or a slash at the end.
struct Resolved {
    bytes: [u8; PATH_MAX],
    length: usize,
}

impl Resolved {
    fn set(&mut self, path: &[u8]) -> Result<(), Errno> {
        if path.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        self.bytes[..path.len()].copy_from_slice(path);
        self.length = path.len();
        self.bytes[self.length] = 0;
        Ok(())
    }

    fn push(&mut self, part: &[u8]) -> Result<(), Errno> {
        if self.length + 1 + part.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        self.bytes[self.length] = b'/';
        self.bytes[self.length + 1..][..part.len()].copy_from_slice(part);
        self.length += 1 + part.len();
        self.bytes[self.length] = 0;
        Ok(())
    }

    fn pop(&mut self) {
        self.length = self.bytes[..self.length]
            .iter()
            .rposition(|&b| b == b'/')
            .unwrap_or(0);
        self.bytes[self.length] = 0;
    }

    /// The path for the kernel; the root is kept as an empty string.
    fn for_kernel(&self) -> *const c_char {
        if self.length == 0 {
            c"/".as_ptr()
        } else {
            self.bytes.as_ptr().cast()
        }
    }
}

/// Follows `path` part by part; `pending` holds what is left of it, in the end of the array.
fn resolve(path: &[u8], out: &mut Resolved) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::ENOENT);
    }
    if path.len() >= PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    out.length = 0;
    out.bytes[0] = 0;
    if path[0] != b'/' {
        let mut folder = [0u8; PATH_MAX];
        // SAFETY: the kernel writes at most the array's length.
        unsafe { calls::getcwd(folder.as_mut_ptr().cast(), PATH_MAX) }?;
        let folder = CStr::from_bytes_until_nul(&folder).map_err(|_| Errno::ENAMETOOLONG)?;
        match folder.to_bytes() {
            b"/" => {}
            absolute @ [b'/', ..] => out.set(absolute)?,
            // The kernel says "(unreachable)…" for a folder outside the root.
            _ => return Err(Errno::ENOENT),
        }
    }
    let mut pending = [0u8; PATH_MAX];
    let mut start = PATH_MAX - path.len();
    pending[start..].copy_from_slice(path);
    let mut links = 0;
    while start < PATH_MAX {
        let end = pending[start..]
            .iter()
            .position(|&b| b == b'/')
            .map_or(PATH_MAX, |at| start + at);
        let (part_start, part_end) = (start, end);
        start = (end + 1).min(PATH_MAX);
        let must_be_folder = end < PATH_MAX;
        match &pending[part_start..part_end] {
            b"" | b"." => continue,
            b".." => {
                out.pop();
                continue;
            }
            part if part.len() > 255 => return Err(Errno::ENAMETOOLONG),
            part => out.push(part)?,
        }
        let mut target = [0u8; PATH_MAX];
        // SAFETY: the kernel reads the path and writes at most the array's length.
        let read = unsafe {
            calls::readlinkat(
                AT_FDCWD,
                out.for_kernel(),
                target.as_mut_ptr().cast(),
                PATH_MAX,
            )
        };
        match read {
            Ok(length) => {
                links += 1;
                let length = length as usize;
                let rest = PATH_MAX - start;
                if links > SYMLINKS_MAX {
                    return Err(Errno::ELOOP);
                }
                if length + 1 + rest >= PATH_MAX {
                    return Err(Errno::ENAMETOOLONG);
                }
                if must_be_folder {
                    start -= 1; // the slash belongs to what is left
                    pending[start] = b'/';
                }
                start -= length;
                pending[start..start + length].copy_from_slice(&target[..length]);
                out.pop();
                if target[0] == b'/' {
                    out.length = 0;
                    out.bytes[0] = 0;
                }
            }
            // Not a link. What follows a slash must be looked up in a folder: a name the kernel looks up, next time round.
            Err(Errno::EINVAL) => {
                if must_be_folder && !begins_with_name(&pending[start..]) {
                    is_folder(out)?;
                }
            }
            Err(errno) => return Err(errno),
        }
    }
    if out.length == 0 {
        out.set(b"/")
    } else {
        Ok(())
    }
}

/// Whether the first part that says anything is a name, not `..` or nothing at all.
fn begins_with_name(path: &[u8]) -> bool {
    let mut parts = path.split(|&b| b == b'/');
    parts
        .find(|part| !part.is_empty() && *part != b".")
        .is_some_and(|part| part != b"..")
}

/// `ENOTDIR` unless the path is a folder.
fn is_folder(path: &Resolved) -> Result<(), Errno> {
    let mut status = core::mem::MaybeUninit::<stat>::uninit();
    // SAFETY: the kernel reads the path and fills the structure, unless it reports an error.
    let status = unsafe {
        calls::newfstatat(AT_FDCWD, path.for_kernel(), status.as_mut_ptr().cast(), 0)?;
        status.assume_init()
    };
    if status.st_mode & S_IFMT == S_IFDIR {
        Ok(())
    } else {
        Err(Errno::ENOTDIR)
    }
}

/// The absolute path without links, `.` and `..`, in `buffer` (`PATH_MAX` bytes) or, when that is null,
/// in memory from malloc; null and errno on failure (POSIX.1).
///
/// # Safety
/// `path` is null or a C string; `buffer` is null or has `PATH_MAX` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn realpath(path: *const c_char, buffer: *mut c_char) -> *mut c_char {
    let mut resolved = Resolved {
        bytes: [0; PATH_MAX],
        length: 0,
    };
    let result = if path.is_null() {
        Err(Errno::EINVAL)
    } else {
        // SAFETY: the caller's string.
        resolve(unsafe { CStr::from_ptr(path) }.to_bytes(), &mut resolved)
    };
    let finish = || {
        result?;
        // SAFETY: the target has room for the path and its null.
        unsafe {
            let target = if buffer.is_null() {
                malloc(resolved.length + 1).cast()
            } else {
                buffer
            };
            if target.is_null() {
                return Err(Errno::ENOMEM);
            }
            core::ptr::copy_nonoverlapping(
                resolved.bytes.as_ptr().cast(),
                target,
                resolved.length + 1,
            );
            Ok(target)
        }
    };
    finish().or_null()
}

/// [`realpath`] into memory from malloc (GNU).
///
/// # Safety
/// `path` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn canonicalize_file_name(path: *const c_char) -> *mut c_char {
    // SAFETY: the caller's string.
    unsafe { realpath(path, null_mut()) }
}

/// [`realpath`] into an object of `room` bytes (`_FORTIFY_SOURCE`).
///
/// # Safety
/// As for [`realpath`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __realpath_chk(
    path: *const c_char,
    buffer: *mut c_char,
    room: usize,
) -> *mut c_char {
    if !buffer.is_null() {
        crate::string::fortify::require(PATH_MAX, room);
    }
    // SAFETY: the caller's string and buffer.
    unsafe { realpath(path, buffer) }
}
