//! bsearch.

use super::sort::Compare;
use crate::types::{c_void, size_t};

/// An element of a sorted array that compares equal to `key`, or null (ISO C 7.22.5.1).
///
/// # Safety
/// The array is valid; `compare` can take the key and any element.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bsearch(
    key: *const c_void,
    base: *const c_void,
    count: size_t,
    width: size_t,
    compare: Option<Compare>,
) -> *mut c_void {
    let Some(compare) = compare else {
        return core::ptr::null_mut();
    };
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        // SAFETY: `middle` is below `count`.
        let (element, order) = unsafe {
            let element = base.byte_add(middle * width);
            (element, compare(key, element))
        };
        match order {
            0 => return element.cast_mut(),
            ..0 => high = middle,
            _ => low = middle + 1,
        }
    }
    core::ptr::null_mut()
}
