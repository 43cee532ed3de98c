//! `wasm validate`: says whether modules are valid, and where they are not.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use crate::cli::{self, Request};
use crate::error::{EXIT_MODULE, Error};
use crate::features::{self, Features, Switch};
use crate::module::{Assembly, Module};
use crate::{complain, print};

/// What follows the options in the help.
const EXAMPLES: &str = "\
Examples:
  wasm validate app.wasm lib.wat     check two modules, with all proposals on
  wasm validate -W gc=n app.wasm     check that a module does without the proposal gc
  wasm validate - <app.wasm          check what comes from standard input

Nothing is printed about a valid module. Offsets are those in the binary format, in bytes.

Exit status: 0 if all modules are valid, 1 if one is not, 2 if the command line is wrong.";

/// The options.
#[derive(Debug, Parser)]
#[command(
    about = "Check that modules are valid, with all proposals switched on",
    after_help = EXAMPLES,
    max_term_width = 100
)]
struct Options {
    /// The modules, in binary or text; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Switch a proposal on or off; '-W help' lists them
    #[arg(short = 'W', value_name = "NAME=y|n", value_parser = features::parse_switches)]
    switches: Vec<Vec<Switch>>,
}

/// Validates the modules that `args` name.
///
/// # Errors
///
/// [`Error::Usage`]; what is wrong with a module is reported here, so that the next one gets its turn.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    if cli::asks_for_proposals(&args) {
        return print(features::help()).map(|()| 0);
    }
    let options = match cli::parse::<Options>("wasm validate", args)? {
        Request::Act(options) => options,
        Request::Print(text) => return print(text).map(|()| 0),
    };
    let switches: Vec<_> = options.switches.iter().flatten().cloned().collect();
    let features = Features::everything(&switches);
    let mut status = 0;
    for file in &options.files {
        let checked = Module::load(file, Assembly::Plain).and_then(|module| {
            let invalid = |reason| module.error(format!("invalid module: {reason}"));
            features.validate(&module.binary).map_err(invalid)
        });
        if let Err(error) = checked {
            complain(&error.to_string());
            status = EXIT_MODULE;
        }
    }
    Ok(status)
}
