//! What the command can do: a module for each, with its options and the function that acts on them.
//!
//! The first argument may name one; anything else is taken for the options and the file of `run`.

mod run;

use std::ffi::OsString;

use crate::error::Error;

/// One of the things that `wasm` can do.
pub struct Command {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Acts on the arguments after the name and returns the exit status.
    pub main: fn(Vec<OsString>) -> Result<i32, Error>,
}

/// All of them, as the help lists them.
pub const ALL: &[Command] = &[Command {
    name: "run",
    main: run::main,
}];

/// Acts on `args`, the command line without the name of the program, and returns the exit status.
///
/// # Errors
///
/// Those of the command that is named.
pub fn dispatch(mut args: Vec<OsString>) -> Result<i32, Error> {
    let named = args
        .first()
        .and_then(|first| ALL.iter().find(|command| first == command.name));
    match named {
        Some(command) => {
            args.remove(0);
            (command.main)(args)
        }
        None => run::main(args),
    }
}
