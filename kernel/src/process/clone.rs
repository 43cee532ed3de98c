//! fork, vfork, clone, clone3: new processes and threads (clone(2)).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use hal::user::UserContext;
use linux_raw_sys::general as raw;

use super::{
    Capability, FAMILY, Family, Pid, Process, Resource, Thread, allocate_pid, register,
    thread::ThreadSignals,
};
use crate::errno::{Errno, Result};
use crate::signal::{AlternateStack, PendingSignals, Signal};
use crate::sync::{Interrupt, SpinLock, WaitError, WaitQueue, wait_until};
use crate::{process, sched, time};

/// The arguments of clone(2), from whichever of the calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloneArgs {
    /// `CLONE_*` without the exit signal.
    pub flags: u64,
    /// Sent to the parent when the child exits; 0 for none.
    pub exit_signal: u8,
    /// The child's stack pointer; 0 keeps the parent's.
    pub stack: usize,
    /// For `CLONE_PARENT_SETTID`.
    pub parent_tid: usize,
    /// For `CLONE_CHILD_SETTID` and `CLONE_CHILD_CLEARTID`.
    pub child_tid: usize,
    /// For `CLONE_PIDFD`: where the descriptor is stored.
    pub pidfd: usize,
    /// For `CLONE_SETTLS`.
    pub tls: usize,
}

const SUPPORTED: u64 = (raw::CLONE_VM
    | raw::CLONE_FS
    | raw::CLONE_FILES
    | raw::CLONE_SIGHAND
    | raw::CLONE_VFORK
    | raw::CLONE_PARENT
    | raw::CLONE_THREAD
    | raw::CLONE_SYSVSEM
    | raw::CLONE_SETTLS
    | raw::CLONE_PARENT_SETTID
    | raw::CLONE_CHILD_CLEARTID
    | raw::CLONE_DETACHED
    | raw::CLONE_CHILD_SETTID
    | raw::CLONE_PIDFD
    // Nothing traces a caller, and no thread has an I/O context of its own.
    | raw::CLONE_PTRACE
    | raw::CLONE_UNTRACED
    | raw::CLONE_IO) as u64
    | raw::CLONE_CLEAR_SIGHAND;

impl CloneArgs {
    fn has(&self, flag: u32) -> bool {
        self.flags & u64::from(flag) != 0
    }

    fn check(&self) -> Result<()> {
        let bad = self.flags & !SUPPORTED != 0
            || (self.has(raw::CLONE_SIGHAND) && !self.has(raw::CLONE_VM))
            || (self.has(raw::CLONE_THREAD) && !self.has(raw::CLONE_SIGHAND))
            || (self.has(raw::CLONE_PIDFD)
                && (self.has(raw::CLONE_THREAD) || self.has(raw::CLONE_DETACHED)))
            || (self.has(raw::CLONE_SIGHAND) && self.flags & raw::CLONE_CLEAR_SIGHAND != 0)
            // A thread shares what its process has: there is no thread with files of its own.
            || (self.has(raw::CLONE_THREAD)
                && !(self.has(raw::CLONE_FILES) && self.has(raw::CLONE_FS)));
        if bad { Err(Errno::EINVAL) } else { Ok(()) }
    }
}

/// clone(2): makes a thread or process like the caller; returns its number.
///
/// # Errors
///
/// `EINVAL` for flags that contradict each other or are not supported,
/// `EAGAIN` at a limit, `ENOMEM`, `EFAULT` for a bad thread-local pointer.
pub fn clone(thread: &Arc<Thread>, user: &UserContext, args: CloneArgs) -> Result<Pid> {
    args.check()?;
    // A signal that came first comes first: what it was sent to has no child of after it.
    let group_signals = thread.process.group_signals.load(Ordering::SeqCst);
    if thread.must_interrupt(Interrupt::BySignals) {
        return Err(Errno::RESTART_ALWAYS);
    }
    crate::mm::admit()?;
    let tid = allocate_pid()?;
    let mut context = user.clone();
    context.set_syscall_result(0);
    if args.stack != 0 {
        context.set_stack_pointer(args.stack);
    }
    check_process_limit(thread)?;
    thread.process.over_limit.store(false, Ordering::Relaxed);
    let is_thread = args.has(raw::CLONE_THREAD);
    let process = if is_thread {
        thread.process.clone()
    } else {
        new_process(thread, tid, &args)?
    };
    let signals = {
        let signals = thread.signals.lock();
        // A new stack of its own has no alternate stack yet (sigaltstack(2)).
        let keeps_stack = !args.has(raw::CLONE_VM) || args.has(raw::CLONE_VFORK);
        ThreadSignals {
            mask: signals.mask,
            alternate_stack: if keeps_stack {
                signals.alternate_stack
            } else {
                AlternateStack::default()
            },
            ..ThreadSignals::default()
        }
    };
    let inherited = super::thread::Inherited {
        signals,
        scheduling: super::Scheduling::inherited(&thread.scheduling),
        preferences: super::Preferences::inherited(&thread.preferences),
        credentials: thread.credentials(),
        name: *thread.name.lock(),
    };
    let mut unstarted = Unstarted(Some(Thread::new(tid, process.clone(), context, inherited)?));
    let child = unstarted.thread();
    child.sched.inherit(&thread.sched);
    if !args.has(raw::CLONE_VM) {
        child.restartable.inherit(&thread.restartable);
    }
    child.task().copy_user_state_from_current();
    if args.has(raw::CLONE_SETTLS) && !child.task().set_initial_tls(args.tls) {
        return Err(Errno::EPERM);
    }
    if args.has(raw::CLONE_CHILD_CLEARTID) {
        child
            .clear_child_tid
            .store(args.child_tid, Ordering::Relaxed);
    }
    if args.has(raw::CLONE_PARENT_SETTID) {
        // A bad address is nobody's problem, as on Linux.
        let _ = hal::user::store_u32(args.parent_tid, tid);
    }
    if args.has(raw::CLONE_CHILD_SETTID) {
        // A bad address is the child's problem alone, as on Linux.
        if args.has(raw::CLONE_VM) {
            let _ = hal::user::store_u32(args.child_tid, tid);
        } else {
            let _ = process.mm().write_user(args.child_tid, &tid.to_le_bytes());
        }
    }
    let pidfd = if args.has(raw::CLONE_PIDFD) {
        let file = super::pidfd::create(&process, 0);
        let limit = thread.process.limit(Resource::OpenFiles);
        let files = thread.process.files();
        let fd = files.lock().insert(file, true, 0, limit)?;
        Some(fd)
    } else {
        None
    };
    let withdraw = |error: Errno| {
        let files = thread.process.files();
        let file = pidfd.map(|fd| files.lock().remove(fd));
        drop(file);
        error
    };
    if let Some(fd) = pidfd {
        hal::user::store_u32(args.pidfd, fd as u32).map_err(|fault| withdraw(fault.into()))?;
    }
    // Before it can be found: a signal would start it.
    let vfork = args.has(raw::CLONE_VFORK) && !is_thread;
    process.vfork_pending.store(vfork, Ordering::SeqCst);
    join(thread, &child, &args, group_signals).map_err(withdraw)?;
    unstarted.started();
    sched::start(&child);
    drop(child);
    if vfork {
        // Nothing but a fatal signal ends this wait; then the answer does not matter.
        while let Err(WaitError::OutOfMemory) =
            wait_until(&[&process.vfork_done], None, Interrupt::ByDeathOnly, || {
                (!process.vfork_pending.load(Ordering::SeqCst)).then_some(())
            })
        {
            sched::yield_now();
        }
    }
    Ok(tid)
}

/// Whether the caller's real user may have one more thread (`RLIMIT_NPROC` in getrlimit(2)); the
/// superuser may. `EAGAIN`.
fn check_process_limit(thread: &Thread) -> Result<()> {
    let limit = thread.process.limit(Resource::Processes);
    if nobody_has(limit) {
        return Ok(());
    }
    let credentials = thread.credentials();
    let capabilities = [Capability::SysResource, Capability::SysAdmin];
    if credentials.uid == 0 || capabilities.iter().any(|&one| credentials.has(one)) {
        return Ok(());
    }
    if threads_of(credentials.uid) >= limit {
        return Err(Errno::EAGAIN);
    }
    Ok(())
}

/// Whether a look at the table tells already that no user has `limit` threads: only else they are counted. That of a
/// zombie is in it.
fn nobody_has(limit: u64) -> bool {
    (process::thread_count() as u64) < limit
}

/// How many threads a real user has. A zombie has none, and counts as one until it is reaped.
fn threads_of(uid: u32) -> u64 {
    let own = process::all().filter(|process| process.credentials().uid == uid);
    own.map(|process| process.threads.lock().len().max(1) as u64)
        .sum()
}

impl Process {
    /// The real user becomes `uid`, which may have too many processes. That is no error of setuid(2),
    /// whose callers may not look, but of the execve(2) that follows.
    pub(crate) fn user_changed(&self, uid: u32) {
        let limit = self.limit(Resource::Processes);
        let over = uid != 0 && !nobody_has(limit) && threads_of(uid) > limit;
        self.over_limit.store(over, Ordering::Relaxed);
    }

    /// Whether the process may call exec: not while the user it changed to has too many processes.
    /// `EAGAIN`.
    pub(crate) fn check_limit_for_exec(&self, user: u32) -> Result<()> {
        if self.over_limit.load(Ordering::Relaxed) {
            if threads_of(user) > self.limit(Resource::Processes) {
                return Err(Errno::EAGAIN);
            }
            self.over_limit.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A thread that may yet come to nothing: thread and task hold each other until
/// one that has run ends.
struct Unstarted(Option<Arc<Thread>>);

impl Unstarted {
    #[expect(clippy::expect_used, reason = "`started` is called last")]
    fn thread(&self) -> Arc<Thread> {
        self.0.clone().expect("the thread is there until it starts")
    }

    fn started(&mut self) {
        self.0 = None;
    }
}

impl Drop for Unstarted {
    fn drop(&mut self) {
        if let Some(thread) = &self.0 {
            drop(thread.take_task());
        }
    }
}

/// Held by who makes new threads and processes findable, and by who sends a signal to several.
static JOINING: SpinLock<()> = SpinLock::new(());

/// Runs `walk`, which sends a signal to several processes, while no process is added: what its makers got, a child
/// gets as well or is not made.
pub(crate) fn while_none_joins<R>(walk: impl FnOnce() -> R) -> R {
    let _joining = JOINING.lock();
    walk()
}

/// Puts a new thread, and its process if that is new, where others find it. One at a time: of two that are each the last
/// within a limit, the second sees the first. A maker that got a signal that others got with it, since there were
/// `group_signals` of those, makes its call again after that.
fn join(
    maker: &Arc<Thread>,
    child: &Arc<Thread>,
    args: &CloneArgs,
    group_signals: u32,
) -> Result<()> {
    let _joining = JOINING.lock();
    if maker.process.group_signals.load(Ordering::SeqCst) != group_signals
        && maker.must_interrupt(Interrupt::BySignals)
    {
        return Err(Errno::RESTART_ALWAYS);
    }
    check_process_limit(maker)?;
    let is_thread = args.has(raw::CLONE_THREAD);
    join_process(maker, child, is_thread)?;
    if !is_thread {
        adopt(maker, &child.process, args.has(raw::CLONE_PARENT))
            .inspect_err(|_| child.process.threads.lock().clear())?;
    }
    register(child);
    Ok(())
}

/// Adds a thread to its process. `EAGAIN` when `maker`'s process ends its
/// threads, which it has told all that it has.
fn join_process(maker: &Thread, child: &Arc<Thread>, is_thread: bool) -> Result<()> {
    let process = &child.process;
    let mut threads = process.threads.lock();
    let ending =
        || process.exiting.load(Ordering::SeqCst) || maker.must_exit.load(Ordering::SeqCst);
    if is_thread && ending() {
        return Err(Errno::EAGAIN);
    }
    threads.try_reserve(1)?;
    threads.push(child.clone());
    if process.stopped.load(Ordering::SeqCst) {
        child.attention.store(true, Ordering::SeqCst);
    }
    Ok(())
}

/// Puts a new process into its family: child of the maker, or of the
/// maker's parent, which hears of its end as of the maker's (`CLONE_PARENT`), in
/// the maker's group and session.
fn adopt(maker: &Thread, child: &Arc<Process>, as_sibling: bool) -> Result<()> {
    let caller = &maker.process;
    let _family = FAMILY.lock();
    let (parent, group, session) = {
        let family = caller.family.lock();
        (family.parent.upgrade(), family.group, family.session)
    };
    let (parent, parent_tid) = match parent {
        Some(parent) if as_sibling => {
            let told = caller.exit_signal.load(Ordering::Relaxed);
            child.exit_signal.store(told, Ordering::Relaxed);
            (parent, caller.parent_tid.load(Ordering::Relaxed))
        }
        _ => (caller.clone(), maker.tid()),
    };
    {
        let mut family = child.family.lock();
        family.parent = Arc::downgrade(&parent);
        child.parent_pid.store(parent.pid, Ordering::Relaxed);
        child.parent_tid.store(parent_tid, Ordering::Relaxed);
        family.group = group;
        family.session = session;
    }
    let mut family = parent.family.lock();
    family.children.insert(child.pid, child.clone());
    Ok(())
}

fn new_process(thread: &Arc<Thread>, pid: Pid, args: &CloneArgs) -> Result<Arc<Process>> {
    let parent = &thread.process;
    let mm = if args.has(raw::CLONE_VM) {
        parent.mm()
    } else {
        parent.mm().fork()?
    };
    let files = parent.files();
    let files = if args.has(raw::CLONE_FILES) {
        files
    } else {
        let copy = files.lock().duplicate()?;
        Arc::new(SpinLock::new(copy))
    };
    let fs = parent.fs();
    let fs = if args.has(raw::CLONE_FS) {
        fs
    } else {
        let copy = fs.lock().clone();
        Arc::new(SpinLock::new(copy))
    };
    let actions = parent.actions.lock().clone();
    let actions = if args.has(raw::CLONE_SIGHAND) {
        actions
    } else {
        let mut copy = actions.lock().clone();
        if args.flags & raw::CLONE_CLEAR_SIGHAND != 0 {
            copy.clear_handlers();
        }
        Arc::new(SpinLock::new(copy))
    };
    // clone(2) does not say so, but takes any number: one that is no signal sends none.
    let exit_signal =
        Signal::from_number(args.exit_signal.into()).map_or(0, |signal| signal.number());
    let parts = Parts {
        mm,
        files,
        fs,
        actions,
        credentials: thread.credentials(),
        limits: parent.limits.lock().clone(),
        image: parent.image.lock().clone(),
    };
    let process = Process::new(pid, parts);
    process
        .exit_signal
        .store(exit_signal.into(), Ordering::Relaxed);
    let inherit = |to: &AtomicBool, from: &AtomicBool| {
        to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
    };
    inherit(&process.left_terminal, &parent.left_terminal);
    inherit(&process.traced, &parent.traced);
    inherit(&process.dumpable, &parent.dumpable);
    inherit(&process.over_limit, &parent.over_limit);
    inherit(&process.no_new_privileges, &parent.no_new_privileges);
    Ok(process)
}

/// What a new process is made of.
pub(super) struct Parts {
    pub mm: Arc<crate::mm::Mm>,
    pub files: Arc<SpinLock<crate::fs::FdTable>>,
    pub fs: Arc<SpinLock<crate::fs::FsContext>>,
    pub actions: crate::signal::SharedActions,
    pub credentials: Arc<super::Credentials>,
    pub limits: super::Limits,
    pub image: Arc<super::Image>,
}

impl Process {
    pub(super) fn new(pid: Pid, parts: Parts) -> Arc<Process> {
        Arc::new(Process {
            pid,
            mm: SpinLock::new(parts.mm),
            files: SpinLock::new(parts.files),
            fs: SpinLock::new(parts.fs),
            actions: SpinLock::new(parts.actions),
            pending: SpinLock::new(PendingSignals::new()),
            credentials: SpinLock::new(parts.credentials),
            limits: SpinLock::new(parts.limits),
            threads: SpinLock::new(Vec::new()),
            parent_pid: AtomicU32::new(0),
            parent_tid: AtomicU32::new(0),
            family: SpinLock::new(Family {
                parent: alloc::sync::Weak::new(),
                children: BTreeMap::new(),
                group: pid,
                session: pid,
                childless: false,
                news: BTreeSet::new(),
                state_change: None,
            }),
            child_events: WaitQueue::new(),
            image: SpinLock::new(parts.image),
            exit: SpinLock::new(None),
            exiting: AtomicBool::new(false),
            zombie: AtomicBool::new(false),
            exec_waiter: SpinLock::new(None),
            stopped: AtomicBool::new(false),
            continued: AtomicU32::new(0),
            group_signals: AtomicU32::new(0),
            exit_signal: AtomicI32::new(Signal::CHLD.number().into()),
            vfork_done: WaitQueue::new(),
            vfork_pending: AtomicBool::new(false),
            accounts: super::Accounts::default(),
            started_at: time::monotonic(),
            itimers: time::itimer::IntervalTimers::new(),
            posix_timers: time::posix_timer::PosixTimers::new(),
            has_execed: AtomicBool::new(false),
            subreaper: AtomicBool::new(false),
            parent_death_signal: AtomicU32::new(0),
            dumpable: AtomicBool::new(true),
            no_new_privileges: AtomicBool::new(false),
            ended: crate::fs::poll::Notifier::new(),
            over_limit: AtomicBool::new(false),
            left_terminal: AtomicBool::new(false),
            traced: AtomicBool::new(false),
        })
    }

    /// Wakes a parent that waits in vfork: the child has its own memory now, or
    /// needs none any more.
    pub(super) fn finish_vfork(&self) {
        if self.vfork_pending.swap(false, Ordering::SeqCst) {
            self.vfork_done.wake_all();
        }
    }
}
