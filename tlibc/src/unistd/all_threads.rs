//! Changing credentials in every thread.
//!
//! The kernel keeps them for each thread, POSIX for the process. The caller makes the change for itself and then
//! interrupts the others one after the other (`/proc/self/task` names them) with a signal that programs cannot block;
//! its handler makes the same kernel call. Passes go on until no thread is new, since a thread that has not
//! changed yet may start another.

use crate::errno::Errno;
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_RDONLY};
use crate::platform::{self, DeadlineClock, KernelSigaction, Scope, calls::fs};
use crate::signal::{SA_RESTART, SA_RESTORER, SIGSETXID};
use crate::sync::Mutex;
use crate::types::*;
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, AtomicU32, AtomicUsize, Ordering};

/// A kernel call on the calling thread.
type Call = unsafe fn([usize; 3]) -> Result<c_int, Errno>;

/// Threads that a process may have for the change to be possible.
const THREADS: usize = 4096;

/// Threads that have changed. Holding the lock makes a caller the only one.
static DONE: Mutex<[pid_t; THREADS]> = Mutex::new([0; THREADS]);
static CALL: AtomicUsize = AtomicUsize::new(0);
static ARGUMENTS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];
/// The error of the thread that was asked.
static ERROR: AtomicI32 = AtomicI32::new(0);
/// The number of the thread that is asked; 0 when it has answered.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// Runs in the thread that was asked.
unsafe extern "C" fn answer(_sig: c_int) {
    let this = platform::gettid() as u32;
    if ASKED.load(Ordering::Acquire) != this {
        return;
    }
    let arguments = core::array::from_fn(|i| ARGUMENTS[i].load(Ordering::Relaxed));
    // SAFETY: `change` stored a function, and published it with `ASKED`; it takes numbers only.
    let result = unsafe {
        let call = core::mem::transmute::<usize, Call>(CALL.load(Ordering::Relaxed));
        call(arguments)
    };
    ERROR.store(result.err().map_or(0, |e| e.0), Ordering::Relaxed);
    ASKED.store(0, Ordering::Release);
    platform::futex_wake(&raw const ASKED, 1, Scope::Private);
}

/// Has one thread make the call; one that ends meanwhile needs none.
fn ask(process: pid_t, thread: pid_t) -> Result<(), Errno> {
    ASKED.store(thread as u32, Ordering::Release);
    while ASKED.load(Ordering::Acquire) != 0 {
        match platform::tgkill(process, thread, SIGSETXID) {
            Err(Errno::ESRCH) => {
                ASKED.store(0, Ordering::Relaxed);
                return Ok(());
            }
            // The queue is full: try again after the pause.
            Err(Errno::EAGAIN) | Ok(()) => {}
            Err(e) => return Err(e),
        }
        // A thread that ends after the signal never answers: look again from time to time.
        let mut now = timespec::default();
        // SAFETY: a live structure.
        unsafe { platform::calls::process::clock_gettime(1, (&raw mut now).cast()) }?;
        now.tv_nsec += 20_000_000;
        if now.tv_nsec >= 1_000_000_000 {
            now.tv_sec += 1;
            now.tv_nsec -= 1_000_000_000;
        }
        let deadline = Some((DeadlineClock::Monotonic, &now));
        // Whatever ends the wait, the loop looks at the word.
        let _ = platform::futex_wait(&ASKED, thread as u32, deadline, Scope::Private);
    }
    match ERROR.load(Ordering::Relaxed) {
        0 => Ok(()),
        e => Err(Errno(e)),
    }
}

/// Calls `each` with the number of every thread of the process.
fn each_thread(mut each: impl FnMut(pid_t) -> Result<(), Errno>) -> Result<(), Errno> {
    #[repr(C, align(8))]
    struct Buffer([u8; 2048]);
    let mut buffer = Buffer([0; 2048]);
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    let dir = platform::openat(AT_FDCWD, c"/proc/self/task", flags, 0)?;
    let result = loop {
        // SAFETY: the buffer has that size.
        let n = match unsafe { fs::getdents64(dir, buffer.0.as_mut_ptr().cast(), buffer.0.len()) } {
            Ok(0) => break Ok(()),
            Ok(n) => n as usize,
            Err(e) => break Err(e),
        };
        let mut at = 0;
        let mut failed = Ok(());
        while at < n && failed.is_ok() {
            let entry = &buffer.0[at..n];
            // struct linux_dirent64: the length at 16, the name at 19.
            let length = usize::from(u16::from_ne_bytes([entry[16], entry[17]]));
            let name =
                CStr::from_bytes_until_nul(&entry[19..length]).map_or(&b""[..], CStr::to_bytes);
            if let Some(thread) = crate::textfile::decimal(name) {
                failed = each(thread as pid_t);
            }
            at += length;
        }
        if failed.is_err() {
            break failed;
        }
    };
    // Read only: nothing is lost when close fails.
    let _ = platform::close(dir);
    result
}

/// Makes `call(arguments)` in every thread of the process; the result is the caller's own.
///
/// # Errors
/// Those of the call, which then has changed nothing; and of listing the threads, where there are several.
pub(super) fn change(call: Call, arguments: [usize; 3]) -> Result<c_int, Errno> {
    if crate::pthread::thread::count() <= 1 {
        // SAFETY: numbers only.
        return unsafe { call(arguments) };
    }
    let mut done = DONE.lock();
    let mut count = 0;
    each_thread(|_| Ok(()))?;
    let this = platform::gettid();
    let process = platform::getpid();
    // SAFETY: numbers only.
    let own = unsafe { call(arguments) }?;
    CALL.store(call as usize, Ordering::Relaxed);
    for (to, from) in ARGUMENTS.iter().zip(arguments) {
        to.store(from, Ordering::Relaxed);
    }
    let handler = KernelSigaction {
        handler: answer as *const () as usize,
        flags: (SA_RESTART | SA_RESTORER) as u32 as c_ulong,
        restorer: crate::signal::action::restorer_address(),
        mask: !0,
    };
    // SAFETY: the handler touches atomics only.
    unsafe { platform::sigaction(SIGSETXID, Some(&handler)) }?;
    loop {
        let before = count;
        let pass = each_thread(|thread| {
            if thread == this || done[..count].contains(&thread) {
                return Ok(());
            }
            if count == THREADS {
                return Err(Errno::EAGAIN);
            }
            ask(process, thread)?;
            done[count] = thread;
            count += 1;
            Ok(())
        });
        if pass.is_err() {
            // Some threads have the new credentials and some the old: no program can be safe from here on.
            platform::abort();
        }
        if count == before {
            return Ok(own);
        }
    }
}
