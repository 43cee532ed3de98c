//! Advisory locks: flock(2), and record locks of fcntl(2) (process-associated and "open file description" ones).
//!
//! Locks are kept in one table by node, present only while a node has any. A lock's owner is an open file (flock,
//! `F_OFD_SETLK`) or a descriptor table (`F_SETLK`), whose end releases them. Waiters share one queue and look again after
//! every release. The record locks of one owner do not overlap, and neighbours that say the same are one.

use alloc::collections::BTreeMap;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::errno::{Errno, Result};
use crate::fs::inode::Inode;
use crate::process::Pid;
use crate::sync::{SpinLock, WaitQueue};

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// An open file, by its identity.
    OpenFile(usize),
    /// A descriptor table, by its identity.
    Table(u64),
}

/// Shared or exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Others may lock shared as well (`F_RDLCK`, `LOCK_SH`).
    Shared,
    /// Nobody else may lock (`F_WRLCK`, `LOCK_EX`).
    Exclusive,
}

/// A record lock on the bytes from `start` up to and including `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who holds it.
    pub owner: Owner,
    /// The process that `F_GETLK` names.
    pub pid: Pid,
    /// Shared or exclusive.
    pub mode: Mode,
    /// First byte.
    pub start: u64,
    /// Last byte, not before the first; `u64::MAX` is "to the end, wherever it is".
    pub last: u64,
}

/// The record locks of one owner by their first byte.
type Records = BTreeMap<u64, Record>;

#[derive(Default)]
struct FileLocks {
    records: BTreeMap<Owner, Records>,
    /// Locks of flock(2), one for each open file.
    whole: BTreeMap<usize, Mode>,
    /// How many of those are exclusive: one at most.
    exclusive: usize,
}

impl FileLocks {
    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.whole.is_empty()
    }

    /// The first lock in the way, in order of bytes.
    fn conflict(&self, wanted: &Record) -> Option<Record> {
        let others = self
            .records
            .iter()
            .filter(|(owner, _)| **owner != wanted.owner);
        let in_the_way = others.filter_map(|(_, records)| {
            let either = wanted.mode == Mode::Exclusive;
            overlapping(records, wanted.start, wanted.last)
                .find(|held| either || held.mode == Mode::Exclusive)
        });
        in_the_way.min_by_key(|held| held.start).copied()
    }

    fn unlock_whole(&mut self, identity: usize) -> bool {
        let old = self.whole.remove(&identity);
        if old == Some(Mode::Exclusive) {
            self.exclusive = self.exclusive.saturating_sub(1);
        }
        old.is_some()
    }
}

/// What of an owner's locks touches a range, in order.
fn overlapping(records: &Records, start: u64, last: u64) -> impl Iterator<Item = &Record> {
    let before = records.range(..start).next_back();
    let before = before.filter(|(_, held)| held.last >= start);
    let inside = records.range(start..=last);
    before.into_iter().chain(inside).map(|(_, held)| held)
}

type Node = (u64, u64);

struct Table {
    files: BTreeMap<Node, FileLocks>,
    /// Who waits for whom, by the thread, to find deadlocks of process-associated locks.
    waiting: BTreeMap<(Owner, Pid), Owner>,
}

static TABLE: SpinLock<Table> = SpinLock::new(Table {
    files: BTreeMap::new(),
    waiting: BTreeMap::new(),
});
/// How many nodes have locks: closing a file asks the table only when there are any.
static LOCKED_NODES: AtomicUsize = AtomicUsize::new(0);
static RELEASED: WaitQueue = WaitQueue::new();

/// Where to wait for a lock to be released.
pub fn queue() -> &'static WaitQueue {
    &RELEASED
}

fn node(inode: &dyn Inode) -> Node {
    let metadata = inode.metadata();
    (metadata.device, metadata.inode)
}

/// Refuses new locks when memory runs low (fcntl(2)). `ENOLCK`.
fn admit() -> Result<()> {
    crate::mm::admit().map_err(|_| Errno::ENOLCK)
}

impl Table {
    fn tidy(&mut self, node: Node) {
        if self.files.get(&node).is_some_and(FileLocks::is_empty) {
            self.files.remove(&node);
        }
        LOCKED_NODES.store(self.files.len(), Ordering::Release);
    }
}

/// Takes or changes a lock of flock(2) for an open file.
///
/// # Errors
/// `EAGAIN` when another has it, `ENOLCK` without memory. A lock that was held is then lost, as flock(2) warns.
pub fn lock_whole(inode: &dyn Inode, identity: usize, mode: Mode) -> Result<()> {
    let node = node(inode);
    let mut table = TABLE.lock();
    let locks = table.files.entry(node).or_default();
    let converted = locks.unlock_whole(identity);
    let conflict = match mode {
        Mode::Exclusive => !locks.whole.is_empty(),
        Mode::Shared => locks.exclusive > 0,
    };
    let result = if conflict {
        Err(Errno::EAGAIN)
    } else {
        admit().map(|()| {
            locks.whole.insert(identity, mode);
            locks.exclusive += usize::from(mode == Mode::Exclusive);
        })
    };
    table.tidy(node);
    drop(table);
    if converted {
        RELEASED.wake_all();
    }
    result
}

/// Releases the lock of flock(2) of an open file.
pub fn unlock_whole(inode: &dyn Inode, identity: usize) {
    let node = node(inode);
    let mut table = TABLE.lock();
    if let Some(locks) = table.files.get_mut(&node) {
        locks.unlock_whole(identity);
    }
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
}

/// The first lock that stands in the way of `wanted` (`F_GETLK`).
pub fn conflict(inode: &dyn Inode, wanted: &Record) -> Option<Record> {
    TABLE.lock().files.get(&node(inode))?.conflict(wanted)
}

/// Takes a record lock, replacing what its owner held in that range.
///
/// # Errors
/// `EAGAIN` when another's lock is in the way; `EDEADLK` when a thread `waits` and that one waits for this owner; `ENOLCK`
/// without memory.
pub fn lock_record(inode: &dyn Inode, wanted: Record, waits: Option<Pid>) -> Result<()> {
    let node = node(inode);
    let mut table = TABLE.lock();
    // Other threads of the owner may wait all the same.
    if let Some(thread) = waits {
        table.waiting.remove(&(wanted.owner, thread));
    }
    let locks = table.files.get(&node);
    if let Some(held) = locks.and_then(|locks| locks.conflict(&wanted)) {
        if let (Some(thread), Owner::Table(_)) = (waits, wanted.owner) {
            let mut at = held.owner;
            for _ in 0..=table.waiting.len() {
                if at == wanted.owner {
                    return Err(Errno::EDEADLK);
                }
                match table.waiting.range((at, 0)..=(at, Pid::MAX)).next() {
                    Some((_, next)) => at = *next,
                    None => break,
                }
            }
            admit()?;
            table.waiting.insert((wanted.owner, thread), held.owner);
        }
        return Err(Errno::EAGAIN);
    }
    admit()?;
    let locks = table.files.entry(node).or_default();
    let records = locks.records.entry(wanted.owner).or_default();
    carve(records, wanted.start, wanted.last);
    insert(records, wanted);
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
    Ok(())
}

/// A thread gives up waiting (a signal came).
pub fn stop_waiting(owner: Owner, thread: Pid) {
    TABLE.lock().waiting.remove(&(owner, thread));
}

/// Releases what the owner of `range` holds in it (`F_UNLCK`); its mode does not matter.
///
/// # Errors
/// `ENOLCK` when a lock has to be split and there is no memory.
pub fn unlock_record(inode: &dyn Inode, range: &Record) -> Result<()> {
    let node = node(inode);
    let mut table = TABLE.lock();
    if let Some(locks) = table.files.get_mut(&node)
        && let Some(records) = locks.records.get_mut(&range.owner)
    {
        let splits = overlapping(records, range.start, range.last)
            .any(|held| held.start < range.start && held.last > range.last);
        if splits {
            admit()?;
        }
        carve(records, range.start, range.last);
        if records.is_empty() {
            locks.records.remove(&range.owner);
        }
    }
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
    Ok(())
}

/// Takes a range out of an owner's locks. What is left of those that touch it is at most one piece at each end.
fn carve(records: &mut Records, start: u64, last: u64) {
    loop {
        let next = overlapping(records, start, last).next().copied();
        let Some(held) = next else { return };
        records.remove(&held.start);
        if held.start < start {
            let last = start - 1;
            records.insert(held.start, Record { last, ..held });
        }
        if held.last > last {
            let start = last + 1;
            records.insert(start, Record { start, ..held });
        }
    }
}

/// Adds a lock that touches no other, and joins it with its neighbours.
fn insert(records: &mut Records, mut record: Record) {
    let continues = |one: &Record, two: &Record| {
        one.last.checked_add(1) == Some(two.start) && (one.mode, one.pid) == (two.mode, two.pid)
    };
    let before = records.range(..record.start).next_back();
    if let Some((&start, before)) = before
        && continues(before, &record)
    {
        record.start = start;
    }
    let behind = record.last.checked_add(1);
    if let Some(behind) = behind.and_then(|start| records.get(&start)).copied()
        && continues(&record, &behind)
    {
        records.remove(&behind.start);
        record.last = behind.last;
    }
    records.insert(record.start, record);
}

/// An open file ends: its locks go.
pub fn release_open_file(inode: &dyn Inode, identity: usize) {
    let node = node(inode);
    let mut table = TABLE.lock();
    let mut gone = None;
    if let Some(locks) = table.files.get_mut(&node) {
        locks.unlock_whole(identity);
        gone = locks.records.remove(&Owner::OpenFile(identity));
    }
    table.tidy(node);
    drop(table);
    drop(gone);
    RELEASED.wake_all();
}

/// A descriptor of the node was closed: the process's record locks on it go (fcntl(2)).
pub fn release_node(inode: &dyn Inode, owner: u64) {
    if LOCKED_NODES.load(Ordering::Acquire) == 0 {
        return;
    }
    let node = node(inode);
    let mut table = TABLE.lock();
    let locks = table.files.get_mut(&node);
    let gone = locks.and_then(|locks| locks.records.remove(&Owner::Table(owner)));
    table.tidy(node);
    drop(table);
    if gone.is_some() {
        RELEASED.wake_all();
    }
}

/// A descriptor table ends: its locks go.
pub fn release_owner(owner: u64) {
    if LOCKED_NODES.load(Ordering::Acquire) == 0 {
        return;
    }
    let mut table = TABLE.lock();
    let mut released = false;
    table.files.retain(|_, locks| {
        released |= locks.records.remove(&Owner::Table(owner)).is_some();
        !locks.is_empty()
    });
    LOCKED_NODES.store(table.files.len(), Ordering::Release);
    drop(table);
    if released {
        RELEASED.wake_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::inode::FileType;
    use crate::fs::mount::AnonymousInode;
    use hal::mock::fewer;
    use proptest::prelude::*;

    fn record(owner: u64, mode: Mode, start: u64, last: u64) -> Record {
        Record {
            owner: Owner::Table(owner),
            pid: 1,
            mode,
            start,
            last,
        }
    }

    #[test]
    fn ranges_split_and_conflict() {
        let file = AnonymousInode::new(FileType::Regular, 0o600, 0, 0);
        assert_eq!(
            lock_record(&file, record(1, Mode::Exclusive, 0, 99), None),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 50, 60), None),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            unlock_record(&file, &record(1, Mode::Shared, 40, 69)),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 50, 60), None),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 60, 70), None),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            conflict(&file, &record(2, Mode::Shared, 0, u64::MAX)).map(|held| held.owner),
            Some(Owner::Table(1))
        );
        release_node(&file, 1);
        assert_eq!(conflict(&file, &record(2, Mode::Shared, 0, u64::MAX)), None);
        release_owner(2);
        assert_eq!(
            conflict(&file, &record(3, Mode::Exclusive, 0, u64::MAX)),
            None
        );
    }

    #[test]
    fn a_circle_of_waiters_is_refused() {
        let file = AnonymousInode::new(FileType::Regular, 0o600, 0, 0);
        assert_eq!(
            lock_record(&file, record(11, Mode::Exclusive, 0, 9), Some(1)),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(12, Mode::Exclusive, 10, 19), Some(1)),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(11, Mode::Exclusive, 10, 19), Some(1)),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            lock_record(&file, record(12, Mode::Exclusive, 0, 9), Some(1)),
            Err(Errno::EDEADLK)
        );
        release_owner(11);
        release_owner(12);
    }

    #[test]
    fn a_try_forgets_no_wait_of_another_thread() {
        let file = AnonymousInode::new(FileType::Regular, 0o600, 0, 0);
        let lock = |owner, start, thread| {
            lock_record(&file, record(owner, Mode::Exclusive, start, start), thread)
        };
        assert_eq!(lock(21, 0, None), Ok(()));
        assert_eq!(lock(22, 1, None), Ok(()));
        // One thread of the owner waits, others try, wait elsewhere and give up.
        assert_eq!(lock(21, 1, Some(1)), Err(Errno::EAGAIN));
        assert_eq!(lock(21, 1, None), Err(Errno::EAGAIN));
        assert_eq!(lock(21, 2, Some(2)), Ok(()));
        stop_waiting(Owner::Table(21), 2);
        assert_eq!(lock(22, 0, Some(3)), Err(Errno::EDEADLK));
        stop_waiting(Owner::Table(21), 1);
        assert_eq!(lock(22, 0, Some(3)), Err(Errno::EAGAIN));
        stop_waiting(Owner::Table(22), 3);
        release_owner(21);
        release_owner(22);
    }

    #[test]
    fn whole_file_locks() {
        let file = AnonymousInode::new(FileType::Regular, 0o600, 0, 0);
        assert_eq!(lock_whole(&file, 1, Mode::Shared), Ok(()));
        assert_eq!(lock_whole(&file, 2, Mode::Shared), Ok(()));
        assert_eq!(lock_whole(&file, 1, Mode::Exclusive), Err(Errno::EAGAIN));
        unlock_whole(&file, 2);
        assert_eq!(lock_whole(&file, 1, Mode::Exclusive), Ok(()));
        assert_eq!(lock_whole(&file, 2, Mode::Shared), Err(Errno::EAGAIN));
        release_open_file(&file, 1);
        assert_eq!(lock_whole(&file, 2, Mode::Exclusive), Ok(()));
        release_open_file(&file, 2);
    }

    proptest! {
        /// Locks agree with a table of who has which byte how.
        #[test]
        fn records_behave_like_bytes(
            steps in prop::collection::vec((0u64..3, 0u8..3, 0u64..16, 0u64..8), 1..fewer(60)),
        ) {
            let file = AnonymousInode::new(FileType::Regular, 0o600, 0, 0);
            let mut model = [[None::<Mode>; 24]; 3];
            for (owner, what, start, more) in steps {
                let last = start + more;
                let mode = if what == 0 { Mode::Shared } else { Mode::Exclusive };
                let wanted = record(100 + owner, mode, start, last);
                let bytes = start as usize..=last as usize;
                let own = owner as usize;
                if what == 2 {
                    prop_assert_eq!(unlock_record(&file, &wanted), Ok(()));
                    model[own][bytes].fill(None);
                    continue;
                }
                let blocked = (0..3).filter(|other| *other != own).any(|other| {
                    model[other][bytes.clone()].iter().any(|held| match held {
                        None => false,
                        Some(held) => *held == Mode::Exclusive || mode == Mode::Exclusive,
                    })
                });
                prop_assert_eq!(conflict(&file, &wanted).is_some(), blocked);
                let expected = if blocked { Err(Errno::EAGAIN) } else { Ok(()) };
                prop_assert_eq!(lock_record(&file, wanted, None), expected);
                if !blocked {
                    model[own][bytes].fill(Some(mode));
                }
            }
            // Neighbours that say the same are one lock.
            let table = TABLE.lock();
            let locks = table.files.get(&node(&file));
            for (own, bytes) in model.iter().enumerate() {
                let pieces = bytes.chunk_by(|one, two| one == two).filter(|piece| piece[0].is_some());
                let records = locks.and_then(|locks| locks.records.get(&Owner::Table(100 + own as u64)));
                prop_assert_eq!(records.map_or(0, Records::len), pieces.count());
            }
            drop(table);
            for owner in 0..3 {
                release_owner(100 + owner);
            }
        }
    }
}
