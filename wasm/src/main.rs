//! `wasm`: runs, compiles and examines WebAssembly programs.
//!
//! An ordinary `std` program. [`commands`] holds a module for each thing it can do, [`cli`] what their command
//! lines have in common. Running goes through [`module`], which reads the file, [`wasi`], which builds what the
//! program sees of the world, and an [`engine`]; [`error`] says how each failure ends.

mod artifact;
mod cache;
mod cli;
mod commands;
mod engine;
mod error;
mod features;
mod limits;
mod module;
#[cfg(test)]
mod mutants;
mod output;
#[cfg(test)]
mod scratch;
mod trace;
mod value;
mod wasi;
mod watchdog;

use std::io::{self, Write};

use error::Error;

fn main() {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let status = commands::dispatch(args).unwrap_or_else(|error| {
        complain(&error.to_string());
        error.exit_code()
    });
    std::process::exit(status);
}

/// Writes `text`, which may be bytes of any kind, to standard output.
///
/// # Errors
///
/// [`Error::Output`] if that can't be done.
fn print(text: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_ref())?;
    stdout.flush()?;
    Ok(())
}

/// Writes a message to standard error.
fn complain(message: &str) {
    // There is nowhere left to report that standard error can't be written; the exit status still tells.
    let _ = writeln!(io::stderr().lock(), "wasm: {message}");
}
