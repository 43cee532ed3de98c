//! Waiting for many files at once (epoll(7)).
//!
//! An [`Epoll`] has an [`Interest`] for each file it watches. The interest observes the file; when the file changes it puts
//! itself on the instance's list of candidates. Waiting asks the candidates only, so its cost follows what happened
//! and not what is watched. A level-triggered candidate that is ready stays on the list.
//!
//! Locks: `interests`, then `candidates`, which guards what changes in the interests, too; none of them is held while a
//! file is asked or a sleeper is woken. Instances in each other are [`nesting`]'s.

mod nesting;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::{FileAccess, FileObject, Seeking};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, Observer, PollEvents};
use crate::sync::SpinLock;
use nesting::Neighbours;

const EDGE: u32 = raw::EPOLLET;
const ONE_SHOT: u32 = raw::EPOLLONESHOT;
const EXCLUSIVE: u32 = raw::EPOLLEXCLUSIVE;
const WAKE_UP: u32 = raw::EPOLLWAKEUP;

/// What a program wants to hear of a file (`struct epoll_event`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// `EPOLLIN` and so on, with the `EPOLLET`, `EPOLLONESHOT`, … bits when it is a wish.
    pub events: u32,
    /// Comes back with each event.
    pub data: u64,
}

/// A descriptor and the open file behind it: the same descriptor may be another file later.
type Key = (i32, usize);

/// An instance.
pub struct Epoll {
    this: Weak<Epoll>,
    interests: SpinLock<BTreeMap<Key, Arc<Interest>>>,
    candidates: SpinLock<Candidates>,
    changed: Notifier,
    neighbours: SpinLock<Neighbours>,
}

/// Interests whose files have changed, and some that were removed meanwhile.
#[derive(Default)]
struct Candidates {
    list: VecDeque<Arc<Interest>>,
    /// How many of them were removed.
    gone: usize,
}

impl Candidates {
    fn pop(&mut self) -> Option<Arc<Interest>> {
        let interest = self.list.pop_front()?;
        interest.listed.store(false, Ordering::Relaxed);
        if interest.is_gone() {
            self.gone = self.gone.saturating_sub(1);
        }
        Some(interest)
    }

    fn is_first(&self, interest: *const Interest) -> bool {
        self.list
            .front()
            .is_some_and(|first| core::ptr::eq(Arc::as_ptr(first), interest))
    }

    /// One of the list was removed. The list is tidied when most of it is of that kind; they are handed out, to be
    /// let go without a lock.
    fn note_gone(&mut self) -> VecDeque<Arc<Interest>> {
        self.gone += 1;
        if self.gone * 2 <= self.list.len() {
            return VecDeque::new();
        }
        self.gone = 0;
        let all = core::mem::take(&mut self.list);
        let (mut stay, mut leave) = (all, VecDeque::new());
        // Without room for those that leave, the last reference of some is dropped here: nothing hangs on them.
        let removed = stay.iter().filter(|interest| interest.is_gone()).count();
        let room = leave.try_reserve(removed).is_ok();
        stay.retain(|interest| {
            let gone = interest.is_gone();
            if gone && room {
                leave.push_back(interest.clone());
            }
            !gone
        });
        self.list = stay;
        leave
    }
}

/// A watched file. The atomics change only under the lock of the instance's candidates.
struct Interest {
    this: Weak<Interest>,
    key: Key,
    epoll: Weak<Epoll>,
    file: Weak<OpenFile>,
    events: AtomicU32,
    data: AtomicU64,
    /// On the list of candidates.
    listed: AtomicBool,
    /// Nothing is wanted any more: a one-shot interest has fired, or it was removed.
    over: AtomicBool,
    /// It was removed.
    gone: AtomicBool,
}

impl Interest {
    /// What is wanted: `EPOLLIN` and so on, with the bits that say how.
    #[inline]
    fn wanted(&self) -> u32 {
        self.events.load(Ordering::Relaxed)
    }

    #[inline]
    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// Whether nothing is wanted any more.
    #[inline]
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// What of `wanted` is true of the file now.
#[inline]
fn ready(file: &OpenFile, wanted: u32) -> PollEvents {
    file.poll() & (PollEvents::from_bits_truncate(wanted) | PollEvents::ALWAYS)
}

impl Observer for Interest {
    fn changed(&self, what: PollEvents) {
        let wanted = PollEvents::from_bits_truncate(self.wanted()) | PollEvents::ALWAYS;
        if !what.intersects(wanted) {
            return;
        }
        let (Some(this), Some(epoll)) = (self.this.upgrade(), self.epoll.upgrade()) else {
            return;
        };
        if epoll.list(this) {
            epoll.changed.notify();
        }
    }

    /// A file that is closed for good is watched no longer (epoll(7), question 6).
    fn closed(&self) {
        if self.file.strong_count() > 0 {
            return;
        }
        let (Some(this), Some(epoll)) = (self.this.upgrade(), self.epoll.upgrade()) else {
            return;
        };
        epoll.forget(&this);
    }
}

impl Epoll {
    /// Makes an instance.
    pub fn create() -> Arc<OpenFile> {
        let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
        let object = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            interests: SpinLock::new(BTreeMap::new()),
            candidates: SpinLock::new(Candidates::default()),
            changed: Notifier::new(),
            neighbours: SpinLock::new(Neighbours::default()),
        });
        let location = anonymous_location(inode, b"anon_inode:[eventpoll]");
        OpenFile::new(location, Some(object), FileAccess::READ_WRITE, 0)
    }

    /// Watches a file (`EPOLL_CTL_ADD`).
    ///
    /// # Errors
    /// `EPERM` for a file that is always ready, `EEXIST`, `EINVAL` for the instance itself or a wrong use of
    /// `EPOLLEXCLUSIVE`, `ELOOP` when instances would watch each other, `ENOMEM`.
    pub fn add(&self, fd: i32, file: &Arc<OpenFile>, wish: Event) -> Result<()> {
        let notifier = file.notifier().ok_or(Errno::EPERM)?;
        let inner = file.object_as::<Epoll>();
        if wish.events & EXCLUSIVE != 0 {
            let allowed = EXCLUSIVE
                | EDGE
                | WAKE_UP
                | raw::EPOLLIN
                | raw::EPOLLOUT
                | raw::EPOLLERR
                | raw::EPOLLHUP;
            if inner.is_some() || wish.events & !allowed != 0 {
                return Err(Errno::EINVAL);
            }
        }
        let this = self.this.upgrade().ok_or(Errno::EINVAL)?;
        if inner.is_some_and(|inner| core::ptr::eq(inner, self)) {
            return Err(Errno::EINVAL);
        }
        crate::mm::admit()?;
        let key = (fd, file.identity());
        let interest = Arc::new_cyclic(|this| Interest {
            this: this.clone(),
            key,
            epoll: self.this.clone(),
            file: Arc::downgrade(file),
            events: AtomicU32::new(wish.events),
            data: AtomicU64::new(wish.data),
            listed: AtomicBool::new(false),
            over: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        });
        let observer: Arc<dyn Observer> = interest.clone();
        // Held until the interest is there, so that the same file is not joined twice.
        let structure = inner.map(|_| nesting::lock());
        let old = {
            let mut interests = self.interests.lock();
            if interests
                .get(&key)
                .is_some_and(|old| old.file.strong_count() > 0)
            {
                return Err(Errno::EEXIST);
            }
            // Interests that were removed may still be listed, once each: at most as many as others.
            let mut candidates = self.candidates.lock();
            let wanted = (interests.len() + 1) * 2 + 1;
            let more = wanted.saturating_sub(candidates.list.len());
            candidates.list.try_reserve(more)?;
            drop(candidates);
            if let (Some(structure), Some(inner)) = (&structure, inner) {
                structure.join(&this, inner)?;
            }
            if let Err(error) = notifier.observe(&observer) {
                if let (Some(structure), Some(inner)) = (&structure, inner) {
                    structure.part(self, inner);
                }
                return Err(error);
            }
            interests.insert(key, interest.clone())
        };
        drop(structure);
        drop(old);
        if !ready(file, wish.events).is_empty() {
            observer.changed(PollEvents::all());
        }
        Ok(())
    }

    /// Changes what is wanted of a file (`EPOLL_CTL_MOD`); arms a one-shot interest again.
    ///
    /// # Errors
    /// `ENOENT`; `EINVAL` for `EPOLLEXCLUSIVE`.
    pub fn modify(&self, fd: i32, file: &Arc<OpenFile>, wish: Event) -> Result<()> {
        let interest = self
            .interests
            .lock()
            .get(&(fd, file.identity()))
            .cloned()
            .ok_or(Errno::ENOENT)?;
        {
            let _candidates = self.candidates.lock();
            if (interest.wanted() | wish.events) & EXCLUSIVE != 0 {
                return Err(Errno::EINVAL);
            }
            if interest.is_gone() {
                return Err(Errno::ENOENT);
            }
            interest.events.store(wish.events, Ordering::Relaxed);
            interest.data.store(wish.data, Ordering::Relaxed);
            interest.over.store(false, Ordering::Relaxed);
        }
        if !ready(file, wish.events).is_empty() {
            interest.changed(PollEvents::all());
        }
        Ok(())
    }

    /// Stops watching a file (`EPOLL_CTL_DEL`).
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn remove(&self, fd: i32, file: &Arc<OpenFile>) -> Result<()> {
        let interest = self
            .interests
            .lock()
            .get(&(fd, file.identity()))
            .cloned()
            .ok_or(Errno::ENOENT)?;
        // Of two that remove it at once, one finds it.
        if !self.forget(&interest) {
            return Err(Errno::ENOENT);
        }
        if let Some(inner) = file.object_as::<Epoll>() {
            nesting::lock().part(self, inner);
        }
        if let Some(notifier) = file.notifier() {
            let observer: Arc<dyn Observer> = interest;
            notifier.forget(&observer);
        }
        Ok(())
    }

    /// Takes an interest out; whether it was there.
    fn forget(&self, interest: &Arc<Interest>) -> bool {
        let removed = {
            let mut interests = self.interests.lock();
            match interests.get(&interest.key) {
                Some(own) if Arc::ptr_eq(own, interest) => interests.remove(&interest.key),
                _ => None,
            }
        };
        let leave = {
            let mut candidates = self.candidates.lock();
            interest.over.store(true, Ordering::Relaxed);
            let before = interest.gone.swap(true, Ordering::Relaxed);
            if interest.listed.load(Ordering::Relaxed) && !before {
                candidates.note_gone()
            } else {
                VecDeque::new()
            }
        };
        drop(leave);
        removed.is_some()
    }

    /// Hands what happened to `give`, at most `max` events; answers how many.
    ///
    /// # Errors
    /// What `give` answers for the first event. One that it does not take stays.
    #[inline(always)]
    pub fn collect(
        &self,
        max: usize,
        mut give: impl FnMut(usize, Event) -> Result<()>,
    ) -> Result<usize> {
        let mut given = 0;
        let mut first_kept = core::ptr::null();
        let mut left = usize::MAX;
        // Each candidate is looked at once: those that stay go behind the ones listed now.
        while left > 0 && given < max {
            let mut candidates = self.candidates.lock();
            left = left.min(candidates.list.len());
            let Some(first) = candidates.list.front() else {
                break;
            };
            let this = Arc::as_ptr(first);
            // Another waiter may have taken some; what was given already is not given twice.
            if first_kept == this {
                break;
            }
            left -= 1;
            let wanted = first.wanted();
            let data = first.data.load(Ordering::Relaxed);
            let over = first.is_over();
            let file = first.file.upgrade();
            // One that goes is off the list before its file is asked: a change from now on lists it
            // again. One that stays needs no more than a look while its file is ready.
            let goes = over || wanted & (EDGE | ONE_SHOT) != 0;
            let gone = if goes { candidates.pop() } else { None };
            drop(candidates);

            let events = match &file {
                Some(file) if !over => ready(file, wanted),
                _ => PollEvents::empty(),
            };
            if events.is_empty() {
                self.pass_over(this, gone, file.is_none());
                continue;
            }
            let event = Event {
                events: events.bits(),
                data,
            };
            if let Err(error) = give(given, event) {
                self.put_back(gone);
                return if given > 0 { Ok(given) } else { Err(error) };
            }
            given += 1;
            match gone {
                None => {
                    if first_kept.is_null() {
                        first_kept = this;
                    }
                    if left > 0 {
                        self.put_behind(this);
                    }
                }
                Some(interest) if wanted & ONE_SHOT != 0 => self.disable(&interest),
                Some(_) => {}
            }
        }
        Ok(given)
    }

    /// The first of the list, or `gone` that was it, is not ready.
    #[inline(never)]
    fn pass_over(&self, this: *const Interest, gone: Option<Arc<Interest>>, dead: bool) {
        if let Some(interest) = gone.or_else(|| self.take_off(this)) {
            self.let_go(&interest, dead);
        }
    }

    /// An event was not taken: if its interest went off the list, it comes back.
    #[cold]
    fn put_back(&self, gone: Option<Arc<Interest>>) {
        if gone.is_some_and(|interest| self.list(interest)) {
            self.changed.notify();
        }
    }

    /// Takes the interest off the list if it is the first on it.
    fn take_off(&self, interest: *const Interest) -> Option<Arc<Interest>> {
        let mut candidates = self.candidates.lock();
        if candidates.is_first(interest) {
            candidates.pop()
        } else {
            None
        }
    }

    /// After an interest whose file was not ready went off the list: what happened while the file was
    /// asked may have found it listed. An interest in a file that is no more goes for good.
    fn let_go(&self, interest: &Arc<Interest>, dead: bool) {
        if dead {
            self.forget(interest);
            return;
        }
        let ready_now = interest
            .file
            .upgrade()
            .is_some_and(|file| !ready(&file, interest.wanted()).is_empty());
        if ready_now && self.list(interest.clone()) {
            // Who looked while it was off the list has seen nothing.
            self.changed.notify();
        }
    }

    /// Moves an interest from the front of the list to its end.
    #[inline(never)]
    fn put_behind(&self, interest: *const Interest) {
        let mut candidates = self.candidates.lock();
        if candidates.is_first(interest) {
            candidates.list.rotate_left(1);
        }
    }

    /// Puts an interest on the list unless it is there or wants nothing.
    fn list(&self, interest: Arc<Interest>) -> bool {
        let mut candidates = self.candidates.lock();
        if interest.listed.load(Ordering::Relaxed) || interest.is_over() {
            return false;
        }
        interest.listed.store(true, Ordering::Relaxed);
        // There is room for every interest: `add` has reserved it.
        candidates.list.push_back(interest);
        true
    }

    fn disable(&self, interest: &Interest) {
        let _candidates = self.candidates.lock();
        interest.over.store(true, Ordering::Relaxed);
    }
}

impl FileObject for Epoll {
    fn seeking(&self) -> Seeking {
        Seeking::Pretended
    }

    /// Readable when a wait would give an event.
    fn poll(&self) -> PollEvents {
        let listed = self.candidates.lock().list.len();
        for index in 0..listed {
            let (file, wanted) = match self.candidates.lock().list.get(index) {
                Some(interest) if interest.is_over() => continue,
                Some(interest) => (interest.file.upgrade(), interest.wanted()),
                None => break,
            };
            if file.is_some_and(|file| !ready(&file, wanted).is_empty()) {
                return PollEvents::READABLE;
            }
        }
        PollEvents::empty()
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }

    fn as_epoll(&self) -> Option<&Epoll> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
