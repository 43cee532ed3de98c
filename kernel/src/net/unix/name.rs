//! Names of sockets (unix(7), "Address format"): paths, which are nodes in the tree, and abstract names.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use linux_raw_sys::net as raw;

use super::UnixSocket;
use crate::errno::{Errno, Result};
use crate::fs::inode::{FileType, Inode};
use crate::fs::path::{LastLink, Walk};
use crate::fs::permission::{self, WRITE};
use crate::net::Kind;
use crate::process::Thread;
use crate::sync::SpinLock;

/// `sizeof(struct sockaddr_un)`.
const ADDRESS_MAX: usize = 110;
const FAMILY_LENGTH: usize = 2;

/// The bytes of `sun_path` that count: a path without its NUL, or a NUL and an abstract name.
pub type Name = Arc<[u8]>;

/// What a `struct sockaddr_un` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// Only the family: bind(2) then chooses a name.
    Unnamed,
    /// A path.
    Path(&'a [u8]),
    /// An abstract name, with its leading NUL.
    Abstract(&'a [u8]),
}

/// Reads an address.
///
/// # Errors
/// `EINVAL` for a wrong length or family.
pub fn parse(address: &[u8]) -> Result<Address<'_>> {
    if address.len() < FAMILY_LENGTH || address.len() > ADDRESS_MAX {
        return Err(Errno::EINVAL);
    }
    let (family, path) = address.split_at(FAMILY_LENGTH);
    if family != (raw::AF_UNIX as u16).to_le_bytes() {
        return Err(Errno::EINVAL);
    }
    Ok(match path.first() {
        None => Address::Unnamed,
        Some(0) => Address::Abstract(path),
        // A path ends at a NUL or with the address.
        Some(_) => Address::Path(path.split(|&byte| byte == 0).next().unwrap_or(path)),
    })
}

/// A name as `struct sockaddr_un`; no name is the family alone.
///
/// # Errors
/// `ENOMEM`.
pub fn to_address(name: Option<&Name>) -> Result<Vec<u8>> {
    let mut address = Vec::new();
    let name: &[u8] = name.map_or(&[], |name| name);
    address.try_reserve_exact(FAMILY_LENGTH + name.len() + 1)?;
    address.extend_from_slice(&(raw::AF_UNIX as u16).to_le_bytes());
    address.extend_from_slice(name);
    if name.first().is_some_and(|&first| first != 0) {
        address.push(0);
    }
    Ok(address)
}

/// A node in the tree as a key: its file system and number. The bound socket keeps the node, so a number means one.
type NodeKey = (u64, u64);

static PATHS: SpinLock<BTreeMap<NodeKey, Weak<UnixSocket>>> = SpinLock::new(BTreeMap::new());
/// Each kind of socket has abstract names of its own, as on Linux.
static ABSTRACT: SpinLock<BTreeMap<(u32, Name), Weak<UnixSocket>>> = SpinLock::new(BTreeMap::new());

/// What a socket is bound to; dropping it lets the name go. A path's node stays in the tree.
pub enum Binding {
    /// A node.
    Node(Arc<dyn Inode>),
    /// An abstract name of a kind of socket.
    Abstract(Kind, Name),
}

fn key(node: &dyn Inode) -> NodeKey {
    let metadata = node.metadata();
    (metadata.device, metadata.inode)
}

impl Drop for Binding {
    fn drop(&mut self) {
        match self {
            Binding::Node(node) => PATHS.lock().remove(&key(&**node)),
            Binding::Abstract(kind, name) => ABSTRACT.lock().remove(&(kind.number(), name.clone())),
        };
    }
}

/// A path resolution of the running thread.
fn walk_of_caller() -> Walk {
    let thread = crate::sched::current();
    crate::fs::walk(&thread.process, thread.credentials())
}

/// Whether there is something of that name.
pub fn exists(path: &[u8]) -> bool {
    let walk = walk_of_caller();
    walk.find(path, LastLink::Keep).is_ok()
}

/// Makes the node of a path for a socket.
///
/// # Errors
/// `EADDRINUSE` when the path exists; what path resolution and creation say.
pub fn bind_path(
    thread: &Thread,
    path: &[u8],
    mode: u32,
    socket: &Weak<UnixSocket>,
) -> Result<(Name, Binding)> {
    let location = crate::syscall::create_socket_node(thread, path, mode)?;
    let node = location.inode().clone();
    PATHS.lock().insert(key(&*node), socket.clone());
    Ok((Arc::from(path), Binding::Node(node)))
}

/// Takes an abstract name.
///
/// # Errors
/// `EADDRINUSE`.
pub fn bind_abstract(
    kind: Kind,
    name: &[u8],
    socket: &Weak<UnixSocket>,
) -> Result<(Name, Binding)> {
    let name: Name = Arc::from(name);
    match ABSTRACT.lock().entry((kind.number(), name.clone())) {
        Entry::Occupied(_) => return Err(Errno::EADDRINUSE),
        Entry::Vacant(place) => place.insert(socket.clone()),
    };
    Ok((name.clone(), Binding::Abstract(kind, name)))
}

/// Takes a free abstract name of five hexadecimal digits ("Autobind feature").
///
/// # Errors
/// `ENOSPC` when all are taken.
pub fn bind_any(kind: Kind, socket: &Weak<UnixSocket>) -> Result<(Name, Binding)> {
    const NAMES: u32 = 1 << 20;
    let mut seed = [0; 4];
    crate::drivers::random::fill(&mut seed);
    let start = u32::from_le_bytes(seed);
    for step in 0..NAMES {
        let number = start.wrapping_add(step) % NAMES;
        let name = alloc::format!("\0{number:05x}");
        match bind_abstract(kind, name.as_bytes(), socket) {
            Err(Errno::EADDRINUSE) => {}
            outcome => return outcome,
        }
    }
    Err(Errno::ENOSPC)
}

/// The socket that has an address.
///
/// # Errors
/// `ECONNREFUSED` when none has, `EPROTOTYPE` when it is of another kind, `EACCES`; what path resolution says.
pub fn find(address: Address<'_>, kind: Kind) -> Result<Arc<UnixSocket>> {
    let found = match address {
        Address::Unnamed => return Err(Errno::ECONNREFUSED),
        Address::Abstract(name) => {
            let key = (kind.number(), Name::from(name));
            ABSTRACT.lock().get(&key).and_then(Weak::upgrade)
        }
        Address::Path(path) => {
            let walk = walk_of_caller();
            let location = walk.find(path, LastLink::Follow)?;
            permission::check(&**location.inode(), &walk.credentials, WRITE)?;
            if location.inode().kind() != FileType::Socket {
                return Err(Errno::ECONNREFUSED);
            }
            let key = key(&**location.inode());
            PATHS.lock().get(&key).and_then(Weak::upgrade)
        }
    };
    let socket = found.ok_or(Errno::ECONNREFUSED)?;
    if socket.kind != kind {
        return Err(Errno::EPROTOTYPE);
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        assert_eq!(parse(b"\x01"), Err(Errno::EINVAL));
        assert_eq!(parse(b"\x02\0/x"), Err(Errno::EINVAL));
        assert_eq!(parse(b"\x01\0"), Ok(Address::Unnamed));
        assert_eq!(parse(b"\x01\0/x\0junk"), Ok(Address::Path(b"/x")));
        assert_eq!(parse(b"\x01\0\0a\0"), Ok(Address::Abstract(b"\0a\0")));
        assert_eq!(parse(&[1; 111]), Err(Errno::EINVAL));
        let name = |bytes: &[u8]| Some(Name::from(bytes));
        assert_eq!(to_address(None), Ok(b"\x01\0".to_vec()));
        assert_eq!(to_address(name(b"/x").as_ref()), Ok(b"\x01\0/x\0".to_vec()));
        assert_eq!(to_address(name(b"\0a").as_ref()), Ok(b"\x01\0\0a".to_vec()));
    }
}
