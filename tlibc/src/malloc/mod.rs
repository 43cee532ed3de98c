//! The heap.

use crate::platform;
use crate::types::*;

const HEADER: usize = 16;

/// malloc
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn malloc(size: size_t) -> *mut c_void {
    let Ok(area) = platform::map_anonymous(size + HEADER) else {
        return core::ptr::null_mut();
    };
    unsafe {
        area.cast::<usize>().write(size);
        area.add(HEADER).cast()
    }
}
/// free
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn free(pointer: *mut c_void) {
    if !pointer.is_null() {
        unsafe {
            let area = pointer.cast::<u8>().sub(HEADER);
            let _ = platform::munmap(area.cast(), area.cast::<usize>().read() + HEADER);
        }
    }
}
/// realloc
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn realloc(pointer: *mut c_void, size: size_t) -> *mut c_void {
    unsafe {
        let new = malloc(size);
        if !pointer.is_null() && !new.is_null() {
            let old = pointer.cast::<u8>().sub(HEADER).cast::<usize>().read();
            core::ptr::copy_nonoverlapping(pointer.cast::<u8>(), new.cast(), old.min(size));
            free(pointer);
        }
        new
    }
}
/// calloc
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn calloc(n: size_t, size: size_t) -> *mut c_void {
    unsafe { malloc(n * size) }
}
