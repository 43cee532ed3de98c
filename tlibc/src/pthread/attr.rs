//! Thread attributes: `pthread_attr_*`.

use super::pthread_t;
use super::scheduling::sched_param;
use super::tcb::{self, Tcb};
use crate::errno::Errno;
use crate::platform::{self, PAGE_SIZE};
use crate::types::*;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Smallest stack a thread may be given, in bytes (glibc's value on x86-64).
pub const PTHREAD_STACK_MIN: usize = 16384;
/// Stack size where the resource limit names none, in bytes.
const FALLBACK_STACK_SIZE: usize = 8 << 20;

/// The thread must be joined.
pub const PTHREAD_CREATE_JOINABLE: c_int = 0;
/// The thread's resources are freed when it ends.
pub const PTHREAD_CREATE_DETACHED: c_int = 1;
/// Scheduling is the creator's.
pub const PTHREAD_INHERIT_SCHED: c_int = 0;
/// Scheduling is what the attributes say.
pub const PTHREAD_EXPLICIT_SCHED: c_int = 1;
/// Threads compete with all of the system's.
pub const PTHREAD_SCOPE_SYSTEM: c_int = 0;
/// Threads compete with their process's only; not offered.
pub const PTHREAD_SCOPE_PROCESS: c_int = 1;

const DETACHED: u32 = 1;
const EXPLICIT_SCHED: u32 = 2;

/// `pthread_attr_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pthread_attr_t {
    /// `sched_param.sched_priority`.
    pub priority: c_int,
    /// `SCHED_*`.
    pub policy: c_int,
    flags: u32,
    /// Bytes of inaccessible memory below the stack.
    pub guard_size: usize,
    /// Lowest address of a stack the program provides, or null.
    pub stack: *mut c_void,
    /// Bytes of stack.
    pub stack_size: usize,
    unused: [usize; 2],
}

check_layout!(pthread_attr_t = libc::pthread_attr_t);

impl pthread_attr_t {
    /// The attributes of a thread created without any.
    pub fn new() -> Self {
        Self {
            priority: 0,
            policy: 0,
            flags: 0,
            guard_size: PAGE_SIZE,
            stack: core::ptr::null_mut(),
            stack_size: default_stack_size(),
            unused: [0; 2],
        }
    }

    /// Whether the thread starts detached.
    pub fn is_detached(&self) -> bool {
        self.flags & DETACHED != 0
    }

    /// Whether policy and priority are to be applied.
    pub fn has_explicit_scheduling(&self) -> bool {
        self.flags & EXPLICIT_SCHED != 0
    }

    fn set(&mut self, flag: u32, on: bool) {
        self.flags = if on {
            self.flags | flag
        } else {
            self.flags & !flag
        };
    }
}

impl Default for pthread_attr_t {
    fn default() -> Self {
        Self::new()
    }
}

/// The soft stack limit, or [`FALLBACK_STACK_SIZE`] where it is infinite. `pthread_setattr_default_np` is not offered.
fn default_stack_size() -> usize {
    static SIZE: AtomicUsize = AtomicUsize::new(0);
    let known = SIZE.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let size = stack_limit()
        .unwrap_or(FALLBACK_STACK_SIZE)
        .max(PTHREAD_STACK_MIN);
    SIZE.store(size, Ordering::Relaxed);
    size
}

/// The soft stack limit in bytes, in whole pages, if there is one that is not absurd.
fn stack_limit() -> Option<usize> {
    const ABSURD: usize = 1 << 40;
    let soft = platform::stack_limit().ok()? as usize;
    (soft < ABSURD).then_some(soft & !(PAGE_SIZE - 1))
}

/// Fills in the defaults.
///
/// # Safety
/// `attr` must be valid for a write; so in all functions here, with initialised attributes for the others.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_init(attr: *mut pthread_attr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr.write(pthread_attr_t::new()) };
    0
}

/// Ends the use of attributes: nothing is attached to them.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_destroy(_attr: *mut pthread_attr_t) -> c_int {
    0
}

/// Sets whether the thread starts detached; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setdetachstate(
    attr: *mut pthread_attr_t,
    value: c_int,
) -> c_int {
    if ![PTHREAD_CREATE_JOINABLE, PTHREAD_CREATE_DETACHED].contains(&value) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).set(DETACHED, value == PTHREAD_CREATE_DETACHED) };
    0
}

/// Reads whether the thread starts detached; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getdetachstate(
    attr: *const pthread_attr_t,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write(c_int::from((*attr).is_detached())) };
    0
}

/// Sets whether scheduling is the creator's or what the attributes say; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setinheritsched(
    attr: *mut pthread_attr_t,
    value: c_int,
) -> c_int {
    if ![PTHREAD_INHERIT_SCHED, PTHREAD_EXPLICIT_SCHED].contains(&value) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).set(EXPLICIT_SCHED, value == PTHREAD_EXPLICIT_SCHED) };
    0
}

/// Reads whether scheduling is the creator's or what the attributes say; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getinheritsched(
    attr: *const pthread_attr_t,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write(c_int::from((*attr).has_explicit_scheduling())) };
    0
}

/// Sets the scheduling policy: `SCHED_OTHER`, `SCHED_FIFO` or `SCHED_RR`; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setschedpolicy(
    attr: *mut pthread_attr_t,
    value: c_int,
) -> c_int {
    if !(0..=2).contains(&value) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).policy = value };
    0
}

/// Reads the scheduling policy: `SCHED_OTHER`, `SCHED_FIFO` or `SCHED_RR`; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getschedpolicy(
    attr: *const pthread_attr_t,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write((*attr).policy) };
    0
}

/// Sets the stack's size in bytes, at least `PTHREAD_STACK_MIN`; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setstacksize(
    attr: *mut pthread_attr_t,
    value: size_t,
) -> c_int {
    if !(PTHREAD_STACK_MIN..=isize::MAX as usize / 2).contains(&value) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).stack_size = value };
    0
}

/// Reads the stack's size in bytes, at least `PTHREAD_STACK_MIN`; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getstacksize(
    attr: *const pthread_attr_t,
    value: *mut size_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write((*attr).stack_size) };
    0
}

/// Sets the guard's size in bytes, rounded up to pages when the stack is made; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setguardsize(
    attr: *mut pthread_attr_t,
    value: size_t,
) -> c_int {
    if !(..=isize::MAX as usize / 4).contains(&value) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe { (*attr).guard_size = value };
    0
}

/// Reads the guard's size in bytes, rounded up to pages when the stack is made; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getguardsize(
    attr: *const pthread_attr_t,
    value: *mut size_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write((*attr).guard_size) };
    0
}

/// Accepts the only scope there is, the system's; 0, `ENOTSUP` for the process scope, or `EINVAL`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_attr_setscope(_attr: *mut pthread_attr_t, value: c_int) -> c_int {
    match value {
        PTHREAD_SCOPE_SYSTEM => 0,
        PTHREAD_SCOPE_PROCESS => Errno::ENOTSUP.0,
        _ => Errno::EINVAL.0,
    }
}

/// Reads the scope, always the system's; 0.
///
/// # Safety
/// `value` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getscope(
    _attr: *const pthread_attr_t,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { value.write(PTHREAD_SCOPE_SYSTEM) };
    0
}

/// Sets the priority that goes with the policy; 0.
///
/// # Safety
/// See [`pthread_attr_init`]; `param` must point to a `struct sched_param`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setschedparam(
    attr: *mut pthread_attr_t,
    param: *const sched_param,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if !(0..=99).contains(&(*param).sched_priority) {
            return Errno::EINVAL.0;
        }
        (*attr).priority = (*param).sched_priority;
    }
    0
}

/// Reads the priority; 0.
///
/// # Safety
/// See [`pthread_attr_init`]; `param` must point to a `struct sched_param`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getschedparam(
    attr: *const pthread_attr_t,
    param: *mut sched_param,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        param.write(sched_param {
            sched_priority: (*attr).priority,
        })
    };
    0
}

/// Gives the thread a stack of the program's; 0 or `EINVAL`.
///
/// # Safety
/// See [`pthread_attr_init`]; the memory must be the thread's alone while it runs.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setstack(
    attr: *mut pthread_attr_t,
    stack: *mut c_void,
    size: size_t,
) -> c_int {
    if !(PTHREAD_STACK_MIN..=isize::MAX as usize / 2).contains(&size) {
        return Errno::EINVAL.0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        (*attr).stack = stack;
        (*attr).stack_size = size;
    }
    0
}

/// Reads where the stack is; 0.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getstack(
    attr: *const pthread_attr_t,
    stack: *mut *mut c_void,
    size: *mut size_t,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        stack.write((*attr).stack);
        size.write((*attr).stack_size);
    }
    0
}

/// The attributes of a running thread, with its real stack (pthread_getattr_np(3)).
///
/// # Safety
/// `thread` must be a thread that was not joined, `attr` valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getattr_np(thread: pthread_t, attr: *mut pthread_attr_t) -> c_int {
    let tcb = thread as *mut Tcb;
    // SAFETY: the caller's promise.
    unsafe {
        let mut found = pthread_attr_t::new();
        found.set(DETACHED, (*tcb).is_detached());
        if (*tcb).stack.is_null() {
            let (low, size) = main_stack();
            found.stack = low as *mut c_void;
            found.stack_size = size;
            found.guard_size = 0;
        } else {
            found.stack = (*tcb).stack.cast();
            found.stack_size = (*tcb).stack_size;
            found.guard_size = (*tcb).guard_size;
        }
        attr.write(found);
    }
    0
}

/// Lowest address and size of the main thread's stack: from its highest page, where the kernel puts the program's file
/// name, down to the limit the stack may grow to.
fn main_stack() -> (usize, usize) {
    const AT_EXECFN: c_ulong = 31;
    let here = tcb::current() as usize;
    let top = match crate::start::auxv::get(AT_EXECFN) {
        Some(name) => {
            let mut end = name as usize;
            // SAFETY: a terminated string of the kernel's.
            while unsafe { *(end as *const u8) } != 0 {
                end += 1;
            }
            // The terminator and eight zero bytes follow.
            end + 9
        }
        None => here,
    };
    let top = top.next_multiple_of(PAGE_SIZE);
    let size = stack_limit().unwrap_or(FALLBACK_STACK_SIZE);
    (top.saturating_sub(size), size)
}
