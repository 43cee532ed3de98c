//! Files on their way between sockets (unix(7), `SCM_RIGHTS`).
//!
//! A socket can be sent through another, even through itself, so queues can keep each other alive after every
//! descriptor is gone. [`collect`] finds those: a socket is garbage when all references to its open file are queued
//! messages, and no chain of queues leads to it from a socket of which that is not true. It runs when a socket goes, and
//! looks at suspects only: sockets on their way that were sent sockets, or listen. A circle consists of these, and what
//! hangs on a circle goes with it; while sockets are only passed on, closing one costs nothing.
//!
//! Why counts may be read without stopping the world: a file is counted from before it is queued until after it is taken
//! out. A reference that is counted but in no queue looks like one from outside and keeps the socket. Getting a
//! reference to a candidate takes [`FLIGHT`], which is held meanwhile: queues of candidates stand still.
//!
//! Locks: [`FLIGHT`], then one socket's. Files are never closed under either.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::UnixSocket;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::net::SocketFile;
use crate::process::{Capability, Resource};
use crate::sync::SpinLock;

/// What is on its way.
struct Flight {
    /// Sockets of this family, by the identity of their open file: how often each is in a message.
    sockets: BTreeMap<usize, (Weak<OpenFile>, usize)>,
    /// Those of them that lead on to others ([`Place::leads_on`]). Circles consist of these.
    suspects: BTreeSet<usize>,
    /// How many files each user has sent that were not received.
    users: BTreeMap<u32, usize>,
}

static FLIGHT: SpinLock<Flight> = SpinLock::new(Flight {
    sockets: BTreeMap::new(),
    suspects: BTreeSet::new(),
    users: BTreeMap::new(),
});

/// What a socket has to do with all this. Changed under [`FLIGHT`] only.
#[derive(Default)]
pub struct Place {
    /// In how many messages it is.
    flying: AtomicUsize,
    /// It has been sent sockets, or listens: others may be reached through it.
    leads_on: AtomicBool,
}

/// The files of one message.
pub struct Rights {
    files: Vec<Arc<OpenFile>>,
    user: u32,
}

/// A socket begins to lead on to others.
pub fn leads_on(socket: &UnixSocket) {
    if socket.place.leads_on.load(Ordering::Relaxed) {
        return;
    }
    let mut flight = FLIGHT.lock();
    socket.place.leads_on.store(true, Ordering::Relaxed);
    if socket.place.flying.load(Ordering::Relaxed) == 0 {
        return;
    }
    // Never the last reference to a file: what is in the list is in a message.
    let own = flight.sockets.iter().find(|(_, (file, _))| {
        let other = file.upgrade().and_then(|file| unix_socket(&file));
        other.is_some_and(|other| core::ptr::eq(&*other, socket))
    });
    if let Some((&identity, _)) = own {
        flight.suspects.insert(identity);
    }
}

fn unix_socket(file: &OpenFile) -> Option<Arc<UnixSocket>> {
    let socket: &SocketFile = file.object_as()?;
    let any: Arc<dyn core::any::Any + Send + Sync> = socket.socket().clone();
    any.downcast().ok()
}

impl Rights {
    /// Notes that files are on their way.
    ///
    /// # Errors
    /// `ETOOMANYREFS` when the user has more on the way than a process may have open.
    pub fn new(files: Vec<Arc<OpenFile>>) -> Result<Self> {
        let caller = crate::sched::try_current();
        let (user, privileged, limit) = caller.map_or((0, true, u64::MAX), |thread| {
            let credentials = thread.credentials();
            let privileged = credentials.has(Capability::SysResource);
            let limit = thread.process.limit(Resource::OpenFiles);
            (credentials.uid, privileged, limit)
        });
        let mut flight = FLIGHT.lock();
        let count = flight.users.get(&user).copied().unwrap_or(0);
        if count as u64 > limit && !privileged {
            return Err(Errno::ETOOMANYREFS);
        }
        *flight.users.entry(user).or_default() += files.len();
        for file in &files {
            let Some(socket) = unix_socket(file) else {
                continue;
            };
            socket.place.flying.fetch_add(1, Ordering::Relaxed);
            let entry = flight.sockets.entry(file.identity());
            entry.or_insert_with(|| (Arc::downgrade(file), 0)).1 += 1;
            if socket.place.leads_on.load(Ordering::Relaxed) {
                flight.suspects.insert(file.identity());
            }
        }
        Ok(Self { files, user })
    }

    /// Whether sockets of this family are among the files.
    pub fn has_sockets(&self) -> bool {
        self.files.iter().any(|file| unix_socket(file).is_some())
    }

    /// The files.
    pub fn files(&self) -> &[Arc<OpenFile>] {
        &self.files
    }

    /// The files once more, for `MSG_PEEK`. Call it while they [`stand_still`].
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn copy(&self) -> Result<Vec<Arc<OpenFile>>> {
        let mut files = Vec::new();
        files.try_reserve_exact(self.files.len())?;
        files.extend(self.files.iter().cloned());
        Ok(files)
    }

    /// The files have arrived.
    pub fn take(mut self) -> Vec<Arc<OpenFile>> {
        self.land()
    }

    fn land(&mut self) -> Vec<Arc<OpenFile>> {
        let files = core::mem::take(&mut self.files);
        if files.is_empty() {
            return files;
        }
        let mut flight = FLIGHT.lock();
        if let Some(count) = flight.users.get_mut(&self.user) {
            *count = count.saturating_sub(files.len());
            if *count == 0 {
                flight.users.remove(&self.user);
            }
        }
        for file in &files {
            let identity = file.identity();
            if let Some((_, count)) = flight.sockets.get_mut(&identity) {
                *count -= 1;
                if let Some(socket) = unix_socket(file) {
                    socket.place.flying.fetch_sub(1, Ordering::Relaxed);
                }
                if *count == 0 {
                    flight.sockets.remove(&identity);
                    flight.suspects.remove(&identity);
                }
            }
        }
        files
    }
}

impl Drop for Rights {
    /// A message that nobody received: its files are closed.
    fn drop(&mut self) {
        bury(self.land());
    }
}

/// Files to be closed. Closing one may drop a queue with more: they wait here instead of on the stack.
struct Grave {
    files: Vec<Arc<OpenFile>>,
    next: Option<Box<Grave>>,
}

struct Graveyard {
    first: Option<Box<Grave>>,
    somebody_digs: bool,
    /// A socket went while somebody was digging: one collection for all that go.
    collect_again: bool,
}

static GRAVEYARD: SpinLock<Graveyard> = SpinLock::new(Graveyard {
    first: None,
    somebody_digs: false,
    collect_again: false,
});

fn bury(files: Vec<Arc<OpenFile>>) {
    if files.is_empty() {
        return;
    }
    {
        let mut yard = GRAVEYARD.lock();
        let next = yard.first.take();
        yard.first = Some(Box::new(Grave { files, next }));
        if yard.somebody_digs {
            return;
        }
        yard.somebody_digs = true;
    }
    loop {
        let mut yard = GRAVEYARD.lock();
        if let Some(mut grave) = yard.first.take() {
            yard.first = grave.next.take();
            drop(yard);
            grave.files.clear();
        } else if core::mem::take(&mut yard.collect_again) {
            drop(yard);
            collect();
        } else {
            yard.somebody_digs = false;
            return;
        }
    }
}

/// A socket is gone: others may have been reachable through it only.
pub fn socket_gone() {
    if FLIGHT.lock().suspects.is_empty() {
        return;
    }
    {
        let mut yard = GRAVEYARD.lock();
        if yard.somebody_digs {
            yard.collect_again = true;
            return;
        }
    }
    collect();
}

/// Keeps [`collect`] out while files are looked at in a queue (`MSG_PEEK`). Taken before the socket's lock.
pub fn stand_still() -> impl Drop {
    FLIGHT.lock()
}

/// A socket whose references are all queued messages.
struct Candidate {
    file: Arc<OpenFile>,
    socket: Arc<UnixSocket>,
    /// References that were not found in candidates' queues.
    outside: usize,
    reachable: bool,
}

/// Finds sockets that nothing but queued messages can reach, and empties their queues.
fn collect() {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut garbage = Vec::new();
    let flight = FLIGHT.lock();
    if flight.suspects.is_empty() || candidates.try_reserve(flight.suspects.len()).is_err() {
        return;
    }
    let suspects = flight.suspects.iter();
    for (file, count) in suspects.filter_map(|identity| flight.sockets.get(identity)) {
        // Our own reference is the one more.
        // Never the last reference, so nothing is closed here: what is in the list is in a message.
        if let Some(file) = file.upgrade()
            && Arc::strong_count(&file) - 1 == *count
            && let Some(socket) = unix_socket(&file)
        {
            candidates.push(Candidate {
                file,
                socket,
                outside: *count,
                reachable: false,
            });
        }
    }
    mark(&mut candidates);
    for candidate in candidates.iter().filter(|candidate| !candidate.reachable) {
        candidate.socket.take_rights(&mut garbage);
    }
    drop(flight);
    // Messages first: the last reference to each socket may be here.
    drop(garbage);
    drop(candidates);
}

fn mark(candidates: &mut [Candidate]) {
    let position = |candidates: &[Candidate], file: &Arc<OpenFile>| {
        candidates
            .binary_search_by_key(&file.identity(), |candidate| candidate.file.identity())
            .ok()
    };
    for index in 0..candidates.len() {
        let Some(socket) = candidates
            .get(index)
            .map(|candidate| candidate.socket.clone())
        else {
            break;
        };
        socket.for_each_right(&mut |file| {
            if let Some(found) = position(candidates, file)
                && let Some(candidate) = candidates.get_mut(found)
            {
                candidate.outside = candidate.outside.saturating_sub(1);
            }
        });
    }
    for candidate in &mut *candidates {
        candidate.reachable = candidate.outside > 0;
    }
    // Each round follows one more link; a round without news is the last.
    loop {
        let mut news = false;
        for index in 0..candidates.len() {
            let Some(socket) = candidates
                .get(index)
                .filter(|candidate| candidate.reachable && candidate.outside != usize::MAX)
                .map(|candidate| candidate.socket.clone())
            else {
                continue;
            };
            if let Some(candidate) = candidates.get_mut(index) {
                // Followed once.
                candidate.outside = usize::MAX;
            }
            socket.for_each_right(&mut |file| {
                if let Some(found) = position(candidates, file)
                    && let Some(candidate) = candidates.get_mut(found)
                    && !candidate.reachable
                {
                    candidate.reachable = true;
                    news = true;
                }
            });
        }
        if !news {
            return;
        }
    }
}

/// Whether a file is among the suspects, for tests.
#[cfg(test)]
pub fn is_suspect(file: &OpenFile) -> bool {
    FLIGHT.lock().suspects.contains(&file.identity())
}

/// How many sockets are on their way, for tests.
#[cfg(test)]
pub fn sockets_in_flight() -> usize {
    FLIGHT.lock().sockets.len()
}
