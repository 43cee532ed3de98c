//! `<libgen.h>`: parts of path names (POSIX.1 XSI). Both functions may change their argument.

use crate::types::c_char;

const SLASH: c_char = b'/' as c_char;

/// The string with its slashes at the end cut off, all but one of a root; null for an empty one.
unsafe fn without_slashes_at_end(path: *mut c_char) -> Option<usize> {
    // SAFETY: positions are in the string.
    unsafe {
        if path.is_null() || *path == 0 {
            return None;
        }
        let mut length = crate::string::length::strlen(path);
        while length > 1 && *path.add(length - 1) == SLASH {
            length -= 1;
        }
        Some(length)
    }
}

/// The last part of a path: "." for an empty one, "/" for the root.
///
/// # Safety
/// `path` is null or a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __xpg_basename(path: *mut c_char) -> *mut c_char {
    // SAFETY: positions are in the string.
    unsafe {
        let Some(end) = without_slashes_at_end(path) else {
            return c".".as_ptr().cast_mut();
        };
        if end == 1 && *path == SLASH {
            return c"/".as_ptr().cast_mut();
        }
        *path.add(end) = 0;
        let mut start = end;
        while start > 0 && *path.add(start - 1) != SLASH {
            start -= 1;
        }
        path.add(start)
    }
}

/// The path without its last part: "." where there is no slash, "/" for what is in the root.
///
/// # Safety
/// `path` is null or a writable C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dirname(path: *mut c_char) -> *mut c_char {
    const HERE: *mut c_char = c".".as_ptr().cast_mut();
    // SAFETY: positions are in the string.
    unsafe {
        let Some(mut end) = without_slashes_at_end(path) else {
            return HERE;
        };
        while end > 0 && *path.add(end - 1) != SLASH {
            end -= 1;
        }
        if end == 0 {
            return HERE;
        }
        while end > 1 && *path.add(end - 1) == SLASH {
            end -= 1;
        }
        if end == 1 && *path == SLASH {
            return c"/".as_ptr().cast_mut();
        }
        *path.add(end) = 0;
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    #[test]
    fn parts_as_posix_lists_them() {
        for (path, directory, base) in [
            ("", ".", "."),
            ("/", "/", "/"),
            ("//", "/", "/"),
            ("usr", ".", "usr"),
            ("usr/", ".", "usr"),
            ("/usr", "/", "usr"),
            ("/usr/", "/", "usr"),
            ("/usr/lib", "/usr", "lib"),
            ("//usr//lib//", "//usr", "lib"),
            ("a//b", "a", "b"),
            (".", ".", "."),
            ("..", ".", ".."),
            ("//a", "/", "a"),
        ] {
            let c_string = || std::ffi::CString::new(path).unwrap().into_bytes_with_nul();
            let (mut one, mut two) = (c_string(), c_string());
            // SAFETY: writable C strings.
            unsafe {
                let found = CStr::from_ptr(dirname(one.as_mut_ptr().cast()));
                assert_eq!(found.to_str().unwrap(), directory, "dirname {path:?}");
                let found = CStr::from_ptr(__xpg_basename(two.as_mut_ptr().cast()));
                assert_eq!(found.to_str().unwrap(), base, "basename {path:?}");
            }
        }
    }
}
