//! `wasm run`: runs a program, or calls one function of a module. What `wasm FILE` does as well.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use crate::cli::{self, Request};
use crate::engine::{Engine, Entry, Job, Outcome, Wasmi};
use crate::error::Error;
use crate::limits::Limits;
use crate::module::Module;
use crate::wasi::{self, Grant, Variable};
use crate::{complain, print};

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
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = cli::parse_grant)]
    pub grants: Vec<Grant>,

    /// Set a variable in the program's environment, which is empty otherwise
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = cli::parse_variable)]
    pub variables: Vec<Variable>,

    /// Call the exported function NAME with ARGS as its parameters and print its results
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Stop the program after N units of fuel, about one for each instruction
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub fuel: Option<u64>,

    /// Largest size of each linear memory in bytes, with a suffix K, M or G if wanted [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = cli::parse_size)]
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

/// Runs what `args` name and returns the program's exit status.
///
/// # Errors
///
/// See [`Error`]: each kind has its own exit status.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    match cli::parse::<Options>("wasm", args)? {
        Request::Act(options) => run(&options),
        Request::Print(text) => print(&text).map(|()| 0),
    }
}

/// Runs what `options` name and returns the program's exit status.
fn run(options: &Options) -> Result<i32, Error> {
    let file = options.file();
    let args = options.program_args()?;
    let module = Module::load(&file)?;
    let (entry, program_args) = match &options.invoke {
        Some(name) => (Entry::Invoke(name.clone(), args.clone()), &[][..]),
        None => (Entry::Start, args.as_slice()),
    };
    let name = file.to_string_lossy();
    let wasi = wasi::context(&name, program_args, &options.variables, &options.grants)?;
    let limits = Limits::new(options.max_memory);
    match Wasmi.run(Job {
        module,
        entry,
        wasi,
        limits,
        fuel: options.fuel,
    })? {
        Outcome::Returned(values) => {
            let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
            print(&lines)?;
            Ok(0)
        }
        Outcome::Exited(status) => {
            if status != 0 && options.grants.is_empty() {
                suggest_grant(program_args);
            }
            Ok(status)
        }
    }
}

/// After a failure without any directory granted: names an argument that looks like the reason.
fn suggest_grant(args: &[String]) {
    let Some(path) = args.iter().map(Path::new).find(|path| path.exists()) else {
        return;
    };
    let dir = if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let dir = dir
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let (path, dir) = (path.display(), dir.display());
    complain(&format!(
        "hint: the program may not use '{path}'; grant its directory with --dir {dir}"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Options {
        let args = args.iter().map(OsString::from).collect();
        match cli::parse("wasm", args) {
            Ok(Request::Act(options)) => options,
            Ok(Request::Print(text)) => panic!("printed: {text}"),
            Err(error) => panic!("refused: {error}"),
        }
    }

    fn refusal(args: &[&str]) -> String {
        let args = args.iter().map(OsString::from).collect();
        match cli::parse::<Options>("wasm", args) {
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
