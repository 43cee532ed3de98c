//! `stdin`, `stdout`, `stderr`, the list of the other open streams, and what happens to them all at exit.

use super::device::DESCRIPTOR;
use super::file::{Buffering, FILE, flag};
use crate::sync::Mutex;
use core::ptr::null_mut;

static mut STDIN: FILE = FILE::new(flag::NO_WRITE, 0, Buffering::Full, &DESCRIPTOR, null_mut());
static mut STDOUT: FILE = FILE::new(flag::NO_READ, 1, Buffering::Full, &DESCRIPTOR, null_mut());
static mut STDERR: FILE = FILE::new(
    flag::NO_READ | flag::BUFFERING_KNOWN,
    2,
    Buffering::None,
    &DESCRIPTOR,
    null_mut(),
);

/// C's `stdin`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut stdin: *mut FILE = &raw mut STDIN;
/// C's `stdout`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut stdout: *mut FILE = &raw mut STDOUT;
/// C's `stderr`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut stderr: *mut FILE = &raw mut STDERR;

/// The stream that `stdin` names now.
pub fn standard_input() -> *mut FILE {
    // SAFETY: C programs that assign `stdin` do so without other threads at work.
    unsafe { stdin }
}

/// The stream that `stdout` names now.
pub fn standard_output() -> *mut FILE {
    // SAFETY: as above.
    unsafe { stdout }
}

/// The stream that `stderr` names now.
pub fn standard_error() -> *mut FILE {
    // SAFETY: as above.
    unsafe { stderr }
}

/// The streams opened by the program, newest first.
struct Open {
    first: *mut FILE,
}

// SAFETY: the list is only touched under its lock.
unsafe impl Send for Open {}

static OPEN: Mutex<Open> = Mutex::new(Open { first: null_mut() });

/// Puts a new stream into the list.
///
/// # Safety
/// `file` is a live stream outside the list, and stays until [`unlist`].
pub unsafe fn enlist(file: *mut FILE) {
    let mut open = OPEN.lock();
    // SAFETY: the links belong to whoever holds the list's lock.
    unsafe {
        (*file).previous = null_mut();
        (*file).next = open.first;
        if !open.first.is_null() {
            (*open.first).previous = file;
        }
    }
    open.first = file;
}

/// Takes a stream out of the list.
///
/// # Safety
/// `file` is in the list.
pub unsafe fn unlist(file: *mut FILE) {
    let mut open = OPEN.lock();
    // SAFETY: as above.
    unsafe {
        let (previous, next) = ((*file).previous, (*file).next);
        if previous.is_null() {
            open.first = next;
        } else {
            (*previous).next = next;
        }
        if !next.is_null() {
            (*next).previous = previous;
        }
    }
}

/// Calls `visit` with each open stream, the standard ones first.
///
/// `visit` runs under the list's lock: it must not open or close streams.
pub fn for_each(mut visit: impl FnMut(*mut FILE)) {
    visit(&raw mut STDIN);
    visit(&raw mut STDOUT);
    visit(&raw mut STDERR);
    let open = OPEN.lock();
    let mut file = open.first;
    while !file.is_null() {
        visit(file);
        // SAFETY: members stay alive while the list is locked.
        file = unsafe { (*file).next };
    }
}

/// Before a fork: nobody is changing the list. The streams themselves are not waited for, since a thread may
/// hold one for as long as it reads.
pub fn fork_prepare() {
    OPEN.raw().lock();
}

/// After a fork in the parent.
pub fn fork_parent() {
    OPEN.raw().unlock();
}

/// After a fork in the child, where no other thread is left to give up its streams.
pub fn fork_child() {
    OPEN.raw().unlock();
    // SAFETY: the stream is open, and the child has one thread.
    for_each(|file| unsafe { (*file).lock.disown() });
}

/// Before input from an interactive stream: shows what stands in `stdout`, if it is line buffered.
///
/// A `stdout` that another thread holds is left alone: waiting here could be a deadlock.
pub fn flush_line_buffered_stdout(reader: &FILE) {
    let out = standard_output();
    if core::ptr::eq(out, reader) {
        return;
    }
    // SAFETY: `stdout` is an open stream, and locked while it is flushed.
    unsafe {
        if (*out).buffering == Buffering::Line
            && (*out).wpos != (*out).wbase
            && (*out).lock.try_acquire()
        {
            // The failure stays noted in `stdout` for its owner.
            let _ = (*out).flush();
            (*out).lock.release();
        }
    }
}

/// Arranges that exit() calls [`flush_all_at_exit`].
pub fn flush_at_exit() {
    crate::start::exit::set_flush_hook(flush_all_at_exit);
}

/// Flushes what was written and puts seekable input back to where the program has read to (POSIX exit()).
///
/// A stream that another thread holds is flushed without its lock rather than waited for: that thread may
/// sleep in a read for ever.
extern "C" fn flush_all_at_exit() {
    for_each(|file| {
        // SAFETY: members of the list are alive. A failure has nobody left to be told.
        unsafe {
            let held = (*file).lock.try_acquire();
            let _ = (*file).synchronise();
            if held {
                (*file).lock.release();
            }
        }
    });
}
