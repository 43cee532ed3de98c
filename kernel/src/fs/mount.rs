//! Mounts: file systems joined into one tree.
//!
//! A [`Mount`] puts the root dentry of a file system over a place of another mount. Few exist, so the table is a list; a
//! dentry knows whether anything sits on it, and path resolution asks the list only then. Files that have no place in
//! the tree (pipes, sockets, memfd) live in a mount of their own that nothing leads to: [`anonymous_location`].

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::errno::{Errno, Result};
use crate::fs::dentry::Dentry;
use crate::fs::inode::{FileSystem, FileSystemStatistics, FileType, Inode, Metadata};
use crate::fs::notify;
use crate::fs::path::Location;
use crate::sync::{Once, SpinLock};
use crate::time::Timespec;

static MOUNTS: SpinLock<Vec<Arc<Mount>>> = SpinLock::new(Vec::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(1);
static ANONYMOUS: Once<Arc<Mount>> = Once::new();

/// Mount flags that the VFS honours, with the values of mount(2).
pub mod flags {
    /// No writing (`MS_RDONLY`).
    pub const READ_ONLY: u32 = 1;
    /// Set-id bits are ignored (`MS_NOSUID`).
    pub const NO_SUID: u32 = 2;
    /// Device nodes can't be opened (`MS_NODEV`).
    pub const NO_DEVICES: u32 = 4;
    /// Programs can't be executed (`MS_NOEXEC`).
    pub const NO_EXECUTE: u32 = 8;
}

/// A file system in its place.
pub struct Mount {
    id: u64,
    file_system: Arc<dyn FileSystem>,
    root: Arc<Dentry>,
    mounted_on: Option<Location>,
    flags: AtomicU32,
}

impl Mount {
    fn new(
        file_system: Arc<dyn FileSystem>,
        mounted_on: Option<Location>,
        flags: u32,
    ) -> Arc<Self> {
        let root = Dentry::new_root(file_system.root(), file_system.stable_names());
        Self::over(file_system, root, mounted_on, flags)
    }

    fn over(
        file_system: Arc<dyn FileSystem>,
        root: Arc<Dentry>,
        mounted_on: Option<Location>,
        flags: u32,
    ) -> Arc<Self> {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            id,
            file_system,
            root,
            mounted_on,
            flags: AtomicU32::new(flags),
        })
    }

    /// Number of this mount (`stx_mnt_id`).
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What is mounted.
    pub fn file_system(&self) -> &Arc<dyn FileSystem> {
        &self.file_system
    }

    /// The dentry at its top.
    pub fn root(&self) -> &Arc<Dentry> {
        &self.root
    }

    /// The place it covers; `None` for the root of all.
    pub fn mounted_on(&self) -> Option<&Location> {
        self.mounted_on.as_ref()
    }

    /// Its [`flags`].
    pub fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Changes its [`flags`] (`MS_REMOUNT`).
    pub fn set_flags(&self, flags: u32) {
        self.flags.store(flags, Ordering::Relaxed);
    }

    /// Whether writing is refused.
    pub fn read_only(&self) -> bool {
        self.flags() & flags::READ_ONLY != 0
    }
}

/// Makes the first mount, the root of all.
///
/// # Errors
/// `ENOMEM`.
pub fn mount_root(file_system: Arc<dyn FileSystem>) -> Result<Location> {
    let mount = Mount::new(file_system, None, 0);
    let mut mounts = MOUNTS.lock();
    mounts.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
    mounts.push(mount.clone());
    Ok(Location {
        dentry: mount.root.clone(),
        mount,
    })
}

/// Mounts a file system over a directory.
///
/// # Errors
/// `ENOTDIR`, `ENOENT` when the directory was removed, `ENOMEM`.
pub fn mount(file_system: Arc<dyn FileSystem>, on: Location, flags: u32) -> Result<Arc<Mount>> {
    if !on.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    attach(Mount::new(file_system, Some(on), flags))
}

/// Shows what is at `from` a second time, at `on` (`MS_BIND`).
///
/// # Errors
/// `ENOTDIR` when only one of the two is a directory; as [`mount`].
pub fn bind(from: &Location, on: Location) -> Result<Arc<Mount>> {
    if from.dentry.is_directory() != on.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    let flags = from.mount.flags();
    attach(Mount::over(
        from.mount.file_system.clone(),
        from.dentry.clone(),
        Some(on),
        flags,
    ))
}

fn attach(mount: Arc<Mount>) -> Result<Arc<Mount>> {
    let mut mounts = MOUNTS.lock();
    mounts.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
    if let Some(on) = &mount.mounted_on {
        if on.dentry.is_dead() {
            return Err(Errno::ENOENT);
        }
        on.dentry.add_mount();
    }
    mounts.push(mount.clone());
    Ok(mount)
}

/// What covers `location`, if anything does; the mount that came last wins.
pub fn covering(location: &Location) -> Option<Arc<Mount>> {
    let mounts = MOUNTS.lock();
    mounts
        .iter()
        .rev()
        .find(|mount| mount.mounted_on.as_ref().is_some_and(|on| on == location))
        .cloned()
}

/// Takes a mount away. Unless `lazy`, it must not be in use.
///
/// # Errors
/// `EINVAL` when `at` is not the top of a mount or is the root of all; `EBUSY`.
pub fn unmount(at: &Location, lazy: bool) -> Result<()> {
    if !Arc::ptr_eq(&at.dentry, &at.mount.root) {
        return Err(Errno::EINVAL);
    }
    let Some(on) = &at.mount.mounted_on else {
        return Err(Errno::EINVAL);
    };
    let mut mounts = MOUNTS.lock();
    let Some(index) = mounts
        .iter()
        .position(|mount| Arc::ptr_eq(mount, &at.mount))
    else {
        return Err(Errno::EINVAL);
    };
    let has_children = mounts.iter().any(|mount| {
        mount
            .mounted_on
            .as_ref()
            .is_some_and(|on| Arc::ptr_eq(&on.mount, &at.mount))
    });
    // The table and `at` hold one reference each; more means open files, working directories or mounts inside.
    if !lazy && (has_children || Arc::strong_count(&at.mount) > 2) {
        return Err(Errno::EBUSY);
    }
    let removed = mounts.remove(index);
    on.dentry.remove_mount();
    drop(mounts);
    // With a bind mount of the same tree alive, its names stay remembered.
    if Arc::strong_count(&removed.file_system) == 1 {
        notify::unmounted(removed.root.inode());
        removed.root.forget_tree();
    }
    Ok(())
}

/// The top of the tree, once there is one.
pub fn root() -> Option<Location> {
    let mount = MOUNTS.lock().first()?.clone();
    Some(Location {
        dentry: mount.root.clone(),
        mount,
    })
}

/// Every mount, for `/proc/mounts`.
///
/// # Errors
/// `ENOMEM`.
pub fn all() -> Result<Vec<Arc<Mount>>> {
    let mounts = MOUNTS.lock();
    let mut list = Vec::new();
    list.try_reserve(mounts.len()).map_err(|_| Errno::ENOMEM)?;
    list.extend(mounts.iter().cloned());
    Ok(list)
}

/// A place for a node that has none in the tree; `name` is what `/proc/PID/fd` shows.
pub fn anonymous_location(inode: Arc<dyn Inode>, name: &[u8]) -> Location {
    let mount = ANONYMOUS
        .call_once(|| Mount::new(Arc::new(AnonymousFileSystem), None, 0))
        .clone();
    Location {
        mount,
        dentry: Dentry::detached(inode, None, name),
    }
}

/// Whether a mount is the one of files without a place.
pub fn is_anonymous(mount: &Arc<Mount>) -> bool {
    ANONYMOUS
        .get()
        .is_some_and(|anonymous| Arc::ptr_eq(anonymous, mount))
}

struct AnonymousFileSystem;

impl FileSystem for AnonymousFileSystem {
    fn name(&self) -> &'static str {
        "anon_inodefs"
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0))
    }

    fn statistics(&self) -> FileSystemStatistics {
        FileSystemStatistics {
            magic: 0x0904_1934,
            ..FileSystemStatistics::default()
        }
    }
}

/// The node of a pipe, socket, eventfd or epoll instance: attributes only, the open file does the work.
pub struct AnonymousInode {
    kind: FileType,
    number: u64,
    mode: u32,
    uid: u32,
    gid: u32,
    created: Timespec,
}

static NEXT_ANONYMOUS: AtomicU64 = AtomicU64::new(1);

/// `st_dev` of files without a place.
pub const ANONYMOUS_DEVICE: u64 = 0xb;

impl AnonymousInode {
    /// A node owned by `uid` and `gid`.
    pub fn new(kind: FileType, mode: u32, uid: u32, gid: u32) -> Self {
        let number = NEXT_ANONYMOUS.fetch_add(1, Ordering::Relaxed);
        Self {
            kind,
            number,
            mode,
            uid,
            gid,
            created: Timespec::now(),
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
        Metadata {
            device: ANONYMOUS_DEVICE,
            inode: self.number,
            kind: self.kind,
            mode: self.mode,
            links: 1,
            uid: self.uid,
            gid: self.gid,
            device_number: 0,
            size: 0,
            blocks: 0,
            accessed: self.created,
            modified: self.created,
            changed: self.created,
            created: self.created,
        }
    }
}
