//! Entries of a directory: found by name in constant time, listed in the order they were made.
//!
//! Each entry has a number that is never used twice in its directory; it serves as the cursor of getdents64(2), so a
//! listing that goes on while names come and go neither repeats nor misses the others.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use hashbrown::HashMap;

use crate::errno::{Errno, Result};
use crate::fs::inode::{DirectoryEntry, FileType, Inode};
use crate::fs::shrink::shrink;

/// Cursors of `.` and `..`; entries have later ones.
const FIRST_COOKIE: u64 = 2;

struct Entry {
    cookie: u64,
    node: Arc<dyn Inode>,
}

/// The entries of one directory, `.` and `..` not among them.
pub struct Directory {
    by_name: HashMap<Arc<[u8]>, Entry>,
    by_cookie: BTreeMap<u64, (Arc<[u8]>, u64, FileType)>,
    next_cookie: u64,
    /// Node number of the directory above.
    pub parent: u64,
}

impl Directory {
    /// An empty directory.
    pub fn new(parent: u64) -> Self {
        Self {
            by_name: HashMap::new(),
            by_cookie: BTreeMap::new(),
            next_cookie: FIRST_COOKIE,
            parent,
        }
    }

    /// Whether nothing but `.` and `..` is in it.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The node of that name.
    pub fn get(&self, name: &[u8]) -> Option<&Arc<dyn Inode>> {
        self.by_name.get(name).map(|entry| &entry.node)
    }

    /// Makes sure that the next insertion does not fail.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn reserve(&mut self) -> Result<()> {
        self.by_name.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds an entry, or puts another node under a name; gives back the node that was there.
    ///
    /// # Errors
    /// `ENOMEM`; not after [`Directory::reserve`].
    pub fn insert(
        &mut self,
        name: &[u8],
        number: u64,
        node: Arc<dyn Inode>,
    ) -> Result<Option<Arc<dyn Inode>>> {
        let kind = node.kind();
        if let Some(entry) = self.by_name.get_mut(name) {
            if let Some(listed) = self.by_cookie.get_mut(&entry.cookie) {
                (listed.1, listed.2) = (number, kind);
            }
            return Ok(Some(core::mem::replace(&mut entry.node, node)));
        }
        self.reserve()?;
        let name: Arc<[u8]> = Arc::from(name);
        let cookie = self.next_cookie;
        self.next_cookie += 1;
        self.by_cookie.insert(cookie, (name.clone(), number, kind));
        self.by_name.insert(name, Entry { cookie, node });
        Ok(None)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, name: &[u8]) -> Option<Arc<dyn Inode>> {
        let entry = self.by_name.remove(name)?;
        self.by_cookie.remove(&entry.cookie);
        shrink(&mut self.by_name);
        Some(entry.node)
    }

    /// Reports `.`, `..` and the entries from `cursor` on; `own` is the directory's node number.
    pub fn list(&self, own: u64, cursor: u64, emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool) {
        let dots: [(&[u8], u64); 2] = [(b".", own), (b"..", self.parent)];
        for (at, (name, number)) in (0u64..).zip(dots) {
            if at >= cursor
                && !emit(DirectoryEntry {
                    number,
                    kind: FileType::Directory,
                    name,
                    next: at + 1,
                })
            {
                return;
            }
        }
        for (&cookie, (name, number, kind)) in self.by_cookie.range(cursor.max(FIRST_COOKIE)..) {
            if !emit(DirectoryEntry {
                number: *number,
                kind: *kind,
                name,
                next: cookie + 1,
            }) {
                return;
            }
        }
    }

    /// Takes all nodes out, for freeing a tree without recursion.
    pub fn take_nodes(&mut self) -> impl Iterator<Item = Arc<dyn Inode>> {
        self.by_cookie.clear();
        core::mem::take(&mut self.by_name)
            .into_values()
            .map(|entry| entry.node)
    }
}
