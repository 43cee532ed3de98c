//! Differential tests against the host's C library.

use crate::fuzz;
use crate::stdio::tests::Random;
use core::ffi::{CStr, c_char, c_long, c_uint, c_ushort};

use super::*;

unsafe extern "C" {
    fn rand_r(state: *mut c_uint) -> i32;
    fn random() -> c_long;
    fn srandom(seed: c_uint);
    fn drand48() -> f64;
    fn mrand48() -> c_long;
    fn srand48(seed: c_long);
    fn initstate(seed: c_uint, state: *mut c_char, size: usize) -> *mut c_char;
    fn setstate(state: *mut c_char) -> *mut c_char;
    fn seed48(seed: *mut c_ushort) -> *mut c_ushort;
    fn l64a(value: c_long) -> *mut c_char;
    fn a64l(s: *const c_char) -> c_long;
}

#[test]
fn random_numbers_are_those_of_the_host() {
    // SAFETY: one test uses the host's generators.
    unsafe {
        for _ in 0..100 {
            assert_eq!(random::random(), random());
        }
        for seed in [0, 1, 42, u32::MAX] {
            random::srandom(seed);
            srandom(seed);
            for _ in 0..1000 {
                assert_eq!(random::random(), random());
            }
        }
        for size in [8, 31, 32, 64, 128, 200, 256, 300] {
            let (mut ours, mut theirs) = ([0_u64; 40], [0_u64; 40]);
            let our_old = random::initstate(7, ours.as_mut_ptr().cast(), size);
            let their_old = initstate(7, theirs.as_mut_ptr().cast(), size);
            for _ in 0..500 {
                assert_eq!(random::random(), random(), "size {size}");
            }
            assert!(!random::setstate(our_old).is_null() && !setstate(their_old).is_null());
            for _ in 0..50 {
                assert_eq!(random::random(), random());
            }
            assert!(!random::setstate(ours.as_mut_ptr().cast()).is_null());
            setstate(theirs.as_mut_ptr().cast());
            assert_eq!(random::random(), random());
            random::setstate(our_old);
            setstate(their_old);
        }
        let (mut a, mut b) = (5, 5);
        for _ in 0..100 {
            assert_eq!(random::rand_r(&mut a), rand_r(&mut b));
        }
        assert_eq!(drand48::drand48(), drand48());
        for seed in [0, 1, -1, 123_456_789_012] {
            drand48::srand48(seed);
            srand48(seed);
            for _ in 0..100 {
                assert_eq!(drand48::drand48(), drand48());
                assert_eq!(drand48::mrand48(), mrand48());
            }
        }
        let mut words = [1, 2, 3];
        let (ours, theirs) = (
            drand48::seed48(words.as_mut_ptr()),
            seed48(words.as_mut_ptr()),
        );
        assert_eq!(*ours.cast::<[u16; 3]>(), *theirs.cast::<[u16; 3]>());
        assert_eq!(drand48::drand48(), drand48());
        for value in [0, 1, 63, 64, 123_456, -1, 1 << 40 | 5] {
            let text = CStr::from_ptr(base64::l64a(value));
            assert_eq!(text, CStr::from_ptr(l64a(value)));
            // The host does not extend the sign, which POSIX asks for.
            assert_eq!(
                base64::a64l(text.as_ptr()),
                c_long::from(a64l(text.as_ptr()) as i32)
            );
        }
    }
}

#[test]
fn the_environment_changes() {
    // SAFETY: this test alone uses this library's `environ`, which starts empty.
    unsafe {
        use environment::*;
        assert!(getenv(c"A".as_ptr()).is_null());
        assert_eq!(setenv(c"A".as_ptr(), c"1".as_ptr(), 0), 0);
        assert_eq!(setenv(c"A".as_ptr(), c"2".as_ptr(), 0), 0);
        assert_eq!(CStr::from_ptr(getenv(c"A".as_ptr())), c"1");
        assert_eq!(setenv(c"A".as_ptr(), c"2".as_ptr(), 1), 0);
        assert_eq!(CStr::from_ptr(getenv(c"A".as_ptr())), c"2");
        for i in 0..100 {
            let name = std::ffi::CString::new(format!("N{i}")).unwrap();
            assert_eq!(setenv(name.as_ptr(), c"v".as_ptr(), 1), 0);
        }
        assert_eq!(CStr::from_ptr(getenv(c"N99".as_ptr())), c"v");
        assert_eq!(unsetenv(c"N50".as_ptr()), 0);
        assert!(getenv(c"N50".as_ptr()).is_null());
        assert!(!getenv(c"N51".as_ptr()).is_null());
        let mut own = *b"P=q\0";
        assert_eq!(putenv(own.as_mut_ptr().cast()), 0);
        core::hint::black_box(&mut own)[2] = b'r';
        assert_eq!(CStr::from_ptr(getenv(c"P".as_ptr())), c"r");
        assert_eq!(setenv(c"".as_ptr(), c"".as_ptr(), 1), -1);
        assert_eq!(crate::errno::errno(), crate::errno::Errno::EINVAL);
        assert_eq!(setenv(c"A=B".as_ptr(), c"".as_ptr(), 1), -1);
        assert_eq!(clearenv(), 0);
        assert!(getenv(c"A".as_ptr()).is_null());
        assert_eq!(setenv(c"A".as_ptr(), c"3".as_ptr(), 1), 0);
        assert_eq!(CStr::from_ptr(getenv(c"A".as_ptr())), c"3");
    }
}

#[test]
fn paths_resolve_as_the_host_does() {
    for path in [
        c"/",
        c"/usr/../usr/./bin//",
        c"/proc/self/../self/exe",
        c".",
        c"..",
        c"/bin/sh",
        c"/dev/stdin",
        c"/nonexistent/x",
        c"/etc/passwd/",
        c"/etc/passwd/..",
        c"",
    ] {
        // SAFETY: C strings; results are freed by their own allocators.
        unsafe {
            let theirs = libc::realpath(path.as_ptr(), core::ptr::null_mut());
            let their_errno = *libc::__errno_location();
            let ours = realpath::realpath(path.as_ptr(), core::ptr::null_mut());
            if theirs.is_null() {
                assert!(ours.is_null(), "{path:?}");
                assert_eq!(crate::errno::errno().0, their_errno, "{path:?}");
            } else {
                assert_eq!(CStr::from_ptr(ours), CStr::from_ptr(theirs));
                libc::free(theirs.cast());
                crate::malloc::free(ours.cast());
            }
        }
    }
}

#[test]
fn temporary_files_get_fresh_names() {
    let mut name = *b"/tmp/tlibc-test-XXXXXX.c\0";
    // SAFETY: a writable C string.
    unsafe {
        let fd = temporary::mkstemps(name.as_mut_ptr().cast(), 2);
        assert!(fd >= 0);
        let path = CStr::from_bytes_with_nul(&name).unwrap();
        assert!(!path.to_bytes().ends_with(b"XXXXXX.c"));
        assert_eq!(libc::unlink(path.as_ptr()), 0);
        libc::close(fd);
        let mut bad = *b"/tmp/XXXXX\0";
        assert_eq!(temporary::mkstemp(bad.as_mut_ptr().cast()), -1);
        assert_eq!(crate::errno::errno(), crate::errno::Errno::EINVAL);
    }
}

#[test]
fn suboptions_are_cut() {
    let mut options = *b"ro,size=10,bad=1\0";
    let mut rest = options.as_mut_ptr().cast::<c_char>();
    let tokens = [
        c"size".as_ptr().cast_mut(),
        c"ro".as_ptr().cast_mut(),
        core::ptr::null_mut(),
    ];
    let mut value = core::ptr::null_mut();
    // SAFETY: writable string, null-terminated list.
    unsafe {
        assert_eq!(
            suboptions::getsubopt(&mut rest, tokens.as_ptr(), &mut value),
            1
        );
        assert!(value.is_null());
        assert_eq!(
            suboptions::getsubopt(&mut rest, tokens.as_ptr(), &mut value),
            0
        );
        assert_eq!(CStr::from_ptr(value), c"10");
        assert_eq!(
            suboptions::getsubopt(&mut rest, tokens.as_ptr(), &mut value),
            -1
        );
        assert_eq!(CStr::from_ptr(value), c"bad=1");
    }
}

/// Orders by the first byte, so that elements of all widths can be compared, and equal ones are many.
unsafe extern "C" fn by_first_byte(
    a: *const core::ffi::c_void,
    b: *const core::ffi::c_void,
) -> i32 {
    // SAFETY: elements of the arrays below.
    unsafe { i32::from(*a.cast::<u8>()) - i32::from(*b.cast::<u8>()) }
}

#[test]
fn arrays_are_sorted_and_searched_whatever_their_shape() {
    let mut r = Random(fuzz::seed(71));
    for case in 0..fuzz::cases(4000) {
        let width = [1, 2, 3, 4, 8, 12, 16, 24, 31, 100][r.below(10) as usize];
        let count = match r.below(4) {
            0 => r.below(8),
            1 => r.below(40),
            2 => r.below(300),
            _ => r.below(1500),
        } as usize;
        let different = 1 + r.below(255);
        let mut array: Vec<u8> = (0..count * width).map(|_| r.next() as u8).collect();
        for (index, element) in array.chunks_mut(width).enumerate() {
            element[0] = match case % 5 {
                0 => index as u8,
                1 => !(index as u8),
                2 => (index % 7) as u8,
                _ => r.below(different) as u8,
            };
        }
        let mut expected: Vec<&[u8]> = array.chunks(width).collect();
        expected.sort();
        let expected: Vec<u8> = expected.concat();
        let mut sorted = array.clone();
        // SAFETY: the array's size.
        unsafe {
            sort::qsort(
                sorted.as_mut_ptr().cast(),
                count,
                width,
                Some(by_first_byte),
            );
        }
        let elements: Vec<&[u8]> = sorted.chunks(width).collect();
        assert!(
            elements.is_sorted_by_key(|element| element[0]),
            "{count} of {width}"
        );
        // The same elements, none lost and none twice.
        let mut again = elements.clone();
        again.sort();
        assert!(again.concat() == expected, "{count} of {width}");
        for key in [0, 1, 100, 255_u8] {
            // SAFETY: the array's size, a key of one byte.
            let found = unsafe {
                search::bsearch(
                    (&raw const key).cast(),
                    sorted.as_ptr().cast(),
                    count,
                    width,
                    Some(by_first_byte),
                )
            };
            // SAFETY: an element, if not null.
            let found = (!found.is_null()).then(|| unsafe { *found.cast::<u8>() });
            let there = elements.iter().any(|element| element[0] == key);
            assert_eq!(found, there.then_some(key));
        }
    }
}
