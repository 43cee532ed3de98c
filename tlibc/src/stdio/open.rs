//! Opening and closing streams (POSIX fopen(), fdopen(), freopen(), fclose()).

use super::device::DESCRIPTOR;
use super::file::{Buffering, EOF, FILE, Ops, flag};
use super::heap;
use super::seek::SEEK_END;
use super::standard::{dispose, enlist, standard_error_stream, unlist};
use crate::errno::{CResult, Errno};
use crate::platform::calls::fs;
use crate::platform::constants::{
    AT_FDCWD, O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY,
};
use crate::platform::{self};
use crate::types::*;
use core::ffi::CStr;

/// A mode string, parsed.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    /// `O_*` flags.
    pub open: c_int,
    /// [`flag`] bits of the stream.
    pub stream: c_int,
}

impl Mode {
    /// Parses `r`, `w` or `a`, then any of `+`, `b`, `t`, `x`, `e`, `m`, `c` and glibc's `,ccs=`.
    pub fn parse(mode: &CStr) -> Result<Self, Errno> {
        let (first, rest) = mode.to_bytes().split_first().ok_or(Errno::EINVAL)?;
        let mut open = match first {
            b'r' => 0,
            b'w' => O_CREAT | O_TRUNC,
            b'a' => O_CREAT | O_APPEND,
            _ => return Err(Errno::EINVAL),
        };
        let mut update = false;
        for byte in rest {
            match byte {
                b'+' => update = true,
                b'x' => open |= O_EXCL,
                b'e' => open |= O_CLOEXEC,
                b',' => break,
                _ => {}
            }
        }
        let (access, mut stream) = match (update, first) {
            (true, _) => (O_RDWR, 0),
            (false, b'r') => (O_RDONLY, flag::NO_WRITE),
            (false, _) => (O_WRONLY, flag::NO_READ),
        };
        if open & O_APPEND != 0 {
            stream |= flag::APPEND;
        }
        Ok(Self {
            open: (open | access) as c_int,
            stream,
        })
    }
}

/// A new stream in the list, or `ENOMEM`.
///
/// # Safety
/// `cookie` is what `ops` takes.
pub(super) unsafe fn new_stream(
    flags: c_int,
    fd: c_int,
    ops: &'static Ops,
    cookie: *mut c_void,
) -> Result<*mut FILE, Errno> {
    let file: *mut FILE = heap::alloc(size_of::<FILE>()).cast();
    if file.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: the block has the size and, from malloc, the alignment of a FILE.
    unsafe {
        file.write(FILE::new(
            flags | flag::OWN_FILE,
            fd,
            Buffering::Full,
            ops,
            cookie,
        ));
        enlist(file);
    }
    Ok(file)
}

/// The permissions of new files, before the umask.
const NEW_FILE_MODE: mode_t = 0o666;

fn open_file(path: &CStr, mode: Mode) -> Result<c_int, Errno> {
    platform::openat(AT_FDCWD, path, mode.open, NEW_FILE_MODE)
}

/// Opens a file as a stream; null on failure.
///
/// # Errors
/// `EINVAL` for a bad mode, `ENOMEM`, those of open.
///
/// # Safety
/// Both are strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fopen(path: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: the caller's duty.
    let (path, mode) = unsafe { (CStr::from_ptr(path), CStr::from_ptr(mode)) };
    open(path, mode).or_null()
}
crate::alias!(fopen64 = fopen);

pub(super) fn open(path: &CStr, mode: &CStr) -> Result<*mut FILE, Errno> {
    let mode = Mode::parse(mode)?;
    let fd = open_file(path, mode)?;
    if mode.stream & flag::APPEND != 0 && mode.stream & flag::NO_READ != 0 {
        // Programs ask ftell whether the file has something already. What cannot seek has no position.
        let _ = platform::lseek(fd, 0, SEEK_END);
    }
    stream_of(fd, mode)
}

/// A stream that owns `fd`, which is closed when there is no memory for one.
pub(super) fn stream_of(fd: c_int, mode: Mode) -> Result<*mut FILE, Errno> {
    // SAFETY: descriptors take no cookie.
    unsafe { new_stream(mode.stream, fd, &DESCRIPTOR, core::ptr::null_mut()) }.inspect_err(|_| {
        // The descriptor is new: nothing can be lost with it.
        let _ = platform::close(fd);
    })
}

const F_GETFD: c_int = 1;
const F_SETFD: c_int = 2;
const F_GETFL: c_int = 3;
const F_SETFL: c_int = 4;
const FD_CLOEXEC: c_int = 1;
const O_ACCMODE: c_int = 3;

fn fcntl(fd: c_int, command: c_int, argument: c_int) -> Result<c_int, Errno> {
    // SAFETY: these commands take integers.
    unsafe { fs::fcntl(fd, command, argument as usize) }
}

/// Makes a stream of an open descriptor; null on failure, with the descriptor as it was.
///
/// # Errors
/// `EINVAL` for a bad mode or one that the descriptor's access mode excludes, `EBADF`, `ENOMEM`.
///
/// # Safety
/// `mode` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fdopen(fd: c_int, mode: *const c_char) -> *mut FILE {
    // SAFETY: the caller's duty.
    adopt(fd, unsafe { CStr::from_ptr(mode) }).or_null()
}
crate::alias!(_IO_fdopen = fdopen);

pub(super) fn adopt(fd: c_int, mode: &CStr) -> Result<*mut FILE, Errno> {
    let mode = Mode::parse(mode)?;
    let status = fcntl(fd, F_GETFL, 0)?;
    match status & O_ACCMODE {
        0 if mode.stream & flag::NO_WRITE == 0 => return Err(Errno::EINVAL),
        1 if mode.stream & flag::NO_READ == 0 => return Err(Errno::EINVAL),
        _ => {}
    }
    if mode.open & O_APPEND as c_int != 0 && status & O_APPEND as c_int == 0 {
        fcntl(fd, F_SETFL, status | O_APPEND as c_int)?;
    }
    if mode.open & O_CLOEXEC as c_int != 0 {
        fcntl(fd, F_SETFD, fcntl(fd, F_GETFD, 0)? | FD_CLOEXEC)?;
    }
    // SAFETY: descriptors take no cookie.
    unsafe { new_stream(mode.stream, fd, &DESCRIPTOR, core::ptr::null_mut()) }
}

/// Flushes, closes the device and, for streams that fopen made, frees. 0, or `EOF` if something failed on the way;
/// the stream is gone in any case.
///
/// # Safety
/// `file` is an open stream and is not used afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fclose(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let own = (*file).has(flag::OWN_FILE);
        if own {
            unlist(file);
        }
        let result = {
            let mut file = FILE::lock(file);
            let result = shut(&mut file);
            file.free_buffer();
            file.flags |= flag::NO_READ | flag::NO_WRITE;
            result
        };
        if own {
            dispose(file);
        }
        result
    }
}
crate::alias!(_IO_fclose = fclose);

/// Flushes and lets the device go; 0 or `EOF`.
fn shut(file: &mut FILE) -> c_int {
    let flushed = file.synchronise();
    file.become_idle();
    let close = file.ops.close;
    // SAFETY: `ops` belongs to this stream.
    let closed = unsafe { close(file) };
    match (flushed, closed) {
        (Ok(()), Ok(())) => 0,
        (_, Err(errno)) => {
            crate::errno::set_errno(errno);
            EOF
        }
        _ => EOF,
    }
}

/// Closes what the stream has open and opens `path` in its place, under the same descriptor number; with a null
/// path changes the mode of what is open. Null on failure: the stream is closed then.
///
/// # Errors
/// Those of fopen.
///
/// # Safety
/// `path` is null or a string, `mode` a string, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freopen(
    path: *const c_char,
    mode: *const c_char,
    file: *mut FILE,
) -> *mut FILE {
    // SAFETY: the caller's duty.
    unsafe {
        let path = (!path.is_null()).then(|| CStr::from_ptr(path));
        let result = reopen(path, CStr::from_ptr(mode), &mut FILE::lock(file));
        if let Err(errno) = result {
            fclose(file);
            crate::errno::set_errno(errno);
            return core::ptr::null_mut();
        }
    }
    file
}
crate::alias!(freopen64 = freopen);

fn reopen(path: Option<&CStr>, mode: &CStr, file: &mut FILE) -> Result<(), Errno> {
    // Errors of flushing and closing are ignored (ISO C 7.21.5.4).
    let _ = file.synchronise();
    file.become_idle();
    let mode = Mode::parse(mode)?;
    let new = match path {
        Some(path) => open_file(path, mode)?,
        None => {
            if file.fd < 0 {
                return Err(Errno::EBADF);
            }
            let mut name = *b"/proc/self/fd/0000000000\0";
            let at = crate::numconv::decimal_backwards(file.fd as u64, &mut name, 24);
            let digits = 24 - at;
            name.copy_within(at..24, 14);
            if digits == 0 {
                name[14] = b'0';
            }
            name[14 + digits.max(1)] = 0;
            let path = CStr::from_bytes_until_nul(&name).map_err(|_| Errno::EBADF)?;
            open_file(path, mode)?
        }
    };
    let old = file.fd;
    if !core::ptr::eq(file.ops, &DESCRIPTOR) || old < 0 {
        let close = file.ops.close;
        // SAFETY: `ops` belongs to this stream; its failure is ignored as above.
        let _ = unsafe { close(file) };
        file.ops = &DESCRIPTOR;
        file.fd = new;
    } else if new != old {
        // SAFETY: no memory is involved.
        let moved = unsafe { fs::dup3(new, old, mode.open & O_CLOEXEC as c_int) };
        let _ = platform::close(new);
        moved?;
    }
    let kept = file.flags & (flag::OWN_BUFFER | flag::OWN_FILE | flag::BY_CALLER);
    file.flags = mode.stream | kept;
    // The file before is closed, and with it ends the program's say in the buffer; what is opened decides anew, save that
    // stderr shows at once what it gets.
    file.free_buffer();
    file.buffering = Buffering::Full;
    if core::ptr::eq(file, standard_error_stream()) {
        file.buffering = Buffering::None;
        file.flags |= flag::BUFFERING_KNOWN;
    }
    file.orientation = 0;
    file.read_state = Default::default();
    file.write_state = Default::default();
    Ok(())
}

/// Closes every stream (GNU); 0, or `EOF` if one failed to write what it held.
///
/// Streams that others still use would be torn away, so only what is written is brought out here, and the
/// exit that follows does the rest.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn fcloseall() -> c_int {
    // SAFETY: null means all streams.
    unsafe { super::flush::fflush(core::ptr::null_mut()) }
}
