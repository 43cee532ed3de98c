//! Conversions between all sets, and the host's library as the oracle for hostile input.

use super::*;

struct Outcome {
    result: Result<usize, Errno>,
    read: usize,
    bytes: Vec<u8>,
}

fn convert(to: &str, from: &str, input: &[u8], room: usize) -> Outcome {
    let (to, leniency) = parse(to.as_bytes()).unwrap();
    let (from, _) = parse(from.as_bytes()).unwrap();
    let mut conversion = Conversion::new(to, from, leniency);
    let mut bytes = vec![0; room];
    let (result, read, written) = conversion.run(input, &mut bytes);
    bytes.truncate(written);
    Outcome {
        result,
        read,
        bytes,
    }
}

fn host(to: &str, from: &str, input: &[u8], room: usize) -> Outcome {
    let (to, from) = (format!("{to}\0"), format!("{from}\0"));
    let mut bytes = vec![0u8; room];
    // SAFETY: strings and buffers as iconv asks for.
    unsafe {
        let cd = libc::iconv_open(to.as_ptr().cast(), from.as_ptr().cast());
        assert_ne!(cd.addr(), usize::MAX);
        let mut source = input.as_ptr().cast_mut().cast();
        let mut left = input.len();
        let mut target = bytes.as_mut_ptr().cast();
        let mut space = room;
        let count = libc::iconv(cd, &mut source, &mut left, &mut target, &mut space);
        let result = match count {
            usize::MAX => Err(Errno(*libc::__errno_location())),
            count => Ok(count),
        };
        libc::iconv_close(cd);
        bytes.truncate(room - space);
        Outcome {
            result,
            read: input.len() - left,
            bytes,
        }
    }
}

#[test]
fn every_pair_of_sets_survives_the_round_trip() {
    let sets = [
        "UTF-8", "UTF-16", "utf-16le", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF32BE", "UCS-4",
        "WCHAR_T",
    ];
    let text = "aé€😀\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}z";
    for set in sets {
        let there = convert(set, "UTF-8", text.as_bytes(), 100);
        assert_eq!(there.result, Ok(0), "{set}");
        let back = convert("UTF-8", set, &there.bytes, 100);
        assert_eq!(back.result, Ok(0), "{set}");
        assert_eq!(back.bytes, text.as_bytes(), "{set}");
    }
    assert_eq!(
        convert("LATIN1", "UTF8", "aé".as_bytes(), 9).bytes,
        b"a\xe9"
    );
    assert!(parse(b"KLINGON").is_none());
}

#[test]
fn hostile_input_is_the_hosts() {
    let mut state = 12345u64;
    let mut byte = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    let pairs = [
        ("UTF-16LE", "UTF-8"),
        ("UTF-8", "UTF-16BE"),
        ("UTF-8", "UTF-32LE"),
        ("ISO-8859-1", "UTF-8"),
        ("UCS-2LE", "UTF-8"),
        ("UTF-8", "UCS-2BE"),
        ("US-ASCII", "UTF-16LE"),
        ("UTF-16", "ISO-8859-1"),
        ("UTF-32", "ASCII"),
        ("UTF-8", "EUC-JP"),
        ("EUC-JP", "UTF-8"),
        ("UTF-8", "SHIFT_JIS"),
        ("UTF-8", "EUC-KR"),
        ("GBK", "UHC"),
        ("UTF-8", "GBK"),
    ];
    for round in 0..4000 {
        let (to, from) = pairs[round % pairs.len()];
        let length = byte() as usize % 12;
        let input: Vec<u8> = (0..length)
            .map(|_| match byte() % 4 {
                0 => byte() & 0x7f,
                1 => {
                    [0, 0xd8, 0xdc, 0xc3, 0xe2, 0xf0, 0x82, 0xac, 0xff, 0xfe][byte() as usize % 10]
                }
                _ => 0x80 | byte() & 0x3f,
            })
            .collect();
        let room = byte() as usize % 40;
        let (ours, theirs) = (
            convert(to, from, &input, room),
            host(to, from, &input, room),
        );
        // The host writes the mark on its own, before it looks at the input.
        if to.len() == 6 && ours.bytes.is_empty() {
            continue;
        }
        let what = format!("{from} → {to}: {input:x?}, {room} bytes of room");
        assert_eq!(ours.bytes, theirs.bytes, "{what}");
        assert_eq!(ours.read, theirs.read, "{what}");
        // Where the output is full and the next character bad, the order of the checks is free; and the host
        // waits for the rest of some sequences whose second byte is already wrong.
        let open = matches!(
            (ours.result, theirs.result),
            (Err(_), Err(Errno::E2BIG)) | (Err(Errno::EILSEQ), Err(Errno::EINVAL))
        );
        assert!(
            open || ours.result == theirs.result,
            "{what}: {:?} {:?}",
            ours.result,
            theirs.result
        );
    }
}

#[test]
fn what_the_target_lacks() {
    let strict = convert("ASCII", "UTF-8", "a€".as_bytes(), 9);
    assert_eq!((strict.result, strict.read), (Err(Errno::EILSEQ), 1));
    let similar = convert("ASCII//TRANSLIT", "UTF-8", "é€“☃".as_bytes(), 9);
    assert_eq!((similar.result, &*similar.bytes), (Ok(4), &b"eEUR\"?"[..]));
    let ignore = convert("ASCII//IGNORE", "UTF-8", b"a\xff\xe2\x82\xacb", 9);
    assert_eq!((ignore.result, &*ignore.bytes), (Ok(2), &b"ab"[..]));
    let full = convert("ASCII//TRANSLIT", "UTF-8", "€".as_bytes(), 2);
    assert_eq!((full.result, full.read), (Err(Errno::E2BIG), 0));
    assert_eq!(full.bytes, b"");
}

/// One of the host's conversions.
struct Host(*mut libc::c_void);

impl Host {
    fn open(to: &str, from: &str) -> Self {
        let (to, from) = (format!("{to}\0"), format!("{from}\0"));
        // SAFETY: two strings.
        let conversion = unsafe { libc::iconv_open(to.as_ptr().cast(), from.as_ptr().cast()) };
        assert_ne!(conversion.addr(), usize::MAX, "{from} → {to}");
        Host(conversion)
    }

    /// The bytes, if all of the input was converted as it was.
    fn convert(&self, input: &[u8]) -> Option<Vec<u8>> {
        let (null, mut bytes) = (std::ptr::null_mut::<u8>(), [0_u8; 64]);
        let mut source = input.as_ptr().cast_mut().cast();
        let mut left = input.len();
        let mut target = bytes.as_mut_ptr().cast();
        let mut space = bytes.len();
        // SAFETY: buffers as iconv asks for; without input it forgets and writes what it kept.
        let count = unsafe {
            libc::iconv(self.0, null.cast(), null.cast(), null.cast(), null.cast());
            let count = libc::iconv(self.0, &mut source, &mut left, &mut target, &mut space);
            libc::iconv(self.0, null.cast(), null.cast(), &mut target, &mut space);
            count
        };
        (count == 0 && left == 0).then(|| bytes[..bytes.len() - space].to_vec())
    }
}

/// Every character of each set, and every one of the basic plane that may be of one.
#[test]
fn national_sets_are_the_hosts() {
    let sets = [
        "ISO-8859-2",
        "ISO-8859-3",
        "ISO-8859-4",
        "ISO-8859-5",
        "ISO-8859-6",
        "ISO-8859-7",
        "ISO-8859-8",
        "ISO-8859-9",
        "ISO-8859-10",
        "ISO-8859-11",
        "ISO-8859-13",
        "ISO-8859-14",
        "ISO-8859-15",
        "ISO-8859-16",
        "KOI8-R",
        "KOI8-U",
        "CP866",
        "CP1250",
        "CP1251",
        "CP1252",
        "CP1253",
        "CP1254",
        "CP1256",
        "CP1257",
        "EUC-JP",
        "SHIFT_JIS",
        "EUC-KR",
        "UHC",
        "GBK",
    ];
    for name in sets {
        let (charset, _) = parse(name.as_bytes()).unwrap();
        let (mut decoder, mut encoder) = (Decoder::new(charset), Encoder::new(charset));
        let host = Host::open("UTF-32LE", name);
        let mut wrong = Vec::new();
        // Whether more bytes may make a character.
        let mut compare = |bytes: &[u8]| {
            let read = decoder.next(bytes);
            let ours = match read {
                Read::Character(character, length) if length == bytes.len() => Some(character),
                _ => None,
            };
            let theirs = host
                .convert(bytes)
                .filter(|bytes| bytes.len() == 4)
                .map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()));
            if ours != theirs {
                wrong.push(format!("{bytes:x?}: {ours:x?}, host {theirs:x?}"));
            }
            read == Read::Incomplete
        };
        for one in 0..=255 {
            if compare(&[one]) {
                for two in 0..=255 {
                    if compare(&[one, two]) {
                        (0..=255).for_each(|three| {
                            compare(&[one, two, three]);
                        });
                    }
                }
            }
        }
        let host = Host::open(name, "UTF-32LE");
        for character in (0..0x1_0000_u32).filter(|c| char::from_u32(*c).is_some()) {
            let mut bytes = [0; 4];
            let ours = match encoder.put(character, &mut bytes) {
                Written::Bytes(length) => Some(&bytes[..length]),
                _ => None,
            };
            let theirs = host.convert(&character.to_le_bytes());
            if ours != theirs.as_deref() {
                wrong.push(format!("U+{character:04X}: {ours:x?}, host {theirs:x?}"));
            }
        }
        assert!(
            wrong.is_empty(),
            "{name}: {} wrong, {:#?}",
            wrong.len(),
            &wrong[..wrong.len().min(20)]
        );
    }
}
