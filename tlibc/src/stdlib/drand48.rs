//! The 48-bit linear congruential generators (POSIX.1 XSI): Xₙ₊₁ = (a·Xₙ + c) mod 2⁴⁸.
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::sync::Mutex;
use crate::types::{c_double, c_int, c_long, c_ushort};

const MULTIPLIER: u64 = 0x5_deec_e66d;
const ADDEND: u16 = 0xb;

/// A generator; all zero is a valid start.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct drand48_data {
    x: [c_ushort; 3],
    old_x: [c_ushort; 3],
    c: c_ushort,
    init: c_ushort,
    a: u64,
}

static GLOBAL: Mutex<drand48_data> = Mutex::new(drand48_data {
    x: [0; 3],
    old_x: [0; 3],
    c: 0,
    init: 0,
    a: 0,
});

fn join(x: [c_ushort; 3]) -> u64 {
    u64::from(x[0]) | u64::from(x[1]) << 16 | u64::from(x[2]) << 32
}

fn split(x: u64) -> [c_ushort; 3] {
    [x as c_ushort, (x >> 16) as c_ushort, (x >> 32) as c_ushort]
}

impl drand48_data {
    fn set_defaults(&mut self) {
        self.a = MULTIPLIER;
        self.c = ADDEND;
        self.init = 1;
    }

    /// Steps the state `x`, which may be the generator's own or the caller's.
    fn step(&mut self, x: &mut [c_ushort; 3]) -> u64 {
        if self.init == 0 {
            self.set_defaults();
        }
        let next = join(*x)
            .wrapping_mul(self.a)
            .wrapping_add(u64::from(self.c))
            & ((1 << 48) - 1);
        *x = split(next);
        next
    }

    fn next(&mut self) -> u64 {
        let mut x = self.x;
        let next = self.step(&mut x);
        self.x = x;
        next
    }

    fn seed(&mut self, seed: c_long) {
        self.x = [0x330e, seed as c_ushort, (seed >> 16) as c_ushort];
        self.set_defaults();
    }
}

/// The state as a fraction in [0, 1): the bits become the significand.
fn fraction(x: u64) -> c_double {
    f64::from_bits(0x3ff << 52 | x << 4) - 1.0
}

fn upper_31(x: u64) -> c_long {
    (x >> 17) as c_long
}

fn upper_32(x: u64) -> c_long {
    c_long::from((x >> 16) as i32)
}

/// The three words at `x` as a state.
///
/// # Safety
/// Three values are valid at `x`.
unsafe fn words<'a>(x: *mut c_ushort) -> &'a mut [c_ushort; 3] {
    // SAFETY: the caller's promise.
    unsafe { &mut *x.cast() }
}

/// A fraction in [0, 1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn drand48() -> c_double {
    fraction(GLOBAL.lock().next())
}

/// [`drand48`] with the caller's state.
///
/// # Safety
/// `x` has three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn erand48(x: *mut c_ushort) -> c_double {
    // SAFETY: the caller's state.
    fraction(GLOBAL.lock().step(unsafe { words(x) }))
}

/// A number in [0, 2³¹).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn lrand48() -> c_long {
    upper_31(GLOBAL.lock().next())
}

/// [`lrand48`] with the caller's state.
///
/// # Safety
/// `x` has three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nrand48(x: *mut c_ushort) -> c_long {
    // SAFETY: the caller's state.
    upper_31(GLOBAL.lock().step(unsafe { words(x) }))
}

/// A number in [−2³¹, 2³¹).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn mrand48() -> c_long {
    upper_32(GLOBAL.lock().next())
}

/// [`mrand48`] with the caller's state.
///
/// # Safety
/// `x` has three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn jrand48(x: *mut c_ushort) -> c_long {
    // SAFETY: the caller's state.
    upper_32(GLOBAL.lock().step(unsafe { words(x) }))
}

/// Seeds the upper 32 bits.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn srand48(seed: c_long) {
    GLOBAL.lock().seed(seed);
}

/// Seeds all 48 bits; returns the state before, in storage that the next call overwrites.
///
/// # Safety
/// `seed` has three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn seed48(seed: *mut c_ushort) -> *mut c_ushort {
    let mut data = GLOBAL.lock();
    data.old_x = data.x;
    // SAFETY: the caller's values.
    data.x = unsafe { *words(seed) };
    data.set_defaults();
    data.old_x.as_mut_ptr()
}

/// Sets state (three values), multiplier (three) and addend (one).
///
/// # Safety
/// `parameters` has seven values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lcong48(parameters: *mut c_ushort) {
    // SAFETY: the caller's values and the static generator.
    unsafe { lcong48_r(parameters, &mut *GLOBAL.lock()) };
}

/// [`drand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// Both pointers are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn drand48_r(data: *mut drand48_data, result: *mut c_double) -> c_int {
    // SAFETY: the caller's generator.
    unsafe { *result = fraction((*data).next()) };
    0
}

/// [`erand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// The pointers are valid, `x` for three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn erand48_r(
    x: *mut c_ushort,
    data: *mut drand48_data,
    result: *mut c_double,
) -> c_int {
    // SAFETY: the caller's generator and state.
    unsafe { *result = fraction((*data).step(words(x))) };
    0
}

/// [`lrand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// Both pointers are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lrand48_r(data: *mut drand48_data, result: *mut c_long) -> c_int {
    // SAFETY: the caller's generator.
    unsafe { *result = upper_31((*data).next()) };
    0
}

/// [`nrand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// The pointers are valid, `x` for three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nrand48_r(
    x: *mut c_ushort,
    data: *mut drand48_data,
    result: *mut c_long,
) -> c_int {
    // SAFETY: the caller's generator and state.
    unsafe { *result = upper_31((*data).step(words(x))) };
    0
}

/// [`mrand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// Both pointers are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mrand48_r(data: *mut drand48_data, result: *mut c_long) -> c_int {
    // SAFETY: the caller's generator.
    unsafe { *result = upper_32((*data).next()) };
    0
}

/// [`jrand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// The pointers are valid, `x` for three values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn jrand48_r(
    x: *mut c_ushort,
    data: *mut drand48_data,
    result: *mut c_long,
) -> c_int {
    // SAFETY: the caller's generator and state.
    unsafe { *result = upper_32((*data).step(words(x))) };
    0
}

/// [`srand48`] on a generator of the caller's (GNU).
///
/// # Safety
/// `data` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn srand48_r(seed: c_long, data: *mut drand48_data) -> c_int {
    // SAFETY: the caller's generator.
    unsafe { (*data).seed(seed) };
    0
}

/// [`seed48`] on a generator of the caller's (GNU).
///
/// # Safety
/// `seed` has three values; `data` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn seed48_r(seed: *mut c_ushort, data: *mut drand48_data) -> c_int {
    // SAFETY: the caller's generator.
    unsafe {
        (*data).old_x = (*data).x;
        (*data).x = *words(seed);
        (*data).set_defaults();
    }
    0
}

/// [`lcong48`] on a generator of the caller's (GNU).
///
/// # Safety
/// `parameters` has seven values; `data` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lcong48_r(parameters: *mut c_ushort, data: *mut drand48_data) -> c_int {
    // SAFETY: the caller's generator and values.
    unsafe {
        (*data).x = *words(parameters);
        (*data).a = join(*words(parameters.add(3)));
        (*data).c = *parameters.add(6);
        (*data).init = 1;
    }
    0
}

const _: () = assert!(size_of::<drand48_data>() == 24);
