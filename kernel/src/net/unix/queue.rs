//! Messages that wait for a receiver, and what senders owe for them.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::name::Name;
use super::rights::Rights;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::Sink;
use crate::fs::poll::{Notifier, PollEvents};
use crate::net::{Receive, Sender};

/// What a message costs its sender beside its bytes.
pub const OVERHEAD: usize = 256;
/// Bytes of a stream are joined up to this length.
const JOINED_MAX: usize = 4096;

/// What a sender has on its way, and where it waits for it to become less.
pub struct Account {
    used: AtomicUsize,
    limit: AtomicUsize,
    /// The socket's notifier.
    pub changed: Notifier,
}

impl Account {
    /// Nothing on the way, `limit` allowed.
    pub fn new(limit: usize) -> Self {
        Self {
            used: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            changed: Notifier::new(),
        }
    }

    /// `SO_SNDBUF`.
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Changes `SO_SNDBUF`.
    pub fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// What is on its way.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    /// How much more may be sent.
    pub fn room(&self) -> usize {
        self.limit().saturating_sub(self.used())
    }

    /// Whether poll(2) says that a send would not block: a quarter is used at most, as Linux has it.
    pub fn is_writable(&self) -> bool {
        self.used().saturating_mul(4) <= self.limit()
    }
}

/// A part of an account; gives itself back.
pub struct Charge {
    account: Arc<Account>,
    amount: usize,
}

impl Charge {
    /// Charges an account, beyond its limit if need be: two threads that send at once.
    pub fn new(account: &Arc<Account>, amount: usize) -> Self {
        account.used.fetch_add(amount, Ordering::AcqRel);
        Self {
            account: account.clone(),
            amount,
        }
    }

    fn join(&mut self, mut other: Charge) {
        self.amount += core::mem::take(&mut other.amount);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if self.amount > 0 {
            self.account.used.fetch_sub(self.amount, Ordering::AcqRel);
            self.account.changed.notify_of(PollEvents::WRITABLE);
        }
    }
}

/// Bytes on their way. Never dropped under a socket's lock: its files are closed and its sender woken.
pub struct Message {
    /// What was sent.
    pub bytes: Vec<u8>,
    /// How much of it a stream's receiver has had.
    pub start: usize,
    /// Who sent it.
    pub sender: Sender,
    /// The name of the sending socket.
    pub from: Option<Name>,
    /// Files.
    pub rights: Option<Rights>,
    /// What the sender owes.
    pub charge: Charge,
}

impl Message {
    /// What is left of it.
    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or(&[])
    }

    /// Whether the socket of that account sent it.
    pub fn is_from(&self, account: &Arc<Account>) -> bool {
        Arc::ptr_eq(&self.charge.account, account)
    }

    fn continues(&self, other: &Message) -> bool {
        self.rights.is_none()
            && other.rights.is_none()
            && self.sender == other.sender
            && self.bytes.len() + other.bytes.len() <= JOINED_MAX
            && Arc::ptr_eq(&self.charge.account, &other.charge.account)
    }
}

/// Adds bytes of a stream, to the last message where nothing tells them apart.
///
/// # Errors
/// `ENOMEM`, with the message, which must not be dropped here.
pub fn push_bytes(queue: &mut VecDeque<Message>, message: Message) -> Pushed {
    if let Some(last) = queue.back_mut()
        && last.continues(&message)
        && last.bytes.try_reserve(message.bytes.len()).is_ok()
    {
        last.bytes.extend_from_slice(&message.bytes);
        last.charge.join(message.charge);
        return Ok(());
    }
    push_message(queue, message)
}

/// Adds a message.
///
/// # Errors
/// `ENOMEM`, with the message, which must not be dropped here.
pub fn push_message(queue: &mut VecDeque<Message>, message: Message) -> Pushed {
    if let Err(error) = queue.try_reserve(1) {
        return Err((message, error.into()));
    }
    queue.push_back(message);
    Ok(())
}

/// Whether a message was queued; if not, the message comes back.
pub type Pushed = core::result::Result<(), (Message, Errno)>;

/// What a receive from a stream took.
#[derive(Default)]
pub struct Taken {
    /// How many bytes.
    pub count: usize,
    /// Messages that are used up.
    pub finished: Vec<Message>,
    /// The files that were sent with them.
    pub rights: Option<Rights>,
    /// The same for `MSG_PEEK`.
    pub seen: Vec<Arc<OpenFile>>,
}

/// Copies bytes of a stream: across messages up to the first that brings files (unix(7)), but not across senders when the receiver asks
/// who sends.
///
/// # Errors
/// `ENOMEM`.
pub fn take_bytes(
    queue: &mut VecDeque<Message>,
    sink: &mut Sink<'_>,
    how: Receive,
    only_sender: Option<Sender>,
) -> Result<Taken> {
    let mut taken = Taken::default();
    let mut index = 0;
    while let Some(message) = queue.get_mut(index) {
        // Files come with the first byte of their message.
        let files = message.rights.is_some();
        let other_sender = only_sender.is_some_and(|sender| sender != message.sender);
        if other_sender {
            break;
        }
        match taken.finished.try_reserve(1) {
            Err(error) if taken.count == 0 => return Err(error.into()),
            Err(_) => break,
            Ok(()) => {}
        }
        let whole = message.rest().len();
        let moved = sink.put(message.rest());
        taken.count += moved;
        if how == Receive::Peek {
            if let Some(rights) = message.rights.as_ref().filter(|_| moved > 0) {
                taken.seen = rights.copy()?;
            }
            if moved < whole || files {
                break;
            }
            index += 1;
            continue;
        }
        if moved > 0 {
            taken.rights = message.rights.take().or(taken.rights);
        }
        message.start += moved;
        if moved < whole {
            break;
        }
        taken.finished.extend(queue.pop_front());
        if files || sink.remaining() == 0 {
            break;
        }
    }
    Ok(taken)
}
