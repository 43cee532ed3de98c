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
    /// Identity as an owner of record locks (fcntl(2): "associated with the process").
    owner: u64,
}

impl Default for FdTable {
    fn default() -> Self {
        let owner = NEXT_OWNER.fetch_add(1, Ordering::Relaxed);
        Self {
            slots: Vec::new(),
            first_free: 0,
            owner,
        }
    }
}

fn index(fd: i32) -> Result<usize> {
    usize::try_from(fd).map_err(|_| Errno::EBADF)
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
            .get(index(fd)?)
            .and_then(Option::as_ref)
            .ok_or(Errno::EBADF)
    }

    fn slot_mut(&mut self, fd: i32) -> Result<&mut Slot> {
        self.slots
            .get_mut(index(fd)?)
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
        let least = usize::try_from(least).map_err(|_| Errno::EINVAL)?;
        let limit = usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .min(i32::MAX as usize);
        if least > 0 && least >= limit {
            return Err(Errno::EINVAL);
        }
        let from = least.max(self.first_free);
        let taken = self.slots.get(from..).unwrap_or(&[]);
        let fd = from
            + taken
                .iter()
                .position(Option::is_none)
                .unwrap_or(taken.len());
        if fd >= limit {
            return Err(Errno::EMFILE);
        }
        self.put(
            fd,
            Slot {
                file,
                close_on_exec,
            },
        )?;
        if from == self.first_free {
            self.first_free = fd + 1;
        }
        i32::try_from(fd).map_err(|_| Errno::EMFILE)
    }

    fn put(&mut self, fd: usize, slot: Slot) -> Result<Option<Slot>> {
        if fd >= self.slots.len() {
            self.slots.try_reserve(fd + 1 - self.slots.len())?;
            self.slots.resize(fd + 1, None);
        }
        match self.slots.get_mut(fd) {
            Some(place) => Ok(place.replace(slot)),
            None => Err(Errno::EBADF),
        }
    }

    /// Puts a file under a given descriptor (dup2); gives back what was there, to be closed.
    ///
    /// # Errors
    /// `EBADF` when `fd` is not below `limit`, `ENOMEM`.
    pub fn replace(
        &mut self,
        fd: i32,
        file: Arc<OpenFile>,
        close_on_exec: bool,
        limit: u64,
    ) -> Result<Option<Arc<OpenFile>>> {
        let fd = index(fd)?;
        if fd as u64 >= limit {
            return Err(Errno::EBADF);
        }
        let old = self.put(
            fd,
            Slot {
                file,
                close_on_exec,
            },
        )?;
        if fd == self.first_free {
            self.first_free = fd + 1;
        }
        Ok(old.map(|slot| slot.file))
    }

    /// Takes a descriptor out of the table.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn remove(&mut self, fd: i32) -> Result<Arc<OpenFile>> {
        let fd = index(fd)?;
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
        Ok(Self {
            slots,
            first_free: self.first_free.min(used),
            ..Self::default()
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
