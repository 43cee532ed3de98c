//! Dentries: the names of the tree.
//!
//! A [`Dentry`] is one name of one directory, bound to its inode. For file systems with stable names each directory
//! dentry remembers the children that were looked up; that map also is the directory's lock: looking up a name that
//! is not remembered and changing the directory both happen under it, so a name has at most one live dentry, and
//! renames show in every `getcwd`.
//!
//! Locks: [`RENAMES`], then `children` of an ancestor, then of a descendant (two unrelated ones in address order),
//! then `place`, then the file system's own.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hashbrown::HashMap;

use super::shrink::shrink;
use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::inode::{FileType, Inode, NewNode, RenameMode};
use crate::fs::notify;
use crate::sync::{SpinLock, SpinLockGuard};

type Children = HashMap<Arc<[u8]>, Arc<Dentry>>;

/// Held over every rename that moves a directory or touches two directories, so that ancestry stands still.
static RENAMES: SpinLock<()> = SpinLock::new(());

/// One name in the tree.
pub struct Dentry {
    inode: Arc<dyn Inode>,
    kind: FileType,
    /// Whether children are remembered.
    stable: bool,
    /// The name was removed (rmdir, unlink): the directory takes no new entries.
    dead: AtomicBool,
    /// How many mounts sit on this dentry.
    mounts: AtomicUsize,
    place: SpinLock<Place>,
    children: SpinLock<Children>,
}

struct Place {
    /// `None` for the root of a file system.
    parent: Option<Arc<Dentry>>,
    name: Arc<[u8]>,
}

impl Dentry {
    /// The dentry at the top of a file system.
    pub fn new_root(inode: Arc<dyn Inode>, stable: bool) -> Arc<Self> {
        Self::build(inode, stable, None, b"/")
    }

    /// A dentry that is not in its parent's map: for names that are not remembered, and for files without a name.
    pub fn detached(inode: Arc<dyn Inode>, parent: Option<Arc<Dentry>>, name: &[u8]) -> Arc<Self> {
        Self::build(inode, false, parent, name)
    }

    fn build(
        inode: Arc<dyn Inode>,
        stable: bool,
        parent: Option<Arc<Dentry>>,
        name: &[u8],
    ) -> Arc<Self> {
        let kind = inode.kind();
        Arc::new(Self {
            inode,
            kind,
            stable,
            dead: AtomicBool::new(false),
            mounts: AtomicUsize::new(0),
            place: SpinLock::new(Place {
                parent,
                name: Arc::from(name),
            }),
            children: SpinLock::new(HashMap::new()),
        })
    }

    /// The node.
    pub fn inode(&self) -> &Arc<dyn Inode> {
        &self.inode
    }

    /// Kind of the node.
    pub fn kind(&self) -> FileType {
        self.kind
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.kind == FileType::Directory
    }

    /// The directory above; `None` at the top of a file system.
    pub fn parent(&self) -> Option<Arc<Dentry>> {
        self.place.lock().parent.clone()
    }

    /// The name in the parent.
    pub fn name(&self) -> Arc<[u8]> {
        self.place.lock().name.clone()
    }

    /// The path from the top of its file system.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn path(self: &Arc<Self>) -> Result<Vec<u8>> {
        let mut names = Vec::new();
        let mut at = self.clone();
        while let Some(parent) = at.parent() {
            names.try_reserve(1)?;
            names.push(at.name());
            at = parent;
        }
        let mut path = Vec::new();
        path.try_reserve(1 + names.iter().map(|name| name.len() + 1).sum::<usize>())?;
        for name in names.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok(path)
    }

    /// Whether the name was removed.
    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }

    /// Marks a dentry that never had a name of its own (`O_TMPFILE`, memfd).
    pub fn mark_dead(&self) {
        self.dead.store(true, Ordering::Release);
    }

    /// Whether something is mounted here.
    pub fn is_mount_point(&self) -> bool {
        self.mounts.load(Ordering::Acquire) != 0
    }

    /// A mount comes to sit here. From now on the name is not removed: that takes `children`, too.
    ///
    /// # Errors
    /// `ENOENT` when the name was removed.
    pub(super) fn cover(&self) -> Result<()> {
        let _children = self.children.lock();
        if self.is_dead() {
            return Err(Errno::ENOENT);
        }
        self.mounts.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// A mount sits here no longer.
    pub(super) fn uncover(&self) {
        self.mounts.fetch_sub(1, Ordering::AcqRel);
    }

    /// Keeps mounts from coming to sit here, for who is about to remove the name. `EBUSY` when one does.
    fn lock_uncovered(&self) -> Result<SpinLockGuard<'_, Children>> {
        let children = self.children.lock();
        if self.is_mount_point() {
            return Err(Errno::EBUSY);
        }
        Ok(children)
    }

    /// The child of that name.
    ///
    /// # Errors
    /// `ENOENT`; `ENOTDIR` when this is no directory; what the file system says.
    pub fn child(self: &Arc<Self>, name: &[u8]) -> Result<Arc<Dentry>> {
        if self.kind != FileType::Directory {
            return Err(Errno::ENOTDIR);
        }
        if !self.stable {
            let inode = self.inode.lookup(name)?;
            return Ok(Self::build(inode, false, Some(self.clone()), name));
        }
        let mut children = self.children.lock();
        if let Some(child) = children.get(name) {
            return Ok(child.clone());
        }
        self.look_up(&mut children, name)
    }

    /// Looks a name up that is not remembered, and remembers it.
    fn look_up(self: &Arc<Self>, children: &mut Children, name: &[u8]) -> Result<Arc<Dentry>> {
        if let Some(child) = children.get(name) {
            return Ok(child.clone());
        }
        let inode = self.inode.lookup(name)?;
        self.remember(children, name, inode)
    }

    fn remember(
        self: &Arc<Self>,
        children: &mut Children,
        name: &[u8],
        inode: Arc<dyn Inode>,
    ) -> Result<Arc<Dentry>> {
        children.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let child = Self::build(inode, true, Some(self.clone()), name);
        let name = child.place.lock().name.clone();
        children.insert(name, child.clone());
        Ok(child)
    }

    fn lock_live(&self) -> Result<SpinLockGuard<'_, Children>> {
        if self.kind != FileType::Directory {
            return Err(Errno::ENOTDIR);
        }
        let children = self.children.lock();
        if self.is_dead() {
            Err(Errno::ENOENT)
        } else {
            Ok(children)
        }
    }

    /// Makes a node.
    ///
    /// # Errors
    /// `EEXIST`; `ENOENT` when this directory was removed; what the file system says.
    pub fn create(self: &Arc<Self>, name: &[u8], node: &NewNode<'_>) -> Result<Arc<Dentry>> {
        let mut children = self.lock_live()?;
        if children.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        if self.stable {
            children.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        }
        let inode = self.inode.create(name, node)?;
        let made = if self.stable {
            self.remember(&mut children, name, inode)?
        } else {
            Self::build(inode, false, Some(self.clone()), name)
        };
        drop(children);
        if notify::active() {
            notify::name(&self.inode, &made.name(), node.kind, raw::IN_CREATE, 0);
        }
        Ok(made)
    }

    /// Gives a node another name.
    ///
    /// # Errors
    /// `EEXIST`, `ENOENT`; what the file system says.
    pub fn link(self: &Arc<Self>, name: &[u8], node: &Arc<dyn Inode>) -> Result<()> {
        let children = self.lock_live()?;
        if children.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        self.inode.link(name, node)?;
        drop(children);
        if notify::active() {
            notify::node(node, raw::IN_ATTRIB);
            let name = Arc::from(name);
            notify::name(&self.inode, &name, node.kind(), raw::IN_CREATE, 0);
        }
        Ok(())
    }

    /// Removes a name that is not a directory's. `check` sees the victim first and may refuse.
    ///
    /// # Errors
    /// `EISDIR`, `ENOENT`, `EBUSY` for a mount point; what `check` or the file system says.
    pub fn unlink(
        self: &Arc<Self>,
        name: &[u8],
        check: impl FnOnce(&Dentry) -> Result<()>,
    ) -> Result<()> {
        let mut children = self.lock_live()?;
        let victim = self.victim(&mut children, name)?;
        check(&victim)?;
        if victim.is_directory() {
            return Err(Errno::EISDIR);
        }
        let inside = victim.lock_uncovered()?;
        self.inode.unlink(name)?;
        victim.mark_dead();
        drop(inside);
        let removed = children.remove(name);
        shrink(&mut children);
        drop(children);
        drop(removed);
        if notify::active() {
            notify::node(&victim.inode, raw::IN_ATTRIB);
            self.name_removed(victim);
        }
        Ok(())
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// `ENOTDIR`, `ENOTEMPTY`, `EBUSY` for a mount point, `ENOENT`; what `check` or the file system says.
    pub fn rmdir(
        self: &Arc<Self>,
        name: &[u8],
        check: impl FnOnce(&Dentry) -> Result<()>,
    ) -> Result<()> {
        let mut children = self.lock_live()?;
        let victim = self.victim(&mut children, name)?;
        check(&victim)?;
        if !victim.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        let inside = victim.lock_uncovered()?;
        self.inode.rmdir(name)?;
        victim.mark_dead();
        drop(inside);
        let removed = children.remove(name);
        shrink(&mut children);
        drop(children);
        drop(removed);
        if notify::active() {
            self.name_removed(victim);
        }
        Ok(())
    }

    /// Tells that a name is gone; first that the node is, if this was its last use.
    #[cold]
    fn name_removed(&self, victim: Arc<Dentry>) {
        let (name, kind) = (victim.name(), victim.kind);
        drop(victim);
        notify::name(&self.inode, &name, kind, raw::IN_DELETE, 0);
    }

    fn victim(self: &Arc<Self>, children: &mut Children, name: &[u8]) -> Result<Arc<Dentry>> {
        if self.stable {
            self.look_up(children, name)
        } else {
            let inode = self.inode.lookup(name)?;
            Ok(Self::build(inode, false, Some(self.clone()), name))
        }
    }

    /// Whether `self` is `other` or above it.
    pub fn is_ancestor_of(self: &Arc<Self>, other: &Arc<Dentry>) -> bool {
        let mut at = Some(other.clone());
        while let Some(dentry) = at {
            if Arc::ptr_eq(self, &dentry) {
                return true;
            }
            at = dentry.parent();
        }
        false
    }

    /// Forgets every remembered name below, without recursion; for unmounting.
    pub(super) fn forget_tree(self: &Arc<Self>) {
        let mut work: Vec<Arc<Dentry>> = Vec::new();
        let mut children = core::mem::take(&mut *self.children.lock());
        loop {
            for (_, child) in children.drain() {
                // Without memory for the list the child is dropped at once; only deep trees need the list.
                if work.try_reserve(1).is_ok() {
                    work.push(child);
                }
            }
            let Some(next) = work.pop() else { break };
            children = core::mem::take(&mut *next.children.lock());
        }
    }
}

/// What a caller of [`rename`] is asked for, in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RenameCheck {
    /// Whether the nodes are what the names' trailing slashes say.
    Kinds,
    /// Whether the process may: not asked for two names of one file, which stay as they are.
    Permissions,
}

/// Moves `name` of `from` to `new_name` of `to`, by the rules of rename(2). `check` sees the node that moves and the
/// one that is replaced, and may refuse.
///
/// # Errors
/// `ENOENT`, `EEXIST` (with `keep_existing`), `EISDIR`, `ENOTDIR`, `ENOTEMPTY`, `EINVAL` for a directory moved below
/// itself, `EBUSY` for mount points; what `check` or the file system says.
pub fn rename(
    from: &Arc<Dentry>,
    name: &[u8],
    to: &Arc<Dentry>,
    new_name: &[u8],
    mode: RenameMode,
    keep_existing: bool,
    check: impl Fn(RenameCheck, &Dentry, Option<&Dentry>) -> Result<()>,
) -> Result<()> {
    if !from.stable || !to.stable {
        return Err(Errno::EPERM);
    }
    let _renames = RENAMES.lock();
    let same = Arc::ptr_eq(from, to);
    // Ancestry can't change while RENAMES is held, so the order below is the same for every taker.
    let (mut first, mut second) = if same {
        (from.lock_live()?, None)
    } else if from.is_ancestor_of(to)
        || (!to.is_ancestor_of(from) && Arc::as_ptr(from) < Arc::as_ptr(to))
    {
        let a = from.lock_live()?;
        let b = to.lock_live()?;
        (a, Some(b))
    } else {
        let b = to.lock_live()?;
        let a = from.lock_live()?;
        (a, Some(b))
    };
    let source = from.look_up(&mut first, name)?;
    let target = match to.look_up(second.as_mut().unwrap_or(&mut first), new_name) {
        Ok(target) => Some(target),
        Err(Errno::ENOENT) => None,
        Err(error) => return Err(error),
    };
    if keep_existing && target.is_some() {
        return Err(Errno::EEXIST);
    }
    if mode == RenameMode::Exchange && target.is_none() {
        return Err(Errno::ENOENT);
    }
    check(RenameCheck::Kinds, &source, target.as_deref())?;
    if source.is_ancestor_of(to) {
        return Err(Errno::EINVAL);
    }
    if let Some(target) = &target {
        if Arc::ptr_eq(target, &source)
            || (mode == RenameMode::Replace && Arc::ptr_eq(&target.inode, &source.inode))
        {
            // Two names of one file: rename does nothing (POSIX rename()).
            return Ok(());
        }
        if target.is_ancestor_of(from) {
            return Err(if mode == RenameMode::Exchange {
                Errno::EINVAL
            } else {
                Errno::ENOTEMPTY
            });
        }
    }
    check(RenameCheck::Permissions, &source, target.as_deref())?;
    if source.is_mount_point()
        || target
            .as_ref()
            .is_some_and(|target| target.is_mount_point())
    {
        return Err(Errno::EBUSY);
    }
    if let (Some(target), RenameMode::Replace) = (&target, mode) {
        match (source.is_directory(), target.is_directory()) {
            (true, false) => return Err(Errno::ENOTDIR),
            (false, true) => return Err(Errno::EISDIR),
            _ => {}
        }
    }
    // Room for the new name first: nothing may fail once the file system has moved it.
    second
        .as_mut()
        .unwrap_or(&mut first)
        .try_reserve(1)
        .map_err(|_| Errno::ENOMEM)?;
    let inside = match (&target, mode) {
        (Some(target), RenameMode::Replace) => Some(target.lock_uncovered()?),
        _ => None,
    };
    from.inode.rename(name, &*to.inode, new_name, mode)?;
    if let (Some(target), RenameMode::Replace) = (&target, mode) {
        target.mark_dead();
    }
    drop(inside);
    let old_key = source.name();
    let old_name = old_key.clone();
    let moved = source.clone();
    first.remove(&*old_key);
    let replaced = second.as_mut().unwrap_or(&mut first).remove(new_name);
    let new_key: Arc<[u8]> = Arc::from(new_name);
    let old_parent = core::mem::replace(
        &mut *source.place.lock(),
        Place {
            parent: Some(to.clone()),
            name: new_key.clone(),
        },
    );
    second
        .as_mut()
        .unwrap_or(&mut first)
        .insert(new_key, source);
    let mut displaced = None;
    if let (Some(target), RenameMode::Exchange) = (&target, mode) {
        displaced = Some(core::mem::replace(
            &mut *target.place.lock(),
            Place {
                parent: Some(from.clone()),
                name: old_key.clone(),
            },
        ));
        first.insert(old_key, target.clone());
    }
    drop(second);
    drop(first);
    if notify::active() {
        tell_renamed(from, &old_name, to, &moved, target.as_ref(), mode);
    }
    drop((replaced, old_parent, displaced));
    Ok(())
}

/// Tells of a rename in Linux's order: both names, then the nodes.
#[cold]
fn tell_renamed(
    from: &Dentry,
    old_name: &Arc<[u8]>,
    to: &Dentry,
    moved: &Dentry,
    target: Option<&Arc<Dentry>>,
    mode: RenameMode,
) {
    let tell = |from: &Dentry, old: &Arc<[u8]>, to: &Dentry, new: &Arc<[u8]>, node: &Dentry| {
        let cookie = notify::next_cookie();
        notify::name(&from.inode, old, node.kind, raw::IN_MOVED_FROM, cookie);
        notify::name(&to.inode, new, node.kind, raw::IN_MOVED_TO, cookie);
    };
    let new_name = moved.name();
    tell(from, old_name, to, &new_name, moved);
    if let (Some(replaced), RenameMode::Replace) = (target, mode) {
        notify::node(&replaced.inode, raw::IN_ATTRIB);
    }
    notify::node(&moved.inode, raw::IN_MOVE_SELF);
    if let (Some(other), RenameMode::Exchange) = (target, mode) {
        tell(to, &new_name, from, old_name, other);
        notify::node(&other.inode, raw::IN_MOVE_SELF);
    }
}

impl Drop for Dentry {
    /// Lets the chain of parents go in a loop: a program can nest directories far deeper than the kernel's stack.
    fn drop(&mut self) {
        if notify::active() && *self.dead.get_mut() {
            notify::name_gone(&self.inode);
        }
        let mut parent = self.place.lock().parent.take();
        while let Some(dentry) = parent {
            match Arc::into_inner(dentry) {
                Some(last) => parent = last.place.lock().parent.take(),
                None => break,
            }
        }
    }
}
