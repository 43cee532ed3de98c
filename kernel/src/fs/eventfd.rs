//! Counters that can be waited for (eventfd(2)).

use alloc::sync::Arc;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::file::{FileAccess, FileObject, Seeking};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::sync::SpinLock;

/// The highest value a counter reaches; adding more blocks.
const MAX: u64 = u64::MAX - 1;

/// What a read takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// The whole count.
    All,
    /// One (`EFD_SEMAPHORE`).
    One,
}

/// A counter.
struct EventFd {
    count: SpinLock<u64>,
    taking: Taking,
    changed: Notifier,
}

/// Makes a counter. `flags` are status flags.
pub fn create(initial: u64, taking: Taking, flags: u32) -> Arc<OpenFile> {
    let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
    let object = Arc::new(EventFd {
        count: SpinLock::new(initial),
        taking,
        changed: Notifier::new(),
    });
    let location = anonymous_location(inode, b"anon_inode:[eventfd]");
    OpenFile::new(location, Some(object), FileAccess::READ_WRITE, flags)
}

impl FileObject for EventFd {
    fn seeking(&self) -> Seeking {
        Seeking::Pretended
    }

    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if sink.remaining() < 8 {
            return Err(Errno::EINVAL);
        }
        let taken = {
            let mut count = self.count.lock();
            let taken = match self.taking {
                Taking::All => *count,
                Taking::One => (*count).min(1),
            };
            *count -= taken;
            taken
        };
        if taken == 0 {
            return Err(Errno::EAGAIN);
        }
        self.changed.notify_of(PollEvents::WRITABLE);
        Ok(sink.put(&taken.to_le_bytes()))
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        if source.remaining() < 8 {
            return Err(Errno::EINVAL);
        }
        // A write that has to wait is made again: the source moves on only when the count does.
        let mut trial = *source;
        let mut bytes = [0; 8];
        if trial.take(&mut bytes) < bytes.len() {
            return Err(Errno::EFAULT);
        }
        let added = u64::from_le_bytes(bytes);
        if added == u64::MAX {
            return Err(Errno::EINVAL);
        }
        let mut count = self.count.lock();
        *count = count
            .checked_add(added)
            .filter(|&sum| sum <= MAX)
            .ok_or(Errno::EAGAIN)?;
        drop(count);
        *source = trial;
        self.changed.notify_of(PollEvents::READABLE);
        Ok(bytes.len())
    }

    fn poll(&self) -> PollEvents {
        let count = *self.count.lock();
        let mut events = PollEvents::empty();
        if count > 0 {
            events |= PollEvents::READABLE;
        }
        if count < MAX {
            events |= PollEvents::WRITABLE;
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &OpenFile) -> Result<u64> {
        let mut bytes = [0; 8];
        file.read(&mut Sink::kernel(&mut bytes))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn add(file: &OpenFile, value: u64) -> Result<usize> {
        file.write(&mut Source::kernel(&value.to_le_bytes()))
    }

    #[test]
    fn counts_add_up_and_are_taken() {
        let counter = create(3, Taking::All, 0);
        assert_eq!(add(&counter, 4), Ok(8));
        assert_eq!(read(&counter), Ok(7));
        assert_eq!(read(&counter), Err(Errno::EAGAIN));
        assert_eq!(counter.poll(), PollEvents::WRITABLE);
        assert_eq!(add(&counter, u64::MAX), Err(Errno::EINVAL));
        assert_eq!(add(&counter, MAX), Ok(8));
        assert_eq!(add(&counter, 1), Err(Errno::EAGAIN));
        assert_eq!(counter.poll(), PollEvents::READABLE);
        assert_eq!(
            counter.read(&mut Sink::kernel(&mut [0; 7])),
            Err(Errno::EINVAL)
        );

        let semaphore = create(2, Taking::One, 0);
        assert_eq!((read(&semaphore), read(&semaphore)), (Ok(1), Ok(1)));
        assert_eq!(read(&semaphore), Err(Errno::EAGAIN));
    }

    #[test]
    fn a_write_that_waits_can_be_made_again() {
        let counter = create(5, Taking::All, 0);
        let bytes = (MAX - 1).to_le_bytes();
        let mut source = Source::kernel(&bytes);
        assert_eq!(counter.write(&mut source), Err(Errno::EAGAIN));
        assert_eq!(read(&counter), Ok(5));
        assert_eq!(counter.write(&mut source), Ok(8));
        assert_eq!(read(&counter), Ok(MAX - 1));
    }
}
