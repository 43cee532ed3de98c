//! The file system in memory: root, `/tmp`, memfd (tmpfs(5)).
//!
//! [`RamFs`] holds the limits, [`RamInode`] is every node; contents of files are in [`contents`], entries of
//! directories in [`directory`]. A node's lock guards its attributes; a directory's entries have a lock of their own,
//! taken before it. Changes of one directory are serialised by the VFS (see [`crate::fs::dentry`]).

pub mod contents;
pub mod directory;
pub mod options;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

use hal::mem::{Frame, PAGE_SIZE};

use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::executable::Writers;
use crate::fs::file::FileObject;
use crate::fs::inode::{
    Allocation, AttributeChanges, DirectoryEntry, FileSystem, FileSystemStatistics, FileType,
    Inode, LinkTarget, Metadata, NewNode, OpenRequest, Ownership, RenameMode, WriteAt, Written,
};
use crate::fs::memfd::Seals;
use crate::fs::permission::{SET_GID, SET_UID, mode_after_change};
use crate::fs::pipe::Pipe;
use crate::fs::xattr::ExtendedAttributes;
use crate::mm::{
    self,
    file::{FileId, Loss},
};
use crate::sync::SpinLock;
use crate::time::Timespec;
use contents::{Contents, Quota};
use directory::Directory;
use options::Options;

/// The most names of one node.
const LINKS_MAX: u32 = 65_000;

static NEXT_DEVICE: AtomicU64 = AtomicU64::new(0x20);

/// A file system in memory.
pub struct RamFs {
    name: &'static str,
    root: Arc<dyn Inode>,
    shared: Arc<Shared>,
}

/// What the nodes of one file system share.
struct Shared {
    device: u64,
    next_number: AtomicU64,
    quota: Arc<Quota>,
}

impl RamFs {
    /// A file system whose contents take at most `pages_max` pages, with at most `nodes_max` nodes. `name` is its type in
    /// `/proc/mounts`.
    pub fn new(name: &'static str, pages_max: usize, nodes_max: usize, root: Ownership) -> Self {
        let shared = Arc::new(Shared {
            device: NEXT_DEVICE.fetch_add(1, Ordering::Relaxed),
            next_number: AtomicU64::new(2),
            quota: Arc::new(Quota::new(pages_max, nodes_max)),
        });
        let now = Timespec::now();
        let root = Arc::new(RamInode {
            number: 1,
            attributes: SpinLock::new(Attributes::new(&root, 2, 0, now)),
            kind: Kind::Directory(SpinLock::new(Directory::new(1))),
            shared: shared.clone(),
            extended: ExtendedAttributes::default(),
            counted: false,
            writers: Writers::new(),
        });
        Self { name, root, shared }
    }

    /// A file system that may take half of the memory, as Linux's tmpfs does without options.
    pub fn with_default_limits(name: &'static str, root: Ownership) -> Self {
        let half = default_limit();
        Self::new(name, half, half, root)
    }

    /// A tmpfs with the options of tmpfs(5).
    ///
    /// # Errors
    /// `EINVAL`.
    pub fn tmpfs(options: &[u8]) -> Result<Self> {
        let options = Options::parse(options, 2 * default_limit())?;
        let pages = options.pages.unwrap_or(default_limit());
        let nodes = options.nodes.unwrap_or(default_limit());
        let file_system = Self::new("tmpfs", pages, nodes, options.root());
        // Here the root counts as a node.
        file_system.shared.quota.take_node()?;
        Ok(file_system)
    }

    /// A file without a name that can be sealed (memfd_create(2)).
    ///
    /// # Errors
    /// `ENOSPC`.
    pub fn new_sealable(&self, ownership: Ownership, seals: Seals) -> Result<Arc<dyn Inode>> {
        let kind = Kind::File(Contents::new(self.shared.quota.clone()), seals);
        Ok(self.shared.node(kind, &ownership, 0, 0)?)
    }
}

/// A limit as statfs(2) shows it: 0 for none.
fn shown_limit(limit: usize) -> u64 {
    if limit == usize::MAX { 0 } else { limit as u64 }
}

/// Pages and nodes of a file system without options: half of the memory.
fn default_limit() -> usize {
    hal::mem::stats().total / PAGE_SIZE / 2
}

impl FileSystem for RamFs {
    fn reconfigure(&self, options: &[u8]) -> Result<()> {
        let options = Options::parse(options, 2 * default_limit())?;
        self.shared.quota.set_limits(options.pages, options.nodes)
    }

    fn show_options(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        if self.name != "tmpfs" {
            return Ok(());
        }
        let (pages, nodes) = (self.shared.quota.pages().1, self.shared.quota.nodes().1);
        if pages != default_limit() && pages != usize::MAX {
            write!(out, ",size={}k", pages.saturating_mul(PAGE_SIZE / 1024))?;
        }
        if nodes != default_limit() && nodes != usize::MAX {
            write!(out, ",nr_inodes={nodes}")?;
        }
        let root = self.root.ownership();
        if root.mode != 0o1777 {
            write!(out, ",mode={:03o}", root.mode)?;
        }
        if root.uid != 0 {
            write!(out, ",uid={}", root.uid)?;
        }
        if root.gid != 0 {
            write!(out, ",gid={}", root.gid)?;
        }
        Ok(())
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn root(&self) -> Arc<dyn Inode> {
        self.root.clone()
    }

    fn statistics(&self) -> FileSystemStatistics {
        let (pages, pages_max) = self.shared.quota.pages();
        let (nodes, nodes_max) = self.shared.quota.nodes();
        FileSystemStatistics {
            magic: 0x0102_1994,
            total_pages: shown_limit(pages_max),
            free_pages: shown_limit(pages_max).saturating_sub(pages as u64),
            nodes: shown_limit(nodes_max),
            free_nodes: shown_limit(nodes_max).saturating_sub(nodes as u64),
            identity: self.shared.device,
        }
    }
}

impl Shared {
    fn node(
        self: &Arc<Self>,
        kind: Kind,
        ownership: &Ownership,
        links: u32,
        rdev: u64,
    ) -> Result<Arc<RamInode>> {
        self.quota.take_node()?;
        Ok(Arc::new(RamInode {
            number: self.next_number.fetch_add(1, Ordering::Relaxed),
            attributes: SpinLock::new(Attributes::new(ownership, links, rdev, Timespec::now())),
            kind,
            shared: self.clone(),
            extended: ExtendedAttributes::default(),
            counted: true,
            writers: Writers::new(),
        }))
    }

    fn make(
        self: &Arc<Self>,
        node: &NewNode<'_>,
        parent: u64,
        links: u32,
    ) -> Result<Arc<RamInode>> {
        let kind = match node.kind {
            FileType::Regular => Kind::File(Contents::new(self.quota.clone()), Seals::sealed()),
            FileType::Directory => Kind::Directory(SpinLock::new(Directory::new(parent))),
            FileType::SymbolicLink => Kind::SymbolicLink(copy_of(node.target)?.into_boxed_slice()),
            FileType::Fifo => Kind::Fifo(SpinLock::new(Weak::new())),
            FileType::CharacterDevice | FileType::BlockDevice => Kind::Device(node.kind),
            FileType::Socket => Kind::Socket,
            FileType::Anonymous => return Err(Errno::EINVAL),
        };
        self.node(kind, &node.ownership, links, node.device_number)
    }
}

/// A node.
pub struct RamInode {
    number: u64,
    attributes: SpinLock<Attributes>,
    kind: Kind,
    extended: ExtendedAttributes,
    shared: Arc<Shared>,
    /// Whether it was taken from the quota; the root was not.
    counted: bool,
    writers: Writers,
}

enum Kind {
    File(Contents, Seals),
    Directory(SpinLock<Directory>),
    SymbolicLink(Box<[u8]>),
    Device(FileType),
    /// The pipe exists while somebody has it open.
    Fifo(SpinLock<Weak<Pipe>>),
    Socket,
}

struct Attributes {
    mode: u32,
    uid: u32,
    gid: u32,
    links: u32,
    device_number: u64,
    accessed: Timespec,
    modified: Timespec,
    changed: Timespec,
    created: Timespec,
    /// Changed since the access time was last set: the next read sets it (the `relatime` rule of mount(8)).
    access_is_stale: bool,
    /// Without a name, it may get a first one. What has lost its last name stays without (linkat(2)).
    may_get_name: bool,
}

impl Attributes {
    fn new(ownership: &Ownership, links: u32, device_number: u64, now: Timespec) -> Self {
        Self {
            mode: ownership.mode,
            uid: ownership.uid,
            gid: ownership.gid,
            links,
            device_number,
            accessed: now,
            modified: now,
            changed: now,
            created: now,
            access_is_stale: true,
            may_get_name: false,
        }
    }

    fn ownership(&self) -> Ownership {
        Ownership {
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
        }
    }

    fn contents_changed(&mut self, now: Timespec) {
        self.modified = now;
        self.changed = now;
        self.access_is_stale = true;
    }
}

impl RamInode {
    fn directory(&self) -> Result<&SpinLock<Directory>> {
        match &self.kind {
            Kind::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory(_))
    }

    /// `node` as a node of this file system.
    fn own<'a>(&self, node: &'a dyn Inode) -> Result<&'a RamInode> {
        let node = (node as &dyn Any)
            .downcast_ref::<RamInode>()
            .ok_or(Errno::EXDEV)?;
        if Arc::ptr_eq(&node.shared, &self.shared) {
            Ok(node)
        } else {
            Err(Errno::EXDEV)
        }
    }

    fn contents_changed(&self) {
        let now = Timespec::now();
        self.attributes.lock().contents_changed(now);
    }

    /// A call has changed the contents: the running process may not leave them to run as somebody else. Programs do not
    /// run while they are open for writing, so none starts in between.
    fn contents_replaced(&self) {
        let now = Timespec::now();
        let mut attributes = self.attributes.lock();
        attributes.contents_changed(now);
        let runs_as_another = attributes.mode & (SET_UID | SET_GID) != 0;
        drop(attributes);
        if runs_as_another && let Some(thread) = crate::sched::try_current() {
            let credentials = thread.credentials();
            let mut attributes = self.attributes.lock();
            if let Some(mode) = mode_after_change(&attributes.ownership(), &credentials) {
                attributes.mode = mode;
            }
        }
    }

    /// An entry was added or removed; `links` is what it means for the number of subdirectories.
    fn entries_changed(&self, now: Timespec, links: i32) {
        let mut attributes = self.attributes.lock();
        attributes.contents_changed(now);
        attributes.links = attributes.links.saturating_add_signed(links);
    }

    /// A name of this node is gone.
    fn unnamed(&self, now: Timespec) {
        let mut attributes = self.attributes.lock();
        attributes.changed = now;
        // A directory's last name takes its own `.` along.
        attributes.links = if self.is_directory() {
            0
        } else {
            attributes.links.saturating_sub(1)
        };
    }

    fn file(&self) -> Result<(&Contents, &Seals)> {
        match &self.kind {
            Kind::File(contents, seals) => Ok((contents, seals)),
            Kind::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }
}

fn copy_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())
        .map_err(|_| Errno::ENOMEM)?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

impl Inode for RamInode {
    fn writers(&self) -> Option<&Writers> {
        matches!(self.kind, Kind::File(..)).then_some(&self.writers)
    }

    fn kind(&self) -> FileType {
        match &self.kind {
            Kind::File(..) => FileType::Regular,
            Kind::Directory(_) => FileType::Directory,
            Kind::SymbolicLink(_) => FileType::SymbolicLink,
            Kind::Device(kind) => *kind,
            Kind::Fifo(_) => FileType::Fifo,
            Kind::Socket => FileType::Socket,
        }
    }

    fn metadata(&self) -> Metadata {
        let (size, blocks) = match &self.kind {
            Kind::File(contents, _) => {
                let (size, pages) = contents.size_and_pages();
                (size, pages as u64 * (PAGE_SIZE as u64 / 512))
            }
            Kind::Directory(directory) => ((directory.lock().len() as u64 + 2) * 20, 0),
            Kind::SymbolicLink(target) => (target.len() as u64, 0),
            _ => (0, 0),
        };
        let attributes = self.attributes.lock();
        Metadata {
            device: self.shared.device,
            inode: self.number,
            kind: self.kind(),
            mode: attributes.mode,
            links: attributes.links,
            uid: attributes.uid,
            gid: attributes.gid,
            device_number: attributes.device_number,
            size,
            blocks,
            accessed: attributes.accessed,
            modified: attributes.modified,
            changed: attributes.changed,
            created: attributes.created,
        }
    }

    fn ownership(&self) -> Ownership {
        self.attributes.lock().ownership()
    }

    fn size(&self) -> u64 {
        match &self.kind {
            Kind::File(contents, _) => contents.size(),
            _ => self.metadata().size,
        }
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        let now = Timespec::now();
        let mut attributes = self.attributes.lock();
        let old = (attributes.mode, attributes.uid, attributes.gid);
        if let (Some(mode), Kind::File(_, seals)) = (changes.mode, &self.kind) {
            seals.allow_mode(old.0, mode)?;
        }
        attributes.mode = changes.mode.unwrap_or(old.0);
        attributes.uid = changes.uid.unwrap_or(old.1);
        attributes.gid = changes.gid.unwrap_or(old.2);
        if let Some(accessed) = changes.accessed {
            attributes.accessed = accessed;
            attributes.access_is_stale = false;
        }
        if let Some(modified) = changes.modified {
            attributes.modified = modified;
        }
        attributes.changed = now;
        Ok(())
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>> {
        self.directory()?
            .lock()
            .get(name)
            .cloned()
            .ok_or(Errno::ENOENT)
    }

    fn create(&self, name: &[u8], node: &NewNode<'_>) -> Result<Arc<dyn Inode>> {
        let directory = self.directory()?;
        let is_directory = node.kind == FileType::Directory;
        if is_directory && self.attributes.lock().links >= LINKS_MAX {
            return Err(Errno::EMLINK);
        }
        let made = self
            .shared
            .make(node, self.number, if is_directory { 2 } else { 1 })?;
        let mut entries = directory.lock();
        if entries.get(name).is_some() {
            return Err(Errno::EEXIST);
        }
        entries.insert(name, made.number, made.clone())?;
        drop(entries);
        self.entries_changed(Timespec::now(), i32::from(is_directory));
        Ok(made)
    }

    fn create_unnamed(&self, node: &NewNode<'_>, may_get_name: bool) -> Result<Arc<dyn Inode>> {
        let made = self.shared.make(node, self.number, 0)?;
        made.attributes.lock().may_get_name = may_get_name;
        Ok(made)
    }

    fn link(&self, name: &[u8], node: &Arc<dyn Inode>) -> Result<()> {
        let linked = self.own(&**node)?;
        if linked.is_directory() {
            return Err(Errno::EPERM);
        }
        let mut entries = self.directory()?.lock();
        if entries.get(name).is_some() {
            return Err(Errno::EEXIST);
        }
        entries.reserve()?;
        let now = Timespec::now();
        {
            let mut attributes = linked.attributes.lock();
            if attributes.links == 0 && !attributes.may_get_name {
                return Err(Errno::ENOENT);
            }
            if attributes.links >= LINKS_MAX {
                return Err(Errno::EMLINK);
            }
            attributes.may_get_name = false;
            attributes.links += 1;
            attributes.changed = now;
        }
        entries.insert(name, linked.number, node.clone())?;
        drop(entries);
        self.entries_changed(now, 0);
        Ok(())
    }

    fn unlink(&self, name: &[u8]) -> Result<()> {
        let mut entries = self.directory()?.lock();
        let victim = entries.get(name).ok_or(Errno::ENOENT)?;
        if victim.kind() == FileType::Directory {
            return Err(Errno::EISDIR);
        }
        let victim = entries.remove(name);
        drop(entries);
        let now = Timespec::now();
        if let Some(victim) = &victim {
            self.own(&**victim)?.unnamed(now);
        }
        self.entries_changed(now, 0);
        Ok(())
    }

    fn rmdir(&self, name: &[u8]) -> Result<()> {
        let mut entries = self.directory()?.lock();
        let victim = entries.get(name).ok_or(Errno::ENOENT)?;
        if !self.own(&**victim)?.directory()?.lock().is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        let victim = entries.remove(name);
        drop(entries);
        let now = Timespec::now();
        if let Some(victim) = &victim {
            self.own(&**victim)?.unnamed(now);
        }
        self.entries_changed(now, -1);
        Ok(())
    }

    fn rename(
        &self,
        name: &[u8],
        new_parent: &dyn Inode,
        new_name: &[u8],
        mode: RenameMode,
    ) -> Result<()> {
        let target_parent = self.own(new_parent)?;
        let across = !core::ptr::eq(self, target_parent);
        let source = self
            .directory()?
            .lock()
            .get(name)
            .cloned()
            .ok_or(Errno::ENOENT)?;
        let moved = self.own(&*source)?;
        let replaced = target_parent.directory()?.lock().get(new_name).cloned();
        let now = Timespec::now();
        let mut links = (0, 0);
        if let Some(node) = &replaced {
            let replaced = self.own(&**node)?;
            if mode == RenameMode::Exchange {
                self.directory()?
                    .lock()
                    .insert(name, replaced.number, node.clone())?;
                replaced.attributes.lock().changed = now;
                if replaced.is_directory() {
                    replaced.directory()?.lock().parent = self.number;
                    links = (links.0 + 1, links.1 - 1);
                }
            } else if replaced.is_directory() {
                if !replaced.directory()?.lock().is_empty() {
                    return Err(Errno::ENOTEMPTY);
                }
                links.1 -= 1;
            }
        } else if mode == RenameMode::Exchange {
            return Err(Errno::ENOENT);
        }
        target_parent
            .directory()?
            .lock()
            .insert(new_name, moved.number, source.clone())?;
        if mode == RenameMode::Replace {
            self.directory()?.lock().remove(name);
            if let Some(node) = &replaced {
                self.own(&**node)?.unnamed(now);
            }
        }
        if moved.is_directory() {
            moved.directory()?.lock().parent = target_parent.number;
            links = (links.0 - 1, links.1 + 1);
        }
        moved.attributes.lock().changed = now;
        if across {
            self.entries_changed(now, links.0);
            target_parent.entries_changed(now, links.1);
        } else {
            self.entries_changed(now, links.0 + links.1);
        }
        Ok(())
    }

    fn read_directory(
        &self,
        cursor: u64,
        emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool,
    ) -> Result<()> {
        self.directory()?.lock().list(self.number, cursor, emit);
        Ok(())
    }

    fn link_target(&self) -> Result<LinkTarget> {
        match &self.kind {
            Kind::SymbolicLink(target) => Ok(LinkTarget::Path(copy_of(target)?)),
            _ => Err(Errno::EINVAL),
        }
    }

    fn read_at(&self, offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
        Ok(self.file()?.0.read_at(offset, sink))
    }

    fn write_at(&self, place: WriteAt, source: &mut Source<'_>) -> Result<Written> {
        let (contents, seals) = self.file()?;
        let written =
            contents.write_at(place, source, |end, size| seals.allow_write(end > size))?;
        if written.count > 0 {
            self.contents_replaced();
        }
        Ok(written)
    }

    fn truncate(&self, size: u64) -> Result<()> {
        let (contents, seals) = self.file()?;
        let lost = contents.truncate(size, |old| seals.allow_resize(old, size))?;
        if contents.was_mapped() && !lost.is_empty() {
            let behind = size.div_ceil(PAGE_SIZE as u64)..u64::MAX;
            mm::file::unmap(FileId::of(self), behind, Loss::Truncated);
        }
        self.contents_replaced();
        Ok(())
    }

    fn allocate(&self, how: Allocation, offset: u64, len: u64) -> Result<()> {
        let (contents, seals) = self.file()?;
        let lost = contents.allocate(how, offset, len, |grows| match how {
            Allocation::PunchHole | Allocation::Zero { .. } => seals.allow_write(grows),
            Allocation::Insert => seals.allow_write(true),
            Allocation::Collapse => {
                seals.allow_write(false)?;
                seals.allow_resize(offset + 1, offset)
            }
            _ => seals.allow_grow(grows),
        })?;
        if contents.was_mapped()
            && let (Some((&first, _)), Some((&last, _))) =
                (lost.first_key_value(), lost.last_key_value())
        {
            mm::file::unmap(FileId::of(self), first..last + 1, Loss::Punched(&lost));
        }
        self.contents_replaced();
        Ok(())
    }

    fn seek_extent(&self, offset: u64, hole: bool) -> Result<u64> {
        self.file()?.0.seek_extent(offset, hole)
    }

    fn accessed(&self) {
        let mut attributes = self.attributes.lock();
        if attributes.access_is_stale {
            attributes.accessed = Timespec::now();
            attributes.access_is_stale = false;
        }
    }

    fn mapping_stored(&self) {
        self.contents_changed();
    }

    fn page(&self, index: u64) -> Result<Frame> {
        match &self.kind {
            Kind::File(contents, _) => contents.page(index),
            _ => Err(Errno::ENODEV),
        }
    }

    fn adopt(&self, size: u64, pages: &mut dyn Iterator<Item = Frame>) -> Result<()> {
        match &self.kind {
            Kind::File(contents, _) => contents.adopt(size, pages),
            _ => Err(Errno::EINVAL),
        }
    }

    fn kept_page(&self, index: u64) -> Option<Frame> {
        match &self.kind {
            Kind::File(contents, _) => contents.kept_page(index),
            _ => None,
        }
    }

    fn open(&self, request: &OpenRequest) -> Result<Option<Arc<dyn FileObject>>> {
        match &self.kind {
            Kind::Fifo(pipe) => {
                let pipe = {
                    let mut slot = pipe.lock();
                    match slot.upgrade() {
                        Some(pipe) => pipe,
                        None => {
                            let pipe = Pipe::new()?;
                            *slot = Arc::downgrade(&pipe);
                            pipe
                        }
                    }
                };
                crate::fs::pipe::open_fifo(pipe, request).map(Some)
            }
            Kind::Device(kind) => {
                let number = self.attributes.lock().device_number;
                crate::fs::devfs::open_device(*kind, number, request).map(Some)
            }
            Kind::Socket => Err(Errno::ENXIO),
            _ => Ok(None),
        }
    }

    fn extended_attributes(&self) -> Option<&ExtendedAttributes> {
        Some(&self.extended)
    }

    fn finish_writes(&self) -> Result<()> {
        self.file()?.0.finish_writes()
    }

    fn seals(&self) -> Option<&Seals> {
        match &self.kind {
            Kind::File(_, seals) => Some(seals),
            _ => None,
        }
    }
}

impl Drop for RamInode {
    /// Frees what is below in a loop: a program can nest directories far deeper than the kernel's stack.
    fn drop(&mut self) {
        if self.counted {
            self.shared.quota.return_node();
        }
        let Kind::Directory(directory) = &self.kind else {
            return;
        };
        let mut work: Vec<Arc<dyn Inode>> = Vec::new();
        let take = |directory: &SpinLock<Directory>, work: &mut Vec<Arc<dyn Inode>>| {
            for node in directory.lock().take_nodes() {
                if node.kind() == FileType::Directory && work.try_reserve(1).is_ok() {
                    work.push(node);
                }
            }
        };
        take(directory, &mut work);
        while let Some(node) = work.pop() {
            if Arc::strong_count(&node) == 1
                && let Some(node) = (&*node as &dyn Any).downcast_ref::<RamInode>()
                && let Kind::Directory(directory) = &node.kind
            {
                take(directory, &mut work);
            }
        }
    }
}
