//! The end of threads and processes (exit(2), exit_group(2)).

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::{FAMILY, PROCESSES, Process, unregister_process, unregister_thread};
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
    let last = {
        let mut threads = process.threads.lock();
        threads.retain(|other| !Arc::ptr_eq(other, &thread));
        process
            .dead_threads_time
            .fetch_add(sched::runtime(&thread), Ordering::Relaxed);
        threads.is_empty()
    };
    unregister_thread(thread.tid);
    crate::sync::pi::owner_died(&thread);
    if last {
        exit_process(&process);
    }
    drop(process);
    drop(thread);
    sched::exit()
}

/// What happens when the last thread of a process has gone.
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
    // The memory goes now; a zombie keeps only its place in the table.
    hal::space::deactivate();
    if let Ok(empty) = Mm::empty() {
        let memory = core::mem::replace(&mut *process.mm.lock(), empty);
        drop(memory);
    }
    let orphaned_groups = hand_over_children(process);
    for group in orphaned_groups {
        signal::hang_up(group);
    }
    crate::tty::session_member_exited(process);
    process.ended.notify();
    tell_parent(process, status);
}

fn close_files(process: &Arc<Process>) {
    let files = process.files();
    *process.files.lock() = Arc::default();
    // Dropping the last reference to the table closes the files.
    drop(files);
}

/// Gives the children to the nearest subreaper or the first process. Returns
/// the groups of stopped processes that become orphaned.
fn hand_over_children(process: &Arc<Process>) -> Vec<super::Pid> {
    let reaper = reaper_of(process);
    let children = core::mem::take(&mut process.family.lock().children);
    let mut orphaned = Vec::new();
    for child in children {
        let death_signal = child.parent_death_signal.load(Ordering::Relaxed);
        if let Ok(signal) = Signal::from_number(death_signal as usize) {
            // Nobody waits for this one's result.
            let _ = signal::send_to_process(&child, SignalInfo::kernel(signal));
        }
        let (group, stopped) = (child.group(), child.stopped.load(Ordering::SeqCst));
        let zombie = child.is_zombie();
        {
            let _family = FAMILY.lock();
            child.family.lock().parent = Arc::downgrade(&reaper);
            child.parent_pid.store(reaper.pid, Ordering::Relaxed);
            child
                .exit_signal
                .store(Signal::CHLD.number().into(), Ordering::Relaxed);
            reaper.family.lock().children.push(child);
        }
        if stopped && super::group::is_orphaned(group) && !orphaned.contains(&group) {
            orphaned.push(group);
        }
        if zombie {
            reaper.child_events.wake_all();
        }
    }
    orphaned
}

fn reaper_of(process: &Arc<Process>) -> Arc<Process> {
    let mut ancestor = process.family.lock().parent.upgrade();
    while let Some(candidate) = ancestor {
        if candidate.subreaper.load(Ordering::Relaxed) && !candidate.exiting.load(Ordering::SeqCst)
        {
            return candidate;
        }
        ancestor = candidate.family.lock().parent.upgrade();
    }
    PROCESSES
        .lock()
        .get(&1)
        .cloned()
        .expect("the first process never ends")
}

/// Sends the parent its signal and wakes it; an uninterested parent's child is
/// reaped at once.
fn tell_parent(process: &Arc<Process>, status: ExitStatus) {
    let Some(parent) = process.family.lock().parent.upgrade() else {
        unregister_process(process.pid);
        return;
    };
    let number = process.exit_signal.load(Ordering::Relaxed);
    let action = parent.actions.lock().lock().get(Signal::CHLD);
    let uninterested = number == i32::from(Signal::CHLD.number())
        && (action.handler == signal::Action::IGNORE || action.has(raw::SA_NOCLDWAIT));
    if uninterested {
        reap(&parent, process);
    }
    if let Ok(signal) = Signal::from_number(number as usize) {
        let (code, value) = match status {
            ExitStatus::Exited(status) => (raw::CLD_EXITED, u64::from(status)),
            ExitStatus::Signaled(signal) => (raw::CLD_KILLED, u64::from(signal.number())),
        };
        let uid = process.credentials().uid;
        let mut info = SignalInfo::sent(signal, code as i32, process.pid, uid);
        info.fields[1] = value;
        // A full queue loses details only: SIGCHLD is no real-time signal.
        let _ = signal::send_to_process(&parent, info);
    }
    parent.child_events.wake_all();
}

/// Removes a zombie for good.
pub(super) fn reap(parent: &Arc<Process>, child: &Arc<Process>) {
    {
        let _family = FAMILY.lock();
        parent
            .family
            .lock()
            .children
            .retain(|other| !Arc::ptr_eq(other, child));
    }
    let time = child.runtime() + child.children_time.load(Ordering::Relaxed);
    parent.children_time.fetch_add(time, Ordering::Relaxed);
    unregister_process(child.pid);
}
