//! Classes and tables against the host's C library.

use super::{classes, tables};

#[test]
fn classes_agree_with_the_host_for_every_byte_and_eof() {
    type Class = extern "C" fn(i32) -> i32;
    type HostClass = unsafe extern "C" fn(i32) -> i32;
    let pairs: [(Class, HostClass); 12] = [
        (classes::isalnum, libc::isalnum),
        (classes::isalpha, libc::isalpha),
        (classes::isblank, libc::isblank),
        (classes::iscntrl, libc::iscntrl),
        (classes::isdigit, libc::isdigit),
        (classes::isgraph, libc::isgraph),
        (classes::islower, libc::islower),
        (classes::isprint, libc::isprint),
        (classes::ispunct, libc::ispunct),
        (classes::isspace, libc::isspace),
        (classes::isupper, libc::isupper),
        (classes::isxdigit, libc::isxdigit),
    ];
    for c in -1..256 {
        for (index, (ours, theirs)) in pairs.iter().enumerate() {
            // SAFETY: a plain function of an int.
            let expected = unsafe { theirs(c) };
            assert_eq!(ours(c) != 0, expected != 0, "class {index} of {c}");
        }
        // SAFETY: plain functions of an int.
        unsafe {
            assert_eq!(classes::tolower(c), libc::tolower(c));
            assert_eq!(classes::toupper(c), libc::toupper(c));
        }
    }
}

unsafe extern "C" {
    fn __ctype_b_loc() -> *const *const u16;
    fn __ctype_tolower_loc() -> *const *const i32;
}

#[test]
fn tables_agree_with_the_host() {
    for c in -128_isize..256 {
        if c == -1 {
            continue; // EOF has its own entry
        }
        // SAFETY: the tables have 384 entries around these pointers.
        unsafe {
            let ours = *(*tables::__ctype_b_loc()).offset(c);
            let theirs = *(*__ctype_b_loc()).offset(c);
            assert_eq!(ours, theirs, "{c}");
            assert_eq!(
                *(*tables::__ctype_tolower_loc()).offset(c),
                *(*__ctype_tolower_loc()).offset(c),
                "{c}"
            );
        }
    }
}
