//! Differential tests against the host, in UTF-8 and in the "C" locale.

use core::ffi::c_char;

use super::multibyte::{WEOF, btowc, mbrtowc, mbstate_t, wcrtomb, wctob};
use super::strings::{mbsnrtowcs, wcsnrtombs};
use crate::errno::{Errno, errno, set_errno};
use crate::fuzz;
use crate::locale::objects;
use crate::stdio::tests::Random;
use crate::types::wchar_t;

unsafe extern "C" {
    #[link_name = "mbsnrtowcs"]
    fn host_mbsnrtowcs(
        to: *mut wchar_t,
        from: *mut *const c_char,
        limit: usize,
        n: usize,
        state: *mut mbstate_t,
    ) -> usize;
    #[link_name = "wcsnrtombs"]
    fn host_wcsnrtombs(
        to: *mut c_char,
        from: *mut *const wchar_t,
        limit: usize,
        n: usize,
        state: *mut mbstate_t,
    ) -> usize;
    #[link_name = "mbrtowc"]
    fn host_mbrtowc(
        to: *mut wchar_t,
        from: *const c_char,
        n: usize,
        state: *mut mbstate_t,
    ) -> usize;
}

/// Runs `test` with a locale set for this thread, here and in the host's library.
fn with_locale(name: &core::ffi::CStr, test: impl FnOnce()) {
    // SAFETY: locales that exist, freed when nobody uses them.
    unsafe {
        let host = libc::newlocale(libc::LC_ALL_MASK, name.as_ptr(), core::ptr::null_mut());
        let ours = objects::newlocale(libc::LC_ALL_MASK, name.as_ptr(), core::ptr::null_mut());
        assert!(!host.is_null() && !ours.is_null());
        let before = (libc::uselocale(host), objects::uselocale(ours));
        test();
        libc::uselocale(before.0);
        objects::uselocale(before.1);
        libc::freelocale(host);
        objects::freelocale(ours);
    }
}

/// Text of runs of ASCII, whole characters, and pieces of characters.
fn text(r: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..r.below(6) {
        match r.below(8) {
            0..=2 => bytes.extend((0..r.below(40)).map(|at| b'a' + (at % 26) as u8)),
            3 => bytes.extend("é€𝄞߿ࠀ\u{ffff}\u{10ffff}".bytes()),
            4 => {
                let c = char::from_u32(1 + r.below(0x11_0000 - 1) as u32).unwrap_or('x');
                bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            }
            5 => bytes.push(1 + r.below(255) as u8),
            6 => bytes.extend(&"€𝄞".as_bytes()[..r.below(7) as usize]),
            _ => bytes.extend([0xc0, 0x80, b'a']),
        }
    }
    bytes.retain(|&byte| byte != 0);
    bytes.push(b'.');
    // Surrogates, overlong forms and what is beyond U+10FFFF are refused at once; the host wants to see all of the bytes.
    let late = |pair: &[u8]| {
        matches!(
            *pair,
            [0xed, 0xa0..=0xbf]
                | [0xf4, 0x90..=0xbf]
                | [0xf5..=0xff, _]
                | [0xe0, 0x80..=0x9f]
                | [0xf0, 0x80..=0x8f]
        )
    };
    if bytes.windows(2).any(late) {
        bytes.retain(u8::is_ascii);
    }
    bytes.push(0);
    bytes
}

#[test]
fn random_strings_are_converted_as_the_host_converts_them() {
    for (locale, first) in [(c"C.UTF-8", 81), (c"C", 82)] {
        let mut r = Random(fuzz::seed(first));
        with_locale(locale, || {
            for _ in 0..fuzz::cases(20_000) {
                let mut bytes = text(&mut r);
                if locale == c"C" {
                    // Bytes from 128 on are characters in ours and none in the host's.
                    bytes.retain(u8::is_ascii);
                }
                let start = bytes.as_ptr().cast::<c_char>();
                let limit = [
                    usize::MAX,
                    bytes.len(),
                    r.below(bytes.len() as u64) as usize,
                ][r.below(3) as usize];
                let room = [256, r.below(40) as usize][r.below(2) as usize];
                let measure = r.below(4) == 0;
                let run = |convert: Convert| {
                    let mut wide = [-1 as wchar_t; 256];
                    let (mut from, mut state) = (start, mbstate_t::new());
                    let to = if measure {
                        core::ptr::null_mut()
                    } else {
                        wide.as_mut_ptr()
                    };
                    // SAFETY: a string, room as said.
                    let n =
                        unsafe { convert(to, &mut from, limit.min(bytes.len()), room, &mut state) };
                    let stop = (!from.is_null()).then(|| from.addr() - start.addr());
                    (n, stop, wide)
                };
                let (ours, theirs) = (run(mbsnrtowcs), run(host_mbsnrtowcs));
                assert_eq!(
                    (ours.0, ours.1),
                    (theirs.0, theirs.1),
                    "{bytes:x?} {limit} {room} {measure}"
                );
                let valid = if ours.0 == usize::MAX {
                    0
                } else {
                    ours.0.min(256)
                };
                assert_eq!(ours.2[..valid], theirs.2[..valid], "{bytes:x?}");
                // And back. Not with values from 0x110000 on, for which the host makes up to six bytes.
                let mut wide = ours.2[..valid].to_vec();
                if r.below(8) == 0 && !wide.is_empty() {
                    let at = r.below(wide.len() as u64) as usize;
                    wide[at] = [0xd800, 0xdf7f, -1][r.below(3) as usize];
                }
                wide.push(0);
                let back = |convert: ConvertBack| {
                    let mut narrow = [0x55 as c_char; 1100];
                    let (mut from, mut state) = (wide.as_ptr(), mbstate_t::new());
                    let to = if measure {
                        core::ptr::null_mut()
                    } else {
                        narrow.as_mut_ptr()
                    };
                    // SAFETY: a wide string, room as said.
                    let n = unsafe { convert(to, &mut from, wide.len(), room, &mut state) };
                    let stop = (!from.is_null()).then(|| from.addr() - wide.as_ptr().addr());
                    (n, stop, narrow)
                };
                let (ours, theirs) = (back(wcsnrtombs), back(host_wcsnrtombs));
                assert_eq!(
                    (ours.0, ours.1),
                    (theirs.0, theirs.1),
                    "{wide:x?} {room} {measure}"
                );
                let valid = if ours.0 == usize::MAX {
                    0
                } else {
                    ours.0.min(room)
                };
                assert_eq!(ours.2[..valid], theirs.2[..valid], "{wide:x?}");
            }
        });
    }
}

type Convert =
    unsafe extern "C" fn(*mut wchar_t, *mut *const c_char, usize, usize, *mut mbstate_t) -> usize;
type ConvertBack =
    unsafe extern "C" fn(*mut c_char, *mut *const wchar_t, usize, usize, *mut mbstate_t) -> usize;

#[test]
fn characters_in_pieces_are_decoded_as_the_host_decodes_them() {
    with_locale(c"C.UTF-8", || {
        let mut r = Random(fuzz::seed(83));
        for _ in 0..fuzz::cases(20_000) {
            let bytes = text(&mut r);
            let (mut ours, mut theirs) = (mbstate_t::new(), mbstate_t::new());
            let mut at = 0;
            while at < bytes.len() {
                let n = (1 + r.below(4) as usize).min(bytes.len() - at);
                let mut wide = [0 as wchar_t; 2];
                // SAFETY: `n` bytes.
                let results = unsafe {
                    let from = bytes.as_ptr().add(at).cast();
                    [
                        mbrtowc(&mut wide[0], from, n, &mut ours),
                        host_mbrtowc(&mut wide[1], from, n, &mut theirs),
                    ]
                };
                assert_eq!(results[0], results[1], "{bytes:x?} at {at}, {n}");
                assert_eq!(wide[0], wide[1], "{bytes:x?} at {at}, {n}");
                match results[0] {
                    // After an error the state is unspecified: the standard's word.
                    usize::MAX => break,
                    used if used == usize::MAX - 1 => at += n,
                    used => at += used.max(1),
                }
            }
        }
    });
}

#[test]
fn every_byte_is_a_character_of_the_c_locale() {
    with_locale(c"C", || {
        let mut wide_of = [0; 256];
        for byte in 0..=255_u8 {
            let (mut wide, mut back) = (-1, [0x55 as c_char; 2]);
            let expected = if byte < 0x80 {
                byte.into()
            } else {
                0xdf00 + u32::from(byte)
            };
            let (mut state, from) = (mbstate_t::new(), [byte.cast_signed()]);
            // SAFETY: one byte of text, and room for one.
            unsafe {
                let used = mbrtowc(&mut wide, from.as_ptr(), 1, &mut state);
                assert_eq!(
                    (used, wide),
                    (usize::from(byte != 0), expected.cast_signed())
                );
                assert_eq!(wcrtomb(back.as_mut_ptr(), wide, &mut state), 1);
            }
            assert_eq!(back[0].cast_unsigned(), byte);
            assert_eq!(btowc(byte.into()), expected);
            assert_eq!(wctob(expected), byte.into());
            wide_of[usize::from(byte)] = wide;
        }
        // As strings, the null last.
        let mut bytes: Vec<c_char> = (1..=255_u8).map(u8::cast_signed).collect();
        bytes.push(0);
        let (mut wide, mut back) = ([-1; 256], [0x55 as c_char; 256]);
        let mut state = mbstate_t::new();
        // SAFETY: strings, and room for them.
        unsafe {
            let mut from = bytes.as_ptr();
            let n = mbsnrtowcs(wide.as_mut_ptr(), &mut from, usize::MAX, 256, &mut state);
            assert!(n == 255 && from.is_null());
            assert_eq!(wide[..255], wide_of[1..]);
            let mut from = wide.as_ptr();
            let n = wcsnrtombs(back.as_mut_ptr(), &mut from, usize::MAX, 256, &mut state);
            assert!(n == 255 && from.is_null());
        }
        assert_eq!(back[..], bytes[..]);
        for wide in [0x80, 0xff, 0xd800, 0xdf7f, 0xe000, 0x20ac, u32::MAX] {
            let mut room = [0; 16];
            set_errno(Errno(0));
            // SAFETY: room for a character.
            let result = unsafe { wcrtomb(room.as_mut_ptr(), wide.cast_signed(), &mut state) };
            assert_eq!((result, errno()), (usize::MAX, Errno::EILSEQ), "{wide:x}");
            assert_eq!(wctob(wide), -1);
        }
        assert_eq!([btowc(-1), btowc(256)], [WEOF; 2]);
    });
    with_locale(c"C.UTF-8", || {
        assert_eq!([btowc(0x80), btowc(0xff)], [WEOF; 2]);
        assert_eq!([wctob(0xdf80), wctob(0xdfff), wctob(0xe9)], [-1; 3]);
    });
}
