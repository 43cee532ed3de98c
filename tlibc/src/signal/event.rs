//! Telling a program that something has happened (`struct sigevent`, POSIX.1-2024, 2.4.1), for what the library does itself:
//! `aio.h` and timers.

use super::{NSIG, RESERVED, SIG_SETMASK, SIGSETXID, sigevent, siginfo_t, sigval};
use crate::errno::Errno;
use crate::malloc::{free, malloc};
use crate::platform::{
    self,
    calls::{process, signal},
};
use crate::pthread::attr::{self, pthread_attr_t};
use crate::pthread::thread::{Start, pthread_create};
use crate::types::*;
use core::ptr::null_mut;

/// A signal.
pub const SIGEV_SIGNAL: c_int = 0;
/// Nothing.
pub const SIGEV_NONE: c_int = 1;
/// A function, on a thread of its own.
pub const SIGEV_THREAD: c_int = 2;
/// `si_code`: an asynchronous request has ended.
pub const SI_ASYNCIO: c_int = -4;

/// Whether an event can be delivered; else `EINVAL`. Signal 0 is none, as a block full of zeroes has it.
pub fn check(event: &sigevent) -> Result<(), Errno> {
    let fine = match event.sigev_notify {
        SIGEV_SIGNAL => (0..NSIG).contains(&event.sigev_signo),
        SIGEV_NONE => true,
        SIGEV_THREAD => event.sigev_notify_function.is_some(),
        _ => false,
    };
    fine.then_some(()).ok_or(Errno::EINVAL)
}

/// A function to call and its argument, on their way to a thread.
struct Call {
    function: unsafe extern "C" fn(sigval),
    value: sigval,
}

unsafe extern "C" fn call(place: *mut c_void) -> *mut c_void {
    // SAFETY: `notify` made it for this thread.
    unsafe {
        let Call { function, value } = place.cast::<Call>().read();
        free(place);
        // Only here: a caller that waits for one of the library's signals must keep it blocked.
        platform::restore_signals(!RESERVED);
        function(value);
    }
    null_mut()
}

/// Delivers an event that [`check`] has passed; `code` is the signal's `si_code`. There is nobody to tell if the system lacks the
/// means: then it is lost, as POSIX allows for a full signal queue.
pub fn notify(event: &sigevent, code: c_int) {
    match event.sigev_notify {
        SIGEV_SIGNAL if event.sigev_signo != 0 => {
            // SAFETY: getuid has no arguments.
            let uid = unsafe { process::getuid() }.unwrap_or(0);
            let (process, number) = (platform::getpid(), event.sigev_signo);
            let mut info = siginfo_t::queued(number, code, process, uid, event.sigev_value);
            // SAFETY: the information is live.
            let _ = unsafe { signal::rt_sigqueueinfo(process, number, (&raw mut info).cast()) };
        }
        SIGEV_THREAD => {
            let Some(function) = event.sigev_notify_function else {
                return;
            };
            // SAFETY: the block is large enough; the program keeps the attributes until it has been told.
            unsafe {
                let place = malloc(size_of::<Call>()).cast::<Call>();
                if place.is_null() {
                    return;
                }
                place.write(Call {
                    function,
                    value: event.sigev_value,
                });
                let attributes = event.sigev_notify_attributes.cast::<pthread_attr_t>();
                let attributes = attributes.as_ref().copied().unwrap_or_default();
                if start(call, place.cast(), attributes, ALL_BLOCKED).is_err() {
                    free(place.cast());
                }
            }
        }
        _ => {}
    }
}

/// Everything but the signal that changes the IDs of all threads, which must reach each of them.
const ALL_BLOCKED: u64 = !(1 << (SIGSETXID - 1));

/// Starts a thread of the library's that nobody joins, with the program's signals blocked and `stack` bytes of stack.
///
/// # Errors
/// `EAGAIN`: no memory, too many threads.
pub fn start_thread(function: Start, argument: *mut c_void, stack: usize) -> Result<(), Errno> {
    let mut attributes = pthread_attr_t::new();
    attributes.stack_size = stack;
    start(function, argument, attributes, !RESERVED)
}

/// [`start_thread`] with the library's own signals blocked as well: for a thread that waits for one of them.
pub fn start_thread_blocked(
    function: Start,
    argument: *mut c_void,
    stack: usize,
) -> Result<(), Errno> {
    let mut attributes = pthread_attr_t::new();
    attributes.stack_size = stack;
    start(function, argument, attributes, ALL_BLOCKED)
}

fn start(
    function: Start,
    argument: *mut c_void,
    mut attributes: pthread_attr_t,
    blocked: u64,
) -> Result<(), Errno> {
    let mut thread = 0;
    let mask = platform::sigprocmask(SIG_SETMASK, Some(blocked))?;
    // SAFETY: live structures; the function takes the argument.
    let error = unsafe {
        attr::pthread_attr_setdetachstate(&raw mut attributes, attr::PTHREAD_CREATE_DETACHED);
        pthread_create(&raw mut thread, &raw const attributes, function, argument)
    };
    platform::restore_signals(mask);
    match error {
        0 => Ok(()),
        _ => Err(Errno::EAGAIN),
    }
}
