//! Terminals as descriptors: is it one, what is it called, which group is in the foreground.

use crate::errno::{CResult, Errno, set_errno};
use crate::fcntl::AT_FDCWD;
use crate::platform::calls::fs;
use crate::sys_ioctl::{TIOCGPGRP, TIOCGSID, TIOCGWINSZ, TIOCSPGRP, winsize};
use crate::sys_stat::{S_IFCHR, S_IFMT, stat};
use crate::types::*;
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

/// `TTY_NAME_MAX`, in bytes with the NUL.
const TTY_NAME_MAX: usize = 32;

/// 1 for a terminal, else 0 with `ENOTTY` or `EBADF`. POSIX `isatty`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn isatty(fd: c_int) -> c_int {
    let mut size = MaybeUninit::<winsize>::uninit();
    // SAFETY: TIOCGWINSZ writes one winsize.
    match unsafe { fs::ioctl(fd, TIOCGWINSZ, size.as_mut_ptr().cast()) } {
        Ok(_) => 1,
        Err(e) => {
            set_errno(if e == Errno::EBADF { e } else { Errno::ENOTTY });
            0
        }
    }
}

/// Writes the name of the terminal `fd` with its NUL.
fn terminal_name(fd: c_int, out: &mut [u8]) -> Result<(), Errno> {
    // SAFETY: isatty takes any number.
    if unsafe { isatty(fd) } == 0 {
        return Err(crate::errno::errno());
    }
    let link = proc_fd_path(fd);
    let mut name = [0_u8; 128];
    // SAFETY: `link` ends with a NUL and the buffer's size is stated.
    let n = unsafe {
        fs::readlinkat(
            AT_FDCWD,
            link.as_ptr().cast(),
            name.as_mut_ptr().cast(),
            name.len() - 1,
        )
    }? as usize;
    if name.first() != Some(&b'/') {
        return Err(Errno::ENODEV);
    }
    if n >= out.len() {
        return Err(Errno::ERANGE);
    }
    // The link is only a name: it counts when it still leads to the device that is open.
    let (mut a, mut b) = (MaybeUninit::<stat>::zeroed(), MaybeUninit::<stat>::zeroed());
    // SAFETY: `name` ends with a NUL (one byte was kept), both buffers are stats; zeroes are a valid stat.
    unsafe {
        fs::newfstatat(
            AT_FDCWD,
            name.as_ptr().cast(),
            a.as_mut_ptr().cast::<c_void>(),
            0,
        )?;
        fs::fstat(fd, b.as_mut_ptr().cast::<c_void>())?;
        let (a, b) = (a.assume_init(), b.assume_init());
        if a.st_mode & S_IFMT != S_IFCHR || a.st_rdev != b.st_rdev {
            return Err(Errno::ENODEV);
        }
    }
    out[..=n].copy_from_slice(&name[..=n]);
    Ok(())
}

/// `/proc/self/fd/N` with its NUL.
pub(crate) fn proc_fd_path(fd: c_int) -> [u8; 32] {
    let mut path = [0_u8; 32];
    let stem = b"/proc/self/fd/";
    path[..stem.len()].copy_from_slice(stem);
    let mut digits = [0_u8; 10];
    let mut at = digits.len();
    let mut rest = fd.max(0) as u32;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    path[stem.len()..stem.len() + digits.len() - at].copy_from_slice(&digits[at..]);
    path
}

/// The terminal's name in `buf` of `size` bytes; returns an error number. POSIX `ttyname_r`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ttyname_r(fd: c_int, buf: *mut c_char, size: size_t) -> c_int {
    let mut name = [0_u8; TTY_NAME_MAX * 4];
    let limit = name.len().min(size);
    match terminal_name(fd, &mut name[..limit]) {
        Ok(()) => {
            // SAFETY: the name, with its NUL, is shorter than `size`.
            unsafe { ptr::copy_nonoverlapping(name.as_ptr(), buf.cast(), limit) };
            0
        }
        Err(e) => {
            set_errno(e);
            e.0
        }
    }
}

/// A buffer that POSIX lets a function return and overwrite in the next call.
pub(crate) struct StaticBuffer<const N: usize>(UnsafeCell<[u8; N]>);
// SAFETY: POSIX says the functions that use one need not be thread-safe; a C program serialises them.
unsafe impl<const N: usize> Sync for StaticBuffer<N> {}
impl<const N: usize> StaticBuffer<N> {
    /// A zeroed buffer.
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new([0; N]))
    }
    /// The buffer's address.
    pub(crate) fn get(&self) -> *mut u8 {
        self.0.get().cast()
    }
}

static TTY_NAME: StaticBuffer<{ TTY_NAME_MAX * 4 }> = StaticBuffer::new();

/// The terminal's name in a static buffer. POSIX `ttyname`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ttyname(fd: c_int) -> *mut c_char {
    let buf = TTY_NAME.get().cast();
    // SAFETY: the static buffer has the stated size.
    if unsafe { ttyname_r(fd, buf, TTY_NAME_MAX * 4) } == 0 {
        buf
    } else {
        ptr::null_mut()
    }
}

static CTERMID: StaticBuffer<9> = StaticBuffer::new();

/// The path of the controlling terminal, `/dev/tty`, in `buf` (`L_ctermid` bytes) or a static buffer. POSIX
/// `ctermid`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ctermid(buf: *mut c_char) -> *mut c_char {
    let buf = if buf.is_null() {
        CTERMID.get().cast()
    } else {
        buf
    };
    // SAFETY: both buffers have L_ctermid = 9 bytes.
    unsafe { ptr::copy_nonoverlapping(c"/dev/tty".as_ptr(), buf, 9) };
    buf
}

/// The terminal's foreground process group. POSIX `tcgetpgrp`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcgetpgrp(fd: c_int) -> pid_t {
    let mut group: pid_t = 0;
    // SAFETY: TIOCGPGRP writes one pid_t.
    unsafe { fs::ioctl(fd, TIOCGPGRP, (&raw mut group).cast()) }
        .map(|_| group)
        .or_minus_one()
}

/// Makes `group` the terminal's foreground process group. POSIX `tcsetpgrp`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcsetpgrp(fd: c_int, group: pid_t) -> c_int {
    let mut group = group;
    // SAFETY: TIOCSPGRP reads one pid_t.
    unsafe { fs::ioctl(fd, TIOCSPGRP, (&raw mut group).cast()) }.or_minus_one()
}

/// The session that the terminal controls. POSIX `tcgetsid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcgetsid(fd: c_int) -> pid_t {
    let mut session: pid_t = 0;
    // SAFETY: TIOCGSID writes one pid_t.
    unsafe { fs::ioctl(fd, TIOCGSID, (&raw mut session).cast()) }
        .map(|_| session)
        .or_minus_one()
}
