//! The end of a process: `atexit` and its relatives, `exit`, `quick_exit`, `_exit`, `abort`
//! (POSIX.1-2024 `exit()`, `atexit()`, `_Exit()`; Itanium C++ ABI 3.3.6 for `__cxa_atexit`).
//!
//! Handlers live in a fixed table that is extended from the heap. No lock is held while one runs, so a handler may
//! register another or call `exit` again.

use crate::errno::Errno;
use crate::platform;
use crate::sync::{Mutex, RawMutex};
use crate::types::*;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// A registered function.
#[derive(Clone, Copy)]
pub enum Handler {
    /// From `atexit`.
    Plain(unsafe extern "C" fn()),
    /// From `__cxa_atexit`, with its argument.
    WithArgument(unsafe extern "C" fn(*mut c_void), *mut c_void),
    /// From `on_exit`: gets the status too.
    WithStatus(unsafe extern "C" fn(c_int, *mut c_void), *mut c_void),
}

#[derive(Clone, Copy)]
struct Entry {
    handler: Handler,
    /// The shared object (or the program) it belongs to, for `__cxa_finalize`.
    owner: *mut c_void,
}

/// Handlers kept without a heap; POSIX asks for 32.
const BUILT_IN: usize = 32;

/// A stack of handlers: the first [`BUILT_IN`] in place, the others in a heap block.
struct Stack {
    built_in: [Option<Entry>; BUILT_IN],
    more: *mut Option<Entry>,
    capacity: usize,
    len: usize,
}

// SAFETY: the raw pointer is the stack's own block, reached under the mutex only.
unsafe impl Send for Stack {}

impl Stack {
    const fn new() -> Self {
        Self {
            built_in: [None; BUILT_IN],
            more: core::ptr::null_mut(),
            capacity: 0,
            len: 0,
        }
    }

    fn slot(&mut self, index: usize) -> &mut Option<Entry> {
        match index.checked_sub(BUILT_IN) {
            None => &mut self.built_in[index],
            // SAFETY: the block holds `capacity` entries and `index` is below `len`.
            Some(index) => unsafe { &mut *self.more.add(index) },
        }
    }

    fn push(&mut self, entry: Entry) -> Result<(), Errno> {
        if self.len >= BUILT_IN + self.capacity {
            let capacity = (self.capacity * 2).max(BUILT_IN);
            let bytes = capacity * size_of::<Option<Entry>>();
            // SAFETY: the old block is ours, and the new one is written before it is read.
            let more = unsafe { crate::malloc::realloc(self.more.cast(), bytes) };
            if more.is_null() {
                return Err(Errno::ENOMEM);
            }
            self.more = more.cast();
            self.capacity = capacity;
        }
        self.len += 1;
        let index = self.len - 1;
        if index >= BUILT_IN {
            // SAFETY: inside the block; `write` because it is uninitialised.
            unsafe { self.more.add(index - BUILT_IN).write(Some(entry)) };
        } else {
            self.built_in[index] = Some(entry);
        }
        Ok(())
    }

    /// Takes the newest handler that belongs to `owner` (null: any).
    fn take(&mut self, owner: *mut c_void) -> Option<Handler> {
        for index in (0..self.len).rev() {
            let slot = self.slot(index);
            if slot.is_some_and(|entry| owner.is_null() || entry.owner == owner)
                && let Some(entry) = slot.take()
            {
                return Some(entry.handler);
            }
            if owner.is_null() {
                self.len = index;
            }
        }
        None
    }
}

static AT_EXIT: Mutex<Stack> = Mutex::new(Stack::new());
static AT_QUICK_EXIT: Mutex<Stack> = Mutex::new(Stack::new());

/// Called last by `exit`, if set: writes stdio's buffers out.
static FLUSH: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Sets the function that `exit` calls after all handlers. stdio does so when it first buffers something, and not by
/// name, so that programs without stdio do not contain it.
#[inline]
pub fn set_flush_hook(flush: extern "C" fn()) {
    FLUSH.store(flush as *mut (), Ordering::Release);
}

/// Adds a handler.
pub fn register(handler: Handler, owner: *mut c_void) -> Result<(), Errno> {
    AT_EXIT.lock().push(Entry { handler, owner })
}

fn run(handler: Handler, status: c_int) {
    // SAFETY: the program registered the function for this.
    unsafe {
        match handler {
            Handler::Plain(function) => function(),
            Handler::WithArgument(function, argument) => function(argument),
            Handler::WithStatus(function, argument) => function(status, argument),
        }
    }
}

/// Held by the thread that runs `exit`; others that call it wait for the end.
static EXITING: RawMutex = RawMutex::new();
/// Address of that thread's control block.
static EXITING_THREAD: AtomicUsize = AtomicUsize::new(0);

/// Ends the process normally: thread-local destructors of the caller, handlers in reverse order, `.fini_array`, stdio's
/// buffers, then `_exit`. Called again from a handler it goes on with the handlers that are left.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn exit(status: c_int) -> ! {
    let me = crate::pthread::tcb::current() as usize;
    if EXITING_THREAD.load(Ordering::Relaxed) != me {
        EXITING.lock();
        EXITING_THREAD.store(me, Ordering::Relaxed);
    }
    crate::pthread::thread_atexit::run_destructors();
    loop {
        // The lock is released before the handler runs.
        let handler = AT_EXIT.lock().take(core::ptr::null_mut());
        match handler {
            Some(handler) => run(handler, status),
            None => break,
        }
    }
    #[cfg(not(test))]
    run_fini_array();
    let flush = FLUSH.load(Ordering::Acquire);
    if !flush.is_null() {
        // SAFETY: stored by `set_flush_hook`, which takes such a function.
        let flush: extern "C" fn() = unsafe { core::mem::transmute(flush) };
        flush();
    }
    platform::exit_group(status)
}

/// Calls the destructors of the program, last first.
#[cfg(not(test))]
fn run_fini_array() {
    type Destructor = Option<unsafe extern "C" fn()>;
    unsafe extern "C" {
        static __fini_array_start: [Destructor; 0];
        static __fini_array_end: [Destructor; 0];
    }
    let start = (&raw const __fini_array_start).cast::<Destructor>();
    let mut at = (&raw const __fini_array_end).cast::<Destructor>();
    while at > start {
        // SAFETY: the linker delimits an array of function pointers.
        unsafe {
            at = at.sub(1);
            if let Some(function) = *at {
                function();
            }
        }
    }
}

/// Ends the process at once, without handlers or flushing.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn _exit(status: c_int) -> ! {
    platform::exit_group(status)
}

alias!(_Exit = _exit);

/// Registers a function for `exit`; 0, or −1 when memory is short.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn atexit(function: unsafe extern "C" fn()) -> c_int {
    if register(Handler::Plain(function), core::ptr::null_mut()).is_ok() {
        0
    } else {
        -1
    }
}

/// Registers a destructor with its argument and the object it belongs to; 0, or −1 when memory is short.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __cxa_atexit(
    function: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
    owner: *mut c_void,
) -> c_int {
    if register(Handler::WithArgument(function, argument), owner).is_ok() {
        0
    } else {
        -1
    }
}

/// Registers a function that gets the exit status and `argument` (on_exit(3)); 0, or −1 when memory is short.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn on_exit(
    function: unsafe extern "C" fn(c_int, *mut c_void),
    argument: *mut c_void,
) -> c_int {
    if register(
        Handler::WithStatus(function, argument),
        core::ptr::null_mut(),
    )
    .is_ok()
    {
        0
    } else {
        -1
    }
}

/// Runs the handlers of one object now (null: all).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __cxa_finalize(owner: *mut c_void) {
    loop {
        let handler = AT_EXIT.lock().take(owner);
        match handler {
            Some(handler) => run(handler, 0),
            None => return,
        }
    }
}

/// Registers a function for `quick_exit`; 0, or −1 when memory is short.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn at_quick_exit(function: unsafe extern "C" fn()) -> c_int {
    let entry = Entry {
        handler: Handler::Plain(function),
        owner: core::ptr::null_mut(),
    };
    if AT_QUICK_EXIT.lock().push(entry).is_ok() {
        0
    } else {
        -1
    }
}

/// Ends the process after the `at_quick_exit` handlers, without `atexit` handlers or flushing (C11 7.22.4.7).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn quick_exit(status: c_int) -> ! {
    loop {
        let handler = AT_QUICK_EXIT.lock().take(core::ptr::null_mut());
        match handler {
            Some(handler) => run(handler, status),
            None => platform::exit_group(status),
        }
    }
}

/// Ends the process abnormally: SIGABRT, for which a handler may be installed; if that returns, or the signal is blocked
/// or ignored, again with the default action (POSIX.1-2024 `abort()`).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn abort() -> ! {
    use platform::constants::{SIG_UNBLOCK, SIGABRT};
    // Neither call fails with these arguments; if one did, the next line ends the process all the same.
    let _ = platform::sigprocmask(SIG_UNBLOCK as c_int, Some(1 << (SIGABRT - 1)));
    let _ = platform::tgkill(platform::getpid(), platform::gettid(), SIGABRT as c_int);
    platform::abort()
}

check_signature! {
    _exit: fn(c_int) -> !;
    exit: fn(c_int) -> !;
    abort: fn() -> !;
}
