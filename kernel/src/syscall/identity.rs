//! Users and groups (credentials(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Context;
use crate::errno::{Errno, Result};
use crate::process::{Capability, Credentials};

/// "Leave it as it is" in the set calls.
const KEEP: u32 = u32::MAX;

/// The most supplementary groups (`NGROUPS_MAX`).
const MAX_GROUPS: usize = 65_536;

/// Changes users; the one for file access follows the effective one, capabilities follow them all.
fn change_users(cx: &Context, edit: impl FnOnce(&mut Credentials) -> Result<()>) -> Result<usize> {
    let old = cx.thread.credentials();
    let mut new = (*old).clone();
    edit(&mut new)?;
    new.fsuid = new.euid;
    new.capabilities.users_changed(old.users(), new.users());
    if new.uid != old.uid {
        cx.process.user_changed(new.uid);
    }
    cx.thread.commit_credentials(new);
    Ok(0)
}

/// Changes groups; the one for file access follows the effective one.
fn change_groups(cx: &Context, edit: impl FnOnce(&mut Credentials) -> Result<()>) -> Result<usize> {
    let mut new = (*cx.thread.credentials()).clone();
    edit(&mut new)?;
    new.fsgid = new.egid;
    cx.thread.commit_credentials(new);
    Ok(0)
}

/// getuid(2).
pub fn getuid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.thread.credentials().uid as usize)
}

/// geteuid(2).
pub fn geteuid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.thread.credentials().euid as usize)
}

/// getgid(2).
pub fn getgid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.thread.credentials().gid as usize)
}

/// getegid(2).
pub fn getegid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.thread.credentials().egid as usize)
}

fn write_three(addresses: [usize; 3], values: [u32; 3]) -> Result<usize> {
    for (address, value) in addresses.into_iter().zip(values) {
        hal::user::store_u32(address, value)?;
    }
    Ok(0)
}

/// getresuid(2).
pub fn getresuid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.thread.credentials();
    write_three([real, effective, saved], [ids.uid, ids.euid, ids.suid])
}

/// getresgid(2).
pub fn getresgid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.thread.credentials();
    write_three([real, effective, saved], [ids.gid, ids.egid, ids.sgid])
}

/// Real, effective and saved id.
type Three = [u32; 3];

/// What three ids become; `KEEP` leaves one as it is. Without the capability each must be one that the
/// process has.
fn set_three(old: Three, new: [usize; 3], capable: bool) -> Result<Three> {
    let mut three = old;
    for (slot, new) in three.iter_mut().zip(new) {
        let new = new as u32;
        if new == KEEP {
            continue;
        }
        if !capable && !old.contains(&new) {
            return Err(Errno::EPERM);
        }
        *slot = new;
    }
    Ok(three)
}

/// The same for two: without the capability the saved id may become the effective one only. It follows
/// when the real one is set, or the effective one to something else than the real one was.
fn set_two(old: Three, [real, effective]: [usize; 2], capable: bool) -> Result<Three> {
    let [old_real, old_effective, _] = old;
    if !capable && ![KEEP, old_real, old_effective].contains(&(real as u32)) {
        return Err(Errno::EPERM);
    }
    let [new_real, new_effective, mut saved] =
        set_three(old, [real, effective, KEEP as usize], capable)?;
    if real as u32 != KEEP || (effective as u32 != KEEP && new_effective != old_real) {
        saved = new_effective;
    }
    Ok([new_real, new_effective, saved])
}

fn set_users(cx: &Context, rule: impl FnOnce(Three, bool) -> Result<Three>) -> Result<usize> {
    change_users(cx, |ids| {
        [ids.uid, ids.euid, ids.suid] = rule(ids.users(), ids.has(Capability::SetUid))?;
        Ok(())
    })
}

fn set_groups(cx: &Context, rule: impl FnOnce(Three, bool) -> Result<Three>) -> Result<usize> {
    change_groups(cx, |ids| {
        [ids.gid, ids.egid, ids.sgid] = rule(ids.own_groups(), ids.has(Capability::SetGid))?;
        Ok(())
    })
}

/// setresuid(2).
pub fn setresuid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    set_users(cx, |old, capable| {
        set_three(old, [real, effective, saved], capable)
    })
}

/// setresgid(2).
pub fn setresgid(cx: &Context, [real, effective, saved, ..]: [usize; 6]) -> Result<usize> {
    set_groups(cx, |old, capable| {
        set_three(old, [real, effective, saved], capable)
    })
}

/// setreuid(2).
pub fn setreuid(cx: &Context, [real, effective, ..]: [usize; 6]) -> Result<usize> {
    set_users(cx, |old, capable| set_two(old, [real, effective], capable))
}

/// setregid(2).
pub fn setregid(cx: &Context, [real, effective, ..]: [usize; 6]) -> Result<usize> {
    set_groups(cx, |old, capable| set_two(old, [real, effective], capable))
}

/// setuid(2) and setgid(2): all three with the capability, else the effective one to another of them.
fn set_one(old: Three, new: usize, capable: bool) -> Result<Three> {
    let (new, [real, _, saved]) = (new as u32, old);
    if new == KEEP {
        Err(Errno::EINVAL)
    } else if capable {
        Ok([new; 3])
    } else if new == real || new == saved {
        Ok([real, new, saved])
    } else {
        Err(Errno::EPERM)
    }
}

/// setuid(2).
pub fn setuid(cx: &Context, [uid, ..]: [usize; 6]) -> Result<usize> {
    set_users(cx, |old, capable| set_one(old, uid, capable))
}

/// setgid(2).
pub fn setgid(cx: &Context, [gid, ..]: [usize; 6]) -> Result<usize> {
    set_groups(cx, |old, capable| set_one(old, gid, capable))
}

/// getgroups(2).
pub fn getgroups(cx: &Context, [size, out, ..]: [usize; 6]) -> Result<usize> {
    let ids = cx.thread.credentials();
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

/// setgroups(2). The list is kept in order, as getgroups(2) shows it.
pub fn setgroups(cx: &Context, [size, list, ..]: [usize; 6]) -> Result<usize> {
    let mut new = (*cx.thread.credentials()).clone();
    if !new.has(Capability::SetGid) {
        return Err(Errno::EPERM);
    }
    let size = size as u32 as usize;
    if size > MAX_GROUPS {
        return Err(Errno::EINVAL);
    }
    let mut groups = Vec::new();
    groups.try_reserve_exact(size)?;
    for index in 0..size {
        let group = hal::user::load_u32(list.wrapping_add(index * 4))?;
        if group == KEEP {
            return Err(Errno::EINVAL);
        }
        groups.push(group);
    }
    groups.sort_unstable();
    new.groups = Arc::new(groups);
    cx.thread.commit_credentials(new);
    Ok(0)
}

/// setfsuid(2): answers the old one, changed or not.
pub fn setfsuid(cx: &Context, [uid, ..]: [usize; 6]) -> Result<usize> {
    let mut ids = (*cx.thread.credentials()).clone();
    let (old, uid) = (ids.fsuid, uid as u32);
    let own = ids.users().contains(&uid) || uid == old;
    if uid != KEEP && uid != old && (own || ids.has(Capability::SetUid)) {
        ids.fsuid = uid;
        ids.capabilities.file_user_changed(old, uid);
        cx.thread.commit_credentials(ids);
    }
    Ok(old as usize)
}

/// setfsgid(2): answers the old one, changed or not.
pub fn setfsgid(cx: &Context, [gid, ..]: [usize; 6]) -> Result<usize> {
    let mut ids = (*cx.thread.credentials()).clone();
    let (old, gid) = (ids.fsgid, gid as u32);
    let own = ids.own_groups().contains(&gid) || gid == old;
    if gid != KEEP && gid != old && (own || ids.has(Capability::SetGid)) {
        ids.fsgid = gid;
        cx.thread.commit_credentials(ids);
    }
    Ok(old as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_capability_ids_are_exchanged() {
        let old = [1, 2, 3];
        assert_eq!(set_one(old, 3, false), Ok([1, 3, 3]));
        assert_eq!(set_one(old, 2, false), Err(Errno::EPERM));
        assert_eq!(set_one(old, 9, true), Ok([9, 9, 9]));
        assert_eq!(set_one(old, KEEP as usize, true), Err(Errno::EINVAL));
        let keep = KEEP as usize;
        assert_eq!(set_three(old, [3, keep, 1], false), Ok([3, 2, 1]));
        assert_eq!(set_three(old, [keep, 4, keep], false), Err(Errno::EPERM));
    }

    #[test]
    fn the_saved_id_follows_the_effective_one() {
        let (old, keep) = ([1, 2, 3], KEEP as usize);
        assert_eq!(set_two(old, [keep, 3], false), Ok([1, 3, 3]));
        assert_eq!(set_two(old, [keep, 1], false), Ok([1, 1, 3]));
        assert_eq!(set_two(old, [2, keep], false), Ok([2, 2, 2]));
        assert_eq!(set_two(old, [2, 1], false), Ok([2, 1, 1]));
        assert_eq!(set_two(old, [3, keep], false), Err(Errno::EPERM));
        assert_eq!(set_two(old, [keep, keep], false), Ok(old));
    }
}
