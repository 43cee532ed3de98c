//! `sys/inotify.h`: watching files.

use crate::errno::CResult;
use crate::platform::calls::event;
use crate::types::*;

/// A descriptor that reads file events. inotify_init(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inotify_init() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::inotify_init1(0) }.or_minus_one()
}

/// `inotify_init` with flags. inotify_init1(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inotify_init1(flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::inotify_init1(flags) }.or_minus_one()
}

/// Watches a file. inotify_add_watch(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inotify_add_watch(fd: c_int, path: *const c_char, mask: u32) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { event::inotify_add_watch(fd, path, mask) }.or_minus_one()
}

/// Ends a watch. inotify_rm_watch(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inotify_rm_watch(fd: c_int, wd: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { event::inotify_rm_watch(fd, wd) }.or_minus_one()
}
