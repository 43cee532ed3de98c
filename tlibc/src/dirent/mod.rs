//! `dirent.h`: reading directories.
//!
//! glibc's `struct dirent` is what getdents64(2) writes, so `readdir` hands out pointers into the stream's buffer.
//! Neighbours: `scan` (scandir and its orders), `ftw`, `fts`.

pub mod scan;

use crate::errno::{CResult, Errno, errno, set_errno};
use crate::fcntl::{
    AT_FDCWD, F_GETFL, F_SETFD, FD_CLOEXEC, O_ACCMODE, O_CLOEXEC, O_DIRECTORY, O_NONBLOCK, O_PATH,
    O_RDONLY, O_WRONLY,
};
use crate::malloc::{free, malloc};
use crate::platform::calls::fs;
use crate::sync::RawMutex;
use crate::sys_stat::{S_IFDIR, S_IFMT, stat};
use crate::types::*;
use core::ptr;

/// A directory entry.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct dirent {
    /// File serial number.
    pub d_ino: ino_t,
    /// Where the next entry is, for the kernel.
    pub d_off: off_t,
    /// Bytes of this entry.
    pub d_reclen: c_ushort,
    /// `DT_*`.
    pub d_type: c_uchar,
    /// The name, as long as it is.
    pub d_name: [c_char; 256],
}
check_layout!(
    dirent = libc::dirent {
        d_ino,
        d_off,
        d_reclen,
        d_type,
        d_name
    }
);
check_layout!(dirent = libc::dirent64);

/// Bytes read from the kernel at once.
const BUFFER: usize = 16 * 1024;

/// An open directory. Opaque to C.
#[repr(C)]
pub struct DIR {
    fd: c_int,
    lock: RawMutex,
    /// Position after the last entry handed out.
    position: off_t,
    /// The entries read and not handed out are `buffer[start..end]`.
    start: usize,
    end: usize,
    buffer: Aligned,
}

#[repr(C, align(8))]
struct Aligned([u8; BUFFER]);

/// A stream over `fd`.
fn stream(fd: c_int) -> Result<*mut DIR, Errno> {
    // SAFETY: every field but the buffer, which is written before it is read, is set here.
    unsafe {
        let dir = malloc(size_of::<DIR>()).cast::<DIR>();
        if dir.is_null() {
            return Err(Errno::ENOMEM);
        }
        (&raw mut (*dir).fd).write(fd);
        (&raw mut (*dir).lock).write(RawMutex::new());
        (&raw mut (*dir).position).write(0);
        (&raw mut (*dir).start).write(0);
        (&raw mut (*dir).end).write(0);
        Ok(dir)
    }
}

/// Opens `path` relative to `dir`.
///
/// # Safety
/// `path` is a string.
pub(crate) unsafe fn open_at(dir: c_int, path: *const c_char) -> Result<*mut DIR, Errno> {
    // SAFETY: the caller's string.
    let fd = unsafe {
        fs::openat(
            dir,
            path,
            O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK,
            0,
        )
    }?;
    stream(fd).inspect_err(|_| {
        // SAFETY: our own descriptor.
        let _ = unsafe { fs::close(fd) };
    })
}

/// Opens a directory. POSIX `opendir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn opendir(path: *const c_char) -> *mut DIR {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { open_at(AT_FDCWD, path) }.or_null()
}

/// Makes a stream of an open directory, which the stream owns from then on. POSIX `fdopendir`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fdopendir(fd: c_int) -> *mut DIR {
    // SAFETY: a live structure; numbers.
    let checked = unsafe {
        let mut status = core::mem::zeroed::<stat>();
        fs::fstat(fd, (&raw mut status).cast()).and_then(|_| {
            if status.st_mode & S_IFMT != S_IFDIR {
                return Err(Errno::ENOTDIR);
            }
            let flags = fs::fcntl(fd, F_GETFL, 0)?;
            if flags & O_PATH != 0 || flags & O_ACCMODE == O_WRONLY {
                return Err(Errno::EBADF);
            }
            fs::fcntl(fd, F_SETFD, FD_CLOEXEC as usize)
        })
    };
    checked.and_then(|_| stream(fd)).or_null()
}

/// Closes the stream and its descriptor. POSIX `closedir`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn closedir(dir: *mut DIR) -> c_int {
    if dir.is_null() {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's stream, not used again.
    unsafe {
        let fd = (*dir).fd;
        free(dir.cast());
        fs::close(fd).or_minus_one()
    }
}

/// The stream's descriptor. POSIX `dirfd`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dirfd(dir: *mut DIR) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { (*dir).fd }
}

/// The next entry, null at the end. The stream is locked.
///
/// # Safety
/// `dir` is an open stream that no other thread uses now.
unsafe fn next(dir: *mut DIR) -> Result<*mut dirent, Errno> {
    // SAFETY: the caller's stream. The kernel writes whole, aligned entries.
    unsafe {
        if (*dir).start == (*dir).end {
            let buffer = (&raw mut (*dir).buffer.0).cast::<c_void>();
            let n = match fs::getdents64((*dir).fd, buffer, BUFFER) {
                Ok(n) => n as usize,
                // A directory that was removed has no entries.
                Err(Errno::ENOENT) => 0,
                Err(e) => return Err(e),
            };
            ((*dir).start, (*dir).end) = (0, n);
            if n == 0 {
                return Ok(ptr::null_mut());
            }
        }
        let entry = (&raw mut (*dir).buffer.0)
            .cast::<u8>()
            .add((*dir).start)
            .cast::<dirent>();
        (*dir).start += usize::from((*entry).d_reclen);
        (*dir).position = (*entry).d_off;
        Ok(entry)
    }
}

/// The next entry, valid until the next call; null at the end, with `errno` untouched. POSIX `readdir`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readdir(dir: *mut DIR) -> *mut dirent {
    let before = errno();
    // SAFETY: the caller's stream.
    unsafe {
        (*dir).lock.lock();
        let result = next(dir);
        (*dir).lock.unlock();
        match result {
            Ok(entry) => {
                set_errno(before);
                entry
            }
            Err(e) => Err::<*mut dirent, _>(e).or_null(),
        }
    }
}

/// Copies the next entry; `result` is null at the end; returns an error number. POSIX `readdir_r`.
///
/// # Safety
/// `dir`, `entry` and `result` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn readdir_r(
    dir: *mut DIR,
    entry: *mut dirent,
    result: *mut *mut dirent,
) -> c_int {
    // SAFETY: the caller's stream and structures. An entry is no longer than a `dirent` with 256 bytes of name.
    unsafe {
        (*dir).lock.lock();
        let found = next(dir);
        let error = match found {
            Ok(found) if found.is_null() => {
                result.write(ptr::null_mut());
                0
            }
            Ok(found) => {
                let n = usize::from((*found).d_reclen).min(size_of::<dirent>());
                ptr::copy_nonoverlapping(found.cast::<u8>(), entry.cast::<u8>(), n);
                result.write(entry);
                0
            }
            Err(e) => {
                result.write(ptr::null_mut());
                e.0
            }
        };
        (*dir).lock.unlock();
        error
    }
}

/// The position of the stream, for `seekdir`. POSIX `telldir`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn telldir(dir: *mut DIR) -> c_long {
    // SAFETY: the caller's stream.
    unsafe {
        (*dir).lock.lock();
        let position = (*dir).position;
        (*dir).lock.unlock();
        position
    }
}

/// Goes to a position.
///
/// # Safety
/// `dir` is an open stream.
unsafe fn seek(dir: *mut DIR, position: off_t) {
    // SAFETY: the caller's stream.
    unsafe {
        (*dir).lock.lock();
        // There is no way to report a failure, and a position from telldir has none.
        let _ = fs::lseek((*dir).fd, position, 0);
        ((*dir).start, (*dir).end, (*dir).position) = (0, 0, position);
        (*dir).lock.unlock();
    }
}

/// Goes to a position that `telldir` gave. POSIX `seekdir`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn seekdir(dir: *mut DIR, position: c_long) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { seek(dir, position) }
}

/// Goes to the first entry, of the directory as it is now. POSIX `rewinddir`.
///
/// # Safety
/// `dir` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rewinddir(dir: *mut DIR) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { seek(dir, 0) }
}

/// Reads whole entries from an open directory. getdents64(2).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdents64(fd: c_int, buf: *mut c_void, size: size_t) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::getdents64(fd, buf, size) }.or_minus_one()
}

/// Reads whole entries from an open directory; `flags` must be 0. POSIX.1-2024 `posix_getdents`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_getdents(
    fd: c_int,
    buf: *mut c_void,
    size: size_t,
    flags: c_int,
) -> ssize_t {
    if flags != 0 {
        return Err::<isize, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's buffer.
    unsafe { fs::getdents64(fd, buf, size) }.or_minus_one()
}

crate::alias!(readdir64 = readdir);
crate::alias!(readdir64_r = readdir_r);
crate::alias!(getdents = getdents64);
