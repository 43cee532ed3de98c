//! Moving bytes: `read`, `write` and their kin, `sendfile`, `lseek`, sizes.

use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::lookup::{AT_FDCWD, check_flags, file, locate};
use super::{Context, block_longer_on, block_on};
use crate::errno::{Errno, Result};
use crate::fs::Claim;
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::inode::{Allocation, FileType};
use crate::fs::notify;
use crate::fs::permission::{self, WRITE};
use crate::mm::user::read_iovecs;
use crate::net::SocketFile;
use crate::process::Resource;
use crate::signal::Signal;
use crate::time::{self, Deadline};

/// Repeats a read until it gives something, by the file's own rules.
#[inline]
fn read_blocking(file: &OpenFile, sink: &mut Sink<'_>) -> Result<usize> {
    match file.read(sink) {
        Err(Errno::EAGAIN) if !file.nonblocking() => read_later(file, sink),
        outcome => outcome,
    }
}

/// A wait on a socket that has a time-out is not begun anew (signal(7)).
fn is_socket(file: &OpenFile) -> bool {
    file.object_as::<SocketFile>().is_some()
}

fn read_later(file: &OpenFile, sink: &mut Sink<'_>) -> Result<usize> {
    let Some(notifier) = file.notifier() else {
        return Err(Errno::EAGAIN);
    };
    let started = time::monotonic();
    loop {
        let deadline = file
            .object()
            .and_then(|object| object.read_deadline(started));
        match block_longer_on(
            &[notifier.queue()],
            deadline.map(Deadline::Monotonic),
            || file.read(sink),
        ) {
            // The deadline: what it means is the file's business.
            Err(Errno::EAGAIN) => {}
            Err(Errno::RESTART) if deadline.is_some() && is_socket(file) => {
                return Err(Errno::EINTR);
            }
            outcome => return outcome,
        }
        if let Some(object) = file.object() {
            match object.read_expired(sink) {
                Err(Errno::EAGAIN) => {}
                Err(Errno::ETIMEDOUT) => return Err(Errno::EAGAIN),
                outcome => return outcome,
            }
        }
    }
}

/// Repeats a write until it takes something; a stream takes everything before
/// it returns, unless a signal comes.
fn write_blocking(cx: &Context, file: &OpenFile, source: &mut Source<'_>) -> Result<usize> {
    let outcome = match file.notifier() {
        None => write_limited(cx, file, source),
        Some(notifier) => loop {
            let deadline = file
                .object()
                .and_then(|object| object.write_deadline(time::monotonic()));
            let attempt = block_on(
                &[notifier.queue()],
                file.nonblocking(),
                deadline.map(Deadline::Monotonic),
                || file.write(source),
            );
            match attempt {
                Ok(_) if file.is_stream() && source.remaining() > 0 && !source.faulted() => {}
                Ok(_) => break Ok(source.done()),
                Err(_) if source.done() > 0 => break Ok(source.done()),
                Err(Errno::RESTART) if deadline.is_some() && is_socket(file) => {
                    break Err(Errno::EINTR);
                }
                Err(error) => break Err(error),
            }
        },
    };
    if outcome == Err(Errno::EPIPE) {
        cx.send_signal(Signal::PIPE);
    }
    outcome
}

/// A write to a regular file, which `RLIMIT_FSIZE` may cut short.
fn write_limited(cx: &Context, file: &OpenFile, source: &mut Source<'_>) -> Result<usize> {
    let limit = cx.process.limit(Resource::FileSize);
    if limit != u64::MAX && file.inode().kind() == FileType::Regular {
        let at = if file.flags() & raw::O_APPEND != 0 {
            file.inode().size()
        } else {
            file.position()
        };
        limit_source(cx, source, at, limit)?;
    }
    file.write(source)
}

fn limit_source(cx: &Context, source: &mut Source<'_>, at: u64, limit: u64) -> Result<()> {
    if at >= limit && source.remaining() > 0 {
        cx.send_signal(Signal::XFSZ);
        return Err(Errno::EFBIG);
    }
    source.limit(usize::try_from(limit - at.min(limit)).unwrap_or(usize::MAX));
    Ok(())
}

/// read(2).
pub fn read(cx: &Context, [fd, buffer, length, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    read_blocking(&file, &mut Sink::user(buffer, length))
}

/// write(2).
pub fn write(cx: &Context, [fd, buffer, length, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    write_blocking(cx, &file, &mut Source::user(buffer, length))
}

/// readv(2).
pub fn readv(cx: &Context, [fd, vectors, count, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    read_blocking(&file, &mut Sink::vectors(&vectors))
}

/// writev(2).
pub fn writev(cx: &Context, [fd, vectors, count, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    write_blocking(cx, &file, &mut Source::vectors(&vectors))
}

fn offset_of(offset: usize) -> Result<u64> {
    u64::try_from(offset as i64).map_err(|_| Errno::EINVAL)
}

fn write_at(cx: &Context, file: &OpenFile, offset: u64, source: &mut Source<'_>) -> Result<usize> {
    let limit = cx.process.limit(Resource::FileSize);
    if limit != u64::MAX && file.inode().kind() == FileType::Regular {
        limit_source(cx, source, offset, limit)?;
    }
    file.write_at(offset, source)
}

/// pread64(2).
pub fn pread64(cx: &Context, [fd, buffer, length, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    file(cx.process, fd)?.read_at(offset, &mut Sink::user(buffer, length))
}

/// pwrite64(2).
pub fn pwrite64(cx: &Context, [fd, buffer, length, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    write_at(cx, &file, offset, &mut Source::user(buffer, length))
}

/// preadv(2).
pub fn preadv(cx: &Context, [fd, vectors, count, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    file.read_at(offset, &mut Sink::vectors(&vectors))
}

/// pwritev(2).
pub fn pwritev(cx: &Context, [fd, vectors, count, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    write_at(cx, &file, offset, &mut Source::vectors(&vectors))
}

/// The per-call flags of preadv2(2) that memory meets by itself.
const RWF_SATISFIED: u32 = raw::RWF_HIPRI | raw::RWF_DSYNC | raw::RWF_SYNC;

fn check_rwf(flags: usize) -> Result<()> {
    if flags as u32 & !RWF_SATISFIED == 0 {
        Ok(())
    } else {
        Err(Errno::EOPNOTSUPP)
    }
}

/// preadv2(2): offset -1 is the file's own.
pub fn preadv2(
    cx: &Context,
    [fd, vectors, count, offset, high, flags]: [usize; 6],
) -> Result<usize> {
    check_rwf(flags)?;
    if offset as i64 == -1 {
        return readv(cx, [fd, vectors, count, 0, 0, 0]);
    }
    preadv(cx, [fd, vectors, count, offset, high, 0])
}

/// pwritev2(2): offset -1 is the file's own.
pub fn pwritev2(
    cx: &Context,
    [fd, vectors, count, offset, high, flags]: [usize; 6],
) -> Result<usize> {
    check_rwf(flags)?;
    if offset as i64 == -1 {
        return writev(cx, [fd, vectors, count, 0, 0, 0]);
    }
    pwritev(cx, [fd, vectors, count, offset, high, 0])
}

/// lseek(2).
pub fn lseek(cx: &Context, [fd, offset, whence, ..]: [usize; 6]) -> Result<usize> {
    Ok(file(cx.process, fd)?.seek(offset as i64, whence as u32)? as usize)
}

/// How much `sendfile` and `copy_file_range` move at once.
const COPY_CHUNK: usize = 16 << 10;

/// Copies from one file to another through the kernel, until the count, the end
/// of the input, or an error after the first bytes.
fn copy(
    cx: &Context,
    length: usize,
    mut read: impl FnMut(&mut Sink<'_>, u64) -> Result<usize>,
    mut write: impl FnMut(&mut Source<'_>, u64) -> Result<usize>,
) -> Result<usize> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(COPY_CHUNK)?;
    buffer.resize(COPY_CHUNK, 0);
    let mut done = 0;
    while done < length {
        let part = COPY_CHUNK.min(length - done);
        let got = match read(&mut Sink::kernel(&mut buffer[..part]), done as u64) {
            Ok(0) => break,
            Ok(got) => got,
            Err(_) if done > 0 => break,
            Err(error) => return Err(error),
        };
        let put = match write(&mut Source::kernel(&buffer[..got]), done as u64) {
            Ok(put) => put,
            Err(_) if done > 0 => break,
            Err(error) => return Err(error),
        };
        done += put;
        if put < got || cx.thread.must_interrupt(crate::sync::Interrupt::BySignals) {
            break;
        }
    }
    Ok(done)
}

fn load_offset(address: usize) -> Result<Option<u64>> {
    if address == 0 {
        return Ok(None);
    }
    Ok(Some(offset_of(hal::user::load_u64(address)? as usize)?))
}

/// sendfile(2).
pub fn sendfile(cx: &Context, [out, input, offset, count, ..]: [usize; 6]) -> Result<usize> {
    let (out, input) = (file(cx.process, out)?, file(cx.process, input)?);
    if !input.access().read || !out.access().write {
        return Err(Errno::EBADF);
    }
    if input.object().is_some() || out.flags() & raw::O_APPEND != 0 {
        return Err(Errno::EINVAL);
    }
    let given = load_offset(offset)?;
    let start = given.unwrap_or_else(|| input.position());
    let count = count.min(crate::fs::buf::MAX_TRANSFER);
    let done = copy(
        cx,
        count,
        |sink, at| input.read_at(start.saturating_add(at), sink),
        |source, _| write_blocking(cx, &out, source),
    )?;
    let end = start.saturating_add(done as u64);
    match given {
        Some(_) => hal::user::store_u64(offset, end)?,
        None => input.set_position(end),
    }
    Ok(done)
}

/// copy_file_range(2).
pub fn copy_file_range(
    cx: &Context,
    [input, input_offset, out, out_offset, count, flags]: [usize; 6],
) -> Result<usize> {
    check_flags(flags, 0)?;
    let (input, out) = (file(cx.process, input)?, file(cx.process, out)?);
    if !input.access().read || !out.access().write || out.flags() & raw::O_APPEND != 0 {
        return Err(Errno::EBADF);
    }
    for kind in [input.inode().kind(), out.inode().kind()] {
        match kind {
            FileType::Regular => {}
            FileType::Directory => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        }
    }
    let (given_in, given_out) = (load_offset(input_offset)?, load_offset(out_offset)?);
    let from = given_in.unwrap_or_else(|| input.position());
    let to = given_out.unwrap_or_else(|| out.position());
    let count = count.min(crate::fs::buf::MAX_TRANSFER);
    let (from_end, to_end) = (
        from.saturating_add(count as u64),
        to.saturating_add(count as u64),
    );
    let same = core::ptr::addr_eq(
        alloc::sync::Arc::as_ptr(input.inode()),
        alloc::sync::Arc::as_ptr(out.inode()),
    );
    if same && from < to_end && to < from_end {
        return Err(Errno::EINVAL);
    }
    let done = copy(
        cx,
        count,
        |sink, at| input.read_at(from.saturating_add(at), sink),
        |source, at| write_at(cx, &out, to.saturating_add(at), source),
    )?;
    let moved = done as u64;
    match given_in {
        Some(_) => hal::user::store_u64(input_offset, from + moved)?,
        None => input.set_position(from + moved),
    }
    match given_out {
        Some(_) => hal::user::store_u64(out_offset, to + moved)?,
        None => out.set_position(to + moved),
    }
    Ok(done)
}

fn check_size(cx: &Context, size: usize) -> Result<u64> {
    let size = offset_of(size)?;
    if size > cx.process.limit(Resource::FileSize) {
        cx.send_signal(Signal::XFSZ);
        return Err(Errno::EFBIG);
    }
    Ok(size)
}

/// truncate(2).
pub fn truncate(cx: &Context, [path, size, ..]: [usize; 6]) -> Result<usize> {
    let size = check_size(cx, size)?;
    let location = locate(cx, AT_FDCWD, path, 0)?;
    let inode = location.inode();
    match inode.kind() {
        FileType::Regular => {}
        FileType::Directory => return Err(Errno::EISDIR),
        _ => return Err(Errno::EINVAL),
    }
    permission::check(&**inode, &cx.process.credentials(), WRITE)?;
    if location.mount.read_only() {
        return Err(Errno::EROFS);
    }
    let _claim = Claim::to_write(inode)?;
    inode.truncate(size)?;
    notify::at(&location.dentry, raw::IN_MODIFY);
    Ok(0)
}

/// ftruncate(2).
pub fn ftruncate(cx: &Context, [fd, size, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    let size = check_size(cx, size)?;
    if !file.access().write || file.inode().kind() != FileType::Regular {
        return Err(if file.access().path_only {
            Errno::EBADF
        } else {
            Errno::EINVAL
        });
    }
    file.inode().truncate(size)?;
    notify::at(&file.location().dentry, raw::IN_MODIFY);
    Ok(0)
}

/// fallocate(2).
pub fn fallocate(cx: &Context, [fd, mode, offset, length, ..]: [usize; 6]) -> Result<usize> {
    const COLLAPSE: usize = raw::FALLOC_FL_COLLAPSE_RANGE as usize;
    const INSERT: usize = raw::FALLOC_FL_INSERT_RANGE as usize;
    const KEEP_SIZE: usize = raw::FALLOC_FL_KEEP_SIZE as usize;
    const PUNCH: usize = (raw::FALLOC_FL_PUNCH_HOLE | raw::FALLOC_FL_KEEP_SIZE) as usize;
    const ZERO: usize = raw::FALLOC_FL_ZERO_RANGE as usize;
    const ZERO_KEEP: usize = (raw::FALLOC_FL_ZERO_RANGE | raw::FALLOC_FL_KEEP_SIZE) as usize;
    let file = file(cx.process, fd)?;
    let (offset, length) = (offset_of(offset)?, offset_of(length)?);
    if length == 0 {
        return Err(Errno::EINVAL);
    }
    let how = match mode {
        0 => Allocation::Grow,
        KEEP_SIZE => Allocation::KeepSize,
        PUNCH => Allocation::PunchHole,
        COLLAPSE => Allocation::Collapse,
        INSERT => Allocation::Insert,
        ZERO => Allocation::Zero { grow: true },
        ZERO_KEEP => Allocation::Zero { grow: false },
        _ => return Err(Errno::EOPNOTSUPP),
    };
    if !file.access().write {
        return Err(Errno::EBADF);
    }
    match file.inode().kind() {
        FileType::Regular => {}
        FileType::Fifo => return Err(Errno::ESPIPE),
        _ => return Err(Errno::ENODEV),
    }
    let end = offset
        .checked_add(length)
        .filter(|&end| i64::try_from(end).is_ok())
        .ok_or(Errno::EFBIG)?;
    if matches!(how, Allocation::Grow | Allocation::Zero { grow: true }) {
        check_size(cx, usize::try_from(end).map_err(|_| Errno::EFBIG)?)?;
    }
    file.inode().allocate(how, offset, length)?;
    notify::at(&file.location().dentry, raw::IN_MODIFY);
    Ok(0)
}

/// fsync(2) and fdatasync(2): all files are in memory.
pub fn fsync(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    if file.object().is_some() {
        Err(Errno::EINVAL)
    } else {
        Ok(0)
    }
}

/// sync(2).
pub fn sync(_: &Context, _: [usize; 6]) -> Result<usize> {
    Ok(0)
}

/// syncfs(2).
pub fn syncfs(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    file(cx.process, fd)?;
    Ok(0)
}

/// fadvise64(2): advice that nothing needs.
pub fn fadvise64(cx: &Context, [fd, _, length, advice, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.object().is_some() {
        return Err(Errno::ESPIPE);
    }
    if (length as i64) < 0 || advice as u32 > raw::POSIX_FADV_NOREUSE {
        return Err(Errno::EINVAL);
    }
    Ok(0)
}

/// readahead(2): the pages are there.
pub fn readahead(cx: &Context, [fd, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if !file.access().read {
        return Err(Errno::EBADF);
    }
    if file.inode().kind() == FileType::Regular {
        Ok(0)
    } else {
        Err(Errno::EINVAL)
    }
}
