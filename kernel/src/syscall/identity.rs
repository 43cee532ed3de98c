//! Users and groups (credentials(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Context;
use crate::errno::{Errno, Result};
use crate::process::Credentials;

/// "Leave it as it is" in the set calls.
const KEEP: u32 = u32::MAX;

/// The most supplementary groups (`NGROUPS_MAX`).
const MAX_GROUPS: usize = 65_536;

fn change(cx: &Context, edit: impl FnOnce(&mut Credentials) -> Result<()>) -> Result<usize> {
    let mut credentials = (*cx.process.credentials()).clone();
    edit(&mut credentials)?;
    credentials.fsuid = credentials.euid;
    credentials.fsgid = credentials.egid;
    *cx.process.credentials.lock() = Arc::new(credentials);
    Ok(0)
}

/// getuid(2).
pub fn getuid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.credentials().uid as usize)
}

/// geteuid(2).
pub fn geteuid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.credentials().euid as usize)
}

/// getgid(2).
pub fn getgid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.credentials().gid as usize)
}

/// getegid(2).
pub fn getegid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.credentials().egid as usize)
}

fn write_three(addresses: [usize; 3], values: [u32; 3]) -> Result<usize> {
    for (address, value) in addresses.into_iter().zip(values) {
        hal::user::store_u32(address, value)?;
    }
    Ok(0)
}

/// getresuid(2).
pub fn getresuid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.process.credentials();
    write_three([real, effective, saved], [ids.uid, ids.euid, ids.suid])
}

/// getresgid(2).
pub fn getresgid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.process.credentials();
    write_three([real, effective, saved], [ids.gid, ids.egid, ids.sgid])
}

/// Sets real, effective and saved id, each kept when it is `KEEP`. Without
/// privilege each must be one that the process has.
fn set_three(
    (real, effective, saved): (&mut u32, &mut u32, &mut u32),
    new: [usize; 3],
    privileged: bool,
) -> Result<()> {
    let old = [*real, *effective, *saved];
    for (slot, new) in [real, effective, saved].into_iter().zip(new) {
        let new = new as u32;
        if new == KEEP {
            continue;
        }
        if !privileged && !old.contains(&new) {
            return Err(Errno::EPERM);
        }
        *slot = new;
    }
    Ok(())
}

/// setresuid(2).
pub fn setresuid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    change(cx, |ids| {
        let privileged = ids.is_privileged();
        set_three(
            (&mut ids.uid, &mut ids.euid, &mut ids.suid),
            [real, effective, saved],
            privileged,
        )
    })
}

/// setresgid(2).
pub fn setresgid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    change(cx, |ids| {
        let privileged = ids.is_privileged();
        set_three(
            (&mut ids.gid, &mut ids.egid, &mut ids.sgid),
            [real, effective, saved],
            privileged,
        )
    })
}

/// setreuid(2): the saved id follows when the real one is set, or the effective
/// one to something else.
pub fn setreuid(cx: &Context, [real, effective, ..]: [usize; 6]) -> Result<usize> {
    change(cx, |ids| {
        let (privileged, old) = (ids.is_privileged(), ids.uid);
        set_three(
            (&mut ids.uid, &mut ids.euid, &mut ids.suid),
            [real, effective, KEEP as usize],
            privileged,
        )?;
        if real as u32 != KEEP || (effective as u32 != KEEP && ids.euid != old) {
            ids.suid = ids.euid;
        }
        Ok(())
    })
}

/// setregid(2).
pub fn setregid(cx: &Context, [real, effective, ..]: [usize; 6]) -> Result<usize> {
    change(cx, |ids| {
        let (privileged, old) = (ids.is_privileged(), ids.gid);
        set_three(
            (&mut ids.gid, &mut ids.egid, &mut ids.sgid),
            [real, effective, KEEP as usize],
            privileged,
        )?;
        if real as u32 != KEEP || (effective as u32 != KEEP && ids.egid != old) {
            ids.sgid = ids.egid;
        }
        Ok(())
    })
}

/// setuid(2).
pub fn setuid(cx: &Context, [uid, ..]: [usize; 6]) -> Result<usize> {
    let uid = uid as u32;
    if uid == KEEP {
        return Err(Errno::EINVAL);
    }
    change(cx, |ids| {
        if ids.is_privileged() {
            (ids.uid, ids.euid, ids.suid) = (uid, uid, uid);
        } else if uid == ids.uid || uid == ids.suid {
            ids.euid = uid;
        } else {
            return Err(Errno::EPERM);
        }
        Ok(())
    })
}

/// setgid(2).
pub fn setgid(cx: &Context, [gid, ..]: [usize; 6]) -> Result<usize> {
    let gid = gid as u32;
    if gid == KEEP {
        return Err(Errno::EINVAL);
    }
    change(cx, |ids| {
        if ids.is_privileged() {
            (ids.gid, ids.egid, ids.sgid) = (gid, gid, gid);
        } else if gid == ids.gid || gid == ids.sgid {
            ids.egid = gid;
        } else {
            return Err(Errno::EPERM);
        }
        Ok(())
    })
}

/// getgroups(2).
pub fn getgroups(cx: &Context, [size, out, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.process.credentials();
    let count = ids.groups.len();
    match size as i32 {
        0 => return Ok(count),
        size if size < 0 || (size as usize) < count => return Err(Errno::EINVAL),
        _ => {}
    }
    for (index, group) in ids.groups.iter().enumerate() {
        hal::user::store_u32(out + index * 4, *group)?;
    }
    Ok(count)
}

/// setgroups(2).
pub fn setgroups(cx: &Context, [size, list, ..]: [usize; 6]) -> Result<usize> {
    if size > MAX_GROUPS {
        return Err(Errno::EINVAL);
    }
    change(cx, |ids| {
        if !ids.is_privileged() {
            return Err(Errno::EPERM);
        }
        let mut groups = Vec::new();
        groups.try_reserve_exact(size)?;
        for index in 0..size {
            groups.push(hal::user::load_u32(list + index * 4)?);
        }
        ids.groups = groups;
        Ok(())
    })
}

/// setfsuid(2): answers the old one, changed or not.
pub fn setfsuid(cx: &Context, [uid, ..]: [usize; 6]) -> Result<usize> {
    let mut ids = (*cx.process.credentials()).clone();
    let (old, uid) = (ids.fsuid, uid as u32);
    let own = [ids.uid, ids.euid, ids.suid, ids.fsuid];
    if uid != KEEP && (ids.is_privileged() || own.contains(&uid)) {
        ids.fsuid = uid;
        *cx.process.credentials.lock() = Arc::new(ids);
    }
    Ok(old as usize)
}

/// setfsgid(2): answers the old one, changed or not.
pub fn setfsgid(cx: &Context, [gid, ..]: [usize; 6]) -> Result<usize> {
    let mut ids = (*cx.process.credentials()).clone();
    let (old, gid) = (ids.fsgid, gid as u32);
    let own = [ids.gid, ids.egid, ids.sgid, ids.fsgid];
    if gid != KEEP && (ids.is_privileged() || own.contains(&gid)) {
        ids.fsgid = gid;
        *cx.process.credentials.lock() = Arc::new(ids);
    }
    Ok(old as usize)
}
