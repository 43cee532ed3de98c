//! `wasm wast`: runs scripts in the language of the specification's test suite.
//!
//! [`script`] acts on the directives and counts; [`machine`] is what it asks of an engine, with a module for
//! each; [`value`] compares results with what a script expects.

mod machine;
mod script;
mod value;
mod wasmi;
mod wasmtime;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::Parser;

use self::machine::Machine;
use self::script::Tally;
use crate::cli::{self, Request};
use crate::engine::wasmtime::HOST_STACK;
use crate::engine::{Kind, Settings};
use crate::error::{EXIT_MODULE, Error, plain};
use crate::features::{self, Features, Switch};
use crate::limits::{Bounds, Limits};
use crate::watchdog::Watchdog;
use crate::{complain, print};

/// Largest script in bytes.
const MAX_SCRIPT: u64 = 64 << 20;

/// What follows the options in the help.
const EXAMPLES: &str = "\
Examples:
  wasm wast i32.wast f32.wast            run two scripts with wasmtime
  wasm wast --engine wasmi *.wast        run all of a directory with wasmi
  wasm wast -W gc=n,exceptions=n a.wast  run one as an engine without these proposals would
  wasm wast --timeout 10s a.wast         give up if a script takes longer

For each directive that fails, a line with its place and the reason is printed; then the counts of the
file, and those of all files. Skipped is what no engine has to do: to refuse malformed custom sections.

Exit status: 0 if nothing failed, 1 if something did, 2 if the command line is wrong, 125 after --timeout.";

/// The options.
#[derive(Debug, Parser)]
#[command(
    about = "Run scripts in the language of the specification's test suite",
    after_help = EXAMPLES,
    max_term_width = 100
)]
struct Options {
    /// The scripts
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// What runs the modules
    #[arg(long, value_name = "ENGINE", default_value = "wasmtime")]
    engine: Kind,

    /// Switch a proposal on or off; '-W help' lists them
    #[arg(short = 'W', value_name = "NAME=y|n", value_parser = features::parse_switches)]
    switches: Vec<Vec<Switch>>,

    /// Stop if one script takes longer than this, with a suffix ms, s, m or h
    #[arg(long, value_name = "TIME", value_parser = cli::parse_time)]
    timeout: Option<Duration>,
}

/// Runs the scripts that `args` name.
///
/// # Errors
///
/// [`Error::Usage`], or [`Error::Output`] if the counts can't be printed; what fails in a script is printed here.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    if cli::asks_for_proposals(&args) {
        return print(features::help()).map(|()| 0);
    }
    let options = match cli::parse::<Options>("wasm wast", args)? {
        Request::Act(options) => options,
        Request::Print(text) => return print(text).map(|()| 0),
    };
    let switches: Vec<_> = options.switches.iter().flatten().cloned().collect();
    let settings = Settings {
        features: Features::new(&switches),
        fuel: false,
    };
    let vain = settings.features.asked_in_vain(options.engine);
    if !vain.0.is_empty() {
        return Err(Error::Usage(format!(
            "{} lacks {vain}; --engine wasmtime has it",
            options.engine.name()
        )));
    }
    // Compiled code runs on this stack, up to the limit that exhaustion is tested with.
    let size = limits().stack.saturating_add(HOST_STACK);
    thread::scope(|scope| {
        let runner = thread::Builder::new()
            .name("wast".to_owned())
            .stack_size(size)
            .spawn_scoped(scope, || run_all(&options, &settings));
        let no_stack = |error| Error::Usage(format!("no stack of {size} bytes: {}", plain(&error)));
        runner
            .map_err(no_stack)?
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// What the modules of a script may have.
fn limits() -> Limits {
    Limits::new(Bounds::default())
}

/// Runs all files and prints the counts.
fn run_all(options: &Options, settings: &Settings) -> Result<i32, Error> {
    let mut total = Tally::default();
    let mut unusable = 0;
    for file in &options.files {
        let watchdog = options.timeout.map(|limit| Watchdog::start(file, limit));
        let watchdog = watchdog.transpose()?;
        match run_file(file, options.engine, settings) {
            Ok(tally) => total += tally,
            Err(error @ Error::Output(_)) => return Err(error),
            Err(error) => {
                complain(&error.to_string());
                unusable += 1;
            }
        }
        drop(watchdog);
    }
    let run = options.files.len() - unusable;
    let files = if run == 1 { "file" } else { "files" };
    print(format!("total: {total}, in {run} {files}\n"))?;
    Ok(match total.failed == 0 && unusable == 0 {
        true => 0,
        false => EXIT_MODULE,
    })
}

/// Runs one file and prints what failed and how much.
fn run_file(file: &Path, engine: Kind, settings: &Settings) -> Result<Tally, Error> {
    let text = read(file)?;
    let mut machine: Box<dyn Machine> =
        match engine {
            Kind::Wasmi => Box::new(wasmi::Wasmi::new(settings).map_err(|reason| {
                Error::module(file, format!("can't set the engine up: {reason}"))
            })?),
            Kind::Wasmtime | Kind::Winch => {
                Box::new(wasmtime::Wasmtime::new(engine, settings).map_err(|reason| {
                    Error::module(file, format!("can't set the engine up: {reason}"))
                })?)
            }
        };
    let mut report = String::new();
    let name = file.display();
    let tally = script::run(&text, machine.as_mut(), |line, reason| {
        report.push_str(&format!("{name}:{line}: {reason}\n"));
    })
    .map_err(|reason| Error::module(file, reason))?;
    report.push_str(&format!("{name}: {tally}\n"));
    print(report)?;
    Ok(tally)
}

/// Reads a script.
fn read(file: &Path) -> Result<String, Error> {
    let unreadable = |error| Error::module(file, format!("can't read: {}", plain(&error)));
    let size = fs::metadata(file).map_err(unreadable)?.len();
    if size > MAX_SCRIPT {
        return Err(Error::module(file, "the script is larger than 64 MiB"));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let reason = error.utf8_error();
        Error::module(file, format!("not a test script: {reason}"))
    })
}
