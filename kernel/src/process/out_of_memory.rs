//! Who dies when memory is used up.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use super::{ExitStatus, Pid, Process, all, exit_group, find};
use crate::sched;
use crate::signal::Signal;
use crate::time::Deadline;

/// The process that was killed last and may not have given its memory back.
static VICTIM: AtomicU32 = AtomicU32::new(0);

/// How long the others wait for the memory of a victim before they look again,
/// in nanoseconds.
const PATIENCE: u64 = 1_000_000;

/// Kills the process that holds most memory, the first process excepted, and
/// gives it time to end. `needy` is who asked; when nobody else can be killed it
/// is the one.
///
/// A victim may wait for something that only others can do, so the next in
/// turn is killed when the last one still holds its memory after a while.
pub fn make_room(needy: &Arc<Process>) {
    if !is_dying(VICTIM.load(Ordering::SeqCst)) {
        let victim = choose().unwrap_or_else(|| needy.clone());
        VICTIM.store(victim.pid, Ordering::SeqCst);
        log::warn!(
            "out of memory: process {} with {} pages is killed",
            victim.pid,
            victim.mm().resident_pages()
        );
        exit_group(&victim, ExitStatus::Signaled(Signal::KILL));
    }
    if !needy.exiting.load(Ordering::SeqCst) {
        sched::park(Some(Deadline::after(PATIENCE)));
    }
}

fn is_dying(pid: Pid) -> bool {
    find(pid).is_some_and(|process| process.exiting.load(Ordering::SeqCst) && !process.is_zombie())
}

fn choose() -> Option<Arc<Process>> {
    all()
        .filter(|process| process.pid != 1 && !process.exiting.load(Ordering::SeqCst))
        .max_by_key(|process| process.mm().resident_pages())
}
