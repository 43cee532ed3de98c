//! Cleanup handlers of programs that were compiled with glibc's headers. There `pthread_cleanup_push` saves the place with
//! `__sigsetjmp` and registers it; whoever ends the thread jumps there, the handler runs in its own function, and
//! `__pthread_unwind_next` goes on with the next one. Neighbour: `cancel`, whose list of handlers these join.

use super::cancel::{Cleanup, pthread_setcanceltype};
use super::{tcb, thread};
use crate::setjmp::{__jmp_buf_tag, siglongjmp};
use crate::types::*;
use core::mem::offset_of;

/// glibc's `__pthread_unwind_buf_t`: a `jmp_buf` without room for a signal mask, and four words for the library.
#[repr(C)]
pub struct UnwindBuffer {
    registers: [u64; 8],
    mask_was_saved: c_int,
    cleanup: Cleanup,
}

const _: () = assert!(offset_of!(UnwindBuffer, cleanup) == 72);
const _: () = assert!(size_of::<UnwindBuffer>() == 104);

/// Runs a handler where it was registered: jumps there.
unsafe extern "C" fn jump(buffer: *mut c_void) {
    // SAFETY: the function that registered the buffer has filled it and is still running. The buffer is shorter than a
    // `sigjmp_buf` by the mask, which was not saved.
    unsafe { siglongjmp(buffer.cast::<__jmp_buf_tag>(), 1) }
}

/// # Safety
/// As for [`__pthread_register_cancel`].
unsafe fn register(buffer: *mut UnwindBuffer, cancel_type: c_int) {
    let tcb = tcb::current();
    // SAFETY: the caller's buffer; the thread's own block.
    unsafe {
        let cleanup = &raw mut (*buffer).cleanup;
        cleanup.write(Cleanup::new(
            jump,
            buffer.cast(),
            cancel_type,
            (*tcb).cleanup,
        ));
        (*tcb).cleanup = cleanup;
    }
}

/// Pushes the handler whose place `__sigsetjmp` has saved in the buffer.
///
/// # Safety
/// `buffer` has been filled, and stays alive until it is unregistered.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __pthread_register_cancel(buffer: *mut UnwindBuffer) {
    // SAFETY: the caller's buffer.
    unsafe { register(buffer, 0) };
}

/// Removes the newest handler.
///
/// # Safety
/// `buffer` is the one that was registered last.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __pthread_unregister_cancel(buffer: *mut UnwindBuffer) {
    // SAFETY: the thread's own block; the caller's buffer.
    unsafe { (*tcb::current()).cleanup = (*buffer).cleanup.previous() };
}

/// [`__pthread_register_cancel`] with deferred cancellation from here on (`pthread_cleanup_push_defer_np`).
///
/// # Safety
/// As for [`__pthread_register_cancel`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __pthread_register_cancel_defer(buffer: *mut UnwindBuffer) {
    let mut before = 0;
    // SAFETY: a live place; the caller's buffer.
    unsafe {
        pthread_setcanceltype(super::cancel::PTHREAD_CANCEL_DEFERRED, &raw mut before);
        register(buffer, before);
    }
}

/// [`__pthread_unregister_cancel`] with the type of cancellation as before (`pthread_cleanup_pop_restore_np`).
///
/// # Safety
/// As for [`__pthread_unregister_cancel`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __pthread_unregister_cancel_restore(buffer: *mut UnwindBuffer) {
    // SAFETY: the caller's buffer.
    unsafe {
        __pthread_unregister_cancel(buffer);
        pthread_setcanceltype((*buffer).cleanup.cancel_type(), core::ptr::null_mut());
    }
}

/// Goes on ending the thread after a handler has run: with the next handler, or for good.
///
/// # Safety
/// Called where [`jump`] has gone.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __pthread_unwind_next(_buffer: *mut UnwindBuffer) -> ! {
    // SAFETY: the thread's own block, in which the result has been kept since the end began.
    let result = unsafe { (*tcb::current()).result };
    thread::pthread_exit(result)
}
