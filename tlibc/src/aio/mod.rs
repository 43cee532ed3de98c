//! `aio.h`: input and output that goes on while the caller does other things (POSIX.1-2024, 2.8.2).
//!
//! The kernel has no such calls for files; threads of the library make ordinary ones (`queue`). What becomes of a request
//! stands in the program's own control block, so that `aio_error`, `aio_return` and `aio_suspend` take no lock and may be
//! called from signal handlers. How the program is told of an end is `signal::event`.
#![allow(non_camel_case_types)]

mod queue;

use crate::errno::{CResult, Errno};
use crate::fcntl::{F_GETFD, F_GETFL, O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY};
use crate::platform::{self, DeadlineClock, Scope, calls::fs};
use crate::pthread::cancel;
use crate::signal::{event, sigevent};
use crate::types::*;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicIsize, Ordering};
use queue::{Batch, Request, Work};

/// `aio_cancel`: all requests that were under way are cancelled.
pub const AIO_CANCELED: c_int = 0;
/// `aio_cancel`: some have begun and go on.
pub const AIO_NOTCANCELED: c_int = 1;
/// `aio_cancel`: all had ended.
pub const AIO_ALLDONE: c_int = 2;
/// `aio_lio_opcode`: read.
pub const LIO_READ: c_int = 0;
/// `aio_lio_opcode`: write.
pub const LIO_WRITE: c_int = 1;
/// `aio_lio_opcode`: nothing.
pub const LIO_NOP: c_int = 2;
/// `lio_listio`: return when all requests have ended.
pub const LIO_WAIT: c_int = 0;
/// `lio_listio`: return at once.
pub const LIO_NOWAIT: c_int = 1;
/// By how much a request may be less urgent than its process.
const AIO_PRIO_DELTA_MAX: c_int = 20;

const O_DSYNC: c_int = 0o10000;
const O_SYNC: c_int = 0o4010000;

/// What `aiocb::known` holds from submission to `aio_return`.
const KNOWN: c_int = 0x0a10_cb01;

/// A request's control block.
#[repr(C)]
pub struct aiocb {
    /// The descriptor.
    pub aio_fildes: c_int,
    /// For `lio_listio`: `LIO_*`.
    pub aio_lio_opcode: c_int,
    /// By how much it is less urgent, 0 to 20. Checked; all requests are served alike.
    pub aio_reqprio: c_int,
    /// Where the bytes are or go.
    pub aio_buf: *mut c_void,
    /// How many.
    pub aio_nbytes: size_t,
    /// How to tell the program that the request has ended.
    pub aio_sigevent: sigevent,
    unused: *mut c_void,
    unused_too: c_int,
    /// [`KNOWN`] while `aio_error` and `aio_return` may be asked.
    known: AtomicI32,
    /// `EINPROGRESS`, then 0 or the error.
    error: AtomicI32,
    /// The result, once it is known.
    result: AtomicIsize,
    /// Where in the file.
    pub aio_offset: off_t,
    reserved: [c_char; 32],
}
check_layout!(
    aiocb = libc::aiocb {
        aio_fildes,
        aio_lio_opcode,
        aio_reqprio,
        aio_buf,
        aio_nbytes,
        aio_sigevent,
        aio_offset
    }
);

impl aiocb {
    fn begin(&self) {
        self.known.store(KNOWN, Ordering::Relaxed);
        self.error.store(Errno::EINPROGRESS.0, Ordering::Release);
    }

    /// Makes the outcome known; the program may reuse the block from here on.
    fn finish(&self, outcome: Result<usize, Errno>) {
        let result = outcome.map_or(-1, |count| count as isize);
        self.result.store(result, Ordering::Relaxed);
        self.error
            .store(outcome.err().map_or(0, |errno| errno.0), Ordering::Release);
    }

    fn is_under_way(&self) -> bool {
        self.known.load(Ordering::Relaxed) == KNOWN
            && self.error.load(Ordering::Acquire) == Errno::EINPROGRESS.0
    }
}

/// The descriptor's status flags, or `EBADF`.
fn status_flags(fd: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory is involved.
    unsafe { fs::fcntl(fd, F_GETFL, 0) }
}

/// Checks a request and puts it into the queue.
///
/// # Errors
/// `EBADF`; `EINVAL` for a priority, an offset, a size or a notification that cannot be; `EAGAIN` without memory or threads.
///
/// # Safety
/// `control` points to a block that stays, with its buffer, until the request has ended.
unsafe fn submit(control: *mut aiocb, work: Work, batch: *mut Batch) -> Result<(), Errno> {
    const SEEK_CUR: c_int = 1;
    // SAFETY: the caller's promise.
    let block = unsafe { &*control };
    let outcome = (|| {
        let flags = status_flags(block.aio_fildes)?;
        let refused = match work {
            Work::Read => O_WRONLY,
            Work::Write | Work::Sync | Work::DataSync => O_RDONLY,
        };
        if flags & O_ACCMODE == refused {
            return Err(Errno::EBADF);
        }
        event::check(&block.aio_sigevent)?;
        let (mut seekable, mut append) = (true, false);
        if matches!(work, Work::Read | Work::Write) {
            // SAFETY: no memory is involved.
            let place = unsafe { fs::lseek(block.aio_fildes, 0, SEEK_CUR) };
            seekable = place != Err(Errno::ESPIPE);
            append = work == Work::Write && flags & O_APPEND != 0;
            if !(0..=AIO_PRIO_DELTA_MAX).contains(&block.aio_reqprio)
                || block.aio_nbytes > isize::MAX as usize
                || (seekable && !append && block.aio_offset < 0)
            {
                return Err(Errno::EINVAL);
            }
        }
        let request = Request::new(control, block, work, batch);
        block.begin();
        queue::add(request.with_order(seekable, append))
    })();
    if let Err(errno) = outcome {
        block.known.store(KNOWN, Ordering::Relaxed);
        block.finish(Err(errno));
    }
    outcome
}

/// Starts to read. POSIX `aio_read`: 0, or −1 with `EAGAIN`, `EBADF` or `EINVAL`.
///
/// # Safety
/// `control` points to a block that stays, with its buffer, until the request has ended.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_read(control: *mut aiocb) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { submit(control, Work::Read, null_mut()) }.or_minus_one()
}

/// Starts to write; with `O_APPEND` at the file's end, in the order of the calls. POSIX `aio_write`: 0, or −1 with
/// `EAGAIN`, `EBADF` or `EINVAL`.
///
/// # Safety
/// As for [`aio_read`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_write(control: *mut aiocb) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { submit(control, Work::Write, null_mut()) }.or_minus_one()
}

/// Starts to bring the file's data to its device (`O_DSYNC`), or its state as well (`O_SYNC`), once the writes queued before
/// have ended. POSIX `aio_fsync`: 0, or −1 with `EAGAIN`, `EBADF` or `EINVAL`.
///
/// # Safety
/// As for [`aio_read`]; there is no buffer.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_fsync(how: c_int, control: *mut aiocb) -> c_int {
    let work = match how {
        O_SYNC => Ok(Work::Sync),
        O_DSYNC => Ok(Work::DataSync),
        _ => Err(Errno::EINVAL),
    };
    // SAFETY: the caller's promise.
    work.and_then(|work| unsafe { submit(control, work, null_mut()) })
        .or_minus_one()
}

/// What became of a request: 0, its error, or `EINPROGRESS`. POSIX `aio_error`: −1 with `EINVAL` for a block that stands for
/// no request, or whose result was taken.
///
/// # Safety
/// `control` points to a control block.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_error(control: *const aiocb) -> c_int {
    // SAFETY: the caller's promise.
    let block = unsafe { &*control };
    let error = if block.known.load(Ordering::Relaxed) == KNOWN {
        Ok(block.error.load(Ordering::Acquire))
    } else {
        Err(Errno::EINVAL)
    };
    error.or_minus_one()
}

/// The result of a request that has ended, once. POSIX `aio_return`: −1 with `EINVAL` for a block that stands for no such
/// request; what the kernel's call returned otherwise.
///
/// # Safety
/// `control` points to a control block.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_return(control: *mut aiocb) -> ssize_t {
    // SAFETY: the caller's promise.
    let block = unsafe { &*control };
    if block.is_under_way()
        || block
            .known
            .compare_exchange(KNOWN, 0, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
    {
        return Err::<ssize_t, _>(Errno::EINVAL).or_minus_one();
    }
    block.result.load(Ordering::Relaxed)
}

/// Whether all of the blocks (null ones do not count) are under way.
///
/// # Safety
/// `list` has `count` elements, null or pointers to blocks.
unsafe fn all_under_way(list: *const *const aiocb, count: usize) -> bool {
    (0..count).all(|at| {
        // SAFETY: the caller's promise.
        unsafe { (*list.add(at)).as_ref() }.is_none_or(aiocb::is_under_way)
    })
}

/// Waits until one of the requests has ended. POSIX `aio_suspend`: 0, or −1 with `EAGAIN` (the time is over), `EINTR` or
/// `EINVAL`. A cancellation point.
///
/// # Safety
/// `list` has `count` elements, null or pointers to control blocks; `timeout` is null or readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_suspend(
    list: *const *const aiocb,
    count: c_int,
    timeout: *const timespec,
) -> c_int {
    let wait = || {
        let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the caller's promise.
        let until = match unsafe { timeout.as_ref() } {
            Some(time) => Some(after(time)?),
            None => None,
        };
        let deadline = until.as_ref().map(|at| (DeadlineClock::Monotonic, at));
        cancel::pthread_testcancel();
        loop {
            let seen = queue::ENDED.load(Ordering::SeqCst);
            // SAFETY: the caller's promise.
            if !unsafe { all_under_way(list, count) } {
                return Ok(());
            }
            match cancel::sleep_or_interrupted(&queue::ENDED, seen, deadline, Scope::Private) {
                Ok(()) | Err(Errno::EAGAIN) => {}
                Err(Errno::ECANCELED) => cancel::exit_cancelled(),
                Err(Errno::ETIMEDOUT) => return Err(Errno::EAGAIN),
                Err(errno) => return Err(errno),
            }
        }
    };
    wait().or_minus_one()
}

/// The time on `CLOCK_MONOTONIC` when `time` from now is over. `EINVAL` for a malformed one.
fn after(time: &timespec) -> Result<timespec, Errno> {
    const CLOCK_MONOTONIC: clockid_t = 1;
    const SECOND: c_long = 1_000_000_000;
    if time.tv_sec < 0 || !(0..SECOND).contains(&time.tv_nsec) {
        return Err(Errno::EINVAL);
    }
    let mut at = platform::clock_gettime(CLOCK_MONOTONIC)?;
    at.tv_sec = at.tv_sec.saturating_add(time.tv_sec);
    at.tv_nsec += time.tv_nsec;
    if at.tv_nsec >= SECOND {
        at.tv_nsec -= SECOND;
        at.tv_sec = at.tv_sec.saturating_add(1);
    }
    Ok(at)
}

/// Cancels a request, or with null all requests of the descriptor, where they have not begun. POSIX `aio_cancel`: one of
/// `AIO_*`, or −1 with `EBADF` or `EINVAL` (the block is another descriptor's).
///
/// # Safety
/// `control` is null or points to a control block.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn aio_cancel(fd: c_int, control: *mut aiocb) -> c_int {
    let cancel = || {
        // SAFETY: no memory is involved.
        unsafe { fs::fcntl(fd, F_GETFD, 0) }?;
        // SAFETY: the caller's promise.
        if unsafe { control.as_ref() }.is_some_and(|block| block.aio_fildes != fd) {
            return Err(Errno::EINVAL);
        }
        Ok(queue::cancel(fd, control))
    };
    cancel().or_minus_one()
}

/// Starts a list of requests, and waits for them (`LIO_WAIT`) or has `event` told when the last one ends (`LIO_NOWAIT`). POSIX
/// `lio_listio`: 0, or −1 with `EAGAIN` (not all could be queued), `EINVAL`, `EIO` (one failed) or `EINTR`.
///
/// # Safety
/// `list` has `count` elements, each null or good for [`aio_read`]; `event` is null or readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lio_listio(
    mode: c_int,
    list: *const *mut aiocb,
    count: c_int,
    event: *mut sigevent,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { start_list(mode, list, count, event) }.or_minus_one()
}

unsafe fn start_list(
    mode: c_int,
    list: *const *mut aiocb,
    count: c_int,
    event: *mut sigevent,
) -> Result<(), Errno> {
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    let batch = match mode {
        LIO_WAIT => Batch::new(None)?,
        // SAFETY: the caller's promise.
        LIO_NOWAIT => match unsafe { event.as_ref() } {
            Some(event) => {
                event::check(event)?;
                Batch::new(Some(event))?
            }
            None => null_mut(),
        },
        _ => return Err(Errno::EINVAL),
    };
    let mut failure = None;
    for at in 0..count {
        // SAFETY: the caller's promise.
        unsafe {
            let control = *list.add(at);
            if control.is_null() || (*control).aio_lio_opcode == LIO_NOP {
                continue;
            }
            let outcome = match (*control).aio_lio_opcode {
                LIO_READ => submit(control, Work::Read, batch),
                LIO_WRITE => submit(control, Work::Write, batch),
                _ => {
                    (*control).begin();
                    (*control).finish(Err(Errno::EINVAL));
                    Err(Errno::EINVAL)
                }
            };
            match outcome {
                Ok(()) => {}
                Err(Errno::EAGAIN) => failure = Some(Errno::EAGAIN),
                Err(_) => failure = failure.or(Some(Errno::EIO)),
            }
        }
    }
    if mode == LIO_WAIT {
        // SAFETY: made above, and kept by this call's share.
        let waited = wait_for(unsafe { &*batch });
        // SAFETY: the caller's promise.
        if waited.is_ok() && unsafe { has_failed(list, count) } {
            failure = failure.or(Some(Errno::EIO));
        }
        failure = waited.err().or(failure);
    }
    // SAFETY: made above; this call's own share ends here.
    unsafe { Batch::leave(batch) };
    failure.map_or(Ok(()), Err)
}

/// Waits until all requests of a list have ended and been told of.
fn wait_for(batch: &Batch) -> Result<(), Errno> {
    loop {
        let seen = queue::ENDED.load(Ordering::SeqCst);
        if batch.is_done() {
            return Ok(());
        }
        match cancel::sleep_or_interrupted(&queue::ENDED, seen, None, Scope::Private) {
            Ok(()) | Err(Errno::EAGAIN) => {}
            Err(Errno::ECANCELED) => cancel::exit_cancelled(),
            Err(errno) => return Err(errno),
        }
    }
}

/// Whether a request of the list, all of which have ended, failed.
unsafe fn has_failed(list: *const *mut aiocb, count: usize) -> bool {
    (0..count).any(|at| {
        // SAFETY: the caller's promise.
        let block = unsafe { (*list.add(at)).as_ref() };
        block.is_some_and(|block| {
            block.aio_lio_opcode != LIO_NOP && block.error.load(Ordering::Relaxed) != 0
        })
    })
}

alias!(aio_read64 = aio_read);
alias!(aio_write64 = aio_write);
alias!(aio_fsync64 = aio_fsync);
alias!(aio_error64 = aio_error);
alias!(aio_return64 = aio_return);
alias!(aio_suspend64 = aio_suspend);
alias!(aio_cancel64 = aio_cancel);
alias!(lio_listio64 = lio_listio);
