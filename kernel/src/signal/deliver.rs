//! Delivery: what happens on the way back to user mode.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use hal::user::{Exception, UserContext};
use linux_raw_sys::general as raw;

use super::{
    Action, DefaultAction, Signal, SignalInfo, SignalSet, frame, has_deadly, has_deliverable,
    send_to_group,
};
use crate::mm::FaultError;
use crate::process::{self, ExitStatus, Thread, exit_group};
use crate::sched;
use crate::sync::Interrupt;
use crate::syscall;

/// Turns a CPU exception in user mode into page-table work or a signal.
pub fn exception(thread: &Arc<Thread>, user: &mut UserContext, exception: Exception) {
    let (signal, code, address) = match exception {
        Exception::PageFault {
            address, access, ..
        } => match thread.process.mm().fault(address, access) {
            Ok(()) => {
                thread.count_fault();
                return;
            }
            Err(FaultError::NotMapped) => (Signal::SEGV, raw::SEGV_MAPERR as i32, address),
            Err(FaultError::Denied) => (Signal::SEGV, raw::SEGV_ACCERR as i32, address),
            Err(FaultError::PastEnd) => (Signal::BUS, raw::BUS_ADRERR as i32, address),
            Err(FaultError::OutOfMemory) => {
                // The access is made again when the victim's memory is back.
                process::make_room(&thread.process);
                return;
            }
        },
        Exception::DivideError => (
            Signal::FPE,
            raw::FPE_INTDIV as i32,
            user.instruction_pointer(),
        ),
        Exception::FloatingPoint { .. } | Exception::Simd { .. } => (
            Signal::FPE,
            fpe_code(&exception),
            user.instruction_pointer(),
        ),
        Exception::InvalidOpcode | Exception::DeviceNotAvailable => (
            Signal::ILL,
            raw::ILL_ILLOPN as i32,
            user.instruction_pointer(),
        ),
        Exception::Debug => (
            Signal::TRAP,
            raw::TRAP_TRACE as i32,
            user.instruction_pointer(),
        ),
        Exception::Breakpoint => (Signal::TRAP, raw::SI_KERNEL as i32, 0),
        Exception::AlignmentCheck => (Signal::BUS, raw::BUS_ADRALN as i32, 0),
        Exception::StackFault { .. } | Exception::SegmentNotPresent { .. } => {
            (Signal::BUS, raw::SI_KERNEL as i32, 0)
        }
        _ => (Signal::SEGV, raw::SI_KERNEL as i32, 0),
    };
    let info = SignalInfo::fault(signal, code, address);
    force(thread, user, info, Some(&exception));
}

/// `si_code` of a floating-point exception (sigaction(2)).
fn fpe_code(exception: &Exception) -> i32 {
    // Exceptions that happened and are not masked. The order of the bits is the
    // same in both units: invalid, denormal, zero divide, overflow, underflow,
    // precision.
    let flags = match *exception {
        Exception::FloatingPoint { status, control } => u32::from(status & !control),
        Exception::Simd { mxcsr } => mxcsr & !(mxcsr >> 7),
        _ => 0,
    };
    let code = match flags {
        flags if flags & 0x01 != 0 => raw::FPE_FLTINV,
        flags if flags & 0x04 != 0 => raw::FPE_FLTDIV,
        flags if flags & 0x08 != 0 => raw::FPE_FLTOVF,
        flags if flags & 0x12 != 0 => raw::FPE_FLTUND,
        _ => raw::FPE_FLTRES,
    };
    code as i32
}

/// Delivers a signal for what the kernel found wrong in user memory.
pub fn force_fault(thread: &Arc<Thread>, user: &mut UserContext, signal: Signal) {
    let info = SignalInfo::new(signal, raw::SI_KERNEL as i32);
    force(thread, user, info, None);
}

/// Delivers a signal that the thread caused itself: blocking or ignoring it
/// does not help (the program would fault for ever).
fn force(
    thread: &Arc<Thread>,
    user: &mut UserContext,
    info: SignalInfo,
    exception: Option<&Exception>,
) {
    let signal = info.signal();
    let blocked = thread.signals.lock().mask.contains(signal);
    let action = take_action(thread, signal);
    if blocked || matches!(action.handler, Action::DEFAULT | Action::IGNORE) {
        log::debug!(
            "process {} thread {}: fatal {signal:?} code {} at {:#x}, address {:#x}",
            thread.process.pid,
            thread.tid(),
            info.code,
            user.instruction_pointer(),
            info.fields[0],
        );
        exit_group(&thread.process, ExitStatus::Signaled(signal));
        return;
    }
    run_handler(thread, user, action, info, exception);
}

/// Delivers what waits for the thread, and puts an interrupted call right.
pub fn deliver(thread: &Arc<Thread>, user: &mut UserContext) {
    loop {
        stop_if_told(thread);
        if thread.must_exit.load(Ordering::SeqCst) {
            thread.attention.store(true, Ordering::SeqCst);
            return;
        }
        let mask = thread.signals.lock().mask;
        let Some((info, continued)) = super::pop_counted(thread, mask) else {
            break;
        };
        let signal = info.signal();
        let action = take_action(thread, signal);
        match action.handler {
            Action::IGNORE => {}
            Action::DEFAULT => match signal.default_action() {
                DefaultAction::Ignore | DefaultAction::Continue => {}
                // The first process is the system: only what it handles
                // reaches it, and nothing stops or kills it.
                _ if thread.process.pid == 1 => {}
                DefaultAction::Stop => stop(thread, signal, continued),
                DefaultAction::Terminate | DefaultAction::Core => {
                    exit_group(&thread.process, ExitStatus::Signaled(signal));
                    return;
                }
            },
            _ => {
                syscall::restart::before_handler(thread, user, &action);
                run_handler(thread, user, action, info, None);
                // A handler runs: other signals wait until it returns, unless
                // they interrupt it, which the next pass would set up now.
                if has_deliverable(thread) {
                    thread.attention.store(true, Ordering::SeqCst);
                }
                return;
            }
        }
    }
    syscall::restart::without_handler(thread, user);
    let mut signals = thread.signals.lock();
    if let Some(mask) = signals.restore_mask.take() {
        signals.mask = mask;
        drop(signals);
        if has_deliverable(thread) {
            thread.attention.store(true, Ordering::SeqCst);
        }
    }
}

/// Sets the thread up to run a handler, or the one of `SIGSEGV` when its stack is bad.
fn run_handler(
    thread: &Arc<Thread>,
    user: &mut UserContext,
    action: Action,
    info: SignalInfo,
    exception: Option<&Exception>,
) {
    let signal = info.signal();
    if thread.restartable.interrupt(user).is_err() {
        refuse_handler(thread, user, signal);
        return;
    }
    let mut state = *thread.signals.lock();
    let saved_mask = state.restore_mask.take().unwrap_or(state.mask);
    let pushed = loop {
        let stack = &state.alternate_stack;
        let pushed = frame::push(user, stack, &action, &info, saved_mask, exception);
        // A page that memory is not there for just now is no bad stack.
        if pushed.is_ok() || !thread.feed() || thread.must_interrupt(Interrupt::ByDeathOnly) {
            break pushed;
        }
    };
    match pushed {
        Ok(stack) => {
            state.alternate_stack = stack;
            state.mask = state.mask.union(action.mask);
            if !action.has(raw::SA_NODEFER) {
                state.mask = state.mask.with(signal);
            }
            state.mask = state.mask.difference(SignalSet::UNBLOCKABLE);
            *thread.signals.lock() = state;
            // Another thread is to take what this one blocks from here on.
            super::retarget(thread);
        }
        Err(_) => refuse_handler(thread, user, signal),
    }
}

/// What comes of a signal whose handler cannot be set up: `SIGSEGV`, whose own handler may have a stack
/// that is well. If that was the signal, the process ends.
#[cold]
fn refuse_handler(thread: &Arc<Thread>, user: &mut UserContext, signal: Signal) {
    if signal == Signal::SEGV {
        exit_group(&thread.process, ExitStatus::Signaled(signal));
    } else {
        force_fault(thread, user, Signal::SEGV);
    }
}

/// The action of a signal that is about to be delivered; one for a single
/// delivery is used up by it (`SA_RESETHAND`).
fn take_action(thread: &Thread, signal: Signal) -> Action {
    let actions = thread.process.actions.lock();
    let mut actions = actions.lock();
    let action = actions.get(signal);
    let handled = !matches!(action.handler, Action::DEFAULT | Action::IGNORE);
    if handled && action.has(raw::SA_RESETHAND) {
        let reset = Action {
            handler: Action::DEFAULT,
            ..action
        };
        actions.set(signal, reset);
    }
    action
}

/// Stops the whole process, unless its group is orphaned (POSIX, 2.4.3).
/// `continued` is from when the signal was taken.
fn stop(thread: &Arc<Thread>, signal: Signal, continued: u32) {
    let process = &thread.process;
    if signal != Signal::STOP && process::group::is_orphaned(process.group()) {
        return;
    }
    process::halt(process, signal, continued);
}

/// Sleeps while the process is stopped and nothing is about to end it. A stop
/// signal taken between the two halves of sending `SIGKILL`, the end of stops
/// and the queueing, stops the process once more: the second half counts.
fn stop_if_told(thread: &Arc<Thread>) {
    while thread.process.stopped.load(Ordering::SeqCst)
        && !thread.must_exit.load(Ordering::SeqCst)
        && !has_deadly(thread)
    {
        sched::park(None);
    }
}

/// Stops or continues a group because its session leader or terminal went
/// away: used by [`crate::process::group`].
pub(crate) fn hang_up(group: process::Pid) {
    // An empty group has nobody to tell.
    if send_to_group(group, Signal::HUP).is_ok() {
        let _ = send_to_group(group, Signal::CONT);
    }
}
