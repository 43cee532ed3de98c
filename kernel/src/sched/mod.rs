//! The scheduler: who runs next on a processor.
//!
//! Each processor has a queue ([`queue`]) and takes from the others' when it
//! has nothing to do. A running thread keeps the processor until it parks,
//! exits, its time slice ends, or a higher priority wakes; a thread that wakes
//! and has used less of the processor ends the slice early. All that is seen
//! when the running thread is about to return to user mode, if need be because
//! an interrupt brought it back from there, for the kernel itself is not
//! preempted. The HAL checks that a task never runs twice, so a mistake
//! here can cost fairness but not memory safety.
//!
//! A woken thread goes to the processor it ran on last if that one is idle or
//! has not finished leaving it, else to an idle one. No processor switches to a
//! thread that another has not left yet: it is passed over meanwhile, which
//! keeps two processors from waiting for each other.
//!
//! Locks: a queue's lock is innermost; at most one is held at a time.

mod idle;
pub mod load;
#[cfg(all(test, not(miri)))]
mod model;
mod queue;
pub mod tick;
mod token;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use hal::cpu::MAX_CPUS;
use hal::sync::{PerCpu, SpinLock};

use crate::errno::{Errno, Result};
use crate::process::Thread;
use crate::time::{self, Deadline};
use idle::IdleSet;
use queue::{Arrival, Queue};
use token::{Token, Unparked};

/// The atomics of the protocols that the tests explore with `loom`'s.
mod atomic {
    pub(super) use hal::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};
}

/// The scheduler's part of a thread.
pub struct SchedState {
    token: Token,
    /// Processor time used, in nanoseconds, up to the last account.
    used: AtomicU64,
    /// Since when it runs without account, 0 when it does not run.
    running_since: AtomicU64,
    virtual_time: AtomicU64,
    /// The processor it runs on, ran on last, or waits for.
    cpu: AtomicUsize,
    /// Bit per processor that it may run on.
    affinity: AtomicU32,
    /// Ticks that found it in its own code.
    pub user_ticks: AtomicU64,
    /// Ticks that found the kernel at work for it.
    pub system_ticks: AtomicU64,
    /// How often it gave its processor up to wait.
    pub voluntary_switches: AtomicU64,
    /// How often its processor was taken away.
    pub involuntary_switches: AtomicU64,
}

impl SchedState {
    /// The state of a thread that has not run yet.
    pub const fn new() -> Self {
        Self {
            token: Token(atomic::AtomicU8::new(Token::NEW)),
            used: AtomicU64::new(0),
            running_since: AtomicU64::new(0),
            virtual_time: AtomicU64::new(0),
            cpu: AtomicUsize::new(0),
            affinity: AtomicU32::new(u32::MAX),
            user_ticks: AtomicU64::new(0),
            system_ticks: AtomicU64::new(0),
            voluntary_switches: AtomicU64::new(0),
            involuntary_switches: AtomicU64::new(0),
        }
    }

    /// Takes over what a new thread has from its maker: affinity, the processor.
    pub fn inherit(&self, parent: &SchedState) {
        let affinity = parent.affinity.load(Ordering::Relaxed);
        self.affinity.store(affinity, Ordering::Relaxed);
        self.cpu
            .store(parent.cpu.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The processor it runs on or ran on last.
    pub fn cpu(&self) -> usize {
        self.cpu.load(Ordering::Relaxed)
    }

    /// Bit per processor in use that it may run on.
    pub fn affinity(&self) -> u32 {
        self.affinity.load(Ordering::Relaxed) & online()
    }

    /// Whether the thread waits for something else than a processor.
    pub fn is_sleeping(&self) -> bool {
        self.token.is_parked()
    }

    fn may_run_on(&self, cpu: usize) -> bool {
        self.affinity.load(Ordering::Relaxed) & 1 << cpu != 0
    }
}

impl Default for SchedState {
    fn default() -> Self {
        Self::new()
    }
}

impl queue::Entry for Arc<Thread> {
    #[inline]
    fn priority(&self) -> u8 {
        priority_of(self)
    }

    #[inline]
    fn virtual_time(&self) -> u64 {
        self.sched.virtual_time.load(Ordering::Relaxed)
    }

    #[inline]
    fn set_virtual_time(&self, time: u64) {
        self.sched.virtual_time.store(time, Ordering::Relaxed);
    }

    #[inline]
    fn is_ready(&self) -> bool {
        // With one processor, the only task that has not left it is the one
        // that asks, and it may go on.
        hal::cpu::count() == 1
            || self.with_task(|task| {
                !task.is_running()
                    || hal::task::with_current(|current| {
                        current.is_some_and(|current| core::ptr::eq(current, task))
                    })
            })
    }

    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other)
    }
}

/// Real-time priority, 0 for none.
#[inline]
fn priority_of(thread: &Thread) -> u8 {
    thread.scheduling.rank().saturating_sub(1) as u8
}

/// What a processor has.
struct RunQueue {
    queue: SpinLock<Queue<Arc<Thread>>>,
    /// Length of `queue`, readable without the lock.
    length: AtomicUsize,
    /// When the running thread got the processor.
    slice_began: AtomicU64,
    slice_ends: AtomicU64,
    /// Weight of the running thread.
    weight: AtomicU64,
    /// The running thread must give way at once.
    give_way: AtomicBool,
    /// Real-time priority of the running thread.
    priority: AtomicU8,
    /// Whether the idle task (no thread) has the processor.
    idling: AtomicBool,
    idle_since: AtomicU64,
    idle_time: AtomicU64,
    switches: AtomicU64,
}

impl RunQueue {
    /// Lets the running thread go on for this much virtual time from the beginning of its slice, if it shares and had
    /// more. Whether it had. A thread that gets the processor at this very moment may be the one that is cut short.
    #[inline]
    fn shorten_slice(&self, rest: u64) -> bool {
        if self.priority.load(Ordering::Relaxed) != 0 || self.idling.load(Ordering::Relaxed) {
            return false;
        }
        let rest = queue::real_time(rest, self.weight.load(Ordering::Relaxed));
        let end = self
            .slice_began
            .load(Ordering::Relaxed)
            .saturating_add(rest);
        self.slice_ends.fetch_min(end, Ordering::Relaxed) > end
    }
}

static RUN_QUEUES: PerCpu<RunQueue> = PerCpu::new(
    [const {
        RunQueue {
            queue: SpinLock::new(Queue::new()),
            length: AtomicUsize::new(0),
            slice_began: AtomicU64::new(0),
            slice_ends: AtomicU64::new(0),
            weight: AtomicU64::new(0),
            give_way: AtomicBool::new(false),
            priority: AtomicU8::new(0),
            idling: AtomicBool::new(true),
            idle_since: AtomicU64::new(0),
            idle_time: AtomicU64::new(0),
            switches: AtomicU64::new(0),
        }
    }; MAX_CPUS],
);

/// The processors that sleep.
static IDLE: IdleSet = IdleSet(atomic::AtomicU32::new(0));

fn online() -> u32 {
    u32::MAX >> (32 - hal::cpu::count().clamp(1, 32))
}

/// Makes room for one more thread, so that waking never allocates.
pub fn reserve(threads: usize) -> Result<()> {
    for cpu in 0..hal::cpu::count() {
        RUN_QUEUES.of(cpu).queue.lock().reserve(threads)?;
    }
    Ok(())
}

/// The thread that is running.
///
/// # Panics
///
/// In the idle task, which is not a thread: system calls never run there.
#[inline]
#[expect(
    clippy::expect_used,
    reason = "the idle task makes no system calls and touches no user memory"
)]
pub fn current() -> Arc<Thread> {
    try_current().expect("system calls and faults run in threads")
}

/// The thread that is running, `None` in the idle task.
#[inline]
pub fn try_current() -> Option<Arc<Thread>> {
    hal::task::with_current(|task| task.map(|task| task.data().clone()))?
        .downcast::<Thread>()
        .ok()
}

/// Starts a new thread: it is runnable from now on.
pub fn start(thread: &Arc<Thread>) {
    if thread.sched.token.unpark() == Unparked::Enqueue {
        enqueue(thread.clone(), Arrival::New);
    }
}

/// Gives `thread` its token; if it was parked, it becomes runnable.
#[inline]
pub fn unpark(thread: &Arc<Thread>) {
    if thread.sched.token.unpark() == Unparked::Enqueue {
        enqueue(thread.clone(), Arrival::Woken);
    }
}

/// As [`unpark`]; a thread in user mode on another processor also comes back
/// from there, to look at what its flags say.
pub fn interrupt(thread: &Arc<Thread>) {
    match thread.sched.token.unpark() {
        Unparked::Enqueue => enqueue(thread.clone(), Arrival::Woken),
        Unparked::Running if hal::cpu::count() > 1 => {
            // If it moves meanwhile, it passes the flags on its way.
            let cpu = thread.sched.cpu();
            if cpu != hal::cpu::id() {
                hal::cpu::kick(cpu);
            }
        }
        Unparked::Running | Unparked::Waiting => {}
    }
}

/// Puts a thread that is runnable, and in no queue, into one.
#[inline]
fn enqueue(thread: Arc<Thread>, arrival: Arrival) {
    let here = hal::cpu::id();
    let (cpu, claimed) = if hal::cpu::count() == 1 {
        (here, false)
    } else {
        choose(&thread, here)
    };
    let moved = thread.sched.cpu.swap(cpu, Ordering::Relaxed) != cpu;
    let run_queue = RUN_QUEUES.of(cpu);
    let priority = priority_of(&thread);
    let (length, rest) = {
        let mut queue = run_queue.queue.lock();
        let rest = queue.push(thread, arrival, moved);
        let length = queue.len();
        run_queue.length.store(length, Ordering::SeqCst);
        (length, rest)
    };
    let shortened = rest.is_some_and(|rest| run_queue.shorten_slice(rest));
    let urgent = priority > run_queue.priority.load(Ordering::Relaxed);
    if urgent {
        run_queue.give_way.store(true, Ordering::SeqCst);
    }
    if cpu != here {
        // Out of its sleep, or out of user mode to set its timer; if it is
        // about to sleep, it sees the queue or its bit in `IDLE` is seen here.
        if claimed || length == 1 || urgent || shortened || IDLE.claim(1 << cpu).is_some() {
            hal::cpu::kick(cpu);
        }
    } else if urgent {
        hal::cpu::kick(here);
    } else if shortened
        && rest == Some(0)
        && let Some(current) = try_current()
    {
        current.attention.store(true, Ordering::Relaxed);
    } else if length == 1 || shortened {
        time::timer::update_interrupt();
    }
}

/// The processor a thread shall wait for, and whether it was claimed from
/// [`IDLE`].
fn choose(thread: &Arc<Thread>, here: usize) -> (usize, bool) {
    let last = thread.sched.cpu();
    let allowed = thread.sched.affinity();
    let may_use_last = allowed & 1 << last != 0;
    if may_use_last && thread.with_task(|task| task.is_running()) {
        return (last, false);
    }
    if may_use_last && IDLE.claim(1 << last).is_some() {
        return (last, true);
    }
    if let Some(idle) = IDLE.claim(allowed) {
        return (idle, true);
    }
    if may_use_last {
        return (last, false);
    }
    let shortest = (0..hal::cpu::count())
        .filter(|&cpu| allowed & 1 << cpu != 0)
        .min_by_key(|&cpu| RUN_QUEUES.of(cpu).length.load(Ordering::Relaxed));
    (shortest.unwrap_or(here), false)
}

/// What a look for work found.
enum Found {
    Thread(Arc<Thread>),
    /// Only threads that are just leaving another processor: look again.
    Later,
    Nothing,
}

/// Takes the next thread for this processor, from its queue or another's.
#[inline]
fn find_work() -> Found {
    let own = RUN_QUEUES.get();
    if own.length.load(Ordering::SeqCst) != 0 {
        let mut queue = own.queue.lock();
        let found = queue.take();
        own.length.store(queue.len(), Ordering::SeqCst);
        match found {
            Some(thread) => return Found::Thread(thread),
            None if queue.len() != 0 => return Found::Later,
            None => {}
        }
    }
    if hal::cpu::count() == 1 {
        return Found::Nothing;
    }
    steal()
}

fn steal() -> Found {
    let here = hal::cpu::id();
    let count = hal::cpu::count();
    let mut result = Found::Nothing;
    for distance in 1..count {
        let other = RUN_QUEUES.of((here + distance) % count);
        if other.length.load(Ordering::SeqCst) == 0 {
            continue;
        }
        let Some(mut queue) = other.queue.try_lock() else {
            result = Found::Later;
            continue;
        };
        let found = queue.steal(|thread| thread.sched.may_run_on(here));
        other.length.store(queue.len(), Ordering::SeqCst);
        if found.is_none() && queue.has_unready(|thread| thread.sched.may_run_on(here)) {
            result = Found::Later;
        }
        drop(queue);
        if let Some(thread) = found {
            // Virtual times of two queues say nothing about each other: when it
            // is queued here, it starts level.
            thread.sched.virtual_time.store(0, Ordering::Relaxed);
            return Found::Thread(thread);
        }
    }
    result
}

/// Drops the token of `thread`, the running one, which looks at all that it waits for before it
/// parks: what woke it earlier does not make it look twice.
#[inline]
pub fn forget_token(thread: &Thread) {
    thread.sched.token.forget();
}

/// Sleeps until the thread is unparked or the deadline passes. May return early
/// for no reason.
#[inline]
pub fn park(deadline: Option<Deadline>) {
    let thread = current();
    if !thread.sched.token.park() {
        return;
    }
    let timer = deadline.map(|deadline| {
        let moment = deadline.moment();
        let timer = time::timer::wake_at(moment, &thread);
        // The clock may have been set before the timer was there to be found.
        if deadline.moment() != moment {
            unpark(&thread);
        }
        timer
    });
    count(&thread.sched.voluntary_switches);
    switch_away(&thread);
    drop(timer);
}

/// Lets the other runnable threads run first (sched_yield(2)).
pub fn yield_now() {
    if RUN_QUEUES.get().length.load(Ordering::SeqCst) != 0 {
        requeue(Arrival::Behind);
    }
}

/// Adds one to a counter of the running thread, which nobody else writes.
#[inline]
fn count(counter: &AtomicU64) {
    let before = counter.load(Ordering::Relaxed);
    counter.store(before.wrapping_add(1), Ordering::Relaxed);
}

/// Puts the running thread back into a queue and gives the processor away.
fn requeue(arrival: Arrival) {
    let thread = current();
    account(&thread);
    thread.sched.token.set_runnable();
    enqueue(thread.clone(), arrival);
    count(&thread.sched.involuntary_switches);
    switch_away(&thread);
}

/// Ends the running thread: another one gets the processor, for good.
pub fn exit() -> ! {
    {
        let thread = current();
        thread.sched.token.set_runnable();
        account(&thread);
        thread.sched.running_since.store(0, Ordering::Relaxed);
        drop(thread.take_task());
    }
    let next = next_task();
    time::timer::update_interrupt();
    hal::task::exit_to(next)
}

/// The running thread is about to return to user mode, and an interrupt or its flag for attention has it look: gives the
/// processor away if its time is up.
pub fn give_way_if_due() {
    let run_queue = RUN_QUEUES.get();
    if run_queue.give_way.swap(false, Ordering::SeqCst) {
        requeue(Arrival::Displaced);
        return;
    }
    if run_queue.length.load(Ordering::Relaxed) == 0 {
        return;
    }
    if time::monotonic() >= run_queue.slice_ends.load(Ordering::Relaxed) {
        requeue(Arrival::Behind);
    } else {
        time::timer::update_interrupt();
    }
}

/// When this processor must be interrupted for the running thread's sake: at the next tick, or at
/// the end of its slice if another waits. `u64::MAX` when it idles.
#[inline]
pub fn next_interrupt() -> u64 {
    let run_queue = RUN_QUEUES.get();
    if run_queue.idling.load(Ordering::Relaxed) {
        return u64::MAX;
    }
    let tick = tick::due();
    if run_queue.length.load(Ordering::Relaxed) == 0 {
        return tick;
    }
    tick.min(run_queue.slice_ends.load(Ordering::Relaxed))
}

/// Whether this processor has no thread.
fn is_idling() -> bool {
    RUN_QUEUES.get().idling.load(Ordering::Relaxed)
}

/// How many threads wait for a processor, the running ones not counted.
pub fn runnable() -> usize {
    (0..hal::cpu::count())
        .map(|cpu| RUN_QUEUES.of(cpu).length.load(Ordering::Relaxed))
        .sum()
}

/// How many processors run threads.
pub fn running() -> usize {
    (0..hal::cpu::count())
        .filter(|&cpu| !RUN_QUEUES.of(cpu).idling.load(Ordering::Relaxed))
        .count()
}

/// How often processors went from one thread to another.
pub fn context_switches() -> u64 {
    (0..hal::cpu::count())
        .map(|cpu| RUN_QUEUES.of(cpu).switches.load(Ordering::Relaxed))
        .sum()
}

/// How long a processor has had nothing to do, in nanoseconds.
///
/// # Panics
///
/// When there is no such processor.
pub fn idle_time(cpu: usize) -> u64 {
    let run_queue = RUN_QUEUES.of(cpu);
    let before = run_queue.idle_time.load(Ordering::Relaxed);
    if !run_queue.idling.load(Ordering::Relaxed) {
        return before;
    }
    let since = run_queue.idle_since.load(Ordering::Relaxed);
    before + time::monotonic().saturating_sub(since)
}

/// Sets the processors that a thread may run on, as a bit set. It moves if it
/// is on another. `EINVAL` when no processor in use is among them.
pub fn set_affinity(thread: &Arc<Thread>, cpus: u32) -> Result<()> {
    if cpus & online() == 0 {
        return Err(Errno::EINVAL);
    }
    thread.sched.affinity.store(cpus, Ordering::SeqCst);
    move_again(thread);
    Ok(())
}

/// Policy, priority or nice value of a thread have changed.
pub fn parameters_changed(thread: &Arc<Thread>) {
    move_again(thread);
}

/// The running thread has become less urgent: those that are more urgent now run first.
pub fn give_way() {
    requeue(Arrival::Displaced);
}

/// What decides where a thread stands has changed: it goes to its new place.
fn move_again(thread: &Arc<Thread>) {
    if try_current().is_some_and(|current| Arc::ptr_eq(&current, thread)) {
        requeue(Arrival::Behind);
        return;
    }
    for _ in 0..2 {
        let cpu = thread.sched.cpu();
        let run_queue = RUN_QUEUES.of(cpu);
        let removed = {
            let mut queue = run_queue.queue.lock();
            let removed = queue.remove(thread);
            run_queue.length.store(queue.len(), Ordering::SeqCst);
            removed
        };
        if removed {
            enqueue(thread.clone(), Arrival::Behind);
            return;
        }
        if thread.sched.cpu() == cpu {
            if cpu != hal::cpu::id() && thread.sched.running_since.load(Ordering::SeqCst) != 0 {
                run_queue.give_way.store(true, Ordering::SeqCst);
                hal::cpu::kick(cpu);
            }
            return;
        }
    }
}

/// Counts the time that the running thread has used.
#[inline]
fn account(thread: &Thread) {
    let state = &thread.sched;
    let now = time::monotonic();
    let elapsed = now.saturating_sub(state.running_since.load(Ordering::Relaxed));
    // Only the processor that runs the thread writes these.
    state.running_since.store(now, Ordering::Release);
    let used = state.used.load(Ordering::Relaxed);
    state.used.store(used + elapsed, Ordering::Release);
    let cost = queue::virtual_cost(elapsed, thread.scheduling.weight());
    let time = state.virtual_time.load(Ordering::Relaxed);
    state.virtual_time.store(time + cost, Ordering::Relaxed);
}

fn account_running(thread: &Arc<Thread>) {
    if try_current().is_some_and(|current| Arc::ptr_eq(&current, thread)) {
        account(thread);
    }
}

/// Processor time that `thread` has used, in nanoseconds.
pub fn runtime(thread: &Arc<Thread>) -> u64 {
    account_running(thread);
    let state = &thread.sched;
    loop {
        let since = state.running_since.load(Ordering::Acquire);
        let used = state.used.load(Ordering::Acquire);
        if since == 0 {
            return used;
        }
        if state.running_since.load(Ordering::Acquire) == since {
            return used + time::monotonic().saturating_sub(since);
        }
    }
}

/// Chooses the task that this processor runs next, and makes it the running one.
#[inline]
fn next_task() -> Arc<hal::task::Task> {
    match find_work() {
        Found::Thread(thread) => admit(&thread),
        Found::Later | Found::Nothing => {
            let run_queue = RUN_QUEUES.get();
            let now = time::monotonic();
            run_queue.idle_since.store(now, Ordering::Relaxed);
            run_queue.idling.store(true, Ordering::Relaxed);
            run_queue.priority.store(0, Ordering::Relaxed);
            hal::task::idle_task()
        }
    }
}

/// Makes a thread the running one; the caller switches to its task.
#[inline]
fn admit(thread: &Arc<Thread>) -> Arc<hal::task::Task> {
    let run_queue = RUN_QUEUES.get();
    let state = &thread.sched;
    let now = time::monotonic();
    state.token.set_running();
    if thread.restartable.note() {
        thread.attention.store(true, Ordering::SeqCst);
    }
    state.cpu.store(hal::cpu::id(), Ordering::Relaxed);
    state.running_since.store(now.max(1), Ordering::Relaxed);
    let end = now.saturating_add(thread.scheduling.slice());
    run_queue.slice_began.store(now, Ordering::Relaxed);
    run_queue
        .weight
        .store(thread.scheduling.weight(), Ordering::Relaxed);
    run_queue.slice_ends.store(end, Ordering::Relaxed);
    run_queue
        .priority
        .store(priority_of(thread), Ordering::Relaxed);
    run_queue.give_way.store(false, Ordering::Relaxed);
    let switches = run_queue.switches.load(Ordering::Relaxed);
    run_queue.switches.store(switches + 1, Ordering::Relaxed);
    if run_queue.idling.load(Ordering::Relaxed) {
        let idle = now.saturating_sub(run_queue.idle_since.load(Ordering::Relaxed));
        run_queue.idle_time.fetch_add(idle, Ordering::Relaxed);
        run_queue.idling.store(false, Ordering::Relaxed);
        tick::began(now);
    }
    thread.activate_address_space();
    if hal::cpu::count() > 1
        && run_queue.length.load(Ordering::Relaxed) != 0
        && let Some(idle) = IDLE.claim(u32::MAX)
    {
        // It finds what this processor has left over.
        hal::cpu::kick(idle);
    }
    thread.task()
}

/// Gives the processor away; returns when the thread is scheduled again.
#[inline]
fn switch_away(thread: &Arc<Thread>) {
    account(thread);
    thread.sched.running_since.store(0, Ordering::Release);
    let next = next_task();
    time::timer::update_interrupt();
    hal::task::switch_to(&next);
}

/// The idle task: runs threads while there are any, else waits for interrupts.
pub fn idle_forever() -> ! {
    RUN_QUEUES
        .get()
        .idle_since
        .store(time::monotonic(), Ordering::Relaxed);
    let mut wait = hal::cpu::Wait::new();
    loop {
        idle_turn(&mut wait);
    }
}

/// Runs a thread if there is one, else waits for one.
fn idle_turn(wait: &mut hal::cpu::Wait) {
    match find_work() {
        Found::Thread(thread) => {
            run(&thread);
            *wait = hal::cpu::Wait::new();
            return;
        }
        Found::Later => {
            wait.turn();
            return;
        }
        Found::Nothing => {}
    }
    if hal::cpu::count() == 1 {
        time::timer::update_interrupt();
        hal::cpu::idle();
        return;
    }
    // Announced first, looked again after: a waker does it the other way
    // round, so one of the two sees the other.
    let cpu = hal::cpu::id();
    IDLE.announce(cpu);
    match find_work() {
        Found::Thread(thread) => {
            IDLE.leave(cpu);
            run(&thread);
        }
        Found::Later => {
            IDLE.leave(cpu);
        }
        Found::Nothing => {
            // Nobody has to interrupt a sleeping processor for its TLB.
            hal::space::deactivate();
            time::timer::update_interrupt();
            hal::cpu::idle();
            IDLE.leave(cpu);
        }
    }
}

fn run(thread: &Arc<Thread>) {
    let next = admit(thread);
    time::timer::update_interrupt();
    hal::task::switch_to(&next);
}

/// Ties a new thread to a processor of an exploration.
#[cfg(test)]
pub(crate) fn place_explored(thread: &Thread, cpu: usize) {
    thread.sched.cpu.store(cpu, Ordering::Relaxed);
    thread.sched.affinity.store(1 << cpu, Ordering::Relaxed);
    // It is in no queue, and who unparks it before it runs must not put it there.
    thread.sched.token.set_running();
}

/// Makes a new thread the running one of its processor of an exploration.
#[cfg(test)]
pub(crate) fn run_explored(thread: &Arc<Thread>) {
    hal::mock::explore::set_idle_turn(|| idle_turn(&mut hal::cpu::Wait::new()));
    run(thread);
}
