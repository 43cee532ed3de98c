//! insque, remque: doubly linked lists whose elements start with the two links.

use crate::types::c_void;

#[repr(C)]
struct Links {
    next: *mut Links,
    previous: *mut Links,
}

/// Puts an element after another, or alone when that is null.
///
/// # Safety
/// Both start with two pointers; `after` is null or in a list.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn insque(element: *mut c_void, after: *mut c_void) {
    let (element, after) = (element.cast::<Links>(), after.cast::<Links>());
    // SAFETY: the caller's elements.
    unsafe {
        let next = if after.is_null() {
            core::ptr::null_mut()
        } else {
            (*after).next
        };
        *element = Links {
            next,
            previous: after,
        };
        if !after.is_null() {
            (*after).next = element;
        }
        if !next.is_null() {
            (*next).previous = element;
        }
    }
}

/// Takes an element out of its list.
///
/// # Safety
/// It is in a list.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn remque(element: *mut c_void) {
    // SAFETY: the caller's element and its neighbours.
    unsafe {
        let Links { next, previous } = element.cast::<Links>().read();
        if !next.is_null() {
            (*next).previous = previous;
        }
        if !previous.is_null() {
            (*previous).next = next;
        }
    }
}
