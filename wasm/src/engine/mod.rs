//! What the command asks of an engine, in words that are no engine's own.

mod wasmi;

use wasmi_wasi::WasiCtx;

use crate::error::Error;
use crate::limits::Limits;
use crate::module::Module;
use crate::value::Value;

pub use self::wasmi::Wasmi;

/// Which of a module's functions to call.
pub enum Entry {
    /// `_start`, as a command's `main` is called.
    Start,
    /// The export of this name, with parameters still to be read.
    Invoke(String, Vec<String>),
}

/// What to run, and within which bounds.
pub struct Job {
    /// The module.
    pub module: Module,
    /// Where it begins.
    pub entry: Entry,
    /// What it sees of the world.
    pub wasi: WasiCtx,
    /// How much memory it may have.
    pub limits: Limits,
    /// How long it may run, in the engine's units.
    pub fuel: Option<u64>,
}

/// How a run came to its end.
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
    /// [`Error::Trap`] or [`Error::OutOfFuel`] afterwards.
    fn run(&self, job: Job) -> Result<Outcome, Error>;
}
