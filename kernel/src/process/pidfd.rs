//! Descriptors of processes (pidfd_open(2)): readable once the process ended.

use alloc::sync::Arc;

use super::Process;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::{FileAccess, FileObject};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};

/// What a pidfd refers to. It keeps the process's entry, not its number.
struct PidFd {
    process: Arc<Process>,
}

/// Makes an open file for a process. `flags` are status flags.
pub fn create(process: &Arc<Process>, flags: u32) -> Arc<OpenFile> {
    let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
    let object = Arc::new(PidFd {
        process: process.clone(),
    });
    let location = anonymous_location(inode, b"anon_inode:[pidfd]");
    OpenFile::new(location, Some(object), FileAccess::READ_WRITE, flags)
}

/// The process of a pidfd. `EBADF` when the file is none.
pub fn process_of(file: &OpenFile) -> Result<Arc<Process>> {
    let object = file.object_as::<PidFd>().ok_or(Errno::EBADF)?;
    Ok(object.process.clone())
}

impl FileObject for PidFd {
    fn poll(&self) -> PollEvents {
        if self.process.is_zombie() {
            PollEvents::READABLE
        } else {
            PollEvents::empty()
        }
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.process.ended)
    }
}
