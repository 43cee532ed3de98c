//! `wasm wast`: runs scripts in the language of the specification's test suite.
//!
//! [`script`] acts on the directives and counts; [`machine`] is what it asks of an engine, with a module for
//! each; [`value`] compares results with what a script expects, [`decode`] tells what is malformed from what is
//! invalid.

mod decode;
mod machine;
mod script;
mod value;
mod wasmi;
mod wasmtime;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Parser;

use self::machine::Machine;
use self::script::{Report, Tally};
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
  wasm wast --engine wasmi suite/        run all of a directory with wasmi
  wasm wast -W gc=n,exceptions=n a.wast  run one as an engine without these proposals would
  wasm wast --timeout 10s a.wast         give up if a script takes longer

For each directive that fails, a line with its place and the reason is printed; then the counts of the
file, and those of all files, in the order in which they are named. Skipped is what no engine has to do:
to refuse malformed custom sections. A module that is refused must be so for a reason of the right kind,
malformed or invalid; the words may differ.

Exit status: 0 if nothing failed, 1 if something did, 2 if the command line is wrong, 125 after --timeout.";

/// The options.
#[derive(Debug, Parser)]
#[command(
    about = "Run scripts in the language of the specification's test suite",
    after_help = EXAMPLES,
    max_term_width = 100
)]
struct Options {
    /// The scripts; of a directory, all files in it and below that end in .wast
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// How many scripts run at a time [default: as many as there are processors]
    #[arg(short, long, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,

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
    if let Some(vain) = settings.features.asked_in_vain(options.engine) {
        return Err(Error::Usage(format!(
            "{} lacks {vain}; --engine wasmtime has it",
            options.engine.name()
        )));
    }
    run_all(&options, &settings)
}

/// What the modules of a script may have.
fn limits() -> Limits {
    Limits::new(Bounds::default())
}

/// Bytes of the stack that a script runs on: compiled code uses it, up to the limit that exhaustion is tested with.
fn stack_size() -> usize {
    limits().stack.saturating_add(HOST_STACK)
}

/// Runs all scripts, several at a time, and prints what came of them in their order.
fn run_all(options: &Options, settings: &Settings) -> Result<i32, Error> {
    let mut files = Vec::new();
    for file in &options.files {
        find(file, &mut files)?;
    }
    let parallel = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let jobs = options.jobs.unwrap_or_else(parallel).get().min(files.len());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..jobs {
            let (sender, next, files) = (sender.clone(), &next, &files);
            let work = move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = watch_file(file, options, settings);
                    if sender.send((file, result)).is_err() {
                        // Nobody reads what is printed any more.
                        return;
                    }
                }
            };
            thread::Builder::new()
                .name("wast".to_owned())
                .stack_size(stack_size())
                .spawn_scoped(scope, work)
                .map_err(|error| {
                    let (size, reason) = (stack_size(), plain(&error));
                    Error::Usage(format!("no stack of {size} bytes: {reason}"))
                })?;
        }
        drop(sender);
        print_in_order(&files, &results)
    })
}

/// Prints what comes out of `results` in the order of `files`, and what it amounts to.
fn print_in_order<'a>(
    files: &'a [PathBuf],
    results: &mpsc::Receiver<(&'a PathBuf, Result<Report, Error>)>,
) -> Result<i32, Error> {
    let mut early = BTreeMap::new();
    let mut total = Tally::default();
    let mut run = 0;
    for file in files {
        let result = loop {
            if let Some(result) = early.remove(file) {
                break result;
            }
            let Ok((other, result)) = results.recv() else {
                // A worker panicked, and the scope is about to do so.
                return Ok(EXIT_MODULE);
            };
            early.insert(other, result);
        };
        match result {
            Ok(report) => {
                let name = file.display();
                let lines = report.failures.iter();
                let mut text: String = lines
                    .map(|(line, reason)| format!("{name}:{line}: {reason}\n"))
                    .collect();
                text.push_str(&format!("{name}: {}\n", report.tally));
                print(text)?;
                total += report.tally;
                run += 1;
            }
            Err(error) => complain(&error.to_string()),
        }
    }
    let word = if run == 1 { "file" } else { "files" };
    print(format!("total: {total}, in {run} {word}\n"))?;
    Ok(match total.failed == 0 && run == files.len() {
        true => 0,
        false => EXIT_MODULE,
    })
}

/// Adds `file`, or all scripts below it if it is a directory, in the order of their names.
fn find(file: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    if !file.is_dir() {
        if !files.iter().any(|known| known == file) {
            files.push(file.to_owned());
        }
        return Ok(());
    }
    let unreadable = |error| Error::module(file, format!("can't list: {}", plain(&error)));
    let mut entries = fs::read_dir(file)
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Links are not followed: they could lead back.
        let is_dir = entry.file_type().map_err(unreadable)?.is_dir();
        if is_dir
            || path
                .extension()
                .is_some_and(|extension| extension == "wast")
        {
            find(&path, files)?;
        }
    }
    Ok(())
}

/// Runs one file, and ends the process if it takes too long.
fn watch_file(file: &Path, options: &Options, settings: &Settings) -> Result<Report, Error> {
    let watchdog = options.timeout.map(|limit| Watchdog::start(file, limit));
    let _watchdog = watchdog.transpose()?;
    run_file(file, options.engine, settings)
}

/// Runs one file.
fn run_file(file: &Path, engine: Kind, settings: &Settings) -> Result<Report, Error> {
    let text = read(file)?;
    let machine: Result<Box<dyn Machine>, _> = match engine {
        Kind::Wasmi => wasmi::Wasmi::new(settings).map(|machine| Box::new(machine) as _),
        Kind::Wasmtime | Kind::Winch => {
            wasmtime::Wasmtime::new(engine, settings).map(|machine| Box::new(machine) as _)
        }
    };
    let machine = machine
        .map_err(|reason| Error::module(file, format!("can't set the engine up: {reason}")))?;
    script::run(&text, machine, settings.features.within(engine))
        .map_err(|reason| Error::module(file, reason))
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
