//! Extended attributes (xattr(7)): names with values that a node carries.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::errno::{Errno, Result};
use crate::fs::inode::{FileType, Inode};
use crate::fs::permission::{self, READ, STICKY, WRITE};
use crate::process::{Capability, Credentials};
use crate::sync::SpinLock;

/// The longest name in bytes (`XATTR_NAME_MAX`).
pub const NAME_MAX: usize = 255;
/// The longest value (`XATTR_SIZE_MAX`).
pub const VALUE_MAX: usize = 65_536;
/// Bytes of all names and values of a node.
const TOTAL_MAX: usize = 65_536;

/// Whether a value may, must or must not be there when it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Either way.
    Any,
    /// It must not (`XATTR_CREATE`).
    Create,
    /// It must (`XATTR_REPLACE`).
    Replace,
}

type Name = Box<[u8]>;
type Value = Box<[u8]>;

/// The attributes of one node.
#[derive(Default)]
pub struct ExtendedAttributes {
    values: SpinLock<BTreeMap<Name, Value>>,
}

fn copy_of(bytes: &[u8]) -> Result<Box<[u8]>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}

impl ExtendedAttributes {
    /// A copy of a value.
    ///
    /// # Errors
    /// `ENODATA`, `ENOMEM`.
    pub fn get(&self, name: &[u8]) -> Result<Box<[u8]>> {
        let values = self.values.lock();
        copy_of(values.get(name).ok_or(Errno::ENODATA)?)
    }

    /// Sets a value.
    ///
    /// # Errors
    /// `EEXIST`, `ENODATA` as `how` says; `ENOSPC` when the node has too much, `ENOMEM`.
    pub fn set(&self, name: &[u8], value: &[u8], how: Setting) -> Result<()> {
        crate::mm::admit()?;
        let (key, new) = (copy_of(name)?, copy_of(value)?);
        let mut values = self.values.lock();
        match (values.contains_key(name), how) {
            (true, Setting::Create) => return Err(Errno::EEXIST),
            (false, Setting::Replace) => return Err(Errno::ENODATA),
            _ => {}
        }
        let others = values.iter().filter(|(other, _)| ***other != *name);
        let used: usize = others.map(|(name, value)| name.len() + value.len()).sum();
        if used + name.len() + value.len() > TOTAL_MAX {
            return Err(Errno::ENOSPC);
        }
        values.insert(key, new);
        Ok(())
    }

    /// Removes a value.
    ///
    /// # Errors
    /// `ENODATA`.
    pub fn remove(&self, name: &[u8]) -> Result<()> {
        let removed = self.values.lock().remove(name);
        removed.map(drop).ok_or(Errno::ENODATA)
    }

    /// The names that the caller may see, each with a NUL.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn list(&self, credentials: &Credentials) -> Result<Vec<u8>> {
        let mut list = Vec::new();
        for name in self.values.lock().keys() {
            if credentials.has(Capability::SysAdmin) || !name.starts_with(b"trusted.") {
                list.try_reserve(name.len() + 1)?;
                list.extend_from_slice(name);
                list.push(0);
            }
        }
        Ok(list)
    }
}

/// Checks that the caller may read or write an attribute of that name (xattr(7), "Extended attribute namespaces").
///
/// # Errors
/// `EOPNOTSUPP` for a name outside the namespaces, `EINVAL` for a namespace without a name; `EPERM`, `EACCES`; `ENODATA` where
/// reading such an attribute finds none for this caller or this kind of node.
pub fn check(
    inode: &dyn Inode,
    name: &[u8],
    writes: bool,
    credentials: &Credentials,
) -> Result<()> {
    let refused = Err(if writes { Errno::EPERM } else { Errno::ENODATA });
    let namespace = [&b"user."[..], b"trusted.", b"security."]
        .into_iter()
        .find(|namespace| name.starts_with(namespace))
        .ok_or(Errno::EOPNOTSUPP)?;
    if name == namespace {
        return Err(Errno::EINVAL);
    }
    match namespace {
        b"trusted." if !credentials.has(Capability::SysAdmin) => refused,
        b"security." if writes && !credentials.has(Capability::SysAdmin) => refused,
        b"user." => {
            let kind = inode.kind();
            if !matches!(kind, FileType::Regular | FileType::Directory) {
                return refused;
            }
            let sticky = kind == FileType::Directory && inode.ownership().mode & STICKY != 0;
            if writes && sticky && !permission::is_owner(inode, credentials) {
                return refused;
            }
            permission::check(inode, credentials, if writes { WRITE } else { READ })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hal::mock::fewer;
    use proptest::prelude::*;

    #[test]
    fn values_come_and_go() {
        let attributes = ExtendedAttributes::default();
        let root = Credentials::root();
        assert_eq!(attributes.get(b"user.a"), Err(Errno::ENODATA));
        assert_eq!(
            attributes.set(b"user.a", b"1", Setting::Replace),
            Err(Errno::ENODATA)
        );
        assert_eq!(attributes.set(b"user.a", b"1", Setting::Create), Ok(()));
        assert_eq!(
            attributes.set(b"user.a", b"2", Setting::Create),
            Err(Errno::EEXIST)
        );
        assert_eq!(attributes.set(b"user.a", b"22", Setting::Replace), Ok(()));
        assert_eq!(&*attributes.get(b"user.a").unwrap(), b"22");
        assert_eq!(attributes.set(b"trusted.b", b"", Setting::Any), Ok(()));
        assert_eq!(attributes.list(&root).unwrap(), b"trusted.b\0user.a\0");
        let user = Credentials {
            euid: 5,
            ..Credentials::default()
        };
        assert_eq!(attributes.list(&user).unwrap(), b"user.a\0");
        let large = std::vec![1; TOTAL_MAX - 20];
        assert_eq!(
            attributes.set(b"user.c", &large, Setting::Any),
            Err(Errno::ENOSPC)
        );
        assert_eq!(attributes.remove(b"user.a"), Ok(()));
        assert_eq!(attributes.remove(b"user.a"), Err(Errno::ENODATA));
    }

    proptest! {
        #[test]
        fn a_node_never_carries_too_much(steps in prop::collection::vec((0u8..6, 0usize..40_000), 1..fewer(20))) {
            let attributes = ExtendedAttributes::default();
            for (name, len) in steps {
                let _ = attributes.set(&[name], &std::vec![name; len], Setting::Any);
                let values = attributes.values.lock();
                let total: usize = values.iter().map(|(name, value)| name.len() + value.len()).sum();
                prop_assert!(total <= TOTAL_MAX);
            }
        }
    }
}
