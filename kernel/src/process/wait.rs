//! Waiting for children (wait4(2), waitid(2)).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::exit::reap;
use super::{ExitStatus, Pid, Process, Usage};
use crate::errno::{Errno, Result};
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::{Interrupt, wait_until};

/// Which children to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitTarget {
    /// All of them.
    Any,
    /// The one with this number.
    Process(Pid),
    /// This one, with its number: where it lies tells it from a later one.
    This(Pid, *const Process),
    /// Those in this group.
    Group(Pid),
}

/// What to wait for, and how.
#[derive(Clone, Copy, Debug)]
pub struct WaitOptions {
    /// Children that ended.
    pub exited: bool,
    /// Children that stopped.
    pub stopped: bool,
    /// Children that continued.
    pub continued: bool,
    /// `WNOHANG`: do not sleep.
    pub no_hang: bool,
    /// `WNOWAIT`: leave the child as it is.
    pub keep: bool,
    /// Which kind of child.
    pub kind: ChildKind,
}

/// A "clone" child is one whose end is told by another signal than `SIGCHLD`, or by none (waitpid(2), Linux notes).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChildKind {
    /// Not those.
    Forked,
    /// Only those (`__WCLONE`).
    Clone,
    /// Both (`__WALL`).
    All,
}

impl ChildKind {
    fn includes(self, child: &Process) -> bool {
        let told = child.exit_signal.load(Ordering::Relaxed) == i32::from(Signal::CHLD.number());
        match self {
            ChildKind::Forked => told,
            ChildKind::Clone => !told,
            ChildKind::All => true,
        }
    }
}

/// What happened to a child.
#[derive(Clone, Copy, Debug)]
pub struct Waited {
    /// The child.
    pub pid: Pid,
    /// Its real user.
    pub uid: u32,
    /// As wait(2) encodes it.
    pub status: u32,
    /// As waitid(2) tells it: `CLD_*` and the value of `si_status`.
    pub code: i32,
    /// `si_status`.
    pub value: i32,
    /// What it and its children have used.
    pub usage: Usage,
}

/// Job-control news that the parent has not asked for yet.
#[derive(Clone, Copy, Default)]
pub struct StateChange {
    stopped_by: Option<Signal>,
    continued: bool,
}

/// wait4(2) and waitid(2). `Ok(None)` with `no_hang` when nothing happened.
///
/// # Errors
///
/// `ECHILD` when there is no such child; interrupted by signals.
pub fn wait(
    parent: &Arc<Process>,
    target: WaitTarget,
    options: WaitOptions,
) -> Result<Option<Waited>> {
    let attempt = || match poll(parent, target, options) {
        Ok(Some(waited)) => Some(Ok(Some(waited))),
        Ok(None) if options.no_hang => Some(Ok(None)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    };
    wait_until(&[&parent.child_events], None, Interrupt::BySignals, attempt)?
}

fn poll(parent: &Arc<Process>, target: WaitTarget, options: WaitOptions) -> Result<Option<Waited>> {
    loop {
        match poll_once(parent, target, options)? {
            Polled::Child(waited) => return Ok(Some(waited)),
            Polled::Nothing => return Ok(None),
            Polled::Again => {}
        }
    }
}

impl Process {
    /// Whether a wait may have something to tell of it.
    fn has_news(&self) -> bool {
        self.is_zombie() || {
            let change = self.state_change.lock();
            change.stopped_by.is_some() || change.continued
        }
    }
}

enum Polled {
    Child(Waited),
    Nothing,
    /// Another thread was faster with the child that was found.
    Again,
}

fn poll_once(parent: &Arc<Process>, target: WaitTarget, options: WaitOptions) -> Result<Polled> {
    let mut any = false;
    let mut children = alloc::vec::Vec::new();
    {
        let family = parent.family.lock();
        let range = match target {
            WaitTarget::Process(pid) | WaitTarget::This(pid, _) => pid..=pid,
            WaitTarget::Any | WaitTarget::Group(_) => 0..=Pid::MAX,
        };
        for child in family.children.range(range).map(|(_, child)| child) {
            // One that has ended has nothing more to tell but that.
            if matches!(target, WaitTarget::This(_, this) if this != Arc::as_ptr(child)) {
                continue;
            }
            if !options.kind.includes(child) || (child.is_zombie() && !options.exited) {
                continue;
            }
            // Of a group later: that takes the child's own lock.
            any |= !matches!(target, WaitTarget::Group(_));
            if any && !child.has_news() {
                continue;
            }
            children.try_reserve(1)?;
            children.push(child.clone());
            if any && child.is_zombie() && options.exited {
                break;
            }
        }
    }
    for child in children.iter().filter(|child| match target {
        WaitTarget::Group(group) => child.group() == group,
        WaitTarget::Any | WaitTarget::Process(_) | WaitTarget::This(..) => true,
    }) {
        any = true;
        if child.is_zombie() {
            if !options.exited {
                continue;
            }
            let status = child.exit_status();
            let (code, value) = match status {
                ExitStatus::Exited(status) => (raw::CLD_EXITED, status),
                ExitStatus::Signaled(signal) => (raw::CLD_KILLED, signal.number()),
            };
            let waited = describe(child, status.to_wait_status(), code, value);
            if !options.keep {
                if !reap(child) {
                    return Ok(Polled::Again);
                }
                // Only now: children that nobody waits for are not counted (getrusage(2)).
                let mut children = parent.accounts.children.lock();
                *children = children.plus(waited.usage);
            }
            return Ok(Polled::Child(waited));
        }
        let mut change = child.state_change.lock();
        if options.stopped
            && let Some(signal) = change.stopped_by
        {
            if !options.keep {
                change.stopped_by = None;
            }
            let status = u32::from(signal.number()) << 8 | 0x7f;
            let waited = describe(child, status, raw::CLD_STOPPED, signal.number());
            return Ok(Polled::Child(waited));
        }
        if options.continued && change.continued {
            if !options.keep {
                change.continued = false;
            }
            let number = Signal::CONT.number();
            let waited = describe(child, 0xffff, raw::CLD_CONTINUED, number);
            return Ok(Polled::Child(waited));
        }
    }
    if any {
        Ok(Polled::Nothing)
    } else {
        Err(Errno::ECHILD)
    }
}

fn describe(child: &Process, status: u32, code: u32, value: u8) -> Waited {
    Waited {
        pid: child.pid,
        uid: child.credentials().uid,
        status,
        code: code as i32,
        value: value.into(),
        usage: child.usage().plus(child.children_usage()),
    }
}

/// Marks the process stopped, unless it was continued since the stop signal was
/// taken, at which it had been continued `continued` times.
pub fn halt(process: &Process, continued: u32) -> bool {
    let _state = process.state_change.lock();
    let valid = process.continued.load(Ordering::SeqCst) == continued;
    if valid {
        process.stopped.store(true, Ordering::SeqCst);
    }
    valid
}

/// Ends a stop, and those that are about to begin; whether there was one.
pub fn go_on(process: &Process) -> bool {
    let _state = process.state_change.lock();
    process.continued.fetch_add(1, Ordering::SeqCst);
    process.stopped.swap(false, Ordering::SeqCst)
}

/// Tells the parent that a process was stopped.
pub fn report_stopped(process: &Arc<Process>, signal: Signal) {
    *process.state_change.lock() = StateChange {
        stopped_by: Some(signal),
        continued: false,
    };
    report(process, raw::CLD_STOPPED, signal);
}

/// Tells the parent that a process was continued.
pub fn report_continued(process: &Arc<Process>) {
    *process.state_change.lock() = StateChange {
        stopped_by: None,
        continued: true,
    };
    report(process, raw::CLD_CONTINUED, Signal::CONT);
}

fn report(process: &Arc<Process>, code: u32, signal: Signal) {
    let Some(parent) = process.family.lock().parent.upgrade() else {
        return;
    };
    let action = parent.actions.lock().lock().get(Signal::CHLD);
    if !action.has(raw::SA_NOCLDSTOP) && action.handler != signal::Action::IGNORE {
        let uid = process.credentials().uid;
        let mut info = SignalInfo::sent(Signal::CHLD, code as i32, process.pid, uid);
        info.fields[1] = signal.number().into();
        // A standard signal is never refused.
        let _ = signal::send_to_process(&parent, info);
    }
    parent.child_events.wake_all();
}
