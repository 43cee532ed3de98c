//! Waiting for many files at once (epoll(7)).
//!
//! An [`Epoll`] has an [`Interest`] for each file it watches. The interest observes the file; when the file changes it puts
//! itself on the instance's list of candidates. Waiting asks the candidates only, so its cost follows what happened
//! and not what is watched. A level-triggered candidate that is ready stays on the list.
//!
//! Locks: `interests`, then an interest's `state`, then `candidates`; none of them is held while a file is asked or a
//! sleeper is woken. Instances in each other are [`nesting`]'s.

mod nesting;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, Ordering};

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::{FileAccess, FileObject};
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
        if interest.is_gone() {
            self.gone = self.gone.saturating_sub(1);
        }
        Some(interest)
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

struct Interest {
    this: Weak<Interest>,
    key: Key,
    epoll: Weak<Epoll>,
    file: Weak<OpenFile>,
    state: SpinLock<State>,
    /// It was removed; changes with `state` locked.
    gone: AtomicBool,
}

struct State {
    wish: Event,
    /// On the list of candidates.
    listed: bool,
    /// A one-shot interest has fired.
    disabled: bool,
}

impl Interest {
    /// What of the wish is true of the file now.
    fn ready(&self, file: &OpenFile, wish: &Event) -> PollEvents {
        file.poll() & (PollEvents::from_bits_truncate(wish.events) | PollEvents::ALWAYS)
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

impl Observer for Interest {
    fn changed(&self) {
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
            state: SpinLock::new(State {
                wish,
                listed: false,
                disabled: false,
            }),
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
        if !interest.ready(file, &wish).is_empty() {
            observer.changed();
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
            let mut state = interest.state.lock();
            if (state.wish.events | wish.events) & EXCLUSIVE != 0 {
                return Err(Errno::EINVAL);
            }
            if interest.is_gone() {
                return Err(Errno::ENOENT);
            }
            state.wish = wish;
            state.disabled = false;
        }
        if !interest.ready(file, &wish).is_empty() {
            interest.changed();
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
            let state = interest.state.lock();
            let before = interest.gone.swap(true, Ordering::Relaxed);
            if state.listed && !before {
                self.candidates.lock().note_gone()
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
    pub fn collect(
        &self,
        max: usize,
        mut give: impl FnMut(usize, Event) -> Result<()>,
    ) -> Result<usize> {
        let mut given = 0;
        let mut first_kept: Option<*const Interest> = None;
        let mut relisted = false;
        let listed = self.candidates.lock().list.len();
        // Each candidate is looked at once: those that stay go behind the ones listed now.
        for _ in 0..listed {
            if given == max {
                break;
            }
            let interest = {
                let mut candidates = self.candidates.lock();
                let Some(interest) = candidates.pop() else {
                    break;
                };
                // Another waiter may have taken some; what was given already is not given twice.
                if first_kept == Some(Arc::as_ptr(&interest)) {
                    candidates.gone += usize::from(interest.is_gone());
                    candidates.list.push_front(interest);
                    break;
                }
                interest
            };
            let wish = {
                let mut state = interest.state.lock();
                // Off the list before the file is asked: a change from now on lists it again.
                state.listed = false;
                if state.disabled || interest.is_gone() {
                    continue;
                }
                state.wish
            };
            let Some(file) = interest.file.upgrade() else {
                self.forget(&interest);
                continue;
            };
            let ready = interest.ready(&file, &wish);
            if ready.is_empty() {
                continue;
            }
            let event = Event {
                events: ready.bits(),
                data: wish.data,
            };
            if let Err(error) = give(given, event) {
                if self.list(interest) {
                    self.changed.notify();
                }
                return if given > 0 { Ok(given) } else { Err(error) };
            }
            given += 1;
            if wish.events & ONE_SHOT != 0 {
                interest.state.lock().disabled = true;
            } else if wish.events & EDGE == 0 {
                first_kept.get_or_insert(Arc::as_ptr(&interest));
                relisted |= self.list(interest);
            }
        }
        if relisted {
            // Who looked while they were off the list has seen nothing.
            self.changed.notify();
        }
        Ok(given)
    }

    /// Puts an interest on the list unless it is there or wants nothing.
    fn list(&self, interest: Arc<Interest>) -> bool {
        let this = interest.clone();
        let mut state = interest.state.lock();
        if state.listed || state.disabled || interest.is_gone() {
            return false;
        }
        // There is room for every interest: `add` has reserved it.
        self.candidates.lock().list.push_back(this);
        state.listed = true;
        true
    }
}

impl FileObject for Epoll {
    /// Readable when a wait would give an event.
    fn poll(&self) -> PollEvents {
        let listed = self.candidates.lock().list.len();
        for index in 0..listed {
            let Some(interest) = self.candidates.lock().list.get(index).cloned() else {
                break;
            };
            let (wish, disabled) = {
                let state = interest.state.lock();
                (state.wish, state.disabled || interest.is_gone())
            };
            if !disabled
                && interest
                    .file
                    .upgrade()
                    .is_some_and(|file| !interest.ready(&file, &wish).is_empty())
            {
                return PollEvents::READABLE;
            }
        }
        PollEvents::empty()
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }
}

#[cfg(test)]
mod tests;
