//! mkstemp, mkdtemp and their variants, mktemp: names from a template that ends in `XXXXXX` (plus a suffix).

use core::ffi::CStr;

use crate::errno::{CResult as _, Errno};
use crate::platform;
use crate::platform::linux::calls::fs as calls;
use crate::string::length::strlen;
use crate::types::{c_char, c_int, mode_t};

const AT_FDCWD: c_int = -100;
const O_RDWR: c_int = 0o2;
const O_CREAT: c_int = 0o100;
const O_EXCL: c_int = 0o200;
const O_ACCMODE: c_int = 0o3;
/// Characters to replace.
const PLACES: usize = 6;
/// How many names are tried before the folder counts as full (`EEXIST`).
const TRIES: usize = 62 * 62 * 62;

const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Replaces the X's until `make` does not say `EEXIST`.
///
/// # Safety
/// `template` is a writable C string.
unsafe fn with_fresh_name<T>(
    template: *mut c_char,
    suffix_length: c_int,
    mut make: impl FnMut(&CStr) -> Result<T, Errno>,
) -> Result<T, Errno> {
    // SAFETY: the places are inside the string, which keeps its length.
    unsafe {
        let suffix = usize::try_from(suffix_length).map_err(|_| Errno::EINVAL)?;
        let length = strlen(template);
        let Some(start) = length
            .checked_sub(suffix)
            .and_then(|end| end.checked_sub(PLACES))
        else {
            return Err(Errno::EINVAL);
        };
        let places = core::slice::from_raw_parts_mut(template.add(start).cast::<u8>(), PLACES);
        if places != b"XXXXXX" {
            return Err(Errno::EINVAL);
        }
        for _ in 0..TRIES {
            let mut number = u64::from(super::arc4random::arc4random()) << 32
                | u64::from(super::arc4random::arc4random());
            for place in places.iter_mut() {
                *place = LETTERS[(number % 62) as usize];
                number /= 62;
            }
            match make(CStr::from_ptr(template)) {
                Err(Errno::EEXIST) => {}
                Err(errno) => {
                    places.copy_from_slice(b"XXXXXX");
                    return Err(errno);
                }
                made => return made,
            }
        }
        places.copy_from_slice(b"XXXXXX");
        Err(Errno::EEXIST)
    }
}

fn make_file(name: &CStr, flags: c_int) -> Result<c_int, Errno> {
    platform::openat(
        AT_FDCWD,
        name,
        flags & !O_ACCMODE | O_RDWR | O_CREAT | O_EXCL,
        0o600,
    )
}

/// Makes and opens a file of a fresh name with mode 0600 (POSIX.1). −1 and `EINVAL` for a bad template, `EEXIST`,
/// or what `open` says.
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkstemp(template: *mut c_char) -> c_int {
    // SAFETY: the caller's string.
    unsafe { mkostemps(template, 0, 0) }
}

/// [`mkstemp`] with more flags for `open` (POSIX.1-2024).
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkostemp(template: *mut c_char, flags: c_int) -> c_int {
    // SAFETY: the caller's string.
    unsafe { mkostemps(template, 0, flags) }
}

/// [`mkstemp`] with a suffix after the X's (BSD).
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkstemps(template: *mut c_char, suffix_length: c_int) -> c_int {
    // SAFETY: the caller's string.
    unsafe { mkostemps(template, suffix_length, 0) }
}

/// [`mkostemp`] with a suffix after the X's (BSD).
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkostemps(
    template: *mut c_char,
    suffix_length: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's string.
    unsafe { with_fresh_name(template, suffix_length, |name| make_file(name, flags)) }
        .or_minus_one()
}

/// Makes a folder of a fresh name with mode 0700; returns `template` or null (POSIX.1).
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkdtemp(template: *mut c_char) -> *mut c_char {
    let mode: mode_t = 0o700;
    // SAFETY: the caller's string; the kernel only reads the name.
    unsafe {
        with_fresh_name(template, 0, |name| {
            calls::mkdirat(AT_FDCWD, name.as_ptr(), mode)
        })
        .map(|_| template)
        .or_null()
    }
}

/// A fresh name for which nothing is made, so another process can take it first; an empty string on failure.
///
/// # Safety
/// `template` is a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mktemp(template: *mut c_char) -> *mut c_char {
    let absent = |name: &CStr| {
        // SAFETY: the kernel only reads the name.
        match unsafe { calls::faccessat(AT_FDCWD, name.as_ptr(), 0) } {
            Ok(_) => Err(Errno::EEXIST),
            Err(Errno::ENOENT) => Ok(()),
            Err(errno) => Err(errno),
        }
    };
    // SAFETY: the caller's string has at least its null.
    unsafe {
        if let Err(errno) = with_fresh_name(template, 0, absent) {
            crate::errno::set_errno(errno);
            *template = 0;
        }
    }
    template
}

crate::alias!(mkstemp64 = mkstemp);
crate::alias!(mkostemp64 = mkostemp);
crate::alias!(mkstemps64 = mkstemps);
crate::alias!(mkostemps64 = mkostemps);
