//! File actions: what the child does with its descriptors, in order, before it starts the program.

use crate::errno::Errno;
use crate::malloc::{free, realloc};
use crate::types::*;
use crate::unistd::limits::open_max;
use core::ffi::CStr;
use core::ptr;

/// One action. Paths are copies in memory from malloc.
#[derive(Clone, Copy)]
pub(super) enum Action {
    Close(c_int),
    Dup2 {
        from: c_int,
        to: c_int,
    },
    Open {
        fd: c_int,
        path: *mut c_char,
        flags: c_int,
        mode: mode_t,
    },
    Chdir(*mut c_char),
    Fchdir(c_int),
    CloseFrom(c_int),
    SetForeground(c_int),
}

/// A list of actions.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct posix_spawn_file_actions_t {
    /// Actions that there is room for.
    allocated: c_int,
    /// Actions in the list.
    used: c_int,
    /// The actions.
    list: *mut c_void,
    pad: [c_int; 16],
}
check_layout!(posix_spawn_file_actions_t = libc::posix_spawn_file_actions_t);

impl posix_spawn_file_actions_t {
    /// The actions in order.
    pub(super) fn as_slice(&self) -> &[Action] {
        if self.list.is_null() {
            return &[];
        }
        // SAFETY: `push` keeps `used` initialised actions at `list`.
        unsafe { core::slice::from_raw_parts(self.list.cast(), self.used as usize) }
    }

    fn push(&mut self, action: Action) -> Result<(), Errno> {
        if self.used == self.allocated {
            let room = self.allocated.max(4) * 2;
            // SAFETY: the list is null or from malloc.
            let list = unsafe { realloc(self.list, room as usize * size_of::<Action>()) };
            if list.is_null() {
                return Err(Errno::ENOMEM);
            }
            (self.list, self.allocated) = (list, room);
        }
        // SAFETY: there is room for one more.
        unsafe {
            self.list
                .cast::<Action>()
                .add(self.used as usize)
                .write(action)
        };
        self.used += 1;
        Ok(())
    }
}

/// Adds an action; `EBADF` for a descriptor that the process cannot have (negative, or `OPEN_MAX` and above).
///
/// # Safety
/// `actions` is initialised.
unsafe fn add(actions: *mut posix_spawn_file_actions_t, fds: &[c_int], action: Action) -> c_int {
    let limit = open_max();
    let valid = |fd: &c_int| (0..limit).contains(&c_long::from(*fd));
    if !fds.iter().all(valid) {
        return Errno::EBADF.0;
    }
    // SAFETY: the caller's list.
    match unsafe { (*actions).push(action) } {
        Ok(()) => 0,
        Err(e) => e.0,
    }
}

/// A copy of a path.
///
/// # Safety
/// `path` is a string.
unsafe fn copy(path: *const c_char) -> *mut c_char {
    // SAFETY: the caller's string; room for it and its NUL.
    unsafe {
        let text = CStr::from_ptr(path).to_bytes_with_nul();
        let to = realloc(ptr::null_mut(), text.len());
        if !to.is_null() {
            ptr::copy_nonoverlapping(text.as_ptr(), to.cast(), text.len());
        }
        to.cast()
    }
}

/// Adds an action with a path, which is copied first.
///
/// # Safety
/// `actions` is initialised, `path` a string.
unsafe fn add_with_path(
    actions: *mut posix_spawn_file_actions_t,
    fds: &[c_int],
    path: *const c_char,
    action: impl FnOnce(*mut c_char) -> Action,
) -> c_int {
    // SAFETY: the caller's list and string; the copy is given back when it was not taken.
    unsafe {
        let path = copy(path);
        if path.is_null() {
            return Errno::ENOMEM.0;
        }
        let error = add(actions, fds, action(path));
        if error != 0 {
            free(path.cast());
        }
        error
    }
}

/// Makes an empty list. POSIX `posix_spawn_file_actions_init`.
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_init(
    actions: *mut posix_spawn_file_actions_t,
) -> c_int {
    // SAFETY: the caller's structure; zeroes are an empty list.
    unsafe { actions.write_bytes(0, 1) };
    0
}

/// Gives the list's memory back. POSIX `posix_spawn_file_actions_destroy`.
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_destroy(
    actions: *mut posix_spawn_file_actions_t,
) -> c_int {
    // SAFETY: the caller's list; its memory and its paths are from malloc and not used again.
    unsafe {
        for action in (*actions).as_slice() {
            if let Action::Open { path, .. } | Action::Chdir(path) = *action {
                free(path.cast());
            }
        }
        free((*actions).list);
        actions.write_bytes(0, 1);
    }
    0
}

/// The child closes `fd`. POSIX `posix_spawn_file_actions_addclose`.
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addclose(
    actions: *mut posix_spawn_file_actions_t,
    fd: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add(actions, &[fd], Action::Close(fd)) }
}

/// The child makes `to` a duplicate of `from`; equal numbers keep the descriptor open across exec. POSIX
/// `posix_spawn_file_actions_adddup2`.
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_adddup2(
    actions: *mut posix_spawn_file_actions_t,
    from: c_int,
    to: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add(actions, &[from, to], Action::Dup2 { from, to }) }
}

/// The child opens a file as `fd`. POSIX `posix_spawn_file_actions_addopen`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `actions` is writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addopen(
    actions: *mut posix_spawn_file_actions_t,
    fd: c_int,
    path: *const c_char,
    flags: c_int,
    mode: mode_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe {
        add_with_path(actions, &[fd], path, |path| Action::Open {
            fd,
            path,
            flags,
            mode,
        })
    }
}

/// The child changes its working directory. POSIX.1-2024 `posix_spawn_file_actions_addchdir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `actions` is writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addchdir(
    actions: *mut posix_spawn_file_actions_t,
    path: *const c_char,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add_with_path(actions, &[], path, Action::Chdir) }
}

/// The child makes an open directory its working directory. POSIX.1-2024
/// `posix_spawn_file_actions_addfchdir`.
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addfchdir(
    actions: *mut posix_spawn_file_actions_t,
    fd: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add(actions, &[fd], Action::Fchdir(fd)) }
}

/// The child closes every descriptor from `from` up. posix_spawn_file_actions_addclosefrom_np(3).
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addclosefrom_np(
    actions: *mut posix_spawn_file_actions_t,
    from: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add(actions, &[from], Action::CloseFrom(from)) }
}

/// The child's process group becomes the terminal's foreground one.
/// posix_spawn_file_actions_addtcsetpgrp_np(3).
///
/// # Safety
/// `actions` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn_file_actions_addtcsetpgrp_np(
    actions: *mut posix_spawn_file_actions_t,
    fd: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { add(actions, &[fd], Action::SetForeground(fd)) }
}

crate::alias!(posix_spawn_file_actions_addchdir_np = posix_spawn_file_actions_addchdir);
crate::alias!(posix_spawn_file_actions_addfchdir_np = posix_spawn_file_actions_addfchdir);
