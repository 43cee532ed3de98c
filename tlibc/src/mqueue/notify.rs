//! `mq_notify` with `SIGEV_THREAD`.
//!
//! The kernel sends signals only (its own way for threads takes a netlink socket, which not every kernel has). So it is
//! asked for the library's signal, [`SIGNAL`], with the number of a [`Slot`] as its value: the handler, on whatever thread it
//! runs, marks the slot and wakes the thread that waits for it, and that one starts the program's function. The signal is
//! cancellation's; its handler tells the two apart by `si_code`. A value that names no waiting slot is ignored: other processes
//! of the user can send anything.
//!
//! mq_notify(2) names no thread, and cancellation needs the signal unblocked in all: what handlers always interrupt (`nanosleep`,
//! `poll`) may return `EINTR` on any thread when the message comes.

use crate::errno::Errno;
use crate::platform::{self, Scope, calls::ipc};
use crate::pthread::cancel;
use crate::signal::{SIGCANCEL, event, sigevent, siginfo_t, sigval};
use crate::sync::Mutex;
use crate::types::*;
use core::cell::UnsafeCell;
use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicU32, Ordering};

/// What the kernel sends.
const SIGNAL: c_int = SIGCANCEL;
/// `si_code`: a message has come to an empty queue.
const SI_MESGQ: c_int = -3;
/// Requests that a process can have at once: as many as there can be queues.
const SLOTS: usize = 256;
/// Bytes of stack of a thread that waits.
const STACK: usize = 64 << 10;

/// Which queue a descriptor is of: device and inode. Closing any descriptor of a queue takes the request back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Queue(u64, u64);

impl Queue {
    /// `None` for what is no descriptor.
    pub fn of(descriptor: c_int) -> Option<Queue> {
        let (device, inode) = platform::file_identity(descriptor).ok()?;
        Some(Queue(device, inode))
    }
}

/// Nobody's.
const FREE: u32 = 0;
/// Its thread waits. The state of a slot in use is one of these with the slot's generation above.
const WAITING: u32 = 1;
/// The message has come.
const ARRIVED: u32 = 2;
/// The request was taken back.
const WITHDRAWN: u32 = 3;
/// The bits of the state that are not its generation.
const KIND: u32 = 3;

/// A request.
struct Slot {
    state: AtomicU32,
    request: UnsafeCell<Option<Request>>,
}

#[derive(Clone, Copy)]
struct Request {
    queue: Queue,
    event: sigevent,
    /// The process that made it: threads are not inherited.
    process: pid_t,
}

// SAFETY: a request is written under `LOCK` while its slot is free, and read by the slot's one thread and under `LOCK` until it
// is free again.
unsafe impl Sync for Slot {}

static TABLE: [Slot; SLOTS] = [const {
    Slot {
        state: AtomicU32::new(FREE),
        request: UnsafeCell::new(None),
    }
}; SLOTS];
static LOCK: Mutex<()> = Mutex::new(());

impl Slot {
    /// The request, if the slot is in use by this process.
    fn current(&self) -> Option<Request> {
        if self.state.load(Ordering::Acquire) & KIND == FREE {
            return None;
        }
        // SAFETY: in use: nobody writes it.
        unsafe { *self.request.get() }.filter(|request| request.process == platform::getpid())
    }

    /// Ends the wait for the reason given; nothing if it has ended, or if it is not the wait of that generation.
    fn end(&self, waiting: u32, kind: u32) {
        let ended = self.state.compare_exchange(
            waiting,
            (waiting & !KIND) | kind,
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        if ended.is_ok() {
            platform::futex_wake(&raw const self.state, 1, Scope::Private);
        }
    }

    /// Gives the slot back, with a generation that no signal under way names.
    fn release(&self) {
        let generation = self.state.load(Ordering::Relaxed) & !KIND;
        self.state
            .store(generation.wrapping_add(KIND + 1) | FREE, Ordering::Release);
    }
}

/// The kernel's notice, from the signal handler: whether the signal was one.
pub fn deliver(info: &siginfo_t) -> bool {
    if info.si_code != SI_MESGQ {
        return false;
    }
    // Behind the sender's numbers.
    let value = info.__fields[1];
    if let Some(slot) = TABLE.get((value >> 32) as usize) {
        let waiting = value as u32;
        if waiting & KIND == WAITING {
            slot.end(waiting, ARRIVED);
        }
    }
    true
}

/// The life of a thread that waits for one message.
unsafe extern "C" fn wait(place: *mut c_void) -> *mut c_void {
    // SAFETY: a slot of the table, this thread's until it is released.
    let slot = unsafe { &*place.cast::<Slot>() };
    loop {
        let state = slot.state.load(Ordering::Acquire);
        match state & KIND {
            WAITING => {
                // Whatever ends the wait, the loop looks again.
                let _ = platform::futex_wait(&slot.state, state, None, Scope::Private);
            }
            kind => {
                let request = slot.current();
                slot.release();
                if let Some(request) = request.filter(|_| kind == ARRIVED) {
                    event::notify(&request.event, SI_MESGQ);
                }
                return null_mut();
            }
        }
    }
}

/// Asks for a thread.
///
/// # Errors
/// `EINVAL` without a function, `EAGAIN` without a thread, and those of mq_notify(2).
///
/// # Safety
/// The event's attributes are null or valid until it has come.
pub unsafe fn register(queue: c_int, event: &sigevent) -> Result<c_int, Errno> {
    event::check(event)?;
    let identity = Queue::of(queue).ok_or(Errno::EBADF)?;
    cancel::install_handler();
    let _lock = LOCK.lock();
    let process = platform::getpid();
    let (index, slot) = TABLE
        .iter()
        .enumerate()
        .find(|(_, slot)| slot.current().is_none())
        .ok_or(Errno::EAGAIN)?;
    // SAFETY: the slot is free, or was another process's before a fork: it has no thread here.
    unsafe {
        *slot.request.get() = Some(Request {
            queue: identity,
            event: *event,
            process,
        });
    }
    let waiting = (slot.state.load(Ordering::Relaxed) & !KIND) | WAITING;
    slot.state.store(waiting, Ordering::Release);
    if let Err(errno) = event::start_thread(wait, ptr::from_ref(slot).cast_mut().cast(), STACK) {
        slot.release();
        return Err(errno);
    }
    let value = (index as u64) << 32 | u64::from(waiting);
    let mut asked = *event;
    asked.sigev_notify = event::SIGEV_SIGNAL;
    asked.sigev_signo = SIGNAL;
    asked.sigev_value = sigval {
        sival_ptr: ptr::without_provenance_mut(value as usize),
    };
    // SAFETY: the kernel reads one structure.
    let result = unsafe { ipc::mq_notify(queue, (&raw const asked).cast()) };
    if result.is_err() {
        slot.end(waiting, WITHDRAWN);
    }
    result
}

/// Before a fork: no request is half made.
pub fn fork_prepare() {
    LOCK.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    LOCK.raw().unlock();
}

/// Lets the thread of a queue go whose request the kernel has forgotten. Takes no lock: a child of fork may call it.
pub fn withdraw(queue: Queue) {
    for slot in &TABLE {
        let state = slot.state.load(Ordering::Acquire);
        if state & KIND == WAITING && slot.current().is_some_and(|request| request.queue == queue) {
            slot.end(state, WITHDRAWN);
        }
    }
}
