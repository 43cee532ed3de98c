//! Restartable sequences (rseq(2)): a thread's record in user memory of the processor that it runs
//! on, and code that is aborted when the thread was preempted, moved or signalled in it.
//!
//! A thread that has registered notes each time it is given a processor ([`Restartable::note`]); on
//! its way back to user mode the record is brought up to date ([`Restartable::resume`]).

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use hal::space::USER_END;
use hal::user::UserContext;

use crate::errno::{Errno, Result};

/// `struct rseq`: two processor numbers, the address of a critical section's description, flags.
const SIZE: usize = 32;
const CPU_START: usize = 0;
const CPU: usize = 4;
const SECTION: usize = 8;
const FLAG_UNREGISTER: usize = 1;
const UNINITIALIZED: u32 = u32::MAX;

/// A thread's registration.
#[derive(Default)]
pub struct Restartable {
    /// Address of the record, 0 without one.
    address: AtomicUsize,
    /// What stands before every abort handler.
    signature: AtomicU32,
    /// It was given a processor since the record was written.
    stale: AtomicBool,
}

impl Restartable {
    /// What a forked child has: the same, in its own memory.
    pub fn inherit(&self, parent: &Restartable) {
        let load = |word: &AtomicUsize| word.load(Ordering::Relaxed);
        self.address.store(load(&parent.address), Ordering::Relaxed);
        let signature = parent.signature.load(Ordering::Relaxed);
        self.signature.store(signature, Ordering::Relaxed);
    }

    /// Forgets the registration: exec has replaced the program.
    pub fn clear(&self) {
        self.address.store(0, Ordering::Relaxed);
    }

    /// rseq(2).
    ///
    /// # Errors
    ///
    /// `EINVAL` for a bad address, length or flags, or another registration;
    /// `EPERM` for another signature, `EBUSY` when registered already, `EFAULT`.
    pub fn register(
        &self,
        address: usize,
        length: usize,
        flags: usize,
        signature: u32,
    ) -> Result<()> {
        let registered = self.address.load(Ordering::Relaxed);
        let same = || {
            if registered != address || registered == 0 || length != SIZE {
                Err(Errno::EINVAL)
            } else if self.signature.load(Ordering::Relaxed) != signature {
                Err(Errno::EPERM)
            } else {
                Ok(())
            }
        };
        match flags {
            FLAG_UNREGISTER => {
                same()?;
                hal::user::store_u32(address + CPU_START, 0)?;
                hal::user::store_u32(address + CPU, UNINITIALIZED)?;
                self.clear();
                Ok(())
            }
            0 if registered != 0 => {
                same()?;
                Err(Errno::EBUSY)
            }
            0 => {
                if !address.is_multiple_of(SIZE) || length != SIZE || address == 0 {
                    return Err(Errno::EINVAL);
                }
                if address > USER_END - SIZE {
                    return Err(Errno::EFAULT);
                }
                // From here on the record is written on every way back; it must be there.
                hal::user::store_u64(address + SECTION, 0)?;
                self.signature.store(signature, Ordering::Relaxed);
                self.address.store(address, Ordering::Relaxed);
                self.stale.store(true, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// The thread was given a processor, or is to look at its section for another reason; whether
    /// it must do so before it returns to user mode.
    #[inline]
    pub fn note(&self) -> bool {
        let registered = self.address.load(Ordering::Relaxed) != 0;
        if registered {
            self.stale.store(true, Ordering::Relaxed);
        }
        registered
    }

    /// Whether [`Restartable::resume`] has anything to do.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed) && self.address.load(Ordering::Relaxed) != 0
    }

    /// On the way back to user mode: writes the processor's number, and sends the thread to the
    /// abort handler if it is in a critical section.
    ///
    /// # Errors
    ///
    /// `EFAULT`, `EINVAL` for a record or description that cannot be: the thread gets `SIGSEGV`.
    pub fn resume(&self, user: &mut UserContext) -> Result<()> {
        let address = self.address.load(Ordering::Relaxed);
        if address == 0 {
            return Ok(());
        }
        self.abort_section(address, user)?;
        self.stale.store(false, Ordering::Relaxed);
        let cpu = hal::cpu::id() as u32;
        hal::user::store_u32(address + CPU_START, cpu)?;
        hal::user::store_u32(address + CPU, cpu)?;
        Ok(())
    }

    /// Before a signal handler runs: the section is left for good.
    ///
    /// # Errors
    ///
    /// As [`Restartable::resume`].
    pub fn interrupt(&self, user: &mut UserContext) -> Result<()> {
        match self.address.load(Ordering::Relaxed) {
            0 => Ok(()),
            address => self.abort_section(address, user),
        }
    }

    fn abort_section(&self, address: usize, user: &mut UserContext) -> Result<()> {
        let description = hal::user::load_u64(address + SECTION)? as usize;
        if description == 0 {
            return Ok(());
        }
        let mut bytes = [0; 32];
        hal::user::copy_in(&mut bytes, description)?;
        let section = Section::parse(&bytes)?;
        let at = user.instruction_pointer();
        hal::user::store_u64(address + SECTION, 0)?;
        if !section.holds(at) {
            return Ok(());
        }
        // Code is not aligned, so neither is the signature.
        let mut found = [0; 4];
        hal::user::copy_in(&mut found, section.abort - size_of::<u32>())?;
        if u32::from_le_bytes(found) != self.signature.load(Ordering::Relaxed) {
            return Err(Errno::EINVAL);
        }
        user.set_instruction_pointer(section.abort);
        Ok(())
    }
}

/// `struct rseq_cs`: a critical section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Section {
    start: usize,
    length: usize,
    abort: usize,
}

impl Section {
    /// Checks what a program says of a section. `EINVAL` for an unknown version or flags, addresses
    /// outside of user memory, and an abort handler inside.
    fn parse(bytes: &[u8; 32]) -> Result<Section> {
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[index * 8..index * 8 + 8]);
            u64::from_le_bytes(word) as usize
        };
        let section = Section {
            start: word(1),
            length: word(2),
            abort: word(3),
        };
        let end = section.start.checked_add(section.length);
        let good = word(0) == 0
            && end.is_some_and(|end| end < USER_END)
            && (4..USER_END).contains(&section.abort)
            && !section.holds(section.abort);
        if good {
            Ok(section)
        } else {
            Err(Errno::EINVAL)
        }
    }

    fn holds(&self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(words: [u64; 4]) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_section_ends_before_its_handler() {
        let section = Section::parse(&bytes([0, 0x1000, 0x10, 0x2000])).unwrap();
        assert!(section.holds(0x1000) && section.holds(0x100f));
        assert!(!section.holds(0xfff) && !section.holds(0x1010));
        for bad in [
            [1, 0x1000, 0x10, 0x2000],
            [1 << 32, 0x1000, 0x10, 0x2000],
            [0, 0x1000, 0x10, 0x1008],
            [0, u64::MAX, 0x10, 0x2000],
            [0, 0x1000, USER_END as u64, 0x2000],
            [0, 0x1000, 0x10, USER_END as u64],
            [0, 0x1000, 0x10, 0],
        ] {
            assert_eq!(Section::parse(&bytes(bad)), Err(Errno::EINVAL), "{bad:x?}");
        }
    }
}
