//! The machine's and the user's names.

use super::term::StaticBuffer;
use crate::errno::{CResult, Errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY};
use crate::platform::{self, calls::process};
use crate::sys_utsname::utsname;
use crate::types::*;
use core::ffi::{CStr, c_char, c_int, c_long};
use core::mem::MaybeUninit;
use core::ptr;

/// Copies one field of `uname`, as gethostname and getdomainname want it: cut when too long, then an error.
///
/// # Safety
/// `buf` is writable for `len` bytes.
unsafe fn copy_field(
    pick: fn(&utsname) -> &[c_char; 65],
    buf: *mut c_char,
    len: usize,
    too_long: Errno,
) -> Result<c_int, Errno> {
    let mut names = MaybeUninit::<utsname>::zeroed();
    // SAFETY: uname fills one utsname; zeroes are a valid one. The field ends with a NUL within its 65 bytes.
    unsafe {
        process::uname(names.as_mut_ptr().cast())?;
        let names = names.assume_init();
        let field = CStr::from_ptr(pick(&names).as_ptr()).to_bytes_with_nul();
        ptr::copy_nonoverlapping(field.as_ptr().cast(), buf, field.len().min(len));
        if field.len() > len {
            Err(too_long)
        } else {
            Ok(0)
        }
    }
}

/// The host's name; `ENAMETOOLONG` after cutting it to `len` bytes. POSIX `gethostname`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostname(buf: *mut c_char, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { copy_field(|u| &u.nodename, buf, len, Errno::ENAMETOOLONG) }.or_minus_one()
}

/// The NIS domain name. getdomainname(2).
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdomainname(buf: *mut c_char, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { copy_field(|u| &u.domainname, buf, len, Errno::EINVAL) }.or_minus_one()
}

/// Names the host; `name` has `len` bytes and needs no NUL. sethostname(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sethostname(name: *const c_char, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sethostname(name, len) }.or_minus_one()
}

/// Names the NIS domain; `name` has `len` bytes and needs no NUL. setdomainname(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setdomainname(name: *const c_char, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::setdomainname(name, len) }.or_minus_one()
}

/// The host's number: `/etc/hostid` where there is one, else 0. POSIX `gethostid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostid() -> c_long {
    let mut id = [0_u8; 4];
    match crate::textfile::read_start(c"/etc/hostid", &mut id) {
        Ok(4) => i32::from_ne_bytes(id).into(),
        _ => 0,
    }
}

/// Sets the host's number: writes `/etc/hostid`. `EOVERFLOW` for one of more than 32 bits, else what stops the file from being
/// written. sethostid(3).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sethostid(id: c_long) -> c_int {
    let write = || {
        // Both signed and unsigned numbers of 32 bits are taken.
        let id = match (i32::try_from(id), u32::try_from(id)) {
            (Ok(id), _) => id,
            (_, Ok(id)) => id.cast_signed(),
            _ => return Err(Errno::EOVERFLOW),
        };
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
        let fd = platform::openat(AT_FDCWD, c"/etc/hostid", flags, 0o644)?;
        let written = platform::write(fd, &id.to_ne_bytes());
        let closed = platform::close(fd);
        match written? {
            4 => closed,
            _ => Err(Errno::ENOSPC),
        }
    };
    write().map(|()| 0).or_minus_one()
}

/// The name of the user logged in on the controlling terminal; returns an error number. Taken from the
/// login user number that the kernel keeps, `ENXIO` where it keeps none. POSIX `getlogin_r`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getlogin_r(buf: *mut c_char, size: size_t) -> c_int {
    let mut text = [0_u8; 16];
    let Ok(n) = crate::textfile::read_start(c"/proc/self/loginuid", &mut text) else {
        return Errno::ENXIO.0;
    };
    let digits = text[..n].iter().take_while(|b| b.is_ascii_digit());
    let uid = digits.fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
    if n == 0 || uid >= u64::from(u32::MAX) {
        return Errno::ENXIO.0;
    }
    let mut entry = MaybeUninit::uninit();
    let mut strings = [0 as c_char; 1024];
    let mut found = ptr::null_mut();
    // SAFETY: all four buffers are live; on success with a result the entry is filled and its name a string.
    unsafe {
        let error = crate::pwd::getpwuid_r(
            uid as uid_t,
            entry.as_mut_ptr(),
            strings.as_mut_ptr(),
            strings.len(),
            &raw mut found,
        );
        if error != 0 {
            return error;
        }
        if found.is_null() {
            return Errno::ENXIO.0;
        }
        let name = CStr::from_ptr((*found).pw_name).to_bytes_with_nul();
        if name.len() > size {
            return Errno::ERANGE.0;
        }
        ptr::copy_nonoverlapping(name.as_ptr().cast(), buf, name.len());
    }
    0
}

static LOGIN: StaticBuffer<256> = StaticBuffer::new();

/// `getlogin_r` into a static buffer. POSIX `getlogin`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getlogin() -> *mut c_char {
    let buf = LOGIN.get().cast();
    // SAFETY: the static buffer has 256 bytes.
    match unsafe { getlogin_r(buf, 256) } {
        0 => buf,
        error => {
            set_errno(Errno(error));
            ptr::null_mut()
        }
    }
}

/// The name of the process's effective user, in `name` or a static buffer of `L_cuserid` bytes; null, and an empty `name`, if it has
/// none. cuserid(3).
///
/// # Safety
/// `name` is null or has `L_cuserid` bytes, 9.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cuserid(name: *mut c_char) -> *mut c_char {
    const SIZE: usize = 9;
    static KEPT: StaticBuffer<SIZE> = StaticBuffer::new();
    let mut entry = MaybeUninit::uninit();
    let mut strings = [0 as c_char; 1024];
    let mut found = ptr::null_mut();
    // SAFETY: live places of the sizes given; an entry that was found has a name; the caller's room or ours.
    unsafe {
        let user = crate::unistd::users::geteuid();
        let (place, room) = (entry.as_mut_ptr(), strings.as_mut_ptr());
        crate::pwd::getpwuid_r(user, place, room, strings.len(), &raw mut found);
        if found.is_null() {
            if !name.is_null() {
                name.write(0);
            }
            return name;
        }
        let out = if name.is_null() {
            KEPT.get().cast()
        } else {
            name
        };
        let text = CStr::from_ptr((*found).pw_name).to_bytes();
        let length = text.len().min(SIZE - 1);
        out.copy_from_nonoverlapping(text.as_ptr().cast(), length);
        out.add(length).write(0);
        out
    }
}
