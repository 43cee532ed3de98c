//! Mounting: `mount`, `umount2`, `pivot_root`.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::{AT_FDCWD, check_flags, locate};
use crate::errno::{Errno, Result};
use crate::fs::devfs;
use crate::fs::devpts::DevPts;
use crate::fs::inode::FileSystem;
use crate::fs::mount::{self, Below, Unmounting};
use crate::fs::path::Location;
use crate::fs::procfs::ProcFs;
use crate::fs::ramfs::RamFs;
use crate::fs::sysfs::SysFs;
use crate::mm::user::{read_path, read_string};
use crate::process::{self, Capability};

/// Flags that stay with the mount.
const KEPT: u32 = raw::MS_RDONLY
    | raw::MS_NOSUID
    | raw::MS_NODEV
    | raw::MS_NOEXEC
    | raw::MS_NOSYMFOLLOW
    | raw::MS_NOATIME
    | raw::MS_NODIRATIME;
/// Flags that hold anyway: access times by the rule of `MS_RELATIME`, memory that is always in step, no messages.
const HINTS: u32 = raw::MS_RELATIME | raw::MS_SYNCHRONOUS | raw::MS_DIRSYNC | raw::MS_SILENT;
/// What a call does instead of mounting something new.
const OPERATIONS: u32 = raw::MS_REMOUNT | raw::MS_BIND | raw::MS_MOVE | raw::MS_PRIVATE;
/// The magic number that old programs put in the upper half (mount(2), notes).
const MAGIC: u32 = 0xc0ed_0000;
const TYPE_MAX: usize = 64;
const OPTIONS_MAX: usize = 4095;

fn check_privileged(cx: &Context) -> Result<()> {
    if cx.thread.credentials().has(Capability::SysAdmin) {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

fn read_options(address: usize) -> Result<Vec<u8>> {
    match address {
        0 => Ok(Vec::new()),
        address => read_string(address, OPTIONS_MAX, Errno::EINVAL),
    }
}

fn check_top(at: &Location) -> Result<()> {
    if Arc::ptr_eq(&at.dentry, at.mount.root()) {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// mount(2). Mounts do not propagate: every mount is private, and `MS_SHARED` and its like are `EINVAL`.
pub fn mount(cx: &Context, [source, target, kind, flags, options, _]: [usize; 6]) -> Result<usize> {
    let flags = if flags as u32 & 0xffff_0000 == MAGIC {
        flags & 0xffff
    } else {
        flags
    };
    let flags = check_flags(flags, KEPT | HINTS | OPERATIONS | raw::MS_REC)?;
    let kept = flags & KEPT;
    let on = locate(cx, AT_FDCWD, target, 0)?;
    check_privileged(cx)?;
    if flags & raw::MS_REMOUNT != 0 {
        check_top(&on)?;
        let options = read_options(options)?;
        if flags & raw::MS_BIND == 0 {
            on.mount.reconfigure(kept, &options)?;
        } else {
            on.mount.set_flags(kept)?;
        }
    } else if flags & raw::MS_BIND != 0 {
        let from = locate(cx, AT_FDCWD, source, 0)?;
        let below = if flags & raw::MS_REC != 0 {
            Below::Along
        } else {
            Below::Hidden
        };
        mount::bind(&from, on, below)?;
    } else if flags & raw::MS_PRIVATE != 0 {
        check_top(&on)?;
    } else if flags & raw::MS_MOVE != 0 {
        mount::move_to(&locate(cx, AT_FDCWD, source, 0)?, on)?;
    } else if kind == 0 {
        return Err(Errno::EINVAL);
    } else {
        let kind = read_string(kind, TYPE_MAX, Errno::EINVAL)?;
        let source = match source {
            0 => b"none".to_vec(),
            address => read_path(address)?,
        };
        let file_system = make(&kind, &read_options(options)?)?;
        mount::mount(file_system, &source, on, kept)?;
    }
    Ok(0)
}

fn make(kind: &[u8], options: &[u8]) -> Result<Arc<dyn FileSystem>> {
    match kind {
        b"tmpfs" => Ok(Arc::new(RamFs::tmpfs(options)?)),
        b"proc" | b"sysfs" | b"devtmpfs" if !options.is_empty() => Err(Errno::EINVAL),
        b"proc" => Ok(Arc::new(ProcFs)),
        b"sysfs" => Ok(Arc::new(SysFs)),
        b"devtmpfs" => devfs::new(),
        b"devpts" => devpts(options),
        _ => Err(Errno::ENODEV),
    }
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

/// umount2(2). `MNT_FORCE` has nothing to force.
pub fn umount2(cx: &Context, [target, flags, ..]: [usize; 6]) -> Result<usize> {
    let known = raw::MNT_FORCE | raw::MNT_DETACH | raw::MNT_EXPIRE | raw::UMOUNT_NOFOLLOW;
    let flags = check_flags(flags, known)?;
    let how = match (flags & raw::MNT_DETACH != 0, flags & raw::MNT_EXPIRE != 0) {
        (false, false) => Unmounting::Unused,
        (true, false) => Unmounting::Lazily,
        (false, true) if flags & raw::MNT_FORCE == 0 => Unmounting::Expired,
        _ => return Err(Errno::EINVAL),
    };
    let follow = if flags & raw::UMOUNT_NOFOLLOW != 0 {
        raw::AT_SYMLINK_NOFOLLOW
    } else {
        0
    };
    check_privileged(cx)?;
    let at = locate(cx, AT_FDCWD, target, follow)?;
    mount::unmount(&at, how)?;
    Ok(0)
}

/// pivot_root(2).
pub fn pivot_root(cx: &Context, [new, old, ..]: [usize; 6]) -> Result<usize> {
    check_privileged(cx)?;
    let directory = |path| {
        let place = locate(cx, AT_FDCWD, path, 0)?;
        if place.dentry.is_directory() {
            Ok(place)
        } else {
            Err(Errno::ENOTDIR)
        }
    };
    let new = directory(new)?;
    let old = directory(old)?;
    let root = cx.process.fs().lock().root.clone();
    mount::pivot(&root, &new, old)?;
    // Whoever had the old root as root or working directory has the new one now.
    for process in process::all() {
        let fs = process.fs();
        let mut fs = fs.lock();
        let fs = &mut *fs;
        for place in [&mut fs.root, &mut fs.cwd] {
            if *place == root {
                *place = new.clone();
            }
        }
    }
    Ok(0)
}
