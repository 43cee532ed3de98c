//! What the command asks of an engine, in words that are no engine's own.

mod choice;
pub mod entry;
pub mod wasmi;
pub mod wasmtime;

use std::path::PathBuf;

use crate::cache::Cache;
use crate::error::Error;
use crate::features::Features;
use crate::limits::Limits;
use crate::module::Module;
use crate::trace::Trace;
use crate::value::Value;
use crate::wasi::WasiCtx;

pub use self::choice::choose;
pub use self::wasmi::Wasmi;
pub use self::wasmtime::Wasmtime;

/// An engine, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The interpreter.
    Wasmi,
    /// The optimizing compiler.
    Wasmtime,
    /// wasmtime with its fast compiler.
    Winch,
}

impl Kind {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasmi => "wasmi",
            Self::Wasmtime => "wasmtime",
            Self::Winch => "winch",
        }
    }

    /// The engine.
    pub fn engine(self) -> Box<dyn Engine> {
        match self {
            Self::Wasmi => Box::new(Wasmi),
            Self::Wasmtime | Self::Winch => Box::new(Wasmtime { compiler: self }),
        }
    }
}

/// What `--engine` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// The one that promises to be done first
    Auto,
    /// The interpreter: starts at once
    Wasmi,
    /// The optimizing compiler: runs fastest
    Wasmtime,
    /// The fast compiler: between the two
    Winch,
}

/// Which of a module's functions to call.
pub enum Entry {
    /// `_start`, as a command's `main` is called.
    Start,
    /// The export of this name, with parameters still to be read.
    Invoke(String, Vec<String>),
}

/// How an engine is to be set up. What a compiled module depends on.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The proposals that are on.
    pub features: Features,
    /// Whether fuel is counted.
    pub fuel: bool,
}

/// What to run, and within which bounds.
pub struct Job<'a> {
    /// The module.
    pub module: &'a Module,
    /// Where it begins.
    pub entry: Entry,
    /// What it sees of the world.
    pub wasi: WasiCtx,
    /// How much memory it may have, and of what else.
    pub limits: Limits,
    /// How long it may run, in the engine's units.
    pub fuel: Option<u64>,
    /// How the engine is to be set up.
    pub settings: Settings,
    /// Where compiled code is kept, if anywhere.
    pub cache: Option<&'a Cache>,
    /// Where to write a core dump after a trap.
    pub coredump: Option<PathBuf>,
    /// Who wants to know how it goes.
    pub trace: &'a Trace,
}

/// How a run came to its end.
#[derive(Debug)]
pub enum Outcome {
    /// The program left with this exit status.
    Exited(i32),
    /// The function that was called returned these.
    Returned(Vec<Value>),
}

/// A WebAssembly engine.
pub trait Engine {
    /// Loads, links and runs `job`.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] before anything ran, [`Error::Usage`] if the entry does not fit the module,
    /// [`Error::Trap`] or [`Error::Limit`] afterwards.
    fn run(&self, job: Job<'_>) -> Result<Outcome, Error>;
}
