//! `spawn.h`: starting a program in a new process.
//!
//! The child is made with CLONE_VM and CLONE_VFORK on a stack of its own (`child`): the parent's memory is not
//! copied, however big it is, and the parent waits until the child has exec'd or failed, so the child can report
//! its error number through memory that both see. Neighbours: `unistd::exec` (the `PATH` search).

pub mod actions;
pub mod attributes;
mod child;

use crate::platform::calls::process;
use crate::types::*;
use actions::posix_spawn_file_actions_t;
use attributes::posix_spawnattr_t;
use core::ptr;

type Vector = *const *mut c_char;

/// How the program is found.
#[derive(Clone, Copy, PartialEq)]
enum Lookup {
    /// As given.
    Path,
    /// Along `PATH`.
    Search,
}

/// Both functions below.
///
/// # Safety
/// `file` is a string; `argv` and `envp` are null-terminated vectors of strings; `actions` and `attributes` are
/// null or initialised.
unsafe fn spawn(
    pid: *mut pid_t,
    lookup: Lookup,
    file: *const c_char,
    actions: *const posix_spawn_file_actions_t,
    attributes: *const posix_spawnattr_t,
    argv: Vector,
    envp: Vector,
) -> c_int {
    // SAFETY: the caller's pointers, all live until the child has exec'd.
    unsafe {
        match child::start(&child::Plan {
            file: core::ffi::CStr::from_ptr(file),
            search: (lookup == Lookup::Search).then(crate::unistd::exec::search_path),
            actions: actions.as_ref().map_or(&[], |a| a.as_slice()),
            attributes: attributes.as_ref(),
            argv,
            envp,
        }) {
            Ok((child, 0)) => {
                if !pid.is_null() {
                    pid.write(child);
                }
                0
            }
            Ok((child, error)) => {
                // The child is gone but not reaped. Retry: a signal handler may interrupt.
                while process::wait4(child, ptr::null_mut(), 0, ptr::null_mut())
                    == Err(crate::errno::Errno::EINTR)
                {}
                error
            }
            Err(e) => e.0,
        }
    }
}

/// Starts the program `path` in a new process; returns an error number, also for what fails in the child.
/// POSIX `posix_spawn`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `actions`, `attributes`, `argv` and `envp` are readable; `pid`
/// is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn(
    pid: *mut pid_t,
    path: *const c_char,
    actions: *const posix_spawn_file_actions_t,
    attributes: *const posix_spawnattr_t,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { spawn(pid, Lookup::Path, path, actions, attributes, argv, envp) }
}

/// `posix_spawn` with a search of `PATH`. POSIX `posix_spawnp`.
///
/// # Safety
/// `file` points to a NUL-terminated string; `actions`, `attributes`, `argv` and `envp` are readable; `pid`
/// is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnp(
    pid: *mut pid_t,
    file: *const c_char,
    actions: *const posix_spawn_file_actions_t,
    attributes: *const posix_spawnattr_t,
    argv: *const *mut c_char,
    envp: *const *mut c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { spawn(pid, Lookup::Search, file, actions, attributes, argv, envp) }
}

#[cfg(test)]
mod tests {
    use super::actions::*;
    use super::attributes::*;
    use super::*;
    use crate::errno::Errno;
    use core::ffi::CStr;

    /// Runs `argv[0]`, searched for, and returns its wait status or the error number.
    fn run(
        argv: &[&CStr],
        actions: Option<&posix_spawn_file_actions_t>,
        attributes: Option<&posix_spawnattr_t>,
    ) -> Result<c_int, c_int> {
        let mut vector: std::vec::Vec<_> = argv.iter().map(|a| a.as_ptr()).collect();
        vector.push(ptr::null());
        let envp = [ptr::null::<c_char>()];
        let mut pid = 0;
        let mut status = 0;
        // SAFETY: vectors of literals that end with null.
        unsafe {
            let error = posix_spawnp(
                &raw mut pid,
                vector[0],
                actions.map_or(ptr::null(), ptr::from_ref),
                attributes.map_or(ptr::null(), ptr::from_ref),
                vector.as_ptr().cast(),
                envp.as_ptr().cast(),
            );
            if error != 0 {
                return Err(error);
            }
            assert_eq!(libc::waitpid(pid, &raw mut status, 0), pid);
        }
        Ok(status)
    }

    #[test]
    fn a_program_runs_and_its_status_comes_back() {
        assert_eq!(run(&[c"sh", c"-c", c"exit 7"], None, None), Ok(7 << 8));
    }

    #[test]
    fn what_fails_in_the_child_is_reported() {
        assert_eq!(run(&[c"no such program"], None, None), Err(Errno::ENOENT.0));
        assert_eq!(run(&[c"/etc/passwd"], None, None), Err(Errno::EACCES.0));
        // SAFETY: a live list.
        unsafe {
            let mut actions = core::mem::zeroed();
            posix_spawn_file_actions_init(&raw mut actions);
            posix_spawn_file_actions_adddup2(&raw mut actions, 99, 1);
            assert_eq!(run(&[c"true"], Some(&actions), None), Err(Errno::EBADF.0));
            posix_spawn_file_actions_destroy(&raw mut actions);
        }
    }

    #[test]
    fn actions_happen_in_order() {
        let path = std::env::temp_dir().join(std::format!("tlibc-spawn-{}", std::process::id()));
        let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: a live list.
        unsafe {
            let mut actions = core::mem::zeroed();
            posix_spawn_file_actions_init(&raw mut actions);
            let flags = crate::fcntl::O_WRONLY | crate::fcntl::O_CREAT;
            assert_eq!(
                posix_spawn_file_actions_addopen(&raw mut actions, 50, name.as_ptr(), flags, 0o600),
                0
            );
            posix_spawn_file_actions_adddup2(&raw mut actions, 50, 1);
            posix_spawn_file_actions_addclose(&raw mut actions, 50);
            posix_spawn_file_actions_addchdir(&raw mut actions, c"/usr".as_ptr());
            let script = c"pwd; test ! -e /proc/self/fd/50";
            assert_eq!(run(&[c"sh", c"-c", script], Some(&actions), None), Ok(0));
            posix_spawn_file_actions_destroy(&raw mut actions);
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "/usr\n");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn attributes_reach_the_child() {
        // SAFETY: a live structure.
        unsafe {
            let mut attributes = core::mem::zeroed();
            posix_spawnattr_init(&raw mut attributes);
            posix_spawnattr_setflags(&raw mut attributes, POSIX_SPAWN_SETPGROUP);
            // Its own number is its group's.
            let script = c"set -- $(cat /proc/$$/stat); test $1 = $5";
            assert_eq!(run(&[c"sh", c"-c", script], None, Some(&attributes)), Ok(0));
            assert_eq!(run(&[c"sh", c"-c", script], None, None), Ok(1 << 8));
        }
    }
}
