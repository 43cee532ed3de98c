//! `wasm inspect`: what is in a module, what it needs and what it offers.
//!
//! The module is validated first, which all that is read afterwards relies on, except for custom sections: they
//! may hold anything. Names come from the module and are printed with all that could harm a terminal escaped.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;

use clap::Parser;
use wasmparser::types::{EntityType, Types};
use wasmparser::{
    BinaryReaderError, CustomSectionReader, ExternalKind, KnownCustom, MemoryType, Payload,
    TableType, Validator, WasmFeatures,
};

use crate::cli::{self, Request};
use crate::engine::Kind;
use crate::error::Error;
use crate::features::{self, Features};
use crate::module::{Assembly, Module};
use crate::print;

/// What follows the options in the help.
const EXAMPLES: &str = "\
Examples:
  wasm inspect app.wasm            show everything
  wasm inspect app.wat             show the same of a module in text
  wasm wasm2wat - <app.wasm        print the code, which is not shown here

Exit status: 0, or 1 if the module is not valid, 2 if the command line is wrong.";

/// The options.
#[derive(Debug, Parser)]
#[command(
    about = "Show a module's imports, exports, sections and what an engine needs to run it",
    after_help = EXAMPLES,
    max_term_width = 100
)]
struct Options {
    /// The module, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Prints what is in the module that `args` name.
///
/// # Errors
///
/// [`Error::Module`] if it can't be read or is not valid.
pub fn main(args: Vec<OsString>) -> Result<i32, Error> {
    let options = match cli::parse::<Options>("wasm inspect", args)? {
        Request::Act(options) => options,
        Request::Print(text) => return print(text).map(|()| 0),
    };
    let module = Module::load(&options.file, Assembly::Plain)?;
    let report = inspect(&module.binary)
        .map_err(|reason| module.error(format!("invalid module: {reason}")))?;
    print(report).map(|()| 0)
}

/// What is found, by heading: rows of cells.
#[derive(Default)]
struct Report {
    sections: Vec<[String; 5]>,
    imports: Vec<[String; 3]>,
    exports: Vec<[String; 3]>,
    memories: Vec<[String; 3]>,
    tables: Vec<[String; 3]>,
    producers: Vec<[String; 3]>,
}

/// Describes `binary`, in lines.
fn inspect(binary: &[u8]) -> Result<String, String> {
    let at =
        |error: BinaryReaderError| format!("{} at offset {:#x}", error.message(), error.offset());
    let types = Validator::new_with_features(WasmFeatures::all())
        .validate_all(binary)
        .map_err(at)?;
    let report = read(binary, &types).map_err(at)?;

    let mut text = format!("{} bytes\n", binary.len());
    let heads = ["id", "offset", "size", "entries", "section"];
    let heads = heads.map(str::to_owned);
    // The column of numbers before that of names, so that a long name moves nothing.
    let sections: Vec<_> = std::iter::once(heads).chain(report.sections).collect();
    heading(&mut text, "Sections", &sections, &[0, 1, 2, 3]);
    heading(&mut text, "Imports", &report.imports, &[]);
    heading(&mut text, "Exports", &report.exports, &[]);
    heading(&mut text, "Memories", &report.memories, &[]);
    heading(&mut text, "Tables", &report.tables, &[]);
    let needs = features::needed(binary);
    let needs = needs.into_iter().map(|name| [name]).collect::<Vec<_>>();
    heading(&mut text, "Needs these features", &needs, &[]);
    heading(&mut text, "Can be run by", &engines(binary), &[]);
    heading(&mut text, "Made by", &report.producers, &[]);
    Ok(text)
}

/// The engines that have all that `binary` needs.
fn engines(binary: &[u8]) -> Vec<[String; 1]> {
    let every = features::parse_switches("all-proposals").unwrap_or_default();
    let features = Features::new(&every);
    let able = [Kind::Wasmi, Kind::Wasmtime, Kind::Winch]
        .into_iter()
        .filter(|&kind| features.diagnose(binary, kind).is_none())
        .map(|kind| [kind.name().to_owned()]);
    able.collect()
}

/// Reads all but the code.
fn read(binary: &[u8], types: &Types) -> Result<Report, BinaryReaderError> {
    let mut report = Report::default();
    for payload in wasmparser::Parser::new(0).parse_all(binary) {
        let payload = payload?;
        let (name, entries) = match &payload {
            Payload::TypeSection(section) => ("type", Some(section.count())),
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    let entity = types.as_ref().entity_type_from_import(&import);
                    let (kind, ty) = entity.map_or_else(Default::default, |e| describe(&e, types));
                    let from = format!("{}.{}", escaped(import.module), escaped(import.name));
                    report.imports.push([kind, from, ty]);
                }
                ("import", Some(section.count()))
            }
            Payload::FunctionSection(section) => ("function", Some(section.count())),
            Payload::TableSection(section) => ("table", Some(section.count())),
            Payload::MemorySection(section) => ("memory", Some(section.count())),
            Payload::TagSection(section) => ("tag", Some(section.count())),
            Payload::GlobalSection(section) => ("global", Some(section.count())),
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export?;
                    let entity = types.as_ref().entity_type_from_export(&export);
                    let (kind, ty) = entity.map_or_else(Default::default, |e| describe(&e, types));
                    report.exports.push([kind, escaped(export.name), ty]);
                }
                ("export", Some(section.count()))
            }
            Payload::StartSection { .. } => ("start", None),
            Payload::ElementSection(section) => ("element", Some(section.count())),
            Payload::DataCountSection { count, .. } => ("data count", Some(*count)),
            Payload::DataSection(section) => ("data", Some(section.count())),
            Payload::CodeSectionStart { count, .. } => ("code", Some(*count)),
            Payload::CustomSection(section) => {
                // What it is called follows below; that it is damaged is no fault of the module's.
                if let Err(error) = producers(section, &mut report.producers) {
                    let error = format!("damaged section: {}", error.message());
                    report.producers.push([error, String::new(), String::new()]);
                }
                ("custom", None)
            }
            _ => continue,
        };
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let name = match &payload {
            Payload::CustomSection(section) => format!("{name} \"{}\"", escaped(section.name())),
            _ => name.to_owned(),
        };
        report.sections.push([
            id.to_string(),
            format!("{:#x}", range.start),
            range.len().to_string(),
            entries.map_or(String::new(), |entries| entries.to_string()),
            name,
        ]);
    }
    let imported = |kind| {
        let own = report.imports.iter();
        own.filter(|row| row[0] == kind).count()
    };
    let origin = |index: u32, imported: usize| match (index as usize) < imported {
        true => "imported".to_owned(),
        false => "its own".to_owned(),
    };
    let memories = imported("memory");
    for index in 0..types.as_ref().memory_count() {
        let ty = memory(&types.as_ref().memory_at(index));
        report
            .memories
            .push([index.to_string(), origin(index, memories), ty]);
    }
    let tables = imported("table");
    for index in 0..types.as_ref().table_count() {
        let ty = table(&types.as_ref().table_at(index));
        report
            .tables
            .push([index.to_string(), origin(index, tables), ty]);
    }
    Ok(report)
}

/// Adds what the section says about the tools that made the module, if it is the one that does.
fn producers(
    section: &CustomSectionReader<'_>,
    rows: &mut Vec<[String; 3]>,
) -> Result<(), BinaryReaderError> {
    let KnownCustom::Producers(fields) = section.as_known() else {
        return Ok(());
    };
    for field in fields {
        let field = field?;
        for value in field.values {
            let value = value?;
            let (name, version) = (escaped(value.name), escaped(value.version));
            rows.push([escaped(field.name), name, version]);
        }
    }
    Ok(())
}

/// What kind of thing `entity` is, and its type.
fn describe(entity: &EntityType, types: &Types) -> (String, String) {
    let function = |id: wasmparser::types::CoreTypeId| {
        let ty = &types[id];
        match ty.composite_type.inner {
            wasmparser::CompositeInnerType::Func(ref ty) => {
                let list = |types: &[wasmparser::ValType]| {
                    let names: Vec<_> = types.iter().map(ToString::to_string).collect();
                    names.join(", ")
                };
                format!("({}) -> ({})", list(ty.params()), list(ty.results()))
            }
            _ => ty.to_string(),
        }
    };
    let (kind, ty) = match entity {
        EntityType::Func(id) | EntityType::FuncExact(id) => (ExternalKind::Func, function(*id)),
        EntityType::Table(ty) => (ExternalKind::Table, table(ty)),
        EntityType::Memory(ty) => (ExternalKind::Memory, memory(ty)),
        EntityType::Global(ty) => {
            let word = if ty.mutable { "mutable" } else { "constant" };
            let ty = format!("{}, {word}", ty.content_type);
            (ExternalKind::Global, ty)
        }
        EntityType::Tag(id) => (ExternalKind::Tag, function(*id)),
    };
    let kind = match kind {
        ExternalKind::Func | ExternalKind::FuncExact => "function",
        ExternalKind::Table => "table",
        ExternalKind::Memory => "memory",
        ExternalKind::Global => "global",
        ExternalKind::Tag => "tag",
    };
    (kind.to_owned(), ty)
}

fn memory(ty: &MemoryType) -> String {
    let mut text = format!("{} pages of ", limits(ty.initial, ty.maximum));
    // Writing to a string can't fail.
    let _ = match ty.page_size_log2 {
        Some(log2) => write!(text, "2^{log2} bytes"),
        None => write!(text, "64 KiB"),
    };
    text += if ty.memory64 { ", 64-bit" } else { "" };
    text += if ty.shared { ", shared" } else { "" };
    text
}

fn table(ty: &TableType) -> String {
    let mut text = format!("{} of {}", limits(ty.initial, ty.maximum), ty.element_type);
    text += if ty.table64 { ", 64-bit" } else { "" };
    text += if ty.shared { ", shared" } else { "" };
    text
}

/// A smallest and perhaps a largest size.
fn limits(initial: u64, maximum: Option<u64>) -> String {
    match maximum {
        Some(maximum) => format!("{initial} to {maximum}"),
        None => format!("{initial} or more"),
    }
}

/// A name as it can be printed.
fn escaped(name: &str) -> String {
    name.escape_debug().to_string()
}

/// Adds `rows` below a heading, in columns that are as wide as they must be; `right` are those of numbers.
fn heading<const N: usize>(text: &mut String, title: &str, rows: &[[String; N]], right: &[usize]) {
    /// A cell that is wider than this moves those behind it, rather than all rows.
    const WIDEST: usize = 48;
    text.push('\n');
    text.push_str(title);
    text.push('\n');
    if rows.is_empty() {
        text.push_str("  none\n");
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.filter(|&width| width <= WIDEST).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Writing to a string can't fail.
            let _ = match right.contains(&column) {
                true => write!(line, "  {cell:>width$}"),
                false => write!(line, "  {cell:width$}"),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
