use super::{Arg, ArgArea, Random, c};
use crate::fuzz;
use crate::stdarg::VaList;
use core::ffi::{c_char, c_int};

unsafe extern "C" {
    #[link_name = "__isoc99_vsscanf"]
    fn vsscanf(s: *const c_char, fmt: *const c_char, ap: *mut VaList) -> c_int;
}

type Scanner = unsafe extern "C" fn(*const c_char, *const c_char, *mut VaList) -> c_int;

/// Scans with four destinations of 64 bytes.
fn run(f: Scanner, input: &str, format: &str) -> (c_int, [[u8; 64]; 4]) {
    let mut out = [[0xaau8; 64]; 4];
    let args: Vec<Arg> = out
        .iter_mut()
        .map(|o| Arg::Ptr(o.as_mut_ptr().cast()))
        .collect();
    let (input, format) = (c(input), c(format));
    let mut area = ArgArea::new(&args);
    let mut list = area.list();
    // SAFETY: the tests ask for at most four objects of at most 64 bytes.
    let n = unsafe { f(input.as_ptr(), format.as_ptr(), &mut list) };
    (n, out)
}

#[test]
fn agrees_with_the_host() {
    let cases = [
        ("", "%d"),
        ("  ", "%d"),
        ("x", "%d"),
        ("12 34", "%d%d"),
        ("12 34", "%d %n%d%n"),
        ("12,34", "%d,%d"),
        ("12;34", "%d,%d"),
        ("-5", "%u"),
        ("0x1f 077 10", "%i%i%i"),
        ("1f", "%x"),
        ("0x1f", "%x"),
        ("777", "%o"),
        ("12345", "%2d%2d%n"),
        ("12345", "%3s%s"),
        ("hello world", "%s%s"),
        ("hello world", "%*s %s"),
        ("hello", "%c%c"),
        ("hello", "%3c"),
        ("he", "%3c"),
        ("  x", "%c"),
        ("  x", " %c"),
        ("abc123", "%[a-z]%d"),
        ("abc123", "%[^0-9]%[0-9]"),
        ("]x", "%[]]%s"),
        ("-a", "%[a-]%s"),
        ("xyz", "%[abc]"),
        ("a-z", "%[a-c-]%s"),
        ("1.5 2e3 0x1p4 inf", "%f%lf%f%f"),
        ("1.5", "%Lf"),
        ("nan", "%f"),
        ("  -3.25e-2x", "%lf%c"),
        ("1234.5678", "%5lf%lf"),
        (".5", "%lf"),
        (".", "%lf"),
        ("99999999999999999999", "%ld"),
        ("99999999999999999999", "%lu"),
        ("300", "%hhd"),
        ("70000", "%hd"),
        ("-1", "%hhu"),
        ("5%", "%d%%"),
        ("5 %6", "%d%% %d"),
        ("0xffee", "%p"),
        ("(nil)", "%p"),
        ("1 2 3", "%3$d%1$d%2$d"),
        ("abc", "abd%d"),
        ("abc", "abc"),
        ("abc 1", "abc%d"),
        ("", "abc"),
        ("", "%s"),
        ("", "%c"),
        ("", "%n"),
        ("1,2", "%d ,%d"),
        ("12", "%1d%1d%1d"),
        ("+7", "%d"),
        ("+", "%d"),
        ("-x", "%d"),
        ("07", "%i"),
        ("09", "%i"),
        ("a\tb\nc", "%s%s%s"),
        ("12ab", "%d%s"),
        ("1e5", "%f"),
        ("infinity", "%f"),
        ("5", "%*d%n"),
        ("x5", "%*d%n"),
        ("1 ", "%d %d"),
    ];
    for (input, format) in cases {
        let ours = run(crate::stdio::scanf::entry::vsscanf, input, format);
        let theirs = run(vsscanf, input, format);
        assert_eq!(ours, theirs, "{input:?} {format:?}");
    }
}

#[test]
fn random_inputs_are_scanned_as_the_host_scans_them() {
    let mut r = Random(fuzz::seed(31));
    for _ in 0..fuzz::cases(60_000) {
        let mut format = String::new();
        for _ in 0..1 + r.below(4) {
            let width = ["", "", "", "1", "2", "3", "5", "20"][r.below(8) as usize];
            let skip = ["", "", "", "*"][r.below(4) as usize];
            // Strings get a width, as the destinations have 64 bytes.
            let conversion = match r.below(12) {
                0 => format!("%{skip}{width}d"),
                1 => format!("%{skip}i"),
                2 => format!("%{skip}lx"),
                3 => format!("%{skip}{width}hhu"),
                4 => format!("%{skip}{width}o"),
                5 => format!("%{skip}f"),
                6 => format!("%{skip}lf"),
                7 => format!("%{skip}Lf"),
                8 => format!("%{skip}9s"),
                9 => format!("%{skip}7[a-f0-9]"),
                10 => format!("%{skip}7[^y ]"),
                _ => "%n".to_owned(),
            };
            format.push_str(&conversion);
            format.push_str(["", "", " ", ",", "y", "%%"][r.below(6) as usize]);
        }
        // No "0x" without a digit, no nan(...) and no "1e", nor widths that cut such a number: what is the start of a
        // number, but none, matches in the host. `numbers_are_the_longest_prefixes` has them.
        let pieces = [
            "0",
            "1",
            "12",
            "-",
            "+",
            "0x1F",
            "7.5",
            ".",
            "e-3",
            "p2",
            "inf",
            "nan",
            "abc",
            "y",
            " ",
            "  ",
            ",",
            "%",
            "99999999999999999999",
            "\t",
            "0b1",
            "1e400",
        ];
        let input: String = (0..r.below(9))
            .map(|_| pieces[r.below(pieces.len() as u64) as usize])
            .collect();
        let ours = run(crate::stdio::scanf::entry::vsscanf, &input, &format);
        let mut theirs = run(vsscanf, &input, &format);
        if format.contains('*') && ours.0 == 0 && theirs.0 == -1 {
            // A conversion that is not assigned has completed all the same (ISO C 7.21.6.7); the host does not count it.
            theirs.0 = 0;
        }
        assert_eq!(ours, theirs, "{input:?} {format:?}");
    }
}

#[test]
fn allocates() {
    let mut out = [std::ptr::null_mut::<c_char>(); 3];
    let args: Vec<Arg> = out
        .iter_mut()
        .map(|o| Arg::Ptr((&raw mut *o).cast()))
        .collect();
    let long = "w".repeat(500);
    let (input, format) = (c(&format!("{long} abc  xy")), c("%ms %m[a-c] %2mc"));
    let mut area = ArgArea::new(&args);
    let mut list = area.list();
    // SAFETY: three pointers; the blocks are freed once.
    unsafe {
        assert_eq!(
            crate::stdio::scanf::entry::vsscanf(input.as_ptr(), format.as_ptr(), &mut list),
            3
        );
        assert_eq!(libc::strlen(out[0]), 500);
        assert_eq!(std::ffi::CStr::from_ptr(out[1]).to_bytes(), b"abc");
        assert_eq!(std::slice::from_raw_parts(out[2].cast::<u8>(), 2), b"xy");
        out.iter().for_each(|&p| libc::free(p.cast()));
    }
}

#[test]
fn incomplete_numbers_do_not_match() {
    for (input, format) in [
        ("1e+x", "%lf"),
        ("0xg", "%i"),
        ("0x", "%lf"),
        ("infi", "%lf"),
        ("nan(", "%lf"),
    ] {
        assert_eq!(
            run(crate::stdio::scanf::entry::vsscanf, input, format).0,
            0,
            "{input:?}"
        );
    }
}

/// What a subject sequence can be (C23 7.23.6.2): the start of one, and a whole one.
#[derive(Clone, Copy)]
struct Fits {
    prefix: bool,
    whole: bool,
}

/// Digits in `base` from `at` on; where they end.
fn digits(text: &[u8], at: usize, base: u32) -> usize {
    let more = text[at..].iter();
    at + more.take_while(|c| char::from(**c).is_digit(base)).count()
}

fn fits_integer(text: &[u8], conversion: char) -> Fits {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = &text[sign..];
    let zero_x = rest.len() >= 2 && rest[0] == b'0' && rest[1] | 32 == b'x';
    let (start, base) = match (conversion, rest) {
        ('i' | 'x', _) if zero_x => (2, 16),
        ('x', _) => (0, 16),
        ('o', _) | ('i', [b'0', ..]) => (0, 8),
        _ => (0, 10),
    };
    let end = digits(rest, start, base);
    Fits {
        prefix: end == rest.len(),
        whole: end == rest.len() && end > start,
    }
}

fn fits_float(text: &[u8]) -> Fits {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = &text[sign..].to_ascii_lowercase()[..];
    let prefix = Fits {
        prefix: true,
        whole: false,
    };
    if b"infinity".starts_with(rest) || b"nan".starts_with(rest) {
        let whole = matches!(rest, b"inf" | b"infinity" | b"nan");
        return Fits { whole, ..prefix };
    }
    if let Some(name) = rest.strip_prefix(b"nan(") {
        let word = name.strip_suffix(b")");
        let all = |name: &[u8]| name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_');
        return Fits {
            prefix: all(word.unwrap_or(name)),
            whole: word.is_some_and(all),
        };
    }
    let (start, base, mark) = match rest {
        [b'0', b'x', ..] => (2, 16, b'p'),
        _ => (0, 10, b'e'),
    };
    let mut end = digits(rest, start, base);
    let mut count = end - start;
    if rest.get(end) == Some(&b'.') {
        let after = digits(rest, end + 1, base);
        count += after - end - 1;
        end = after;
    }
    if end == rest.len() {
        return Fits {
            prefix: true,
            whole: count > 0,
        };
    }
    if rest[end] != mark || count == 0 {
        return Fits {
            prefix: false,
            whole: false,
        };
    }
    let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
    let from = end + 1 + sign;
    let last = digits(rest, from.min(rest.len()), 10);
    Fits {
        prefix: last == rest.len(),
        whole: last == rest.len() && last > from,
    }
}

/// The longest start of a number is taken, and if it is none, nothing matches (C23 7.23.6.2 paragraphs 9 and 10). The
/// host takes the number before such a start.
#[test]
fn numbers_are_the_longest_prefixes() {
    const PIECES: [&str; 26] = [
        "0", "1", "12", "-", "+", "0x", "0X1f", "7.5", ".", "e", "e-", "e+3", "p", "p-1", "inf",
        "infini", "ty", "nan", "nan(", "x_1", ")", "NAN(7)", "9", "f", " ", "i",
    ];
    let mut r = Random(fuzz::seed(32));
    for _ in 0..fuzz::cases(60_000) {
        let mut input = String::new();
        for _ in 0..1 + r.below(5) {
            input.push_str(PIECES[r.below(26) as usize]);
        }
        let width = [usize::MAX, 1 + r.below(9) as usize][r.below(2) as usize];
        let shown = if width == usize::MAX {
            String::new()
        } else {
            width.to_string()
        };
        let conversion = ['d', 'i', 'x', 'o', 'f'][r.below(5) as usize];
        let length = if conversion == 'f' { "" } else { "l" };
        let format = format!("%{shown}{length}{conversion}%n");
        let spaces = input.bytes().take_while(u8::is_ascii_whitespace).count();
        let text = &input.as_bytes()[spaces..];
        let fits = |n: &usize| match conversion {
            'f' => fits_float(&text[..*n]),
            _ => fits_integer(&text[..*n], conversion),
        };
        let most = text.len().min(width);
        let length = (0..=most)
            .take_while(|n| fits(n).prefix)
            .last()
            .unwrap_or(0);
        let (n, out) = run(crate::stdio::scanf::entry::vsscanf, &input, &format);
        if !fits(&length).whole {
            // At the end of the input before the first character: an input failure.
            let expected = if text.is_empty() { -1 } else { 0 };
            assert_eq!(n, expected, "{input:?} {format:?}");
            continue;
        }
        let item = c(std::str::from_utf8(&text[..length]).unwrap());
        let end = core::ptr::null_mut();
        // SAFETY: a C string.
        let value = unsafe {
            match conversion {
                'f' => u64::from(libc::strtof(item.as_ptr(), end).to_bits()),
                'x' => libc::strtoul(item.as_ptr(), end, 16),
                'o' => libc::strtoul(item.as_ptr(), end, 8),
                'i' => libc::strtol(item.as_ptr(), end, 0) as u64,
                _ => libc::strtol(item.as_ptr(), end, 10) as u64,
            }
        };
        let size = if conversion == 'f' { 4 } else { 8 };
        assert_eq!(n, 1, "{input:?} {format:?}");
        assert_eq!(
            out[0][..size],
            value.to_le_bytes()[..size],
            "{input:?} {format:?}"
        );
        let used = (spaces + length) as c_int;
        assert_eq!(out[1][..4], used.to_le_bytes(), "{input:?} {format:?}");
    }
}
