//! Differential tests against the host's C library, in every rounding direction.

use crate::errno;
use crate::fuzz;
use crate::stdarg::F80;
use crate::stdio::tests::{ROUNDINGS, Random, c, with_rounding};
use core::ffi::{c_char, c_int, c_long, c_ulong};

unsafe extern "C" {
    fn strtod(s: *const c_char, end: *mut *mut c_char) -> f64;
    fn strtof(s: *const c_char, end: *mut *mut c_char) -> f32;
    fn strtol(s: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long;
    fn strtoul(s: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong;
    fn strtold(s: *const c_char, end: *mut *mut c_char);
}

/// The host's strtold, whose result is in st(0).
unsafe extern "C" fn host_strtold(s: *const c_char, end: *mut *mut c_char, to: *mut F80) {
    // SAFETY: a call with all that C functions may change given up, then the result popped from the x87 stack.
    unsafe {
        core::arch::asm!(
            "call {f}",
            "fstp tbyte ptr [r12]",
            f = sym strtold,
            in("rdi") s,
            in("rsi") end,
            in("r12") to,
            clobber_abi("C"),
        );
    }
}

fn host_errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn clear() {
    errno::set_errno(errno::Errno(0));
    // SAFETY: the thread's own errno.
    unsafe { *libc::__errno_location() = 0 }
}

/// A hexadecimal number with one bit more than the format has: in a subnormal result the host forgets that bit, and with it
/// that the result is inexact.
fn host_forgets_a_bit(text: &str, precision: u32, subnormal: bool) -> bool {
    let Some((_, number)) = text.split_once("0x") else {
        return false;
    };
    let digits = number.split('p').next().unwrap_or("").replace('.', "");
    let value = u128::from_str_radix(&digits, 16).unwrap_or(0);
    let bits = 128 - value.leading_zeros() - value.trailing_zeros().min(127);
    subnormal && bits == precision + 1
}

fn check(text: &str) {
    let s = c(text);
    let start = s.as_ptr();
    let mut ends = [core::ptr::null_mut::<c_char>(); 2];
    let offset = |end: *mut c_char| end as usize - start as usize;
    // SAFETY: a string and places for the results.
    unsafe {
        clear();
        let ours = super::strtod::strtod(start, &mut ends[0]);
        let theirs = strtod(start, &mut ends[1]);
        let same = ours.to_bits() == theirs.to_bits();
        let errors = (errno::errno().0, host_errno());
        assert!(
            ends[0] == ends[1]
                && (same && errors.0 == errors.1
                    || host_forgets_a_bit(text, 53, ours.is_subnormal())),
            "strtod {text:?}: {ours:e} {theirs:e} {} {} {errors:?}",
            offset(ends[0]),
            offset(ends[1])
        );
        clear();
        let ours = super::strtod::strtof(start, &mut ends[0]);
        let theirs = strtof(start, &mut ends[1]);
        let errors = (errno::errno().0, host_errno());
        assert!(
            ends[0] == ends[1]
                && (ours.to_bits() == theirs.to_bits() && errors.0 == errors.1
                    || host_forgets_a_bit(text, 24, ours.is_subnormal())),
            "strtof {text:?}: {ours:e} {theirs:e} {errors:?}"
        );
        clear();
        let (mut ours, mut theirs) = (F80::ZERO, F80::ZERO);
        super::strtod::strtold_into(start, &mut ends[0], &mut ours);
        host_strtold(start, &mut ends[1], &mut theirs);
        let errors = (errno::errno().0, host_errno());
        let key = |x: F80| (x.mantissa(), x.biased_exponent(), x.is_negative());
        assert!(
            ends[0] == ends[1]
                && (key(ours) == key(theirs) && errors.0 == errors.1
                    || host_forgets_a_bit(text, 64, ours.biased_exponent() == 0)),
            "strtold {text:?}: {ours:x?} {theirs:x?} {errors:?}"
        );
    }
}

#[test]
fn floats_in_every_rounding_direction() {
    let mut r = Random(fuzz::seed(11));
    for i in 0..fuzz::cases(200_000) {
        let sign = ["", "-", "+", " \t-"][r.below(4) as usize];
        let digits = |r: &mut Random, most: u64| -> String {
            let n = r.below(most + 1);
            (0..n)
                .map(|_| char::from(b'0' + r.below(10) as u8))
                .collect()
        };
        let text = match r.below(9) {
            0 => format!("{sign}{:e}", r.double()),
            1 => format!("{sign}{}.{}", digits(&mut r, 6), digits(&mut r, 6)),
            2 => format!(
                "{sign}{}.{}e{}",
                digits(&mut r, 25),
                digits(&mut r, 25),
                r.below(700) as i64 - 350
            ),
            3 => format!(
                "{sign}{}e{}",
                digits(&mut r, 40),
                r.below(10_000) as i64 - 5_000
            ),
            4 => format!(
                "{sign}0x{:x}.{:x}p{}",
                r.next() >> r.below(64),
                r.next() >> r.below(64),
                r.below(2200) as i64 - 1100
            ),
            5 => format!("{sign}0x{:x}p{}", r.next(), r.below(34_000) as i64 - 17_000),
            // What one division of 128 bits decides, and a little more.
            6 => format!(
                "{sign}{}.{}e{}",
                digits(&mut r, 20),
                digits(&mut r, 20),
                r.below(60) as i64 - 30
            ),
            // Halfway between two neighbours, exactly and by a little.
            7 => {
                let x = f64::from_bits(r.below(0x7fe0_0000_0000_0000));
                let tail = ["", "1", "0000000001"][r.below(3) as usize];
                format!("{sign}{x:.1100}{tail}")
            }
            _ => {
                let x = f64::from_bits(r.next() >> 1);
                let next = f64::from_bits(x.to_bits() + 1);
                let middle = (x / 2.0 + next / 2.0) as f32;
                format!("{sign}{middle:.60}5")
            }
        };
        with_rounding(ROUNDINGS[i % 4], || check(&text));
    }
}

#[test]
fn float_syntax() {
    for text in [
        "",
        " ",
        "+",
        "-",
        ".",
        "-.",
        ".e5",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1e-",
        "1ex",
        "0x",
        "0x.",
        "0xg",
        "0x.8",
        "0x1p",
        "0x1p+",
        "0x1.8p1z",
        "inf",
        "INFINITY",
        "infinit",
        "-infi",
        "in",
        "nan",
        "NAN",
        "nan(",
        "nan()",
        "nan(123)",
        "nan(0x1f)",
        "nan(077)",
        "nan(abc_1)",
        "nan(1-)",
        "-nan",
        "nanx",
        "1e400",
        "-1e400",
        "1e-400",
        "1e5000",
        "1e-5000",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "00000.0000001e3",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "3.4028235677973366e38",
        "1.17549435e-38",
        "1.1754943e-38",
        "0x1.fffffffffffff8p1023",
        "0x0.fffffffffffff8p-1022",
        "0x0.fffffffffffffcp-1022",
        "3.6451995318824746025e-4951",
        "1.18973149535723176502e+4932",
        "1.18973149535723176506e+4932",
        "3.36210314311209350626e-4932",
        "9007199254740993",
        "9007199254740992.5",
        "  12abc",
        "\n\t\u{b}\u{c}\r 7",
    ] {
        for mode in ROUNDINGS {
            with_rounding(mode, || check(text));
        }
    }
    let long = format!("0.{}1{}", "0".repeat(4950), "7".repeat(12_000));
    check(&long);
    check(&format!("{}e-11000", "9".repeat(12_000)));
}

#[test]
fn integers_in_every_base() {
    let mut r = Random(fuzz::seed(12));
    let one = |text: &str, base: c_int| {
        let s = c(text);
        let mut ends = [core::ptr::null_mut::<c_char>(); 2];
        // SAFETY: a string and places for the results.
        unsafe {
            clear();
            let ours = super::strtol::strtol(s.as_ptr(), &mut ends[0], base);
            let theirs = strtol(s.as_ptr(), &mut ends[1], base);
            assert_eq!(
                (ours, ends[0], errno::errno().0),
                (theirs, ends[1], host_errno()),
                "{text:?} {base}"
            );
            clear();
            let ours = super::strtol::strtoul(s.as_ptr(), &mut ends[0], base);
            let theirs = strtoul(s.as_ptr(), &mut ends[1], base);
            assert_eq!(
                (ours, ends[0], errno::errno().0),
                (theirs, ends[1], host_errno()),
                "{text:?} {base}"
            );
        }
    };
    for _ in 0..fuzz::cases(200_000) {
        let base = [0, 0, 2, 8, 10, 10, 16, 36, 3][r.below(9) as usize];
        let prefix = ["", "", "0", "0x", "0X", "-", "+", " -0x", "--", "- "][r.below(10) as usize];
        let n = r.below(24);
        let body: String = (0..n)
            .map(|_| {
                char::from(
                    b"0123456789abcdefzZ_"[r.below(if base > 10 { 19 } else { 11 }) as usize],
                )
            })
            .collect();
        one(&format!("{prefix}{body}"), base);
    }
    for text in [
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "-18446744073709551615",
        "0x",
        "0xg",
        "-0x",
        "",
    ] {
        for base in [0, 10, 16, 36] {
            one(text, base);
        }
    }
}
