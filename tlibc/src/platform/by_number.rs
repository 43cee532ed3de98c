//! The functions of the contract by the numbers of the Linux ABI.
//!
//! C functions that only pass on what they get reach the kernel by number (`linux::calls`, cancellation points, syscall(2)),
//! also where the contract has a function for the same thing. [`call`] brings the two together, so that a port writes
//! each operation once. The Linux backend does not need it: there both end in the same instruction.
#![allow(non_upper_case_globals, reason = "the names of system calls")]

use super::contract::Kernel;
use crate::errno::Errno;
use crate::fcntl::AT_FDCWD;
use crate::platform::constants::{
    __NR_clock_gettime, __NR_close, __NR_exit_group, __NR_getpid, __NR_getrandom, __NR_gettid,
    __NR_ioctl, __NR_lseek, __NR_madvise, __NR_mmap, __NR_mprotect, __NR_mremap, __NR_munmap,
    __NR_open, __NR_openat, __NR_read, __NR_tgkill, __NR_write, __NR_writev,
};
use crate::types::*;
use core::ffi::CStr;

/// Makes the call that a function of the contract stands for; `ENOSYS` if none does.
///
/// # Safety
/// As for [`Kernel::call`].
pub unsafe fn call<K: Kernel>(number: u32, arguments: &[usize]) -> Result<usize, Errno> {
    let [a, b, c, d, e, f] =
        core::array::from_fn(|index| arguments.get(index).copied().unwrap_or(0));
    let fd = a as c_int;
    // SAFETY: the arguments are what the call of that number asks for.
    unsafe {
        match number {
            __NR_read => K::read(fd, bytes_mut(b, c)?),
            __NR_write => K::write(fd, bytes(b, c)?),
            __NR_close => K::close(fd).map(|()| 0),
            __NR_lseek => K::lseek(fd, b as off_t, c as c_int).map(|place| place as usize),
            __NR_open => K::openat(AT_FDCWD, string(a)?, b as c_int, c as mode_t).map(word),
            __NR_openat => K::openat(fd, string(b)?, c as c_int, d as mode_t).map(word),
            __NR_writev => {
                let count = usize::try_from(c as c_int).map_err(|_| Errno::EINVAL)?;
                if count == 0 {
                    return Ok(0);
                }
                if b == 0 {
                    return Err(Errno::EFAULT);
                }
                K::writev(fd, core::slice::from_raw_parts(b as *const iovec, count))
            }
            __NR_ioctl => K::ioctl(fd, b as c_ulong, c).map(word),
            __NR_mmap => {
                let place = a as *mut c_void;
                K::mmap(place, b, c as c_int, d as c_int, e as c_int, f as off_t)
                    .map(|mapped| mapped.addr())
            }
            __NR_munmap => K::munmap(a as *mut c_void, b).map(|()| 0),
            __NR_mremap => {
                let (old, new) = (a as *mut c_void, e as *mut c_void);
                K::mremap(old, b, c, d as c_int, new).map(|mapped| mapped.addr())
            }
            __NR_mprotect => K::mprotect(a as *mut c_void, b, c as c_int).map(|()| 0),
            __NR_madvise => K::madvise(a as *mut c_void, b, c as c_int).map(|()| 0),
            __NR_getrandom => K::getrandom(bytes_mut(a, b)?, c as c_uint),
            __NR_getpid => Ok(word(K::getpid())),
            __NR_gettid => Ok(word(K::gettid())),
            __NR_clock_gettime if b == 0 => Err(Errno::EFAULT),
            __NR_clock_gettime => {
                K::clock_gettime_into(a as clockid_t, b as *mut timespec).map(|()| 0)
            }
            __NR_tgkill => K::tgkill(a as pid_t, b as pid_t, c as c_int).map(|()| 0),
            __NR_exit_group => K::exit_group(a as c_int),
            _ => Err(Errno::ENOSYS),
        }
    }
}

/// A small number that is not negative as a result.
fn word(value: c_int) -> usize {
    value as usize
}

/// A string of the caller's.
///
/// # Safety
/// `address` is 0 or that of a string that stays.
unsafe fn string<'a>(address: usize) -> Result<&'a CStr, Errno> {
    if address == 0 {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's string.
    Ok(unsafe { CStr::from_ptr(address as *const c_char) })
}

/// Bytes of the caller's to read.
///
/// # Safety
/// `address` is 0, or `length` bytes there are readable and stay.
unsafe fn bytes<'a>(address: usize, length: usize) -> Result<&'a [u8], Errno> {
    if length == 0 {
        return Ok(&[]);
    }
    if address == 0 || length > isize::MAX as usize {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's bytes.
    Ok(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
}

/// Bytes of the caller's to write.
///
/// # Safety
/// `address` is 0, or `length` bytes there are writable, stay, and are nobody else's.
unsafe fn bytes_mut<'a>(address: usize, length: usize) -> Result<&'a mut [u8], Errno> {
    if length == 0 {
        return Ok(&mut []);
    }
    if address == 0 || length > isize::MAX as usize {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's bytes.
    Ok(unsafe { core::slice::from_raw_parts_mut(address as *mut u8, length) })
}
