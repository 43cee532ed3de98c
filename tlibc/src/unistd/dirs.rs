//! The working and the root directory.

use crate::errno::{CResult, Errno};
use crate::fcntl::AT_FDCWD;
use crate::malloc;
use crate::platform::calls::fs;
use crate::sys_stat::stat;
use crate::types::*;
use core::ptr;

/// Changes the working directory. POSIX `chdir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn chdir(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::chdir(path) }.or_minus_one()
}

/// Makes an open directory the working directory. POSIX `fchdir`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fchdir(fd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::fchdir(fd) }.or_minus_one()
}

/// Changes where absolute paths start. chroot(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn chroot(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::chroot(path) }.or_minus_one()
}

/// The kernel's answer for the working directory: its length with the NUL. A directory outside the root is
/// reported as "(unreachable)…", which no C program expects: POSIX's `ENOENT` instead.
fn kernel_cwd(buf: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the buffer is writable for its length.
    let n = unsafe { fs::getcwd(buf.as_mut_ptr().cast(), buf.len()) }?;
    if n == 0 || buf[0] != b'/' {
        return Err(Errno::ENOENT);
    }
    Ok(n)
}

fn duplicate(path: &[u8]) -> Result<*mut c_char, Errno> {
    // SAFETY: malloc of a nonzero size; the copy stays inside it.
    unsafe {
        let copy = malloc::malloc(path.len()).cast::<u8>();
        if copy.is_null() {
            return Err(Errno::ENOMEM);
        }
        ptr::copy_nonoverlapping(path.as_ptr(), copy, path.len());
        Ok(copy.cast())
    }
}

/// The working directory's absolute path. A null `buf` asks for memory from `malloc`, of `size` bytes or,
/// with 0, as long as needed. `ERANGE` when it does not fit. POSIX `getcwd`, getcwd(3).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getcwd(buf: *mut c_char, size: size_t) -> *mut c_char {
    let mut path = [0_u8; 4096];
    let result = kernel_cwd(&mut path).and_then(|n| {
        if !buf.is_null() {
            if size == 0 {
                return Err(Errno::EINVAL);
            }
            if n > size {
                return Err(Errno::ERANGE);
            }
            // SAFETY: the caller's buffer has `size` bytes, at least `n`.
            unsafe { ptr::copy_nonoverlapping(path.as_ptr(), buf.cast(), n) };
            return Ok(buf);
        }
        if size == 0 {
            return duplicate(&path[..n]);
        }
        if n > size {
            return Err(Errno::ERANGE);
        }
        // SAFETY: `size` bytes hold the `n` of the path.
        unsafe {
            let copy = malloc::malloc(size).cast::<u8>();
            if copy.is_null() {
                return Err(Errno::ENOMEM);
            }
            ptr::copy_nonoverlapping(path.as_ptr(), copy, n);
            Ok(copy.cast())
        }
    });
    result.or_null()
}

/// The working directory in memory from `malloc`: `$PWD` where that is right, so that symbolic links stay.
/// get_current_dir_name(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn get_current_dir_name() -> *mut c_char {
    // SAFETY: strings and live structures.
    unsafe {
        if let Some(pwd) = super::exec::variable(b"PWD=").filter(|p| p.to_bytes().starts_with(b"/"))
        {
            let (mut a, mut b) = (core::mem::zeroed::<stat>(), core::mem::zeroed::<stat>());
            let same = fs::newfstatat(AT_FDCWD, pwd.as_ptr(), (&raw mut a).cast(), 0).is_ok()
                && fs::newfstatat(AT_FDCWD, c".".as_ptr(), (&raw mut b).cast(), 0).is_ok()
                && a.st_dev == b.st_dev
                && a.st_ino == b.st_ino;
            if same {
                return duplicate(pwd.to_bytes_with_nul()).or_null();
            }
        }
        getcwd(ptr::null_mut(), 0)
    }
}

/// `getcwd` into a buffer of `PATH_MAX` bytes; kept for old programs. getwd(3).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getwd(buf: *mut c_char) -> *mut c_char {
    if buf.is_null() {
        return Err::<*mut c_char, _>(Errno::EINVAL).or_null();
    }
    // SAFETY: the caller's buffer has PATH_MAX bytes.
    unsafe { getcwd(buf, 4096) }
}
