//! Processes and threads.
//!
//! A [`Process`] owns what POSIX calls a process: address space, files,
//! signal actions, credentials, children. A [`Thread`] is what the scheduler
//! runs. The files here: [`thread`] (the loop around user mode), `clone`
//! (fork and threads), `exec` with `elf` and `stack`, `exit` and `wait`,
//! `group` (process groups and sessions), `limits`, `credentials` with
//! `capabilities`, `usage`.
//!
//! Lock order: `FAMILY` (parents, children, groups, stops and ends) before a
//! process's own locks; never two locks of the same kind of two processes.

pub mod capabilities;
mod clone;
mod credentials;
mod elf;
mod exec;
mod exit;
#[cfg(test)]
pub(crate) mod explored;
pub mod group;
mod limits;
mod out_of_memory;
pub mod pidfd;
mod preferences;
mod restartable;
mod scheduling;
mod stack;
mod thread;
mod usage;
mod wait;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};

pub use capabilities::{Capabilities, Capability, CapabilitySet};
pub(crate) use clone::while_none_joins;
pub use clone::{CloneArgs, clone};
pub use credentials::{Credentials, Looking};
pub use exec::{ExecArgs, MAX_STRING, Strings, exec, program_name};
pub use exit::{ExitStatus, exit_group, exit_one, exit_thread};
pub use limits::{Limits, MAX_OPEN_FILES, Resource};
pub use out_of_memory::make_room;
pub use preferences::{MemoryFailure, Preferences};
pub use restartable::Restartable;
pub use scheduling::{Parameters, Policy, Scheduling};
pub use thread::{Thread, run_thread};
pub use usage::{Accounts, Counts, Usage};
pub use wait::{ChildKind, WaitOptions, WaitTarget, Waited, go_on, halt, wait};

use crate::errno::{Errno, Result};
use crate::fs::{FdTable, FsContext};
use crate::mm::Mm;
use crate::sched;
use crate::signal::{Actions, PendingSignals};
use crate::sync::{SpinLock, WaitQueue};

/// Process and thread numbers; a process has the number of its first thread.
pub type Pid = u32;

/// The highest number given out (`/proc/sys/kernel/pid_max`).
pub const PID_MAX: Pid = 32_768;

/// The most threads there can be at once.
pub const MAX_THREADS: usize = 16_384;

/// A process.
pub struct Process {
    /// Its number.
    pub pid: Pid,
    /// The address space. Replaced by exec; shared after vfork.
    pub mm: SpinLock<Arc<Mm>>,
    /// Open files. Shared between processes by `CLONE_FILES`.
    pub files: SpinLock<Arc<SpinLock<FdTable>>>,
    /// Root, current directory and umask. Shared by `CLONE_FS`.
    pub fs: SpinLock<Arc<SpinLock<FsContext>>>,
    /// What signals do. Shared by `CLONE_SIGHAND`.
    pub actions: SpinLock<Arc<SpinLock<Actions>>>,
    /// Signals sent to the process as a whole.
    pub pending: SpinLock<PendingSignals>,
    /// Identities of its first thread; see [`Process::credentials`].
    pub(super) credentials: SpinLock<Arc<Credentials>>,
    /// Resource limits.
    pub limits: SpinLock<Limits>,
    /// The threads that have not exited.
    pub threads: SpinLock<Vec<Arc<Thread>>>,
    /// Number of the parent: what `family` says, readable without a lock.
    pub(crate) parent_pid: AtomicU32,
    /// The parent's thread that made it or, when that has ended, one that has not (`PR_SET_PDEATHSIG` is about it):
    /// changed under the `FAMILY` lock.
    pub(crate) parent_tid: AtomicU32,
    /// Parent, children and group: under the `FAMILY` lock.
    pub(crate) family: SpinLock<Family>,
    /// Where the process waits for its children.
    pub child_events: WaitQueue,
    /// What `/proc/PID/exe`, `cmdline` and `environ` show.
    pub image: SpinLock<Arc<Image>>,
    /// Whether the process is ending, and with which status.
    pub(crate) exit: SpinLock<Option<ExitStatus>>,
    pub(crate) exiting: AtomicBool,
    /// It has ended and given back what it had: the parent may reap it.
    pub(crate) zombie: AtomicBool,
    /// The thread that waits in exec for the others to end.
    pub(crate) exec_waiter: SpinLock<Option<Arc<Thread>>>,
    /// The process is stopped by a job-control signal: changed under the `FAMILY` lock.
    pub stopped: AtomicBool,
    /// How often it was continued: a stop signal that was taken before a
    /// continuation stops nothing after it. Changed under the `FAMILY` lock.
    pub(crate) continued: AtomicU32,
    /// How many signals it got as one of several processes (kill(2)): a child that is being made then is asked for again.
    pub(crate) group_signals: AtomicU32,
    /// The signal the parent gets at exit (`SIGCHLD` but for clone).
    pub(crate) exit_signal: AtomicI32,
    /// For vfork: the parent sleeps here until exec or exit.
    pub(crate) vfork_done: WaitQueue,
    pub(crate) vfork_pending: AtomicBool,
    /// What it has used so far.
    pub(crate) accounts: Accounts,
    /// When it was started, in nanoseconds since boot.
    pub started_at: u64,
    /// Interval timers (`setitimer`, `alarm`).
    pub itimers: crate::time::itimer::IntervalTimers,
    /// POSIX timers (`timer_create`).
    pub posix_timers: crate::time::posix_timer::PosixTimers,
    /// Has called exec since it was forked (`setpgid` asks).
    pub(crate) has_execed: AtomicBool,
    /// `PR_SET_DUMPABLE`-independent flag: whether `PR_SET_CHILD_SUBREAPER` is on.
    pub(crate) subreaper: AtomicBool,
    /// The signal sent when the parent dies (`PR_SET_PDEATHSIG`).
    pub(crate) parent_death_signal: AtomicU32,
    /// `PR_SET_DUMPABLE`: whether others may look into it.
    pub(crate) dumpable: AtomicBool,
    /// `PR_SET_NO_NEW_PRIVS`: exec gives no rights; inherited, never cleared.
    pub(crate) no_new_privileges: AtomicBool,
    /// Tells holders of a pidfd that it ended.
    pub(crate) ended: crate::fs::poll::Notifier,
    /// A change of users made its user's processes more than `RLIMIT_NPROC`: exec asks again.
    pub(crate) over_limit: AtomicBool,
    /// It has let its session's terminal go (`TIOCNOTTY`); children inherit it, a new session ends it.
    pub(crate) left_terminal: AtomicBool,
    /// Its system calls are written to the log; children inherit it.
    pub(crate) traced: AtomicBool,
}

/// The relations of a process to others.
pub(crate) struct Family {
    pub parent: Weak<Process>,
    pub children: BTreeMap<Pid, Arc<Process>>,
    /// Those of them that a wait may have something to tell of.
    pub news: BTreeSet<Pid>,
    pub group: Pid,
    pub session: Pid,
    /// It has handed over its children as it ends, and gets no more.
    pub childless: bool,
    /// Job-control news that the parent has not asked for yet.
    pub state_change: Option<wait::StateChange>,
}

impl Family {
    /// Takes a child out; whether it was there.
    fn remove_child(&mut self, pid: Pid) -> bool {
        self.news.remove(&pid);
        self.children.remove(&pid).is_some()
    }
}

/// Guards every [`Family`] and changes of relations as a whole; also what a child has become, together with what its
/// parent is told of that: who has waited for it has its signal.
pub(crate) static FAMILY: SpinLock<()> = SpinLock::new(());

/// The program that a process runs.
#[derive(Default)]
pub struct Image {
    /// Absolute path of the executable.
    pub path: Vec<u8>,
    /// Arguments, each followed by a NUL.
    pub cmdline: Vec<u8>,
    /// Environment, each string followed by a NUL.
    pub environ: Vec<u8>,
}

/// All threads by number. The first of a process stands here, and its process in [`PROCESSES`],
/// until the process is reaped, also when it has ended.
static THREADS: SpinLock<BTreeMap<Pid, Arc<Thread>>> = SpinLock::new(BTreeMap::new());
static PROCESSES: SpinLock<BTreeMap<Pid, Arc<Process>>> = SpinLock::new(BTreeMap::new());
static LAST_PID: AtomicU32 = AtomicU32::new(0);
static FORKS: AtomicU64 = AtomicU64::new(0);

impl Process {
    /// Number of the parent, 0 when there is none.
    pub fn parent_pid(&self) -> Pid {
        self.parent_pid.load(Ordering::Relaxed)
    }

    /// Number of the process group.
    pub fn group(&self) -> Pid {
        self.family.lock().group
    }

    /// Number of the session.
    pub fn session(&self) -> Pid {
        self.family.lock().session
    }

    /// Whether it has exited and waits to be reaped.
    pub fn is_zombie(&self) -> bool {
        self.zombie.load(Ordering::SeqCst)
    }

    /// The address space.
    pub fn mm(&self) -> Arc<Mm> {
        self.mm.lock().clone()
    }

    /// The table of open files.
    pub fn files(&self) -> Arc<SpinLock<FdTable>> {
        self.files.lock().clone()
    }

    /// Root, current directory and umask.
    pub fn fs(&self) -> Arc<SpinLock<FsContext>> {
        self.fs.lock().clone()
    }

    /// Its identities as others see them: those of its first thread, also when that has ended. A thread acts by its own
    /// ([`Thread::credentials`]).
    pub fn credentials(&self) -> Arc<Credentials> {
        self.credentials.lock().clone()
    }

    /// The soft limit of a resource.
    pub fn limit(&self, resource: Resource) -> u64 {
        self.limits.lock().soft(resource)
    }
}

/// The process of the running thread.
pub fn current() -> Arc<Process> {
    sched::current().process.clone()
}

/// Finds a process, zombies included.
pub fn find(pid: Pid) -> Option<Arc<Process>> {
    PROCESSES.lock().get(&pid).cloned()
}

/// Finds a thread that has not exited.
pub fn find_thread(tid: Pid) -> Option<Arc<Thread>> {
    find_any_thread(tid).filter(|thread| !thread.has_ended())
}

/// Finds a thread, also the first of a process that has not been reaped.
pub fn find_any_thread(tid: Pid) -> Option<Arc<Thread>> {
    THREADS.lock().get(&tid).cloned()
}

/// Finds a process, zombies included, by the number of any of its threads.
pub fn find_by_thread(tid: Pid) -> Option<Arc<Process>> {
    find(tid).or_else(|| find_any_thread(tid).map(|thread| thread.process.clone()))
}

/// All processes, zombies included, ascending; those that come or go meanwhile may be among them or not.
pub fn all() -> impl Iterator<Item = Arc<Process>> {
    // One at a time: a list would need memory, and who looks for the victim of its lack has none.
    let mut from = Some(0);
    core::iter::from_fn(move || {
        let next = PROCESSES.lock().range(from?..).next()?.1.clone();
        from = next.pid.checked_add(1);
        Some(next)
    })
}

/// How many processes there are, zombies included.
pub fn count() -> usize {
    PROCESSES.lock().len()
}

/// How many threads there are; of a process that has ended one, until it is reaped.
pub fn thread_count() -> usize {
    THREADS.lock().len()
}

/// How many processes and threads were ever made.
pub fn fork_count() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

/// The number given out last.
pub fn last_pid() -> Pid {
    LAST_PID.load(Ordering::Relaxed)
}

/// Sends a signal to every process of a group. `ESRCH` when it has none.
pub use crate::signal::send_to_group as signal_group;

/// Picks a number that no thread, process, group or session uses.
fn allocate_pid() -> Result<Pid> {
    let threads = THREADS.lock();
    if threads.len() >= MAX_THREADS {
        return Err(Errno::EAGAIN);
    }
    // Each processor may have one on its way that is not in the table yet.
    sched::reserve(threads.len() + hal::cpu::MAX_CPUS).map_err(|_| Errno::EAGAIN)?;
    let processes = PROCESSES.lock();
    let mut pid = LAST_PID.load(Ordering::Relaxed);
    for _ in 0..PID_MAX {
        pid = if pid + 1 >= PID_MAX {
            if pid == 0 { 1 } else { 300 }
        } else {
            pid + 1
        };
        if !threads.contains_key(&pid)
            && !processes.contains_key(&pid)
            && !processes.values().any(|process| {
                let family = process.family.lock();
                family.group == pid || family.session == pid
            })
        {
            LAST_PID.store(pid, Ordering::Relaxed);
            FORKS.fetch_add(1, Ordering::Relaxed);
            return Ok(pid);
        }
    }
    Err(Errno::EAGAIN)
}

/// Makes a thread findable.
fn register(thread: &Arc<Thread>) {
    THREADS.lock().insert(thread.tid(), thread.clone());
    if thread.tid() == thread.process.pid {
        PROCESSES
            .lock()
            .insert(thread.tid(), thread.process.clone());
    }
}

/// Gives the only thread of a process, which calls exec, the number of the
/// first (execve(2), "Effect on process attributes").
fn take_leaders_number(thread: &Arc<Thread>) {
    let (old, new) = (thread.tid(), thread.process.pid);
    if old != new {
        let first = {
            let mut threads = THREADS.lock();
            threads.remove(&old);
            thread.tid.store(new, Ordering::Relaxed);
            threads.insert(new, thread.clone())
        };
        drop(first);
        let _family = FAMILY.lock();
        for child in thread.process.family.lock().children.values() {
            if child.parent_tid.load(Ordering::Relaxed) == old {
                child.parent_tid.store(new, Ordering::Relaxed);
            }
        }
    }
}

/// Takes an exited thread out of the table, if it is not the first of its process.
fn unregister_thread(thread: &Thread) {
    let mut threads = THREADS.lock();
    thread.ended.store(true, Ordering::SeqCst);
    if thread.tid() != thread.process.pid {
        let gone = threads.remove(&thread.tid());
        drop(threads);
        drop(gone);
    }
}

/// Takes a reaped process out of the tables.
fn unregister_process(pid: Pid) {
    let thread = THREADS.lock().remove(&pid);
    let process = PROCESSES.lock().remove(&pid);
    drop((thread, process));
}

/// Makes the first process, which runs nothing yet.
pub(crate) fn first(fs: FsContext) -> Result<Arc<Process>> {
    let pid = allocate_pid()?;
    Ok(Process::new(
        pid,
        clone::Parts {
            mm: Mm::empty()?,
            files: Arc::default(),
            fs: Arc::new(SpinLock::new(fs)),
            actions: Arc::new(SpinLock::new(Actions::default())),
            credentials: Arc::new(Credentials::root()),
            limits: Limits::initial(),
            image: Arc::default(),
        },
    ))
}

/// Gives the first process its program and its thread, not yet running.
pub(crate) fn start_first(
    process: &Arc<Process>,
    file: crate::fs::ExecutableFile,
    args: ExecArgs,
) -> Result<Arc<Thread>> {
    let name = exec::program_name(&file.path);
    let context = exec::load_first(process, file, args)?;
    crate::syscall::trace::program_started(process, &name);
    let thread = Thread::new(
        process.pid,
        process.clone(),
        context,
        thread::Inherited::nothing(process, name),
    )?;
    process.threads.lock().push(thread.clone());
    register(&thread);
    Ok(thread)
}
