//! Thread-specific data: `pthread_key_create` and its relatives.
//!
//! Each value carries the sequence number of its key's life, so that a value left behind under a deleted key is not seen
//! when the key is used anew. The first values sit in the control block, the others in heap blocks.

use super::pthread_key_t;
use super::tcb;
use crate::errno::Errno;
use crate::types::*;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Most keys in use at a time.
pub const PTHREAD_KEYS_MAX: usize = 1024;
/// How often destructors are tried while they set values anew.
pub const PTHREAD_DESTRUCTOR_ITERATIONS: usize = 4;

/// Values per block, and blocks.
const BLOCK: usize = 32;
const BLOCKS: usize = PTHREAD_KEYS_MAX / BLOCK;

/// Called with a thread's value when the thread ends.
type Destructor = unsafe extern "C" fn(*mut c_void);

struct Key {
    /// Odd while the key is in use.
    sequence: AtomicUsize,
    /// A [`Destructor`] or null.
    destructor: AtomicPtr<()>,
}

static KEYS: [Key; PTHREAD_KEYS_MAX] = [const {
    Key {
        sequence: AtomicUsize::new(0),
        destructor: AtomicPtr::new(null_mut()),
    }
}; PTHREAD_KEYS_MAX];

#[repr(C)]
#[derive(Clone, Copy)]
struct Value {
    sequence: usize,
    value: *mut c_void,
}

/// A thread's values. All zero is valid and empty.
#[repr(C)]
pub struct Values {
    first: [Value; BLOCK],
    more: [*mut [Value; BLOCK]; BLOCKS - 1],
    /// Whether any value was ever set.
    used: bool,
}

impl Values {
    /// The place of a key's value, if its block exists.
    #[inline(always)]
    fn slot(&mut self, key: usize) -> Option<&mut Value> {
        if key < BLOCK {
            return Some(&mut self.first[key]);
        }
        // SAFETY: a block of the thread's own, or null.
        let block = unsafe { self.more[key / BLOCK - 1].as_mut() };
        block.map(|values| &mut values[key % BLOCK])
    }
}

/// The key's number while it is in use.
fn sequence(key: pthread_key_t) -> Option<usize> {
    let sequence = KEYS.get(key as usize)?.sequence.load(Ordering::Acquire);
    (sequence % 2 == 1).then_some(sequence)
}

/// Makes a key; `destructor`, if any, is called with each ending thread's non-null value. 0 or `EAGAIN`.
///
/// # Safety
/// `key` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_key_create(
    key: *mut pthread_key_t,
    destructor: Option<Destructor>,
) -> c_int {
    for (index, entry) in KEYS.iter().enumerate() {
        let now = entry.sequence.load(Ordering::Relaxed);
        if now.is_multiple_of(2)
            && entry
                .sequence
                .compare_exchange(now, now + 1, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        {
            let destructor = destructor.map_or(null_mut(), |function| function as *mut ());
            entry.destructor.store(destructor, Ordering::Release);
            // SAFETY: the caller's promise.
            unsafe { key.write(index as pthread_key_t) };
            return 0;
        }
    }
    Errno::EAGAIN.0
}

/// Deletes a key without calling destructors. 0 or `EINVAL`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_key_delete(key: pthread_key_t) -> c_int {
    let Some(now) = sequence(key) else {
        return Errno::EINVAL.0;
    };
    let entry = &KEYS[key as usize];
    match entry
        .sequence
        .compare_exchange(now, now + 1, Ordering::AcqRel, Ordering::Relaxed)
    {
        Ok(_) => 0,
        Err(_) => Errno::EINVAL.0,
    }
}

/// The calling thread's value, null if it set none.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_getspecific(key: pthread_key_t) -> *mut c_void {
    let Some(entry) = KEYS.get(key as usize) else {
        return null_mut();
    };
    // SAFETY: the thread's own block.
    let values = unsafe { &mut (*tcb::current()).values };
    match values.slot(key as usize) {
        // A value was set in an odd sequence of its key, or is null.
        Some(slot) if slot.sequence == entry.sequence.load(Ordering::Acquire) => slot.value,
        _ => null_mut(),
    }
}

/// Sets the calling thread's value. 0, `EINVAL` or `ENOMEM`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_setspecific(key: pthread_key_t, value: *const c_void) -> c_int {
    let Some(now) = sequence(key) else {
        return Errno::EINVAL.0;
    };
    // SAFETY: the thread's own block; a new block of values is zeroed, which is valid.
    unsafe {
        let values = &mut (*tcb::current()).values;
        if values.slot(key as usize).is_none() {
            let block = crate::malloc::calloc(1, size_of::<[Value; BLOCK]>());
            if block.is_null() {
                return Errno::ENOMEM.0;
            }
            values.more[key as usize / BLOCK - 1] = block.cast();
        }
        values.used = true;
        if let Some(slot) = values.slot(key as usize) {
            *slot = Value {
                sequence: now,
                value: value.cast_mut(),
            };
        }
    }
    0
}

/// Calls the destructors of the ending thread's values, as often as they set new ones and POSIX allows.
pub(super) fn run_destructors() {
    let tcb = tcb::current();
    // SAFETY: the thread's own block; no reference into it lives while a destructor runs.
    unsafe {
        if !(*tcb).values.used {
            return;
        }
        for _ in 0..PTHREAD_DESTRUCTOR_ITERATIONS {
            let mut any = false;
            for (key, entry) in KEYS.iter().enumerate() {
                let Some(slot) = (*tcb).values.slot(key) else {
                    continue;
                };
                let Value {
                    sequence: set,
                    value,
                } = *slot;
                if value.is_null() {
                    continue;
                }
                slot.value = null_mut();
                let destructor = entry.destructor.load(Ordering::Acquire);
                if sequence(key as pthread_key_t) == Some(set) && !destructor.is_null() {
                    any = true;
                    let destructor: Destructor = core::mem::transmute(destructor);
                    destructor(value);
                }
            }
            if !any {
                break;
            }
        }
        for block in (*tcb).values.more {
            crate::malloc::free(block.cast());
        }
        (*tcb).values.more = [null_mut(); BLOCKS - 1];
    }
}

alias!(__pthread_key_create = pthread_key_create);
check_signature! {
    pthread_key_delete: fn(pthread_key_t) -> c_int;
    pthread_setspecific: fn(pthread_key_t, *const c_void) -> c_int;
    pthread_getspecific: fn(pthread_key_t) -> *mut c_void;
}
