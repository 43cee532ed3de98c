//! Explores the interleavings of the shoot-down protocol.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use loom::thread;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
}
// The same source with the explorer's atomics, on purpose.
#[allow(clippy::duplicate_mod)]
#[path = "flush.rs"]
mod flush;
use flush::{FlushRequests, LoadedOn, flush_cpus};

/// One page of an address space, as CPU 0, which unmaps it, and CPU 1 see it.
struct Machine {
    /// The page-table entry: whether the frame is mapped.
    entry: AtomicU64,
    freed: AtomicBool,
    loaded: LoadedOn,
    flushes: [FlushRequests; 2],
    done: AtomicBool,
}

impl Machine {
    fn new() -> Self {
        let none = || FlushRequests {
            requested: AtomicU64::new(0),
            done: AtomicU64::new(0),
        };
        Self {
            entry: AtomicU64::new(1),
            freed: AtomicBool::new(false),
            loaded: LoadedOn(AtomicU32::new(0)),
            flushes: [none(), none()],
            done: AtomicBool::new(false),
        }
    }

    fn flush(&self, cpus: u32, own: usize) {
        flush_cpus(
            cpus,
            |cpu| &self.flushes[cpu],
            |_| {},
            || {
                self.flushes[own].serve(|| ());
                thread::yield_now();
            },
        );
    }

    /// What unmapping does: the entry, then the CPUs that may know the old one, then the frame.
    fn unmap(&self, order: UnmapOrder) {
        self.entry.store(0, Ordering::Relaxed);
        let others = self.loaded.others(0);
        if order == UnmapOrder::FlushFirst && others != 0 {
            self.flush(others, 0);
        }
        self.freed.store(true, Ordering::Release);
        self.done.store(true, Ordering::Release);
    }

    /// The other CPU: loads the space, reads through its TLB, serves requests at any moment, leaves.
    fn use_page(&self) {
        let mut tlb = None;
        self.loaded.enter(1);
        // Loading the root is serializing.
        loom::sync::atomic::fence(Ordering::SeqCst);
        for _ in 0..2 {
            let entry = *tlb.get_or_insert_with(|| self.entry.load(Ordering::Relaxed));
            if entry != 0 {
                assert!(!self.freed.load(Ordering::Acquire), "a freed frame is used");
            }
            self.flushes[1].serve(|| tlb = None);
        }
        // The root is loaded anew, then the mark goes.
        self.loaded.leave(1);
        while !self.done.load(Ordering::Acquire) {
            self.flushes[1].serve(|| ());
            thread::yield_now();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UnmapOrder {
    FlushFirst,
    FreeAtOnce,
}

fn check(f: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(f);
}

fn explore(order: UnmapOrder) {
    check(move || {
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
    check(|| {
        let machine = Arc::new((Machine::new(), AtomicU32::new(0)));
        let flush_other = |(machine, ended): &(Machine, AtomicU32), this: usize| {
            machine.flush(1 << (1 - this), this);
            ended.fetch_or(1 << this, Ordering::SeqCst);
            while ended.load(Ordering::SeqCst) != 3 {
                machine.flushes[this].serve(|| ());
                thread::yield_now();
            }
        };
        let other = machine.clone();
        let thread = thread::spawn(move || flush_other(&other, 1));
        flush_other(&machine, 0);
        thread.join().unwrap();
    });
}
