//! Moving bytes: `read`, `write` and their kin, `sendfile`, `lseek`, sizes.

use alloc::vec::Vec;

use hal::space::USER_END;
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
use crate::fs::pipe::PipeEnd;
use crate::mm::user::read_iovecs;
use crate::net::SocketFile;
use crate::process::Resource;
use crate::signal::Signal;
use crate::sync::{Interrupt, LongWork};
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
        None => write_limited(cx, file, file.flags() & raw::O_APPEND != 0, source),
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
                Err(error) if source.done() > 0 => {
                    // What went into the pipe before is no comfort to who does not look at the count (pipe(7)).
                    if error == Errno::EPIPE && file.object_as::<PipeEnd>().is_some() {
                        cx.send_signal(Signal::PIPE);
                    }
                    break Ok(source.done());
                }
                Err(Errno::RESTART) if deadline.is_some() && is_socket(file) => {
                    break Err(Errno::EINTR);
                }
                Err(error) => break Err(error),
            }
        },
    };
    signal_broken(cx, outcome)
}

/// Sends `SIGPIPE` with `EPIPE`.
fn signal_broken(cx: &Context, outcome: Result<usize>) -> Result<usize> {
    if outcome == Err(Errno::EPIPE) {
        cx.send_signal(Signal::PIPE);
    }
    outcome
}

/// A write to a regular file, which `RLIMIT_FSIZE` may cut short.
fn write_limited(
    cx: &Context,
    file: &OpenFile,
    append: bool,
    source: &mut Source<'_>,
) -> Result<usize> {
    let limit = cx.process.limit(Resource::FileSize);
    if limit != u64::MAX && file.inode().kind() == FileType::Regular {
        let at = if append {
            file.inode().size()
        } else {
            file.position()
        };
        limit_source(cx, source, at, limit)?;
    }
    file.write_as(append, source)
}

fn limit_source(cx: &Context, source: &mut Source<'_>, at: u64, limit: u64) -> Result<()> {
    source.limit(length_below(cx, source.remaining(), at, limit)?);
    Ok(())
}

/// How much of `length` bytes at `at` is below `limit`; `SIGXFSZ` and `EFBIG` if none.
fn length_below(cx: &Context, length: usize, at: u64, limit: u64) -> Result<usize> {
    if at >= limit && length > 0 {
        cx.send_signal(Signal::XFSZ);
        return Err(Errno::EFBIG);
    }
    Ok(length.min(usize::try_from(limit - at.min(limit)).unwrap_or(usize::MAX)))
}

/// How much of `length` bytes at `at` may go into a file by `RLIMIT_FSIZE`, which is for regular ones.
///
/// # Errors
/// `EFBIG`, with `SIGXFSZ`, when it is nothing.
pub fn limit_length(cx: &Context, file: &OpenFile, length: usize, at: u64) -> Result<usize> {
    let limit = cx.process.limit(Resource::FileSize);
    if limit == u64::MAX || file.inode().kind() != FileType::Regular {
        return Ok(length);
    }
    length_below(cx, length, at, limit)
}

/// Refuses a length that is negative as a signed number, and what is not a program's: what is wrong with the file is
/// said first, then `EFAULT`.
#[inline]
fn check_range(allowed: bool, buffer: usize, length: usize) -> Result<()> {
    if buffer <= USER_END && isize::try_from(length).is_ok() {
        return Ok(());
    }
    Err(if allowed { Errno::EFAULT } else { Errno::EBADF })
}

/// read(2).
pub fn read(cx: &Context, [fd, buffer, length, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    check_range(file.access().read, buffer, length)?;
    let mut sink = Sink::user(buffer, length);
    let part = read_blocking(&file, &mut sink)?;
    if sink.faulted() && file.notifier().is_none() {
        return Ok(read_on(cx, part, length, |done| {
            file.read(&mut Sink::user(buffer + done, length - done))
        }));
    }
    Ok(part)
}

/// Goes on with a read that memory ran out in, after `done` of `length` bytes: a part of what a file has would be taken
/// for all that there is. Gives how many bytes there are in the end.
#[cold]
fn read_on(
    cx: &Context,
    mut done: usize,
    length: usize,
    mut read: impl FnMut(usize) -> Result<usize>,
) -> usize {
    while done < length && cx.thread.feed() && !cx.thread.must_interrupt(Interrupt::ByDeathOnly) {
        // What fails for another reason than the lack of memory does not starve the thread, and ends it.
        done += read(done).unwrap_or(0);
    }
    done
}

/// write(2).
pub fn write(cx: &Context, [fd, buffer, length, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    check_range(file.access().write, buffer, length)?;
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

/// Refuses a transfer of `length` bytes whose end no file can reach (`EINVAL`).
fn check_end(file: &OpenFile, offset: u64, length: usize) -> Result<()> {
    let end = offset.checked_add(length as u64);
    if end.is_some_and(|end| i64::try_from(end).is_ok()) {
        return Ok(());
    }
    file.check_seekable()?;
    Err(Errno::EINVAL)
}

fn write_at(cx: &Context, file: &OpenFile, offset: u64, source: &mut Source<'_>) -> Result<usize> {
    let append = file.flags() & raw::O_APPEND != 0;
    write_at_as(cx, file, append, offset, source)
}

fn write_at_as(
    cx: &Context,
    file: &OpenFile,
    append: bool,
    offset: u64,
    source: &mut Source<'_>,
) -> Result<usize> {
    check_end(file, offset, source.remaining())?;
    let limit = cx.process.limit(Resource::FileSize);
    if limit != u64::MAX && file.inode().kind() == FileType::Regular {
        let at = if append { file.inode().size() } else { offset };
        limit_source(cx, source, at, limit)?;
    }
    file.write_at_as(append, offset, source)
}

fn read_at(file: &OpenFile, offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
    check_end(file, offset, sink.remaining())?;
    file.read_at(offset, sink)
}

/// pread64(2).
pub fn pread64(cx: &Context, [fd, buffer, length, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    file.check_seekable()?;
    check_range(file.access().read, buffer, length)?;
    let mut sink = Sink::user(buffer, length);
    let part = read_at(&file, offset, &mut sink)?;
    if sink.faulted() {
        return Ok(read_on(cx, part, length, |done| {
            let mut sink = Sink::user(buffer + done, length - done);
            read_at(&file, offset + done as u64, &mut sink)
        }));
    }
    Ok(part)
}

/// pwrite64(2).
pub fn pwrite64(cx: &Context, [fd, buffer, length, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    file.check_seekable()?;
    check_range(file.access().write, buffer, length)?;
    write_at(cx, &file, offset, &mut Source::user(buffer, length))
}

/// preadv(2).
pub fn preadv(cx: &Context, [fd, vectors, count, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    read_at(&file, offset, &mut Sink::vectors(&vectors))
}

/// pwritev(2).
pub fn pwritev(cx: &Context, [fd, vectors, count, offset, ..]: [usize; 6]) -> Result<usize> {
    let offset = offset_of(offset)?;
    let file = file(cx.process, fd)?;
    let vectors = read_iovecs(vectors, count)?;
    write_at(cx, &file, offset, &mut Source::vectors(&vectors))
}

/// The flags of preadv2(2) for one call.
struct Once {
    append: bool,
    nowait: bool,
}

impl Once {
    /// `EOPNOTSUPP` for a flag that is not known, `EINVAL` for both kinds of appending. `RWF_HIPRI`, `RWF_DSYNC` and
    /// `RWF_SYNC` are met by memory.
    fn new(file: &OpenFile, flags: usize) -> Result<Self> {
        /// `RWF_NOAPPEND`, which the list of constants lacks.
        const NOAPPEND: u32 = 0x20;
        let flags = flags as u32;
        let known = raw::RWF_HIPRI
            | raw::RWF_DSYNC
            | raw::RWF_SYNC
            | raw::RWF_NOWAIT
            | raw::RWF_APPEND
            | NOAPPEND;
        if flags & !known != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let both = raw::RWF_APPEND | NOAPPEND;
        let append = match flags & both {
            0 => file.flags() & raw::O_APPEND != 0,
            raw::RWF_APPEND => true,
            NOAPPEND => false,
            _ => return Err(Errno::EINVAL),
        };
        Ok(Self {
            append,
            nowait: flags & raw::RWF_NOWAIT != 0,
        })
    }
}

/// Where a call of preadv2(2) starts: `None` for the file's own offset, which -1 stands for.
fn place_of(file: &OpenFile, offset: usize) -> Result<Option<u64>> {
    if offset as i64 == -1 {
        return Ok(None);
    }
    file.check_seekable()?;
    offset_of(offset).map(Some)
}

/// preadv2(2): offset -1 is the file's own.
pub fn preadv2(cx: &Context, [fd, vectors, count, offset, _, flags]: [usize; 6]) -> Result<usize> {
    if (offset as i64) < -1 {
        return Err(Errno::EINVAL);
    }
    let file = file(cx.process, fd)?;
    let place = place_of(&file, offset)?;
    if !file.access().read {
        return Err(Errno::EBADF);
    }
    let vectors = read_iovecs(vectors, count)?;
    let mut sink = Sink::vectors(&vectors);
    let once = Once::new(&file, flags)?;
    match place {
        Some(offset) => read_at(&file, offset, &mut sink),
        None if once.nowait => file.read(&mut sink),
        None => read_blocking(&file, &mut sink),
    }
}

/// pwritev2(2): offset -1 is the file's own.
pub fn pwritev2(cx: &Context, [fd, vectors, count, offset, _, flags]: [usize; 6]) -> Result<usize> {
    if (offset as i64) < -1 {
        return Err(Errno::EINVAL);
    }
    let file = file(cx.process, fd)?;
    let place = place_of(&file, offset)?;
    if !file.access().write {
        return Err(Errno::EBADF);
    }
    let vectors = read_iovecs(vectors, count)?;
    let mut source = Source::vectors(&vectors);
    let once = Once::new(&file, flags)?;
    match place {
        Some(offset) => write_at_as(cx, &file, once.append, offset, &mut source),
        None if file.notifier().is_none() => write_limited(cx, &file, once.append, &mut source),
        None if once.nowait => signal_broken(cx, file.write(&mut source)),
        None => write_blocking(cx, &file, &mut source),
    }
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
    let mut work = LongWork::ended(Interrupt::BySignals);
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
        if put < got || cx.thread.must_interrupt(Interrupt::BySignals) || !work.goes_on(put) {
            break;
        }
    }
    Ok(done)
}

/// sendfile(2).
pub fn sendfile(cx: &Context, [out, input, offset, count, ..]: [usize; 6]) -> Result<usize> {
    let (out_fd, input_fd) = (out, input);
    let given = match offset {
        0 => None,
        address => Some(hal::user::load_u64(address)?),
    };
    let (input, out) = (file(cx.process, input)?, file(cx.process, out)?);
    if !input.access().read {
        return Err(Errno::EBADF);
    }
    if given.is_some() {
        input.check_seekable()?;
    }
    let start = given.unwrap_or_else(|| input.position());
    if isize::try_from(count).is_err() {
        return Err(Errno::EINVAL);
    }
    check_end(&input, start, count)?;
    if !out.access().write {
        return Err(Errno::EBADF);
    }
    // What has no positions can go to a pipe, as by splice(2).
    let streams = input.check_seekable().is_err();
    if streams && out.object_as::<PipeEnd>().is_some() && input.object_as::<PipeEnd>().is_none() {
        return super::splice::splice(cx, [input_fd, 0, out_fd, 0, count, 0]);
    }
    if streams || input.inode().kind() == FileType::Directory || out.flags() & raw::O_APPEND != 0 {
        return Err(Errno::EINVAL);
    }
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

/// Refuses what copy_file_range(2) does not copy between.
fn check_copy(input: &OpenFile, out: &OpenFile) -> Result<()> {
    let nodes = [input.inode(), out.inode()];
    if nodes.iter().any(|node| node.kind() == FileType::Directory) {
        return Err(Errno::EISDIR);
    }
    if nodes.iter().any(|node| node.kind() != FileType::Regular) {
        return Err(Errno::EINVAL);
    }
    if !input.access().read || !out.access().write || out.flags() & raw::O_APPEND != 0 {
        return Err(Errno::EBADF);
    }
    let [from, to] = nodes.map(|node| node.metadata().device);
    if from == to {
        Ok(())
    } else {
        Err(Errno::EXDEV)
    }
}

/// copy_file_range(2).
pub fn copy_file_range(
    cx: &Context,
    [input, input_offset, out, out_offset, count, flags]: [usize; 6],
) -> Result<usize> {
    let (input, out) = (file(cx.process, input)?, file(cx.process, out)?);
    let given = |address: usize| match address {
        0 => Ok(None),
        address => hal::user::load_u64(address).map(Some),
    };
    let (given_in, given_out) = (given(input_offset)?, given(out_offset)?);
    check_flags(flags, 0)?;
    if input.access().path_only || out.access().path_only {
        return Err(Errno::EBADF);
    }
    check_copy(&input, &out)?;
    let from = given_in.unwrap_or_else(|| input.position());
    let to = given_out.unwrap_or_else(|| out.position());
    let overflows = |start: u64| start.checked_add(count as u64).is_none();
    if overflows(from) || overflows(to) {
        return Err(Errno::EOVERFLOW);
    }
    let left = input.inode().size().saturating_sub(from);
    let count = count
        .min(usize::try_from(left).unwrap_or(usize::MAX))
        .min(crate::fs::buf::MAX_TRANSFER);
    if count == 0 {
        return Ok(0);
    }
    if i64::try_from(to.saturating_add(count as u64)).is_err() {
        return Err(Errno::EFBIG);
    }
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
    permission::check(&**inode, &cx.thread.credentials(), WRITE)?;
    if location.mount.read_only() {
        return Err(Errno::EROFS);
    }
    let _claim = Claim::to_write(&location)?;
    inode.truncate(size)?;
    notify::at(&location.dentry, raw::IN_MODIFY);
    Ok(0)
}

/// ftruncate(2).
pub fn ftruncate(cx: &Context, [fd, size, ..]: [usize; 6]) -> Result<usize> {
    offset_of(size)?;
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
    if file(cx.process, fd)?.access().path_only {
        return Err(Errno::EBADF);
    }
    Ok(0)
}

/// sync_file_range(2): what is written is where it stays.
pub fn sync_file_range(cx: &Context, [fd, offset, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    check_flags(
        flags,
        raw::SYNC_FILE_RANGE_WAIT_BEFORE
            | raw::SYNC_FILE_RANGE_WRITE
            | raw::SYNC_FILE_RANGE_WAIT_AFTER,
    )?;
    let (offset, length) = (offset_of(offset)?, offset_of(length)?);
    if i64::try_from(offset.saturating_add(length)).is_err() {
        return Err(Errno::EINVAL);
    }
    match file.inode().kind() {
        FileType::Regular
        | FileType::BlockDevice
        | FileType::Directory
        | FileType::SymbolicLink => Ok(0),
        _ => Err(Errno::ESPIPE),
    }
}

/// fadvise64(2): advice that nothing needs.
pub fn fadvise64(cx: &Context, [fd, _, length, advice, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if file.access().path_only {
        return Err(Errno::EBADF);
    }
    if file.inode().kind() == FileType::Fifo {
        return Err(Errno::ESPIPE);
    }
    if (length as i64) < 0 || advice as u32 > raw::POSIX_FADV_NOREUSE {
        return Err(Errno::EINVAL);
    }
    Ok(0)
}

/// readahead(2): the pages are there.
pub fn readahead(cx: &Context, [fd, _, count, ..]: [usize; 6]) -> Result<usize> {
    let file = file(cx.process, fd)?;
    if !file.access().read {
        return Err(Errno::EBADF);
    }
    if file.inode().kind() == FileType::Regular && isize::try_from(count).is_ok() {
        Ok(0)
    } else {
        Err(Errno::EINVAL)
    }
}
