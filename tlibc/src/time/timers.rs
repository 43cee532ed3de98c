//! Timers of a process: timer_create and its relatives (POSIX.1). Expiry by a signal, to the process or to a thread, by a
//! function on a thread of its own (`SIGEV_THREAD`), or not at all.
//!
//! For `SIGEV_THREAD` a thread of the library waits for the kernel's signal, [`SIGNAL`], which it blocks, and starts a thread
//! for each. A `timer_t` is the kernel's number, or with [`THREAD`] set the place of a [`Waiter`].

use crate::errno::{CResult as _, Errno};
use crate::malloc::{free, malloc};
use crate::platform::calls::{signal, time as calls};
use crate::platform::{self, Scope};
use crate::signal::{KERNEL_SET, SIGCANCEL, event, sigevent};
use crate::types::{c_int, c_void, clockid_t, itimerspec, timer_t};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Marks a `timer_t` that is the place of a [`Waiter`]: no user address and no number has the bit.
const THREAD: usize = 1 << 63;
/// To one thread only, whose number stands in the event.
const SIGEV_THREAD_ID: c_int = 4;
/// What the kernel sends to the thread: cancellation's, which nobody else can send to it.
const SIGNAL: c_int = SIGCANCEL;
/// Bytes of stack of the thread that waits.
const STACK: usize = 64 << 10;

/// A timer that starts threads, and the thread that waits for it.
struct Waiter {
    /// What is to be called.
    event: sigevent,
    /// The kernel's number of the timer.
    number: usize,
    /// The kernel's number of the thread; 0 until it runs.
    thread: AtomicU32,
    /// The timer is deleted: the thread frees this and ends.
    over: AtomicBool,
}

fn waiter(timer: timer_t) -> Option<*mut Waiter> {
    (timer.addr() & THREAD != 0).then(|| timer.map_addr(|at| at & !THREAD).cast())
}

/// The number by which the kernel knows a timer.
///
/// # Safety
/// `timer` comes from [`timer_create`].
unsafe fn number(timer: timer_t) -> usize {
    match waiter(timer) {
        // SAFETY: the place of a waiter, which stays until the timer is deleted.
        Some(waiter) => unsafe { (*waiter).number },
        None => timer.addr(),
    }
}

/// The life of a thread that waits for one timer.
unsafe extern "C" fn wait(place: *mut c_void) -> *mut c_void {
    let waiter = place.cast::<Waiter>();
    // SAFETY: made for this thread, which frees it.
    unsafe {
        (*waiter)
            .thread
            .store(platform::gettid() as u32, Ordering::Release);
        platform::futex_wake(&raw const (*waiter).thread, 1, Scope::Private);
        let set: u64 = 1 << (SIGNAL - 1);
        loop {
            let got = signal::rt_sigtimedwait(&raw const set, null_mut(), null_mut(), KERNEL_SET);
            if (*waiter).over.load(Ordering::Acquire) {
                free(place);
                return null_mut();
            }
            if got == Ok(SIGNAL) {
                event::notify(&(*waiter).event, 0);
            }
        }
    }
}

/// Ends a waiter's thread, which frees the waiter.
///
/// # Safety
/// Its timer is gone or was never made.
unsafe fn dismiss(waiter: *mut Waiter) {
    // SAFETY: the thread lives until it sees the flag, and takes the signal after it.
    unsafe {
        let thread = (*waiter).thread.load(Ordering::Relaxed) as c_int;
        (*waiter).over.store(true, Ordering::Release);
        // The thread is there, and room for the signal as well: a real-time signal of a number that does not queue up.
        while platform::tgkill(platform::getpid(), thread, SIGNAL) == Err(Errno::EAGAIN) {
            platform::sched_yield();
        }
    }
}

/// A timer that starts threads; `EAGAIN` without memory or threads.
unsafe fn create_with_thread(clock: clockid_t, event: &sigevent) -> Result<timer_t, Errno> {
    event::check(event)?;
    let place = malloc(size_of::<Waiter>()).cast::<Waiter>();
    if place.is_null() {
        return Err(Errno::EAGAIN);
    }
    // SAFETY: the block is large enough; the thread gets it when it is filled in.
    unsafe {
        place.write(Waiter {
            event: *event,
            number: 0,
            thread: AtomicU32::new(0),
            over: AtomicBool::new(false),
        });
        if let Err(errno) = event::start_thread_blocked(wait, place.cast(), STACK) {
            free(place.cast());
            return Err(errno);
        }
        while (*place).thread.load(Ordering::Acquire) == 0 {
            // Whatever ends the wait, the loop looks again.
            let _ = platform::futex_wait(&(*place).thread, 0, None, Scope::Private);
        }
        // The kernel's structure has the thread's number where C's has the function.
        let mut words = [0u64; 8];
        words[1] = SIGNAL as u64 | (SIGEV_THREAD_ID as u64) << 32;
        words[2] = u64::from((*place).thread.load(Ordering::Relaxed));
        let mut id: c_int = 0;
        match calls::timer_create(clock, words.as_mut_ptr().cast(), &raw mut id) {
            Ok(_) => {
                (*place).number = id as usize;
                Ok(place.map_addr(|at| at | THREAD).cast())
            }
            Err(errno) => {
                dismiss(place);
                Err(errno)
            }
        }
    }
}

/// Makes a timer on a clock; null for `event` means SIGALRM.
///
/// # Safety
/// `event` is null or a `struct sigevent`; `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_create(
    clock: clockid_t,
    event: *mut c_void,
    place: *mut timer_t,
) -> c_int {
    // SAFETY: the caller's structures; the kernel reads the event and writes the number.
    let made = unsafe {
        match event.cast::<sigevent>().as_ref() {
            Some(event) if event.sigev_notify == event::SIGEV_THREAD => {
                create_with_thread(clock, event)
            }
            _ => {
                let mut id: c_int = 0;
                calls::timer_create(clock, event, &raw mut id)
                    .map(|_| core::ptr::without_provenance_mut(id as usize))
            }
        }
    };
    // SAFETY: the caller's pointer.
    made.map(|timer| unsafe { *place = timer }).or_minus_one()
}

/// Deletes a timer.
///
/// # Safety
/// `timer` comes from [`timer_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_delete(timer: timer_t) -> c_int {
    // SAFETY: the caller's promise; without the timer nothing is sent to the thread any more.
    unsafe {
        let result = calls::timer_delete(number(timer)).map(drop);
        if let (Ok(()), Some(waiter)) = (result, waiter(timer)) {
            dismiss(waiter);
        }
        result.or_minus_one()
    }
}

/// The time until a timer expires.
///
/// # Safety
/// `timer` comes from [`timer_create`]; `place` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_gettime(timer: timer_t, place: *mut itimerspec) -> c_int {
    // SAFETY: the kernel writes one itimerspec.
    unsafe { calls::timer_gettime(number(timer), place) }
        .map(drop)
        .or_minus_one()
}

/// Starts or stops a timer.
///
/// # Safety
/// `timer` comes from [`timer_create`]; `new` is valid, `old` null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_settime(
    timer: timer_t,
    flags: c_int,
    new: *const itimerspec,
    old: *mut itimerspec,
) -> c_int {
    // SAFETY: the kernel reads one itimerspec and writes one.
    unsafe { calls::timer_settime(number(timer), flags, new, old) }
        .map(drop)
        .or_minus_one()
}

/// How many expiries the last signal stood for besides its own.
///
/// # Safety
/// `timer` comes from [`timer_create`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn timer_getoverrun(timer: timer_t) -> c_int {
    // SAFETY: no memory is involved.
    unsafe { calls::timer_getoverrun(number(timer)) }.or_minus_one()
}
