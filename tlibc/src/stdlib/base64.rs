//! a64l, l64a: numbers in radix 64, lowest digit first (POSIX.1 XSI).

use crate::types::{c_char, c_long};

const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number that up to six digits stand for, sign-extended from 32 bits.
///
/// # Safety
/// `s` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn a64l(s: *const c_char) -> c_long {
    let mut value = 0_u32;
    for place in 0..6 {
        // SAFETY: no null was met before `place`.
        let byte = unsafe { *s.add(place) } as u8;
        let Some(digit) = DIGITS.iter().position(|&d| d == byte) else {
            break;
        };
        value |= (digit as u32).wrapping_shl(6 * place as u32);
    }
    c_long::from(value.cast_signed())
}

/// The digits of the low 32 bits, in a buffer that the next call overwrites; none for 0.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn l64a(value: c_long) -> *mut c_char {
    static mut BUFFER: [u8; 7] = [0; 7];
    let mut rest = value as u32;
    // SAFETY: POSIX lets l64a be unsafe between threads.
    unsafe {
        let buffer: *mut [u8; 7] = &raw mut BUFFER;
        let buffer = &mut *buffer;
        let mut length = 0;
        while rest != 0 {
            buffer[length] = DIGITS[rest as usize & 63];
            length += 1;
            rest >>= 6;
        }
        buffer[length] = 0;
        buffer.as_mut_ptr().cast()
    }
}
