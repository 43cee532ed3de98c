//! Advisory locks: `flock`, and the lock commands of `fcntl`.

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::lookup::file;
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::locks::{self, Mode, Owner, Record};
use crate::mm::user::{read_struct, write_struct};

/// flock(2).
pub fn flock(cx: &Context, [fd, operation, ..]: [usize; 6]) -> Result<usize> {
    let operation = operation as u32;
    let mode = match operation & !raw::LOCK_NB {
        raw::LOCK_SH => Some(Mode::Shared),
        raw::LOCK_EX => Some(Mode::Exclusive),
        raw::LOCK_UN => None,
        _ => return Err(Errno::EINVAL),
    };
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    let inode = &**file.inode();
    let Some(mode) = mode else {
        locks::unlock_whole(inode, file.identity());
        return Ok(0);
    };
    file.note_locks();
    block_on(
        &[locks::queue()],
        operation & raw::LOCK_NB != 0,
        None,
        || locks::lock_whole(inode, file.identity(), mode),
    )?;
    Ok(0)
}

/// `struct flock`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawLock {
    kind: i16,
    whence: i16,
    padding: [u8; 4],
    start: i64,
    length: i64,
    pid: i32,
    tail: [u8; 4],
}

impl RawLock {
    /// First and last byte of the range (fcntl(2): a negative length reaches
    /// back from the start, 0 to the end of the file and beyond).
    fn range(&self, file: &OpenFile) -> Result<(u64, u64)> {
        let base = match self.whence as u32 {
            raw::SEEK_SET => 0,
            raw::SEEK_CUR => file.position(),
            raw::SEEK_END => file.inode().size(),
            _ => return Err(Errno::EINVAL),
        };
        let base = i64::try_from(base).map_err(|_| Errno::EOVERFLOW)?;
        let mut start = base.checked_add(self.start).ok_or(Errno::EOVERFLOW)?;
        let mut last = i64::MAX;
        if self.length > 0 {
            last = start.checked_add(self.length - 1).ok_or(Errno::EOVERFLOW)?;
        } else if self.length < 0 {
            last = start.checked_sub(1).ok_or(Errno::EINVAL)?;
            start = start.checked_add(self.length).ok_or(Errno::EINVAL)?;
        }
        let start = u64::try_from(start).map_err(|_| Errno::EINVAL)?;
        let last = u64::try_from(last).map_err(|_| Errno::EINVAL)?;
        Ok((start, if self.length == 0 { u64::MAX } else { last }))
    }
}

/// The lock commands of fcntl(2), process-associated and of open files.
pub fn fcntl(cx: &Context, file: &OpenFile, command: u32, address: usize) -> Result<usize> {
    let mut wanted: RawLock = read_struct(address)?;
    let of_open_file = matches!(
        command,
        raw::F_OFD_GETLK | raw::F_OFD_SETLK | raw::F_OFD_SETLKW
    );
    if of_open_file && wanted.pid != 0 {
        return Err(Errno::EINVAL);
    }
    let owner = if of_open_file {
        Owner::OpenFile(file.identity())
    } else {
        Owner::Table(cx.process.files().lock().lock_owner())
    };
    let (start, last) = wanted.range(file)?;
    let inode = &**file.inode();
    let mode = match wanted.kind as u32 {
        raw::F_RDLCK => Mode::Shared,
        raw::F_WRLCK | raw::F_UNLCK => Mode::Exclusive,
        _ => return Err(Errno::EINVAL),
    };
    let record = Record {
        owner,
        pid: cx.process.pid,
        mode,
        start,
        last,
    };
    if matches!(command, raw::F_GETLK | raw::F_OFD_GETLK) {
        if wanted.kind as u32 == raw::F_UNLCK {
            return Err(Errno::EINVAL);
        }
        match locks::conflict(inode, &record) {
            None => wanted.kind = raw::F_UNLCK as i16,
            Some(held) => {
                let kind = if held.mode == Mode::Shared {
                    raw::F_RDLCK
                } else {
                    raw::F_WRLCK
                };
                wanted.kind = kind as i16;
                wanted.whence = raw::SEEK_SET as i16;
                wanted.start = held.start as i64;
                wanted.length = match held.last {
                    // The last byte that a file can have is its end, too.
                    last if last >= i64::MAX as u64 => 0,
                    last => (last - held.start + 1) as i64,
                };
                wanted.pid = match held.owner {
                    Owner::OpenFile(_) => -1,
                    Owner::Table(_) => held.pid as i32,
                };
            }
        }
        write_struct(address, &wanted)?;
        return Ok(0);
    }
    if wanted.kind as u32 == raw::F_UNLCK {
        locks::unlock_record(inode, &record)?;
        return Ok(0);
    }
    let allowed = if mode == Mode::Shared {
        file.access().read
    } else {
        file.access().write
    };
    if !allowed {
        return Err(Errno::EBADF);
    }
    file.note_locks();
    let waits = matches!(command, raw::F_SETLKW | raw::F_OFD_SETLKW).then(|| cx.thread.tid());
    let outcome = block_on(&[locks::queue()], waits.is_none(), None, || {
        locks::lock_record(inode, record, waits)
    });
    if let (Err(_), Some(thread)) = (&outcome, waits) {
        locks::stop_waiting(owner, thread);
    }
    outcome?;
    Ok(0)
}
