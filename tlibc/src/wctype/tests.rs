//! Classes against the host's C library.

use super::classes::*;

#[test]
fn ascii_classes_agree_with_the_host() {
    for c in 0..128_u32 {
        let i = c as i32;
        // SAFETY: plain functions of an int.
        unsafe {
            assert_eq!(iswalpha(c) != 0, libc::isalpha(i) != 0, "{c}");
            assert_eq!(iswalnum(c) != 0, libc::isalnum(i) != 0, "{c}");
            assert_eq!(iswpunct(c) != 0, libc::ispunct(i) != 0, "{c}");
            assert_eq!(iswgraph(c) != 0, libc::isgraph(i) != 0, "{c}");
            assert_eq!(iswprint(c) != 0, libc::isprint(i) != 0, "{c}");
            assert_eq!(iswspace(c) != 0, libc::isspace(i) != 0, "{c}");
            assert_eq!(iswblank(c) != 0, libc::isblank(i) != 0, "{c}");
            assert_eq!(iswcntrl(c) != 0, libc::iscntrl(i) != 0, "{c}");
            assert_eq!(iswxdigit(c) != 0, libc::isxdigit(i) != 0, "{c}");
        }
    }
}

#[test]
fn the_c_locale_knows_ascii_only() {
    assert_eq!(iswalpha(0xe9), 0);
    assert_eq!(super::case::towupper(0xe9), 0xe9);
}
