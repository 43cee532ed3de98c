//! The nodes of files without a place: pipes, sockets, and what has no type (eventfd, epoll).
//!
//! They have attributes only; the open file does the work. [`super::mount::anonymous_location`] gives them their place.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::errno::{Errno, Result};
use crate::fs::inode::{AttributeChanges, FileType, Inode, Metadata, Ownership};
use crate::sync::SpinLock;
use crate::time::Timespec;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// `st_dev` of files without a place.
pub const ANONYMOUS_DEVICE: u64 = 0xb;

/// The node of a pipe, socket, eventfd or epoll instance.
pub struct AnonymousInode {
    kind: FileType,
    number: u64,
    created: Timespec,
    attributes: SpinLock<Attributes>,
}

#[derive(Clone, Copy)]
struct Attributes {
    ownership: Ownership,
    accessed: Timespec,
    modified: Timespec,
    changed: Timespec,
}

impl AnonymousInode {
    /// A node owned by `uid` and `gid`.
    pub fn new(kind: FileType, mode: u32, uid: u32, gid: u32) -> Self {
        let created = Timespec::now();
        Self {
            kind,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            created,
            attributes: SpinLock::new(Attributes {
                ownership: Ownership { mode, uid, gid },
                accessed: created,
                modified: created,
                changed: created,
            }),
        }
    }

    /// Its inode number.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Inode for AnonymousInode {
    fn kind(&self) -> FileType {
        self.kind
    }

    fn metadata(&self) -> Metadata {
        let attributes = *self.attributes.lock();
        let Ownership { mode, uid, gid } = attributes.ownership;
        Metadata {
            device: ANONYMOUS_DEVICE,
            inode: self.number,
            kind: self.kind,
            mode,
            links: 1,
            uid,
            gid,
            device_number: 0,
            size: 0,
            blocks: 0,
            accessed: attributes.accessed,
            modified: attributes.modified,
            changed: attributes.changed,
            created: self.created,
        }
    }

    /// What has no type shares one node on Linux, which nobody may change: `EOPNOTSUPP`.
    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        if self.kind == FileType::Anonymous {
            return Err(Errno::EOPNOTSUPP);
        }
        let mut attributes = self.attributes.lock();
        let Attributes {
            ownership,
            accessed,
            modified,
            changed,
        } = &mut *attributes;
        ownership.mode = changes.mode.unwrap_or(ownership.mode);
        ownership.uid = changes.uid.unwrap_or(ownership.uid);
        ownership.gid = changes.gid.unwrap_or(ownership.gid);
        *accessed = changes.accessed.unwrap_or(*accessed);
        *modified = changes.modified.unwrap_or(*modified);
        *changed = Timespec::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_can_be_given_away_an_eventfd_cannot() {
        let changes = AttributeChanges {
            mode: Some(0o640),
            uid: Some(5),
            ..AttributeChanges::default()
        };
        let pipe = AnonymousInode::new(FileType::Fifo, 0o600, 1, 2);
        assert_eq!(pipe.set_attributes(&changes), Ok(()));
        let expected = Ownership {
            mode: 0o640,
            uid: 5,
            gid: 2,
        };
        assert_eq!(pipe.ownership(), expected);
        let counter = AnonymousInode::new(FileType::Anonymous, 0o600, 1, 2);
        assert_eq!(counter.set_attributes(&changes), Err(Errno::EOPNOTSUPP));
    }
}
