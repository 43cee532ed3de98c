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

/// What `F_SEAL_EXEC` brings along for a file that can be executed.
const CONTENTS: u32 =
    raw::F_SEAL_SHRINK | raw::F_SEAL_GROW | raw::F_SEAL_WRITE | raw::F_SEAL_FUTURE_WRITE;
/// The bits of a mode for execution.
pub const EXECUTION: u32 = 0o111;

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

    /// `F_ADD_SEALS`. `is_executable` tells whether the mode has execution: `F_SEAL_EXEC` then seals the contents as well.
    /// `is_mapped_writable` tells whether a mapping may store.
    ///
    /// # Errors
    /// `EINVAL` for unknown seals, `EPERM` when sealing is sealed, `EBUSY` when writing is to be sealed and somebody may.
    pub fn add(
        &self,
        mut seals: u32,
        is_executable: impl FnOnce() -> bool,
        is_mapped_writable: impl FnOnce() -> bool,
    ) -> Result<()> {
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
        // The mode, too, is asked for when it can't change any more.
        if seals & raw::F_SEAL_EXEC != 0 && is_executable() {
            seals |= CONTENTS;
            *self.bits.lock() |= CONTENTS;
        }
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

    /// Asks before the mode changes: `F_SEAL_EXEC` keeps the bits for execution as they are.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allow_mode(&self, old: u32, new: u32) -> Result<()> {
        if (old ^ new) & EXECUTION != 0 && self.get() & raw::F_SEAL_EXEC != 0 {
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
        assert_eq!(seals.add(raw::F_SEAL_GROW, || false, || false), Ok(()));
        assert_eq!(seals.allow_write(true), Err(Errno::EPERM));
        assert_eq!(seals.allow_write(false), Ok(()));
        assert_eq!(seals.allow_resize(10, 5), Ok(()));
        assert_eq!(seals.allow_shared_writing(), Ok(()));
        assert_eq!(
            seals.add(raw::F_SEAL_WRITE, || false, || true),
            Err(Errno::EBUSY)
        );
        assert_eq!(seals.allow_shared_writing(), Ok(()));
        assert_eq!(
            seals.add(raw::F_SEAL_WRITE | raw::F_SEAL_SEAL, || false, || false),
            Ok(())
        );
        assert_eq!(seals.allow_write(false), Err(Errno::EPERM));
        assert_eq!(
            seals.add(raw::F_SEAL_SHRINK, || false, || false),
            Err(Errno::EPERM)
        );
        assert_eq!(
            Seals::sealed().add(raw::F_SEAL_SHRINK, || false, || false),
            Err(Errno::EPERM)
        );
    }

    #[test]
    fn execution_is_sealed_together_with_the_contents() {
        let seals = Seals::unsealed();
        assert_eq!(seals.allow_mode(0o666, 0o777), Ok(()));
        assert_eq!(seals.add(raw::F_SEAL_EXEC, || false, || true), Ok(()));
        assert_eq!(seals.get(), raw::F_SEAL_EXEC);
        assert_eq!(seals.allow_mode(0o666, 0o600), Ok(()));
        assert_eq!(seals.allow_mode(0o666, 0o766), Err(Errno::EPERM));
        let seals = Seals::unsealed();
        let mapped = seals.add(raw::F_SEAL_EXEC, || true, || true);
        assert_eq!((mapped, seals.get()), (Err(Errno::EBUSY), 0));
        assert_eq!(seals.add(raw::F_SEAL_EXEC, || true, || false), Ok(()));
        assert_eq!(seals.get(), raw::F_SEAL_EXEC | CONTENTS);
    }
}
