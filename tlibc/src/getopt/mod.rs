//! `<getopt.h>` and the `getopt` of `<unistd.h>`: command-line options (POSIX.1, GNU).
//!
//! `getopt` stops at the first operand, as POSIX wants; where the GNU library does not, musl does. In the functions of long
//! options, which are GNU's, operands may stand between options: they are moved behind them, unless the option string
//! starts with `+` or `POSIXLY_CORRECT` is set (stop at the first). In all of them a `-` at the start of the option
//! string makes operands options numbered 1. With `W;` in the option string of those, `-W name` is `--name`.

#![allow(
    non_camel_case_types,
    non_upper_case_globals,
    reason = "the names are C's"
)]

use core::ffi::CStr;
use core::ptr::null_mut;

use crate::platform;
use crate::string::compare::strncmp;
use crate::string::length::strlen;
use crate::string::search::{strchr, strchrnul};
use crate::types::{c_char, c_int};

/// A long option.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct option {
    /// Its name, without dashes.
    pub name: *const c_char,
    /// 0: no argument, 1: required, 2: optional.
    pub has_arg: c_int,
    /// Where `val` goes, or null to return it.
    pub flag: *mut c_int,
    /// The value.
    pub val: c_int,
}

crate::check_layout!(
    option = libc::option {
        name,
        has_arg,
        flag,
        val
    }
);

/// The argument of the last option.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub static mut optarg: *mut c_char = null_mut();
/// Index of the next argument to look at; 0 starts over.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub static mut optind: c_int = 1;
/// Whether messages are printed.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub static mut opterr: c_int = 1;
/// The option that was not known or lacked its argument.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub static mut optopt: c_int = b'?' as c_int;

/// What a call remembers for the next.
struct Scan {
    /// The rest of a group of short options, or null.
    next: *const c_char,
    /// The operands passed over so far are `argv[first..last]`.
    first: c_int,
    last: c_int,
    started: bool,
}

static mut SCAN: Scan = Scan {
    next: core::ptr::null(),
    first: 1,
    last: 1,
    started: false,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operands {
    Move,
    Stop,
    Return,
}

/// Which of the three functions was called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// `getopt`.
    Posix,
    /// `getopt_long`.
    Gnu,
    /// `getopt_long_only`.
    GnuOneDash,
}

fn byte(c: u8) -> c_int {
    c.into()
}

/// Prints "program: " and the parts, unless the program wants no messages.
unsafe fn complain(argv: *const *mut c_char, quiet: bool, parts: &[&[u8]]) {
    // SAFETY: argv[0] is a C string or null.
    unsafe {
        if opterr == 0 || quiet {
            return;
        }
        let name = *argv;
        let program = if name.is_null() {
            &b""[..]
        } else {
            CStr::from_ptr(name).to_bytes()
        };
        let mut line = Message::new();
        for part in [program, b": "].iter().chain(parts).chain(&[&b"\n"[..]]) {
            line.add(part);
        }
    }
}

/// Text for the error stream, which goes out in one piece if it is not very long.
struct Message {
    text: [u8; 512],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self {
            text: [0; 512],
            length: 0,
        }
    }

    fn add(&mut self, mut part: &[u8]) {
        while !part.is_empty() {
            if self.length == self.text.len() {
                self.send();
            }
            let room = self.text.len() - self.length;
            let (now, later) = part.split_at(part.len().min(room));
            self.text[self.length..self.length + now.len()].copy_from_slice(now);
            self.length += now.len();
            part = later;
        }
    }

    fn send(&mut self) {
        // Nothing is left to do when the error stream fails.
        let _ = platform::write(2, &self.text[..self.length]);
        self.length = 0;
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        self.send();
    }
}

/// Exchanges the blocks `argv[first..middle]` and `argv[middle..end]`, each keeping its order.
unsafe fn rotate(argv: *const *mut c_char, first: c_int, middle: c_int, end: c_int) {
    if first < middle && middle < end {
        // SAFETY: the range is inside argv, which getopt may permute.
        unsafe {
            let start = argv.add(first as usize).cast_mut();
            core::slice::from_raw_parts_mut(start, (end - first) as usize)
                .rotate_left((middle - first) as usize);
        }
    }
}

/// The next option character; −1 at the end or at an operand, `?` for an unknown one or a missing argument (`:` when the
/// option string starts with one) (POSIX.1).
///
/// # Safety
/// `argv` has `argc` C strings; `options` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getopt(
    argc: c_int,
    argv: *const *mut c_char,
    options: *const c_char,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { parse(argc, argv, options, Dialect::Posix, None, null_mut()) }
}

crate::alias!(__posix_getopt = getopt);

/// [`getopt`] with long options too; `*index` gets the place of the one found (GNU).
///
/// # Safety
/// As for [`getopt`]; `long` ends in an entry with a null name; `index` is null or valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getopt_long(
    argc: c_int,
    argv: *const *mut c_char,
    options: *const c_char,
    long: *const option,
    index: *mut c_int,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { parse(argc, argv, options, Dialect::Gnu, long_options(long), index) }
}

/// [`getopt_long`] where one dash may start a long option too (GNU).
///
/// # Safety
/// As for [`getopt_long`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getopt_long_only(
    argc: c_int,
    argv: *const *mut c_char,
    options: *const c_char,
    long: *const option,
    index: *mut c_int,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe {
        let long = long_options(long);
        parse(argc, argv, options, Dialect::GnuOneDash, long, index)
    }
}

/// The list; `None` if there is none, which is not the same as an empty one: with that, two dashes start an unknown name.
unsafe fn long_options<'a>(long: *const option) -> Option<&'a [option]> {
    if long.is_null() {
        return None;
    }
    // SAFETY: the list ends in a null name.
    unsafe {
        let mut count = 0;
        while !(*long.add(count)).name.is_null() {
            count += 1;
        }
        Some(core::slice::from_raw_parts(long, count))
    }
}

unsafe fn parse(
    argc: c_int,
    argv: *const *mut c_char,
    options: *const c_char,
    dialect: Dialect,
    long: Option<&[option]>,
    index: *mut c_int,
) -> c_int {
    // SAFETY: getopt is for one thread at a time (POSIX); indices stay below argc.
    unsafe {
        let scan: *mut Scan = &raw mut SCAN;
        let scan = &mut *scan;
        let mut options = options;
        if optind == 0 || !scan.started {
            if optind == 0 {
                optind = 1;
            }
            *scan = Scan {
                next: core::ptr::null(),
                first: optind,
                last: optind,
                started: true,
            };
        }
        optarg = null_mut();
        let operands = match *options as u8 {
            b'+' => Operands::Stop,
            b'-' => Operands::Return,
            _ if dialect == Dialect::Posix => Operands::Stop,
            _ if crate::stdlib::environment::lookup(c"POSIXLY_CORRECT").is_some() => Operands::Stop,
            _ => Operands::Move,
        };
        if matches!(*options as u8, b'+' | b'-') {
            options = options.add(1);
        }
        let quiet = *options as u8 == b':';
        let request = LongRequest {
            argc,
            argv,
            long: long.unwrap_or_default(),
            index,
            quiet,
            options,
            any_conflict: dialect == Dialect::GnuOneDash,
        };
        if scan.next.is_null() || *scan.next == 0 {
            scan.next = core::ptr::null();
            scan.first = scan.first.min(optind);
            scan.last = scan.last.min(optind);
            let argument = |at: c_int| *argv.add(at as usize);
            let is_operand = |at: c_int| {
                let text = argument(at);
                *text as u8 != b'-' || *text.add(1) == 0
            };
            // A null pointer ends the arguments too, whatever `argc` says (POSIX).
            let is_end = |at: c_int| at >= argc || argument(at).is_null();
            if operands == Operands::Move {
                // Operands seen before move behind the options seen since.
                if scan.first != scan.last && scan.last != optind {
                    rotate(argv, scan.first, scan.last, optind);
                    scan.first += optind - scan.last;
                    scan.last = optind;
                } else if scan.last != optind {
                    scan.first = optind;
                }
                while !is_end(optind) && is_operand(optind) {
                    optind += 1;
                }
                scan.last = optind;
            }
            if !is_end(optind) && CStr::from_ptr(argument(optind)) == c"--" {
                optind += 1;
                if scan.first != scan.last && scan.last != optind {
                    rotate(argv, scan.first, scan.last, optind);
                    scan.first += optind - scan.last;
                } else if scan.first == scan.last {
                    scan.first = optind;
                }
                while !is_end(optind) {
                    optind += 1;
                }
                scan.last = optind;
            }
            if is_end(optind) {
                if scan.first != scan.last {
                    optind = scan.first;
                }
                scan.started = false;
                return -1;
            }
            let text = argument(optind);
            if is_operand(optind) {
                if operands == Operands::Stop {
                    return -1;
                }
                optind += 1;
                optarg = text;
                return 1;
            }
            if long.is_some() {
                let two_dashes = *text.add(1) as u8 == b'-';
                let name = text.add(if two_dashes { 2 } else { 1 });
                let single_letter = *name.add(1) == 0 && !strchr(options, (*name).into()).is_null();
                if two_dashes || dialect == Dialect::GnuOneDash && !single_letter {
                    let prefix: &[u8] = if two_dashes { b"--" } else { b"-" };
                    if let Some(result) = request.parse(name, prefix) {
                        return result;
                    }
                }
            }
            scan.next = text.add(1);
        }
        short_option(scan, &request, long.is_some())
    }
}

unsafe fn short_option(scan: &mut Scan, request: &LongRequest<'_>, has_long: bool) -> c_int {
    let &LongRequest {
        argc,
        argv,
        options,
        quiet,
        ..
    } = request;
    // SAFETY: `next` is at an option character of argv[optind].
    unsafe {
        let letter = *scan.next;
        scan.next = scan.next.add(1);
        let at_end = *scan.next == 0;
        if at_end {
            optind += 1;
        }
        let place = strchr(options, letter.into());
        if place.is_null() || matches!(letter as u8, b':' | b';') {
            complain(
                argv,
                quiet,
                &[b"invalid option -- '", &[letter as u8], b"'"],
            );
            optopt = c_int::from(letter as u8);
            return byte(b'?');
        }
        if has_long && letter as u8 == b'W' && *place.add(1) as u8 == b';' {
            let name = if !at_end {
                scan.next
            } else if optind < argc && !(*argv.add(optind as usize)).is_null() {
                *argv.add(optind as usize)
            } else {
                complain(argv, quiet, &[b"option requires an argument -- 'W'"]);
                optopt = byte(b'W');
                scan.next = core::ptr::null();
                return byte(if quiet { b':' } else { b'?' });
            };
            scan.next = core::ptr::null();
            // Only after one dash may it be no long option. As after two, two spellings of one thing are no conflict.
            let request = LongRequest {
                any_conflict: false,
                ..*request
            };
            return request.parse(name, b"-W ").unwrap_or(byte(b'?'));
        }
        if *place.add(1) as u8 == b':' {
            let optional = *place.add(2) as u8 == b':';
            if !at_end {
                optarg = scan.next.cast_mut();
                optind += 1;
            } else if !optional {
                if optind >= argc || (*argv.add(optind as usize)).is_null() {
                    complain(
                        argv,
                        quiet,
                        &[b"option requires an argument -- '", &[letter as u8], b"'"],
                    );
                    optopt = c_int::from(letter as u8);
                    scan.next = core::ptr::null();
                    return byte(if quiet { b':' } else { b'?' });
                }
                optarg = *argv.add(optind as usize);
                optind += 1;
            }
            scan.next = core::ptr::null();
        }
        c_int::from(letter as u8)
    }
}

/// A call's arguments, with which a long option is looked up.
struct LongRequest<'a> {
    argc: c_int,
    argv: *const *mut c_char,
    long: &'a [option],
    index: *mut c_int,
    quiet: bool,
    options: *const c_char,
    /// Whether two spellings of the same thing are a conflict too, as in `getopt_long_only`.
    any_conflict: bool,
}

/// Why no long option was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NotFound {
    Unknown,
    /// Several start with the name.
    Ambiguous,
}

impl LongRequest<'_> {
    /// The result for `name[=value]`, which stands behind `prefix`; `None` when it should be read as short options after all,
    /// which is with a prefix of one dash only.
    unsafe fn parse(&self, name: *const c_char, prefix: &[u8]) -> Option<c_int> {
        // SAFETY: `name` is in argv[optind].
        unsafe {
            let end = strchrnul(name, byte(b'='));
            let length = end.addr() - name.addr();
            let found = match self.find(name, length) {
                Ok(found) => found,
                Err(NotFound::Ambiguous) => {
                    self.complain_of_conflict(name, length, prefix);
                    optind += 1;
                    optopt = 0;
                    return Some(byte(b'?'));
                }
                Err(NotFound::Unknown) => {
                    // With one dash a short option may be meant.
                    if prefix == b"-" && !strchr(self.options, (*name).into()).is_null() {
                        return None;
                    }
                    let all = CStr::from_ptr(name).to_bytes();
                    let parts = [b"unrecognized option '", prefix, all, b"'"];
                    complain(self.argv, self.quiet, &parts);
                    optind += 1;
                    optopt = 0;
                    return Some(byte(b'?'));
                }
            };
            optind += 1;
            let entry = &self.long[found];
            let full = CStr::from_ptr(entry.name).to_bytes();
            if *end != 0 {
                if entry.has_arg == 0 {
                    let parts = [b"option '", prefix, full, b"' doesn't allow an argument"];
                    complain(self.argv, self.quiet, &parts);
                    optopt = entry.val;
                    return Some(byte(b'?'));
                }
                optarg = end.add(1);
            } else if entry.has_arg == 1 {
                if optind >= self.argc {
                    let parts = [b"option '", prefix, full, b"' requires an argument"];
                    complain(self.argv, self.quiet, &parts);
                    optopt = entry.val;
                    return Some(byte(if self.quiet { b':' } else { b'?' }));
                }
                optarg = *self.argv.add(optind as usize);
                optind += 1;
            }
            if !self.index.is_null() {
                *self.index = found as c_int;
            }
            if entry.flag.is_null() {
                return Some(entry.val);
            }
            *entry.flag = entry.val;
            Some(0)
        }
    }

    /// Whether `name` is how this entry starts, or all of it.
    unsafe fn starts(entry: &option, name: *const c_char, length: usize) -> bool {
        // SAFETY: both are C strings.
        unsafe { strncmp(entry.name, name, length) == 0 }
    }

    /// Whether the name may be meant for either of the two. Two spellings of the same thing are no conflict, mostly.
    fn conflict(&self, first: &option, other: &option) -> bool {
        self.any_conflict
            || first.has_arg != other.has_arg
            || first.flag != other.flag
            || first.val != other.val
    }

    /// The option of that name, or the only one that starts with it.
    unsafe fn find(&self, name: *const c_char, length: usize) -> Result<usize, NotFound> {
        let mut candidate: Option<usize> = None;
        let mut ambiguous = false;
        for (at, entry) in self.long.iter().enumerate() {
            // SAFETY: both are C strings.
            unsafe {
                if !Self::starts(entry, name, length) {
                    continue;
                }
                if strlen(entry.name) == length {
                    return Ok(at);
                }
            }
            match candidate {
                None => candidate = Some(at),
                Some(first) => ambiguous |= self.conflict(&self.long[first], entry),
            }
        }
        if ambiguous {
            Err(NotFound::Ambiguous)
        } else {
            candidate.ok_or(NotFound::Unknown)
        }
    }

    /// Names the options that the name may be meant for: the first, and those that are another thing.
    unsafe fn complain_of_conflict(&self, name: *const c_char, length: usize, prefix: &[u8]) {
        // SAFETY: C strings; argv[0] is one or null.
        unsafe {
            if opterr == 0 || self.quiet {
                return;
            }
            let mut line = Message::new();
            let program = *self.argv;
            if !program.is_null() {
                line.add(CStr::from_ptr(program).to_bytes());
            }
            for part in [b": option '", prefix, CStr::from_ptr(name).to_bytes()] {
                line.add(part);
            }
            line.add(b"' is ambiguous; possibilities:");
            let mut first: Option<&option> = None;
            for entry in self.long {
                if !Self::starts(entry, name, length)
                    || first.is_some_and(|first| !self.conflict(first, entry))
                {
                    continue;
                }
                first.get_or_insert(entry);
                for part in [b" '", prefix, CStr::from_ptr(entry.name).to_bytes(), b"'"] {
                    line.add(part);
                }
            }
            line.add(b"\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;
    use std::sync::Mutex;

    unsafe extern "C" {
        #[link_name = "optind"]
        static mut host_optind: c_int;
        #[link_name = "optarg"]
        static mut host_optarg: *mut c_char;
        #[link_name = "opterr"]
        static mut host_opterr: c_int;
    }

    type LongParse = unsafe extern "C" fn(
        c_int,
        *const *mut c_char,
        *const c_char,
        *const libc::option,
        *mut c_int,
    ) -> c_int;

    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// The function to call: ours or the host's, with long options or without.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Function {
        Long,
        Short,
        HostLong,
        HostShort,
    }

    /// Everything a program sees: each option with its argument, then the permuted argv and optind.
    fn run(args: &[&str], options: &str, function: Function) -> String {
        let ours = matches!(function, Function::Long | Function::Short);
        let strings: Vec<CString> = args.iter().map(|a| CString::new(*a).unwrap()).collect();
        let mut argv: Vec<*mut c_char> = strings.iter().map(|s| s.as_ptr().cast_mut()).collect();
        argv.push(null_mut());
        let options = CString::new(options).unwrap();
        let entry = |name: &'static CStr, has_arg, val| libc::option {
            name: name.as_ptr(),
            has_arg,
            flag: null_mut(),
            val,
        };
        let long = [
            entry(c"help", 0, 1000),
            entry(c"output", 1, 1001),
            entry(c"color", 2, 1002),
            entry(c"outline", 0, 1003),
            libc::option {
                name: core::ptr::null(),
                has_arg: 0,
                flag: null_mut(),
                val: 0,
            },
        ];
        let mut log = String::new();
        let argc = args.len() as c_int;
        // SAFETY: one test at a time uses the two sets of variables.
        unsafe {
            host_optind = 0;
            optind = 0;
            host_opterr = 0;
            opterr = 0;
            loop {
                let mut index = -1;
                let (words, options) = (argv.as_ptr(), options.as_ptr());
                let mut with_long = |parse: *const ()| {
                    let parse = core::mem::transmute::<*const (), LongParse>(parse);
                    parse(argc, words, options, long.as_ptr(), &mut index)
                };
                let result = match function {
                    Function::Long => with_long(getopt_long as *const ()),
                    Function::HostLong => with_long(libc::getopt_long as *const ()),
                    Function::Short => getopt(argc, words, options),
                    Function::HostShort => libc::getopt(argc, words, options),
                };
                let argument = if ours { optarg } else { host_optarg };
                if result == -1 {
                    break;
                }
                let text = if argument.is_null() {
                    c"-"
                } else {
                    CStr::from_ptr(argument)
                };
                log += &format!("{result}/{}/{index} ", text.to_str().unwrap());
            }
            log += &format!("optind {} ", if ours { optind } else { host_optind });
            for &argument in &argv[..args.len()] {
                log += CStr::from_ptr(argument).to_str().unwrap();
                log += " ";
            }
        }
        log
    }

    #[test]
    fn getopt_stops_at_an_operand_as_the_host_does_when_told_to() {
        let _guard = ONE_AT_A_TIME.lock().unwrap();
        let words = ["-a", "-bx", "-b", "-c", "-cx", "-ab", "op", "-", "--", "-z"];
        // The host's getopt stops at an operand with a `+` only.
        for (options, host_options) in [
            ("ab:c::", "+ab:c::"),
            ("+ab:c::", "+ab:c::"),
            (":ab:c::", "+:ab:c::"),
            ("-ab:c::", "-ab:c::"),
        ] {
            for &x in &words {
                for &y in &words {
                    for &z in &words {
                        let args = ["prog", x, y, z, "last"];
                        assert_eq!(
                            run(&args, options, Function::Short),
                            run(&args, host_options, Function::HostShort),
                            "{args:?} {options}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_short_argument_list_is_parsed_as_the_host_does() {
        let _guard = ONE_AT_A_TIME.lock().unwrap();
        let words = [
            "-a",
            "-bx",
            "-b",
            "-c",
            "-ab",
            "op",
            "-",
            "--",
            "--help",
            "--out",
            "--output=1",
            "--outp",
            "--color",
            "--color=2",
            "--nope",
            "-z",
            "--help=1",
            "-W",
            "-Whelp",
            "-aWoutput=1",
        ];
        for options in ["ab:c::", "+ab:c::W;", "-ab:c::", ":ab:c::W;", "ab:c::W;"] {
            for &x in &words {
                for &y in &words {
                    for &z in &words {
                        let args = ["prog", x, y, z, "last"];
                        assert_eq!(
                            run(&args, options, Function::Long),
                            run(&args, options, Function::HostLong),
                            "{args:?} {options}"
                        );
                    }
                }
            }
        }
    }
}
