//! Explores the interleavings of the shoot-down protocol.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use loom::thread;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
}
// The same source with the explorer's atomics, on purpose.
#[allow(clippy::duplicate_mod)]
#[path = "flush.rs"]
mod flush;
use flush::FlushRequests;

/// One page of an address space, as two CPUs see it.
struct Machine {
    /// The page-table entry: whether the frame is mapped.
    entry: AtomicU64,
    freed: AtomicBool,
    /// CPUs that have the space loaded.
    loaded: AtomicU32,
    flushes: FlushRequests,
    done: AtomicBool,
}

impl Machine {
    fn new() -> Self {
        Self {
            entry: AtomicU64::new(1),
            freed: AtomicBool::new(false),
            loaded: AtomicU32::new(0),
            flushes: FlushRequests {
                requested: AtomicU64::new(0),
                done: AtomicU64::new(0),
            },
            done: AtomicBool::new(false),
        }
    }

    /// What unmapping does: the entry, then the CPUs that may know the old one, then the frame.
    fn unmap(&self, order: UnmapOrder) {
        self.entry.store(0, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if order == UnmapOrder::FlushFirst && self.loaded.load(Ordering::SeqCst) != 0 {
            let ticket = self.flushes.request();
            while !self.flushes.is_done(ticket) {
                thread::yield_now();
            }
        }
        self.freed.store(true, Ordering::Release);
        self.done.store(true, Ordering::Release);
    }

    /// The other CPU: loads the space, reads through its TLB, serves requests at any moment, leaves.
    fn use_page(&self) {
        let mut tlb = None;
        self.loaded.fetch_or(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        for _ in 0..2 {
            let entry = *tlb.get_or_insert_with(|| self.entry.load(Ordering::Relaxed));
            if entry != 0 {
                assert!(!self.freed.load(Ordering::Acquire), "a freed frame is used");
            }
            self.flushes.serve(|| tlb = None);
        }
        // The root is loaded anew, then the mark goes.
        self.loaded.fetch_and(!1, Ordering::SeqCst);
        while !self.done.load(Ordering::Acquire) {
            self.flushes.serve(|| ());
            thread::yield_now();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UnmapOrder {
    FlushFirst,
    FreeAtOnce,
}

fn explore(order: UnmapOrder) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let machine = Arc::new(Machine::new());
        let other = machine.clone();
        let user = thread::spawn(move || other.use_page());
        machine.unmap(order);
        user.join().unwrap();
    });
}

#[test]
fn no_cpu_reaches_a_frame_that_was_freed() {
    explore(UnmapOrder::FlushFirst);
}

#[test]
#[should_panic(expected = "a freed frame is used")]
fn the_model_sees_a_missing_flush() {
    explore(UnmapOrder::FreeAtOnce);
}

#[test]
fn two_cpus_that_flush_each_other_both_go_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let machines = Arc::new([Machine::new(), Machine::new()]);
        let flush_other = |machines: &[Machine; 2], this: usize| {
            let ticket = machines[1 - this].flushes.request();
            while !machines[1 - this].flushes.is_done(ticket) {
                machines[this].flushes.serve(|| ());
                thread::yield_now();
            }
            machines[this].done.store(true, Ordering::Release);
            while !machines[1 - this].done.load(Ordering::Acquire) {
                machines[this].flushes.serve(|| ());
                thread::yield_now();
            }
        };
        let other = machines.clone();
        let thread = thread::spawn(move || flush_other(&other, 1));
        flush_other(&machines, 0);
        thread.join().unwrap();
    });
}
