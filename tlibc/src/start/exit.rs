//! The end of a process: `atexit` and its relatives, `exit`, `quick_exit`, `_exit`, `abort`
//! (POSIX.1-2024 `exit()`, `atexit()`, `_Exit()`; Itanium C++ ABI 3.3.6 for `__cxa_atexit`).
//!
//! Handlers live in a fixed table that is extended by pages. No lock is held while one runs, so a handler may
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

/// A place for a handler; all zero is a free one, so that the table takes no room in the program's file.
#[derive(Clone, Copy)]
struct Entry {
    kind: usize,
    function: usize,
    argument: *mut c_void,
    /// The shared object (or the program) it belongs to, for `__cxa_finalize`.
    owner: *mut c_void,
}

const FREE: usize = 0;
const PLAIN: usize = 1;
const WITH_ARGUMENT: usize = 2;
const WITH_STATUS: usize = 3;

impl Entry {
    const FREE: Self = Self {
        kind: FREE,
        function: 0,
        argument: core::ptr::null_mut(),
        owner: core::ptr::null_mut(),
    };

    fn new(handler: Handler, owner: *mut c_void) -> Self {
        let (kind, function, argument) = match handler {
            Handler::Plain(function) => (PLAIN, function as usize, core::ptr::null_mut()),
            Handler::WithArgument(function, argument) => {
                (WITH_ARGUMENT, function as usize, argument)
            }
            Handler::WithStatus(function, argument) => (WITH_STATUS, function as usize, argument),
        };
        Self {
            kind,
            function,
            argument,
            owner,
        }
    }

    fn run(&self, status: c_int) {
        // SAFETY: `new` stored a function of the kind; the program registered it for this.
        unsafe {
            match self.kind {
                PLAIN => core::mem::transmute::<usize, unsafe extern "C" fn()>(self.function)(),
                WITH_ARGUMENT => core::mem::transmute::<usize, unsafe extern "C" fn(*mut c_void)>(
                    self.function,
                )(self.argument),
                WITH_STATUS => core::mem::transmute::<
                    usize,
                    unsafe extern "C" fn(c_int, *mut c_void),
                >(self.function)(status, self.argument),
                _ => {}
            }
        }
    }
}

/// Handlers kept in place; POSIX asks for 32.
const BUILT_IN: usize = 32;
/// Handlers in each further block: a page's worth, mapped directly so that `exit` does not need the heap.
const PER_BLOCK: usize = (platform::PAGE_SIZE - size_of::<*mut Block>()) / size_of::<Entry>();

/// A page of handlers, older pages behind it.
struct Block {
    older: *mut Block,
    entries: [Entry; PER_BLOCK],
}

/// A stack of handlers: the oldest in place, the others in blocks, of which the newest comes first.
struct Stack {
    built_in: [Entry; BUILT_IN],
    newest: *mut Block,
}

// SAFETY: the raw pointers are the program's, or lead to the stack's own blocks, reached under the mutex only.
unsafe impl Send for Stack {}

/// Stores an entry behind the last used one; whether there was room.
fn put(entries: &mut [Entry], entry: Entry) -> bool {
    let mut free = None;
    for slot in entries.iter_mut().rev() {
        if slot.kind != FREE {
            break;
        }
        free = Some(slot);
    }
    match free {
        Some(slot) => {
            *slot = entry;
            true
        }
        None => false,
    }
}

/// Takes the newest handler that belongs to `owner` (null: any).
fn take(entries: &mut [Entry], owner: *mut c_void) -> Option<Entry> {
    for slot in entries.iter_mut().rev() {
        if slot.kind != FREE && (owner.is_null() || slot.owner == owner) {
            return Some(core::mem::replace(slot, Entry::FREE));
        }
    }
    None
}

impl Stack {
    const fn new() -> Self {
        Self {
            built_in: [Entry::FREE; BUILT_IN],
            newest: core::ptr::null_mut(),
        }
    }

    fn push(&mut self, entry: Entry) -> Result<(), Errno> {
        // SAFETY: a block of the stack's own, or null.
        let current: &mut [Entry] = match unsafe { self.newest.as_mut() } {
            Some(block) => &mut block.entries,
            None => &mut self.built_in,
        };
        if put(current, entry) {
            return Ok(());
        }
        let block = platform::map_anonymous(size_of::<Block>())?.cast::<Block>();
        // SAFETY: fresh zeroed memory of the block's size, at a page boundary: all its entries are free.
        unsafe {
            (*block).older = self.newest;
            (*block).entries[0] = entry;
        }
        self.newest = block;
        Ok(())
    }

    /// Takes the newest handler that belongs to `owner` (null: any).
    fn take(&mut self, owner: *mut c_void) -> Option<Entry> {
        let mut block = self.newest;
        // SAFETY: blocks of the stack's own, ending with null.
        while let Some(current) = unsafe { block.as_mut() } {
            if let Some(entry) = take(&mut current.entries, owner) {
                return Some(entry);
            }
            block = current.older;
            if owner.is_null() {
                // Wholly free: not looked through again for each of the older ones.
                self.newest = block;
                let empty = core::ptr::from_mut(current).cast();
                // SAFETY: mapped by `push`, and no longer in the stack.
                let _ = unsafe { platform::munmap(empty, size_of::<Block>()) };
            }
        }
        take(&mut self.built_in, owner)
    }
}

static AT_EXIT: Mutex<Stack> = Mutex::new(Stack::new());
static AT_QUICK_EXIT: Mutex<Stack> = Mutex::new(Stack::new());

/// A function that a part of the library sets when it first needs it called, and not by name, so that programs without
/// that part do not contain it.
type Hook = AtomicPtr<()>;

/// Called last by `exit`: writes stdio's buffers out.
static FLUSH: Hook = AtomicPtr::new(core::ptr::null_mut());
/// Called first: destroys the calling thread's thread-local objects.
static THREAD_DESTRUCTORS: Hook = AtomicPtr::new(core::ptr::null_mut());

fn set_hook(hook: &Hook, function: extern "C" fn()) {
    // Opaque to the compiler, which would otherwise see the only value stored and call it by name.
    hook.store(
        core::hint::black_box(function as *mut ()),
        Ordering::Release,
    );
}

fn run_hook(hook: &Hook) {
    let function = hook.load(Ordering::Acquire);
    if !function.is_null() {
        // SAFETY: stored by the two functions below, which take such a function.
        let function: extern "C" fn() = unsafe { core::mem::transmute(function) };
        function();
    }
}

/// Sets the function that `exit` calls after all handlers. stdio does so when it first buffers something.
#[inline]
pub fn set_flush_hook(flush: extern "C" fn()) {
    set_hook(&FLUSH, flush);
}

/// Sets the function that `exit` calls before all handlers, for the calling thread's destructors.
pub fn set_thread_destructors_hook(run: extern "C" fn()) {
    set_hook(&THREAD_DESTRUCTORS, run);
}

/// Before a fork: nobody is changing the handlers.
pub fn fork_prepare() {
    AT_EXIT.raw().lock();
    AT_QUICK_EXIT.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    AT_QUICK_EXIT.raw().unlock();
    AT_EXIT.raw().unlock();
}

/// In the child of a fork, where only the calling thread can be the one that runs `exit`.
pub fn after_fork_in_child() {
    if EXITING_THREAD.load(Ordering::Relaxed) != crate::pthread::tcb::current() as usize {
        EXITING_THREAD.store(0, Ordering::Relaxed);
        // SAFETY: the child has one thread.
        unsafe { EXITING.reset() };
    }
}

/// Adds a handler.
pub fn register(handler: Handler, owner: *mut c_void) -> Result<(), Errno> {
    AT_EXIT.lock().push(Entry::new(handler, owner))
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
    run_hook(&THREAD_DESTRUCTORS);
    loop {
        // The lock is released before the handler runs.
        let handler = AT_EXIT.lock().take(core::ptr::null_mut());
        match handler {
            Some(handler) => handler.run(status),
            None => break,
        }
    }
    #[cfg(not(test))]
    run_fini_array();
    run_hook(&FLUSH);
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
            Some(handler) => handler.run(0),
            None => return,
        }
    }
}

/// Registers a function for `quick_exit`; 0, or −1 when memory is short.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn at_quick_exit(function: unsafe extern "C" fn()) -> c_int {
    let entry = Entry::new(Handler::Plain(function), core::ptr::null_mut());
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
            Some(handler) => handler.run(status),
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

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn nothing() {}

    impl Stack {
        /// Blocks without a handler.
        fn free_blocks(&self) -> usize {
            // SAFETY: a block of the stack's own, or null.
            let block = |at: *mut Block| unsafe { at.as_ref() };
            core::iter::successors(block(self.newest), |newer| block(newer.older))
                .filter(|block| block.entries.iter().all(|entry| entry.kind == FREE))
                .count()
        }
    }

    #[test]
    fn blocks_go_when_their_handlers_are_taken() {
        let mut stack = Stack::new();
        let any = core::ptr::null_mut();
        let count = BUILT_IN + 3 * PER_BLOCK;
        for _ in 0..count {
            stack
                .push(Entry::new(Handler::Plain(nothing), any))
                .unwrap();
        }
        for _ in 0..count {
            assert!(stack.take(any).is_some());
            // At most the one whose last handler this was: else each call looks through all of them.
            assert!(stack.free_blocks() <= 1);
        }
        assert!(stack.take(any).is_none());
        assert!(stack.newest.is_null());
    }

    #[test]
    fn an_objects_handlers_go_newest_first() {
        let mut stack = Stack::new();
        let object = |number: usize| core::ptr::without_provenance_mut(number % 2 + 1);
        let count = BUILT_IN + 2 * PER_BLOCK;
        for number in 0..count {
            let argument = core::ptr::without_provenance_mut(number);
            let mut entry = Entry::new(Handler::Plain(nothing), object(number));
            entry.argument = argument;
            stack.push(entry).unwrap();
        }
        for number in (0..count).rev().filter(|number| number % 2 == 1) {
            assert_eq!(stack.take(object(1)).unwrap().argument.addr(), number);
        }
        assert!(stack.take(object(1)).is_none());
        for number in (0..count).rev().filter(|number| number % 2 == 0) {
            let entry = stack.take(core::ptr::null_mut()).unwrap();
            assert_eq!(entry.argument.addr(), number);
        }
        assert!(stack.take(core::ptr::null_mut()).is_none());
    }
}
