//! Sockets: making, naming and connecting them. Transfers are in [`super::socket_message`], options in
//! [`super::socket_option`].

use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::{general as raw, net as sys};

use super::lookup::{Base, check_flags, file};
use super::open::Reserved;
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::inode::FileType;
use crate::fs::path::Location;
use crate::mm::user::read_bytes;
use crate::net::{self, Halves, Kind, SocketFile};
use crate::process::{Resource, Thread};
use crate::time::Deadline;

/// `SOCK_TYPE_MASK`: the part of the type that is no flag.
const TYPE_MASK: u32 = 0xf;
/// `SOCK_PACKET`: the last type that has a name.
const PACKET: u32 = 10;
/// `sizeof(struct sockaddr_storage)`: the longest address.
const ADDRESS_MAX: usize = 128;

/// The socket behind an open file.
pub fn socket(open: &OpenFile) -> Result<&SocketFile> {
    if open.access().path_only {
        return Err(Errno::EBADF);
    }
    open.object_as().ok_or(Errno::ENOTSOCK)
}

/// Takes a type argument apart: kind and status flags.
fn kind_and_flags(argument: usize, protocol: usize) -> Result<(Kind, u32)> {
    let flags = check_flags(
        argument & !(TYPE_MASK as usize),
        raw::O_CLOEXEC | raw::O_NONBLOCK,
    )?;
    let kind = match argument as u32 & TYPE_MASK {
        sys::SOCK_STREAM => Kind::Stream,
        // A raw socket of this family is a datagram socket on Linux.
        sys::SOCK_DGRAM | sys::SOCK_RAW => Kind::Datagram,
        sys::SOCK_SEQPACKET => Kind::SequencedPacket,
        kind if kind <= PACKET => {
            net::check_protocol(protocol as u32)?;
            return Err(Errno::ESOCKTNOSUPPORT);
        }
        _ => return Err(Errno::EINVAL),
    };
    Ok((kind, flags))
}

/// socket(2).
pub fn create(cx: &Context, [domain, kind, protocol, ..]: [usize; 6]) -> Result<usize> {
    if domain as u32 != sys::AF_UNIX {
        return Err(Errno::EAFNOSUPPORT);
    }
    let (kind, flags) = kind_and_flags(kind, protocol)?;
    crate::mm::admit()?;
    let socket = net::create(domain as u32, kind, protocol as u32)?;
    let open = net::open(socket, &cx.thread.credentials(), flags & raw::O_NONBLOCK);
    super::open::install(cx.process, open, flags & raw::O_CLOEXEC != 0)
}

/// socketpair(2).
pub fn socketpair(cx: &Context, [domain, kind, protocol, out, ..]: [usize; 6]) -> Result<usize> {
    if domain as u32 != sys::AF_UNIX {
        return Err(Errno::EAFNOSUPPORT);
    }
    let (kind, flags) = kind_and_flags(kind, protocol)?;
    crate::mm::admit()?;
    let close_on_exec = flags & raw::O_CLOEXEC != 0;
    let credentials = cx.thread.credentials();
    let [a, b] = net::create_pair(domain as u32, kind, protocol as u32)?
        .map(|socket| net::open(socket, &credentials, flags & raw::O_NONBLOCK));
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

/// Reads an address argument.
pub fn read_address(address: usize, length: usize) -> Result<Vec<u8>> {
    let length = length as i32;
    match usize::try_from(length) {
        Ok(length) if length <= ADDRESS_MAX => read_bytes(address, length),
        _ => Err(Errno::EINVAL),
    }
}

/// Writes an address to a buffer whose size is at `length`, and its true length there. Null pointers are passed over.
pub fn write_address(bytes: &[u8], address: usize, length: usize) -> Result<()> {
    if address == 0 {
        return Ok(());
    }
    let room = hal::user::load_u32(length)? as i32;
    let room = usize::try_from(room).map_err(|_| Errno::EINVAL)?;
    let part = bytes.get(..bytes.len().min(room)).unwrap_or(bytes);
    hal::user::copy_out(address, part)?;
    hal::user::store_u32(length, bytes.len() as u32)?;
    Ok(())
}

/// Makes the node that a socket is bound to, with the mode of the socket itself (that fchmod(2) may have changed).
///
/// # Errors
/// `EADDRINUSE` when the path exists; `ENOENT`, `EACCES`, `EROFS` and so on.
pub fn create_socket_node(thread: &Thread, path: &[u8], mode: u32) -> Result<Location> {
    let base = Base::new(thread, super::lookup::AT_FDCWD, path)?;
    let last = base.find_last(path)?;
    if last.is_special() || last.trailing_slash {
        return Err(Errno::EADDRINUSE);
    }
    super::open::create(&base, &last, FileType::Socket, mode, 0, b"").map_err(|error| match error {
        Errno::EEXIST => Errno::EADDRINUSE,
        error => error,
    })
}

/// bind(2).
pub fn bind(cx: &Context, [fd, address, length, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let socket = socket(&open)?;
    let mode = open.inode().ownership().mode;
    socket
        .socket()
        .bind(&read_address(address, length)?, mode)?;
    Ok(0)
}

/// listen(2).
pub fn listen(cx: &Context, [fd, backlog, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    // As unsigned: a negative backlog is as long as can be.
    socket(&open)?.socket().listen(backlog as u32 as usize)?;
    Ok(0)
}

/// Waits as the socket's time-out says; `deadline` is one of it.
pub fn wait<T>(
    open: &OpenFile,
    nonblocking: bool,
    timeout: Option<u64>,
    operation: impl FnMut() -> Result<T>,
) -> Result<T> {
    let notifier = open.notifier().ok_or(Errno::ENOTSOCK)?;
    let deadline = timeout.map(Deadline::after);
    block_on(&[notifier.queue()], nonblocking, deadline, operation).map_err(|error| match error {
        // A wait with a time-out is not begun anew (signal(7)).
        Errno::RESTART if timeout.is_some() => Errno::EINTR,
        error => error,
    })
}

/// connect(2).
pub fn connect(cx: &Context, [fd, address, length, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let socket = socket(&open)?;
    let address = read_address(address, length)?;
    let timeout = socket.options().send_timeout;
    wait(&open, open.nonblocking(), timeout, || {
        socket.socket().connect(&address)
    })?;
    Ok(0)
}

/// accept4(2).
pub fn accept4(cx: &Context, [fd, address, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = check_flags(flags, raw::O_CLOEXEC | raw::O_NONBLOCK)?;
    let open = file(cx.process, fd)?;
    let socket = socket(&open)?;
    let descriptor = Reserved::reserve(cx.process)?;
    let timeout = socket.options().receive_timeout;
    let accepted = wait(&open, open.nonblocking(), timeout, || {
        socket.socket().accept()
    })?;
    let pass_credentials = socket.options().pass_credentials;
    let peer = accepted.peer_address();
    let accepted = net::open(accepted, &cx.thread.credentials(), flags & raw::O_NONBLOCK);
    if let Some(new) = accepted.object_as::<SocketFile>() {
        new.change_options(|options| options.pass_credentials = pass_credentials);
    }
    // The peer may be gone already; its address is then just the family.
    let peer = peer.unwrap_or_default();
    write_address(&peer, address, length)?;
    Ok(descriptor.fill(accepted, flags & raw::O_CLOEXEC != 0))
}

/// accept(2).
pub fn accept(cx: &Context, [fd, address, length, ..]: [usize; 6]) -> Result<usize> {
    accept4(cx, [fd, address, length, 0, 0, 0])
}

/// getsockname(2).
pub fn getsockname(cx: &Context, [fd, address, length, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let name = socket(&open)?.socket().local_address()?;
    write_name(&name, address, length)
}

/// getpeername(2).
pub fn getpeername(cx: &Context, [fd, address, length, ..]: [usize; 6]) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let name = socket(&open)?.socket().peer_address()?;
    write_name(&name, address, length)
}

fn write_name(name: &[u8], address: usize, length: usize) -> Result<usize> {
    let room = hal::user::load_u32(length)? as i32;
    if room < 0 {
        return Err(Errno::EINVAL);
    }
    if address == 0 && room > 0 {
        return Err(Errno::EFAULT);
    }
    write_address(name, address, length)?;
    Ok(0)
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
    socket.socket().shut_down(halves)?;
    Ok(0)
}

/// Whether an open file is a socket's, shared for transfers.
pub fn open_socket(cx: &Context, fd: usize) -> Result<Arc<OpenFile>> {
    let open = file(cx.process, fd)?;
    socket(&open)?;
    Ok(open)
}
