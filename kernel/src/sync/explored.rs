//! Futexes in every order of their steps, up to a number of preemptions: the
//! real table, locks, scheduler and threads over the mock's explorer
//! ([`hal::mock::explore`]). What runs on each CPU is what a program does, with
//! its system calls.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hal::mock::explore::{FIRST_CPU, Part, explore, without_points};
use hal::space::Access;
use hal::user::{compare_exchange_u32, load_u32, store_u32, store_u64};
use linux_raw_sys::general as raw;

use super::futex::{self, ALL_BITS, Scope, Wanted};
use super::pi;
use crate::errno::{Errno, Result};
use crate::mm::{Backing, Label, MapRequest, Replace};
use crate::process::{Process, Thread, explored};
use crate::sched;
use crate::signal::{self, Signal, SignalInfo};
use crate::time::{self, Deadline};

/// Two words, of which the second is 64 bytes further on.
const FIRST: usize = 0x10_000;
const SECOND: usize = FIRST + 64;
/// The head of a robust list, and its one entry, 32 bytes before the word.
const LIST: usize = FIRST + 0x100;
const ENTRY: usize = FIRST + 0x200;
const OFFSET: usize = 32;

/// Explorations share the kernel's tables: one at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A process with a page of memory, and the threads of one run after another.
struct Program {
    process: Arc<Process>,
    _alone: MutexGuard<'static, ()>,
}

impl Program {
    fn new() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let program = Self {
            process: explored::process(crate::fs::explored_root()),
            _alone: alone,
        };
        let request = MapRequest {
            address: Some(FIRST),
            length: hal::mem::PAGE_SIZE,
            access: Access::READ | Access::WRITE,
            backing: Backing::Anonymous,
            replace: Replace::Unmap,
            grows_down: false,
            label: Label::None,
        };
        program
            .process
            .mm()
            .map(request, crate::mm::SizeLimits::NONE)
            .unwrap();
        program
    }

    /// The threads of a run, one for each CPU; memory is zero.
    fn threads<const N: usize>(&self) -> [Arc<Thread>; N] {
        install();
        self.process.mm().activate();
        self.process.mm().write_bytes(FIRST, &[0; 0x300]).unwrap();
        core::array::from_fn(|index| {
            let thread = explored::new_thread(&self.process);
            sched::place_explored(&thread, FIRST_CPU + index);
            thread
        })
    }

    /// Explores; `scenario` gives what each thread does, and what holds in the end.
    fn explore<const N: usize>(
        &self,
        preemptions: usize,
        scenario: impl Fn([Arc<Thread>; N]) -> [Box<dyn FnOnce() + Send>; N],
        check: impl Fn(),
    ) {
        let runs = explore(preemptions, || {
            let threads = self.threads::<N>();
            let bodies = scenario(threads.clone());
            let mut parts: Vec<Part<'_>> = Vec::new();
            for (thread, body) in threads.iter().cloned().zip(bodies) {
                parts.push(Box::new(move || {
                    install();
                    without_points(|| {
                        // What the last run armed was another thread's timer.
                        time::timer::interrupt();
                        sched::run_explored(&thread);
                    });
                    body();
                }));
            }
            let check = &check;
            (parts, move || {
                check();
                threads.iter().for_each(explored::forget);
            })
        });
        std::println!("{runs} runs");
        assert!(runs > 10, "hardly anything was explored");
    }
}

fn install() {
    hal::install(hal::Handlers {
        user_page_fault: crate::mm::serve_page_fault,
        timer: time::timer::interrupt,
        serial_input: |_| {},
        panic: |_| {},
    });
}

fn wait(
    thread: &Arc<Thread>,
    address: usize,
    expected: u32,
    deadline: Option<Deadline>,
) -> Result<()> {
    futex::wait(
        thread,
        address,
        Scope::Private,
        expected,
        ALL_BITS,
        deadline,
    )
}

fn wake(thread: &Arc<Thread>, address: usize, count: usize) -> usize {
    futex::wake(&thread.process, address, Scope::Private, count, ALL_BITS).unwrap()
}

/// As a program waits for a word to change.
fn wait_while_zero(thread: &Arc<Thread>, address: usize) {
    while load_u32(address).unwrap() == 0 {
        match wait(thread, address, 0, None) {
            Ok(()) | Err(Errno::EAGAIN) => {}
            Err(error) => panic!("the wait fails: {error:?}"),
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_wake_up_is_not_lost() {
    Program::new().explore(
        3,
        |[a, b]| {
            [
                Box::new(move || wait_while_zero(&a, FIRST)),
                Box::new(move || {
                    store_u32(FIRST, 1).unwrap();
                    wake(&b, FIRST, 1);
                }),
            ]
        },
        || {},
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn the_explorer_sees_a_missing_wake_up() {
    let program = Program::new();
    let outcome = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
        program.explore(
            2,
            |[a, _]| {
                [
                    Box::new(move || wait_while_zero(&a, FIRST)),
                    Box::new(move || store_u32(FIRST, 1).unwrap()),
                ]
            },
            || {},
        );
    }));
    futex::forget_all();
    assert!(outcome.is_err(), "nobody wakes the waiter");
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_wake_up_that_meets_a_time_out_counts_once() {
    Program::new().explore(
        2,
        |[a, b]| {
            let (told, asked) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
            let compare = |result: Option<Result<()>>, woken: Option<usize>| {
                if let (Some(result), Some(woken)) = (result, woken) {
                    assert_eq!(result.is_ok(), woken == 1, "{result:?}, woken {woken}");
                }
            };
            let (told2, asked2) = (told.clone(), asked.clone());
            [
                Box::new(move || {
                    let result = wait(&a, FIRST, 0, Some(Deadline::after(1000)));
                    *told.lock().unwrap() = Some(result);
                    compare(Some(result), *asked.lock().unwrap());
                }),
                Box::new(move || {
                    let woken = wake(&b, FIRST, 1);
                    *asked2.lock().unwrap() = Some(woken);
                    compare(*told2.lock().unwrap(), Some(woken));
                }),
            ]
        },
        || {},
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_signal_ends_a_wait_whenever_it_comes() {
    Program::new().explore(
        2,
        |[a, b, c]| {
            let target = a.clone();
            [
                Box::new(move || match wait(&a, FIRST, 0, None) {
                    Ok(()) | Err(Errno::RESTART) => {}
                    Err(error) => panic!("{error:?}"),
                }),
                Box::new(move || {
                    signal::send_to_thread(&target, SignalInfo::kernel(Signal::KILL)).unwrap();
                }),
                Box::new(move || {
                    wake(&b, FIRST, 1);
                    drop(c);
                }),
            ]
        },
        || {},
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_requeued_waiter_is_woken_where_it_stands() {
    Program::new().explore(
        2,
        |[a, b, c]| {
            [
                Box::new(move || wait_while_zero_either(&a)),
                Box::new(move || {
                    let counts = (0, 1);
                    let words = (FIRST, SECOND);
                    futex::requeue(&b.process, words, Scope::Private, counts, Some(0)).unwrap();
                }),
                Box::new(move || {
                    store_u32(SECOND, 1).unwrap();
                    // Wherever the waiter is: first the place it leaves, or it could slip past.
                    loop {
                        if wake(&c, FIRST, 1) + wake(&c, SECOND, 1) != 0
                            || load_u32(SECOND + 4).unwrap() != 0
                        {
                            break;
                        }
                        hal::cpu::Wait::new().turn();
                    }
                }),
            ]
        },
        || {},
    );
}

/// Waits at the first word until the second is set, and says so.
fn wait_while_zero_either(thread: &Arc<Thread>) {
    while load_u32(SECOND).unwrap() == 0 {
        match wait(thread, FIRST, 0, None) {
            Ok(()) | Err(Errno::EAGAIN) => {}
            Err(error) => panic!("the wait fails: {error:?}"),
        }
    }
    store_u32(SECOND + 4, 1).unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_requeue_that_meets_a_time_out_leaves_nobody_behind() {
    Program::new().explore(
        2,
        |[a, b]| {
            [
                Box::new(move || {
                    let result = wait(&a, FIRST, 0, Some(Deadline::after(1000)));
                    assert_eq!(result, Err(Errno::ETIMEDOUT));
                }),
                Box::new(move || {
                    let words = (FIRST, SECOND);
                    futex::requeue(&b.process, words, Scope::Private, (0, 1), None).unwrap();
                }),
            ]
        },
        || {
            assert_eq!(
                futex::waiting(),
                0,
                "a waiter that is gone stands in a bucket"
            )
        },
    );
}

/// The sequence of a condition variable's signal: change, then wake at both.
#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn wake_op_changes_and_wakes_as_one_step() {
    Program::new().explore(
        2,
        |[a, b, c]| {
            // FUTEX_OP_SET 1, then wake at the second if it was 0.
            let operation = raw::FUTEX_OP_SET << 28 | raw::FUTEX_OP_CMP_EQ << 24 | 1 << 12;
            [
                Box::new(move || wait_while_zero(&a, SECOND)),
                Box::new(move || wait_while_zero(&b, SECOND)),
                Box::new(move || {
                    let words = (FIRST, SECOND);
                    futex::wake_op(&c.process, words, Scope::Private, (0, 2), operation).unwrap();
                }),
            ]
        },
        || {},
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_wait_for_any_word_takes_one_wake_up() {
    Program::new().explore(
        2,
        |[a, b, c]| {
            [
                Box::new(move || {
                    let word = |address| Wanted {
                        address,
                        ..Wanted::default()
                    };
                    let words = [word(FIRST), word(SECOND)];
                    match futex::wait_any(&a, &words, None) {
                        Ok(index) => assert_eq!(load_u32(words[index].address), Ok(1)),
                        Err(error) => {
                            assert_eq!(error, Errno::EAGAIN);
                            let changed = |word: &Wanted| load_u32(word.address) == Ok(1);
                            assert!(words.iter().any(changed));
                        }
                    }
                }),
                Box::new(move || {
                    store_u32(FIRST, 1).unwrap();
                    wake(&b, FIRST, 1);
                }),
                Box::new(move || {
                    store_u32(SECOND, 1).unwrap();
                    wake(&c, SECOND, 1);
                }),
            ]
        },
        || assert_eq!(futex::waiting(), 0),
    );
}

/// pthread_mutex_lock with priority inheritance, as a library does it.
fn pi_lock(thread: &Arc<Thread>) {
    if compare_exchange_u32(FIRST, 0, thread.tid()).unwrap() != 0 {
        pi::lock(thread, FIRST, Scope::Private, None).unwrap();
    }
    let word = load_u32(FIRST).unwrap();
    assert_eq!(word & raw::FUTEX_TID_MASK, thread.tid(), "it owns the lock");
}

fn pi_unlock(thread: &Arc<Thread>) {
    let tid = thread.tid();
    if compare_exchange_u32(FIRST, tid, 0).unwrap() != tid {
        pi::unlock(thread, FIRST, Scope::Private).unwrap();
    }
}

/// Adds 1 to the second word, in two steps.
fn count_one() {
    let old = load_u32(SECOND).unwrap();
    store_u32(SECOND, old + 1).unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_lock_with_inheritance_excludes_and_is_handed_over() {
    Program::new().explore(
        2,
        |threads: [_; 3]| {
            threads.map(|thread| -> Box<dyn FnOnce() + Send> {
                Box::new(move || {
                    pi_lock(&thread);
                    count_one();
                    pi_unlock(&thread);
                })
            })
        },
        || {
            assert_eq!(load_u32(SECOND), Ok(3), "two were inside");
            assert_eq!(load_u32(FIRST), Ok(0), "the lock is free");
            assert_eq!(pi::waiting(), 0);
        },
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_time_out_and_a_hand_over_leave_one_owner() {
    Program::new().explore(
        3,
        |[a, b]| {
            [
                Box::new(move || {
                    pi_lock(&a);
                    pi_unlock(&a);
                }),
                Box::new(move || {
                    if compare_exchange_u32(FIRST, 0, b.tid()).unwrap() != 0 {
                        let deadline = Some(Deadline::after(1000));
                        match pi::lock(&b, FIRST, Scope::Private, deadline) {
                            Ok(()) => {}
                            Err(Errno::ETIMEDOUT) => return,
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                    pi_unlock(&b);
                }),
            ]
        },
        || {
            let word = load_u32(FIRST).unwrap();
            assert_eq!(word & raw::FUTEX_TID_MASK, 0, "nobody owns the lock");
            assert_eq!(pi::waiting(), 0);
        },
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_condition_with_inheritance_hands_the_lock_on() {
    Program::new().explore(
        2,
        |[a, b]| {
            [
                Box::new(move || {
                    pi_lock(&a);
                    pi_unlock(&a);
                    let words = (SECOND, FIRST);
                    match futex::wait_requeue_pi(&a, words, Scope::Private, 0, None) {
                        Ok(()) => pi_unlock(&a),
                        Err(Errno::EAGAIN) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }),
                Box::new(move || {
                    pi_lock(&b);
                    // Who has not begun to wait will not.
                    store_u32(SECOND, 1).unwrap();
                    let words = (SECOND, FIRST);
                    futex::requeue_pi(&b.process, words, Scope::Private, 1, 1).unwrap();
                    pi_unlock(&b);
                }),
            ]
        },
        || {
            assert_eq!(load_u32(FIRST), Ok(0), "the lock is free");
            assert_eq!((pi::waiting(), futex::waiting()), (0, 0));
        },
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_waiter_gets_the_robust_lock_of_a_thread_that_ends() {
    Program::new().explore(
        2,
        |[a, b]| {
            let word = ENTRY + OFFSET;
            store_u64(LIST, ENTRY as u64).unwrap();
            store_u64(LIST + 8, OFFSET as u64).unwrap();
            store_u64(ENTRY, LIST as u64).unwrap();
            store_u32(word, a.tid()).unwrap();
            a.robust_list
                .store(LIST, core::sync::atomic::Ordering::Relaxed);
            [
                Box::new(move || futex::exit_robust_list(&a)),
                Box::new(move || {
                    loop {
                        let old = load_u32(word).unwrap();
                        if old & raw::FUTEX_OWNER_DIED != 0 {
                            break;
                        }
                        let waits = old | raw::FUTEX_WAITERS;
                        if compare_exchange_u32(word, old, waits).unwrap() != old {
                            continue;
                        }
                        match wait(&b, word, waits, None) {
                            Ok(()) | Err(Errno::EAGAIN) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                }),
            ]
        },
        || assert_eq!(futex::waiting(), 0),
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_waiter_gets_the_lock_with_inheritance_of_a_thread_that_ends() {
    Program::new().explore(
        3,
        |[a, b]| {
            store_u32(FIRST, a.tid()).unwrap();
            [
                Box::new(move || explored::owner_ends(&a)),
                Box::new(move || match pi::lock(&b, FIRST, Scope::Private, None) {
                    Ok(()) => {
                        let word = load_u32(FIRST).unwrap();
                        assert_eq!(word & raw::FUTEX_TID_MASK, b.tid());
                        assert_ne!(word & raw::FUTEX_OWNER_DIED, 0);
                    }
                    // It came too late: the number in the word is nobody's.
                    Err(error) => assert_eq!(error, Errno::ESRCH),
                }),
            ]
        },
        || assert_eq!(pi::waiting(), 0),
    );
}

/// One more in the first word, in two steps: only alone is none lost.
fn count_alone(lock: &crate::sync::Mutex) -> bool {
    let Ok(guard) = lock.lock() else { return false };
    let count = load_u32(FIRST).unwrap();
    store_u32(FIRST, count + 1).unwrap();
    drop(guard);
    true
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn a_mutex_lets_one_in_after_the_other() {
    let program = Program::new();
    program.explore(
        2,
        |threads: [Arc<Thread>; 3]| {
            let lock = Arc::new(crate::sync::Mutex::default());
            threads.map(|_| -> Box<dyn FnOnce() + Send> {
                let lock = lock.clone();
                Box::new(move || assert!(count_alone(&lock)))
            })
        },
        || assert_eq!(load_u32(FIRST), Ok(3)),
    );
}

#[test]
#[cfg_attr(miri, ignore = "explores real processes for minutes")]
fn who_dies_waiting_for_a_mutex_takes_no_wake_up_along() {
    Program::new().explore(
        2,
        |[a, b, c]| {
            let lock = Arc::new(crate::sync::Mutex::default());
            let (second, third, victim) = (lock.clone(), lock.clone(), b.clone());
            [
                Box::new(move || {
                    assert!(count_alone(&lock));
                    drop(a);
                }),
                Box::new(move || {
                    count_alone(&second);
                    drop(b);
                }),
                Box::new(move || {
                    signal::send_to_thread(&victim, SignalInfo::kernel(Signal::KILL)).unwrap();
                    assert!(count_alone(&third));
                    drop(c);
                }),
            ]
        },
        || assert!(load_u32(FIRST).unwrap() >= 2),
    );
}
