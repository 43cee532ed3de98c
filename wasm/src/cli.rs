//! What the command lines of all commands have in common: errors of one line, and how values are written.

use std::ffi::OsString;
use std::time::Duration;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;
use crate::wasi::{Grant, Variable};

/// What a command line asks for.
pub enum Request<T> {
    /// To do what the command does.
    Act(T),
    /// To print this text.
    Print(String),
}

/// Parses `args`, which follow `name`: "wasm", or "wasm" and a command.
///
/// # Errors
///
/// Anything that clap refuses, rendered as one line.
pub fn parse<T: Parser>(name: &'static str, args: Vec<OsString>) -> Result<Request<T>, Error> {
    let args = std::iter::once(OsString::from(name)).chain(args);
    let command = T::command().name(name).bin_name(name);
    let parsed = command
        .try_get_matches_from(args)
        .and_then(|matches| T::from_arg_matches(&matches));
    match parsed {
        Ok(options) => Ok(Request::Act(options)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Request::Print(error.to_string()))
            }
            _ => Err(Error::Usage(one_line(name, &error))),
        },
    }
}

/// Renders an error of clap's without the usage text around it.
fn one_line(name: &str, error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(value)) => Some(value.clone()),
        Some(ContextValue::Strings(values)) => values.first().cloned(),
        _ => None,
    };
    if error.kind() == ErrorKind::MissingRequiredArgument {
        return format!("no module named; see '{name} --help'");
    }
    let rendered = error.to_string();
    let first = rendered.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let suggestion = context(ContextKind::SuggestedArg);
    match suggestion.or_else(|| context(ContextKind::SuggestedValue)) {
        Some(suggestion) => format!("{message}; did you mean '{suggestion}'?"),
        None => format!("{message}; see '{name} --help'"),
    }
}

/// Reads `HOST[::GUEST]`.
pub fn parse_grant(text: &str) -> Result<Grant, String> {
    Grant::parse(text)
}

/// Reads `NAME=VALUE`.
pub fn parse_variable(text: &str) -> Result<Variable, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Variable {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Reads a number of bytes, with K, M or G for powers of 1,024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "expected a number, perhaps with K, M or G".to_owned())?;
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| "the size is too large".to_owned())
}

/// Reads the size of a stack, in which at least a few calls must fit.
pub fn parse_stack(text: &str) -> Result<u64, String> {
    const SMALLEST: u64 = 16 << 10;
    const LARGEST: u64 = 1 << 30;
    match parse_size(text)? {
        size @ SMALLEST..=LARGEST => Ok(size),
        _ => Err("a stack has between 16K and 1G bytes".to_owned()),
    }
}

/// Reads a time: a number with ms, s, m or h, seconds if there is none.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "ms" => 1e-3,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err("expected a number, perhaps with ms, s, m or h".to_owned()),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| "expected a number, perhaps with ms, s, m or h".to_owned())?;
    match Duration::try_from_secs_f64(number * factor) {
        Ok(Duration::ZERO) => Err("no time at all".to_owned()),
        Ok(time) => Ok(time),
        Err(_) => Err("the time is too long".to_owned()),
    }
}

/// Whether `-W help` is among the options.
pub fn asks_for_proposals(args: &[OsString]) -> bool {
    let options = args.iter().take_while(|arg| {
        arg.as_encoded_bytes().starts_with(b"-") || arg.as_encoded_bytes() == b"help"
    });
    let options: Vec<_> = options.collect();
    options
        .windows(2)
        .any(|pair| pair[0] == "-W" && pair[1] == "help")
        || options.iter().any(|&arg| arg == "-Whelp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_suffixes() {
        assert_eq!(parse_size("65536"), Ok(65536));
        assert_eq!(parse_size("3M"), Ok(3 << 20));
        for wrong in ["", "K", "-1", "1T", "99999999999G"] {
            assert!(parse_size(wrong).is_err(), "accepted: {wrong}");
        }
    }

    #[test]
    fn times_have_suffixes() {
        assert_eq!(parse_time("2"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_time("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(parse_time("3m"), Ok(Duration::from_secs(180)));
        for wrong in [
            "",
            "s",
            "0",
            "-1",
            "1d",
            "1e3",
            "99999999999999999999h",
            "1 s",
            ".",
        ] {
            assert!(parse_time(wrong).is_err(), "accepted: {wrong}");
        }
    }
}
