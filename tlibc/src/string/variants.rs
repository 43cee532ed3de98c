//! Each width of vectors that the machine has: every function at every alignment and length, against a page that may
//! not be touched on either side, checked against the naive definition.

use core::ffi::{c_char, c_int};

use super::*;
use crate::strings::compare::{strcasecmp, strncasecmp};
use crate::types::wchar_t;
use crate::wchar::{search as wide_search, wide};

const PAGE: usize = 4096;
/// Bytes of the alignments that are tried, and lengths: beyond eight of the widest vectors.
const ALIGNMENTS: usize = 32;
const LENGTHS: usize = 300;

/// One page between two that may not be touched.
struct Page {
    mapping: *mut u8,
}

impl Page {
    fn new() -> Self {
        // SAFETY: a fresh mapping.
        unsafe {
            let mapping = libc::mmap(
                core::ptr::null_mut(),
                3 * PAGE,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            assert_ne!(mapping, libc::MAP_FAILED);
            let readable = libc::PROT_READ | libc::PROT_WRITE;
            assert_eq!(libc::mprotect(mapping.add(PAGE), PAGE, readable), 0);
            Page {
                mapping: mapping.cast(),
            }
        }
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the readable page, borrowed as long as `self`.
        unsafe { core::slice::from_raw_parts_mut(self.mapping.add(PAGE), PAGE) }
    }

    /// Fills the page with `around` and puts `content` at `offset`.
    fn place(&mut self, content: &[u8], offset: usize, around: u8) -> *mut u8 {
        self.bytes().fill(around);
        let place = &mut self.bytes()[offset..offset + content.len()];
        place.copy_from_slice(content);
        place.as_mut_ptr()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: the mapping of `new`.
        unsafe { libc::munmap(self.mapping.cast(), 3 * PAGE) };
    }
}

/// Offsets at which `length` bytes start near the page's start, and at which they end near its end.
fn offsets(length: usize) -> impl Iterator<Item = usize> {
    // Not all combinations: every alignment for short lengths, every fifth, shifted by the length, for longer ones.
    let step = if length < 70 { 1 } else { 5 };
    (length % step..ALIGNMENTS)
        .step_by(step)
        .flat_map(move |shift| [shift, PAGE - length - shift])
}

/// Letters that differ from place to place; none is `z`, a null or a capital.
fn letters(length: usize) -> Vec<u8> {
    (0..length).map(|at| b'a' + (at * 7 % 23) as u8).collect()
}

fn offset(of: *const impl Sized, from: *const impl Sized) -> Option<usize> {
    (!of.is_null()).then(|| of.addr() - from.addr())
}

#[test]
fn scans() {
    cpu::with_each(|| {
        let mut page = Page::new();
        for length in 0..LENGTHS {
            let mut text = letters(length);
            text.push(0);
            for at in offsets(length + 1) {
                // What lies around would be found if it were looked at.
                let s = page.place(&text, at, b'z').cast::<c_char>();
                let z = c_int::from(b'z');
                // SAFETY: a C string of `length`.
                unsafe {
                    assert_eq!(length::strlen(s), length);
                    assert_eq!(length::strnlen(s, length), length);
                    assert_eq!(length::strnlen(s, usize::MAX), length);
                    assert_eq!(length::strnlen(s, length / 2), length / 2);
                    assert!(search::strchr(s, z).is_null());
                    assert_eq!(offset(search::strchrnul(s, z), s), Some(length));
                    assert_eq!(offset(search::strrchr(s, 0), s), Some(length));
                    assert!(search::strrchr(s, z).is_null());
                    assert!(search::memchr(s.cast(), z, length + 1).is_null());
                    assert!(search::memrchr(s.cast(), z, length + 1).is_null());
                    assert_eq!(offset(search::rawmemchr(s.cast(), 0), s), Some(length));
                    assert_eq!(tokens::strcspn(s, c"z!".as_ptr()), length);
                    assert_eq!(tokens::strspn(s, c"z!".as_ptr()), 0);
                    if length == 0 {
                        continue;
                    }
                    // The same with something to find, twice.
                    let (first, last) = (length / 3, length - 1 - length / 5);
                    if first >= last {
                        continue;
                    }
                    *s.add(first) = b'z' as c_char;
                    *s.add(last) = b'z' as c_char;
                    assert_eq!(offset(search::strchr(s, z), s), Some(first));
                    assert_eq!(offset(search::strrchr(s, z), s), Some(last));
                    assert_eq!(offset(search::memchr(s.cast(), z, length), s), Some(first));
                    assert!(search::memchr(s.cast(), z, first).is_null());
                    assert_eq!(
                        offset(search::memchr(s.cast(), z, usize::MAX), s),
                        Some(first)
                    );
                    assert_eq!(offset(search::memrchr(s.cast(), z, length), s), Some(last));
                    assert_eq!(offset(search::memrchr(s.cast(), z, last), s), Some(first));
                    assert!(search::memrchr(s.cast(), z, first).is_null());
                    assert_eq!(tokens::strcspn(s, c"XYz".as_ptr()), first);
                    assert_eq!(offset(tokens::strpbrk(s, c"z!".as_ptr()), s), Some(first));
                    page.bytes()[at..at + last].fill(b'y');
                    assert_eq!(tokens::strspn(s, c"xyw".as_ptr()), last);
                }
            }
        }
    });
}

#[test]
fn wide_scans() {
    cpu::with_each(|| {
        let mut page = Page::new();
        for length in 0..LENGTHS / 4 {
            // The same bytes at other places of a character, and a null byte in each, must not count.
            let mut text: Vec<wchar_t> = (0..length)
                .map(|at| 0x7a00 + (at as i32 % 9) * 0x100_0000)
                .collect();
            text.push(0);
            let bytes: Vec<u8> = text.iter().flat_map(|c| c.to_ne_bytes()).collect();
            for at in offsets(bytes.len()).map(|at| at / 4 * 4) {
                let s = page.place(&bytes, at, 0x7a).cast::<wchar_t>();
                // SAFETY: a wide string of `length`.
                unsafe {
                    assert_eq!(wide::wcslen(s), length);
                    assert_eq!(wide::wcsnlen(s, length), length);
                    assert_eq!(wide::wcsnlen(s, length / 2), length / 2);
                    assert_eq!(wide::wcsnlen(s, usize::MAX), length);
                    assert!(wide_search::wcschr(s, 0x7a).is_null());
                    assert_eq!(offset(wide_search::wcschrnul(s, 0x7a), s), Some(4 * length));
                    assert!(wide_search::wmemchr(s, 0x7a, length + 1).is_null());
                    if length > 1 {
                        *s.add(length / 2) = 0x7a;
                        assert_eq!(
                            offset(wide_search::wcschr(s, 0x7a), s),
                            Some(length / 2 * 4)
                        );
                        let found = wide_search::wmemchr(s, 0x7a, length);
                        assert_eq!(offset(found, s), Some(length / 2 * 4));
                        assert!(wide_search::wmemchr(s, 0x7a, length / 2).is_null());
                    }
                }
            }
        }
    });
}

#[test]
fn copies_and_fills() {
    cpu::with_each(|| {
        let (mut from, mut to) = (Page::new(), Page::new());
        let long = [511, 512, 1000, 2048, 4000];
        for length in (0..LENGTHS).chain(long) {
            let mut text = letters(length);
            text.push(0);
            for source in offsets(length + 1) {
                let s = from.place(&text, source, b'!');
                let shift = (source * 5 + length) % ALIGNMENTS;
                for target in [
                    shift.min(PAGE - length - 1),
                    (PAGE - length - 1).saturating_sub(shift),
                ] {
                    let expected = |content: &[u8]| {
                        let mut page = [b'-'; PAGE];
                        page[target..target + content.len()].copy_from_slice(content);
                        page
                    };
                    let mut checked = |content: &[u8], act: &dyn Fn(*mut u8)| {
                        to.bytes().fill(b'-');
                        act(to.bytes()[target..].as_mut_ptr());
                        assert!(
                            *to.bytes() == expected(content),
                            "{length} bytes from {source} to {target}"
                        );
                    };
                    // SAFETY: ranges in the pages.
                    unsafe {
                        checked(&text[..length], &|t| {
                            assert_eq!(copy::memcpy(t.cast(), s.cast(), length), t.cast());
                        });
                        checked(&text[..length], &|t| {
                            assert_eq!(copy::memmove(t.cast(), s.cast(), length), t.cast());
                        });
                        checked(&text, &|t| {
                            assert_eq!(concat::stpcpy(t.cast(), s.cast()), t.add(length).cast());
                        });
                        checked(&vec![0xa5; length], &|t| {
                            assert_eq!(set::memset(t.cast(), 0x7a5, length), t.cast());
                        });
                    }
                }
            }
        }
    });
}

#[test]
fn copies_that_overlap() {
    cpu::with_each(|| {
        let mut page = Page::new();
        for length in (0..LENGTHS).chain([511, 512, 1000, 2048, 3000]) {
            for distance in [1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 200, 500] {
                let original: Vec<u8> = (0..length + distance)
                    .map(|i| (i * 7 % 251) as u8)
                    .collect();
                for shift in [0, 3, 31, PAGE - length - distance] {
                    let low = page.place(&original, shift, 0xee);
                    let mut expected = page.bytes().to_vec();
                    expected.copy_within(shift..shift + length, shift + distance);
                    // SAFETY: both ranges are in the page.
                    unsafe { copy::memmove(low.add(distance).cast(), low.cast(), length) };
                    assert!(page.bytes() == expected, "{length} bytes up by {distance}");
                    let low = page.place(&original, shift, 0xee);
                    let mut expected = page.bytes().to_vec();
                    expected.copy_within(shift + distance..shift + distance + length, shift);
                    // SAFETY: both ranges are in the page.
                    unsafe { copy::memmove(low.cast(), low.add(distance).cast(), length) };
                    assert!(
                        page.bytes() == expected,
                        "{length} bytes down by {distance}"
                    );
                }
            }
        }
    });
}

/// Blocks that are long enough for the string instructions, and around the lengths where they start.
#[test]
fn long_copies_and_fills() {
    cpu::with_each(|| {
        for length in [4095, 4096, 4097, 8191, 8192, 8193, 70_001] {
            for (source, target) in [(0, 0), (1, 0), (7, 33), (64, 3)] {
                let from: Vec<u8> = (0..length + 64).map(|i| (i % 251) as u8).collect();
                let mut to = vec![0xee; length + 200];
                // SAFETY: ranges in the vectors.
                unsafe {
                    copy::memcpy(
                        to.as_mut_ptr().add(target).cast(),
                        from.as_ptr().add(source).cast(),
                        length,
                    );
                }
                assert!(to[target..target + length] == from[source..source + length]);
                assert!(
                    to[..target]
                        .iter()
                        .chain(&to[target + length..])
                        .all(|&b| b == 0xee)
                );
                // SAFETY: as above.
                unsafe { set::memset(to.as_mut_ptr().add(target).cast(), 0x11, length) };
                assert!(to[target..target + length].iter().all(|&b| b == 0x11));
                assert!(
                    to[..target]
                        .iter()
                        .chain(&to[target + length..])
                        .all(|&b| b == 0xee)
                );
            }
            for distance in [1_usize, 40, 64, 65, 4096] {
                let original: Vec<u8> = (0..length + distance).map(|i| (i % 251) as u8).collect();
                let (mut up, mut down) = (original.clone(), original.clone());
                // SAFETY: ranges in the vectors.
                unsafe {
                    copy::memmove(
                        up.as_mut_ptr().add(distance).cast(),
                        up.as_ptr().cast(),
                        length,
                    );
                    copy::memmove(
                        down.as_mut_ptr().cast(),
                        down.as_ptr().add(distance).cast(),
                        length,
                    );
                }
                assert!(up[distance..] == original[..length]);
                assert!(down[..length] == original[distance..]);
            }
        }
    });
}

#[test]
fn comparisons() {
    cpu::with_each(|| {
        let (mut left, mut right) = (Page::new(), Page::new());
        for length in 0..LENGTHS {
            let mut text = letters(length);
            text.push(0);
            for at in offsets(length + 1) {
                let a = left.place(&text, at, 1).cast::<c_char>();
                let other = (at * 3 + length) % ALIGNMENTS;
                for other in [other, PAGE - length - 1 - other] {
                    let b = right.place(&text, other, 2).cast::<c_char>();
                    // SAFETY: C strings of `length`; changes stay in them.
                    unsafe {
                        let all = || {
                            [
                                compare::strcmp(a, b),
                                compare::strncmp(a, b, length + 1),
                                compare::memcmp(a.cast(), b.cast(), length),
                                strcasecmp(a, b),
                                strncasecmp(a, b, length + 1),
                            ]
                            .map(c_int::signum)
                        };
                        assert_eq!(all(), [0; 5], "{length} at {at} and {other}");
                        if length == 0 {
                            continue;
                        }
                        let place = length * 2 / 3;
                        *b.add(place) = 0x7f;
                        assert_eq!(all(), [-1; 5], "{length} at {at} and {other}");
                        assert_eq!(compare::strncmp(a, b, place), 0);
                        assert_eq!(compare::memcmp(a.cast(), b.cast(), place), 0);
                        *b.add(place) = 0xff_u8 as c_char;
                        assert_eq!(all(), [-1; 5]);
                        *b.add(place) = (*a.add(place) as u8).to_ascii_uppercase() as c_char;
                        assert_eq!(all(), [1, 1, 1, 0, 0]);
                        *b.add(place) = 0;
                        assert_eq!(all(), [1; 5]);
                    }
                }
            }
        }
        for (x, y) in
            (0..=255_u8).flat_map(|x| [x ^ 0x20, x, b'a', b'@', b'[', 0xc1].map(|y| (x, y)))
        {
            let [a, b] = [x, y].map(|c| {
                let mut text = [b'='; 48];
                (text[40], text[47]) = (c, 0);
                text
            });
            // SAFETY: C strings.
            let ours = unsafe { strcasecmp(a.as_ptr().cast(), b.as_ptr().cast()) };
            let naive = c_int::from(x.to_ascii_lowercase()) - c_int::from(y.to_ascii_lowercase());
            assert_eq!(ours.signum(), naive.signum(), "{x} {y}");
        }
    });
}

#[test]
fn substrings() {
    cpu::with_each(|| {
        let mut page = Page::new();
        for length in 1..LENGTHS {
            let mut text = letters(length);
            text.push(0);
            for needle_length in [1, 2, 3, 9, 40].into_iter().filter(|&n| n <= length) {
                for place in [0, length / 2, length - needle_length] {
                    if place + needle_length > length {
                        continue;
                    }
                    for at in [0, length % ALIGNMENTS, PAGE - length - 1] {
                        let s = page.place(&text, at, b'a').cast::<c_char>();
                        let mut needle = text[place..place + needle_length].to_vec();
                        let naive = text
                            .windows(needle_length)
                            .position(|window| window == needle);
                        needle.push(0);
                        // SAFETY: C strings.
                        unsafe {
                            let found = substring::strstr(s, needle.as_ptr().cast());
                            assert_eq!(offset(found, s), naive, "{needle_length} of {length}");
                            let found = substring::memmem(
                                s.cast(),
                                length,
                                needle.as_ptr().cast(),
                                needle_length,
                            );
                            assert_eq!(offset(found, s), naive);
                            needle[needle_length - 1] = b'z';
                            assert!(substring::strstr(s, needle.as_ptr().cast()).is_null());
                        }
                    }
                }
            }
        }
        // Longer than the parts in which the text is looked at, with a match across their borders.
        for place in [2040, 2047, 2048, 6130, 20_000] {
            let mut text = vec![b'a'; 30_000];
            text[place..place + 9].copy_from_slice(b"aaaaaaaab");
            text.push(0);
            // SAFETY: C strings.
            unsafe {
                let s = text.as_ptr().cast();
                assert_eq!(
                    offset(substring::strstr(s, c"aaaaaaaab".as_ptr()), s),
                    Some(place)
                );
                assert!(substring::strstr(s, c"aaaaaaaabb".as_ptr()).is_null());
            }
        }
    });
}
