//! Readiness: what poll, select and epoll ask of a file, and how a file tells that it changed.
//!
//! A file that can make its caller wait owns a [`Notifier`]: the wait queue of the tasks that sleep on it, and the
//! observers (epoll instances, owners that get signals) that want to hear of each change. The state itself is asked with `poll`, so a
//! notification carries no news that could be lost: the sleeper looks again.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use bitflags::bitflags;

use crate::sync::{SpinLock, WaitQueue};

bitflags! {
    /// Readiness of a file, with the values of `struct pollfd.events` (poll(2)); epoll's are the same.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct PollEvents: u32 {
        /// There is something to read, or end of file.
        const IN = 0x1;
        /// Exceptional condition.
        const PRI = 0x2;
        /// A write would not block.
        const OUT = 0x4;
        /// Error; always reported.
        const ERR = 0x8;
        /// Hang-up; always reported.
        const HUP = 0x10;
        /// Not an open descriptor; always reported.
        const NVAL = 0x20;
        /// Same as IN.
        const RDNORM = 0x40;
        /// Priority data; never set.
        const RDBAND = 0x80;
        /// Same as OUT.
        const WRNORM = 0x100;
        /// Priority data may be written; never set.
        const WRBAND = 0x200;
        /// The peer shut down its writing half.
        const RDHUP = 0x2000;
    }
}

impl PollEvents {
    /// Readable.
    pub const READABLE: Self = Self::IN.union(Self::RDNORM);
    /// Writable.
    pub const WRITABLE: Self = Self::OUT.union(Self::WRNORM);
    /// What is reported whether asked for or not.
    pub const ALWAYS: Self = Self::ERR.union(Self::HUP);
}

/// Something that wants to hear of every change of a file's readiness.
pub trait Observer: Send + Sync {
    /// Called after the file changed. `what` may have become true; the file itself knows ([`PollEvents`] of its
    /// `poll`). Must not change the file.
    fn changed(&self, what: PollEvents);

    /// Called when an open file with this notifier is gone: the observer's own, or another one.
    fn closed(&self);
}

/// Who observes a file; shared while it is gone through, and then copied to be changed.
type Observers = Arc<Vec<Weak<dyn Observer>>>;

/// The wait queue and observers of a file.
pub struct Notifier {
    queue: WaitQueue,
    observed: AtomicUsize,
    observers: SpinLock<Option<Observers>>,
}

impl Notifier {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self {
            queue: WaitQueue::new(),
            observed: AtomicUsize::new(0),
            observers: SpinLock::new(None),
        }
    }

    /// The queue to sleep on.
    pub fn queue(&self) -> &WaitQueue {
        &self.queue
    }

    /// Tells all who wait to look again. Call it without holding the lock that `poll` takes.
    #[inline]
    pub fn notify(&self) {
        self.notify_of(PollEvents::all());
    }

    /// As [`Notifier::notify`], where only `what` can have become true.
    #[inline]
    pub fn notify_of(&self, what: PollEvents) {
        self.queue.wake_all();
        self.notify_observers(what);
    }

    /// Tells one sleeper (where one unit of work arrived that only one can take) and all observers.
    pub fn notify_one(&self) {
        self.queue.wake_one();
        self.notify_observers(PollEvents::all());
    }

    #[inline]
    fn notify_observers(&self, what: PollEvents) {
        if self.is_observed() {
            self.tell(|observer| observer.changed(what));
        }
    }

    /// Tells the observers that an open file is gone.
    pub fn notify_closed(&self) {
        if self.is_observed() {
            self.tell(|observer| observer.closed());
        }
    }

    #[inline]
    fn is_observed(&self) -> bool {
        self.observed.load(Ordering::Acquire) != 0
    }

    fn tell(&self, what: impl Fn(&dyn Observer)) {
        let observers = self.observers.lock().clone();
        // Each is called outside the lock: an observer may take its own locks.
        for observer in observers.iter().flat_map(|list| list.iter()) {
            if let Some(observer) = observer.upgrade() {
                what(&*observer);
            }
        }
    }

    /// Adds an observer.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn observe(&self, observer: &Arc<dyn Observer>) -> crate::errno::Result<()> {
        let mut observers = self.observers.lock();
        let list = Self::list_to_change(&mut observers)?;
        if list.len() == list.capacity() {
            list.retain(|observer| observer.strong_count() > 0);
        }
        list.try_reserve(1)?;
        list.push(Arc::downgrade(observer));
        self.observed.store(list.len(), Ordering::Release);
        Ok(())
    }

    /// The list, for the caller alone. `ENOMEM`.
    fn list_to_change(
        observers: &mut Option<Observers>,
    ) -> crate::errno::Result<&mut Vec<Weak<dyn Observer>>> {
        let shared = observers.get_or_insert_default();
        if Arc::get_mut(shared).is_none() {
            let mut copy = Vec::new();
            copy.try_reserve_exact(shared.len())?;
            copy.extend(shared.iter().cloned());
            *shared = Arc::new(copy);
        }
        Arc::get_mut(shared).ok_or(crate::errno::Errno::ENOMEM)
    }

    /// Removes an observer, who must not mind being told once more.
    pub fn forget(&self, observer: &Arc<dyn Observer>) {
        let gone = Arc::downgrade(observer);
        let mut observers = self.observers.lock();
        // Without memory for a copy it stays until it is dropped, and is told for nothing.
        let Ok(list) = Self::list_to_change(&mut observers) else {
            return;
        };
        if let Some(position) = list.iter().position(|other| other.ptr_eq(&gone)) {
            list.swap_remove(position);
        }
        let length = list.len();
        if length == 0 {
            *observers = None;
        }
        self.observed.store(length, Ordering::Release);
    }
}

impl Default for Notifier {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Leaving = (Arc<Notifier>, Arc<dyn Observer>);

    /// Counts what it hears, and lets another go when it hears for the first time.
    struct Listener {
        heard: AtomicUsize,
        leaves: SpinLock<Option<Leaving>>,
    }

    impl Observer for Listener {
        fn changed(&self, _what: PollEvents) {
            self.heard.fetch_add(1, Ordering::Relaxed);
            let leaves = self.leaves.lock().take();
            if let Some((notifier, other)) = leaves {
                notifier.forget(&other);
            }
        }

        fn closed(&self) {}
    }

    #[test]
    fn nobody_is_left_out_when_another_goes() {
        let notifier = Arc::new(Notifier::new());
        let listeners: [Arc<Listener>; 3] = core::array::from_fn(|_| {
            Arc::new(Listener {
                heard: AtomicUsize::new(0),
                leaves: SpinLock::new(None),
            })
        });
        for listener in &listeners {
            let observer: Arc<dyn Observer> = listener.clone();
            notifier.observe(&observer).unwrap();
        }
        *listeners[0].leaves.lock() = Some((notifier.clone(), listeners[0].clone()));
        notifier.notify();
        notifier.notify();
        let heard = listeners.map(|listener| listener.heard.load(Ordering::Relaxed));
        assert_eq!(heard, [1, 2, 2]);
    }
}
