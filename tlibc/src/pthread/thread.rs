//! The life of a thread: create, exit, join, detach; and signals to one.

use super::attr::pthread_attr_t;
use super::attr_np::{self, Extension};
use super::tcb::{self, DETACHED, ENDED, JOINABLE, Tcb};
use super::{cancel, key, pthread_t, stack, thread_atexit, wait};
use crate::errno::Errno;
use crate::platform::constants::{
    CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_PARENT_SETTID, CLONE_SETTLS, CLONE_SIGHAND,
    CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM,
};
use crate::platform::{self, Scope};
use crate::signal::{RESERVED, siginfo_t, sigval};
use crate::sync::become_multi_threaded;
use crate::types::*;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use wait::Deadline;

/// A thread's function.
pub type Start = unsafe extern "C" fn(*mut c_void) -> *mut c_void;

/// Threads that have not ended, the main one included.
static THREADS: AtomicUsize = AtomicUsize::new(1);

/// Non-zero while the process has had one thread only; libstdc++ leaves atomic instructions out then.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut __libc_single_threaded: c_char = 1;

/// Starts a thread. 0, `EAGAIN` (no memory, too many threads), `EINVAL` (attributes) or `EPERM` (scheduling).
///
/// # Safety
/// `thread` must be valid for a write, `attr` null or initialised; `start` is called with `argument`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_create(
    thread: *mut pthread_t,
    attr: *const pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let result = unsafe {
        let attr = if attr.is_null() {
            attr_np::defaults()
        } else {
            *attr
        };
        create(thread, &attr, start, argument)
    };
    result.err().map_or(0, |errno| errno.0)
}

unsafe fn create(
    thread: *mut pthread_t,
    attr: &pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> Result<(), Errno> {
    const FLAGS: u32 = CLONE_VM
        | CLONE_FS
        | CLONE_FILES
        | CLONE_SIGHAND
        | CLONE_THREAD
        | CLONE_SYSVSEM
        | CLONE_SETTLS
        | CLONE_PARENT_SETTID
        | CLONE_CHILD_CLEARTID;
    let tcb = stack::allocate(attr)?;
    // SAFETY: the new block is ours until the thread runs; what it inherits is read from our own.
    unsafe {
        let own = tcb::current();
        (*tcb).canary = (*own).canary;
        (*tcb).pointer_guard = (*own).pointer_guard;
        (*tcb).start = Some(start);
        (*tcb).argument = argument;
        (*tcb).multiple_threads = 1;
        (*own).multiple_threads = 1;
        (*tcb).explicit_scheduling = attr.has_explicit_scheduling();
        if attr.is_detached() {
            (*tcb).life.store(DETACHED, Ordering::Relaxed);
        }
        become_multi_threaded();
        __libc_single_threaded = 0;
        THREADS.fetch_add(1, Ordering::Relaxed);
        // The thread may end, and its block be gone, before `clone_thread` returns.
        thread.write(tcb as pthread_t);
        let extension = attr.extension.as_ref();
        let processors = extension.and_then(Extension::processors);
        let explicit = attr.has_explicit_scheduling() || processors.is_some();
        let gate = &(*tcb).signal_lock;
        if explicit {
            gate.lock();
        }
        // A thread with a mask of its own takes no signal before it has set it. Cancellation's may be blocked here, not there.
        let own_mask = extension.and_then(Extension::mask);
        let mask = (own_mask.is_some() || cancel::is_pending()).then(platform::block_all_signals);
        (*tcb).first_mask = own_mask.or(mask.map(|mask| mask & !RESERVED));
        let top = ((*tcb).stack.add((*tcb).stack_size) as usize & !63) as *mut u8;
        let tid = (&raw const (*tcb).tid).cast_mut().cast();
        let started = platform::clone_thread(enter, top, tcb.cast(), FLAGS, tid);
        if let Some(mask) = mask {
            platform::restore_signals(mask);
        }
        if started.is_err() {
            THREADS.fetch_sub(1, Ordering::Relaxed);
            stack::release(tcb);
            return Err(Errno::EAGAIN);
        }
        if explicit {
            let tid = (*tcb).tid.load(Ordering::Relaxed) as pid_t;
            let mut outcome =
                processors.map_or(Ok(()), |set| platform::sched_setaffinity(tid, set));
            if attr.has_explicit_scheduling() {
                outcome = outcome
                    .and_then(|()| platform::sched_setscheduler(tid, attr.policy, attr.priority));
            }
            if outcome.is_err() {
                (*tcb).start = Some(end_at_once);
                (*tcb).life.store(DETACHED, Ordering::Relaxed);
            }
            gate.unlock();
            return outcome;
        }
    }
    Ok(())
}

/// What a thread runs whose scheduling could not be set.
unsafe extern "C" fn end_at_once(_: *mut c_void) -> *mut c_void {
    null_mut()
}

/// The first function on a new thread's stack.
unsafe extern "C" fn enter(block: *mut c_void) -> ! {
    let tcb = block.cast::<Tcb>();
    // SAFETY: the block is this thread's own; the creator holds the lock while it sets the scheduling.
    unsafe {
        if (*tcb).signal_lock.is_locked() {
            (*tcb).signal_lock.lock();
            (*tcb).signal_lock.unlock();
        }
        if let Some(mask) = (*tcb).first_mask {
            platform::restore_signals(mask);
        }
        match (*tcb).start {
            Some(start) => pthread_exit(start((*tcb).argument)),
            None => pthread_exit(null_mut()),
        }
    }
}

/// Ends the calling thread: cleanup handlers, destructors of thread-local objects and of thread-specific data, and with
/// the last thread the process, as if by `exit(0)`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_exit(result: *mut c_void) -> ! {
    let tcb = tcb::current();
    // SAFETY: the thread's own block.
    unsafe {
        cancel::stop_for_good();
        (*tcb).result = result;
        cancel::run_cleanup();
        thread_atexit::run_destructors();
        key::run_destructors();
        if THREADS.fetch_sub(1, Ordering::AcqRel) == 1 {
            crate::start::exit::exit(0);
        }
        crate::malloc::thread_exit();
        // No handler may run on a stack that is being taken away.
        platform::block_all_signals();
        (*tcb).signal_lock.lock();
        (*tcb).unreachable = 1;
        (*tcb).signal_lock.unlock();
        let main = (*tcb).stack.is_null();
        if (*tcb).life.swap(ENDED, Ordering::AcqRel) == DETACHED && !main {
            stack::release_and_exit(tcb)
        }
        platform::exit_thread()
    }
}

/// Waits for a thread's end. 0, `EDEADLK` (itself), `EINVAL` (detached).
///
/// # Safety
/// `thread` must be a thread nobody else joins; `result` null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_join(thread: pthread_t, result: *mut *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { join(thread, result, None) }
}

/// [`pthread_join`] until a `CLOCK_REALTIME` time (pthread_tryjoin_np(3)), or for ever if it is null; `ETIMEDOUT` leaves
/// the thread joinable.
///
/// # Safety
/// As for [`pthread_join`]; `until` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_timedjoin_np(
    thread: pthread_t,
    result: *mut *mut c_void,
    until: *const timespec,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let until = until
            .as_ref()
            .map(|until| (platform::DeadlineClock::Realtime, until));
        join(thread, result, until)
    }
}

/// [`pthread_timedjoin_np`] by any clock that has deadlines (pthread_clockjoin_np(3)); `EINVAL` for others.
///
/// # Safety
/// As for [`pthread_timedjoin_np`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_clockjoin_np(
    thread: pthread_t,
    result: *mut *mut c_void,
    clock: clockid_t,
    until: *const timespec,
) -> c_int {
    match wait::clock(clock) {
        // SAFETY: the caller's promise.
        Ok(clock) => unsafe { join(thread, result, until.as_ref().map(|until| (clock, until))) },
        Err(errno) => errno.0,
    }
}

/// [`pthread_join`] if the thread has ended; else `EBUSY`.
///
/// # Safety
/// As for [`pthread_join`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_tryjoin_np(thread: pthread_t, result: *mut *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if (*(thread as *mut Tcb)).tid.load(Ordering::Acquire) != 0 {
            return Errno::EBUSY.0;
        }
        join(thread, result, None)
    }
}

unsafe fn join(thread: pthread_t, result: *mut *mut c_void, until: Option<Deadline>) -> c_int {
    let tcb = thread as *mut Tcb;
    if tcb == tcb::current() {
        return Errno::EDEADLK.0;
    }
    // SAFETY: the caller's promise: the block stays until it is released here.
    unsafe {
        if (*tcb).is_detached() {
            return Errno::EINVAL.0;
        }
        cancel::pthread_testcancel();
        if let Err(errno) = wait_for_end(tcb, |word, id| {
            cancel::sleep(word, id, until, Scope::Shared)
        }) {
            return errno.0;
        }
        if !result.is_null() {
            result.write((*tcb).result);
        }
        stack::release(tcb);
    }
    0
}

/// Calls `sleep` with a thread's kernel id until the kernel has cleared it. The kernel's wake is a shared one.
///
/// # Safety
/// `tcb` must be the block of a thread that was not joined.
unsafe fn wait_for_end(
    tcb: *mut Tcb,
    sleep: impl Fn(&AtomicU32, u32) -> Result<(), Errno>,
) -> Result<(), Errno> {
    loop {
        // SAFETY: the caller's promise: the block stays.
        let word = unsafe { &(*tcb).tid };
        match word.load(Ordering::Acquire) {
            0 => return Ok(()),
            id => sleep(word, id)?,
        }
    }
}

/// Lets a thread free itself when it ends. 0, or `EINVAL` if it is detached already.
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_detach(thread: pthread_t) -> c_int {
    let tcb = thread as *mut Tcb;
    // SAFETY: the caller's promise.
    unsafe {
        match (*tcb)
            .life
            .compare_exchange(JOINABLE, DETACHED, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => 0,
            Err(ENDED) => {
                // It is leaving. This is no cancellation point.
                let ended =
                    wait_for_end(tcb, |word, id| wait::sleep(word, id, None, Scope::Shared));
                if let Err(errno) = ended {
                    return errno.0;
                }
                stack::release(tcb);
                0
            }
            Err(_) => Errno::EINVAL.0,
        }
    }
}

/// The calling thread.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_self() -> pthread_t {
    tcb::current() as pthread_t
}

/// Whether two threads are one: non-zero if so.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_equal(a: pthread_t, b: pthread_t) -> c_int {
    c_int::from(a == b)
}

/// Sends a signal to a thread; 0 also when it has ended (POSIX.1-2024), or `EINVAL`, also for the library's own signals.
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_kill(thread: pthread_t, signal: c_int) -> c_int {
    if is_own(signal) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's thread.
    unsafe { interrupt(thread, signal) }
}

/// Whether a signal is the library's own.
fn is_own(signal: c_int) -> bool {
    (1..=64).contains(&signal) && RESERVED & 1 << (signal - 1) != 0
}

/// [`pthread_kill`] with any signal.
///
/// # Safety
/// `thread` must be a thread that was not joined.
pub(super) unsafe fn interrupt(thread: pthread_t, signal: c_int) -> c_int {
    // SAFETY: the caller's thread.
    unsafe {
        while_reachable(thread, signal, |tid| {
            platform::tgkill(platform::getpid(), tid, signal)
        })
    }
}

/// Queues a signal with a value to a thread; 0 also when it has ended, `EAGAIN` (too many queued) or `EINVAL`, also for the
/// library's own signals. pthread_sigqueue(3).
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_sigqueue(
    thread: pthread_t,
    signal: c_int,
    value: sigval,
) -> c_int {
    const SI_QUEUE: c_int = -1;
    if is_own(signal) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's thread; the information is live.
    unsafe {
        while_reachable(thread, signal, |tid| {
            let process = platform::getpid();
            let user = platform::calls::process::getuid()?;
            let mut info = siginfo_t::queued(signal, SI_QUEUE, process, user, value);
            let info = (&raw mut info).cast();
            platform::calls::signal::rt_tgsigqueueinfo(process, tid, signal, info).map(drop)
        })
    }
}

/// Calls `send` with a thread's kernel id while the thread cannot end. 0, also when it has ended, or the error's number;
/// `EINVAL` for what is no signal.
///
/// # Safety
/// `thread` must be a thread that was not joined.
unsafe fn while_reachable(
    thread: pthread_t,
    signal: c_int,
    send: impl FnOnce(pid_t) -> Result<(), Errno>,
) -> c_int {
    let tcb = thread as *mut Tcb;
    if !(0..=64).contains(&signal) {
        return Errno::EINVAL.0;
    }
    // A handler must not run, and perhaps take the lock again, while it is held.
    let mask = platform::block_all_signals();
    // SAFETY: the caller's promise; the lock keeps the kernel's id valid.
    let result = unsafe {
        (*tcb).signal_lock.lock();
        let result = if (*tcb).unreachable != 0 {
            Ok(())
        } else {
            send((*tcb).tid.load(Ordering::Relaxed) as pid_t)
        };
        (*tcb).signal_lock.unlock();
        result
    };
    platform::restore_signals(mask);
    result.err().map_or(0, |errno| errno.0)
}

/// Threads that have not ended.
pub fn count() -> usize {
    THREADS.load(Ordering::Relaxed)
}

/// Corrects the bookkeeping in the child of a fork, where the calling thread is alone. Its new id is in the block already.
pub(crate) fn after_fork_in_child() {
    let tcb = tcb::current();
    THREADS.store(1, Ordering::Relaxed);
    // SAFETY: the thread's own block.
    unsafe {
        (*tcb).signal_lock.reset();
        super::mutex::after_fork_in_child(tcb);
    }
    super::once::after_fork_in_child();
    crate::start::exit::after_fork_in_child();
}
