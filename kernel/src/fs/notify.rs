//! What happens to nodes and names, told to those who watch them.
//!
//! The VFS calls a function here after each event. While nobody watches anything that costs one load; else the watches
//! of the node, and those of the directory its name is in, are asked. [`super::inotify`] has the watches' owners.
//! The order of the events of one call is Linux's.
//!
//! Locks: `WATCHES`, then an instance's own. Neither is held while a waiter is woken or a node let go.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use linux_raw_sys::general as raw;

use crate::fs::dentry::Dentry;
use crate::fs::file::OpenFile;
use crate::fs::inode::{FileType, Inode};
use crate::fs::inotify::Inotify;
use crate::sync::SpinLock;

/// How many watches there are.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);
/// The watches of each node. A list is replaced as a whole, so that it can be gone through without the lock.
static WATCHES: SpinLock<BTreeMap<usize, Arc<[Arc<Watch>]>>> = SpinLock::new(BTreeMap::new());
static NEXT_COOKIE: AtomicU32 = AtomicU32::new(1);

/// One node that one instance watches. It keeps the node, so that no other takes its place in the table.
pub struct Watch {
    /// Whom to tell.
    pub instance: Weak<Inotify>,
    /// Its number in the instance.
    pub descriptor: i32,
    /// What to tell of, with the `IN_*` values and flags of inotify_add_watch(2).
    pub mask: AtomicU32,
    inode: Arc<dyn Inode>,
    /// An `IN_ONESHOT` watch has told.
    fired: AtomicBool,
}

impl Watch {
    /// A watch that is in no table yet.
    pub fn new(
        instance: Weak<Inotify>,
        descriptor: i32,
        mask: u32,
        inode: Arc<dyn Inode>,
    ) -> Arc<Self> {
        Arc::new(Self {
            instance,
            descriptor,
            mask: AtomicU32::new(mask),
            inode,
            fired: AtomicBool::new(false),
        })
    }

    fn tell(self: &Arc<Self>, event: &Event<'_>) {
        let wanted = self.mask.load(Ordering::Relaxed);
        if event.mask & wanted & raw::IN_ALL_EVENTS == 0
            || (event.unlinked && wanted & raw::IN_EXCL_UNLINK != 0)
        {
            return;
        }
        let one_shot = wanted & raw::IN_ONESHOT != 0;
        if one_shot && self.fired.swap(true, Ordering::Relaxed) {
            return;
        }
        let Some(instance) = self.instance.upgrade() else {
            return;
        };
        instance.push(self.descriptor, event.mask, event.cookie, event.name);
        if one_shot {
            instance.end(self);
        }
    }
}

struct Event<'a> {
    mask: u32,
    cookie: u32,
    /// The name in the watched directory.
    name: Option<&'a Arc<[u8]>>,
    /// It concerns a file by a name that was removed.
    unlinked: bool,
}

fn key(inode: &Arc<dyn Inode>) -> usize {
    Arc::as_ptr(inode).cast::<()>().addr()
}

/// Whether anything is watched at all.
#[inline]
pub fn active() -> bool {
    ACTIVE.load(Ordering::Relaxed) != 0
}

/// Looks for an instance's watch of a node; makes one if there is none. Both happen under the table's lock.
///
/// # Errors
/// What `make` or `found` says.
pub fn find_or_add(
    inode: &Arc<dyn Inode>,
    instance: &Inotify,
    found: impl FnOnce(&Watch) -> crate::errno::Result<()>,
    make: impl FnOnce() -> crate::errno::Result<Arc<Watch>>,
) -> crate::errno::Result<i32> {
    let mut watches = WATCHES.lock();
    let old = watches.get(&key(inode)).cloned();
    let list = old.as_deref().unwrap_or(&[]);
    let own = list
        .iter()
        .find(|watch| core::ptr::eq(watch.instance.as_ptr(), instance));
    if let Some(watch) = own {
        found(watch)?;
        return Ok(watch.descriptor);
    }
    let mut longer = Vec::new();
    longer.try_reserve_exact(list.len() + 1)?;
    longer.extend(list.iter().cloned());
    let watch = make()?;
    let descriptor = watch.descriptor;
    longer.push(watch);
    watches.insert(key(inode), longer.into());
    ACTIVE.fetch_add(1, Ordering::Relaxed);
    drop(watches);
    Ok(descriptor)
}

/// Takes a watch out of the table.
pub fn remove(watch: &Arc<Watch>) {
    let mut watches = WATCHES.lock();
    let key = key(&watch.inode);
    let Some(list) = watches.get(&key) else {
        return;
    };
    let rest: Vec<_> = list
        .iter()
        .filter(|other| !Arc::ptr_eq(other, watch))
        .cloned()
        .collect();
    if rest.len() == list.len() {
        return;
    }
    ACTIVE.fetch_sub(1, Ordering::Relaxed);
    let old = if rest.is_empty() {
        watches.remove(&key)
    } else {
        watches.insert(key, rest.into())
    };
    drop(watches);
    drop(old);
}

fn tell(inode: &Arc<dyn Inode>, event: &Event<'_>) {
    let list = WATCHES.lock().get(&key(inode)).cloned();
    for watch in list.iter().flat_map(|list| list.iter()) {
        watch.tell(event);
    }
}

fn directory_bit(kind: FileType) -> u32 {
    if kind == FileType::Directory {
        raw::IN_ISDIR
    } else {
        0
    }
}

/// Something happened to a node by a name: watches of the directory and of the node hear of it.
#[inline]
pub fn at(dentry: &Arc<Dentry>, mask: u32) {
    if active() {
        at_name(dentry, mask);
    }
}

#[cold]
fn at_name(dentry: &Arc<Dentry>, mask: u32) {
    let mut event = Event {
        mask: mask | directory_bit(dentry.kind()),
        cookie: 0,
        name: None,
        unlinked: false,
    };
    if let Some(parent) = dentry.parent() {
        let name = dentry.name();
        tell(
            parent.inode(),
            &Event {
                name: Some(&name),
                unlinked: dentry.is_dead(),
                ..event
            },
        );
    }
    event.name = None;
    tell(dentry.inode(), &event);
}

/// A file was opened.
#[inline]
pub fn opened(file: &OpenFile) {
    if active() && !file.access().path_only {
        at_name(&file.location().dentry, raw::IN_OPEN);
    }
}

/// An open file is gone.
#[inline]
pub fn closed(file: &OpenFile) {
    if active() && !file.access().path_only {
        let mask = if file.access().write {
            raw::IN_CLOSE_WRITE
        } else {
            raw::IN_CLOSE_NOWRITE
        };
        at_name(&file.location().dentry, mask);
    }
}

/// Something happened to a node, by no name.
pub fn node(inode: &Arc<dyn Inode>, mask: u32) {
    if active() {
        let directory = match mask {
            // These never say what it was (inotify(7) has it so from the beginning).
            raw::IN_DELETE_SELF | raw::IN_MOVE_SELF => 0,
            _ => directory_bit(inode.kind()),
        };
        tell(
            inode,
            &Event {
                mask: mask | directory,
                cookie: 0,
                name: None,
                unlinked: false,
            },
        );
    }
}

/// A name came into or went from a directory. `cookie` joins the two halves of a move.
pub fn name(directory: &Arc<dyn Inode>, name: &Arc<[u8]>, kind: FileType, mask: u32, cookie: u32) {
    if active() {
        tell(
            directory,
            &Event {
                mask: mask | directory_bit(kind),
                cookie,
                name: Some(name),
                unlinked: false,
            },
        );
    }
}

/// A number that joins the two halves of a move.
pub fn next_cookie() -> u32 {
    NEXT_COOKIE.fetch_add(1, Ordering::Relaxed)
}

/// The last use of a removed name is over: if the node has no other, its watches end.
#[cold]
pub fn name_gone(inode: &Arc<dyn Inode>) {
    if !WATCHES.lock().contains_key(&key(inode)) || inode.metadata().links != 0 {
        return;
    }
    node(inode, raw::IN_DELETE_SELF);
    let list = WATCHES.lock().get(&key(inode)).cloned();
    for watch in list.iter().flat_map(|list| list.iter()) {
        end(watch);
    }
}

/// A file system is gone from the tree, with all that was watched in it.
pub fn unmounted(root: &Arc<dyn Inode>) {
    if !active() {
        return;
    }
    let device = root.metadata().device;
    let mut from = 0;
    loop {
        let next = {
            let watches = WATCHES.lock();
            let next = watches.range(from..).next();
            next.map(|(key, list)| (*key, list.clone()))
        };
        let Some((key, list)) = next else { return };
        for watch in list.iter() {
            if watch.inode.metadata().device == device {
                if let Some(instance) = watch.instance.upgrade() {
                    instance.push(watch.descriptor, raw::IN_UNMOUNT, 0, None);
                }
                end(watch);
            }
        }
        let Some(after) = key.checked_add(1) else {
            return;
        };
        from = after;
    }
}

fn end(watch: &Arc<Watch>) {
    match watch.instance.upgrade() {
        Some(instance) => instance.end(watch),
        // The instance is about to take all its watches out.
        None => remove(watch),
    }
}
