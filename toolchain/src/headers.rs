//! The C headers of tlibc: templates from `tlibc/include`, filled in from the Rust sources.
//!
//! A template is ordinary C with two directives in comments. `/*@ functions strlen memcpy open/2 */`
//! becomes the prototypes of those Rust functions as cbindgen prints them (`/2`: two parameters, then
//! `...`); `/*@ types size_t timespec */` becomes guarded definitions, taken from `types.def` or
//! from the `repr(C)` types of the sources. A prototype brings the types it names. A name that the
//! sources do not define is left out and reported, so a header never promises what does not link.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

mod api;
mod template;

pub use api::Api;

/// What `generate` did: for the log and for the tests.
#[derive(Debug, Default)]
pub struct Report {
    /// Header paths written, relative to the output folder.
    pub written: Vec<String>,
}

/// Writes all C headers into `out` (the include folder of a sysroot) from the repository at `root`.
///
/// A file is rewritten only where its text changed, so that builds depending on it stay fresh.
pub fn generate(root: &Path, out: &Path) -> Result<()> {
    generate_with_report(root, out).map(drop)
}

/// Like [`generate`], and tells what was written.
pub fn generate_with_report(root: &Path, out: &Path) -> Result<Report> {
    let mut api = Api::collect(&root.join("tlibc/src"))?;
    let templates = root.join("tlibc/include");
    let mut texts = Vec::new();
    for path in files_with_extension(&templates, "h")? {
        let name = path
            .strip_prefix(&templates)?
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        texts.push((name, text));
    }
    // A structure that a template spells out stays as it is there.
    api.types.retain(|name, _| {
        let definition = format!("struct {name} {{");
        !texts.iter().any(|(_, text)| text.contains(&definition))
    });
    let types = template::TypeTable::load(&templates.join("types.def"), &api)?;
    let mut report = Report::default();
    let mut missing = Vec::new();
    for (name, text) in texts {
        let rendered = template::render(&text, &api, &types, |wanted| {
            missing.push(format!("{name}: {wanted}"));
        })
        .with_context(|| format!("header template {name}"))?;
        write_if_changed(&out.join(&name), &rendered)?;
        report.written.push(name);
    }
    if !missing.is_empty() {
        bail!(
            "headers of tlibc list what its sources do not export: {}",
            missing.join(", ")
        );
    }
    Ok(report)
}

/// All files below `dir` with the extension, in a stable order.
fn files_with_extension(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        for entry in fs::read_dir(&dir).with_context(|| format!("read {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests;
