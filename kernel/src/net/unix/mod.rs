//! Sockets between processes of this machine (unix(7)).
//!
//! Every socket has a queue of messages that came for it; sending puts a message into the peer's ([`queue`]) and
//! charges it to the sender, whose buffer it fills until it is received. [`name`] finds sockets by address, [`rights`]
//! looks after files that are sent.
//!
//! Locks: a socket's `inner`, never two sockets' at once. Peers know each other weakly: closing one frees it, and its
//! `Drop` tells the other.

mod name;
mod queue;
mod rights;

use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use linux_raw_sys::net as raw;

use self::name::{Address, Binding, Name};
use self::queue::{Account, Charge, Message, OVERHEAD};
use self::rights::Rights;
use super::{Ancillary, BUFFER_DEFAULT, Halves, Kind, Peer, Receive, Received, Socket};
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::poll::{Notifier, PollEvents};
use crate::sync::SpinLock;

/// Messages that an unconnected receiver holds, beyond one (`net.unix.max_dgram_qlen`).
const QUEUE_MAX: usize = 10;
/// The longest backlog of listen(2) (`net.core.somaxconn`).
const BACKLOG_MAX: usize = 4096;
/// Bytes of a stream that are copied at once.
const CHUNK: usize = 16 * 1024;

/// A socket.
pub struct UnixSocket {
    this: Weak<UnixSocket>,
    kind: Kind,
    account: Arc<Account>,
    place: rights::Place,
    inner: SpinLock<Inner>,
}

struct Inner {
    state: State,
    queue: VecDeque<Message>,
    /// Halves that are shut down.
    shut: Halves,
    /// What the next call is told (`SO_ERROR`).
    error: Option<Errno>,
    name: Option<Name>,
    binding: Option<Binding>,
    peer_credentials: Peer,
    pass_credentials: bool,
    /// Senders that found no room here.
    waiting: Vec<Weak<Account>>,
}

enum State {
    Idle,
    /// A connect(2) is under way.
    Connecting,
    Listening {
        backlog: usize,
        pending: VecDeque<Arc<UnixSocket>>,
    },
    Connected {
        peer: Weak<UnixSocket>,
        /// The peer's name when the connection was made, for when it is gone.
        name: Option<Name>,
    },
}

impl Inner {
    fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected { .. })
    }

    fn peer(&self) -> Option<&Weak<UnixSocket>> {
        match &self.state {
            State::Connected { peer, .. } => Some(peer),
            _ => None,
        }
    }

    /// Notes a sender that is to be told when there is room.
    fn add_waiting(&mut self, account: &Arc<Account>) -> Result<()> {
        self.waiting.retain(|waiting| waiting.strong_count() > 0);
        let account = Arc::downgrade(account);
        if !self.waiting.iter().any(|waiting| waiting.ptr_eq(&account)) {
            self.waiting.try_reserve(1)?;
            self.waiting.push(account);
        }
        Ok(())
    }
}

/// Tells senders that there is room. Not under a socket's lock.
fn wake(waiting: Vec<Weak<Account>>) {
    for account in waiting.iter().filter_map(Weak::upgrade) {
        account.changed.notify_of(PollEvents::WRITABLE);
    }
}

impl UnixSocket {
    /// A socket without a name or a peer.
    pub fn new(kind: Kind) -> Arc<Self> {
        Self::build(kind, State::Idle, None, Peer::NOBODY)
    }

    fn build(kind: Kind, state: State, name: Option<Name>, peer_credentials: Peer) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            kind,
            account: Arc::new(Account::new(BUFFER_DEFAULT)),
            place: rights::Place::default(),
            inner: SpinLock::new(Inner {
                state,
                queue: VecDeque::new(),
                shut: Halves {
                    read: false,
                    write: false,
                },
                error: None,
                name,
                binding: None,
                peer_credentials,
                pass_credentials: false,
                waiting: Vec::new(),
            }),
        })
    }

    /// Two connected sockets (socketpair(2)).
    pub fn pair(kind: Kind) -> [Arc<Self>; 2] {
        let pair: [_; 2] =
            core::array::from_fn(|_| Self::build(kind, State::Idle, None, Peer::current()));
        let [a, b] = &pair;
        for (own, peer) in [(a, b), (b, a)] {
            own.inner.lock().state = State::Connected {
                peer: Arc::downgrade(peer),
                name: None,
            };
        }
        pair
    }

    fn is_connection_oriented(&self) -> bool {
        self.kind != Kind::Datagram
    }

    fn notify(&self) {
        self.account.changed.notify();
    }

    /// Something came.
    fn notify_readable(&self) {
        self.account.changed.notify_of(PollEvents::READABLE);
    }

    /// Gives the socket a name of the kernel's choice where its peers want one ("Autobind feature").
    fn bind_if_credentials_pass(&self) -> Result<()> {
        let wanted = {
            let inner = self.inner.lock();
            inner.pass_credentials && inner.name.is_none()
        };
        if wanted {
            self.set_name(name::bind_any(self.kind, &self.this)?)?;
        }
        Ok(())
    }

    fn set_name(&self, (name, binding): (Name, Binding)) -> Result<()> {
        let mut inner = self.inner.lock();
        if inner.name.is_some() {
            drop(inner);
            // Another thread was faster; the new name is let go outside the lock.
            drop(binding);
            return Err(Errno::EINVAL);
        }
        inner.name = Some(name);
        inner.binding = Some(binding);
        Ok(())
    }

    /// Connects a stream or sequenced-packet socket to a listener.
    fn connect_to_listener(&self, listener: &Arc<UnixSocket>) -> Result<()> {
        let own_name = self.inner.lock().name.clone();
        let mut inner = listener.inner.lock();
        let full = match &inner.state {
            State::Listening { backlog, pending } => pending.len() > *backlog,
            _ => return Err(Errno::ECONNREFUSED),
        };
        if inner.shut.read {
            return Err(Errno::ECONNREFUSED);
        }
        if full {
            inner.add_waiting(&self.account)?;
            return Err(Errno::EAGAIN);
        }
        let (name, credentials, pass) = (
            inner.name.clone(),
            inner.peer_credentials.clone(),
            inner.pass_credentials,
        );
        let accepted = Self::build(
            self.kind,
            State::Connected {
                peer: self.this.clone(),
                name: own_name,
            },
            name.clone(),
            Peer::current(),
        );
        accepted.inner.lock().pass_credentials = pass;
        let peer = Arc::downgrade(&accepted);
        if let State::Listening { pending, .. } = &mut inner.state {
            if let Err(error) = pending.try_reserve(1) {
                drop(inner);
                // It must not tell us of its end.
                accepted.inner.lock().state = State::Idle;
                return Err(error.into());
            }
            pending.push_back(accepted);
        }
        drop(inner);
        {
            let mut own = self.inner.lock();
            own.state = State::Connected { peer, name };
            own.peer_credentials = credentials;
        }
        listener.notify_readable();
        Ok(())
    }

    /// Connects a datagram socket: its peer is where messages go and come from.
    fn connect_datagram(&self, address: Address<'_>) -> Result<()> {
        let target = name::find(address, self.kind)?;
        self.check_may_send(&target)?;
        let name = target.inner.lock().name.clone();
        let discarded = {
            let mut inner = self.inner.lock();
            inner.state = State::Connected {
                peer: Arc::downgrade(&target),
                name,
            };
            let only = core::mem::take(&mut inner.queue);
            // What came from others before does not count any more.
            let (kept, discarded): (VecDeque<_>, VecDeque<_>) = only
                .into_iter()
                .partition(|message| message.is_from(&target.account));
            inner.queue = kept;
            discarded
        };
        drop(discarded);
        self.notify();
        Ok(())
    }

    /// A connected datagram socket takes messages of its peer only.
    fn check_may_send(&self, target: &UnixSocket) -> Result<()> {
        match target.inner.lock().peer() {
            Some(peer) if !peer.ptr_eq(&self.this) => Err(Errno::EPERM),
            _ => Ok(()),
        }
    }

    /// Where a message goes.
    fn target(&self, to: Option<&[u8]>) -> Result<Arc<UnixSocket>> {
        if let Some(address) = to.filter(|_| self.kind == Kind::Datagram) {
            return match name::parse(address)? {
                Address::Unnamed => Err(Errno::EINVAL),
                address => name::find(address, self.kind),
            };
        }
        let mut inner = self.inner.lock();
        let peer = inner.peer().ok_or(Errno::ENOTCONN)?.upgrade();
        match (peer, self.kind) {
            (Some(peer), _) => Ok(peer),
            (None, Kind::Datagram) => {
                inner.state = State::Idle;
                Err(Errno::ECONNREFUSED)
            }
            (None, _) => Err(Errno::EPIPE),
        }
    }

    /// Checks that this side may send. `goes_on`: what is to be sent is the rest of something.
    fn check_sending(&self, goes_on: bool) -> Result<()> {
        let mut inner = self.inner.lock();
        if self.is_connection_oriented() && !inner.is_connected() {
            return Err(Errno::ENOTCONN);
        }
        // Who begins to send into a stream that ended hears of the end; the error is kept for who reads, as on Linux.
        if self.kind == Kind::Stream && !goes_on && inner.shut.write {
            return Err(Errno::EPIPE);
        }
        if let Some(error) = inner.error.take() {
            return Err(error);
        }
        if inner.shut.write {
            return Err(Errno::EPIPE);
        }
        Ok(())
    }

    fn message(&self, bytes: Vec<u8>, with: &Ancillary, rights: Option<Rights>) -> Message {
        let charge = Charge::new(&self.account, bytes.len() + OVERHEAD);
        Message {
            bytes,
            start: 0,
            sender: with.sender,
            from: self.inner.lock().name.clone(),
            rights,
            charge,
        }
    }

    fn send_stream(&self, source: &mut Source<'_>, with: &mut Ancillary) -> Result<usize> {
        if source.remaining() == 0 {
            return Ok(0);
        }
        let peer = self.target(None)?;
        let mut sent = 0;
        while source.remaining() > 0 {
            let room = self.account.room();
            if room == 0 {
                break;
            }
            match self.send_chunk(&peer, source, room.min(CHUNK), with) {
                Ok(0) => break,
                Ok(count) => sent += count,
                Err(error) if sent == 0 => return Err(error),
                Err(_) => break,
            }
        }
        if sent == 0 && !source.faulted() {
            return Err(Errno::EAGAIN);
        }
        Ok(sent)
    }

    fn send_chunk(
        &self,
        peer: &UnixSocket,
        source: &mut Source<'_>,
        limit: usize,
        with: &mut Ancillary,
    ) -> Result<usize> {
        let bytes = take_from(source, source.remaining().min(limit))?;
        let count = bytes.len();
        if count == 0 {
            return Ok(0);
        }
        let rights = take_rights(with, peer)?;
        let message = self.message(bytes, with, rights);
        let outcome = {
            let mut inner = peer.inner.lock();
            if inner.shut.read {
                // The message goes outside the lock.
                Err((message, Errno::EPIPE))
            } else {
                queue::push_bytes(&mut inner.queue, message)
            }
        };
        outcome.map_err(|(message, error)| {
            drop(message);
            error
        })?;
        peer.notify_readable();
        Ok(count)
    }

    fn send_message(
        &self,
        source: &mut Source<'_>,
        to: Option<&[u8]>,
        with: &mut Ancillary,
    ) -> Result<usize> {
        let length = source.remaining();
        if length > self.account.limit().saturating_sub(32) {
            return Err(Errno::EMSGSIZE);
        }
        let target = self.target(to)?;
        if self.account.room() == 0 {
            return Err(Errno::EAGAIN);
        }
        if self.kind == Kind::Datagram {
            self.check_may_send(&target)?;
        }
        {
            let mut inner = target.inner.lock();
            if inner.shut.read {
                return Err(Errno::EPIPE);
            }
            let is_peer = inner.peer().is_some_and(|peer| peer.ptr_eq(&self.this));
            if !is_peer && inner.queue.len() > QUEUE_MAX {
                inner.add_waiting(&self.account)?;
                return Err(Errno::EAGAIN);
            }
        }
        let bytes = take_from(source, length)?;
        if bytes.len() < length {
            return Err(Errno::EFAULT);
        }
        let rights = take_rights(with, &target)?;
        let message = self.message(bytes, with, rights);
        let outcome = queue::push_message(&mut target.inner.lock().queue, message);
        outcome.map_err(|(message, error)| {
            drop(message);
            error
        })?;
        target.notify_readable();
        Ok(length)
    }

    fn receive_stream(
        &self,
        sink: &mut Sink<'_>,
        how: Receive,
        received: &mut Received,
    ) -> Result<usize> {
        let _still = (how == Receive::Peek).then(rights::stand_still);
        let mut inner = self.inner.lock();
        if !inner.is_connected() {
            return Err(Errno::EINVAL);
        }
        let Some(front) = inner.queue.front() else {
            if let Some(error) = inner.error.take() {
                return Err(error);
            }
            received.end = inner.shut.read;
            return if inner.shut.read {
                Ok(0)
            } else {
                Err(Errno::EAGAIN)
            };
        };
        let (sender, from) = (front.sender, front.from.clone());
        // A receive that goes on (MSG_WAITALL) does so with the same sender only.
        let only = received.sender.or(inner.pass_credentials.then_some(sender));
        if only.is_some_and(|only| only != sender) && sink.done() > 0 {
            received.end = true;
            return Ok(0);
        }
        received.sender = inner.pass_credentials.then_some(sender);
        let taken = queue::take_bytes(&mut inner.queue, sink, how, only)?;
        drop(inner);
        received.from = match from {
            Some(name) => name::to_address(Some(&name))?,
            None => Vec::new(),
        };
        received.rights = taken.rights.map_or(taken.seen, Rights::take);
        received.true_length = taken.count;
        Ok(taken.count)
    }

    fn receive_message(
        &self,
        sink: &mut Sink<'_>,
        how: Receive,
        received: &mut Received,
    ) -> Result<usize> {
        let _still = (how == Receive::Peek).then(rights::stand_still);
        let mut inner = self.inner.lock();
        if self.kind == Kind::SequencedPacket && !inner.is_connected() {
            return Err(Errno::ENOTCONN);
        }
        let told = inner.pass_credentials;
        let Some(front) = inner.queue.front_mut() else {
            if let Some(error) = inner.error.take() {
                return Err(error);
            }
            received.end = inner.shut.read;
            return if inner.shut.read {
                Ok(0)
            } else {
                Err(Errno::EAGAIN)
            };
        };
        let count = sink.put(front.rest());
        // A bad address leaves the message where it was.
        if sink.faulted() && count == 0 {
            return Ok(0);
        }
        received.true_length = front.bytes.len();
        received.sender = told.then_some(front.sender);
        let from = front.from.clone();
        let (finished, waiting) = if how == Receive::Peek {
            if let Some(rights) = &front.rights {
                received.rights = rights.copy()?;
            }
            (None, Vec::new())
        } else {
            (inner.queue.pop_front(), core::mem::take(&mut inner.waiting))
        };
        drop(inner);
        if let Some(name) = from {
            received.from = name::to_address(Some(&name))?;
        }
        if let Some(mut message) = finished {
            received.rights = message.rights.take().map_or_else(Vec::new, Rights::take);
            drop(message);
        }
        wake(waiting);
        Ok(count)
    }

    /// Calls `visit` for every file in the queues that only this socket leads to.
    fn for_each_right(&self, visit: &mut dyn FnMut(&Arc<OpenFile>)) {
        let inner = self.inner.lock();
        for message in &inner.queue {
            for file in message.rights.iter().flat_map(Rights::files) {
                visit(file);
            }
        }
        if let State::Listening { pending, .. } = &inner.state {
            // Sockets that nobody accepted yet: each is reached through this one alone, and listens to nobody.
            for socket in pending {
                socket.for_each_right(visit);
            }
        }
    }

    /// Takes all files out of the same queues.
    fn take_rights(&self, out: &mut Vec<Rights>) {
        let mut inner = self.inner.lock();
        for message in &mut inner.queue {
            // Without memory the rest stays for the next collection.
            if message.rights.is_some() && out.try_reserve(1).is_ok() {
                out.extend(message.rights.take());
            }
        }
        if let State::Listening { pending, .. } = &inner.state {
            for socket in pending {
                socket.take_rights(out);
            }
        }
    }

    /// The peer went, or shut its halves down.
    fn peer_shut_down(&self, halves: Halves, error: Option<Errno>) {
        {
            let mut inner = self.inner.lock();
            inner.shut.read |= halves.write;
            inner.shut.write |= halves.read;
            inner.error = error.or(inner.error);
        }
        self.notify();
    }
}

fn take_from(source: &mut Source<'_>, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length)?;
    bytes.resize(length, 0);
    let count = source.take(&mut bytes);
    bytes.truncate(count);
    Ok(bytes)
}

/// The files of a message to `receiver`.
fn take_rights(with: &mut Ancillary, receiver: &UnixSocket) -> Result<Option<Rights>> {
    if with.rights.is_empty() {
        return Ok(None);
    }
    let rights = Rights::new(core::mem::take(&mut with.rights))?;
    if rights.has_sockets() {
        rights::leads_on(receiver);
    }
    Ok(Some(rights))
}

impl Socket for UnixSocket {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn domain(&self) -> u32 {
        raw::AF_UNIX
    }

    fn notifier(&self) -> &Notifier {
        &self.account.changed
    }

    fn poll(&self) -> PollEvents {
        let mut events = PollEvents::empty();
        let inner = self.inner.lock();
        let listening = match &inner.state {
            State::Listening { pending, .. } => {
                if !pending.is_empty() {
                    events |= PollEvents::READABLE;
                }
                true
            }
            _ => false,
        };
        if !inner.queue.is_empty() || inner.shut.read {
            events |= PollEvents::READABLE;
        }
        if inner.shut.read {
            events |= PollEvents::RDHUP;
        }
        let unconnected = self.is_connection_oriented() && !listening && !inner.is_connected();
        if (inner.shut.read && inner.shut.write) || unconnected {
            events |= PollEvents::HUP;
        }
        if inner.error.is_some() {
            events |= PollEvents::ERR;
        }
        let peer = inner.peer().and_then(Weak::upgrade);
        drop(inner);
        if !listening && self.account.is_writable() && self.peer_has_room(peer) {
            events |= PollEvents::WRITABLE;
        }
        events
    }

    fn bind(&self, address: &[u8], mode: u32) -> Result<()> {
        let address = name::parse(address)?;
        if self.inner.lock().name.is_some() {
            // Asking for any name is met by the one it has.
            return match address {
                Address::Unnamed => Ok(()),
                // A path that exists is found out first, as on Linux.
                Address::Path(path) if name::exists(path) => Err(Errno::EADDRINUSE),
                _ => Err(Errno::EINVAL),
            };
        }
        self.set_name(match address {
            Address::Unnamed => name::bind_any(self.kind, &self.this)?,
            Address::Abstract(name) => name::bind_abstract(self.kind, name, &self.this)?,
            Address::Path(path) => {
                name::bind_path(&crate::sched::current(), path, mode, &self.this)?
            }
        })
    }

    fn listen(&self, backlog: usize) -> Result<()> {
        if !self.is_connection_oriented() {
            return Err(Errno::EOPNOTSUPP);
        }
        let limit = backlog.min(BACKLOG_MAX);
        // Whoever connects is reached through it.
        rights::leads_on(self);
        let waiting = {
            let mut inner = self.inner.lock();
            if inner.name.is_none() {
                return Err(Errno::EINVAL);
            }
            match &mut inner.state {
                State::Listening { backlog, .. } => *backlog = limit,
                State::Idle => {
                    inner.state = State::Listening {
                        backlog: limit,
                        pending: VecDeque::new(),
                    };
                }
                _ => return Err(Errno::EINVAL),
            }
            inner.peer_credentials = Peer::current();
            core::mem::take(&mut inner.waiting)
        };
        wake(waiting);
        Ok(())
    }

    fn connect(&self, address: &[u8]) -> Result<()> {
        let unspecified = address.get(..2) == Some(&[0, 0]);
        if self.kind == Kind::Datagram {
            if unspecified {
                self.inner.lock().state = State::Idle;
                self.notify();
                return Ok(());
            }
            let address = match name::parse(address)? {
                Address::Unnamed => return Err(Errno::EINVAL),
                address => address,
            };
            self.bind_if_credentials_pass()?;
            return self.connect_datagram(address);
        }
        let address = match name::parse(address)? {
            Address::Unnamed => return Err(Errno::EINVAL),
            address => address,
        };
        self.bind_if_credentials_pass()?;
        let listener = name::find(address, self.kind)?;
        {
            let mut inner = self.inner.lock();
            match inner.state {
                State::Idle => inner.state = State::Connecting,
                State::Connecting => return Err(Errno::EALREADY),
                State::Connected { .. } => return Err(Errno::EISCONN),
                State::Listening { .. } => return Err(Errno::EINVAL),
            }
        }
        self.connect_to_listener(&listener).inspect_err(|_| {
            self.inner.lock().state = State::Idle;
        })
    }

    fn accept(&self) -> Result<Arc<dyn Socket>> {
        if !self.is_connection_oriented() {
            return Err(Errno::EOPNOTSUPP);
        }
        let (accepted, waiting) = {
            let mut inner = self.inner.lock();
            let shut = inner.shut.read;
            let State::Listening { pending, .. } = &mut inner.state else {
                return Err(Errno::EINVAL);
            };
            match pending.pop_front() {
                Some(accepted) => (accepted, core::mem::take(&mut inner.waiting)),
                None if shut => return Err(Errno::EINVAL),
                None => return Err(Errno::EAGAIN),
            }
        };
        wake(waiting);
        Ok(accepted)
    }

    fn local_address(&self) -> Result<Vec<u8>> {
        let name = self.inner.lock().name.clone();
        name::to_address(name.as_ref())
    }

    fn peer_address(&self) -> Result<Vec<u8>> {
        let (peer, name) = match &self.inner.lock().state {
            State::Connected { peer, name } => (peer.upgrade(), name.clone()),
            _ => return Err(Errno::ENOTCONN),
        };
        let name = match peer {
            Some(peer) => peer.inner.lock().name.clone(),
            None => name,
        };
        name::to_address(name.as_ref())
    }

    fn send(
        &self,
        source: &mut Source<'_>,
        to: Option<&[u8]>,
        with: &mut Ancillary,
    ) -> Result<usize> {
        crate::mm::admit()?;
        if self.kind == Kind::Stream && to.is_some() {
            return Err(if self.inner.lock().is_connected() {
                Errno::EISCONN
            } else {
                Errno::EOPNOTSUPP
            });
        }
        self.check_sending(source.done() > 0)?;
        self.bind_if_credentials_pass()?;
        match self.kind {
            Kind::Stream => self.send_stream(source, with),
            _ => self.send_message(source, to, with),
        }
    }

    fn receive(&self, sink: &mut Sink<'_>, how: Receive, received: &mut Received) -> Result<usize> {
        match self.kind {
            Kind::Stream => self.receive_stream(sink, how, received),
            _ => self.receive_message(sink, how, received),
        }
    }

    fn shut_down(&self, halves: Halves) -> Result<()> {
        let (peer, waiting) = {
            let mut inner = self.inner.lock();
            inner.shut.read |= halves.read;
            inner.shut.write |= halves.write;
            let peer = inner.peer().and_then(Weak::upgrade);
            (peer, core::mem::take(&mut inner.waiting))
        };
        if let Some(peer) = peer.filter(|_| self.is_connection_oriented()) {
            peer.peer_shut_down(halves, None);
        }
        wake(waiting);
        self.notify();
        Ok(())
    }

    fn take_error(&self) -> Option<Errno> {
        self.inner.lock().error.take()
    }

    fn is_listening(&self) -> bool {
        matches!(self.inner.lock().state, State::Listening { .. })
    }

    fn waiting_in(&self) -> Result<usize> {
        let inner = self.inner.lock();
        if matches!(inner.state, State::Listening { .. }) {
            return Err(Errno::EINVAL);
        }
        let mut lengths = inner.queue.iter().map(|message| message.rest().len());
        Ok(if self.is_connection_oriented() {
            lengths.sum()
        } else {
            lengths.next().unwrap_or(0)
        })
    }

    fn waiting_out(&self) -> Result<usize> {
        if self.is_listening() {
            return Err(Errno::EINVAL);
        }
        Ok(self.account.used())
    }

    fn send_buffer(&self) -> usize {
        self.account.limit()
    }

    fn set_send_buffer(&self, bytes: usize) {
        self.account.set_limit(bytes);
        self.notify();
    }

    fn peer_credentials(&self) -> Peer {
        self.inner.lock().peer_credentials.clone()
    }

    fn set_pass_credentials(&self, on: bool) {
        self.inner.lock().pass_credentials = on;
    }
}

impl UnixSocket {
    /// Whether a connected receiver that is not connected back takes one more message; if not, it will say when.
    fn peer_has_room(&self, peer: Option<Arc<UnixSocket>>) -> bool {
        let Some(peer) = peer.filter(|_| self.kind == Kind::Datagram) else {
            return true;
        };
        let mut inner = peer.inner.lock();
        let is_peer = inner.peer().is_some_and(|peer| peer.ptr_eq(&self.this));
        if is_peer || inner.queue.len() <= QUEUE_MAX {
            return true;
        }
        // Without memory for the note the sender finds out by trying.
        inner.add_waiting(&self.account).is_err()
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let inner = self.inner.get_mut();
        let state = core::mem::replace(&mut inner.state, State::Idle);
        let queue = core::mem::take(&mut inner.queue);
        let waiting = core::mem::take(&mut inner.waiting);
        drop(inner.binding.take());
        match state {
            State::Connected { peer, .. } if self.kind != Kind::Datagram => {
                if let Some(peer) = peer.upgrade() {
                    // What it sent and nobody read is lost: it is told.
                    let error = (!queue.is_empty()).then_some(Errno::ECONNRESET);
                    let both = Halves {
                        read: true,
                        write: true,
                    };
                    peer.peer_shut_down(both, error);
                }
            }
            State::Listening { pending, .. } => {
                for socket in pending {
                    // Whoever connected and was never accepted is refused late.
                    let peer = socket.inner.lock().peer().and_then(Weak::upgrade);
                    if let Some(peer) = peer {
                        let both = Halves {
                            read: true,
                            write: true,
                        };
                        peer.peer_shut_down(both, Some(Errno::ECONNRESET));
                    }
                }
            }
            _ => {}
        }
        drop(queue);
        wake(waiting);
        rights::socket_gone();
    }
}

#[cfg(test)]
mod tests;
