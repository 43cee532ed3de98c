//! `devctl.h` (POSIX.1-2024): requests to devices with sized data. On this kernel interface that is ioctl.

use crate::errno::Errno;
use crate::platform;
use crate::types::*;

/// Asks a device for `command` with the data, and stores its answer in `*info` unless that is null. An error number or
/// 0. POSIX `posix_devctl`.
///
/// `EINVAL` if the command's number says that its data is larger than `size`.
///
/// # Safety
/// `data` is what the command takes, `size` bytes; `info` is null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_devctl(
    fd: c_int,
    command: c_int,
    data: *mut c_void,
    size: size_t,
    info: *mut c_int,
) -> c_int {
    /// Where the number of a command holds the size of its data (`_IOC_SIZE`); 0 in the older ones.
    const SIZE_SHIFT: u32 = 16;
    const SIZE_MASK: usize = 0x3fff;
    let command = command.cast_unsigned();
    let wanted = (command >> SIZE_SHIFT) as usize & SIZE_MASK;
    if !data.is_null() && size > 0 && wanted > size {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    match unsafe { platform::ioctl(fd, command.into(), data as usize) } {
        Ok(answer) => {
            if !info.is_null() {
                // SAFETY: the caller's place.
                unsafe { info.write(answer) };
            }
            0
        }
        Err(error) => error.0,
    }
}
