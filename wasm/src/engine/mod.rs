//! What the command asks of an engine, in words that are no engine's own.

/// Makes an engine ask [`Limits`] before anything grows. The engines' traits have the same functions, with errors of
/// their own that are never returned.
macro_rules! ask_limits {
    ($trait:path, $answer:ty) => {
        impl $trait for crate::limits::Limits {
            fn memory_growing(
                &mut self,
                current: usize,
                desired: usize,
                maximum: Option<usize>,
            ) -> $answer {
                Ok(self.allows_memory(current, desired, maximum))
            }

            fn table_growing(
                &mut self,
                current: usize,
                desired: usize,
                maximum: Option<usize>,
            ) -> $answer {
                Ok(self.allows_table(current, desired, maximum))
            }

            fn instances(&self) -> usize {
                self.instances
            }

            fn tables(&self) -> usize {
                self.instances
            }

            fn memories(&self) -> usize {
                self.instances
            }
        }
    };
}

/// Switches the proposals that the engines have by the same names.
macro_rules! switch_proposals {
    ($config:expr, $features:expr) => {
        $config
            .wasm_multi_value($features.has(WasmFeatures::MULTI_VALUE))
            .wasm_bulk_memory($features.has(WasmFeatures::BULK_MEMORY))
            .wasm_reference_types($features.has(WasmFeatures::REFERENCE_TYPES))
            .wasm_simd($features.has(WasmFeatures::SIMD))
            .wasm_relaxed_simd($features.has(WasmFeatures::RELAXED_SIMD))
            .wasm_tail_call($features.has(WasmFeatures::TAIL_CALL))
            .wasm_extended_const($features.has(WasmFeatures::EXTENDED_CONST))
            .wasm_multi_memory($features.has(WasmFeatures::MULTI_MEMORY))
            .wasm_memory64($features.has(WasmFeatures::MEMORY64))
            .wasm_custom_page_sizes($features.has(WasmFeatures::CUSTOM_PAGE_SIZES))
            .wasm_wide_arithmetic($features.has(WasmFeatures::WIDE_ARITHMETIC))
    };
}

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
    /// Whether another engine may do it if this one can't.
    pub any_engine: bool,
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
