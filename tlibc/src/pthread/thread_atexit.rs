//! Destructors of thread-local objects: `__cxa_thread_atexit_impl`, used by C++ and by Rust's std.

use super::tcb;
use crate::types::*;

/// One registered destructor, in a heap block of its own.
#[derive(Debug)]
pub struct Destructor {
    function: unsafe extern "C" fn(*mut c_void),
    object: *mut c_void,
    next: *mut Destructor,
}

/// Registers `function(object)` to run when the calling thread ends, newest first and before the destructors of
/// `pthread_key_create`; 0, or −1 when memory is short.
///
/// # Safety
/// The function must be callable with the object until the thread has ended.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __cxa_thread_atexit_impl(
    function: unsafe extern "C" fn(*mut c_void),
    object: *mut c_void,
    _owner: *mut c_void,
) -> c_int {
    // SAFETY: the block is written before use, and the list is the thread's own.
    unsafe {
        let node = crate::malloc::malloc(size_of::<Destructor>()).cast::<Destructor>();
        if node.is_null() {
            return -1;
        }
        let tcb = tcb::current();
        node.write(Destructor {
            function,
            object,
            next: (*tcb).destructors,
        });
        (*tcb).destructors = node;
    }
    crate::start::exit::set_thread_destructors_hook(run_destructors);
    0
}

/// Runs the calling thread's destructors, those that they register included.
pub extern "C" fn run_destructors() {
    let tcb = tcb::current();
    // SAFETY: the list is the thread's own; a node is unlinked before its function runs.
    unsafe {
        while !(*tcb).destructors.is_null() {
            let node = (*tcb).destructors;
            let Destructor {
                function,
                object,
                next,
            } = node.read();
            (*tcb).destructors = next;
            crate::malloc::free(node.cast());
            function(object);
        }
    }
}
