//! `sys/sysmacros.h`: device numbers. 32 bits of major and 32 of minor number, interleaved as glibc has them.

use crate::types::*;

/// The driver of a device. makedev(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gnu_dev_major(dev: dev_t) -> c_uint {
    ((dev >> 8 & 0xfff) | (dev >> 32 & 0xffff_f000)) as c_uint
}

/// The device of its driver. makedev(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gnu_dev_minor(dev: dev_t) -> c_uint {
    ((dev & 0xff) | (dev >> 12 & 0xffff_ff00)) as c_uint
}

/// A device number. makedev(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gnu_dev_makedev(major: c_uint, minor: c_uint) -> dev_t {
    {
        let (major, minor) = (dev_t::from(major), dev_t::from(minor));
        (major & 0xfff) << 8
            | (major & 0xffff_f000) << 32
            | (minor & 0xff)
            | (minor & 0xffff_ff00) << 12
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_glibcs() {
        for (major, minor) in [
            (0, 0),
            (1, 3),
            (5, 1),
            (0xfff, 0xff),
            (0x1234_5678, 0x9abc_def0),
            (u32::MAX, u32::MAX),
        ] {
            // SAFETY: numbers only.
            unsafe {
                let dev = gnu_dev_makedev(major, minor);
                assert_eq!(dev, libc::makedev(major, minor));
                assert_eq!((gnu_dev_major(dev), gnu_dev_minor(dev)), (major, minor));
            }
        }
    }
}
