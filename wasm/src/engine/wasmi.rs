//! The interpreter: wasmi, with WASI preview 1 from wasmi_wasi.
//!
//! Functions are validated at load time and translated when first called, which makes for a quick start.
//! wasmi keeps no call stack that could be shown after a trap; messages name the function that was called.

use wasmi::errors::{ErrorKind, InstantiationError, MemoryError, TableError};
use wasmi::{
    Config, ExternType, F32, F64, Func, Instance, Linker, Module, Nullable, ResourceLimiter, Store,
    TrapCode, V128, Val, ValType,
};
use wasmi_core::LimiterError;
use wasmi_wasi::WasiCtx;

use super::{Engine, Entry, Job, Outcome};
use crate::error::Error;
use crate::limits::Limits;
use crate::module;
use crate::value::{Type, Value};

/// Calls that may be active at a time.
const MAX_CALLS: usize = 100_000;
/// Bytes of the stack that holds the locals and operands of active calls.
const MAX_STACK: usize = 16 << 20;
/// Linear memories and tables that a module may have; few have more than one of each.
const MAX_MEMORIES: usize = 100;
const MAX_TABLES: usize = 10_000;
/// The module name of WASI preview 1's functions.
const WASI: &str = "wasi_snapshot_preview1";
/// What a command exports to be run, and what a library exports to be set up.
const START: &str = "_start";
const INITIALIZE: &str = "_initialize";

/// The engine.
pub struct Wasmi;

/// What host functions and limits see.
struct Host {
    wasi: WasiCtx,
    limits: Limits,
}

impl ResourceLimiter for Host {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.limits.allows_memory(current, desired))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.limits.allows_table(current, desired))
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MAX_TABLES
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES
    }
}

impl Engine for Wasmi {
    fn run(&self, job: Job) -> Result<Outcome, Error> {
        let mut config = Config::default();
        config.consume_fuel(job.fuel.is_some());
        config.set_max_recursion_depth(MAX_CALLS);
        config.set_max_stack_height(MAX_STACK);
        let engine = wasmi::Engine::new(&config);

        let module = Module::new(&engine, &job.module.binary).map_err(|error| {
            job.module
                .error(format!("invalid module: {}", describe(&error)))
        })?;
        let linker = linker(&engine).map_err(|error| job.module.error(describe(&error)))?;
        let mut store = Store::new(
            &engine,
            Host {
                wasi: job.wasi,
                limits: job.limits,
            },
        );
        store.limiter(|host| host);
        if let Some(fuel) = job.fuel {
            store
                .set_fuel(fuel)
                .map_err(|error| job.module.error(describe(&error)))?;
        }

        // Before anything runs, so that a mistake on the command line has no effects.
        let target = resolve(&job.entry, &module, &job.module)?;
        let mut run = Run {
            source: &job.module,
            fuel: job.fuel,
            store,
        };
        let instance = match linker.instantiate_and_start(&mut run.store, &module) {
            Ok(instance) => instance,
            Err(error) => return run.end("its start function", error, "can't be instantiated"),
        };
        if matches!(job.entry, Entry::Invoke(..))
            && let Some(initialize) = instance.get_func(&run.store, INITIALIZE)
            && let Err(error) = initialize.call(&mut run.store, &[], &mut [])
        {
            return run.end(INITIALIZE, error, "can't be initialized");
        }
        run.call(instance, &target)
    }
}

/// An exported function, and the parameters to call it with.
struct Target {
    name: String,
    params: Vec<Val>,
    results: Vec<ValType>,
}

/// Finds the function that `entry` means and reads its parameters.
fn resolve(entry: &Entry, module: &Module, source: &module::Module) -> Result<Target, Error> {
    let file = source.file.display();
    let (name, args) = match entry {
        Entry::Start => (START, &[][..]),
        Entry::Invoke(name, args) => (name.as_str(), args.as_slice()),
    };
    let Some(ExternType::Func(ty)) = module.get_export(name) else {
        let problem = match entry {
            Entry::Start => {
                "is not a program: it exports no '_start'; choose a function with --invoke"
                    .to_owned()
            }
            Entry::Invoke(..) => format!("exports no function '{name}'"),
        };
        return Err(Error::Usage(format!(
            "{file}: {problem}; {}",
            exported_functions(module)
        )));
    };
    if matches!(entry, Entry::Start) && !(ty.params().is_empty() && ty.results().is_empty()) {
        return Err(source.error(format!(
            "exports '_start' with the wrong type {}",
            signature(&ty)
        )));
    }
    if ty.params().len() != args.len() {
        let (wanted, given) = (signature(&ty), args.len());
        return Err(Error::Usage(format!(
            "{file}: '{name}' has the type {wanted}, but {given} given"
        )));
    }
    let params = ty
        .params()
        .iter()
        .zip(args)
        .enumerate()
        .map(|(index, (&ty, text))| {
            let place = format!("parameter {} of '{name}'", index + 1);
            let Some(plain) = plain_type(ty) else {
                let ty = type_name(ty);
                return Err(Error::Usage(format!(
                    "{file}: {place} is of type {ty} and can't be given here"
                )));
            };
            let value = Value::parse(text, plain);
            value.map(into_val).ok_or_else(|| {
                Error::Usage(format!("{file}: {place}: '{text}' is not of type {plain}"))
            })
        });
    let params = params.collect::<Result<_, _>>()?;
    Ok(Target {
        name: name.to_owned(),
        params,
        results: ty.results().to_vec(),
    })
}

/// Names some of the functions that could be called.
fn exported_functions(module: &Module) -> String {
    const SHOWN: usize = 8;
    let names: Vec<_> = module
        .exports()
        .filter(|export| matches!(export.ty(), ExternType::Func(_)))
        .map(|export| format!("'{}'", export.name().escape_debug()))
        .collect();
    match names.len() {
        0 => "it exports no functions".to_owned(),
        count if count > SHOWN => format!("its functions are {}, …", names[..SHOWN].join(", ")),
        _ => format!("its functions are {}", names.join(", ")),
    }
}

/// All of WASI preview 1.
fn linker(engine: &wasmi::Engine) -> Result<Linker<Host>, wasmi::Error> {
    let mut linker = Linker::new(engine);
    wasmi_wasi::add_to_linker(&mut linker, |host: &mut Host| &mut host.wasi)
        .map_err(|error| wasmi::Error::new(error.to_string()))?;
    // The one of wasmi_wasi turns statuses from 126 on into traps; programs expect what a process may do.
    linker.allow_shadowing(true);
    linker.func_wrap(
        WASI,
        "proc_exit",
        |status: i32| -> Result<(), wasmi::Error> { Err(wasmi::Error::i32_exit(status)) },
    )?;
    Ok(linker)
}

/// A module being run.
struct Run<'a> {
    source: &'a module::Module,
    fuel: Option<u64>,
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
        let mut results: Vec<Val> = target
            .results
            .iter()
            .map(|&ty| Val::default_for_ty(ty))
            .collect();
        match func.call(&mut self.store, &target.params, &mut results) {
            Ok(()) if target.name == START => Ok(Outcome::Exited(0)),
            Ok(()) => Ok(Outcome::Returned(results.iter().map(from_val).collect())),
            Err(error) => self.end(&target.name, error, "failed"),
        }
    }

    /// Tells what it means that a call of `function` ended with `error`; `otherwise` introduces an error
    /// that is neither the program's exit nor its fault.
    fn end(
        &mut self,
        function: &str,
        error: wasmi::Error,
        otherwise: &str,
    ) -> Result<Outcome, Error> {
        if let Some(status) = error.i32_exit_status() {
            return Ok(Outcome::Exited(status));
        }
        let file = self.source.file.clone();
        match error.kind() {
            ErrorKind::Linker(_)
            | ErrorKind::Instantiation(InstantiationError::FuncTypeMismatch { .. }) => {
                Err(self.source.error(describe(&error)))
            }
            ErrorKind::Instantiation(
                InstantiationError::FailedToInstantiateMemory(
                    MemoryError::ResourceLimiterDeniedAllocation,
                )
                | InstantiationError::FailedToInstantiateTable(
                    TableError::ResourceLimiterDeniedAllocation,
                ),
            ) => {
                let refusal = self.store.data_mut().limits.take_refusal();
                Err(self
                    .source
                    .error(refusal.unwrap_or_else(|| describe(&error))))
            }
            _ => match error.as_trap_code() {
                Some(TrapCode::OutOfFuel) => Err(Error::OutOfFuel {
                    file,
                    fuel: self.fuel.unwrap_or(0),
                }),
                Some(code) => {
                    let reason = trap_message(code).to_owned();
                    Err(Error::Trap {
                        file,
                        reason,
                        function: function.to_owned(),
                    })
                }
                None if matches!(error.kind(), ErrorKind::Message(_) | ErrorKind::Host(_)) => {
                    // A host function that could not do its work, such as WASI's without a memory to work on.
                    Err(Error::Trap {
                        file,
                        reason: describe(&error),
                        function: function.to_owned(),
                    })
                }
                None => Err(self
                    .source
                    .error(format!("{otherwise}: {}", describe(&error)))),
            },
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
fn describe(error: &wasmi::Error) -> String {
    use wasmi::errors::LinkerError::{
        DuplicateDefinition, InvalidTypeDefinition, MissingDefinition,
    };
    match error.kind() {
        ErrorKind::Linker(MissingDefinition { name, ty }) => {
            let (module, field) = (name.module().escape_debug(), name.name().escape_debug());
            let hint = match name.module() {
                "wasi_unstable" => " (a snapshot of WASI before preview 1)",
                WASI => " (not part of WASI preview 1)",
                _ => "",
            };
            format!(
                "unknown import '{module}.{field}', {}{hint}",
                extern_name(ty)
            )
        }
        ErrorKind::Linker(InvalidTypeDefinition {
            name,
            expected,
            found,
        }) => wrong_import(
            name.module(),
            name.name(),
            &extern_name(expected),
            &extern_name(found),
        ),
        ErrorKind::Instantiation(InstantiationError::FuncTypeMismatch {
            name,
            expected,
            actual,
        }) => wrong_import(
            name.module(),
            name.name(),
            &signature(expected),
            &signature(actual),
        ),
        ErrorKind::Linker(DuplicateDefinition { .. }) => error.to_string(),
        _ => error
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn wrong_import(module: &str, field: &str, expected: &str, found: &str) -> String {
    let (module, field) = (module.escape_debug(), field.escape_debug());
    format!(
        "the import '{module}.{field}' is declared as {expected}, but what is offered is {found}"
    )
}

fn extern_name(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("a function {}", signature(ty)),
        ExternType::Global(ty) => format!("a global of type {}", type_name(ty.content())),
        ExternType::Memory(_) => "a memory".to_owned(),
        ExternType::Table(_) => "a table".to_owned(),
    }
}

fn signature(ty: &wasmi::FuncType) -> String {
    let list = |types: &[ValType]| {
        types
            .iter()
            .map(|&ty| type_name(ty))
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}

fn type_name(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::V128 => "v128",
        ValType::FuncRef => "funcref",
        ValType::ExternRef => "externref",
    }
}

fn plain_type(ty: ValType) -> Option<Type> {
    match ty {
        ValType::I32 => Some(Type::I32),
        ValType::I64 => Some(Type::I64),
        ValType::F32 => Some(Type::F32),
        ValType::F64 => Some(Type::F64),
        ValType::V128 => Some(Type::V128),
        ValType::FuncRef | ValType::ExternRef => None,
    }
}

fn into_val(value: Value) -> Val {
    match value {
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
