//! The requests that have not ended, and the threads that serve them.
//!
//! A request may have to wait for earlier ones of its descriptor: an `aio_fsync` for the writes, and what has no place of its
//! own (pipes, sockets, files opened to append) for its predecessor in the same direction. Of the others at most
//! [`FILES_AT_A_TIME`] on files run at once; one that may block for ever has a thread to itself. A thread without
//! work stays a second. All state is behind one lock, held with signals blocked because `close` asks here as well.

use super::{AIO_ALLDONE, AIO_CANCELED, AIO_NOTCANCELED, aiocb};
use crate::errno::Errno;
use crate::malloc::{free, malloc};
use crate::platform::{self, DeadlineClock, Scope, calls::fs};
use crate::pthread::{atfork, wait};
use crate::signal::{event, sigevent};
use crate::sync::{Mutex, MutexGuard};
use crate::types::*;
use crate::unistd::io::CLOSING;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Requests on files that run at once.
const FILES_AT_A_TIME: usize = 4;
/// Threads there may be; requests beyond wait for one.
const THREADS: usize = 1024;
/// How long a thread without work stays, in seconds.
const PATIENCE: time_t = 1;
/// Bytes of stack of a thread that makes one call at a time.
const STACK: usize = 64 << 10;

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// `read` or `pread`.
    Read,
    /// `write` or `pwrite`.
    Write,
    /// `fsync`.
    Sync,
    /// `fdatasync`.
    DataSync,
}

/// A list of `lio_listio` that somebody waits for or wants to be told of.
pub struct Batch {
    /// Requests that have not ended, and 1 while more may come.
    left: AtomicUsize,
    event: Option<sigevent>,
}

impl Batch {
    /// A list with the caller's share; `EAGAIN` without memory.
    pub fn new(event: Option<&sigevent>) -> Result<*mut Batch, Errno> {
        // SAFETY: the block is large enough and aligned for any type.
        unsafe {
            let batch = malloc(size_of::<Batch>()).cast::<Batch>();
            if batch.is_null() {
                return Err(Errno::EAGAIN);
            }
            batch.write(Batch {
                left: AtomicUsize::new(1),
                event: event.copied(),
            });
            Ok(batch)
        }
    }

    /// Whether all requests have ended, asked by who has the other share.
    pub fn is_done(&self) -> bool {
        self.left.load(Ordering::Acquire) == 1
    }

    /// Gives one share back; the last one tells the program.
    ///
    /// # Safety
    /// `batch` is null, or the caller has a share.
    pub unsafe fn leave(batch: *mut Batch) {
        // SAFETY: the share keeps the block alive.
        unsafe {
            if !batch.is_null() && (*batch).left.fetch_sub(1, Ordering::AcqRel) == 1 {
                if let Some(event) = &(*batch).event {
                    event::notify(event, event::SI_ASYNCIO);
                }
                free(batch.cast());
            }
        }
    }
}

/// A request, in the queue from submission to its end.
pub struct Request {
    next: *mut Request,
    control: *mut aiocb,
    work: Work,
    fd: c_int,
    buffer: *mut c_void,
    length: usize,
    offset: off_t,
    /// It has a place in a file, and ends soon.
    placed: bool,
    /// Earlier requests that have to end first.
    blockers: usize,
    running: bool,
    event: sigevent,
    batch: *mut Batch,
}

impl Request {
    /// A request as the control block says.
    pub fn new(control: *mut aiocb, block: &aiocb, work: Work, batch: *mut Batch) -> Self {
        Self {
            next: null_mut(),
            control,
            work,
            fd: block.aio_fildes,
            buffer: block.aio_buf,
            length: block.aio_nbytes,
            offset: block.aio_offset,
            placed: true,
            blockers: 0,
            running: false,
            event: block.aio_sigevent,
            batch,
        }
    }

    /// Says whether the file has places and whether the request goes to its end.
    pub fn with_order(mut self, seekable: bool, append: bool) -> Self {
        self.placed = seekable && !append;
        self
    }

    fn is_sync(&self) -> bool {
        matches!(self.work, Work::Sync | Work::DataSync)
    }

    /// Whether this one must wait for `earlier`.
    fn waits_for(&self, earlier: &Request) -> bool {
        self.fd == earlier.fd
            && if self.is_sync() {
                earlier.work == Work::Write
            } else {
                !self.placed && !earlier.placed && self.work == earlier.work
            }
    }

    fn perform(&self) -> Result<usize, Errno> {
        // SAFETY: the program keeps the buffer until the request has ended.
        unsafe {
            match (self.work, self.placed) {
                (Work::Read, true) => fs::pread64(self.fd, self.buffer, self.length, self.offset),
                (Work::Read, false) => fs::read(self.fd, self.buffer, self.length),
                (Work::Write, true) => fs::pwrite64(self.fd, self.buffer, self.length, self.offset),
                (Work::Write, false) => fs::write(self.fd, self.buffer, self.length),
                (Work::Sync, _) => fs::fsync(self.fd).map(|_| 0),
                (Work::DataSync, _) => fs::fdatasync(self.fd).map(|_| 0),
            }
        }
        .map(|count| count as usize)
    }
}

struct State {
    first: *mut Request,
    /// Threads, and those of them that are about to look for work.
    threads: usize,
    idle: usize,
    /// Requests on files that run.
    files: usize,
    /// Whether `fork` and `close` know of the queue.
    registered: bool,
}

// SAFETY: requests are reached under the lock, or by the thread that serves them.
unsafe impl Send for State {}

static STATE: Mutex<State> = Mutex::new(State {
    first: null_mut(),
    threads: 0,
    idle: 0,
    files: 0,
    registered: false,
});

/// Counts requests that have ended; who waits for one sleeps here.
pub static ENDED: AtomicU32 = AtomicU32::new(0);
/// Changes when there is work; threads without work sleep here.
static CALLS: AtomicU32 = AtomicU32::new(0);
/// Requests in the queue, for a quick look without the lock.
static LENGTH: AtomicUsize = AtomicUsize::new(0);

/// The lock, with signals blocked so that no handler of this thread can ask for it.
struct Held {
    state: Option<MutexGuard<'static, State>>,
    mask: platform::KernelMask,
}

impl Held {
    fn take() -> Self {
        let mask = platform::block_all_signals();
        Self {
            state: Some(STATE.lock()),
            mask,
        }
    }

    fn state(&mut self) -> &mut State {
        match &mut self.state {
            Some(state) => state,
            None => unreachable!(),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.state = None;
        platform::restore_signals(self.mask);
    }
}

impl State {
    /// All requests, oldest first.
    fn requests(&self) -> impl Iterator<Item = *mut Request> + use<> {
        let mut at = self.first;
        core::iter::from_fn(move || {
            let this = at;
            // SAFETY: in the queue, which is locked; read before the caller may take it out.
            at = unsafe { this.as_ref()? }.next;
            Some(this)
        })
    }

    fn append(&mut self, request: *mut Request) {
        // SAFETY: all are in the queue, or about to be.
        unsafe {
            let mut link = &raw mut self.first;
            while !(*link).is_null() {
                if (*request).waits_for(&**link) {
                    (*request).blockers += 1;
                }
                link = &raw mut (**link).next;
            }
            *link = request;
        }
        LENGTH.fetch_add(1, Ordering::SeqCst);
    }

    /// Takes a request out and lets those go on that waited for it.
    fn remove(&mut self, request: *mut Request) {
        // SAFETY: all are in the queue.
        unsafe {
            let mut link = &raw mut self.first;
            while *link != request {
                link = &raw mut (**link).next;
            }
            *link = (*request).next;
            let mut later = (*request).next;
            while !later.is_null() {
                if (*later).waits_for(&*request) {
                    (*later).blockers -= 1;
                }
                later = (*later).next;
            }
        }
        LENGTH.fetch_sub(1, Ordering::SeqCst);
    }

    /// The requests that could run now, oldest first.
    fn runnable(&self) -> impl Iterator<Item = *mut Request> + use<> {
        let mut files = self.files;
        self.requests().filter(move |&request| {
            // SAFETY: in the queue.
            let request = unsafe { &*request };
            if request.running || request.blockers != 0 {
                return false;
            }
            if request.placed {
                files += 1;
                return files <= FILES_AT_A_TIME;
            }
            true
        })
    }

    /// Sees to it that there is a thread for each request that could run; `EAGAIN` if there is none at all for one.
    fn provide(&mut self) -> Result<(), Errno> {
        let wanted = self.runnable().take(THREADS).count();
        let mut outcome = Ok(());
        while self.idle < wanted && self.threads < THREADS {
            if let Err(errno) = event::start_thread(serve, null_mut(), STACK) {
                outcome = Err(errno);
                break;
            }
            self.threads += 1;
            self.idle += 1;
        }
        CALLS.fetch_add(1, Ordering::Release);
        platform::futex_wake(&raw const CALLS, wanted as c_int, Scope::Private);
        outcome
    }

    /// Tells `fork` and `close` of the queue, once.
    fn register(&mut self) -> Result<(), Errno> {
        if !self.registered {
            if atfork::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child)) != 0 {
                return Err(Errno::EAGAIN);
            }
            CLOSING.store(closing as *mut (), Ordering::Release);
            self.registered = true;
        }
        Ok(())
    }
}

/// Queues a request; `EAGAIN` without memory or threads.
pub fn add(request: Request) -> Result<(), Errno> {
    let node = malloc(size_of::<Request>()).cast::<Request>();
    if node.is_null() {
        return Err(Errno::EAGAIN);
    }
    let batch = request.batch;
    // SAFETY: a block of this size, aligned for any type.
    unsafe { node.write(request) };
    let mut held = Held::take();
    let state = held.state();
    let queued = state.register().and_then(|()| {
        state.append(node);
        let provided = state.provide();
        if provided.is_err() && state.threads == 0 {
            state.remove(node);
            return Err(Errno::EAGAIN);
        }
        Ok(())
    });
    if queued.is_ok()
        // SAFETY: the submitter has a share of its own.
        && let Some(batch) = unsafe { batch.as_ref() }
    {
        // Under the lock: the request cannot have ended yet.
        batch.left.fetch_add(1, Ordering::Relaxed);
    }
    drop(held);
    if queued.is_err() {
        // SAFETY: nobody else knows of it.
        unsafe { free(node.cast()) };
    }
    queued
}

/// Tells the program of a request that was taken out of the queue, and frees it.
///
/// # Safety
/// The request is the caller's alone.
unsafe fn tell(request: *mut Request) {
    // SAFETY: the caller's promise.
    unsafe {
        // First, so that who sleeps in `aio_suspend` has had the signal when it returns.
        event::notify(&(*request).event, event::SI_ASYNCIO);
        Batch::leave((*request).batch);
        ENDED.fetch_add(1, Ordering::SeqCst);
        platform::futex_wake(&raw const ENDED, c_int::MAX, Scope::Private);
        free(request.cast());
    }
}

/// A thread's life: serves requests until there have been none for a while.
unsafe extern "C" fn serve(_: *mut c_void) -> *mut c_void {
    let mut state = STATE.lock();
    state.idle -= 1;
    loop {
        let next = state.runnable().next();
        if let Some(request) = next {
            // SAFETY: in the queue; nobody takes it out while it runs.
            unsafe {
                (*request).running = true;
                state.files += usize::from((*request).placed);
                drop(state);
                let outcome = (*request).perform();
                state = STATE.lock();
                state.files -= usize::from((*request).placed);
                state.remove(request);
                (*(*request).control).finish(outcome);
                // This thread goes on; others are needed if more than one request can run now.
                state.idle += 1;
                // Without another thread this one serves them all.
                let _ = state.provide();
                drop(state);
                tell(request);
                state = STATE.lock();
                state.idle -= 1;
            }
            continue;
        }
        state.idle += 1;
        let seen = CALLS.load(Ordering::Relaxed);
        drop(state);
        let slept = rest(seen);
        state = STATE.lock();
        state.idle -= 1;
        if slept == Err(Errno::ETIMEDOUT) && state.runnable().next().is_none() {
            state.threads -= 1;
            return null_mut();
        }
    }
}

/// Sleeps until there is work, or [`PATIENCE`] is over.
fn rest(seen: u32) -> Result<(), Errno> {
    const CLOCK_MONOTONIC: clockid_t = 1;
    let mut until = platform::clock_gettime(CLOCK_MONOTONIC)?;
    until.tv_sec += PATIENCE;
    let deadline = Some((DeadlineClock::Monotonic, &until));
    wait::sleep(&CALLS, seen, deadline, Scope::Private)
}

/// Cancels the requests of a descriptor, or one of them; the answer of `aio_cancel`.
pub fn cancel(fd: c_int, control: *mut aiocb) -> c_int {
    let mut cancelled: *mut Request = null_mut();
    let mut answer = AIO_ALLDONE;
    let mut held = Held::take();
    let state = held.state();
    for request in state.requests() {
        // SAFETY: in the queue; it is taken out before the next one is looked at.
        unsafe {
            if (*request).fd != fd || !(control.is_null() || (*request).control == control) {
                continue;
            }
            if (*request).running {
                answer = AIO_NOTCANCELED;
                continue;
            }
            if answer == AIO_ALLDONE {
                answer = AIO_CANCELED;
            }
            state.remove(request);
            (*(*request).control).finish(Err(Errno::ECANCELED));
            (*request).next = cancelled;
            cancelled = request;
        }
    }
    // What waited for one of them can run; there is a thread already if there is any request left.
    let _ = state.provide();
    drop(held);
    while !cancelled.is_null() {
        // SAFETY: taken out above.
        unsafe {
            let next = (*cancelled).next;
            tell(cancelled);
            cancelled = next;
        }
    }
    answer
}

/// Before a descriptor is closed: what is queued on a file is done as if `close` came later (POSIX `close`), so it is waited for;
/// what could block for ever and has not begun is cancelled.
extern "C" fn closing(fd: c_int) {
    if LENGTH.load(Ordering::SeqCst) == 0 {
        return;
    }
    loop {
        let seen = ENDED.load(Ordering::SeqCst);
        let mut held = Held::take();
        let state = held.state();
        let (mut file, mut stream) = (false, null_mut::<aiocb>());
        for request in state.requests() {
            // SAFETY: in the queue.
            let found = unsafe { &*request };
            if found.fd == fd && found.placed {
                file = true;
            } else if found.fd == fd && !found.running && stream.is_null() {
                stream = found.control;
            }
        }
        drop(held);
        if !stream.is_null() {
            cancel(fd, stream);
        } else if file {
            // Whatever ends the wait, the loop looks again.
            let _ = platform::futex_wait(&ENDED, seen, None, Scope::Private);
        } else {
            return;
        }
    }
}

unsafe extern "C" fn before_fork() {
    STATE.raw().lock();
}

unsafe extern "C" fn in_parent() {
    STATE.raw().unlock();
}

/// The child has neither the threads nor the requests.
unsafe extern "C" fn in_child() {
    STATE.raw().unlock();
    let mut state = STATE.lock();
    state.threads = 0;
    state.idle = 0;
    state.files = 0;
    let mut request = core::mem::replace(&mut state.first, null_mut());
    LENGTH.store(0, Ordering::Relaxed);
    while !request.is_null() {
        // SAFETY: the child's own copy, which nobody else knows any more. A list that waits for it is never told.
        unsafe {
            let next = (*request).next;
            free(request.cast());
            request = next;
        }
    }
}
