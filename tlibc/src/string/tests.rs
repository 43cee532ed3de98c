//! Differential tests against the host's C library, at every alignment and next to unmapped pages.

use core::ffi::{CStr, c_char, c_int};

use super::*;

/// Two pages of which only the first may be touched; strings go to its end.
struct Guarded {
    start: *mut u8,
}

const PAGE: usize = 4096;

impl Guarded {
    fn new() -> Self {
        // SAFETY: a fresh mapping.
        unsafe {
            let start = libc::mmap(
                core::ptr::null_mut(),
                2 * PAGE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            assert_ne!(start, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(start.add(PAGE), PAGE, libc::PROT_NONE), 0);
            Guarded {
                start: start.cast(),
            }
        }
    }

    /// `bytes` placed so that they end with the page.
    fn place(&self, bytes: &[u8]) -> *mut u8 {
        // SAFETY: the bytes fit the page.
        unsafe {
            let at = self.start.add(PAGE - bytes.len());
            core::ptr::copy(bytes.as_ptr(), at, bytes.len());
            at
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the mapping of `new`.
        unsafe { libc::munmap(self.start.cast(), 2 * PAGE) };
    }
}

struct Rng(u64);

impl Rng {
    fn next(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }

    fn bytes(&mut self, length: usize, letters: &[u8]) -> Vec<u8> {
        (0..length)
            .map(|_| letters[self.next(letters.len())])
            .collect()
    }
}

fn c_string(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(0);
    bytes
}

#[test]
fn lengths_and_searches_stop_at_the_page() {
    let page = Guarded::new();
    let mut rng = Rng(1);
    for length in 0..300 {
        let text = c_string(rng.bytes(length, b"abcdefgh"));
        let s = page.place(&text).cast::<c_char>();
        // SAFETY: a C string at the end of a page.
        unsafe {
            assert_eq!(length::strlen(s), length);
            for limit in [0, 1, length / 2, length, length + 1] {
                assert_eq!(length::strnlen(s, limit), length.min(limit));
            }
            for c in *b"adhz\0" {
                let c = c_int::from(c);
                assert_eq!(search::strchr(s, c), libc::strchr(s, c));
                assert_eq!(search::strrchr(s, c), libc::strrchr(s, c));
                assert_eq!(
                    search::memchr(s.cast(), c, length),
                    libc::memchr(s.cast(), c, length)
                );
                assert_eq!(
                    search::memrchr(s.cast(), c, length),
                    libc::memrchr(s.cast(), c, length)
                );
            }
            assert_eq!(search::rawmemchr(s.cast(), 0).addr(), s.addr() + length);
        }
    }
}

#[test]
fn copies_of_every_size_and_overlap() {
    for n in (0..300).chain([511, 512, 1000, 2048, 5000]) {
        for shift in [0, 1, 7, 15, 16, 17, 63, 64, 100] {
            let original: Vec<u8> = (0..n + 400).map(|i| (i * 7 % 251) as u8).collect();
            let mut ours = original.clone();
            let mut expected = original.clone();
            expected.copy_within(50..50 + n, 50 + shift);
            // SAFETY: both ranges are inside the vector.
            unsafe {
                copy::memmove(
                    ours.as_mut_ptr().add(50 + shift).cast(),
                    ours.as_ptr().add(50).cast(),
                    n,
                )
            };
            assert!(ours == expected, "memmove up by {shift}, {n} bytes");
            let mut ours = original.clone();
            let mut expected = original.clone();
            expected.copy_within(50 + shift..50 + shift + n, 50);
            // SAFETY: both ranges are inside the vector.
            unsafe {
                copy::memmove(
                    ours.as_mut_ptr().add(50).cast(),
                    ours.as_ptr().add(50 + shift).cast(),
                    n,
                )
            };
            assert!(ours == expected, "memmove down by {shift}, {n} bytes");
            let mut ours = vec![0xaa_u8; n + 200];
            // SAFETY: the vectors are apart.
            unsafe {
                copy::memcpy(
                    ours.as_mut_ptr().add(shift).cast(),
                    original.as_ptr().add(3).cast(),
                    n,
                )
            };
            assert_eq!(&ours[shift..shift + n], &original[3..3 + n]);
            assert!(
                ours[..shift]
                    .iter()
                    .chain(&ours[shift + n..])
                    .all(|&b| b == 0xaa)
            );
            let mut ours = vec![0xaa_u8; n + 200];
            // SAFETY: inside the vector.
            unsafe { set::memset(ours.as_mut_ptr().add(shift).cast(), 0x155, n) };
            assert!(ours[shift..shift + n].iter().all(|&b| b == 0x55));
            assert!(
                ours[..shift]
                    .iter()
                    .chain(&ours[shift + n..])
                    .all(|&b| b == 0xaa)
            );
        }
    }
}

#[test]
fn comparisons_agree_in_sign() {
    let (left, right) = (Guarded::new(), Guarded::new());
    let mut rng = Rng(2);
    for _ in 0..20_000 {
        let common = rng.next(70);
        let prefix = rng.bytes(common, b"ab\xff");
        let [a, b] = [0, 1].map(|_| {
            let tail = rng.next(4);
            c_string([prefix.clone(), rng.bytes(tail, b"ab\xff\x01")].concat())
        });
        let (p, q) = (
            left.place(&a).cast::<c_char>(),
            right.place(&b).cast::<c_char>(),
        );
        let n = rng.next(80);
        let least = a.len().min(b.len());
        // SAFETY: C strings at ends of pages.
        unsafe {
            assert_eq!(compare::strcmp(p, q).signum(), libc::strcmp(p, q).signum());
            assert_eq!(
                compare::strncmp(p, q, n).signum(),
                libc::strncmp(p, q, n).signum()
            );
            assert_eq!(
                compare::memcmp(p.cast(), q.cast(), least).signum(),
                libc::memcmp(p.cast(), q.cast(), least).signum()
            );
            assert_eq!(
                crate::strings::compare::strcasecmp(p, q).signum(),
                libc::strcasecmp(p, q).signum()
            );
        }
    }
}

#[test]
fn substrings_are_found_where_the_naive_search_finds_them() {
    let mut rng = Rng(3);
    for round in 0..60_000 {
        let letters: &[u8] = if round % 2 == 0 { b"ab" } else { b"abc" };
        let (hay_length, needle_length) = (rng.next(200), 1 + rng.next(20));
        let hay = rng.bytes(hay_length, letters);
        let needle = if round % 3 == 0 {
            let period_length = 1 + rng.next(4);
            let period = rng.bytes(period_length, letters);
            period.iter().cycle().take(needle_length).copied().collect()
        } else {
            rng.bytes(needle_length, letters)
        };
        let naive = hay
            .windows(needle.len())
            .position(|window| window == needle);
        // SAFETY: slices.
        let found = unsafe {
            substring::memmem(
                hay.as_ptr().cast(),
                hay.len(),
                needle.as_ptr().cast(),
                needle.len(),
            )
        };
        let found = (!found.is_null()).then(|| found.addr() - hay.as_ptr().addr());
        assert_eq!(found, naive, "{hay:?} {needle:?}");
    }
    // Long and repetitive: the two-way part takes over.
    for needle_length in [2, 3, 17, 64, 500] {
        let mut hay = vec![b'a'; 20_000];
        let mut needle = vec![b'a'; needle_length];
        needle[needle_length / 2] = b'b';
        hay[15_000] = b'b';
        let naive = hay
            .windows(needle.len())
            .position(|window| window == needle);
        // SAFETY: slices.
        let found = unsafe {
            substring::memmem(
                hay.as_ptr().cast(),
                hay.len(),
                needle.as_ptr().cast(),
                needle.len(),
            )
        };
        assert_eq!(
            (!found.is_null()).then(|| found.addr() - hay.as_ptr().addr()),
            naive
        );
    }
}

#[test]
fn versions_compare_as_the_host_does() {
    unsafe extern "C" {
        fn strverscmp(a: *const c_char, b: *const c_char) -> c_int;
    }
    let mut rng = Rng(4);
    for _ in 0..100_000 {
        let [a, b] = [0, 1].map(|_| {
            let length = rng.next(7);
            c_string(rng.bytes(length, b"0019a"))
        });
        // SAFETY: C strings.
        unsafe {
            let ours = version::strverscmp(a.as_ptr().cast(), b.as_ptr().cast());
            let theirs = strverscmp(a.as_ptr().cast(), b.as_ptr().cast());
            assert_eq!(
                ours.signum(),
                theirs.signum(),
                "{:?} {:?}",
                CStr::from_bytes_with_nul(&a),
                CStr::from_bytes_with_nul(&b)
            );
        }
    }
}

#[test]
fn messages_are_those_of_the_host() {
    for number in -2..140 {
        // SAFETY: both return C strings.
        unsafe {
            assert_eq!(
                CStr::from_ptr(error::strerror(number)),
                CStr::from_ptr(libc::strerror(number))
            );
        }
    }
    for signal in -1..70 {
        // SAFETY: both return C strings.
        unsafe {
            assert_eq!(
                CStr::from_ptr(signal_names::strsignal(signal)),
                CStr::from_ptr(libc::strsignal(signal))
            );
        }
    }
    let mut buffer = [0x55 as c_char; 8];
    // SAFETY: the buffer's length.
    unsafe {
        assert_eq!(
            error::__xpg_strerror_r(2, buffer.as_mut_ptr(), 8),
            libc::ERANGE
        );
        assert_eq!(CStr::from_ptr(buffer.as_ptr()), c"No such");
        assert_eq!(
            error::__xpg_strerror_r(9999, buffer.as_mut_ptr(), 8),
            libc::EINVAL
        );
    }
}

#[test]
fn tokens_and_spans() {
    let mut text = *b"::a,b:;c\0";
    let s = text.as_mut_ptr().cast::<c_char>();
    let mut state = core::ptr::null_mut();
    // SAFETY: writable C strings.
    unsafe {
        let separators = c",:;".as_ptr();
        assert_eq!(tokens::strspn(s, separators), 2);
        assert_eq!(tokens::strcspn(s.add(2), separators), 1);
        assert_eq!(
            CStr::from_ptr(tokens::strtok_r(s, separators, &mut state)),
            c"a"
        );
        let null = core::ptr::null_mut();
        assert_eq!(
            CStr::from_ptr(tokens::strtok_r(null, separators, &mut state)),
            c"b"
        );
        assert_eq!(
            CStr::from_ptr(tokens::strtok_r(null, separators, &mut state)),
            c"c"
        );
        assert!(tokens::strtok_r(null, separators, &mut state).is_null());
        assert!(tokens::strtok_r(null, separators, &mut state).is_null());
        let mut fields = *b"a,,b\0";
        let mut rest = fields.as_mut_ptr().cast::<c_char>();
        assert_eq!(
            CStr::from_ptr(tokens::strsep(&mut rest, c",".as_ptr())),
            c"a"
        );
        assert_eq!(
            CStr::from_ptr(tokens::strsep(&mut rest, c",".as_ptr())),
            c""
        );
        assert_eq!(
            CStr::from_ptr(tokens::strsep(&mut rest, c",".as_ptr())),
            c"b"
        );
        assert!(tokens::strsep(&mut rest, c",".as_ptr()).is_null());
    }
}
