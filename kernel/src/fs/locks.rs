//! Advisory locks: flock(2), and record locks of fcntl(2) (process-associated and "open file description" ones).
//!
//! Locks are kept in one table by node, present only while a node has any. A lock's owner is an open file (flock,
//! `F_OFD_SETLK`) or a descriptor table (`F_SETLK`), whose end releases them. Waiters share one queue and look again after
//! every release.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::errno::{Errno, Result};
use crate::fs::inode::Inode;
use crate::process::Pid;
use crate::sync::{SpinLock, WaitQueue};

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Last byte; `u64::MAX` is "to the end, wherever it is".
    pub last: u64,
}

impl Record {
    fn overlaps(&self, other: &Record) -> bool {
        self.start <= other.last && other.start <= self.last
    }

    fn conflicts(&self, other: &Record) -> bool {
        self.owner != other.owner
            && self.overlaps(other)
            && (self.mode == Mode::Exclusive || other.mode == Mode::Exclusive)
    }
}

#[derive(Default)]
struct FileLocks {
    records: Vec<Record>,
    /// Locks of flock(2), one for each open file.
    whole: Vec<(usize, Mode)>,
}

type Node = (u64, u64);

struct Table {
    files: BTreeMap<Node, FileLocks>,
    /// Who waits for whom, to find deadlocks of process-associated locks.
    waiting: Vec<(Owner, Owner)>,
}

static TABLE: SpinLock<Table> = SpinLock::new(Table {
    files: BTreeMap::new(),
    waiting: Vec::new(),
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

impl Table {
    fn tidy(&mut self, node: Node) {
        if self
            .files
            .get(&node)
            .is_some_and(|locks| locks.records.is_empty() && locks.whole.is_empty())
        {
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
    let had = locks.whole.len();
    locks.whole.retain(|(owner, _)| *owner != identity);
    let converted = locks.whole.len() < had;
    let conflict = locks
        .whole
        .iter()
        .any(|(_, other)| mode == Mode::Exclusive || *other == Mode::Exclusive);
    let result = if conflict {
        Err(Errno::EAGAIN)
    } else if locks.whole.try_reserve(1).is_err() {
        Err(Errno::ENOLCK)
    } else {
        locks.whole.push((identity, mode));
        Ok(())
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
        locks.whole.retain(|(owner, _)| *owner != identity);
    }
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
}

/// The first lock that stands in the way of `wanted` (`F_GETLK`).
pub fn conflict(inode: &dyn Inode, wanted: &Record) -> Option<Record> {
    let node = node(inode);
    let table = TABLE.lock();
    table
        .files
        .get(&node)?
        .records
        .iter()
        .find(|held| held.conflicts(wanted))
        .copied()
}

/// Takes a record lock, replacing what its owner held in that range.
///
/// # Errors
/// `EAGAIN` when another's lock is in the way; `EDEADLK` when `waits` and that one waits for this owner; `ENOLCK` without
/// memory.
pub fn lock_record(inode: &dyn Inode, wanted: Record, waits: bool) -> Result<()> {
    let node = node(inode);
    let mut table = TABLE.lock();
    table.waiting.retain(|(waiter, _)| *waiter != wanted.owner);
    let in_the_way = table
        .files
        .get(&node)
        .and_then(|locks| locks.records.iter().find(|held| held.conflicts(&wanted)))
        .map(|held| held.owner);
    if let Some(holder) = in_the_way {
        if !waits {
            return Err(Errno::EAGAIN);
        }
        if matches!(wanted.owner, Owner::Table(_)) {
            let mut at = holder;
            for _ in 0..=table.waiting.len() {
                if at == wanted.owner {
                    return Err(Errno::EDEADLK);
                }
                match table.waiting.iter().find(|(waiter, _)| *waiter == at) {
                    Some((_, next)) => at = *next,
                    None => break,
                }
            }
            table.waiting.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
            table.waiting.push((wanted.owner, holder));
        }
        return Err(Errno::EAGAIN);
    }
    let locks = table.files.entry(node).or_default();
    let result = carve(&mut locks.records, &wanted).and_then(|()| {
        locks.records.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
        locks.records.push(wanted);
        Ok(())
    });
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
    result
}

/// Gives up waiting (a signal came).
pub fn stop_waiting(owner: Owner) {
    TABLE.lock().waiting.retain(|(waiter, _)| *waiter != owner);
}

/// Releases what the owner of `range` holds in it (`F_UNLCK`); its mode does not matter.
///
/// # Errors
/// `ENOLCK` when a lock has to be split and there is no memory.
pub fn unlock_record(inode: &dyn Inode, range: &Record) -> Result<()> {
    let node = node(inode);
    let mut table = TABLE.lock();
    let result = match table.files.get_mut(&node) {
        Some(locks) => carve(&mut locks.records, range),
        None => Ok(()),
    };
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
    result
}

/// Takes the range out of the locks that its owner holds. What is left of them is at most one piece at each end, because
/// the locks of one owner don't overlap.
fn carve(records: &mut Vec<Record>, range: &Record) -> Result<()> {
    // One lock that becomes two is the most that is added.
    records.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
    let (mut before, mut behind) = (None, None);
    records.retain(|held| {
        if held.owner != range.owner || !held.overlaps(range) {
            return true;
        }
        if held.start < range.start {
            before = Some(Record {
                last: range.start - 1,
                ..*held
            });
        }
        if held.last > range.last {
            behind = Some(Record {
                start: range.last + 1,
                ..*held
            });
        }
        false
    });
    records.extend(before);
    records.extend(behind);
    Ok(())
}

/// An open file ends: its locks go.
pub fn release_open_file(inode: &dyn Inode, identity: usize) {
    let node = node(inode);
    let mut table = TABLE.lock();
    if let Some(locks) = table.files.get_mut(&node) {
        locks.whole.retain(|(owner, _)| *owner != identity);
        locks
            .records
            .retain(|held| held.owner != Owner::OpenFile(identity));
    }
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
}

/// A descriptor of the node was closed: the process's record locks on it go (fcntl(2)).
pub fn release_node(inode: &dyn Inode, owner: u64) {
    if LOCKED_NODES.load(Ordering::Acquire) == 0 {
        return;
    }
    let node = node(inode);
    let mut table = TABLE.lock();
    if let Some(locks) = table.files.get_mut(&node) {
        locks
            .records
            .retain(|held| held.owner != Owner::Table(owner));
    }
    table.tidy(node);
    drop(table);
    RELEASED.wake_all();
}

/// A descriptor table ends: its locks go.
pub fn release_owner(owner: u64) {
    if LOCKED_NODES.load(Ordering::Acquire) == 0 {
        return;
    }
    let mut table = TABLE.lock();
    for locks in table.files.values_mut() {
        locks
            .records
            .retain(|held| held.owner != Owner::Table(owner));
    }
    table
        .files
        .retain(|_, locks| !locks.records.is_empty() || !locks.whole.is_empty());
    LOCKED_NODES.store(table.files.len(), Ordering::Release);
    drop(table);
    RELEASED.wake_all();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::inode::FileType;
    use crate::fs::mount::AnonymousInode;
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
            lock_record(&file, record(1, Mode::Exclusive, 0, 99), false),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 50, 60), false),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            unlock_record(&file, &record(1, Mode::Shared, 40, 69)),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 50, 60), false),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(2, Mode::Shared, 60, 70), false),
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
            lock_record(&file, record(11, Mode::Exclusive, 0, 9), true),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(12, Mode::Exclusive, 10, 19), true),
            Ok(())
        );
        assert_eq!(
            lock_record(&file, record(11, Mode::Exclusive, 10, 19), true),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            lock_record(&file, record(12, Mode::Exclusive, 0, 9), true),
            Err(Errno::EDEADLK)
        );
        release_owner(11);
        release_owner(12);
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
            steps in prop::collection::vec((0u64..3, 0u8..3, 0u64..16, 0u64..8), 1..60),
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
                prop_assert_eq!(lock_record(&file, wanted, false), expected);
                if !blocked {
                    model[own][bytes].fill(Some(mode));
                }
            }
            for owner in 0..3 {
                release_owner(100 + owner);
            }
        }
    }
}
