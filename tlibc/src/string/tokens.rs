//! strspn, strcspn, strpbrk, strtok, strtok_r, strsep: strings cut at bytes of a set.

use core::marker::PhantomData;
use core::ptr::null_mut;

use super::length::strlen;
use super::vector::{FewOrNull, NotFew, Vector, dispatch, find};
use crate::types::{c_char, size_t};

/// The bytes of a C string as a set of 256 bits.
struct ByteSet([u64; 4]);

impl ByteSet {
    /// # Safety
    /// `s` is a C string.
    unsafe fn new(s: *const c_char) -> Self {
        let mut set = [0; 4];
        let mut at = s.cast::<u8>();
        // SAFETY: reads up to the null.
        unsafe {
            while *at != 0 {
                set[usize::from(*at >> 6)] |= 1 << (*at & 63);
                at = at.add(1);
            }
        }
        ByteSet(set)
    }

    fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }
}

/// Bytes of a set that is small enough to compare with each: the last one repeated up to four.
#[derive(Clone, Copy)]
struct FewBytes([u8; 4]);

impl FewBytes {
    /// `None` for the empty set and one of more than four bytes.
    ///
    /// # Safety
    /// `s` is a C string.
    #[inline(always)]
    unsafe fn new(s: *const c_char) -> Option<Self> {
        let s = s.cast::<u8>();
        // SAFETY: reads up to the null.
        unsafe {
            let [mut second, mut third, mut fourth] = [*s; 3];
            if *s == 0 {
                return None;
            }
            if *s.add(1) != 0 {
                [second, third, fourth] = [*s.add(1); 3];
                if *s.add(2) != 0 {
                    [third, fourth] = [*s.add(2); 2];
                    if *s.add(3) != 0 {
                        fourth = *s.add(3);
                        if *s.add(4) != 0 {
                            return None;
                        }
                    }
                }
            }
            Some(FewBytes([*s, second, third, fourth]))
        }
    }

    /// A vector of each.
    #[inline(always)]
    unsafe fn vectors<V: Vector>(self) -> [V; 4] {
        // SAFETY: the caller has the vector's instructions.
        unsafe {
            [
                V::splat(self.0[0]),
                V::splat(self.0[1]),
                V::splat(self.0[2]),
                V::splat(self.0[3]),
            ]
        }
    }
}

/// Length of the start of `s` that has bytes of `accept` only (ISO C 7.24.5.6).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strspn(s: *const c_char, accept: *const c_char) -> size_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, few: FewBytes) -> usize {
        // SAFETY: the null is not in the set, so the scan ends there.
        unsafe {
            let end = find::<V>(s, NotFew(few.vectors(), PhantomData));
            end.addr() - s.addr()
        }
    }
    // SAFETY: the caller's string.
    if let Some(few) = unsafe { FewBytes::new(accept) } {
        // Often there is nothing to skip.
        // SAFETY: the caller's string.
        if !few.0.contains(&unsafe { *s.cast::<u8>() }) {
            return 0;
        }
        let s = s.cast::<u8>();
        return dispatch!(generic(s: *const u8, few: FewBytes) -> usize);
    }
    // SAFETY: the null is not in the set, so the scan ends there.
    unsafe {
        let set = ByteSet::new(accept);
        let mut length = 0;
        while set.contains(*s.add(length) as u8) {
            length += 1;
        }
        length
    }
}

/// Length of the start of `s` that has no byte of `reject` (ISO C 7.24.5.3).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strcspn(s: *const c_char, reject: *const c_char) -> size_t {
    #[inline(always)]
    unsafe fn generic<V: Vector>(s: *const u8, few: FewBytes) -> usize {
        // SAFETY: the string's null ends the scan.
        unsafe {
            let end = find::<V>(s, FewOrNull(few.vectors(), PhantomData));
            end.addr() - s.addr()
        }
    }
    // SAFETY: the caller's string.
    if let Some(few) = unsafe { FewBytes::new(reject) } {
        let s = s.cast::<u8>();
        return dispatch!(generic(s: *const u8, few: FewBytes) -> usize);
    }
    // SAFETY: the null is put into the set, so the scan ends there.
    unsafe {
        if *reject == 0 {
            return strlen(s);
        }
        let mut set = ByteSet::new(reject);
        set.0[0] |= 1;
        let mut length = 0;
        while !set.contains(*s.add(length) as u8) {
            length += 1;
        }
        length
    }
}

/// The first byte of `s` that is in `accept`, or null (ISO C 7.24.5.4).
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strpbrk(s: *const c_char, accept: *const c_char) -> *mut c_char {
    // SAFETY: strcspn stays in the string.
    unsafe {
        let found = s.add(strcspn(s, accept));
        if *found == 0 {
            null_mut()
        } else {
            found.cast_mut()
        }
    }
}

/// The next token of a string, with the position kept in `*state` (POSIX.1).
///
/// # Safety
/// `s` is a writable C string or null, then `*state` comes from an earlier call; `separators` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtok_r(
    s: *mut c_char,
    separators: *const c_char,
    state: *mut *mut c_char,
) -> *mut c_char {
    // SAFETY: all positions stay in the caller's string.
    unsafe {
        let rest = if s.is_null() { *state } else { s };
        if rest.is_null() {
            return null_mut();
        }
        let token = rest.add(strspn(rest, separators));
        if *token == 0 {
            *state = token;
            return null_mut();
        }
        let end = token.add(strcspn(token, separators));
        if *end == 0 {
            *state = end;
        } else {
            *end = 0;
            *state = end.add(1);
        }
        token
    }
}

crate::alias!(__strtok_r = strtok_r);

/// [`strtok_r`] with one position for the whole process (ISO C 7.24.5.8).
///
/// # Safety
/// As for [`strtok_r`], and no other thread is in `strtok`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strtok(s: *mut c_char, separators: *const c_char) -> *mut c_char {
    static mut STATE: *mut c_char = null_mut();
    // SAFETY: one thread at a time, by the contract of the C function.
    unsafe { strtok_r(s, separators, &raw mut STATE) }
}

/// The next field of `*s`, empty ones included (BSD).
///
/// # Safety
/// `*s` is a writable C string or null; `separators` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strsep(s: *mut *mut c_char, separators: *const c_char) -> *mut c_char {
    // SAFETY: all positions stay in the caller's string.
    unsafe {
        let field = *s;
        if field.is_null() {
            return null_mut();
        }
        let end = field.add(strcspn(field, separators));
        if *end == 0 {
            *s = null_mut();
        } else {
            *end = 0;
            *s = end.add(1);
        }
        field
    }
}
