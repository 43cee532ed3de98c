//! A thread and the loop that is its life: user mode, system call, signals.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use hal::task::Task;
use hal::user::{Trap, UserContext};

use super::usage::Split;
use super::{Credentials, Pid, Preferences, Process, Restartable, Scheduling, exit_thread};
use crate::errno::Result;
use crate::sched::{self, SchedState, tick};
use crate::signal::{self, PendingSignals, Signal, SignalSet};
use crate::sync::{Interrupt, SpinLock};
use crate::syscall;
use crate::time::Deadline;

/// A thread.
pub struct Thread {
    /// Its number, which exec can change.
    pub(super) tid: AtomicU32,
    /// The process it belongs to.
    pub process: Arc<Process>,
    /// The scheduler's part.
    pub sched: SchedState,
    /// Signals sent to this thread.
    pub pending: SpinLock<PendingSignals>,
    /// Mask, alternate stack, and what a call saved of them.
    pub signals: SpinLock<ThreadSignals>,
    /// Something waits on the way back to user mode: a signal, an exit, a stop, a thread that is to run first.
    pub attention: AtomicBool,
    /// Set when the whole process ends: the thread must exit.
    pub must_exit: AtomicBool,
    /// An access of the kernel's for it found no memory.
    starved: AtomicBool,
    /// It has exited, though its number may still lead to it.
    pub(super) ended: AtomicBool,
    /// `CLONE_CHILD_CLEARTID`: where to store 0 and wake a futex at exit.
    pub clear_child_tid: AtomicUsize,
    /// `set_robust_list`: the list's head in user memory.
    pub robust_list: AtomicUsize,
    /// Its restartable sequences (rseq(2)).
    pub restartable: Restartable,
    /// Policy, priority, nice value.
    pub scheduling: Scheduling,
    /// User and group identities: changed by itself alone.
    pub(super) credentials: SpinLock<Arc<Credentials>>,
    /// What it asked for with prctl(2).
    pub preferences: Preferences,
    /// Pages that its accesses made present.
    pub faults: AtomicU64,
    /// How its processor time was divided when it was last asked for.
    pub(super) split: SpinLock<Split>,
    /// The name (`PR_SET_NAME`), padded with NULs.
    pub name: SpinLock<[u8; 16]>,
    /// Registers to start with; taken when the thread first runs.
    initial: SpinLock<Option<UserContext>>,
    /// The HAL's task, which in turn holds this thread: taken out at exit.
    task: SpinLock<Option<Arc<Task>>>,
}

/// A thread's own signal state.
#[derive(Clone, Copy, Default)]
pub struct ThreadSignals {
    /// Blocked signals.
    pub mask: SignalSet,
    /// The mask to restore when the current call returns (`sigsuspend`, `ppoll`).
    pub restore_mask: Option<SignalSet>,
    /// The alternate stack (sigaltstack(2)).
    pub alternate_stack: signal::AlternateStack,
    /// A call that a signal interrupted, until delivery has put it right.
    pub interrupted: Option<syscall::restart::Interrupted>,
    /// The deadline of an interrupted wait, for its restart.
    pub restart_deadline: Option<Deadline>,
}

/// What a new thread has from the one that makes it.
pub(super) struct Inherited {
    pub signals: ThreadSignals,
    pub scheduling: Scheduling,
    pub preferences: Preferences,
    pub credentials: Arc<Credentials>,
    pub name: [u8; 16],
}

impl Inherited {
    /// What a thread has that nobody made.
    pub fn nothing(process: &Process, name: [u8; 16]) -> Self {
        Self {
            signals: ThreadSignals::default(),
            scheduling: Scheduling::new(),
            preferences: Preferences::new(),
            credentials: process.credentials(),
            name,
        }
    }
}

impl Thread {
    /// Makes a thread that will start in user mode with `context`. It does not
    /// run before [`sched::start`].
    pub(super) fn new(
        tid: Pid,
        process: Arc<Process>,
        context: UserContext,
        inherited: Inherited,
    ) -> Result<Arc<Thread>> {
        let thread = Arc::new(Thread {
            tid: AtomicU32::new(tid),
            process,
            sched: SchedState::new(),
            pending: SpinLock::new(PendingSignals::new()),
            signals: SpinLock::new(inherited.signals),
            attention: AtomicBool::new(false),
            must_exit: AtomicBool::new(false),
            starved: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            clear_child_tid: AtomicUsize::new(0),
            robust_list: AtomicUsize::new(0),
            restartable: Restartable::default(),
            scheduling: inherited.scheduling,
            preferences: inherited.preferences,
            credentials: SpinLock::new(inherited.credentials),
            faults: AtomicU64::new(0),
            split: SpinLock::new(Split::default()),
            name: SpinLock::new(inherited.name),
            initial: SpinLock::new(Some(context)),
            task: SpinLock::new(None),
        });
        let task = Task::new(thread.clone(), run_thread)?;
        *thread.task.lock() = Some(task);
        Ok(thread)
    }

    /// Its number.
    pub fn tid(&self) -> Pid {
        self.tid.load(Ordering::Relaxed)
    }

    /// An access of the kernel's for it found no memory: room is made when it is next at a place where it may sleep, at
    /// the latest on the way back to user mode. For the running thread only.
    #[cold]
    pub fn starve(&self) {
        self.starved.store(true, Ordering::Relaxed);
        self.attention.store(true, Ordering::SeqCst);
    }

    /// Whether an access found no memory, and no room was made since.
    pub fn is_starved(&self) -> bool {
        self.starved.load(Ordering::Relaxed)
    }

    /// Makes room if an access found no memory, and waits for it a little; whether one did.
    pub fn feed(&self) -> bool {
        let starved = self.starved.swap(false, Ordering::Relaxed);
        if starved {
            super::make_room(&self.process);
        }
        starved
    }

    /// Whether it has exited.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Counts a page that its access made present. For the running thread only.
    #[inline]
    pub fn count_fault(&self) {
        let before = self.faults.load(Ordering::Relaxed);
        self.faults.store(before.wrapping_add(1), Ordering::Relaxed);
    }

    /// The HAL's task of this thread.
    #[inline]
    #[expect(
        clippy::expect_used,
        reason = "only `sched::exit` takes it, by the thread itself, in no queue"
    )]
    pub fn task(&self) -> Arc<Task> {
        self.task
            .lock()
            .clone()
            .expect("a thread has a task from its making to its exit")
    }

    /// Looks at the HAL's task, without counting a reference.
    #[inline]
    #[expect(clippy::expect_used, reason = "as for `task`")]
    pub fn with_task<R>(&self, f: impl FnOnce(&Task) -> R) -> R {
        f(self
            .task
            .lock()
            .as_deref()
            .expect("a thread has a task from its making to its exit"))
    }

    /// Breaks the cycle between thread and task, when the thread exits.
    pub(crate) fn take_task(&self) -> Option<Arc<Task>> {
        self.task.lock().take()
    }

    /// Loads the address space of the thread's process.
    #[inline]
    pub fn activate_address_space(&self) {
        self.process.mm.lock().activate();
    }

    /// Makes the thread look at its signals before it returns to user mode, and
    /// wakes it if it sleeps. On another processor, it comes back from there.
    pub fn notify(self: &Arc<Self>) {
        self.attention.store(true, Ordering::SeqCst);
        sched::interrupt(self);
    }

    /// Whether a sleep of this kind must end now.
    #[inline]
    pub fn must_interrupt(&self, interrupt: Interrupt) -> bool {
        if !self.attention.load(Ordering::SeqCst) {
            return false;
        }
        if self.must_exit.load(Ordering::SeqCst) || signal::has_deadly(self) {
            return true;
        }
        interrupt == Interrupt::BySignals
            && (signal::has_deliverable(self) || self.process.stopped.load(Ordering::SeqCst))
    }
}

/// Where every thread starts: enters user mode, serves what brings it back.
#[expect(clippy::expect_used, reason = "the task calls this, once")]
pub fn run_thread() {
    let thread = sched::current();
    let mut user = thread.initial.lock().take().expect("a thread starts once");
    // Where the last exception was: an interrupt there found the kernel still at it.
    let mut faulted_at = None;
    loop {
        // Before the first time as well: it may have been told to end since it was started.
        if thread.attention.load(Ordering::Relaxed) && attend(&thread, &mut user) == Verdict::Exit {
            break;
        }
        match user.run() {
            Trap::Syscall => syscall::enter(&thread, &mut user),
            Trap::Exception(exception) => {
                faulted_at = Some(user.instruction_pointer());
                signal::exception(&thread, &mut user, exception);
            }
            Trap::Interrupt => {
                let fault = faulted_at.take();
                tick::charge(&thread, || {
                    if user.has_just_returned() || fault == Some(user.instruction_pointer()) {
                        tick::Mode::System
                    } else {
                        tick::Mode::User
                    }
                });
                sched::give_way_if_due();
            }
        }
    }
    // Nobody returns to this stack: what it owns has to go before.
    drop(thread);
    exit_thread()
}

/// What a thread does next.
#[derive(PartialEq, Eq)]
enum Verdict {
    GoOn,
    Exit,
}

/// Sees to what waits on the way back to user mode.
#[cold]
fn attend(thread: &Arc<Thread>, user: &mut UserContext) -> Verdict {
    while thread.attention.swap(false, Ordering::SeqCst) {
        sched::give_way_if_due();
        if thread.must_exit.load(Ordering::SeqCst) {
            return Verdict::Exit;
        }
        thread.feed();
        // Before the signals, whose frames keep where the thread goes on.
        if thread.restartable.is_stale() && thread.restartable.resume(user).is_err() {
            signal::force_fault(thread, user, Signal::SEGV);
        }
        signal::deliver(thread, user);
    }
    Verdict::GoOn
}
