//! The scheduler: who runs next on a CPU.
//!
//! Threads are runnable, running or parked. Each CPU has a first-in first-out
//! run queue; a running thread keeps the CPU until it parks, exits, or its
//! time slice ends (seen on the way back to user mode: the kernel itself is
//! not preempted). The HAL checks that a task never runs twice, so a mistake
//! here can cost fairness but not memory safety.
//!
//! Parking follows `std::thread::park`: each thread has one token, `unpark`
//! leaves it, `park` takes it or sleeps.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};

use hal::sync::SpinLock;

use crate::errno::Result;
use crate::process::Thread;
use crate::time;

/// How long a thread may run while others wait, in nanoseconds.
const TIME_SLICE: u64 = 10_000_000;

const RUNNING: u8 = 0;
const RUNNABLE: u8 = 1;
const PARKED: u8 = 2;
const UNPARKED: u8 = 3;

/// The scheduler's part of a thread.
pub struct SchedState {
    state: AtomicU8,
    /// Processor time used, in nanoseconds, up to the last switch.
    pub runtime: AtomicU64,
    switched_in_at: AtomicU64,
}

impl SchedState {
    /// The state of a thread that has not run yet.
    pub const fn new() -> Self {
        Self {
            state: AtomicU8::new(PARKED),
            runtime: AtomicU64::new(0),
            switched_in_at: AtomicU64::new(0),
        }
    }
}

impl Default for SchedState {
    fn default() -> Self {
        Self::new()
    }
}

struct RunQueue {
    threads: SpinLock<VecDeque<Arc<Thread>>>,
    /// Length of `threads`, readable without the lock.
    length: AtomicUsize,
    slice_ends: AtomicU64,
    idle: SpinLock<Option<Arc<hal::task::Task>>>,
    /// Whether the idle task (no thread) has the CPU.
    idling: AtomicBool,
}

static RUN_QUEUE: RunQueue = RunQueue {
    threads: SpinLock::new(VecDeque::new()),
    length: AtomicUsize::new(0),
    slice_ends: AtomicU64::new(0),
    idle: SpinLock::new(None),
    idling: AtomicBool::new(true),
};

/// Makes room for one more thread, so that waking never allocates.
pub fn reserve(threads: usize) -> Result<()> {
    let mut queue = RUN_QUEUE.threads.lock();
    let missing = threads.saturating_sub(queue.len());
    queue.try_reserve(missing)?;
    Ok(())
}

/// The thread that is running.
///
/// # Panics
///
/// In the idle task, which is not a thread: system calls never run there.
pub fn current() -> Arc<Thread> {
    try_current().expect("system calls and faults run in threads")
}

/// The thread that is running, `None` in the idle task.
pub fn try_current() -> Option<Arc<Thread>> {
    hal::task::current()?
        .data()
        .clone()
        .downcast::<Thread>()
        .ok()
}

/// Starts a new thread: it is runnable from now on.
pub fn start(thread: &Arc<Thread>) {
    unpark(thread);
}

/// Gives `thread` its token; if it was parked, it becomes runnable.
pub fn unpark(thread: &Arc<Thread>) {
    let state = &thread.sched.state;
    loop {
        match state.load(Ordering::SeqCst) {
            RUNNING => {
                if state
                    .compare_exchange(RUNNING, UNPARKED, Ordering::SeqCst, Ordering::SeqCst)
                    .is_ok()
                {
                    return;
                }
            }
            PARKED => {
                if state
                    .compare_exchange(PARKED, RUNNABLE, Ordering::SeqCst, Ordering::SeqCst)
                    .is_ok()
                {
                    enqueue(thread.clone());
                    return;
                }
            }
            _ => return,
        }
    }
}

fn enqueue(thread: Arc<Thread>) {
    let mut threads = RUN_QUEUE.threads.lock();
    threads.push_back(thread);
    RUN_QUEUE.length.store(threads.len(), Ordering::SeqCst);
    drop(threads);
    time::timer::update_interrupt();
}

fn dequeue() -> Option<Arc<Thread>> {
    let mut threads = RUN_QUEUE.threads.lock();
    let next = threads.pop_front();
    RUN_QUEUE.length.store(threads.len(), Ordering::SeqCst);
    next
}

/// Sleeps until the thread is unparked or the deadline (nanoseconds of
/// [`time::monotonic`]) passes. May return early for no reason.
pub fn park(deadline: Option<u64>) {
    let thread = current();
    let state = &thread.sched.state;
    if state
        .compare_exchange(RUNNING, PARKED, Ordering::SeqCst, Ordering::SeqCst)
        .is_err()
    {
        state.store(RUNNING, Ordering::SeqCst);
        return;
    }
    let timer = deadline.map(|deadline| time::timer::wake_at(deadline, &thread));
    switch_away(&thread);
    drop(timer);
}

/// Lets the other runnable threads run first.
pub fn yield_now() {
    if RUN_QUEUE.length.load(Ordering::SeqCst) == 0 {
        return;
    }
    let thread = current();
    let state = &thread.sched.state;
    let unparked = state.swap(RUNNABLE, Ordering::SeqCst) == UNPARKED;
    enqueue(thread.clone());
    switch_away(&thread);
    if unparked {
        state.store(UNPARKED, Ordering::SeqCst);
    }
}

/// Ends the running thread: another one gets the CPU, for good.
pub fn exit() -> ! {
    {
        let thread = current();
        thread.sched.state.store(RUNNABLE, Ordering::SeqCst);
        account(&thread);
        drop(thread.take_task());
    }
    let next = next_task();
    hal::task::exit_to(next)
}

/// Whether the running thread has used up its slice while others wait.
pub fn should_yield() -> bool {
    RUN_QUEUE.length.load(Ordering::Relaxed) != 0
        && time::monotonic() >= RUN_QUEUE.slice_ends.load(Ordering::Relaxed)
}

/// When the running thread's slice ends, if anybody waits for the CPU.
pub fn slice_deadline() -> Option<u64> {
    (RUN_QUEUE.length.load(Ordering::Relaxed) != 0 && !RUN_QUEUE.idling.load(Ordering::Relaxed))
        .then(|| RUN_QUEUE.slice_ends.load(Ordering::Relaxed))
}

/// How many threads wait for a CPU, the running one not counted.
pub fn runnable() -> usize {
    RUN_QUEUE.length.load(Ordering::Relaxed)
}

fn account(thread: &Thread) {
    let now = time::monotonic();
    let since = thread.sched.switched_in_at.load(Ordering::Relaxed);
    thread
        .sched
        .runtime
        .fetch_add(now.saturating_sub(since), Ordering::Relaxed);
    thread.sched.switched_in_at.store(now, Ordering::Relaxed);
}

/// Processor time that `thread` has used, in nanoseconds.
pub fn runtime(thread: &Arc<Thread>) -> u64 {
    if try_current().is_some_and(|current| Arc::ptr_eq(&current, thread)) {
        account(thread);
    }
    thread.sched.runtime.load(Ordering::Relaxed)
}

fn next_task() -> Arc<hal::task::Task> {
    match dequeue() {
        Some(thread) => {
            let now = time::monotonic();
            thread.sched.state.store(RUNNING, Ordering::SeqCst);
            thread.sched.switched_in_at.store(now, Ordering::Relaxed);
            RUN_QUEUE
                .slice_ends
                .store(now + TIME_SLICE, Ordering::Relaxed);
            RUN_QUEUE.idling.store(false, Ordering::Relaxed);
            thread.activate_address_space();
            thread.task()
        }
        None => {
            RUN_QUEUE.idling.store(true, Ordering::Relaxed);
            RUN_QUEUE
                .idle
                .lock()
                .clone()
                .expect("the boot task idles before any thread runs")
        }
    }
}

/// Gives the CPU away; returns when the thread is scheduled again.
fn switch_away(thread: &Arc<Thread>) {
    account(thread);
    let next = next_task();
    time::timer::update_interrupt();
    if !Arc::ptr_eq(&next, &thread.task()) {
        hal::task::switch_to(&next);
    }
}

/// The idle task: runs threads while there are any, else waits for interrupts.
pub fn idle_forever() -> ! {
    *RUN_QUEUE.idle.lock() = hal::task::current();
    loop {
        if RUN_QUEUE.length.load(Ordering::SeqCst) == 0 {
            time::timer::update_interrupt();
            hal::cpu::idle();
        } else {
            let next = next_task();
            time::timer::update_interrupt();
            hal::task::switch_to(&next);
        }
    }
}
