//! Process groups and sessions (setpgid(2), setsid(2), credentials(7)).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use super::{FAMILY, Pid, Process, all, find_by_thread};
use crate::errno::{Errno, Result};

/// setpgid(2). `caller` moves process `pid` (0: itself) into `group` (0: one
/// named after it).
///
/// # Errors
///
/// `ESRCH`, `EACCES` (the child has called exec), `EPERM` (session leader, other
/// session, no such group there), `EINVAL` (no process, but a thread of one).
pub fn set_group(caller: &Arc<Process>, pid: Pid, group: Pid) -> Result<()> {
    let target = if pid == 0 {
        caller.clone()
    } else {
        let target = find_by_thread(pid).ok_or(Errno::ESRCH)?;
        if target.pid != pid {
            // The number of a thread other than the first.
            return Err(Errno::EINVAL);
        }
        target
    };
    let group = if group == 0 { target.pid } else { group };
    // What is asked stays true until the group is set.
    let _family = FAMILY.lock();
    let own_session = caller.session();
    if !Arc::ptr_eq(caller, &target) {
        if target.parent_pid() != caller.pid {
            return Err(Errno::ESRCH);
        }
        if target.session() != own_session {
            return Err(Errno::EPERM);
        }
        if target.has_execed.load(Ordering::Relaxed) {
            return Err(Errno::EACCES);
        }
    }
    if target.session() == target.pid {
        return Err(Errno::EPERM);
    }
    let exists = group == target.pid
        || all().any(|other| other.group() == group && other.session() == own_session);
    if !exists {
        return Err(Errno::EPERM);
    }
    target.family.lock().group = group;
    Ok(())
}

/// setsid(2): a new session, and a group of the same number. `EPERM` for a
/// group leader.
pub fn new_session(process: &Arc<Process>) -> Result<Pid> {
    let _family = FAMILY.lock();
    let taken = all().any(|other| other.group() == process.pid);
    if taken {
        return Err(Errno::EPERM);
    }
    let mut family = process.family.lock();
    family.group = process.pid;
    family.session = process.pid;
    process.left_terminal.store(false, Ordering::Relaxed);
    Ok(process.pid)
}

/// Whether no member's parent is in another group of the same session
/// (POSIX, 3.264 orphaned process group).
pub fn is_orphaned(group: Pid) -> bool {
    !all().any(|process| {
        let family = process.family.lock();
        let (own_group, session) = (family.group, family.session);
        let parent = family.parent.upgrade();
        drop(family);
        own_group == group
            && !process.is_zombie()
            && parent.is_some_and(|parent| {
                let family = parent.family.lock();
                family.group != group && family.session == session
            })
    })
}

/// Whether a member of a group is stopped.
pub fn has_stopped(group: Pid) -> bool {
    all().any(|process| process.stopped.load(Ordering::SeqCst) && process.group() == group)
}

/// Whether a group has any process.
pub fn exists(group: Pid) -> bool {
    all().any(|process| process.group() == group)
}

/// Whether a group has a process in a session.
pub fn exists_in_session(group: Pid, session: Pid) -> bool {
    all().any(|process| process.group() == group && process.session() == session)
}
