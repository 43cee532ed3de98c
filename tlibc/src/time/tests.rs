//! Differential tests against the host's C library.

use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::sync::Mutex;

use super::*;
use crate::fuzz;
use crate::stdio::tests::Random;

unsafe extern "C" {
    #[link_name = "tzset"]
    fn host_tzset();
}

/// `TZ` is one for the process, here and in the host's library.
static ZONE_IN_USE: Mutex<()> = Mutex::new(());

fn set_zone(zone: &str) {
    let zone = CString::new(zone).unwrap();
    // SAFETY: under the lock.
    unsafe {
        libc::setenv(c"TZ".as_ptr(), zone.as_ptr(), 1);
        crate::stdlib::environment::setenv(c"TZ".as_ptr(), zone.as_ptr(), 1);
        host_tzset();
    }
    zone::tzset();
}

fn fields(time: &tm) -> (i32, i32, i32, i32, i32, i32, i32, i32, i32, i64) {
    (
        time.tm_year,
        time.tm_mon,
        time.tm_mday,
        time.tm_hour,
        time.tm_min,
        time.tm_sec,
        time.tm_wday,
        time.tm_yday,
        time.tm_isdst,
        time.tm_gmtoff,
    )
}

unsafe fn as_host(time: *mut tm) -> *mut libc::tm {
    time.cast()
}

#[test]
fn calendar_and_zones_agree_with_the_host() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for zone in [
        "UTC0",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "EST5EDT,M3.2.0,M11.1.0",
        "<+0530>-5:30",
        "AEST-10AEDT,M10.1.0,M4.1.0/3",
        "NZST-12NZDT,J270/2,J97/3",
        "XXX3YYY,89,300",
        // In 2001 both are one moment.
        "<A1B>-5EST,132,M5.2.0/3",
        ":Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "",
    ] {
        set_zone(zone);
        // The host applies POSIX rules from 1970 on only.
        let mut time: i64 = if zone.contains(',') {
            31_536_000
        } else {
            -5_000_000_000
        };
        while time < 9_000_000_000 {
            let mut ours = tm::zero();
            let mut theirs = tm::zero();
            // SAFETY: valid structures of one layout.
            unsafe {
                convert::localtime_r(&time, &mut ours);
                libc::localtime_r(&time, as_host(&mut theirs));
                assert_eq!(fields(&ours), fields(&theirs), "{zone} {time}");
                assert_eq!(
                    CStr::from_ptr(ours.tm_zone),
                    CStr::from_ptr(theirs.tm_zone),
                    "{zone} {time}"
                );
                let mut again = ours;
                assert_eq!(convert::mktime(&mut again), time, "{zone} {time}");
                convert::gmtime_r(&time, &mut ours);
                libc::gmtime_r(&time, as_host(&mut theirs));
                assert_eq!(fields(&ours), fields(&theirs));
                assert_eq!(convert::timegm(&mut ours), time);
            }
            time += 3_333_333;
        }
    }
}

#[test]
fn mktime_normalises_as_the_host_does() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for zone in ["CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0"] {
        set_zone(zone);
        for (month, day, hour, minute, second) in [
            (2, 26, 2, 30, 0),
            (9, 29, 2, 30, 0),
            (14, -3, 50, 1000, 0),
            (-20, 400, -5, -90, 0),
            (1, 29, 0, 0, 0),
            (2, 12, 2, 30, 0),
            (10, 5, 1, 30, 0),
            (2, 12, 3, 11, -809),
            (2, 12, 1, 59, 60),
            (2, 26, 1, 0, 7_200),
            (2, 26, 4, 0, -7_200),
            (9, 29, 0, 10, 10_000),
            (9, 29, 5, 0, -8_000),
            (0, 1, 0, 0, i32::MIN),
            (0, 1, 0, 0, i32::MAX),
        ] {
            for summer in [-1, 0, 1] {
                let mut ours = tm {
                    tm_year: 123,
                    tm_mon: month,
                    tm_mday: day,
                    tm_hour: hour,
                    tm_min: minute,
                    tm_sec: second,
                    tm_isdst: summer,
                    ..tm::zero()
                };
                let mut theirs = ours;
                // SAFETY: valid structures of one layout.
                let (a, b) = unsafe {
                    (
                        convert::mktime(&mut ours),
                        libc::mktime(as_host(&mut theirs)),
                    )
                };
                assert_eq!(
                    a, b,
                    "{zone} {month} {day} {hour}:{minute}:{second} {summer}"
                );
                assert_eq!(fields(&ours), fields(&theirs));
            }
        }
    }
}

#[test]
fn every_conversion_is_formatted_as_the_host_does() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    let flags = ["", "_", "-", "0", "^", "#"];
    let widths = ["", "1", "5", "12"];
    let mut differences = Vec::new();
    for time in [
        0_i64,
        951_827_696,
        1_700_000_000,
        1_720_000_000,
        -2_208_988_800,
        253_402_300_800,
        1_104_537_600,
        1_230_768_000,
    ] {
        let mut broken = tm::zero();
        // SAFETY: a valid structure.
        unsafe { convert::localtime_r(&time, &mut broken) };
        for conversion in "aAbBcCdDeFgGhHIjklmMnprRsStTuUVwWxXyYzZ%".chars() {
            for flag in flags {
                for width in widths {
                    // POSIX.1-2024: the year of %F is padded, with zeros; the host pads the date, with spaces.
                    let padded_date = conversion == 'F' && width == "12";
                    // Left open by POSIX; the host counts the sign of %z twice and puts zeros before that of %s.
                    let padded_sign = matches!(
                        (conversion, flag, width),
                        ('z', _, "5" | "12") | ('z', "_", _) | ('s', "0", "12")
                    );
                    if (padded_date && !matches!(flag, "_" | "-" | "0"))
                        || (padded_sign && (conversion == 'z' || time < 0))
                    {
                        continue;
                    }
                    let format = CString::new(format!("[%{flag}{width}{conversion}]")).unwrap();
                    let (mut ours, mut theirs) = ([0 as c_char; 200], [0 as c_char; 200]);
                    // SAFETY: buffers of that size.
                    unsafe {
                        let a = format::strftime(ours.as_mut_ptr(), 200, format.as_ptr(), &broken);
                        let b = libc::strftime(
                            theirs.as_mut_ptr(),
                            200,
                            format.as_ptr(),
                            as_host(&mut broken),
                        );
                        let texts = [&ours, &theirs].map(|text| CStr::from_ptr(text.as_ptr()));
                        if (a, texts[0]) != (b, texts[1]) {
                            differences.push(format!("{format:?} {time}: {texts:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
    let mut small = [0 as c_char; 4];
    // SAFETY: the buffer's size.
    unsafe {
        assert_eq!(
            format::strftime(small.as_mut_ptr(), 4, c"abcd".as_ptr(), &tm::zero()),
            0
        );
        assert_eq!(
            format::strftime(small.as_mut_ptr(), 4, c"abc".as_ptr(), &tm::zero()),
            3
        );
    }
}

#[test]
fn texts_are_parsed_as_the_host_does() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    set_zone("UTC0");
    for (text, format) in [
        (c"2024-02-29 23:59:60", c"%Y-%m-%d %H:%M:%S"),
        (c"Thu Jan  1 00:00:00 1970", c"%c"),
        (c"12/31/99", c"%D"),
        (c"11:05:06 pm", c"%I:%M:%S %p"),
        (c"12:00 AM", c"%I:%M %p"),
        (c"2023 200", c"%Y %j"),
        (c"2023 10 Mon", c"%Y %W %a"),
        (c"2023 10 3", c"%Y %U %w"),
        (c"1700000000", c"%s"),
        (c"+05:30", c"%z"),
        (c"-0800", c"%z"),
        (c"september 5", c"%B %d"),
        (c"Sep 5x", c"%b %d"),
        (c"  7", c"%d"),
        (c"32", c"%d"),
        (c"x", c"%d"),
        (c"2001 100%", c"%Y %j%%"),
        (c"2024-03-01T10:20:30Z", c"%FT%TZ"),
    ] {
        let mut ours = tm::zero();
        let mut theirs = tm::zero();
        // SAFETY: C strings and valid structures.
        unsafe {
            let a = parse::strptime(text.as_ptr(), format.as_ptr(), &mut ours);
            let b = libc::strptime(text.as_ptr(), format.as_ptr(), as_host(&mut theirs));
            assert_eq!(a, b, "{text:?} {format:?}");
            if !a.is_null() {
                assert_eq!(fields(&ours), fields(&theirs), "{text:?} {format:?}");
            }
        }
    }
}

#[test]
fn two_digits_of_a_year_mean_1969_to_2068() {
    for (text, format, year) in [
        (c"68", c"%y", 168),
        (c"69", c"%y", 69),
        (c"20 24", c"%C %y", 124),
    ] {
        let mut time = tm::zero();
        // SAFETY: C strings and a valid structure.
        assert!(!unsafe { parse::strptime(text.as_ptr(), format.as_ptr(), &mut time) }.is_null());
        assert_eq!(time.tm_year, year);
    }
}

#[test]
fn the_fixed_text_has_26_bytes() {
    let mut buffer = [0 as c_char; 26];
    let broken = calendar::break_down(0, 0).unwrap();
    // SAFETY: the buffer's size.
    unsafe {
        let text = text::asctime_r(&broken, buffer.as_mut_ptr());
        assert_eq!(CStr::from_ptr(text), c"Thu Jan  1 00:00:00 1970\n");
        let late = tm {
            tm_year: 10_000,
            ..broken
        };
        assert!(text::asctime_r(&late, buffer.as_mut_ptr()).is_null());
    }
}

/// Programs hand any number to these: the year must not be searched for. The calendar, weekdays too, repeats after 400
/// years. (The host gets such years wrong.)
#[test]
fn zones_with_summer_time_hold_in_far_years() {
    const CYCLE: i64 = 146_097 * 86_400;
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    set_zone("EST5EDT,M3.2.0,M11.1.0");
    for near in [1_705_000_000, 1_720_000_000_i64] {
        for cycles in (0..5_000_000).step_by(4_999) {
            let far = near + cycles * CYCLE;
            let (mut here, mut there) = (tm::zero(), tm::zero());
            // SAFETY: valid structures.
            unsafe {
                convert::localtime_r(&near, &mut here);
                assert!(!convert::localtime_r(&far, &mut there).is_null());
                here.tm_year += cycles as i32 * 400;
                assert_eq!(fields(&there), fields(&here), "{far}");
                assert_eq!(convert::mktime(&mut there), far);
                assert!(convert::localtime_r(&(i64::MAX - far), &mut there).is_null());
                assert!(convert::localtime_r(&(i64::MIN + far), &mut there).is_null());
            }
        }
    }
}

/// A reading long after the last summer time of its zone, and one in the gap of a zone more than a day from UTC.
#[test]
fn summer_time_may_be_asked_for_where_there_is_none() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for (zone, reading) in [
        ("America/Indiana/Indianapolis", (86, 3, 28, 16, 0)),
        ("EST24:47:59CET,J254,M6.1.5/4", (165, 8, 11, 2, 2)),
    ] {
        set_zone(zone);
        for summer in [0, 1] {
            let mut ours = tm::zero();
            (
                ours.tm_year,
                ours.tm_mon,
                ours.tm_mday,
                ours.tm_hour,
                ours.tm_min,
            ) = reading;
            ours.tm_isdst = summer;
            let mut theirs = ours;
            // SAFETY: valid structures of one layout.
            let times = unsafe {
                (
                    convert::mktime(&mut ours),
                    libc::mktime(as_host(&mut theirs)),
                )
            };
            assert_eq!(times.0, times.1, "{zone} {summer}");
        }
    }
}

/// Numbers, names, zones and punctuation, mostly such as a conversion could take.
fn random_text(r: &mut Random) -> String {
    const WORDS: [&str; 24] = [
        "Mon",
        "tuesday",
        "MAR",
        "september",
        "am",
        "PM",
        "Z",
        "+05",
        "-0930",
        "+12:45",
        "+9959",
        "-99:00",
        " ",
        "\t",
        "%",
        "-",
        "/",
        ":",
        "x",
        "0",
        "00",
        "UTC",
        "2024-02-29",
        "23:59:60",
    ];
    let mut text = String::new();
    for _ in 0..1 + r.below(4) {
        if text.ends_with(|last: char| last.is_ascii_alphabetic()) {
            text.push('-'); // the host takes one name right after another for one
        }
        match r.below(6) {
            0 | 1 => text.push_str(WORDS[r.below(24) as usize]),
            2 => text.push_str(&r.below(100).to_string()),
            3 => text.push_str(&format!("{:02}", r.below(70))),
            4 => text.push_str(&r.below(10_000).to_string()),
            _ => text.push_str(&(r.next() >> r.below(64)).to_string()),
        }
        text.push_str(["", " ", "-", ":", "/"][r.below(5) as usize]);
    }
    text
}

/// What the host does not take as POSIX.1-2024 has it, or reads from outside its tables.
fn host_is_known_to_differ(format: &[u8], text: &[u8], ours: &tm) -> bool {
    let takes = |conversions: &[u8]| {
        format
            .windows(2)
            .any(|pair| pair[0] == b'%' && conversions.contains(&pair[1]))
    };
    // The standard permits a sign before years and centuries; the host does not know that.
    let signed = takes(b"CYFGs") && text.iter().any(|byte| matches!(byte, b'-' | b'+'));
    // The name of the zone: the standard wants it read, the host reads nothing.
    let zone_name = takes(b"Z");
    // The weekday of the 0th week, or of the 53rd, or the 366th day may be in another year: the host looks beyond its
    // table.
    let outside = takes(b"UWj") && !(0..365).contains(&ours.tm_yday);
    // The day of the year tells the host the date, but not if it has the weekday too.
    let weekday_and_day = takes(b"j") && takes(b"aAuw");
    // To the host a century outweighs the full year read with it.
    let century_and_year = takes(b"C") && takes(b"YFc");
    // %s gives all fields; the host still computes with what stood before it.
    let all_and_some = takes(b"s") && format.iter().filter(|byte| **byte == b'%').count() > 1;
    // Of two kinds of week the last counts; the host takes its number for one of the first kind.
    let two_weeks = takes(b"U") && takes(b"W");
    // The host's divisions round the wrong way before the year 1.
    let no_year = ours.tm_year < -1899;
    no_year
        || all_and_some
        || two_weeks
        || signed
        || zone_name
        || outside
        || weekday_and_day
        || century_and_year
}

unsafe fn compare_reading(text: &CStr, format: &CStr) {
    // What was in the structure stays where nothing is read.
    let before = tm {
        tm_mon: 4,
        tm_mday: 17,
        tm_year: 99,
        ..tm::zero()
    };
    for mut ours in [before, tm::zero()] {
        let mut theirs = ours;
        // SAFETY: C strings and valid structures.
        let (a, b) = unsafe {
            (
                parse::strptime(text.as_ptr(), format.as_ptr(), &mut ours),
                libc::strptime(text.as_ptr(), format.as_ptr(), as_host(&mut theirs)),
            )
        };
        if host_is_known_to_differ(format.to_bytes(), text.to_bytes(), &ours) {
            continue;
        }
        assert_eq!(a, b, "{text:?} {format:?}");
        if !a.is_null() {
            assert_eq!(fields(&ours), fields(&theirs), "{text:?} {format:?}");
        }
    }
}

#[test]
fn random_times_are_formatted_and_parsed_as_the_host_does() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    set_zone("UTC0");
    let mut r = Random(fuzz::seed(51));
    // %P is for printing only.
    let conversions: Vec<char> = "aAbBcCdDeFgGhHIjklmMnprRsStTuUVwWxXyYzZ%".chars().collect();
    let separators = ["", " ", "-", "/", ":", "x"];
    for _ in 0..fuzz::cases(30_000) {
        let time = (r.next() >> (27 + r.below(20))) as i64 - (1 << 31);
        let mut format = String::new();
        for _ in 0..1 + r.below(4) {
            format.push('%');
            format.push(conversions[r.below(conversions.len() as u64) as usize]);
            format.push_str(separators[r.below(6) as usize]);
        }
        let format = CString::new(format).unwrap();
        let mut broken = tm::zero();
        let mut buffers = [[0 as c_char; 256]; 2];
        // SAFETY: valid structures, C strings and the buffers' sizes.
        unsafe {
            convert::gmtime_r(&time, &mut broken);
            let ours = format::strftime(buffers[0].as_mut_ptr(), 256, format.as_ptr(), &broken);
            let theirs = libc::strftime(
                buffers[1].as_mut_ptr(),
                256,
                format.as_ptr(),
                as_host(&mut broken),
            );
            let texts = buffers
                .each_ref()
                .map(|buffer| CStr::from_ptr(buffer.as_ptr()));
            assert_eq!((ours, texts[0]), (theirs, texts[1]), "{time} {format:?}");
            compare_reading(texts[0], &format);
        }
        let text = CString::new(random_text(&mut r)).unwrap();
        // SAFETY: C strings.
        unsafe { compare_reading(&text, &format) };
    }
}

#[test]
fn years_are_read_with_signs_and_widths() {
    for (text, format, year, rest) in [
        (c"-5", c"%Y", -5, 0),
        (c"+2024", c"%Y", 2024, 0),
        (c"20245", c"%Y", 2024, 1),
        (c"+12345-03-04", c"%12F", 12_345, 0),
        (c"012345", c"%6Y", 12_345, 0),
        (c"-1 50", c"%C %y", -50, 0),
        (c"123", c"%3C", 12_300, 0),
    ] {
        let mut time = tm::zero();
        // SAFETY: C strings and a valid structure.
        unsafe {
            let end = parse::strptime(text.as_ptr(), format.as_ptr(), &mut time);
            assert!(!end.is_null(), "{text:?} {format:?}");
            assert_eq!(
                CStr::from_ptr(end).count_bytes(),
                rest,
                "{text:?} {format:?}"
            );
        }
        assert_eq!(time.tm_year + 1900, year, "{text:?} {format:?}");
    }
}

/// The examples in POSIX.1-2024 getdate(), where it is Monday, 22 September 1986, 12:19:47, and what glibc makes of a day,
/// a year and a minute alone.
#[test]
fn getdate_fills_in_what_the_standard_says() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    set_zone("UTC0");
    let seconds = 527_775_587;
    let mut now = tm::zero();
    // SAFETY: valid places.
    unsafe { convert::gmtime_r(&seconds, &mut now) };
    for (text, template, expected) in [
        (c"Mon", c"%a", c"Mon Sep 22 12:19:47 1986"),
        (c"Sun", c"%a", c"Sun Sep 28 12:19:47 1986"),
        (c"Fri", c"%a", c"Fri Sep 26 12:19:47 1986"),
        (c"September", c"%B", c"Mon Sep  1 12:19:47 1986"),
        (c"January", c"%B", c"Thu Jan  1 12:19:47 1987"),
        (c"December", c"%B", c"Mon Dec  1 12:19:47 1986"),
        (c"Sep Mon", c"%b %a", c"Mon Sep  1 12:19:47 1986"),
        (c"Jan Fri", c"%b %a", c"Fri Jan  2 12:19:47 1987"),
        (c"Dec Mon", c"%b %a", c"Mon Dec  1 12:19:47 1986"),
        (c"Jan Wed 1989", c"%b %a %Y", c"Wed Jan  4 12:19:47 1989"),
        (c"Fri 9", c"%a %H", c"Fri Sep 26 09:00:00 1986"),
        (c"Feb 10:30", c"%b %H:%S", c"Sun Feb  1 10:00:30 1987"),
        (c"10:30", c"%H:%M", c"Tue Sep 23 10:30:00 1986"),
        (c"13:30", c"%H:%M", c"Mon Sep 22 13:30:00 1986"),
        (c"12:05", c"%H:%M", c"Mon Sep 22 12:05:00 1986"),
        (c"5", c"%d", c"Fri Sep  5 12:19:47 1986"),
        (c"Jan 5", c"%b %d", c"Sun Jan  5 12:19:47 1986"),
        (c"2001", c"%Y", c"Sat Sep 22 12:19:47 2001"),
    ] {
        let mut time = getdate::said_by(text.to_bytes(), template.to_bytes()).unwrap();
        let mut shown = [0; 64];
        // SAFETY: C strings, valid structures, the buffer's size.
        unsafe {
            assert_eq!(getdate::complete(&mut time, &now), Ok(()), "{text:?}");
            format::strftime(
                shown.as_mut_ptr(),
                shown.len(),
                c"%a %b %e %T %Y".as_ptr(),
                &time,
            );
            assert_eq!(CStr::from_ptr(shown.as_ptr()), expected, "{text:?}");
        }
    }
    for (text, template) in [
        (c"Feb 30", c"%b %d"),
        (c"31 Nov 2001", c"%d %b %Y"),
        (c"31", c"%d"),
    ] {
        let mut time = getdate::said_by(text.to_bytes(), template.to_bytes()).unwrap();
        assert_eq!(getdate::complete(&mut time, &now), Err(8), "{text:?}");
    }
}

/// A summer, or a winter, of a day: what holds a day before and after says nothing of it.
#[test]
fn a_season_of_a_day_is_read_back() {
    let _guard = ZONE_IN_USE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for (zone, time) in [
        ("<A1B>19:34:24<A1B>,M6.4.2/19,M6.3.2/156:46", 3_675_931_422),
        ("<-0330>1<+03>,J44/-23,43", 1_139_743_665),
    ] {
        set_zone(zone);
        let mut there = tm::zero();
        // SAFETY: a valid structure.
        unsafe {
            convert::localtime_r(&time, &mut there);
            assert_eq!(convert::mktime(&mut there), time, "{zone}");
        }
    }
}
