//! The compilers: wasmtime, with Cranelift or Winch.
//!
//! Code is mapped either writable or executable, and what a program must not touch ends in a fault that
//! wasmtime's signal handlers turn into a trap. The program runs in a thread of its own, whose stack is as large
//! as `--max-stack` says.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use wasmparser::WasmFeatures;
use wasmtime::{
    Config, ExternType, FrameInfo, FuncType, HeapType, Instance, Linker, Module, ResourceLimiter,
    SharedMemory, Store, Strategy, Trap, Val, ValType, WasmBacktrace, WasmBacktraceDetails,
    WasmCoreDump,
};

use super::entry::{self, INITIALIZE, START, Signature, Target, ValueType};
use super::{Engine, Entry, Job, Kind, Outcome, Settings};
use crate::artifact::{Artifact, Header};
use crate::cache::Cache;
use crate::error::{Error, plain};
use crate::limits::Limits;
use crate::module;
use crate::trace::Progress;
use crate::value::{Type, Value};
use crate::wasi::{self, WasiCtx};

/// Bytes of a thread's stack besides those that a program may use: for the host functions that it calls.
pub const HOST_STACK: usize = 1 << 20;
/// Calls that a backtrace shows at most.
const MAX_FRAMES: usize = 32;
/// Calls that wasmtime lists: one more, which shows that there are more.
const LISTED_FRAMES: NonZeroUsize = NonZeroUsize::new(MAX_FRAMES + 1).unwrap();

/// The engine.
pub struct Wasmtime {
    /// [`Kind::Wasmtime`] or [`Kind::Winch`].
    pub compiler: Kind,
}

/// What host functions see.
struct Host {
    wasi: WasiCtx,
    limits: Limits,
}

ask_limits!(ResourceLimiter, wasmtime::Result<bool>);

/// Which processor compiled code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Cpu {
    /// This one
    Native,
    /// Any x86-64
    Baseline,
    /// Any with AVX2, BMI and FMA (x86-64-v3)
    V3,
}

impl Cpu {
    /// Cranelift's names of what a processor must have.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Native | Self::Baseline => &[],
            Self::V3 => &[
                "has_sse3",
                "has_ssse3",
                "has_sse41",
                "has_sse42",
                "has_popcnt",
                "has_avx",
                "has_avx2",
                "has_bmi1",
                "has_bmi2",
                "has_lzcnt",
                "has_fma",
            ],
        }
    }
}

/// Sets an engine up.
pub fn configure(
    compiler: Kind,
    settings: &Settings,
    stack: usize,
    cpu: Cpu,
) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config.strategy(match compiler {
        Kind::Winch => Strategy::Winch,
        Kind::Wasmtime | Kind::Wasmi => Strategy::Cranelift,
    });
    let features = settings.features.within(compiler);
    let has = |flag| features.has(flag);
    switch_proposals!(config, features)
        .wasm_threads(has(WasmFeatures::THREADS))
        .wasm_function_references(has(WasmFeatures::FUNCTION_REFERENCES))
        .gc_support(has(WasmFeatures::GC_TYPES))
        .wasm_gc(has(WasmFeatures::GC))
        .wasm_exceptions(has(WasmFeatures::EXCEPTIONS))
        .wasm_stack_switching(has(WasmFeatures::STACK_SWITCHING))
        .shared_memory(features.shared_memory());
    config.consume_fuel(settings.fuel);
    config.max_wasm_stack(stack);
    // Those that stack-switching makes; wasmtime wants them to be no smaller, whether or not there are any.
    config.async_stack_size(stack.saturating_add(HOST_STACK));
    config.wasm_backtrace_max_frames(Some(LISTED_FRAMES));
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    config.debug_symbols(false);
    // Nothing is unwound through compiled code; without this the unwinder need not be told about it.
    config.native_unwind_info(false);
    config.concurrency_support(false);
    config.memory_init_cow(true);
    if cpu != Cpu::Native {
        config.target("x86_64-unknown-linux-gnu")?;
        for flag in cpu.flags() {
            // SAFETY: these only tell Cranelift which instructions it may use. wasmtime compares them with the
            // processor before it runs the code.
            unsafe { config.cranelift_flag_enable(flag) };
        }
    }
    Ok(config)
}

/// Compiles `source` for later and elsewhere, and returns the code and what is known about it.
///
/// # Errors
///
/// [`Error::Module`] if the module is invalid or needs what the compiler lacks.
pub fn precompile(
    source: &module::Module,
    compiler: Kind,
    settings: &Settings,
    cpu: Cpu,
) -> Result<(Vec<u8>, Header), Error> {
    let refused = |error: wasmtime::Error| {
        entry::refused(source, &settings.features, compiler, describe(&error))
    };
    entry::check_sharing(source, &settings.features)?;
    let config = configure(compiler, settings, 1 << 20, cpu).map_err(refused)?;
    let engine = wasmtime::Engine::new(&config).map_err(refused)?;
    let _progress = Progress::compiling(&source.file);
    let code = engine.precompile_module(&source.binary).map_err(refused)?;
    let name = Cache::name(&source.binary, compiler, settings);
    Ok((code, Header::new(compiler, settings, name)))
}

impl Engine for Wasmtime {
    fn run(&self, job: Job<'_>) -> Result<Outcome, Error> {
        let source = job.module;
        let size = job.limits.stack.saturating_add(HOST_STACK);
        thread::scope(|scope| {
            let program = thread::Builder::new()
                .name("program".to_owned())
                .stack_size(size)
                .spawn_scoped(scope, || self.run_here(job));
            let program = program.map_err(|error| {
                source.error(format!("no stack of {size} bytes: {}", plain(&error)))
            })?;
            program
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Wasmtime {
    /// Runs `job` in this thread, whose stack is large enough.
    fn run_here(&self, job: Job<'_>) -> Result<Outcome, Error> {
        let source = job.module;
        let (engine, module) = self.prepare(&job)?;

        let exports: Vec<_> = module
            .exports()
            .filter_map(|export| match export.ty() {
                ExternType::Func(ty) => Some((export.name().to_owned(), signature(&ty))),
                _ => None,
            })
            .collect();
        // Before anything runs, so that a mistake on the command line has no effects.
        let target = entry::resolve(&job.entry, source, &exports)?;

        let needs = module.resources_required();
        let exceeded = |reason| Error::limit(&source.file, reason);
        job.limits
            .allow_instance(needs.num_memories as usize, needs.num_tables as usize)
            .map_err(exceeded)?;
        let declared = entry::declared(&source.binary).shared.into_iter();
        for size in declared.chain(shared_sizes(&module)) {
            job.limits.allow_shared(size).map_err(exceeded)?;
        }
        let stack_is_given = job.limits.stack_is_given;
        let mut store = Store::new(
            &engine,
            Host {
                wasi: job.wasi,
                limits: job.limits,
            },
        );
        store.limiter(|host| &mut host.limits);
        if job.settings.fuel {
            let fuel = job.fuel.unwrap_or(u64::MAX);
            store
                .set_fuel(fuel)
                .map_err(|error| source.error(describe(&error)))?;
        }
        let mut linker = Linker::new(&engine);
        let imported: Vec<_> = module
            .imports()
            .filter(|import| import.module() == wasi::MODULE)
            .map(|import| import.name())
            .collect();
        wasi::add_to_wasmtime(&mut linker, &imported, |host: &mut Host| &mut host.wasi)
            .map_err(|error| source.error(describe(&error)))?;
        if job.settings.features.shared_memory() {
            offer_shared_memories(&module, &mut linker, &store)
                .map_err(|error| source.error(describe(&error)))?;
        }
        check_imports(&module, &linker, &mut store).map_err(|reason| source.error(reason))?;

        let mut run = Run {
            source,
            fuel: job.fuel,
            stack_is_given,
            coredump: job.coredump,
            store,
        };
        let start = job
            .trace
            .timed("linking", || linker.instantiate(&mut run.store, &module));
        let instance = match start {
            Ok(instance) => instance,
            Err(error) => return run.end("its start function", error),
        };
        if matches!(job.entry, Entry::Invoke(..))
            && let Some(initialize) = instance.get_func(&mut run.store, INITIALIZE)
            && target.name != INITIALIZE
            && let Err(error) = initialize.call(&mut run.store, &[], &mut [])
        {
            return run.end(INITIALIZE, error);
        }
        job.trace.timed("running", || run.call(instance, &target))
    }

    /// Sets the engine up and loads the module. What Winch turns out not to compile goes to Cranelift if the choice
    /// of the engine is ours.
    fn prepare(&self, job: &Job<'_>) -> Result<(wasmtime::Engine, Module), Error> {
        let (source, features) = (job.module, &job.settings.features);
        let refused = |error: wasmtime::Error| {
            entry::refused(source, features, self.compiler, describe(&error))
        };
        entry::check_sharing(source, features)?;
        let mut config = configure(self.compiler, &job.settings, job.limits.stack, Cpu::Native)
            .map_err(refused)?;
        config.coredump_on_trap(job.coredump.is_some());
        let engine = job
            .trace
            .timed("setting up the engine", || wasmtime::Engine::new(&config))
            .map_err(refused)?;
        match self.load(&engine, job) {
            Err(error)
                if job.any_engine
                    && self.compiler == Kind::Winch
                    && source.compiled.is_none()
                    && features.diagnose(&source.binary, Kind::Winch).is_none() =>
            {
                job.trace
                    .note(format_args!("engine wasmtime instead, because {error}"));
                let compiler = Kind::Wasmtime;
                Self { compiler }.prepare(job)
            }
            result => result.map(|module| (engine, module)),
        }
    }

    /// Loads compiled code if there is any, and compiles otherwise.
    fn load(&self, engine: &wasmtime::Engine, job: &Job<'_>) -> Result<Module, Error> {
        let source = job.module;
        if let Some(artifact) = &source.compiled {
            return job
                .trace
                .timed("mapping the code", || map(engine, artifact))
                .map_err(|error| {
                    source.error(format!(
                        "the compiled code can't be used: {}",
                        describe(&error)
                    ))
                });
        }
        let cached = job.cache.map(|cache| {
            let name = Cache::name(&source.binary, self.compiler, &job.settings);
            let key = Cache::key(&name, engine.precompile_compatibility_hash());
            (cache, name, key)
        });
        if let Some((cache, name, key)) = &cached {
            let load = || match cache.load(name, key) {
                Ok(None) => None,
                Ok(Some(artifact)) => map(engine, &artifact)
                    .inspect_err(|error| {
                        cache.remove(name);
                        job.trace
                            .note(format_args!("cached code: {}", describe(error)));
                    })
                    .ok(),
                Err(reason) => {
                    job.trace
                        .note(format_args!("cached code thrown away: {reason}"));
                    None
                }
            };
            if let Some(module) = job.trace.timed("looking for cached code", load) {
                return Ok(module);
            }
        }
        let progress = Progress::compiling(&source.file);
        let module = job
            .trace
            .timed(
                format_args!(
                    "compiling {} bytes with {}",
                    source.binary.len(),
                    self.compiler.name()
                ),
                || Module::from_binary(engine, &source.binary),
            )
            .map_err(|error| {
                let reason = describe(&error);
                entry::refused(source, &job.settings.features, self.compiler, reason)
            })?;
        drop(progress);
        if let Some((cache, name, key)) = cached {
            let header = Header::new(self.compiler, &job.settings, key);
            // The program can run whether or not its code can be kept.
            let kept = module
                .serialize()
                .map_err(|error| describe(&error))
                .and_then(|code| {
                    cache
                        .store(&name, &code, &header)
                        .map_err(|error| plain(&error))
                });
            match kept {
                Ok(()) => job.trace.note("the code is kept for the next run"),
                Err(reason) => job
                    .trace
                    .note(format_args!("the code can't be kept: {reason}")),
            }
        }
        Ok(module)
    }
}

/// Maps the code of `artifact`.
fn map(engine: &wasmtime::Engine, artifact: &Artifact) -> wasmtime::Result<Module> {
    let file = artifact.file.try_clone()?;
    // SAFETY: the file holds what wasmtime made: a seal over all of it was checked, and either the user said
    // that the file is to be trusted or the seal is one that only this user's own runs can make.
    unsafe { Module::deserialize_open_file(engine, file) }
}

/// A module being run.
struct Run<'a> {
    source: &'a module::Module,
    fuel: Option<u64>,
    stack_is_given: bool,
    coredump: Option<PathBuf>,
    store: Store<Host>,
}

impl Run<'_> {
    /// Calls `target` and waits for its end.
    fn call(&mut self, instance: Instance, target: &Target) -> Result<Outcome, Error> {
        let func = instance
            .get_func(&mut self.store, &target.name)
            .ok_or_else(|| {
                self.source
                    .error(format!("the export '{}' vanished", target.name))
            })?;
        let params: Vec<Val> = target.params.iter().map(into_val).collect();
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        match func.call(&mut self.store, &params, &mut results) {
            Ok(()) if target.name == START => Ok(Outcome::Exited(0)),
            Ok(()) => Ok(Outcome::Returned(results.iter().map(from_val).collect())),
            Err(error) => self.end(&target.name, error),
        }
    }

    /// Tells what it means that a call of `function` ended with `error`.
    fn end(&mut self, function: &str, error: wasmtime::Error) -> Result<Outcome, Error> {
        if let Some(exit) = error.downcast_ref::<wasi::Exit>() {
            return Ok(Outcome::Exited(exit.0));
        }
        let file = &self.source.file;
        let frames = error.downcast_ref::<WasmBacktrace>().map(frames);
        let trap = error.downcast_ref::<Trap>().copied();
        let reason = match trap {
            Some(Trap::OutOfFuel) => return Err(Error::out_of_fuel(file, self.fuel)),
            Some(Trap::StackOverflow) if self.stack_is_given => {
                return Err(Error::out_of_stack(file));
            }
            Some(trap) => trap_message(trap),
            // Something that the host could not do: in a call of the program's, or before there was one.
            None if frames.is_some() => describe(&error),
            None => {
                return Err(match self.store.data().limits.refused().take() {
                    Some(refusal) => Error::limit(file, refusal),
                    None => entry::not_instantiated(self.source, &describe(&error)),
                });
            }
        };
        if let Some(path) = self.coredump.take()
            && let Some(dump) = error.downcast_ref::<WasmCoreDump>()
        {
            let bytes = dump.serialize(&mut self.store, &file.to_string_lossy());
            fs::write(&path, bytes).map_err(|error| {
                let (path, error) = (path.display(), plain(&error));
                self.source.error(format!(
                    "trap: {reason}; the core dump {path} can't be written: {error}"
                ))
            })?;
        }
        Err(Error::Trap {
            file: file.clone(),
            reason,
            function: function.to_owned(),
            frames: frames.unwrap_or_default(),
        })
    }
}

/// What the program did, in the same words as with the other engine.
fn trap_message(trap: Trap) -> String {
    let words = match trap {
        Trap::UnreachableCodeReached => "unreachable executed",
        Trap::TableOutOfBounds => "out of bounds table access",
        Trap::IndirectCallToNull => "indirect call through an empty table element",
        Trap::BadSignature => "indirect call of a function of another type",
        other => {
            let words = other.to_string();
            return words.trim_start_matches("wasm trap: ").to_owned();
        }
    };
    words.to_owned()
}

/// The calls of a backtrace: what was called, and from which line if the module tells.
fn frames(backtrace: &WasmBacktrace) -> Vec<String> {
    let all = backtrace.frames();
    let mut lines: Vec<_> = all.iter().take(MAX_FRAMES).flat_map(frame).collect();
    if all.len() > MAX_FRAMES {
        lines.push("… and more".to_owned());
    }
    lines
}

/// The lines for one call: more than one if the compiler of the module had inlined others into it.
fn frame(frame: &FrameInfo) -> Vec<String> {
    let offset = frame
        .module_offset()
        .map_or(String::new(), |offset| format!("{offset:#8x} "));
    let own = match frame.func_name() {
        Some(name) => demangle(name),
        None => format!("<function {}>", frame.func_index()),
    };
    if frame.symbols().is_empty() {
        return vec![format!("{offset}{own}")];
    }
    let symbols = frame.symbols().iter();
    symbols
        .map(|symbol| {
            let name = symbol.name().map_or_else(|| own.clone(), demangle);
            let place = match (symbol.file(), symbol.line()) {
                (Some(file), Some(line)) => format!(" at {}:{line}", file.escape_debug()),
                (Some(file), None) => format!(" at {}", file.escape_debug()),
                _ => String::new(),
            };
            format!("{offset}{name}{place}")
        })
        .collect()
}

/// A name as the source has it. It is the module's choice, so nothing that a terminal would obey is left in it.
fn demangle(name: &str) -> String {
    let rust = rustc_demangle::demangle(name);
    format!("{rust:#}").escape_debug().to_string()
}

/// Puts an error into one line.
pub fn describe(error: &wasmtime::Error) -> String {
    let root = error.root_cause().to_string();
    // Winch puts the backtrace of an error into its text, if RUST_BACKTRACE asks for one.
    let message = root.split("Stack backtrace:").next().unwrap_or_default();
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Bytes that the shared memories which `module` imports or exports may have at most.
fn shared_sizes(module: &Module) -> impl Iterator<Item = u64> + '_ {
    let imported = module.imports().map(|import| import.ty());
    let exported = module.exports().map(|export| export.ty());
    imported.chain(exported).filter_map(|ty| match ty {
        ExternType::Memory(ty) if ty.is_shared() => Some(
            ty.maximum()
                .unwrap_or(u64::MAX)
                .saturating_mul(ty.page_size()),
        ),
        _ => None,
    })
}

/// Makes the shared memories that `module` imports: a program built for threads expects to be given its memory.
fn offer_shared_memories(
    module: &Module,
    linker: &mut Linker<Host>,
    store: &Store<Host>,
) -> wasmtime::Result<()> {
    for import in module.imports() {
        if let ExternType::Memory(ty) = import.ty()
            && ty.is_shared()
        {
            let memory = SharedMemory::new(store.engine(), ty)?;
            linker.define(store, import.module(), import.name(), memory)?;
        }
    }
    Ok(())
}

/// Compares what the module imports with what the linker offers.
fn check_imports(
    module: &Module,
    linker: &Linker<Host>,
    store: &mut Store<Host>,
) -> Result<(), String> {
    for import in module.imports() {
        let (space, field, ty) = (import.module(), import.name(), import.ty());
        let Ok(offered) = linker.get(&mut *store, space, field) else {
            return Err(entry::unknown_import(space, field, &extern_name(&ty)));
        };
        let offered = offered.ty(&*store);
        let fits = match (&ty, &offered) {
            (ExternType::Func(wanted), ExternType::Func(offered)) => offered.matches(wanted),
            // Made for this very import.
            (ExternType::Memory(wanted), ExternType::Memory(_)) => wanted.is_shared(),
            // WASI offers functions only.
            _ => false,
        };
        if !fits {
            let (wanted, offered) = match (&ty, &offered) {
                (ExternType::Func(wanted), ExternType::Func(offered)) => (
                    signature(wanted).to_string(),
                    signature(offered).to_string(),
                ),
                _ => (extern_name(&ty), extern_name(&offered)),
            };
            return Err(entry::wrong_import(space, field, &wanted, &offered));
        }
    }
    Ok(())
}

fn extern_name(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("a function {}", signature(ty)),
        ExternType::Global(ty) => format!("a global of type {}", value_type(ty.content())),
        ExternType::Memory(ty) if ty.is_shared() => "a shared memory".to_owned(),
        ExternType::Memory(_) => "a memory".to_owned(),
        ExternType::Table(_) => "a table".to_owned(),
        ExternType::Tag(_) => "a tag".to_owned(),
    }
}

fn signature(ty: &FuncType) -> Signature {
    Signature {
        params: ty.params().map(|ty| value_type(&ty)).collect(),
        results: ty.results().map(|ty| value_type(&ty)).collect(),
    }
}

fn value_type(ty: &ValType) -> ValueType {
    match ty {
        ValType::I32 => ValueType::Plain(Type::I32),
        ValType::I64 => ValueType::Plain(Type::I64),
        ValType::F32 => ValueType::Plain(Type::F32),
        ValType::F64 => ValueType::Plain(Type::F64),
        ValType::V128 => ValueType::Plain(Type::V128),
        ValType::Ref(reference) => ValueType::Reference(match reference.heap_type() {
            HeapType::Func if reference.is_nullable() => "funcref".to_owned(),
            HeapType::Extern if reference.is_nullable() => "externref".to_owned(),
            _ => reference.to_string(),
        }),
    }
}

fn into_val(value: &Value) -> Val {
    match *value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(value) => Val::V128(value.into()),
        Value::Null | Value::Reference => Val::ExternRef(None),
    }
}

fn from_val(value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(bits) => Value::F32(*bits),
        Val::F64(bits) => Value::F64(*bits),
        Val::V128(value) => Value::V128(value.as_u128()),
        Val::FuncRef(None)
        | Val::ExternRef(None)
        | Val::AnyRef(None)
        | Val::ExnRef(None)
        | Val::ContRef(None) => Value::Null,
        Val::FuncRef(_) | Val::ExternRef(_) | Val::AnyRef(_) | Val::ExnRef(_) | Val::ContRef(_) => {
            Value::Reference
        }
    }
}
