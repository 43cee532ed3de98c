//! Explores the interleavings of parking, waiting and going idle.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use loom::thread;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};
}
// The same source with the explorer's atomics, on purpose.
#[allow(clippy::duplicate_mod, dead_code)]
#[path = "idle.rs"]
mod idle;
// The same source with the explorer's atomics, on purpose.
#[allow(clippy::duplicate_mod, dead_code)]
#[path = "token.rs"]
mod token;
use idle::IdleSet;
use token::{Token, Unparked};

fn check(f: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(f);
}

/// A thread and the queue that it may stand in.
struct Parker {
    token: Token,
    queued: AtomicBool,
}

impl Parker {
    fn running() -> Self {
        let parker = Self {
            token: Token(AtomicU8::new(Token::NEW)),
            queued: AtomicBool::new(false),
        };
        parker.token.set_running();
        parker
    }

    fn unpark(&self) {
        if self.token.unpark() == Unparked::Enqueue {
            let twice = self.queued.swap(true, Ordering::SeqCst);
            assert!(!twice, "a thread stands in a queue twice");
        }
    }

    fn park(&self) {
        if self.token.park() {
            self.run_from_queue();
        }
    }

    fn yield_now(&self) {
        self.token.set_runnable();
        let twice = self.queued.swap(true, Ordering::SeqCst);
        assert!(!twice, "a thread stands in a queue twice");
        self.run_from_queue();
    }

    fn run_from_queue(&self) {
        while !self.queued.swap(false, Ordering::SeqCst) {
            thread::yield_now();
        }
        self.token.set_running();
    }
}

#[test]
fn no_unpark_is_lost() {
    check(|| {
        let parker = Arc::new(Parker::running());
        let conditions = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let wakers: Vec<_> = (0..2)
            .map(|index| {
                let (parker, conditions) = (parker.clone(), conditions.clone());
                thread::spawn(move || {
                    conditions[index].store(true, Ordering::Relaxed);
                    parker.unpark();
                })
            })
            .collect();
        while !conditions.iter().all(|c| c.load(Ordering::Relaxed)) {
            parker.park();
        }
        for waker in wakers {
            waker.join().unwrap();
        }
    });
}

/// A token that is dropped before each look takes nothing with it.
#[test]
fn no_unpark_is_lost_with_the_tokens_from_before() {
    check(|| {
        let parker = Arc::new(Parker::running());
        let stage = Arc::new(AtomicUsize::new(0));
        let waker = {
            let (parker, stage) = (parker.clone(), stage.clone());
            thread::spawn(move || {
                for value in 1..=2 {
                    stage.store(value, Ordering::Relaxed);
                    parker.unpark();
                }
            })
        };
        for value in 1..=2 {
            parker.token.forget();
            while stage.load(Ordering::Relaxed) < value {
                parker.park();
            }
        }
        waker.join().unwrap();
    });
}

#[test]
fn a_thread_that_yields_is_queued_once() {
    check(|| {
        let parker = Arc::new(Parker::running());
        let changed = Arc::new(AtomicBool::new(false));
        let waker = {
            let (parker, changed) = (parker.clone(), changed.clone());
            thread::spawn(move || {
                changed.store(true, Ordering::Relaxed);
                parker.unpark();
            })
        };
        parker.yield_now();
        while !changed.load(Ordering::Relaxed) {
            parker.park();
        }
        waker.join().unwrap();
    });
}

/// Work that is queued while a processor goes to sleep is seen by it, or wakes
/// it; and two that queue work wake two sleepers, not one twice.
#[test]
fn work_does_not_wait_for_a_sleeping_processor() {
    check(|| {
        let idle = Arc::new(IdleSet(AtomicU32::new(0)));
        let work = Arc::new(AtomicUsize::new(0));
        let kicked = Arc::new(AtomicBool::new(false));
        let sleeper = {
            let (idle, work, kicked) = (idle.clone(), work.clone(), kicked.clone());
            thread::spawn(move || {
                idle.announce(1);
                while work.load(Ordering::Relaxed) == 0 && !kicked.load(Ordering::SeqCst) {
                    thread::yield_now();
                    if !kicked.load(Ordering::SeqCst) {
                        // Asleep: only a kick ends it.
                        while !kicked.load(Ordering::SeqCst) {
                            thread::yield_now();
                        }
                    }
                }
                idle.leave(1);
            })
        };
        work.store(1, Ordering::Relaxed);
        let claimed = idle.claim(u32::MAX);
        if claimed.is_some() {
            kicked.store(true, Ordering::SeqCst);
        }
        sleeper.join().unwrap();
        assert!(matches!(claimed, None | Some(1)));
    });
}
