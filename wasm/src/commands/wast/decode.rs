//! Whether bytes are a module in the binary format at all, valid or not.
//!
//! Scripts tell the two apart: what is malformed can't be read, what is invalid can be read and breaks a rule.
//! Engines do both in one go and don't say which it was, so refused modules are read once more here. Chapter
//! "Binary Format" of the specification says what belongs to reading: besides the grammar, the order of the
//! sections and the counts that two of them must agree on.

use wasmparser::{
    BinaryReader, ConstExpr, DataKind, ElementItems, ElementKind, Error, FromReader, FunctionBody,
    Imports, Operator, Parser, Payload, SectionLimited, TableInit, TypeRef, WasmFeatures,
};

/// Reads all of a module without judging it.
///
/// # Errors
///
/// Says what is malformed.
pub fn decode(binary: &[u8], features: WasmFeatures) -> Result<(), String> {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut order = Order::default();
    for payload in parser.parse_all(binary) {
        let payload = payload.map_err(plain)?;
        order.note(&payload)?;
        order.has_shared_global |= has_shared_global(&payload);
        read(payload).map_err(plain)?;
    }
    if order.has_shared_global && !features.contains(WasmFeatures::SHARED_EVERYTHING_THREADS) {
        return Err("malformed mutability".to_owned());
    }
    order.check()
}

fn plain(error: Error) -> String {
    error.to_string()
}

/// What spans several sections.
#[derive(Default)]
struct Order {
    /// The place of the last section, counted from 1.
    last: u8,
    functions: u32,
    bodies: u32,
    data_count: Option<u32>,
    data: u32,
    /// Whether code refers to a data segment, which must have been counted before.
    names_data: bool,
    /// Whether a global is shared: a bit that only one proposal knows, and that is read in any case.
    has_shared_global: bool,
}

impl Order {
    fn note(&mut self, payload: &Payload<'_>) -> Result<(), String> {
        let place = match payload {
            Payload::TypeSection(_) => 1,
            Payload::ImportSection(_) => 2,
            Payload::FunctionSection(section) => {
                self.functions = section.count();
                3
            }
            Payload::TableSection(_) => 4,
            Payload::MemorySection(_) => 5,
            Payload::TagSection(_) => 6,
            Payload::GlobalSection(_) => 7,
            Payload::ExportSection(_) => 8,
            Payload::StartSection { .. } => 9,
            Payload::ElementSection(_) => 10,
            Payload::DataCountSection { count, .. } => {
                self.data_count = Some(*count);
                11
            }
            Payload::CodeSectionStart { count, .. } => {
                self.bodies = *count;
                12
            }
            Payload::DataSection(section) => {
                self.data = section.count();
                13
            }
            Payload::CodeSectionEntry(body) => {
                self.names_data |= names_data(body);
                return Ok(());
            }
            Payload::UnknownSection { id, .. } => return Err(format!("unknown section {id}")),
            _ => return Ok(()),
        };
        if place <= self.last {
            return Err("a section out of order".to_owned());
        }
        self.last = place;
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        if self.functions != self.bodies {
            return Err("function and code section disagree".to_owned());
        }
        match self.data_count {
            Some(count) if count != self.data => {
                Err("data count and data section disagree".to_owned())
            }
            None if self.names_data => Err("data count section required".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Whether a global that is imported or defined here is shared; what can't be read is not.
fn has_shared_global(payload: &Payload<'_>) -> bool {
    match payload {
        Payload::ImportSection(section) => section
            .clone()
            .into_imports()
            .map_while(Result::ok)
            .any(|import| matches!(import.ty, TypeRef::Global(ty) if ty.shared)),
        Payload::GlobalSection(section) => section
            .clone()
            .into_iter()
            .map_while(Result::ok)
            .any(|global| global.ty.shared),
        _ => false,
    }
}

/// Whether a function refers to a data segment; what can't be read does not.
fn names_data(body: &FunctionBody<'_>) -> bool {
    let Ok(operators) = body.get_operators_reader() else {
        return false;
    };
    operators.into_iter().map_while(Result::ok).any(|operator| {
        matches!(
            operator,
            Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::ArrayNewData { .. }
                | Operator::ArrayInitData { .. }
        )
    })
}

/// Reads one section to its end.
fn read(payload: Payload<'_>) -> Result<(), Error> {
    match payload {
        Payload::TypeSection(section) => all(section, |_| Ok(())),
        Payload::ImportSection(section) => all(section, |imports| match imports {
            Imports::Single(..) => Ok(()),
            Imports::Compact1 { items, .. } => all(items, |_| Ok(())),
            Imports::Compact2 { names, .. } => all(names, |_| Ok(())),
        }),
        Payload::FunctionSection(section) => all(section, |_| Ok(())),
        Payload::TableSection(section) => all(section, |table| match table.init {
            TableInit::RefNull => Ok(()),
            TableInit::Expr(init) => expression(&init),
        }),
        Payload::MemorySection(section) => all(section, |_| Ok(())),
        Payload::TagSection(section) => all(section, |_| Ok(())),
        Payload::GlobalSection(section) => all(section, |global| expression(&global.init_expr)),
        Payload::ExportSection(section) => all(section, |_| Ok(())),
        Payload::ElementSection(section) => all(section, |segment| {
            if let ElementKind::Active { offset_expr, .. } = &segment.kind {
                expression(offset_expr)?;
            }
            match segment.items {
                ElementItems::Functions(items) => all(items, |_| Ok(())),
                ElementItems::Expressions(_, items) => all(items, |item| expression(&item)),
            }
        }),
        Payload::DataSection(section) => all(section, |segment| match segment.kind {
            DataKind::Passive => Ok(()),
            DataKind::Active { offset_expr, .. } => expression(&offset_expr),
        }),
        Payload::CodeSectionEntry(body) => {
            for local in body.get_locals_reader()? {
                local?;
            }
            operators(body.get_binary_reader_for_operators()?)
        }
        _ => Ok(()),
    }
}

/// Reads each item of a section.
fn all<'a, T: FromReader<'a>>(
    section: SectionLimited<'a, T>,
    mut each: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Error> {
    section.into_iter().try_for_each(|item| each(item?))
}

fn expression(expression: &ConstExpr<'_>) -> Result<(), Error> {
    operators(expression.get_binary_reader())
}

fn operators(reader: BinaryReader<'_>) -> Result<(), Error> {
    let mut reader = wasmparser::OperatorsReader::new(reader);
    while !reader.eof() {
        reader.read()?;
    }
    reader.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decodes(binary: &[u8]) -> bool {
        decode(binary, WasmFeatures::all()).is_ok()
    }

    #[test]
    fn what_is_only_invalid_can_be_read() {
        for text in [
            "(module (func (result i32)))",
            "(module (func (drop (memory.size))))",
            "(module (start 7))",
        ] {
            assert!(decodes(&wat::parse_str(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_malformed_can_not() {
        let header = b"\0asm\x01\0\0\0";
        assert!(decodes(header));
        assert!(!decodes(b"\0asm\x02\0\0\0"));
        let with = |rest: &[u8]| [&header[..], rest].concat();
        // A function without a body; two memory sections; a body without its end; a section longer than the file.
        assert!(!decodes(&with(&[1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0])));
        assert!(!decodes(&with(&[5, 3, 1, 0, 0, 5, 3, 1, 0, 0])));
        let types = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
        assert!(decodes(&with(
            &[&types[..], &[10, 4, 1, 2, 0, 0x0b]].concat()
        )));
        assert!(!decodes(&with(
            &[&types[..], &[10, 4, 1, 2, 0, 0x01]].concat()
        )));
        assert!(!decodes(&with(&[5, 9, 1, 0, 0])));
    }
}
