//! Processes: making, replacing, ending, waiting, groups.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use hal::space::USER_END;
use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, FromZeros, IntoBytes};

use super::Context;
use super::time::RawTime;
use crate::errno::{Errno, Result};
use crate::fs::ExecutableFile;
use crate::mm::user::{read_path, read_string, write_struct};
use crate::process::{
    self, Capability, ChildKind, CloneArgs, ExecArgs, ExitStatus, Pid, Resource, Strings, Usage,
    WaitOptions, WaitTarget, Waited, group,
};
use crate::signal::{Signal, SignalInfo, UserSignalInfo};

/// fork(2).
pub fn fork(cx: &mut Context, _: [usize; 6]) -> Result<usize> {
    let args = CloneArgs {
        exit_signal: Signal::CHLD.number(),
        ..CloneArgs::default()
    };
    Ok(process::clone(cx.thread, cx.user, args)? as usize)
}

/// vfork(2).
pub fn vfork(cx: &mut Context, _: [usize; 6]) -> Result<usize> {
    let args = CloneArgs {
        flags: u64::from(raw::CLONE_VM | raw::CLONE_VFORK),
        exit_signal: Signal::CHLD.number(),
        ..CloneArgs::default()
    };
    Ok(process::clone(cx.thread, cx.user, args)? as usize)
}

/// clone(2), with the argument order of x86-64.
pub fn clone(
    cx: &mut Context,
    [flags, stack, parent_tid, child_tid, tls, _]: [usize; 6],
) -> Result<usize> {
    let args = CloneArgs {
        flags: flags as u32 as u64 & !0xff,
        exit_signal: flags as u8,
        stack,
        parent_tid,
        child_tid,
        // clone(2): the place of the parent's number serves for it.
        pidfd: parent_tid,
        tls,
    };
    let both = u64::from(raw::CLONE_PIDFD | raw::CLONE_PARENT_SETTID);
    if args.flags & both == both {
        return Err(Errno::EINVAL);
    }
    Ok(process::clone(cx.thread, cx.user, args)? as usize)
}

/// `struct clone_args`, version 2.
#[derive(Clone, Copy, FromBytes, IntoBytes)]
#[repr(C)]
struct RawCloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

/// clone3(2).
pub fn clone3(cx: &mut Context, [address, size, ..]: [usize; 6]) -> Result<usize> {
    const MINIMUM: usize = 64;
    if size > hal::mem::PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    if size < MINIMUM {
        return Err(Errno::EINVAL);
    }
    let mut args = RawCloneArgs::new_zeroed();
    let known = size.min(size_of::<RawCloneArgs>());
    hal::user::copy_in(&mut args.as_mut_bytes()[..known], address)?;
    // What a newer program knows more of must be zero.
    for at in known..size {
        let mut byte = [0];
        hal::user::copy_in(&mut byte, address + at)?;
        if byte[0] != 0 {
            return Err(Errno::E2BIG);
        }
    }
    let unsupported = args.set_tid_size != 0
        || args.set_tid != 0
        || args.exit_signal > 64
        || (args.flags & u64::from(raw::CLONE_THREAD | raw::CLONE_PARENT) != 0
            && args.exit_signal != 0)
        || args.flags & u64::from(raw::CLONE_DETACHED) != 0;
    if unsupported || (args.stack == 0) != (args.stack_size == 0) {
        return Err(Errno::EINVAL);
    }
    let stack = args
        .stack
        .checked_add(args.stack_size)
        .filter(|&top| top <= USER_END as u64)
        .ok_or(Errno::EINVAL)?;
    let both = u64::from(raw::CLONE_PIDFD | raw::CLONE_PARENT_SETTID);
    if args.flags & both == both && args.pidfd == args.parent_tid {
        return Err(Errno::EINVAL);
    }
    let args = CloneArgs {
        flags: args.flags,
        exit_signal: args.exit_signal as u8,
        stack: stack as usize,
        parent_tid: args.parent_tid as usize,
        child_tid: args.child_tid as usize,
        pidfd: args.pidfd as usize,
        tls: args.tls as usize,
    };
    Ok(process::clone(cx.thread, cx.user, args)? as usize)
}

/// Reads a NULL-terminated array of strings. `E2BIG` beyond `limit` bytes.
fn read_strings(address: usize, limit: usize) -> Result<Strings> {
    let mut strings = Strings::default();
    if address == 0 {
        return Ok(strings);
    }
    for index in 0.. {
        let pointer = hal::user::load_u64(address.wrapping_add(index * 8))? as usize;
        if pointer == 0 {
            break;
        }
        strings.push(&read_string(
            pointer,
            process::MAX_STRING - 1,
            Errno::E2BIG,
        )?)?;
        if strings.total() + index * 8 > limit {
            return Err(Errno::E2BIG);
        }
    }
    Ok(strings)
}

fn read_exec_args(cx: &Context, argv: usize, envp: usize) -> Result<ExecArgs> {
    let limit = (cx.process.limit(Resource::Stack) / 4).clamp(128 << 10, 6 << 20) as usize;
    let mut argv = read_strings(argv, limit)?;
    let envp = read_strings(envp, limit.saturating_sub(argv.total()))?;
    if argv.is_empty() {
        // A program may count on argv[0] (execve(2), notes).
        argv.push(b"")?;
    }
    Ok(ExecArgs { argv, envp })
}

/// execve(2).
pub fn execve(cx: &mut Context, [path, argv, envp, ..]: [usize; 6]) -> Result<usize> {
    let path = read_path(path)?;
    cx.process
        .check_limit_for_exec(cx.thread.credentials().uid)?;
    let file = ExecutableFile::open(cx.process, &cx.thread.credentials(), &path)?;
    let args = read_exec_args(cx, argv, envp)?;
    process::exec(cx.thread, cx.user, file, args)?;
    Ok(0)
}

/// execveat(2).
pub fn execveat(cx: &mut Context, [fd, path, argv, envp, flags, _]: [usize; 6]) -> Result<usize> {
    let path = read_path(path)?;
    cx.process
        .check_limit_for_exec(cx.thread.credentials().uid)?;
    let file = ExecutableFile::open_at(cx.thread, fd, &path, flags as u32)?;
    let args = read_exec_args(cx, argv, envp)?;
    process::exec(cx.thread, cx.user, file, args)?;
    Ok(0)
}

/// exit(2): ends the thread.
pub fn exit(cx: &Context, [status, ..]: [usize; 6]) -> Result<usize> {
    process::exit_one(cx.thread, ExitStatus::Exited(status as u8));
    Ok(0)
}

/// exit_group(2): ends the process.
pub fn exit_group(cx: &Context, [status, ..]: [usize; 6]) -> Result<usize> {
    process::exit_group(cx.process, ExitStatus::Exited(status as u8));
    Ok(0)
}

/// `struct rusage`: two times, then fourteen counters; those that are 0 are 0 on Linux too, or
/// count what a disk would do.
fn write_rusage(address: usize, usage: &Usage) -> Result<()> {
    let (user, system) = (RawTime::timeval(usage.user), RawTime::timeval(usage.system));
    let mut words = [0i64; 18];
    words[..4].copy_from_slice(&[user.seconds, user.fraction, system.seconds, system.fraction]);
    // ru_maxrss is in KiB.
    words[4] = (usage.peak_pages * hal::mem::PAGE_SIZE / 1024) as i64;
    words[8] = usage.faults as i64;
    words[16] = usage.voluntary_switches as i64;
    words[17] = usage.involuntary_switches as i64;
    write_struct(address, &words)
}

const RUSAGE_SELF: i32 = 0;
const RUSAGE_THREAD: i32 = 1;

/// getrusage(2).
pub fn getrusage(cx: &Context, [who, out, ..]: [usize; 6]) -> Result<usize> {
    let usage = match who as i32 {
        RUSAGE_SELF => cx.process.usage(),
        raw::RUSAGE_CHILDREN => cx.process.children_usage(),
        RUSAGE_THREAD => cx.thread.usage(),
        _ => return Err(Errno::EINVAL),
    };
    write_rusage(out, &usage)?;
    Ok(0)
}

/// wait4(2).
pub fn wait4(cx: &Context, [pid, status, options, usage, ..]: [usize; 6]) -> Result<usize> {
    let options = options as u32;
    let known = raw::WNOHANG | raw::WUNTRACED | raw::WCONTINUED | WAIT_KINDS;
    if options & !known != 0 {
        return Err(Errno::EINVAL);
    }
    check_whose_children(cx, options)?;
    let target = match pid as i32 {
        -1 => WaitTarget::Any,
        0 => WaitTarget::Group(cx.process.group()),
        i32::MIN => return Err(Errno::ESRCH),
        group if group < -1 => WaitTarget::Group(group.unsigned_abs()),
        pid => WaitTarget::Process(pid as Pid),
    };
    let options = WaitOptions {
        exited: true,
        stopped: options & raw::WUNTRACED != 0,
        continued: options & raw::WCONTINUED != 0,
        no_hang: options & raw::WNOHANG != 0,
        keep: false,
        kind: child_kind(options),
    };
    let Some(waited) = process::wait(cx.process, target, options)? else {
        return Ok(0);
    };
    if status != 0 {
        hal::user::store_u32(status, waited.status)?;
    }
    if usage != 0 {
        write_rusage(usage, &waited.usage)?;
    }
    Ok(waited.pid as usize)
}

/// Refuses to tell a thread's own children from those of others (`__WNOTHREAD`): they belong to the process. Where there is
/// one thread, they are the same.
fn check_whose_children(cx: &Context, options: u32) -> Result<()> {
    if options & raw::__WNOTHREAD != 0 && cx.process.threads.lock().len() > 1 {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// Which children.
const WAIT_KINDS: u32 = raw::__WNOTHREAD | raw::__WALL | raw::__WCLONE;

fn child_kind(options: u32) -> ChildKind {
    if options & raw::__WALL != 0 {
        ChildKind::All
    } else if options & raw::__WCLONE != 0 {
        ChildKind::Clone
    } else {
        ChildKind::Forked
    }
}

/// waitid(2). What happened is told in all cases, also that nothing did or that there is an error.
pub fn waitid(cx: &Context, [kind, id, info, options, usage, _]: [usize; 6]) -> Result<usize> {
    let outcome = wait_for_event(cx, [kind, id, options]);
    if let Ok(Some(waited)) = &outcome
        && usage != 0
    {
        write_rusage(usage, &waited.usage)?;
    }
    if info != 0 {
        let told = wait_info(outcome.as_ref().ok().copied().flatten());
        // The fields that the manual page names, no more of the structure.
        let bytes = told.as_bytes();
        for part in [0..12, 16..28] {
            let at = info.wrapping_add(part.start);
            hal::user::copy_out(at, bytes.get(part).unwrap_or(&[]))?;
        }
    }
    outcome.map(|_| 0)
}

fn wait_for_event(cx: &Context, [kind, id, options]: [usize; 3]) -> Result<Option<Waited>> {
    let options = options as u32;
    let events = raw::WEXITED | raw::WSTOPPED | raw::WCONTINUED;
    let known = events | raw::WNOHANG | raw::WNOWAIT | WAIT_KINDS;
    if options & !known != 0 || options & events == 0 {
        return Err(Errno::EINVAL);
    }
    check_whose_children(cx, options)?;
    let mut no_hang = options & raw::WNOHANG != 0;
    let mut of_descriptor = None;
    let target = match kind as u32 {
        raw::P_PIDFD if (id as i32) < 0 => return Err(Errno::EINVAL),
        raw::P_PIDFD => {
            let (process, nonblocking) = super::pidfd::process_at(cx, id)?;
            no_hang |= nonblocking;
            let target = WaitTarget::This(process.pid, Arc::as_ptr(&process));
            // Held as long as the wait: nothing else comes to lie there.
            of_descriptor = Some(process);
            target
        }
        raw::P_ALL => WaitTarget::Any,
        raw::P_PID if id as i32 > 0 => WaitTarget::Process(id as Pid),
        raw::P_PGID if id == 0 => WaitTarget::Group(cx.process.group()),
        raw::P_PGID if id as i32 > 0 => WaitTarget::Group(id as Pid),
        _ => return Err(Errno::EINVAL),
    };
    let raw_options = options;
    let options = WaitOptions {
        exited: options & raw::WEXITED != 0,
        stopped: options & raw::WSTOPPED != 0,
        continued: options & raw::WCONTINUED != 0,
        no_hang,
        keep: options & raw::WNOWAIT != 0,
        kind: child_kind(options),
    };
    let asked = raw_options & raw::WNOHANG != 0;
    let waited = process::wait(cx.process, target, options)?;
    drop(of_descriptor);
    if waited.is_none() && !asked {
        // A non-blocking pidfd (pidfd_open(2)).
        return Err(Errno::EAGAIN);
    }
    Ok(waited)
}

fn wait_info(waited: Option<Waited>) -> UserSignalInfo {
    let Some(waited) = waited else {
        return UserSignalInfo::new_zeroed();
    };
    let mut info = SignalInfo::sent(Signal::CHLD, waited.code, waited.pid, waited.uid);
    info.fields[1] = u64::from(waited.value as u32);
    info.into()
}

/// getpid(2).
pub fn getpid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.pid as usize)
}

/// gettid(2).
pub fn gettid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.thread.tid() as usize)
}

/// getppid(2).
pub fn getppid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.parent_pid() as usize)
}

fn process_or_self(cx: &Context, pid: usize) -> Result<alloc::sync::Arc<process::Process>> {
    match pid as i32 {
        0 => Ok(cx.process.clone()),
        pid => process::find_by_thread(pid as Pid).ok_or(Errno::ESRCH),
    }
}

/// getpgid(2).
pub fn getpgid(cx: &Context, [pid, ..]: [usize; 6]) -> Result<usize> {
    Ok(process_or_self(cx, pid)?.group() as usize)
}

/// getpgrp(2).
pub fn getpgrp(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(cx.process.group() as usize)
}

/// setpgid(2).
pub fn setpgid(cx: &Context, [pid, pgid, ..]: [usize; 6]) -> Result<usize> {
    if (pid as i32) < 0 || (pgid as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    group::set_group(cx.process, pid as Pid, pgid as Pid)?;
    Ok(0)
}

/// getsid(2).
pub fn getsid(cx: &Context, [pid, ..]: [usize; 6]) -> Result<usize> {
    Ok(process_or_self(cx, pid)?.session() as usize)
}

/// setsid(2).
pub fn setsid(cx: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(group::new_session(cx.process)? as usize)
}

/// set_tid_address(2).
pub fn set_tid_address(cx: &Context, [address, ..]: [usize; 6]) -> Result<usize> {
    cx.thread.clear_child_tid.store(address, Ordering::Relaxed);
    Ok(cx.thread.tid() as usize)
}

const ARCH_SET_GS: usize = 0x1001;
const ARCH_SET_FS: usize = 0x1002;
const ARCH_GET_FS: usize = 0x1003;
const ARCH_GET_GS: usize = 0x1004;

/// arch_prctl(2).
pub fn arch_prctl(_: &Context, [code, address, ..]: [usize; 6]) -> Result<usize> {
    let accepted = |ok: bool| if ok { Ok(0) } else { Err(Errno::EPERM) };
    match code {
        ARCH_SET_FS => accepted(hal::user::set_tls(address)),
        ARCH_SET_GS => accepted(hal::user::set_gs_base(address)),
        ARCH_GET_FS => {
            hal::user::store_u64(address, hal::user::tls() as u64)?;
            Ok(0)
        }
        ARCH_GET_GS => {
            hal::user::store_u64(address, hal::user::gs_base() as u64)?;
            Ok(0)
        }
        _ => Err(Errno::EINVAL),
    }
}

/// sched_yield(2).
pub fn sched_yield(_: &Context, _: [usize; 6]) -> Result<usize> {
    crate::sched::yield_now();
    Ok(0)
}

/// Bytes of the kernel's CPU mask.
const CPU_MASK: usize = 8;

/// sched_getaffinity(2).
pub fn sched_getaffinity(cx: &Context, [tid, size, mask, ..]: [usize; 6]) -> Result<usize> {
    let thread = affinity_target(cx, tid)?;
    let size = size as u32 as usize;
    if size < CPU_MASK || !size.is_multiple_of(8) {
        return Err(Errno::EINVAL);
    }
    hal::user::store_u64(mask, thread.sched.affinity().into())?;
    Ok(CPU_MASK)
}

/// sched_setaffinity(2). Processors that there are not are left out; `EINVAL`
/// when none is left, `EPERM` for a thread of somebody else.
pub fn sched_setaffinity(cx: &Context, [tid, size, mask, ..]: [usize; 6]) -> Result<usize> {
    let mut bytes = [0; CPU_MASK];
    let length = size.min(CPU_MASK);
    hal::user::copy_in(&mut bytes[..length], mask)?;
    let thread = affinity_target(cx, tid)?;
    let (own, other) = (cx.thread.credentials(), thread.credentials());
    if !own.has(Capability::SysNice) && own.euid != other.euid && own.euid != other.uid {
        return Err(Errno::EPERM);
    }
    crate::sched::set_affinity(&thread, u64::from_le_bytes(bytes) as u32)?;
    Ok(0)
}

fn affinity_target(cx: &Context, tid: usize) -> Result<alloc::sync::Arc<process::Thread>> {
    if tid == 0 {
        return Ok(cx.thread.clone());
    }
    let tid = Pid::try_from(tid).map_err(|_| Errno::ESRCH)?;
    process::find_any_thread(tid).ok_or(Errno::ESRCH)
}

/// rseq(2).
pub fn rseq(cx: &Context, [address, length, flags, signature, ..]: [usize; 6]) -> Result<usize> {
    let thread = cx.thread;
    thread
        .restartable
        .register(address, length, flags, signature as u32)?;
    thread.attention.store(true, Ordering::SeqCst);
    Ok(0)
}

/// getcpu(2).
pub fn getcpu(_: &Context, [cpu, node, ..]: [usize; 6]) -> Result<usize> {
    if cpu != 0 {
        hal::user::store_u32(cpu, hal::cpu::id() as u32)?;
    }
    if node != 0 {
        hal::user::store_u32(node, 0)?;
    }
    Ok(0)
}
