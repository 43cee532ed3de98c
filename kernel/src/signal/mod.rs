//! Signals (signal(7)): numbers, sets, queues, actions, and who gets what.
//!
//! A signal is sent to a thread or a process ([`send_to_thread`],
//! [`send_to_process`]), waits in a [`PendingSignals`], and is delivered when a
//! thread that does not block it returns to user mode ([`deliver`], in
//! `deliver`, which also turns CPU exceptions into signals).

mod deliver;
mod frame;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

pub(crate) use deliver::hang_up;
pub use deliver::{deliver, exception, force_fault};
pub use frame::{AlternateStack, sigreturn};

use crate::errno::{Errno, Result};
use crate::process::{self, Credentials, Pid, Process, Resource, Thread};
use crate::sync::SpinLock;
use crate::time::itimer::IntervalTimers;

/// A signal's number, 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Signal(u8);

macro_rules! signals {
    ($($name:ident = $raw:ident,)*) => {
        impl Signal {
            $(#[doc = concat!("`", stringify!($raw), "` of signal(7).")]
            pub const $name: Signal = Signal(raw::$raw as u8);)*

            /// Its name in signal(7); real-time signals count from 32.
            pub fn name(self) -> &'static str {
                match self {
                    $(Signal::$name => stringify!($raw),)*
                    Signal(number) => REALTIME_NAMES
                        .get(usize::from(number.saturating_sub(FIRST_REALTIME)))
                        .copied()
                        .unwrap_or("SIG?"),
                }
            }
        }
    };
}

signals! {
    HUP = SIGHUP, INT = SIGINT, QUIT = SIGQUIT, ILL = SIGILL, TRAP = SIGTRAP, ABRT = SIGABRT,
    BUS = SIGBUS, FPE = SIGFPE, KILL = SIGKILL, USR1 = SIGUSR1, SEGV = SIGSEGV, USR2 = SIGUSR2,
    PIPE = SIGPIPE, ALRM = SIGALRM, TERM = SIGTERM, STKFLT = SIGSTKFLT, CHLD = SIGCHLD,
    CONT = SIGCONT, STOP = SIGSTOP, TSTP = SIGTSTP, TTIN = SIGTTIN, TTOU = SIGTTOU, URG = SIGURG,
    XCPU = SIGXCPU, XFSZ = SIGXFSZ, VTALRM = SIGVTALRM, PROF = SIGPROF, WINCH = SIGWINCH,
    IO = SIGIO, PWR = SIGPWR, SYS = SIGSYS,
}

/// The first real-time signal: from here on, each instance is queued.
const FIRST_REALTIME: u8 = 32;

const REALTIME_NAMES: [&str; 33] = [
    "SIGRT0", "SIGRT1", "SIGRT2", "SIGRT3", "SIGRT4", "SIGRT5", "SIGRT6", "SIGRT7", "SIGRT8",
    "SIGRT9", "SIGRT10", "SIGRT11", "SIGRT12", "SIGRT13", "SIGRT14", "SIGRT15", "SIGRT16",
    "SIGRT17", "SIGRT18", "SIGRT19", "SIGRT20", "SIGRT21", "SIGRT22", "SIGRT23", "SIGRT24",
    "SIGRT25", "SIGRT26", "SIGRT27", "SIGRT28", "SIGRT29", "SIGRT30", "SIGRT31", "SIGRT32",
];

impl Signal {
    /// The signal with this number. `EINVAL` if there is none.
    pub fn from_number(number: usize) -> Result<Signal> {
        if (1..=64).contains(&number) {
            Ok(Signal(number as u8))
        } else {
            Err(Errno::EINVAL)
        }
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }

    const fn index(self) -> usize {
        self.0 as usize - 1
    }

    const fn bit(self) -> u64 {
        1 << (self.0 - 1)
    }

    /// What happens when the program has not said otherwise (signal(7)).
    fn default_action(self) -> DefaultAction {
        match self {
            Signal::CHLD | Signal::URG | Signal::WINCH => DefaultAction::Ignore,
            Signal::CONT => DefaultAction::Continue,
            Signal::STOP | Signal::TSTP | Signal::TTIN | Signal::TTOU => DefaultAction::Stop,
            Signal::QUIT
            | Signal::ILL
            | Signal::TRAP
            | Signal::ABRT
            | Signal::BUS
            | Signal::FPE
            | Signal::SEGV
            | Signal::XCPU
            | Signal::XFSZ
            | Signal::SYS => DefaultAction::Core,
            _ => DefaultAction::Terminate,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DefaultAction {
    Terminate,
    /// Terminates too; the wait status says "core dumped" where one could be.
    Core,
    Ignore,
    Stop,
    Continue,
}

/// A set of signals, as the kernel's `sigset_t` (64 bits).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, FromBytes, IntoBytes, Immutable)]
#[repr(transparent)]
pub struct SignalSet(pub u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: SignalSet = SignalSet(0);
    /// The two that can be neither blocked nor caught.
    pub const UNBLOCKABLE: SignalSet = SignalSet(Signal::KILL.bit() | Signal::STOP.bit());
    const STOPS: SignalSet = SignalSet(
        Signal::STOP.bit() | Signal::TSTP.bit() | Signal::TTIN.bit() | Signal::TTOU.bit(),
    );

    /// Whether `signal` is in it.
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & signal.bit() != 0
    }

    /// This set and another.
    pub const fn union(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 | other.0)
    }

    /// This set without another.
    pub const fn difference(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 & !other.0)
    }

    /// This set with one signal more.
    pub const fn with(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 | signal.bit())
    }

    /// Whether it has no signal.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn lowest(self) -> Option<Signal> {
        (self.0 != 0).then(|| Signal(self.0.trailing_zeros() as u8 + 1))
    }
}

/// What a handler learns about a signal (sigaction(2)): the beginning of `siginfo_t`.
///
/// Signal, error and code, then a union of which this kernel fills the words
/// that the code calls for. No code has more; [`UserSignalInfo`] is the whole.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct SignalInfo {
    /// `si_signo`.
    pub signo: i32,
    /// `si_errno`.
    pub errno: i32,
    /// `si_code`: who sent it or what went wrong.
    pub code: i32,
    padding: i32,
    /// The union: `si_pid`/`si_uid`, `si_addr`, `si_status`, `si_value`, …
    pub fields: [u64; 4],
}

/// `siginfo_t` as programs have it.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct UserSignalInfo {
    info: SignalInfo,
    rest: [u64; 10],
}

const _: () = assert!(size_of::<UserSignalInfo>() == 128, "SI_MAX_SIZE");

impl From<SignalInfo> for UserSignalInfo {
    #[inline]
    fn from(info: SignalInfo) -> Self {
        Self {
            info,
            rest: [0; 10],
        }
    }
}

impl From<UserSignalInfo> for SignalInfo {
    fn from(user: UserSignalInfo) -> Self {
        user.info
    }
}

impl SignalInfo {
    /// A signal with a code and no more.
    pub fn new(signal: Signal, code: i32) -> Self {
        Self {
            signo: signal.0.into(),
            errno: 0,
            code,
            padding: 0,
            fields: [0; 4],
        }
    }

    /// Sent by the kernel itself (`SI_KERNEL`).
    pub fn kernel(signal: Signal) -> Self {
        Self::new(signal, raw::SI_KERNEL as i32)
    }

    /// Sent by a process: `code` is `SI_USER`, `SI_TKILL` or `SI_QUEUE`.
    pub fn sent(signal: Signal, code: i32, pid: Pid, uid: u32) -> Self {
        let mut info = Self::new(signal, code);
        info.fields[0] = u64::from(pid) | u64::from(uid) << 32;
        info
    }

    /// A fault at an address.
    pub fn fault(signal: Signal, code: i32, address: usize) -> Self {
        let mut info = Self::new(signal, code);
        info.fields[0] = address as u64;
        info
    }

    /// A file became ready: `band` is what poll(2) would say of the descriptor.
    pub fn input_output(signal: Signal, code: i32, band: u32, fd: i32) -> Self {
        let mut info = Self::new(signal, code);
        info.fields[0] = u64::from(band);
        info.fields[1] = u64::from(fd as u32);
        info
    }

    /// The number of the POSIX timer that it is from (`SI_TIMER`).
    pub fn timer_id(&self) -> i32 {
        self.fields[0] as u32 as i32
    }

    /// Sets `si_overrun`.
    pub fn set_timer_overruns(&mut self, overruns: i32) {
        self.fields[0] = u64::from(self.fields[0] as u32) | u64::from(overruns as u32) << 32;
    }

    /// The signal it is about.
    pub fn signal(&self) -> Signal {
        Signal(self.signo as u8)
    }

    /// What the union holds, by signal and code.
    pub fn kind(&self) -> Kind {
        match self.code {
            code if code == raw::SI_TIMER => Kind::Timer,
            code if code == raw::SI_SIGIO => Kind::Poll,
            code if code < 0 => Kind::Queued,
            code if code == raw::SI_USER as i32 || code >= raw::SI_KERNEL as i32 => Kind::Sent,
            code => match (self.signal(), code) {
                (Signal::ILL, 1..=11)
                | (Signal::FPE, 1..=15)
                | (Signal::SEGV, 1..=10)
                | (Signal::BUS, 1..=5)
                | (Signal::TRAP, 1..=6) => Kind::Fault,
                (Signal::CHLD, 1..=6) => Kind::Child,
                (Signal::SYS, 1..=2) => Kind::Call,
                (_, 1..=6) => Kind::Poll,
                _ => Kind::Sent,
            },
        }
    }
}

/// What of `siginfo_t` a signal has (sigaction(2)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `si_pid`, `si_uid`.
    Sent,
    /// `si_pid`, `si_uid`, `si_value`.
    Queued,
    /// `si_timerid`, `si_overrun`, `si_value`.
    Timer,
    /// `si_band`, `si_fd`.
    Poll,
    /// `si_addr`.
    Fault,
    /// `si_pid`, `si_uid`, `si_status`, `si_utime`, `si_stime`.
    Child,
    /// `si_call_addr`, `si_syscall`, `si_arch`.
    Call,
}

/// What a program wants a signal to do: the kernel's `struct sigaction`.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct Action {
    /// Address of the handler, or [`Action::DEFAULT`] or [`Action::IGNORE`].
    pub handler: usize,
    /// `SA_*`.
    pub flags: u64,
    /// The return trampoline (`SA_RESTORER`).
    pub restorer: usize,
    /// What is blocked while the handler runs.
    pub mask: SignalSet,
}

impl Action {
    /// `SIG_DFL`.
    pub const DEFAULT: usize = 0;
    /// `SIG_IGN`.
    pub const IGNORE: usize = 1;

    /// Whether a flag of sigaction(2) is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & u64::from(flag) != 0
    }
}

/// The actions of all signals.
#[derive(Clone)]
pub struct Actions {
    actions: [Action; 64],
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            actions: [Action::default(); 64],
        }
    }
}

impl Actions {
    /// The action of a signal.
    pub fn get(&self, signal: Signal) -> Action {
        self.actions[signal.index()]
    }

    /// The signals that a program ignores and those that it has handlers for.
    pub fn ignored_and_caught(&self) -> (SignalSet, SignalSet) {
        let (mut ignored, mut caught) = (SignalSet::EMPTY, SignalSet::EMPTY);
        for (index, action) in self.actions.iter().enumerate() {
            match action.handler {
                Action::DEFAULT => {}
                Action::IGNORE => ignored.0 |= 1 << index,
                _ => caught.0 |= 1 << index,
            }
        }
        (ignored, caught)
    }

    fn set(&mut self, signal: Signal, action: Action) {
        self.actions[signal.index()] = action;
    }

    /// Handlers become defaults, ignored signals stay ignored (execve(2)).
    pub fn reset_for_exec(&mut self) {
        for action in &mut self.actions {
            if action.handler != Action::IGNORE {
                *action = Action::default();
            } else {
                *action = Action {
                    handler: Action::IGNORE,
                    ..Action::default()
                };
            }
        }
    }

    /// All signals but the ignored ones get their defaults
    /// (`CLONE_CLEAR_SIGHAND`).
    pub fn clear_handlers(&mut self) {
        self.reset_for_exec();
    }

    fn is_ignored(&self, signal: Signal) -> bool {
        match self.get(signal).handler {
            Action::IGNORE => true,
            // SIGCONT has done its work when it is sent.
            Action::DEFAULT => matches!(
                signal.default_action(),
                DefaultAction::Ignore | DefaultAction::Continue
            ),
            _ => false,
        }
    }
}

/// Signals that were sent and not yet delivered.
pub struct PendingSignals {
    set: SignalSet,
    /// By number, and those of one number as they came.
    queue: VecDeque<SignalInfo>,
}

/// The codes of real-time signals that are sent without room for what they tell: those of kill(2) and of the kernel,
/// whose timers have their place on Linux from their making.
const NEVER_REFUSED: [i32; 3] = [raw::SI_USER as i32, raw::SI_KERNEL as i32, raw::SI_TIMER];

/// How many signals stand in all queues: only when there are as many as a user may have are the
/// user's counted.
static QUEUED: AtomicU64 = AtomicU64::new(0);

impl PendingSignals {
    /// None.
    pub const fn new() -> Self {
        Self {
            set: SignalSet::EMPTY,
            queue: VecDeque::new(),
        }
    }

    /// Which signals wait.
    pub fn set(&self) -> SignalSet {
        self.set
    }

    /// Adds a signal. A standard signal waits once; real-time ones queue up while
    /// the user has `room` (`EAGAIN` without it).
    fn push(&mut self, info: SignalInfo, room: bool) -> Result<()> {
        let signal = info.signal();
        if signal.0 < FIRST_REALTIME && self.set.contains(signal) {
            return Ok(());
        }
        if room && self.queue.try_reserve(1).is_ok() {
            if self
                .queue
                .back()
                .is_none_or(|last| last.signo <= info.signo)
            {
                self.queue.push_back(info);
            } else {
                let place = self
                    .queue
                    .partition_point(|other| other.signo <= info.signo);
                self.queue.insert(place, info);
            }
            QUEUED.fetch_add(1, Ordering::Relaxed);
        } else if signal.0 >= FIRST_REALTIME && !NEVER_REFUSED.contains(&info.code) {
            return Err(Errno::EAGAIN);
        }
        // Without room the signal itself still counts; only its details are lost.
        self.set = self.set.with(signal);
        Ok(())
    }

    /// Takes the first signal outside `blocked`: those of exceptions first,
    /// then by number (signal(7)).
    fn pop(&mut self, blocked: SignalSet) -> Option<SignalInfo> {
        let ready = self.set.difference(blocked);
        const FAULTS: SignalSet = SignalSet(
            Signal::SEGV.bit()
                | Signal::BUS.bit()
                | Signal::ILL.bit()
                | Signal::TRAP.bit()
                | Signal::FPE.bit()
                | Signal::SYS.bit(),
        );
        let signal = SignalSet(ready.0 & FAULTS.0).lowest().or(ready.lowest())?;
        let is_it = |info: &SignalInfo| info.signal() == signal;
        let place = if self.queue.front().is_some_and(is_it) {
            0
        } else {
            self.queue.partition_point(|info| info.signal() < signal)
        };
        let info = if self.queue.get(place).is_some_and(is_it) {
            QUEUED.fetch_sub(1, Ordering::Relaxed);
            match place {
                0 => self.queue.pop_front(),
                _ => self.queue.remove(place),
            }
        } else {
            None
        };
        if !self.queue.get(place).is_some_and(is_it) {
            self.set.0 &= !signal.bit();
        }
        Some(info.unwrap_or_else(|| SignalInfo::new(signal, raw::SI_USER as i32)))
    }

    /// Throws signals away; says whether one was from a POSIX timer.
    fn discard(&mut self, signals: SignalSet) -> bool {
        if self.set.0 & signals.0 == 0 {
            return false;
        }
        self.set.0 &= !signals.0;
        let (mut timers, before) = (false, self.queue.len());
        self.queue.retain(|info| {
            let discarded = signals.contains(info.signal());
            timers |= discarded && info.code == raw::SI_TIMER;
            !discarded
        });
        let gone = before - self.queue.len();
        QUEUED.fetch_sub(gone as u64, Ordering::Relaxed);
        timers
    }

    /// Throws away what POSIX timers have sent. A signal that others sent as well goes on waiting.
    fn discard_timers(&mut self) {
        let before = self.queue.len();
        let (mut timers, mut others) = (SignalSet::EMPTY, SignalSet::EMPTY);
        self.queue.retain(|info| {
            let from_timer = info.code == raw::SI_TIMER;
            let set = if from_timer { &mut timers } else { &mut others };
            *set = set.with(info.signal());
            !from_timer
        });
        QUEUED.fetch_sub((before - self.queue.len()) as u64, Ordering::Relaxed);
        self.set = self.set.difference(timers).union(others);
    }

    /// Whether the signal of a POSIX timer waits.
    pub fn holds_timer(&self, id: i32) -> bool {
        self.queue
            .iter()
            .any(|info| info.code == raw::SI_TIMER && info.timer_id() == id)
    }
}

impl Drop for PendingSignals {
    fn drop(&mut self) {
        QUEUED.fetch_sub(self.queue.len() as u64, Ordering::Relaxed);
    }
}

impl Default for PendingSignals {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a signal waits that `thread` does not block, ignored ones not
/// counted.
pub fn has_deliverable(thread: &Thread) -> bool {
    let blocked = thread.signals.lock().mask;
    !pending_of(thread).difference(blocked).is_empty()
}

/// Whether a signal waits that will end the process.
pub fn has_deadly(thread: &Thread) -> bool {
    pending_of(thread).contains(Signal::KILL)
}

/// The signals that wait for `thread` (sigpending(2)).
#[inline]
pub fn pending_of(thread: &Thread) -> SignalSet {
    let own = thread.pending.lock().set;
    own.union(thread.process.pending.lock().set)
}

/// Takes a waiting signal of `wanted` without delivering it
/// (sigtimedwait(2), signalfd(2)).
pub fn take(thread: &Thread, wanted: SignalSet) -> Option<SignalInfo> {
    let others = SignalSet(!wanted.0);
    pop_for(thread, others)
}

/// Takes the first signal outside `blocked` that waits for the thread or its
/// process.
fn pop_for(thread: &Thread, blocked: SignalSet) -> Option<SignalInfo> {
    pop_counted(thread, blocked).map(|(info, _)| info)
}

/// As [`pop_for`], with the number of continuations that the signal has seen.
fn pop_counted(thread: &Thread, blocked: SignalSet) -> Option<(SignalInfo, u32)> {
    let process = &thread.process;
    // Read under the queue's lock: what is taken was sent before.
    let pop = |pending: &SpinLock<PendingSignals>| {
        let mut pending = pending.lock();
        if pending.set.difference(blocked).is_empty() {
            return None;
        }
        let continued = process.continued.load(Ordering::SeqCst);
        pending.pop(blocked).map(|info| (info, continued))
    };
    let (mut info, continued) = pop(&thread.pending).or_else(|| pop(&process.pending))?;
    if info.code == raw::SI_TIMER {
        process.posix_timers.taken(&mut info);
    }
    IntervalTimers::signal_gone(process, info.signal());
    Some((info, continued))
}

/// What sending does before anything is queued: `SIGCONT` and the stop
/// signals cancel each other, `SIGCONT` and `SIGKILL` wake a stopped process.
pub fn prepare(process: &Arc<Process>, signal: Signal) {
    if SignalSet::STOPS.contains(signal) {
        discard_everywhere(process, SignalSet::EMPTY.with(Signal::CONT));
    } else if signal == Signal::CONT {
        discard_everywhere(process, SignalSet::STOPS);
    }
    if matches!(signal, Signal::CONT | Signal::KILL) {
        process::go_on(process, signal);
    }
}

fn discard_everywhere(process: &Arc<Process>, signals: SignalSet) {
    let mut timers = process.pending.lock().discard(signals);
    for thread in process.threads.lock().iter() {
        timers |= thread.pending.lock().discard(signals);
    }
    if timers {
        process.posix_timers.discarded();
    }
    if IntervalTimers::SIGNALS.0 & signals.0 != 0 {
        IntervalTimers::discarded(process);
    }
}

/// Throws away what the POSIX timers of a process have sent it: they end when its only thread calls exec
/// (timer_create(2)).
pub fn discard_timers(thread: &Thread) {
    thread.pending.lock().discard_timers();
    thread.process.pending.lock().discard_timers();
}

/// Whether the user of a process may have one more signal in queues (`RLIMIT_SIGPENDING` in
/// getrlimit(2)).
fn has_room(process: &Process) -> bool {
    let limit = process.limit(Resource::PendingSignals);
    QUEUED.load(Ordering::Relaxed) < limit || queued_for(process.credentials().uid) < limit
}

/// How many signals wait in the queues of a user's processes and threads.
#[cold]
fn queued_for(user: u32) -> u64 {
    let length = |pending: &SpinLock<PendingSignals>| pending.lock().queue.len() as u64;
    process::all()
        .filter(|process| process.credentials().uid == user)
        .map(|process| {
            let threads = process.threads.lock();
            let own: u64 = threads.iter().map(|thread| length(&thread.pending)).sum();
            own + length(&process.pending)
        })
        .sum()
}

/// Whether the signal would be thrown away at once.
fn is_ignored(process: &Process, blocked: bool, signal: Signal) -> bool {
    let ignored = |actions: &Actions| {
        // Nothing reaches the first process but what it handles, and nothing
        // else ends what it waits in (kill(2), Notes).
        actions.is_ignored(signal)
            || process.pid == 1 && actions.get(signal).handler == Action::DEFAULT
    };
    !blocked && ignored(&process.actions.lock().lock())
}

/// Whether a process ends already: what is sent to it is lost.
fn is_past_signals(process: &Process) -> bool {
    process.exiting.load(Ordering::SeqCst) || process.is_zombie()
}

/// Sends a signal to one thread. `EAGAIN` when a real-time queue is full.
pub fn send_to_thread(thread: &Arc<Thread>, info: SignalInfo) -> Result<()> {
    let signal = info.signal();
    let process = &thread.process;
    if is_past_signals(process) {
        return Ok(());
    }
    prepare(process, signal);
    if thread.has_ended() {
        return Ok(());
    }
    let mask = thread.signals.lock().mask;
    if is_ignored(process, mask.contains(signal), signal) {
        return Ok(());
    }
    let room = has_room(process);
    thread.pending.lock().push(info, room)?;
    thread.notify();
    queued();
    Ok(())
}

/// Sends a signal to a process: a thread that does not block it will take it.
/// `EAGAIN` when a real-time queue is full.
pub fn send_to_process(process: &Arc<Process>, info: SignalInfo) -> Result<()> {
    if is_past_signals(process) {
        return Ok(());
    }
    prepare(process, info.signal());
    queue_for_process(process, info)?;
    queued();
    Ok(())
}

/// The part of [`send_to_process`] that follows [`prepare`], which does nothing for `SIGCHLD`; [`queued`] is the last.
/// `EAGAIN` when a real-time queue is full.
pub fn queue_for_process(process: &Arc<Process>, info: SignalInfo) -> Result<()> {
    let signal = info.signal();
    if is_past_signals(process) {
        return Ok(());
    }
    let room = has_room(process);
    let threads = process.threads.lock();
    let open = threads
        .iter()
        .find(|thread| !thread.signals.lock().mask.contains(signal));
    if is_ignored(process, open.is_none(), signal) {
        return Ok(());
    }
    process.pending.lock().push(info, room)?;
    if signal == Signal::KILL {
        for thread in threads.iter() {
            thread.notify();
        }
    } else if let Some(thread) = open {
        thread.notify();
    } else {
        // Blocked everywhere: sigtimedwait and signalfd may still want it.
        for thread in threads.iter() {
            thread.notify();
        }
    }
    Ok(())
}

/// Tells who looks at queues as a file of a new signal: without locks, for files may send signals themselves.
pub fn queued() {
    crate::fs::signalfd::signal_sent();
}

/// Sends a signal of the kernel to every process of a group. `ESRCH` when the
/// group is empty.
pub fn send_to_group(group: Pid, signal: Signal) -> Result<()> {
    let mut found = false;
    process::while_none_joins(|| -> Result<()> {
        for process in process::all() {
            if process.group() == group && !process.is_zombie() {
                found = true;
                send_to_one_of_several(&process, SignalInfo::kernel(signal))?;
            }
        }
        Ok(())
    })?;
    if found { Ok(()) } else { Err(Errno::ESRCH) }
}

/// As [`send_to_process`], within [`process::while_none_joins`].
fn send_to_one_of_several(process: &Arc<Process>, info: SignalInfo) -> Result<()> {
    let sent = send_to_process(process, info);
    // Not before: who begins to make a child and sees this number sees the signal, too.
    process.group_signals.fetch_add(1, Ordering::SeqCst);
    sent
}

/// kill(2): sends `signal` (none: only checks) to the processes that `target`
/// names.
pub fn kill(caller: &Thread, target: i64, signal: Result<Option<Signal>>) -> Result<()> {
    let (sender, credentials) = (&caller.process, caller.credentials());
    type Send = fn(&Arc<Process>, SignalInfo) -> Result<()>;
    let send = |process: &Arc<Process>, how: Send| -> Result<()> {
        let signal = signal?;
        may_send(sender, &credentials, process, signal)?;
        match signal {
            Some(signal) => {
                let code = raw::SI_USER as i32;
                let info = SignalInfo::sent(signal, code, sender.pid, credentials.uid);
                how(process, info)
            }
            None => Ok(()),
        }
    };
    if target > 0 {
        let pid = Pid::try_from(target).map_err(|_| Errno::ESRCH)?;
        let target = process::find_by_thread(pid).ok_or(Errno::ESRCH)?;
        return send(&target, send_to_process);
    }
    let group = match target {
        0 => Some(sender.group()),
        -1 => None,
        group => Some(Pid::try_from(-group).map_err(|_| Errno::ESRCH)?),
    };
    let mut outcome = Err(Errno::ESRCH);
    process::while_none_joins(|| {
        for process in process::all() {
            let wanted = match group {
                Some(group) => process.group() == group,
                None => process.pid != 1 && process.pid != sender.pid,
            };
            if wanted {
                let sent = send(&process, send_to_one_of_several);
                if outcome.is_err() {
                    outcome = sent;
                }
            }
        }
    });
    outcome
}

/// Whether `sender` may send `signal` to `target`. `EPERM`.
pub fn may_send(
    sender: &Process,
    credentials: &Credentials,
    target: &Process,
    signal: Option<Signal>,
) -> Result<()> {
    let same_session = || sender.session() == target.session();
    if sender.pid == target.pid
        || credentials.may_signal(&target.credentials())
        || (signal == Some(Signal::CONT) && same_session())
    {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

/// sigaction(2): sets the action of a signal and gives the old one. `EINVAL`
/// for the two that cannot be changed.
pub fn set_action(process: &Arc<Process>, signal: Signal, new: Option<Action>) -> Result<Action> {
    if new.is_some() && SignalSet::UNBLOCKABLE.contains(signal) {
        return Err(Errno::EINVAL);
    }
    let actions = process.actions.lock().clone();
    let mut actions = actions.lock();
    let old = actions.get(signal);
    if let Some(mut new) = new {
        new.mask = new.mask.difference(SignalSet::UNBLOCKABLE);
        actions.set(signal, new);
        let ignored = actions.is_ignored(signal);
        drop(actions);
        if ignored {
            discard_everywhere(process, SignalSet::EMPTY.with(signal));
        }
    }
    Ok(old)
}

/// Tells the other threads of a process of the signals that wait for any of
/// them: `thread`, which may have been chosen to take them, will not.
pub fn retarget(thread: &Thread) {
    let waiting = thread.process.pending.lock().set;
    if waiting.is_empty() {
        return;
    }
    for other in thread.process.threads.lock().iter() {
        let blocked = other.signals.lock().mask;
        if !core::ptr::eq(&**other, thread) && !waiting.difference(blocked).is_empty() {
            other.notify();
        }
    }
}

/// Changes the mask of a thread; the two unblockable signals stay open.
pub fn set_mask(thread: &Arc<Thread>, mask: SignalSet) {
    let mask = mask.difference(SignalSet::UNBLOCKABLE);
    let before = core::mem::replace(&mut thread.signals.lock().mask, mask);
    if !mask.difference(before).is_empty() {
        retarget(thread);
    }
    if !pending_of(thread).difference(mask).is_empty() {
        thread.attention.store(true, Ordering::SeqCst);
    }
}

/// A lock for tables of signals shared by processes.
pub type SharedActions = Arc<SpinLock<Actions>>;

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn queued(number: u8, value: u64) -> SignalInfo {
        let mut info = SignalInfo::new(Signal(number), raw::SI_QUEUE);
        info.fields[1] = value;
        info
    }

    #[test]
    fn signals_leave_by_number_and_then_as_they_came() {
        let mut pending = PendingSignals::new();
        for (number, value) in [
            (40, 1),
            (35, 2),
            (40, 3),
            (10, 4),
            (10, 5),
            (35, 6),
            (11, 7),
        ] {
            pending.push(queued(number, value), true).unwrap();
        }
        let blocked = SignalSet::EMPTY.with(Signal(35));
        let mut left = Vec::new();
        while let Some(info) = pending.pop(blocked) {
            left.push((info.signo, info.fields[1]));
        }
        // Of the standard ones the second is lost; SIGSEGV is a fault's and goes first.
        assert_eq!(left, [(11, 7), (10, 4), (40, 1), (40, 3)]);
        assert_eq!(pending.set(), blocked);
        assert!(pending.discard(blocked) || pending.set().is_empty());
        assert!(pending.queue.is_empty());
    }

    #[test]
    fn without_room_only_details_are_lost() {
        let mut pending = PendingSignals::new();
        assert_eq!(pending.push(queued(40, 1), false), Err(Errno::EAGAIN));
        assert!(pending.set().is_empty());
        for code in [raw::SI_TKILL, raw::SI_MESGQ, -60] {
            let info = SignalInfo::new(Signal(40), code);
            assert_eq!(pending.push(info, false), Err(Errno::EAGAIN));
        }
        let sent = SignalInfo::new(Signal(40), raw::SI_USER as i32);
        pending.push(sent, false).unwrap();
        assert_eq!(
            pending.pop(SignalSet::EMPTY).map(|info| info.signo),
            Some(40)
        );
        assert!(pending.set().is_empty());
    }
}
