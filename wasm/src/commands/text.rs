//! `wasm wat2wasm` and `wasm wasm2wat`: between the text format and the binary one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use wasmprinter::PrintFmtWrite;

use crate::cli::{self, Request};
use crate::error::Error;
use crate::module::{Assembly, Module};
use crate::{output, print};

/// What follows the options in the help of `wat2wasm`.
const ASSEMBLE_EXAMPLES: &str = "\
Examples:
  wasm wat2wasm add.wat                write add.wasm
  wasm wat2wasm add.wat -o lib.wasm    write another file
  wasm wat2wasm - -o - <add.wat        from standard input to standard output

A syntax error is reported with line and column. Whether the module is valid is for
'wasm validate' to say.";

/// The options of `wat2wasm`.
#[derive(Debug, Parser)]
#[command(
    about = "Turn a module in the text format into the binary one",
    after_help = ASSEMBLE_EXAMPLES,
    max_term_width = 100
)]
struct Assemble {
    /// The module, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to write the binary, or - for standard output [default: the module's name with .wasm in the end]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Add the lines of the text (DWARF), which backtraces then tell
    #[arg(short = 'g', long)]
    debug: bool,
}

/// Turns the text that `args` name into a binary.
///
/// # Errors
///
/// [`Error::Module`] if there is a syntax error or the binary can't be written; nothing is left behind then.
pub fn assemble(args: Vec<OsString>) -> Result<i32, Error> {
    let options = match cli::parse::<Assemble>("wasm wat2wasm", args)? {
        Request::Act(options) => options,
        Request::Print(text) => return print(text).map(|()| 0),
    };
    let target = match options.output {
        Some(target) => target,
        None if options.file == Path::new("-") => {
            return Err(Error::Usage("name the output with -o".to_owned()));
        }
        None => options.file.with_extension("wasm"),
    };
    if target == options.file && target != Path::new("-") {
        return Err(Error::Usage(format!(
            "'{}' would be overwritten; name another file with -o",
            target.display()
        )));
    }
    let assembly = match options.debug {
        true => Assembly::Lines,
        false => Assembly::Plain,
    };
    let module = Module::load(&options.file, assembly)?;
    output::write(&target, &module.binary).map(|()| 0)
}

/// What follows the options in the help of `wasm2wat`.
const PRINT_EXAMPLES: &str = "\
Examples:
  wasm wasm2wat add.wasm               print the text
  wasm wasm2wat add.wasm -o add.wat    write it to a file
  wasm wasm2wat --skeleton big.wasm    leave the bodies of functions and the data out
  wasm wasm2wat - <add.wasm            read from standard input";

/// The options of `wasm2wat`.
#[derive(Debug, Parser)]
#[command(
    about = "Turn a module in the binary format into the text one",
    after_help = PRINT_EXAMPLES,
    max_term_width = 100
)]
struct Print {
    /// The module, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to write the text, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    /// Write instructions inside each other, as (i32.add (…) (…))
    #[arg(long)]
    fold: bool,

    /// Add the offset of each instruction in the binary as a comment
    #[arg(long)]
    offsets: bool,

    /// Leave out the bodies of functions, and data
    #[arg(long)]
    skeleton: bool,
}

/// Turns the binary that `args` name into text.
///
/// # Errors
///
/// [`Error::Module`] if the binary is malformed or the text can't be written.
pub fn print_text(args: Vec<OsString>) -> Result<i32, Error> {
    let options = match cli::parse::<Print>("wasm wasm2wat", args)? {
        Request::Act(options) => options,
        Request::Print(text) => return print(text).map(|()| 0),
    };
    let module = Module::load(&options.file, Assembly::Plain)?;
    let mut text = String::new();
    wasmprinter::Config::new()
        .fold_instructions(options.fold)
        .print_offsets(options.offsets)
        .print_skeleton(options.skeleton)
        .print(&module.binary, &mut PrintFmtWrite(&mut text))
        .map_err(|error| {
            let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
            module.error(format!("malformed module: {}", causes.join(": ")))
        })?;
    output::write(&options.output, text.as_bytes()).map(|()| 0)
}
