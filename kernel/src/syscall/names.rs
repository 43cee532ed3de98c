//! Names and directories: making, removing, moving, listing; the working
//! directory.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::{AT_FDCWD, Base, check_flags, file, locate};
use super::open::{check_new_name, create};
use crate::errno::{Errno, Result};
use crate::fs::dentry::{self, Dentry, RenameCheck};
use crate::fs::inode::{FileType, RenameMode};
use crate::fs::path::{Last, LastLink, Location};
use crate::fs::permission::{self, EXECUTE, WRITE};
use crate::mm::user::{PATH_MAX, read_path};
use crate::process::{Capability, Credentials};

/// The place of a name that must not be there yet.
fn new_name<'p>(base: &Base, path: &'p [u8], kind: FileType) -> Result<Last<'p>> {
    let last = base.find_last(path)?;
    if last.is_special() {
        return Err(Errno::EEXIST);
    }
    if last.trailing_slash && kind != FileType::Directory {
        // A name with a slash behind it can only be a directory (POSIX, 4.16).
        return Err(if last.directory.dentry.child(&last.name).is_ok() {
            Errno::EEXIST
        } else {
            Errno::ENOENT
        });
    }
    Ok(last)
}

fn make(
    cx: &Context,
    dirfd: usize,
    path: usize,
    kind: FileType,
    mode: u32,
    (device_number, target): (u64, &[u8]),
) -> Result<usize> {
    let path = read_path(path)?;
    let base = Base::new(cx.thread, dirfd, &path)?;
    let last = new_name(&base, &path, kind)?;
    create(&base, &last, kind, mode, device_number, target)?;
    Ok(0)
}

/// mkdirat(2).
pub fn mkdirat(cx: &Context, [dirfd, path, mode, ..]: [usize; 6]) -> Result<usize> {
    make(
        cx,
        dirfd,
        path,
        FileType::Directory,
        mode as u32 & 0o1777,
        (0, b""),
    )
}

/// mkdir(2).
pub fn mkdir(cx: &Context, [path, mode, ..]: [usize; 6]) -> Result<usize> {
    mkdirat(cx, [AT_FDCWD, path, mode, 0, 0, 0])
}

/// mknodat(2).
pub fn mknodat(cx: &Context, [dirfd, path, mode, device, ..]: [usize; 6]) -> Result<usize> {
    let mode = mode as u32;
    let kind = match mode & 0o170_000 {
        0 => FileType::Regular,
        _ => FileType::from_mode(mode).ok_or(Errno::EINVAL)?,
    };
    match kind {
        FileType::Directory => return Err(Errno::EPERM),
        FileType::SymbolicLink => return Err(Errno::EINVAL),
        FileType::CharacterDevice | FileType::BlockDevice
            if !cx.thread.credentials().has(Capability::MakeNode) =>
        {
            return Err(Errno::EPERM);
        }
        _ => {}
    }
    make(
        cx,
        dirfd,
        path,
        kind,
        mode & permission::MODE_BITS,
        (device as u64, b""),
    )
}

/// mknod(2).
pub fn mknod(cx: &Context, [path, mode, device, ..]: [usize; 6]) -> Result<usize> {
    mknodat(cx, [AT_FDCWD, path, mode, device, 0, 0])
}

/// symlinkat(2).
pub fn symlinkat(cx: &Context, [target, dirfd, path, ..]: [usize; 6]) -> Result<usize> {
    let target = read_path(target)?;
    if target.is_empty() {
        return Err(Errno::ENOENT);
    }
    make(cx, dirfd, path, FileType::SymbolicLink, 0o777, (0, &target))
}

/// symlink(2).
pub fn symlink(cx: &Context, [target, path, ..]: [usize; 6]) -> Result<usize> {
    symlinkat(cx, [target, AT_FDCWD, path, 0, 0, 0])
}

/// linkat(2).
pub fn linkat(
    cx: &Context,
    [old_dirfd, old_path, new_dirfd, new_path, flags, _]: [usize; 6],
) -> Result<usize> {
    let flags = check_flags(flags, raw::AT_SYMLINK_FOLLOW | raw::AT_EMPTY_PATH)?;
    crate::mm::admit()?;
    let keep = if flags & raw::AT_SYMLINK_FOLLOW != 0 {
        0
    } else {
        raw::AT_SYMLINK_NOFOLLOW
    };
    // Who only holds a descriptor may not have reached the file by a name (linkat(2)).
    let by_descriptor =
        flags & raw::AT_EMPTY_PATH != 0 && cx.thread.credentials().has(Capability::DacReadSearch);
    let empty = if by_descriptor { raw::AT_EMPTY_PATH } else { 0 };
    let old = locate(cx, old_dirfd, old_path, empty | keep)?;
    let path = read_path(new_path)?;
    let base = Base::new(cx.thread, new_dirfd, &path)?;
    let last = new_name(&base, &path, old.inode().kind())?;
    let refusal = if !Arc::ptr_eq(&old.mount, &last.directory.mount) {
        Some(Errno::EXDEV)
    } else {
        check_new_name(&last, &base)?;
        (old.inode().kind() == FileType::Directory).then_some(Errno::EPERM)
    };
    if let Some(refusal) = refusal {
        // A name that is there, or can't be made, is the first error.
        return Err(if last.directory.dentry.child(&last.name).is_ok() {
            Errno::EEXIST
        } else if last.directory.mount.read_only() {
            Errno::EROFS
        } else {
            refusal
        });
    }
    last.directory.dentry.link(&last.name, old.inode())?;
    Ok(0)
}

/// link(2).
pub fn link(cx: &Context, [old, new, ..]: [usize; 6]) -> Result<usize> {
    linkat(cx, [AT_FDCWD, old, AT_FDCWD, new, 0, 0])
}

/// Whether names of a directory may be changed.
fn check_directory(directory: &Location, credentials: &Credentials) -> Result<()> {
    permission::check(&**directory.inode(), credentials, WRITE | EXECUTE)
}

/// What changes names answers on a mount that is read only, whether the names are there or not.
fn check_mount(directory: &Location) -> Result<()> {
    if directory.mount.read_only() {
        Err(Errno::EROFS)
    } else {
        Ok(())
    }
}

/// unlinkat(2).
pub fn unlinkat(cx: &Context, [dirfd, path, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::AT_REMOVEDIR)?;
    let path = read_path(path)?;
    let base = Base::new(cx.thread, dirfd, &path)?;
    let last = base.find_last(&path)?;
    let directory = &last.directory;
    let check = |victim: &Dentry| {
        check_directory(directory, base.credentials())?;
        permission::check_removal(&**directory.inode(), &**victim.inode(), base.credentials())
    };
    if flags & raw::AT_REMOVEDIR != 0 {
        match &*last.name {
            b"." => return Err(Errno::EINVAL),
            b".." => return Err(Errno::ENOTEMPTY),
            b"" => return Err(Errno::EBUSY),
            _ => {}
        }
        check_mount(directory)?;
        directory.dentry.rmdir(&last.name, check)?;
    } else {
        if last.is_special() {
            return Err(Errno::EISDIR);
        }
        check_mount(directory)?;
        if last.trailing_slash {
            let victim = directory.dentry.child(&last.name)?;
            return Err(if victim.is_directory() {
                Errno::EISDIR
            } else {
                Errno::ENOTDIR
            });
        }
        directory.dentry.unlink(&last.name, check)?;
    }
    Ok(0)
}

/// unlink(2).
pub fn unlink(cx: &Context, [path, ..]: [usize; 6]) -> Result<usize> {
    unlinkat(cx, [AT_FDCWD, path, 0, 0, 0, 0])
}

/// rmdir(2).
pub fn rmdir(cx: &Context, [path, ..]: [usize; 6]) -> Result<usize> {
    unlinkat(cx, [AT_FDCWD, path, raw::AT_REMOVEDIR as usize, 0, 0, 0])
}

/// renameat2(2).
pub fn renameat2(
    cx: &Context,
    [old_dirfd, old_path, new_dirfd, new_path, flags, _]: [usize; 6],
) -> Result<usize> {
    let flags = check_flags(flags, raw::RENAME_NOREPLACE | raw::RENAME_EXCHANGE)?;
    let keep_existing = flags & raw::RENAME_NOREPLACE != 0;
    let mode = if flags & raw::RENAME_EXCHANGE != 0 {
        RenameMode::Exchange
    } else {
        RenameMode::Replace
    };
    if keep_existing && mode == RenameMode::Exchange {
        return Err(Errno::EINVAL);
    }
    let old_path = read_path(old_path)?;
    let old_base = Base::new(cx.thread, old_dirfd, &old_path)?;
    let old = old_base.find_last(&old_path)?;
    let new_path = read_path(new_path)?;
    let new_base = Base::new(cx.thread, new_dirfd, &new_path)?;
    let new = new_base.find_last(&new_path)?;
    if !Arc::ptr_eq(&old.directory.mount, &new.directory.mount) {
        return Err(Errno::EXDEV);
    }
    if old.is_special() {
        return Err(Errno::EBUSY);
    }
    if new.is_special() {
        return Err(if keep_existing {
            Errno::EEXIST
        } else {
            Errno::EBUSY
        });
    }
    check_mount(&old.directory)?;
    let credentials = old_base.credentials();
    let slashes = (old.trailing_slash, new.trailing_slash);
    let permissions = |moved: &Dentry, replaced: Option<&Dentry>| {
        check_directory(&old.directory, credentials)?;
        check_directory(&new.directory, credentials)?;
        permission::check_removal(&**old.directory.inode(), &**moved.inode(), credentials)?;
        // A directory's `..` changes when it moves to another one (rename(2), EACCES).
        let leads_elsewhere = |node: &Dentry| {
            if node.is_directory() && !Arc::ptr_eq(&old.directory.dentry, &new.directory.dentry) {
                permission::check(&**node.inode(), credentials, WRITE)
            } else {
                Ok(())
            }
        };
        leads_elsewhere(moved)?;
        if mode == RenameMode::Exchange
            && let Some(replaced) = replaced
        {
            leads_elsewhere(replaced)?;
        }
        if let Some(replaced) = replaced {
            permission::check_removal(&**new.directory.inode(), &**replaced.inode(), credentials)?;
        }
        Ok(())
    };
    // Only directories can be meant by a name with a slash behind it.
    let kinds = |moved: &Dentry, replaced: Option<&Dentry>| {
        let new_is_directory = if mode == RenameMode::Exchange {
            replaced.is_some_and(Dentry::is_directory)
        } else {
            moved.is_directory()
        };
        if (slashes.0 && !moved.is_directory()) || (slashes.1 && !new_is_directory) {
            return Err(Errno::ENOTDIR);
        }
        Ok(())
    };
    let check = |what, moved: &Dentry, replaced: Option<&Dentry>| match what {
        RenameCheck::Kinds => kinds(moved, replaced),
        RenameCheck::Permissions => permissions(moved, replaced),
    };
    dentry::rename(
        &old.directory.dentry,
        &old.name,
        &new.directory.dentry,
        &new.name,
        mode,
        keep_existing,
        check,
    )?;
    Ok(0)
}

/// renameat(2).
pub fn renameat(cx: &Context, [old_dirfd, old, new_dirfd, new, ..]: [usize; 6]) -> Result<usize> {
    renameat2(cx, [old_dirfd, old, new_dirfd, new, 0, 0])
}

/// rename(2).
pub fn rename(cx: &Context, [old, new, ..]: [usize; 6]) -> Result<usize> {
    renameat2(cx, [AT_FDCWD, old, AT_FDCWD, new, 0, 0])
}

/// The two forms of a directory entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dirent {
    /// `struct linux_dirent`: the type is the last byte.
    Old,
    /// `struct linux_dirent64`: the type is before the name.
    New,
}

impl Dirent {
    /// Bytes of an entry before its name.
    fn before_name(self) -> usize {
        match self {
            Self::Old => 18,
            Self::New => 19,
        }
    }

    /// Bytes of an entry apart from its name, which a NUL follows and, in the old form, the type.
    fn header(self) -> usize {
        match self {
            Self::Old => 18 + 2,
            Self::New => 19 + 1,
        }
    }
}

/// The most of a program's buffer that is filled at once: some dozens of names, of which even the longest fits.
const MAX_LISTING: usize = 2048;

/// getdents(2).
pub fn getdents(cx: &Context, [fd, out, size, ..]: [usize; 6]) -> Result<usize> {
    list(cx, fd, out, size, Dirent::Old)
}

/// getdents64(2).
pub fn getdents64(cx: &Context, [fd, out, size, ..]: [usize; 6]) -> Result<usize> {
    list(cx, fd, out, size, Dirent::New)
}

fn list(cx: &Context, fd: usize, out: usize, size: usize, form: Dirent) -> Result<usize> {
    let file = file(cx.process, fd)?;
    let mut buffer = [0; MAX_LISTING];
    let size = (size as u32 as usize).min(buffer.len());
    let mut used = 0;
    let mut too_small = false;
    file.read_directory(&mut |entry| {
        let name_at = form.before_name();
        let length = (form.header() + entry.name.len()).next_multiple_of(8);
        let Some(place) = buffer[..size].get_mut(used..used + length) else {
            too_small = used == 0;
            return false;
        };
        let kind = entry.kind.directory_entry_type();
        place[..8].copy_from_slice(&entry.number.to_le_bytes());
        place[8..16].copy_from_slice(&entry.next.to_le_bytes());
        place[16..18].copy_from_slice(&(length as u16).to_le_bytes());
        match form {
            Dirent::New => place[18] = kind,
            Dirent::Old => place[length - 1] = kind,
        }
        place[name_at..name_at + entry.name.len()].copy_from_slice(entry.name);
        used += length;
        true
    })?;
    if too_small {
        return Err(Errno::EINVAL);
    }
    hal::user::copy_out(out, &buffer[..used])?;
    Ok(used)
}

/// getcwd(2): answers the length, its NUL included.
pub fn getcwd(cx: &Context, [out, size, ..]: [usize; 6]) -> Result<usize> {
    let fs = cx.process.fs.lock().lock().clone();
    if fs.cwd.dentry.is_dead() {
        return Err(Errno::ENOENT);
    }
    let (mut path, reachable) = fs.cwd.path_from(Some(&fs.root))?;
    if !reachable {
        let mut prefixed = Vec::new();
        prefixed.try_reserve(path.len() + 16)?;
        prefixed.extend_from_slice(b"(unreachable)");
        prefixed.append(&mut path);
        path = prefixed;
    }
    path.try_reserve(1)?;
    path.push(0);
    if path.len() > PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    if path.len() > size {
        return Err(Errno::ERANGE);
    }
    hal::user::copy_out(out, &path)?;
    Ok(path.len())
}

fn enter(cx: &Context, location: Location) -> Result<usize> {
    check_enterable(&location, &cx.thread.credentials())?;
    let fs = cx.process.fs();
    let old = core::mem::replace(&mut fs.lock().cwd, location);
    drop(old);
    Ok(0)
}

fn check_enterable(location: &Location, credentials: &Credentials) -> Result<()> {
    if !location.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    permission::check(&**location.inode(), credentials, EXECUTE)
}

/// chdir(2).
pub fn chdir(cx: &Context, [path, ..]: [usize; 6]) -> Result<usize> {
    enter(cx, locate(cx, AT_FDCWD, path, 0)?)
}

/// fchdir(2).
pub fn fchdir(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    enter(cx, file(cx.process, fd)?.location().clone())
}

/// chroot(2).
pub fn chroot(cx: &Context, [path, ..]: [usize; 6]) -> Result<usize> {
    let path = read_path(path)?;
    let base = Base::new(cx.thread, AT_FDCWD, &path)?;
    let location = base.find(&path, LastLink::Follow)?;
    check_enterable(&location, base.credentials())?;
    if !base.credentials().has(Capability::SysChroot) {
        return Err(Errno::EPERM);
    }
    let fs = cx.process.fs();
    let old = core::mem::replace(&mut fs.lock().root, location);
    drop(old);
    Ok(0)
}

/// umask(2).
pub fn umask(cx: &Context, [mask, ..]: [usize; 6]) -> Result<usize> {
    let fs = cx.process.fs();
    let old = core::mem::replace(&mut fs.lock().umask, mask as u32 & 0o777);
    Ok(old as usize)
}
