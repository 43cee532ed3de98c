//! posix_openpt, grantpt, unlockpt, ptsname: pseudo-terminals through `/dev/ptmx` (POSIX.1 XSI).

use crate::errno::{CResult as _, Errno, set_errno};
use crate::platform;
use crate::types::{c_char, c_int, c_uint, size_t};

const AT_FDCWD: c_int = -100;
/// Number of the terminal behind a master.
const TIOCGPTN: u64 = 0x8004_5430;
/// Locks or unlocks the terminal.
const TIOCSPTLCK: u64 = 0x4004_5431;
/// "/dev/pts/" and a number.
const NAME_ROOM: usize = 9 + 10 + 1;

/// Opens a new master; `flags` are `O_RDWR` and `O_NOCTTY`. −1 and errno on failure.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn posix_openpt(flags: c_int) -> c_int {
    // The kernel says ENOSPC when there are no more; POSIX wants EAGAIN.
    platform::openat(AT_FDCWD, c"/dev/ptmx", flags, 0)
        .map_err(|errno| {
            if errno == Errno::ENOSPC {
                Errno::EAGAIN
            } else {
                errno
            }
        })
        .or_minus_one()
}

/// [`posix_openpt`] for reading and writing (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getpt() -> c_int {
    posix_openpt(0o2)
}

fn number(fd: c_int) -> Result<c_uint, Errno> {
    let mut number: c_uint = 0;
    // SAFETY: the request writes one int.
    unsafe { platform::ioctl(fd, TIOCGPTN, (&raw mut number).expose_provenance()) }?;
    Ok(number)
}

/// Gives the user access to the terminal. The kernel does that when the master is opened, so only the
/// descriptor is checked: `EBADF`, or `EINVAL` when it is no master.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn grantpt(fd: c_int) -> c_int {
    number(fd)
        .map(drop)
        .map_err(|errno| {
            if errno == Errno::ENOTTY {
                Errno::EINVAL
            } else {
                errno
            }
        })
        .or_minus_one()
}

/// Unlocks the terminal behind a master.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn unlockpt(fd: c_int) -> c_int {
    let unlock: c_int = 0;
    // SAFETY: the request reads one int.
    unsafe { platform::ioctl(fd, TIOCSPTLCK, (&raw const unlock).expose_provenance()) }
        .map(drop)
        .map_err(|errno| {
            if errno == Errno::ENOTTY {
                Errno::EINVAL
            } else {
                errno
            }
        })
        .or_minus_one()
}

/// The name of the terminal behind a master into `size` bytes; 0 or an error number (GNU, POSIX.1-2024).
///
/// # Safety
/// `size` bytes are writable at `buffer`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ptsname_r(fd: c_int, buffer: *mut c_char, size: size_t) -> c_int {
    let mut name = [0_u8; NAME_ROOM];
    name[..9].copy_from_slice(b"/dev/pts/");
    let mut rest = match number(fd) {
        Ok(number) => number,
        Err(errno) => {
            set_errno(errno);
            return errno.0;
        }
    };
    let mut at = 9;
    loop {
        name[at] = b'0' + (rest % 10) as u8;
        at += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    name[9..at].reverse();
    if at >= size {
        set_errno(Errno::ERANGE);
        return Errno::ERANGE.0;
    }
    // SAFETY: the name and its null fit.
    unsafe { core::ptr::copy_nonoverlapping(name.as_ptr().cast(), buffer, at + 1) };
    0
}

/// The name of the terminal behind a master, in a buffer that the next call overwrites, or null.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn ptsname(fd: c_int) -> *mut c_char {
    static mut BUFFER: [c_char; NAME_ROOM] = [0; NAME_ROOM];
    let buffer = (&raw mut BUFFER).cast::<c_char>();
    // SAFETY: POSIX lets ptsname be unsafe between threads.
    if unsafe { ptsname_r(fd, buffer, NAME_ROOM) } == 0 {
        buffer
    } else {
        core::ptr::null_mut()
    }
}
