//! `popen` and `pclose` (POSIX popen(), pclose()).

use super::file::FILE;
use super::open::{adopt, fclose};
use super::standard::for_each;
use crate::errno::{CResult, Errno, errno, set_errno};
use crate::platform;
use crate::platform::calls::{fs, process};
use crate::platform::constants::O_CLOEXEC;
use crate::spawn::actions::{
    posix_spawn_file_actions_addclose, posix_spawn_file_actions_adddup2,
    posix_spawn_file_actions_destroy, posix_spawn_file_actions_init, posix_spawn_file_actions_t,
};
use crate::spawn::posix_spawn;
use crate::types::*;
use core::ffi::CStr;

unsafe extern "C" {
    static environ: *const *mut c_char;
}

/// Starts `command` in a shell whose output (`r`) or input (`w`) is the stream; null on failure. `e` in the mode sets
/// close-on-exec.
///
/// # Errors
/// `EINVAL` for a bad mode, those of pipe and posix_spawn.
///
/// # Safety
/// Both are strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn popen(command: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: the caller's duty.
    unsafe { start(command, CStr::from_ptr(mode)) }.or_null()
}

/// # Safety
/// `command` is a string.
unsafe fn start(command: *const c_char, mode: &CStr) -> Result<*mut FILE, Errno> {
    let (first, rest) = mode.to_bytes().split_first().ok_or(Errno::EINVAL)?;
    let reading = match first {
        b'r' => true,
        b'w' => false,
        _ => return Err(Errno::EINVAL),
    };
    if rest.iter().any(|b| *b != b'e') {
        return Err(Errno::EINVAL);
    }
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    unsafe { fs::pipe2(ends.as_mut_ptr(), O_CLOEXEC as c_int)? };
    let [read_end, write_end] = ends;
    let (ours, theirs) = if reading {
        (read_end, write_end)
    } else {
        (write_end, read_end)
    };
    let stream = adopt(ours, if reading { c"r" } else { c"w" }).inspect_err(|_| {
        // New descriptors: nothing can be lost with them.
        let _ = (platform::close(ours), platform::close(theirs));
    })?;
    // SAFETY: strings, and a descriptor that is open.
    let started = unsafe { spawn_shell(command, theirs, c_int::from(reading)) };
    let _ = platform::close(theirs);
    match started {
        Ok(child) => {
            // SAFETY: the stream is new and nobody else knows it.
            unsafe { (*stream).child = child };
            if rest.is_empty() {
                // SAFETY: clears close-on-exec; takes an integer.
                unsafe { fs::fcntl(ours, F_SETFD, 0)? };
            }
            Ok(stream)
        }
        Err(error) => {
            // SAFETY: as above.
            unsafe { fclose(stream) };
            Err(error)
        }
    }
}

const F_SETFD: c_int = 2;

/// Starts the shell with `theirs` as its descriptor `target`, without the streams of earlier popen calls.
///
/// # Safety
/// `command` is a string.
unsafe fn spawn_shell(
    command: *const c_char,
    theirs: c_int,
    target: c_int,
) -> Result<pid_t, Errno> {
    let number = |result: c_int| {
        if result == 0 {
            Ok(())
        } else {
            Err(Errno(result))
        }
    };
    let mut actions = core::mem::MaybeUninit::<posix_spawn_file_actions_t>::uninit();
    let actions = actions.as_mut_ptr();
    // SAFETY: `actions` is initialised first and destroyed last; the strings outlive the calls.
    unsafe {
        number(posix_spawn_file_actions_init(actions))?;
        let mut result = number(posix_spawn_file_actions_adddup2(actions, theirs, target));
        for_each(|file| {
            let (child, fd) = ((*file).child, (*file).fd);
            if result.is_ok() && child != 0 && fd >= 0 && fd != target {
                result = number(posix_spawn_file_actions_addclose(actions, fd));
            }
        });
        let mut child = 0;
        if result.is_ok() {
            let argv = [
                c"sh".as_ptr().cast_mut(),
                c"-c".as_ptr().cast_mut(),
                command.cast_mut(),
                core::ptr::null_mut(),
            ];
            let none = core::ptr::null();
            result = number(posix_spawn(
                &mut child,
                c"/bin/sh".as_ptr(),
                actions,
                none,
                argv.as_ptr(),
                environ,
            ));
        }
        posix_spawn_file_actions_destroy(actions);
        result.map(|()| child)
    }
}

/// Closes the stream and waits for its shell; the wait status, or −1.
///
/// # Errors
/// `ECHILD` when the status is not to be had.
///
/// # Safety
/// `file` came from [`popen`] and is not used afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pclose(file: *mut FILE) -> c_int {
    // SAFETY: the caller's duty.
    let child = unsafe {
        let child = (*file).child;
        fclose(file);
        child
    };
    if child == 0 {
        set_errno(Errno::ECHILD);
        return -1;
    }
    let mut status = 0;
    loop {
        // SAFETY: room for a status, no usage.
        match unsafe { process::wait4(child, &mut status, 0, core::ptr::null_mut()) } {
            Ok(_) => return status,
            Err(Errno::EINTR) => {}
            Err(error) => {
                set_errno(error);
                debug_assert!(errno() == error);
                return -1;
            }
        }
    }
}
