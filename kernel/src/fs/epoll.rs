//! Waiting for many files at once (epoll(7)).
//!
//! An [`Epoll`] has an [`Interest`] for each file it watches. The interest observes the file; when the file changes it puts
//! itself on the instance's list of candidates. Waiting asks the candidates only, so its cost follows what happened
//! and not what is watched. A level-triggered candidate that is ready stays on the list.
//!
//! Locks: `interests`, then an interest's `state`, then `candidates`; none of them is held while a file is asked or a
//! sleeper is woken. [`STRUCTURE`] is held while instances are put into each other.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::{FileAccess, FileObject};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, Observer, PollEvents};
use crate::sync::SpinLock;

/// How deep instances may watch each other (epoll_ctl(2), `ELOOP`).
const NESTING_MAX: u32 = 5;

const EDGE: u32 = raw::EPOLLET;
const ONE_SHOT: u32 = raw::EPOLLONESHOT;
const EXCLUSIVE: u32 = raw::EPOLLEXCLUSIVE;
const WAKE_UP: u32 = raw::EPOLLWAKEUP;

/// Guards which instance watches which, so that no circle is closed.
static STRUCTURE: SpinLock<()> = SpinLock::new(());

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
    candidates: SpinLock<VecDeque<Arc<Interest>>>,
    changed: Notifier,
}

struct Interest {
    this: Weak<Interest>,
    key: Key,
    epoll: Weak<Epoll>,
    file: Weak<OpenFile>,
    state: SpinLock<State>,
}

struct State {
    wish: Event,
    /// On the list of candidates.
    listed: bool,
    /// A one-shot interest has fired, or the interest was removed.
    disabled: bool,
}

impl Interest {
    /// What of the wish is true of the file now.
    fn ready(&self, file: &OpenFile, wish: &Event) -> PollEvents {
        file.poll() & (PollEvents::from_bits_truncate(wish.events) | PollEvents::ALWAYS)
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
}

impl Epoll {
    /// Makes an instance.
    pub fn create() -> Arc<OpenFile> {
        let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
        let object = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            interests: SpinLock::new(BTreeMap::new()),
            candidates: SpinLock::new(VecDeque::new()),
            changed: Notifier::new(),
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
        let structure = match inner {
            Some(inner) => {
                if core::ptr::eq(inner, self) {
                    return Err(Errno::EINVAL);
                }
                let structure = STRUCTURE.lock();
                inner.check_nesting(self, NESTING_MAX)?;
                Some(structure)
            }
            None => None,
        };
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
        });
        let observer: Arc<dyn Observer> = interest.clone();
        {
            let mut interests = self.interests.lock();
            if interests
                .get(&key)
                .is_some_and(|old| old.file.strong_count() > 0)
            {
                return Err(Errno::EEXIST);
            }
            // Interests that were removed may still be listed, once each.
            let mut candidates = self.candidates.lock();
            let listed = candidates.len();
            candidates.try_reserve(interests.len() + 1 + listed)?;
            drop(candidates);
            notifier.observe(&observer)?;
            interests.insert(key, interest.clone());
        }
        drop(structure);
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
            .remove(&(fd, file.identity()))
            .ok_or(Errno::ENOENT)?;
        interest.state.lock().disabled = true;
        if let Some(notifier) = file.notifier() {
            let observer: Arc<dyn Observer> = interest;
            notifier.forget(&observer);
        }
        Ok(())
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
        let listed = self.candidates.lock().len();
        // Each candidate is looked at once: those that stay go behind the ones listed now.
        for _ in 0..listed {
            if given == max {
                break;
            }
            let interest = {
                let mut candidates = self.candidates.lock();
                let Some(interest) = candidates.pop_front() else {
                    break;
                };
                // Another waiter may have taken some; what was given already is not given twice.
                if first_kept == Some(Arc::as_ptr(&interest)) {
                    candidates.push_front(interest);
                    break;
                }
                interest
            };
            let wish = {
                let mut state = interest.state.lock();
                // Off the list before the file is asked: a change from now on lists it again.
                state.listed = false;
                if state.disabled {
                    continue;
                }
                state.wish
            };
            let Some(file) = interest.file.upgrade() else {
                self.interests.lock().remove(&interest.key);
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
        if state.listed || state.disabled {
            return false;
        }
        // There is room for every interest: `add` has reserved it.
        self.candidates.lock().push_back(this);
        state.listed = true;
        true
    }

    /// Checks that `outer` is not below this instance, and that it is nested less than `depth` deep.
    fn check_nesting(&self, outer: &Epoll, depth: u32) -> Result<()> {
        let depth = depth.checked_sub(1).ok_or(Errno::ELOOP)?;
        let mut below = Vec::new();
        {
            let interests = self.interests.lock();
            below.try_reserve_exact(interests.len())?;
            below.extend(
                interests
                    .values()
                    .filter_map(|interest| interest.file.upgrade()),
            );
        }
        for file in below {
            if let Some(inner) = file.object_as::<Epoll>() {
                if core::ptr::eq(inner, outer) {
                    return Err(Errno::ELOOP);
                }
                inner.check_nesting(outer, depth)?;
            }
        }
        Ok(())
    }
}

impl FileObject for Epoll {
    /// Readable when a wait would give an event.
    fn poll(&self) -> PollEvents {
        let listed = self.candidates.lock().len();
        for index in 0..listed {
            let Some(interest) = self.candidates.lock().get(index).cloned() else {
                break;
            };
            let (wish, disabled) = {
                let state = interest.state.lock();
                (state.wish, state.disabled)
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
mod tests {
    use super::*;
    use crate::fs::buf::{Sink, Source};
    use crate::fs::eventfd::{self, Taking};
    use crate::fs::pipe;
    use crate::process::Credentials;

    fn wish(events: u32, data: u64) -> Event {
        Event { events, data }
    }

    fn instance(file: &OpenFile) -> &Epoll {
        file.object_as().unwrap()
    }

    fn taken(epoll: &Epoll, max: usize) -> Vec<Event> {
        let mut events = Vec::new();
        let count = epoll.collect(max, |index, event| {
            assert_eq!(index, events.len());
            events.push(event);
            Ok(())
        });
        assert_eq!(count, Ok(events.len()));
        events
    }

    fn add(counter: &OpenFile) {
        counter
            .write(&mut Source::kernel(&1u64.to_le_bytes()))
            .unwrap();
    }

    fn take(counter: &OpenFile) {
        counter.read(&mut Sink::kernel(&mut [0; 8])).unwrap();
    }

    #[test]
    fn an_event_that_is_refused_stays() {
        let file = Epoll::create();
        let epoll = instance(&file);
        let counters: [_; 2] = core::array::from_fn(|_| eventfd::create(1, Taking::All, 0));
        for (fd, counter) in counters.iter().enumerate() {
            let wish = wish(raw::EPOLLIN | EDGE, fd as u64);
            epoll.add(fd as i32, counter, wish).unwrap();
        }
        let refuse = |_, _| Err(Errno::EFAULT);
        assert_eq!(epoll.collect(2, refuse), Err(Errno::EFAULT));
        let second = |index, _| match index {
            0 => Ok(()),
            _ => Err(Errno::EFAULT),
        };
        assert_eq!(epoll.collect(2, second), Ok(1));
        assert_eq!(taken(epoll, 2).len(), 1);
        assert_eq!(taken(epoll, 2), []);
    }

    #[test]
    fn level_edge_and_one_shot() {
        let file = Epoll::create();
        let epoll = instance(&file);
        let counters: [_; 3] = core::array::from_fn(|_| eventfd::create(0, Taking::All, 0));
        for (fd, mode) in [0, EDGE, ONE_SHOT].into_iter().enumerate() {
            epoll
                .add(
                    fd as i32,
                    &counters[fd],
                    wish(raw::EPOLLIN | mode, fd as u64),
                )
                .unwrap();
        }
        let data = |max| {
            taken(epoll, max)
                .iter()
                .map(|event| event.data)
                .collect::<Vec<_>>()
        };
        assert_eq!(data(10), []);
        assert_eq!(file.poll(), PollEvents::empty());
        counters.iter().for_each(|counter| add(counter));
        assert_eq!(file.poll(), PollEvents::READABLE);
        assert_eq!(data(10), [0, 1, 2]);
        // Level-triggered stays; the edge comes again with the next change; one-shot is over.
        assert_eq!(data(10), [0]);
        counters.iter().for_each(|counter| add(counter));
        assert_eq!(data(10), [0, 1]);
        epoll
            .modify(2, &counters[2], wish(raw::EPOLLIN | ONE_SHOT, 22))
            .unwrap();
        assert_eq!(data(10), [0, 22]);
        take(&counters[0]);
        assert_eq!(data(10), []);
    }

    #[test]
    fn few_events_at_a_time_reach_every_file() {
        let file = Epoll::create();
        let epoll = instance(&file);
        let counters: Vec<_> = (0..5).map(|_| eventfd::create(1, Taking::All, 0)).collect();
        for (fd, counter) in counters.iter().enumerate() {
            epoll
                .add(fd as i32, counter, wish(raw::EPOLLIN, fd as u64))
                .unwrap();
        }
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.extend(taken(epoll, 2).iter().map(|event| event.data));
        }
        assert_eq!(seen, [0, 1, 2, 3, 4, 0]);
    }

    #[test]
    fn descriptors_come_and_go() {
        let file = Epoll::create();
        let epoll = instance(&file);
        let (reader, writer) = pipe::create(&Credentials::root(), 0).unwrap();
        epoll.add(3, &reader, wish(raw::EPOLLIN, 1)).unwrap();
        assert_eq!(
            epoll.add(3, &reader, wish(raw::EPOLLIN, 1)),
            Err(Errno::EEXIST)
        );
        assert_eq!(epoll.modify(4, &reader, wish(0, 0)), Err(Errno::ENOENT));
        drop(writer);
        assert_eq!(taken(epoll, 9), [wish(raw::EPOLLHUP, 1)]);
        epoll.remove(3, &reader).unwrap();
        assert_eq!(taken(epoll, 9), []);
        let counter = eventfd::create(1, Taking::All, 0);
        epoll.add(3, &counter, wish(raw::EPOLLIN, 2)).unwrap();
        drop(counter);
        assert_eq!(taken(epoll, 9), []);
        assert!(epoll.interests.lock().is_empty());
    }

    #[test]
    fn instances_nest_but_not_in_circles() {
        let outer = Epoll::create();
        let inner = Epoll::create();
        assert_eq!(
            instance(&outer).add(0, &outer, wish(raw::EPOLLIN, 0)),
            Err(Errno::EINVAL)
        );
        instance(&outer)
            .add(0, &inner, wish(raw::EPOLLIN, 7))
            .unwrap();
        assert_eq!(
            instance(&inner).add(0, &outer, wish(raw::EPOLLIN, 0)),
            Err(Errno::ELOOP)
        );
        let counter = eventfd::create(0, Taking::All, 0);
        instance(&inner)
            .add(1, &counter, wish(raw::EPOLLIN, 8))
            .unwrap();
        assert_eq!(outer.poll(), PollEvents::empty());
        add(&counter);
        assert_eq!(outer.poll(), PollEvents::READABLE);
        assert_eq!(taken(instance(&outer), 1), [wish(raw::EPOLLIN, 7)]);
        assert_eq!(taken(instance(&inner), 1), [wish(raw::EPOLLIN, 8)]);
    }
}
