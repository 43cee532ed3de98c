//! What files are: `stat` and its kin, permissions, owners, times.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;
use zerocopy::{Immutable, IntoBytes};

use super::Context;
use super::lookup::{AT_FDCWD, Base, check_flags, file, locate, locate_or_null};
use super::time::RawTime;
use crate::errno::{Errno, Result};
use crate::fs::inode::{AttributeChanges, FileType, Inode};
use crate::fs::mount::flags::{NO_EXECUTE, READ_ONLY};
use crate::fs::notify;
use crate::fs::path::{LastLink, Location};
use crate::fs::permission::{self, EXECUTE, MODE_BITS, SET_GID, SET_UID, WRITE};
use crate::mm::user::{read_path, read_struct, write_struct};
use crate::process::capabilities::NO_SETUID_FIXUP;
use crate::process::{Capability, CapabilitySet};
use crate::time::{NANOSECONDS, Timespec};

/// `struct stat` of x86-64.
#[derive(Clone, Copy, IntoBytes, Immutable)]
#[repr(C)]
struct RawStat {
    device: u64,
    inode: u64,
    links: u64,
    mode: u32,
    uid: u32,
    gid: u32,
    padding: u32,
    device_number: u64,
    size: i64,
    block_size: i64,
    blocks: i64,
    times: [[i64; 2]; 3],
    unused: [i64; 3],
}

fn raw_time(time: Timespec) -> [i64; 2] {
    [time.seconds, time.nanoseconds.into()]
}

fn write_stat(address: usize, inode: &dyn Inode) -> Result<usize> {
    let data = inode.metadata();
    let stat = RawStat {
        device: data.device,
        inode: data.inode,
        links: data.links.into(),
        mode: data.kind as u32 | data.mode,
        uid: data.uid,
        gid: data.gid,
        padding: 0,
        device_number: data.device_number,
        size: data.size as i64,
        block_size: hal::mem::PAGE_SIZE as i64,
        blocks: data.blocks as i64,
        times: [data.accessed, data.modified, data.changed].map(raw_time),
        unused: [0; 3],
    };
    write_struct(address, &stat)?;
    Ok(0)
}

/// stat(2).
pub fn stat(cx: &Context, [path, out, ..]: [usize; 6]) -> Result<usize> {
    write_stat(out, &**locate(cx, AT_FDCWD, path, 0)?.inode())
}

/// lstat(2).
pub fn lstat(cx: &Context, [path, out, ..]: [usize; 6]) -> Result<usize> {
    write_stat(
        out,
        &**locate(cx, AT_FDCWD, path, raw::AT_SYMLINK_NOFOLLOW)?.inode(),
    )
}

/// fstat(2).
pub fn fstat(cx: &Context, [fd, out, ..]: [usize; 6]) -> Result<usize> {
    write_stat(out, &**file(cx.process, fd)?.inode())
}

/// newfstatat(2).
pub fn newfstatat(cx: &Context, [dirfd, path, out, flags, ..]: [usize; 6]) -> Result<usize> {
    let known = raw::AT_SYMLINK_NOFOLLOW
        | raw::AT_NO_AUTOMOUNT
        | raw::AT_EMPTY_PATH
        | raw::AT_STATX_SYNC_TYPE;
    let flags = check_flags(flags, known)?;
    write_stat(out, &**locate_or_null(cx, dirfd, path, flags)?.inode())
}

/// `struct statx_timestamp`.
#[derive(Clone, Copy, IntoBytes, Immutable)]
#[repr(C)]
struct StatxTime {
    seconds: i64,
    nanoseconds: u32,
    padding: i32,
}

/// `struct statx`.
#[derive(Clone, Copy, IntoBytes, Immutable)]
#[repr(C)]
struct RawStatx {
    mask: u32,
    block_size: u32,
    attributes: u64,
    links: u32,
    uid: u32,
    gid: u32,
    mode: u16,
    padding: u16,
    inode: u64,
    size: u64,
    blocks: u64,
    attributes_mask: u64,
    /// Access, creation, change, modification.
    times: [StatxTime; 4],
    device_number: [u32; 2],
    device: [u32; 2],
    mount: u64,
    alignments: [u32; 2],
    spare: [u64; 12],
}

/// Major and minor part of a device number (makedev(3)).
fn split_device(device: u64) -> [u32; 2] {
    let major = (device >> 8 & 0xfff) | (device >> 32 & !0xfff);
    let minor = (device & 0xff) | (device >> 12 & !0xff);
    [major as u32, minor as u32]
}

/// statx(2): all fields are always given.
pub fn statx(cx: &Context, [dirfd, path, flags, mask, out, _]: [usize; 6]) -> Result<usize> {
    let known = raw::AT_SYMLINK_NOFOLLOW
        | raw::AT_NO_AUTOMOUNT
        | raw::AT_EMPTY_PATH
        | raw::AT_STATX_SYNC_TYPE;
    let flags = check_flags(flags, known)?;
    if flags & raw::AT_STATX_SYNC_TYPE == raw::AT_STATX_SYNC_TYPE
        || mask as u32 & raw::STATX__RESERVED != 0
    {
        return Err(Errno::EINVAL);
    }
    let location = locate_or_null(cx, dirfd, path, flags)?;
    let data = location.inode().metadata();
    let time = |time: Timespec| StatxTime {
        seconds: time.seconds,
        nanoseconds: time.nanoseconds,
        padding: 0,
    };
    let statx = RawStatx {
        mask: raw::STATX_BASIC_STATS | raw::STATX_BTIME | raw::STATX_MNT_ID,
        block_size: hal::mem::PAGE_SIZE as u32,
        attributes: if Arc::ptr_eq(&location.dentry, location.mount.root()) {
            raw::STATX_ATTR_MOUNT_ROOT.into()
        } else {
            0
        },
        links: data.links,
        uid: data.uid,
        gid: data.gid,
        mode: (data.kind as u32 | data.mode) as u16,
        padding: 0,
        inode: data.inode,
        size: data.size,
        blocks: data.blocks,
        attributes_mask: raw::STATX_ATTR_MOUNT_ROOT.into(),
        times: [data.accessed, data.created, data.changed, data.modified].map(time),
        device_number: split_device(data.device_number),
        device: split_device(data.device),
        mount: location.mount.id(),
        alignments: [0; 2],
        spare: [0; 12],
    };
    write_struct(out, &statx)?;
    Ok(0)
}

/// faccessat2(2).
pub fn faccessat2(cx: &Context, [dirfd, path, mode, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(
        flags,
        raw::AT_EACCESS | raw::AT_SYMLINK_NOFOLLOW | raw::AT_EMPTY_PATH,
    )?;
    if mode & !7 != 0 {
        return Err(Errno::EINVAL);
    }
    let credentials = cx.thread.credentials();
    let credentials = if flags & raw::AT_EACCESS != 0 {
        credentials
    } else {
        // The real identities count: what would the invoking user be allowed?
        let mut real = (*credentials).clone();
        (real.fsuid, real.fsgid) = (real.uid, real.gid);
        // And their rights: none but root's, unless a program has parted the two (access(2), capabilities(7)).
        if !real.capabilities.is_secure(NO_SETUID_FIXUP) {
            real.capabilities.effective = if real.uid == 0 {
                real.capabilities.permitted
            } else {
                CapabilitySet::EMPTY
            };
        }
        Arc::new(real)
    };
    let location = locate(cx, dirfd, path, flags)?;
    if mode as u32 & WRITE != 0
        && location.mount.read_only()
        && matches!(
            location.inode().kind(),
            FileType::Regular | FileType::Directory
        )
    {
        return Err(Errno::EROFS);
    }
    if mode as u32 & EXECUTE != 0
        && location.mount.flags() & NO_EXECUTE != 0
        && location.inode().kind() == FileType::Regular
    {
        return Err(Errno::EACCES);
    }
    permission::check(&**location.inode(), &credentials, mode as u32)?;
    Ok(0)
}

/// faccessat(2), the call without flags.
pub fn faccessat(cx: &Context, [dirfd, path, mode, ..]: [usize; 6]) -> Result<usize> {
    faccessat2(cx, [dirfd, path, mode, 0, 0, 0])
}

/// access(2).
pub fn access(cx: &Context, [path, mode, ..]: [usize; 6]) -> Result<usize> {
    faccessat2(cx, [AT_FDCWD, path, mode, 0, 0, 0])
}

fn check_writable(location: &Location) -> Result<()> {
    if location.mount.read_only() {
        Err(Errno::EROFS)
    } else {
        Ok(())
    }
}

fn set_mode(cx: &Context, location: &Location, mode: usize) -> Result<usize> {
    check_writable(location)?;
    let inode = location.inode();
    let credentials = cx.thread.credentials();
    if inode.kind() == FileType::SymbolicLink {
        return Err(Errno::EOPNOTSUPP);
    }
    if !permission::is_owner(&**inode, &credentials) {
        return Err(Errno::EPERM);
    }
    let mut mode = mode as u32 & MODE_BITS;
    // Only members may make a file run as its group (chmod(2)).
    if !credentials.has(Capability::FileSetId) && !credentials.in_group(inode.ownership().gid) {
        mode &= !SET_GID;
    }
    inode.set_attributes(&AttributeChanges {
        mode: Some(mode),
        ..Default::default()
    })?;
    notify::at(&location.dentry, raw::IN_ATTRIB);
    Ok(0)
}

/// chmod(2).
pub fn chmod(cx: &Context, [path, mode, ..]: [usize; 6]) -> Result<usize> {
    set_mode(cx, &locate(cx, AT_FDCWD, path, 0)?, mode)
}

/// fchmod(2).
pub fn fchmod(cx: &Context, [fd, mode, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    set_mode(cx, file.location(), mode)
}

/// fchmodat(2), the call without flags.
pub fn fchmodat(cx: &Context, [dirfd, path, mode, ..]: [usize; 6]) -> Result<usize> {
    set_mode(cx, &locate(cx, dirfd, path, 0)?, mode)
}

/// fchmodat2(2).
pub fn fchmodat2(cx: &Context, [dirfd, path, mode, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::AT_SYMLINK_NOFOLLOW | raw::AT_EMPTY_PATH)?;
    set_mode(cx, &locate(cx, dirfd, path, flags)?, mode)
}

fn set_owner(cx: &Context, location: &Location, uid: usize, gid: usize) -> Result<usize> {
    check_writable(location)?;
    let inode = location.inode();
    let credentials = cx.thread.credentials();
    let wanted = |id: usize| (id as u32 != u32::MAX).then_some(id as u32);
    let (uid, gid) = (wanted(uid), wanted(gid));
    let old = inode.ownership();
    if uid.is_none() && gid.is_none() && cleared_set_id(inode.kind(), old.mode).is_none() {
        // Nothing is to change but the time of that: nobody needs a right for it, and nobody is told.
        inode.set_attributes(&AttributeChanges::default())?;
        return Ok(0);
    }
    if !credentials.has(Capability::Chown) {
        // Owners may give their files to groups of their own, no more (chown(2)).
        let keeps_owner = uid.is_none_or(|uid| uid == old.uid);
        let own_group = gid.is_none_or(|gid| credentials.in_group(gid));
        if old.uid != credentials.fsuid || !keeps_owner || !own_group {
            return Err(Errno::EPERM);
        }
    }
    let changes = AttributeChanges {
        uid,
        gid,
        mode: cleared_set_id(inode.kind(), old.mode),
        ..Default::default()
    };
    inode.set_attributes(&changes)?;
    notify::at(&location.dentry, raw::IN_ATTRIB);
    Ok(0)
}

/// The mode without its set-id bits, when a change of owner takes them away
/// (also root's, as Linux decides the case that POSIX leaves open).
fn cleared_set_id(kind: FileType, mode: u32) -> Option<u32> {
    let mut bits = SET_UID;
    // Without group execution the bit means something else.
    if mode & 0o010 != 0 {
        bits |= SET_GID;
    }
    let clears = kind == FileType::Regular && mode & bits != 0;
    clears.then_some(mode & !bits)
}

/// chown(2).
pub fn chown(cx: &Context, [path, uid, gid, ..]: [usize; 6]) -> Result<usize> {
    set_owner(cx, &locate(cx, AT_FDCWD, path, 0)?, uid, gid)
}

/// lchown(2).
pub fn lchown(cx: &Context, [path, uid, gid, ..]: [usize; 6]) -> Result<usize> {
    set_owner(
        cx,
        &locate(cx, AT_FDCWD, path, raw::AT_SYMLINK_NOFOLLOW)?,
        uid,
        gid,
    )
}

/// fchown(2).
pub fn fchown(cx: &Context, [fd, uid, gid, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    set_owner(cx, file.location(), uid, gid)
}

/// fchownat(2).
pub fn fchownat(cx: &Context, [dirfd, path, uid, gid, flags, _]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::AT_SYMLINK_NOFOLLOW | raw::AT_EMPTY_PATH)?;
    set_owner(cx, &locate(cx, dirfd, path, flags)?, uid, gid)
}

/// A new timestamp: "now", "leave it", or a given moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NewTime {
    Now,
    Keep,
    At(Timespec),
}

impl NewTime {
    fn decode(raw_time: RawTime) -> Result<NewTime> {
        match raw_time.fraction {
            fraction if fraction == i64::from(raw::UTIME_NOW) => Ok(NewTime::Now),
            fraction if fraction == i64::from(raw::UTIME_OMIT) => Ok(NewTime::Keep),
            fraction if (0..NANOSECONDS as i64).contains(&fraction) => Ok(NewTime::At(Timespec {
                seconds: raw_time.seconds,
                nanoseconds: fraction as u32,
            })),
            _ => Err(Errno::EINVAL),
        }
    }

    fn resolve(self) -> Option<Timespec> {
        match self {
            NewTime::Now => Some(Timespec::now()),
            NewTime::Keep => None,
            NewTime::At(time) => Some(time),
        }
    }
}

fn set_times(cx: &Context, location: &Location, times: [NewTime; 2]) -> Result<usize> {
    check_writable(location)?;
    if times == [NewTime::Keep; 2] {
        return Ok(0);
    }
    let inode = location.inode();
    let credentials = cx.thread.credentials();
    if !permission::is_owner(&**inode, &credentials) {
        // Whoever may write may say "now" (utimensat(2)).
        if times != [NewTime::Now; 2] {
            return Err(Errno::EPERM);
        }
        permission::check(&**inode, &credentials, WRITE)?;
    }
    inode.set_attributes(&AttributeChanges {
        accessed: times[0].resolve(),
        modified: times[1].resolve(),
        ..Default::default()
    })?;
    // One time alone stands for what would have set it.
    let event = match times.map(|time| time != NewTime::Keep) {
        [true, false] => raw::IN_ACCESS,
        [false, true] => raw::IN_MODIFY,
        _ => raw::IN_ATTRIB,
    };
    notify::at(&location.dentry, event);
    Ok(0)
}

/// utimensat(2).
pub fn utimensat(cx: &Context, [dirfd, path, times, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::AT_SYMLINK_NOFOLLOW | raw::AT_EMPTY_PATH)?;
    let times = if times == 0 {
        [NewTime::Now; 2]
    } else {
        let [a, b]: [RawTime; 2] = read_struct(times)?;
        [NewTime::decode(a)?, NewTime::decode(b)?]
    };
    let location = locate_or_own(cx, dirfd, path, flags)?;
    set_times(cx, &location, times)
}

/// As [`locate`]; without a path the descriptor itself is meant (futimens(3)), which must then be one of an open file.
fn locate_or_own(cx: &Context, dirfd: usize, path: usize, flags: u32) -> Result<Location> {
    if path != 0 || dirfd as i32 == raw::AT_FDCWD {
        return locate(cx, dirfd, path, flags);
    }
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let file = file(cx.process, dirfd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    Ok(file.location().clone())
}

fn from_timevals(address: usize) -> Result<[NewTime; 2]> {
    if address == 0 {
        return Ok([NewTime::Now; 2]);
    }
    let times: [RawTime; 2] = read_struct(address)?;
    let mut new = [NewTime::Now; 2];
    for (new, time) in new.iter_mut().zip(times) {
        if !(0..1_000_000).contains(&time.fraction) {
            return Err(Errno::EINVAL);
        }
        let nanoseconds = time.fraction as u32 * 1000;
        *new = NewTime::At(Timespec {
            seconds: time.seconds,
            nanoseconds,
        });
    }
    Ok(new)
}

/// utimes(2).
pub fn utimes(cx: &Context, [path, times, ..]: [usize; 6]) -> Result<usize> {
    futimesat(cx, [AT_FDCWD, path, times, 0, 0, 0])
}

/// futimesat(2).
pub fn futimesat(cx: &Context, [dirfd, path, times, ..]: [usize; 6]) -> Result<usize> {
    let times = from_timevals(times)?;
    set_times(cx, &locate_or_own(cx, dirfd, path, 0)?, times)
}

/// utime(2).
pub fn utime(cx: &Context, [path, times, ..]: [usize; 6]) -> Result<usize> {
    let times = if times == 0 {
        [NewTime::Now; 2]
    } else {
        let seconds: [i64; 2] = read_struct(times)?;
        seconds.map(|seconds| {
            NewTime::At(Timespec {
                seconds,
                nanoseconds: 0,
            })
        })
    };
    set_times(cx, &locate(cx, AT_FDCWD, path, 0)?, times)
}

/// readlinkat(2). An empty path names the link that the descriptor holds.
pub fn readlinkat(cx: &Context, [dirfd, path, out, size, ..]: [usize; 6]) -> Result<usize> {
    if (size as i32) <= 0 {
        return Err(Errno::EINVAL);
    }
    let path = read_path(path)?;
    let location = if path.is_empty() {
        if dirfd as i32 == raw::AT_FDCWD {
            return Err(Errno::ENOENT);
        }
        file(cx.process, dirfd)?.location().clone()
    } else {
        Base::new(cx.thread, dirfd, &path)?.find(&path, LastLink::Keep)?
    };
    if location.inode().kind() != FileType::SymbolicLink {
        return Err(if path.is_empty() {
            Errno::ENOENT
        } else {
            Errno::EINVAL
        });
    }
    let target = location.inode().read_link()?;
    let length = target.len().min(size as i32 as usize);
    hal::user::copy_out(out, &target[..length])?;
    Ok(length)
}

/// readlink(2).
pub fn readlink(cx: &Context, [path, out, size, ..]: [usize; 6]) -> Result<usize> {
    readlinkat(cx, [AT_FDCWD, path, out, size, 0, 0])
}

/// `struct statfs`.
#[derive(Clone, Copy, IntoBytes, Immutable)]
#[repr(C)]
struct RawStatfs {
    magic: i64,
    block_size: i64,
    blocks: u64,
    free_blocks: u64,
    available_blocks: u64,
    files: u64,
    free_files: u64,
    identity: u64,
    name_length: i64,
    fragment_size: i64,
    flags: i64,
    spare: [i64; 4],
}

/// `ST_VALID`: the flags mean something.
const ST_VALID: i64 = 0x20;

fn write_statfs(address: usize, location: &Location) -> Result<usize> {
    let statistics = location.mount.file_system().statistics();
    let page = hal::mem::PAGE_SIZE as i64;
    let mut flags = location.mount.flags();
    if location.mount.read_only() {
        flags |= READ_ONLY;
    }
    let raw_statfs = RawStatfs {
        magic: statistics.magic as i64,
        block_size: page,
        blocks: statistics.total_pages,
        free_blocks: statistics.free_pages,
        available_blocks: statistics.free_pages,
        files: statistics.nodes,
        free_files: statistics.free_nodes,
        identity: statistics.identity,
        name_length: crate::fs::inode::NAME_MAX as i64,
        fragment_size: page,
        flags: i64::from(flags) | ST_VALID,
        spare: [0; 4],
    };
    write_struct(address, &raw_statfs)?;
    Ok(0)
}

/// statfs(2).
pub fn statfs(cx: &Context, [path, out, ..]: [usize; 6]) -> Result<usize> {
    write_statfs(out, &locate(cx, AT_FDCWD, path, 0)?)
}

/// fstatfs(2).
pub fn fstatfs(cx: &Context, [fd, out, ..]: [usize; 6]) -> Result<usize> {
    write_statfs(out, file(cx.process, fd)?.location())
}
