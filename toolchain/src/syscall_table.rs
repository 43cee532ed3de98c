//! `docs/src/syscalls.md`: the kernel's own table of system calls, read from its source, with the flags
//! that each takes and the tests that name it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Where the page is.
pub const PAGE: &str = "docs/src/syscalls.md";

const TABLE: &str = "kernel/src/syscall/table.rs";
const FLAGS: &str = "kernel/src/syscall/flags.rs";

/// One row of the kernel's table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    number: u32,
    name: String,
    arguments: Vec<String>,
}

/// The text of the page.
///
/// # Errors
///
/// Fails if the sources cannot be read or do not look as expected.
pub fn text(project: &Project) -> Result<String> {
    let read = |path: &str| {
        fs::read_to_string(project.root().join(path)).with_context(|| format!("cannot read {path}"))
    };
    let rows = rows(&read(TABLE)?)?;
    let sets = sets(&read(FLAGS)?);
    let tests = tests(&project.root().join("libc-tests"))?;
    let mut text = format!(
        "# System calls\n\n\
         Written by `make report` from the kernel's table: {} calls, with the numbers, arguments and errors of \
         Linux on x86-64. Any other number answers `ENOSYS`, any other flag `EINVAL` (or the error that the call's \
         manual page names). The last column names programs of `libc-tests/` that make the call by its name; the \
         rest are made by every program through its C library.\n\n\
         | number | name | flags and commands | tests |\n|---:|---|---|---|\n",
        rows.len()
    );
    for row in &rows {
        let flags = row.arguments.iter().filter_map(|kind| sets.get(kind));
        let flags: Vec<String> = flags.flatten().map(|flag| format!("`{flag}`")).collect();
        let using: Vec<&str> = tests
            .iter()
            .filter(|(_, source)| mentions(source, &row.name))
            .map(|(name, _)| name.as_str())
            .collect();
        let more = using.len().saturating_sub(3);
        let mut shown = using[..using.len() - more].join(", ");
        if more > 0 {
            write!(shown, ", {more} more")?;
        }
        writeln!(
            text,
            "| {} | `{}` | {} | {shown} |",
            row.number,
            row.name,
            flags.join(" ")
        )?;
    }
    Ok(text)
}

/// The rows `NUMBER NAME(ARGUMENTS) => HANDLER;`.
fn rows(source: &str) -> Result<Vec<Row>> {
    // rustfmt leaves the macro's rows alone, so a long one may be broken by hand only.
    let body = source
        .split_once("\nsyscalls! {\n")
        .and_then(|(_, rest)| rest.split_once("\n}\n"))
        .context("the table of system calls is not where it was")?
        .0;
    let mut rows = Vec::new();
    for entry in body
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
    {
        let parsed = entry.split_once(' ').and_then(|(number, rest)| {
            let (name, rest) = rest.split_once('(')?;
            let (arguments, _) = rest.split_once(')')?;
            Some(Row {
                number: number.parse().ok()?,
                name: name.to_owned(),
                arguments: arguments.split_whitespace().map(str::to_owned).collect(),
            })
        });
        match parsed {
            Some(row) => rows.push(row),
            None => bail!("not a row of the table of system calls: {entry:?}"),
        }
    }
    Ok(rows)
}

/// The names by set: `bits NAME { MODULE::FLAG … }`, `one NAME { … }`, `with NAME { … | … }`; of a structure
/// `record NAME { PART OFFSET SIZE SET … }` those of its parts.
fn sets(source: &str) -> BTreeMap<String, Vec<String>> {
    let bodies = |start: &'static str| {
        source
            .split(start)
            .skip(1)
            .filter_map(|part| part.split_once(" {"))
            .map(|(name, rest)| (name.to_owned(), rest.split('}').next().unwrap_or_default()))
    };
    let mut sets = BTreeMap::new();
    for start in ["\n    bits ", "\n    one ", "\n    with "] {
        for (name, body) in bodies(start) {
            let flags: Vec<String> = body
                .split_whitespace()
                .filter_map(|word| word.split_once("::"))
                .map(|(_, flag)| flag.to_owned())
                .collect();
            sets.insert(name, flags);
        }
    }
    for (name, body) in bodies("\n    record ") {
        let parts = body.split_whitespace().filter_map(|word| sets.get(word));
        let flags = parts.flatten().cloned().collect();
        sets.insert(name, flags);
    }
    sets
}

/// Every test program: its name and its source.
fn tests(root: &Path) -> Result<Vec<(String, String)>> {
    let mut tests = Vec::new();
    for folder in fs::read_dir(root)?.flatten().map(|entry| entry.path()) {
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder)?.flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|extension| extension == "c") {
                let name = file.strip_prefix(root)?.with_extension("");
                tests.push((name.display().to_string(), fs::read_to_string(&file)?));
            }
        }
    }
    tests.sort();
    Ok(tests)
}

/// Whether a C source calls `name(`, or makes the call by its number.
fn mentions(source: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let prefixed = |before: &str| {
        before
            .strip_suffix("SYS_")
            .or_else(|| before.strip_suffix("__NR_"))
            .is_some_and(|rest| !rest.ends_with(is_word))
    };
    source.match_indices(name).any(|(at, _)| {
        let (before, after) = (&source[..at], &source[at + name.len()..]);
        let called = after.starts_with('(') && !before.ends_with(is_word);
        called || (!after.starts_with(is_word) && prefixed(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_sets_are_read() {
        let source =
            "x\nsyscalls! {\n    0 read(fd out size) => a::b;\n    39 getpid() => a::c;\n}\n";
        let rows = rows(source).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].number, rows[0].arguments.len()), (0, 3));
        assert!(super::rows("x\nsyscalls! {\n    0 read => a::b;\n}\n").is_err());
        let sets = sets(
            "sets! {\n    bits a { raw::X\n own::Y }\n    one b { raw::Z }\n    with c { raw::U | own::V }\n}\n\
             records! {\n    record d { x 0 8 a y 8 4 hex z 12 2 b }\n}",
        );
        assert_eq!(sets["a"], ["X", "Y"]);
        assert_eq!(sets["b"], ["Z"]);
        assert_eq!(sets["c"], ["U", "V"]);
        assert_eq!(sets["d"], ["X", "Y", "Z"]);
    }

    #[test]
    fn a_call_is_told_from_a_longer_name() {
        assert!(mentions("x = read(0);", "read"));
        assert!(mentions("syscall(SYS_membarrier, 0)", "membarrier"));
        assert!(!mentions("pread(0);", "read"));
        assert!(!mentions("syscall(SYS_readv, 0)", "read"));
        assert!(!mentions("// read it", "read"));
    }
}
