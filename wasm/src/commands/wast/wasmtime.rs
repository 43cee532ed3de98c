//! Test scripts on wasmtime, with Cranelift or Winch.

use wasmparser::WasmFeatures;
use wasmtime::{
    AnyRef, Engine, Extern, ExternRef, Global, GlobalType, Instance, Linker, Memory, MemoryType,
    Module, Mutability, Ref, RefType, Rooted, SharedMemory, Store, Table, TableType,
    ThrownException, UnknownImportError, Val, ValType,
};
use wast::core::WastArgCore;

use super::machine::{Failure, Machine, Trap, define_prints, keep};
use super::value::{Family, Value};
use crate::engine::wasmtime::{Cpu, configure, describe};
use crate::engine::{Kind, Settings};
use crate::limits::Limits;

/// The engine, with what a script has made.
pub struct Wasmtime {
    store: Store<Limits>,
    linker: Linker<Limits>,
    modules: Vec<Module>,
    instances: Vec<Exports>,
    /// Whether memories may be shared.
    threads: bool,
}

/// What can be reached of an instance.
enum Exports {
    /// All of it.
    Own(Instance),
    /// It is another thread's: what may be shared, with its names.
    Shared(Vec<(String, SharedMemory)>),
}

impl Wasmtime {
    /// Sets the engine up with `compiler`, with the module "spectest" that scripts import from.
    ///
    /// # Errors
    ///
    /// The engine's reason, in one line.
    pub fn new(compiler: Kind, settings: &Settings) -> Result<Self, String> {
        let limits = super::limits();
        let told = |error: wasmtime::Error| describe(&error);
        let mut config = configure(compiler, settings, limits.stack, Cpu::Native).map_err(told)?;
        let threads = settings
            .features
            .within(compiler)
            .has(WasmFeatures::THREADS);
        // No program can share a memory, as there is nobody to share it with; a script may still define one.
        config.shared_memory(threads);
        let engine = Engine::new(&config).map_err(told)?;
        Self::on(&engine, threads).map_err(told)
    }

    /// A store of its own on `engine`.
    fn on(engine: &Engine, threads: bool) -> wasmtime::Result<Self> {
        let mut store = Store::new(engine, super::limits());
        store.limiter(|limits| limits);
        let mut linker = Linker::new(engine);
        // A script may register a name again.
        linker.allow_shadowing(true);
        spectest(&mut linker, &mut store)?;
        if threads {
            let memory = SharedMemory::new(engine, MemoryType::shared(1, 2))?;
            linker.define(&store, "spectest", "shared_memory", memory)?;
        }
        Ok(Self {
            store,
            linker,
            modules: Vec::new(),
            instances: Vec::new(),
            threads,
        })
    }

    /// What an instance exports under `name`.
    fn export(&mut self, instance: usize, name: &str) -> Option<Extern> {
        match &self.instances[instance] {
            Exports::Own(instance) => instance.get_export(&mut self.store, name),
            Exports::Shared(memories) => memories
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, memory)| Extern::SharedMemory(memory.clone())),
        }
    }

    fn argument(&mut self, arg: &WastArgCore<'_>, ty: Option<ValType>) -> Result<Val, Failure> {
        let other = |error: wasmtime::Error| Failure::Other(describe(&error));
        Ok(match arg {
            WastArgCore::I32(value) => Val::I32(*value),
            WastArgCore::I64(value) => Val::I64(*value),
            WastArgCore::F32(value) => Val::F32(value.bits),
            WastArgCore::F64(value) => Val::F64(value.bits),
            WastArgCore::V128(value) => Val::V128(u128::from_le_bytes(value.to_le_bytes()).into()),
            WastArgCore::RefNull(_) => match ty {
                Some(ValType::Ref(ty)) => Val::null_ref(ty.heap_type()),
                _ => return Err(Failure::other("a null where no reference is taken")),
            },
            WastArgCore::RefExtern(number) => Val::ExternRef(Some(
                ExternRef::new(&mut self.store, *number).map_err(other)?,
            )),
            WastArgCore::RefHost(number) => {
                let host = ExternRef::new(&mut self.store, *number).map_err(other)?;
                let host = AnyRef::convert_extern(&mut self.store, host).map_err(other)?;
                Val::AnyRef(Some(host))
            }
        })
    }

    fn value(&mut self, value: &Val) -> wasmtime::Result<Value> {
        Ok(match value {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(bits) => Value::F32(*bits),
            Val::F64(bits) => Value::F64(*bits),
            Val::V128(value) => Value::V128(value.as_u128()),
            Val::FuncRef(None) => Value::Null(Family::Func),
            Val::FuncRef(Some(_)) => Value::Func,
            Val::ExternRef(None) => Value::Null(Family::Extern),
            Val::ExternRef(Some(value)) => Value::Extern(self.number(value)?),
            Val::AnyRef(None) => Value::Null(Family::Any),
            Val::AnyRef(Some(value)) => self.internal(*value)?,
            Val::ExnRef(None) => Value::Null(Family::Exn),
            Val::ExnRef(Some(_)) => Value::Exn,
            Val::ContRef(None) => Value::Null(Family::Cont),
            Val::ContRef(Some(_)) => Value::Unknown,
        })
    }

    /// The number that the script gave to something of the host's.
    fn number(&self, value: &Rooted<ExternRef>) -> wasmtime::Result<Option<u32>> {
        let data = value.data(&self.store)?;
        Ok(data.and_then(|data| data.downcast_ref::<u32>().copied()))
    }

    /// What kind of thing lives in the program's heap.
    fn internal(&mut self, value: Rooted<AnyRef>) -> wasmtime::Result<Value> {
        if value.is_i31(&self.store)? {
            return Ok(Value::I31);
        }
        if value.is_struct(&self.store)? {
            return Ok(Value::Struct);
        }
        if value.is_array(&self.store)? {
            return Ok(Value::Array);
        }
        let host = ExternRef::convert_any(&mut self.store, value)?;
        self.number(&host).map(Value::Host)
    }

    fn failure(&mut self, error: &wasmtime::Error) -> Failure {
        if let Some(&trap) = error.downcast_ref::<wasmtime::Trap>() {
            return match words(trap) {
                Some(trap) => Failure::Trap(trap),
                None => Failure::Other(describe(error)),
            };
        }
        if error.is::<ThrownException>() {
            // It stays in the store until someone takes it.
            self.store.take_pending_exception();
            return Failure::Exception;
        }
        // There is no type for the second kind; what comes as its context is all that tells.
        let mismatch = |cause: &dyn std::fmt::Display| {
            let cause = cause.to_string();
            cause.starts_with("incompatible import type")
        };
        if error.is::<UnknownImportError>() || error.chain().any(|cause| mismatch(&cause)) {
            return Failure::Unlinkable(describe(error));
        }
        Failure::Other(describe(error))
    }
}

impl Machine for Wasmtime {
    fn define(&mut self, binary: &[u8]) -> Result<usize, Failure> {
        let module = Module::from_binary(self.store.engine(), binary)
            .map_err(|error| Failure::Invalid(describe(&error)))?;
        Ok(keep(&mut self.modules, module))
    }

    fn instantiate(&mut self, module: usize) -> Result<usize, Failure> {
        let instance = self
            .linker
            .instantiate(&mut self.store, &self.modules[module])
            .map_err(|error| self.failure(&error))?;
        Ok(keep(&mut self.instances, Exports::Own(instance)))
    }

    fn register(&mut self, name: &str, instance: usize) -> Result<(), Failure> {
        let defined = match &self.instances[instance] {
            Exports::Own(instance) => self
                .linker
                .instance(&mut self.store, name, *instance)
                .map(drop),
            Exports::Shared(memories) => memories.iter().try_for_each(|(export, memory)| {
                let memory = memory.clone();
                self.linker
                    .define(&self.store, name, export, memory)
                    .map(drop)
            }),
        };
        defined.map_err(|error| Failure::Other(describe(&error)))
    }

    fn invoke(
        &mut self,
        instance: usize,
        function: &str,
        args: &[WastArgCore<'_>],
    ) -> Result<Vec<Value>, Failure> {
        let function = self
            .export(instance, function)
            .and_then(Extern::into_func)
            .ok_or_else(|| Failure::other(format!("no function '{function}' is exported")))?;
        let ty = function.ty(&self.store);
        let mut types = ty.params();
        let params: Result<Vec<_>, _> = args
            .iter()
            .map(|arg| self.argument(arg, types.next()))
            .collect();
        let mut results = vec![Val::I32(0); ty.results().len()];
        function
            .call(&mut self.store, &params?, &mut results)
            .map_err(|error| self.failure(&error))?;
        let values: wasmtime::Result<Vec<_>> =
            results.iter().map(|value| self.value(value)).collect();
        values.map_err(|error| Failure::Other(describe(&error)))
    }

    fn get(&mut self, instance: usize, global: &str) -> Result<Value, Failure> {
        let global = self
            .export(instance, global)
            .and_then(Extern::into_global)
            .ok_or_else(|| Failure::other(format!("no global '{global}' is exported")))?;
        let value = global.get(&mut self.store);
        self.value(&value)
            .map_err(|error| Failure::Other(describe(&error)))
    }

    fn fork(&mut self, instance: Option<usize>) -> Result<Box<dyn Machine>, Failure> {
        let mut other = Self::on(self.store.engine(), self.threads)
            .map_err(|error| Failure::Other(describe(&error)))?;
        other.modules.clone_from(&self.modules);
        let memories = match instance.map(|instance| &self.instances[instance]) {
            Some(Exports::Own(instance)) => instance
                .exports(&mut self.store)
                .filter_map(|export| {
                    let name = export.name().to_owned();
                    let memory = export.into_extern().into_shared_memory()?;
                    Some((name, memory))
                })
                .collect(),
            Some(Exports::Shared(memories)) => memories.clone(),
            None => Vec::new(),
        };
        other.instances.push(Exports::Shared(memories));
        Ok(Box::new(other))
    }
}

/// What scripts import: see the README of the specification's interpreter. What is printed is no part of a test.
fn spectest(linker: &mut Linker<Limits>, store: &mut Store<Limits>) -> wasmtime::Result<()> {
    const NAME: &str = "spectest";
    define_prints!(linker, NAME, f32, f64);
    for (name, ty, value) in [
        ("global_i32", ValType::I32, Val::I32(666)),
        ("global_i64", ValType::I64, Val::I64(666)),
        ("global_f32", ValType::F32, Val::F32(666.6_f32.to_bits())),
        ("global_f64", ValType::F64, Val::F64(666.6_f64.to_bits())),
    ] {
        let ty = GlobalType::new(ty, Mutability::Const);
        let global = Global::new(&mut *store, ty, value)?;
        linker.define(&*store, NAME, name, global)?;
    }
    let ty = TableType::new(RefType::FUNCREF, 10, Some(20));
    let table = Table::new(&mut *store, ty, Ref::Func(None))?;
    linker.define(&*store, NAME, "table", table)?;
    let ty = TableType::new64(RefType::FUNCREF, 10, Some(20));
    let table = Table::new(&mut *store, ty, Ref::Func(None))?;
    linker.define(&*store, NAME, "table64", table)?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(&*store, NAME, "memory", memory)?;
    Ok(())
}

/// What scripts call a trap; `None` for one that no script expects.
fn words(trap: wasmtime::Trap) -> Option<Trap> {
    use wasmtime::Trap as T;
    Some(match trap {
        T::UnreachableCodeReached => Trap::UNREACHABLE,
        T::MemoryOutOfBounds => Trap::MEMORY,
        T::TableOutOfBounds => Trap::TABLE,
        T::IndirectCallToNull => Trap::NULL_ELEMENT,
        T::BadSignature => Trap::SIGNATURE,
        T::IntegerDivisionByZero => Trap::DIVISION,
        T::IntegerOverflow => Trap::OVERFLOW,
        T::BadConversionToInteger => Trap::CONVERSION,
        T::StackOverflow => Trap::EXHAUSTION,
        T::HeapMisaligned => Trap::UNALIGNED,
        T::AtomicWaitNonSharedMemory => Trap::NOT_SHARED,
        T::NullReference => Trap::NULL,
        T::ArrayOutOfBounds => Trap::ARRAY,
        T::CastFailure => Trap::CAST,
        _ => return None,
    })
}
