//! What the command can do: a module for each, with its options and the function that acts on them.
//!
//! The first argument may name one; anything else is taken for the options and the file of `run`.

mod compile;
mod inspect;
mod run;
mod text;
mod validate;
mod wast;

use std::ffi::OsString;
use std::path::Path;

use crate::error::Error;
use crate::features;

/// One of the things that `wasm` can do.
pub struct Command {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Acts on the arguments after the name and returns the exit status.
    pub main: fn(Vec<OsString>) -> Result<i32, Error>,
}

/// All of them, as the help lists them.
pub const ALL: &[Command] = &[
    Command {
        name: "run",
        about: "run a program; the same as without a command",
        main: run::main,
    },
    Command {
        name: "compile",
        about: "compile a module ahead of time",
        main: compile::main,
    },
    Command {
        name: "inspect",
        about: "show what is in a module and what it needs",
        main: inspect::main,
    },
    Command {
        name: "validate",
        about: "check that modules are valid",
        main: validate::main,
    },
    Command {
        name: "wat2wasm",
        about: "turn the text format into the binary one",
        main: text::assemble,
    },
    Command {
        name: "wasm2wat",
        about: "turn the binary format into the text one",
        main: text::print_text,
    },
    Command {
        name: "wast",
        about: "run test scripts of the specification",
        main: wast::main,
    },
];

/// A line for each, for the help.
pub fn list() -> String {
    let lines = ALL
        .iter()
        .map(|command| format!("  {:<12}{}\n", command.name, command.about));
    lines.collect()
}

/// Turns `error`, which came of taking `file` for a module, into a better one if it was meant to be a command.
pub fn misspelt(file: &Path, error: Error) -> Error {
    let Some(word) = file.to_str().filter(|_| !file.exists()) else {
        return error;
    };
    if let "help" | "version" = word {
        return Error::Usage(format!(
            "'{word}' is neither a file nor a command; did you mean 'wasm --{word}'?"
        ));
    }
    let near = ALL
        .iter()
        .map(|command| (features::distance(word, command.name), command.name))
        .min()
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len());
    match near {
        Some((_, name)) => Error::Usage(format!(
            "'{word}' is neither a file nor a command; did you mean 'wasm {name}'?"
        )),
        None => error,
    }
}

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
