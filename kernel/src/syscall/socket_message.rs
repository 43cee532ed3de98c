//! Sending and receiving on sockets: `send*`, `recv*`, and what goes with the bytes.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::net as sys;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use super::lookup::{check_flags, file};
use super::socket::{open_socket, read_address, socket, wait, write_address};
use super::socket_option::{SOL_SOCKET, credentials_bytes};
use super::time::read_timespec;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{IoVec, Sink, Source};
use crate::mm::user::{IOV_MAX, read_iovecs, read_struct, write_struct};
use crate::net::{Ancillary, Kind, Receive, Received, Sender};
use crate::process::Capability;
use crate::signal::Signal;
use crate::time;

/// `struct msghdr`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct MessageHeader {
    name: usize,
    name_length: u32,
    padding: u32,
    vectors: usize,
    vector_count: usize,
    control: usize,
    control_length: usize,
    flags: u32,
    tail: u32,
}

impl MessageHeader {
    /// `EMSGSIZE` for too many vectors (sendmsg(3p)), else as `read_iovecs`.
    fn read_vectors(&self) -> Result<Vec<IoVec>> {
        if self.vector_count > IOV_MAX {
            return Err(Errno::EMSGSIZE);
        }
        read_iovecs(self.vectors, self.vector_count)
    }
}

/// `struct cmsghdr`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct ControlHeader {
    length: usize,
    level: u32,
    kind: u32,
}

const CONTROL_HEADER: usize = size_of::<ControlHeader>();
const SCM_RIGHTS: u32 = 1;
const SCM_CREDENTIALS: u32 = 2;
/// The most files in one message (`SCM_MAX_FD`).
const RIGHTS_MAX: usize = 253;
/// The most bytes of control data (`optmem_max`).
const CONTROL_MAX: usize = 20_480;
/// `MSG_WAITFORONE`.
const WAIT_FOR_ONE: u32 = 0x10000;
/// `sizeof(struct mmsghdr)`: a header, a length, padding.
const MANY_HEADER: usize = size_of::<MessageHeader>() + 8;
/// The most messages of one sendmmsg(2) (`UIO_MAXIOV`).
const MANY_MAX: usize = 1024;

/// What send(2) takes. `MSG_MORE`, `MSG_CONFIRM` and `MSG_DONTROUTE` concern protocols with packets and routes.
pub const SEND_FLAGS: u32 = sys::MSG_DONTWAIT
    | sys::MSG_NOSIGNAL
    | sys::MSG_EOR
    | sys::MSG_MORE
    | sys::MSG_CONFIRM
    | sys::MSG_DONTROUTE;
/// What recv(2) takes. It never sends a signal, so `MSG_NOSIGNAL` is met.
pub const RECEIVE_FLAGS: u32 = sys::MSG_DONTWAIT
    | sys::MSG_PEEK
    | sys::MSG_TRUNC
    | sys::MSG_WAITALL
    | sys::MSG_CMSG_CLOEXEC
    | sys::MSG_NOSIGNAL;

fn check_message_flags(flags: usize, known: u32) -> Result<u32> {
    if flags as u32 & sys::MSG_OOB != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    check_flags(flags, known)
}

/// Sends everything, as the kind of socket has it; `SIGPIPE` for streams, unless refused.
fn send(
    cx: &Context,
    open: &OpenFile,
    mut source: Source<'_>,
    to: Option<&[u8]>,
    flags: u32,
    mut with: Ancillary,
) -> Result<usize> {
    let file = socket(open)?;
    let stream = file.socket().kind() == Kind::Stream;
    let nonblocking = open.nonblocking() || flags & sys::MSG_DONTWAIT != 0;
    let timeout = file.options().send_timeout;
    let outcome = loop {
        match wait(open, nonblocking, timeout, || {
            file.socket().send(&mut source, to, &mut with)
        }) {
            Ok(0) if source.faulted() => break Err(Errno::EFAULT),
            Ok(_) if source.faulted() => break Ok(source.done()),
            Ok(_) if stream && source.remaining() > 0 => {}
            Ok(_) => break Ok(source.done()),
            Err(_) if stream && source.done() > 0 => break Ok(source.done()),
            Err(error) => break Err(error),
        }
    };
    if stream && outcome == Err(Errno::EPIPE) && flags & sys::MSG_NOSIGNAL == 0 {
        cx.send_signal(Signal::PIPE);
    }
    outcome
}

/// sendto(2).
pub fn sendto(
    cx: &Context,
    [fd, buffer, length, flags, address, address_length]: [usize; 6],
) -> Result<usize> {
    let flags = check_message_flags(flags, SEND_FLAGS)?;
    let open = open_socket(cx, fd)?;
    // An address without length is none.
    let to = if address != 0 && address_length as u32 != 0 {
        Some(read_address(address, address_length)?)
    } else {
        None
    };
    let source = Source::user(buffer, length);
    send(cx, &open, source, to.as_deref(), flags, Ancillary::plain())
}

fn receive(
    open: &OpenFile,
    mut sink: Sink<'_>,
    flags: u32,
    deadline: Option<u64>,
) -> Result<(usize, Received)> {
    let file = socket(open)?;
    let stream = file.socket().kind() == Kind::Stream;
    let nonblocking = open.nonblocking() || flags & sys::MSG_DONTWAIT != 0;
    let how = if flags & sys::MSG_PEEK != 0 {
        Receive::Peek
    } else {
        Receive::Take
    };
    let all = flags & sys::MSG_WAITALL != 0 && how == Receive::Take && stream;
    let mut timeout = file.options().receive_timeout;
    if let Some(deadline) = deadline {
        let left = deadline.saturating_sub(time::monotonic());
        timeout = Some(timeout.map_or(left, |timeout| timeout.min(left)));
    }
    let mut received = Received::default();
    loop {
        let attempt = wait(open, nonblocking, timeout, || {
            file.socket().receive(&mut sink, how, &mut received)
        });
        match attempt {
            Ok(0) if sink.faulted() && sink.done() == 0 => return Err(Errno::EFAULT),
            Ok(_) if all && !received.end && sink.remaining() > 0 && received.rights.is_empty() => {
            }
            Ok(_) => return Ok((sink.done(), received)),
            Err(_) if sink.done() > 0 => {
                received.true_length = sink.done();
                return Ok((sink.done(), received));
            }
            Err(error) => return Err(error),
        }
    }
}

/// With `MSG_TRUNC` a message's own length is the result (recv(2)).
fn reported_length(
    open: &OpenFile,
    flags: u32,
    count: usize,
    received: &Received,
) -> Result<usize> {
    let message = socket(open)?.socket().kind() != Kind::Stream;
    Ok(if message && flags & sys::MSG_TRUNC != 0 {
        received.true_length
    } else {
        count
    })
}

/// recvfrom(2).
pub fn recvfrom(
    cx: &Context,
    [fd, buffer, length, flags, address, address_length]: [usize; 6],
) -> Result<usize> {
    let flags = check_message_flags(flags, RECEIVE_FLAGS)?;
    let open = open_socket(cx, fd)?;
    let (count, received) = receive(&open, Sink::user(buffer, length), flags, None)?;
    write_address(&received.from, address, address_length)?;
    reported_length(&open, flags, count, &received)
}

/// What a message's control data says.
///
/// # Errors
/// `EINVAL` for malformed or unknown control data, `EBADF`, `EPERM` for credentials that are not the caller's.
fn read_control(cx: &Context, header: &MessageHeader) -> Result<Ancillary> {
    let mut with = Ancillary::plain();
    if header.control == 0 {
        return Ok(with);
    }
    if header.control_length > CONTROL_MAX {
        return Err(Errno::ENOBUFS);
    }
    let mut at = 0usize;
    while header.control_length.saturating_sub(at) >= CONTROL_HEADER {
        let address = header.control.wrapping_add(at);
        let item: ControlHeader = read_struct(address)?;
        if item.length < CONTROL_HEADER || item.length > header.control_length - at {
            return Err(Errno::EINVAL);
        }
        let data = address.wrapping_add(CONTROL_HEADER);
        let length = item.length - CONTROL_HEADER;
        // Items of other levels are for the protocol, which has none.
        if item.level == SOL_SOCKET {
            match item.kind {
                SCM_RIGHTS => read_rights(cx, data, length / 4, &mut with.rights)?,
                SCM_CREDENTIALS if length == 12 => with.sender = read_sender(cx, data)?,
                _ => return Err(Errno::EINVAL),
            }
        }
        at += item.length.next_multiple_of(8);
    }
    Ok(with)
}

fn read_rights(
    cx: &Context,
    address: usize,
    count: usize,
    rights: &mut Vec<Arc<OpenFile>>,
) -> Result<()> {
    if rights.len() + count > RIGHTS_MAX {
        return Err(Errno::EINVAL);
    }
    rights.try_reserve(count)?;
    for index in 0..count {
        let fd = hal::user::load_u32(address.wrapping_add(index * 4))?;
        rights.push(file(cx.process, fd as usize)?);
    }
    Ok(())
}

/// Credentials that the caller says it has: its own, unless capabilities let it say others (unix(7)).
fn read_sender(cx: &Context, address: usize) -> Result<Sender> {
    let [pid, uid, gid] = [0, 4, 8].map(|at| hal::user::load_u32(address.wrapping_add(at)));
    let sender = Sender {
        pid: pid?,
        uid: uid?,
        gid: gid?,
    };
    let own = cx.thread.credentials();
    let own_process = sender.pid == cx.process.pid;
    let allowed = (own_process || own.has(Capability::SysAdmin))
        && (own.users().contains(&sender.uid) || own.has(Capability::SetUid))
        && (own.own_groups().contains(&sender.gid) || own.has(Capability::SetGid));
    if !allowed {
        return Err(Errno::EPERM);
    }
    if !own_process && crate::process::find(sender.pid).is_none() {
        return Err(Errno::ESRCH);
    }
    Ok(sender)
}

fn send_header(cx: &Context, open: &OpenFile, address: usize, flags: u32) -> Result<usize> {
    let header: MessageHeader = read_struct(address)?;
    let to = if header.name != 0 && header.name_length != 0 {
        Some(read_address(header.name, header.name_length as usize)?)
    } else {
        None
    };
    let vectors = header.read_vectors()?;
    let with = read_control(cx, &header)?;
    let source = Source::vectors(&vectors);
    send(cx, open, source, to.as_deref(), flags, with)
}

/// sendmsg(2).
pub fn sendmsg(cx: &Context, [fd, message, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_message_flags(flags, SEND_FLAGS)?;
    let open = open_socket(cx, fd)?;
    send_header(cx, &open, message, flags)
}

/// sendmmsg(2): an error after the first message is found by the next call.
pub fn sendmmsg(cx: &Context, [fd, messages, count, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_message_flags(flags, SEND_FLAGS)?;
    let open = open_socket(cx, fd)?;
    let count = (count as u32 as usize).min(MANY_MAX);
    for index in 0..count {
        let header = messages.wrapping_add(index * MANY_HEADER);
        let outcome = send_header(cx, &open, header, flags).and_then(|sent| {
            let length = header.wrapping_add(size_of::<MessageHeader>());
            Ok(hal::user::store_u32(length, sent as u32)?)
        });
        match outcome {
            Err(error) if index == 0 => return Err(error),
            Err(_) => return Ok(index),
            Ok(()) => {}
        }
    }
    Ok(count)
}

/// Control data on its way to the program.
struct Control {
    address: usize,
    room: usize,
    written: usize,
    truncated: bool,
}

impl Control {
    /// Where the data of an item goes that has at most `wanted` bytes, and how many fit.
    fn item(&self, wanted: usize) -> Option<(usize, usize)> {
        let room = self.room.checked_sub(self.written + CONTROL_HEADER)?;
        let data = self.address.wrapping_add(self.written + CONTROL_HEADER);
        Some((data, wanted.min(room)))
    }

    /// Writes the header of an item whose data is there.
    fn finish(&mut self, kind: u32, length: usize) -> Result<()> {
        let item = ControlHeader {
            length: CONTROL_HEADER + length,
            level: SOL_SOCKET,
            kind,
        };
        write_struct(self.address.wrapping_add(self.written), &item)?;
        self.written = (self.written + item.length.next_multiple_of(8)).min(self.room);
        Ok(())
    }

    fn put_sender(&mut self, sender: &Sender) -> Result<()> {
        let bytes = credentials_bytes(sender);
        let Some((data, fits)) = self.item(bytes.len()) else {
            self.truncated = true;
            return Ok(());
        };
        self.truncated |= fits < bytes.len();
        hal::user::copy_out(data, bytes.get(..fits).unwrap_or(&bytes))?;
        self.finish(SCM_CREDENTIALS, fits)
    }

    /// Installs files and tells their descriptors. Without room or descriptors the rest is closed.
    fn put_rights(
        &mut self,
        cx: &Context,
        rights: Vec<Arc<OpenFile>>,
        close_on_exec: bool,
    ) -> Result<()> {
        let sent = rights.len();
        let Some((data, fits)) = self.item(sent * 4) else {
            self.truncated = true;
            return Ok(());
        };
        let mut installed = 0;
        for right in rights.into_iter().take(fits / 4) {
            let Ok(fd) = super::open::install(cx.process, right, close_on_exec) else {
                break;
            };
            hal::user::store_u32(data.wrapping_add(installed * 4), fd as u32)?;
            installed += 1;
        }
        self.truncated |= installed < sent;
        if installed > 0 {
            self.finish(SCM_RIGHTS, installed * 4)?;
        }
        Ok(())
    }
}

fn receive_header(
    cx: &Context,
    open: &OpenFile,
    address: usize,
    flags: u32,
    deadline: Option<u64>,
) -> Result<usize> {
    let mut header: MessageHeader = read_struct(address)?;
    let vectors = header.read_vectors()?;
    let (count, received) = receive(open, Sink::vectors(&vectors), flags, deadline)?;
    let result = reported_length(open, flags, count, &received)?;
    header.flags = flags & sys::MSG_CMSG_CLOEXEC;
    if received.true_length > count && socket(open)?.socket().kind() != Kind::Stream {
        header.flags |= sys::MSG_TRUNC;
    }
    let mut control = Control {
        address: header.control,
        room: if header.control == 0 {
            0
        } else {
            header.control_length
        },
        written: 0,
        truncated: false,
    };
    if let Some(sender) = &received.sender {
        control.put_sender(sender)?;
    }
    if !received.rights.is_empty() {
        let close_on_exec = flags & sys::MSG_CMSG_CLOEXEC != 0;
        control.put_rights(cx, received.rights, close_on_exec)?;
    }
    if control.truncated {
        header.flags |= sys::MSG_CTRUNC;
    }
    header.control_length = control.written;
    if header.name != 0 {
        let room = header.name_length as usize;
        let part = received.from.get(..room).unwrap_or(&received.from);
        hal::user::copy_out(header.name, part)?;
        header.name_length = received.from.len() as u32;
    }
    write_struct(address, &header)?;
    Ok(result)
}

/// recvmsg(2).
pub fn recvmsg(cx: &Context, [fd, message, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_message_flags(flags, RECEIVE_FLAGS)?;
    let open = open_socket(cx, fd)?;
    receive_header(cx, &open, message, flags, None)
}

/// recvmmsg(2). Unlike Linux's, the time-out also ends a wait for the next message, as the manual page's first sentences
/// have it.
pub fn recvmmsg(
    cx: &Context,
    [fd, messages, count, flags, timeout, _]: [usize; 6],
) -> Result<usize> {
    let mut flags = check_message_flags(flags, RECEIVE_FLAGS | WAIT_FOR_ONE)?;
    let wait_for_one = flags & WAIT_FOR_ONE != 0;
    flags &= !WAIT_FOR_ONE;
    let open = open_socket(cx, fd)?;
    let deadline = match timeout {
        0 => None,
        address => Some(time::monotonic().saturating_add(read_timespec(address)?)),
    };
    let count = (count as u32 as usize).min(MANY_MAX);
    for index in 0..count {
        let header = messages.wrapping_add(index * MANY_HEADER);
        let outcome = receive_header(cx, &open, header, flags, deadline).and_then(|received| {
            let length = header.wrapping_add(size_of::<MessageHeader>());
            Ok(hal::user::store_u32(length, received as u32)?)
        });
        match outcome {
            Err(error) if index == 0 => return Err(error),
            Err(_) => return Ok(index),
            Ok(()) => {}
        }
        if wait_for_one {
            flags |= sys::MSG_DONTWAIT;
        }
    }
    Ok(count)
}
