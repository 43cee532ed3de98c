//! Pages between pipes, files and memory: `splice`, `tee`, `vmsplice`.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::general as raw;

use super::lookup::{check_flags, file};
use super::read_write::limit_length;
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{MAX_TRANSFER, Sink, Source};
use crate::fs::pipe::{Moving, PipeEnd};
use crate::fs::splice::{Place, into_pipe, out_of_pipe};
use crate::mm::user::read_iovecs;
use crate::signal::Signal;

const FLAGS: u32 =
    raw::SPLICE_F_MOVE | raw::SPLICE_F_NONBLOCK | raw::SPLICE_F_MORE | raw::SPLICE_F_GIFT;

/// The flags, and `SPLICE_F_NONBLOCK` when one of the files has `O_NONBLOCK`.
fn flags_for(flags: u32, files: &[&Arc<OpenFile>]) -> u32 {
    if files.iter().any(|file| file.nonblocking()) {
        flags | raw::SPLICE_F_NONBLOCK
    } else {
        flags
    }
}

/// The length, which is no more than a transfer moves; `EINVAL` when it is negative as a signed number.
fn check_length(length: usize) -> Result<usize> {
    if isize::try_from(length).is_err() {
        return Err(Errno::EINVAL);
    }
    Ok(length.min(MAX_TRANSFER))
}

/// Waits for any of the files; `SIGPIPE` where nobody reads.
fn wait(
    cx: &Context,
    files: &[&Arc<OpenFile>],
    flags: u32,
    operation: impl FnMut() -> Result<usize>,
) -> Result<usize> {
    let nonblocking = flags & raw::SPLICE_F_NONBLOCK != 0;
    let mut queues = Vec::new();
    queues.try_reserve_exact(files.len())?;
    queues.extend(
        files
            .iter()
            .filter_map(|file| file.notifier())
            .map(|n| n.queue()),
    );
    let outcome = block_on(&queues, nonblocking, None, operation);
    if outcome == Err(Errno::EPIPE) {
        cx.send_signal(Signal::PIPE);
    }
    outcome
}

/// The place in a file that is no pipe.
fn place(file: &OpenFile, address: usize, length: usize) -> Result<Place> {
    if address == 0 {
        return Ok(Place::Current);
    }
    let offset = hal::user::load_u64(address)?;
    if file.check_seekable().is_err() {
        return Err(Errno::EINVAL);
    }
    let end = offset.checked_add(length as u64);
    if end.is_none_or(|end| i64::try_from(end).is_err()) {
        return Err(Errno::EINVAL);
    }
    Ok(Place::At(offset))
}

fn store_place(place: Place, address: usize, moved: usize) -> Result<()> {
    if let Place::At(offset) = place {
        hal::user::store_u64(address, offset.saturating_add(moved as u64))?;
    }
    Ok(())
}

/// splice(2).
pub fn splice(
    cx: &Context,
    [input, input_offset, out, out_offset, length, flags]: [usize; 6],
) -> Result<usize> {
    if length == 0 {
        return Ok(0);
    }
    let flags = check_flags(flags, FLAGS)?;
    let (input, out) = (file(cx.process, input)?, file(cx.process, out)?);
    if !input.access().read || !out.access().write {
        return Err(Errno::EBADF);
    }
    let flags = flags_for(flags, &[&input, &out]);
    match (input.object_as::<PipeEnd>(), out.object_as::<PipeEnd>()) {
        (Some(from), Some(to)) => {
            if input_offset != 0 || out_offset != 0 {
                return Err(Errno::ESPIPE);
            }
            let length = length.min(MAX_TRANSFER);
            wait(cx, &[&input, &out], flags, || {
                from.move_to(to, length, Moving::Take)
            })
        }
        (Some(from), None) => {
            if input_offset != 0 {
                return Err(Errno::ESPIPE);
            }
            let place = place(&out, out_offset, length)?;
            let length = check_length(length)?;
            if out.flags() & raw::O_APPEND != 0 {
                return Err(Errno::EINVAL);
            }
            let moved = wait(cx, &[&input, &out], flags, || {
                out_of_pipe(from, &out, place, length, |length, at| {
                    limit_length(cx, &out, length, at)
                })
            })?;
            store_place(place, out_offset, moved)?;
            Ok(moved)
        }
        (None, Some(to)) => {
            if out_offset != 0 {
                return Err(Errno::ESPIPE);
            }
            let place = place(&input, input_offset, length)?;
            let length = check_length(length)?;
            let moved = wait(cx, &[&input, &out], flags, || {
                into_pipe(&input, place, to, length)
            })?;
            store_place(place, input_offset, moved)?;
            Ok(moved)
        }
        (None, None) => Err(Errno::EINVAL),
    }
}

/// tee(2).
pub fn tee(cx: &Context, [input, out, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, FLAGS)?;
    if length == 0 {
        return Ok(0);
    }
    let (input, out) = (file(cx.process, input)?, file(cx.process, out)?);
    if !input.access().read || !out.access().write {
        return Err(Errno::EBADF);
    }
    let from = input.object_as::<PipeEnd>().ok_or(Errno::EINVAL)?;
    let to = out.object_as::<PipeEnd>().ok_or(Errno::EINVAL)?;
    let length = length.min(MAX_TRANSFER);
    let flags = flags_for(flags, &[&input, &out]);
    wait(cx, &[&input, &out], flags, || {
        from.move_to(to, length, Moving::Copy)
    })
}

/// vmsplice(2). The pages of the caller are copied: what it writes later is not seen. Only the flag keeps it from
/// waiting, not `O_NONBLOCK`.
pub fn vmsplice(cx: &Context, [fd, vectors, count, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, FLAGS)?;
    let file = file(cx.process, fd)?;
    let end = file.object_as::<PipeEnd>().ok_or(Errno::EBADF)?;
    let vectors = read_iovecs(vectors, count)?;
    if file.access().write {
        let mut source = Source::vectors(&vectors);
        wait(cx, &[&file], flags, || end.write_some(&mut source))
    } else {
        let mut sink = Sink::vectors(&vectors);
        wait(cx, &[&file], flags, || file.read(&mut sink))
    }
}
