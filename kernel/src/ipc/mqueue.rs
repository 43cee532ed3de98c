//! POSIX message queues (mq_overview(7)).
//!
//! A [`Queue`] is found by its name until that is unlinked, and lives while it has a name or is open. A process may ask
//! to be told once of a message that comes to an empty queue ([`Queue::ask`]); closing the queue takes that back.
//!
//! Locks: `QUEUES`, then a queue's `state`; `BYTES` alone.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::file::{FileAccess, FileObject};
use crate::fs::inode::{AttributeChanges, FileType, Inode, Metadata, Ownership};
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::permission;
use crate::fs::poll::{Notifier, PollEvents};
use crate::net::Sender;
use crate::process::{Capability, Credentials, Process};
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::SpinLock;

/// Messages in a queue, if nothing is said, and the most for the unprivileged (`msg_max`).
pub const MESSAGES_DEFAULT: usize = 10;
/// Bytes of a message, if nothing is said, and the most for the unprivileged (`msgsize_max`).
pub const SIZE_DEFAULT: usize = 8192;
/// Queues with a name, for the unprivileged (`queues_max`).
pub const QUEUES_MAX: usize = 256;
/// The most messages and bytes for anybody (mq_overview(7), `HARD_MSGMAX`).
const MESSAGES_HARD: usize = 65_536;
const SIZE_HARD: usize = 16 << 20;
/// Priorities are below this (`MQ_PRIO_MAX`).
pub const PRIORITIES: u32 = 32_768;
/// What a message costs beside its bytes, and a priority beside that.
const OVERHEAD: u64 = 48;
/// `st_size` of a queue: the length of the text that describes it.
const TEXT_LENGTH: u64 = 80;

static QUEUES: SpinLock<BTreeMap<Arc<[u8]>, Arc<Queue>>> = SpinLock::new(BTreeMap::new());
/// Bytes of all queues of each user (`RLIMIT_MSGQUEUE`).
static BYTES: SpinLock<BTreeMap<u32, u64>> = SpinLock::new(BTreeMap::new());

/// Sizes of a new queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Messages that fit.
    pub messages: usize,
    /// Bytes that a message may have.
    pub bytes: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            messages: MESSAGES_DEFAULT,
            bytes: SIZE_DEFAULT,
        }
    }
}

impl Sizes {
    /// Sizes as a program gives them.
    ///
    /// # Errors
    /// `EINVAL` for 0 and above the limits.
    pub fn new(messages: i64, bytes: i64, privileged: bool) -> Result<Self> {
        let (messages_max, bytes_max) = if privileged {
            (MESSAGES_HARD, SIZE_HARD)
        } else {
            (MESSAGES_DEFAULT, SIZE_DEFAULT)
        };
        let within = |value: i64, max: usize| {
            let value = usize::try_from(value).ok();
            value
                .filter(|value| (1..=max).contains(value))
                .ok_or(Errno::EINVAL)
        };
        Ok(Self {
            messages: within(messages, messages_max)?,
            bytes: within(bytes, bytes_max)?,
        })
    }

    /// What a queue counts against its user's limit, filled or not.
    fn charge(self) -> u64 {
        let messages = self.messages as u64;
        // Both factors are below 2^25.
        messages * (self.bytes as u64 + OVERHEAD) + messages.min(PRIORITIES.into()) * OVERHEAD
    }
}

/// How somebody wants to be told (`struct sigevent`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// Not at all, but nobody else is told either.
    Nothing,
    /// A signal with a value.
    Signal(Signal, u64),
}

struct Request {
    /// The descriptor table that the process had.
    table: u64,
    process: Weak<Process>,
    how: Notify,
}

#[derive(Default)]
struct State {
    /// By priority.
    messages: BTreeMap<u32, VecDeque<Vec<u8>>>,
    count: usize,
    /// Receivers that wait: a message is for them and nobody is told.
    receivers: usize,
    request: Option<Request>,
}

/// A queue.
pub struct Queue {
    attributes: AnonymousInode,
    ownership: Ownership,
    sizes: Sizes,
    /// Whom its bytes are counted for.
    user: u32,
    state: SpinLock<State>,
    changed: Notifier,
}

/// How a queue is opened.
pub struct Opening {
    /// What for.
    pub access: FileAccess,
    /// `O_CREAT`: sizes and permission bits of a new one.
    pub create: Option<(Result<Sizes>, u32)>,
    /// `O_EXCL`.
    pub must_be_new: bool,
    /// Status flags.
    pub flags: u32,
    /// `RLIMIT_MSGQUEUE`.
    pub limit: u64,
}

/// Names are those of a directory without subdirectories.
fn check_name(name: &[u8]) -> Result<()> {
    match name {
        b"" => Err(Errno::ENOENT),
        b"." | b".." => Err(Errno::EACCES),
        _ if name.contains(&b'/') => Err(Errno::EACCES),
        _ if name.len() > crate::fs::inode::NAME_MAX => Err(Errno::ENAMETOOLONG),
        _ => Ok(()),
    }
}

/// Opens a queue by its name, which has no slash.
///
/// # Errors
/// `ENOENT`, `EEXIST`, `EACCES`, `ENAMETOOLONG`, `EINVAL` for bad sizes, `ENOSPC` for too many queues, `EMFILE` above the
/// limit.
pub fn open(name: &[u8], opening: Opening, credentials: &Credentials) -> Result<Arc<OpenFile>> {
    check_name(name)?;
    let mut queues = QUEUES.lock();
    let queue = match (queues.get(name), opening.create) {
        (Some(_), Some(_)) if opening.must_be_new => return Err(Errno::EEXIST),
        (Some(queue), _) => {
            let mut wanted = 0;
            wanted |= if opening.access.read {
                permission::READ
            } else {
                0
            };
            wanted |= if opening.access.write {
                permission::WRITE
            } else {
                0
            };
            permission::check(&**queue, credentials, wanted)?;
            queue.clone()
        }
        (None, None) => return Err(Errno::ENOENT),
        (None, Some((sizes, mode))) => {
            if queues.len() >= QUEUES_MAX && !credentials.has(Capability::SysResource) {
                return Err(Errno::ENOSPC);
            }
            let queue = Queue::new(sizes?, mode, credentials, opening.limit)?;
            queues.insert(Arc::from(name), queue.clone());
            queue
        }
    };
    drop(queues);
    let mut shown = Vec::new();
    shown.try_reserve_exact(name.len() + 1)?;
    shown.push(b'/');
    shown.extend_from_slice(name);
    let location = anonymous_location(queue.clone(), &shown);
    let object = Arc::new(Descriptor { queue });
    Ok(OpenFile::new(
        location,
        Some(object),
        opening.access,
        opening.flags,
    ))
}

/// Removes a name.
///
/// # Errors
/// `ENOENT`, `EPERM` when the queue is another's; as [`open`] for bad names.
pub fn unlink(name: &[u8], credentials: &Credentials) -> Result<()> {
    check_name(name)?;
    let mut queues = QUEUES.lock();
    let queue = queues.get(name).ok_or(Errno::ENOENT)?;
    if !permission::is_owner(&**queue, credentials) {
        return Err(Errno::EPERM);
    }
    let removed = queues.remove(name);
    drop(queues);
    drop(removed);
    Ok(())
}

impl Queue {
    fn new(sizes: Sizes, mode: u32, credentials: &Credentials, limit: u64) -> Result<Arc<Self>> {
        crate::mm::admit()?;
        let user = credentials.uid;
        let mut bytes = BYTES.lock();
        let used = bytes.entry(user).or_default();
        let sum = used.saturating_add(sizes.charge());
        if sum > limit {
            return Err(Errno::EMFILE);
        }
        *used = sum;
        drop(bytes);
        let (uid, gid) = (credentials.fsuid, credentials.fsgid);
        Ok(Arc::new(Self {
            attributes: AnonymousInode::new(FileType::Regular, mode, uid, gid),
            ownership: Ownership { mode, uid, gid },
            sizes,
            user,
            state: SpinLock::new(State::default()),
            changed: Notifier::new(),
        }))
    }

    /// Its sizes.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Messages in it.
    pub fn count(&self) -> usize {
        self.state.lock().count
    }

    /// Where to wait for room or a message.
    pub fn notifier(&self) -> &Notifier {
        &self.changed
    }

    /// Puts a message in; `message` is left empty.
    ///
    /// # Errors
    /// `EAGAIN` when the queue is full.
    pub fn send(&self, message: &mut Vec<u8>, priority: u32, sender: Sender) -> Result<()> {
        let request = {
            let mut state = self.state.lock();
            if state.count >= self.sizes.messages {
                return Err(Errno::EAGAIN);
            }
            let same = state.messages.entry(priority).or_default();
            same.try_reserve(1)?;
            same.push_back(core::mem::take(message));
            state.count += 1;
            if state.count == 1 && state.receivers == 0 {
                state.request.take()
            } else {
                None
            }
        };
        self.changed.notify();
        if let Some(request) = request {
            request.tell(sender);
        }
        Ok(())
    }

    /// Takes the oldest message of the highest priority.
    ///
    /// # Errors
    /// `EAGAIN` when there is none.
    pub fn receive(&self) -> Result<(Vec<u8>, u32)> {
        let taken = {
            let mut state = self.state.lock();
            let mut highest = state.messages.last_entry().ok_or(Errno::EAGAIN)?;
            let priority = *highest.key();
            let message = highest.get_mut().pop_front();
            if highest.get().is_empty() {
                highest.remove();
            }
            state.count = state.count.saturating_sub(1);
            (message.ok_or(Errno::EAGAIN)?, priority)
        };
        self.changed.notify();
        Ok(taken)
    }

    /// Counts a receiver that waits, until the guard goes.
    pub fn await_message(&self) -> impl Drop {
        struct Waiting<'a>(&'a Queue);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.state.lock().receivers -= 1;
            }
        }
        self.state.lock().receivers += 1;
        Waiting(self)
    }

    /// Asks to be told of the next message that comes to the empty queue; `None` takes the caller's request back.
    ///
    /// # Errors
    /// `EBUSY` when another process has asked.
    pub fn ask(&self, process: &Arc<Process>, table: u64, how: Option<Notify>) -> Result<()> {
        let mut state = self.state.lock();
        let taken = state
            .request
            .as_ref()
            .filter(|request| request.process.strong_count() > 0);
        match (taken, how) {
            (Some(_), Some(_)) => return Err(Errno::EBUSY),
            (Some(request), None) if request.table != table => return Ok(()),
            _ => {}
        }
        state.request = how.map(|how| Request {
            table,
            process: Arc::downgrade(process),
            how,
        });
        Ok(())
    }
}

impl Request {
    fn tell(&self, sender: Sender) {
        let (Some(process), Notify::Signal(signal, value)) = (self.process.upgrade(), self.how)
        else {
            return;
        };
        let mut info = SignalInfo::sent(signal, raw::SI_MESGQ, sender.pid, sender.uid);
        info.fields[1] = value;
        // A process with too many signals waiting misses it, as with sigqueue(3).
        let _ = signal::send_to_process(&process, info);
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut bytes = BYTES.lock();
        if let Some(used) = bytes.get_mut(&self.user) {
            *used = used.saturating_sub(self.sizes.charge());
            if *used == 0 {
                bytes.remove(&self.user);
            }
        }
    }
}

impl Inode for Queue {
    fn kind(&self) -> FileType {
        FileType::Regular
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        self.attributes.set_attributes(changes)
    }

    fn metadata(&self) -> Metadata {
        Metadata {
            size: TEXT_LENGTH,
            ..self.attributes.metadata()
        }
    }

    fn ownership(&self) -> Ownership {
        self.ownership
    }
}

/// An open queue.
pub struct Descriptor {
    queue: Arc<Queue>,
}

impl Descriptor {
    /// The queue.
    pub fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }
}

impl FileObject for Descriptor {
    fn read(&self, _sink: &mut Sink<'_>) -> Result<usize> {
        Err(Errno::EINVAL)
    }

    fn write(&self, _source: &mut Source<'_>) -> Result<usize> {
        Err(Errno::EINVAL)
    }

    fn poll(&self) -> PollEvents {
        let count = self.queue.count();
        let mut events = PollEvents::empty();
        if count > 0 {
            events |= PollEvents::READABLE;
        }
        if count < self.queue.sizes.messages {
            events |= PollEvents::WRITABLE;
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.queue.changed)
    }

    fn closed_by(&self, table: u64) {
        let mut state = self.queue.state.lock();
        if state
            .request
            .as_ref()
            .is_some_and(|request| request.table == table)
        {
            state.request = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hal::mock::fewer;
    use proptest::prelude::*;

    fn queue(messages: i64) -> Arc<Queue> {
        let sizes = Sizes::new(messages, 16, true).unwrap();
        Queue::new(sizes, 0o600, &Credentials::root(), u64::MAX).unwrap()
    }

    fn opening(create: bool, limit: u64) -> Opening {
        Opening {
            access: FileAccess::READ_WRITE,
            create: create.then_some((Ok(Sizes::default()), 0o600)),
            must_be_new: false,
            flags: 0,
            limit,
        }
    }

    #[test]
    fn names_and_limits() {
        let user = Credentials {
            uid: 4711,
            euid: 4711,
            fsuid: 4711,
            ..Credentials::default()
        };
        let try_open = |name: &[u8], create, limit| open(name, opening(create, limit), &user);
        assert_eq!(try_open(b"t1", false, 0).err(), Some(Errno::ENOENT));
        assert_eq!(try_open(b"a/b", true, 0).err(), Some(Errno::EACCES));
        assert_eq!(try_open(b"..", true, 0).err(), Some(Errno::EACCES));
        assert_eq!(try_open(b"t1", true, 1000).err(), Some(Errno::EMFILE));
        let charge = Sizes::default().charge();
        let first = try_open(b"t1", true, charge).unwrap();
        assert_eq!(try_open(b"t2", true, charge).err(), Some(Errno::EMFILE));
        assert!(try_open(b"t1", true, 0).is_ok());
        let stranger = Credentials {
            fsuid: 9,
            euid: 9,
            ..Credentials::default()
        };
        let strange = |create| open(b"t1", opening(create, 0), &stranger).err();
        assert_eq!(strange(true), Some(Errno::EACCES));
        assert_eq!(unlink(b"t1", &stranger), Err(Errno::EPERM));
        assert_eq!(unlink(b"t1", &user), Ok(()));
        assert_eq!(unlink(b"t1", &user), Err(Errno::ENOENT));
        // The queue counts until it is closed.
        assert_eq!(try_open(b"t2", true, charge).err(), Some(Errno::EMFILE));
        drop(first);
        assert!(try_open(b"t2", true, charge).is_ok());
        assert_eq!(unlink(b"t2", &user), Ok(()));
        assert_eq!(Sizes::new(11, 1, false), Err(Errno::EINVAL));
        assert_eq!(Sizes::new(0, 1, true), Err(Errno::EINVAL));
        assert_eq!(Sizes::new(-1, 1, true), Err(Errno::EINVAL));
    }

    proptest! {
        /// Messages come by priority, within one in order; the queue never holds more than it may.
        #[test]
        fn order(steps in prop::collection::vec(prop::option::of(0u32..5), 1..fewer(80))) {
            let queue = queue(7);
            let mut model: Vec<(u32, u8)> = Vec::new();
            for (number, step) in (0u8..).zip(steps) {
                match step {
                    Some(priority) => {
                        let outcome = queue.send(&mut alloc::vec![number], priority, Sender::NOBODY);
                        if model.len() == 7 {
                            prop_assert_eq!(outcome, Err(Errno::EAGAIN));
                        } else {
                            prop_assert_eq!(outcome, Ok(()));
                            let at = model.iter().position(|(other, _)| *other < priority);
                            model.insert(at.unwrap_or(model.len()), (priority, number));
                        }
                    }
                    None if model.is_empty() => prop_assert_eq!(queue.receive(), Err(Errno::EAGAIN)),
                    None => {
                        let (priority, number) = model.remove(0);
                        prop_assert_eq!(queue.receive(), Ok((alloc::vec![number], priority)));
                    }
                }
                prop_assert_eq!(queue.count(), model.len());
            }
        }
    }
}
