//! `wasm`: runs WebAssembly programs.
//!
//! An ordinary `std` program. [`cli`] reads the command line, [`module`] the file, [`wasi`] builds what the
//! program sees of the world, an [`engine`] runs it, and [`error`] says how each failure ends. Engines share
//! everything but the running itself.

mod cli;
mod engine;
mod error;
mod limits;
mod module;
mod stdio;
mod value;
mod wasi;

use std::io::{self, Write};
use std::path::Path;

use cli::{Options, Request};
use engine::{Engine, Entry, Job, Outcome, Wasmi};
use error::Error;
use limits::Limits;
use module::Module;

fn main() {
    let result = match cli::parse(std::env::args_os()) {
        Ok(Request::Run(options)) => run(&options),
        Ok(Request::Print(text)) => print(&text).map(|()| 0),
        Err(error) => Err(error),
    };
    let status = result.unwrap_or_else(|error| {
        complain(&error.to_string());
        error.exit_code()
    });
    std::process::exit(status);
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

fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

fn complain(message: &str) {
    // There is nowhere left to report that standard error can't be written; the exit status still tells.
    let _ = writeln!(io::stderr().lock(), "wasm: {message}");
}
