//! The end of threads and processes (exit(2), exit_group(2)).

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::{
    Counts, FAMILY, PROCESSES, Pid, Process, Thread, unregister_process, unregister_thread,
};
use crate::mm::Mm;
use crate::sched;
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::futex;

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// It exited with this status.
    Exited(u8),
    /// A signal ended it.
    Signaled(Signal),
}

impl Process {
    /// How it ended; for one that has.
    pub(super) fn exit_status(&self) -> ExitStatus {
        (*self.exit.lock()).unwrap_or(ExitStatus::Exited(0))
    }
}

impl ExitStatus {
    /// As wait(2) encodes it.
    pub fn to_wait_status(self) -> u32 {
        match self {
            ExitStatus::Exited(status) => u32::from(status) << 8,
            ExitStatus::Signaled(signal) => signal.number().into(),
        }
    }
}

/// Makes all threads of a process exit. The first status counts. The running
/// thread, if it is one of them, goes on until it is back at the edge of user
/// mode.
pub fn exit_group(process: &Arc<Process>, status: ExitStatus) {
    {
        let mut exit = process.exit.lock();
        if exit.is_some() {
            return;
        }
        *exit = Some(status);
    }
    process.exiting.store(true, Ordering::SeqCst);
    for thread in process.threads.lock().iter() {
        thread.must_exit.store(true, Ordering::SeqCst);
        thread.notify();
    }
}

/// exit(2) of the running thread. If all others have said the same, also those that are still on their way out, the
/// status is the process's.
pub fn exit_one(thread: &Thread, status: ExitStatus) {
    let process = &thread.process;
    let last = {
        let threads = process.threads.lock();
        thread.must_exit.store(true, Ordering::SeqCst);
        threads
            .iter()
            .all(|other| other.must_exit.load(Ordering::SeqCst))
    };
    if last {
        exit_group(process, status);
    }
    thread.attention.store(true, Ordering::SeqCst);
}

/// Ends the running thread, and the process when it was the last.
/// The caller's stack is never seen again: it must own nothing any more.
pub fn exit_thread() -> ! {
    let thread = sched::current();
    futex::exit_robust_list(&thread);
    let address = thread.clear_child_tid.swap(0, Ordering::Relaxed);
    // A thread that dies with its process has nobody to tell (mm_release of
    // Linux does the same); a bad address is the program's own fault.
    if address != 0 && hal::user::store_u32(address, 0).is_ok() {
        futex::wake_address(&thread.process, address, 1);
    }
    let process = thread.process.clone();
    hand_over_children(&thread);
    // Before it leaves its process: exec gives the number of the first thread to another.
    unregister_thread(&thread);
    crate::sync::pi::owner_died(&thread);
    let last = {
        let mut threads = process.threads.lock();
        threads.retain(|other| !Arc::ptr_eq(other, &thread));
        let mut dead = process.accounts.dead_threads.lock();
        *dead = dead.plus(Counts::of(&thread));
        threads.is_empty()
    };
    if !last {
        // What was sent to the process and this thread was to take goes to another.
        signal::retarget(&thread);
        if let Some(waiter) = process.exec_waiter.lock().clone() {
            sched::unpark(&waiter);
        }
    }
    if last {
        exit_process(&process);
    }
    drop(process);
    drop(thread);
    sched::exit()
}

/// What happens when the last thread of a process has gone.
#[expect(
    clippy::panic,
    reason = "as on Linux, the system ends with its first process, which nobody else can kill"
)]
fn exit_process(process: &Arc<Process>) {
    // exit(2) of the last thread sets the status like exit_group(2); exec ends
    // threads without one, but never the last.
    let status = *process.exit.lock().get_or_insert(ExitStatus::Exited(0));
    if process.pid == 1 {
        panic!("the first process ended: {status:?}");
    }
    process.itimers.disarm();
    process.posix_timers.delete_all();
    crate::ipc::semaphore::process_ended(process.pid);
    process.finish_vfork();
    close_files(process);
    crate::fs::leave(process);
    // The memory goes now; a zombie keeps only its place in the table.
    process.note_peak();
    hal::space::deactivate();
    if let Ok(empty) = Mm::empty() {
        let memory = core::mem::replace(&mut *process.mm.lock(), empty);
        drop(memory);
    }
    crate::tty::session_member_exited(process);
    prepare_parent(process);
    let family = become_zombie(process);
    signal::queued();
    tell_orphans(process, &family);
    process.ended.notify();
    if family.parent.is_none() {
        unregister_process(process.pid);
    }
}

/// A child's end may be told by a signal that stops or continues (clone(2)): that is done before the rest, for it takes
/// the `FAMILY` lock.
fn prepare_parent(process: &Process) {
    let number = process.exit_signal.load(Ordering::Relaxed);
    let parent = process.family.lock().parent.upgrade();
    if let (Some(parent), Ok(signal)) = (parent, Signal::from_number(number as usize))
        && signal != Signal::CHLD
    {
        signal::prepare(&parent, signal);
    }
}

fn close_files(process: &Arc<Process>) {
    let files = process.files();
    *process.files.lock() = Arc::default();
    // Dropping the last reference to the table closes the files.
    drop(files);
}

/// Those whom the end of a process leaves behind.
struct Bereaved {
    parent: Option<Arc<Process>>,
    children: BTreeMap<Pid, Arc<Process>>,
}

/// Gives the children to the nearest subreaper or the first process, and makes
/// the process a zombie that its parent knows of: all at once, so that who waits
/// for any child never finds one that was handed over before the one that did
/// so, nor one whose signal is yet to come.
fn become_zombie(process: &Arc<Process>) -> Bereaved {
    let _family = FAMILY.lock();
    let reaper = reaper_of(process);
    let keeper = living_thread(&reaper).unwrap_or(reaper.pid);
    let (parent, children, news) = {
        let mut family = process.family.lock();
        family.childless = true;
        let children = core::mem::take(&mut family.children);
        let news = core::mem::take(&mut family.news);
        (family.parent.upgrade(), children, news)
    };
    for child in children.values() {
        child.family.lock().parent = Arc::downgrade(&reaper);
        child.parent_pid.store(reaper.pid, Ordering::Relaxed);
        child.parent_tid.store(keeper, Ordering::Relaxed);
        child
            .exit_signal
            .store(Signal::CHLD.number().into(), Ordering::Relaxed);
    }
    process.zombie.store(true, Ordering::SeqCst);
    {
        let mut family = reaper.family.lock();
        let handed_over = children.iter().map(|(pid, child)| (*pid, child.clone()));
        family.children.extend(handed_over);
        family.news.extend(news);
    }
    if let Some(parent) = &parent {
        tell_parent(process, parent);
    }
    for child in children.values().filter(|child| child.is_zombie()) {
        tell_parent(child, &reaper);
    }
    Bereaved { parent, children }
}

/// A thread of a process that is not about to end.
fn living_thread(process: &Process) -> Option<Pid> {
    let threads = process.threads.lock();
    let mut living = threads
        .iter()
        .filter(|thread| !thread.must_exit.load(Ordering::SeqCst));
    living.next().map(|thread| thread.tid())
}

/// Tells the children that a thread made that it ends (`PR_SET_PDEATHSIG`), and makes them another's of its process.
/// When that ends as a whole, its last thread tells them all.
fn hand_over_children(thread: &Thread) {
    let process = &thread.process;
    let tid = thread.tid();
    let mut from = 0;
    loop {
        let child = {
            // A new parent's thread is chosen under this lock from those that go on.
            let _family = FAMILY.lock();
            let Some(keeper) = living_thread(process) else {
                return;
            };
            let family = process.family.lock();
            let mut rest = family.children.range(from..).map(|(_, child)| child);
            let found = rest.find(|child| child.parent_tid.load(Ordering::Relaxed) == tid);
            let Some(child) = found else {
                return;
            };
            child.parent_tid.store(keeper, Ordering::Relaxed);
            child.clone()
        };
        from = child.pid + 1;
        send_death_signal(&child);
    }
}

fn send_death_signal(child: &Arc<Process>) {
    let number = child.parent_death_signal.load(Ordering::Relaxed);
    if let Ok(signal) = Signal::from_number(number as usize) {
        // Nobody waits for this one's result.
        let _ = signal::send_to_process(child, SignalInfo::kernel(signal));
    }
}

/// Sends the children of a process that ended the signals that they asked for,
/// and continues the groups with stopped members that became orphaned.
fn tell_orphans(process: &Process, family: &Bereaved) {
    let (group, session) = (process.group(), process.session());
    // Groups that it tied to their session: a member's parent is in another group of that.
    let mut tied: Vec<Pid> = Vec::new();
    for child in family.children.values() {
        send_death_signal(child);
        let other = child.group();
        if other != group && child.session() == session && !tied.contains(&other) {
            tied.push(other);
        }
    }
    if let Some(parent) = &family.parent
        && parent.group() != group
        && parent.session() == session
    {
        tied.push(group);
    }
    for group in tied {
        if super::group::has_stopped(group) && super::group::is_orphaned(group) {
            signal::hang_up(group);
        }
    }
}

/// Who gets the children of `process`. Under the `FAMILY` lock.
#[expect(clippy::expect_used, reason = "the kernel has ended with it otherwise")]
fn reaper_of(process: &Arc<Process>) -> Arc<Process> {
    let mut ancestor = process.family.lock().parent.upgrade();
    while let Some(candidate) = ancestor {
        let (parent, childless) = {
            let family = candidate.family.lock();
            (family.parent.upgrade(), family.childless)
        };
        if candidate.subreaper.load(Ordering::Relaxed) && !childless {
            return candidate;
        }
        ancestor = parent;
    }
    PROCESSES
        .lock()
        .get(&1)
        .cloned()
        .expect("the first process never ends")
}

/// Sends the parent of a zombie its signal and wakes it. The child of a parent
/// that ignores `SIGCHLD` or said `SA_NOCLDWAIT` is gone at once (sigaction(2)).
/// Under the `FAMILY` lock.
fn tell_parent(process: &Arc<Process>, parent: &Arc<Process>) {
    let status = process.exit_status();
    let number = process.exit_signal.load(Ordering::Relaxed);
    let action = parent.actions.lock().lock().get(Signal::CHLD);
    let unheeded = number == i32::from(Signal::CHLD.number())
        && (action.handler == signal::Action::IGNORE || action.has(raw::SA_NOCLDWAIT));
    if unheeded {
        parent.family.lock().remove_child(process.pid);
        unregister_process(process.pid);
    } else {
        parent.family.lock().news.insert(process.pid);
    }
    // One that is ignored does not wait for its being let in, either.
    let unheard = unheeded && action.handler == signal::Action::IGNORE;
    if !unheard && let Ok(signal) = Signal::from_number(number as usize) {
        let (code, value) = match status {
            ExitStatus::Exited(status) => (raw::CLD_EXITED, u64::from(status)),
            ExitStatus::Signaled(signal) => (raw::CLD_KILLED, u64::from(signal.number())),
        };
        let uid = process.credentials().uid;
        let mut info = SignalInfo::sent(signal, code as i32, process.pid, uid);
        info.fields[1] = value;
        // A full queue loses details only: SIGCHLD is no real-time signal.
        let _ = signal::queue_for_process(parent, info);
    }
    parent.child_events.wake_all();
}
