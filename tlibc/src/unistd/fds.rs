//! Duplicating descriptors, pipes and record locks by `lockf`.

use crate::errno::{CResult, Errno};
use crate::fcntl::{F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, flock as Flock};
use crate::platform::calls::fs;
use crate::pthread::points;
use crate::types::*;

/// A second descriptor, the lowest free one, for the same open file. POSIX `dup`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dup(fd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::dup(fd) }.or_minus_one()
}

/// Makes `new` a descriptor for the same open file as `old`, closing what `new` was. POSIX `dup2`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dup2(old: c_int, new: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::dup2(old, new) }.or_minus_one()
}

/// `dup2` with `O_CLOEXEC`; equal descriptors are `EINVAL`. POSIX.1-2024 `dup3`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::dup3(old, new, flags) }.or_minus_one()
}

/// Makes a pipe: `fds[0]` reads what is written to `fds[1]`. POSIX `pipe`.
///
/// # Safety
/// `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pipe(fds: *mut c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::pipe2(fds, 0) }.or_minus_one()
}

/// `pipe` with `O_CLOEXEC` and `O_NONBLOCK`. POSIX.1-2024 `pipe2`.
///
/// # Safety
/// `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pipe2(fds: *mut c_int, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::pipe2(fds, flags) }.or_minus_one()
}

/// Locks, unlocks or tests the section of `len` bytes from the file position. POSIX `lockf`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lockf(fd: c_int, cmd: c_int, len: off_t) -> c_int {
    let control = |kind: c_short, request: c_int| -> Result<Flock, Errno> {
        let mut lock = Flock {
            l_type: kind,
            l_whence: 1,
            l_start: 0,
            l_len: len,
            l_pid: 0,
        };
        let argument = (&raw mut lock).expose_provenance();
        // SAFETY: the argument is the address of a live `flock`, which F_GETLK writes.
        unsafe {
            match request {
                F_SETLKW => points::fcntl(fd, request, argument),
                _ => fs::fcntl(fd, request, argument),
            }
        }?;
        Ok(lock)
    };
    let result = match cmd {
        super::F_ULOCK => control(F_UNLCK, F_SETLK).map(drop),
        super::F_LOCK => control(F_WRLCK, F_SETLKW).map(drop),
        super::F_TLOCK => control(F_WRLCK, F_SETLK).map(drop),
        super::F_TEST => control(F_RDLCK, F_GETLK).and_then(|lock| {
            if lock.l_type == F_UNLCK {
                Ok(())
            } else {
                Err(Errno::EACCES)
            }
        }),
        _ => Err(Errno::EINVAL),
    };
    result.or_minus_one()
}

crate::alias!(lockf64 = lockf);
