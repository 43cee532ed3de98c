//! Capabilities (capabilities(7)), of which the kernel has two sets: all of
//! them, for the effective user 0, and none.

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use crate::errno::{Errno, Result};
use crate::mm::user::{read_struct, write_struct};
use crate::process;

/// The highest capability that there is (`CAP_CHECKPOINT_RESTORE`).
pub const LAST: u32 = 40;

const ALL: u64 = (1 << (LAST + 1)) - 1;

/// `struct __user_cap_header_struct`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`: 32 capabilities of each set.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, PartialEq, Eq)]
#[repr(C)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// How many [`Sets`] a version has; `None` for an unknown one, which is
/// answered with the newest.
fn count(header: usize, version: u32) -> Result<Option<usize>> {
    match version {
        raw::_LINUX_CAPABILITY_VERSION_1 => Ok(Some(1)),
        raw::_LINUX_CAPABILITY_VERSION_2 | raw::_LINUX_CAPABILITY_VERSION_3 => Ok(Some(2)),
        _ => {
            hal::user::store_u32(header, raw::_LINUX_CAPABILITY_VERSION_3)?;
            Ok(None)
        }
    }
}

fn sets(privileged: bool) -> [Sets; 2] {
    let held = if privileged { ALL } else { 0 };
    [held as u32, (held >> 32) as u32].map(|half| Sets {
        effective: half,
        permitted: half,
        inheritable: 0,
    })
}

/// capget(2).
pub fn capget(cx: &Context, [header, data, ..]: [usize; 6]) -> Result<usize> {
    let raw_header: Header = read_struct(header)?;
    let Some(count) = count(header, raw_header.version)? else {
        return if data == 0 { Ok(0) } else { Err(Errno::EINVAL) };
    };
    let target = match raw_header.pid {
        0 => cx.process.clone(),
        pid if pid < 0 => return Err(Errno::EINVAL),
        pid => process::find_thread(pid as u32)
            .ok_or(Errno::ESRCH)?
            .process
            .clone(),
    };
    if data == 0 {
        return Err(Errno::EFAULT);
    }
    let held = sets(target.credentials().is_privileged());
    for (index, set) in held[..count].iter().enumerate() {
        write_struct(data.wrapping_add(index * size_of::<Sets>()), set)?;
    }
    Ok(0)
}

/// capset(2): a process cannot have some capabilities only, so anything but
/// what it has answers `EPERM`.
pub fn capset(cx: &Context, [header, data, ..]: [usize; 6]) -> Result<usize> {
    let raw_header: Header = read_struct(header)?;
    let Some(count) = count(header, raw_header.version)? else {
        return Err(Errno::EINVAL);
    };
    if raw_header.pid != 0 && raw_header.pid as u32 != cx.thread.tid() {
        return Err(Errno::EPERM);
    }
    let held = sets(cx.process.credentials().is_privileged());
    for (index, set) in held[..count].iter().enumerate() {
        let wanted: Sets = read_struct(data.wrapping_add(index * size_of::<Sets>()))?;
        if wanted != *set {
            return Err(Errno::EPERM);
        }
    }
    Ok(0)
}
