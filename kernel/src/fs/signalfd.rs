//! Signals that are read like files (signalfd(2)).
//!
//! A read takes pending signals of whoever reads, not of whoever made the descriptor. All instances share one notifier,
//! which every signal that is sent notifies: whom it concerns is found out by looking again.

use alloc::sync::Arc;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::Sink;
use crate::fs::file::{FileAccess, FileObject, Seeking};
use crate::fs::inode::FileType;
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::sched;
use crate::signal::{self, Kind, SignalInfo, SignalSet};
use crate::sync::SpinLock;

static SENT: Notifier = Notifier::new();

/// Called after a signal has been queued for anybody.
pub fn signal_sent() {
    SENT.notify();
}

/// `struct signalfd_siginfo`.
#[derive(FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Record {
    signo: u32,
    errno: i32,
    code: i32,
    pid: u32,
    uid: u32,
    fd: i32,
    tid: u32,
    band: u32,
    overrun: u32,
    trap: u32,
    status: i32,
    value: i32,
    pointer: u64,
    user_time: u64,
    system_time: u64,
    address: u64,
    address_bits: u16,
    padding: u16,
    call: i32,
    call_address: u64,
    architecture: u32,
    rest: [u8; 28],
}

const RECORD: usize = size_of::<Record>();
const _: () = assert!(RECORD == 128, "the size that programs read by");

impl Record {
    /// Only what the signal's kind has is filled in (sigaction(2), "The siginfo_t argument").
    fn new(info: &SignalInfo) -> Self {
        let [first, second, third, fourth] = info.fields;
        let (low, high) = (first as u32, (first >> 32) as u32);
        let mut record = Self {
            signo: info.signo as u32,
            errno: info.errno,
            code: info.code,
            ..Self::new_zeroed()
        };
        match info.kind() {
            Kind::Sent => (record.pid, record.uid) = (low, high),
            Kind::Queued => {
                (record.pid, record.uid) = (low, high);
                (record.value, record.pointer) = (second as i32, second);
            }
            Kind::Timer => {
                (record.tid, record.overrun) = (low, high);
                (record.value, record.pointer) = (second as i32, second);
            }
            Kind::Poll => (record.band, record.fd) = (low, second as i32),
            Kind::Fault => record.address = first,
            Kind::Child => {
                (record.pid, record.uid) = (low, high);
                record.status = second as i32;
                (record.user_time, record.system_time) = (third, fourth);
            }
            Kind::Call => {
                record.call_address = first;
                (record.call, record.architecture) = (second as i32, (second >> 32) as u32);
            }
        }
        record
    }
}

/// An instance.
pub struct SignalFd {
    wanted: SpinLock<SignalSet>,
}

impl SignalFd {
    /// Makes an instance for a set of signals. `flags` are status flags.
    pub fn create(wanted: SignalSet, flags: u32) -> Arc<OpenFile> {
        let inode = Arc::new(AnonymousInode::new(FileType::Anonymous, 0o600, 0, 0));
        let object = Arc::new(Self {
            wanted: SpinLock::new(wanted.difference(SignalSet::UNBLOCKABLE)),
        });
        let location = anonymous_location(inode, b"anon_inode:[signalfd]");
        OpenFile::new(location, Some(object), FileAccess::READ_WRITE, flags)
    }

    /// Changes the set.
    pub fn set(&self, wanted: SignalSet) {
        *self.wanted.lock() = wanted.difference(SignalSet::UNBLOCKABLE);
        SENT.notify();
    }
}

impl FileObject for SignalFd {
    fn seeking(&self) -> Seeking {
        Seeking::Pretended
    }

    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if sink.remaining() < RECORD {
            return Err(Errno::EINVAL);
        }
        let thread = sched::try_current().ok_or(Errno::EAGAIN)?;
        let wanted = *self.wanted.lock();
        let before = sink.done();
        while sink.remaining() >= RECORD {
            let Some(info) = signal::take(&thread, wanted) else {
                break;
            };
            if sink.put(Record::new(&info).as_bytes()) < RECORD {
                break;
            }
        }
        match sink.done() - before {
            0 if !sink.faulted() => Err(Errno::EAGAIN),
            count => Ok(count),
        }
    }

    fn poll(&self) -> PollEvents {
        let wanted = *self.wanted.lock();
        let waiting = sched::try_current().is_some_and(|thread| {
            let others = signal::pending_of(&thread).difference(wanted);
            signal::pending_of(&thread) != others
        });
        if waiting {
            PollEvents::READABLE
        } else {
            PollEvents::empty()
        }
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&SENT)
    }
}
