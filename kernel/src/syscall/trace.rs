//! Tracing of system calls: one line on the log stream for each call, with its
//! name, decoded arguments and result.
//!
//! `strace` on the kernel's command line traces every process, `strace=NAME,…`
//! those that run a program of such a name, with their children. The kinds of
//! the arguments stand in [`super::table`], the names of flags in
//! [`super::flags`]. What cannot be read is shown as an address.

#![allow(
    non_upper_case_globals,
    reason = "the kinds are named as the table writes them"
)]

use alloc::string::String;
use core::fmt::Write as _;
use core::sync::atomic::Ordering;

use hal::sync::Once;

pub(super) use super::flags::*;
use super::table;
use crate::errno::Result;
use crate::process::{Process, Thread};
use crate::signal::Signal;

/// How an argument is shown.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A descriptor, or `AT_FDCWD`.
    Descriptor,
    /// A signed 32-bit number.
    Signed,
    /// A signed 64-bit number: an offset.
    Wide,
    /// An unsigned number: a length.
    Unsigned,
    /// Hexadecimal.
    Hex,
    /// An address.
    Pointer,
    /// A string.
    Text,
    /// A vector of strings (`execve`).
    Texts,
    /// Bytes for the kernel; the next argument is their number.
    Data,
    /// Bytes from the kernel; the result is their number.
    Output,
    /// File permissions: octal.
    Mode,
    /// The number of a signal.
    Signal,
    /// Seconds and nanoseconds, or microseconds.
    Time,
    /// A set of signals.
    Set,
    /// Flags that are or'ed.
    Bits(&'static [(&'static str, u64)]),
    /// One of several values.
    One(&'static [(&'static str, u64)]),
    /// One of several values, with flags or'ed to it.
    With(
        &'static [(&'static str, u64)],
        &'static [(&'static str, u64)],
    ),
    /// A 16-bit number.
    Short,
    /// A structure; of an array, its first element.
    Record(&'static [Part]),
}

/// A part of a structure in the caller's memory.
#[derive(Debug)]
pub struct Part {
    /// What it is called.
    pub name: &'static str,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// How long it is, in bytes.
    pub size: usize,
    /// How it is shown.
    pub kind: &'static Kind,
}

/// The kinds by the names that the table uses.
mod names {
    use super::Kind;
    pub const fd: Kind = Kind::Descriptor;
    pub const int: Kind = Kind::Signed;
    pub const num: Kind = Kind::Wide;
    pub const size: Kind = Kind::Unsigned;
    pub const hex: Kind = Kind::Hex;
    pub const ptr: Kind = Kind::Pointer;
    pub const path: Kind = Kind::Text;
    pub const strings: Kind = Kind::Texts;
    pub const data: Kind = Kind::Data;
    pub const out: Kind = Kind::Output;
    pub const mode: Kind = Kind::Mode;
    pub const signal: Kind = Kind::Signal;
    pub const timespec: Kind = Kind::Time;
    pub const timeval: Kind = Kind::Time;
    pub const sigset: Kind = Kind::Set;
    pub const short: Kind = Kind::Short;
}

pub(super) use names::*;

/// The most characters of a string that are shown.
const SHOWN: usize = 48;

/// The most strings of a vector that are shown.
const STRINGS_SHOWN: usize = 8;

/// Which programs are traced: the words after `strace` on the command line.
static WANTED: Once<Wanted> = Once::new();

enum Wanted {
    All,
    Named(&'static str),
}

/// Reads the command line. Once, at boot, before the first process.
pub fn init(command_line: &'static str) {
    for word in command_line.split_ascii_whitespace() {
        let wanted = match word.split_once('=') {
            None if word == "strace" => Wanted::All,
            Some(("strace", names)) => Wanted::Named(names),
            _ => continue,
        };
        WANTED.call_once(|| wanted);
    }
}

/// A process runs a new program: it is traced from now on if its name says so.
pub fn program_started(process: &Process, name: &[u8; 16]) {
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let wanted = match WANTED.get() {
        None => false,
        Some(Wanted::All) => true,
        Some(Wanted::Named(names)) => names.split(',').any(|wanted| wanted.as_bytes() == name),
    };
    if wanted {
        process.traced.store(true, Ordering::Relaxed);
    }
}

/// The call as it was made: what the kernel reads is decoded before it runs.
#[cold]
pub fn before(number: usize, arguments: &[usize; 6]) -> [String; 6] {
    let mut texts = [const { String::new() }; 6];
    for (index, kind) in kinds(number).into_iter().enumerate() {
        if let Some(kind) = kind
            && !matches!(kind, Kind::Output)
        {
            let next = arguments.get(index + 1).copied().unwrap_or(0);
            // Writing to a string fails only without memory: then it stays short.
            let _ = show(&mut texts[index], kind, arguments[index], next);
        }
    }
    texts
}

/// Writes the line of a call that has ended.
#[cold]
pub fn after(
    thread: &Thread,
    number: usize,
    arguments: &[usize; 6],
    mut texts: [String; 6],
    outcome: &Result<usize>,
) {
    let mut line = String::new();
    let _ = match table::name(number) {
        Some(name) => write!(line, "{} {name}(", thread.tid()),
        None => write!(line, "{} syscall_{number}(", thread.tid()),
    };
    for (index, kind) in kinds(number).into_iter().enumerate() {
        let Some(kind) = kind else { break };
        if matches!(kind, Kind::Output) {
            let length = outcome.as_ref().copied().unwrap_or(0);
            let _ = match outcome {
                Ok(_) => show(&mut texts[index], Kind::Data, arguments[index], length),
                Err(_) => show(&mut texts[index], Kind::Pointer, arguments[index], 0),
            };
        }
        let separator = if index == 0 { "" } else { ", " };
        let _ = write!(line, "{separator}{}", texts[index]);
    }
    let _ = match outcome {
        Ok(value) if *value > i32::MAX as usize => write!(line, ") = {value:#x}"),
        Ok(value) => write!(line, ") = {value}"),
        Err(error) => write!(line, ") = -{} {error:?}", error.number()),
    };
    crate::logger::write_line(format_args!("strace"), &format_args!("{line}"));
}

/// The kinds of a call's arguments; of an unknown call all six in hexadecimal.
fn kinds(number: usize) -> [Option<Kind>; 6] {
    match table::arguments(number) {
        Some(known) => core::array::from_fn(|index| known.get(index).copied()),
        None => [Some(Kind::Hex); 6],
    }
}

fn show(text: &mut String, kind: Kind, value: usize, next: usize) -> core::fmt::Result {
    match kind {
        Kind::Descriptor if value as i32 == -100 => text.write_str("AT_FDCWD"),
        Kind::Descriptor | Kind::Signed => write!(text, "{}", value as i32),
        Kind::Wide => write!(text, "{}", value as isize),
        Kind::Unsigned => write!(text, "{value}"),
        Kind::Hex => write!(text, "{value:#x}"),
        Kind::Pointer | Kind::Output if value == 0 => text.write_str("NULL"),
        Kind::Pointer | Kind::Output => write!(text, "{value:#x}"),
        Kind::Mode => write!(text, "{:#o}", value as u32),
        Kind::Text => show_text(text, value),
        Kind::Texts => show_texts(text, value),
        Kind::Data => show_data(text, value, next),
        Kind::Signal => match Signal::from_number(value) {
            Ok(known) => text.write_str(known.name()),
            Err(_) => write!(text, "{}", value as i32),
        },
        Kind::Time => match (value, pair(value)) {
            (0, _) => text.write_str("NULL"),
            (_, Some((seconds, fraction))) => write!(text, "{{{seconds}, {fraction}}}"),
            (_, None) => write!(text, "{value:#x}"),
        },
        Kind::Set => match hal::user::load_u64(value) {
            _ if value == 0 => text.write_str("NULL"),
            Ok(bits) => show_set(text, bits),
            Err(_) => write!(text, "{value:#x}"),
        },
        Kind::Bits(names) => show_bits(text, names, value as u32 as u64),
        Kind::One(names) => show_one(text, names, value as u32 as u64),
        Kind::With(names, flags) => {
            let value = value as u32 as u64;
            let known: u64 = flags.iter().map(|flag| flag.1).sum();
            show_one(text, names, value & !known)?;
            for (name, _) in flags.iter().filter(|flag| value & flag.1 != 0) {
                write!(text, "|{name}")?;
            }
            Ok(())
        }
        Kind::Short => write!(text, "{}", value as i16),
        Kind::Record(_) if value == 0 => text.write_str("NULL"),
        Kind::Record(parts) => show_record(text, parts, value),
    }
}

/// All parts, or the address where one of them cannot be read.
fn show_record(text: &mut String, parts: &[Part], address: usize) -> core::fmt::Result {
    let start = text.len();
    for part in parts {
        let place = address.wrapping_add(part.offset);
        let separator = if text.len() == start { "{" } else { ", " };
        write!(text, "{separator}{}=", part.name)?;
        let value = match part.kind {
            Kind::Set | Kind::Time => Some(place),
            _ => number(place, part.size),
        };
        let Some(value) = value else {
            text.truncate(start);
            return write!(text, "{address:#x}");
        };
        show(text, *part.kind, value, 0)?;
    }
    text.write_str("}")
}

/// A little-endian number of up to eight bytes.
fn number(address: usize, length: usize) -> Option<usize> {
    let mut bytes = [0; 8];
    hal::user::copy_in(bytes.get_mut(..length)?, address).ok()?;
    Some(usize::from_le_bytes(bytes))
}

fn pair(address: usize) -> Option<(i64, i64)> {
    let seconds = hal::user::load_u64(address).ok()?;
    let fraction = hal::user::load_u64(address.wrapping_add(8)).ok()?;
    Some((seconds as i64, fraction as i64))
}

fn show_text(text: &mut String, address: usize) -> core::fmt::Result {
    if address == 0 {
        return text.write_str("NULL");
    }
    let mut bytes = [0; SHOWN];
    match hal::user::copy_in_cstr(&mut bytes, address) {
        Ok(length) => {
            let rest = if length == SHOWN { "..." } else { "" };
            write!(text, "\"{}\"{rest}", bytes[..length].escape_ascii())
        }
        Err(_) => write!(text, "{address:#x}"),
    }
}

fn show_texts(text: &mut String, address: usize) -> core::fmt::Result {
    text.write_str("[")?;
    for index in 0..STRINGS_SHOWN {
        let Ok(pointer) = hal::user::load_u64(address.wrapping_add(index * 8)) else {
            break;
        };
        if pointer == 0 {
            return text.write_str("]");
        }
        if index != 0 {
            text.write_str(", ")?;
        }
        show_text(text, pointer as usize)?;
    }
    text.write_str(", ...]")
}

fn show_data(text: &mut String, address: usize, length: usize) -> core::fmt::Result {
    let mut bytes = [0; SHOWN];
    let shown = &mut bytes[..length.min(SHOWN)];
    if hal::user::copy_in(shown, address).is_err() {
        return write!(text, "{address:#x}");
    }
    let rest = if length > SHOWN { "..." } else { "" };
    write!(text, "\"{}\"{rest}", shown.escape_ascii())
}

fn show_set(text: &mut String, bits: u64) -> core::fmt::Result {
    text.write_str("[")?;
    let mut separator = "";
    for number in 1..=64 {
        if bits >> (number - 1) & 1 != 0
            && let Ok(known) = Signal::from_number(number)
        {
            write!(text, "{separator}{}", known.name())?;
            separator = " ";
        }
    }
    text.write_str("]")
}

fn show_bits(text: &mut String, names: &[(&str, u64)], value: u64) -> core::fmt::Result {
    let mut rest = value;
    let mut separator = "";
    for (name, bits) in names {
        if *bits != 0 && rest & bits == *bits {
            write!(text, "{separator}{name}")?;
            separator = "|";
            rest &= !bits;
        }
    }
    if rest != 0 || value == 0 {
        write!(text, "{separator}{rest:#x}")?;
    }
    Ok(())
}

fn show_one(text: &mut String, names: &[(&str, u64)], value: u64) -> core::fmt::Result {
    match names.iter().find(|name| name.1 == value) {
        Some((name, _)) => text.write_str(name),
        None => write!(text, "{}", value as i32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: Kind, value: usize) -> String {
        let mut text = String::new();
        show(&mut text, kind, value, 0).unwrap();
        text
    }

    #[test]
    fn values_have_their_names() {
        assert_eq!(shown(open_flags, 0o2000101), "O_WRONLY|O_CREAT|O_CLOEXEC");
        assert_eq!(shown(open_flags, 0), "0x0");
        assert_eq!(shown(protection, 0x13), "PROT_READ|PROT_WRITE|0x10");
        assert_eq!(shown(whence, 2), "SEEK_END");
        assert_eq!(shown(usage_of, usize::MAX), "RUSAGE_CHILDREN");
        assert_eq!(shown(whence, 77), "77");
        assert_eq!(shown(fd, -100i32 as u32 as usize), "AT_FDCWD");
        assert_eq!(shown(fd, usize::MAX), "-1");
        assert_eq!(shown(mode, 0o644), "0o644");
        assert_eq!(shown(signal, 15), "SIGTERM");
        assert_eq!(shown(signal, 40), "SIGRT8");
        assert_eq!(
            shown(futex_operation, 0x189),
            "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME"
        );
        assert_eq!(shown(ptr, 0), "NULL");
        assert_eq!(shown(socket_type, 0o2000001), "SOCK_STREAM|SOCK_CLOEXEC");
        assert_eq!(shown(epoll_event, 0), "NULL");
    }

    #[test]
    fn unknown_calls_show_all_registers() {
        assert_eq!(kinds(100_000).iter().flatten().count(), 6);
        assert_eq!(kinds(39).iter().flatten().count(), 0);
    }
}
