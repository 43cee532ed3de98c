//! Thread attributes: `pthread_attr_*`.

use super::attr_np::{self, Extension};
use super::pthread_t;
use super::scheduling::sched_param;
use super::tcb::{self, Tcb};
use crate::errno::Errno;
use crate::platform::constants::{SCHED_FIFO, SCHED_RR};
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
/// The stack's end is what the program has set: a new size moves its start.
const STACK_BY_END: u32 = 4;

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
    /// What does not fit here, or null.
    pub extension: *mut Extension,
    unused: usize,
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
            extension: core::ptr::null_mut(),
            unused: 0,
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

    /// The stack that the program provides, by its end; `pthread_attr_setstackaddr` may come before the size is known.
    pub fn set_stack_end(&mut self, end: *mut c_void) {
        self.stack = end.wrapping_byte_sub(self.stack_size);
        self.set(STACK_BY_END, true);
    }

    /// One past the highest address of the stack that the program provides, or null.
    pub fn stack_end(&self) -> *mut c_void {
        if self.stack.is_null() {
            return self.stack;
        }
        self.stack.wrapping_byte_add(self.stack_size)
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

/// Stack size of attributes that name none, once it is known.
static DEFAULT_STACK_SIZE: AtomicUsize = AtomicUsize::new(0);

/// Sets what [`default_stack_size`] gives from now on.
pub(super) fn set_default_stack_size(size: usize) {
    DEFAULT_STACK_SIZE.store(size, Ordering::Relaxed);
}

/// What the program has set, else the soft stack limit, or [`FALLBACK_STACK_SIZE`] where it is infinite.
fn default_stack_size() -> usize {
    let known = DEFAULT_STACK_SIZE.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let size = stack_limit()
        .unwrap_or(FALLBACK_STACK_SIZE)
        .max(PTHREAD_STACK_MIN);
    DEFAULT_STACK_SIZE.store(size, Ordering::Relaxed);
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

/// Ends the use of attributes.
///
/// # Safety
/// See [`pthread_attr_init`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_destroy(attr: *mut pthread_attr_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { attr_np::release(&mut *attr) };
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
    unsafe {
        let end = (*attr).stack_end();
        (*attr).stack_size = value;
        if (*attr).flags & STACK_BY_END != 0 {
            (*attr).set_stack_end(end);
        }
    }
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

/// Sets the priority that goes with the policy; 0, or `EINVAL` for one that the policy does not have.
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
        if !valid_priority((*attr).policy, (*param).sched_priority) {
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
        (*attr).set(STACK_BY_END, false);
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

/// The attributes of a running thread, with its real stack and scheduling (pthread_getattr_np(3)). 0, or `ENOMEM`.
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
        found.set(EXPLICIT_SCHED, (*tcb).explicit_scheduling);
        let id = (*tcb).tid.load(Ordering::Relaxed) as pid_t;
        // One that has ended has none.
        if id != 0 {
            let result = scheduling_of(id, &mut found);
            if let Err(errno) = result {
                attr_np::release(&mut found);
                return errno.0;
            }
        }
        attr.write(found);
    }
    0
}

/// Reads policy, priority and processors of a thread.
fn scheduling_of(id: pid_t, attr: &mut pthread_attr_t) -> Result<(), Errno> {
    /// Room for as many processors as the kernel can be built for, 8192.
    const SET: usize = 1024;
    attr.policy = platform::sched_getscheduler(id)?;
    attr.priority = platform::sched_getparam(id)?;
    let mut set = [0; SET];
    let used = platform::sched_getaffinity(id, &mut set)?;
    attr_np::set_processors(attr, &set[..used])
}

/// Whether a policy has a priority: real-time ones from 1 to 99, the others 0 only (sched(7)).
pub(super) fn valid_priority(policy: c_int, priority: c_int) -> bool {
    match policy as u32 {
        SCHED_FIFO | SCHED_RR => (1..=99).contains(&priority),
        _ => priority == 0,
    }
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
