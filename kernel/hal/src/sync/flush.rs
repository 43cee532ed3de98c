//! Requests of CPUs to one CPU to forget its translations.
//!
//! Requests are numbered; the CPU answers all that it has seen with one flush. Pure atomics, so
//! that the protocol is checked by exploring its interleavings (see the tests).

use super::atomic::{AtomicU64, Ordering};

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
