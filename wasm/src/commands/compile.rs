//! `wasm compile`: compiles a module ahead of time, for this machine or another.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

use crate::artifact::{self, Seal};
use crate::cli::{self, Request};
use crate::engine::wasmtime::{Cpu, precompile};
use crate::engine::{Kind, Settings};
use crate::error::Error;
use crate::features::{self, Features, Switch};
use crate::module::{Assembly, Module};
use crate::trace::Trace;
use crate::{output, print};

/// The options.
#[derive(Debug, Parser)]
#[command(
    about = "Compile a module, so that 'wasm FILE.cwasm' has nothing left to do but to run it",
    max_term_width = 100
)]
struct Options {
    /// The module, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to write the code [default: the module's name with .cwasm in the end]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Which compiler
    #[arg(long, value_name = "ENGINE", default_value = "wasmtime")]
    engine: Compiler,

    /// For which processors
    #[arg(long, value_name = "CPU", default_value = "native")]
    cpu: Cpu,

    /// Make code that can be run with --fuel
    #[arg(long)]
    fuel: bool,

    /// Switch a proposal on or off; '-W help' lists them
    #[arg(short = 'W', value_name = "NAME=y|n", value_parser = features::parse_switches)]
    switches: Vec<Vec<Switch>>,

    /// Say what is done and how long it takes
    #[arg(short, long)]
    verbose: bool,
}

/// What `--engine` takes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Compiler {
    /// The optimizing compiler
    Wasmtime,
    /// The fast compiler
    Winch,
}

/// Compiles the module that `args` name.
///
/// # Errors
///
/// [`Error::Module`] if it can't be compiled or the code can't be written; nothing is left behind then.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    if cli::asks_for_proposals(&args) {
        return print(features::help()).map(|()| 0);
    }
    match cli::parse::<Options>("wasm compile", args)? {
        Request::Act(options) => compile(&options).map(|()| 0),
        Request::Print(text) => print(&text).map(|()| 0),
    }
}

fn compile(options: &Options) -> Result<(), Error> {
    let trace = Trace::new(options.verbose);
    let target = match &options.output {
        Some(target) => target.clone(),
        None if options.file == Path::new("-") => {
            return Err(Error::Usage("name the output with -o".to_owned()));
        }
        None => options.file.with_extension("cwasm"),
    };
    if target == options.file {
        return Err(Error::Usage(format!(
            "'{}' would be overwritten; name another file with -o",
            target.display()
        )));
    }
    let compiler = match options.engine {
        Compiler::Wasmtime => Kind::Wasmtime,
        Compiler::Winch => Kind::Winch,
    };
    let switches: Vec<_> = options.switches.iter().flatten().cloned().collect();
    let settings = Settings {
        features: Features::new(&switches),
        fuel: options.fuel,
    };
    if let Some(vain) = settings.features.asked_in_vain(compiler) {
        return Err(Error::Usage(format!(
            "{} lacks {vain}; --engine wasmtime has it",
            compiler.name()
        )));
    }
    let module = trace.timed("reading the module", || {
        Module::load(&options.file, Assembly::Lines)
    })?;
    let (code, header) = trace.timed("compiling", || {
        precompile(&module, compiler, &settings, options.cpu)
    })?;
    output::replace(&target, |out| {
        artifact::write(out, &code, &header, Seal::Digest)
    })
    .map_err(|error| output::failure(&target, &error))?;
    trace.note(format_args!("{} bytes of code", code.len()));
    Ok(())
}
