//! Watching files: `inotify_init`, `inotify_add_watch`, `inotify_rm_watch`.

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::{AT_FDCWD, check_flags, file, locate, object_of};
use crate::errno::{Errno, Result};
use crate::fs::inotify::Inotify;
use crate::fs::permission::{self, READ};

/// Every bit that a mask may have; at least one must be there.
const KNOWN: u32 = raw::IN_ALL_EVENTS
    | raw::IN_UNMOUNT
    | raw::IN_Q_OVERFLOW
    | raw::IN_IGNORED
    | raw::IN_ONLYDIR
    | raw::IN_DONT_FOLLOW
    | raw::IN_EXCL_UNLINK
    | raw::IN_MASK_CREATE
    | raw::IN_MASK_ADD
    | raw::IN_ISDIR
    | raw::IN_ONESHOT;

/// inotify_init1(2).
pub fn inotify_init1(cx: &Context, [flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::IN_NONBLOCK | raw::IN_CLOEXEC)?;
    let user = cx.thread.credentials().uid;
    let file = Inotify::create(user, flags & raw::O_NONBLOCK)?;
    super::open::install(cx.process, file, flags & raw::IN_CLOEXEC != 0)
}

/// inotify_init(2) of old: no flags.
pub fn inotify_init(cx: &Context, _: [usize; 6]) -> Result<usize> {
    inotify_init1(cx, [0; 6])
}

/// inotify_add_watch(2). Bits that no event or flag has are not looked at, as on Linux.
pub fn inotify_add_watch(cx: &Context, [fd, path, mask, ..]: [usize; 6]) -> Result<usize> {
    let mask = mask as u32;
    if mask & KNOWN == 0 {
        return Err(Errno::EINVAL);
    }
    let instance = file(cx.process, fd)?;
    let both = raw::IN_MASK_ADD | raw::IN_MASK_CREATE;
    if mask & both == both {
        return Err(Errno::EINVAL);
    }
    let instance = object_of::<Inotify>(&instance, Errno::EINVAL)?;
    let follow = if mask & raw::IN_DONT_FOLLOW != 0 {
        raw::AT_SYMLINK_NOFOLLOW
    } else {
        0
    };
    let place = locate(cx, AT_FDCWD, path, follow)?;
    if mask & raw::IN_ONLYDIR != 0 && !place.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    permission::check(&**place.inode(), &cx.thread.credentials(), READ)?;
    Ok(instance.add(place.inode(), mask)? as usize)
}

/// inotify_rm_watch(2).
pub fn inotify_rm_watch(cx: &Context, [fd, descriptor, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    let instance = object_of::<Inotify>(&file, Errno::EINVAL)?;
    instance.remove(descriptor as i32)?;
    Ok(0)
}
