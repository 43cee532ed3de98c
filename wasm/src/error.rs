//! What can go wrong with a run, as one line for people and an exit status for programs.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Exit status: the module can't be run (missing, malformed, imports that nobody offers, …).
pub const EXIT_MODULE: i32 = 1;
/// Exit status: the command line is wrong (unknown option, bad value, a directory that can't be granted, …).
pub const EXIT_USAGE: i32 = 2;
/// Exit status: the program used up a limit set on the command line.
pub const EXIT_LIMIT: i32 = 125;
/// Exit status: the program trapped; what a shell reports for a process that aborts (128 + SIGABRT).
pub const EXIT_TRAP: i32 = 134;

/// Why there is no result to report.
#[derive(Debug, Error)]
pub enum Error {
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// The module can't be loaded or linked.
    #[error("{}: {reason}", file.display())]
    Module {
        /// The module's file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The program stopped in the middle.
    #[error("{}: trap: {reason}, in a call of {function}{}", file.display(), backtrace(.frames))]
    Trap {
        /// The module's file.
        file: PathBuf,
        /// What the program did.
        reason: String,
        /// The function through which the host called into the program.
        function: String,
        /// The calls that were active, the innermost first, where the engine can tell.
        frames: Vec<String>,
    },
    /// The program used up a limit.
    #[error("{}: {reason}", file.display())]
    Limit {
        /// The module's file.
        file: PathBuf,
        /// Which, and how to change it.
        reason: String,
    },
    /// The results of a call can't be written to standard output.
    #[error("can't write to standard output: {}", plain(.0))]
    Output(#[from] io::Error),
}

impl Error {
    /// An error that concerns the module in `file`.
    pub fn module(file: &Path, reason: impl Into<String>) -> Self {
        Self::Module {
            file: file.to_owned(),
            reason: reason.into(),
        }
    }

    /// An error that concerns a limit set for the program in `file`.
    pub fn limit(file: &Path, reason: impl Into<String>) -> Self {
        Self::Limit {
            file: file.to_owned(),
            reason: reason.into(),
        }
    }

    /// The program in `file` used all of its `fuel`.
    pub fn out_of_fuel(file: &Path, fuel: Option<u64>) -> Self {
        let fuel = fuel.unwrap_or(u64::MAX);
        let reason = format!("out of fuel: the program needs more than --fuel {fuel}");
        Self::limit(file, reason)
    }

    /// The program in `file` used all of the stack that it was given.
    pub fn out_of_stack(file: &Path) -> Self {
        Self::limit(
            file,
            "out of stack: the program needs more than --max-stack",
        )
    }

    /// The exit status of the command.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Usage(_) => EXIT_USAGE,
            Self::Module { .. } | Self::Output(_) => EXIT_MODULE,
            Self::Trap { .. } => EXIT_TRAP,
            Self::Limit { .. } => EXIT_LIMIT,
        }
    }
}

/// The lines of a backtrace, each after a line break.
fn backtrace(frames: &[String]) -> String {
    let lines = frames.iter().enumerate();
    lines
        .map(|(number, frame)| format!("\n  {number:>3}: {frame}"))
        .collect()
}

/// What the system says of `error`, without the number that the standard library adds.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}
