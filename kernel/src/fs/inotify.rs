//! Watching files and directories (inotify(7)).
//!
//! An [`Inotify`] numbers its [`Watch`]es and queues what they tell. The table of watches by node, and who calls it, is
//! in [`super::notify`]. The queue is bounded: what does not fit is replaced by one `IN_Q_OVERFLOW`.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};

use linux_raw_sys::{general as raw, ioctl};
use zerocopy::{Immutable, IntoBytes};

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::Sink;
use crate::fs::file::{FileAccess, FileObject, Seeking};
use crate::fs::inode::{FileType, Inode};
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::notify::{self, Watch};
use crate::fs::poll::{Notifier, PollEvents};
use crate::sync::SpinLock;

/// Events that wait in one instance (`/proc/sys/fs/inotify/max_queued_events`).
pub const EVENTS_MAX: usize = 16_384;
/// Instances of one user (`max_user_instances`).
pub const INSTANCES_MAX: usize = 128;
/// Watches of one user (`max_user_watches`).
pub const WATCHES_MAX: usize = 65_536;

/// What one user has.
#[derive(Clone, Copy, Default)]
struct Usage {
    instances: usize,
    watches: usize,
}

static USERS: SpinLock<BTreeMap<u32, Usage>> = SpinLock::new(BTreeMap::new());

/// Changes what a user has, unless `change` refuses.
fn account(user: u32, change: impl FnOnce(&mut Usage) -> Result<()>) -> Result<()> {
    let mut users = USERS.lock();
    let usage = users.entry(user).or_default();
    let outcome = change(usage);
    if usage.instances == 0 && usage.watches == 0 {
        users.remove(&user);
    }
    outcome
}

/// `struct inotify_event` without its name.
#[derive(IntoBytes, Immutable)]
#[repr(C)]
struct Header {
    descriptor: i32,
    mask: u32,
    cookie: u32,
    length: u32,
}

struct Record {
    descriptor: i32,
    mask: u32,
    cookie: u32,
    name: Option<Arc<[u8]>>,
}

impl Record {
    /// Bytes of the name as it is read: with a NUL, filled up to a whole number of headers.
    fn name_length(&self) -> usize {
        self.name.as_ref().map_or(0, |name| {
            (name.len() + 1).next_multiple_of(size_of::<Header>())
        })
    }

    fn length(&self) -> usize {
        size_of::<Header>() + self.name_length()
    }

    /// Whether another event says nothing that this one does not say.
    fn is_same(&self, other: &Record) -> bool {
        (self.descriptor, self.mask, &self.name) == (other.descriptor, other.mask, &other.name)
    }
}

#[derive(Default)]
struct State {
    watches: BTreeMap<i32, Arc<Watch>>,
    last_descriptor: i32,
    events: VecDeque<Record>,
    /// Bytes of all events, as they are read.
    length: usize,
    /// One of the events says that others were lost.
    overflowed: bool,
}

impl State {
    fn free_descriptor(&mut self) -> i32 {
        loop {
            self.last_descriptor = self.last_descriptor.checked_add(1).unwrap_or(1);
            if !self.watches.contains_key(&self.last_descriptor) {
                return self.last_descriptor;
            }
        }
    }
}

/// An instance.
pub struct Inotify {
    this: Weak<Inotify>,
    user: u32,
    state: SpinLock<State>,
    changed: Notifier,
}

impl Inotify {
    /// Makes an instance of a user's. `flags` are status flags.
    ///
    /// # Errors
    /// `EMFILE` when the user has too many.
    pub fn create(user: u32, flags: u32) -> Result<Arc<OpenFile>> {
        account(user, |usage| {
            if usage.instances >= INSTANCES_MAX {
                return Err(Errno::EMFILE);
            }
            usage.instances += 1;
            Ok(())
        })?;
        let object = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            user,
            state: SpinLock::new(State::default()),
            changed: Notifier::new(),
        });
        let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
        let location = anonymous_location(inode, b"anon_inode:inotify");
        Ok(OpenFile::new(
            location,
            Some(object),
            FileAccess::READ,
            flags,
        ))
    }

    /// Watches a node, or changes what is told of it. `mask` has an event at least.
    ///
    /// # Errors
    /// `EEXIST` with `IN_MASK_CREATE` when it is watched already, `ENOSPC` when the user watches too much, `ENOMEM`.
    pub fn add(&self, inode: &Arc<dyn Inode>, mask: u32) -> Result<i32> {
        let kept = raw::IN_ALL_EVENTS | raw::IN_ONESHOT | raw::IN_EXCL_UNLINK;
        let change = |watch: &Watch| {
            use core::sync::atomic::Ordering::Relaxed;
            if mask & raw::IN_MASK_CREATE != 0 {
                return Err(Errno::EEXIST);
            }
            let old = if mask & raw::IN_MASK_ADD != 0 {
                watch.mask.load(Relaxed)
            } else {
                0
            };
            watch.mask.store(old | mask & kept, Relaxed);
            Ok(())
        };
        let make = || {
            crate::mm::admit()?;
            account(self.user, |usage| {
                if usage.watches >= WATCHES_MAX {
                    return Err(Errno::ENOSPC);
                }
                usage.watches += 1;
                Ok(())
            })?;
            let mut state = self.state.lock();
            let descriptor = state.free_descriptor();
            let watch = Watch::new(self.this.clone(), descriptor, mask & kept, inode.clone());
            state.watches.insert(descriptor, watch.clone());
            Ok(watch)
        };
        notify::find_or_add(inode, self, change, make)
    }

    /// Ends a watch by its number; the last event says so.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn remove(&self, descriptor: i32) -> Result<()> {
        let watch = self.state.lock().watches.get(&descriptor).cloned();
        self.end(&watch.ok_or(Errno::EINVAL)?);
        Ok(())
    }

    /// Ends a watch, unless somebody else has.
    pub fn end(&self, watch: &Arc<Watch>) {
        let removed = {
            let mut state = self.state.lock();
            match state.watches.get(&watch.descriptor) {
                Some(own) if Arc::ptr_eq(own, watch) => state.watches.remove(&watch.descriptor),
                _ => None,
            }
        };
        if removed.is_some() {
            notify::remove(watch);
            self.forget_watches(1);
            self.push(watch.descriptor, raw::IN_IGNORED, 0, None);
        }
    }

    fn forget_watches(&self, count: usize) {
        // Taking less is never refused.
        let _ = account(self.user, |usage| {
            usage.watches = usage.watches.saturating_sub(count);
            Ok(())
        });
    }

    /// Queues an event. One that only repeats the last is left out, as on Linux.
    pub fn push(&self, descriptor: i32, mask: u32, cookie: u32, name: Option<&Arc<[u8]>>) {
        let mut record = Record {
            descriptor,
            mask,
            cookie,
            name: name.cloned(),
        };
        {
            let mut state = self.state.lock();
            // Room for this one and for the one that says that others were lost.
            let room = state.events.try_reserve(2).is_ok();
            if !room || state.events.len() >= EVENTS_MAX || crate::mm::admit().is_err() {
                // Not even the word of it has room only where no event waits: the reader then finds nothing, and
                // loses what it could not have been told of.
                if state.overflowed || state.events.len() == state.events.capacity() {
                    return;
                }
                state.overflowed = true;
                record = Record {
                    descriptor: -1,
                    mask: raw::IN_Q_OVERFLOW,
                    cookie: 0,
                    name: None,
                };
            } else if state
                .events
                .back()
                .is_some_and(|last| last.is_same(&record))
            {
                return;
            }
            state.length += record.length();
            state.events.push_back(record);
        }
        self.changed.notify();
    }

    /// The first event, if `room` bytes hold it.
    fn pop(&self, room: usize) -> Result<Option<Record>> {
        let mut state = self.state.lock();
        let Some(length) = state.events.front().map(Record::length) else {
            return Ok(None);
        };
        if length > room {
            return Err(Errno::EINVAL);
        }
        let record = state.events.pop_front();
        state.length -= length;
        if record
            .as_ref()
            .is_some_and(|record| record.mask == raw::IN_Q_OVERFLOW)
        {
            state.overflowed = false;
        }
        Ok(record)
    }
}

impl FileObject for Inotify {
    fn seeking(&self) -> Seeking {
        Seeking::Pretended
    }

    /// As many whole events as fit.
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let before = sink.done();
        loop {
            let record = match self.pop(sink.remaining()) {
                Ok(Some(record)) => record,
                Ok(None) if sink.done() == before => return Err(Errno::EAGAIN),
                Err(error) if sink.done() == before => return Err(error),
                _ => return Ok(sink.done() - before),
            };
            let header = Header {
                descriptor: record.descriptor,
                mask: record.mask,
                cookie: record.cookie,
                length: record.name_length() as u32,
            };
            sink.put(header.as_bytes());
            if let Some(name) = &record.name {
                sink.put(name);
                sink.put_zeros(record.name_length() - name.len());
            }
            if sink.faulted() {
                return Err(Errno::EFAULT);
            }
        }
    }

    fn poll(&self) -> PollEvents {
        if self.state.lock().events.is_empty() {
            PollEvents::empty()
        } else {
            PollEvents::READABLE
        }
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        if command != ioctl::FIONREAD {
            return Err(Errno::ENOTTY);
        }
        let length = self.state.lock().length;
        hal::user::store_u32(argument, u32::try_from(length).unwrap_or(u32::MAX))?;
        Ok(0)
    }
}

impl Drop for Inotify {
    fn drop(&mut self) {
        let watches = core::mem::take(&mut self.state.lock().watches);
        for watch in watches.values() {
            notify::remove(watch);
        }
        self.forget_watches(watches.len());
        // Taking less is never refused.
        let _ = account(self.user, |usage| {
            usage.instances = usage.instances.saturating_sub(1);
            Ok(())
        });
    }
}

#[cfg(test)]
mod tests;
