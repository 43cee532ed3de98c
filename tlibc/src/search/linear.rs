//! lfind, lsearch.

use core::ptr::null_mut;

use crate::stdlib::sort::Compare;
use crate::string::copy::memcpy;
use crate::types::{c_void, size_t};

/// The first element that compares equal to `key`, or null.
///
/// # Safety
/// `base` has `*count` elements of `width` bytes; `compare` can take the key and any of them.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lfind(
    key: *const c_void,
    base: *const c_void,
    count: *mut size_t,
    width: size_t,
    compare: Option<Compare>,
) -> *mut c_void {
    let Some(compare) = compare else {
        return null_mut();
    };
    // SAFETY: indices below the count.
    unsafe {
        (0..*count)
            .map(|at| base.byte_add(at * width))
            .find(|&element| compare(key, element) == 0)
            .map_or(null_mut(), <*const c_void>::cast_mut)
    }
}

/// [`lfind`] that appends the key where it is not found.
///
/// # Safety
/// As for [`lfind`], and there is room for one element more.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lsearch(
    key: *const c_void,
    base: *mut c_void,
    count: *mut size_t,
    width: size_t,
    compare: Option<Compare>,
) -> *mut c_void {
    // SAFETY: the caller's array.
    unsafe {
        let found = lfind(key, base, count, width, compare);
        if !found.is_null() {
            return found;
        }
        let end = base.byte_add(*count * width);
        *count += 1;
        memcpy(end, key, width)
    }
}
