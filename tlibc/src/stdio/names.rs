//! `remove` and `rename` (ISO C 7.21.4, POSIX rename()).

use crate::errno::{CResult, Errno};
use crate::platform::calls::fs;
use crate::platform::constants::AT_FDCWD;
use crate::types::*;

const AT_REMOVEDIR: c_int = 0x200;

/// Removes a file or an empty directory; 0 or −1.
///
/// # Errors
/// Those of unlink and rmdir.
///
/// # Safety
/// `path` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn remove(path: *const c_char) -> c_int {
    // SAFETY: the caller's duty.
    let result = unsafe {
        match fs::unlinkat(AT_FDCWD, path, 0) {
            Err(Errno::EISDIR | Errno::EPERM) => match fs::unlinkat(AT_FDCWD, path, AT_REMOVEDIR) {
                Err(Errno::ENOTDIR) => Err(Errno::EPERM),
                result => result,
            },
            result => result,
        }
    };
    result.or_minus_one()
}

/// Gives a file another name, atomically replacing a file of that name; 0 or −1.
///
/// # Errors
/// Those of renameat2(2).
///
/// # Safety
/// Both are strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rename(old: *const c_char, new: *const c_char) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { renameat2(AT_FDCWD, old, AT_FDCWD, new, 0) }
}

/// [`rename`] with names relative to directories.
///
/// # Safety
/// As [`rename`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn renameat(
    old_dir: c_int,
    old: *const c_char,
    new_dir: c_int,
    new: *const c_char,
) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { renameat2(old_dir, old, new_dir, new, 0) }
}

/// [`renameat`] with `RENAME_*` flags (renameat2(2)).
///
/// # Safety
/// As [`rename`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn renameat2(
    old_dir: c_int,
    old: *const c_char,
    new_dir: c_int,
    new: *const c_char,
    flags: c_uint,
) -> c_int {
    // SAFETY: the caller's duty.
    let result = unsafe {
        // Without flags through the older call, which more kernels have.
        if flags == 0 {
            fs::renameat(old_dir, old, new_dir, new)
        } else {
            fs::renameat2(old_dir, old, new_dir, new, flags)
        }
    };
    result.or_minus_one()
}
