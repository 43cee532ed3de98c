//! The command line: what the options are, and errors about them in one line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::error::Error;
use crate::wasi::{Grant, Variable};

const EXAMPLES: &str = "\
Examples:
  wasm hello.wasm Ada                   run a program with an argument
  wasm --dir . cat.wasm notes.txt       let it use the current directory
  wasm --dir /srv/data::/data app.wasm  let it use /srv/data, under the name /data
  wasm --env LANG=C app.wasm            give it an environment variable
  wasm --invoke fib math.wat 30         call one function and print what it returns
  wasm --fuel 1000000 app.wasm          stop it after so many steps

A program gets standard input, output and error, and nothing else that it is not granted.

Exit status:
  that of the program; or 1 if the module can't be run, 2 if the command line is wrong,
  125 if the program used up a limit, 134 if it trapped.";

/// The options, ready for use.
#[derive(Debug, Parser)]
#[command(
    name = "wasm",
    version,
    about = "Run a WebAssembly program, from a binary (.wasm) or text (.wat) module",
    override_usage = "wasm [OPTIONS] FILE [ARGS]...",
    after_help = EXAMPLES,
    max_term_width = 100
)]
pub struct Options {
    /// Let the program use the directory HOST, under the name GUEST if one is given
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = parse_grant)]
    pub grants: Vec<Grant>,

    /// Set a variable in the program's environment, which is empty otherwise
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = parse_variable)]
    pub variables: Vec<Variable>,

    /// Call the exported function NAME with ARGS as its parameters and print its results
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Stop the program after N units of fuel, about one for each instruction
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub fuel: Option<u64>,

    /// Largest size of each linear memory in bytes, with a suffix K, M or G if wanted [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,

    /// The module, or - for standard input, and the program's arguments
    #[arg(value_name = "FILE", required = true, num_args = 1.., trailing_var_arg = true)]
    command: Vec<OsString>,
}

impl Options {
    /// The module's file.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.command[0])
    }

    /// The program's arguments, without its name.
    ///
    /// # Errors
    ///
    /// WASI passes arguments as UTF-8; any other is refused.
    pub fn program_args(&self) -> Result<Vec<String>, Error> {
        self.command[1..]
            .iter()
            .map(|arg| match arg.to_str() {
                Some(arg) => Ok(arg.to_owned()),
                None => Err(Error::Usage(format!(
                    "the argument {arg:?} is not valid UTF-8"
                ))),
            })
            .collect()
    }
}

/// What the command line asks for.
pub enum Request {
    /// To run a program.
    Run(Options),
    /// To print this text.
    Print(String),
}

/// Parses a command line, its first element being the command's own name.
///
/// # Errors
///
/// Anything that clap refuses, rendered as one line.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, Error> {
    let parsed = Options::command()
        .try_get_matches_from(args)
        .and_then(|matches| Options::from_arg_matches(&matches));
    match parsed {
        Ok(options) => Ok(Request::Run(options)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Request::Print(error.to_string()))
            }
            _ => Err(Error::Usage(one_line(&error))),
        },
    }
}

/// Renders an error of clap's without the usage text around it.
fn one_line(error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(value)) => Some(value.clone()),
        Some(ContextValue::Strings(values)) => values.first().cloned(),
        _ => None,
    };
    if error.kind() == ErrorKind::MissingRequiredArgument {
        return "no module named; see 'wasm --help'".to_owned();
    }
    let rendered = error.to_string();
    let first = rendered.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    match context(ContextKind::SuggestedArg) {
        Some(suggestion) => format!("{message}; did you mean '{suggestion}'?"),
        None => format!("{message}; see 'wasm --help'"),
    }
}

fn parse_grant(text: &str) -> Result<Grant, String> {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    if host.is_empty() || guest.is_empty() {
        return Err("a directory's name is empty".to_owned());
    }
    Ok(Grant {
        host: PathBuf::from(host),
        guest: guest.to_owned(),
    })
}

fn parse_variable(text: &str) -> Result<Variable, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Variable {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn parse_size(text: &str) -> Result<u64, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Options {
        let args = std::iter::once("wasm")
            .chain(args.iter().copied())
            .map(OsString::from);
        match parse(args) {
            Ok(Request::Run(options)) => options,
            Ok(Request::Print(text)) => panic!("printed: {text}"),
            Err(error) => panic!("refused: {error}"),
        }
    }

    fn refusal(args: &[&str]) -> String {
        let args = std::iter::once("wasm")
            .chain(args.iter().copied())
            .map(OsString::from);
        match parse(args) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("accepted: {args:?}", args = ()),
        }
    }

    #[test]
    fn options_end_at_the_file() {
        let options = run(&["--fuel", "9", "a.wasm", "--fuel", "x", "--", "--help"]);
        assert_eq!(options.fuel, Some(9));
        assert_eq!(options.file(), PathBuf::from("a.wasm"));
        assert_eq!(
            options.program_args().unwrap(),
            ["--fuel", "x", "--", "--help"]
        );
    }

    #[test]
    fn a_double_dash_may_precede_the_file() {
        let options = run(&["--", "-odd.wasm", "-1"]);
        assert_eq!(options.file(), PathBuf::from("-odd.wasm"));
        assert_eq!(options.program_args().unwrap(), ["-1"]);
    }

    #[test]
    fn a_grant_may_carry_another_name() {
        let options = run(&["--dir", "/a/b::/c", "--dir=.", "a.wasm"]);
        let names: Vec<_> = options
            .grants
            .iter()
            .map(|grant| grant.guest.as_str())
            .collect();
        assert_eq!(names, ["/c", "."]);
        assert_eq!(options.grants[0].host, PathBuf::from("/a/b"));
    }

    #[test]
    fn sizes_have_suffixes() {
        assert_eq!(parse_size("65536"), Ok(65536));
        assert_eq!(parse_size("3M"), Ok(3 << 20));
        for wrong in ["", "K", "-1", "1T", "99999999999G"] {
            assert!(parse_size(wrong).is_err(), "accepted: {wrong}");
        }
    }

    #[test]
    fn errors_are_one_line() {
        for args in [
            &["--drr", ".", "a.wasm"][..],
            &["--env", "x", "a.wasm"],
            &["--fuel", "-1", "a.wasm"],
            &["--fuel"],
            &["--dir", "::", "a.wasm"],
            &["--max-memory", "lots", "a.wasm"],
            &[],
        ] {
            let message = refusal(args);
            assert_eq!(message.lines().count(), 1, "{args:?}: {message}");
        }
        assert!(refusal(&["--fule", "1", "a.wasm"]).contains("did you mean '--fuel'"));
    }
}
