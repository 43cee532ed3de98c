//! Scheduling policies, priorities, nice values (sched(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::Context;
use super::time::RawTime;
use crate::errno::{Errno, Result};
use crate::mm::user::write_struct;
use crate::process::{self, Capability, Parameters, Policy, Process, Resource, Thread};

fn target(cx: &Context, tid: usize) -> Result<Arc<Thread>> {
    match tid as i32 {
        0 => Ok(cx.thread.clone()),
        tid if tid > 0 => process::find_any_thread(tid as u32).ok_or(Errno::ESRCH),
        _ => Err(Errno::EINVAL),
    }
}

/// Whether the caller may look after the scheduling of a thread (sched(7)).
fn may_schedule(cx: &Context, target: &Thread) -> bool {
    let (own, other) = (cx.thread.credentials(), target.credentials());
    own.has(Capability::SysNice) || own.euid == other.euid || own.euid == other.uid
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
    let privileged = cx.thread.credentials().has(Capability::SysNice);
    if !privileged {
        let old = thread.scheduling.get();
        let process = &thread.process;
        let limit = process.limit(Resource::RealtimePriority).min(99) as i32;
        let realtime = new.policy.is_realtime();
        let raises = realtime && new.priority > old.priority;
        let refused = !may_schedule(cx, thread)
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
    if parameter == 0 || (tid as i32) < 0 || (policy as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let priority = hal::user::load_u32(parameter)? as i32;
    let thread = target(cx, tid)?;
    let (policy, reset_on_fork) = split_policy(policy)?;
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

/// `struct sched_attr`, version 1.
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
    /// Bounds of what the thread makes of a processor: version 1, without a flag that means them.
    utilization: [u32; 2],
}

/// Bytes of version 0.
const FIRST_VERSION: usize = 48;

/// sched_setattr(2). Deadline scheduling answers `EINVAL`.
pub fn sched_setattr(cx: &Context, [tid, address, flags, ..]: [usize; 6]) -> Result<usize> {
    if address == 0 || flags as u32 != 0 || (tid as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let size = match hal::user::load_u32(address)? as usize {
        0 => FIRST_VERSION,
        size => size,
    };
    // The caller is told the size that there is.
    let too_big = || match hal::user::store_u32(address, size_of::<RawAttributes>() as u32) {
        Ok(()) => Errno::E2BIG,
        Err(fault) => fault.into(),
    };
    if !(FIRST_VERSION..=hal::mem::PAGE_SIZE).contains(&size) {
        return Err(too_big());
    }
    let mut raw_attributes = RawAttributes::new_zeroed();
    let known = size.min(size_of::<RawAttributes>());
    hal::user::copy_in(&mut raw_attributes.as_mut_bytes()[..known], address)?;
    for at in size_of::<RawAttributes>()..size {
        let mut byte = [0];
        hal::user::copy_in(&mut byte, address.wrapping_add(at))?;
        if byte[0] != 0 {
            return Err(too_big());
        }
    }
    if (raw_attributes.policy as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let thread = target(cx, tid)?;
    let flag = |flag: u32| raw_attributes.flags & u64::from(flag) != 0;
    let known =
        raw::SCHED_FLAG_RESET_ON_FORK | raw::SCHED_FLAG_KEEP_POLICY | raw::SCHED_FLAG_KEEP_PARAMS;
    if raw_attributes.flags & !u64::from(known) != 0 {
        return Err(Errno::EINVAL);
    }
    let old = thread.scheduling.get();
    let policy = if flag(raw::SCHED_FLAG_KEEP_POLICY) {
        old.policy
    } else {
        Policy::from_number(raw_attributes.policy)?
    };
    let keeps = flag(raw::SCHED_FLAG_KEEP_PARAMS);
    let new = Parameters {
        policy,
        priority: if keeps {
            old.priority
        } else {
            i32::try_from(raw_attributes.priority).map_err(|_| Errno::EINVAL)?
        },
        nice: if keeps || policy.is_realtime() {
            old.nice
        } else {
            raw_attributes.nice.clamp(-20, 19)
        },
        reset_on_fork: flag(raw::SCHED_FLAG_RESET_ON_FORK),
    };
    change(cx, &thread, new)?;
    Ok(0)
}

/// sched_getattr(2).
pub fn sched_getattr(cx: &Context, [tid, out, size, flags, ..]: [usize; 6]) -> Result<usize> {
    let (size, flags) = (size as u32 as usize, flags as u32);
    let known = FIRST_VERSION;
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
        utilization: [0; 2],
    };
    hal::user::copy_out(out, &attributes.as_bytes()[..known])?;
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
        raw::PRIO_PROCESS if who == 0 => return Ok(alloc::vec![cx.thread.clone()]),
        raw::PRIO_PROCESS => {
            let thread = process::find_any_thread(who).ok_or(Errno::ESRCH)?;
            return Ok(alloc::vec![thread]);
        }
        raw::PRIO_PGRP => {
            let group = if who == 0 { cx.process.group() } else { who };
            let mut all = process::all().filter(|process| process.group() == group);
            all.try_for_each(|process| add(&process))?;
        }
        raw::PRIO_USER => {
            let user = if who == 0 {
                cx.thread.credentials().uid
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

/// setpriority(2): one that may not be changed keeps no other from it. `EPERM`, `EACCES` of the last of those.
pub fn setpriority(cx: &Context, [which, who, nice, ..]: [usize; 6]) -> Result<usize> {
    let nice = (nice as i32).clamp(-20, 19);
    let own = cx.thread.credentials();
    let mut outcome = Ok(0);
    for thread in nice_targets(cx, which, who)? {
        let old = thread.scheduling.get();
        let lowers = nice < old.nice && nice < least_nice(&thread.process);
        if !may_schedule(cx, &thread) {
            outcome = Err(Errno::EPERM);
        } else if lowers && !own.has(Capability::SysNice) {
            outcome = Err(Errno::EACCES);
        } else {
            thread.scheduling.set(Parameters { nice, ..old });
            crate::sched::parameters_changed(&thread);
        }
    }
    outcome
}
