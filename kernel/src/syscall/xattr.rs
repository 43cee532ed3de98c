//! Extended attributes: `setxattr`, `getxattr`, `listxattr`, `removexattr` and their kin.

use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::{AT_FDCWD, check_flags, file, locate};
use crate::errno::{Errno, Result};
use crate::fs::inode::AttributeChanges;
use crate::fs::notify;
use crate::fs::path::Location;
use crate::fs::xattr::{self, ExtendedAttributes, Setting};
use crate::mm::user::{read_bytes, read_string};

fn by_path(cx: &Context, path: usize) -> Result<Location> {
    locate(cx, AT_FDCWD, path, 0)
}

fn by_link(cx: &Context, path: usize) -> Result<Location> {
    locate(cx, AT_FDCWD, path, raw::AT_SYMLINK_NOFOLLOW)
}

fn by_descriptor(cx: &Context, fd: usize) -> Result<Location> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    Ok(file.location().clone())
}

/// How a call names its node.
type Find = fn(&Context, usize) -> Result<Location>;

fn attributes(location: &Location) -> Result<&ExtendedAttributes> {
    let attributes = location.inode().extended_attributes();
    attributes.ok_or(Errno::EOPNOTSUPP)
}

fn read_name(address: usize) -> Result<Vec<u8>> {
    let name = read_string(address, xattr::NAME_MAX, Errno::ERANGE)?;
    if name.is_empty() {
        return Err(Errno::ERANGE);
    }
    Ok(name)
}

/// Checks that an attribute may be changed.
fn check_change(cx: &Context, location: &Location, name: &[u8]) -> Result<()> {
    if location.mount.read_only() {
        return Err(Errno::EROFS);
    }
    xattr::check(&**location.inode(), name, true, &cx.thread.credentials())
}

fn changed(location: &Location) -> Result<usize> {
    // Nothing but the time of the change.
    location
        .inode()
        .set_attributes(&AttributeChanges::default())?;
    notify::at(&location.dentry, raw::IN_ATTRIB);
    Ok(0)
}

fn set(cx: &Context, find: Find, arguments: [usize; 6]) -> Result<usize> {
    let [node, name, value, size, flags, _] = arguments;
    let how = match check_flags(flags, raw::XATTR_CREATE | raw::XATTR_REPLACE)? {
        0 => Setting::Any,
        raw::XATTR_CREATE => Setting::Create,
        raw::XATTR_REPLACE => Setting::Replace,
        // Both: it is there or it is not.
        _ => return Err(Errno::EINVAL),
    };
    let name = read_name(name)?;
    if size > xattr::VALUE_MAX {
        return Err(Errno::E2BIG);
    }
    let value = read_bytes(value, size)?;
    let location = find(cx, node)?;
    check_change(cx, &location, &name)?;
    attributes(&location)?.set(&name, &value, how)?;
    changed(&location)
}

fn remove(cx: &Context, find: Find, node: usize, name: usize) -> Result<usize> {
    let name = read_name(name)?;
    let location = find(cx, node)?;
    check_change(cx, &location, &name)?;
    attributes(&location)?.remove(&name)?;
    changed(&location)
}

/// Writes what was asked for; without room, how long it is.
fn give(bytes: &[u8], out: usize, size: usize) -> Result<usize> {
    if size != 0 {
        if bytes.len() > size {
            return Err(Errno::ERANGE);
        }
        if !bytes.is_empty() {
            hal::user::copy_out(out, bytes)?;
        }
    }
    Ok(bytes.len())
}

fn get(cx: &Context, find: Find, arguments: [usize; 6]) -> Result<usize> {
    let [node, name, out, size, ..] = arguments;
    let name = read_name(name)?;
    let location = find(cx, node)?;
    xattr::check(&**location.inode(), &name, false, &cx.thread.credentials())?;
    give(&attributes(&location)?.get(&name)?, out, size)
}

fn list(cx: &Context, find: Find, [node, out, size, ..]: [usize; 6]) -> Result<usize> {
    let location = find(cx, node)?;
    match location.inode().extended_attributes() {
        Some(attributes) => give(&attributes.list(&cx.thread.credentials())?, out, size),
        None => Ok(0),
    }
}

/// setxattr(2).
pub fn setxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    set(cx, by_path, arguments)
}

/// lsetxattr(2).
pub fn lsetxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    set(cx, by_link, arguments)
}

/// fsetxattr(2).
pub fn fsetxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    set(cx, by_descriptor, arguments)
}

/// getxattr(2).
pub fn getxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    get(cx, by_path, arguments)
}

/// lgetxattr(2).
pub fn lgetxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    get(cx, by_link, arguments)
}

/// fgetxattr(2).
pub fn fgetxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    get(cx, by_descriptor, arguments)
}

/// listxattr(2).
pub fn listxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    list(cx, by_path, arguments)
}

/// llistxattr(2).
pub fn llistxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    list(cx, by_link, arguments)
}

/// flistxattr(2).
pub fn flistxattr(cx: &Context, arguments: [usize; 6]) -> Result<usize> {
    list(cx, by_descriptor, arguments)
}

/// removexattr(2).
pub fn removexattr(cx: &Context, [path, name, ..]: [usize; 6]) -> Result<usize> {
    remove(cx, by_path, path, name)
}

/// lremovexattr(2).
pub fn lremovexattr(cx: &Context, [path, name, ..]: [usize; 6]) -> Result<usize> {
    remove(cx, by_link, path, name)
}

/// fremovexattr(2).
pub fn fremovexattr(cx: &Context, [fd, name, ..]: [usize; 6]) -> Result<usize> {
    remove(cx, by_descriptor, fd, name)
}
