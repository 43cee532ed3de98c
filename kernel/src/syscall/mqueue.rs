//! POSIX message queues: `mq_open`, `mq_timedsend`, `mq_timedreceive`, `mq_notify` and so on.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::lookup::file;
use super::open::Reserved;
use super::time::read_timespec;
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::file::FileAccess;
use crate::fs::permission::MODE_BITS;
use crate::ipc::mqueue::{self, Descriptor, Notify, Opening, PRIORITIES, Queue, Sizes};
use crate::mm::user::{read_bytes, read_path, read_struct, write_struct};
use crate::net::Sender;
use crate::process::{Capability, Resource};
use crate::signal::Signal;
use crate::time::Deadline;

/// `struct mq_attr`.
#[derive(Clone, Copy, Default, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawAttributes {
    flags: i64,
    messages_max: i64,
    size_max: i64,
    messages: i64,
    reserved: [i64; 4],
}

/// mq_open(2). The C library has taken the slash from the name.
pub fn mq_open(cx: &Context, [name, flags, mode, attributes, ..]: [usize; 6]) -> Result<usize> {
    let credentials = cx.thread.credentials();
    let sizes = if attributes == 0 {
        Ok(Sizes::default())
    } else {
        let given: RawAttributes = read_struct(attributes)?;
        Sizes::new(
            given.messages_max,
            given.size_max,
            credentials.has(Capability::SysResource),
        )
    };
    let name = read_path(name)?;
    let flags = flags as u32;
    let access = match flags & raw::O_ACCMODE {
        raw::O_RDONLY => FileAccess::READ,
        raw::O_WRONLY => FileAccess::WRITE,
        raw::O_RDWR => FileAccess::READ_WRITE,
        _ => return Err(Errno::EINVAL),
    };
    let umask = cx.process.fs().lock().umask;
    let create = (flags & raw::O_CREAT != 0).then_some((sizes, mode as u32 & MODE_BITS & !umask));
    let opening = Opening {
        access,
        create,
        must_be_new: flags & raw::O_EXCL != 0,
        flags: flags & raw::O_NONBLOCK,
        limit: cx.process.limit(Resource::MessageQueues),
    };
    let descriptor = Reserved::reserve(cx.process)?;
    let file = mqueue::open(&name, opening, &credentials)?;
    Ok(descriptor.fill(file, true))
}

/// mq_unlink(2).
pub fn mq_unlink(cx: &Context, [name, ..]: [usize; 6]) -> Result<usize> {
    let name = read_path(name)?;
    mqueue::unlink(&name, &cx.thread.credentials())?;
    Ok(0)
}

fn queue(file: &OpenFile) -> Result<&Arc<Queue>> {
    let descriptor: &Descriptor = file.object_as().ok_or(Errno::EBADF)?;
    Ok(descriptor.queue())
}

/// A moment of `CLOCK_REALTIME`.
fn deadline(address: usize) -> Result<Option<Deadline>> {
    Ok(match address {
        0 => None,
        address => Some(Deadline::Realtime(read_timespec(address)?)),
    })
}

/// Waits for the queue, with the error that its deadline has.
fn wait<T>(
    file: &OpenFile,
    queue: &Queue,
    deadline: Option<Deadline>,
    operation: impl FnMut() -> Result<T>,
) -> Result<T> {
    let nonblocking = file.nonblocking();
    let queues = [queue.notifier().queue()];
    match block_on(&queues, nonblocking, deadline, operation) {
        Err(Errno::EAGAIN) if !nonblocking => Err(Errno::ETIMEDOUT),
        outcome => outcome,
    }
}

/// mq_timedsend(2).
pub fn mq_timedsend(
    cx: &Context,
    [fd, message, length, priority, timeout, _]: [usize; 6],
) -> Result<usize> {
    let priority = priority as u32;
    if priority >= PRIORITIES {
        return Err(Errno::EINVAL);
    }
    let deadline = deadline(timeout)?;
    let file = file(cx.process, fd)?;
    let queue = queue(&file)?;
    if !file.access().write {
        return Err(Errno::EBADF);
    }
    if length > queue.sizes().bytes {
        return Err(Errno::EMSGSIZE);
    }
    crate::mm::admit()?;
    let mut message = read_bytes(message, length)?;
    let sender = Sender {
        uid: cx.thread.credentials().uid,
        ..Sender::current()
    };
    wait(&file, queue, deadline, || {
        queue.send(&mut message, priority, sender)
    })?;
    Ok(0)
}

/// mq_timedreceive(2).
pub fn mq_timedreceive(
    cx: &Context,
    [fd, message, length, priority, timeout, _]: [usize; 6],
) -> Result<usize> {
    let deadline = deadline(timeout)?;
    let file = file(cx.process, fd)?;
    let queue = queue(&file)?;
    if !file.access().read {
        return Err(Errno::EBADF);
    }
    if length < queue.sizes().bytes {
        return Err(Errno::EMSGSIZE);
    }
    let (bytes, found) = match queue.receive() {
        Err(Errno::EAGAIN) => {
            let _waiting = queue.await_message();
            wait(&file, queue, deadline, || queue.receive())?
        }
        outcome => outcome?,
    };
    hal::user::copy_out(message, &bytes)?;
    if priority != 0 {
        write_struct(priority, &found)?;
    }
    Ok(bytes.len())
}

/// `struct sigevent`.
#[derive(Clone, Copy, FromBytes, IntoBytes)]
#[repr(C)]
struct RawEvent {
    value: u64,
    signo: i32,
    notify: i32,
    rest: [u32; 12],
}

/// mq_notify(2). A thread (`SIGEV_THREAD`) is made by the C library with a netlink socket's help; there are none here, and
/// it is `EINVAL`.
pub fn mq_notify(cx: &Context, [fd, event, ..]: [usize; 6]) -> Result<usize> {
    let how = match event {
        0 => None,
        address => {
            let event: RawEvent = read_struct(address)?;
            Some(match event.notify as u32 {
                raw::SIGEV_NONE => Notify::Nothing,
                // Linux takes 0 for a signal: the request stands, and nothing is sent.
                raw::SIGEV_SIGNAL if event.signo == 0 => Notify::Nothing,
                raw::SIGEV_SIGNAL => {
                    let signal = Signal::from_number(event.signo as usize)?;
                    Notify::Signal(signal, event.value)
                }
                _ => return Err(Errno::EINVAL),
            })
        }
    };
    let file = file(cx.process, fd)?;
    let table = cx.process.files().lock().lock_owner();
    queue(&file)?.ask(cx.process, table, how)?;
    Ok(0)
}

/// mq_getsetattr(2): only `O_NONBLOCK` can be set.
pub fn mq_getsetattr(cx: &Context, [fd, new, old, ..]: [usize; 6]) -> Result<usize> {
    let wanted = match new {
        0 => None,
        address => {
            let flags = read_struct::<RawAttributes>(address)?.flags;
            if flags & !i64::from(raw::O_NONBLOCK) != 0 {
                return Err(Errno::EINVAL);
            }
            Some(flags as u32)
        }
    };
    let file = file(cx.process, fd)?;
    let queue = queue(&file)?;
    let before = RawAttributes {
        flags: i64::from(file.flags() & raw::O_NONBLOCK),
        messages_max: queue.sizes().messages as i64,
        size_max: queue.sizes().bytes as i64,
        messages: queue.count() as i64,
        reserved: [0; 4],
    };
    if let Some(flags) = wanted {
        file.set_flags(flags, raw::O_NONBLOCK);
    }
    if old != 0 {
        write_struct(old, &before)?;
    }
    Ok(0)
}
