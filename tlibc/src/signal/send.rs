//! Sending signals.

use super::{siginfo_t, sigval};
use crate::errno::{CResult, Errno};
use crate::platform::{
    self,
    calls::{process, signal},
};
use crate::types::*;

/// `si_code` of a signal sent by sigqueue.
const SI_QUEUE: c_int = -1;

/// Sends a signal to a process, a group (negative) or all (-1); 0 only asks. POSIX `kill`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn kill(pid: pid_t, sig: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { signal::kill(pid, sig) }.or_minus_one()
}

/// Sends a signal to a process group (0: the caller's). POSIX `killpg`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn killpg(group: pid_t, sig: c_int) -> c_int {
    if group < 0 {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: numbers only.
    unsafe { signal::kill(-group, sig) }.or_minus_one()
}

/// Sends a signal to the calling thread; its handler has returned before `raise` does. POSIX `raise`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn raise(sig: c_int) -> c_int {
    // A handler must not fork between asking for the numbers and using them.
    let mask = platform::block_all_signals();
    let result = platform::tgkill(platform::getpid(), platform::gettid(), sig);
    platform::restore_signals(mask);
    result.or_minus_one()
}

/// Queues a signal with a value. POSIX `sigqueue`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigqueue(pid: pid_t, sig: c_int, value: sigval) -> c_int {
    // SAFETY: getuid has no arguments.
    let uid = unsafe { process::getuid() }.unwrap_or(0);
    let mut info = siginfo_t::queued(sig, SI_QUEUE, platform::getpid(), uid, value);
    // SAFETY: the information is live.
    unsafe { signal::rt_sigqueueinfo(pid, sig, (&raw mut info).cast()) }.or_minus_one()
}

/// Sends a signal to one thread, by kernel numbers. tgkill(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tgkill(process: pid_t, tid: pid_t, sig: c_int) -> c_int {
    platform::tgkill(process, tid, sig).or_minus_one()
}

crate::alias!(gsignal = raise);
