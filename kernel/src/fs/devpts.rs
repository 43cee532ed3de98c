//! `/dev/pts`: the slaves of pseudo-terminals, and another name for `/dev/ptmx` (devpts of pts(4)).
//!
//! There is one instance, however often it is mounted: a number names the same pair everywhere. A slave's node keeps its
//! owner and permissions in the pair itself ([`crate::tty::pty::Wire`]).

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::dentry::Dentry;
use crate::fs::file::{FileAccess, FileObject, OpenFile};
use crate::fs::inode::{
    AttributeChanges, DirectoryEntry, FileSystem, FileSystemStatistics, FileType, Inode, Metadata,
    OpenRequest, Ownership,
};
use crate::fs::mount;
use crate::fs::path::Location;
use crate::time::Timespec;
use crate::tty::Terminal;
use crate::tty::pty::{self, Slave, Wire};

/// `st_dev` of the file system.
const DEVICE: u64 = 0x16;
/// Major number of slaves.
pub const SLAVES: u64 = 136;
/// The group of slaves, `tty` in all distributions.
const TTY_GROUP: u32 = 5;
/// Inode numbers of slaves start behind the directory's and `ptmx`'s.
const FIRST_SLAVE: u64 = 3;

/// The device number of a slave.
pub fn device_number(number: u32) -> u64 {
    super::devfs::device_number(SLAVES, number.into())
}

/// The file system.
pub struct DevPts;

impl FileSystem for DevPts {
    fn name(&self) -> &'static str {
        "devpts"
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::new(Node::Root)
    }

    fn statistics(&self) -> FileSystemStatistics {
        FileSystemStatistics {
            magic: 0x1cd1,
            ..FileSystemStatistics::default()
        }
    }

    fn stable_names(&self) -> bool {
        false
    }
}

enum Node {
    Root,
    Multiplexer,
    Slave(Arc<Terminal>),
}

impl Node {
    fn wire(&self) -> Option<&Wire> {
        match self {
            Node::Slave(terminal) => terminal.wire(),
            _ => None,
        }
    }
}

impl Inode for Node {
    fn kind(&self) -> FileType {
        match self {
            Node::Root => FileType::Directory,
            _ => FileType::CharacterDevice,
        }
    }

    fn metadata(&self) -> Metadata {
        let boot = Timespec::default();
        let plain = |mode| Ownership {
            mode,
            uid: 0,
            gid: 0,
        };
        let (inode, ownership, number, used, changed) = match (self, self.wire()) {
            (_, Some(wire)) => {
                let node = wire.node();
                let inode = FIRST_SLAVE + u64::from(wire.number());
                let number = device_number(wire.number());
                (inode, node.ownership, number, node.used, node.changed)
            }
            (Node::Root, _) => (1, plain(0o755), 0, boot, boot),
            _ => {
                let number = super::devfs::device_number(5, 2);
                (2, plain(0o666), number, boot, boot)
            }
        };
        Metadata {
            device: DEVICE,
            inode,
            kind: self.kind(),
            mode: ownership.mode,
            links: if matches!(self, Node::Root) { 2 } else { 1 },
            uid: ownership.uid,
            gid: ownership.gid,
            device_number: number,
            size: 0,
            blocks: 0,
            accessed: used,
            modified: used,
            changed,
            created: changed,
        }
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        let Some(wire) = self.wire() else {
            // Only terminals keep times.
            let touched = *changes == AttributeChanges::default();
            return if touched { Ok(()) } else { Err(Errno::EPERM) };
        };
        wire.change_node(|node| {
            let owner = &mut node.ownership;
            owner.mode = changes.mode.unwrap_or(owner.mode);
            owner.uid = changes.uid.unwrap_or(owner.uid);
            owner.gid = changes.gid.unwrap_or(owner.gid);
            node.used = changes.modified.or(changes.accessed).unwrap_or(node.used);
            node.changed = Timespec::now();
        });
        Ok(())
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>> {
        if !matches!(self, Node::Root) {
            return Err(Errno::ENOTDIR);
        }
        if name == b"ptmx" {
            return Ok(Arc::new(Node::Multiplexer));
        }
        let number = super::procfs::parse(name).ok_or(Errno::ENOENT)?;
        let terminal = pty::find(number).ok_or(Errno::ENOENT)?;
        if terminal.is_hung_up() {
            return Err(Errno::ENOENT);
        }
        Ok(Arc::new(Node::Slave(terminal)))
    }

    fn read_directory(
        &self,
        cursor: u64,
        emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool,
    ) -> Result<()> {
        if !matches!(self, Node::Root) {
            return Err(Errno::ENOTDIR);
        }
        let fixed: [(&[u8], u64, FileType); 3] = [
            (b".", 1, FileType::Directory),
            (b"..", 1, FileType::Directory),
            (b"ptmx", 2, FileType::CharacterDevice),
        ];
        for (at, (name, number, kind)) in (0..).zip(fixed) {
            let entry = DirectoryEntry {
                number,
                kind,
                name,
                next: at + 1,
            };
            if at >= cursor && !emit(entry) {
                return Ok(());
            }
        }
        // The cursor behind the fixed entries is the number of the next slave to show.
        let mut from = cursor.saturating_sub(fixed.len() as u64);
        loop {
            let Some(terminal) = u32::try_from(from).ok().and_then(pty::next) else {
                return Ok(());
            };
            let Some(wire) = terminal.wire() else {
                return Ok(());
            };
            let number = u64::from(wire.number());
            from = number + 1;
            if terminal.is_hung_up() {
                continue;
            }
            let name = alloc::format!("{number}");
            let entry = DirectoryEntry {
                number: FIRST_SLAVE + number,
                kind: FileType::CharacterDevice,
                name: name.as_bytes(),
                next: fixed.len() as u64 + from,
            };
            if !emit(entry) {
                return Ok(());
            }
        }
    }

    fn open(&self, request: &OpenRequest) -> Result<Option<Arc<dyn FileObject>>> {
        Ok(match self {
            Node::Root => None,
            Node::Multiplexer => Some(open_master()?),
            Node::Slave(terminal) => Some(open(terminal, request.no_controlling_terminal)?),
        })
    }
}

fn open(terminal: &Arc<Terminal>, no_controlling_terminal: bool) -> Result<Arc<dyn FileObject>> {
    let slave = Slave::open(terminal)?;
    if !no_controlling_terminal && let Some(thread) = crate::sched::try_current() {
        terminal.opened_by(&thread.process);
    }
    Ok(slave)
}

/// Makes a pair for the caller: opens `/dev/ptmx`.
///
/// # Errors
/// `ENOSPC`, `ENOMEM`.
pub fn open_master() -> Result<Arc<dyn FileObject>> {
    crate::mm::admit()?;
    let uid = crate::sched::try_current().map_or(0, |thread| thread.credentials().fsuid);
    Ok(pty::create(Ownership {
        mode: 0o620,
        uid,
        gid: TTY_GROUP,
    })?)
}

/// Opens a slave by its number, for a device node that was made elsewhere.
///
/// # Errors
/// `ENXIO` when there is no such pair, `EIO` while it is locked.
pub fn open_number(number: u32, request: &OpenRequest) -> Result<Arc<dyn FileObject>> {
    let terminal = pty::find(number).ok_or(Errno::ENXIO)?;
    open(&terminal, request.no_controlling_terminal)
}

/// Opens a slave for the caller without a path (`TIOCGPTPEER`); answers the descriptor.
///
/// # Errors
/// `EIO`, `EMFILE`, `ENOMEM`.
pub fn open_slave(terminal: &Arc<Terminal>, flags: u32) -> Result<usize> {
    let descriptor = crate::syscall::Reserved::reserve(&crate::process::current())?;
    let object = open(terminal, flags & raw::O_NOCTTY != 0)?;
    let number = terminal.wire().ok_or(Errno::EIO)?.number();
    let inode: Arc<dyn Inode> = Arc::new(Node::Slave(terminal.clone()));
    let name = alloc::format!("{number}");
    let mounted = mount::all()?
        .into_iter()
        .find(|mount| mount.file_system().name() == "devpts");
    let location = match mounted {
        Some(mount) => Location {
            dentry: Dentry::detached(inode, Some(mount.root().clone()), name.as_bytes()),
            mount,
        },
        None => mount::anonymous_location(inode, name.as_bytes()),
    };
    let access = match flags & raw::O_ACCMODE {
        raw::O_RDONLY => FileAccess::READ,
        raw::O_WRONLY => FileAccess::WRITE,
        _ => FileAccess::READ_WRITE,
    };
    let file = OpenFile::new(location, Some(object), access, flags & raw::O_NONBLOCK);
    Ok(descriptor.fill(file, flags & raw::O_CLOEXEC != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master_number(master: &pty::Master) -> u32 {
        master.terminal().wire().unwrap().number()
    }

    fn request() -> OpenRequest {
        OpenRequest {
            read: true,
            write: true,
            nonblocking: false,
            no_controlling_terminal: true,
        }
    }

    #[test]
    fn pairs_come_and_go_as_names() {
        let root = Node::Root;
        let master = pty::create(Ownership {
            mode: 0o620,
            uid: 7,
            gid: TTY_GROUP,
        })
        .unwrap();
        let names = || {
            let mut names = Vec::new();
            root.read_directory(2, &mut |entry| {
                names.push(String::from_utf8(entry.name.to_vec()).unwrap());
                true
            })
            .unwrap();
            names
        };
        let before = names();
        assert_eq!(before.first().map(String::as_str), Some("ptmx"));
        let number = std::format!("{}", master_number(&master));
        assert!(before.contains(&number));
        let node = root.lookup(number.as_bytes()).unwrap();
        assert_eq!(node.metadata().device_number >> 8, SLAVES);
        node.set_attributes(&AttributeChanges {
            mode: Some(0o600),
            ..AttributeChanges::default()
        })
        .unwrap();
        assert_eq!(node.ownership().mode, 0o600);
        drop(master);
        // Still open through the node, but its name is gone with the master.
        assert_eq!(node.open(&request()).err(), Some(Errno::EIO));
        assert!(root.lookup(number.as_bytes()).is_err());
    }
}
