//! Reads a module from a file and turns the text format into the binary one.
//!
//! What comes out has the magic number of a core module; whether the rest is valid is for an engine to say.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use wat::GenerateDwarf;

use crate::artifact::{self, Artifact, Seal};
use crate::error::{Error, plain};

/// Largest binary module in bytes; the engines' own limit.
const MAX_BINARY: u64 = 1 << 30;
/// Largest text module in bytes.
const MAX_TEXT: u64 = 64 << 20;

/// The first bytes of every binary: the magic number…
const MAGIC: &[u8; 4] = b"\0asm";
/// …then a version, here that of a core module…
const CORE: &[u8; 4] = &[1, 0, 0, 0];
/// …and here the layer field of a component.
const COMPONENT_LAYER: &[u8; 2] = &[1, 0];

/// A module's bytes and where they came from.
pub struct Module {
    /// The file, for messages.
    pub file: PathBuf,
    /// The binary; empty if there is only compiled code.
    pub binary: Vec<u8>,
    /// The compiled code, if the file holds that.
    pub compiled: Option<Artifact>,
}

/// Whether a file may hold native code, which can do whatever the user can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// If it is called `NAME.cwasm`.
    ByName,
    /// Whatever its name.
    Given,
}

/// What becomes of a module in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assembly {
    /// The binary that the specification says, and nothing else.
    Plain,
    /// With the lines of the text (DWARF), so that a backtrace can tell them.
    Lines,
}

impl Module {
    /// Loads `file`, or standard input if that is `-`.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the file can't be read, is too large, or is neither a core module in binary nor
    /// one in text.
    pub fn load(file: &Path, assembly: Assembly) -> Result<Self, Error> {
        let fail = |reason: String| Error::module(file, reason);
        let unreadable = |error: io::Error| fail(format!("can't read: {}", plain(&error)));
        let binary = if file == Path::new("-") {
            read(io::stdin().lock(), 0, file, assembly)?
        } else {
            let opened = File::open(file).map_err(unreadable)?;
            let metadata = opened.metadata().map_err(unreadable)?;
            if metadata.is_dir() {
                return Err(fail("is a directory".to_owned()));
            }
            read(opened, metadata.len(), file, assembly)?
        };
        Ok(Self {
            file: file.to_owned(),
            binary,
            compiled: None,
        })
    }

    /// Loads `file` as [`Self::load`] does, or the compiled code in it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::load`]; [`Error::Module`] as well if there is compiled code that is damaged, of another
    /// release, or not trusted.
    pub fn load_program(file: &Path, trust: Trust) -> Result<Self, Error> {
        let trusted = trust == Trust::Given || file.extension() == Some("cwasm".as_ref());
        // A file that can't be opened or looked into is refused below.
        let opened = match File::open(file) {
            Ok(opened) if artifact::begins(&opened) && file != Path::new("-") => opened,
            _ => return Self::load(file, Assembly::Lines),
        };
        if !trusted {
            return Err(match artifact::is_one(&opened) {
                true => Error::module(
                    file,
                    "holds compiled code, which is only run if the file is called NAME.cwasm \
                     or with --allow-precompiled",
                ),
                false => Self::load(file, Assembly::Lines)
                    .err()
                    .unwrap_or_else(|| Error::module(file, "the file changed while it was read")),
            });
        }
        let compiled = Artifact::open(opened, Seal::Digest)
            .map_err(|reason| Error::module(file, reason.to_string()))?;
        Ok(Self {
            file: file.to_owned(),
            binary: Vec::new(),
            compiled: Some(compiled),
        })
    }

    /// An error about this module.
    pub fn error(&self, reason: impl Into<String>) -> Error {
        Error::module(&self.file, reason)
    }
}

/// Reads `input` to its end once the first bytes show what it is; `size` is how long it may be expected to be.
fn read(
    mut input: impl Read,
    size: u64,
    file: &Path,
    assembly: Assembly,
) -> Result<Vec<u8>, Error> {
    let fail = |reason: String| Error::module(file, reason);
    let mut read_more = |bytes: &mut Vec<u8>, limit: u64| {
        let wanted = limit - bytes.len() as u64;
        // Only to read in one piece; if there is not the memory, reading says so.
        let _ = bytes.try_reserve_exact(wanted.min(size + 1) as usize);
        match input.by_ref().take(wanted).read_to_end(bytes) {
            Ok(count) => Ok(count as u64 == wanted),
            Err(error) => Err(fail(format!("can't read: {}", plain(&error)))),
        }
    };

    let mut bytes = Vec::new();
    read_more(&mut bytes, 8)?;
    if bytes.is_empty() {
        return Err(fail("the file is empty".to_owned()));
    }
    if bytes.len() < 8 && MAGIC.starts_with(&bytes[..bytes.len().min(4)]) {
        return Err(fail(
            "truncated: the file ends within the header of a module".to_owned(),
        ));
    }
    if bytes.starts_with(MAGIC) {
        if &bytes[4..] != CORE {
            return Err(fail(wrong_version(&bytes)));
        }
        if read_more(&mut bytes, MAX_BINARY + 1)? {
            return Err(fail("the module is larger than 1 GiB".to_owned()));
        }
        return Ok(bytes);
    }
    if let Some(other) = foreign(&bytes) {
        return Err(fail(format!("not a WebAssembly module, but {other}")));
    }
    if !looks_like_text(&bytes) {
        return Err(fail("not a WebAssembly module".to_owned()));
    }
    if read_more(&mut bytes, MAX_TEXT + 1)? {
        return Err(fail("the text is larger than 64 MiB".to_owned()));
    }
    let text = str::from_utf8(&bytes)
        .map_err(|error| fail(format!("not a WebAssembly module: {error}")))?;
    if !starts_with_parenthesis(text) {
        return Err(fail("not a WebAssembly module".to_owned()));
    }
    let lines = (assembly == Assembly::Lines).then_some(file);
    assemble(text, lines).map_err(fail)
}

/// Whether the first bytes of a file may begin a module in the text format.
fn looks_like_text(bytes: &[u8]) -> bool {
    matches!(bytes[0], b'(' | b';' | b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether something other than blanks and comments comes first, and that is a parenthesis.
fn starts_with_parenthesis(text: &str) -> bool {
    let mut rest = text.trim_start();
    while rest.starts_with(";;") {
        rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
    }
    rest.starts_with('(')
}

/// Whether the place of each instruction in `text` can be told in no time. Columns are counted from the beginning of
/// the line, each time.
fn has_short_lines(text: &str) -> bool {
    const LONGEST: usize = 4096;
    text.lines().all(|line| line.len() <= LONGEST)
}

/// Turns `text` into a binary, with its lines if it is told whose they are.
fn assemble(text: &str, lines: Option<&Path>) -> Result<Vec<u8>, String> {
    let mut parser = wat::Parser::new();
    if lines.is_some() && has_short_lines(text) {
        parser.generate_dwarf(GenerateDwarf::Lines);
    }
    let binary = parser.parse_str(lines, text).map_err(|error| {
        // The crate's message goes over several lines: what, " --> FILE:LINE:COLUMN", and the source itself.
        let message = error.to_string();
        let mut lines = message.lines();
        let what = lines.next().unwrap_or("syntax error").to_owned();
        let place = lines.find_map(|line| line.trim_start().strip_prefix("--> "));
        let place = place.and_then(|place| {
            let end = place.rmatch_indices(':').nth(1)?.0;
            Some(&place[end + 1..])
        });
        match place {
            Some(place) => format!("syntax error at {place}: {what}"),
            None => what,
        }
    })?;
    if binary.starts_with(MAGIC) && &binary[4..8] != CORE {
        return Err(wrong_version(&binary));
    }
    Ok(binary)
}

/// Says what a binary with the magic number but not the version of a core module is.
fn wrong_version(header: &[u8]) -> String {
    if header[6..8] == *COMPONENT_LAYER {
        return "is a component; only core modules can be run".to_owned();
    }
    let version = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    format!("version {version} of the binary format is unknown")
}

/// Names kinds of files that people hand over by mistake.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x7f, b'E', b'L', b'F', ..] => Some("a native program (ELF)"),
        [b'#', b'!', ..] => Some("a script"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => Some("a static library"),
        [b'B', b'C', 0xc0, 0xde, ..] => Some("LLVM bitcode"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<Vec<u8>, String> {
        read(bytes, 0, Path::new("m"), Assembly::Plain).map_err(|error| error.to_string())
    }

    #[test]
    fn text_becomes_a_binary() {
        for text in [
            "(module)",
            " \n(module)",
            ";; a comment\n (module)",
            "(; a comment ;)(module)",
        ] {
            assert_eq!(
                read_bytes(text.as_bytes()).unwrap(),
                b"\0asm\x01\0\0\0",
                "{text}"
            );
        }
    }

    #[test]
    fn a_syntax_error_has_a_place() {
        let text = &b"(module\n  (func i33.add))"[..];
        for assembly in [Assembly::Plain, Assembly::Lines] {
            let error = read(text, 0, Path::new("m"), assembly).unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with("m: syntax error at 2:9: "), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }

    #[test]
    fn what_is_no_module_is_named() {
        for (bytes, piece) in [
            (&b""[..], "empty"),
            (b"\0as", "truncated"),
            (b"\0asm\x01\0", "truncated"),
            (b"\0asm\x02\0\0\0", "version 2"),
            (b"\0asm\x0d\0\x01\0", "component"),
            (b"(component)", "component"),
            (b"\x7fELF\x02\x01\x01\0", "ELF"),
            (b"#!/bin/sh\n", "script"),
            (b"plain text", "not a WebAssembly module"),
            (b"  plain text", "not a WebAssembly module"),
            (b"  \xff\xfe binary", "utf-8"),
        ] {
            let message = read_bytes(bytes).unwrap_err();
            assert!(message.contains(piece), "{bytes:?}: {message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }

    #[test]
    fn an_endless_file_is_refused_by_its_beginning() {
        let error = read(io::repeat(0), 0, Path::new("/dev/zero"), Assembly::Plain).unwrap_err();
        assert!(error.to_string().contains("not a WebAssembly module"));
    }
}
