//! `pty.h` and `utmp.h`'s `login_tty`, and the pseudo-terminal functions of `stdlib.h`.

use crate::errno::{CResult, Errno, errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_NOCTTY, O_RDWR};
use crate::platform::calls::{fs, process};
use crate::sys_ioctl::{TIOCGPTN, TIOCSCTTY, TIOCSPTLCK, TIOCSWINSZ, winsize};
use crate::termios::{TCSANOW, tcsetattr, termios};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::ptr;

/// Opens the master side of a new pseudo-terminal. POSIX `posix_openpt`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_openpt(flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::openat(AT_FDCWD, c"/dev/ptmx".as_ptr(), flags, 0) }.or_minus_one()
}

/// `posix_openpt` for reading and writing. getpt(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpt() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::openat(AT_FDCWD, c"/dev/ptmx".as_ptr(), O_RDWR, 0) }.or_minus_one()
}

/// The number of the pseudo-terminal behind a master.
fn number(fd: c_int) -> Result<c_uint, Errno> {
    let mut n: c_uint = 0;
    // SAFETY: TIOCGPTN writes one number.
    unsafe { fs::ioctl(fd, TIOCGPTN, (&raw mut n).cast()) }.map(|_| n)
}

/// Gives the slave side its owner and mode; the kernel's devpts has done so, which leaves the check that
/// `fd` is a master. POSIX `grantpt`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn grantpt(fd: c_int) -> c_int {
    match number(fd) {
        Err(Errno::ENOTTY) => Err::<c_int, _>(Errno::EINVAL).or_minus_one(),
        other => other.map(|_| 0).or_minus_one(),
    }
}

/// Unlocks the slave side. POSIX `unlockpt`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn unlockpt(fd: c_int) -> c_int {
    let mut unlock: c_int = 0;
    // SAFETY: TIOCSPTLCK reads one int.
    match unsafe { fs::ioctl(fd, TIOCSPTLCK, (&raw mut unlock).cast()) } {
        Err(Errno::ENOTTY) => Err::<c_int, _>(Errno::EINVAL).or_minus_one(),
        other => other.or_minus_one(),
    }
}

/// `/dev/pts/N` with its NUL.
fn slave_name(fd: c_int) -> Result<([u8; 24], usize), Errno> {
    let mut text = crate::arpa_inet::text::Text::new();
    text.number(number(fd)?, 10);
    let mut name = [0; 24];
    let stem = b"/dev/pts/";
    name[..stem.len()].copy_from_slice(stem);
    name[stem.len()..stem.len() + text.len()].copy_from_slice(&text);
    Ok((name, stem.len() + text.len() + 1))
}

/// The slave side's name in `buf`; returns an error number. POSIX.1-2024 `ptsname_r`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ptsname_r(fd: c_int, buf: *mut c_char, size: size_t) -> c_int {
    let result = slave_name(fd).and_then(|(name, n)| {
        if n > size {
            return Err(Errno::ERANGE);
        }
        // SAFETY: the caller's buffer has room for the name.
        unsafe { ptr::copy_nonoverlapping(name.as_ptr().cast(), buf, n) };
        Ok(())
    });
    if let Err(e) = result {
        set_errno(e);
    }
    result.error_number()
}

static NAME: StaticBuffer<24> = StaticBuffer::new();

/// The slave side's name in a static buffer. POSIX `ptsname`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ptsname(fd: c_int) -> *mut c_char {
    let buf = NAME.get().cast();
    // SAFETY: the static buffer's size.
    if unsafe { ptsname_r(fd, buf, 24) } == 0 {
        buf
    } else {
        ptr::null_mut()
    }
}

/// Opens a pair: master and slave.
fn open_pair() -> Result<(c_int, c_int), Errno> {
    // SAFETY: literals and our own name.
    unsafe {
        let master = fs::openat(AT_FDCWD, c"/dev/ptmx".as_ptr(), O_RDWR | O_NOCTTY, 0)?;
        let slave = (|| {
            let mut unlock: c_int = 0;
            fs::ioctl(master, TIOCSPTLCK, (&raw mut unlock).cast())?;
            let (name, _) = slave_name(master)?;
            fs::openat(AT_FDCWD, name.as_ptr().cast(), O_RDWR | O_NOCTTY, 0)
        })();
        slave.map(|slave| (master, slave)).inspect_err(|_| {
            let _ = fs::close(master);
        })
    }
}

/// Opens a pseudo-terminal, both sides. openpty(3).
///
/// # Safety
/// `attributes` and `size` are readable; `master`, `slave` and `name` are writable; null only where the
/// manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn openpty(
    master: *mut c_int,
    slave: *mut c_int,
    name: *mut c_char,
    attributes: *const termios,
    size: *const winsize,
) -> c_int {
    let (m, s) = match open_pair() {
        Ok(pair) => pair,
        Err(e) => return Err::<c_int, _>(e).or_minus_one(),
    };
    // SAFETY: the caller's pointers, where they are given; `name` has room, as the interface assumes.
    unsafe {
        if !attributes.is_null() {
            tcsetattr(s, TCSANOW, attributes);
        }
        if !size.is_null() {
            let _ = fs::ioctl(s, TIOCSWINSZ, size.cast_mut().cast());
        }
        if !name.is_null()
            && let Ok((text, n)) = slave_name(m)
        {
            ptr::copy_nonoverlapping(text.as_ptr().cast(), name, n);
        }
        master.write(m);
        slave.write(s);
    }
    0
}

/// Makes the terminal `fd` the controlling one of a new session, and the standard descriptors.
fn log_in(fd: c_int) -> Result<(), Errno> {
    // SAFETY: numbers.
    unsafe {
        // A session leader already is fine.
        let _ = process::setsid();
        fs::ioctl(fd, TIOCSCTTY, ptr::null_mut())?;
        for standard in 0..3 {
            fs::dup2(fd, standard)?;
        }
        if fd > 2 {
            fs::close(fd)?;
        }
    }
    Ok(())
}

/// Makes the terminal `fd` the controlling one of a new session, and the standard descriptors.
/// login_tty(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn login_tty(fd: c_int) -> c_int {
    log_in(fd).or_minus_one()
}

/// A child whose terminal is a new pseudo-terminal. forkpty(3).
///
/// # Safety
/// `attributes` and `size` are readable; `master` and `name` are writable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn forkpty(
    master: *mut c_int,
    name: *mut c_char,
    attributes: *const termios,
    size: *const winsize,
) -> pid_t {
    let (mut m, mut s) = (-1, -1);
    // SAFETY: our own numbers, the caller's other pointers.
    unsafe {
        if openpty(&raw mut m, &raw mut s, name, attributes, size) == -1 {
            return -1;
        }
        match crate::unistd::fork::fork() {
            -1 => {
                let failed = errno();
                let _ = (fs::close(m), fs::close(s));
                set_errno(failed);
                -1
            }
            0 => {
                let _ = fs::close(m);
                if log_in(s).is_err() {
                    crate::platform::exit_group(127);
                }
                0
            }
            child => {
                let _ = fs::close(s);
                master.write(m);
                child
            }
        }
    }
}
