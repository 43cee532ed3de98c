//! The child's side of `posix_spawn`.
//!
//! Child and parent share memory until exec, and the child runs with every signal blocked on a stack of its own. It
//! may not allocate, lock, or touch `errno`: it only makes kernel calls.

use super::actions::Action;
use super::attributes::{
    POSIX_SPAWN_RESETIDS, POSIX_SPAWN_SETPGROUP, POSIX_SPAWN_SETSCHEDPARAM,
    POSIX_SPAWN_SETSCHEDULER, POSIX_SPAWN_SETSID, POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK,
    posix_spawnattr_t,
};
use crate::errno::Errno;
use crate::fcntl::{AT_FDCWD, F_GETFD, F_SETFD, FD_CLOEXEC};
use crate::platform::calls::{fs, process};
use crate::platform::{self, KernelSigaction};
use crate::signal::{NSIG, RESERVED, SIG_DFL, SIG_IGN, SIG_SETMASK, SIGKILL, SIGSTOP};
use crate::sys_ioctl::TIOCSPGRP;
use crate::types::*;
use crate::unistd::exec::each_candidate;
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, Ordering};

/// Bytes of the child's stack: the `PATH` search keeps a path on it.
const STACK: usize = 64 * 1024;

/// What the child is to do.
pub(super) struct Plan<'a> {
    pub file: &'a CStr,
    /// The value of `PATH` when the file is searched for.
    pub search: Option<&'a [u8]>,
    pub actions: &'a [Action],
    pub attributes: Option<&'a posix_spawnattr_t>,
    pub argv: *const *mut c_char,
    pub envp: *const *mut c_char,
}

/// What both sides see.
struct Shared<'a> {
    plan: &'a Plan<'a>,
    /// The parent's mask, the child's when the attributes give none.
    mask: u64,
    /// The child's error number; 0 as long as it has not failed.
    error: AtomicI32,
}

/// Starts the child and waits until it has exec'd or failed: its number and its error number.
///
/// # Safety
/// The vectors of the plan are null-terminated vectors of strings.
pub(super) unsafe fn start(plan: &Plan) -> Result<(pid_t, c_int), Errno> {
    let stack = platform::map_anonymous(STACK)?;
    // No handler may run in the child: it would see the parent's memory.
    let mask = platform::block_all_signals();
    let shared = Shared {
        plan,
        mask,
        error: AtomicI32::new(0),
    };
    // SAFETY: the stack is fresh and its top aligned; the parent waits, so `shared` outlives the child's use of it.
    let child = unsafe {
        crate::platform::clone_borrowing(
            stack.add(STACK).cast(),
            run,
            (&raw const shared).cast_mut().cast(),
        )
    };
    platform::restore_signals(mask);
    // SAFETY: the child has left its stack.
    let _ = unsafe { platform::munmap(stack.cast(), STACK) };
    child.map(|pid| (pid, shared.error.load(Ordering::Acquire)))
}

/// The child's first function.
unsafe extern "C" fn run(shared: *mut c_void) -> ! {
    // SAFETY: `start` passed its live structure.
    let shared = unsafe { &*shared.cast::<Shared>() };
    // SAFETY: as `start`'s caller promised.
    let error = match unsafe { prepare(shared) } {
        // SAFETY: as above.
        Ok(()) => unsafe { exec(shared.plan) },
        Err(e) => e,
    };
    shared.error.store(error.0, Ordering::Release);
    platform::exit_group(127)
}

/// Everything between the clone and the exec, in the order POSIX gives.
///
/// # Safety
/// The plan's strings are strings.
unsafe fn prepare(shared: &Shared) -> Result<(), Errno> {
    let attributes = shared.plan.attributes;
    let flags = attributes.map_or(0, |a| a.flags);
    let has = |flag: c_short| flags & flag != 0;
    let defaults = match attributes {
        Some(a) if has(POSIX_SPAWN_SETSIGDEF) => a.sigdefault.bits[0],
        _ => 0,
    };
    reset_signals(defaults)?;
    if let Some(a) = attributes {
        // SAFETY: numbers, and a live parameter.
        unsafe {
            if has(POSIX_SPAWN_SETSCHEDULER) {
                process::sched_setscheduler(0, a.policy, (&raw const a.priority).cast())?;
            } else if has(POSIX_SPAWN_SETSCHEDPARAM) {
                process::sched_setparam(0, (&raw const a.priority).cast())?;
            }
            if has(POSIX_SPAWN_SETSID) {
                process::setsid()?;
            }
            if has(POSIX_SPAWN_SETPGROUP) {
                process::setpgid(0, a.pgroup)?;
            }
            if has(POSIX_SPAWN_RESETIDS) {
                process::setresgid(gid_t::MAX, process::getgid()?, gid_t::MAX)?;
                process::setresuid(uid_t::MAX, process::getuid()?, uid_t::MAX)?;
            }
        }
    }
    for action in shared.plan.actions {
        // SAFETY: the paths are strings.
        unsafe { perform(action) }?;
    }
    let mask = match attributes {
        Some(a) if has(POSIX_SPAWN_SETSIGMASK) => a.sigmask.bits[0] & !RESERVED,
        _ => shared.mask & !RESERVED,
    };
    platform::sigprocmask(SIG_SETMASK, Some(mask)).map(drop)
}

/// Gives the default action to every signal that has a handler or is in `defaults`; ignored ones stay ignored.
fn reset_signals(defaults: u64) -> Result<(), Errno> {
    let handled = crate::signal::action::handled();
    for sig in (1..NSIG).filter(|s| *s != SIGKILL && *s != SIGSTOP) {
        let bit = 1_u64 << (sig - 1);
        let reset = defaults & bit != 0 || {
            // SAFETY: reading an action.
            handled & bit != 0
                && !matches!(
                    unsafe { platform::sigaction(sig, None) }?.handler,
                    SIG_DFL | SIG_IGN
                )
        };
        if reset {
            // SAFETY: the default action is no code.
            unsafe { platform::sigaction(sig, Some(&KernelSigaction::default())) }?;
        }
    }
    Ok(())
}

/// One file action.
///
/// # Safety
/// Its path is a string.
unsafe fn perform(action: &Action) -> Result<(), Errno> {
    // SAFETY: strings and numbers.
    unsafe {
        match *action {
            // A descriptor that is not open is not an error, as in glibc and musl.
            Action::Close(fd) => match fs::close(fd) {
                Err(Errno::EBADF) | Ok(_) => {}
                Err(e) => return Err(e),
            },
            Action::Dup2 { from, to } if from == to => {
                let flags = fs::fcntl(from, F_GETFD, 0)?;
                fs::fcntl(from, F_SETFD, (flags & !FD_CLOEXEC) as usize)?;
            }
            Action::Dup2 { from, to } => {
                fs::dup2(from, to)?;
            }
            Action::Open {
                fd,
                path,
                flags,
                mode,
            } => {
                // POSIX: as if `fd` was closed first. A number that is not open is fine.
                let _ = fs::close(fd);
                let opened = fs::openat(AT_FDCWD, path, flags, mode)?;
                if opened != fd {
                    fs::dup3(opened, fd, flags & crate::fcntl::O_CLOEXEC)?;
                    fs::close(opened)?;
                }
            }
            Action::Chdir(path) => {
                fs::chdir(path)?;
            }
            Action::Fchdir(fd) => {
                fs::fchdir(fd)?;
            }
            Action::CloseFrom(fd) => {
                fs::close_range(fd as c_uint, c_uint::MAX, 0)?;
            }
            Action::SetForeground(fd) => {
                let mut group = process::getpgid(0)?;
                fs::ioctl(fd, TIOCSPGRP, (&raw mut group).cast())?;
            }
        }
    }
    Ok(())
}

/// Starts the program; returns why it did not.
///
/// # Safety
/// The plan's vectors are null-terminated vectors of strings.
unsafe fn exec(plan: &Plan) -> Errno {
    let run = |path: &CStr| {
        // SAFETY: the caller's vectors.
        unsafe { process::execve(path.as_ptr(), plan.argv, plan.envp) }
            .err()
            .unwrap_or(Errno::ENOEXEC)
    };
    match plan.search {
        None => run(plan.file),
        // A file that is no program is not given to a shell, unlike by execvp.
        Some(path) => each_candidate(plan.file, path, run),
    }
}
