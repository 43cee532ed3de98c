//! random and rand: the additive feedback generators of 4.3BSD with the sequences of the GNU library.
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::errno::{Errno, set_errno};
use crate::sync::Mutex;
use crate::types::{c_char, c_int, c_long, c_uint, size_t};

/// A generator: state words, two positions in them, and the kind (0 to 4).
#[repr(C)]
#[derive(Debug)]
pub struct random_data {
    /// Front position.
    pub fptr: *mut i32,
    /// Rear position.
    pub rptr: *mut i32,
    /// First state word; the word before it says kind and position.
    pub state: *mut i32,
    /// Kind, 0 to 4.
    pub rand_type: c_int,
    /// Number of state words.
    pub rand_deg: c_int,
    /// Distance of the positions.
    pub rand_sep: c_int,
    /// After the last state word.
    pub end_ptr: *mut i32,
}

/// Kinds: bytes the caller must give, state words, distance.
const KINDS: [(usize, usize, usize); 5] = [
    (8, 0, 0),
    (32, 7, 3),
    (64, 15, 1),
    (128, 31, 3),
    (256, 63, 1),
];
const KIND_COUNT: i32 = 5;

struct Global {
    words: [i32; 32],
    data: random_data,
    ready: bool,
}

// SAFETY: the pointers lead into `words` or to memory the program gave for the purpose.
unsafe impl Send for Global {}

static GLOBAL: Mutex<Global> = Mutex::new(Global {
    words: [0; 32],
    data: random_data {
        fptr: core::ptr::null_mut(),
        rptr: core::ptr::null_mut(),
        state: core::ptr::null_mut(),
        rand_type: 3,
        rand_deg: 31,
        rand_sep: 3,
        end_ptr: core::ptr::null_mut(),
    },
    ready: false,
});

/// Before a fork: nobody is changing the generator.
pub fn fork_prepare() {
    GLOBAL.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    GLOBAL.raw().unlock();
}

/// Runs `action` on the process's generator, which starts as if seeded with 1.
fn with_global<R>(action: impl FnOnce(&mut random_data) -> R) -> R {
    let mut global = GLOBAL.lock();
    if !global.ready {
        global.ready = true;
        let words = global.words.as_mut_ptr();
        // SAFETY: the static array has the 128 bytes of kind 3 and never moves.
        unsafe { attach(&mut global.data, words, 3) };
        seed(&mut global.data, 1);
    }
    action(&mut global.data)
}

/// # Safety
/// `words` has room for kind `kind`, for as long as the generator is used.
unsafe fn attach(data: &mut random_data, words: *mut i32, kind: usize) {
    let (_, degree, separation) = KINDS[kind];
    // SAFETY: one word of bookkeeping, then the state.
    unsafe {
        data.state = words.add(1);
        data.end_ptr = data.state.add(degree);
    }
    data.rand_type = kind as c_int;
    data.rand_deg = degree as c_int;
    data.rand_sep = separation as c_int;
}

/// Notes kind and rear position in the word before the state, for `setstate`.
fn remember(data: &random_data) {
    // SAFETY: the generator's own words.
    unsafe {
        let position = if data.rand_type == 0 {
            0
        } else {
            data.rptr.offset_from(data.state)
        };
        *data.state.sub(1) = position as i32 * KIND_COUNT + data.rand_type;
    }
}

fn seed(data: &mut random_data, seed: c_uint) {
    let mut word = if seed == 0 { 1 } else { seed.cast_signed() };
    // SAFETY: `rand_deg` words from `state` on (one for kind 0).
    unsafe {
        *data.state = word;
        if data.rand_type == 0 {
            return;
        }
        for index in 1..data.rand_deg as usize {
            // 16807 × word mod 2³¹ − 1 without overflow (Schrage's method).
            let (high, low) = (word / 127_773, word % 127_773);
            word = 16_807 * low - 2_836 * high;
            if word < 0 {
                word += i32::MAX;
            }
            *data.state.add(index) = word;
        }
        data.fptr = data.state.add(data.rand_sep as usize);
        data.rptr = data.state;
    }
    for _ in 0..data.rand_deg * 10 {
        next(data);
    }
}

fn next(data: &mut random_data) -> i32 {
    // SAFETY: the positions stay inside the state words.
    unsafe {
        if data.rand_type == 0 {
            let word = (*data.state)
                .wrapping_mul(1_103_515_245)
                .wrapping_add(12_345)
                & i32::MAX;
            *data.state = word;
            return word;
        }
        let sum = (*data.fptr).wrapping_add(*data.rptr);
        *data.fptr = sum;
        let advance = |position: *mut i32| {
            let after = position.add(1);
            if after >= data.end_ptr {
                data.state
            } else {
                after
            }
        };
        let (front, rear) = (advance(data.fptr), advance(data.rptr));
        data.fptr = front;
        data.rptr = rear;
        (sum.cast_unsigned() >> 1).cast_signed()
    }
}

fn kind_for(size: usize) -> Option<usize> {
    KINDS.iter().rposition(|kind| size >= kind.0)
}

/// A number from 0 to 2³¹ − 1 (POSIX.1 XSI).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn random() -> c_long {
    with_global(|data| c_long::from(next(data)))
}

/// Starts the sequence of `seed` (POSIX.1 XSI).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn srandom(value: c_uint) {
    with_global(|data| seed(data, value));
}

/// Gives [`random`] `size` bytes of state, 8 to 256, and a seed; returns the state used before (POSIX.1 XSI).
///
/// # Safety
/// `buffer` has `size` bytes, aligned for int, for as long as it is the state.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn initstate(
    value: c_uint,
    buffer: *mut c_char,
    size: size_t,
) -> *mut c_char {
    with_global(|data| {
        let old = data.state.wrapping_sub(1);
        remember(data);
        let Some(kind) = kind_for(size) else {
            set_errno(Errno::EINVAL);
            return core::ptr::null_mut();
        };
        // SAFETY: the caller's buffer is large enough for the kind.
        unsafe { attach(data, buffer.cast(), kind) };
        seed(data, value);
        remember(data);
        old.cast()
    })
}

/// Goes on with a state of [`initstate`]; returns the one used before (POSIX.1 XSI).
///
/// # Safety
/// `buffer` is such a state.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setstate(buffer: *mut c_char) -> *mut c_char {
    with_global(|data| {
        let old = data.state.wrapping_sub(1);
        // SAFETY: the caller's state.
        if unsafe { resume(data, buffer.cast()) } {
            old.cast()
        } else {
            core::ptr::null_mut()
        }
    })
}

unsafe fn resume(data: &mut random_data, words: *mut i32) -> bool {
    // SAFETY: the word was written by `remember`; what it says is checked before use.
    unsafe {
        // First, as the state may be the one that is in use.
        remember(data);
        let note = *words;
        let (kind, rear) = (note % KIND_COUNT, note / KIND_COUNT);
        let valid = note >= 0
            && KINDS
                .get(kind as usize)
                .is_some_and(|k| rear < (k.1 as i32).max(1));
        if !valid {
            set_errno(Errno::EINVAL);
            return false;
        }
        attach(data, words, kind as usize);
        if kind != 0 {
            let front = (rear + data.rand_sep) % data.rand_deg;
            data.rptr = data.state.add(rear as usize);
            data.fptr = data.state.add(front as usize);
        }
        true
    }
}

/// [`random`] on a generator of the caller's (GNU).
///
/// # Safety
/// `data` was set up by `initstate_r`; `result` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn random_r(data: *mut random_data, result: *mut i32) -> c_int {
    // SAFETY: the caller's generator.
    unsafe {
        if data.is_null() || result.is_null() || (*data).state.is_null() {
            set_errno(Errno::EINVAL);
            return -1;
        }
        *result = next(&mut *data);
    }
    0
}

/// [`srandom`] on a generator of the caller's (GNU).
///
/// # Safety
/// `data` was set up by `initstate_r`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn srandom_r(value: c_uint, data: *mut random_data) -> c_int {
    // SAFETY: the caller's generator.
    unsafe {
        if data.is_null() || (*data).state.is_null() {
            set_errno(Errno::EINVAL);
            return -1;
        }
        seed(&mut *data, value);
    }
    0
}

/// [`initstate`] on a generator of the caller's (GNU).
///
/// # Safety
/// `data` is zeroed or in use; `buffer` as for [`initstate`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn initstate_r(
    value: c_uint,
    buffer: *mut c_char,
    size: size_t,
    data: *mut random_data,
) -> c_int {
    let kind = kind_for(size);
    if data.is_null() || kind.is_none() {
        set_errno(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's generator and buffer.
    unsafe {
        if !(*data).state.is_null() {
            remember(&*data);
        }
        attach(&mut *data, buffer.cast(), kind.unwrap_or(0));
        seed(&mut *data, value);
        remember(&*data);
    }
    0
}

/// [`setstate`] on a generator of the caller's (GNU).
///
/// # Safety
/// As for [`setstate`]; `data` is in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setstate_r(buffer: *mut c_char, data: *mut random_data) -> c_int {
    if data.is_null() || buffer.is_null() {
        set_errno(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's generator and state.
    if unsafe { resume(&mut *data, buffer.cast()) } {
        0
    } else {
        -1
    }
}

/// A number from 0 to `RAND_MAX` (ISO C 7.22.2.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn rand() -> c_int {
    with_global(next)
}

/// Starts the sequence of `seed` (ISO C 7.22.2.2).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn srand(seed: c_uint) {
    srandom(seed);
}

/// A number from 0 to `RAND_MAX`, from a state of one word (POSIX.1).
///
/// # Safety
/// `state` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn rand_r(state: *mut c_uint) -> c_int {
    // SAFETY: the caller's word.
    let word = unsafe { &mut *state };
    let mut step = |bits: u32| {
        *word = word.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        *word / 65_536 % (1 << bits)
    };
    let high = step(11);
    let middle = step(10);
    let low = step(10);
    ((high << 10 ^ middle) << 10 ^ low).cast_signed()
}
