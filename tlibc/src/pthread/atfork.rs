//! Fork handlers, and what the library itself does around a fork: [`prepare`], then [`parent`] or [`child`].

use crate::errno::Errno;
use crate::platform::{self, KernelMask};
use crate::stdio::standard;
use crate::sync::Mutex;
use crate::types::*;

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
    count: usize,
    capacity: usize,
}

// SAFETY: the array is the registry's own, reached under the mutex.
unsafe impl Send for Registry {}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    entries: core::ptr::null_mut(),
    count: 0,
    capacity: 0,
});

/// Registers functions to call around `fork`: `prepare` before it, newest first; the others after it, oldest first.
/// 0 or `ENOMEM`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_atfork(
    prepare: Option<Function>,
    parent: Option<Function>,
    child: Option<Function>,
) -> c_int {
    let mut registry = REGISTRY.lock();
    if registry.count == registry.capacity {
        let capacity = (registry.capacity * 2).max(8);
        // SAFETY: the old array is ours; the new one keeps its entries.
        let entries = unsafe {
            crate::malloc::realloc(registry.entries.cast(), capacity * size_of::<Handlers>())
        };
        if entries.is_null() {
            return Errno::ENOMEM.0;
        }
        registry.entries = entries.cast();
        registry.capacity = capacity;
    }
    // SAFETY: below the capacity.
    unsafe {
        registry.entries.add(registry.count).write(Handlers {
            prepare,
            parent,
            child,
        })
    };
    registry.count += 1;
    0
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

/// The entry at `index`, if there are so many. The lock is not held while a handler runs.
fn entry(index: usize) -> Option<Handlers> {
    let registry = REGISTRY.lock();
    // SAFETY: below the count.
    (index < registry.count).then(|| unsafe { *registry.entries.add(index) })
}

fn run(index: usize, choose: impl Fn(&Handlers) -> Option<Function>) {
    if let Some(function) = entry(index).as_ref().and_then(choose) {
        // SAFETY: the program registered the function for this.
        unsafe { function() };
    }
}

/// How many entries there are.
fn count() -> usize {
    REGISTRY.lock().count
}

/// Before a fork: the program's handlers, then the library's locks. No signal comes while they are held: its handler
/// might want them, in the parent or in the child. Gives the signals that were blocked before.
pub fn prepare() -> KernelMask {
    for index in (0..count()).rev() {
        run(index, |handlers| handlers.prepare);
    }
    let mask = platform::block_all_signals();
    REGISTRY.raw().lock();
    crate::mqueue::fork_prepare();
    standard::fork_prepare();
    crate::malloc::fork_prepare();
    mask
}

/// After a fork in the parent, or after one that failed. `mask` is what [`prepare`] gave.
pub fn parent(mask: KernelMask) {
    crate::malloc::fork_done();
    standard::fork_parent();
    crate::mqueue::fork_done();
    REGISTRY.raw().unlock();
    platform::restore_signals(mask);
    for index in 0..count() {
        run(index, |handlers| handlers.parent);
    }
}

/// After a fork in the child, whose only thread is the caller. `mask` is what [`prepare`] gave.
pub fn child(mask: KernelMask) {
    super::thread::after_fork_in_child();
    crate::malloc::fork_done();
    standard::fork_child();
    crate::mqueue::fork_done();
    REGISTRY.raw().unlock();
    platform::restore_signals(mask);
    for index in 0..count() {
        run(index, |handlers| handlers.child);
    }
}
