//! `clew report`: the tables in docs/ that are made from the sources.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::unsafe_count::{self, Count};

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

fn path(project: &Project) -> PathBuf {
    project.root().join("docs/src/unsafe.md")
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

/// Whether the tables say what the sources say.
pub fn is_current(project: &Project) -> Result<bool> {
    Ok(
        fs::read_to_string(path(project))
            .is_ok_and(|old| text(project).is_ok_and(|new| old == new)),
    )
}

/// Writes the tables.
pub fn write(project: &Project) -> Result<()> {
    let path = path(project);
    fs::write(&path, text(project)?).with_context(|| format!("cannot write {}", path.display()))
}
