//! Seals, and the files that can have them (memfd_create(2), fcntl(2) "File Sealing").
//!
//! A seal takes an operation away from a file for good. Every regular file of tmpfs carries a [`Seals`]; only those made by
//! memfd_create with `MFD_ALLOW_SEALING` can be given more than the one that forbids sealing.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::inode::{Inode, Ownership};
use crate::fs::ramfs::RamFs;
use crate::sync::{Once, SpinLock};

const ALL: u32 = raw::F_SEAL_SEAL
    | raw::F_SEAL_SHRINK
    | raw::F_SEAL_GROW
    | raw::F_SEAL_WRITE
    | raw::F_SEAL_FUTURE_WRITE
    | raw::F_SEAL_EXEC;

/// The seals of a file.
pub struct Seals {
    bits: SpinLock<u32>,
}

impl Seals {
    /// No operation is taken away, and none can be.
    pub const fn sealed() -> Self {
        Self {
            bits: SpinLock::new(raw::F_SEAL_SEAL),
        }
    }

    /// Open for seals.
    pub const fn unsealed() -> Self {
        Self {
            bits: SpinLock::new(0),
        }
    }

    /// `F_GET_SEALS`.
    pub fn get(&self) -> u32 {
        *self.bits.lock()
    }

    /// `F_ADD_SEALS`. `is_mapped_writable` tells whether a mapping may store.
    ///
    /// # Errors
    /// `EINVAL` for unknown seals, `EPERM` when sealing is sealed, `EBUSY` when writing is to be sealed and somebody may.
    pub fn add(&self, seals: u32, is_mapped_writable: impl FnOnce() -> bool) -> Result<()> {
        if seals & !ALL != 0 {
            return Err(Errno::EINVAL);
        }
        let mut bits = self.bits.lock();
        if *bits & raw::F_SEAL_SEAL != 0 {
            return Err(Errno::EPERM);
        }
        let before = *bits;
        *bits |= seals;
        drop(bits);
        // Sealed first, then asked: a mapping that is made meanwhile is seen here or sees the seal.
        if seals & !before & raw::F_SEAL_WRITE != 0 && is_mapped_writable() {
            *self.bits.lock() &= !(seals & !before);
            return Err(Errno::EBUSY);
        }
        Ok(())
    }

    /// Whether a new shared mapping may write.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allow_shared_writing(&self) -> Result<()> {
        if self.get() & (raw::F_SEAL_WRITE | raw::F_SEAL_FUTURE_WRITE) != 0 {
            Err(Errno::EPERM)
        } else {
            Ok(())
        }
    }

    /// Asks before a write; `grows` tells whether the file would become longer.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allow_write(&self, grows: bool) -> Result<()> {
        if self.get() & (raw::F_SEAL_WRITE | raw::F_SEAL_FUTURE_WRITE) != 0 {
            return Err(Errno::EPERM);
        }
        self.allow_grow(grows)
    }

    /// Asks before the length changes from `old` to `new`.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allow_resize(&self, old: u64, new: u64) -> Result<()> {
        if new < old && self.get() & raw::F_SEAL_SHRINK != 0 {
            return Err(Errno::EPERM);
        }
        self.allow_grow(new > old)
    }

    /// Asks before the file becomes longer.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allow_grow(&self, grows: bool) -> Result<()> {
        if grows && self.get() & raw::F_SEAL_GROW != 0 {
            Err(Errno::EPERM)
        } else {
            Ok(())
        }
    }
}

/// Makes the file of a memfd. It belongs to a tmpfs that is mounted nowhere.
///
/// # Errors
/// `ENOSPC`.
pub fn create(ownership: Ownership, seals: Seals) -> Result<Arc<dyn Inode>> {
    static FILE_SYSTEM: Once<RamFs> = Once::new();
    let root = Ownership {
        mode: 0o700,
        uid: 0,
        gid: 0,
    };
    FILE_SYSTEM
        .call_once(|| RamFs::with_default_limits("tmpfs", root))
        .new_sealable(ownership, seals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_stays() {
        let seals = Seals::unsealed();
        assert_eq!(seals.allow_write(true), Ok(()));
        assert_eq!(seals.add(raw::F_SEAL_GROW, || false), Ok(()));
        assert_eq!(seals.allow_write(true), Err(Errno::EPERM));
        assert_eq!(seals.allow_write(false), Ok(()));
        assert_eq!(seals.allow_resize(10, 5), Ok(()));
        assert_eq!(seals.allow_shared_writing(), Ok(()));
        assert_eq!(seals.add(raw::F_SEAL_WRITE, || true), Err(Errno::EBUSY));
        assert_eq!(seals.allow_shared_writing(), Ok(()));
        assert_eq!(
            seals.add(raw::F_SEAL_WRITE | raw::F_SEAL_SEAL, || false),
            Ok(())
        );
        assert_eq!(seals.allow_write(false), Err(Errno::EPERM));
        assert_eq!(seals.add(raw::F_SEAL_SHRINK, || false), Err(Errno::EPERM));
        assert_eq!(
            Seals::sealed().add(raw::F_SEAL_SHRINK, || false),
            Err(Errno::EPERM)
        );
    }
}
