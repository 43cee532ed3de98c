//! Waiting for children (wait4(2), waitid(2)).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::{ExitStatus, FAMILY, Pid, Process, Usage, unregister_process};
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

/// The last that job control did to a process.
#[derive(Clone, Copy)]
pub enum StateChange {
    /// A signal stopped it.
    Stopped(Signal),
    /// It goes on.
    Continued,
}

/// What a wait tells of a child.
#[derive(Clone, Copy)]
enum Event {
    Ended(ExitStatus),
    Changed(StateChange),
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
    let Some((child, event)) = take_event(parent, target, options)? else {
        return Ok(None);
    };
    let (status, code, value) = match event {
        Event::Ended(status) => {
            let (code, value) = match status {
                ExitStatus::Exited(status) => (raw::CLD_EXITED, status),
                ExitStatus::Signaled(signal) => (raw::CLD_KILLED, signal.number()),
            };
            (status.to_wait_status(), code, value)
        }
        Event::Changed(StateChange::Stopped(signal)) => {
            let number = signal.number();
            (u32::from(number) << 8 | 0x7f, raw::CLD_STOPPED, number)
        }
        Event::Changed(StateChange::Continued) => {
            (0xffff, raw::CLD_CONTINUED, Signal::CONT.number())
        }
    };
    let waited = Waited {
        pid: child.pid,
        uid: child.credentials().uid,
        status,
        code: code as i32,
        value: value.into(),
        usage: child.usage().plus(child.children_usage()),
    };
    if matches!(event, Event::Ended(_)) && !options.keep {
        unregister_process(child.pid);
        // Only now: children that nobody waits for are not counted (getrusage(2)).
        let mut children = parent.accounts.children.lock();
        *children = children.plus(waited.usage);
    }
    Ok(Some(waited))
}

/// Finds the first child that has something to tell, and takes that from it unless it is to keep it. `ECHILD` when
/// there is none to wait for.
fn take_event(
    parent: &Arc<Process>,
    target: WaitTarget,
    options: WaitOptions,
) -> Result<Option<(Arc<Process>, Event)>> {
    // The signal of what is found here has been sent.
    let _family = FAMILY.lock();
    let range = match target {
        WaitTarget::Process(pid) | WaitTarget::This(pid, _) => pid..=pid,
        WaitTarget::Any | WaitTarget::Group(_) => 0..=Pid::MAX,
    };
    let is_wanted = |child: &Arc<Process>| {
        options.kind.includes(child)
            && match target {
                WaitTarget::Any | WaitTarget::Process(_) => true,
                WaitTarget::This(_, this) => this == Arc::as_ptr(child),
                WaitTarget::Group(group) => child.group() == group,
            }
    };
    let mut with_news = parent.children_from(*range.start(), Which::WithNews);
    let found = with_news
        .by_ref()
        .take_while(|child| range.contains(&child.pid))
        .filter(|child| is_wanted(child))
        .find_map(|child| child.event(options).map(|event| (child, event)));
    if let Some((child, event)) = found {
        if !options.keep {
            match event {
                Event::Ended(_) => _ = parent.family.lock().remove_child(child.pid),
                Event::Changed(_) => set_state_change(&child, Some(parent), None),
            }
        }
        return Ok(Some((child, event)));
    }
    // One that has ended has nothing more to tell but that.
    let mut may_come = parent
        .children_from(*range.start(), Which::All)
        .take_while(|child| range.contains(&child.pid))
        .filter(|child| options.exited || !child.is_zombie());
    if may_come.any(|child| is_wanted(&child)) {
        Ok(None)
    } else {
        Err(Errno::ECHILD)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    WithNews,
}

impl Process {
    /// Its children from a number on. Under the `FAMILY` lock, and without that of its family: to ask a child for its
    /// group takes the child's.
    fn children_from(&self, first: Pid, which: Which) -> impl Iterator<Item = Arc<Process>> {
        let mut from = Some(first);
        core::iter::from_fn(move || {
            let family = self.family.lock();
            let next = match which {
                Which::All => family.children.range(from?..).next()?.1,
                Which::WithNews => family.children.get(family.news.range(from?..).next()?)?,
            };
            from = next.pid.checked_add(1);
            Some(next.clone())
        })
    }

    /// What a wait with these options has to tell of it.
    fn event(&self, options: WaitOptions) -> Option<Event> {
        if self.is_zombie() {
            return options.exited.then(|| Event::Ended(self.exit_status()));
        }
        let change = self.family.lock().state_change?;
        let asked = match change {
            StateChange::Stopped(_) => options.stopped,
            StateChange::Continued => options.continued,
        };
        asked.then_some(Event::Changed(change))
    }
}

/// Under the `FAMILY` lock.
fn set_state_change(process: &Process, parent: Option<&Process>, change: Option<StateChange>) {
    process.family.lock().state_change = change;
    if let Some(parent) = parent {
        let mut family = parent.family.lock();
        match change {
            Some(_) => _ = family.news.insert(process.pid),
            None => _ = family.news.remove(&process.pid),
        }
    }
}

/// Stops the process for a signal and tells its parent, unless it was continued since the signal was taken, at which it
/// had been continued `continued` times.
pub fn halt(process: &Process, signal: Signal, continued: u32) {
    {
        let _family = FAMILY.lock();
        if process.continued.load(Ordering::SeqCst) != continued {
            return;
        }
        process.stopped.store(true, Ordering::SeqCst);
        notify_threads(process);
        report(process, StateChange::Stopped(signal));
    }
    signal::queued();
}

/// Ends a stop, and those that are about to begin, for `SIGCONT` or `SIGKILL`. Of the first the parent is told; after
/// the second it hears of the end only.
pub fn go_on(process: &Process, signal: Signal) {
    {
        let _family = FAMILY.lock();
        process.continued.fetch_add(1, Ordering::SeqCst);
        if !process.stopped.swap(false, Ordering::SeqCst) {
            return;
        }
        notify_threads(process);
        if signal == Signal::CONT {
            report(process, StateChange::Continued);
        } else if !process.is_zombie() {
            let parent = process.family.lock().parent.upgrade();
            set_state_change(process, parent.as_deref(), None);
        }
    }
    signal::queued();
}

fn notify_threads(process: &Process) {
    for thread in process.threads.lock().iter() {
        thread.notify();
    }
}

/// Leaves what job control did for the parent's waits, sends it `SIGCHLD` and wakes it. Under the `FAMILY` lock.
fn report(process: &Process, change: StateChange) {
    let parent = process.family.lock().parent.upgrade();
    let Some(parent) = parent.filter(|_| !process.is_zombie()) else {
        return;
    };
    set_state_change(process, Some(&parent), Some(change));
    let action = parent.actions.lock().lock().get(Signal::CHLD);
    if !action.has(raw::SA_NOCLDSTOP) && action.handler != signal::Action::IGNORE {
        let (code, signal) = match change {
            StateChange::Stopped(signal) => (raw::CLD_STOPPED, signal),
            StateChange::Continued => (raw::CLD_CONTINUED, Signal::CONT),
        };
        let uid = process.credentials().uid;
        let mut info = SignalInfo::sent(Signal::CHLD, code as i32, process.pid, uid);
        info.fields[1] = signal.number().into();
        // A standard signal is never refused.
        let _ = signal::queue_for_process(&parent, info);
    }
    parent.child_events.wake_all();
}
