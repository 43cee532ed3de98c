//! Sockets: pairs of the UNIX domain, and sending and receiving on them.

use linux_raw_sys::{general as raw, net};

use super::lookup::{check_flags, file};
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::socket::{self, Halves, Kind, Receive, Socket};
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

/// sendto(2). The sockets there are have a peer: an address is refused.
pub fn sendto(cx: &Context, [fd, buffer, length, flags, address, _]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, net::MSG_DONTWAIT | net::MSG_NOSIGNAL)?;
    let open = file(cx.process, fd)?;
    let kind = socket(&open)?.kind();
    if address != 0 {
        return Err(Errno::EISCONN);
    }
    let nonblocking = open.nonblocking() || flags & net::MSG_DONTWAIT != 0;
    let mut source = Source::user(buffer, length);
    let notifier = open.notifier().ok_or(Errno::ENOTSOCK)?;
    let outcome = loop {
        match block_on(&[notifier.queue()], nonblocking, None, || {
            open.write(&mut source)
        }) {
            Ok(_) if kind == Kind::Stream && source.remaining() > 0 => {}
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

/// recvfrom(2). The peer of a pair has no name: the address is reported as empty.
pub fn recvfrom(
    cx: &Context,
    [fd, buffer, length, flags, _address, address_length]: [usize; 6],
) -> Result<usize> {
    let known = net::MSG_DONTWAIT | net::MSG_PEEK | net::MSG_TRUNC | net::MSG_WAITALL;
    let flags = check_flags(flags, known | net::MSG_CMSG_CLOEXEC)?;
    let open = file(cx.process, fd)?;
    let socket = socket(&open)?;
    let nonblocking = open.nonblocking() || flags & net::MSG_DONTWAIT != 0;
    let how = if flags & net::MSG_PEEK != 0 {
        Receive::Peek
    } else {
        Receive::Take
    };
    let all =
        flags & net::MSG_WAITALL != 0 && how == Receive::Take && socket.kind() == Kind::Stream;
    let notifier = open.notifier().ok_or(Errno::ENOTSOCK)?;
    let mut sink = Sink::user(buffer, length);
    let (count, true_length) = loop {
        match block_on(&[notifier.queue()], nonblocking, None, || {
            socket.receive(&mut sink, how)
        }) {
            Ok((0, _)) if sink.faulted() => return Err(Errno::EFAULT),
            Ok((count, _)) if all && count > 0 && sink.remaining() > 0 => {}
            Ok((_, length)) => break (sink.done(), length),
            Err(_) if sink.done() > 0 => break (sink.done(), sink.done()),
            Err(error) => return Err(error),
        }
    };
    if address_length != 0 {
        hal::user::store_u32(address_length, 0)?;
    }
    // With MSG_TRUNC a message's own length is the result (recv(2)).
    let whole = flags & net::MSG_TRUNC != 0 && socket.kind() != Kind::Stream;
    Ok(if whole { true_length } else { count })
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
