//! Memory that is to stay (mlock(2)): there is no swap, so only the limit and what is reported depend on it.

use core::ops::Range;

use hal::space::USER_END;

use super::{MAX_AREAS, Mm, admit};
use crate::errno::{Errno, Result};

impl Mm {
    /// Locks or unlocks a range; `limit` is the most bytes that may be locked.
    ///
    /// # Errors
    ///
    /// `ENOMEM` when part of it is not mapped, the limit is passed or there is no memory.
    pub fn set_locked(&self, range: &Range<usize>, locked: bool, limit: u64) -> Result<()> {
        admit()?;
        let mut inner = self.inner.lock();
        if !inner.areas.covers(range) || inner.areas.len() + 2 > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        if locked {
            let already = inner.areas.locked_bytes(&(0..USER_END));
            let again = inner.areas.locked_bytes(range);
            if (already - again + range.len()) as u64 > limit {
                return Err(Errno::ENOMEM);
            }
        }
        inner.areas.update(range, |area| area.locked = locked);
        Ok(())
    }

    /// Locks or unlocks all areas, those that will come as well or not
    /// (`None`: as it is). `ENOMEM` when more than `limit` bytes are mapped.
    pub fn set_all_locked(
        &self,
        now: Option<bool>,
        future: Option<bool>,
        limit: u64,
    ) -> Result<()> {
        let mut inner = self.inner.lock();
        if now == Some(true) && inner.areas.total() as u64 > limit {
            return Err(Errno::ENOMEM);
        }
        if let Some(locked) = now {
            inner
                .areas
                .update(&(0..USER_END), |area| area.locked = locked);
        }
        if let Some(future) = future {
            inner.lock_future = future;
        }
        Ok(())
    }

    /// Whether new mappings are locked (`MCL_FUTURE`).
    pub fn locks_future(&self) -> bool {
        self.inner.lock().lock_future
    }

    /// Bytes of a range that are locked.
    pub fn locked_bytes(&self, range: &Range<usize>) -> usize {
        self.inner.lock().areas.locked_bytes(range)
    }
}
