//! Signals: actions, masks, sending, waiting.

use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::Context;
use super::time::read_timespec;
use crate::errno::{Errno, Result};
use crate::mm::user::{read_struct, write_struct};
use crate::process::{self, Process};
use crate::signal::{self, Action, AlternateStack, Signal, SignalInfo, SignalSet, UserSignalInfo};
use crate::sync::{Interrupt, WaitError, wait_until};
use crate::time::Deadline;

/// `MINSIGSTKSZ`: the least an alternate stack may have.
const MIN_STACK: usize = raw::MINSIGSTKSZ as usize;

fn check_set_size(size: usize) -> Result<()> {
    if size == size_of::<SignalSet>() {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// rt_sigaction(2).
pub fn rt_sigaction(cx: &Context, [number, new, old, size, ..]: [usize; 6]) -> Result<usize> {
    check_set_size(size)?;
    let new = if new == 0 {
        None
    } else {
        Some(read_struct::<Action>(new)?)
    };
    let signal = Signal::from_number(number as u32 as usize)?;
    let previous = signal::set_action(cx.process, signal, new)?;
    if old != 0 {
        write_struct(old, &previous)?;
    }
    Ok(0)
}

/// rt_sigprocmask(2).
pub fn rt_sigprocmask(cx: &Context, [how, new, old, size, ..]: [usize; 6]) -> Result<usize> {
    check_set_size(size)?;
    let current = cx.thread.signals.lock().mask;
    if new != 0 {
        let set: SignalSet = read_struct(new)?;
        let mask = match how as u32 {
            raw::SIG_BLOCK => current.union(set),
            raw::SIG_UNBLOCK => current.difference(set),
            raw::SIG_SETMASK => set,
            _ => return Err(Errno::EINVAL),
        };
        signal::set_mask(cx.thread, mask);
    }
    if old != 0 {
        write_struct(old, &current)?;
    }
    Ok(0)
}

/// rt_sigreturn(2): the registers come from the frame; a bad frame is a fault.
pub fn rt_sigreturn(cx: &mut Context, _: [usize; 6]) -> Result<usize> {
    if signal::sigreturn(cx.thread, cx.user).is_err() {
        signal::force_fault(cx.thread, cx.user, Signal::SEGV);
    }
    Ok(cx.user.syscall_result())
}

/// rt_sigpending(2): the first `size` bytes of the set.
pub fn rt_sigpending(cx: &Context, [out, size, ..]: [usize; 6]) -> Result<usize> {
    let blocked = cx.thread.signals.lock().mask;
    let pending = signal::pending_of(cx.thread).0 & blocked.0;
    let set = pending.to_le_bytes();
    hal::user::copy_out(out, set.get(..size).ok_or(Errno::EINVAL)?)?;
    Ok(0)
}

/// rt_sigsuspend(2).
pub fn rt_sigsuspend(cx: &Context, [set, size, ..]: [usize; 6]) -> Result<usize> {
    check_set_size(size)?;
    let mask: SignalSet = read_struct(set)?;
    set_temporary_mask(cx, mask);
    wait_for_signal()
}

/// pause(2).
pub fn pause(_: &Context, _: [usize; 6]) -> Result<usize> {
    wait_for_signal()
}

fn wait_for_signal() -> Result<usize> {
    match wait_until(&[], None, Interrupt::BySignals, || None::<()>) {
        Ok(()) | Err(_) => Err(Errno::RESTART_UNLESS_HANDLED),
    }
}

/// Blocks `mask` instead of the thread's own set until the call has returned
/// and the handlers it let in have been set up (`sigsuspend`, `ppoll`, …).
pub fn set_temporary_mask(cx: &Context, mask: SignalSet) {
    {
        let mut signals = cx.thread.signals.lock();
        let own = signals.mask;
        // A restarted call has set its mask already: keep the oldest.
        signals.restore_mask.get_or_insert(own);
    }
    signal::set_mask(cx.thread, mask);
    cx.thread.attention.store(true, Ordering::SeqCst);
}

/// Ends what [`set_temporary_mask`] began in a call that no signal interrupted: what only its mask let in goes on waiting.
pub fn end_temporary_mask(cx: &Context) {
    let own = cx.thread.signals.lock().restore_mask.take();
    if let Some(own) = own {
        signal::set_mask(cx.thread, own);
    }
}

/// rt_sigtimedwait(2).
pub fn rt_sigtimedwait(cx: &Context, [set, info, timeout, size, ..]: [usize; 6]) -> Result<usize> {
    check_set_size(size)?;
    let wanted = read_struct::<SignalSet>(set)?.difference(SignalSet::UNBLOCKABLE);
    let deadline = match timeout {
        0 => None,
        address => Some(Deadline::after(read_timespec(address)?)),
    };
    // While waiting, the wanted signals are not for handlers.
    let thread = cx.thread;
    let own = thread.signals.lock().mask;
    thread.signals.lock().mask = own.union(wanted);
    let outcome = wait_until(&[], deadline, Interrupt::BySignals, || {
        signal::take(thread, wanted)
    });
    signal::set_mask(thread, own);
    match outcome {
        Ok(taken) => {
            if info != 0 {
                write_struct(info, &UserSignalInfo::from(taken))?;
            }
            Ok(taken.signo as usize)
        }
        Err(WaitError::TimedOut) => Err(Errno::EAGAIN),
        Err(WaitError::Interrupted) => Err(Errno::EINTR),
        Err(WaitError::OutOfMemory) => Err(Errno::ENOMEM),
    }
}

/// sigaltstack(2).
pub fn sigaltstack(cx: &mut Context, [new, old, ..]: [usize; 6]) -> Result<usize> {
    let stack_pointer = cx.user.stack_pointer();
    let current = cx.thread.signals.lock().alternate_stack;
    if new != 0 {
        let stack: AlternateStack = read_struct(new)?;
        if current.holds(stack_pointer) && current.flags & raw::SS_AUTODISARM == 0 {
            return Err(Errno::EPERM);
        }
        let mode = stack.flags & !raw::SS_AUTODISARM;
        if mode != 0 && mode != raw::SS_DISABLE && mode != raw::SS_ONSTACK {
            return Err(Errno::EINVAL);
        }
        let next = if mode == raw::SS_DISABLE {
            AlternateStack::default()
        } else if stack.size < MIN_STACK {
            return Err(Errno::ENOMEM);
        } else {
            AlternateStack::new(stack.base, stack.size, stack.flags & raw::SS_AUTODISARM)
        };
        cx.thread.signals.lock().alternate_stack = next;
    }
    if old != 0 {
        write_struct(old, &current.reported(stack_pointer))?;
    }
    Ok(0)
}

fn optional_signal(number: usize) -> Result<Option<Signal>> {
    match number as i32 {
        0 => Ok(None),
        number if number > 0 => Signal::from_number(number as usize).map(Some),
        _ => Err(Errno::EINVAL),
    }
}

/// kill(2).
pub fn kill(cx: &Context, [target, number, ..]: [usize; 6]) -> Result<usize> {
    let signal = optional_signal(number);
    signal::kill(cx.thread, i64::from(target as i32), signal)?;
    Ok(0)
}

/// tgkill(2).
pub fn tgkill(cx: &Context, [group, tid, number, ..]: [usize; 6]) -> Result<usize> {
    if (group as i32) <= 0 {
        return Err(Errno::EINVAL);
    }
    send_to_thread(cx, Some(group as u32), tid, number)
}

/// tkill(2).
pub fn tkill(cx: &Context, [tid, number, ..]: [usize; 6]) -> Result<usize> {
    send_to_thread(cx, None, tid, number)
}

fn send_to_thread(cx: &Context, group: Option<u32>, tid: usize, number: usize) -> Result<usize> {
    if (tid as i32) <= 0 {
        return Err(Errno::EINVAL);
    }
    let thread = process::find_any_thread(tid as u32).ok_or(Errno::ESRCH)?;
    if group.is_some_and(|group| thread.process.pid != group) {
        return Err(Errno::ESRCH);
    }
    let signal = optional_signal(number)?;
    let credentials = cx.thread.credentials();
    signal::may_send(cx.process, &credentials, &thread.process, signal)?;
    if let Some(signal) = signal {
        let info = SignalInfo::sent(signal, raw::SI_TKILL, cx.process.pid, credentials.uid);
        signal::send_to_thread(&thread, info)?;
    }
    Ok(0)
}

/// Checks a `siginfo_t` that a program wants to send. Only the kernel may claim
/// codes of 0 and above, or `SI_TKILL`, about another process. `EPERM`.
fn check_info(cx: &Context, info: UserSignalInfo, own: bool) -> Result<SignalInfo> {
    let info = SignalInfo::from(info);
    if (info.code >= 0 || info.code == raw::SI_TKILL) && !own {
        log::debug!("process {} may not forge signals", cx.process.pid);
        return Err(Errno::EPERM);
    }
    Ok(info)
}

/// Sends it, or asks only, by `send`. `EINVAL` for a number that is no signal, `EPERM`.
fn queue(
    cx: &Context,
    target: &Process,
    number: usize,
    mut info: SignalInfo,
    send: impl FnOnce(SignalInfo) -> Result<()>,
) -> Result<usize> {
    let signal = optional_signal(number)?;
    signal::may_send(cx.process, &cx.thread.credentials(), target, signal)?;
    if let Some(signal) = signal {
        info.signo = signal.number().into();
        send(info)?;
    }
    Ok(0)
}

/// rt_sigqueueinfo(2).
pub fn rt_sigqueueinfo(cx: &Context, [pid, number, info, ..]: [usize; 6]) -> Result<usize> {
    let info = check_info(cx, read_struct(info)?, pid as u32 == cx.process.pid)?;
    let target = process::find_by_thread(pid as u32).ok_or(Errno::ESRCH)?;
    queue(cx, &target, number, info, |info| {
        signal::send_to_process(&target, info)
    })
}

/// rt_tgsigqueueinfo(2).
pub fn rt_tgsigqueueinfo(
    cx: &Context,
    [group, tid, number, info, ..]: [usize; 6],
) -> Result<usize> {
    let info: UserSignalInfo = read_struct(info)?;
    if (tid as i32) <= 0 || (group as i32) <= 0 {
        return Err(Errno::EINVAL);
    }
    let info = check_info(cx, info, group as u32 == cx.process.pid)?;
    let thread = process::find_any_thread(tid as u32).ok_or(Errno::ESRCH)?;
    if thread.process.pid != group as u32 {
        return Err(Errno::ESRCH);
    }
    queue(cx, &thread.process, number, info, |info| {
        signal::send_to_thread(&thread, info)
    })
}
