//! Mounts: file systems joined into one tree.
//!
//! A [`Mount`] puts the root dentry of a file system over a place of another mount. A dentry knows whether anything sits on
//! it, and path resolution asks the [`Table`] only then. Files that have no place in the tree (pipes, sockets, memfd)
//! live in a mount of their own that nothing leads to: [`anonymous_location`].
//!
//! Locks: `MOUNTS`, then `children` of a dentry or a mount's place. Locations are let go outside all of them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use crate::errno::{Errno, Result};
pub use crate::fs::anonymous::AnonymousInode;
use crate::fs::dentry::Dentry;
use crate::fs::inode::{FileSystem, FileSystemStatistics, FileType, Inode};
use crate::fs::notify;
use crate::fs::path::Location;
use crate::sync::{Once, SpinLock};

static MOUNTS: SpinLock<Table> = SpinLock::new(Table {
    mounts: BTreeMap::new(),
    places: BTreeSet::new(),
    next: 0,
});
/// The most mounts there may be (`/proc/sys/fs/mount-max`).
pub const MOUNTS_MAX: usize = 100_000;
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
    /// Symbolic links are not followed (`MS_NOSYMFOLLOW`).
    pub const NO_SYMLINKS: u32 = 256;
    /// Times of access stay as they are (`MS_NOATIME`).
    pub const NO_ACCESS_TIME: u32 = 1024;
    /// The same for directories (`MS_NODIRATIME`).
    pub const NO_DIRECTORY_ACCESS_TIME: u32 = 2048;
}

/// A file system as all its mounts have it.
struct Tree {
    file_system: Arc<dyn FileSystem>,
    /// Its root, above that of a bind mount.
    root: Arc<Dentry>,
    /// Nobody writes, whatever the mounts say.
    read_only: AtomicBool,
    /// Files that are open for writing, through any mount.
    writers: AtomicUsize,
}

impl Drop for Tree {
    /// The last mount of it goes, and nobody uses a file any more: no name is looked up again.
    fn drop(&mut self) {
        notify::unmounted(self.root.inode());
        self.root.forget_tree();
    }
}

/// A file system in its place.
pub struct Mount {
    id: u64,
    tree: Arc<Tree>,
    root: Arc<Dentry>,
    /// What the caller of mount(2) said is mounted.
    source: Arc<[u8]>,
    /// The place it covers; `None` for the root of all, and once it is taken away.
    place: SpinLock<Option<Location>>,
    /// Its number in the table, which grows with each mount and each move.
    order: AtomicU64,
    flags: AtomicU32,
    /// Files that are open or mapped for writing through it.
    writers: AtomicUsize,
    /// `MNT_EXPIRE` marked it, and nobody has used a file in it since.
    expiring: AtomicBool,
}

impl Mount {
    fn new(
        file_system: Arc<dyn FileSystem>,
        source: &[u8],
        place: Option<Location>,
        flags: u32,
    ) -> Arc<Self> {
        let root = Dentry::new_root(file_system.root(), file_system.stable_names());
        let tree = Arc::new(Tree {
            file_system,
            root: root.clone(),
            read_only: AtomicBool::new(flags & flags::READ_ONLY != 0),
            writers: AtomicUsize::new(0),
        });
        Self::over(tree, root, Arc::from(source), place, flags)
    }

    fn over(
        tree: Arc<Tree>,
        root: Arc<Dentry>,
        source: Arc<[u8]>,
        place: Option<Location>,
        flags: u32,
    ) -> Arc<Self> {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            id,
            tree,
            root,
            source,
            place: SpinLock::new(place),
            order: AtomicU64::new(0),
            flags: AtomicU32::new(flags),
            writers: AtomicUsize::new(0),
            expiring: AtomicBool::new(false),
        })
    }

    /// Number of this mount (`stx_mnt_id`).
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What is mounted.
    pub fn file_system(&self) -> &Arc<dyn FileSystem> {
        &self.tree.file_system
    }

    /// The dentry at its top.
    pub fn root(&self) -> &Arc<Dentry> {
        &self.root
    }

    /// What the caller of mount(2) said is mounted.
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// The place it covers; `None` for the root of all.
    pub fn mounted_on(&self) -> Option<Location> {
        self.place.lock().clone()
    }

    /// Its [`flags`].
    #[inline]
    pub fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Changes its [`flags`] alone (`MS_REMOUNT` with `MS_BIND`).
    ///
    /// # Errors
    /// `EBUSY` when writing ends but a file is open or mapped for it.
    pub fn set_flags(&self, flags: u32) -> Result<()> {
        if flags & flags::READ_ONLY != 0 && self.writers.load(Ordering::Acquire) != 0 {
            return Err(Errno::EBUSY);
        }
        self.flags.store(flags, Ordering::Relaxed);
        Ok(())
    }

    /// Changes its [`flags`] and the file system with its options, which may become read-only for all its mounts
    /// (`MS_REMOUNT`).
    ///
    /// # Errors
    /// As [`Mount::set_flags`], for files of any mount of it; what the file system says of its options.
    pub fn reconfigure(&self, flags: u32, options: &[u8]) -> Result<()> {
        let read_only = flags & flags::READ_ONLY != 0;
        if read_only && self.tree.writers.load(Ordering::Acquire) != 0 {
            return Err(Errno::EBUSY);
        }
        self.tree.file_system.reconfigure(options)?;
        self.tree.read_only.store(read_only, Ordering::Relaxed);
        self.flags.store(flags, Ordering::Relaxed);
        Ok(())
    }

    /// Whether writing is refused, here or in all of the file system.
    pub fn read_only(&self) -> bool {
        self.flags() & flags::READ_ONLY != 0 || self.file_system_read_only()
    }

    /// Whether writing is refused in all of the file system.
    pub fn file_system_read_only(&self) -> bool {
        self.tree.read_only.load(Ordering::Relaxed)
    }

    /// A file is opened.
    #[inline]
    pub(super) fn file_opened(&self) {
        self.expiring.store(false, Ordering::Relaxed);
    }

    /// A file is open, or mapped, for writing.
    pub(super) fn writer_came(&self) {
        self.writers.fetch_add(1, Ordering::AcqRel);
        self.tree.writers.fetch_add(1, Ordering::AcqRel);
    }

    /// Such a file is closed, such a mapping is gone.
    pub(super) fn writer_went(&self) {
        self.tree.writers.fetch_sub(1, Ordering::AcqRel);
        self.writers.fetch_sub(1, Ordering::AcqRel);
    }

    fn top(self: &Arc<Self>) -> Location {
        Location {
            dentry: self.root.clone(),
            mount: self.clone(),
        }
    }
}

/// A place as a key: the mount and the dentry in it.
type PlaceKey = (usize, usize);

fn key(mount: &Arc<Mount>, dentry: &Arc<Dentry>) -> PlaceKey {
    (Arc::as_ptr(mount).addr(), Arc::as_ptr(dentry).addr())
}

/// Every mount that is in the tree.
struct Table {
    /// In the order in which they came, by number.
    mounts: BTreeMap<u64, Arc<Mount>>,
    /// What each covers, with its number: what sits on a mount, and on one place of it, are neighbours.
    places: BTreeSet<(PlaceKey, u64)>,
    next: u64,
}

impl Table {
    fn contains(&self, mount: &Arc<Mount>) -> bool {
        let own = self.mounts.get(&mount.order.load(Ordering::Relaxed));
        own.is_some_and(|own| Arc::ptr_eq(own, mount))
    }

    /// Puts a mount in, as the last.
    fn insert(&mut self, mount: Arc<Mount>) {
        self.next += 1;
        mount.order.store(self.next, Ordering::Relaxed);
        if let Some(on) = &*mount.place.lock() {
            self.places.insert((key(&on.mount, &on.dentry), self.next));
        }
        self.mounts.insert(self.next, mount);
    }

    /// Takes a mount out; its place stays with it.
    fn remove(&mut self, mount: &Arc<Mount>) -> Option<Arc<Mount>> {
        let order = mount.order.load(Ordering::Relaxed);
        if let Some(on) = &*mount.place.lock() {
            self.places.remove(&(key(&on.mount, &on.dentry), order));
        }
        self.mounts.remove(&order)
    }

    /// What covers a place: of several the last.
    fn covering(&self, location: &Location) -> Option<&Arc<Mount>> {
        let place = key(&location.mount, &location.dentry);
        let (_, order) = self
            .places
            .range((place, 0)..=(place, u64::MAX))
            .next_back()?;
        self.mounts.get(order)
    }

    /// The mounts that sit on `mount`; those of one place in their order.
    fn on(&self, mount: &Arc<Mount>) -> impl Iterator<Item = &Arc<Mount>> {
        let mount = Arc::as_ptr(mount).addr();
        let all = self
            .places
            .range(((mount, 0), 0)..=((mount, usize::MAX), u64::MAX));
        all.filter_map(|(_, order)| self.mounts.get(order))
    }
}

/// Makes the first mount, the root of all.
///
/// # Errors
/// None today.
pub fn mount_root(file_system: Arc<dyn FileSystem>) -> Result<Location> {
    let name = file_system.name();
    let mount = Mount::new(file_system, name.as_bytes(), None, 0);
    MOUNTS.lock().insert(mount.clone());
    Ok(mount.top())
}

/// Mounts a file system over a directory. `source` is what is shown as mounted.
///
/// # Errors
/// `ENOTDIR`, `ENOENT` when the directory was removed, `ENOSPC` for too many, `ENOMEM`.
pub fn mount(
    file_system: Arc<dyn FileSystem>,
    source: &[u8],
    on: Location,
    flags: u32,
) -> Result<Arc<Mount>> {
    if !on.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    let mount = Mount::new(file_system, source, Some(on), flags);
    attach(&mut MOUNTS.lock(), mount.clone())?;
    Ok(mount)
}

/// Whether [`bind`] takes along what is mounted below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// It does not.
    Hidden,
    /// It does (`MS_REC`).
    Along,
}

/// Shows what is at `from` a second time, at `on` (`MS_BIND`).
///
/// # Errors
/// `ENOTDIR` when only one of the two is a directory; as [`mount`].
pub fn bind(from: &Location, on: Location, below: Below) -> Result<()> {
    if from.dentry.is_directory() != on.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    let copy = |mount: &Mount, root: &Arc<Dentry>, place| {
        let (tree, source) = (mount.tree.clone(), mount.source.clone());
        Mount::over(tree, root.clone(), source, Some(place), mount.flags())
    };
    let mut mounts = MOUNTS.lock();
    let first = copy(&from.mount, &from.dentry, on);
    // Each mount that was copied, and its copy: those on it are next.
    let mut pairs = Vec::new();
    pairs.try_reserve(1)?;
    pairs.push((from.mount.clone(), first.clone()));
    attach(&mut mounts, first)?;
    // What comes from here on is a copy, not to be copied again.
    let last = mounts.next;
    let mut done = 0;
    while below == Below::Along
        && let Some((old, new)) = pairs.get(done).cloned()
    {
        done += 1;
        let mut on_old: Vec<Arc<Mount>> = Vec::new();
        for mount in mounts.on(&old) {
            if mount.order.load(Ordering::Relaxed) < last {
                on_old.try_reserve(1)?;
                on_old.push(mount.clone());
            }
        }
        for mount in on_old {
            let Some(place) = mount.mounted_on() else {
                continue;
            };
            if !new.root.is_ancestor_of(&place.dentry) {
                continue;
            }
            let place = Location {
                mount: new.clone(),
                dentry: place.dentry,
            };
            let twin = copy(&mount, &mount.root, place);
            pairs.try_reserve(1)?;
            attach(&mut mounts, twin.clone())?;
            pairs.push((mount, twin));
        }
    }
    Ok(())
}

/// Puts a mount over its place. The dentry there stays a name meanwhile.
fn attach(mounts: &mut Table, mount: Arc<Mount>) -> Result<()> {
    crate::mm::admit()?;
    if mounts.mounts.len() >= MOUNTS_MAX {
        return Err(Errno::ENOSPC);
    }
    if let Some(on) = &*mount.place.lock() {
        on.dentry.cover()?;
    }
    mounts.insert(mount);
    Ok(())
}

/// What covers `location`, if anything does; the mount that came last wins.
pub fn covering(location: &Location) -> Option<Arc<Mount>> {
    MOUNTS.lock().covering(location).cloned()
}

/// Checks that `at` is the top of a mount that is not the root of all.
fn check_top(at: &Location) -> Result<Location> {
    if !Arc::ptr_eq(&at.dentry, &at.mount.root) {
        return Err(Errno::EINVAL);
    }
    at.mount.mounted_on().ok_or(Errno::EINVAL)
}

/// Whether `location` lies in `mount` or in what is mounted below it.
fn is_in(location: &Location, mount: &Arc<Mount>) -> bool {
    let mut at = Some(location.clone());
    while let Some(place) = at {
        if Arc::ptr_eq(&place.mount, mount) {
            return true;
        }
        at = place.mount.mounted_on();
    }
    false
}

/// Puts a mount, with all below it, into another place (`MS_MOVE`).
///
/// # Errors
/// `EINVAL` when `at` is not the top of a mount or is the root of all, or when only one of the two is a directory;
/// `ELOOP` when the new place lies below; `ENOENT` when it was removed.
pub fn move_to(at: &Location, on: Location) -> Result<()> {
    if at.dentry.is_directory() != on.dentry.is_directory() {
        return Err(Errno::EINVAL);
    }
    // All under the lock: two moves at once must not put mounts into each other.
    let mut mounts = MOUNTS.lock();
    let old = check_top(at)?;
    if !mounts.contains(&at.mount) {
        return Err(Errno::EINVAL);
    }
    if is_in(&on, &at.mount) {
        return Err(Errno::ELOOP);
    }
    on.dentry.cover()?;
    old.dentry.uncover();
    // The mount that came last is the one that is seen.
    let moved = mounts.remove(&at.mount).ok_or(Errno::EINVAL)?;
    let place = moved.place.lock().replace(on);
    mounts.insert(moved);
    drop(mounts);
    drop((place, old));
    Ok(())
}

/// Makes the mount of `new` the root in place of that of `root`, which goes to `old` (pivot_root(2)).
///
/// # Errors
/// `EBUSY` when the new root or the place for the old one is in the mount of `root`; `EINVAL` when one is not the top of a
/// mount, `root` is the root of all, or `old` is not below `new`.
pub fn pivot(root: &Location, new: &Location, old: Location) -> Result<()> {
    if Arc::ptr_eq(&root.mount, &new.mount) || Arc::ptr_eq(&old.mount, &root.mount) {
        return Err(Errno::EBUSY);
    }
    let mut mounts = MOUNTS.lock();
    let above = check_top(root)?;
    let left = check_top(new)?;
    if !is_in(&old, &new.mount) || !mounts.contains(&root.mount) || !mounts.contains(&new.mount) {
        return Err(Errno::EINVAL);
    }
    old.dentry.cover().map_err(|_| Errno::EINVAL)?;
    left.dentry.uncover();
    let mut places = Vec::new();
    for (mount, place) in [(&new.mount, above), (&root.mount, old)] {
        let moved = mounts.remove(mount);
        places.push(mount.place.lock().replace(place));
        if let Some(moved) = moved {
            mounts.insert(moved);
        }
    }
    drop(mounts);
    drop((places, left));
    Ok(())
}

/// How a mount is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmounting {
    /// Only when it is not in use.
    Unused,
    /// From the tree at once, with what is below; it goes when it is not in use any more (`MNT_DETACH`).
    Lazily,
    /// Only when it is not in use and was not since the last try (`MNT_EXPIRE`).
    Expired,
}

/// Takes a mount away.
///
/// # Errors
/// `EINVAL` when `at` is not the top of a mount or is the root of all; `EBUSY` when it is in use; `EAGAIN` for the first try of
/// [`Unmounting::Expired`].
pub fn unmount(at: &Location, how: Unmounting) -> Result<()> {
    let mut gone = Vec::new();
    let mut mounts = MOUNTS.lock();
    let covered = check_top(at)?;
    if !mounts.contains(&at.mount) {
        return Err(Errno::EINVAL);
    }
    if how != Unmounting::Lazily {
        // The table and `at` hold one reference each; more means open files, mappings, working directories or mounts inside.
        if mounts.on(&at.mount).next().is_some() || Arc::strong_count(&at.mount) > 2 {
            return Err(Errno::EBUSY);
        }
        if how == Unmounting::Expired && !at.mount.expiring.swap(true, Ordering::Relaxed) {
            return Err(Errno::EAGAIN);
        }
    }
    gone.try_reserve(1)?;
    gone.push(at.mount.clone());
    let mut done = 0;
    while let Some(mount) = gone.get(done).cloned() {
        done += 1;
        for lower in mounts.on(&mount) {
            gone.try_reserve(1)?;
            gone.push(lower.clone());
        }
    }
    let mut places = Vec::new();
    places.try_reserve(gone.len())?;
    for mount in &gone {
        mounts.remove(mount);
        let place = mount.place.lock().take();
        if let Some(on) = &place {
            on.dentry.uncover();
        }
        places.push(place);
    }
    drop(mounts);
    // Where nobody uses one of them, and no bind mount shows it, it goes here.
    drop((places, covered, gone));
    Ok(())
}

/// The top of the tree, once there is one.
pub fn root() -> Option<Location> {
    let mounts = MOUNTS.lock();
    let mut all = mounts.mounts.values();
    let first = all.find(|mount| mount.place.lock().is_none());
    first.map(Mount::top)
}

/// Every mount, for `/proc/mounts`.
///
/// # Errors
/// `ENOMEM`.
pub fn all() -> Result<Vec<Arc<Mount>>> {
    let mounts = MOUNTS.lock();
    let mut list = Vec::new();
    list.try_reserve(mounts.mounts.len())?;
    list.extend(mounts.mounts.values().cloned());
    Ok(list)
}

/// A place for a node that has none in the tree; `name` is what `/proc/PID/fd` shows.
pub fn anonymous_location(inode: Arc<dyn Inode>, name: &[u8]) -> Location {
    let mount = ANONYMOUS
        .call_once(|| Mount::new(Arc::new(AnonymousFileSystem), b"none", None, 0))
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
