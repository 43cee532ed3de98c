//! What the three System V facilities share: objects by number and by key, and who may use them (sysvipc(7)).
//!
//! A number is a place and how often the place was used, as on Linux, so that an old number does not lead to a new
//! object. An object's own lock is taken under the table's, never the other way round.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::errno::{Errno, Result};
use crate::process::{Capability, Credentials};
use crate::sync::SpinLock;

/// The key that never finds anything (`IPC_PRIVATE`).
pub const PRIVATE: i32 = 0;
/// Make the object if the key finds none (`IPC_CREAT`).
pub const CREATE: u32 = 0o1000;
/// With [`CREATE`]: only if it finds none (`IPC_EXCL`).
pub const EXCLUSIVE: u32 = 0o2000;
/// Don't wait (`IPC_NOWAIT`).
pub const NO_WAIT: u32 = 0o4000;

/// Read permission, as in [`Permissions::check`].
pub const READ: u32 = 0o4;
/// Alter permission.
pub const WRITE: u32 = 0o2;
/// To run shared memory as code (`SHM_EXEC`).
pub const EXECUTE: u32 = 0o1;

/// Places are below this; the rest of a number counts their uses.
const PLACES: i32 = 1 << 15;

/// Who may use an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Key it was made with.
    pub key: i32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Who made it.
    pub creator: u32,
    /// The group of who made it.
    pub creator_group: u32,
    /// Permission bits.
    pub mode: u32,
    /// How often its place was used before.
    pub sequence: u16,
}

/// `struct ipc64_perm`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct RawPermissions {
    key: i32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    creator: u32,
    creator_group: u32,
    /// Permission bits.
    pub mode: u32,
    sequence: u16,
    padding: [u16; 3],
    unused: [u64; 2],
}

impl Permissions {
    pub(super) fn new(key: i32, mode: u32, sequence: u16, credentials: &Credentials) -> Self {
        Self {
            key,
            uid: credentials.euid,
            gid: credentials.egid,
            creator: credentials.euid,
            creator_group: credentials.egid,
            mode: mode & 0o777,
            sequence,
        }
    }

    /// Checks for [`READ`] or [`WRITE`] permission, or both.
    ///
    /// # Errors
    /// `EACCES`.
    pub fn check(&self, wanted: u32, credentials: &Credentials) -> Result<()> {
        let of_group = |gid| credentials.egid == gid || credentials.groups.contains(&gid);
        let granted = if credentials.has(Capability::IpcOwner) {
            0o7
        } else if [self.uid, self.creator].contains(&credentials.euid) {
            self.mode >> 6
        } else if of_group(self.gid) || of_group(self.creator_group) {
            self.mode >> 3
        } else {
            self.mode
        };
        if wanted & !granted & 0o7 == 0 {
            Ok(())
        } else {
            Err(Errno::EACCES)
        }
    }

    /// Checks that the caller may change or remove the object.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn check_owner(&self, credentials: &Credentials) -> Result<()> {
        if credentials.has(Capability::SysAdmin)
            || [self.uid, self.creator].contains(&credentials.euid)
        {
            Ok(())
        } else {
            Err(Errno::EPERM)
        }
    }

    /// `IPC_SET`: owner, group and permission bits.
    pub fn set(&mut self, new: &RawPermissions) {
        (self.uid, self.gid) = (new.uid, new.gid);
        self.mode = new.mode & 0o777;
    }

    /// As programs see it.
    pub fn raw(&self) -> RawPermissions {
        RawPermissions {
            key: self.key,
            uid: self.uid,
            gid: self.gid,
            creator: self.creator,
            creator_group: self.creator_group,
            mode: self.mode,
            sequence: self.sequence,
            padding: [0; 3],
            unused: [0; 2],
        }
    }
}

/// An object of one of the facilities.
pub trait Object {
    /// Who may use it.
    fn permissions(&self) -> Permissions;
}

/// The objects of one facility.
pub struct Table<T> {
    inner: SpinLock<Inner<T>>,
    /// The most objects.
    max: usize,
}

struct Inner<T> {
    /// By place, with their numbers.
    objects: BTreeMap<i32, (i32, Arc<T>)>,
    /// Places by key, and the other way round, as they were when the objects were made: one that
    /// has lost its key since (`IPC_RMID` of memory that is attached) is not found.
    places: BTreeMap<i32, i32>,
    keys: BTreeMap<i32, i32>,
    next_place: i32,
    sequence: u16,
}

impl<T: Object> Table<T> {
    /// An empty table for at most `max` objects.
    pub const fn new(max: usize) -> Self {
        Self {
            inner: SpinLock::new(Inner {
                objects: BTreeMap::new(),
                places: BTreeMap::new(),
                keys: BTreeMap::new(),
                next_place: 0,
                sequence: 0,
            }),
            max,
        }
    }

    /// The number of the object with that key, which `make` makes if need be. `suits` may refuse one that is there.
    ///
    /// # Errors
    /// `ENOENT`, `EEXIST`, `EACCES`, `ENOSPC`; what the two functions say.
    pub fn get(
        &self,
        key: i32,
        flags: u32,
        credentials: &Credentials,
        suits: impl FnOnce(&T) -> Result<()>,
        make: impl FnOnce(Permissions) -> Result<T>,
    ) -> Result<i32> {
        let mut inner = self.inner.lock();
        // One of `PRIVATE` has no place there.
        let place = inner.places.get(&key);
        let found = place.and_then(|place| inner.objects.get(place));
        let found = found.filter(|(_, object)| object.permissions().key == key);
        if let Some(&(id, ref object)) = found {
            if flags & CREATE != 0 && flags & EXCLUSIVE != 0 {
                return Err(Errno::EEXIST);
            }
            suits(object)?;
            let wanted = (flags >> 6 | flags >> 3 | flags) & 0o7;
            object.permissions().check(wanted, credentials)?;
            return Ok(id);
        }
        if key != PRIVATE && flags & CREATE == 0 {
            return Err(Errno::ENOENT);
        }
        if inner.objects.len() >= self.max {
            return Err(Errno::ENOSPC);
        }
        crate::mm::admit()?;
        let (id, sequence) = inner.free_number();
        let object = make(Permissions::new(key, flags, sequence, credentials))?;
        inner.objects.insert(id % PLACES, (id, Arc::new(object)));
        if key != PRIVATE {
            inner.places.insert(key, id % PLACES);
            inner.keys.insert(id % PLACES, key);
        }
        Ok(id)
    }

    /// The object of that number.
    ///
    /// # Errors
    /// `EINVAL`.
    pub fn find(&self, id: i32) -> Result<Arc<T>> {
        let inner = self.inner.lock();
        let found = inner.objects.get(&(id % PLACES));
        let found = found.filter(|(number, _)| *number == id);
        found.map(|(_, object)| object.clone()).ok_or(Errno::EINVAL)
    }

    /// The object in the place with that index, for the `*_STAT` commands, and its number.
    ///
    /// # Errors
    /// `EINVAL`.
    pub fn at(&self, index: i32) -> Result<(i32, Arc<T>)> {
        let inner = self.inner.lock();
        inner.objects.get(&index).cloned().ok_or(Errno::EINVAL)
    }

    /// Takes an object out.
    pub fn remove(&self, id: i32) {
        let mut inner = self.inner.lock();
        let place = id % PLACES;
        let is_it = inner
            .objects
            .get(&place)
            .is_some_and(|(number, _)| *number == id);
        let removed = is_it.then(|| inner.take(place));
        drop(inner);
        drop(removed);
    }

    /// Takes out what `keep` refuses.
    pub fn retain(&self, keep: impl Fn(&T) -> bool) {
        let mut inner = self.inner.lock();
        let mut gone = alloc::vec::Vec::new();
        for (place, (_, object)) in &inner.objects {
            if !keep(object) && gone.try_reserve(1).is_ok() {
                gone.push(*place);
            }
        }
        for place in gone {
            inner.take(place);
        }
    }

    /// All objects.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn all(&self) -> Result<alloc::vec::Vec<(i32, Arc<T>)>> {
        let inner = self.inner.lock();
        let mut all = alloc::vec::Vec::new();
        all.try_reserve_exact(inner.objects.len())?;
        all.extend(inner.objects.values().cloned());
        Ok(all)
    }

    /// The first object whose index is at least `index`, and the index behind it: to go through all without a list.
    pub fn next_from(&self, index: i32) -> Option<(i32, Arc<T>)> {
        let inner = self.inner.lock();
        let (place, (_, object)) = inner.objects.range(index..).next()?;
        Some((place + 1, object.clone()))
    }

    /// The highest index in use, 0 if there is none (what the `*_INFO` commands answer).
    pub fn highest_index(&self) -> usize {
        let inner = self.inner.lock();
        let highest = inner.objects.last_key_value();
        highest.map_or(0, |(index, _)| *index as usize)
    }
}

impl<T> Inner<T> {
    /// Takes out what is in a place.
    fn take(&mut self, place: i32) -> Option<(i32, Arc<T>)> {
        if let Some(key) = self.keys.remove(&place)
            && self.places.get(&key) == Some(&place)
        {
            self.places.remove(&key);
        }
        self.objects.remove(&place)
    }

    /// A number whose place is free. There are more places than objects.
    fn free_number(&mut self) -> (i32, u16) {
        loop {
            let place = self.next_place;
            self.next_place = (place + 1) % PLACES;
            if self.next_place == 0 {
                self.sequence = self.sequence.wrapping_add(1);
            }
            if !self.objects.contains_key(&place) {
                let sequence = self.sequence;
                // Numbers stay positive: 15 bits of place below 16 of the sequence.
                return (place | i32::from(sequence) << 15 & i32::MAX, sequence);
            }
        }
    }
}

/// Seconds since 1970, for the times that the objects keep.
pub fn now() -> i64 {
    crate::time::Timespec::now().seconds
}
