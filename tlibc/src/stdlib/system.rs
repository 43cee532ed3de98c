//! system: a command for the shell.

use core::ptr::{null, null_mut};

use crate::errno::{Errno, set_errno};
use crate::types::{c_char, c_int, c_void, pid_t, sigset_t};

const SIGINT: c_int = 2;
const SIGQUIT: c_int = 3;
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
/// While it runs, this process ignores SIGINT and SIGQUIT and blocks SIGCHLD; the command does not.
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
        // struct sigaction: the handler is the first word, SIG_IGN is 1.
        let mut ignore = Opaque([0_u8; 152]);
        ignore.0[0] = 1;
        let ignore = (&raw const ignore).cast::<c_void>();
        let mut old_interrupt = Opaque([0_u8; 152]);
        let mut old_quit = Opaque([0_u8; 152]);
        let mut old_mask = signals(&[]);
        let old_interrupt = (&raw mut old_interrupt).cast::<c_void>();
        let old_quit = (&raw mut old_quit).cast::<c_void>();
        sigaction(SIGINT, ignore, old_interrupt);
        sigaction(SIGQUIT, ignore, old_quit);
        sigprocmask(SIG_BLOCK, &signals(&[SIGCHLD]), &mut old_mask);

        // The command gets the signals back as this process had them.
        let was_default = |action: *mut c_void| *action.cast::<usize>() == 0;
        let mut defaults = signals(&[]);
        if was_default(old_interrupt) {
            defaults.bits[0] |= 1 << (SIGINT - 1);
        }
        if was_default(old_quit) {
            defaults.bits[0] |= 1 << (SIGQUIT - 1);
        }
        let mut attributes = Opaque([0_u8; 336]);
        let attributes = (&raw mut attributes).cast::<c_void>();
        posix_spawnattr_init(attributes);
        posix_spawnattr_setsigmask(attributes, &old_mask);
        posix_spawnattr_setsigdefault(attributes, &defaults);
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        let argv = [
            c"sh".as_ptr().cast_mut(),
            c"-c".as_ptr().cast_mut(),
            c"--".as_ptr().cast_mut(),
            command.cast_mut(),
            null_mut(),
        ];
        let mut pid = 0;
        let environment = crate::start::environment::environ;
        let error = posix_spawn(
            &mut pid,
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
            while waitpid(pid, &mut status, 0) < 0 {
                if crate::errno::errno() != Errno::EINTR {
                    status = -1;
                    break;
                }
            }
        }
        sigaction(SIGINT, old_interrupt, null_mut());
        sigaction(SIGQUIT, old_quit, null_mut());
        sigprocmask(SIG_SETMASK, &old_mask, null_mut());
        status
    }
}
