//! The memory of a program as the kernel reaches it when that program does not run, or not through its own mapping: the
//! loader's writes, process_vm_readv(2) and process_vm_writev(2), and the frames that futexes are known by.

use core::ops::Range;

use hal::mem::{Frame, PAGE_SIZE};
use hal::space::{Access, USER_END};

use super::{Mm, page_down, page_up};
use crate::errno::{Errno, Result};

impl Mm {
    /// Writes into the space from outside, as the loader does. Areas must be
    /// there; what a program may do with them does not count.
    pub fn write_bytes(&self, address: usize, bytes: &[u8]) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            let at = address + done;
            let offset = at % PAGE_SIZE;
            let length = (PAGE_SIZE - offset).min(bytes.len() - done);
            let frame = self.frame_to_write(page_down(at))?;
            frame.write(offset, &bytes[done..done + length]);
            done += length;
        }
        Ok(())
    }

    /// Writes into the space from outside, as the program itself could.
    /// `EFAULT`.
    pub fn write_user(&self, address: usize, bytes: &[u8]) -> Result<()> {
        let end = address.checked_add(bytes.len()).ok_or(Errno::EFAULT)?;
        let range = page_down(address)..page_up(end).ok_or(Errno::EFAULT)?;
        {
            let inner = self.inner.lock();
            let writable = inner
                .areas
                .overlapping(&range)
                .all(|area| area.access.contains(Access::WRITE));
            if !writable || !inner.areas.covers(&range) {
                return Err(Errno::EFAULT);
            }
        }
        self.write_bytes(address, bytes)
    }

    /// Fills part of a page with zeros, as the loader does at the end of a
    /// program's data.
    pub fn zero_bytes(&self, range: Range<usize>) -> Result<()> {
        let mut at = range.start;
        while at < range.end {
            let offset = at % PAGE_SIZE;
            let length = (PAGE_SIZE - offset).min(range.end - at);
            self.frame_to_write(page_down(at))?
                .fill(offset..offset + length, 0);
            at += length;
        }
        Ok(())
    }

    /// Reads bytes of one page, as the program itself could.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn read_page(&self, address: usize, bytes: &mut [u8]) -> Result<()> {
        self.with_page(address, Access::READ, |frame, offset| {
            frame.read(offset, bytes);
        })
    }

    /// Writes bytes of one page, as the program itself could.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn write_page(&self, address: usize, bytes: &[u8]) -> Result<()> {
        self.with_page(address, Access::WRITE, |frame, offset| {
            frame.write(offset, bytes);
        })
    }

    /// Uses the page at an address, which stays as it is meanwhile.
    fn with_page(
        &self,
        address: usize,
        access: Access,
        use_page: impl FnOnce(&Frame, usize),
    ) -> Result<()> {
        if address >= USER_END {
            return Err(Errno::EFAULT);
        }
        // It may be taken away again before it is used, but not for ever.
        for _ in 0..100 {
            {
                let inner = self.inner.lock();
                if let Some((frame, present)) = inner.space.lookup(page_down(address))
                    && present.contains(access)
                {
                    use_page(&frame, address % PAGE_SIZE);
                    return Ok(());
                }
            }
            self.fault_from_outside(address, access)?;
        }
        Err(Errno::EFAULT)
    }

    /// The frame that holds a word, for futexes shared between processes.
    /// Faults the page in for reading.
    pub fn frame_at(&self, address: usize) -> Result<Frame> {
        if let Some((frame, _)) = self.inner.lock().space.lookup(page_down(address)) {
            return Ok(frame);
        }
        self.fault_from_outside(address, Access::READ)?;
        let inner = self.inner.lock();
        inner
            .space
            .lookup(page_down(address))
            .map(|(frame, _)| frame)
            .ok_or(Errno::EFAULT)
    }

    /// Whether the area at an address is shared between processes.
    pub fn is_shared(&self, address: usize) -> Result<bool> {
        let inner = self.inner.lock();
        inner
            .areas
            .find(address)
            .map(|area| area.backing.is_shared())
            .ok_or(Errno::EFAULT)
    }
}
