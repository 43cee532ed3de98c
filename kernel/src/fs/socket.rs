//! Pairs of connected sockets of the UNIX domain (unix(7), socketpair(2)).
//!
//! Each direction is a [`Channel`]: bytes for streams, whole messages for datagrams and sequenced packets. Both sockets
//! and all who wait share one [`Notifier`]. Sockets with names are not here yet.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use linux_raw_sys::ioctl;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::file::{FileAccess, FileObject};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::process::Credentials;
use crate::sync::SpinLock;

/// Bytes that one direction holds, as Linux's `wmem_default`.
const CAPACITY: usize = 212_992;
/// Messages that one direction holds.
const MESSAGES_MAX: usize = 278;

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

/// One direction.
struct Channel {
    state: SpinLock<State>,
}

#[derive(Default)]
struct State {
    bytes: VecDeque<u8>,
    /// Lengths of the messages in `bytes`, for kinds that have messages.
    messages: VecDeque<usize>,
    /// Files on their way, and before which byte or message they were sent.
    rights: VecDeque<(usize, Vec<Arc<OpenFile>>)>,
    /// The sender has shut its half down or is gone.
    write_closed: bool,
    /// The receiver has shut its half down or is gone.
    read_closed: bool,
}

/// One of two connected sockets.
pub struct Socket {
    kind: Kind,
    incoming: Arc<Channel>,
    outgoing: Arc<Channel>,
    changed: Arc<Notifier>,
}

/// Makes two connected sockets. `flags` are status flags.
pub fn create_pair(
    kind: Kind,
    credentials: &Credentials,
    flags: u32,
) -> (Arc<OpenFile>, Arc<OpenFile>) {
    let channels: [_; 2] = core::array::from_fn(|_| {
        Arc::new(Channel {
            state: SpinLock::default(),
        })
    });
    let changed = Arc::new(Notifier::new());
    let open = |incoming: &Arc<Channel>, outgoing: &Arc<Channel>| {
        let inode = AnonymousInode::new(
            FileType::Socket,
            0o777,
            credentials.fsuid,
            credentials.fsgid,
        );
        let name = alloc::format!("socket:[{}]", inode.number());
        let socket = Arc::new(Socket {
            kind,
            incoming: incoming.clone(),
            outgoing: outgoing.clone(),
            changed: changed.clone(),
        });
        let location = anonymous_location(Arc::new(inode), name.as_bytes());
        OpenFile::new(location, Some(socket), FileAccess::READ_WRITE, flags)
    };
    let [a, b] = &channels;
    (open(a, b), open(b, a))
}

impl Socket {
    /// What it transfers.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Receives bytes, or one message: its true length comes second, the sink may get less. Files that were sent with
    /// them are appended to `rights`; bytes of a stream are not joined across files (unix(7), `SCM_RIGHTS`).
    ///
    /// # Errors
    /// `EAGAIN`, `ENOMEM`.
    pub fn receive(
        &self,
        sink: &mut Sink<'_>,
        how: Receive,
        rights: &mut Vec<Arc<OpenFile>>,
    ) -> Result<(usize, usize)> {
        let mut state = self.incoming.state.lock();
        let message = state.messages.front().copied();
        let nothing = if self.kind == Kind::Stream {
            state.bytes.is_empty()
        } else {
            message.is_none()
        };
        if nothing {
            let over = state.read_closed || (state.write_closed && self.kind != Kind::Datagram);
            return if over || (self.kind == Kind::Stream && sink.remaining() == 0) {
                Ok((0, 0))
            } else {
                Err(Errno::EAGAIN)
            };
        }
        let mut available = message.unwrap_or(state.bytes.len());
        if self.kind == Kind::Stream
            && let Some((next, _)) = state.rights.iter().find(|(at, _)| *at > 0)
        {
            available = available.min(*next);
        }
        let mut count = 0;
        let (first, second) = state.bytes.as_slices();
        for part in [first, second] {
            let part = part.get(..part.len().min(available)).unwrap_or(&[]);
            available -= part.len();
            let moved = sink.put(part);
            count += moved;
            if moved < part.len() {
                break;
            }
        }
        let length = message.unwrap_or(count);
        // A bad address leaves everything where it was.
        if sink.faulted() && count == 0 {
            return Ok((count, length));
        }
        if let Some((0, files)) = state.rights.front() {
            rights.try_reserve(files.len())?;
            rights.extend(files.iter().cloned());
        }
        if how == Receive::Take {
            let units = if self.kind == Kind::Stream { count } else { 1 };
            let given = match state.rights.front() {
                Some((0, _)) => state.rights.pop_front(),
                _ => None,
            };
            for (at, _) in &mut state.rights {
                *at -= units;
            }
            state.bytes.drain(..length);
            if message.is_some() {
                state.messages.pop_front();
            }
            drop(state);
            drop(given);
            self.changed.notify();
        }
        Ok((count, length))
    }

    /// Sends bytes or one message, and with it the files in `rights`, which is empty afterwards if anything was sent.
    ///
    /// # Errors
    /// `EAGAIN`, `EPIPE`, `ECONNREFUSED`, `EMSGSIZE`, `EFAULT`, `ENOMEM`.
    pub fn send(&self, source: &mut Source<'_>, rights: &mut Vec<Arc<OpenFile>>) -> Result<usize> {
        let mut state = self.outgoing.state.lock();
        if state.write_closed {
            return Err(Errno::EPIPE);
        }
        if state.read_closed {
            return Err(if self.kind == Kind::Datagram {
                Errno::ECONNREFUSED
            } else {
                Errno::EPIPE
            });
        }
        if self.kind == Kind::Stream && source.remaining() == 0 {
            return Ok(0);
        }
        state.rights.try_reserve(1)?;
        let (at, count) = match self.kind {
            Kind::Stream => (state.bytes.len(), Self::send_bytes(&mut state, source)?),
            Kind::Datagram | Kind::SequencedPacket => (
                state.messages.len(),
                Self::send_message(&mut state, source)?,
            ),
        };
        if !rights.is_empty() && (count > 0 || self.kind != Kind::Stream) {
            state.rights.push_back((at, core::mem::take(rights)));
        }
        drop(state);
        self.changed.notify();
        Ok(count)
    }

    /// shutdown(2).
    pub fn shut_down(&self, halves: Halves) {
        if halves.read {
            self.incoming.state.lock().read_closed = true;
        }
        if halves.write {
            self.outgoing.state.lock().write_closed = true;
        }
        self.changed.notify();
    }

    fn send_bytes(state: &mut State, source: &mut Source<'_>) -> Result<usize> {
        let mut chunk = [0; 512];
        let before = source.done();
        loop {
            let room = CAPACITY
                .saturating_sub(state.bytes.len())
                .min(chunk.len())
                .min(source.remaining());
            if room == 0 {
                break;
            }
            if let Err(error) = state.bytes.try_reserve(room) {
                if source.done() == before {
                    return Err(error.into());
                }
                break;
            }
            let count = source.take(chunk.get_mut(..room).unwrap_or(&mut []));
            state.bytes.extend(chunk.iter().take(count));
        }
        if source.done() == before && !source.faulted() {
            Err(Errno::EAGAIN)
        } else {
            Ok(source.done() - before)
        }
    }

    fn send_message(state: &mut State, source: &mut Source<'_>) -> Result<usize> {
        let length = source.remaining();
        if length > CAPACITY {
            return Err(Errno::EMSGSIZE);
        }
        if state.messages.len() >= MESSAGES_MAX || state.bytes.len() + length > CAPACITY {
            return Err(Errno::EAGAIN);
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length)?;
        bytes.resize(length, 0);
        state.bytes.try_reserve(length)?;
        state.messages.try_reserve(1)?;
        if source.take(&mut bytes) < length {
            return Err(Errno::EFAULT);
        }
        state.bytes.extend(&bytes);
        state.messages.push_back(length);
        Ok(length)
    }
}

impl FileObject for Socket {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        // Files that nobody asked for are closed, outside the channel's lock.
        let mut rights = Vec::new();
        self.receive(sink, Receive::Take, &mut rights)
            .map(|(count, _)| count)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        self.send(source, &mut Vec::new())
    }

    fn poll(&self) -> PollEvents {
        let mut events = PollEvents::empty();
        let (peer_gone, nothing_comes) = {
            let incoming = self.incoming.state.lock();
            let ended = incoming.write_closed || incoming.read_closed;
            if !incoming.bytes.is_empty() || !incoming.messages.is_empty() || ended {
                events |= PollEvents::READABLE;
            }
            (incoming.write_closed, ended)
        };
        let outgoing = self.outgoing.state.lock();
        if outgoing.bytes.len() < CAPACITY && outgoing.messages.len() < MESSAGES_MAX {
            events |= PollEvents::WRITABLE;
        }
        if nothing_comes {
            events |= PollEvents::RDHUP;
        }
        if peer_gone && (outgoing.read_closed || outgoing.write_closed) {
            events |= PollEvents::HUP;
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        if command != ioctl::FIONREAD {
            return Err(Errno::ENOTTY);
        }
        let state = self.incoming.state.lock();
        let count = state.messages.front().copied().unwrap_or(state.bytes.len());
        drop(state);
        hal::user::store_u32(argument, u32::try_from(count).unwrap_or(u32::MAX))?;
        Ok(0)
    }

    fn is_stream(&self) -> bool {
        self.kind == Kind::Stream
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.shut_down(Halves {
            read: true,
            write: true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(kind: Kind) -> (Arc<OpenFile>, Arc<OpenFile>) {
        create_pair(kind, &Credentials::root(), 0)
    }

    fn send(file: &OpenFile, bytes: &[u8]) -> Result<usize> {
        file.write(&mut Source::kernel(bytes))
    }

    fn receive(file: &OpenFile, len: usize) -> Result<Vec<u8>> {
        let mut bytes = std::vec![0; len];
        let count = file.read(&mut Sink::kernel(&mut bytes))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    #[test]
    fn streams_join_writes_and_end() {
        let (a, b) = pair(Kind::Stream);
        assert_eq!(receive(&b, 1), Err(Errno::EAGAIN));
        assert_eq!((send(&a, b"ab"), send(&a, b"cd")), (Ok(2), Ok(2)));
        let socket: &Socket = b.object_as().unwrap();
        let mut peeked = [0; 3];
        assert_eq!(
            socket.receive(
                &mut Sink::kernel(&mut peeked),
                Receive::Peek,
                &mut Vec::new()
            ),
            Ok((3, 3))
        );
        assert_eq!(receive(&b, 10), Ok(b"abcd".to_vec()));
        a.object_as::<Socket>().unwrap().shut_down(Halves {
            read: false,
            write: true,
        });
        assert_eq!(receive(&b, 10), Ok(Vec::new()));
        assert_eq!(send(&a, b"x"), Err(Errno::EPIPE));
        assert_eq!(send(&b, b"y"), Ok(1));
        drop(b);
        assert_eq!(receive(&a, 10), Ok(b"y".to_vec()));
        assert_eq!(receive(&a, 10), Ok(Vec::new()));
        assert!(a.poll().contains(PollEvents::HUP));
    }

    #[test]
    fn a_full_stream_takes_a_part() {
        let (a, b) = pair(Kind::Stream);
        let large = std::vec![1; CAPACITY + 5];
        assert_eq!(send(&a, &large), Ok(CAPACITY));
        assert_eq!(send(&a, b"x"), Err(Errno::EAGAIN));
        assert!(!a.poll().contains(PollEvents::OUT));
        assert_eq!(receive(&b, 3).unwrap().len(), 3);
        assert_eq!(send(&a, b"wxyz"), Ok(3));
    }

    #[test]
    fn messages_keep_their_bounds() {
        for kind in [Kind::Datagram, Kind::SequencedPacket] {
            let (a, b) = pair(kind);
            for message in [&b"abc"[..], b"", b"de"] {
                assert_eq!(send(&a, message), Ok(message.len()));
            }
            assert_eq!(receive(&b, 2), Ok(b"ab".to_vec()));
            assert_eq!(receive(&b, 9), Ok(Vec::new()));
            assert_eq!(receive(&b, 9), Ok(b"de".to_vec()));
            assert_eq!(receive(&b, 9), Err(Errno::EAGAIN));
            assert_eq!(send(&a, &std::vec![0; CAPACITY + 1]), Err(Errno::EMSGSIZE));
            drop(b);
            let error = if kind == Kind::Datagram {
                Errno::ECONNREFUSED
            } else {
                Errno::EPIPE
            };
            assert_eq!(send(&a, b"x"), Err(error));
        }
    }
}
