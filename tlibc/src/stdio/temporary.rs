//! `tmpfile`, `tmpnam` and `tempnam` (POSIX tmpfile(), tmpnam(), tempnam()).

use super::file::FILE;
use super::heap;
use super::open::{Mode, stream_of};
use crate::errno::{CResult, Errno};
use crate::platform;
use crate::platform::constants::{AT_FDCWD, O_EXCL, O_RDWR, O_TMPFILE};
use crate::stdlib::temporary::mkstemp;
use crate::types::*;
use core::ffi::CStr;
use core::ptr::null_mut;

/// C's `P_tmpdir`.
const DIRECTORY: &CStr = c"/tmp";
/// C's `L_tmpnam`.
const L_TMPNAM: usize = 20;
/// C's `TMP_MAX`.
const ATTEMPTS: u32 = 238_328;

/// Opens a file without a name, which vanishes when it is closed; null on failure.
///
/// # Errors
/// Those of open.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tmpfile() -> *mut FILE {
    nameless().or_null()
}
crate::alias!(tmpfile64 = tmpfile);

fn nameless() -> Result<*mut FILE, Errno> {
    let mode = Mode::parse(c"w+")?;
    let flags = (O_RDWR | O_EXCL | O_TMPFILE) as c_int;
    let fd = match platform::openat(AT_FDCWD, DIRECTORY, flags, 0o600) {
        Ok(fd) => fd,
        // A file system without O_TMPFILE: a name, for a moment.
        Err(Errno::EISDIR | Errno::EOPNOTSUPP | Errno::EINVAL | Errno::ENOENT | Errno::ENOSYS) => {
            let mut template = *b"/tmp/tmpfXXXXXX\0";
            // SAFETY: a template of the form that mkstemp asks for.
            let fd = unsafe { mkstemp(template.as_mut_ptr().cast()) };
            if fd < 0 {
                return Err(crate::errno::errno());
            }
            let name = CStr::from_bytes_until_nul(&template).map_err(|_| Errno::EINVAL)?;
            platform::unlink_file(name)?;
            fd
        }
        Err(errno) => return Err(errno),
    };
    stream_of(fd, mode)
}

/// Six letters that are hard to guess, at the end of `name`, which a terminator follows.
fn randomise(name: &mut [u8]) -> Result<(), Errno> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = [0u8; 6];
    platform::getrandom(&mut random, 0)?;
    let at = name.len() - 7;
    for (letter, byte) in name[at..at + 6].iter_mut().zip(random) {
        *letter = LETTERS[usize::from(byte) % LETTERS.len()];
    }
    Ok(())
}

/// Fills in names until one is free.
fn free_name(name: &mut [u8]) -> Result<(), Errno> {
    for _ in 0..ATTEMPTS {
        randomise(name)?;
        // SAFETY: `name` is terminated; F_OK only looks.
        match unsafe { platform::calls::fs::faccessat(AT_FDCWD, name.as_ptr().cast(), 0) } {
            Err(Errno::ENOENT) => return Ok(()),
            Ok(_) => {}
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::EEXIST)
}

/// A name that no file has at the moment, in `s` (`L_tmpnam` bytes) or, for null, in a place that the next call
/// overwrites. Null on failure.
///
/// # Safety
/// `s` is null or has room; with null, no other thread may do the same.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tmpnam(s: *mut c_char) -> *mut c_char {
    static mut PLACE: [u8; L_TMPNAM] = [0; L_TMPNAM];
    let mut name = *b"/tmp/tnamXXXXXX\0";
    if let Err(errno) = free_name(&mut name) {
        crate::errno::set_errno(errno);
        return null_mut();
    }
    let to = if s.is_null() {
        (&raw mut PLACE).cast()
    } else {
        s
    };
    // SAFETY: either place has more room than the name needs.
    unsafe { core::ptr::copy_nonoverlapping(name.as_ptr(), to.cast(), name.len()) };
    to
}

/// [`tmpnam`] that answers null with null.
///
/// # Safety
/// `s` is null or has room for `L_tmpnam` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tmpnam_r(s: *mut c_char) -> *mut c_char {
    if s.is_null() {
        return null_mut();
    }
    // SAFETY: the caller's duty.
    unsafe { tmpnam(s) }
}

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *mut c_char;
    fn access(path: *const c_char, mode: c_int) -> c_int;
}

/// A free name in `$TMPDIR`, `directory` or /tmp, whichever can be written to first, that starts with up to five
/// bytes of `prefix`; from malloc.
///
/// # Safety
/// Both are null or strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tempnam(directory: *const c_char, prefix: *const c_char) -> *mut c_char {
    const W_AND_X: c_int = 3;
    // SAFETY: the caller's duty; getenv gives null or a string.
    let (directory, prefix) = unsafe {
        let usable = |path: *const c_char| !path.is_null() && access(path, W_AND_X) == 0;
        let chosen = [getenv(c"TMPDIR".as_ptr()).cast_const(), directory]
            .into_iter()
            .find(|&d| usable(d));
        let prefix = if prefix.is_null() {
            c"temp"
        } else {
            CStr::from_ptr(prefix)
        };
        (
            chosen.map_or(DIRECTORY, |d| CStr::from_ptr(d)).to_bytes(),
            prefix.to_bytes(),
        )
    };
    let prefix = &prefix[..prefix.len().min(5)];
    let length = directory.len() + 1 + prefix.len() + 7;
    let block = heap::alloc(length);
    if block.is_null() {
        crate::errno::set_errno(Errno::ENOMEM);
        return null_mut();
    }
    // SAFETY: the block has `length` bytes; zeroed before a slice sees them.
    let name = unsafe {
        block.write_bytes(0, length);
        core::slice::from_raw_parts_mut(block, length)
    };
    name[..directory.len()].copy_from_slice(directory);
    name[directory.len()] = b'/';
    name[directory.len() + 1..length - 7].copy_from_slice(prefix);
    if let Err(errno) = free_name(name) {
        // SAFETY: ours, and not handed out.
        unsafe { heap::free(block) };
        crate::errno::set_errno(errno);
        return null_mut();
    }
    block.cast()
}
