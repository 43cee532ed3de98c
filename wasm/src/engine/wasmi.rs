//! The interpreter: wasmi, with WASI preview 1 from [`crate::wasi`].
//!
//! Functions are validated at load time and translated when first called, which makes for a quick start.
//! wasmi keeps no call stack that could be shown after a trap; messages name the function that was called.

use wasmi::errors::{ErrorKind, InstantiationError, MemoryError};
use wasmi::{
    Config, ExternType, F32, F64, Func, FuncType, Instance, Linker, Module, Nullable,
    ResourceLimiter, Store, TrapCode, V128, Val, ValType,
};
use wasmi_core::LimiterError;
use wasmparser::WasmFeatures;

use super::entry::{self, INITIALIZE, START, Signature, Target, ValueType};
use super::{Engine, Entry, Job, Kind, Outcome, Settings};
use crate::error::Error;
use crate::limits::Limits;
use crate::module;
use crate::value::{Type, Value};
use crate::wasi::{self, WasiCtx};

/// Bytes of the stack that a call takes, as far as the number of calls is concerned that may be active.
const FRAME: usize = 160;

/// The engine.
pub struct Wasmi;

/// What host functions see.
struct Host {
    wasi: WasiCtx,
    limits: Limits,
}

ask_limits!(ResourceLimiter, Result<bool, LimiterError>);

/// Sets the engine up.
pub fn configure(settings: &Settings, stack: usize) -> Config {
    let features = settings.features.within(Kind::Wasmi);
    let mut config = Config::default();
    switch_proposals!(config, features);
    config.consume_fuel(settings.fuel);
    config.set_max_recursion_depth(stack / FRAME);
    config.set_min_stack_height(config_minimum(stack));
    config.set_max_stack_height(stack);
    config
}

/// The bytes of stack to begin with, of at most `stack`.
fn config_minimum(stack: usize) -> usize {
    const SMALL: usize = 1024;
    stack.min(SMALL)
}

impl Engine for Wasmi {
    fn run(&self, job: Job<'_>) -> Result<Outcome, Error> {
        let source = job.module;
        if source.compiled.is_some() {
            return Err(source.error("holds compiled code, which wasmi can't run"));
        }
        let engine = wasmi::Engine::new(&configure(&job.settings, job.limits.stack));
        let module = job
            .trace
            .timed(
                format_args!("validating {} bytes", source.binary.len()),
                || Module::new(&engine, &source.binary),
            )
            .map_err(|error| {
                let reason = format!("invalid module: {}", describe(&error));
                entry::refused(source, &job.settings.features, Kind::Wasmi, reason)
            })?;
        let linker = linker(&engine, &module).map_err(|error| source.error(describe(&error)))?;
        let declared = entry::declared(&source.binary);
        job.limits
            .allow_instance(declared.memories, declared.tables)
            .map_err(|reason| Error::limit(&source.file, reason))?;
        let stack_is_given = job.limits.stack_is_given;
        let mut store = Store::new(
            &engine,
            Host {
                wasi: job.wasi,
                limits: job.limits,
            },
        );
        store.limiter(|host| &mut host.limits);
        if let Some(fuel) = job.fuel {
            store
                .set_fuel(fuel)
                .map_err(|error| source.error(describe(&error)))?;
        }

        let exports: Vec<_> = module
            .exports()
            .filter_map(|export| match export.ty() {
                ExternType::Func(ty) => Some((export.name().to_owned(), signature(ty))),
                _ => None,
            })
            .collect();
        // Before anything runs, so that a mistake on the command line has no effects.
        let target = entry::resolve(&job.entry, source, &exports)?;
        let mut run = Run {
            source,
            fuel: job.fuel,
            stack_is_given,
            store,
        };
        let start = job.trace.timed("linking", || {
            linker.instantiate_and_start(&mut run.store, &module)
        });
        let instance = match start {
            Ok(instance) => instance,
            Err(error) => return run.end("its start function", error),
        };
        if matches!(job.entry, Entry::Invoke(..))
            && let Some(initialize) = instance.get_func(&run.store, INITIALIZE)
            && target.name != INITIALIZE
            && let Err(error) = initialize.call(&mut run.store, &[], &mut [])
        {
            return run.end(INITIALIZE, error);
        }
        job.trace.timed("running", || run.call(instance, &target))
    }
}

/// What `module` imports of WASI preview 1.
fn linker(engine: &wasmi::Engine, module: &Module) -> Result<Linker<Host>, wasmi::Error> {
    let mut linker = Linker::new(engine);
    let imported: Vec<_> = module
        .imports()
        .filter(|import| import.module() == wasi::MODULE)
        .map(|import| import.name())
        .collect();
    wasi::add_to_wasmi(&mut linker, &imported, |host: &mut Host| &mut host.wasi)?;
    Ok(linker)
}

/// A module being run.
struct Run<'a> {
    source: &'a module::Module,
    fuel: Option<u64>,
    stack_is_given: bool,
    store: Store<Host>,
}

impl Run<'_> {
    /// Calls `target` and waits for its end.
    fn call(&mut self, instance: Instance, target: &Target) -> Result<Outcome, Error> {
        let func: Func = instance
            .get_func(&self.store, &target.name)
            .ok_or_else(|| {
                self.source
                    .error(format!("the export '{}' vanished", target.name))
            })?;
        let params: Vec<Val> = target.params.iter().map(into_val).collect();
        let ty = func.ty(&self.store);
        let mut results: Vec<Val> = ty
            .results()
            .iter()
            .map(|&ty| Val::default_for_ty(ty))
            .collect();
        match func.call(&mut self.store, &params, &mut results) {
            Ok(()) if target.name == START => Ok(Outcome::Exited(0)),
            Ok(()) => Ok(Outcome::Returned(results.iter().map(from_val).collect())),
            Err(error) => self.end(&target.name, error),
        }
    }

    /// Tells what it means that a call of `function` ended with `error`.
    fn end(&mut self, function: &str, error: wasmi::Error) -> Result<Outcome, Error> {
        if let Some(status) = error.i32_exit_status() {
            return Ok(Outcome::Exited(status));
        }
        let file = &self.source.file;
        let trap = |reason: String| {
            Err(Error::Trap {
                file: file.clone(),
                reason,
                function: function.to_owned(),
                frames: Vec::new(),
            })
        };
        match (error.kind(), error.as_trap_code()) {
            (_, Some(TrapCode::OutOfFuel)) => Err(Error::out_of_fuel(file, self.fuel)),
            (_, Some(TrapCode::StackOverflow)) if self.stack_is_given => {
                Err(Error::out_of_stack(file))
            }
            (_, Some(code)) => trap(trap_message(code).to_owned()),
            // A host function that could not do its work, such as WASI's without a memory to work on.
            (ErrorKind::Message(_) | ErrorKind::Host(_), None) => trap(describe(&error)),
            (
                ErrorKind::Linker(_)
                | ErrorKind::Instantiation(InstantiationError::FuncTypeMismatch { .. }),
                None,
            ) => Err(self.source.error(describe(&error))),
            (
                ErrorKind::Instantiation(InstantiationError::FailedToInstantiateMemory(
                    MemoryError::MinimumSizeOverflow | MemoryError::OutOfSystemMemory,
                )),
                None,
            ) => Err(Error::limit(file, describe(&error))),
            _ => {
                let refusal = self.store.data().limits.refused().take();
                Err(match refusal {
                    Some(refusal) => Error::limit(file, refusal),
                    None => entry::not_instantiated(self.source, &describe(&error)),
                })
            }
        }
    }
}

/// What the program did, in the words of the specification.
fn trap_message(code: TrapCode) -> &'static str {
    match code {
        TrapCode::UnreachableCodeReached => "unreachable executed",
        TrapCode::MemoryOutOfBounds => "out of bounds memory access",
        TrapCode::TableOutOfBounds => "out of bounds table access",
        TrapCode::IndirectCallToNull => "indirect call through an empty table element",
        TrapCode::IntegerDivisionByZero => "integer divide by zero",
        TrapCode::IntegerOverflow => "integer overflow",
        TrapCode::BadConversionToInteger => "invalid conversion to integer",
        TrapCode::StackOverflow => "call stack exhausted",
        TrapCode::BadSignature => "indirect call of a function of another type",
        TrapCode::OutOfFuel => "out of fuel",
        TrapCode::GrowthOperationLimited => "growth refused",
        TrapCode::OutOfSystemMemory => "out of memory",
    }
}

/// Puts an error into one line, with types as people write them.
pub fn describe(error: &wasmi::Error) -> String {
    use wasmi::errors::LinkerError::{
        DuplicateDefinition, InvalidTypeDefinition, MissingDefinition,
    };
    match error.kind() {
        ErrorKind::Linker(MissingDefinition { name, ty }) => {
            entry::unknown_import(name.module(), name.name(), &extern_name(ty))
        }
        ErrorKind::Linker(InvalidTypeDefinition {
            name,
            expected,
            found,
        }) => entry::wrong_import(
            name.module(),
            name.name(),
            &extern_name(expected),
            &extern_name(found),
        ),
        ErrorKind::Instantiation(InstantiationError::FuncTypeMismatch {
            name,
            expected,
            actual,
        }) => entry::wrong_import(
            name.module(),
            name.name(),
            &signature(expected).to_string(),
            &signature(actual).to_string(),
        ),
        ErrorKind::Linker(DuplicateDefinition { .. }) => error.to_string(),
        _ => error
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn extern_name(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("a function {}", signature(ty)),
        ExternType::Global(ty) => format!("a global of type {}", value_type(ty.content())),
        ExternType::Memory(_) => "a memory".to_owned(),
        ExternType::Table(_) => "a table".to_owned(),
    }
}

fn signature(ty: &FuncType) -> Signature {
    Signature {
        params: ty.params().iter().copied().map(value_type).collect(),
        results: ty.results().iter().copied().map(value_type).collect(),
    }
}

fn value_type(ty: ValType) -> ValueType {
    match ty {
        ValType::I32 => ValueType::Plain(Type::I32),
        ValType::I64 => ValueType::Plain(Type::I64),
        ValType::F32 => ValueType::Plain(Type::F32),
        ValType::F64 => ValueType::Plain(Type::F64),
        ValType::V128 => ValueType::Plain(Type::V128),
        ValType::FuncRef => ValueType::Reference("funcref".to_owned()),
        ValType::ExternRef => ValueType::Reference("externref".to_owned()),
    }
}

fn into_val(value: &Value) -> Val {
    match *value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(bits)),
        Value::V128(value) => Val::V128(V128::from(value)),
        Value::Null | Value::Reference => Val::ExternRef(Nullable::Null),
    }
}

fn from_val(value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(value) => Value::F32(value.to_bits()),
        Val::F64(value) => Value::F64(value.to_bits()),
        Val::V128(value) => Value::V128(value.as_u128()),
        Val::FuncRef(Nullable::Null) | Val::ExternRef(Nullable::Null) => Value::Null,
        Val::FuncRef(_) | Val::ExternRef(_) => Value::Reference,
    }
}
