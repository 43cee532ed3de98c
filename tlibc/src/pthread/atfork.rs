//! Fork handlers, and what the library itself does around a fork: [`prepare`], then [`parent`] or [`child`].

use super::{attr_np, stack};
use crate::errno::Errno;
use crate::platform::{self, KernelMask};
use crate::signal::RESERVED;
use crate::stdio::standard;
use crate::sync::{Mutex, single_threaded};
use crate::types::*;
use core::sync::atomic::{AtomicUsize, Ordering};

type Function = unsafe extern "C" fn();

/// One registration.
#[derive(Clone, Copy)]
struct Handlers {
    prepare: Option<Function>,
    parent: Option<Function>,
    child: Option<Function>,
}

/// A growing array in the heap.
struct Registry {
    entries: *mut Handlers,
    capacity: usize,
}

// SAFETY: the array is the registry's own, reached under the mutex.
unsafe impl Send for Registry {}

/// Locked with all signals blocked: a handler may fork.
static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    entries: core::ptr::null_mut(),
    capacity: 0,
});

/// How many entries there are; changed under the registry's lock, last.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Registers functions to call around `fork`: `prepare` before it, newest first; the others after it, oldest first.
/// 0 or `ENOMEM`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_atfork(
    prepare: Option<Function>,
    parent: Option<Function>,
    child: Option<Function>,
) -> c_int {
    let result = with_registry(|registry| {
        let count = COUNT.load(Ordering::Relaxed);
        if count == registry.capacity {
            let capacity = (count * 2).max(8);
            // SAFETY: the old array is ours; the new one keeps its entries.
            let entries = unsafe {
                crate::malloc::realloc(registry.entries.cast(), capacity * size_of::<Handlers>())
            };
            if entries.is_null() {
                return Err(Errno::ENOMEM);
            }
            registry.entries = entries.cast();
            registry.capacity = capacity;
        }
        // SAFETY: below the capacity.
        unsafe {
            registry.entries.add(count).write(Handlers {
                prepare,
                parent,
                child,
            })
        };
        COUNT.store(count + 1, Ordering::Release);
        Ok(())
    });
    result.err().map_or(0, |errno| errno.0)
}

fn with_registry<T>(work: impl FnOnce(&mut Registry) -> T) -> T {
    let mask = platform::block_all_signals();
    let result = work(&mut REGISTRY.lock());
    platform::restore_signals(mask);
    result
}

/// What `pthread_atfork` in a static archive calls in glibc; the object is not looked at.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __register_atfork(
    prepare: Option<Function>,
    parent: Option<Function>,
    child: Option<Function>,
    _object: *mut c_void,
) -> c_int {
    pthread_atfork(prepare, parent, child)
}

/// Calls one function of the entry at `index`, which exists. The lock is not held meanwhile.
fn run(index: usize, choose: impl Fn(&Handlers) -> Option<Function>) {
    // SAFETY: below the count.
    let entry = with_registry(|registry| unsafe { *registry.entries.add(index) });
    if let Some(function) = choose(&entry) {
        // SAFETY: the program registered the function for this.
        unsafe { function() };
    }
}

/// What [`prepare`] leaves to [`parent`] and [`child`].
pub struct Prepared {
    /// The signals that were blocked before.
    mask: KernelMask,
    /// How many handlers take part. More may come meanwhile: their `prepare` has not run.
    handlers: usize,
    /// Whether the library's locks are held.
    locked: bool,
}

/// Before a fork: the program's handlers, then the library's locks. No signal comes while they are held: its handler
/// might want them, in the parent or in the child.
///
/// A program's only thread takes no locks. If one is held, by the code that a signal handler has interrupted which now forks,
/// that code goes on in the parent and in the child.
pub fn prepare() -> Prepared {
    let handlers = COUNT.load(Ordering::Acquire);
    for index in (0..handlers).rev() {
        run(index, |handlers| handlers.prepare);
    }
    let mask = platform::block_all_signals();
    let locked = !single_threaded();
    if locked {
        REGISTRY.raw().lock();
        // The log and the translations take others of these locks while they hold theirs.
        crate::syslog::fork_prepare();
        crate::libintl::fork_prepare();
        crate::mqueue::fork_prepare();
        standard::fork_prepare();
        crate::semaphore::fork_prepare();
        crate::start::exit::fork_prepare();
        attr_np::fork_prepare();
        stack::fork_prepare();
        crate::locale::setlocale::fork_prepare();
        crate::time::zone::fork_prepare();
        crate::stdlib::environment::fork_prepare();
        crate::stdlib::random::fork_prepare();
        crate::malloc::fork_prepare();
    }
    Prepared {
        mask,
        handlers,
        locked,
    }
}

/// Gives back the locks that parent and child treat alike.
fn unlock() {
    crate::malloc::fork_done();
    crate::stdlib::random::fork_done();
    crate::stdlib::environment::fork_done();
    crate::time::zone::fork_done();
    crate::locale::setlocale::fork_done();
    attr_np::fork_done();
    crate::start::exit::fork_done();
    crate::semaphore::fork_done();
    crate::mqueue::fork_done();
    crate::libintl::fork_done();
    crate::syslog::fork_done();
    REGISTRY.raw().unlock();
}

/// After a fork in the parent, or after one that failed.
pub fn parent(prepared: Prepared) {
    if prepared.locked {
        unlock();
        stack::fork_parent();
        standard::fork_parent();
    }
    platform::restore_signals(prepared.mask);
    for index in 0..prepared.handlers {
        run(index, |handlers| handlers.parent);
    }
}

/// After a fork in the child, whose only thread is the caller. Cancellation's signal may have been blocked, pending, in the parent;
/// it is not pending here, and what the child executes should not have it blocked.
pub fn child(prepared: Prepared) {
    super::thread::after_fork_in_child();
    if prepared.locked {
        unlock();
        stack::fork_child();
        standard::fork_child();
    }
    platform::restore_signals(prepared.mask & !RESERVED);
    for index in 0..prepared.handlers {
        run(index, |handlers| handlers.child);
    }
}
