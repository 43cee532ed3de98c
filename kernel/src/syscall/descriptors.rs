//! Descriptors: `dup` and its kin, `fcntl`, `ioctl`.

use linux_raw_sys::{general as raw, ioctl};

use super::Context;
use super::lookup::{check_flags, file};
use super::owner;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::FileAccess;
use crate::fs::file::SETTABLE_FLAGS;
use crate::fs::inode::{FileType, Ownership};
use crate::fs::memfd::{self, Seals};
use crate::fs::mount::anonymous_location;
use crate::fs::permission;
use crate::fs::pipe::{self, PipeEnd};
use crate::mm;
use crate::mm::file::FileId;
use crate::mm::user::read_string;
use crate::net::SocketFile;
use crate::process::Resource;

/// dup(2).
pub fn dup(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    super::open::install(cx.process, file, false)
}

fn dup_to(cx: &Context, old: usize, new: usize, close_on_exec: bool) -> Result<usize> {
    let limit = cx.process.limit(Resource::OpenFiles);
    let files = cx.process.files();
    let (replaced, owner) = {
        let mut files = files.lock();
        let file = files.get(old as i32)?;
        let replaced = files.replace(new as i32, file, close_on_exec, limit)?;
        (replaced, files.lock_owner())
    };
    if let Some(replaced) = replaced {
        crate::fs::release(replaced, owner);
    }
    Ok(new)
}

/// dup2(2).
pub fn dup2(cx: &Context, [old, new, ..]: [usize; 6]) -> Result<usize> {
    let new = new as i32 as usize;
    if old as i32 == new as i32 {
        file(cx.process, old)?;
        return Ok(new);
    }
    dup_to(cx, old, new, false)
}

/// dup3(2).
pub fn dup3(cx: &Context, [old, new, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::O_CLOEXEC)?;
    if old as i32 == new as i32 {
        return Err(Errno::EINVAL);
    }
    dup_to(cx, old, new as i32 as usize, flags != 0)
}

/// fcntl(2). Leases and directory notification answer `EINVAL`.
pub fn fcntl(cx: &Context, [fd, command, argument, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let command = command as u32;
    let allowed_on_path = matches!(
        command,
        raw::F_DUPFD | raw::F_DUPFD_CLOEXEC | raw::F_GETFD | raw::F_SETFD | raw::F_GETFL
    );
    if open.access().path_only && !allowed_on_path {
        return Err(Errno::EBADF);
    }
    let files = cx.process.files();
    match command {
        raw::F_DUPFD | raw::F_DUPFD_CLOEXEC => {
            let least = i32::try_from(argument).map_err(|_| Errno::EINVAL)?;
            let limit = cx.process.limit(Resource::OpenFiles);
            let close_on_exec = command == raw::F_DUPFD_CLOEXEC;
            Ok(files.lock().insert(open, close_on_exec, least, limit)? as usize)
        }
        raw::F_GETFD => Ok(usize::from(files.lock().close_on_exec(fd as i32)?)),
        raw::F_SETFD => {
            let close_on_exec = argument as u32 & raw::FD_CLOEXEC != 0;
            files.lock().set_close_on_exec(fd as i32, close_on_exec)?;
            Ok(0)
        }
        raw::F_GETFL => Ok(open.flags_with_access() as usize),
        raw::F_SETFL => {
            let flags = argument as u32;
            let changed = flags ^ open.flags();
            if changed & flags & raw::O_NOATIME != 0
                && !permission::is_owner(&**open.inode(), &cx.thread.credentials())
            {
                return Err(Errno::EPERM);
            }
            if changed & raw::FASYNC != 0 {
                owner::set_asynchronous(cx, &open, fd as i32, flags & raw::FASYNC != 0)?;
            }
            open.set_flags(flags, SETTABLE_FLAGS);
            if let Some(end) = open.object_as::<PipeEnd>() {
                end.set_packets(argument as u32 & raw::O_DIRECT != 0);
            }
            Ok(0)
        }
        raw::F_GETOWN
        | raw::F_SETOWN
        | raw::F_GETOWN_EX
        | raw::F_SETOWN_EX
        | raw::F_GETSIG
        | raw::F_SETSIG => owner::fcntl(cx, &open, command, argument),
        raw::F_GETPIPE_SZ => {
            let end = open.object_as::<PipeEnd>().ok_or(Errno::EBADF)?;
            Ok(end.pipe().capacity())
        }
        raw::F_SETPIPE_SZ => {
            let end = open.object_as::<PipeEnd>().ok_or(Errno::EBADF)?;
            end.pipe().set_capacity(argument)
        }
        raw::F_GETLK
        | raw::F_SETLK
        | raw::F_SETLKW
        | raw::F_OFD_GETLK
        | raw::F_OFD_SETLK
        | raw::F_OFD_SETLKW => super::locks::fcntl(cx, &open, command, argument),
        raw::F_ADD_SEALS => {
            if !open.access().write {
                return Err(Errno::EPERM);
            }
            let inode = open.inode();
            let seals = inode.seals().ok_or(Errno::EINVAL)?;
            let file = FileId::of(&**inode);
            seals.add(
                argument as u32,
                || inode.ownership().mode & memfd::EXECUTION != 0,
                || mm::file::is_mapped_writable(file),
            )?;
            inode.finish_writes()?;
            Ok(0)
        }
        raw::F_GET_SEALS => Ok(open.inode().seals().ok_or(Errno::EINVAL)?.get() as usize),
        _ => Err(Errno::EINVAL),
    }
}

/// ioctl(2).
pub fn ioctl(cx: &Context, [fd, command, argument, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    if open.access().path_only {
        return Err(Errno::EBADF);
    }
    match command as u32 {
        ioctl::FIOCLEX | ioctl::FIONCLEX => {
            let close_on_exec = command as u32 == ioctl::FIOCLEX;
            cx.process
                .files()
                .lock()
                .set_close_on_exec(fd as i32, close_on_exec)?;
            Ok(0)
        }
        ioctl::FIONBIO => {
            let on = hal::user::load_u32(argument)? != 0;
            open.set_flags(if on { raw::O_NONBLOCK } else { 0 }, raw::O_NONBLOCK);
            Ok(0)
        }
        ioctl::FIOASYNC => {
            let on = hal::user::load_u32(argument)? != 0;
            if on == (open.flags() & raw::FASYNC != 0) {
                return Ok(0);
            }
            if !open.sends_signals() {
                return Err(Errno::ENOTTY);
            }
            owner::set_asynchronous(cx, &open, fd as i32, on)?;
            Ok(0)
        }
        ioctl::FIOSETOWN | ioctl::SIOCSPGRP if open.object_as::<SocketFile>().is_some() => {
            let number = hal::user::load_u32(argument)?;
            owner::fcntl(cx, &open, raw::F_SETOWN, number as usize)
        }
        ioctl::FIOGETOWN | ioctl::SIOCGPGRP if open.object_as::<SocketFile>().is_some() => {
            let number = owner::fcntl(cx, &open, raw::F_GETOWN, 0)?;
            hal::user::store_u32(argument, number as u32)?;
            Ok(0)
        }
        ioctl::FIONREAD if open.inode().kind() == FileType::Regular => {
            let left = open.inode().size().saturating_sub(open.position());
            hal::user::store_u32(argument, left.min(i32::MAX as u64) as u32)?;
            Ok(0)
        }
        command => match open.object() {
            Some(object) => object.ioctl(command, argument),
            None => Err(Errno::ENOTTY),
        },
    }
}

/// pipe2(2).
pub fn pipe2(cx: &Context, [fds, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::O_CLOEXEC | raw::O_NONBLOCK | raw::O_DIRECT)?;
    crate::mm::admit()?;
    let close_on_exec = flags & raw::O_CLOEXEC != 0;
    let (reader, writer) = pipe::create(&cx.thread.credentials(), flags & !raw::O_CLOEXEC)?;
    let limit = cx.process.limit(Resource::OpenFiles);
    let files = cx.process.files();
    let (first, second) = {
        let mut files = files.lock();
        let first = files.insert(reader, close_on_exec, 0, limit)?;
        match files.insert(writer, close_on_exec, 0, limit) {
            Ok(second) => (first, second),
            Err(error) => {
                let reader = files.remove(first);
                drop(files);
                drop(reader);
                return Err(error);
            }
        }
    };
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&first.to_le_bytes());
    bytes[4..].copy_from_slice(&second.to_le_bytes());
    if let Err(fault) = hal::user::copy_out(fds, &bytes) {
        let (reader, writer) = {
            let mut files = files.lock();
            (files.remove(first), files.remove(second))
        };
        // Closed outside the table's lock.
        drop((reader, writer));
        return Err(fault.into());
    }
    Ok(0)
}

/// pipe(2).
pub fn pipe(cx: &Context, [fds, ..]: [usize; 6]) -> Result<usize> {
    pipe2(cx, [fds, 0, 0, 0, 0, 0])
}

/// The longest name of a memfd.
const MEMFD_NAME_MAX: usize = 249;

/// memfd_create(2). Huge pages answer `EINVAL`.
pub fn memfd_create(cx: &Context, [name, flags, ..]: [usize; 6]) -> Result<usize> {
    let known = raw::MFD_CLOEXEC | raw::MFD_ALLOW_SEALING | raw::MFD_NOEXEC_SEAL | raw::MFD_EXEC;
    let flags = check_flags(flags, known)?;
    if flags & raw::MFD_NOEXEC_SEAL != 0 && flags & raw::MFD_EXEC != 0 {
        return Err(Errno::EINVAL);
    }
    let name = read_string(name, MEMFD_NAME_MAX, Errno::EINVAL)?;
    let credentials = cx.thread.credentials();
    let no_execution = flags & raw::MFD_NOEXEC_SEAL != 0;
    let mode = if no_execution { 0o666 } else { 0o777 };
    let ownership = Ownership {
        mode,
        uid: credentials.fsuid,
        gid: credentials.fsgid,
    };
    let seals = if flags & raw::MFD_ALLOW_SEALING != 0 || no_execution {
        Seals::unsealed()
    } else {
        Seals::sealed()
    };
    if no_execution {
        seals.add(raw::F_SEAL_EXEC, || false, || false)?;
    }
    let inode = memfd::create(ownership, seals)?;
    let mut shown = alloc::vec::Vec::new();
    shown.try_reserve_exact(name.len() + 7)?;
    shown.extend_from_slice(b"/memfd:");
    shown.extend_from_slice(&name);
    let location = anonymous_location(inode, &shown);
    // It has no name: shown as deleted, as a file that lost its last one.
    location.dentry.mark_dead();
    let file = OpenFile::new(location, None, FileAccess::READ_WRITE, raw::O_LARGEFILE);
    super::open::install(cx.process, file, flags & raw::MFD_CLOEXEC != 0)
}
