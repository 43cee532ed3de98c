//! Scheduling policies, priorities, nice values (sched(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::Context;
use super::time::RawTime;
use crate::errno::{Errno, Result};
use crate::mm::user::write_struct;
use crate::process::{self, Parameters, Policy, Process, Resource, Thread};

fn target(cx: &Context, tid: usize) -> Result<Arc<Thread>> {
    match tid as i32 {
        0 => Ok(cx.thread.clone()),
        tid if tid > 0 => process::find_thread(tid as u32).ok_or(Errno::ESRCH),
        _ => Err(Errno::EINVAL),
    }
}

/// Whether the caller may look after the scheduling of a process (sched(7)).
fn may_schedule(cx: &Context, target: &Process) -> bool {
    let (own, other) = (cx.process.credentials(), target.credentials());
    own.is_privileged() || own.euid == other.euid || own.euid == other.uid
}

/// The nice value that `RLIMIT_NICE` lets a process go down to.
fn least_nice(process: &Process) -> i32 {
    20 - process.limit(Resource::Nice).min(40) as i32
}

/// Checks and sets. `EPERM`, `EINVAL`.
fn change(cx: &Context, thread: &Arc<Thread>, new: Parameters) -> Result<()> {
    if !new.policy.priorities().contains(&new.priority) {
        return Err(Errno::EINVAL);
    }
    let privileged = cx.process.credentials().is_privileged();
    if !privileged {
        let old = thread.scheduling.get();
        let process = &thread.process;
        let limit = process.limit(Resource::RealtimePriority).min(99) as i32;
        let realtime = new.policy.is_realtime();
        let raises = realtime && new.priority > old.priority;
        let refused = !may_schedule(cx, process)
            || (realtime && new.policy != old.policy && limit == 0)
            || (raises && new.priority > limit)
            || (new.nice < old.nice && new.nice < least_nice(process))
            || (old.policy == Policy::Idle
                && new.policy != Policy::Idle
                && new.nice < least_nice(process))
            || (old.reset_on_fork && !new.reset_on_fork);
        if refused {
            return Err(Errno::EPERM);
        }
    }
    thread.scheduling.set(new);
    crate::sched::parameters_changed(thread);
    Ok(())
}

/// The policy and the flag in an argument of `sched_setscheduler`.
fn split_policy(policy: usize) -> Result<(Policy, bool)> {
    let policy = policy as u32;
    let reset = policy & raw::SCHED_RESET_ON_FORK != 0;
    Ok((
        Policy::from_number(policy & !raw::SCHED_RESET_ON_FORK)?,
        reset,
    ))
}

/// sched_setscheduler(2).
pub fn sched_setscheduler(cx: &Context, [tid, policy, parameter, ..]: [usize; 6]) -> Result<usize> {
    if parameter == 0 || (tid as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let priority = hal::user::load_u32(parameter)? as i32;
    let (policy, reset_on_fork) = split_policy(policy)?;
    let thread = target(cx, tid)?;
    let new = Parameters {
        policy,
        priority,
        reset_on_fork,
        ..thread.scheduling.get()
    };
    change(cx, &thread, new)?;
    Ok(0)
}

/// sched_getscheduler(2).
pub fn sched_getscheduler(cx: &Context, [tid, ..]: [usize; 6]) -> Result<usize> {
    let parameters = target(cx, tid)?.scheduling.get();
    let flag = if parameters.reset_on_fork {
        raw::SCHED_RESET_ON_FORK
    } else {
        0
    };
    Ok((parameters.policy.number() | flag) as usize)
}

/// sched_setparam(2).
pub fn sched_setparam(cx: &Context, [tid, parameter, ..]: [usize; 6]) -> Result<usize> {
    if parameter == 0 || (tid as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let priority = hal::user::load_u32(parameter)? as i32;
    let thread = target(cx, tid)?;
    let new = Parameters {
        priority,
        ..thread.scheduling.get()
    };
    change(cx, &thread, new)?;
    Ok(0)
}

/// sched_getparam(2).
pub fn sched_getparam(cx: &Context, [tid, out, ..]: [usize; 6]) -> Result<usize> {
    if out == 0 {
        return Err(Errno::EINVAL);
    }
    let priority = target(cx, tid)?.scheduling.get().priority;
    hal::user::store_u32(out, priority as u32)?;
    Ok(0)
}

/// sched_get_priority_max(2).
pub fn sched_get_priority_max(_: &Context, [policy, ..]: [usize; 6]) -> Result<usize> {
    Ok(*Policy::from_number(policy as u32)?.priorities().end() as usize)
}

/// sched_get_priority_min(2).
pub fn sched_get_priority_min(_: &Context, [policy, ..]: [usize; 6]) -> Result<usize> {
    Ok(*Policy::from_number(policy as u32)?.priorities().start() as usize)
}

/// sched_rr_get_interval(2): 0 for a thread without slices.
pub fn sched_rr_get_interval(cx: &Context, [tid, out, ..]: [usize; 6]) -> Result<usize> {
    let slice = match target(cx, tid)?.scheduling.slice() {
        u64::MAX => 0,
        slice => slice,
    };
    write_struct(out, &RawTime::timespec(slice))?;
    Ok(0)
}

/// `struct sched_attr`, version 0.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawAttributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// sched_setattr(2). Deadline scheduling answers `EINVAL`.
pub fn sched_setattr(cx: &Context, [tid, address, flags, ..]: [usize; 6]) -> Result<usize> {
    if address == 0 || flags != 0 || (tid as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let size = match hal::user::load_u32(address)? as usize {
        0 => size_of::<RawAttributes>(),
        size => size,
    };
    if !(size_of::<RawAttributes>()..=hal::mem::PAGE_SIZE).contains(&size) {
        return Err(Errno::E2BIG);
    }
    let mut raw_attributes = RawAttributes::new_zeroed();
    hal::user::copy_in(raw_attributes.as_mut_bytes(), address)?;
    for at in size_of::<RawAttributes>()..size {
        let mut byte = [0];
        hal::user::copy_in(&mut byte, address.wrapping_add(at))?;
        if byte[0] != 0 {
            return Err(Errno::E2BIG);
        }
    }
    if raw_attributes.flags & !u64::from(raw::SCHED_FLAG_RESET_ON_FORK) != 0 {
        return Err(Errno::EINVAL);
    }
    let policy = Policy::from_number(raw_attributes.policy)?;
    let thread = target(cx, tid)?;
    let old = thread.scheduling.get();
    let new = Parameters {
        policy,
        priority: i32::try_from(raw_attributes.priority).map_err(|_| Errno::EINVAL)?,
        nice: if policy.is_realtime() {
            old.nice
        } else {
            raw_attributes.nice.clamp(-20, 19)
        },
        reset_on_fork: raw_attributes.flags != 0,
    };
    change(cx, &thread, new)?;
    Ok(0)
}

/// sched_getattr(2).
pub fn sched_getattr(cx: &Context, [tid, out, size, flags, ..]: [usize; 6]) -> Result<usize> {
    let known = size_of::<RawAttributes>();
    if out == 0 || flags != 0 || !(known..=hal::mem::PAGE_SIZE).contains(&size) {
        return Err(Errno::EINVAL);
    }
    let parameters = target(cx, tid)?.scheduling.get();
    let attributes = RawAttributes {
        size: known as u32,
        policy: parameters.policy.number(),
        flags: u64::from(parameters.reset_on_fork),
        nice: parameters.nice,
        priority: parameters.priority as u32,
        runtime: 0,
        deadline: 0,
        period: 0,
    };
    write_struct(out, &attributes)?;
    Ok(0)
}

/// The threads that `which` and `who` of getpriority(2) name.
fn nice_targets(cx: &Context, which: usize, who: usize) -> Result<Vec<Arc<Thread>>> {
    let who = who as u32;
    let mut threads = Vec::new();
    let mut add = |process: &Process| -> Result<()> {
        let own = process.threads.lock();
        threads.try_reserve(own.len())?;
        threads.extend(own.iter().cloned());
        Ok(())
    };
    match which as u32 {
        raw::PRIO_PROCESS => return Ok(alloc::vec![target(cx, who as usize)?]),
        raw::PRIO_PGRP => {
            let group = if who == 0 { cx.process.group() } else { who };
            let mut all = process::all().filter(|process| process.group() == group);
            all.try_for_each(|process| add(&process))?;
        }
        raw::PRIO_USER => {
            let user = if who == 0 {
                cx.process.credentials().uid
            } else {
                who
            };
            let mut all = process::all().filter(|process| process.credentials().uid == user);
            all.try_for_each(|process| add(&process))?;
        }
        _ => return Err(Errno::EINVAL),
    }
    if threads.is_empty() {
        return Err(Errno::ESRCH);
    }
    Ok(threads)
}

/// getpriority(2): the least nice value, encoded as 20 − nice.
pub fn getpriority(cx: &Context, [which, who, ..]: [usize; 6]) -> Result<usize> {
    let threads = nice_targets(cx, which, who)?;
    let nice = threads
        .iter()
        .map(|thread| thread.scheduling.get().nice)
        .min();
    Ok((20 - nice.unwrap_or(0)) as usize)
}

/// setpriority(2).
pub fn setpriority(cx: &Context, [which, who, nice, ..]: [usize; 6]) -> Result<usize> {
    let nice = (nice as i32).clamp(-20, 19);
    let own = cx.process.credentials();
    for thread in nice_targets(cx, which, who)? {
        let old = thread.scheduling.get();
        if !may_schedule(cx, &thread.process) {
            return Err(Errno::EPERM);
        }
        if nice < old.nice && nice < least_nice(&thread.process) && !own.is_privileged() {
            return Err(Errno::EACCES);
        }
        thread.scheduling.set(Parameters { nice, ..old });
        crate::sched::parameters_changed(&thread);
    }
    Ok(0)
}
