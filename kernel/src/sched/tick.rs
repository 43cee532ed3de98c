//! The tick: how the running threads use their processors.
//!
//! A processor that runs a thread is interrupted every [`PERIOD`]; an idle one is not. The kernel
//! runs with interrupts off, so a tick that falls due inside it comes at the first instruction of
//! user mode, and the registers tell that none has run since the call or fault. Such a tick counts
//! for the system, any other for the user: the paths of calls and faults note nothing and cost
//! nothing. The exact processor time, which switches account for, is divided in the ratio of the
//! two ([`crate::process::Usage`]), as on Linux where it counts ticks. `RLIMIT_CPU` and the load
//! average ([`super::load`]) are looked at here as well.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

use hal::cpu::MAX_CPUS;
use hal::sync::PerCpu;

use crate::process::Thread;
use crate::time;

/// Between two ticks, in nanoseconds.
const PERIOD: u64 = 4_000_000;

/// How a thread was using the processor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// In its own code.
    User,
    /// In the kernel on its behalf.
    System,
}

struct Tick {
    due: AtomicU64,
    /// Ticks that have come and are not yet on anybody's account.
    pending: AtomicU64,
}

/// Each is written by its own processor only.
static TICKS: PerCpu<Tick> = PerCpu::new(
    [const {
        Tick {
            due: AtomicU64::new(0),
            pending: AtomicU64::new(0),
        }
    }; MAX_CPUS],
);

/// When the next tick of this processor is due, while it runs a thread.
#[inline]
pub(super) fn due() -> u64 {
    TICKS.get().due.load(Ordering::Relaxed)
}

/// The processor was idle and runs a thread from `now` on.
#[inline]
pub(super) fn began(now: u64) {
    let tick = TICKS.get();
    if tick.due.load(Ordering::Relaxed) <= now {
        tick.due
            .store(now.saturating_add(PERIOD), Ordering::Relaxed);
    }
}

/// Notes what ticks have come, at an interrupt of this processor's timer.
pub fn interrupt() {
    if super::is_idling() {
        return;
    }
    let (tick, now) = (TICKS.get(), time::monotonic());
    let due = tick.due.load(Ordering::Relaxed);
    if let Some(late) = now.checked_sub(due) {
        let count = late / PERIOD + 1;
        let pending = tick.pending.load(Ordering::Relaxed);
        tick.pending
            .store(pending.saturating_add(count), Ordering::Relaxed);
        let next = due.saturating_add(count.saturating_mul(PERIOD));
        tick.due.store(next, Ordering::Relaxed);
    }
}

/// An interrupt brought the running thread back from user mode, which it had been in as `mode`
/// says: the ticks that have come are its own.
pub fn charge(thread: &Arc<Thread>, mode: impl FnOnce() -> Mode) {
    let pending = &TICKS.get().pending;
    let count = pending.load(Ordering::Relaxed);
    if count == 0 {
        return;
    }
    pending.store(0, Ordering::Relaxed);
    let counter = match mode() {
        Mode::User => &thread.sched.user_ticks,
        Mode::System => &thread.sched.system_ticks,
    };
    // Only the processor that runs the thread writes these.
    let before = counter.load(Ordering::Relaxed);
    counter.store(before.saturating_add(count), Ordering::Relaxed);
    super::load::update();
    thread.process.check_processor_limit();
}
