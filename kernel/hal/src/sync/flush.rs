//! The shoot-down of translations: who has an address space loaded, requests to those CPUs to
//! forget its translations, and the wait until they have.
//!
//! Requests to a CPU are numbered; it answers all that it has seen with one flush. Pure atomics, so
//! that the protocol is checked by exploring its interleavings (see the tests).

use super::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use crate::cpu::MAX_CPUS;

/// The CPUs that have an address space loaded, and so may hold translations of it.
pub struct LoadedOn(pub(super) AtomicU32);

impl LoadedOn {
    /// On CPU `cpu`, before it reads any entry of the space.
    #[inline]
    pub fn enter(&self, cpu: usize) {
        self.0.fetch_or(1 << cpu, Ordering::SeqCst);
    }

    /// On CPU `cpu`, once it has another space loaded.
    #[inline]
    pub fn leave(&self, cpu: usize) {
        self.0.fetch_and(!(1 << cpu), Ordering::SeqCst);
    }

    /// Bit per CPU but `cpu` that may hold translations of entries as they were before the caller
    /// changed them.
    #[inline]
    pub fn others(&self, cpu: usize) -> u32 {
        // The stores of entries come before this look, and a CPU enters before it reads any. So
        // either it is seen here, or it sees the new entries.
        fence(Ordering::SeqCst);
        self.0.load(Ordering::SeqCst) & !(1 << cpu)
    }
}

/// Makes the CPUs of a set, which the caller's is not in, flush, and returns when they have.
/// `requests_of` gives their requests, `interrupt` makes one look at them soon, `turn` passes the
/// time, in which the caller's CPU must serve its own.
pub fn flush_cpus<'a>(
    cpus: u32,
    requests_of: impl Fn(usize) -> &'a FlushRequests,
    mut interrupt: impl FnMut(usize),
    mut turn: impl FnMut(),
) {
    let members = || (0..MAX_CPUS).filter(|cpu| cpus & 1 << cpu != 0);
    let mut tickets = [0; MAX_CPUS];
    for cpu in members() {
        tickets[cpu] = requests_of(cpu).request();
        interrupt(cpu);
    }
    for cpu in members() {
        while !requests_of(cpu).is_done(tickets[cpu]) {
            turn();
        }
    }
}

/// The requests made to one CPU.
pub struct FlushRequests {
    pub(super) requested: AtomicU64,
    pub(super) done: AtomicU64,
}

impl FlushRequests {
    /// Asks for a flush, after the change that it is for. The ticket is for [`Self::is_done`].
    pub fn request(&self) -> u64 {
        self.requested.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether a flush that began after the request has been done.
    pub fn is_done(&self, ticket: u64) -> bool {
        self.done.load(Ordering::Acquire) >= ticket
    }

    /// On the CPU itself: flushes if it is asked to.
    #[inline]
    pub fn serve(&self, flush: impl FnOnce()) {
        let requested = self.requested.load(Ordering::Acquire);
        if requested != self.done.load(Ordering::Relaxed) {
            flush();
            self.done.store(requested, Ordering::Release);
        }
    }
}
