//! `clew report`: the tables in docs/ that are made from the sources.

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result};

use crate::libc_coverage;
use crate::project::Project;
use crate::syscall_table;
use crate::unsafe_count::{self, Count};
use crate::wasi_errors;

/// Unsafe lines by part. The host backend of the hardware layer is no part of the kernel.
pub fn unsafe_counts(project: &Project) -> Result<Vec<(&'static str, Count)>> {
    let count = |path: &str, skip: &[&str]| unsafe_count::tree(&project.root().join(path), skip);
    Ok(vec![
        (
            "kernel/hal",
            count("kernel/hal/src", &["mock", "mock.rs", "tests", "tests.rs"])?,
        ),
        ("kernel/src", count("kernel/src", &["tests", "tests.rs"])?),
        ("tlibc", count("tlibc/src", &["tests", "tests.rs"])?),
        ("wasm", count("wasm/src", &["tests", "tests.rs"])?),
    ])
}

fn text(project: &Project) -> Result<String> {
    let mut text = String::from(
        "# Unsafe code\n\n\
         Written by `make report`. A line counts if it has code on it and lies in an `unsafe` block, function, \
         `impl`, `trait` or `extern` block; tests do not count. `make test` holds `kernel/hal` to 1,000 such \
         lines and `kernel/src` to none.\n\n\
         | part | unsafe lines | share of all lines |\n|---|---:|---:|\n",
    );
    for (part, count) in unsafe_counts(project)? {
        let share = 100.0 * count.unsafe_lines as f64 / count.lines.max(1) as f64;
        writeln!(text, "| `{part}` | {} | {share:.0} % |", count.unsafe_lines)?;
    }
    Ok(text)
}

/// Every generated page: its path and how it is written.
type Page = (&'static str, fn(&Project) -> Result<String>);
const PAGES: &[Page] = &[
    ("docs/src/unsafe.md", text),
    (syscall_table::PAGE, syscall_table::text),
    (libc_coverage::PAGE, libc_coverage::text),
    (wasi_errors::PAGE, wasi_errors::text),
];

/// The pages that do not say what the sources say.
///
/// # Errors
///
/// Fails if a source cannot be read.
pub fn stale(project: &Project) -> Result<Vec<&'static str>> {
    let mut stale = Vec::new();
    for (path, text) in PAGES {
        let new = text(project)?;
        if fs::read_to_string(project.root().join(path)).is_ok_and(|old| old == new) {
            continue;
        }
        stale.push(*path);
    }
    Ok(stale)
}

/// Writes the tables.
pub fn write(project: &Project) -> Result<()> {
    for (path, text) in PAGES {
        let path = project.root().join(path);
        fs::write(&path, text(project)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
