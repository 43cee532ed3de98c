//! The table of file descriptors.
//!
//! A descriptor is an index into the table; the lowest free one is given out, found by a hint below which all are in use.
//! The table belongs to a process (or several, with `CLONE_FILES`) and sits behind the lock its owner keeps. Files that leave the table
//! are handed to the caller, to be dropped outside that lock.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::errno::{Errno, Result};
use crate::fs::file::OpenFile;

static NEXT_OWNER: AtomicU64 = AtomicU64::new(1);

#[derive(Clone)]
struct Slot {
    file: Arc<OpenFile>,
    close_on_exec: bool,
}

/// Open files by descriptor.
pub struct FdTable {
    slots: Vec<Option<Slot>>,
    /// No descriptor below this one is free.
    first_free: usize,
    /// Those that calls have which are about to open something.
    reserved: Vec<usize>,
    /// Identity as an owner of record locks (fcntl(2): "associated with the process").
    owner: u64,
}

impl Default for FdTable {
    fn default() -> Self {
        let owner = NEXT_OWNER.fetch_add(1, Ordering::Relaxed);
        Self {
            slots: Vec::new(),
            first_free: 0,
            reserved: Vec::new(),
            owner,
        }
    }
}

/// Where a descriptor is; for a negative one, beyond the end of any table.
const fn index(fd: i32) -> usize {
    fd as u32 as usize
}

impl FdTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its identity as an owner of record locks.
    pub fn lock_owner(&self) -> u64 {
        self.owner
    }

    fn slot(&self, fd: i32) -> Result<&Slot> {
        self.slots
            .get(index(fd))
            .and_then(Option::as_ref)
            .ok_or(Errno::EBADF)
    }

    fn slot_mut(&mut self, fd: i32) -> Result<&mut Slot> {
        self.slots
            .get_mut(index(fd))
            .and_then(Option::as_mut)
            .ok_or(Errno::EBADF)
    }

    /// The open file of a descriptor.
    ///
    /// # Errors
    /// `EBADF`.
    #[inline]
    pub fn get(&self, fd: i32) -> Result<Arc<OpenFile>> {
        Ok(self.slot(fd)?.file.clone())
    }

    /// Puts a file under the lowest free descriptor that is at least `least` and below `limit` (`RLIMIT_NOFILE`).
    ///
    /// # Errors
    /// `EMFILE`; `EINVAL` when `least` itself is not below the limit (`F_DUPFD`); `ENOMEM`.
    pub fn insert(
        &mut self,
        file: Arc<OpenFile>,
        close_on_exec: bool,
        least: i32,
        limit: u64,
    ) -> Result<i32> {
        let fd = self.find_free(least, limit)?;
        self.put(
            fd,
            Slot {
                file,
                close_on_exec,
            },
        )?;
        self.taken(fd);
        i32::try_from(fd).map_err(|_| Errno::EMFILE)
    }

    /// Takes the lowest descriptor that is free and below `limit` for a call that may still fail, before it does anything.
    /// It names no file yet. Give it to [`FdTable::fill`] or [`FdTable::release`].
    ///
    /// # Errors
    /// `EMFILE`, `ENOMEM`.
    pub fn reserve(&mut self, limit: u64) -> Result<i32> {
        let fd = self.find_free(0, limit)?;
        self.grow(fd)?;
        self.reserved.try_reserve(1)?;
        self.reserved.push(fd);
        self.taken(fd);
        i32::try_from(fd).map_err(|_| Errno::EMFILE)
    }

    fn unreserve(&mut self, fd: i32) {
        let fd = index(fd);
        self.reserved.retain(|&reserved| reserved != fd);
    }

    /// Puts a file under a descriptor that was reserved.
    pub fn fill(&mut self, fd: i32, file: Arc<OpenFile>, close_on_exec: bool) {
        self.unreserve(fd);
        // It is there since it was reserved.
        if let Some(place) = self.slots.get_mut(index(fd)) {
            *place = Some(Slot {
                file,
                close_on_exec,
            });
        }
    }

    /// Gives back a descriptor that was reserved.
    pub fn release(&mut self, fd: i32) {
        self.unreserve(fd);
        self.first_free = self.first_free.min(index(fd));
    }

    /// The lowest free descriptor that is at least `least` and below `limit`; errors as [`FdTable::insert`].
    fn find_free(&mut self, least: i32, limit: u64) -> Result<usize> {
        let least = usize::try_from(least).map_err(|_| Errno::EINVAL)?;
        let limit = usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .min(i32::MAX as usize);
        if least > 0 && least >= limit {
            return Err(Errno::EINVAL);
        }
        let mut fd = least.max(self.first_free);
        loop {
            let taken = self.slots.get(fd..).unwrap_or(&[]);
            fd += taken
                .iter()
                .position(Option::is_none)
                .unwrap_or(taken.len());
            if !self.reserved.contains(&fd) {
                break;
            }
            fd += 1;
        }
        if least <= self.first_free {
            self.first_free = fd;
        }
        if fd >= limit {
            return Err(Errno::EMFILE);
        }
        Ok(fd)
    }

    /// Notes that the lowest free descriptor, or one above, is in use.
    fn taken(&mut self, fd: usize) {
        if fd == self.first_free {
            self.first_free = fd + 1;
        }
    }

    /// Makes room for a descriptor.
    fn grow(&mut self, fd: usize) -> Result<()> {
        if fd >= self.slots.len() {
            self.slots.try_reserve(fd + 1 - self.slots.len())?;
            self.slots.resize(fd + 1, None);
        }
        Ok(())
    }

    fn put(&mut self, fd: usize, slot: Slot) -> Result<Option<Slot>> {
        self.grow(fd)?;
        match self.slots.get_mut(fd) {
            Some(place) => Ok(place.replace(slot)),
            None => Err(Errno::EBADF),
        }
    }

    /// Puts a file under a given descriptor (dup2); gives back what was there, to be closed.
    ///
    /// # Errors
    /// `EBADF` when `fd` is not below `limit`, `EBUSY` when another call is about to open it, `ENOMEM`.
    pub fn replace(
        &mut self,
        fd: i32,
        file: Arc<OpenFile>,
        close_on_exec: bool,
        limit: u64,
    ) -> Result<Option<Arc<OpenFile>>> {
        let fd = usize::try_from(fd).map_err(|_| Errno::EBADF)?;
        if fd as u64 >= limit {
            return Err(Errno::EBADF);
        }
        if self.reserved.contains(&fd) {
            return Err(Errno::EBUSY);
        }
        let old = self.put(
            fd,
            Slot {
                file,
                close_on_exec,
            },
        )?;
        self.taken(fd);
        Ok(old.map(|slot| slot.file))
    }

    /// Takes a descriptor out of the table.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn remove(&mut self, fd: i32) -> Result<Arc<OpenFile>> {
        let fd = index(fd);
        let slot = self
            .slots
            .get_mut(fd)
            .and_then(Option::take)
            .ok_or(Errno::EBADF)?;
        self.first_free = self.first_free.min(fd);
        Ok(slot.file)
    }

    /// Whether exec closes the descriptor (`FD_CLOEXEC`).
    ///
    /// # Errors
    /// `EBADF`.
    pub fn close_on_exec(&self, fd: i32) -> Result<bool> {
        Ok(self.slot(fd)?.close_on_exec)
    }

    /// Sets whether exec closes the descriptor.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn set_close_on_exec(&mut self, fd: i32, close_on_exec: bool) -> Result<()> {
        self.slot_mut(fd)?.close_on_exec = close_on_exec;
        Ok(())
    }

    /// Takes the first open descriptor of `first..=last` out; for close_range(2).
    pub fn remove_next(&mut self, first: u32, last: u32) -> Option<(u32, Arc<OpenFile>)> {
        let next = self.open_from(first).filter(|&fd| fd <= last)?;
        let file = self.remove(i32::try_from(next).ok()?).ok()?;
        Some((next, file))
    }

    /// Marks every open descriptor of `first..=last` to be closed by exec.
    pub fn mark_close_on_exec(&mut self, first: u32, last: u32) {
        let end = (last as usize).saturating_add(1).min(self.slots.len());
        let range = self.slots.get_mut((first as usize).min(end)..end);
        for slot in range.into_iter().flatten().flatten() {
            slot.close_on_exec = true;
        }
    }

    /// The first open descriptor that is at least `fd`.
    pub fn open_from(&self, fd: u32) -> Option<u32> {
        let start = fd as usize;
        let found = self.slots.get(start..)?.iter().position(Option::is_some)?;
        u32::try_from(start + found).ok()
    }

    /// How many descriptors are open.
    pub fn open_count(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    /// A copy with the same files (fork).
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn duplicate(&self) -> Result<Self> {
        let used = self
            .slots
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |last| last + 1);
        let mut slots = Vec::new();
        slots.try_reserve(used)?;
        slots.extend(self.slots.iter().take(used).cloned());
        // What calls of others are about to open is free here.
        let free = self.reserved.iter().copied().min().unwrap_or(used);
        Ok(Self {
            slots,
            first_free: self.first_free.min(used).min(free),
            reserved: Vec::new(),
            owner: NEXT_OWNER.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Takes out what exec closes; to be dropped outside the table's lock.
    pub fn close_on_exec_files(&mut self) -> Vec<Arc<OpenFile>> {
        let mut closed = Vec::new();
        for (fd, place) in self.slots.iter_mut().enumerate() {
            if place.as_ref().is_some_and(|slot| slot.close_on_exec)
                && let Some(slot) = place.take()
            {
                self.first_free = self.first_free.min(fd);
                // Without memory for the list the file is closed right here, under the lock: slower, not wrong.
                if closed.try_reserve(1).is_ok() {
                    closed.push(slot.file);
                }
            }
        }
        closed
    }
}

impl Drop for FdTable {
    fn drop(&mut self) {
        for slot in self.slots.iter().flatten() {
            if let Some(object) = slot.file.object() {
                object.closed_by(self.owner);
            }
        }
        crate::fs::locks::release_owner(self.owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::epoll::Epoll;

    #[test]
    fn a_reserved_descriptor_is_neither_free_nor_open() {
        let mut table = FdTable::new();
        let file = Epoll::create();
        assert_eq!(table.insert(file.clone(), false, 0, 9), Ok(0));
        assert_eq!(table.reserve(9), Ok(1));
        assert_eq!(table.reserve(2), Err(Errno::EMFILE));
        assert_eq!(table.insert(file.clone(), false, 1, 9), Ok(2));
        assert!(table.get(1).is_err() && table.remove(1).is_err());
        assert!(matches!(
            table.replace(1, file.clone(), false, 9),
            Err(Errno::EBUSY)
        ));
        assert_eq!((table.open_from(1), table.open_count()), (Some(2), 2));
        // It is free in a copy, and again when it is given back.
        let mut copy = table.duplicate().unwrap();
        assert_eq!(copy.insert(file.clone(), false, 0, 9), Ok(1));
        table.release(1);
        assert_eq!(table.reserve(9), Ok(1));
        assert_eq!(table.reserve(9), Ok(3));
        table.fill(1, file.clone(), true);
        assert_eq!(table.close_on_exec(1), Ok(true));
        assert_eq!(table.insert(file, false, 0, 9), Ok(4));
        table.release(3);
        assert_eq!(table.reserve(9), Ok(3));
    }
}
