//! Explores the interleavings of the wait queue, memory orders included: the
//! source of [`super::wait`] over `loom`'s lock and atomics, and a scheduler
//! that is the park token alone.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::cell::RefCell;

use loom::sync::Mutex;
use loom::sync::atomic::AtomicBool;
use loom::thread;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicU8, AtomicUsize, Ordering, fence};
}
// The same sources with the explorer's atomics, on purpose.
#[allow(clippy::duplicate_mod, dead_code)]
#[path = "../sched/token.rs"]
mod token;
#[allow(clippy::duplicate_mod, dead_code)]
#[path = "wait.rs"]
mod wait;

use crate::errno::Errno;
use crate::time::Deadline;
use atomic::{AtomicU8, Ordering};
use token::{Token, Unparked};
use wait::{Interrupt, WaitError, WaitQueue, wait_until};

/// The kernel's lock by its interface, `loom`'s by what it does.
struct SpinLock<T>(Mutex<T>);

impl<T> SpinLock<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }
}

/// What the wait queue sees of a thread.
struct Thread {
    token: Token,
    queued: AtomicBool,
    interrupted: AtomicBool,
}

impl Thread {
    fn running() -> Arc<Self> {
        let token = Token(AtomicU8::new(Token::NEW));
        token.set_running();
        Arc::new(Self {
            token,
            queued: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
        })
    }

    fn must_interrupt(&self, _: Interrupt) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }
}

loom::thread_local! {
    static CURRENT: RefCell<Option<Arc<Thread>>> = RefCell::new(None);
}

mod sched {
    use super::*;

    pub(super) fn current() -> Arc<Thread> {
        CURRENT.with(|current| current.borrow().clone()).unwrap()
    }

    pub(super) fn unpark(thread: &Arc<Thread>) {
        if thread.token.unpark() == Unparked::Enqueue {
            let twice = thread.queued.swap(true, Ordering::SeqCst);
            assert!(!twice, "a thread stands in a queue twice");
        }
    }

    pub(super) fn forget_token(thread: &Thread) {
        thread.token.forget();
    }

    pub(super) fn park(_: Option<Deadline>) {
        let thread = current();
        if thread.token.park() {
            while !thread.queued.swap(false, Ordering::SeqCst) {
                thread::yield_now();
            }
            thread.token.set_running();
        }
    }
}

fn check(f: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(f);
}

fn queue() -> Arc<WaitQueue> {
    Arc::new(WaitQueue {
        length: atomic::AtomicUsize::new(0),
        waiters: SpinLock::new(VecDeque::new()),
    })
}

fn wait(queue: &WaitQueue, condition: impl FnMut() -> Option<()>) -> Result<(), WaitError> {
    CURRENT.with(|current| current.replace(Some(Thread::running())));
    wait_until(&[queue], None, Interrupt::BySignals, condition)
}

/// The condition is not guarded by a lock, and its store is relaxed.
#[test]
fn a_waiter_that_enters_while_the_condition_changes_is_woken() {
    check(|| {
        let queue = queue();
        let condition = Arc::new(AtomicBool::new(false));
        let waker = {
            let (queue, condition) = (queue.clone(), condition.clone());
            thread::spawn(move || {
                condition.store(true, Ordering::Relaxed);
                queue.wake_all();
            })
        };
        let holds = || condition.load(Ordering::Relaxed).then_some(());
        assert_eq!(wait(&queue, holds), Ok(()));
        waker.join().unwrap();
        assert!(!queue.has_waiters(), "who has its condition is not queued");
    });
}

/// The token that the first wait may leave is dropped by the second, without what came with it.
#[test]
fn a_wait_after_another_misses_nothing() {
    check(|| {
        let queue = queue();
        let stage = Arc::new(atomic::AtomicUsize::new(0));
        let waker = {
            let (queue, stage) = (queue.clone(), stage.clone());
            thread::spawn(move || {
                for value in 1..=2 {
                    stage.store(value, Ordering::Relaxed);
                    queue.wake_all();
                }
            })
        };
        CURRENT.with(|current| current.replace(Some(Thread::running())));
        for value in 1..=2 {
            let reached = || (stage.load(Ordering::Relaxed) >= value).then_some(());
            let result = wait_until(&[&*queue], None, Interrupt::BySignals, reached);
            assert_eq!(result, Ok(()));
        }
        waker.join().unwrap();
        assert!(!queue.has_waiters());
    });
}

/// Each wake-up lets one on, as with a semaphore.
#[test]
fn two_waiters_and_two_wake_ups_of_one_leave_nobody_asleep() {
    check(|| {
        let queue = queue();
        let units = Arc::new(atomic::AtomicUsize::new(0));
        let take = |units: &atomic::AtomicUsize| {
            let take = |value: usize| value.checked_sub(1);
            units
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .ok()
                .map(|_| ())
        };
        let other = {
            let (queue, units) = (queue.clone(), units.clone());
            thread::spawn(move || wait(&queue, || take(&units)).unwrap())
        };
        for _ in 0..2 {
            units.fetch_add(1, Ordering::SeqCst);
            queue.wake_one();
        }
        wait(&queue, || take(&units)).unwrap();
        other.join().unwrap();
        assert!(!queue.has_waiters());
    });
}

#[test]
fn a_signal_that_comes_as_a_thread_falls_asleep_wakes_it() {
    check(|| {
        let queue = queue();
        let thread = Thread::running();
        let signaller = {
            let thread = thread.clone();
            thread::spawn(move || {
                thread.interrupted.store(true, Ordering::SeqCst);
                sched::unpark(&thread);
            })
        };
        CURRENT.with(|current| current.replace(Some(thread)));
        let never = || None::<()>;
        let result = wait_until(&[&*queue], None, Interrupt::BySignals, never);
        assert_eq!(result, Err(WaitError::Interrupted));
        signaller.join().unwrap();
        assert!(!queue.has_waiters());
    });
}
