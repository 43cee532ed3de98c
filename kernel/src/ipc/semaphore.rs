//! System V semaphores (semop(2), semctl(2)).
//!
//! A [`Set`] does the operations of one call all or not at all. What a process wants undone when it ends (`SEM_UNDO`) is
//! kept with the set, by process.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::table::{NO_WAIT, Object, Permissions, Table, now};
use crate::errno::{Errno, Result};
use crate::process::Pid;
use crate::sync::{SpinLock, WaitQueue};

/// Sets in the system (`SEMMNI`).
pub const SETS_MAX: usize = 32_000;
/// Semaphores in a set (`SEMMSL`).
pub const SEMAPHORES_MAX: usize = 32_000;
/// Operations in a call (`SEMOPM`).
pub const OPERATIONS_MAX: usize = 500;
/// The highest value (`SEMVMX`).
pub const VALUE_MAX: i32 = 32_767;

/// Give back at the end of the process (`SEM_UNDO`).
const UNDO: u16 = 0x1000;

/// All sets.
pub static SETS: Table<Set> = Table::new(SETS_MAX);
/// How many processes have something to undo, over all sets: the end of a process looks only if there is one.
static UNDOING: AtomicUsize = AtomicUsize::new(0);

/// One operation (`struct sembuf`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Index in the set.
    pub index: u16,
    /// What is added; 0 waits for 0.
    pub change: i16,
    /// `IPC_NOWAIT`, `SEM_UNDO`.
    pub flags: u16,
}

#[derive(Clone, Copy, Default)]
struct Semaphore {
    value: i32,
    /// The last process that changed it.
    pid: Pid,
}

/// A set of semaphores.
pub struct Set {
    state: SpinLock<State>,
    /// Where processes wait for values.
    pub changed: WaitQueue,
}

struct State {
    permissions: Permissions,
    operated: i64,
    changed: i64,
    semaphores: Vec<Semaphore>,
    undo: BTreeMap<Pid, Vec<i32>>,
    /// Each waiting call: the semaphore, and whether it waits for 0.
    waiting: Vec<(u16, bool)>,
    removed: bool,
}

/// Why a call can't be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Blocked {
    index: u16,
    for_zero: bool,
    flags: u16,
}

impl State {
    fn live(&self) -> Result<()> {
        if self.removed {
            Err(Errno::EIDRM)
        } else {
            Ok(())
        }
    }

    fn semaphore(&self, index: usize) -> Result<&Semaphore> {
        self.semaphores.get(index).ok_or(Errno::EINVAL)
    }

    /// Tries all operations on the values; tells which one has to wait.
    fn attempt(&mut self, operations: &[Operation]) -> Result<core::result::Result<(), Blocked>> {
        for (done, operation) in operations.iter().enumerate() {
            let outcome = match self.semaphores.get_mut(usize::from(operation.index)) {
                None => Err(Errno::EFBIG),
                Some(semaphore) => {
                    let sum = semaphore.value + i32::from(operation.change);
                    if (operation.change == 0 && semaphore.value != 0) || sum < 0 {
                        Ok(Some(Blocked {
                            index: operation.index,
                            for_zero: operation.change == 0,
                            flags: operation.flags,
                        }))
                    } else if sum > VALUE_MAX {
                        Err(Errno::ERANGE)
                    } else {
                        semaphore.value = sum;
                        Ok(None)
                    }
                }
            };
            if outcome != Ok(None) {
                for operation in operations.iter().take(done) {
                    if let Some(semaphore) = self.semaphores.get_mut(usize::from(operation.index)) {
                        semaphore.value -= i32::from(operation.change);
                    }
                }
                return outcome.map(|blocked| blocked.map_or(Ok(()), Err));
            }
        }
        Ok(Ok(()))
    }

    fn note_undo(&mut self, pid: Pid, operations: &[Operation]) -> Result<()> {
        let undone = |operation: &&Operation| operation.flags & UNDO != 0 && operation.change != 0;
        if !operations.iter().any(|operation| undone(&operation)) {
            return Ok(());
        }
        if !self.undo.contains_key(&pid) {
            let mut changes = Vec::new();
            changes.try_reserve_exact(self.semaphores.len())?;
            changes.resize(self.semaphores.len(), 0);
            self.undo.insert(pid, changes);
            UNDOING.fetch_add(1, Ordering::Relaxed);
        }
        let Some(changes) = self.undo.get_mut(&pid) else {
            return Ok(());
        };
        let after = |changes: &[i32], operation: &Operation| {
            changes
                .get(usize::from(operation.index))
                .copied()
                .unwrap_or(0)
                - i32::from(operation.change)
        };
        for operation in operations.iter().filter(undone) {
            if after(changes, operation).abs() > VALUE_MAX {
                return Err(Errno::ERANGE);
            }
        }
        for operation in operations.iter().filter(undone) {
            let after = after(changes, operation);
            if let Some(change) = changes.get_mut(usize::from(operation.index)) {
                *change = after;
            }
        }
        Ok(())
    }
}

impl Object for Set {
    fn permissions(&self) -> Permissions {
        self.state.lock().permissions
    }
}

impl Set {
    /// A set of `count` semaphores of value 0.
    ///
    /// # Errors
    /// `EINVAL` for no or too many semaphores, `ENOMEM`.
    pub fn new(permissions: Permissions, count: usize) -> Result<Self> {
        if !(1..=SEMAPHORES_MAX).contains(&count) {
            return Err(Errno::EINVAL);
        }
        let mut semaphores = Vec::new();
        semaphores.try_reserve_exact(count)?;
        semaphores.resize(count, Semaphore::default());
        Ok(Self {
            state: SpinLock::new(State {
                permissions,
                operated: 0,
                changed: now(),
                semaphores,
                undo: BTreeMap::new(),
                waiting: Vec::new(),
                removed: false,
            }),
            changed: WaitQueue::new(),
        })
    }

    /// How many semaphores there are.
    pub fn len(&self) -> usize {
        self.state.lock().semaphores.len()
    }

    /// Never: a set has one semaphore at least.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Times of the last operation and the last change.
    pub fn times(&self) -> (i64, i64) {
        let state = self.state.lock();
        (state.operated, state.changed)
    }

    /// Does all operations for a process, or none.
    ///
    /// # Errors
    /// `EAGAIN` when one has to wait; `EFBIG`, `ERANGE`, `EIDRM`, `ENOMEM`.
    pub fn operate(&self, pid: Pid, operations: &[Operation]) -> Result<Outcome> {
        let mut state = self.state.lock();
        state.live()?;
        if let Err(blocked) = state.attempt(operations)? {
            return if u32::from(blocked.flags) & NO_WAIT != 0 {
                Ok(Outcome::MayNotWait)
            } else {
                Err(Errno::EAGAIN)
            };
        }
        if let Err(error) = state.note_undo(pid, operations) {
            for operation in operations {
                if let Some(semaphore) = state.semaphores.get_mut(usize::from(operation.index)) {
                    semaphore.value -= i32::from(operation.change);
                }
            }
            return Err(error);
        }
        let mut altered = false;
        for operation in operations {
            altered |= operation.change != 0;
            if let Some(semaphore) = state.semaphores.get_mut(usize::from(operation.index)) {
                semaphore.pid = pid;
            }
        }
        state.operated = now();
        drop(state);
        if altered {
            self.changed.wake_all();
        }
        Ok(Outcome::Done)
    }

    /// Counts the caller as one that waits (`GETNCNT`, `GETZCNT`), until the guard goes; none if the operations need not
    /// wait any more.
    ///
    /// # Errors
    /// As [`Set::operate`].
    pub fn await_values(&self, operations: &[Operation]) -> Result<Option<Waiting<'_>>> {
        let mut state = self.state.lock();
        state.live()?;
        let blocked = match state.attempt(operations)? {
            Ok(()) => {
                // Only looked: back to the values before.
                for operation in operations {
                    if let Some(semaphore) = state.semaphores.get_mut(usize::from(operation.index))
                    {
                        semaphore.value -= i32::from(operation.change);
                    }
                }
                return Ok(None);
            }
            Err(blocked) => blocked,
        };
        state.waiting.try_reserve(1)?;
        state.waiting.push((blocked.index, blocked.for_zero));
        Ok(Some(Waiting { set: self, blocked }))
    }

    /// `GETVAL`, and `GETPID`: value and process.
    ///
    /// # Errors
    /// `EINVAL`, `EIDRM`.
    pub fn value(&self, index: usize) -> Result<(i32, Pid)> {
        let state = self.state.lock();
        state.live()?;
        let semaphore = state.semaphore(index)?;
        Ok((semaphore.value, semaphore.pid))
    }

    /// `GETNCNT` or `GETZCNT`: how many calls wait for more, or for 0.
    ///
    /// # Errors
    /// `EINVAL`, `EIDRM`.
    pub fn waiting(&self, index: usize, for_zero: bool) -> Result<usize> {
        let state = self.state.lock();
        state.live()?;
        state.semaphore(index)?;
        let same = |entry: &&(u16, bool)| usize::from(entry.0) == index && entry.1 == for_zero;
        Ok(state.waiting.iter().filter(same).count())
    }

    /// `GETALL`.
    ///
    /// # Errors
    /// `EIDRM`, `ENOMEM`.
    pub fn values(&self) -> Result<Vec<u16>> {
        let state = self.state.lock();
        state.live()?;
        let mut values = Vec::new();
        values.try_reserve_exact(state.semaphores.len())?;
        values.extend(state.semaphores.iter().map(|s| s.value as u16));
        Ok(values)
    }

    /// `SETVAL` (from `index`, one value) and `SETALL`. What was to be undone of them is forgotten.
    ///
    /// # Errors
    /// `EINVAL`, `ERANGE`, `EIDRM`.
    pub fn set_values(&self, index: usize, values: &[i32], pid: Pid) -> Result<()> {
        let mut state = self.state.lock();
        state.live()?;
        if !values.iter().all(|value| (0..=VALUE_MAX).contains(value)) {
            return Err(Errno::ERANGE);
        }
        let end = index.checked_add(values.len()).ok_or(Errno::EINVAL)?;
        let places = state.semaphores.get_mut(index..end).ok_or(Errno::EINVAL)?;
        for (place, &value) in places.iter_mut().zip(values) {
            *place = Semaphore { value, pid };
        }
        for changes in state.undo.values_mut() {
            for change in changes.get_mut(index..end).into_iter().flatten() {
                *change = 0;
            }
        }
        state.changed = now();
        drop(state);
        self.changed.wake_all();
        Ok(())
    }

    /// `IPC_SET`; `change` may refuse.
    ///
    /// # Errors
    /// `EIDRM`; what `change` says.
    pub fn set(&self, change: impl FnOnce(&mut Permissions) -> Result<()>) -> Result<()> {
        let mut state = self.state.lock();
        state.live()?;
        change(&mut state.permissions)?;
        state.changed = now();
        Ok(())
    }

    /// The set is removed: whoever waits hears of it.
    pub fn end(&self) {
        let mut state = self.state.lock();
        state.removed = true;
        UNDOING.fetch_sub(state.undo.len(), Ordering::Relaxed);
        state.undo.clear();
        drop(state);
        self.changed.wake_all();
    }
}

/// What became of the operations of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are done.
    Done,
    /// One had to wait and says `IPC_NOWAIT`.
    MayNotWait,
}

/// A call that is counted as waiting.
pub struct Waiting<'a> {
    set: &'a Set,
    blocked: Blocked,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.set.state.lock();
        let entry = (self.blocked.index, self.blocked.for_zero);
        if let Some(at) = state.waiting.iter().position(|other| *other == entry) {
            state.waiting.swap_remove(at);
        }
    }
}

/// A process ends: what it wanted undone is undone, as far as the values allow (semop(2)).
pub fn process_ended(pid: Pid) {
    if UNDOING.load(Ordering::Relaxed) == 0 {
        return;
    }
    let mut index = 0;
    while let Some((next, set)) = SETS.next_from(index) {
        index = next;
        let mut state = set.state.lock();
        let Some(changes) = state.undo.remove(&pid) else {
            continue;
        };
        UNDOING.fetch_sub(1, Ordering::Relaxed);
        for (semaphore, change) in state.semaphores.iter_mut().zip(changes) {
            if change != 0 {
                semaphore.value = (semaphore.value + change).clamp(0, VALUE_MAX);
                semaphore.pid = pid;
            }
        }
        state.operated = now();
        drop(state);
        set.changed.wake_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Credentials;
    use hal::mock::fewer;
    use proptest::prelude::*;

    fn set(count: usize) -> Set {
        let permissions = Permissions::new(0, 0o600, 0, &Credentials::root());
        Set::new(permissions, count).unwrap()
    }

    fn operation(index: u16, change: i16) -> Operation {
        Operation {
            index,
            change,
            flags: 0,
        }
    }

    #[test]
    fn all_or_nothing() {
        let set = set(2);
        let both = [operation(0, 1), operation(1, -1)];
        assert_eq!(set.operate(1, &both), Err(Errno::EAGAIN));
        assert_eq!(set.values().unwrap(), [0, 0]);
        assert_eq!(set.operate(1, &[operation(1, 1)]), Ok(Outcome::Done));
        assert_eq!(set.operate(2, &both), Ok(Outcome::Done));
        assert_eq!(set.values().unwrap(), [1, 0]);
        assert_eq!(set.value(1), Ok((0, 2)));
        assert_eq!(set.operate(1, &[operation(2, 1)]), Err(Errno::EFBIG));
        let over = [operation(0, i16::MAX)];
        assert_eq!(set.operate(1, &over), Err(Errno::ERANGE));
        assert_eq!(set.operate(1, &[operation(0, 0)]), Err(Errno::EAGAIN));
        {
            let _waiting = set.await_values(&[operation(0, 0)]).unwrap().unwrap();
            assert_eq!(set.waiting(0, true), Ok(1));
            assert_eq!(set.waiting(0, false), Ok(0));
        }
        assert_eq!(set.waiting(0, true), Ok(0));
        set.end();
        assert_eq!(set.operate(1, &[operation(0, 1)]), Err(Errno::EIDRM));
    }

    proptest! {
        /// With every operation undone at the end, the values are what they were.
        #[test]
        fn undo_restores(steps in prop::collection::vec((0u16..3, -3i16..4), 1..fewer(40))) {
            let set = set(3);
            set.set_values(0, &[5, 5, 5], 1).unwrap();
            let mut model = [5i32; 3];
            for (index, change) in steps {
                let operation = Operation { index, change, flags: UNDO };
                let sum = model[usize::from(index)] + i32::from(change);
                let blocked = sum < 0 || (change == 0 && sum != 0);
                let expected = if blocked { Err(Errno::EAGAIN) } else { Ok(Outcome::Done) };
                prop_assert_eq!(set.operate(7, &[operation]), expected);
                if !blocked {
                    model[usize::from(index)] = sum;
                }
                prop_assert_eq!(set.value(usize::from(index)).unwrap().0, model[usize::from(index)]);
            }
            let changes = set.state.lock().undo.get(&7).cloned().unwrap_or_default();
            for (value, change) in model.iter().zip(changes) {
                prop_assert_eq!(value + change, 5);
            }
            set.end();
        }
    }
}
