//! Mounting: `mount` and `umount2`.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::{AT_FDCWD, check_flags, locate};
use crate::errno::{Errno, Result};
use crate::fs::devfs;
use crate::fs::devpts::DevPts;
use crate::fs::inode::{FileSystem, Ownership};
use crate::fs::mount;
use crate::fs::procfs::ProcFs;
use crate::fs::ramfs::RamFs;
use crate::mm::user::read_string;

/// Flags that stay with the mount.
const KEPT: u32 = raw::MS_RDONLY | raw::MS_NOSUID | raw::MS_NODEV | raw::MS_NOEXEC;
/// Flags about access times, which are kept by the rule of `MS_RELATIME` always, and about messages.
const HINTS: u32 = raw::MS_RELATIME | raw::MS_SILENT;
/// The magic number that old programs put in the upper half (mount(2), notes).
const MAGIC: u32 = 0xc0ed_0000;
const TYPE_MAX: usize = 64;
const OPTIONS_MAX: usize = 4095;

/// mount(2): `tmpfs`, `proc` and `devtmpfs`, `MS_BIND`, `MS_REMOUNT`.
pub fn mount(cx: &Context, [source, target, kind, flags, options, _]: [usize; 6]) -> Result<usize> {
    if !cx.process.credentials().is_privileged() {
        return Err(Errno::EPERM);
    }
    let flags = if flags as u32 & 0xffff_0000 == MAGIC {
        flags & 0xffff
    } else {
        flags
    };
    let flags = check_flags(flags, KEPT | HINTS | raw::MS_BIND | raw::MS_REMOUNT)?;
    let kept = flags & KEPT;
    let on = locate(cx, AT_FDCWD, target, 0)?;
    match (flags & raw::MS_REMOUNT != 0, flags & raw::MS_BIND != 0) {
        (true, _) => {
            if !Arc::ptr_eq(&on.dentry, on.mount.root()) {
                return Err(Errno::EINVAL);
            }
            on.mount.set_flags(kept);
        }
        (false, true) => {
            let from = locate(cx, AT_FDCWD, source, 0)?;
            mount::bind(&from, on)?;
        }
        (false, false) => {
            let kind = read_string(kind, TYPE_MAX, Errno::EINVAL)?;
            let options = match options {
                0 => alloc::vec::Vec::new(),
                address => read_string(address, OPTIONS_MAX, Errno::EINVAL)?,
            };
            mount::mount(make(&kind, &options)?, on, kept)?;
        }
    }
    Ok(0)
}

fn make(kind: &[u8], options: &[u8]) -> Result<Arc<dyn FileSystem>> {
    match kind {
        b"tmpfs" => tmpfs(options),
        b"proc" | b"devtmpfs" if !options.is_empty() => Err(Errno::EINVAL),
        b"proc" => Ok(Arc::new(ProcFs)),
        b"devtmpfs" => devfs::new(),
        b"devpts" => devpts(options),
        _ => Err(Errno::ENODEV),
    }
}

/// A tmpfs with the options `mode`, `uid` and `gid` of tmpfs(5).
fn tmpfs(options: &[u8]) -> Result<Arc<dyn FileSystem>> {
    let mut root = Ownership {
        mode: 0o1777,
        uid: 0,
        gid: 0,
    };
    let options = core::str::from_utf8(options).map_err(|_| Errno::EINVAL)?;
    for option in options.split(',').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or(Errno::EINVAL)?;
        let radix = if name == "mode" { 8 } else { 10 };
        let value = u32::from_str_radix(value, radix).map_err(|_| Errno::EINVAL)?;
        match name {
            "mode" if value <= 0o7777 => root.mode = value,
            "uid" => root.uid = value,
            "gid" => root.gid = value,
            _ => return Err(Errno::EINVAL),
        }
    }
    Ok(Arc::new(RamFs::with_default_limits("tmpfs", root)))
}

/// The one devpts there is. Its options say what holds anyway: slaves are mode 620, group 5, as distributions have it.
fn devpts(options: &[u8]) -> Result<Arc<dyn FileSystem>> {
    const AS_IT_IS: [&[u8]; 6] = [
        b"mode=620",
        b"mode=0620",
        b"gid=5",
        b"ptmxmode=666",
        b"ptmxmode=0666",
        b"newinstance",
    ];
    let mut parts = options.split(|&byte| byte == b',');
    if parts.all(|part| part.is_empty() || AS_IT_IS.contains(&part)) {
        Ok(Arc::new(DevPts))
    } else {
        Err(Errno::EINVAL)
    }
}

/// umount2(2). `MNT_FORCE` has nothing to force; `MNT_EXPIRE` is not supported.
pub fn umount2(cx: &Context, [target, flags, ..]: [usize; 6]) -> Result<usize> {
    const NO_FOLLOW: u32 = 8;
    let flags = check_flags(flags, raw::MNT_FORCE | raw::MNT_DETACH | NO_FOLLOW)?;
    if !cx.process.credentials().is_privileged() {
        return Err(Errno::EPERM);
    }
    let follow = if flags & NO_FOLLOW != 0 {
        raw::AT_SYMLINK_NOFOLLOW
    } else {
        0
    };
    let at = locate(cx, AT_FDCWD, target, follow)?;
    mount::unmount(&at, flags & raw::MNT_DETACH != 0)?;
    Ok(0)
}
