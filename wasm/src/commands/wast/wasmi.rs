//! Test scripts on wasmi.

use wasmi::errors::{ErrorKind, InstantiationError};
use wasmi::{
    Engine, ExternRef, F32, F64, Global, Instance, Linker, Memory, MemoryType, Module, Mutability,
    Nullable, Ref, RefType, Store, Table, TableType, TrapCode, V128, Val, ValType,
};
use wast::core::WastArgCore;

use super::machine::{Failure, Machine, Trap, define_prints, keep};
use super::value::{Family, Value};
use crate::engine::Settings;
use crate::engine::wasmi::{configure, describe};
use crate::limits::Limits;

/// The engine, with what a script has made.
pub struct Wasmi {
    store: Store<Limits>,
    linker: Linker<Limits>,
    modules: Vec<Module>,
    instances: Vec<Instance>,
}

impl Wasmi {
    /// Sets the engine up, with the module "spectest" that scripts import from.
    ///
    /// # Errors
    ///
    /// The engine's reason, in one line.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let limits = super::limits();
        let engine = Engine::new(&configure(settings, limits.stack));
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        let mut linker = Linker::new(&engine);
        // A script may register a name again.
        linker.allow_shadowing(true);
        spectest(&mut linker, &mut store).map_err(|error| describe(&error))?;
        Ok(Self {
            store,
            linker,
            modules: Vec::new(),
            instances: Vec::new(),
        })
    }

    fn argument(&mut self, arg: &WastArgCore<'_>, ty: Option<ValType>) -> Result<Val, Failure> {
        Ok(match arg {
            WastArgCore::I32(value) => Val::I32(*value),
            WastArgCore::I64(value) => Val::I64(*value),
            WastArgCore::F32(value) => Val::F32(F32::from_bits(value.bits)),
            WastArgCore::F64(value) => Val::F64(F64::from_bits(value.bits)),
            WastArgCore::V128(value) => {
                Val::V128(V128::from(u128::from_le_bytes(value.to_le_bytes())))
            }
            WastArgCore::RefNull(_) => match ty {
                Some(ty @ (ValType::FuncRef | ValType::ExternRef)) => Val::default_for_ty(ty),
                _ => return Err(Failure::other("a null where no reference is taken")),
            },
            WastArgCore::RefExtern(number) => {
                Val::ExternRef(Nullable::Val(ExternRef::new(&mut self.store, *number)))
            }
            WastArgCore::RefHost(_) => return Err(Failure::other("wasmi lacks such references")),
        })
    }

    fn value(&self, value: &Val) -> Value {
        match value {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(value) => Value::F32(value.to_bits()),
            Val::F64(value) => Value::F64(value.to_bits()),
            Val::V128(value) => Value::V128(value.as_u128()),
            Val::FuncRef(Nullable::Null) => Value::Null(Family::Func),
            Val::FuncRef(Nullable::Val(_)) => Value::Func,
            Val::ExternRef(Nullable::Null) => Value::Null(Family::Extern),
            Val::ExternRef(Nullable::Val(value)) => {
                Value::Extern(value.data(&self.store).downcast_ref::<u32>().copied())
            }
        }
    }
}

impl Machine for Wasmi {
    fn define(&mut self, binary: &[u8]) -> Result<usize, Failure> {
        let module = Module::new(self.store.engine(), binary)
            .map_err(|error| Failure::Invalid(describe(&error)))?;
        Ok(keep(&mut self.modules, module))
    }

    fn instantiate(&mut self, module: usize) -> Result<usize, Failure> {
        let instance = self
            .linker
            .instantiate_and_start(&mut self.store, &self.modules[module])
            .map_err(|error| failure(&error))?;
        Ok(keep(&mut self.instances, instance))
    }

    fn register(&mut self, name: &str, instance: usize) -> Result<(), Failure> {
        let instance = self.instances[instance];
        self.linker
            .instance(&mut self.store, name, instance)
            .map_err(|error| Failure::other(describe(&error)))?;
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: usize,
        function: &str,
        args: &[WastArgCore<'_>],
    ) -> Result<Vec<Value>, Failure> {
        let function = self.instances[instance]
            .get_func(&self.store, function)
            .ok_or_else(|| Failure::other(format!("no function '{function}' is exported")))?;
        let ty = function.ty(&self.store);
        let params: Result<Vec<_>, _> = args
            .iter()
            .enumerate()
            .map(|(index, arg)| self.argument(arg, ty.params().get(index).copied()))
            .collect();
        let mut results: Vec<_> = ty
            .results()
            .iter()
            .map(|&ty| Val::default_for_ty(ty))
            .collect();
        function
            .call(&mut self.store, &params?, &mut results)
            .map_err(|error| failure(&error))?;
        Ok(results.iter().map(|value| self.value(value)).collect())
    }

    fn get(&mut self, instance: usize, global: &str) -> Result<Value, Failure> {
        let global = self.instances[instance]
            .get_global(&self.store, global)
            .ok_or_else(|| Failure::other(format!("no global '{global}' is exported")))?;
        let value = global.get(&self.store);
        Ok(self.value(&value))
    }

    fn fork(&mut self, _: Option<usize>) -> Result<Box<dyn Machine>, Failure> {
        Err(Failure::other("wasmi lacks threads"))
    }
}

/// What scripts import: see the README of the specification's interpreter. What is printed is no part of a test.
fn spectest(linker: &mut Linker<Limits>, store: &mut Store<Limits>) -> Result<(), wasmi::Error> {
    const NAME: &str = "spectest";
    define_prints!(linker, NAME, F32, F64);
    for (name, value) in [
        ("global_i32", Val::I32(666)),
        ("global_i64", Val::I64(666)),
        ("global_f32", Val::F32(F32::from_float(666.6))),
        ("global_f64", Val::F64(F64::from_float(666.6))),
    ] {
        let global = Global::new(&mut *store, value, Mutability::Const);
        linker.define(NAME, name, global)?;
    }
    let null = || Ref::default_for_ty(RefType::Func);
    let ty = TableType::new(RefType::Func, 10, Some(20));
    let table = Table::new(&mut *store, ty, null())?;
    linker.define(NAME, "table", table)?;
    let ty = TableType::new64(RefType::Func, 10, Some(20));
    let table = Table::new(&mut *store, ty, null())?;
    linker.define(NAME, "table64", table)?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(NAME, "memory", memory)?;
    Ok(())
}

fn failure(error: &wasmi::Error) -> Failure {
    use InstantiationError as I;
    if let Some(code) = error.as_trap_code() {
        return trap(code);
    }
    match error.kind() {
        ErrorKind::Instantiation(I::ElementSegmentDoesNotFit { .. }) => Failure::Trap(Trap::TABLE),
        ErrorKind::Linker(_)
        | ErrorKind::Instantiation(
            I::MismatchedNumberOfImports { .. }
            | I::ImportTypeMismatch { .. }
            | I::GlobalTypeMismatch { .. }
            | I::FuncTypeMismatch { .. }
            | I::TableTypeMismatch { .. }
            | I::MemoryTypeMismatch { .. },
        ) => Failure::Unlinkable(describe(error)),
        _ => Failure::Other(describe(error)),
    }
}

fn trap(code: TrapCode) -> Failure {
    Failure::Trap(match code {
        TrapCode::UnreachableCodeReached => Trap::UNREACHABLE,
        TrapCode::MemoryOutOfBounds => Trap::MEMORY,
        TrapCode::TableOutOfBounds => Trap::TABLE,
        TrapCode::IndirectCallToNull => Trap::NULL_ELEMENT,
        TrapCode::IntegerDivisionByZero => Trap::DIVISION,
        TrapCode::IntegerOverflow => Trap::OVERFLOW,
        TrapCode::BadConversionToInteger => Trap::CONVERSION,
        TrapCode::StackOverflow => Trap::EXHAUSTION,
        TrapCode::BadSignature => Trap::SIGNATURE,
        TrapCode::OutOfFuel => return Failure::other("out of fuel"),
        TrapCode::GrowthOperationLimited => return Failure::other("growth refused"),
        TrapCode::OutOfSystemMemory => return Failure::other("out of memory"),
    })
}
