//! Sockets: pairs of the UNIX domain, and sending and receiving on them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::{general as raw, net};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::lookup::{check_flags, file};
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::socket::{self, Halves, Kind, Receive, Socket};
use crate::mm::user::{read_iovecs, read_struct, write_struct};
use crate::process::Resource;
use crate::signal::Signal;

/// `SOCK_TYPE_MASK`: the part of the type that is no flag.
const TYPE_MASK: u32 = 0xf;

/// socketpair(2).
pub fn socketpair(cx: &Context, [domain, kind, protocol, out, ..]: [usize; 6]) -> Result<usize> {
    if domain as u32 != net::AF_UNIX {
        return Err(Errno::EAFNOSUPPORT);
    }
    let kind_bits = kind as u32 & TYPE_MASK;
    let flags = check_flags(
        kind & !(TYPE_MASK as usize),
        raw::O_CLOEXEC | raw::O_NONBLOCK,
    )?;
    if protocol as u32 != 0 && protocol as u32 != net::AF_UNIX {
        return Err(Errno::EPROTONOSUPPORT);
    }
    let kind = match kind_bits {
        net::SOCK_STREAM => Kind::Stream,
        net::SOCK_DGRAM => Kind::Datagram,
        net::SOCK_SEQPACKET => Kind::SequencedPacket,
        _ => return Err(Errno::ESOCKTNOSUPPORT),
    };
    let close_on_exec = flags & raw::O_CLOEXEC != 0;
    let (a, b) = socket::create_pair(kind, &cx.process.credentials(), flags & raw::O_NONBLOCK);
    let limit = cx.process.limit(Resource::OpenFiles);
    let files = cx.process.files();
    let first = files.lock().insert(a, close_on_exec, 0, limit)?;
    let undo = |fd: i32| {
        let removed = files.lock().remove(fd);
        // Closed outside the table's lock.
        drop(removed);
    };
    let second = files.lock().insert(b, close_on_exec, 0, limit);
    let second = second.inspect_err(|_| undo(first))?;
    let mut bytes = [0; 8];
    let (low, high) = bytes.split_at_mut(4);
    low.copy_from_slice(&first.to_le_bytes());
    high.copy_from_slice(&second.to_le_bytes());
    if let Err(fault) = hal::user::copy_out(out, &bytes) {
        undo(first);
        undo(second);
        return Err(fault.into());
    }
    Ok(0)
}

fn socket(open: &OpenFile) -> Result<&Socket> {
    open.object_as().ok_or(Errno::ENOTSOCK)
}

/// socket(2). Only pairs exist so far: no family can be opened alone.
pub fn socket_alone(_: &Context, _: [usize; 6]) -> Result<usize> {
    Err(Errno::EAFNOSUPPORT)
}

/// Sends everything, as the kind of socket has it; `SIGPIPE` unless refused.
fn send(
    cx: &Context,
    open: &OpenFile,
    mut source: Source<'_>,
    flags: u32,
    mut rights: Vec<Arc<OpenFile>>,
) -> Result<usize> {
    let socket = socket(open)?;
    let nonblocking = open.nonblocking() || flags & net::MSG_DONTWAIT != 0;
    let notifier = open.notifier().ok_or(Errno::ENOTSOCK)?;
    let outcome = loop {
        match block_on(&[notifier.queue()], nonblocking, None, || {
            socket.send(&mut source, &mut rights)
        }) {
            Ok(0) if source.faulted() => break Err(Errno::EFAULT),
            Ok(_) if source.faulted() => break Ok(source.done()),
            Ok(_) if socket.kind() == Kind::Stream && source.remaining() > 0 => {}
            Ok(_) => break Ok(source.done()),
            Err(_) if source.done() > 0 => break Ok(source.done()),
            Err(error) => break Err(error),
        }
    };
    if outcome == Err(Errno::EPIPE) && flags & net::MSG_NOSIGNAL == 0 {
        cx.send_signal(Signal::PIPE);
    }
    outcome
}

const SEND_FLAGS: u32 = net::MSG_DONTWAIT | net::MSG_NOSIGNAL;

/// sendto(2). The sockets there are have a peer: an address is refused.
pub fn sendto(cx: &Context, [fd, buffer, length, flags, address, _]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, SEND_FLAGS)?;
    let open = file(cx.process, fd)?;
    socket(&open)?;
    if address != 0 {
        return Err(Errno::EISCONN);
    }
    send(cx, &open, Source::user(buffer, length), flags, Vec::new())
}

/// What a receive gave.
struct Received {
    count: usize,
    /// The message's own length.
    true_length: usize,
    rights: Vec<Arc<OpenFile>>,
}

const RECEIVE_FLAGS: u32 =
    net::MSG_DONTWAIT | net::MSG_PEEK | net::MSG_TRUNC | net::MSG_WAITALL | net::MSG_CMSG_CLOEXEC;

fn receive(open: &OpenFile, mut sink: Sink<'_>, flags: u32) -> Result<Received> {
    let socket = socket(open)?;
    let nonblocking = open.nonblocking() || flags & net::MSG_DONTWAIT != 0;
    let how = if flags & net::MSG_PEEK != 0 {
        Receive::Peek
    } else {
        Receive::Take
    };
    let all =
        flags & net::MSG_WAITALL != 0 && how == Receive::Take && socket.kind() == Kind::Stream;
    let notifier = open.notifier().ok_or(Errno::ENOTSOCK)?;
    let mut rights = Vec::new();
    loop {
        match block_on(&[notifier.queue()], nonblocking, None, || {
            socket.receive(&mut sink, how, &mut rights)
        }) {
            Ok((0, _)) if sink.faulted() => return Err(Errno::EFAULT),
            Ok((count, _)) if all && count > 0 && sink.remaining() > 0 && rights.is_empty() => {}
            Ok((_, true_length)) => {
                let count = sink.done();
                return Ok(Received {
                    count,
                    true_length,
                    rights,
                });
            }
            Err(_) if sink.done() > 0 => {
                let count = sink.done();
                return Ok(Received {
                    count,
                    true_length: count,
                    rights,
                });
            }
            Err(error) => return Err(error),
        }
    }
}

/// recvfrom(2). The peer of a pair has no name: the address is reported as empty.
pub fn recvfrom(
    cx: &Context,
    [fd, buffer, length, flags, _address, address_length]: [usize; 6],
) -> Result<usize> {
    let flags = check_flags(flags, RECEIVE_FLAGS)?;
    let open = file(cx.process, fd)?;
    let received = receive(&open, Sink::user(buffer, length), flags)?;
    if address_length != 0 {
        hal::user::store_u32(address_length, 0)?;
    }
    // With MSG_TRUNC a message's own length is the result (recv(2)).
    let whole = flags & net::MSG_TRUNC != 0 && socket(&open)?.kind() != Kind::Stream;
    Ok(if whole {
        received.true_length
    } else {
        received.count
    })
}

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

/// `struct cmsghdr`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct ControlHeader {
    length: usize,
    level: u32,
    kind: u32,
}

const CONTROL_HEADER: usize = size_of::<ControlHeader>();
const SOL_SOCKET: u32 = 1;
const SCM_RIGHTS: u32 = 1;

/// The most files in one message (`SCM_MAX_FD`).
const RIGHTS_MAX: usize = 253;

/// The most bytes of control data (`optmem_max`).
const CONTROL_MAX: usize = 20_480;

/// The files that a message's control data names.
///
/// # Errors
/// `EINVAL` for malformed or unknown control data, `EBADF`, `ETOOMANYREFS` for sockets: one could be sent through itself,
/// and nothing would ever free it.
fn read_rights(cx: &Context, header: &MessageHeader) -> Result<Vec<Arc<OpenFile>>> {
    let mut rights = Vec::new();
    if header.control_length > CONTROL_MAX {
        return Err(Errno::ENOBUFS);
    }
    let mut at = 0;
    while header.control_length.saturating_sub(at) >= CONTROL_HEADER {
        let item: ControlHeader = read_struct(header.control.wrapping_add(at))?;
        if item.length < CONTROL_HEADER || item.length > header.control_length - at {
            return Err(Errno::EINVAL);
        }
        if item.level != SOL_SOCKET || item.kind != SCM_RIGHTS {
            return Err(Errno::EINVAL);
        }
        let count = (item.length - CONTROL_HEADER) / 4;
        if rights.len() + count > RIGHTS_MAX {
            return Err(Errno::EINVAL);
        }
        rights.try_reserve(count)?;
        for index in 0..count {
            let address = header.control.wrapping_add(at + CONTROL_HEADER + index * 4);
            let sent = file(cx.process, hal::user::load_u32(address)? as usize)?;
            if sent.object_as::<Socket>().is_some() {
                return Err(Errno::ETOOMANYREFS);
            }
            rights.push(sent);
        }
        at += item.length.next_multiple_of(8);
    }
    Ok(rights)
}

/// sendmsg(2), with files (`SCM_RIGHTS`).
pub fn sendmsg(cx: &Context, [fd, message, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, SEND_FLAGS)?;
    let open = file(cx.process, fd)?;
    socket(&open)?;
    let header: MessageHeader = read_struct(message)?;
    if header.name != 0 && header.name_length != 0 {
        return Err(Errno::EISCONN);
    }
    let vectors = read_iovecs(header.vectors, header.vector_count)?;
    let rights = if header.control == 0 {
        Vec::new()
    } else {
        read_rights(cx, &header)?
    };
    send(cx, &open, Source::vectors(&vectors), flags, rights)
}

/// recvmsg(2), with files (`SCM_RIGHTS`).
pub fn recvmsg(cx: &Context, [fd, message, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, RECEIVE_FLAGS)?;
    let open = file(cx.process, fd)?;
    let mut header: MessageHeader = read_struct(message)?;
    let vectors = read_iovecs(header.vectors, header.vector_count)?;
    let received = receive(&open, Sink::vectors(&vectors), flags)?;
    header.flags = flags & net::MSG_CMSG_CLOEXEC;
    if received.true_length > received.count && socket(&open)?.kind() != Kind::Stream {
        header.flags |= net::MSG_TRUNC;
    }
    let space = if header.control == 0 {
        0
    } else {
        header.control_length.saturating_sub(CONTROL_HEADER) / 4
    };
    let sent = received.rights.len();
    let close_on_exec = flags & net::MSG_CMSG_CLOEXEC != 0;
    let mut installed = 0;
    for right in received.rights.into_iter().take(space) {
        // Without a free descriptor the rest is lost, as with a short buffer.
        let Ok(fd) = super::open::install(cx.process, right, close_on_exec) else {
            break;
        };
        let address = header.control.wrapping_add(CONTROL_HEADER + installed * 4);
        hal::user::store_u32(address, fd as u32)?;
        installed += 1;
    }
    if installed < sent {
        header.flags |= net::MSG_CTRUNC;
    }
    let old_length = header.control_length;
    header.control_length = 0;
    if installed > 0 {
        let item = ControlHeader {
            length: CONTROL_HEADER + installed * 4,
            level: SOL_SOCKET,
            kind: SCM_RIGHTS,
        };
        write_struct(header.control, &item)?;
        header.control_length = item.length.next_multiple_of(8).min(old_length);
    }
    header.name_length = 0;
    write_struct(message, &header)?;
    let whole = flags & net::MSG_TRUNC != 0 && socket(&open)?.kind() != Kind::Stream;
    Ok(if whole {
        received.true_length
    } else {
        received.count
    })
}

/// shutdown(2).
pub fn shutdown(cx: &Context, [fd, how, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let socket = socket(&open)?;
    let halves = match how as u32 {
        0 => Halves {
            read: true,
            write: false,
        },
        1 => Halves {
            read: false,
            write: true,
        },
        2 => Halves {
            read: true,
            write: true,
        },
        _ => return Err(Errno::EINVAL),
    };
    socket.shut_down(halves);
    Ok(0)
}
