//! system: a command for the shell.

use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use crate::errno::{Errno, set_errno};
use crate::platform::calls::{process, signal};
use crate::pthread::cancel::{_pthread_cleanup_pop, _pthread_cleanup_push, Cleanup};
use crate::sync::Mutex;
use crate::types::{c_char, c_int, c_void, pid_t, sigset_t};

const SIGINT: c_int = 2;
const SIGQUIT: c_int = 3;
const SIGKILL: c_int = 9;
const SIGCHLD: c_int = 17;
const SIG_BLOCK: c_int = 0;
const SIG_SETMASK: c_int = 2;
const POSIX_SPAWN_SETSIGDEF: i16 = 4;
const POSIX_SPAWN_SETSIGMASK: i16 = 8;
/// What the shell itself reports when it cannot be started.
const NOT_STARTED: c_int = 127 << 8;

/// `struct sigaction` and `posix_spawnattr_t`, only passed through here.
#[repr(C, align(8))]
struct Opaque<const N: usize>([u8; N]);

impl<const N: usize> Opaque<N> {
    fn pointer(&mut self) -> *mut c_void {
        (&raw mut self.0).cast()
    }
}

/// What the calls that run at the same time share: the actions that the first one found, and the last one restores.
struct Shared {
    running: usize,
    interrupt: Opaque<152>,
    quit: Opaque<152>,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared {
    running: 0,
    interrupt: Opaque([0; 152]),
    quit: Opaque([0; 152]),
});

/// A call that runs.
struct Running {
    pid: pid_t,
    old_mask: sigset_t,
}

impl Running {
    /// Ignores the keyboard's signals and blocks SIGCHLD; also which signals are to have their default action in the command,
    /// as they had it in this process.
    fn start() -> (Self, sigset_t) {
        // struct sigaction: the handler is the first word, SIG_IGN is 1.
        let mut ignore = Opaque([0_u8; 152]);
        ignore.0[0] = 1;
        let mut this = Running {
            pid: 0,
            old_mask: signals(&[]),
        };
        let mut defaults = signals(&[]);
        let mut shared = SHARED.lock();
        let shared = &mut *shared;
        let first = shared.running == 0;
        shared.running += 1;
        // SAFETY: structures of the ABI's size.
        unsafe {
            for (number, old) in [(SIGINT, &mut shared.interrupt), (SIGQUIT, &mut shared.quit)] {
                if first {
                    sigaction(number, ignore.pointer(), old.pointer());
                }
                if old.0[..8] == [0; 8] {
                    defaults.bits[0] |= 1 << (number - 1);
                }
            }
            sigprocmask(SIG_BLOCK, &signals(&[SIGCHLD]), &mut this.old_mask);
        }
        (this, defaults)
    }

    /// Puts back what [`Self::start`] changed.
    fn end(&self) {
        let mut shared = SHARED.lock();
        shared.running -= 1;
        // SAFETY: what sigaction and sigprocmask stored.
        unsafe {
            if shared.running == 0 {
                sigaction(SIGINT, shared.interrupt.pointer(), null_mut());
                sigaction(SIGQUIT, shared.quit.pointer(), null_mut());
            }
            sigprocmask(SIG_SETMASK, &self.old_mask, null_mut());
        }
    }
}

/// The thread is cancelled while it waits: nobody is left to take the command's status.
///
/// # Safety
/// `running` is a [`Running`] whose command was started.
unsafe extern "C" fn cancelled(running: *mut c_void) {
    // SAFETY: the caller's duty; no status is wanted. The wait is no cancellation point.
    unsafe {
        let running = &*running.cast::<Running>();
        // It has not been waited for, so the number is still its own.
        let _ = signal::kill(running.pid, SIGKILL);
        while process::wait4(running.pid, null_mut(), 0, null_mut()) == Err(Errno::EINTR) {}
        running.end();
    }
}

unsafe extern "C" {
    fn sigaction(signal: c_int, new: *const c_void, old: *mut c_void) -> c_int;
    fn sigprocmask(how: c_int, set: *const sigset_t, old: *mut sigset_t) -> c_int;
    fn posix_spawn(
        pid: *mut pid_t,
        path: *const c_char,
        actions: *const c_void,
        attributes: *const c_void,
        argv: *const *mut c_char,
        envp: *const *mut c_char,
    ) -> c_int;
    fn posix_spawnattr_init(attributes: *mut c_void) -> c_int;
    fn posix_spawnattr_destroy(attributes: *mut c_void) -> c_int;
    fn posix_spawnattr_setflags(attributes: *mut c_void, flags: i16) -> c_int;
    fn posix_spawnattr_setsigmask(attributes: *mut c_void, mask: *const sigset_t) -> c_int;
    fn posix_spawnattr_setsigdefault(attributes: *mut c_void, signals: *const sigset_t) -> c_int;
    fn waitpid(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t;
    fn access(path: *const c_char, mode: c_int) -> c_int;
}

const fn signals(list: &[c_int]) -> sigset_t {
    let mut set = sigset_t { bits: [0; 16] };
    let mut at = 0;
    while at < list.len() {
        set.bits[0] |= 1 << (list[at] - 1);
        at += 1;
    }
    set
}

/// Runs `/bin/sh -c command` and returns its wait status; 127 as exit status when the shell could not be started, −1
/// when the wait failed. A null command asks whether there is a shell (ISO C 7.22.4.8, POSIX.1).
///
/// While it runs, this process ignores SIGINT and SIGQUIT and the thread blocks SIGCHLD; the command does not. A thread that is
/// cancelled while it waits kills the command.
///
/// # Safety
/// `command` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn system(command: *const c_char) -> c_int {
    const SHELL: *const c_char = c"/bin/sh".as_ptr();
    // SAFETY: all structures are valid and of the ABI's size; handlers are restored on every path.
    unsafe {
        if command.is_null() {
            return c_int::from(access(SHELL, 1) == 0);
        }
        let (mut running, defaults) = Running::start();
        let mut attributes = Opaque([0_u8; 336]);
        let attributes = (&raw mut attributes).cast::<c_void>();
        posix_spawnattr_init(attributes);
        posix_spawnattr_setsigmask(attributes, &running.old_mask);
        posix_spawnattr_setsigdefault(attributes, &defaults);
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        let argv = [
            c"sh".as_ptr().cast_mut(),
            c"-c".as_ptr().cast_mut(),
            c"--".as_ptr().cast_mut(),
            command.cast_mut(),
            null_mut(),
        ];
        let environment = crate::start::environment::environ;
        let error = posix_spawn(
            &mut running.pid,
            SHELL,
            null(),
            attributes,
            argv.as_ptr(),
            environment,
        );
        posix_spawnattr_destroy(attributes);

        let mut status = NOT_STARTED;
        if error == Errno::EAGAIN.0 || error == Errno::ENOMEM.0 {
            set_errno(Errno(error));
            status = -1;
        } else if error == 0 {
            let pid = running.pid;
            let mut cleanup = MaybeUninit::<Cleanup>::uninit();
            _pthread_cleanup_push(cleanup.as_mut_ptr(), cancelled, (&raw mut running).cast());
            while waitpid(pid, &mut status, 0) < 0 {
                if crate::errno::errno() != Errno::EINTR {
                    status = -1;
                    break;
                }
            }
            _pthread_cleanup_pop(cleanup.as_mut_ptr(), 0);
        }
        running.end();
        status
    }
}
