//! Thread attributes that glibc has beside POSIX's: processors, signal mask, the defaults of threads without attributes.
//!
//! `pthread_attr_t` has no room for sets, so they are on the heap until `pthread_attr_destroy`. Neighbour: `attr`.

use super::attr::{pthread_attr_t, valid_priority};
use crate::errno::Errno;
use crate::malloc::{free, malloc};
use crate::platform::KernelMask;
use crate::sched::cpu_set_t;
use crate::sync::Mutex;
use crate::types::*;
use core::ptr::null_mut;

/// What `pthread_attr_getsigmask_np` returns when the attributes have no mask.
pub const PTHREAD_ATTR_NO_SIGMASK_NP: c_int = -1;

/// What `pthread_attr_t` has no room for.
#[derive(Clone, Copy)]
pub struct Extension {
    /// The processors that the thread may run on, or null for its creator's.
    cpus: *mut u8,
    /// Bytes at `cpus`.
    cpus_size: usize,
    /// The thread's signal mask, if not its creator's.
    mask: Option<KernelMask>,
}

impl Extension {
    /// The processors that the thread may run on, if the program has said.
    pub fn processors(&self) -> Option<&[u8]> {
        // SAFETY: `set_processors` has written as many bytes.
        (!self.cpus.is_null())
            .then(|| unsafe { core::slice::from_raw_parts(self.cpus, self.cpus_size) })
    }

    /// The thread's signal mask, if the program has said.
    pub fn mask(&self) -> Option<KernelMask> {
        self.mask
    }

    /// Replaces the set of processors; an empty one is none.
    fn set_processors(&mut self, set: &[u8]) -> Result<(), Errno> {
        let mut cpus = null_mut();
        if !set.is_empty() {
            cpus = malloc(set.len()).cast::<u8>();
            if cpus.is_null() {
                return Err(Errno::ENOMEM);
            }
            // SAFETY: a new block of that size.
            unsafe { cpus.copy_from_nonoverlapping(set.as_ptr(), set.len()) };
        }
        // SAFETY: null or a block of ours.
        unsafe { free(self.cpus.cast()) };
        (self.cpus, self.cpus_size) = (cpus, set.len());
        Ok(())
    }
}

/// The attributes' extension, made if need be.
fn extended(attr: &mut pthread_attr_t) -> Result<&mut Extension, Errno> {
    if attr.extension.is_null() {
        let new = malloc(size_of::<Extension>()).cast::<Extension>();
        if new.is_null() {
            return Err(Errno::ENOMEM);
        }
        // SAFETY: a new block of that size and alignment.
        unsafe {
            new.write(Extension {
                cpus: null_mut(),
                cpus_size: 0,
                mask: None,
            });
        }
        attr.extension = new;
    }
    // SAFETY: made above or earlier.
    Ok(unsafe { &mut *attr.extension })
}

/// Sets the processors that the thread may run on; an empty set is none. `ENOMEM`.
pub(super) fn set_processors(attr: &mut pthread_attr_t, set: &[u8]) -> Result<(), Errno> {
    extended(attr)?.set_processors(set)
}

/// Frees what [`extended`] has made.
///
/// # Safety
/// No copy of the attributes is in use.
pub(super) unsafe fn release(attr: &mut pthread_attr_t) {
    // SAFETY: null or blocks of ours, which nobody uses any more.
    unsafe {
        if let Some(extension) = attr.extension.as_ref() {
            free(extension.cpus.cast());
            free(attr.extension.cast());
        }
    }
    attr.extension = null_mut();
}

fn number(result: Result<(), Errno>) -> c_int {
    result.err().map_or(0, |error| error.0)
}

/// Sets the processors that the thread may run on; none, or null, takes the setting back. 0 or `ENOMEM`.
/// pthread_attr_setaffinity_np(3).
///
/// # Safety
/// `attr` is initialised; `set` is null or has `size` bytes. So in all functions here.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setaffinity_np(
    attr: *mut pthread_attr_t,
    size: size_t,
    set: *const cpu_set_t,
) -> c_int {
    // SAFETY: the caller's attributes and set.
    number(unsafe {
        let set = if set.is_null() {
            &[]
        } else {
            core::slice::from_raw_parts(set.cast::<u8>(), size)
        };
        set_processors(&mut *attr, set)
    })
}

/// Reads the processors that the thread may run on, all if the program has not said. 0, or `EINVAL` if there are some in it for
/// which `size` bytes have no room. pthread_attr_getaffinity_np(3).
///
/// # Safety
/// `attr` is initialised, `set` writable for `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getaffinity_np(
    attr: *const pthread_attr_t,
    size: size_t,
    set: *mut cpu_set_t,
) -> c_int {
    // SAFETY: the caller's attributes and set.
    unsafe {
        let room = core::slice::from_raw_parts_mut(set.cast::<u8>(), size);
        let Some(kept) = (*attr).extension.as_ref().and_then(Extension::processors) else {
            room.fill(0xff);
            return 0;
        };
        let fit = kept.len().min(room.len());
        if kept[fit..].iter().any(|byte| *byte != 0) {
            return Errno::EINVAL.0;
        }
        room[..fit].copy_from_slice(&kept[..fit]);
        room[fit..].fill(0);
    }
    0
}

/// Sets the signal mask that the thread starts with; null takes the setting back: it is the creator's then. 0 or `ENOMEM`.
/// pthread_attr_setsigmask_np(3).
///
/// # Safety
/// `attr` is initialised, `mask` null or readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setsigmask_np(
    attr: *mut pthread_attr_t,
    mask: *const sigset_t,
) -> c_int {
    /// Signals 32 and 33, which are the library's own.
    const OWN: KernelMask = 3 << 31;
    // SAFETY: the caller's attributes and mask.
    number(unsafe {
        let mask = mask.as_ref().map(|mask| mask.bits[0] & !OWN);
        if mask.is_none() && (*attr).extension.is_null() {
            return 0;
        }
        extended(&mut *attr).map(|extension| extension.mask = mask)
    })
}

/// Reads the signal mask that the thread starts with: 0, or [`PTHREAD_ATTR_NO_SIGMASK_NP`] with an empty set.
/// pthread_attr_getsigmask_np(3).
///
/// # Safety
/// `attr` is initialised, `mask` writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getsigmask_np(
    attr: *const pthread_attr_t,
    mask: *mut sigset_t,
) -> c_int {
    let mut bits = [0; 16];
    // SAFETY: the caller's attributes and mask.
    unsafe {
        let kept = (*attr).extension.as_ref().and_then(Extension::mask);
        bits[0] = kept.unwrap_or(0);
        mask.write(sigset_t { bits });
        kept.map_or(PTHREAD_ATTR_NO_SIGMASK_NP, |_| 0)
    }
}

/// Sets where the stack is by its end, without its size: obsolete, since it cannot be known which end that is. 0.
/// pthread_attr_setstackaddr(3).
///
/// # Safety
/// `attr` is initialised; the memory below `end` is the thread's alone while it runs.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_setstackaddr(
    attr: *mut pthread_attr_t,
    end: *mut c_void,
) -> c_int {
    // SAFETY: the caller's attributes.
    unsafe { (*attr).set_stack_end(end) };
    0
}

/// Reads the stack's end. 0. pthread_attr_getstackaddr(3).
///
/// # Safety
/// `attr` is initialised, `end` writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_attr_getstackaddr(
    attr: *const pthread_attr_t,
    end: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's attributes and place.
    unsafe { end.write((*attr).stack_end()) };
    0
}

/// What the program has set for threads without attributes.
struct Defaults(Option<pthread_attr_t>);
// SAFETY: the attributes refer to no thread; what they have on the heap is never freed while they are here.
unsafe impl Send for Defaults {}

static DEFAULTS: Mutex<Defaults> = Mutex::new(Defaults(None));

/// Before a fork: nobody is changing the defaults.
pub(super) fn fork_prepare() {
    DEFAULTS.raw().lock();
}

/// After a fork, in the parent and in the child.
pub(super) fn fork_done() {
    DEFAULTS.raw().unlock();
}

/// The attributes of a thread that is made without any.
pub(super) fn defaults() -> pthread_attr_t {
    DEFAULTS.lock().0.unwrap_or_default()
}

/// Reads the attributes of threads that are made without any. 0. pthread_getattr_default_np(3).
///
/// # Safety
/// `attr` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_getattr_default_np(attr: *mut pthread_attr_t) -> c_int {
    // SAFETY: the caller's place.
    unsafe { attr.write(defaults()) };
    0
}

/// Sets the attributes of threads that are made without any, and the stack size of attributes that name none. 0, or `EINVAL`
/// for a stack of the program's, which two threads would share, processors and signal masks.
/// pthread_setattr_default_np(3).
///
/// # Safety
/// `attr` is initialised.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setattr_default_np(attr: *const pthread_attr_t) -> c_int {
    // SAFETY: the caller's attributes.
    let new = unsafe { *attr };
    let valid = valid_priority(new.policy, new.priority);
    if !new.stack.is_null() || !new.extension.is_null() || !valid {
        return Errno::EINVAL.0;
    }
    super::attr::set_default_stack_size(new.stack_size);
    DEFAULTS.lock().0 = Some(new);
    0
}
