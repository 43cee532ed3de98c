//! `stdin`, `stdout`, `stderr`, the list of the other open streams, and what happens to them all at exit.

use super::device::DESCRIPTOR;
use super::file::{Buffering, FILE, Fate, flag};
use super::heap;
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

/// The stream that `stderr` names at first.
pub fn standard_error_stream() -> *const FILE {
    &raw const STDERR
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

impl Open {
    /// Takes a stream out of the list.
    ///
    /// # Safety
    /// `file` is in the list.
    unsafe fn remove(&mut self, file: *mut FILE) {
        // SAFETY: as in `enlist`.
        unsafe {
            let (previous, next) = ((*file).previous, (*file).next);
            if previous.is_null() {
                self.first = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
        }
    }

    /// `file`, or the first one after it that is not being closed, for a walk to stand at.
    fn stand_at(&mut self, mut file: *mut FILE) -> *mut FILE {
        // SAFETY: members of the list are alive, and their fields for the list belong to whoever holds its lock.
        unsafe {
            while !file.is_null() && (*file).fate != Fate::Open {
                file = (*file).next;
            }
            if !file.is_null() {
                (*file).walkers += 1;
            }
        }
        file
    }

    /// Leaves the stream that a walk stands at; the next one, and whether the first is now to be freed.
    ///
    /// # Safety
    /// `file` came from [`Self::stand_at`].
    unsafe fn walk_on(&mut self, file: *mut FILE) -> (*mut FILE, bool) {
        // SAFETY: the walk keeps it in the list.
        unsafe {
            let next = self.stand_at((*file).next);
            (*file).walkers -= 1;
            let last = (*file).walkers == 0 && (*file).fate == Fate::Closed;
            if last {
                self.remove(file);
            }
            (next, last)
        }
    }
}

/// Takes a stream that is to be closed out of the list. A walk that stands at it keeps it there for now.
///
/// # Safety
/// `file` is in the list. Once it is closed, [`dispose`] is called.
pub unsafe fn unlist(file: *mut FILE) {
    let mut open = OPEN.lock();
    // SAFETY: as above.
    unsafe {
        if (*file).walkers == 0 {
            open.remove(file);
            (*file).fate = Fate::Closed;
        } else {
            (*file).fate = Fate::Closing;
        }
    }
}

/// Frees a stream that is closed, or leaves that to the walk that stands at it.
///
/// # Safety
/// `file` went through [`unlist`] and is not used afterwards.
pub unsafe fn dispose(file: *mut FILE) {
    // SAFETY: out of the list, only the caller knows the stream; in it, its fields are the list's.
    unsafe {
        if (*file).fate == Fate::Closing {
            let mut open = OPEN.lock();
            (*file).fate = Fate::Closed;
            if (*file).walkers > 0 {
                return;
            }
            open.remove(file);
        }
        heap::free(file.cast());
    }
}

/// Calls `visit` with each open stream, the standard ones first.
///
/// `visit` may open and close streams, as the functions of fopencookie do: it runs without the list's lock, and the stream
/// it is called with is not freed before it returns. What is opened meanwhile may be passed over.
pub fn for_each(mut visit: impl FnMut(*mut FILE)) {
    visit(&raw mut STDIN);
    visit(&raw mut STDOUT);
    visit(&raw mut STDERR);
    let mut file = {
        let mut open = OPEN.lock();
        let first = open.first;
        open.stand_at(first)
    };
    while !file.is_null() {
        visit(file);
        // SAFETY: the walk stands at `file`, and frees it if it is the last to know it.
        unsafe {
            let (next, last) = OPEN.lock().walk_on(file);
            if last {
                heap::free(file.cast());
            }
            file = next;
        }
    }
}

/// Writes out what all streams hold, by `flush`. Functions of fopencookie write to other streams, so that there may be more
/// to write after a round: as many rounds are made as such streams can usefully be nested.
pub fn flush_each(mut flush: impl FnMut(*mut FILE)) {
    const ROUNDS: usize = 8;
    for _ in 0..ROUNDS {
        let mut again = false;
        for_each(|file| {
            // SAFETY: the stream is alive. Looking without its lock: a stream that another thread only now writes to is
            // not before this call.
            if unsafe { (*file).pending() } > 0 {
                again = true;
                flush(file);
            }
        });
        if !again {
            return;
        }
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
    // Not `for_each`: nobody else can free a stream, and programs that fork do not all contain the heap's `free`.
    let open = OPEN.lock();
    let mut file = open.first;
    // SAFETY: the streams are open, and the child has one thread.
    unsafe {
        for standard in [&raw mut STDIN, &raw mut STDOUT, &raw mut STDERR] {
            (*standard).lock.disown();
        }
        while !file.is_null() {
            (*file).lock.disown();
            file = (*file).next;
        }
    }
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
    let synchronise = |file: *mut FILE| {
        // SAFETY: members of the list are alive. A failure has nobody left to be told.
        unsafe {
            let held = (*file).lock.try_acquire();
            let _ = (*file).synchronise();
            if held {
                (*file).lock.release();
            }
        }
    };
    for_each(synchronise);
    flush_each(synchronise);
}
