//! `mqueue.h`: POSIX message queues. [`notify`] has the threads of `mq_notify`.

mod notify;

use notify::Queue;
pub(crate) use notify::{deliver, fork_done, fork_prepare};

use crate::errno::{CResult, Errno};
use crate::fcntl::O_CREAT;
use crate::platform::calls::{fs, ipc};
use crate::pthread::points;
use crate::signal::{event::SIGEV_THREAD, sigevent};
use crate::types::*;
use core::ptr;

/// A queue: a descriptor.
#[allow(non_camel_case_types)]
pub type mqd_t = c_int;

/// Attributes of a queue.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct mq_attr {
    /// `O_NONBLOCK` or 0.
    pub mq_flags: c_long,
    /// Messages that fit.
    pub mq_maxmsg: c_long,
    /// Bytes that a message may have.
    pub mq_msgsize: c_long,
    /// Messages in the queue.
    pub mq_curmsgs: c_long,
    /// Unused.
    pub __pad: [c_long; 4],
}
check_layout!(
    mq_attr = libc::mq_attr {
        mq_flags,
        mq_maxmsg,
        mq_msgsize,
        mq_curmsgs
    }
);

/// The name as the kernel takes it: without the slash.
///
/// # Safety
/// `name` is a string.
unsafe fn bare(name: *const c_char) -> Result<*const c_char, Errno> {
    // SAFETY: the caller's string; a first byte that is not NUL has one after it.
    unsafe {
        if *name == b'/' as c_char {
            Ok(name.add(1))
        } else {
            Err(Errno::EINVAL)
        }
    }
}

/// Opens a queue; `mode` and `attr` count with `O_CREAT` and are variable arguments in C. POSIX `mq_open`.
///
/// # Safety
/// `name` points to a NUL-terminated string; `attr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_open(
    name: *const c_char,
    flags: c_int,
    mode: mode_t,
    attr: *const mq_attr,
) -> mqd_t {
    // A caller that makes no queue has not passed the other two: their registers hold anything.
    let (mode, attr) = if flags & O_CREAT != 0 {
        (mode, attr)
    } else {
        (0, ptr::null())
    };
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { bare(name).and_then(|name| ipc::mq_open(name, flags, mode, attr.cast())) }
        .or_minus_one()
}

/// [`mq_open`] without mode and attributes, as glibc's headers call it under `_FORTIFY_SOURCE`; ends the process if a queue is to
/// be made.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __mq_open_2(name: *const c_char, flags: c_int) -> mqd_t {
    if flags & O_CREAT != 0 {
        crate::platform::abort();
    }
    // SAFETY: the caller's string.
    unsafe { mq_open(name, flags, 0, ptr::null()) }
}

/// Removes a queue's name. POSIX `mq_unlink`: a name that no queue can have is `ENOENT`, no permission is `EACCES`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_unlink(name: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe {
        bare(name)
            .map_err(|_| Errno::ENOENT)
            .and_then(|name| ipc::mq_unlink(name))
    }
    // What the kernel says to those who may write to the directory, but do not own the queue.
    .map_err(|errno| match errno {
        Errno::EPERM => Errno::EACCES,
        other => other,
    })
    .or_minus_one()
}

/// Closes a queue. POSIX `mq_close`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_close(queue: mqd_t) -> c_int {
    let closed = Queue::of(queue);
    // SAFETY: the call takes no memory of ours.
    let result = unsafe { fs::close(queue) };
    if let (Ok(_), Some(closed)) = (result, closed) {
        // The kernel has forgotten the request with the descriptor.
        notify::withdraw(closed);
    }
    result.or_minus_one()
}

/// Sends a message of `len` bytes. POSIX `mq_send`.
///
/// # Safety
/// `message` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_send(
    queue: mqd_t,
    message: *const c_char,
    len: size_t,
    priority: c_uint,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::mq_timedsend(queue, message, len, priority, ptr::null()) }.or_minus_one()
}

/// `mq_send` with a moment to give up. POSIX `mq_timedsend`.
///
/// # Safety
/// `message` points to a NUL-terminated string; `deadline` is readable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_timedsend(
    queue: mqd_t,
    message: *const c_char,
    len: size_t,
    priority: c_uint,
    deadline: *const timespec,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::mq_timedsend(queue, message, len, priority, deadline.cast()) }.or_minus_one()
}

/// Receives the oldest message of the highest priority. POSIX `mq_receive`.
///
/// # Safety
/// `message` and `priority` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_receive(
    queue: mqd_t,
    message: *mut c_char,
    len: size_t,
    priority: *mut c_uint,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::mq_timedreceive(queue, message, len, priority, ptr::null()) }.or_minus_one()
}

/// `mq_receive` with a moment to give up. POSIX `mq_timedreceive`.
///
/// # Safety
/// `deadline` is readable; `message` and `priority` are writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_timedreceive(
    queue: mqd_t,
    message: *mut c_char,
    len: size_t,
    priority: *mut c_uint,
    deadline: *const timespec,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::mq_timedreceive(queue, message, len, priority, deadline.cast()) }
        .or_minus_one()
}

/// Reads a queue's attributes. POSIX `mq_getattr`.
///
/// # Safety
/// `attr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_getattr(queue: mqd_t, attr: *mut mq_attr) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::mq_getsetattr(queue, ptr::null(), attr.cast()) }.or_minus_one()
}

/// Sets a queue's flags. POSIX `mq_setattr`.
///
/// # Safety
/// `new` is readable; `old` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_setattr(queue: mqd_t, new: *const mq_attr, old: *mut mq_attr) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::mq_getsetattr(queue, new.cast(), old.cast()) }.or_minus_one()
}

/// Asks to be told, once, when a message comes to the empty queue: by a signal, or by a function on a thread of its own
/// (`SIGEV_THREAD`: when it comes, a call of any thread that handlers interrupt may return `EINTR`); null takes the request
/// back. POSIX `mq_notify`.
///
/// # Safety
/// `event` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mq_notify(queue: mqd_t, event: *const sigevent) -> c_int {
    // SAFETY: the caller's structure, where it is given.
    unsafe {
        match event.as_ref() {
            Some(event) if event.sigev_notify == SIGEV_THREAD => notify::register(queue, event),
            None => ipc::mq_notify(queue, ptr::null())
                .inspect(|_| Queue::of(queue).into_iter().for_each(notify::withdraw)),
            Some(event) => ipc::mq_notify(queue, ptr::from_ref(event).cast()),
        }
    }
    .or_minus_one()
}
