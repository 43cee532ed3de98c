//! Path resolution: from a name to a place in the tree (path_resolution(7)).
//!
//! [`Walk`] holds what resolution depends on (root, start, credentials, restrictions) and walks component by
//! component: one lock and one map lookup each, nothing allocated unless a symbolic link is met. The restrictions are
//! those of openat2(2). Results are [`Location`]s: a dentry and the mount it was reached through.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

use bitflags::bitflags;

use crate::errno::{Errno, Result};
use crate::fs::dentry::Dentry;
use crate::fs::inode::{FileType, Inode, LinkTarget, NAME_MAX};
use crate::fs::mount::{self, Mount};
use crate::fs::permission::{self, check};
use crate::process::Credentials;

/// The longest path in bytes, its NUL included (`PATH_MAX`).
pub const PATH_MAX: usize = 4096;

/// The most symbolic links in one resolution.
const LINKS_MAX: u32 = 40;

/// A dentry and the mount it was reached through.
#[derive(Clone)]
pub struct Location {
    /// The mount.
    pub mount: Arc<Mount>,
    /// The name in it.
    pub dentry: Arc<Dentry>,
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.dentry, &other.dentry) && Arc::ptr_eq(&self.mount, &other.mount)
    }
}

impl Eq for Location {}

impl Location {
    /// The node.
    pub fn inode(&self) -> &Arc<dyn Inode> {
        self.dentry.inode()
    }

    /// The place that is seen here: the root of what is mounted on it, or itself.
    fn uncovered(mut self) -> Self {
        while self.dentry.is_mount_point() {
            let Some(mount) = mount::covering(&self) else {
                break;
            };
            self = Self {
                dentry: mount.root().clone(),
                mount,
            };
        }
        self
    }

    /// The place above, not leaving `root`.
    fn above(mut self, root: &Location) -> Self {
        loop {
            if self == *root {
                return self;
            }
            if !Arc::ptr_eq(&self.dentry, self.mount.root()) {
                let parent = self.dentry.parent();
                return match parent {
                    Some(dentry) => Self {
                        mount: self.mount,
                        dentry,
                    }
                    .uncovered(),
                    None => self,
                };
            }
            match self.mount.mounted_on() {
                Some(on) => self = on,
                None => return self,
            }
        }
    }

    /// Whether `self` is `other` or lies above it.
    fn is_above(&self, other: &Location) -> bool {
        let mut at = other.clone();
        loop {
            if at == *self {
                return true;
            }
            if Arc::ptr_eq(&at.dentry, at.mount.root()) {
                match at.mount.mounted_on() {
                    Some(on) => at = on,
                    None => return false,
                }
            } else {
                match at.dentry.parent() {
                    Some(dentry) => at.dentry = dentry,
                    None => return false,
                }
            }
        }
    }

    /// The absolute path from `root`, and whether the place can be reached from there.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn path_from(&self, root: Option<&Location>) -> Result<(Vec<u8>, bool)> {
        let mut reversed: Vec<Arc<[u8]>> = Vec::new();
        let mut at = self.clone();
        let reachable = loop {
            if root.is_some_and(|root| at == *root) {
                break true;
            }
            if Arc::ptr_eq(&at.dentry, at.mount.root()) {
                match at.mount.mounted_on() {
                    Some(on) => at = on,
                    None => break root.is_none(),
                }
            } else {
                reversed.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                reversed.push(at.dentry.name());
                match at.dentry.parent() {
                    Some(dentry) => at.dentry = dentry,
                    None => break false,
                }
            }
        };
        let len: usize = reversed.iter().map(|name| name.len() + 1).sum();
        let mut path = Vec::new();
        path.try_reserve(len.max(1)).map_err(|_| Errno::ENOMEM)?;
        for name in reversed.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok((path, reachable))
    }

    /// The path as `/proc/PID/fd` shows it: from the root of all, with ` (deleted)` behind a removed name.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn display_path(&self) -> Result<Vec<u8>> {
        let mut path;
        if mount::is_anonymous(&self.mount) {
            let name = self.dentry.name();
            path = Vec::new();
            path.try_reserve(name.len() + 10)
                .map_err(|_| Errno::ENOMEM)?;
            path.extend_from_slice(&name);
        } else {
            path = self.path_from(None)?.0;
        }
        if self.dentry.is_dead() {
            path.try_reserve(10).map_err(|_| Errno::ENOMEM)?;
            path.extend_from_slice(b" (deleted)");
        }
        Ok(path)
    }
}

/// Root, working directory and umask of a process (shared with `CLONE_FS`).
#[derive(Clone)]
pub struct FsContext {
    /// What `/` means.
    pub root: Location,
    /// Where relative paths start.
    pub cwd: Location,
    /// Permission bits that new files don't get.
    pub umask: u32,
}

bitflags! {
    /// Restrictions of one resolution, with the values of openat2(2)'s `RESOLVE_*`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct Restrictions: u64 {
        /// Don't cross into another mount.
        const NO_XDEV = 0x01;
        /// Don't follow procfs's magic links.
        const NO_MAGICLINKS = 0x02;
        /// Don't follow symbolic links at all.
        const NO_SYMLINKS = 0x04;
        /// Don't leave the starting directory.
        const BENEATH = 0x08;
        /// The starting directory is the root.
        const IN_ROOT = 0x10;
        /// Only what is in memory; all we have is.
        const CACHED = 0x20;
    }
}

/// Whether a symbolic link as the last component is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLink {
    /// Resolution goes on behind it.
    Follow,
    /// The link itself is the result.
    Keep,
}

/// A name that may or may not exist, in a directory that does.
pub struct Last<'p> {
    /// The directory.
    pub directory: Location,
    /// The name; empty when the path ends in the root directory.
    pub name: Cow<'p, [u8]>,
    /// Whether slashes follow the name: only a directory can be meant.
    pub trailing_slash: bool,
}

impl Last<'_> {
    /// Whether the name is `.`, `..` or none: no name that could be made or removed.
    pub fn is_special(&self) -> bool {
        matches!(&*self.name, b"" | b"." | b"..")
    }
}

/// Result of [`Walk::find_or_last`].
pub enum Found<'p> {
    /// The path leads to a node.
    Node(Location),
    /// All but the last component exists.
    Missing(Last<'p>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Node,
    Last,
    MissingLast,
}

/// One path resolution.
pub struct Walk {
    /// What `/` means.
    pub root: Location,
    /// Where a relative path starts.
    pub start: Location,
    /// Whose search permission counts.
    pub credentials: Arc<Credentials>,
    /// What may not be passed.
    pub restrictions: Restrictions,
}

impl Walk {
    /// The node that `path` names.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`, `ENAMETOOLONG`; `EXDEV`, `EAGAIN` by the restrictions.
    pub fn find(&self, path: &[u8], last: LastLink) -> Result<Location> {
        match self.walk(path, Stop::Node, last)? {
            Found::Node(location) => Ok(location),
            Found::Missing(_) => Err(Errno::ENOENT),
        }
    }

    /// The directory that holds the last component of `path`, and that component.
    ///
    /// # Errors
    /// As [`Walk::find`].
    pub fn find_last<'p>(&self, path: &'p [u8]) -> Result<Last<'p>> {
        match self.walk(path, Stop::Last, LastLink::Keep)? {
            Found::Missing(last) => Ok(last),
            Found::Node(directory) => Ok(Last {
                directory,
                name: Cow::Borrowed(b""),
                trailing_slash: true,
            }),
        }
    }

    /// The node, or where it would be made (`O_CREAT`): a last symbolic link to a missing name leads to that name.
    ///
    /// # Errors
    /// As [`Walk::find`]; `EISDIR` where slashes follow the last name.
    pub fn find_or_last<'p>(&self, path: &'p [u8], last: LastLink) -> Result<Found<'p>> {
        self.walk(path, Stop::MissingLast, last)
    }

    /// What a slash in front means: in the path, or in a link that was met at `from`.
    fn top(&self, from: Option<&Location>) -> Result<Location> {
        if self.restrictions.contains(Restrictions::BENEATH) {
            return Err(Errno::EXDEV);
        }
        let top = if self.restrictions.contains(Restrictions::IN_ROOT) {
            if !self.start.dentry.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            &self.start
        } else {
            &self.root
        };
        // A path may start on another mount than the working directory: it crosses none.
        if self.restrictions.contains(Restrictions::NO_XDEV)
            && from.is_some_and(|from| !Arc::ptr_eq(&top.mount, &from.mount))
        {
            return Err(Errno::EXDEV);
        }
        Ok(top.clone())
    }

    fn up(&self, here: Location) -> Result<Location> {
        let scoped = self
            .restrictions
            .intersects(Restrictions::BENEATH | Restrictions::IN_ROOT);
        if scoped && here == self.start {
            return if self.restrictions.contains(Restrictions::BENEATH) {
                Err(Errno::EXDEV)
            } else {
                Ok(here)
            };
        }
        let mount = self
            .restrictions
            .contains(Restrictions::NO_XDEV)
            .then(|| here.mount.clone());
        let above = here.above(&self.root);
        if mount.is_some_and(|mount| !Arc::ptr_eq(&mount, &above.mount)) {
            return Err(Errno::EXDEV);
        }
        // Another process may have moved a directory on the way out of the start.
        if scoped && !self.start.is_above(&above) {
            return Err(Errno::EAGAIN);
        }
        Ok(above)
    }

    fn walk<'p>(&self, path: &'p [u8], stop: Stop, last_link: LastLink) -> Result<Found<'p>> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let mut text: Cow<'p, [u8]> = Cow::Borrowed(path);
        let mut at = 0;
        let mut links = 0;
        let mut here = if path[0] == b'/' {
            self.top(None)?
        } else {
            self.start.clone()
        };
        loop {
            let bytes: &[u8] = &text;
            at += leading_slashes(bytes.get(at..).unwrap_or(b""));
            let rest = bytes.get(at..).unwrap_or(b"");
            if rest.is_empty() {
                return Ok(Found::Node(here));
            }
            let len = rest
                .iter()
                .position(|&byte| byte == b'/')
                .unwrap_or(rest.len());
            let (name, behind) = rest.split_at(len);
            let slashes = leading_slashes(behind);
            let last = slashes == behind.len();
            let trailing_slash = last && slashes > 0;
            if !here.dentry.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            check(&**here.inode(), &self.credentials, permission::EXECUTE)?;
            if name.len() > NAME_MAX {
                return Err(Errno::ENAMETOOLONG);
            }
            if last && stop == Stop::Last {
                let name = part(&text, at, len)?;
                return Ok(Found::Missing(Last {
                    directory: here,
                    name,
                    trailing_slash,
                }));
            }
            match name {
                b"." => {}
                b".." => here = self.up(here)?,
                // A file can't be made under a name that means a directory, whatever is there (open(2)).
                _ if trailing_slash && stop == Stop::MissingLast => return Err(Errno::EISDIR),
                _ => {
                    let child = match here.dentry.child(name) {
                        Ok(child) => child,
                        Err(Errno::ENOENT) if last && stop == Stop::MissingLast => {
                            let name = part(&text, at, len)?;
                            return Ok(Found::Missing(Last {
                                directory: here,
                                name,
                                trailing_slash,
                            }));
                        }
                        Err(error) => return Err(error),
                    };
                    let follow = !last || trailing_slash || last_link == LastLink::Follow;
                    if child.kind() == FileType::SymbolicLink && follow {
                        links += 1;
                        if links > LINKS_MAX
                            || self.restrictions.contains(Restrictions::NO_SYMLINKS)
                            || here.mount.flags() & mount::flags::NO_SYMLINKS != 0
                        {
                            return Err(Errno::ELOOP);
                        }
                        match child.inode().link_target()? {
                            LinkTarget::Path(target) => {
                                if target.first() == Some(&b'/') {
                                    here = self.top(Some(&here))?;
                                } else if target.is_empty() {
                                    return Err(Errno::ENOENT);
                                }
                                text = Cow::Owned(joined(target, behind)?);
                                at = 0;
                                continue;
                            }
                            LinkTarget::Place(place) => here = self.magic(here, place)?,
                        }
                    } else {
                        here.dentry = child;
                        if here.dentry.is_mount_point() {
                            here = self.cross(here)?;
                        }
                    }
                }
            }
            if last {
                if trailing_slash && !here.dentry.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                return Ok(Found::Node(here));
            }
            at += len;
        }
    }

    /// Goes into what is mounted at `here`, if anything is in this view of the tree.
    fn cross(&self, here: Location) -> Result<Location> {
        let inside = here.clone().uncovered();
        if self.restrictions.contains(Restrictions::NO_XDEV)
            && !Arc::ptr_eq(&inside.mount, &here.mount)
        {
            return Err(Errno::EXDEV);
        }
        Ok(inside)
    }

    fn magic(&self, here: Location, place: Location) -> Result<Location> {
        if self.restrictions.contains(Restrictions::NO_MAGICLINKS) {
            return Err(Errno::ELOOP);
        }
        if self
            .restrictions
            .intersects(Restrictions::BENEATH | Restrictions::IN_ROOT)
        {
            return Err(Errno::EXDEV);
        }
        if self.restrictions.contains(Restrictions::NO_XDEV)
            && !Arc::ptr_eq(&here.mount, &place.mount)
        {
            return Err(Errno::EXDEV);
        }
        Ok(place)
    }
}

fn leading_slashes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| byte == b'/').count()
}

/// `len` bytes of `text` at `at`, borrowed when the text is.
fn part<'p>(text: &Cow<'p, [u8]>, at: usize, len: usize) -> Result<Cow<'p, [u8]>> {
    Ok(match text {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(at..at + len).unwrap_or(b"")),
        Cow::Owned(bytes) => {
            let mut copy = Vec::new();
            copy.try_reserve(len).map_err(|_| Errno::ENOMEM)?;
            copy.extend_from_slice(bytes.get(at..at + len).unwrap_or(b""));
            Cow::Owned(copy)
        }
    })
}

/// What a symbolic link holds, followed by what stood behind the link (which starts with a slash, if anything).
fn joined(mut target: Vec<u8>, behind: &[u8]) -> Result<Vec<u8>> {
    target
        .try_reserve(behind.len())
        .map_err(|_| Errno::ENOMEM)?;
    target.extend_from_slice(behind);
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::inode::{FileSystem, NewNode, Ownership};
    use crate::fs::ramfs::RamFs;
    use proptest::prelude::*;

    fn node(kind: FileType, target: &[u8]) -> NewNode<'_> {
        let ownership = Ownership {
            mode: 0o755,
            uid: 0,
            gid: 0,
        };
        NewNode {
            kind,
            ownership,
            device_number: 0,
            target,
        }
    }

    fn file_system() -> Arc<dyn FileSystem> {
        Arc::new(RamFs::new(
            "test",
            100,
            100_000,
            Ownership {
                mode: 0o755,
                uid: 0,
                gid: 0,
            },
        ))
    }

    /// `/a/b/f`, links `/a/up` to `..`, `/a/top` to `/a/b`, `/a/self` to itself, `/m` with a mount that holds `x`.
    fn tree() -> Walk {
        let root = mount::mount_root(file_system()).unwrap();
        let make = |at: &Location, name: &[u8], kind, target: &[u8]| {
            at.dentry
                .create(name, &node(kind, target))
                .map(|dentry| Location {
                    dentry,
                    mount: at.mount.clone(),
                })
        };
        let a = make(&root, b"a", FileType::Directory, b"").unwrap();
        let b = make(&a, b"b", FileType::Directory, b"").unwrap();
        make(&b, b"f", FileType::Regular, b"").unwrap();
        make(&a, b"up", FileType::SymbolicLink, b"..").unwrap();
        make(&a, b"top", FileType::SymbolicLink, b"/a/b").unwrap();
        make(&a, b"self", FileType::SymbolicLink, b"self").unwrap();
        make(&a, b"new", FileType::SymbolicLink, b"b/new").unwrap();
        let m = make(&root, b"m", FileType::Directory, b"").unwrap();
        let mounted = mount::mount(file_system(), b"test", m, 0).unwrap();
        let top = Location {
            dentry: mounted.root().clone(),
            mount: mounted,
        };
        make(&top, b"x", FileType::Directory, b"").unwrap();
        Walk {
            root: root.clone(),
            start: a,
            credentials: Arc::new(Credentials::root()),
            restrictions: Restrictions::empty(),
        }
    }

    fn place(walk: &Walk, path: &[u8]) -> Result<std::string::String> {
        let (path, reachable) = walk
            .find(path, LastLink::Follow)?
            .path_from(Some(&walk.root))?;
        assert!(reachable);
        Ok(std::string::String::from_utf8(path).unwrap())
    }

    #[test]
    fn names_lead_to_places() {
        let walk = tree();
        let ok = |path: &str| Ok(std::string::String::from(path));
        assert_eq!(place(&walk, b"b/f"), ok("/a/b/f"));
        assert_eq!(place(&walk, b"//a///b/"), ok("/a/b"));
        assert_eq!(place(&walk, b"up/a/top/f"), ok("/a/b/f"));
        assert_eq!(place(&walk, b"../../../a"), ok("/a"));
        assert_eq!(place(&walk, b"/m/x"), ok("/m/x"));
        assert_eq!(place(&walk, b"/m/x/../../a"), ok("/a"));
        assert_eq!(place(&walk, b"self"), Err(Errno::ELOOP));
        assert_eq!(place(&walk, b"b/f/"), Err(Errno::ENOTDIR));
        assert_eq!(place(&walk, b"b/f/.."), Err(Errno::ENOTDIR));
        assert_eq!(place(&walk, b"b/none/f"), Err(Errno::ENOENT));
        assert_eq!(place(&walk, b""), Err(Errno::ENOENT));
        assert_eq!(
            place(&walk, &[b'n'; NAME_MAX + 1]),
            Err(Errno::ENAMETOOLONG)
        );
    }

    #[test]
    fn missing_names_are_reported_with_their_directory() {
        let walk = tree();
        match walk.find_or_last(b"new", LastLink::Follow) {
            Ok(Found::Missing(last)) => {
                assert_eq!(&*last.name, b"new");
                assert_eq!(&*last.directory.dentry.name(), b"b");
                assert!(!last.trailing_slash);
            }
            _ => panic!("the link leads to a name that does not exist"),
        }
        for path in [&b"new/"[..], b"b/new//", b"b/f/", b"b/"] {
            let outcome = walk.find_or_last(path, LastLink::Follow).map(|_| ());
            assert_eq!(outcome, Err(Errno::EISDIR));
        }
        let last = walk
            .find_last(b"b/c/")
            .unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(
            (&*last.name, last.trailing_slash, last.is_special()),
            (&b"c"[..], true, false)
        );
        assert!(walk.find_last(b"/").is_ok_and(|last| last.is_special()));
    }

    #[test]
    fn restrictions_hold() {
        let scoped = |restrictions| Walk {
            restrictions,
            ..tree()
        };
        let beneath = scoped(Restrictions::BENEATH);
        assert!(beneath.find(b"b/../b/f", LastLink::Follow).is_ok());
        for path in [&b".."[..], b"up", b"top", b"/a", b"b/../../a"] {
            assert_eq!(
                beneath.find(path, LastLink::Follow).err(),
                Some(Errno::EXDEV)
            );
        }
        let in_root = scoped(Restrictions::IN_ROOT);
        assert!(in_root.find(b"../../b/f", LastLink::Follow).is_ok());
        assert!(in_root.find(b"/b/f", LastLink::Follow).is_ok());
        assert_eq!(
            in_root.find(b"top", LastLink::Follow).err(),
            Some(Errno::ENOENT)
        );
        assert_eq!(
            scoped(Restrictions::NO_XDEV)
                .find(b"../m", LastLink::Follow)
                .err(),
            Some(Errno::EXDEV)
        );
        assert_eq!(
            scoped(Restrictions::NO_SYMLINKS)
                .find(b"up", LastLink::Follow)
                .err(),
            Some(Errno::ELOOP)
        );
        assert!(
            scoped(Restrictions::NO_SYMLINKS)
                .find(b"up", LastLink::Keep)
                .is_ok()
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "a tree of fifty thousand directories")]
    fn deep_trees_go_without_recursion() {
        let walk = tree();
        let mut at = walk.start.dentry.clone();
        let mut chain = std::vec::Vec::new();
        for _ in 0..50_000 {
            chain.push(at.clone());
            at = at.create(b"d", &node(FileType::Directory, b"")).unwrap();
        }
        while let Some(above) = chain.pop() {
            above.rmdir(b"d", |_| Ok(())).unwrap();
        }
        // The last name holds every one above it.
        drop(at);
    }

    proptest! {
        #[test]
        fn scoped_walks_never_leave_the_start(parts in prop::collection::vec(0usize..9, 1..12), absolute: bool) {
            const PARTS: [&[u8]; 9] = [b"a", b"b", b"..", b".", b"up", b"top", b"f", b"", b"m"];
            let mut path = std::vec::Vec::new();
            if absolute {
                path.push(b'/');
            }
            for part in parts {
                path.extend_from_slice(PARTS[part]);
                path.push(b'/');
            }
            for restrictions in [Restrictions::BENEATH, Restrictions::IN_ROOT] {
                let walk = Walk { restrictions, ..tree() };
                if let Ok(place) = walk.find(&path, LastLink::Follow) {
                    prop_assert!(walk.start.is_above(&place));
                }
            }
        }
    }
}
