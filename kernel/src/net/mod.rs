//! Sockets (socket(2), socket(7)).
//!
//! A [`SocketFile`] is what a descriptor refers to: the options that every family has, over a [`Socket`] of one family.
//! [`unix`] is the only family so far; another one implements [`Socket`] and gets a line in [`create`]. As with all files,
//! nothing here blocks: what would wait answers `EAGAIN`, and the system-call layer sleeps on the notifier.

pub mod unix;

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicU64, Ordering};

use linux_raw_sys::{ioctl, net as raw};

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::file::{FileAccess, FileObject};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::process::{Credentials, Process};
use crate::sync::{Once, SpinLock};

/// What a socket transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes without boundaries (`SOCK_STREAM`).
    Stream,
    /// Messages (`SOCK_DGRAM`).
    Datagram,
    /// Messages over a connection (`SOCK_SEQPACKET`).
    SequencedPacket,
}

impl Kind {
    /// `SO_TYPE`.
    pub fn number(self) -> u32 {
        match self {
            Kind::Stream => raw::SOCK_STREAM,
            Kind::Datagram => raw::SOCK_DGRAM,
            Kind::SequencedPacket => raw::SOCK_SEQPACKET,
        }
    }
}

/// Which halves shutdown(2) closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halves {
    /// No more receiving.
    pub read: bool,
    /// No more sending.
    pub write: bool,
}

/// Whether received bytes stay in the socket (`MSG_PEEK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receive {
    /// They are gone.
    Take,
    /// They are received again next time.
    Peek,
}

/// Who sends (`struct ucred`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Process.
    pub pid: u32,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Sender {
    /// Nobody: what `SO_PEERCRED` tells without a peer.
    pub const NOBODY: Self = Self {
        pid: 0,
        uid: u32::MAX,
        gid: u32::MAX,
    };

    /// The process that makes the call.
    pub fn current() -> Self {
        let Some(thread) = crate::sched::try_current() else {
            return Self {
                pid: 0,
                uid: 0,
                gid: 0,
            };
        };
        let credentials = thread.credentials();
        Self {
            pid: thread.process.pid,
            uid: credentials.euid,
            gid: credentials.egid,
        }
    }
}

/// Who is on the other side: who connected, listened, or made the pair.
#[derive(Clone)]
pub struct Peer {
    /// `SO_PEERCRED`.
    pub sender: Sender,
    /// The process (`SO_PEERPIDFD`) and the identities that it had (`SO_PEERGROUPS`); `None` without a peer.
    pub process: Option<(Weak<Process>, Arc<Credentials>)>,
}

impl Peer {
    /// There is none.
    pub const NOBODY: Self = Self {
        sender: Sender::NOBODY,
        process: None,
    };

    /// The process that makes the call.
    pub fn current() -> Self {
        let thread = crate::sched::try_current();
        let process = thread.map(|thread| (Arc::downgrade(&thread.process), thread.credentials()));
        Self {
            sender: Sender::current(),
            process,
        }
    }
}

/// What goes with the bytes of a send.
pub struct Ancillary {
    /// Who sends.
    pub sender: Sender,
    /// Files on their way; empty once they have been sent.
    pub rights: Vec<Arc<OpenFile>>,
}

impl Ancillary {
    /// From the caller, without files.
    pub fn plain() -> Self {
        Self {
            sender: Sender::current(),
            rights: Vec::new(),
        }
    }
}

/// What came with the bytes of a receive.
#[derive(Default)]
pub struct Received {
    /// A message's own length, which may be more than the sink took.
    pub true_length: usize,
    /// Files that were sent.
    pub rights: Vec<Arc<OpenFile>>,
    /// Who sent it.
    pub sender: Option<Sender>,
    /// The address of the sending socket as `struct sockaddr`; empty when it has none.
    pub from: Vec<u8>,
    /// The socket is at its end: nothing will come.
    pub end: bool,
}

/// A socket of some family. Addresses are `struct sockaddr` as bytes: each family reads its own.
pub trait Socket: Any + Send + Sync {
    /// What it transfers.
    fn kind(&self) -> Kind;

    /// `SO_DOMAIN`.
    fn domain(&self) -> u32;

    /// Where to wait for a change.
    fn notifier(&self) -> &Notifier;

    /// Readiness now.
    fn poll(&self) -> PollEvents;

    /// bind(2). A node that it makes gets `mode`, less the umask.
    ///
    /// # Errors
    /// `EINVAL` when it has an address or for a bad one, `EADDRINUSE`, `ENOMEM`; what path resolution says.
    fn bind(&self, address: &[u8], mode: u32) -> Result<()>;

    /// listen(2).
    ///
    /// # Errors
    /// `EOPNOTSUPP`, `EINVAL`.
    fn listen(&self, backlog: usize) -> Result<()>;

    /// connect(2).
    ///
    /// # Errors
    /// `EAGAIN` while the listener has no room, `ECONNREFUSED`, `EISCONN`, `EPROTOTYPE`, `EINVAL`.
    fn connect(&self, address: &[u8]) -> Result<()>;

    /// accept(2).
    ///
    /// # Errors
    /// `EAGAIN`, `EINVAL` when it does not listen, `EOPNOTSUPP`.
    fn accept(&self) -> Result<Arc<dyn Socket>>;

    /// getsockname(2).
    ///
    /// # Errors
    /// `ENOMEM`.
    fn local_address(&self) -> Result<Vec<u8>>;

    /// getpeername(2).
    ///
    /// # Errors
    /// `ENOTCONN`, `ENOMEM`.
    fn peer_address(&self) -> Result<Vec<u8>>;

    /// Sends bytes (perhaps some of them) or a message, to `to` or the peer.
    ///
    /// # Errors
    /// `EAGAIN`, `EPIPE`, `ENOTCONN`, `EISCONN`, `ECONNREFUSED`, `EMSGSIZE`, `ETOOMANYREFS`, `EFAULT`, `ENOMEM`.
    fn send(
        &self,
        source: &mut Source<'_>,
        to: Option<&[u8]>,
        with: &mut Ancillary,
    ) -> Result<usize>;

    /// Receives bytes or a message; `received` is filled in.
    ///
    /// # Errors
    /// `EAGAIN`, `EINVAL`, `ENOTCONN`, `ECONNRESET`, `ENOMEM`.
    fn receive(&self, sink: &mut Sink<'_>, how: Receive, received: &mut Received) -> Result<usize>;

    /// shutdown(2).
    ///
    /// # Errors
    /// `ENOTCONN`.
    fn shut_down(&self, halves: Halves) -> Result<()>;

    /// The error that nobody has been told yet (`SO_ERROR`).
    fn take_error(&self) -> Option<Errno>;

    /// Whether it listens (`SO_ACCEPTCONN`).
    fn is_listening(&self) -> bool;

    /// Bytes that wait for the receiver (`SIOCINQ`).
    ///
    /// # Errors
    /// `EINVAL` for a listening socket.
    fn waiting_in(&self) -> Result<usize>;

    /// Bytes that were sent and not received (`SIOCOUTQ`).
    ///
    /// # Errors
    /// `EINVAL` for a listening socket.
    fn waiting_out(&self) -> Result<usize>;

    /// `SO_SNDBUF`: the bytes that may be on their way.
    fn send_buffer(&self) -> usize;

    /// Changes `SO_SNDBUF`.
    fn set_send_buffer(&self, bytes: usize);

    /// `SO_PEERCRED` and its like.
    fn peer_credentials(&self) -> Peer;

    /// Whether receivers are told who sent (`SO_PASSCRED`).
    fn set_pass_credentials(&self, on: bool);
}

/// `SO_SNDBUF` and `SO_RCVBUF` of a new socket, and the most that a program may ask for before it is doubled.
pub const BUFFER_DEFAULT: usize = 212_992;

/// Options that mean the same to every family.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `SO_RCVTIMEO` in nanoseconds.
    pub receive_timeout: Option<u64>,
    /// `SO_SNDTIMEO` in nanoseconds.
    pub send_timeout: Option<u64>,
    /// `SO_RCVBUF`.
    pub receive_buffer: usize,
    /// `SO_PASSCRED`.
    pub pass_credentials: bool,
    /// Switches that are only remembered, by their number (`SO_REUSEADDR`, `SO_KEEPALIVE`, …).
    pub switches: u64,
    /// `SO_LINGER`: on, and seconds.
    pub linger: (u32, u32),
    /// `SO_PRIORITY`, which is only remembered.
    pub priority: u32,
}

static LAST_COOKIE: AtomicU64 = AtomicU64::new(0);

/// An open socket.
pub struct SocketFile {
    socket: Arc<dyn Socket>,
    options: SpinLock<Options>,
    cookie: Once<u64>,
}

impl SocketFile {
    /// The family's part.
    pub fn socket(&self) -> &Arc<dyn Socket> {
        &self.socket
    }

    /// The options.
    pub fn options(&self) -> Options {
        *self.options.lock()
    }

    /// `SO_COOKIE`: a number that no other socket gets.
    pub fn cookie(&self) -> u64 {
        *self
            .cookie
            .call_once(|| LAST_COOKIE.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Changes the options.
    pub fn change_options(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.options.lock());
    }
}

/// Makes a socket of a family.
///
/// # Errors
/// `EAFNOSUPPORT`, `EPROTONOSUPPORT`.
pub fn create(domain: u32, kind: Kind, protocol: u32) -> Result<Arc<dyn Socket>> {
    match domain {
        raw::AF_UNIX => {
            check_protocol(protocol)?;
            Ok(unix::UnixSocket::new(kind))
        }
        _ => Err(Errno::EAFNOSUPPORT),
    }
}

/// Whether the only family has a protocol.
///
/// # Errors
/// `EPROTONOSUPPORT`.
pub fn check_protocol(protocol: u32) -> Result<()> {
    if protocol == 0 || protocol == raw::AF_UNIX {
        Ok(())
    } else {
        Err(Errno::EPROTONOSUPPORT)
    }
}

/// Makes two connected sockets.
///
/// # Errors
/// `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `EOPNOTSUPP` for a family that has no pairs.
pub fn create_pair(domain: u32, kind: Kind, protocol: u32) -> Result<[Arc<dyn Socket>; 2]> {
    match domain {
        raw::AF_UNIX => {
            check_protocol(protocol)?;
            let [a, b] = unix::UnixSocket::pair(kind);
            Ok([a, b])
        }
        _ => Err(Errno::EAFNOSUPPORT),
    }
}

/// Makes an open file of a socket. `flags` are status flags.
pub fn open(socket: Arc<dyn Socket>, credentials: &Credentials, flags: u32) -> Arc<OpenFile> {
    let inode = AnonymousInode::new(
        FileType::Socket,
        0o777,
        credentials.fsuid,
        credentials.fsgid,
    );
    let name = alloc::format!("socket:[{}]", inode.number());
    let file = SocketFile {
        socket,
        options: SpinLock::new(Options {
            receive_timeout: None,
            send_timeout: None,
            receive_buffer: BUFFER_DEFAULT,
            pass_credentials: false,
            switches: 0,
            linger: (0, 0),
            priority: 0,
        }),
        cookie: Once::new(),
    };
    let location = anonymous_location(Arc::new(inode), name.as_bytes());
    OpenFile::new(
        location,
        Some(Arc::new(file)),
        FileAccess::READ_WRITE,
        flags,
    )
}

impl FileObject for SocketFile {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        // Unlike a receive, which may take an empty message.
        if sink.remaining() == 0 {
            return Ok(0);
        }
        // Files that nobody asked for are closed.
        self.socket
            .receive(sink, Receive::Take, &mut Received::default())
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        self.socket.send(source, None, &mut Ancillary::plain())
    }

    fn read_deadline(&self, started: u64) -> Option<u64> {
        let timeout = self.options().receive_timeout?;
        Some(started.saturating_add(timeout))
    }

    fn write_deadline(&self, started: u64) -> Option<u64> {
        let timeout = self.options().send_timeout?;
        Some(started.saturating_add(timeout))
    }

    fn read_expired(&self, _sink: &mut Sink<'_>) -> Result<usize> {
        Err(Errno::ETIMEDOUT)
    }

    fn poll(&self) -> PollEvents {
        self.socket.poll()
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(self.socket.notifier())
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        let count = match command {
            ioctl::FIONREAD => self.socket.waiting_in()?,
            ioctl::TIOCOUTQ => self.socket.waiting_out()?,
            _ => return Err(Errno::ENOTTY),
        };
        hal::user::store_u32(argument, u32::try_from(count).unwrap_or(u32::MAX))?;
        Ok(0)
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn is_stream(&self) -> bool {
        self.socket.kind() == Kind::Stream
    }
}
