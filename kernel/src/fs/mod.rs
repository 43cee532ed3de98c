//! Files: the tree of names, open files, and the file systems in memory.
//!
//! From the top: [`fd_table`] maps descriptors to [`file::OpenFile`]s; [`path`] finds places in the tree, which is made of
//! [`dentry`]s and [`mount`]s over [`inode::Inode`]s; [`ramfs`], [`devfs`], [`devpts`], [`procfs`] and [`sysfs`] are the file systems, [`pipe`],
//! [`eventfd`], [`timerfd`], [`signalfd`], [`epoll`], [`inotify`] and [`memfd`] the files without a name (sockets are in [`crate::net`]). [`cpio`] fills the root at boot. System calls on files are in
//! [`crate::syscall`].
//!
//! Locks, outermost first: file offset, pipe buffer, address space, dentries, inodes. No lock that a page fault takes
//! (those of inodes' contents) is held over a copy from or to user memory.

mod anonymous;
pub mod buf;
pub mod cpio;
pub mod dentry;
pub mod devfs;
pub mod devpts;
pub mod epoll;
pub mod eventfd;
pub mod fd_table;
pub mod file;
pub mod inode;
pub mod inotify;
pub mod locks;
pub mod memfd;
pub mod mount;
pub mod notify;
pub mod owner;
pub mod path;
pub mod permission;
pub mod pipe;
pub mod poll;
pub mod procfs;
pub mod ramfs;
mod shrink;
pub mod signalfd;
pub mod splice;
pub mod sysfs;
pub mod timerfd;
pub mod xattr;

mod executable;

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

pub use buf::{Sink, Source};
pub use executable::{Claim, ExecutableFile};
pub use fd_table::FdTable;
pub use file::OpenFile;
pub use inode::Inode;
pub use path::FsContext;

use crate::errno::Result;
use crate::process::{Credentials, Process, Resource};
use file::FileAccess;
use inode::{FileType, NewNode, Ownership};
use path::{LastLink, Location, Restrictions, Walk};

/// Makes the tree: a file system in memory as the root, filled from the initramfs, with `/dev`, `/dev/pts` and `/proc` mounted.
///
/// # Errors
/// `ENOMEM`.
pub fn init() -> Result<FsContext> {
    let root_node = Ownership {
        mode: 0o755,
        uid: 0,
        gid: 0,
    };
    let root = mount::mount_root(Arc::new(ramfs::RamFs::with_default_limits(
        "rootfs", root_node,
    )))?;
    if let Some(archive) = hal::boot::take_initramfs()
        && let Err(error) = cpio::unpack(archive, &root.dentry)
    {
        // What came before the fault is there; init may still be.
        log::error!("initramfs: {error}");
    }
    let context = FsContext {
        root: root.clone(),
        cwd: root.clone(),
        umask: 0o022,
    };
    for (name, mode) in [
        (&b"dev"[..], 0o755),
        (b"proc", 0o555),
        (b"sys", 0o555),
        (b"tmp", 0o1777),
    ] {
        let ownership = Ownership {
            mode,
            uid: 0,
            gid: 0,
        };
        let node = NewNode {
            kind: FileType::Directory,
            ownership,
            device_number: 0,
            target: b"",
        };
        match root.dentry.create(name, &node) {
            Ok(_) | Err(crate::errno::Errno::EEXIST) => {}
            Err(error) => return Err(error),
        }
    }
    let at_root = Walk {
        root: root.clone(),
        start: root,
        credentials: Arc::new(Credentials::root()),
        restrictions: Restrictions::empty(),
    };
    let mount_at = |path: &[u8], file_system: Arc<dyn inode::FileSystem>| {
        let place = at_root.find(path, LastLink::Follow)?;
        let name = file_system.name().as_bytes();
        mount::mount(file_system, name, place, 0)
    };
    mount_at(b"/dev", devfs::new()?)?;
    mount_at(b"/dev/pts", Arc::new(devpts::DevPts))?;
    mount_at(b"/proc", Arc::new(procfs::ProcFs))?;
    mount_at(b"/sys", Arc::new(sysfs::SysFs))?;
    if at_root.find(b"/etc/clew/exec", LastLink::Follow).is_ok() {
        crate::drivers::host::take_console();
    }
    Ok(context)
}

/// Opens the console as descriptors 0, 1 and 2 of the first process.
///
/// # Errors
/// `ENOENT`, `ENOMEM`.
pub fn open_console(process: &Process) -> Result<()> {
    let location = walk(process, process.credentials()).find(b"/dev/console", LastLink::Follow)?;
    let flags = raw::O_NOCTTY;
    let file = OpenFile::open(location, FileAccess::READ_WRITE, flags)?;
    let files = process.files();
    let limit = process.limit(Resource::OpenFiles);
    for _ in 0..3 {
        files.lock().insert(file.clone(), false, 0, limit)?;
    }
    Ok(())
}

/// The open file of a descriptor.
///
/// # Errors
/// `EBADF`.
#[inline]
pub fn file(process: &Process, fd: usize) -> Result<Arc<OpenFile>> {
    let files = process.files.lock();
    let table = files.lock();
    table.get(fd as i32)
}

/// What happens to an open file when the descriptor table `table` lets go of one of its descriptors: the process's record
/// locks go, and the file too if that was its last descriptor. Call it without the table's lock.
pub fn release(file: Arc<OpenFile>, table: u64) {
    // A place that was opened (`O_PATH`) is no use of the file: its end leaves the locks alone (open(2)).
    if !file.access().path_only {
        locks::release_node(&**file.inode(), table);
    }
    if let Some(object) = file.object() {
        object.closed_by(table);
    }
}

/// Lets a process that ends go from its root and working directory: whoever hears of its end may unmount them.
pub fn leave(process: &Process) {
    if let Some(root) = mount::root() {
        let nowhere = FsContext {
            cwd: root.clone(),
            root,
            umask: 0,
        };
        let left = core::mem::replace(
            &mut *process.fs.lock(),
            Arc::new(crate::sync::SpinLock::new(nowhere)),
        );
        drop(left);
    }
}

/// A path resolution from the working directory of a process, with the rights of `credentials`.
pub fn walk(process: &Process, credentials: Arc<Credentials>) -> Walk {
    let (root, start) = root_and_cwd(process);
    Walk {
        root,
        start,
        credentials,
        restrictions: Restrictions::empty(),
    }
}

fn root_and_cwd(process: &Process) -> (Location, Location) {
    let fs = process.fs.lock();
    let fs = fs.lock();
    (fs.root.clone(), fs.cwd.clone())
}

/// The root of a small tree for the processes of explorations.
#[cfg(test)]
pub(crate) fn explored_root() -> Location {
    let ownership = Ownership {
        mode: 0o755,
        uid: 0,
        gid: 0,
    };
    let tree = ramfs::RamFs::with_default_limits("explored", ownership);
    mount::mount_root(Arc::new(tree)).unwrap()
}
