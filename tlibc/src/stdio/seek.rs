//! File positions: `fseeko`, `ftello`, `fgetpos` and relatives (POSIX fseek(), ftell(), fgetpos(), fsetpos()).

use super::file::{FILE, Failed, flag};
use super::multibyte::State;
use crate::errno::{CResult, Errno, set_errno};
use crate::types::*;

/// From the start.
pub const SEEK_SET: c_int = 0;
/// From the present position.
pub const SEEK_CUR: c_int = 1;
/// From the end.
pub const SEEK_END: c_int = 2;

/// A position with the conversion state there (C's `fpos_t`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct fpos_t {
    offset: off_t,
    state: State,
}

impl FILE {
    fn seek(&mut self, offset: off_t, whence: c_int) -> Result<(), Errno> {
        if !(SEEK_SET..=SEEK_END).contains(&whence) && whence != 3 && whence != 4 {
            return Err(Errno::EINVAL); // 3 and 4: SEEK_DATA, SEEK_HOLE
        }
        if let Err(Failed) = self.flush() {
            return Err(crate::errno::errno());
        }
        let offset = if whence == SEEK_CUR {
            offset
                .checked_sub(self.unread() as off_t)
                .ok_or(Errno::EOVERFLOW)?
        } else {
            offset
        };
        let seek = self.ops.seek;
        // SAFETY: `ops` belongs to this stream.
        unsafe { seek(self, offset, whence)? };
        self.become_idle();
        self.flags &= !flag::EOF;
        self.read_state = State::new();
        Ok(())
    }

    fn tell(&mut self) -> Result<off_t, Errno> {
        let seek = self.ops.seek;
        // What is to be appended will lie behind the end of the file.
        let whence = if self.has(flag::APPEND) && self.pending() > 0 {
            SEEK_END
        } else {
            SEEK_CUR
        };
        // SAFETY: as above.
        let at = unsafe { seek(self, 0, whence)? };
        Ok(at - self.unread() as off_t + self.pending() as off_t)
    }
}

/// Moves the position; 0, or −1.
///
/// # Errors
/// `EINVAL`, `ESPIPE`, those of lseek, and those of writing out what is buffered.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fseeko(file: *mut FILE, offset: off_t, whence: c_int) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }
        .seek(offset, whence)
        .or_minus_one()
}

/// [`fseeko`] with the type of ISO C.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fseek(file: *mut FILE, offset: c_long, whence: c_int) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { fseeko(file, offset, whence) }
}
crate::alias!(fseeko64 = fseeko);

/// The position, or −1.
///
/// # Errors
/// `ESPIPE` and the others of lseek.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftello(file: *mut FILE) -> off_t {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.tell().or_minus_one()
}

/// [`ftello`] with the type of ISO C.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftell(file: *mut FILE) -> c_long {
    // SAFETY: the caller's duty.
    unsafe { ftello(file) }
}
crate::alias!(ftello64 = ftello);

/// Moves to the start and clears the error indicator.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rewind(file: *mut FILE) {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    if let Err(errno) = file.seek(0, SEEK_SET) {
        set_errno(errno);
    }
    file.flags &= !flag::ERROR;
}

/// Stores the position and the conversion state; 0, or −1 as ftell.
///
/// # Safety
/// `file` is an open stream, `to` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetpos(file: *mut FILE, to: *mut fpos_t) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        let state = file.read_state;
        file.tell()
            .map(|offset| to.write(fpos_t { offset, state }))
            .or_minus_one()
    }
}
crate::alias!(fgetpos64 = fgetpos);

/// Goes back to a position that [`fgetpos`] stored; 0, or −1 as fseek.
///
/// # Safety
/// `file` is an open stream, `from` is readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fsetpos(file: *mut FILE, from: *const fpos_t) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        let position = *from;
        file.seek(position.offset, SEEK_SET)
            .map(|()| file.read_state = position.state)
            .or_minus_one()
    }
}
crate::alias!(fsetpos64 = fsetpos);

crate::check_layout!(fpos_t = libc::fpos_t);
