//! `<gnu/libc-version.h>`: which glibc's interface this is. Rust's std takes `posix_spawn` from 2.24 on.

use crate::types::*;

/// The version whose symbols and layouts are followed, as a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn gnu_get_libc_version() -> *const c_char {
    c"2.36".as_ptr()
}

/// The release state that goes with the version.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn gnu_get_libc_release() -> *const c_char {
    c"stable".as_ptr()
}
