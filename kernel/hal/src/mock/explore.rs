//! Runs a few CPUs in every order of their steps: the mock's side of tests of concurrency.
//!
//! Each CPU is a thread of the host, but only one goes on at a time. At every *point* (a lock that
//! is taken, an atomic of [`crate::sync::atomic`], an access to user memory) another may be let go
//! on instead; [`explore`] repeats the run until each sequence of such decisions, up to a number of
//! preemptions, has been seen once (the idea of CHESS, Musuvathi and Qadeer 2007). What waits for a
//! lock or sleeps is passed over at no cost; a sleeper with a timer may be woken by it at any
//! moment. When all sleep, or a run takes too long, the run has failed.
//!
//! Steps are seen in one order by all: what needs weaker orders is explored with `loom` instead.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The first CPU of an exploration: tests beside it, which are on CPU 0, have nothing of them.
pub const FIRST_CPU: usize = 8;
/// Decisions after which a run counts as endless.
const MOST_STEPS: usize = 20_000;

const ASLEEP: &str = "all CPUs sleep: a wake-up was lost";

/// What one CPU does in a run.
pub type Part<'a> = Box<dyn FnOnce() + Send + 'a>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    Ready,
    /// Waits for a step of another.
    Waiting,
    /// Sleeps until it is kicked.
    Idle,
    /// Sleeps until it is kicked or its timer ends.
    IdleWithTimer,
    Done,
}

#[derive(Clone, Copy, Debug)]
struct Decision {
    taken: usize,
    of: usize,
}

struct State {
    active: usize,
    cpus: Vec<Status>,
    kicked: Vec<bool>,
    path: Vec<Decision>,
    /// How many decisions of `path` have been made in this run.
    made: usize,
    preemptions_left: usize,
    steps: usize,
    failure: Option<Box<dyn Any + Send>>,
}

struct Run {
    state: Mutex<State>,
    turn: Vec<Condvar>,
}

/// Where each step is slow, a part of the orders has to do.
const MOST_RUNS: usize = if cfg!(miri) { 60 } else { usize::MAX };

/// What the other CPUs of a run end with when one has failed.
struct Abandoned;

thread_local! {
    static SEAT: RefCell<Option<(Arc<Run>, usize)>> = const { RefCell::new(None) };
    static SEATED: Cell<bool> = const { Cell::new(false) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static IDLE_TURN: Cell<fn()> = const { Cell::new(|| panic!("no idle task was set")) };
}

/// Sets the body of the loop of this CPU's idle task, for [`crate::task::switch_to`].
pub fn set_idle_turn(turn: fn()) {
    IDLE_TURN.set(turn);
}

pub(super) fn idle_turn() {
    (IDLE_TURN.get())();
}

/// Runs the parts that `scenario` makes, each on a CPU of its own from [`FIRST_CPU`] on, in every
/// order with at most `preemptions` preemptions; calls what `scenario` gives besides after each
/// run. Gives the number of runs.
///
/// # Panics
/// When a part or the last look panics, or a run does not end, in some order.
pub fn explore<'a, Check: FnOnce()>(
    preemptions: usize,
    mut scenario: impl FnMut() -> (Vec<Part<'a>>, Check),
) -> usize {
    let mut path = Vec::new();
    let mut runs = 0;
    loop {
        let (parts, check) = scenario();
        path = run(parts, path, preemptions);
        check();
        runs += 1;
        if runs == MOST_RUNS {
            return runs;
        }
        while path.pop_if(|last| last.taken + 1 == last.of).is_some() {}
        match path.last_mut() {
            Some(last) => last.taken += 1,
            None => return runs,
        }
    }
}

/// One run along `path`, and at its end the first way on from there; gives the whole path.
fn run(parts: Vec<Part<'_>>, path: Vec<Decision>, preemptions: usize) -> Vec<Decision> {
    let count = parts.len();
    let mut state = State {
        active: 0,
        cpus: vec![Status::Ready; count],
        kicked: vec![false; count],
        path,
        made: 0,
        preemptions_left: preemptions,
        steps: 0,
        failure: None,
    };
    state.active = state.decide(count);
    let run = Arc::new(Run {
        state: Mutex::new(state),
        turn: (0..count).map(|_| Condvar::new()).collect(),
    });
    std::thread::scope(|scope| {
        for (seat, part) in parts.into_iter().enumerate() {
            let run = run.clone();
            scope.spawn(move || {
                SEAT.set(Some((run.clone(), seat)));
                SEATED.set(true);
                let result = catch_unwind(AssertUnwindSafe(|| {
                    drop(run.wait_for_turn(seat, run.lock()));
                    part();
                }));
                SEATED.set(false);
                run.leave(seat, result.err());
            });
        }
    });
    let mut state = run.lock();
    match state.failure.take() {
        Some(failure) => match failure.downcast_ref::<&str>() {
            Some(why) => panic!("{why}"),
            None => resume_unwind(failure),
        },
        None => std::mem::take(&mut state.path),
    }
}

impl State {
    /// Chooses one of `of` ways to go on: as recorded, or the first.
    fn decide(&mut self, of: usize) -> usize {
        if of <= 1 {
            return 0;
        }
        let index = self.made;
        self.made += 1;
        match self.path.get(index) {
            Some(decision) => {
                assert_eq!(decision.of, of, "the run is not the same as before");
                decision.taken
            }
            None => {
                self.path.push(Decision { taken: 0, of });
                0
            }
        }
    }

    /// The CPUs but `seat` that can go on.
    fn others(&self, seat: usize) -> Vec<usize> {
        let able = |status| matches!(status, Status::Ready | Status::IdleWithTimer);
        (0..self.cpus.len())
            .filter(|&other| other != seat && able(self.cpus[other]))
            .collect()
    }

    /// Those that wait for a step of another look again.
    fn step_was_made(&mut self, seat: usize) {
        for (other, status) in self.cpus.iter_mut().enumerate() {
            if other != seat && *status == Status::Waiting {
                *status = Status::Ready;
            }
        }
    }

    /// Chooses among CPUs without a preemption. `None` when there is none.
    fn pass_on(&mut self, seat: usize) -> Option<usize> {
        let mut others = self.others(seat);
        if others.is_empty() {
            self.step_was_made(seat);
            others = self.others(seat);
        }
        (!others.is_empty()).then(|| others[self.decide(others.len())])
    }

    fn count_step(&mut self) {
        self.steps += 1;
        assert!(self.steps < MOST_STEPS, "the run does not end");
    }
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_turn<'a>(
        &self,
        seat: usize,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        while state.active != seat && state.failure.is_none() {
            state = self.turn[seat]
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            drop(state);
            resume_unwind(Box::new(Abandoned));
        }
        state
    }

    fn hand_to<'a>(
        &self,
        seat: usize,
        next: usize,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        if next == seat {
            return state;
        }
        state.active = next;
        self.turn[next].notify_one();
        self.wait_for_turn(seat, state)
    }

    /// A CPU has come to the end of its part.
    fn leave(&self, seat: usize, panic: Option<Box<dyn Any + Send>>) {
        let mut state = self.lock();
        state.cpus[seat] = Status::Done;
        match panic {
            Some(panic) if panic.is::<Abandoned>() => {}
            Some(panic) => drop(state.failure.get_or_insert(panic)),
            None => {}
        }
        if state.failure.is_none() {
            match catch_unwind(AssertUnwindSafe(|| state.pass_on(seat))) {
                Ok(Some(next)) => state.active = next,
                Ok(None) if state.cpus.contains(&Status::Idle) => {
                    state.failure = Some(Box::new(ASLEEP));
                }
                Ok(None) => {}
                Err(panic) => state.failure = Some(panic),
            }
        }
        drop(state);
        self.turn.iter().for_each(Condvar::notify_one);
    }
}

/// Calls `f` with this CPU's run and seat, if it is part of one and not on its way out of it.
fn with_seat<R>(f: impl FnOnce(&Arc<Run>, usize) -> R) -> Option<R> {
    if !SEATED.get() || std::thread::panicking() {
        return None;
    }
    let seat = SEAT.with_borrow(Clone::clone)?;
    Some(f(&seat.0, seat.1))
}

/// Whether this thread is a CPU of an exploration.
pub(crate) fn is_explored() -> bool {
    SEATED.get()
}

/// The number of this CPU.
pub(super) fn cpu_id() -> Option<usize> {
    with_seat(|_, seat| FIRST_CPU + seat)
}

/// How many CPUs there are.
pub(super) fn cpu_count() -> Option<usize> {
    with_seat(|run, _| FIRST_CPU + run.turn.len())
}

/// Calls `f` without points: another CPU goes on only where `f` can't.
pub fn without_points<R>(f: impl FnOnce() -> R) -> R {
    QUIET.set(true);
    let result = f();
    QUIET.set(false);
    result
}

/// Another CPU may go on here.
pub(crate) fn point() {
    if QUIET.get() {
        return;
    }
    with_seat(|run, seat| {
        let mut state = run.lock();
        state.count_step();
        state.step_was_made(seat);
        if state.preemptions_left == 0 {
            return;
        }
        let others = state.others(seat);
        let choice = state.decide(others.len() + 1);
        if choice != 0 {
            state.preemptions_left -= 1;
            drop(run.hand_to(seat, others[choice - 1], state));
        }
    });
}

/// This CPU can't go on before another has done something. `false` outside of an exploration.
pub(super) fn wait_for_others() -> bool {
    with_seat(|run, seat| {
        let mut state = run.lock();
        state.count_step();
        match state.pass_on(seat) {
            Some(next) => {
                state.cpus[seat] = Status::Waiting;
                drop(run.hand_to(seat, next, state));
            }
            None => {
                // A test outside holds the lock.
                drop(state);
                std::thread::yield_now();
            }
        }
    })
    .is_some()
}

/// This CPU sleeps until it is kicked, or its timer ends if it has one. `true` when the timer ended.
pub(super) fn sleep(has_timer: bool) -> Option<bool> {
    with_seat(|run, seat| {
        let mut state = run.lock();
        state.count_step();
        if std::mem::take(&mut state.kicked[seat]) {
            return false;
        }
        state.cpus[seat] = if has_timer {
            Status::IdleWithTimer
        } else {
            Status::Idle
        };
        match state.pass_on(seat) {
            Some(next) => state = run.hand_to(seat, next, state),
            None if has_timer => {}
            None => panic!("{ASLEEP}"),
        }
        state.cpus[seat] = Status::Ready;
        !std::mem::take(&mut state.kicked[seat])
    })
}

/// Wakes a CPU that sleeps, or keeps it from its next sleep.
pub(super) fn kick(cpu: usize) {
    with_seat(|run, _| {
        let mut state = run.lock();
        let Some(seat) = cpu.checked_sub(FIRST_CPU) else {
            return;
        };
        if let Some(status) = state.cpus.get(seat).copied() {
            state.kicked[seat] = true;
            if matches!(status, Status::Idle | Status::IdleWithTimer) {
                state.cpus[seat] = Status::Ready;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::SpinLock;
    use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    fn two<'a>(
        first: impl FnOnce() + Send + 'a,
        second: impl FnOnce() + Send + 'a,
    ) -> Vec<Part<'a>> {
        vec![Box::new(first), Box::new(second)]
    }

    #[test]
    fn sees_every_order_of_two_stores() {
        let seen = RefCell::new(std::collections::BTreeSet::new());
        explore(2, || {
            let order = Arc::new(Mutex::new(String::new()));
            let say = |name: &'static str| {
                let order = order.clone();
                move || {
                    for _ in 0..2 {
                        point();
                        order.lock().unwrap().push_str(name);
                    }
                }
            };
            let parts = two(say("a"), say("b"));
            let seen = &seen;
            (parts, move || {
                seen.borrow_mut().insert(order.lock().unwrap().clone());
            })
        });
        let all = ["aabb", "abab", "abba", "baab", "baba", "bbaa"];
        assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), all);
    }

    fn increment_twice(step: fn(&AtomicU32, &SpinLock<()>)) {
        explore(2, || {
            let shared = Arc::new((AtomicU32::new(0), SpinLock::new(())));
            let part = || {
                let shared = shared.clone();
                move || step(&shared.0, &shared.1)
            };
            let parts = two(part(), part());
            (parts, move || {
                assert_eq!(shared.0.load(Ordering::SeqCst), 2, "an increment is lost");
            })
        });
    }

    #[test]
    #[should_panic(expected = "an increment is lost")]
    fn finds_a_lost_update() {
        increment_twice(|value, _| {
            let old = value.load(Ordering::SeqCst);
            value.store(old + 1, Ordering::SeqCst);
        });
    }

    #[test]
    fn a_lock_keeps_the_update() {
        increment_twice(|value, lock| {
            let _guard = lock.lock();
            let old = value.load(Ordering::SeqCst);
            value.store(old + 1, Ordering::SeqCst);
        });
    }

    #[test]
    #[should_panic(expected = "a wake-up was lost")]
    fn finds_a_lost_wake_up() {
        explore(1, || {
            let shared = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
            let (sleeper, waker) = (shared.clone(), shared);
            let parts = two(
                move || {
                    if !sleeper.0.load(Ordering::SeqCst) {
                        sleeper.1.store(true, Ordering::SeqCst);
                        crate::cpu::idle();
                    }
                },
                move || {
                    waker.0.store(true, Ordering::SeqCst);
                    if waker.1.load(Ordering::SeqCst) {
                        crate::cpu::kick(FIRST_CPU);
                    }
                },
            );
            (parts, || {})
        });
    }
}
