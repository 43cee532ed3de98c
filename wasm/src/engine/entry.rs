//! Where a run begins: finds the function, reads its parameters, and explains what does not fit.
//!
//! Shared by all engines, so that they say the same.

use std::fmt;

use wasmparser::{MemoryType, Parser, Payload, TypeRef, WasmFeatures};

use super::{Entry, Kind};
use crate::error::Error;
use crate::features::{Diagnosis, Features};
use crate::module::Module;
use crate::value::{Type, Value};

/// The module name of WASI preview 1's functions.
pub const WASI: &str = "wasi_snapshot_preview1";
/// What a command exports to be run…
pub const START: &str = "_start";
/// …and what a library exports to be set up.
pub const INITIALIZE: &str = "_initialize";

/// A type as functions take and return it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// One whose values can be written.
    Plain(Type),
    /// A reference, by its name.
    Reference(String),
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(ty) => ty.fmt(f),
            Self::Reference(name) => f.write_str(name),
        }
    }
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its parameters.
    pub params: Vec<ValueType>,
    /// Its results.
    pub results: Vec<ValueType>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |types: &[ValueType]| {
            let names: Vec<_> = types.iter().map(ToString::to_string).collect();
            names.join(", ")
        };
        write!(f, "({}) -> ({})", list(&self.params), list(&self.results))
    }
}

/// An exported function, and the parameters to call it with.
pub struct Target {
    /// The export.
    pub name: String,
    /// Its parameters.
    pub params: Vec<Value>,
}

/// Finds the function that `entry` means among the `exports` of functions, and reads its parameters.
///
/// # Errors
///
/// [`Error::Usage`] if there is none or the parameters don't fit, [`Error::Module`] if `_start` is no start.
pub fn resolve(
    entry: &Entry,
    source: &Module,
    exports: &[(String, Signature)],
) -> Result<Target, Error> {
    let file = source.file.display();
    let (name, args) = match entry {
        Entry::Start => (START, &[][..]),
        Entry::Invoke(name, args) => (name.as_str(), args.as_slice()),
    };
    let Some((_, signature)) = exports.iter().find(|(export, _)| export == name) else {
        let problem = match entry {
            Entry::Start => {
                "is not a program: it exports no '_start'; choose a function with --invoke"
                    .to_owned()
            }
            Entry::Invoke(..) => format!("exports no function '{name}'"),
        };
        return Err(Error::Usage(format!(
            "{file}: {problem}; {}",
            exported_functions(exports)
        )));
    };
    if matches!(entry, Entry::Start)
        && !(signature.params.is_empty() && signature.results.is_empty())
    {
        return Err(source.error(format!("exports '_start' with the wrong type {signature}")));
    }
    if signature.params.len() != args.len() {
        return Err(Error::Usage(format!(
            "{file}: '{name}' has the type {signature}, but {} given",
            args.len()
        )));
    }
    let params = signature.params.iter().zip(args).enumerate();
    let params = params.map(|(index, (ty, text))| {
        let place = format!("parameter {} of '{name}'", index + 1);
        let ValueType::Plain(plain) = *ty else {
            return Err(Error::Usage(format!(
                "{file}: {place} is of type {ty} and can't be given here"
            )));
        };
        Value::parse(text, plain).ok_or_else(|| {
            Error::Usage(format!("{file}: {place}: '{text}' is not of type {plain}"))
        })
    });
    Ok(Target {
        name: name.to_owned(),
        params: params.collect::<Result<_, _>>()?,
    })
}

/// Names some of the functions that could be called.
fn exported_functions(exports: &[(String, Signature)]) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<_> = exports
        .iter()
        .map(|(name, _)| format!("'{}'", name.escape_debug()))
        .collect();
    // Engines list them in different orders.
    names.sort();
    match names.len() {
        0 => "it exports no functions".to_owned(),
        count if count > SHOWN => format!("its functions are {}, …", names[..SHOWN].join(", ")),
        _ => format!("its functions are {}", names.join(", ")),
    }
}

/// What it means that nothing is offered for an import.
pub fn unknown_import(module: &str, field: &str, what: &str) -> String {
    let hint = match module {
        "wasi_unstable" => " (a snapshot of WASI before preview 1)",
        WASI => " (not part of WASI preview 1)",
        "wasi" if field == "thread-spawn" => " (nothing here starts threads)",
        _ => "",
    };
    let (module, field) = (module.escape_debug(), field.escape_debug());
    format!("unknown import '{module}.{field}', {what}{hint}")
}

/// What it means that something else is offered for an import.
pub fn wrong_import(module: &str, field: &str, expected: &str, found: &str) -> String {
    let (module, field) = (module.escape_debug(), field.escape_debug());
    format!(
        "the import '{module}.{field}' is declared as {expected}, but what is offered is {found}"
    )
}

/// Explains why an engine of `kind` refused `source`, whose own words are `reason`.
pub fn refused(source: &Module, features: &Features, kind: Kind, reason: String) -> Error {
    source.error(match features.diagnose(&source.binary, kind) {
        // Valid, and none of what can be switched is to blame.
        None if kind == Kind::Winch => {
            format!("uses something that winch lacks ({reason}); --engine wasmtime has it")
        }
        None => reason,
        Some(Diagnosis::Invalid(reason)) => format!("invalid module: {reason}"),
        Some(Diagnosis::Disabled(names)) => {
            format!("needs {names}; switch on with -W NAME=y")
        }
        Some(Diagnosis::Missing(names)) => format!(
            "needs {names}, which {} lacks; --engine wasmtime has it",
            kind.name()
        ),
    })
}

/// What a module declares that limits apply to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Memories of its own.
    pub memories: usize,
    /// Tables of its own.
    pub tables: usize,
    /// Bytes that the largest shared memory may have, its own or imported, if there is one.
    pub shared: Option<u64>,
}

/// What `binary` declares, as far as it can be read.
pub fn declared(binary: &[u8]) -> Declared {
    let mut declared = Declared::default();
    let mut share = |ty: MemoryType| {
        let pages = ty.maximum.unwrap_or(u64::MAX);
        let size = pages.saturating_mul(1 << ty.page_size_log2.unwrap_or(16).min(63));
        if ty.shared {
            declared.shared = declared.shared.max(Some(size));
        }
    };
    // What is broken is for the engine to say.
    for payload in Parser::new(0).parse_all(binary).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports().map_while(Result::ok) {
                    if let TypeRef::Memory(ty) = import.ty {
                        share(ty);
                    }
                }
            }
            Payload::MemorySection(section) => {
                declared.memories += section.count() as usize;
                section
                    .into_iter()
                    .map_while(Result::ok)
                    .for_each(&mut share);
            }
            Payload::TableSection(section) => declared.tables += section.count() as usize,
            // All that counts comes before the code.
            Payload::CodeSectionStart { .. } => break,
            _ => {}
        }
    }
    declared
}

/// Refuses `source` if it has a shared memory that is not switched on.
///
/// # Errors
///
/// [`Error::Module`] that says how to switch it on.
pub fn check_sharing(source: &Module, features: &Features) -> Result<(), Error> {
    // Without the proposal the engine refuses it, and that is then the reason to tell.
    let wanted = features.shared_memory() || !features.has(WasmFeatures::THREADS);
    match declared(&source.binary).shared {
        Some(_) if !wanted => {
            Err(source.error("needs a shared memory; switch on with -W shared-memory"))
        }
        _ => Ok(()),
    }
}

/// The module in `source` can't be instantiated, for `reason`.
pub fn not_instantiated(source: &Module, reason: &str) -> Error {
    source.error(format!("can't be instantiated: {reason}"))
}
